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
from xinzhi.analyses.placebo.draws import Data, Factor, MovableRows, PlaceboDraws, find_factor
from xinzhi.analyses.placebo.section import PlaceboOptions
from xinzhi.analyses.quantity import Quantity
from xinzhi.analyses.whole_study.draws import list_quantities
from xinzhi.analyses.whole_study.regressions import Place
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
    factors = {name: find_factor(name, data, places) for name in names}
    present = tuple(factor for factor in factors.values() if factor is not None)
    all_quantities = list(list_quantities(given, places))
    quantities = [_quantities(factor, all_quantities) for factor in present]
    if not any(quantities):
        text = message("None of the factors stands in a regression of the study.")
        remedy = message("name regressors of a table under `inference.placebo.factors`.")
        raise MethodError(Problem("placebo.nothing", text, remedy=remedy))
    paths = MovableRows.of(data.again.index, data.again.data)
    task = PlaceboDraws(data, paths, present, given.study.seed)
    slopes = given.engine.draws(
        task,
        options.draws,
        key=sha256(f"{given.key} placebo {names}".encode()).hexdigest(),
        name=message("permutations of factors"),
    )
    # A draw holds the slopes of all factors behind each other, those of lags and products too.
    columns, placebos, start = [], [], 0
    for factor, of_factor in zip(present, quantities, strict=True):
        for number, place, quantity in of_factor:
            columns.append(start + number)
            placebos.append(_judge(factor.name, place, quantity, slopes[:, columns[-1]]))
        start += len(factor.slopes)
    return Placebos(
        tuple(placebos),
        slopes[:, columns],
        tuple(name for name, factor in factors.items() if factor is None),
        paths.rows.n_entities,
        given.study.seed,
        bool((paths.place >= 0).all()),
        sum(factor.n_left_out for factor in present),
    )


def _quantities(
    factor: Factor, quantities: list[tuple[Place, Quantity]]
) -> list[tuple[int, Place, Quantity]]:
    """Find the quantities that are one slope of the factor, each with its number among these."""
    numbers = {slope: number for number, slope in enumerate(factor.slopes)}
    of_factor = []
    for place, quantity in quantities:
        # A slope is one term with weight 1; mediated effects and those at a level are not tested.
        lines = quantity.products[0]
        if len(quantity.products) == len(lines) == len(lines[0]) == 1:
            ((weight, (regression, variable)),) = lines[0]
            number = numbers.get(((*place, regression), variable))
            if number is not None and weight == 1.0:
                of_factor.append((number, place, quantity))
    return of_factor


def _judge(factor: str, place: Place, quantity: Quantity, draws: Array) -> Placebo:
    draws = draws[~np.isnan(draws)]
    if not len(draws):
        return Placebo(factor, place, quantity, NAN, NAN, NAN, NAN, 0)
    low, high = map(float, np.quantile(draws, [0.025, 0.975]))
    p = permutation_p(quantity.estimate, draws)
    return Placebo(factor, place, quantity, low, high, float(draws.std(ddof=1)), p, len(draws))
