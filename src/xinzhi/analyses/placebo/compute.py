"""Placebo factors: how large a slope is when the factor is another entity's.

With b the slope of the study and b*_k that of permutation k of n,

    p = (1 + #{|b*_k| >= |b|}) / (1 + n)

is valid where the paths of the factor are exchangeable between entities: where any entity could as well
have had the path of any other, whatever its outcome and its controls.

References
----------
Fisher (1935), The Design of Experiments; Phipson and Smyth (2010), doi:10.2202/1544-6115.1585 (why a
p-value of permutations is never 0); DiCiccio and Romano (2017), doi:10.1080/01621459.2016.1202117 (what
correlated regressors do to the test).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.placebo.draws import Data, Factor, Paths, PlaceboDraws, factor_of
from xinzhi.analyses.placebo.section import PlaceboOptions
from xinzhi.analyses.quantity import Quantity
from xinzhi.analyses.whole_study.draws import listed_quantities
from xinzhi.analyses.whole_study.posed import Place
from xinzhi.errors import MethodError, Problem
from xinzhi.panel.notebook import InNotebook
from xinzhi.regression.grouping import Array
from xinzhi.regression.resampling.permutation import permutation_p
from xinzhi.wording import message

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Placebo:
    """A slope of a factor, and its distribution over permutations of the factor."""

    factor: str
    place: Place
    quantity: Quantity
    low: float
    """2.5 % of the permutations lie below."""
    high: float
    """97.5 % of them lie below."""
    std_error: float
    """Standard deviation of the permuted slopes."""
    p_value: float
    n: int
    """Permutations in which the slope was identified."""


@dataclass(frozen=True, slots=True, eq=False)
class Placebos(InNotebook):
    """The slopes of each factor under permutations of its paths."""

    slopes: tuple[Placebo, ...]
    draws: Array
    """Slopes of each permutation, shape (draws, slopes); NaN where not identified."""
    absent: tuple[str, ...]
    """Factors that stand in no regression."""
    n_entities: int
    seed: int
    is_balanced: bool
    """Whether every entity has a row in every period."""
    n_left_out: int
    """Slopes of the factors in regressions that could not be made from other values."""


def placebo(options: PlaceboOptions, given: Given, places: tuple[Place, ...]) -> Placebos:
    """Permute the paths of each factor and estimate its slopes in the analyses at `places`.

    Raises
    ------
    StudyError
        No factor stands in a regression.
    """
    data = Data.of(given)
    names = given.study.expand(options.factors)
    factors = {name: factor_of(name, data, places) for name in names}
    there = tuple(one for one in factors.values() if one is not None)
    listed = list(listed_quantities(given, places))
    wanted = [_quantities(one, listed) for one in there]
    if not any(wanted):
        raise MethodError(
            Problem(
                "placebo.nothing",
                message("None of the factors stands in a regression of the study."),
                remedy=message("name regressors of a table under `inference.placebo.factors`."),
            )
        )
    paths = Paths.of(data.again.index)
    task = PlaceboDraws(data, paths, there, given.study.seed)
    found = given.engine.draws(
        task,
        options.draws,
        key=sha256(f"{given.key} placebo {names}".encode()).hexdigest(),
        name=message("permutations of factors"),
    )
    first = np.cumsum([0, *(len(one.slopes) for one in there)])
    at = [start + j for start, own in zip(first, wanted, strict=False) for j, *_ in own]
    asked = [(f.name, p, q) for f, own in zip(there, wanted, strict=True) for _, p, q in own]
    draws = found[:, at]
    return Placebos(
        tuple(_judged(*one, draws[:, j]) for j, one in enumerate(asked)),
        draws,
        tuple(name for name, one in factors.items() if one is None),
        paths.rows.n_entities,
        given.study.seed,
        bool((paths.place >= 0).all()),
        sum(one.n_left_out for one in there),
    )


def _quantities(
    factor: Factor, listed: list[tuple[Place, Quantity]]
) -> list[tuple[int, Place, Quantity]]:
    """Find the quantities that are one slope of the factor, each with its number among these."""
    numbers = {slope: number for number, slope in enumerate(factor.slopes)}
    found = []
    for (key, section), one in listed:
        lines = one.products[0]
        if len(one.products) == len(lines) == len(lines[0]) == 1:
            ((weight, (regression, variable)),) = lines[0]
            number = numbers.get(((key, section, regression), variable))
            if number is not None and weight == 1.0:
                found.append((number, (key, section), one))
    return found


def _judged(factor: str, place: Place, one: Quantity, draws: Array) -> Placebo:
    kept = draws[~np.isnan(draws)]
    if not len(kept):
        return Placebo(factor, place, one, NAN, NAN, NAN, NAN, 0)
    low, high = map(float, np.quantile(kept, [0.025, 0.975]))
    p = permutation_p(one.estimate, kept)
    return Placebo(factor, place, one, low, high, float(kept.std(ddof=1)), p, len(kept))
