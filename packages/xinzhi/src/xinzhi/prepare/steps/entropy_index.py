"""A composite index whose weights come from the entropy of its indicators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, Self

import numpy as np
import pandas as pd
from pydantic import model_validator

from xinzhi.options import Names, OneOrMore
from xinzhi.prepare.columns import Flags, Floats, derive, entry_of, numbers
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step, outside_domain
from xinzhi_core.errors import DataError, OutOfDomain, Problem, Where
from xinzhi_core.panel.ledger import Entry
from xinzhi_core.panel.panel import PERIOD, Panel
from xinzhi_core.wording import Wording, listed, message

OTHER_SHIFTS = (0.001, 0.01)
"""Shifts under which the ranks are computed again, to say how far they depend on it."""
AGAINST = 0.2
"""Correlation from which on, with a minus, two indicators move against each other."""
ERRORS = 2.0
"""Standard errors 1/√n that it must exceed besides: of two that have nothing to do with each other, one pair in
forty does."""
MOST = 5
"""Pairs that are named."""


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
    """Indicators; all of them count in the same direction, but for those under `negative`."""
    negative: Names = ()
    """Indicators that count the other way round: they enter as (max - x) / (max - min)."""
    shift: float = 1e-4
    """Added after standardising, so that the cleanest row is not zero."""
    pool: Literal["all", "period"] = "all"
    """Whether minimum and maximum are taken over all rows or within each period."""
    standardise: bool = True
    """False weighs the values as they are."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        unknown = [column for column in self.negative if column not in self.columns]
        if unknown:
            raise outside_domain(
                message("'{name}' is not among the indicators.", name=unknown[0]),
                message("write it under `columns` too."),
                key="negative",
            )
        if self.negative and not self.standardise:
            raise outside_domain(
                message("Values as they are have no opposite direction."),
                message("leave out `standardise: false`, or turn the indicator round beforehand."),
                key="negative",
            )
        return self

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`; weights and rows at the minimum go to the ledger."""
        del sources
        x = numbers(panel, self.columns, step=name)
        # Rows with a gap get no index and do not take part in minimum, maximum or entropy.
        complete = x.notna().all(axis=1).to_numpy()
        self._refuse_negative(panel, x)
        # max - x is the opposite of x but for its level, which standardising takes away.
        directions = np.where(np.isin(x.columns, self.negative), -1.0, 1.0)
        values = x.to_numpy()[complete] * directions
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
            more=(
                *self._flags(panel, values, groups, index, complete, name),
                *_opposed(panel, values, tuple(map(str, x.columns)), complete, name),
            ),
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


def _opposed(
    panel: Panel, values: Floats, names: tuple[str, ...], complete: Flags, step: str
) -> Iterator[Entry]:
    """Question indicators that are declared in one direction and move against each other.

    Two looks: over all rows, of which those of one entity say nearly the same, so that n counts entities; and
    less the means of entities, where n is the number of rows less that of the means.
    """
    entity = np.asarray(panel.frame.index.codes[0])[complete]  # type: ignore[attr-defined]
    _, entity, sizes = np.unique(entity, return_inverse=True, return_counts=True)
    within = values - np.array([np.bincount(entity, x) / sizes for x in values.T]).T[entity]
    # What is left of an indicator that an entity keeps is rounding.
    within = np.where(np.ptp(within, axis=0) > 1e-9 * np.abs(values).max(axis=0), within, 0.0)
    n_within = len(values) - len(sizes)
    overall, inside = _correlations(values), _correlations(within)
    found: list[tuple[float, Wording]] = []
    for i, j in combinations(range(len(names)), 2):
        if _is_against(overall[i, j], len(sizes)) or _is_against(inside[i, j], n_within):
            least = float(np.fmin(overall[i, j], inside[i, j]))
            found.append((least, _pair(names[i], names[j], overall[i, j], inside[i, j])))
    if not found:
        return
    found.sort(key=lambda one: one[0])
    why = message(
        "{n} pairs of indicators move against each other although they are declared in one direction, so that the "
        "index adds up what cancels: {pairs}. Name those that count the other way round under `negative`, or leave "
        "them out.",
        one="{n} pair of indicators moves against each other although they are declared in one direction, so that the "
        "index adds up what cancels: {pairs}. Name the one that counts the other way round under `negative`, or leave "
        "it out.",
        n=len(found),
        pairs=listed([words for _, words in found[:MOST]]),
    )
    yield Entry(step, "entropy_index", step, "flagged", why)


def _correlations(values: Floats) -> Floats:
    """Correlate columns; NaN where one is constant."""
    deviations = values - values.mean(axis=0)
    size = np.sqrt((deviations**2).sum(axis=0))
    unit = deviations / np.where(size > 0, size, np.nan)
    return np.asarray(unit.T @ unit)


def _is_against(r: float, n: int) -> bool:
    """Whether a correlation is negative beyond chance.

    >>> _is_against(-0.3, 100), _is_against(-0.3, 30), _is_against(-0.19, 10_000), _is_against(float("nan"), 9)
    (True, False, False, False)
    """
    return bool(n > 0 and r < -max(AGAINST, ERRORS / np.sqrt(n)))


def _pair(first: str, second: str, overall: float, within: float) -> Wording:
    """Name two indicators with their correlations."""
    if np.isnan(within):
        return message(
            "{first} and {second} (r = {overall})",
            first=first,
            second=second,
            overall=f"{overall:.2f}",
        )
    return message(
        "{first} and {second} (r = {within} within entities, {overall} overall)",
        first=first,
        second=second,
        within=f"{within:.2f}",
        overall=f"{overall:.2f}",
    )
