"""Confidence sets that an inverted test gives: pieces of the line, at any level."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

Pieces = tuple[tuple[float, float], ...]
"""Intervals from left to right; ends may be infinite, none where every value is rejected."""


class Inverted(Protocol):
    """A test that can be inverted at any level; it is made of arrays, so that studies can keep it."""

    def invert(self, level: float) -> Pieces:
        """Find the values that are not rejected at a level of confidence."""
        ...


@dataclass(frozen=True, slots=True)
class ConfidenceSet:
    """Values of a slope that are not rejected; ends may be infinite, the set may be empty."""

    intervals: Pieces
    level: float
    statistic_at_zero: float
    """AR test of β = 0, F(q, df)."""
    p_at_zero: float
    test: Inverted | None = field(default=None, compare=False, repr=False)
    """What gives the set of another level."""

    @property
    def is_bounded(self) -> bool:
        """Whether the data bound the slope at all."""
        return all(np.isfinite(end) for piece in self.intervals for end in piece)

    def at(self, level: float) -> Pieces:
        """Give the set of another level."""
        if self.test is None or level == self.level:
            return self.intervals
        return self.test.invert(level)


def ends_of(pieces: Pieces) -> tuple[float, float]:
    """Give both ends of a set that is one interval; what has gaps, or no value, has no two ends.

    >>> ends_of(((-1.0, 2.0),)), ends_of(((float("-inf"), 0.0), (1.0, float("inf"))))
    ((-1.0, 2.0), (nan, nan))
    """
    return pieces[0] if len(pieces) == 1 else (float("nan"), float("nan"))
