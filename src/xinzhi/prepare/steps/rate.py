"""Rates: something per so many of something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import derived, numbers, refuse_where
from xinzhi.prepare.step import NO_NEEDS, NO_SOURCES, STEPS, Sources
from xinzhi.wording import message

THOUSANDS: Mapping[str, float] = MappingProxyType(
    {"万": 1e4, "千": 1e3, "百": 1e2, "百万": 1e6, "亿": 1e8, "十万": 1e5}
)


def counted_in(unit: str | None) -> float:
    """Tell how many single ones a unit of counting holds.

    >>> counted_in("万人"), counted_in("人"), counted_in(None)
    (10000.0, 1.0, 1.0)
    """
    head = (unit or "").rstrip("人户家件元个")
    return THOUSANDS.get(head, 1.0)


@STEPS.add("rate")
@dataclass(frozen=True, slots=True)
class Rate:
    """Divide the sum of some columns by another one, per so many of it.

    r_it = per · sum_k numerator_kit / denominator_it. Where the unit of the denominator is known
    to count in ten thousands (万人), it is turned into single ones first.
    """

    NEEDS: ClassVar[Mapping[str, str]] = NO_NEEDS
    numerator: tuple[str, ...]
    """Columns that are added up; a row that lacks one has no rate."""
    denominator: str
    """Column that is divided by, positive."""
    per: float = 1.0
    """10000 for a rate per ten thousand, 100 for a percentage."""
    unit: str | None = None
    """Unit of the result."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        del sources
        x = numbers(panel, (*self.numerator, self.denominator), step=name)
        below = x[self.denominator].to_numpy()
        refuse_where(
            panel,
            below <= 0,
            self.denominator,
            code="derive.division_by_zero",
            what=message("A rate per {value} does not exist."),
            remedy=message("mend the value, or empty the cell if it is missing."),
        )
        above = x[list(self.numerator)].to_numpy().sum(axis=1)
        factor = counted_in(panel.units.get(self.denominator))
        why = message(
            "({numerator}) / {denominator}, per {per}; one {denominator} counts {factor}",
            numerator=" + ".join(self.numerator),
            denominator=self.denominator,
            per=self.per,
            factor=factor,
        )
        return derived(
            panel,
            step=name,
            kind="rate",
            values=np.asarray(above / (below * factor) * self.per),
            why=why,
            uses=(*self.numerator, self.denominator),
            unit=self.unit or ("%" if self.per == 100 else None),
        )
