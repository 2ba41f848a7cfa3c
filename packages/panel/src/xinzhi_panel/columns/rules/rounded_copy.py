"""A series that is another one, rounded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.rules.multiple import PROBES
from xinzhi_panel.columns.seen import (
    RULES,
    Finding,
    Floats,
    NumberColumn,
    Rule,
    SeenPanel,
    is_multiple,
    last_digit,
    shown,
)

POWERS = range(-8, 9)
"""Powers of ten between the units of the two."""
FEWEST = 8
"""Rows in which both are there and not 0."""
COARSEST = 0.01
"""Share of the greatest value that the last digit of a column is at most."""
FINE = 0.02
"""Greatest share of its spread that the rounding of a column may be: a coarser one is nobody's copy."""


@RULES.add("rounded_copy")
class RoundedCopy(Rule):
    """A column is another one but for rounding, in the same unit or with another power of ten.

    At least eight rows, all of them, within one half of the last digit of the coarser one, which is at most a fiftieth
    of its standard deviation. Columns that are the same to the last digit are `multiple`.
    """

    code = "plausible.rounded_copy"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Compare all pairs at some rows, and those that pass in all."""
        columns = [(column, unit) for column in seen.columns if (unit := _unit(column.values))]
        n = len(seen.panel.frame)
        probes = np.unique(np.linspace(0, n - 1, min(PROBES, n)).astype(np.intp))
        told: set[str] = set()
        for coarse, unit in columns:
            for fine, _ in columns:
                if fine is coarse or coarse.name in told:
                    continue
                first, second = fine.values[probes], coarse.values[probes]
                power = _power(first, second)
                if power is None or not _is_copy(first * 10.0**power, second, unit):
                    continue
                if _is_copy(fine.values * 10.0**power, coarse.values, unit, least=FEWEST):
                    told |= {coarse.name, fine.name}
                    yield self._finding(coarse, fine, power)

    def _finding(self, coarse: NumberColumn, fine: NumberColumn, power: int) -> Finding:
        rows = ~(np.isnan(coarse.values) | np.isnan(fine.values))
        sentence = (
            message("'{name}' is '{other}' but for rounding", name=coarse.name, other=fine.name)
            if power == 0
            else message(
                "'{name}' is {factor} times '{other}' but for rounding",
                name=coarse.name,
                factor=shown(10.0**power),
                other=fine.name,
            )
        )
        remedy = message("keep one of them: together they are collinear.")
        return Finding(self.code, (coarse.name, fine.name), rows, sentence, remedy)

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "rows", f"at least {FEWEST}"
        yield "last digit of the coarser column, of its standard deviation", f"at most {FINE:.0%}"


def _unit(values: Floats) -> float | None:
    """Give the last digit of a column that is fine beside its spread."""
    known = values[np.isfinite(values) & (values != 0)]
    if len(known) < FEWEST:
        return None
    unit = last_digit(values)
    # 181200 is written to a hundred: the last digit before the point may be coarser than 1.
    while unit < COARSEST * float(np.abs(known).max()) and is_multiple(known, 10 * unit).all():
        unit *= 10
    return unit if unit <= FINE * float(known.std()) else None


def _power(fine: Floats, coarse: Floats) -> int | None:
    """Find the power of ten between two columns, from their sizes."""
    both = np.isfinite(fine) & np.isfinite(coarse) & (fine != 0)
    size = float(np.abs(fine[both]).sum())
    other = float(np.abs(coarse[both]).sum())
    if size <= 0 or other <= 0:
        return None
    exact = np.log10(other / size)
    power = round(exact)
    return power if power in POWERS and abs(exact - power) < 0.01 else None


def _is_copy(fine: Floats, coarse: Floats, unit: float, *, least: int = 0) -> bool:
    """Whether all rows agree to half of the last digit of the coarser column, and not to the last one everywhere."""
    both = np.isfinite(fine) & np.isfinite(coarse)
    if both.sum() < max(least, 1):
        return False
    away = np.abs(fine[both] - coarse[both])
    is_near = bool((away <= 0.5 * unit * (1 + 1e-6)).all())
    return is_near and (not least or bool((away > 1e-9 * np.abs(coarse[both])).any()))
