"""Where an entity stands itself: its own factors and moderators, and the effects at these levels.

The effect along a moderated path at the level w of an entity is b1 + b3 w of the model with the
interaction, w as that model has it: transformed, in the last period in which it is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from types import MappingProxyType

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import EstimationData, Given
from xinzhi.analyses.effects import ConditionalSlope
from xinzhi.analyses.implied_change import BACK
from xinzhi.analyses.pathways.evidence import Evidence, path_of
from xinzhi.analyses.pathways.naming import ALL
from xinzhi.errors import StudyError
from xinzhi.panel.panel import ENTITY, PERIOD
from xinzhi.regression.inference import t_quantile

NAN = float("nan")
Like = tuple[tuple[str, str], ...]
"""Groups (grouping, group) that entities have in common; empty for all entities."""


@dataclass(frozen=True, slots=True)
class Level:
    """The value of a variable of one entity, beside the entities that it is compared with."""

    variable: str
    value: float
    """Own units, in the last period in which it is known; not a number where it never is."""
    period: int | None
    median: float
    """Of the entities with the same groups, each in its last known period."""
    n: int
    """How many of them have a value."""
    like: Like

    @property
    def is_known(self) -> bool:
        """Whether the entity has a value."""
        return bool(np.isfinite(self.value))

    @property
    def is_below(self) -> bool:
        """Whether it lies below the median of two entities or more."""
        return self.n > 1 and self.value < self.median


@dataclass(frozen=True, slots=True, eq=False)
class OwnLevels:
    """Last known values of all entities, and what effects are at these values."""

    own: Mapping[str, Mapping[str, tuple[float, int]]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Variable -> entity -> value in own units, and its period."""
    effects: Mapping[tuple[str, str], Mapping[str, Evidence]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """(path, moderator) -> entity -> the effect along the path at its level of the moderator."""

    def at(self, entity: str, path: str, tool: str) -> Evidence | None:
        """Give the effect along a path at the entity's level; None without a level or a model."""
        return self.effects.get((path, tool), {}).get(entity)


NO_LEVELS = OwnLevels()


class Compared:
    """Levels of entities beside those of entities with the same groups; each median computed once."""

    def __init__(self, levels: OwnLevels, groups: Mapping[str, Mapping[str, str]]) -> None:
        self.levels, self.groups = levels, groups
        self._medians: dict[tuple[str, Like], tuple[float, int]] = {}

    def level(self, entity: str, variable: str, like: Like) -> Level:
        """Set the value of an entity beside the median of the entities with these groups."""
        value, period = self.levels.own.get(variable, {}).get(entity, (NAN, None))
        key = variable, like
        if key not in self._medians:
            self._medians[key] = self._median(variable, like)
        middle, n = self._medians[key]
        return Level(variable, value, period, middle, n, like)

    def _median(self, variable: str, like: Like) -> tuple[float, int]:
        found = [
            value
            for entity, (value, _) in self.levels.own.get(variable, {}).items()
            if all(self.groups[entity].get(grouping) == group for grouping, group in like)
        ]
        return (median(found) if found else NAN, len(found))


def data_of(names: Iterable[str]) -> tuple[EstimationData, ...]:
    """Ask for variables one by one, so that one that cannot be computed leaves the others."""
    return tuple(EstimationData((), (name,)) for name in dict.fromkeys(names))


def levels_of(
    given: Given, names: Iterable[str], slopes: Iterable[ConditionalSlope], level: float
) -> OwnLevels:
    """Take the last known values of variables, and the effects at those of the moderators.

    Parameters
    ----------
    names
        Factors and moderators of the pathways.
    slopes
        Effects that depend on a moderator.
    level
        The intervals of the effects have the confidence 1 - level.
    """
    inside = {name: _last(given, name) for name in dict.fromkeys(names)}
    values = {
        name: _in_own_units(last, given.study.origin(name).transform)
        for name, last in inside.items()
    }
    effects = {
        (path_of(*slope.links), slope.moderator): at_own_level(
            slope, inside[slope.moderator], level
        )
        for slope in slopes
        if slope.moderator in inside
    }
    return OwnLevels(values, effects)


def _last(given: Given, name: str) -> pd.DataFrame:
    """Give the last known value of each entity, as the regressions have it, with its period."""
    try:
        column = given.frame(EstimationData((), (name,)))[name]
    except StudyError:
        return pd.DataFrame({name: [], PERIOD: []})
    known = column[np.isfinite(column)].rename(name).reset_index(PERIOD)
    last: pd.DataFrame = known.groupby(level=ENTITY).last()
    return last


def _in_own_units(last: pd.DataFrame, transform: str) -> dict[str, tuple[float, int]]:
    (name,) = (column for column in last.columns if column != PERIOD)
    values = BACK[transform](last[name].to_numpy(float))
    keyed = zip(last.index, values, last[PERIOD], strict=True)
    return {str(entity): (float(value), int(period)) for entity, value, period in keyed}


def at_own_level(slope: ConditionalSlope, last: pd.DataFrame, level: float) -> dict[str, Evidence]:
    """Compute the effect along a path at the last known level of the moderator of each entity."""
    w = last[slope.moderator].to_numpy(float)
    b, se, p = slope.at(w)
    reach = -t_quantile(level / 2, slope.df) * se
    path, tool = path_of(*slope.links), slope.moderator
    numbers = np.column_stack([b, se, p, b - reach, b + reach]).tolist()
    return {
        str(entity): Evidence(path, ALL, ALL, tool, effect, error, p_value, slope.n, low, high)
        for entity, (effect, error, p_value, low, high) in zip(last.index, numbers, strict=True)
    }
