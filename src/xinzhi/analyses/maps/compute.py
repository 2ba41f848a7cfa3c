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


def look_up(section: Map, given: Given) -> Mapped:
    """Look up the class or the group of each entity in the periods of the map."""

    def in_periods(rows: pd.Series) -> pd.Series:
        if section.periods is None:
            return rows
        return rows[rows.index.get_level_values(PERIOD).isin(section.periods)]

    if section.value is not None:
        values = in_periods(given.panel.frame[section.value])
        classes = (
            given.result("classes", section.value)
            if section.classes is None
            else classify(values, section.classes)
        )
        return Mapped(values, classes.of.reindex(values.index), classes.names)
    grouping = str(section.groups)
    groups = in_periods(given.members[grouping])
    if groups.groupby(level=ENTITY).nunique(dropna=False).max() <= 1:
        # Groups that never change are drawn once, without a slider for the period.
        groups = groups.groupby(level=ENTITY, sort=False).head(1).copy()
        entities = groups.index.get_level_values(ENTITY)
        groups.index = pd.MultiIndex.from_product([entities, [NO_PERIOD]], names=[ENTITY, PERIOD])
    names = given.study.members(grouping) or tuple(sorted(groups.dropna().unique()))
    return Mapped(pd.Series(float("nan"), index=groups.index), groups, names)
