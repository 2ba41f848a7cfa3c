"""The whole study on draws of its entities: frontier, scores, variables, regressions, and what follows from them.

Each draw of entities measures the frontier again (`draws`), so that its error is part of every interval.

References
----------
Simar and Wilson (2007), doi:10.1016/j.jeconom.2005.07.009 (why scores are not data); Efron (1979),
doi:10.1214/aos/1176344552.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from xinzhi.analyses.analysis import ANALYSES, Given
from xinzhi.analyses.quantity import JointSigns, Quantity
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.analyses.whole_study.draws import n_left_out, study_draws
from xinzhi.analyses.whole_study.regressions import Name, Place
from xinzhi.analyses.whole_study.schemes import Scheme, choose_scheme
from xinzhi.analyses.whole_study.section import WholeStudyOptions
from xinzhi.panel.notebook import InNotebook
from xinzhi.regression.grouping import Array
from xinzhi.regression.resampling.reestimation import StudyRows
from xinzhi.resampled import zero_p
from xinzhi.wording import message

FEWEST = 20
"""Draws with an answer that an interval needs."""
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class QuantityInterval:
    """A quantity of the study and its interval over the draws."""

    place: Place
    quantity: Quantity
    low: float
    high: float
    std_error: float
    n_draws: int
    """Draws in which it was estimated."""
    share_of_sign: float
    """Share of them with the sign of the estimate."""
    rate: float
    """r of its bias, which falls as n^-r; NaN where none is corrected."""
    rests_on_score: bool
    """Whether a score is among the columns of its regressions, or something that is made of one."""
    p_value: float
    """Two-sided, at least 2/(n_draws + 1); below 1 - level exactly where the interval leaves out zero."""


@dataclass(frozen=True, slots=True)
class Support:
    """The share of draws in which all effects have the sign on which a statement rests."""

    place: Place
    signs: JointSigns
    share: float
    n_draws: int


@dataclass(frozen=True, slots=True, eq=False)
class WholeStudy(InNotebook):
    """Intervals over draws of the whole study."""

    intervals: tuple[QuantityInterval, ...]
    support: tuple[Support, ...]
    draws: Array
    """Quantities of each draw, shape (draws, number of quantities); NaN where not estimated."""
    scheme: Scheme
    level: float
    n_lost: int
    """Draws without any answer, because no frontier could be measured."""
    n_without_score: float
    """Mean number of rows of a draw without a score."""
    n_left_out: int
    """Effects whose regressions could not be made for draws."""
    has_frontier: bool
    """Whether the study measures scores at all."""


def whole_study(options: WholeStudyOptions, given: Given, places: tuple[Place, ...]) -> WholeStudy:
    """Compute the intervals of all quantities of the analyses at `places`.

    Raises
    ------
    StudyError
        Nothing can be drawn, or no analysis has a quantity.
    """
    assert given.again is not None
    again = given.again
    rows = StudyRows.of(again.index, again.data)
    n, seed = rows.n_entities, given.study.seed
    level = given.study.inference.coverage(options.level)
    scheme = choose_scheme(options.scheme, options.size, n, seed)
    task, quantities = study_draws(given, again, rows, scheme, places)
    # The last column counts the rows without a score; it is missing where the draw has no frontier.
    draws = given.engine.draws(
        task,
        options.draws,
        key=sha256(f"{given.key} {options.scheme} {scheme.m}".encode()).hexdigest(),
        name=message("draws of the whole study"),
    )
    values, without_score = draws[:, :-1], draws[:, -1]
    is_lost = np.isnan(without_score)
    bases = [basis_of(*quantity, task.plan.behind, again.rates) for quantity in quantities]
    return WholeStudy(
        tuple(
            _interval(*quantity, values[:, j], scheme, level, bases[j])
            for j, quantity in enumerate(quantities)
        ),
        tuple(_supports(given, places, quantities, values, scheme, bases)),
        values,
        scheme,
        level,
        int(is_lost.sum()),
        NAN if is_lost.all() else float(np.nanmean(without_score)),
        n_left_out(given, places, quantities),
        bool(again.sources),
    )


class BiasSource(NamedTuple):
    """What the bias of a quantity follows from."""

    rate: float
    rests_on_score: bool


def basis_of(
    place: Place,
    quantity: Quantity,
    behind: Mapping[Name, frozenset[int]],
    rates: Sequence[float],
) -> BiasSource:
    """Find the rate at which the bias of a quantity falls (`schemes`)."""
    names = {
        (*place, regression)
        for lines in quantity.products
        for line in lines
        for _, (regression, _) in line
    }
    sources = frozenset[int]().union(*(behind[name] for name in names))
    if sources:
        known = (rates[number] for number in sources if not np.isnan(rates[number]))
        return BiasSource(min(known, default=NAN), rests_on_score=True)
    is_product = any(len(lines) > 1 for lines in quantity.products)
    return BiasSource(1.0 if is_product else NAN, rests_on_score=False)


def _interval(
    place: Place, quantity: Quantity, draws: Array, scheme: Scheme, level: float, basis: BiasSource
) -> QuantityInterval:
    draws, estimate = draws[~np.isnan(draws)], quantity.estimate
    if len(draws) < FEWEST:
        return QuantityInterval(place, quantity, NAN, NAN, NAN, len(draws), NAN, *basis, NAN)
    low, high = scheme.interval(estimate, draws, level, basis.rate)
    std_error = scheme.factor * float(draws.std(ddof=1))
    distribution = scheme.distribution(estimate, draws, basis.rate)
    share = float(np.mean(np.sign(distribution) == np.sign(estimate)))
    p = zero_p(distribution)
    return QuantityInterval(place, quantity, low, high, std_error, len(draws), share, *basis, p)


def _supports(
    given: Given,
    places: tuple[Place, ...],
    quantities: Sequence[tuple[Place, Quantity]],
    values: Array,
    scheme: Scheme,
    bases: Sequence[BiasSource],
) -> list[Support]:
    """Count the draws in which all effects of a statement have its signs."""
    columns: dict[object, int] = {}
    for j, (_, quantity) in enumerate(quantities):
        if quantity.is_effect:  # Of two estimates the first counts, as in the pathways.
            columns.setdefault(quantity.effect, j)
    supports = []
    for place in places:
        result = given.results[place]
        if isinstance(result, Unavailable):
            continue
        for signs in ANALYSES.get(place[0]).joint_signs(result, given.study):
            numbers = [columns[effect] for effect, _ in signs.effects if effect in columns]
            if len(numbers) < len(signs.effects):
                supports.append(Support(place, signs, NAN, 0))
                continue
            draws = values[:, numbers]
            draws = draws[~np.isnan(draws).any(axis=1)]
            for i, j in enumerate(numbers if len(draws) else ()):
                draws[:, i] = scheme.distribution(
                    quantities[j][1].estimate, draws[:, i], bases[j].rate
                )
            holds = (np.sign(draws) == [sign for _, sign in signs.effects]).all(axis=1)
            share = float(holds.mean()) if len(draws) >= FEWEST else NAN
            supports.append(Support(place, signs, share, len(draws)))
    return supports
