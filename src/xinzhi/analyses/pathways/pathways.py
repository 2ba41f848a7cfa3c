"""What is found of the pathways of an entity: effect in its group, channels, and its own level of the tools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from xinzhi.analyses.pathways.applicable import ResolvedEstimates
from xinzhi.analyses.pathways.dose import Dose
from xinzhi.analyses.pathways.evidence import NUMBERS, Evidence, Thresholds, Verdict
from xinzhi.analyses.pathways.naming import ARROW
from xinzhi.analyses.pathways.own_level import Level, Like
from xinzhi.analyses.quantity import EffectKey, JointSigns
from xinzhi.notices import Notice
from xinzhi.wording import Wording

Status = Literal[
    "supported", "effect_only", "contested", "opposed", "small", "unsupported", "untested"
]
OwnHelp = Literal["helps", "needs_more", "hinders", "mixed", "none", "unknown", "untested"]
SHOWN = ("grouping", "group", *NUMBERS)


@dataclass(frozen=True, slots=True)
class Caution:
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
class Step:
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
    level: Level
    help: OwnHelp
    """`helps`: it strengthens a step, weakens none, and what it strengthens is shown at the entity's
    own level; `needs_more`: the same, but a step is not shown at the own level; `hinders`: it weakens
    a step and strengthens none, and a step that it weakens is not shown at the own level; `mixed`: it
    strengthens one and weakens another; `none`: neither, or what it weakens holds all the same;
    `unknown`: the entity's level is not known; `untested`: no interaction was estimated."""
    steps: tuple[Step, ...]

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
    level: Level
    """Of the factor."""
    tools: tuple[Tool, ...]
    """Moderators of the steps, whatever the status; they are advice only where it is supported."""
    cautions: tuple[Caution, ...]

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
    def lacks(self) -> tuple[Level, ...]:
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
