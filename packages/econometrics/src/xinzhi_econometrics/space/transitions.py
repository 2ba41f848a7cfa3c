"""Transitions between classes: the Markov matrix, its intervals and long run, and paths over dates.

Probabilities are shares of the moves out of a class (the maximum likelihood estimate of a chain of
first order, Anderson and Goodman 1957), bounded by Wilson's interval; the long run is the stationary
distribution, bounded by quantiles over draws from the Dirichlet posterior of each row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from xinzhi_core.errors import DataError, Problem
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message
from xinzhi_econometrics.space.scores import check_index, pick_periods, require

Array = npt.NDArray[np.float64]
LEVEL = 0.95
DRAWS = 9999
PRIOR = 0.5
"""Jeffreys' prior of a row: half a move into each class. It lets what was not seen be possible."""
FEW = 30
"""Moves from a class below which its row is doubted: at 30 the interval of a probability of one
half is still 17 points wide to either side, and of three classes each gets ten moves."""
NEVER = 1e-12
"""Long-run share below which a class is left for ever; the shares come from least squares."""


@dataclass(frozen=True, slots=True, eq=False)
class Transitions:
    """Moves between classes from one date to the next."""

    names: tuple[str, ...]
    """Classes in their order, lowest first."""
    counts: pd.DataFrame
    """Moves from class (rows) to class (columns)."""
    probabilities: pd.DataFrame
    """Rows sum to 1; a class that nobody left from is a row of missing numbers."""
    low: pd.DataFrame
    """Lower bounds of the probabilities, at the level."""
    high: pd.DataFrame
    """Upper bounds."""
    pairs: tuple[tuple[int, int], ...]
    """Pairs of dates that were compared."""
    n: int
    """Moves counted."""
    n_missing: int
    """Moves left out because a class is missing at one of the two dates."""
    mobility: float
    """Shorrocks' index (k - trace) / (k - 1): 0 nobody moves; missing where a row is."""
    long_run: pd.Series | None
    """Shares of the classes if the moves went on for ever; None where they do not settle."""
    long_run_interval: pd.DataFrame | None
    """Columns low and high, at the level; None where there is no long run."""
    notices: tuple[Notice, ...] = ()
    level: float = LEVEL
    """Coverage of the intervals."""


def transitions(
    classes: pd.Series,
    names: Sequence[str],
    *,
    periods: Sequence[int] | None = None,
    seed: int = 0,
    level: float = LEVEL,
) -> Transitions:
    """Count the moves between classes.

        p_ab = n_ab / sum_c n_ac

    Parameters
    ----------
    classes
        Class per (entity, period); missing where there is none.
    names
        Classes in their order, lowest first.
    periods
        Dates to compare one after the other, such as 2008, 2013, 2018, 2023; each period with the next
        if None, and then no move across a period that the data lack is counted.
    seed
        Of the draws behind the interval of the long run.
    level
        Coverage of the intervals.

    Raises
    ------
    DataError
        A class is not among the names, a date is not in the data, or no two dates can be compared.

    References
    ----------
    Shorrocks, A. F. (1978), Econometrica 46, 1013-1024, doi:10.2307/1911433.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> moved = transitions(pd.Series(["low", "high", "low", "low"], index), ["low", "high"])
    >>> moved.probabilities.loc["low"].tolist()
    [0.5, 0.5]
    """
    table = class_table(classes, names)
    pairs = _pairs(table, periods)
    moves = pd.DataFrame(
        np.concatenate([table[list(pair)].to_numpy() for pair in pairs]),
        columns=["before", "after"],
    )
    whole = moves.dropna()
    counts = pd.crosstab(whole["before"], whole["after"])
    counts = counts.reindex(index=list(names), columns=list(names), fill_value=0)
    counts.index.name, counts.columns.name = "from", "to"
    totals = counts.sum(axis=1)
    probabilities = counts.div(totals.where(totals > 0), axis=0)
    low, high = wilson(counts, level)
    long_run = _long_run(probabilities)
    n_missing = int((moves.isna().sum(axis=1) == 1).sum())  # without either date there is no move
    k = len(names)
    mobility = (k - np.trace(probabilities.to_numpy())) / (k - 1) if k > 1 else np.nan
    return Transitions(
        names=tuple(names),
        counts=counts,
        probabilities=probabilities,
        low=low,
        high=high,
        pairs=pairs,
        n=len(whole),
        n_missing=n_missing,
        mobility=float(mobility),
        long_run=long_run,
        long_run_interval=None
        if long_run is None
        else long_run_interval(counts, seed=seed, level=level),
        notices=tuple(_notices(totals, n_missing, long_run)),
        level=level,
    )


def class_table(classes: pd.Series, names: Sequence[str]) -> pd.DataFrame:
    """Set the classes out as entities x periods; one that is not among the names is an error."""
    check_index(classes)
    require(
        len(names) > 0 and len(set(names)) == len(names),
        "transitions.names",
        message("The names of the classes must differ."),
        message("give each class its own name."),
    )
    unknown = sorted({str(word) for word in classes.dropna()} - set(names))
    if unknown:
        raise DataError(
            Problem(
                "transitions.unknown_class",
                message("'{name}' is not one of the classes.", name=name),
                remedy=message("known: {known}.", known=", ".join(names)),
            )
            for name in unknown
        )
    table = classes.astype(object).unstack("period")  # noqa: PD010 - keys are unique
    return table.sort_index().sort_index(axis=1)


def _pairs(table: pd.DataFrame, periods: Sequence[int] | None) -> tuple[tuple[int, int], ...]:
    compared = table if periods is None else pick_periods(table, periods)
    pairs = tuple(pairwise(sorted(int(p) for p in compared.columns)))
    if periods is None:
        pairs = tuple((before, after) for before, after in pairs if after == before + 1)
    require(
        bool(pairs),
        "transitions.no_pair",
        message("No two dates can be compared."),
        message("give two dates that are in the data."),
        error=DataError,
    )
    return pairs


def _long_run(probabilities: pd.DataFrame) -> pd.Series | None:
    """Solve pi P = pi, sum pi = 1; None unless there is one closed set of classes, so one answer."""
    P = probabilities.to_numpy(float)
    if np.isnan(P).any():
        return None
    n_sets, of = scipy.sparse.csgraph.connected_components(
        P > 0, directed=True, connection="strong"
    )
    closed = [s for s in range(n_sets) if not (P[of == s][:, of != s] > 0).any()]
    if len(closed) != 1:
        return None
    k = len(P)
    # The rows of P' - I add up to 0, so one equation is spare; the sum of 1 makes the solution unique.
    system = np.vstack([P.T - np.eye(k), np.ones(k)])
    shares = np.linalg.lstsq(system, np.append(np.zeros(k), 1.0))[0]
    return pd.Series(np.clip(shares, 0.0, 1.0), index=probabilities.index, name="long_run")


def _notices(totals: pd.Series, n_missing: int, long_run: pd.Series | None) -> Iterator[Notice]:
    """Warn of missing classes, of few moves, and of a long run that rests on what was not seen."""
    for name in totals.index[totals == 0]:
        text = message("No transition starts from class {name}: its row is empty.", name=str(name))
        yield Notice("transitions.empty_class", text)
    if n_missing:
        text = message(
            "{n} transitions are not counted: one end has no class.",
            one="{n} transition is not counted: one end has no class.",
            n=n_missing,
        )
        yield Notice("transitions.missing", text)
    for name in totals.index[(totals > 0) & (totals < FEW)]:
        text = message(
            "From class {name} only {n} transitions start, fewer than {few}: read its "
            "probabilities, and the long run, by their intervals.",
            one="From class {name} only {n} transition starts, fewer than {few}: read its "
            "probabilities, and the long run, by their intervals.",
            name=str(name),
            n=int(totals[name]),
            few=FEW,
        )
        yield Notice("transitions.few_moves", text)
    if long_run is not None and (long_run < NEVER).any():
        text = message(
            "No transition leads out of {names} into the other classes, so the long run ends "
            "there: {n} transitions that start there show none, which does not rule one out.",
            one="No transition leads out of {names} into the other classes, so the long run ends there: {n} transition that starts there shows none, which does not rule one out.",
            names=", ".join(map(str, long_run.index[long_run >= NEVER])),
            n=int(totals[long_run >= NEVER].sum()),
        )
        yield Notice("transitions.one_way", text)


@dataclass(frozen=True, slots=True, eq=False)
class ClassPaths:
    """The classes that each entity went through."""

    of: pd.DataFrame
    """Class per entity (rows) and date (columns)."""
    kinds: pd.Series
    """Per entity: `stayed`, `rose`, `fell`, `mixed` (up and down), `unknown` (a class missing)."""
    counts: pd.Series
    """Number of entities per whole path, most common first; index: classes joined by ` > `."""


def paths(classes: pd.Series, names: Sequence[str], *, periods: Sequence[int]) -> ClassPaths:
    """Follow the class of each entity over given dates.

    Parameters
    ----------
    classes
        Class per (entity, period).
    names
        Classes in their order, lowest first.
    periods
        Dates, in order of time.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> found = paths(pd.Series(["low", "high", "low", "low"], index), ["low", "high"],
    ...     periods=[1, 2])
    >>> found.kinds.to_dict(), found.counts.to_dict()
    ({'a': 'rose', 'b': 'stayed'}, {'low > high': 1, 'low > low': 1})
    """
    of = pick_periods(class_table(classes, names), sorted(periods))
    order = {name: position for position, name in enumerate(names)}
    places = of.map(lambda name: order.get(name, np.nan))
    kinds = pd.Series([_kind(row) for row in places.to_numpy(float)], index=of.index, dtype=object)
    whole = of.dropna()
    words = pd.Series([" > ".join(row) for row in whole.to_numpy()], dtype=object)
    counts = words.value_counts().rename_axis("path").reset_index()
    counts = counts.sort_values(["count", "path"], ascending=[False, True])
    return ClassPaths(of=of, kinds=kinds, counts=counts.set_index("path")["count"])


def _kind(places: np.ndarray) -> str:
    if np.isnan(places).any():
        return "unknown"
    steps = np.diff(places)
    rises, falls = (steps > 0).any(), (steps < 0).any()
    if rises and falls:
        return "mixed"
    return "rose" if rises else "fell" if falls else "stayed"


def wilson(counts: pd.DataFrame, level: float = LEVEL) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bound each probability by Wilson's interval; a class that nobody left has none.

        (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)

    The moves out of a class are taken as independent draws, as in a chain of first order (Anderson
    and Goodman 1957). Unlike p ± z s the interval does not shrink to a point at 0 and 1: of nine
    moves that all stay, it still reaches down to 0.70.

    References
    ----------
    Wilson (1927), doi:10.1080/01621459.1927.10502953; Brown, Cai and DasGupta (2001),
    doi:10.1214/ss/1009213286; Anderson and Goodman (1957), doi:10.1214/aoms/1177707039.

    Examples
    --------
    >>> low, high = wilson(pd.DataFrame([[0, 9]], columns=["low", "high"]))
    >>> round(float(low.iloc[0, 1]), 3), float(high.iloc[0, 1])
    (0.701, 1.0)
    """
    n = counts.sum(axis=1).to_numpy(float)[:, None]
    n[n == 0] = np.nan
    z2 = float(scipy.special.ndtri(0.5 + level / 2)) ** 2
    p = counts.to_numpy(float) / n
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    # Exactly 0 and 1 at the ends, where the difference of equal terms leaves rounding.
    bounds = (np.where(p == 0, 0.0, centre - half), np.where(p == 1, 1.0, centre + half))
    low, high = (pd.DataFrame(b, index=counts.index, columns=counts.columns) for b in bounds)
    return low, high


def long_run_interval(
    counts: pd.DataFrame, *, seed: int, draws: int = DRAWS, level: float = LEVEL
) -> pd.DataFrame:
    """Bound the long-run shares: quantiles over matrices that agree with the moves.

    Each row is drawn from its Dirichlet posterior, moves + 1/2, and each matrix drawn has one
    stationary distribution. Resampling the entities would not do: a move that was never seen is in
    no resample, so the interval of "everybody ends high" would be a point.

    Returns
    -------
    pandas.DataFrame
        Columns low and high, one row a class.

    References
    ----------
    Jeffreys (1946), doi:10.1098/rspa.1946.0056; Strelioff, Crutchfield and Hübler (2007),
    doi:10.1103/PhysRevE.76.011106.
    """
    shape = counts.to_numpy(float) + PRIOR
    # Gamma variables over their sum are a draw from the Dirichlet distribution, for all rows at once.
    gammas = np.random.default_rng(seed).standard_gamma(shape, (draws, *shape.shape))
    shares = stationary(gammas / gammas.sum(axis=-1, keepdims=True))
    low, high = np.quantile(shares, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return pd.DataFrame({"low": low, "high": high}, index=counts.index)


def stationary(chains: Array) -> Array:
    """Find pi P = pi of each matrix, shape (..., k, k), by elimination without a subtraction.

    References
    ----------
    Grassmann, Taksar and Heyman (1985), doi:10.1287/opre.33.5.1107.

    Examples
    --------
    >>> stationary(np.array([[0.9, 0.1], [0.3, 0.7]])).round(12).tolist()
    [0.75, 0.25]
    """
    P = np.array(chains, dtype=np.float64)  # a copy: the elimination overwrites it
    k = P.shape[-1]
    for last in range(k - 1, 0, -1):
        # The chain watched only outside its last class: a visit there is followed by its next exit.
        # The sum of the exits stands for 1 - P[last, last], so that nothing cancels.
        exits = P[..., last, :last].sum(axis=-1)[..., None]
        P[..., :last, last] /= exits
        P[..., :last, :last] += P[..., :last, last, None] * P[..., last, None, :last]
    shares = np.ones(P.shape[:-1])
    for state in range(1, k):
        shares[..., state] = (shares[..., :state] * P[..., :state, state]).sum(axis=-1)
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))
