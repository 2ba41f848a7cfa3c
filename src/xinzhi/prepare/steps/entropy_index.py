"""A composite index whose weights come from the entropy of its indicators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.errors import DataError, OutOfDomain, Problem, Where
from xinzhi.options import OneOrMore
from xinzhi.panel.ledger import Entry
from xinzhi.panel.panel import PERIOD, Panel
from xinzhi.prepare.columns import Flags, Floats, derive, entry_of, numbers
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step
from xinzhi.wording import message

OTHER_SHIFTS = (0.001, 0.01)
"""Shifts under which the ranks are computed again, to say how far they depend on it."""


@dataclass(frozen=True, slots=True)
class Entropy:
    """An index and the weights it was made with."""

    index: Floats
    """Index per row, (n,)."""
    weights: Floats
    """Weight per indicator, (k,), summing to 1; 0 for a constant indicator."""


def entropy_index(
    x: Floats, *, shift: float = 1e-4, standardise: bool = True, groups: Floats | None = None
) -> Entropy:
    """Weigh indicators by entropy and add them up.

    z = (x - min) / (max - min) per indicator; z' = z + c; p = z' / sum z';
    e = -(1 / ln n) sum p ln p; w = (1 - e) / sum (1 - e); index = sum w z'.

    Parameters
    ----------
    x
        Indicators, (n, k), finite; non-negative where they are not standardised.
    shift
        c, added after standardising, in units of z; SBM needs an index > 0.
    standardise
        Whether x is brought to [0, 1]; without it z' = x and the shift is not added.
    groups
        Group per row (n,) within which minimum and maximum are taken; None pools all rows.

    Returns
    -------
    Entropy
        Index (n,) and weights (k,).

    Raises
    ------
    DataError
        `derive.entropy_constant`: fewer than two rows, or no indicator varies.

    Examples
    --------
    >>> import numpy as np
    >>> entropy = entropy_index(np.array([[10.0, 200.0], [20.0, 150.0], [40.0, 100.0]]))
    >>> entropy.weights.round(8), entropy.index.round(8)
    (array([0.53715154, 0.46284846]), array([0.46294846, 0.41057474, 0.53725154]))
    """
    z = _standardise(x, groups) + shift if standardise else x
    varies = np.ptp(x, axis=0) > 0 if len(x) else np.zeros(x.shape[1], dtype=bool)
    if len(x) < 2 or not varies.any():
        what = message("No indicator varies: there is nothing to weigh them by.")
        remedy = message("use indicators that differ between rows.")
        raise DataError(Problem("derive.entropy_constant", what, remedy=remedy))
    total = z.sum(axis=0)
    p = z / np.where(total > 0, total, 1.0)
    # p ln p tends to 0 with p: a share of zero adds nothing to the entropy.
    logs = np.log(p, out=np.zeros_like(p), where=p > 0)
    e = -(p * logs).sum(axis=0) / np.log(len(x))
    # A constant indicator has e = 1 up to rounding; without this its weight would be noise.
    d = np.where(varies, 1.0 - e, 0.0)
    weights = d / d.sum()
    return Entropy(z @ weights, weights)


def _standardise(x: Floats, groups: Floats | None) -> Floats:
    pools = np.zeros(len(x)) if groups is None else groups
    z = np.zeros_like(x)
    for pool in np.unique(pools):
        rows = pools == pool
        low, width = x[rows].min(axis=0), np.ptp(x[rows], axis=0)
        z[rows] = (x[rows] - low) / np.where(width > 0, width, 1.0)
    return z


@STEPS.add("entropy_index")
class EntropyIndex(Step):
    """Composite index of several indicators, weighted by entropy (Shannon 1948)."""

    columns: OneOrMore
    """Indicators; all of them count in the same direction."""
    shift: float = 1e-4
    """Added after standardising, so that the cleanest row is not zero."""
    pool: Literal["all", "period"] = "all"
    """Whether minimum and maximum are taken over all rows or within each period."""
    standardise: bool = True
    """False weighs the values as they are."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`; weights and rows at the minimum go to the ledger."""
        del sources
        x = numbers(panel, self.columns, step=name)
        # Rows with a gap get no index and do not take part in minimum, maximum or entropy.
        complete = x.notna().all(axis=1).to_numpy()
        self._refuse_negative(panel, x)
        values = x.to_numpy()[complete]
        groups = panel.frame.index.get_level_values(PERIOD).to_numpy(dtype=np.float64)[complete]
        entropy = self._index(values, groups, self.shift, name)
        index = np.full(len(x), np.nan)
        index[complete] = entropy.index
        pairs = zip(x.columns, entropy.weights, strict=True)
        weights = ", ".join(f"{column} {weight:.8f}" for column, weight in pairs)
        why = message("weights: {weights}", weights=weights)
        return derive(
            panel,
            step=name,
            kind="entropy_index",
            values=index,
            why=why,
            uses=self.columns,
            more=tuple(self._flags(panel, values, groups, index, complete, name)),
        )

    def _index(self, values: Floats, groups: Floats, shift: float, name: str) -> Entropy:
        try:
            by = groups if self.pool == "period" else None
            return entropy_index(values, shift=shift, standardise=self.standardise, groups=by)
        except DataError as error:
            problem = error.problems[0]
            where = Where(key=f"prepare.{name}", column=", ".join(self.columns))
            raise DataError(Problem(problem.code, problem.what, where, problem.remedy)) from error

    def _refuse_negative(self, panel: Panel, x: pd.DataFrame) -> None:
        values = x.to_numpy()
        cells = [] if self.standardise else np.argwhere(values < 0).tolist()
        if cells:
            raise OutOfDomain(
                Problem(
                    "derive.negative",
                    message("{value} is negative.", value=float(values[i, j])),
                    panel.place(i, self.columns[j]),
                    message("entropy of values as they are needs values >= 0: standardise."),
                )
                for i, j in cells
            )

    def _flags(
        self,
        panel: Panel,
        values: Floats,
        groups: Floats,
        index: Floats,
        complete: Flags,
        name: str,
    ) -> list[Entry]:
        """Name the rows that are lowest in every indicator, and how far ranks depend on the shift."""
        if not self.standardise:
            return []
        lowest = np.zeros(len(index), dtype=bool)
        lowest[complete] = np.isclose(index[complete], self.shift, rtol=1e-12, atol=0.0)
        if not lowest.any():
            return []
        # Ranks, not values: a shift moves every index, what matters is whether the order changes.
        ranks = pd.Series(index[complete]).rank()

        def largest_change(shift: float) -> float:
            other = pd.Series(self._index(values, groups, shift, name).index).rank()
            return float((other - ranks).abs().max())

        low, high = OTHER_SHIFTS
        why = message(
            "These rows are lowest in every indicator: their index is the shift {shift} itself, and "
            "a frontier may rest on it. With a shift of {low} ranks change by at most {by_low}, "
            "with {high} by at most {by_high}.",
            shift=self.shift,
            low=low,
            by_low=largest_change(low),
            high=high,
            by_high=largest_change(high),
        )
        return [entry_of(panel, lowest, why, step=name, kind="entropy_index", change="flagged")]
