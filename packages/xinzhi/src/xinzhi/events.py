"""Progress of a run, reported to a listener."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


Listener = Callable[[Event], None]


def silence(event: Event) -> None:
    """Ignore all events."""
