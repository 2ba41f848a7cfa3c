"""Progress, told to whoever listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """A stage of the study has done so many of its pieces."""

    stage: str
    done: int
    total: int


Listener = Callable[[Event], None]


def silence(event: Event) -> None:
    """Listen to nothing."""
