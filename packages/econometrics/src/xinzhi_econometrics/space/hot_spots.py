"""Local spatial association: the hot and cold spots of Getis and Ord, and local Moran's I."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from xinzhi_core.notices import Notice
from xinzhi_core.wording import message
from xinzhi_econometrics.space.permutation import (
    Sides,
    check_permutations,
    conditional_tails,
    p_of_tails,
)
from xinzhi_econometrics.space.scores import require, require_choice
from xinzhi_econometrics.space.weights import Neighbours, Places, deviations, match_places
from xinzhi_econometrics.verdict import JudgementRule, are_significant

Array = npt.NDArray[np.float64]
Correction = Literal["fdr", "none"]


@dataclass(frozen=True, slots=True, eq=False)
class LocalPattern:
    """One row a place, sorted by name; places that were left out are named in the notices."""

    by_place: pd.DataFrame
    """See the function that made it."""
    level: float
    correction: Correction
    permutations: int
    statistic: Literal["local_moran", "g_star"]
    test: Sides
    """`two_sided`, or `one_sided`: the tail on the side of the value."""
    notices: tuple[Notice, ...] = ()


def local_moran(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    generator: np.random.Generator,
    permutations: int = 9999,
    level: float = 0.05,
    correction: Correction = "fdr",
    test: Sides = "two_sided",
) -> LocalPattern:
    """Compute local Moran's I and the cluster that each place belongs to.

        I_i = z_i / m2 * sum_j w_ij z_j,   m2 = sum_i z_i^2 / n,   rows of w sum to 1

    so that the I_i sum to n times Moran's I.

    Parameters
    ----------
    values, neighbours, generator
        As for Moran's I.
    permutations
        Shuffles of all other places around each place; at least 1. They set the smallest p-value
        there can be, 2 / (permutations + 1): a notice says so where that is too
        large for the number of places.
    level
        A place belongs to a cluster if its p-value is below this.
    correction
        `fdr`: p-values are adjusted for the number of places (Benjamini and Hochberg) before they
        are compared with the level; `none`: they are not.
    test
        `two_sided`: twice the smaller tail, since high and low clusters are both looked for;
        `one_sided`: the smaller tail alone, the customary pseudo p-value of GeoDa and esda. It is
        half as large, and twice as many places pass the level by chance.

    Returns
    -------
    LocalPattern
        `value`, `lag` (mean of the neighbours), `local_moran`, `p` (conditional permutation,
        (1 + k)/(1 + permutations) a tail), `p_adjusted`, `kind`: `high_high`, `low_low`, `high_low`, `low_high` or
        `not_significant`.

    References
    ----------
    Anselin, L. (1995), Geographical Analysis 27, 93-115, doi:10.1111/j.1538-4632.1995.tb00338.x.
    Benjamini, Y. and Hochberg, Y. (1995), Journal of the Royal Statistical Society B 57, 289-300,
    doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> from xinzhi_econometrics.space.weights import neighbours_of
    >>> line = neighbours_of({"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c"]})
    >>> found = local_moran(pd.Series({"a": 1.0, "b": 1.0, "c": 3.0, "d": 3.0}), line,
    ...     generator=np.random.default_rng(1))
    >>> found.by_place["local_moran"].abs().tolist()
    [1.0, 0.0, 0.0, 1.0]
    """
    _check_options(level, correction, permutations, test, fewest=1)
    places = match_places(values, neighbours, standardise=True)
    z = deviations(places)
    lag = places.weights @ z
    frame = pd.DataFrame(
        {
            "value": places.numbers,
            "lag": places.weights @ places.numbers,
            "local_moran": z * lag / (z**2).mean(),
        },
        index=pd.Index(places.names, name="entity"),
    )
    p = p_of_tails(*conditional_tails(z, places.weights, permutations, generator), test)
    frame["p"] = np.where(z == 0, 1.0, p)  # a place at the mean has I = 0 however others lie
    frame["p_adjusted"] = adjust_p_values(frame["p"].to_numpy(float), correction)
    words = [
        f"{'high' if a > 0 else 'low'}_{'high' if b > 0 else 'low'}"
        for a, b in zip(z, lag, strict=True)
    ]
    frame["kind"] = _kinds(frame["local_moran"], frame["p_adjusted"], level, words)
    notices = (
        *places.notices,
        *_note_few_permutations(len(z), permutations, level, correction, test),
    )
    return LocalPattern(frame, level, correction, permutations, "local_moran", test, notices)


def _kinds(
    values: pd.Series, p_values: pd.Series, level: float, words: Iterable[str]
) -> npt.NDArray[np.str_]:
    """Name the kind of each place that differs from chance."""
    is_significant = are_significant(values, p_values, JudgementRule(level=level))
    return np.where(is_significant, list(words), "not_significant")


def _note_few_permutations(
    n: int, permutations: int, level: float, correction: Correction, test: Sides
) -> tuple[Notice, ...]:
    # Under the adjustment the smallest of n p-values is compared with level / n.
    smallest = (2.0 if test == "two_sided" else 1.0) / (permutations + 1)
    if smallest < (level / n if correction == "fdr" else level):
        return ()
    return (
        Notice(
            "spatial.few_permutations",
            message(
                "With {permutations} permutations no p-value is below {smallest}: a single cluster "
                "among {n} places cannot be found at the level {level}.",
                permutations=permutations,
                smallest=f"{smallest:.2g}",
                n=n,
                level=level,
            ),
        ),
    )


def hot_spots(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    generator: np.random.Generator,
    permutations: int = 999,
    level: float = 0.05,
    correction: Correction = "fdr",
    test: Sides = "two_sided",
) -> LocalPattern:
    """Compute the G* of Getis and Ord: places among high values are hot, among low ones cold.

        G*_i = (sum_j w_ij y_j - W_i m) / (s sqrt((n S_i - W_i^2) / (n - 1))),   w_ii = max_j w_ij,
        W_i = sum_j w_ij,  S_i = sum_j w_ij^2,  m and s mean and standard deviation (with n)

    Parameters
    ----------
    values, neighbours, generator
        As for Moran's I; weights as given, not divided by their sum.
    permutations
        Shuffles of all other places around each place; 0 for none.
    level, correction, test
        As for `local_moran`; they judge `p`, which comes from the normal law.

    Returns
    -------
    LocalPattern
        `value`, `z` (G* itself, standardised), `p` (normal law), `p_adjusted`,
        `p_permutation`, `kind`: `hot`, `cold` or `not_significant`.

    References
    ----------
    Ord, J. K. and Getis, A. (1995), Geographical Analysis 27, 286-306,
    doi:10.1111/j.1538-4632.1995.tb00912.x.

    Examples
    --------
    >>> from xinzhi_econometrics.space.weights import neighbours_of
    >>> line = neighbours_of({"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c"]})
    >>> found = hot_spots(pd.Series({"a": 1.0, "b": 1.0, "c": 3.0, "d": 3.0}), line,
    ...     generator=np.random.default_rng(1), permutations=0)
    >>> found.by_place["z"].round(3).tolist()
    [-1.732, -1.0, 1.0, 1.732]
    """
    _check_options(level, correction, permutations, test, fewest=0)
    places = match_places(values, neighbours, standardise=False)
    z = _g_star(places)
    p = (2.0 if test == "two_sided" else 1.0) * scipy.special.ndtr(-np.abs(z))
    p[np.isnan(z)] = np.nan
    both = conditional_tails(deviations(places), places.weights, permutations, generator)
    frame = pd.DataFrame(
        {
            "value": places.numbers,
            "z": z,
            "p": p,
            "p_adjusted": adjust_p_values(p, correction),
            "p_permutation": p_of_tails(*both, test),
        },
        index=pd.Index(places.names, name="entity"),
    )
    words = np.where(z > 0, "hot", "cold")
    frame["kind"] = _kinds(frame["z"], frame["p_adjusted"], level, words)
    return LocalPattern(frame, level, correction, permutations, "g_star", test, places.notices)


def _g_star(places: Places) -> Array:
    """Standardised G*; missing for a place that has all others as equal neighbours."""
    y, n = deviations(places), len(places.names)
    # A place weighs as much as its nearest neighbour: 1 where neighbours are equal, whatever the unit.
    own = scipy.sparse.diags_array(places.weights.max(axis=1).toarray().ravel())
    with_self = scipy.sparse.csr_array(places.weights + own)
    row_sum = with_self.sum(axis=1)
    spread = n * with_self.multiply(with_self).sum(axis=1) - row_sum**2
    scale = y.std() * np.sqrt(np.maximum(spread, 0.0) / (n - 1))
    # Equal weights on all places: G* is the mean of all, and its spread 0 up to rounding.
    is_defined = spread > 1e-9 * row_sum**2
    z = np.full(n, np.nan)
    z[is_defined] = (with_self @ y)[is_defined] / scale[is_defined]
    return z


def adjust_p_values(p: Array, correction: Correction) -> Array:
    """Adjust p-values for their number: smallest q with p_(k) m / k <= q (Benjamini, Hochberg).

    >>> adjust_p_values(np.array([0.01, 0.04, 0.03]), "fdr").round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    if correction == "none":
        return p
    m = np.count_nonzero(~np.isnan(p))
    order = np.argsort(p)[:m]  # missing ones sort behind all others and are not counted
    raised = p[order] * m / np.arange(1, m + 1)
    result = np.full(len(p), np.nan)
    # From the largest down: a place is never adjusted above one with a larger p-value.
    result[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return result


def _check_options(
    level: float, correction: Correction, permutations: int, test: Sides, *, fewest: int
) -> None:
    require_choice("correction", correction, ("fdr", "none"))
    require_choice("test", test, ("two_sided", "one_sided"))
    check_permutations(permutations)
    require(
        permutations >= fewest,
        "spatial.permutations",
        message("The number of permutations is {n}.", n=permutations),
        message("give at least 1: the p-values of local Moran's I come from them."),
    )
    require(
        0 < level < 1,
        "typology.level",
        message("The level is {level}.", level=level),
        message("give a number between 0 and 1, such as 0.05."),
    )
