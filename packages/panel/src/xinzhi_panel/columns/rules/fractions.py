"""Fractions under a heading in percent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import (
    RULES,
    Finding,
    Flags,
    NumberColumn,
    Rule,
    SeenPanel,
    is_percent,
    is_share,
    of_column,
)

HUNDRED = 100.0
GAP = 5.0
"""How many times the greatest fraction the least percentage is at least."""
NEAR = 2.0
"""How many times the usual value of the entity a fraction times 100 is at most."""
HALF = 0.5
"""Greatest value that a column of fractions reaches at least."""
FEWEST = 8
"""Values of a column that is judged as a whole."""


@RULES.add("fractions")
class Fractions(Rule):
    """A column in percent holds fractions, in some cells or in all.

    The unit must say percent. Some cells: they are at most 1, and either all other values are at least five times the
    greatest of them, or a hundred times the cell is within a factor of 2 of the median of the entity, from which
    the cell itself is far. All cells: a share by its heading, between 0 and 1, and above one half somewhere.
    """

    code = "plausible.fraction"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Look at the columns in percent."""
        for column in seen.columns:
            if not is_percent(seen.panel, column):
                continue
            rows = _fractions(seen, column)
            if rows.any():
                yield Finding(
                    self.code,
                    (column.name,),
                    rows,
                    message("'{name}' is in percent and holds fractions", name=column.name),
                    message("multiply these cells by 100, or correct the unit."),
                    of_column(column.values),
                )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "least percentage over greatest fraction", f"at least {GAP:g}"
        yield (
            "a hundred times the cell, against the median of the entity",
            f"within a factor of {NEAR:g}",
        )
        yield (
            "greatest value of a column of fractions",
            f"above {HALF:g}, of at least {FEWEST} values",
        )


def _fractions(seen: SeenPanel, column: NumberColumn) -> Flags:
    """Mark the cells that hold fractions."""
    values = column.values
    with np.errstate(invalid="ignore"):
        small = (values > 0) & (values <= 1.0)
        large = values > 1.0
    nothing: Flags = np.zeros(len(values), dtype=bool)
    if not small.any():
        return nothing
    if not large.any():
        known = values[np.isfinite(values)]
        is_whole = len(known) >= FEWEST and known.min() >= 0 and known.max() > HALF
        varies = len(np.unique(known)) > 2
        return small if is_whole and varies and is_share(column.name) else nothing
    if small.sum() < large.sum() and values[large].min() >= GAP * values[small].max():
        # Their hundredfold lies among the others: 0.4 among 35 to 60.
        hundred = HUNDRED * np.median(values[small])
        low, high = np.quantile(values[large], [0.0, 1.0])
        if low / NEAR <= hundred <= high * NEAR:
            return np.asarray(small)
    return np.asarray(small & _is_odd_in_entity(seen, column))


def _is_odd_in_entity(seen: SeenPanel, column: NumberColumn) -> Flags:
    """Whether a hundred times the cell is what the other cells of the entity are."""
    ends = np.append(seen.starts[1:], len(column.values))
    odd: Flags = np.zeros(len(column.values), dtype=bool)
    for start, end in zip(seen.starts.tolist(), ends.tolist(), strict=True):
        own = column.values[start:end]
        known = own[np.isfinite(own) & (own > 1.0)]
        if len(known) < 3 or len(known) < 0.5 * np.isfinite(own).sum():
            continue
        usual = float(np.median(known))
        with np.errstate(invalid="ignore"):
            is_near = (HUNDRED * own <= NEAR * usual) & (HUNDRED * own >= usual / NEAR)
            odd[start:end] = is_near & (own * GAP <= known.min())
    return odd
