"""The maps of a study: of scores by class, of groups of entities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import pandas as pd

from xinzhi.analyses.classes.compute import class_ranges
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import MethodError, Problem, Where
from xinzhi.figures.chart import Chart
from xinzhi.figures.maps import china_map, world_map
from xinzhi.panel.panel import ENTITY, NO_PERIOD
from xinzhi.report.naming import entity_labels, score_label, words_of
from xinzhi.study.attempts import tried
from xinzhi.study.groups import group_label, member_label, memberships
from xinzhi.study.result import StudyResult
from xinzhi.study.schema.maps import Map
from xinzhi.wording import Wording, message


def maps_of(result: StudyResult) -> dict[str, Chart | Unavailable]:
    """Draw the maps that the study file names; one that cannot be drawn says why."""
    return {
        name: tried(name, partial(_map, result, name, section))
        for name, section in result.spec.maps.items()
    }


def _map(result: StudyResult, name: str, section: Map) -> Chart:
    draw = _of_groups if section.value is None else _of_score
    chart = draw(result, name, section)
    approval = message("Base map approval number: {number}.", number=section.approval)
    return replace(chart, notes=(*chart.notes, approval)) if section.approval else chart


def _of_score(result: StudyResult, name: str, section: Map) -> Chart:
    assert section.value is not None
    score = score_label(result, section.value)
    if section.value not in result.of("classes"):
        raise MethodError(
            Problem(
                "map.no_classes",
                message("The score '{name}' has no classes to be drawn.", name=section.value),
                Where(key=f"maps.{name}.value"),
            )
        )
    found = result.of("classes")[section.value]
    values = _in_periods(result.panel.frame[section.value], section.periods)
    return _drawn(
        result,
        name,
        words_of(section.title) or message("{score} on the map", score=score),
        values,
        found.of.reindex(values.index),
        names=class_ranges(found),
        value=score,
    )


def _of_groups(result: StudyResult, name: str, section: Map) -> Chart:
    assert section.groups is not None
    members = memberships(result.spec, result.panel)[section.groups]
    of = _in_periods(members, section.periods)
    if of.groupby(level=ENTITY).nunique(dropna=False).max() <= 1:
        of = of[~of.index.get_level_values(ENTITY).duplicated()].rename({}, level=0)
        entities = of.index.get_level_values(ENTITY)
        of.index = pd.MultiIndex.from_product([entities, [NO_PERIOD]], names=of.index.names)
    group = result.spec.groups[section.groups]
    listed = tuple(group.named) or tuple(sorted(of.dropna().unique()))
    words = group_label(result.spec, section.groups)
    return _drawn(
        result,
        name,
        words_of(section.title) or message("{score} on the map", score=words),
        pd.Series(float("nan"), index=of.index),
        of,
        names={one: member_label(result.spec, section.groups, one) for one in listed},
        value=words,
        is_ordered=False,
    )


def _drawn(
    result: StudyResult,
    name: str,
    title: Wording,
    values: pd.Series,
    classes: pd.Series,
    *,
    names: Mapping[str, Wording],
    value: Wording,
    is_ordered: bool = True,
) -> Chart:
    boundaries = result.outlines[name]
    labels = entity_labels(result) or None
    decimals = result.spec.report.decimals
    if boundaries.layout == "china":
        return china_map(
            f"{name}_map",
            title,
            values,
            classes=classes,
            names=names,
            boundaries=boundaries,
            value=value,
            labels=labels,
            decimals=decimals,
            approval=result.spec.maps[name].approval,
            is_ordered=is_ordered,
        )
    return world_map(
        f"{name}_map",
        title,
        values,
        classes=classes,
        names=names,
        boundaries=boundaries,
        value=value,
        labels=labels,
        decimals=decimals,
    )


def _in_periods(values: pd.Series, periods: tuple[int, ...] | None) -> pd.Series:
    if periods is None:
        return values
    return values[values.index.get_level_values("period").isin(periods)]
