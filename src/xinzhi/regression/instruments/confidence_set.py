"""Confidence sets that an inverted test gives: pieces of the line, at any level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

Pieces = tuple[tuple[float, float], ...]
"""Intervals from left to right; ends may be infinite, none where every value is rejected."""


@dataclass(frozen=True, slots=True)
class ConfidenceSet:
    """Values of a slope that are not rejected; ends may be infinite, the set may be empty."""

    intervals: Pieces
    level: float
    statistic_at_zero: float
    """AR test of β = 0, F(q, df)."""
    p_at_zero: float
    invert: Callable[[float], Pieces] | None = field(default=None, compare=False, repr=False)
    """From a level to the set of that level."""

    @property
    def is_bounded(self) -> bool:
        """Whether the data bound the slope at all."""
        return all(np.isfinite(end) for piece in self.intervals for end in piece)

    def at(self, level: float) -> Pieces:
        """Give the set of another level."""
        if self.invert is None or level == self.level:
            return self.intervals
        return self.invert(level)


def ends_of(pieces: Pieces) -> tuple[float, float]:
    """Give both ends of a set that is one interval; what has gaps, or no value, has no two ends.

    >>> ends_of(((-1.0, 2.0),)), ends_of(((float("-inf"), 0.0), (1.0, float("inf"))))
    ((-1.0, 2.0), (nan, nan))
    """
    return pieces[0] if len(pieces) == 1 else (float("nan"), float("nan"))
