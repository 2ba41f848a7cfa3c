"""What a map shows: the class, or the group, of each entity in each period."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.classes.compute import classify
from xinzhi.analyses.maps.section import Map
from xinzhi.panel.panel import ENTITY, NO_PERIOD, PERIOD


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """Values and classes of the areas of a map, indexed (entity, period)."""

    values: pd.Series
    """Scores; missing for a map of groups."""
    classes: pd.Series
    names: tuple[str, ...]
    """Classes from low to high, or groups in the order of the study file."""


def mapped(section: Map, given: Given) -> Mapped:
    """Look up the class or the group of each entity in the periods of the map."""
    return _of_groups(section, given) if section.value is None else _of_score(section, given)


def _of_score(section: Map, given: Given) -> Mapped:
    values = _in_periods(given.panel.frame[section.value], section.periods)
    found = (
        given.result("classes", str(section.value))
        if section.classes is None
        else classify(values, section.classes)
    )
    return Mapped(values, found.of.reindex(values.index), found.names)


def _of_groups(section: Map, given: Given) -> Mapped:
    grouping = str(section.groups)
    of = _in_periods(given.members[grouping], section.periods)
    if of.groupby(level=ENTITY).nunique(dropna=False).max() <= 1:
        # groups that never change are drawn once, without a slider for the period
        of = of[~of.index.get_level_values(ENTITY).duplicated()].rename({}, level=0)
        entities = of.index.get_level_values(ENTITY)
        of.index = pd.MultiIndex.from_product([entities, [NO_PERIOD]], names=of.index.names)
    listed = given.study.members(grouping) or tuple(sorted(of.dropna().unique()))
    return Mapped(pd.Series(float("nan"), index=of.index), of, listed)


def _in_periods(values: pd.Series, periods: tuple[int, ...] | None) -> pd.Series:
    if periods is None:
        return values
    return values[values.index.get_level_values(PERIOD).isin(periods)]
