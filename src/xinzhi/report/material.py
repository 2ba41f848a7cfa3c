"""From the result of a study to what its report is made of."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from xinzhi.econometrics.diagnostic import Diagnosis
from xinzhi.figures.scores_over_time import scores_over_time
from xinzhi.report.methods import methods_of
from xinzhi.report.section import Material
from xinzhi.study.references import table_column
from xinzhi.study.result import StudyResult
from xinzhi.study.schema.base import Words
from xinzhi.study.variables import labels
from xinzhi.tables.classes import classes_table
from xinzhi.tables.descriptive import descriptive_table
from xinzhi.tables.efficiency import efficiency_ranking, efficiency_summary
from xinzhi.tables.regression import regression_table
from xinzhi.tables.statistics import statistics_table
from xinzhi.tables.table import Table
from xinzhi.tables.vif import vif_table
from xinzhi.wording import Label, Wording, message


def material_of(result: StudyResult) -> Material:
    """Turn the result of a study into tables, charts, notices and sentences."""
    return Material(
        title=result.spec.title.label("study"),
        subtitle=_words(result.spec.description),
        simulated=result.spec.simulated,
        data_summary=tuple(_data_summary(result)),
        tables={
            "data": tuple(_descriptive(result)),
            "efficiency": tuple(_efficiency(result)),
            "classes": tuple(_classes(result)),
            "models": (*_models(result), *_diagnostics(result)),
        },
        charts={
            "efficiency": tuple(
                scores_over_time(
                    f"{name}_over_time",
                    message("{score} over time", score=score_label(result, name)),
                    one,
                    score=score_label(result, name),
                )
                for name, one in result.efficiency.items()
                if result.panel.has_periods
            )
        },
        notices=result.notices,
        methods=methods_of(result),
        provenance=tuple(_provenance(result)),
    )


def tables_of(material: Material) -> tuple[Table, ...]:
    """All tables of the report in their order."""
    return tuple(table for tables in material.tables.values() for table in tables)


def score_label(result: StudyResult, name: str) -> Wording:
    """Word a score: the label of the variable that is made from it."""
    for variable in result.spec.variables.named.values():
        if variable.score == name:
            return variable.label.label(name)
    return Label(name)


def _words(words: Words) -> Wording:
    return words.label("") if words.zh or words.en else ""


def _data_summary(result: StudyResult) -> Iterator[Wording]:
    panel = result.panel
    periods = panel.periods
    if panel.has_periods:
        yield message(
            "{n} rows: {entities} entities, {first} to {last}.",
            n=len(panel.frame),
            entities=len(panel.entities),
            first=periods[0],
            last=periods[-1],
        )
        if not panel.is_balanced:
            yield message(
                "The panel is unbalanced: {n} of {full} entity-periods are there.",
                n=len(panel.frame),
                full=len(panel.entities) * len(periods),
            )
    else:
        yield message("{n} rows, one period.", n=len(panel.frame))
    for decision in result.reading.decisions:
        yield decision.what
    for entry in panel.ledger.entries:
        yield message(
            "{why}: {n} cells of {column} {change} (step {step}).",
            why=entry.why,
            n=entry.n,
            column=entry.column,
            change=message(entry.change),
            step=entry.kind,
        )


def _descriptive(result: StudyResult) -> Iterator[Table]:
    if result.descriptive is not None:
        yield descriptive_table(
            "descriptive",
            message("Descriptive statistics"),
            result.descriptive.rename(columns={"missing": "n_missing"}),
            labels=labels(result.spec),
            decimals=result.spec.report.decimals,
        )


def _efficiency(result: StudyResult) -> Iterator[Table]:
    decimals = result.spec.report.decimals
    for name, one in result.efficiency.items():
        score = score_label(result, name)
        title = message("{score} by period", score=score)
        yield efficiency_summary(f"{name}_by_period", title, one, decimals=decimals)
        title = message("{score}: highest and lowest means", score=score)
        yield efficiency_ranking(f"{name}_ranking", title, one, decimals=decimals)


def _classes(result: StudyResult) -> Iterator[Table]:
    for name, found in result.classes.items():
        rules = ", ".join(f"{label}: {interval}" for label, interval in found.intervals.items())
        yield classes_table(
            f"{name}_classes",
            message("Classes of {score} by period", score=score_label(result, name)),
            found.counts,
            labels={label: message(label) for label in found.names},
            notes=(message("Classes by score: {rules}.", rules=rules),),
        )


def _models(result: StudyResult) -> Iterator[Table]:
    report = result.spec.report
    for name, estimates in result.estimates.items():
        yield regression_table(
            name,
            _words(result.spec.tables[name].title) or Label(name),
            estimates,
            labels=labels(result.spec),
            stars=report.stars,
            decimals=report.decimals,
        )


def _diagnostics(result: StudyResult) -> Iterator[Table]:
    if result.spec.diagnostics is None:
        return
    table, position = table_column(result.spec.diagnostics.of)
    about = message(
        "About column {n} of {table}.",
        n=position + 1,
        table=_words(result.spec.tables[table].title) or table,
    )
    found = [one for one in result.diagnoses if isinstance(one, Diagnosis)]
    for one in found:
        if one.name == "vif" and one.table is not None:
            yield vif_table(
                "vif", message("Variance inflation"), one.table, labels=labels(result.spec)
            )
    statistics = [s for one in found for s in one.statistics]
    if statistics:
        verdicts = tuple(one.verdict for one in found if one.verdict)
        yield statistics_table("tests", message("Tests"), statistics, notes=(about, *verdicts))


def _provenance(result: StudyResult) -> Iterator[Wording]:
    yield message(
        "Computed by xinzhi {version} with seed {seed}.",
        version=version("xinzhi"),
        seed=result.spec.seed,
    )
    for file in result.reading.files:
        yield message(
            "{file}: {n} rows, SHA-256 {digest}.", file=file.file, n=file.n_rows, digest=file.sha256
        )
    yield message(
        "To compute it again: `xinzhi run study.yaml` in the folder of the study file. "
        "Every option in force stands in run.json, every number in results.json."
    )
