"""From the result of a study to what its report is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version

from xinzhi.report.charts_of import charts_of
from xinzhi.report.city_pages import city_pages
from xinzhi.report.comparison import comparison_of, comparison_tables
from xinzhi.report.data_summary import data_summary
from xinzhi.report.methods import methods_of
from xinzhi.report.naming import words_of
from xinzhi.report.section import Material
from xinzhi.report.tables_of import tables_of
from xinzhi.study.result import StudyResult
from xinzhi.tables.table import Table
from xinzhi.wording import Wording, message


def material_of(result: StudyResult) -> Material:
    """Turn the result of a study into tables, charts, notices and sentences."""
    return Material(
        title=result.spec.title.label("study"),
        subtitle=words_of(result.spec.description),
        simulated=result.spec.simulated,
        data_summary=tuple(data_summary(result)),
        tables=every_table(result),
        charts=charts_of(result),
        profiles=city_pages(result),
        notices=result.notices,
        methods=methods_of(result),
        provenance=tuple(_provenance(result)),
    )


def every_table(result: StudyResult) -> Mapping[str, tuple[Table, ...]]:
    """Set all tables of a study: section of the report -> its tables."""
    tables = tables_of(result)
    return {**tables, "comparison": comparison_tables(comparison_of(result, tables))}


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
