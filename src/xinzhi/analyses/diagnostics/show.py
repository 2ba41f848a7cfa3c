"""The tables of diagnostics: variance inflation, influence, fixed and random effects, tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.diagnostics.compute import Diagnoses
from xinzhi.analyses.diagnostics.section import DiagnosticsSection
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.econometrics.diagnostic import Diagnosis
from xinzhi.tables.contrast import contrast_table
from xinzhi.tables.influence import influence_table
from xinzhi.tables.statistics import statistics_table
from xinzhi.tables.table import Table
from xinzhi.tables.vif import vif_table
from xinzhi.wording import message


def exhibits(section: DiagnosticsSection, result: Diagnoses, shown: Shown) -> Exhibits:
    """Make the exhibits."""
    return Exhibits(tuple(_tables(section, result, shown)))


def _tables(section: DiagnosticsSection, result: Diagnoses, shown: Shown) -> Iterator[Table]:
    for one in result.found:
        yield from _table(one, shown)
    statistics = list({s.name: s for one in result.found for s in one.statistics}.values())
    if statistics:
        table, number = shown.study.column_title(section.base)
        about = message("About column {n} of {table}.", n=number, table=table)
        verdicts = tuple(one.verdict for one in result.found if one.verdict)
        yield statistics_table("tests", message("Tests"), statistics, notes=(about, *verdicts))
    if result.failed:
        yield _failed(result.failed)


def _table(one: Diagnosis, shown: Shown) -> Iterator[Table]:
    """Set the numbers by variable or by entity, where a test gives some."""
    labels, decimals = shown.style.labels, shown.style.decimals
    if one.table is None:
        return
    if one.name == "vif":
        yield vif_table("vif", message("Variance inflation"), one.table, labels=labels)
    elif one.name == "influence":
        yield influence_table(
            "influence",
            message("Influence of single entities"),
            one.table,
            labels=labels,
            entities=shown.style.entities,
            decimals=decimals,
        )
    elif one.name == "hausman":
        title = message("Fixed and random effects")
        yield contrast_table("hausman", title, one.table, labels=labels, decimals=decimals)


def _failed(failed: Sequence[Unavailable]) -> Table:
    why = [
        message("{name}: {reason}", name=one.name, reason=p.what)
        for one in failed
        for p in one.problems
    ]
    plain = {one.name: [str(p.what) for p in one.problems] for one in failed}
    return Table(
        "not_tested",
        message("Tests that could not be computed"),
        (),
        (),
        notes=tuple(why),
        machine={"not_computed": plain},
    )
