"""Content of the report, from the result of a study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version

from xinzhi.notices import Notice
from xinzhi.present.table import Table
from xinzhi.report.data_summary import data_summary
from xinzhi.report.exhibits import (
    Exhibited,
    charts_of,
    entity_labels,
    exhibited,
    tables_of,
    words_of,
)
from xinzhi.report.methods import methods_of
from xinzhi.report.named import in_names, tables_in_names
from xinzhi.report.sections import Material
from xinzhi.study.result import StudyResult
from xinzhi.wording import Wording, message


def material_of(result: StudyResult) -> Material:
    """Turn the result of a study into tables, charts, notices and sentences."""
    shown = exhibited(result)
    tables = tables_of(result, shown)
    last = exhibited(result, by_id(tables))
    tables |= tables_last(last)
    drawn = charts_of(result)
    for place, undrawn in drawn.undrawn.items():
        tables[place] = (*tables.get(place, ()), *undrawn)
    problems = (*shown.problems, *last.problems, *drawn.problems)
    found = Material(
        title=result.spec.title.label("study"),
        subtitle=words_of(result.spec.description),
        simulated=result.spec.simulated,
        findings=(*shown.findings, *last.findings),
        data_summary=tuple(data_summary(result)),
        tables=tables,
        charts=drawn.charts,
        profiles=shown.profiles,
        notices=(*result.notices, *(Notice(p.code, p.what, p.where) for p in problems)),
        problems=problems,
        blocks={**shown.blocks, **last.blocks},
        methods=methods_of(result, shown),
        provenance=tuple(_provenance(result)),
    )
    return in_names(found, entity_labels(result))


def every_table(result: StudyResult) -> Mapping[str, tuple[Table, ...]]:
    """Set all tables of a study: section of the report -> its tables."""
    tables = tables_of(result, exhibited(result))
    tables |= tables_last(exhibited(result, by_id(tables)))
    return tables_in_names(tables, entity_labels(result))


def by_id(tables: Mapping[str, tuple[Table, ...]]) -> dict[str, Table]:
    """List the tables of all sections by their ids."""
    return {table.id: table for group in tables.values() for table in group}


def tables_last(last: Exhibited) -> dict[str, tuple[Table, ...]]:
    """List the tables of the analyses that show last: section of the report -> tables."""
    return {place: tuple(table for _, table in found) for place, found in last.tables.items()}


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
        "To reproduce the results, run `xinzhi run study.yaml` in the folder of the study file. "
        "run.json holds every option in force, results.json every number."
    )
