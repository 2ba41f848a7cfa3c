"""Progress of a run, reported to a listener."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from xinzhi_core.wording import Message, Wording, message

STAGES: Mapping[str, Message] = MappingProxyType(
    {
        "load": message("load"),
        "read": message("read"),
        "prepare": message("prepare"),
        "measure": message("measure"),
        "analyse": message("analyse"),
        "report": message("report"),
    }
)
"""Stages of a study in their order, and what a person calls them; whoever writes the report tells the last."""


@dataclass(frozen=True, slots=True)
class DrawProgress:
    """Progress of draws within a stage."""

    name: Wording
    """What a person calls the computation."""
    done: int
    total: int
    seconds: float | None = None
    """Time that is left, as far as it can be told."""


@dataclass(frozen=True, slots=True)
class Event:
    """Progress of a stage: `done` of `total`."""

    stage: str
    done: int
    total: int
    within: DrawProgress | None = None
    """How far the computation has come that the stage waits for."""
    seconds: float = 0.0
    """What the stage has taken so far."""
    rest: float | None = None
    """What the last run took from here to its end; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Clock:
    """When each stage of a run began, and what each took in the last run."""

    last: Mapping[str, float] = field(default_factory=dict)
    began: dict[str, float] = field(default_factory=dict)

    def took(self) -> dict[str, float]:
        """Give the seconds of each stage, of the one that runs until now."""
        ends = [*self.began.values(), time.monotonic()][1:]
        return {
            stage: end - began for (stage, began), end in zip(self.began.items(), ends, strict=True)
        }

    def rest(self, stages: Sequence[str]) -> float | None:
        """Give what the last run took for stages; None where it did not tell."""
        if not stages or not {*stages} <= {*self.last}:
            return None
        return sum(self.last[stage] for stage in stages)


Listener = Callable[[Event], None]


def silence(event: Event) -> None:
    """Ignore all events."""
