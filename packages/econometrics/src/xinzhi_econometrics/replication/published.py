"""Values of published regression tables, and the interval arithmetic of their rounding.

A published figure stands for every number that rounds to it. `PrintedRange` are closed intervals of exact
fractions, so that a check is decided by arithmetic and not by the rounding of floating point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from xinzhi_core.formula.tree import Node

CONSTANT = "_cons"
PERIODS = frozenset({"year", "period", "time", "month", "quarter"})


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One printed slope."""

    b: Decimal
    se: Decimal | None
    stars: int | None


@dataclass(frozen=True, slots=True)
class PrintedTest:
    """One printed test of a column, such as F of all slopes."""

    value: Decimal
    stars: int | None


@dataclass(frozen=True, slots=True)
class PublishedColumn:
    """One printed regression."""

    path: str
    """Such as `table5.col1`."""
    depvar: str
    effects: tuple[str, ...]
    coefficients: Mapping[str, Coefficient]
    controls: tuple[str, ...]
    """Controls of the model, printed or not."""
    n: int | None
    adj_r2: Decimal | None
    n_groups: int | None
    """Entities in the sample; of a part of it whose groups are not declared, those of the whole."""
    fewest_groups: int | None = None
    """Entities that a column has at least: those of a part of the sample may be as few as its rows and years allow."""
    tests: Mapping[str, PrintedTest] = field(default_factory=lambda: MappingProxyType({}))
    """`F` and `hausman`."""

    @property
    def slopes(self) -> tuple[str, ...]:
        """All regressors of the model: those printed and the controls."""
        shown = [name for name in self.coefficients if name != CONSTANT]
        return tuple(dict.fromkeys([*shown, *self.controls]))

    @property
    def df_absorbed(self) -> int | None:
        """Degrees of freedom of effects in a balanced panel; None where they are not known."""
        if not self.effects:
            return 1
        if self.n is None or not self.n_groups or self.n % self.n_groups:
            return None
        # Whole years of all groups: the panel is taken as balanced, where two effects are connected.
        levels = [
            self.n // self.n_groups if effect in PERIODS else self.n_groups
            for effect in self.effects
        ]
        return sum(levels) - len(levels) + 1

    @property
    def df(self) -> int | None:
        """N - k - dfa."""
        dfa = self.df_absorbed
        return None if self.n is None or dfa is None else self.n - len(self.slopes) - dfa


@dataclass(frozen=True, slots=True)
class SobelRow:
    """One printed test of a mediated effect."""

    effect: Decimal | None
    z: Decimal | None
    stars: int | None
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class MediationLink:
    """Which columns make up a mediation."""

    mediator: str
    a: str
    b: str
    total: str
    sobel: str | None = None


@dataclass(frozen=True, slots=True)
class NestedLink:
    """Column `model` is column `of` with one regressor more."""

    model: str
    of: str
    added: str


@dataclass(frozen=True, slots=True)
class PrintedIdentity:
    """One printed figure that others give."""

    figure: str
    """Such as `sample.observations`."""
    formula: Node
    """Sums, products and quotients of figures, by their paths."""
    text: str


@dataclass(frozen=True, slots=True)
class PublishedTables:
    """All that is printed, and what connects it."""

    columns: Mapping[str, PublishedColumn]
    sobel: Mapping[str, Mapping[str, SobelRow]]
    means: Mapping[str, Decimal]
    sds: Mapping[str, Decimal]
    vif: Mapping[str, tuple[Decimal, Decimal]]
    vif_mean: Decimal | None
    vif_path: str
    nested: tuple[NestedLink, ...]
    mediation: tuple[MediationLink, ...]
    full_n: int | None
    """Rows of the sample that the means describe."""
    clusters: int | None
    years: int | None
    group_years: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Path of a column whose groups were declared -> entities."""
    identities: tuple[PrintedIdentity, ...] = ()
    figures: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    """Path of every printed number that stands in an identity."""


ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class PrintedRange:
    """A closed interval; `high` None means without bound."""

    low: Fraction
    high: Fraction | None

    def __add__(self, other: PrintedRange) -> PrintedRange:
        high = None if self.high is None or other.high is None else self.high + other.high
        return PrintedRange(self.low + other.low, high)

    def __sub__(self, other: PrintedRange) -> PrintedRange:
        return self + other.times(Fraction(-1))

    def __mul__(self, other: PrintedRange) -> PrintedRange:
        ends = [a * b for a in self.ends for b in other.ends]
        return PrintedRange(min(ends), max(ends))

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """Both ends of a bounded interval."""
        assert self.high is not None
        return self.low, self.high

    def times(self, factor: Fraction) -> PrintedRange:
        """Multiply by a number."""
        ends = sorted(end * factor for end in self.ends)
        return PrintedRange(ends[0], ends[1])

    def square(self) -> PrintedRange:
        """Square every value."""
        # Not `self * self`: the interval arithmetic of a product takes its factors as independent.
        size = self.size()
        return PrintedRange(size.low**2, None if size.high is None else size.high**2)

    def size(self) -> PrintedRange:
        """Take absolute values."""
        if self.high is None:
            return PrintedRange(max(self.low, ZERO), None)
        low, high = self.ends
        nearest = ZERO if low <= 0 <= high else min(abs(low), abs(high))
        return PrintedRange(nearest, max(abs(low), abs(high)))

    def over(self, other: PrintedRange) -> PrintedRange:
        """Divide a nonnegative interval by a nonnegative one; without bound if that reaches 0."""
        assert self.low >= 0
        assert other.low >= 0
        low = ZERO if other.high is None else self.low / other.high if other.high else ZERO
        high = None if other.low == 0 or self.high is None else self.high / other.low
        return PrintedRange(low, high)

    def meets(self, other: PrintedRange) -> bool:
        """Whether the two intervals have a value in common."""
        below = other.high is None or self.low <= other.high
        return below and (self.high is None or other.low <= self.high)

    def numbers(self) -> tuple[float, float]:
        """Give both ends as floating point numbers."""
        return float(self.low), float("inf") if self.high is None else float(self.high)

    def __str__(self) -> str:
        low, high = self.numbers()
        return f"[{low:.6g}, {high:.6g}]"


def exactly(value: Decimal | Fraction | int) -> PrintedRange:
    """Take a figure as it stands."""
    return PrintedRange(Fraction(value), Fraction(value))


def rounded(value: Decimal) -> PrintedRange:
    """Undo the rounding of a printed figure: half a unit of its last digit on both sides.

    >>> str(rounded(Decimal("0.03"))), str(rounded(Decimal("0.030")))
    ('[0.025, 0.035]', '[0.0295, 0.0305]')
    """
    # Closed on both sides: a figure on the edge may have been rounded up or to the even digit.
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    half = Fraction(10) ** exponent / 2
    return PrintedRange(Fraction(value) - half, Fraction(value) + half)
