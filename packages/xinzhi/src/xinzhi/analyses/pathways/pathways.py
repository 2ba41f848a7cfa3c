"""What is found of the pathways of an entity: effect in its group, channels, and its own level of the tools.

Where an entity stands itself: its own factors and moderators, and the effects at these levels.

The effect along a moderated path at the level w of an entity is b1 + b3 w of the model with the
interaction, w as that model has it: transformed, in the last period in which it is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import nan
from statistics import median
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import EstimationData, Given
from xinzhi.analyses.effects import ConditionalSlope, EffectKey, JointSigns
from xinzhi.analyses.implied_change import BACK
from xinzhi.analyses.pathways.dose import Dose, DoseCurve, EntityDoses, find_dose
from xinzhi.analyses.pathways.evidence import (
    ALL,
    ARROW,
    NUMBERS,
    Evidence,
    ResolvedEstimates,
    Thresholds,
    Verdict,
    join_path,
)
from xinzhi_core.errors import StudyError
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import ENTITY, PERIOD
from xinzhi_core.wording import Wording

Like = tuple[tuple[str, str], ...]
"""Groups (grouping, group) that entities have in common; empty for all entities."""


@dataclass(frozen=True, slots=True)
class OwnLevel:
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

    def level(self, entity: str, variable: str, like: Like) -> OwnLevel:
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
        return OwnLevel(variable, value, period, *self._medians[variable, like], like)


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


Status = Literal[
    "supported", "effect_only", "contested", "opposed", "small", "unsupported", "untested"
]
OwnHelp = Literal["helps", "needs_more", "hinders", "mixed", "none", "unknown", "untested"]
SHOWN = ("grouping", "group", *NUMBERS)


@dataclass(frozen=True, slots=True)
class EntityCaution:
    """Something to keep in mind, and who says it."""

    text: Wording
    source: Literal["estimates", "literature"]


@dataclass(frozen=True, slots=True)
class Channel:
    """The indirect effect through a mediator."""

    mediator: str
    indirect: ResolvedEstimates

    @property
    def works(self) -> bool:
        """Whether the indirect effect is shown."""
        return self.indirect.judgement == "works"


@dataclass(frozen=True, slots=True)
class PathwayStep:
    """A step of a pathway that a tool moderates: its interaction, and the effect at the own level."""

    interaction: ResolvedEstimates
    effect: Evidence | None
    """b1 + b3 w at the entity's level w of the tool; None without a level or without the model."""
    verdict: Verdict
    dose: Dose | None = None
    """How much of the tool is needed for the step to be significant; None without the model."""

    def to_dict(self) -> dict[str, object]:
        """Give the step for results.json; without an own level it has no effect."""
        effect = {} if self.effect is None else self.effect.to_dict()
        dose = None if self.dose is None else self.dose.to_dict()
        return {**effect, "verdict": self.verdict, "dose": dose}


@dataclass(frozen=True, slots=True)
class Tool:
    """A moderator of the steps of a pathway, at the level that the entity has."""

    name: str
    level: OwnLevel
    help: OwnHelp
    """`helps`: it strengthens a step, weakens none, and what it strengthens is shown at the entity's
    own level; `needs_more`: the same, but a step is not shown at the own level; `hinders`: it weakens
    a step and strengthens none, and a step that it weakens is not shown at the own level; `mixed`: it
    strengthens one and weakens another; `none`: neither, or what it weakens holds all the same;
    `unknown`: the entity's level is not known; `untested`: no interaction was estimated."""
    steps: tuple[PathwayStep, ...]

    def to_dict(self) -> dict[str, object]:
        """Give the tool for results.json."""
        steps = [step.to_dict() for step in self.steps if step.effect]
        return {**self.level.to_dict(), "help": self.help, "steps": steps}


@dataclass(frozen=True, slots=True)
class Pathway:
    """What is found of one pathway for one entity."""

    name: str
    label: Wording
    factor: str
    status: Status
    """`supported`: the factor works, and through a channel; `effect_only`: it works, the channel is
    not shown; `contested`: estimates for the entity's groups disagree; `opposed`: it lowers the
    outcome; `small`: its effect is below the smallest that counts; `unsupported`: its effect is not
    statistically significant; `untested`."""
    effect: ResolvedEstimates
    channels: tuple[Channel, ...]
    level: OwnLevel
    """Of the factor."""
    tools: tuple[Tool, ...]
    """Moderators of the steps, whatever the status; they are advice only where it is supported."""
    cautions: tuple[EntityCaution, ...]

    @property
    def like(self) -> Like:
        """Groups whose own estimates speak: the entities with these groups are the peers."""
        return like_of(self.effect)

    @property
    def estimates(self) -> tuple[Evidence, ...]:
        """Estimates of the effect of the factor that apply to the entity."""
        return tuple(applied.evidence for applied in self.effect.applicable)

    @property
    def working_channels(self) -> tuple[str, ...]:
        """Mediators through which an effect is shown."""
        return tuple(channel.mediator for channel in self.channels if channel.works)

    def tools_that(self, help_: OwnHelp) -> tuple[str, ...]:
        """List the tools by what they do at the entity's own level; none of a pathway that is not supported."""
        if self.status != "supported":
            return ()
        return tuple(tool.name for tool in self.tools if tool.help == help_)

    @property
    def lacks(self) -> tuple[OwnLevel, ...]:
        """List what lies below the median of the peers: the factor, and tools that strengthen."""
        if self.status != "supported":
            return ()
        tools = [tool.level for tool in self.tools if tool.help in {"helps", "needs_more"}]
        return tuple(level for level in (self.level, *tools) if level.is_below)


def list_doses(city: CityPathways) -> dict[tuple[str, str], Dose]:
    """List the doses of the tools of an entity, by tool and step; a step in several pathways once."""
    return {
        (tool.name, step.interaction.path): step.dose
        for pathway in city.pathways
        for tool in pathway.tools
        for step in tool.steps
        if step.dose is not None
    }


def like_of(effect: ResolvedEstimates) -> Like:
    """List the groups whose own estimates speak; none where the estimate for all does."""
    return tuple(pair for estimate in effect.applicable for pair in estimate.evidence.groups)


@dataclass(frozen=True, slots=True)
class CityPathways:
    """All pathways of one entity."""

    entity: str
    groups: Mapping[str, str]
    pathways: tuple[Pathway, ...]
    """One for each that is declared, whatever its status."""

    @property
    def supported(self) -> tuple[Pathway, ...]:
        """Pathways that the evidence supports; none is an honest result."""
        return tuple(pathway for pathway in self.pathways if pathway.status == "supported")

    def tools_that(self, help_: OwnHelp) -> tuple[str, ...]:
        """List the tools of all supported pathways by what they do at the own level."""
        tools = (tool for pathway in self.pathways for tool in pathway.tools_that(help_))
        return tuple(dict.fromkeys(tools))


@dataclass(frozen=True, slots=True)
class Pathways:
    """The pathways of all entities."""

    by_city: Mapping[str, CityPathways]
    outcome: str
    thresholds: Thresholds
    notices: tuple[Notice, ...] = ()

    @property
    def is_any_supported(self) -> bool:
        """Whether the evidence supports a pathway for any entity."""
        return any(city.supported for city in self.by_city.values())

    @property
    def n_supported(self) -> dict[str, int]:
        """Pathway -> entities for which it is supported; under the empty name, those for which any is."""
        cities = self.by_city.values()
        counts = Counter(pathway.name for city in cities for pathway in city.supported)
        return {**counts, "": sum(bool(city.supported) for city in cities)}

    def to_frame(self) -> pd.DataFrame:
        """Return one row per entity, pathway and estimate that speaks for the entity.

        A pathway without an estimate has one row without numbers.
        """
        rows: list[dict[str, object]] = [
            {
                "entity": city.entity,
                "pathway": pathway.name,
                "factor": pathway.factor,
                "status": pathway.status,
                **{name: getattr(estimate, name, None) for name in SHOWN},
                "channels": ", ".join(pathway.working_channels),
                "tools_that_help": ", ".join(pathway.tools_that("helps")),
                "tools_that_need_more": ", ".join(pathway.tools_that("needs_more")),
                "tools_that_hinder": ", ".join(pathway.tools_that("hinders")),
                "lacks": ", ".join(level.variable for level in pathway.lacks),
            }
            for city in self.by_city.values()
            for pathway in city.pathways
            for estimate in pathway.estimates or (None,)
        ]
        columns = ["entity", "pathway", "factor", "status", *SHOWN, "channels"]
        more = ["tools_that_help", "tools_that_need_more", "tools_that_hinder", "lacks"]
        return pd.DataFrame(rows, columns=[*columns, *more])


def joint_signs(pathways: Pathways) -> Iterator[JointSigns]:
    """List each supported pathway once for all entities for which the same estimates apply."""
    counts = Counter(
        (pathway.name, tuple(dict.fromkeys(_effects(pathway))))
        for city in pathways.by_city.values()
        for pathway in city.supported
    )
    for (name, effects), n_entities in counts.items():
        groups = dict.fromkeys((grouping, group) for _, grouping, group, _ in effects if grouping)
        # A supported pathway rests on positive effects alone.
        yield JointSigns(name, tuple(groups), n_entities, tuple((key, 1) for key in effects))


def _effects(pathway: Pathway) -> Iterator[EffectKey]:
    channels = (channel.indirect for channel in pathway.channels if channel.works)
    for resolved in (pathway.effect, *channels):
        for applied in resolved.applicable:
            e = applied.evidence
            yield tuple(e.path.split(ARROW)), e.grouping, e.group, e.tool
