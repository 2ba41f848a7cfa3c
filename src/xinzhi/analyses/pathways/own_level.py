"""Where an entity stands itself: its own factors and moderators, and the effects at these levels.

The effect along a moderated path at the level w of an entity is b1 + b3 w of the model with the
interaction, w as that model has it: transformed, in the last period in which it is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import nan
from statistics import median

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import EstimationData, Given
from xinzhi.analyses.effects import ConditionalSlope
from xinzhi.analyses.implied_change import BACK
from xinzhi.analyses.pathways.dose import Dose, DoseCurve, EntityDoses, find_dose
from xinzhi.analyses.pathways.evidence import Evidence, Thresholds, join_path
from xinzhi.analyses.pathways.naming import ALL
from xinzhi.errors import StudyError
from xinzhi.panel.panel import ENTITY, PERIOD

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

    def to_dict(self) -> dict[str, object]:
        """Give the level for results.json."""
        return {
            "value": self.value if self.is_known else None,
            "period": self.period,
            "median": self.median if self.n else None,
            "n": self.n,
            "like": [list(pair) for pair in self.like],
        }

    @property
    def is_below(self) -> bool:
        """Whether it lies below the median of two entities or more."""
        return self.n > 1 and self.value < self.median


@dataclass(frozen=True, slots=True, eq=False)
class OwnLevels:
    """Last known values of all entities, and what effects are at these values."""

    last_known: Mapping[str, Mapping[str, tuple[float, int]]]
    """Variable -> entity -> value in own units, and its period."""
    effects: Mapping[tuple[str, str], Mapping[str, Evidence]]
    """(path, moderator) -> entity -> the effect along the path at its level of the moderator."""
    doses: Mapping[tuple[str, str], EntityDoses] = field(default_factory=dict)
    """(path, moderator) -> how much of the moderator each entity needs for the path to be significant."""

    def at(self, entity: str, path: str, tool: str) -> Evidence | None:
        """Give the effect along a path at the entity's level; None without a level or a model."""
        return self.effects.get((path, tool), {}).get(entity)

    def dose(
        self, entity: str, path: str, tool: str, verdict: str, interaction: str
    ) -> Dose | None:
        """Give how much of a tool an entity needs; None without a model with the interaction."""
        doses = self.doses.get((path, tool))
        return None if doses is None else doses.of(entity, verdict, interaction)


NO_LEVELS = OwnLevels({}, {})


class LevelComparison:
    """Compares levels of entities with those of entities in the same groups; each median computed once."""

    def __init__(self, levels: OwnLevels, groups: Mapping[str, Mapping[str, str]]) -> None:
        self.levels, self.groups = levels, groups
        self._medians: dict[tuple[str, Like], tuple[float, int]] = {}

    def level(self, entity: str, variable: str, like: Like) -> Level:
        """Set the value of an entity beside the median of the entities with these groups."""
        values = self.levels.last_known.get(variable, {})
        if (variable, like) not in self._medians:
            peers = [
                value
                for peer, (value, _) in values.items()
                if all(self.groups[peer].get(grouping) == group for grouping, group in like)
            ]
            self._medians[variable, like] = median(peers) if peers else nan, len(peers)
        value, period = values.get(entity, (nan, None))
        return Level(variable, value, period, *self._medians[variable, like], like)


def read_levels(
    given: Given,
    names: Iterable[str],
    slopes: Iterable[ConditionalSlope],
    thresholds: Thresholds,
) -> OwnLevels:
    """Take the last known values of variables, and the effects at those of the moderators.

    `names` are the factors and moderators of the pathways; the intervals of the effects have the
    confidence 1 - level, as those of the doses.
    """
    columns = {name: _known_values(given, name) for name in dict.fromkeys(names)}
    last = {name: _last_values(column) for name, column in columns.items()}
    values = {}
    for name, frame in last.items():
        back = BACK[given.study.origin(name).transform](frame["value"].to_numpy(float))
        keyed = zip(frame.index, back, frame[PERIOD], strict=True)
        values[name] = {str(entity): (float(v), int(period)) for entity, v, period in keyed}
    effects, doses = {}, {}
    for slope in slopes:
        tool = slope.moderator
        if tool in last:
            key = join_path(*slope.links), tool
            effects[key] = _effects_at(slope, last[tool], thresholds.level)
            doses[key] = EntityDoses(
                _dose_curve(slope, columns[tool], thresholds),
                {str(entity): float(w) for entity, w in last[tool]["value"].items()},
                BACK[given.study.origin(tool).transform],
            )
    return OwnLevels(values, effects, doses)


def _known_values(given: Given, name: str) -> pd.Series:
    """Give the known values of a variable, transformed as in the regressions."""
    try:
        column = given.frame(EstimationData((), (name,)))[name]
    except StudyError:
        # A level that cannot be computed leaves the pathway standing: it is reported as not known.
        index = pd.MultiIndex.from_arrays([[], []], names=[ENTITY, PERIOD])
        return pd.Series(index=index, dtype=float)
    known: pd.Series = column[np.isfinite(column)]
    return known


def _last_values(column: pd.Series) -> pd.DataFrame:
    """Give the last known value of each entity, with its period."""
    last: pd.DataFrame = column.rename("value").reset_index(PERIOD).groupby(level=ENTITY).last()
    return last


def _dose_curve(slope: ConditionalSlope, column: pd.Series, thresholds: Thresholds) -> DoseCurve:
    least, most = (float(column.min()), float(column.max())) if len(column) else (nan, nan)
    return find_dose(slope, least, most, thresholds.level, thresholds.minimum_effect)


def _effects_at(slope: ConditionalSlope, last: pd.DataFrame, level: float) -> dict[str, Evidence]:
    """Compute the effect along a path at the last known level of the moderator of each entity."""
    b, se, p = slope.at(last["value"].to_numpy(float))
    reach = slope.reach(last["value"].to_numpy(float), level)
    path, tool = join_path(*slope.links), slope.moderator
    numbers = np.column_stack([b, se, p, b - reach, b + reach]).tolist()
    return {
        str(entity): Evidence(path, ALL, ALL, tool, effect, error, p_value, slope.n, low, high)
        for entity, (effect, error, p_value, low, high) in zip(last.index, numbers, strict=True)
    }
