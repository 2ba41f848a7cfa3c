"""The whole study on draws of its entities: frontier, scores, variables, regressions, and what follows from them.

Each draw of entities measures the frontier again (`draws`), so that its error is part of every interval.

References
----------
Simar and Wilson (2007), doi:10.1016/j.jeconom.2005.07.009 (why scores are no data); Efron (1979),
doi:10.1214/aos/1176344552.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from xinzhi.analyses.analysis import ANALYSES, Given
from xinzhi.analyses.quantity import JointSigns, Quantity
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.analyses.whole_study.draws import n_left_out, study_draws
from xinzhi.analyses.whole_study.posed import Place
from xinzhi.analyses.whole_study.schemes import Scheme, scheme_of
from xinzhi.analyses.whole_study.section import WholeStudyOptions
from xinzhi.panel.notebook import InNotebook
from xinzhi.regression.grouping import Array
from xinzhi.regression.resampling.reestimation import Rows
from xinzhi.wording import message

FEWEST = 20
"""Draws with an answer that an interval needs."""
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Interval:
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

    intervals: tuple[Interval, ...]
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


def whole_study(options: WholeStudyOptions, given: Given, places: tuple[Place, ...]) -> WholeStudy:
    """Compute the intervals of all quantities of the analyses at `places`.

    Raises
    ------
    StudyError
        Nothing can be drawn, or no analysis has a quantity.
    """
    assert given.again is not None
    again = given.again
    rows = Rows.of(again.index)
    n, seed = rows.n_entities, given.study.seed
    scheme = scheme_of(options.scheme, options.size, n, seed, again.rate)
    task, quantities = study_draws(given, again, rows, scheme, places)
    found = given.engine.draws(
        task,
        options.draws,
        key=sha256(f"{given.key} {options.scheme} {scheme.m}".encode()).hexdigest(),
        name=message("draws of the whole study"),
    )
    values = found[:, :-1]
    intervals = tuple(
        _interval(place, one, values[:, j], scheme, options.level)
        for j, (place, one) in enumerate(quantities)
    )
    return WholeStudy(
        intervals,
        tuple(_supports(given, places, quantities, values, scheme)),
        values,
        scheme,
        options.level,
        int(np.isnan(found[:, -1]).sum()),
        float(np.nanmean(found[:, -1])) if not np.isnan(found[:, -1]).all() else NAN,
        n_left_out(given, places, quantities),
    )


def _interval(place: Place, one: Quantity, draws: Array, scheme: Scheme, level: float) -> Interval:
    kept = draws[~np.isnan(draws)]
    if len(kept) < FEWEST:
        return Interval(place, one, NAN, NAN, NAN, len(kept), NAN)
    low, high = scheme.interval(one.estimate, kept, level)
    spread = scheme.factor * float(kept.std(ddof=1))
    distributed = scheme.distribution(one.estimate, kept)
    share = float(np.mean(np.sign(distributed) == np.sign(one.estimate)))
    return Interval(place, one, low, high, spread, len(kept), share)


def _supports(
    given: Given,
    places: tuple[Place, ...],
    quantities: Sequence[tuple[Place, Quantity]],
    values: Array,
    scheme: Scheme,
) -> list[Support]:
    """Count the draws in which all effects of a statement have its signs."""
    columns: dict[object, int] = {}
    for j, (_, one) in enumerate(quantities):
        if one.is_effect:  # of two estimates the first counts, as in the pathways
            columns.setdefault(one.effect, j)
    found = []
    for key, name in places:
        result = given.results[key, name]
        if isinstance(result, Unavailable):
            continue
        for signs in ANALYSES.get(key).joint_signs(result, given.study):
            at = [columns.get(effect) for effect, _ in signs.effects]
            if None in at:
                found.append(Support((key, name), signs, NAN, 0))
                continue
            known = [j for j in at if j is not None]
            drawn = values[:, known]
            kept = drawn[~np.isnan(drawn).any(axis=1)]
            for place, j in enumerate(known if len(kept) else ()):
                kept[:, place] = scheme.distribution(quantities[j][1].estimate, kept[:, place])
            holds = (np.sign(kept) == [sign for _, sign in signs.effects]).all(axis=1)
            share = float(holds.mean()) if len(kept) >= FEWEST else NAN
            found.append(Support((key, name), signs, share, len(kept)))
    return found
