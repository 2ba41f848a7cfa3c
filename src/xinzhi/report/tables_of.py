"""The tables of a study, section by section."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.econometrics.diagnostic import Diagnosis
from xinzhi.panel.history import filled_by_year
from xinzhi.report.analyses import Exhibited
from xinzhi.report.mechanism_tables import influence, regressions
from xinzhi.report.naming import (
    class_labels,
    entity_labels,
    score_label,
    table_title,
    words_of,
)
from xinzhi.report.not_computed import with_not_computed
from xinzhi.report.pathway_tables import pathway_tables
from xinzhi.report.space_tables import space_tables
from xinzhi.study.result import StudyResult
from xinzhi.study.sets import table_column
from xinzhi.study.variables import labels
from xinzhi.tables.classes import classes_table
from xinzhi.tables.contrast import contrast_table
from xinzhi.tables.efficiency import efficiency_ranking, efficiency_summary
from xinzhi.tables.filled import filled_table
from xinzhi.tables.productivity import productivity_table
from xinzhi.tables.score_inference import score_inference_table
from xinzhi.tables.statistics import statistics_table
from xinzhi.tables.table import Table
from xinzhi.tables.vif import vif_table
from xinzhi.wording import Label, listed, message


def tables_of(result: StudyResult, shown: Exhibited) -> dict[str, tuple[Table, ...]]:
    """Set the tables of a study: section of the report -> its tables."""
    tables = {
        "data": tuple(_filled(result)),
        "efficiency": (*_efficiency(result), *_productivity(result)),
        "classes": tuple(_classes(result)),
        **space_tables(result),
        "models": (*regressions(result), *_diagnostics(result)),
        **pathway_tables(result),
    }
    for place, found in shown.tables.items():
        tables[place] = (*found, *tables.get(place, ()))
    return with_not_computed(result, tables)


def _filled(result: StudyResult) -> Iterator[Table]:
    filled = filled_by_year(result.panel, map(str, result.panel.frame.columns))
    if len(filled):
        yield filled_table("filled", message("Filled cells by variable and period"), filled)


def _efficiency(result: StudyResult) -> Iterator[Table]:
    decimals = result.spec.report.decimals
    for name, one in result.efficiency.items():
        score = score_label(result, name)
        title = message("{score} by period", score=score)
        yield efficiency_summary(f"{name}_by_period", title, one, decimals=decimals)
        title = message("{score}: highest and lowest means", score=score)
        yield efficiency_ranking(
            f"{name}_ranking", title, one, labels=entity_labels(result), decimals=decimals
        )


def _productivity(result: StudyResult) -> Iterator[Table]:
    decimals = result.spec.report.decimals
    for name, one in result.productivity.items():
        label = words_of(result.spec.productivity[name].label) or Label(name)
        title = message("{index}: means between periods", index=label)
        yield productivity_table(f"{name}_productivity", title, one, decimals=decimals)
    for name, inference in result.intervals.items():
        yield score_inference_table(
            name,
            score_label(result, name),
            result.panel.frame[name],
            inference,
            labels=entity_labels(result),
            decimals=decimals,
        )


def _classes(result: StudyResult) -> Iterator[Table]:
    for name, found in result.classes.items():
        words = class_labels(found)
        rules = listed(
            [
                message("{name} {range}", name=words[name], range=str(interval))
                for name, interval in found.intervals.items()
            ]
        )
        yield classes_table(
            f"{name}_classes",
            message("Classes of {score} by period", score=score_label(result, name)),
            found.counts,
            labels=class_labels(found),
            notes=(message("Classes by score: {rules}.", rules=rules),),
        )


def _diagnostics(result: StudyResult) -> Iterator[Table]:
    if result.spec.diagnostics is None:
        return
    table, position = table_column(result.spec.diagnostics.of)
    about = message(
        "About column {n} of {table}.",
        n=position + 1,
        table=table_title(result, table),
    )
    found = [one for one in result.diagnoses if isinstance(one, Diagnosis)]
    for one in found:
        if one.name == "vif" and one.table is not None:
            yield vif_table(
                "vif", message("Variance inflation"), one.table, labels=labels(result.spec)
            )
        if one.name == "influence":
            yield from influence(result, one)
        if one.name == "hausman" and one.table is not None:
            yield contrast_table(
                "hausman",
                message("Fixed and random effects"),
                one.table,
                labels=labels(result.spec),
                decimals=result.spec.report.decimals,
            )
    statistics = list({s.name: s for one in found for s in one.statistics}.values())
    if statistics:
        verdicts = tuple(one.verdict for one in found if one.verdict)
        yield statistics_table("tests", message("Tests"), statistics, notes=(about, *verdicts))
    failed = [one for one in result.diagnoses if isinstance(one, Unavailable)]
    if failed:
        yield _not_tested(failed)


def _not_tested(failed: list[Unavailable]) -> Table:
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
