"""Composite indices: indicators on one scale, weights, scores, and how far ranks depend on the weights.

Indicators enter as a matrix x (n, k), one row for each entity and period. Those that count the other way round
enter with a minus: the scale from 0 to 1 takes away their level.

References
----------
Shannon (1948), doi 10.1002/j.1538-7305.1948.tb01338.x (entropy); Diakoulaki, Mavrotas and Papayannakis (1995),
doi 10.1016/0305-0548(94)00059-H (CRITIC); OECD and JRC (2008), doi 10.1787/9789264043466-en (principal
components); Hwang and Yoon (1981), doi 10.1007/978-3-642-48318-9 (TOPSIS).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.errors import DataError, Problem
from xinzhi_core.wording import message

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Scheme = Literal["entropy", "critic", "pca", "equal", "equal_dimensions"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
Score = Literal["sum", "topsis"]
NONE = 1e-12
"""What of a conflict between indicators, 1 - r, is rounding."""
DIGITS = 9
"""Indices that differ by less than 1e-9 have one rank."""


@dataclass(frozen=True, slots=True)
class Construction:
    """How an index is built from its indicators."""

    weights: Scheme | Mapping[str, float] = "entropy"
    """Scheme, or a weight for each indicator; given weights are divided by their sum."""
    combine: tuple[Scheme, ...] = ()
    """Further schemes: the weights are then the geometric mean of all, divided by its sum."""
    score: Score = "sum"
    dimensions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Dimension -> its indicators."""
    shift: float = 1e-4
    """c, added to each indicator on its scale from 0 to 1."""
    standardise: bool = True
    """False takes the values as they are, without the shift."""


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """An index, the weights it was made with and the indicators on their common scale."""

    index: Floats
    """(n,)."""
    weights: Floats
    """(k,), summing to 1."""
    z: Floats
    """Indicators on their scale, the shift left out (n, k)."""


def build_index(
    x: Floats, names: Sequence[str], how: Construction, groups: npt.ArrayLike | None = None
) -> Composite:
    """Build an index: bring the indicators to one scale, weigh them, add them up.

    z = (x - min) / (max - min) per indicator; z' = z + c; weights w from z' by the scheme; then

        sum     I_i = sum_j w_j z'_ij
        topsis  I_i = D-_i / (D+_i + D-_i),  D±_i = sqrt(sum_j (w_j (z'_ij - z±_j))²),

    z+ and z- the largest and the smallest z' of an indicator over all rows.

    Parameters
    ----------
    x
        Indicators (n, k), finite, those that count the other way round with a minus.
    names
        Of the indicators, for given weights and dimensions.
    how
        Weights, score, shift.
    groups
        Group per row (n,) within which minimum and maximum are taken; None pools all rows.

    Raises
    ------
    DataError
        `derive.entropy_constant`: fewer than two rows, or no indicator varies; `index.no_conflict`: CRITIC of
        indicators that are all perfectly correlated; `index.no_weight`: the weights that are combined, or the
        given ones of the indicators that are left, have nothing in common.

    Examples
    --------
    >>> x = np.array([[10.0, -200.0], [20.0, -150.0], [40.0, -100.0]])
    >>> build_index(x, ("a", "b"), Construction("equal", shift=0.0)).index.round(4)
    array([0.    , 0.4167, 1.    ])
    """
    varies = np.ptp(x, axis=0) > 0 if len(x) else np.zeros(x.shape[1], dtype=bool)
    if len(x) < 2 or not varies.any():
        what = message("No indicator varies, so none can be weighted.")
        remedy = message("use indicators that differ between rows.")
        raise DataError(Problem("derive.entropy_constant", what, remedy=remedy))
    z = standardise(x, groups) if how.standardise else x
    shifted = z + how.shift if how.standardise else x
    weights = weigh(shifted, varies, names, how)
    index = shifted @ weights if how.score == "sum" else topsis(shifted, weights)
    return Composite(index, weights, z)


def standardise(x: Floats, groups: npt.ArrayLike | None) -> Floats:
    """Bring each indicator to the scale from 0 to 1, within groups of rows; a constant one is 0."""
    pools = np.zeros(len(x)) if groups is None else np.asarray(groups)
    z = np.zeros_like(x)
    for pool in np.unique(pools):
        rows = pools == pool
        low, width = x[rows].min(axis=0), np.ptp(x[rows], axis=0)
        z[rows] = (x[rows] - low) / np.where(width > 0, width, 1.0)
    return z


def weigh(z: Floats, varies: Flags, names: Sequence[str], how: Construction) -> Floats:
    """Weigh the indicators, (k,), summing to 1; see `build_index` for the errors."""
    if isinstance(how.weights, str):
        first = by_scheme(z, varies, names, how.weights, how.dimensions)
    else:
        first = _in_all(np.array([how.weights[name] for name in names], dtype=np.float64))
    if not how.combine:
        return first
    others = [by_scheme(z, varies, names, scheme, how.dimensions) for scheme in how.combine]
    # The geometric mean is next to all of them by relative entropy.
    return _in_all(np.prod([first, *others], axis=0) ** (1 / (1 + len(others))))


def by_scheme(
    z: Floats,
    varies: Flags,
    names: Sequence[str],
    scheme: Scheme,
    dimensions: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Floats:
    """Weigh indicators by one scheme.

        entropy            w_j ~ 1 - e_j,  e_j = -(1 / ln n) sum_i p_ij ln p_ij,  p_ij = z_ij / sum_i z_ij
        critic             w_j ~ s_j sum_k (1 - r_jk), s_j the standard deviation, r_jk the correlation
        pca                w_j ~ sum_m l_jm², l_jm the loadings of the components of R with eigenvalue >= 1
        equal              w_j = 1 / k
        equal_dimensions   each dimension the same, and within it each indicator

    An indicator in no dimension is a dimension of its own.
    """
    if scheme == "entropy":
        return entropy_weights(z, varies)
    if scheme == "critic":
        return _critic(z, varies)
    if scheme == "pca":
        return _components(z, varies)
    if scheme == "equal":
        return np.full(len(names), 1 / len(names))
    of = {name: dimension for dimension, members in dimensions.items() for name in members}
    places = [of.get(name, (name,)) for name in names]
    return np.array([1 / (len(set(places)) * places.count(place)) for place in places])


def entropy_weights(z: Floats, varies: Flags) -> Floats:
    """Weigh by entropy: w_j ~ 1 - e_j, e_j = -(1 / ln n) sum_i p_ij ln p_ij, p_ij = z_ij / sum_i z_ij."""
    total = z.sum(axis=0)
    p = z / np.where(total > 0, total, 1.0)
    # p ln p tends to 0 with p: a share of zero adds nothing to the entropy.
    logs = np.log(p, out=np.zeros_like(p), where=p > 0)
    e = -(p * logs).sum(axis=0) / np.log(len(z))
    # A constant indicator has e = 1 up to rounding; without this its weight would be noise.
    d = np.where(varies, 1.0 - e, 0.0)
    return np.asarray(d / d.sum())


def _critic(z: Floats, varies: Flags) -> Floats:
    """Weigh by contrast and conflict; the only indicator that varies has all the weight."""
    if varies.sum() == 1:
        return varies.astype(np.float64)
    conflict = 1.0 - correlations(z[:, varies])
    conflict[conflict < NONE] = 0.0
    content = z[:, varies].std(axis=0) * conflict.sum(axis=1)
    if not content.any():
        what = message("All indicators are perfectly correlated: CRITIC has no conflict to weigh.")
        remedy = message("choose other weights, or leave out indicators that say the same.")
        raise DataError(Problem("index.no_conflict", what, remedy=remedy))
    weights = np.zeros(z.shape[1])
    weights[varies] = content / content.sum()
    return weights


def _components(z: Floats, varies: Flags) -> Floats:
    """Weigh by communalities: they are the same however the components are rotated."""
    values, vectors = np.linalg.eigh(correlations(z[:, varies]))
    # The largest is 1 at least but for rounding.
    kept = values >= 1.0 - 1e-9
    weights = np.zeros(z.shape[1])
    weights[varies] = (vectors[:, kept] ** 2 * values[kept]).sum(axis=1) / values[kept].sum()
    return weights


def correlations(values: Floats) -> Floats:
    """Correlate columns; NaN where one is constant."""
    deviations = values - values.mean(axis=0)
    size = np.sqrt((deviations**2).sum(axis=0))
    unit = deviations / np.where(size > 0, size, np.nan)
    return np.asarray(unit.T @ unit)


def _in_all(weights: Floats) -> Floats:
    """Divide weights by their sum."""
    total = weights.sum()
    if not total > 0:
        what = message("No indicator has a weight in all of the weightings that are combined.")
        remedy = message("give at least one indicator a weight in all of them.")
        raise DataError(Problem("index.no_weight", what, remedy=remedy))
    return np.asarray(weights / total)


def topsis(z: Floats, weights: Floats) -> Floats:
    """Score rows by their distance to the best and the worst values, from 0 to 1.

    NaN in all rows where every indicator with a weight is constant.

    >>> topsis(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0.5, 0.5])).tolist()
    [0.0, 0.5, 1.0]
    """
    to_best = np.sqrt(((weights * (z.max(axis=0) - z)) ** 2).sum(axis=1))
    to_worst = np.sqrt(((weights * (z - z.min(axis=0))) ** 2).sum(axis=1))
    total = to_best + to_worst
    return np.asarray(np.divide(to_worst, total, out=np.full(len(z), np.nan), where=total > 0))


def obstacles(z: Floats, weights: Floats) -> Floats:
    """Share of each indicator in what is missing to the best value of all, (n, k); rows sum to 1.

    O_ij = w_j (1 - z_ij) / sum_k w_k (1 - z_ik), z from 0 to 1; NaN in a row that lacks nothing.

    >>> obstacles(np.array([[0.0, 0.5], [1.0, 1.0]]), np.array([0.5, 0.5])).round(4).tolist()
    [[0.6667, 0.3333], [nan, nan]]
    """
    lacking = weights * (1.0 - z)
    total = lacking.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(lacking, total, out=np.full(z.shape, np.nan), where=total > 0))


def other_constructions(names: Sequence[str], how: Construction) -> dict[str, Construction]:
    """List what else could have been chosen: every scheme of weights, and the other score.

    >>> list(other_constructions(("a", "b"), Construction("critic")))
    ['entropy', 'pca', 'equal', 'topsis']
    """
    schemes = [s for s in SCHEMES if s != "equal_dimensions" or how.dimensions]
    is_one = len(names) == 1
    other: Score = "topsis" if how.score == "sum" else "sum"
    return {
        **{
            scheme: replace(how, weights=scheme, combine=())
            for scheme in schemes
            if not is_one and (how.weights != scheme or how.combine)
        },
        **({other: replace(how, score=other)} if how.standardise else {}),
    }


def without(names: Sequence[str], how: Construction, name: str) -> tuple[list[int], Construction]:
    """Leave out one indicator: the places of the others, and how their index is built.

    >>> without(("a", "b"), Construction({"a": 0.2, "b": 0.8}), "a")[0]
    [1]
    """
    rest = [place for place, other in enumerate(names) if other != name]
    dimensions = {
        dimension: kept
        for dimension, members in how.dimensions.items()
        if (kept := [member for member in members if member != name])
    }
    return rest, replace(how, dimensions=dimensions)


def ranks_of(index: Floats, periods: npt.ArrayLike) -> Floats:
    """Rank the rows of each period, 1 the highest; ties share the mean rank.

    >>> ranks_of(np.array([0.2, 0.9, 0.5, 0.5]), [1, 1, 2, 2]).tolist()
    [2.0, 1.0, 1.5, 1.5]
    """
    by_period = pd.Series(np.round(index, DIGITS)).groupby(np.asarray(periods))
    return np.asarray(by_period.rank(ascending=False), dtype=np.float64)


def rank_moves(ranks: Floats, other: Floats) -> dict[str, float]:
    """Say how far ranks move: mean and largest change, share of the rows that move, correlation.

    >>> rank_moves(np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 3.0]))["mean_change"]
    0.6666666666666666
    """
    moved = np.abs(other - ranks)
    correlation = float(correlations(np.column_stack([ranks, other]))[0, 1])
    return {
        "mean_change": float(moved.mean()),
        "largest_change": float(moved.max()),
        "share_moved": float((moved > 0).mean()),
        "rank_correlation": correlation,
    }
