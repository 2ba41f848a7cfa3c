"""Spatial Markov chain: transitions between classes of a score, by the class of the neighbours' mean.

Are the chains of all classes of neighbours one and the same? Pearson's Q and the likelihood ratio compare
each conditional matrix with the pooled one (Bickenbach and Bode 2003; Kang and Rey 2018).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.wording import message
from xinzhi_econometrics.space.scores import list_names, require, to_wide
from xinzhi_econometrics.space.weights import Neighbours, match_places

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
EXPECTED, SHARE = 5.0, 0.2
"""Cochran's rule: at most a fifth of the expected counts are below 5, else the p-values are doubted."""


@dataclass(frozen=True, slots=True, eq=False)
class Homogeneity:
    """Test that all chains are one. Null hypothesis: the conditional matrices are equal."""

    q: float
    """Pearson's statistic, sum n_im (p_ijm - p_ij)^2 / p_ij."""
    lr: float
    """Likelihood ratio, 2 sum n_ijm ln(p_ijm / p_ij)."""
    df: int
    """Sum over the classes i of (chains with a transition from i, - 1)(classes reached from i, - 1)."""
    p_q: float
    """Missing where there are no degrees of freedom."""
    p_lr: float
    share_sparse: float
    """Share of cells, among those that can be filled, with an expected count below 5."""


@dataclass(frozen=True, slots=True, eq=False)
class SpatialMarkov(InNotebook):
    """Transitions between classes of a score, for each class of the mean of the neighbours."""

    bounds: tuple[float, ...]
    """Upper bounds of the classes but the last, in the unit of the score, or of the period's mean; a class
    holds its upper bound."""
    lag_bounds: tuple[float, ...]
    """Upper bounds of the classes of the neighbours' mean."""
    counts: Counts
    """Shape (classes of neighbours, from, to); the neighbours are those of the first of both periods."""
    tests: Homogeneity
    n: int
    """Transitions counted."""
    n_missing: int
    """Transitions left out because one of both periods has no class."""
    mean_neighbours: float
    """Number of neighbours of a place on average, among the places with a score in any period."""
    notices: tuple[Notice, ...] = ()

    @property
    def pooled(self) -> Counts:
        """Transitions of all classes of neighbours together, shape (from, to)."""
        total: Counts = self.counts.sum(axis=0)
        return total

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each class of neighbours (0: all) and class left: probabilities by class reached, and n."""
        k = self.counts.shape[-1]
        every = [self.pooled, *self.counts]
        index = pd.MultiIndex.from_product(
            [range(len(every)), range(1, k + 1)], names=["neighbours", "from"]
        )
        shares = np.concatenate([shares_of(counts) for counts in every])
        frame = pd.DataFrame(shares, index=index, columns=[str(c + 1) for c in range(k)])
        return frame.assign(n=np.concatenate([counts.sum(axis=1) for counts in every]))


def shares_of(counts: Counts) -> Array:
    """Divide each row by its sum; a row without a transition has missing shares.

    >>> shares_of(np.array([[1, 3], [0, 0]])).tolist()
    [[0.25, 0.75], [nan, nan]]
    """
    totals = counts.sum(axis=-1, keepdims=True).astype(np.float64)
    return np.divide(counts, np.where(totals > 0, totals, np.nan))


def homogeneity(counts: Counts) -> Homogeneity:
    """Test whether chains are equal, from their transitions.

        Q = sum n_im (p_ijm - p_ij)^2 / p_ij,   LR = 2 sum n_ijm ln(p_ijm / p_ij)
        df = sum_i (b_i - 1)(a_i - 1)

    b_i chains have a transition from class i, and a_i classes are reached from i in the pooled chain; a
    class that nobody leaves, or a chain that nobody is in, so takes no degree of freedom.

    Parameters
    ----------
    counts
        Shape (chains, from, to).

    References
    ----------
    Bickenbach, F. and Bode, E. (2003), International Regional Science Review 26, 363-391,
    doi:10.1177/0160017603253789. Kang, W. and Rey, S. J. (2018), The Annals of Regional Science 61, 397-419,
    doi:10.1007/s00168-018-0859-9.

    Examples
    --------
    >>> found = homogeneity(np.array([[[3, 1], [1, 3]], [[3, 1], [1, 3]]]))
    >>> found.q, found.lr, found.df
    (0.0, 0.0, 2)
    """
    left = counts.sum(axis=2)
    pooled = np.nan_to_num(shares_of(counts.sum(axis=0)))
    expected = left[:, :, None] * pooled
    can = expected > 0
    q = float(((counts - expected)[can] ** 2 / expected[can]).sum())
    moved = counts > 0
    lr = float(2.0 * (counts[moved] * np.log(counts[moved] / expected[moved])).sum())
    chains, reached = (left > 0).sum(axis=0), (pooled > 0).sum(axis=1)
    df = int((np.maximum(chains - 1, 0) * np.maximum(reached - 1, 0)).sum())
    p_q, p_lr = (float(scipy.stats.chi2.sf(v, df)) if df else float("nan") for v in (q, lr))
    sparse = float((expected[can] < EXPECTED).mean()) if can.any() else 0.0
    return Homogeneity(q, lr, df, p_q, p_lr, sparse)


def spatial_markov(
    scores: pd.Series,
    neighbours: Neighbours,
    *,
    classes: int = 4,
    lag_classes: int | None = None,
    bounds: Sequence[float] = (),
    lag_bounds: Sequence[float] = (),
    relative: bool = False,
) -> SpatialMarkov:
    """Count the transitions between classes of a score by the class of the neighbours' mean.

        p_ijm = n_ijm / sum_j n_ijm

    m is the class of sum_j w_ij y_j in the first of two consecutive periods; the weights of the neighbours
    that have a score add up to 1.

    Parameters
    ----------
    scores
        Number per (entity, period), in any unit.
    neighbours
        Who is whose neighbour; who has none with a score in a period is left out there, with a notice.
    classes
        Number of classes, by quantiles of the scores of all periods (linear interpolation).
    lag_classes
        Number of classes of the neighbours' mean, by quantiles of its own; that of the scores if None.
    bounds, lag_bounds
        Upper bounds of all classes but the last, rising, in place of quantiles; a class holds its upper bound.
        Where `bounds` are given and `lag_bounds` and `lag_classes` are not, the neighbours have the same.
    relative
        Whether scores are divided by the mean of all entities in their period.

    Raises
    ------
    DataError
        No transition can be counted, or scores cannot be divided by a mean that is not positive.
    SpecError
        Bounds do not rise, or fewer than two classes are asked for.

    References
    ----------
    Rey, S. J. (2001), Geographical Analysis 33, 195-214, doi:10.1111/j.1538-4632.2001.tb00444.x.

    Examples
    --------
    >>> from xinzhi_econometrics.space.weights import neighbours_of
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> found = spatial_markov(pd.Series([1.0, 4.0, 2.0, 3.0], index),
    ...     neighbours_of({"a": ["b"], "b": ["a"]}), classes=2)
    >>> found.counts.tolist()
    [[[0, 2], [0, 0]], [[0, 0], [0, 0]]]
    """
    if len(bounds) and not len(lag_bounds) and lag_classes is None:
        lag_bounds = bounds
    table = to_wide(scores)
    scored = neighbours.among({str(name) for name in table.dropna(how="all").index})
    if relative:
        table = table / _means(table)
    table, lags, left_out = _with_neighbours(table, neighbours)
    cuts = _cuts(table, "classes", classes, bounds)
    lag_cuts = _cuts(lags, "lag_classes", lag_classes or classes, lag_bounds)
    own, around = _classed(table, cuts), _classed(lags, lag_cuts)
    counts, n_missing = _count(own, around, (len(lag_cuts) + 1, len(cuts) + 1))
    tests = homogeneity(counts)
    return SpatialMarkov(
        bounds=cuts,
        lag_bounds=lag_cuts,
        counts=counts,
        tests=tests,
        n=int(counts.sum()),
        n_missing=n_missing,
        mean_neighbours=scored.mean_number,
        notices=(*left_out, *_gaps(own, n_missing), *_notices(counts, tests)),
    )


def _means(table: pd.DataFrame) -> pd.Series:
    means = table.mean()
    wrong = means.index[~(means > 0)]
    if len(wrong):
        raise DataError(
            Problem(
                "spatial_markov.mean",
                message("The mean of the scores is not positive, so none is relative to it."),
                Where(period=int(period)),
                message("set `relative` to false."),
            )
            for period in wrong
        )
    return means


def _with_neighbours(
    table: pd.DataFrame, neighbours: Neighbours
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Notice, ...]]:
    """Find the neighbours' mean of each period; a score without one is taken out of the table."""
    lags = pd.DataFrame(np.nan, index=table.index, columns=table.columns)
    found: list[Notice] = []
    for period in table.columns:
        places = match_places(table[period], neighbours, standardise=True)
        lags.loc[list(places.names), period] = places.weights @ places.numbers
        found += places.notices
    # What holds in every period alike is said once.
    notices = {(notice.code, str(notice.text)): notice for notice in found}
    require(
        bool(lags.notna().to_numpy().any()),
        "spatial_markov.no_neighbours",
        message("No entity has a neighbour with a score."),
        message("check that entities are written alike in both tables."),
        error=DataError,
    )
    return table.where(lags.notna()), lags, tuple(notices.values())


def _cuts(
    table: pd.DataFrame, option: str, classes: int, bounds: Sequence[float]
) -> tuple[float, ...]:
    if len(bounds):
        require(
            bool((np.diff(bounds) > 0).all()),
            "spatial_markov.bounds",
            message("The bounds of the classes do not rise."),
            message("list each bound once, the lowest first."),
        )
        return tuple(map(float, bounds))
    require(
        classes >= 2,
        "spatial_markov.classes",
        message("`{option}` is {n}; a chain needs two classes.", option=option, n=classes),
        message("name a number from 2."),
    )
    values = table.to_numpy()
    shares = np.arange(1, classes) / classes
    return tuple(map(float, np.quantile(values[~np.isnan(values)], shares)))


def _classed(table: pd.DataFrame, cuts: Sequence[float]) -> pd.DataFrame:
    """Give each value the number of its class from 0, upper bounds included; -1 where there is no value."""
    values = table.to_numpy()
    of = np.searchsorted(np.asarray(cuts), values, side="left")
    return pd.DataFrame(np.where(np.isnan(values), -1, of), table.index, table.columns)


def _count(own: pd.DataFrame, around: pd.DataFrame, shape: tuple[int, int]) -> tuple[Counts, int]:
    m, k = shape
    counts, n_missing = np.zeros((m, k, k), dtype=np.int64), 0
    periods = set(map(int, own.columns))
    for period in sorted(p for p in periods if p + 1 in periods):
        before, after = own[period].to_numpy(), own[period + 1].to_numpy()
        whole = (before >= 0) & (after >= 0)
        n_missing += int(((before >= 0) ^ (after >= 0)).sum())
        np.add.at(counts, (around[period].to_numpy()[whole], before[whole], after[whole]), 1)
    require(
        bool(counts.any()),
        "spatial_markov.no_pair",
        message("No entity has a score and neighbours with one in two consecutive periods."),
        message("name a score that is there in consecutive periods."),
        error=DataError,
    )
    return counts, n_missing


def _gaps(own: pd.DataFrame, n_missing: int) -> Iterator[Notice]:
    """Say which transitions are not counted."""
    if n_missing:
        text = message(
            "{n} transitions are not counted: one end has no class.",
            one="{n} transition is not counted: one end has no class.",
            n=n_missing,
        )
        yield Notice("transitions.missing", text)
    periods = sorted(map(int, own.columns))
    gaps = [before for before in periods[:-1] if before + 1 not in periods]
    if gaps:
        text = message(
            "The period after {periods} is not in the data: no transition is counted across the gap.",
            periods=list_names(gaps),
        )
        yield Notice("spatial_markov.gap", text)


def _notices(counts: Counts, tests: Homogeneity) -> Iterator[Notice]:
    """Warn of classes that are empty, and of tests that have no, or a doubtful, distribution."""
    m, k = counts.shape[:2]
    empty = [c + 1 for c in range(k) if not counts.sum(axis=0)[c].any()]
    if empty:
        text = message(
            "No transition starts from class {names}: it takes no degree of freedom in the tests.",
            names=list_names(empty),
        )
        yield Notice("spatial_markov.empty_class", text)
    apart = [c + 1 for c in range(m) if not counts[c].any()]
    if apart:
        text = message(
            "No entity has neighbours of class {names}: that matrix is empty and not tested.",
            names=list_names(apart),
        )
        yield Notice("spatial_markov.empty_chain", text)
    if not tests.df:
        text = message("The tests have no degrees of freedom: no two chains can be compared.")
        yield Notice("spatial_markov.no_test", text)
    elif tests.share_sparse > SHARE:
        text = message(
            "In {share} per cent of the cells fewer than five transitions are expected under one "
            "common chain: the p-values are approximate.",
            share=round(100 * tests.share_sparse),
        )
        yield Notice("spatial_markov.sparse", text)
