"""Printed regression tables and what connects them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

CONSTANT = "_cons"
PERIODS = frozenset({"year", "period", "time", "month", "quarter"})


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One printed slope."""

    b: Decimal
    se: Decimal | None
    stars: int | None


@dataclass(frozen=True, slots=True)
class PrintedColumn:
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
    """Entities in the sample."""

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
class Printed:
    """All that is printed, and what connects it."""

    columns: Mapping[str, PrintedColumn]
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
