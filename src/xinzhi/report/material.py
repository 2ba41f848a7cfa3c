"""From the result of a study to what its report is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.notices import Notice
from xinzhi.report.analyses import exhibited
from xinzhi.report.charts_of import charts_of
from xinzhi.report.city_pages import city_pages
from xinzhi.report.comparison import Comparison, comparison_of, comparison_tables, nested
from xinzhi.report.data_summary import data_summary
from xinzhi.report.maps_of import maps_of
from xinzhi.report.methods import methods_of
from xinzhi.report.naming import words_of
from xinzhi.report.section import Material
from xinzhi.report.tables_of import tables_of
from xinzhi.study.attempts import tried
from xinzhi.study.result import StudyResult
from xinzhi.tables.not_computed import not_computed_table
from xinzhi.tables.table import Table
from xinzhi.wording import Label, Wording, message


def material_of(result: StudyResult) -> Material:
    """Turn the result of a study into tables, charts, notices and sentences."""
    maps = maps_of(result)
    shown = exhibited(result)
    tables = tables_of(result, shown)
    compared = tried("compare", lambda: comparison_of(result, tables))
    undrawn = {name: one for name, one in maps.items() if isinstance(one, Unavailable)}
    tables["efficiency"] = (*tables.get("efficiency", ()), *_undrawn(result, undrawn))
    problems = (
        *(compared.problems if compared else ()),
        *(p for one in undrawn.values() for p in one.problems),
    )
    return Material(
        title=result.spec.title.label("study"),
        subtitle=words_of(result.spec.description),
        simulated=result.spec.simulated,
        data_summary=tuple(data_summary(result)),
        tables={**tables, "comparison": _comparison(compared)},
        charts=charts_of(result, maps),
        profiles=city_pages(result),
        notices=(*result.notices, *(Notice(p.code, p.what, p.where) for p in problems)),
        problems=problems,
        comparison=nested(compared) if isinstance(compared, Comparison) else {},
        methods=methods_of(result, shown),
        provenance=tuple(_provenance(result)),
    )


def every_table(result: StudyResult) -> Mapping[str, tuple[Table, ...]]:
    """Set all tables of a study: section of the report -> its tables."""
    tables = tables_of(result, exhibited(result))
    compared = tried("compare", lambda: comparison_of(result, tables))
    return {**tables, "comparison": _comparison(compared)}


def _comparison(compared: Comparison | Unavailable | None) -> tuple[Table, ...]:
    """Set the tables of the comparison, or keep their place."""
    if isinstance(compared, Unavailable):
        title = message("Published and computed figures")
        return (not_computed_table("comparison", title, compared.problems),)
    return comparison_tables(compared)


def _undrawn(result: StudyResult, maps: Mapping[str, Unavailable]) -> Iterator[Table]:
    """Keep the places of maps that could not be drawn."""
    for name, found in maps.items():
        title = words_of(result.spec.maps[name].title) or message("Map {name}", name=Label(name))
        yield not_computed_table(f"{name}_map", title, found.problems)


def _provenance(result: StudyResult) -> Iterator[Wording]:
    yield message(
        "Computed by xinzhi {version} with seed {seed}.",
        version=version("xinzhi"),
        seed=result.spec.seed,
    )
    for file in result.reading.files:
        if file.n_rows is None:
            yield message("{file}: SHA-256 {digest}.", file=file.file, digest=file.sha256)
            continue
        yield message(
            "{file}: {n} rows, SHA-256 {digest}.",
            one="{file}: {n} row, SHA-256 {digest}.",
            file=file.file,
            n=file.n_rows,
            digest=file.sha256,
        )
    yield message(
        "To compute it again: `xinzhi run study.yaml` in the folder of the study file. "
        "Every option in force stands in run.json, every number in results.json."
    )
