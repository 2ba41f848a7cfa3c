"""Intervals of exact fractions: all that a printed figure can have been before it was rounded."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Bounds:
    """A closed interval; `high` None means without bound."""

    low: Fraction
    high: Fraction | None

    def __add__(self, other: Bounds) -> Bounds:
        high = None if self.high is None or other.high is None else self.high + other.high
        return Bounds(self.low + other.low, high)

    def __sub__(self, other: Bounds) -> Bounds:
        return self + other.times(Fraction(-1))

    def __mul__(self, other: Bounds) -> Bounds:
        ends = [a * b for a in self.ends for b in other.ends]
        return Bounds(min(ends), max(ends))

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """Both ends of a bounded interval."""
        assert self.high is not None
        return self.low, self.high

    def times(self, factor: Fraction) -> Bounds:
        """Multiply by a number."""
        ends = sorted(end * factor for end in self.ends)
        return Bounds(ends[0], ends[1])

    def square(self) -> Bounds:
        """Square every value."""
        size = self.size()
        return Bounds(size.low**2, None if size.high is None else size.high**2)

    def size(self) -> Bounds:
        """Take absolute values."""
        if self.high is None:
            return Bounds(max(self.low, ZERO), None)
        low, high = self.ends
        nearest = ZERO if low <= 0 <= high else min(abs(low), abs(high))
        return Bounds(nearest, max(abs(low), abs(high)))

    def over(self, other: Bounds) -> Bounds:
        """Divide a nonnegative interval by a nonnegative one; without bound if that reaches 0."""
        assert self.low >= 0
        assert other.low >= 0
        low = ZERO if other.high is None else self.low / other.high if other.high else ZERO
        high = None if other.low == 0 or self.high is None else self.high / other.low
        return Bounds(low, high)

    def meets(self, other: Bounds) -> bool:
        """Whether the two intervals have a value in common."""
        below = other.high is None or self.low <= other.high
        return below and (self.high is None or other.low <= self.high)

    def numbers(self) -> tuple[float, float]:
        """Give both ends as floating point numbers."""
        return float(self.low), float("inf") if self.high is None else float(self.high)

    def __str__(self) -> str:
        low, high = self.numbers()
        return f"[{low:.6g}, {high:.6g}]"


def exactly(value: Decimal | Fraction | int) -> Bounds:
    """Take a figure as it stands."""
    return Bounds(Fraction(value), Fraction(value))


def rounded(value: Decimal) -> Bounds:
    """Undo the rounding of a printed figure: half a unit of its last digit on both sides.

    >>> str(rounded(Decimal("0.03"))), str(rounded(Decimal("0.030")))
    ('[0.025, 0.035]', '[0.0295, 0.0305]')
    """
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    half = Fraction(10) ** exponent / 2
    return Bounds(Fraction(value) - half, Fraction(value) + half)
