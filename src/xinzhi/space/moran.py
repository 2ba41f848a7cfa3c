"""Moran's I: global spatial association and its tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from xinzhi.errors import MethodError, Where
from xinzhi.notices import Notice
from xinzhi.space.permutation import (
    ROUNDING,
    Alternative,
    check_permutations,
    p_of_tails,
    permuted_products,
    tails,
)
from xinzhi.space.scores import require, require_choice, to_wide
from xinzhi.space.weights import Neighbours, Places, match_places
from xinzhi.wording import message

Array = npt.NDArray[np.float64]
FEWEST = 4
"""Below four places the variance of Moran's I under randomisation does not exist."""


@dataclass(frozen=True, slots=True)
class Moran:
    """Moran's I of one cross-section. Null hypothesis: no spatial association."""

    value: float
    expected: float
    """-1 / (n - 1)."""
    variance_normality: float
    variance_randomisation: float
    """0 where every order of the values has the same I; then its z and p are missing."""
    p_normality: float
    p_randomisation: float
    p_permutation: float
    """(1 + as extreme) / (1 + permutations); missing without permutations."""
    n: int
    """Places used."""
    notices: tuple[Notice, ...] = ()

    @property
    def z_randomisation(self) -> float:
        """Distance from the expected value in standard errors, values shuffled over places."""
        if not self.variance_randomisation > 0:
            return float("nan")
        return (self.value - self.expected) / float(np.sqrt(self.variance_randomisation))


def moran(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    generator: np.random.Generator,
    permutations: int = 999,
    alternative: Alternative = "two_sided",
    standardise: bool = True,
) -> Moran:
    """Compute Moran's I with its tests under normality, randomisation and permutation.

        I = n / S0 * sum_ij w_ij z_i z_j / sum_i z_i^2,   z = y - mean(y),  S0 = sum_ij w_ij

    Parameters
    ----------
    values
        Number per entity; entities without one are left out, islands too, with a notice.
    neighbours
        Who is whose neighbour.
    generator
        Source of the permutations; the same generator gives the same p-value.
    permutations
        Number of shuffles; 0 for none.
    alternative
        `two_sided` (twice the smaller tail), `greater` (neighbours alike), `less`.
    standardise
        Whether each row of weights is divided by its sum.

    Raises
    ------
    MethodError
        Fewer than four places are left, or all their values are equal.

    References
    ----------
    Moran, P. A. P. (1950), Biometrika 37, 17-23, doi:10.2307/2332142. Cliff, A. D. and Ord, J. K.
    (1981), Spatial Processes: Models and Applications, Pion, chapter 2.

    Examples
    --------
    >>> from xinzhi.space.weights import neighbours_of
    >>> line = neighbours_of({"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c"]})
    >>> found = moran(pd.Series({"a": 1.0, "b": 1.0, "c": 3.0, "d": 3.0}), line,
    ...     generator=np.random.default_rng(1), permutations=99)
    >>> found.value
    0.5
    """
    require_choice("alternative", alternative, ("two_sided", "greater", "less"))
    check_permutations(permutations)
    places = match_places(values, neighbours, standardise=standardise)
    z = deviations(places)
    scale = len(z) / (places.weights.sum() * (z @ z))  # the same in every order of the values
    value = float(scale * (z @ (places.weights @ z)))
    permuted = scale * permuted_products(z, places.weights, permutations, generator)
    expected = -1.0 / (len(z) - 1)
    normal, random = _variances(z, places)
    return Moran(
        value=value,
        expected=expected,
        variance_normality=normal,
        variance_randomisation=random,
        p_normality=_p_of_z(value - expected, normal, alternative),
        p_randomisation=_p_of_z(value - expected, random, alternative),
        p_permutation=float(
            p_of_tails(*tails(permuted[:, None], np.array([value])), alternative)[0]
        ),
        n=len(z),
        notices=places.notices,
    )


def moran_by_period(
    scores: pd.Series,
    neighbours: Neighbours,
    *,
    generator: np.random.Generator,
    permutations: int = 999,
) -> tuple[pd.DataFrame, tuple[Notice, ...]]:
    """Compute Moran's I for each period; one without an answer is a row of missing numbers.

    Returns
    -------
    tuple
        By period `n`, `moran`, `expected`, `z` and `p` (randomisation), `p_permutation`; and what
        must be known of each period.
    """
    table = to_wide(scores)
    rows, notices = {}, []
    for period in table.columns:
        where = Where(period=int(period))
        try:
            result = moran(
                table[period], neighbours, generator=generator, permutations=permutations
            )
        except MethodError as error:
            rows[int(period)] = [0, *[np.nan] * 5]
            notices += [Notice(problem.code, problem.what, where) for problem in error.problems]
        else:
            test = (result.z_randomisation, result.p_randomisation, result.p_permutation)
            rows[int(period)] = [result.n, result.value, result.expected, *test]
            notices += [Notice(notice.code, notice.text, where) for notice in result.notices]
    columns = ["n", "moran", "expected", "z", "p", "p_permutation"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns).astype({"n": int})
    return frame.rename_axis("period"), tuple(notices)


def deviations(places: Places) -> Array:
    """Take the mean off the values; too few places or equal values have no association."""
    n = len(places.names)
    require(
        n >= FEWEST,
        "spatial.few",
        message(
            "{n} places have a value and a neighbour with one; {fewest} are needed.",
            n=n,
            fewest=FEWEST,
        ),
        message("check that entities are written alike in both tables."),
        error=MethodError,
    )
    z: Array = places.numbers - places.numbers.mean()
    # Equal values differ from their mean by rounding, which is not a spread to test.
    require(
        np.abs(z).max() > ROUNDING * np.abs(places.numbers).max(),
        "spatial.constant",
        message("All places have the same value: there is no pattern to find."),
        message("look at another variable or period."),
        error=MethodError,
    )
    return z


def _variances(z: Array, places: Places) -> tuple[float, float]:
    """Variance of I under normality and under randomisation (Cliff and Ord 1981, chapter 2)."""
    W, n = places.weights, len(z)
    s0 = float(W.sum())
    both = W + W.T
    s1 = float(both.multiply(both).sum()) / 2.0
    s2 = float(((W.sum(axis=1) + W.sum(axis=0)) ** 2).sum())
    expected_squared = 1.0 / (n - 1) ** 2
    normal = (n**2 * s1 - n * s2 + 3 * s0**2) / ((n**2 - 1) * s0**2) - expected_squared
    k = float((z**4).mean() / (z**2).mean() ** 2)  # kurtosis of the values
    size = (n - 1) * (n - 2) * (n - 3) * s0**2
    plus = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2) / size
    minus = k * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2) / size
    random = plus - minus - expected_squared
    # Where I is the same in every order the difference is rounding: z would be noise over noise.
    if random <= ROUNDING * (abs(plus) + abs(minus)):
        random = 0.0
    return normal, random


def _p_of_z(distance: float, variance: float, alternative: Alternative) -> float:
    if not variance > 0:
        return float("nan")
    z = distance / float(np.sqrt(variance))
    outside = {"two_sided": -abs(z), "greater": -z, "less": z}[alternative]
    return (2.0 if alternative == "two_sided" else 1.0) * float(scipy.special.ndtr(outside))
