"""The tables of the typology: empowerment by group, pathways, what-if, distance to the frontier."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.report.city_rows import sorted_findings
from xinzhi.report.naming import entity_labels
from xinzhi.report.pathway_pages import pathway_pages
from xinzhi.study.advice import Advice
from xinzhi.study.groups import group_label, member_label
from xinzhi.study.result import StudyResult
from xinzhi.study.variables import labels
from xinzhi.tables import numbers
from xinzhi.tables.empowerment import empowerment_table
from xinzhi.tables.not_computed import not_computed_table
from xinzhi.tables.pathways import channel_evidence, pathway_counts, pathways_by_city
from xinzhi.tables.table import Table
from xinzhi.tables.what_if import distance_table, what_if_table
from xinzhi.wording import Wording, listed, message


def pathway_tables(result: StudyResult) -> dict[str, tuple[Table, ...]]:
    """Set the tables: section of the report -> its tables."""
    if result.typology is None:
        return {}
    return {"pathways": tuple(_tables(result, result.typology))}


def _tables(result: StudyResult, found: Advice) -> Iterator[Table]:
    report, words = result.spec.report, labels(result.spec)
    yield from _empowerment(result, found)
    yield pathway_counts(
        "pathways", message("Pathways that the estimates support"), found.pathways, labels=words
    )
    evidence = channel_evidence(
        "pathways_evidence",
        message("Channels and tools"),
        found.findings,
        labels=words,
        stars=report.stars,
        decimals=report.decimals,
    )
    if evidence.rows:
        yield evidence
    scores, models = last_scores(found), models_in_words(result, found)
    yield from pathway_pages(sorted_findings(result, found), scores, models)
    yield pathways_by_city(
        "pathways_by_city",
        message("Pathways by entity"),
        found.pathways,
        scores=scores,
        models=models,
        entities=entity_labels(result),
        labels=words,
        decimals=report.decimals,
    )
    yield from _what_if(result, found)
    yield from _distance(result, found)


def _empowerment(result: StudyResult, found: Advice) -> Iterator[Table]:
    if found.empowerment.empty:
        return
    spec = result.spec
    there = set(found.empowerment.index.get_level_values("grouping"))
    yield empowerment_table(
        "empowerment",
        message("Differentiated empowerment by group"),
        found.empowerment,
        outcome=found.gathered.outcome,
        level=found.pathways.thresholds.level_of_difference,
        groupings={name: group_label(spec, name) for name in spec.groups if name in there},
        member=lambda grouping, group: member_label(spec, grouping, group),
        labels=labels(spec),
        stars=spec.report.stars,
        decimals=spec.report.decimals,
    )


def _what_if(result: StudyResult, found: Advice) -> Iterator[Table]:
    section = result.spec.typology
    if found.what_if is None or section is None:
        return
    title = message("What if a factor moved")
    if isinstance(found.what_if, Unavailable):
        yield not_computed_table("what_if", title, found.what_if.problems)
        return
    yield what_if_table(
        "what_if",
        title,
        found.what_if,
        section.what_if,
        entities=entity_labels(result),
        labels=labels(result.spec),
        n_periods=len(result.panel.periods) if result.panel.has_periods else 1,
        decimals=result.spec.report.decimals,
    )


def _distance(result: StudyResult, found: Advice) -> Iterator[Table]:
    if found.distance is None or found.distance.by_city.empty:
        return
    yield distance_table(
        "distance_to_frontier",
        message("Distance to the frontier"),
        found.distance,
        columns={name: with_unit(result, name) for name in variables_of(found)},
        entities=entity_labels(result),
    )


def variables_of(found: Advice) -> tuple[str, ...]:
    """List inputs and outputs of the distances, in the order of the measurement."""
    if found.distance is None:
        return ()
    names = found.distance.by_city.index.get_level_values("variable")
    return tuple(dict.fromkeys(map(str, names)))


def with_unit(result: StudyResult, column: str) -> Wording:
    """Name a column by its label and, where known, its unit."""
    label, unit = result.panel.label(column), result.panel.units.get(column)
    return message("{name} ({unit})", name=label, unit=unit) if unit else label


def last_scores(found: Advice) -> dict[str, float]:
    """Give the last known score of each city."""
    last = found.outcomes.dropna().groupby(level="entity").last()
    return {str(entity): float(score) for entity, score in last.items()}


def models_in_words(result: StudyResult, found: Advice) -> dict[str, Wording]:
    """List the role models of each city with their shares."""
    if found.role_models is None:
        return {}
    names = entity_labels(result)
    frame = found.role_models.by_city.reset_index()
    words: dict[str, list[Wording]] = {}
    for entity, model, share in zip(frame["entity"], frame["model"], frame["share"], strict=True):
        told = message(
            "{city} ({share})",
            city=names.get(str(model), str(model)),
            share=numbers.percent(float(share), 0),
        )
        words.setdefault(str(entity), []).append(told)
    return {entity: listed(models) for entity, models in words.items()}
