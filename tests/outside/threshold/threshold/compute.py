"""Panel threshold regression: exact search over all values of the threshold variable.

    y = x'b_j 1{c_(j-1) < q <= c_j} + z'd + effects + e

With P the projection off effects, z and x, and d(c) = P (x 1{q <= c}), the fall of the sum of squares is
b'G⁻¹b, G = d'd and b = d'y. Sorted by q, G and b are cumulated sums over the entries of P, so that every
value of q costs one small system, and all draws of the bootstrap one matrix product.

References
----------
Hansen (1999), doi:10.1016/S0304-4076(99)00025-1; Bai (1997), doi:10.1017/S0266466600005831.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Estimation
from xinzhi_core.errors import MethodError, Problem
from xinzhi_core.wording import message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.fit import fit_least_squares

MOST_ROWS, FEWEST_ROWS = 12_000, 30
CRITICAL = 7.352277694
"""-2 log(1 - sqrt(0.95)): limit of the likelihood ratio of a threshold (Hansen 1999, p. 351)."""


@dataclass(frozen=True, slots=True, eq=False)
class Threshold:
    """Thresholds, their tests, and the slopes in the regimes."""

    tests: pd.DataFrame
    """Indexed by the number of thresholds: estimate, low, high, rss, f, p_value, c10, c5, c1, draws."""
    draws: np.ndarray
    """F of each draw, shape (tests, draws)."""
    used: tuple[float, ...]
    """Thresholds that split the regimes: those that are significant in a row, at least one."""
    estimates: Estimates
    frame: pd.DataFrame
    ratio: pd.DataFrame
    """Likelihood ratio of each value as the first threshold."""
    q: str
    regime: tuple[str, ...]
    is_significant: bool

    def to_frame(self) -> pd.DataFrame:
        """Return one row a test."""
        return self.tests


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """What no draw changes: P, regressors of the regimes, and rows up to each value; rows sorted by q."""

    p: np.ndarray
    x: np.ndarray
    ends: np.ndarray
    least: float

    def given(self, counts: tuple[int, ...]) -> "Search":
        """Take known thresholds out, each by the number of rows at or below it."""
        p = self.p
        for count in counts:
            d = p[:, :count] @ self.x[:count]
            p = p - d @ np.linalg.solve(d.T @ p @ d, d.T @ p)
        return replace(self, p=p)

    def one_more(self, y: np.ndarray, counts: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Find the values that leave enough rows in every regime, and what each takes off the squares."""
        borders = np.array([0, *counts, len(self.x)])
        far = (np.abs(self.ends[:, None] - borders) >= self.least).all(axis=1)
        if far.sum() < 2:
            text = message("Too few values for {n} regimes.", n=len(counts) + 2)
            raise MethodError(Problem("threshold.few", text))
        return np.flatnonzero(far), self.falls(y, np.flatnonzero(far))[:, 0]

    def falls(self, outcomes: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Fall of the sum of squares at each value of q, shape (len(at), outcomes)."""
        last, k = self.ends[at] - 1, self.x.shape[1]
        gram = np.empty((len(at), k, k))
        for i, j in np.ndindex(k, k):
            products = self.p * np.outer(self.x[:, i], self.x[:, j])
            gram[:, i, j] = products.cumsum(0).cumsum(1).diagonal()[last]
        sums = (np.cumsum(self.x[:, [i]] * (self.p @ outcomes), axis=0)[last] for i in range(k))
        b = np.stack([*sums], axis=1)
        return np.einsum("cib,cib->cb", b, np.linalg.solve(gram, b))


def estimate(
    data: Estimation, q: str, regime: tuple[str, ...], *, at_most: int = 1, trim: float = 0.05, draws: int = 300,
    rule: str = "hansen", seed: int = 0, level: float = 0.05, resamples: np.ndarray | None = None, n_used: int = 0,
) -> Threshold:  # fmt: skip
    """Find and test up to `at_most` thresholds; `n_used` of them split the regimes where it is not 0.

    `resamples` are the units whose residuals each unit gets, shape (draws, units), instead of random ones.
    """
    _check(data, q, regime)
    n, order = len(data.frame), np.argsort(data.columns(q)[:, 0], kind="stable")
    q_sorted, y = data.columns(q)[order, 0], data.sample.outcome[order, None]
    values, first = np.unique(q_sorted, return_index=True)
    m = data.within.demean(np.eye(n))[np.ix_(order, order)]
    base = np.linalg.qr(m @ data.sample.design[order])[0]
    x, ends = data.columns(*regime)[order], np.append(first[1:], n)
    search = Search(m - base @ base.T, x, ends, max(trim * n, FEWEST_ROWS))
    rows = np.arange(n)
    units = [*pd.Series(rows).groupby(data.frame.index.get_level_values(0)).indices.values()]
    df = n - len(units) if rule == "hansen" else n - n / len(units)
    if resamples is None:
        streams = (np.random.default_rng([seed, k]) for k in range(draws))
        drawn = [rng.integers(0, len(units), len(units)) for rng in streams]
        resamples = np.array(drawn, dtype=int).reshape(draws, len(units))
    # Each unit takes the residuals of another one, period by period.
    source = np.empty((len(resamples), n), dtype=int)
    for unit, others in zip(units, resamples.T, strict=True):
        for row, other in zip(source, others, strict=True):
            row[unit] = np.resize(units[other], len(unit))
    source = np.argsort(order)[source[:, order]]
    rss, counts = float((y.T @ search.p @ y)[0, 0]), ()
    tests, found, stars_of, ratios = [], [], [], []
    for number in range(1, at_most + 1):
        known = search.given(counts)
        at, fall = known.one_more(y, counts)
        ratio = (fall.max() - fall) / ((rss - fall.max()) / df)
        ratios.append(pd.DataFrame({"value": values[at], "ratio": ratio}))
        inside, best = values[at][ratio <= CRITICAL], at[fall.argmax()]
        counts = (*counts, int(ends[best]))
        if number == 2:  # the first threshold again, given the second (Bai 1997)
            at_first, fall_first = search.given(counts[1:]).one_more(y, counts[1:])
            counts = (int(ends[at_first[fall_first.argmax()]]), counts[1])
        # Residuals of the model with this threshold; the null has one threshold less.
        e = search.given(counts).p @ y
        after = float((e.T @ e)[0, 0])
        stars = e[source, 0].T
        falls = known.falls(stars, at).max(axis=0)
        stars_of.append(falls / ((np.einsum("ib,ib->b", stars, known.p @ stars) - falls) / df))
        tests.append((values[best], *inside[[0, -1]], after, (rss - after) / (after / df)))
        rss = after
        found.append(counts)
    table = _tested(tests, np.array(stars_of))
    in_a_row = int((table["p_value"] < level).cumprod().sum())
    splits = sorted(found[(n_used or max(in_a_row, 1)) - 1])
    used = tuple(float(q_sorted[count - 1]) for count in splits)
    frame, names = by_regimes(data.frame, q, regime, used)
    asked = data.regression
    regressors, controls = ([x for x in part if x not in regime] for part in (asked.regressors, asked.controls))  # fmt: skip
    split = replace(asked, regressors=(*names, *regressors), controls=(*controls,))
    fitted = fit_least_squares(frame, split)
    return Threshold(
        table, np.array(stars_of), used, fitted, frame, ratios[0], q, regime, in_a_row > 0
    )


def by_regimes(frame: pd.DataFrame, q: str, regime: tuple[str, ...], used: tuple[float, ...]):
    """Make a column for each regressor and regime."""
    place, numbers = np.searchsorted(used, frame[q], side="left"), range(len(used) + 1)
    new = {f"{x}.regime{k + 1}": frame[x] * (place == k) for x in regime for k in numbers}
    return frame.assign(**new), tuple(new)


def _tested(tests: list[tuple[float, ...]], stars: np.ndarray) -> pd.DataFrame:
    """Compare F with its draws: p is (1 + number of draws of at least F) / (1 + draws)."""
    index, n = pd.RangeIndex(1, len(tests) + 1, name="thresholds"), stars.shape[1]
    table = pd.DataFrame(tests, index, ["estimate", "low", "high", "rss", "f"])
    table["p_value"] = (1 + (stars >= table[["f"]].to_numpy()).sum(axis=1)) / (1 + n)
    for level in (10, 5, 1):
        table[f"c{level}"] = np.quantile(stars, 1 - level / 100, axis=1) if n else np.nan
    return table.assign(draws=n)


def _check(data: Estimation, q: str, regime: tuple[str, ...]) -> None:
    known, n = {*data.regression.regressors, *data.regression.controls}, len(data.frame)
    for is_right, text in (
        (known >= {*regime}, message("Regressors by regime must be regressors of the column.")),
        (q != data.regression.outcome, message("The threshold variable cannot be the outcome.")),
        (n <= MOST_ROWS, message("The search takes {n} rows at most.", n=MOST_ROWS)),
        ((data.frame[q].groupby(level=0).std() > 0).any(), message("'{q}' never changes within an entity.", q=q)),
    ):  # fmt: skip
        if not is_right:
            raise MethodError(Problem("threshold.unusable", text))
