"""What is found of the pathways of a city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from xinzhi.notices import Notice
from xinzhi.typology.applicable import Spoken
from xinzhi.typology.evidence import NUMBERS, Evidence, Thresholds
from xinzhi.typology.policy_tools import ToolEffect
from xinzhi.wording import Wording

Status = Literal["supported", "effect_only", "contested", "opposed", "unsupported", "untested"]
SHOWN = ("grouping", "group", *NUMBERS)


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to keep in mind, and who says it."""

    text: Wording
    source: Literal["estimates", "literature"]


@dataclass(frozen=True, slots=True)
class Channel:
    """The indirect effect through a mediator, and the tools that act on it."""

    mediator: str
    indirect: Spoken
    tools: tuple[ToolEffect, ...]
    """Empty unless the pathway is supported and the channel works."""

    @property
    def works(self) -> bool:
        """Whether the indirect effect is shown."""
        return self.indirect.judgement == "works"


@dataclass(frozen=True, slots=True)
class Pathway:
    """What one rule finds for one city."""

    rule: str
    label: Wording
    factor: str
    status: Status
    """`supported`: the factor works, and through a channel; `effect_only`: it works, the channel is
    not shown; `contested`: estimates for the city's groups disagree; `opposed`: it lowers the
    outcome; `unsupported`: its effect cannot be told from zero, or is too small; `untested`."""
    effect: Spoken
    channels: tuple[Channel, ...]
    cautions: tuple[Caution, ...]

    def tools_that(self, what: str) -> tuple[str, ...]:
        """List tools by what they do: `helps`, `hinders`, `mixed`.

        A tool helps the pathway if it helps a channel that works and hinders or mixes none.
        """
        found: dict[str, set[str]] = {}
        for channel in self.channels:
            for tool in channel.tools:
                found.setdefault(tool.tool, set()).add(tool.help)
        return tuple(sorted(name for name, helps in found.items() if _sum_up(helps) == what))


def _sum_up(helps: set[str]) -> str:
    if "mixed" in helps or {"helps", "hinders"} <= helps:
        return "mixed"
    return next((word for word in ("helps", "hinders", "none") if word in helps), "untested")


def _speaking(pathway: Pathway) -> tuple[Evidence | None, ...]:
    return tuple(one.evidence for one in pathway.effect.applied) or (None,)


@dataclass(frozen=True, slots=True)
class CityPathways:
    """All rules for one city."""

    entity: str
    groups: Mapping[str, str]
    pathways: tuple[Pathway, ...]
    """One for each rule, whatever its status."""

    @property
    def supported(self) -> tuple[Pathway, ...]:
        """Pathways that the evidence supports; none is an honest result."""
        return tuple(pathway for pathway in self.pathways if pathway.status == "supported")


@dataclass(frozen=True, slots=True)
class Pathways:
    """The pathways of all cities."""

    by_city: Mapping[str, CityPathways]
    outcome: str
    thresholds: Thresholds
    notices: tuple[Notice, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row per city, rule and estimate that speaks for the city.

        A rule without an estimate has one row without numbers.
        """
        rows: list[dict[str, object]] = [
            {
                "entity": city.entity,
                "rule": pathway.rule,
                "factor": pathway.factor,
                "status": pathway.status,
                **{name: getattr(one, name, None) for name in SHOWN},
                "channels": ", ".join(c.mediator for c in pathway.channels if c.works),
                "tools_that_help": ", ".join(pathway.tools_that("helps")),
                "tools_that_hinder": ", ".join(pathway.tools_that("hinders")),
            }
            for city in self.by_city.values()
            for pathway in city.pathways
            for one in _speaking(pathway)
        ]
        columns = ["entity", "rule", "factor", "status", *SHOWN, "channels"]
        return pd.DataFrame(rows, columns=[*columns, "tools_that_help", "tools_that_hinder"])
