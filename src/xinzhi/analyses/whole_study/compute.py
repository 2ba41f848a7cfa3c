"""The whole study on draws of its entities: frontier, scores, variables, regressions, and what follows from them.

For each draw b of entities, everything after the preparation of the data is computed again:

    entities_b -> frontier_b -> scores_b -> variables_b -> slopes_b -> quantities_b

so that the error of the frontier is part of every interval. Inside a draw nothing is drawn or permuted.
Levels of moderators, members of groups and the rows of each regression are those of the study.

References
----------
Simar and Wilson (2007), doi:10.1016/j.jeconom.2005.07.009 (why scores are no data); Efron (1979),
doi:10.1214/aos/1176344552.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from xinzhi.analyses.analysis import ANALYSES, Given
from xinzhi.analyses.quantity import JointSigns, Quantity
from xinzhi.analyses.reads import Again
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.analyses.whole_study.posed import Name, Place, Plan, Regressions, made, plan
from xinzhi.analyses.whole_study.schemes import Scheme, scheme_of
from xinzhi.analyses.whole_study.section import WholeStudyOptions
from xinzhi.errors import MethodError, Problem, StudyError
from xinzhi.panel.notebook import InNotebook
from xinzhi.regression.grouping import Array, Codes
from xinzhi.regression.resampling.reestimation import Reestimation, Rows
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
    n_made_again: int
    """Regressions whose columns were made from each draw."""
    n_regressions: int
    n_frontiers: int


@dataclass(frozen=True, slots=True, eq=False)
class StudyDraws:
    """Computes draws of the study by number; it can be sent to another process."""

    again: Again
    rows: Rows
    scheme: Scheme
    plan: Plan
    ready: Reestimation
    regressions: Regressions | None
    """Where some have to be made again."""
    terms: tuple[tuple[tuple[tuple[tuple[float, int], ...], ...], ...], ...]
    """Quantity -> sum of products of weighted sums of slopes, by their numbers."""

    def __call__(self, numbers: range) -> Array:
        """Compute draws, shape (len(numbers), quantities + 1); last the rows without a score."""
        return np.array([self.one(self.scheme.taken(k)) for k in numbers])

    def one(self, taken: Codes) -> Array:
        """Compute the quantities on entities, ascending; NaN where there is no answer."""
        lost = np.full(len(self.terms) + 1, np.nan)
        distinct = np.unique(taken)
        rows = self.rows.of_entities(distinct)
        try:
            scores = self.again.measured(rows)
        except StudyError:  # no frontier, or no meaning of the measure, in this draw
            return lost
        moving = self.again.moving(scores)
        whole = np.full((len(self.rows.entity), moving.shape[1]), np.nan)
        whole[rows] = moving
        slopes = self.ready.slopes(taken, whole)
        if self.regressions is not None:
            slopes = np.concatenate([slopes, self._made_again(taken, rows, scores, whole)])
        # A slope without a value makes the quantity NaN, and a product of an infinite one too.
        found = [_value(terms, slopes) for terms in self.terms]
        return np.array([*found, float(np.isnan(scores).any(axis=1).sum())])

    def _made_again(self, taken: Codes, rows: Codes, scores: Array, whole: Array) -> Array:
        assert self.regressions is not None
        names = self.plan.made_again
        found = made(self.regressions, names, self.again, rows, scores)
        again = Reestimation.of([found[n] for n in names if n in found], self.rows, whole)
        values = again.slopes(taken, whole)
        known: dict[tuple[Name, str], float] = {}
        at = 0
        for name in (n for n in names if n in found):
            for one in found[name].slopes:
                known[name, one] = float(values[at])
                at += 1
        wanted = self.plan.slopes[sum(self.ready.n_slopes) :]
        return np.array([known.get(one, np.nan) for one in wanted])


def _value(terms: tuple[tuple[tuple[tuple[float, int], ...], ...], ...], slopes: Array) -> float:
    total = 0.0
    for lines in terms:
        product = 1.0
        for line in lines:
            product *= sum(weight * slopes[at] for weight, at in line)
        total += product
    return float(total)


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
    scheme = scheme_of(options.scheme, options.size, rows.n_entities, given.study.seed)
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
    n_made_again = len(task.plan.made_again)
    return WholeStudy(
        intervals,
        tuple(_supports(given, places, quantities, values)),
        values,
        scheme,
        options.level,
        int(np.isnan(found[:, -1]).sum()),
        float(np.nanmean(found[:, -1])) if not np.isnan(found[:, -1]).all() else NAN,
        n_made_again,
        len(task.plan.ready) + n_made_again,
        len(again.sources),
    )


def study_draws(
    given: Given, again: Again, rows: Rows, scheme: Scheme, places: tuple[Place, ...]
) -> tuple[StudyDraws, list[tuple[Place, Quantity]]]:
    """Prepare the draws, and list the quantities in the order in which each draw gives them."""
    study = given.study
    scores = again.measured(np.arange(len(again.index), dtype=np.intp))
    regressions = Regressions(given, places)
    found = plan(regressions, again, scores)
    numbers = {slope: at for at, slope in enumerate(found.slopes)}
    quantities, terms = [], []
    for key, name in places:
        result = given.results[key, name]
        if isinstance(result, Unavailable):
            continue
        section = study.section(key, name)
        for one in ANALYSES.get(key).quantities(section, result, study):
            known = _terms(key, name, one, numbers)
            if known is not None:
                quantities.append(((key, name), one))
                terms.append(known)
    if not quantities:
        raise MethodError(
            Problem(
                "whole_study.nothing",
                message("No regression of the study was estimated that could be drawn again."),
                remedy=message("ask for a table of regressions, or leave it out."),
            )
        )
    moving = again.moving(scores)
    ready = Reestimation.of(found.ready, rows, moving)
    needed = regressions if found.made_again else None
    return StudyDraws(again, rows, scheme, found, ready, needed, tuple(terms)), quantities


def _terms(
    key: str, name: str, one: Quantity, numbers: Mapping[tuple[Name, str], int]
) -> tuple[tuple[tuple[tuple[float, int], ...], ...], ...] | None:
    """Put numbers in the place of the names of slopes; None where one is not estimated."""
    wanted = {slope for lines in one.products for line in lines for _, slope in line}
    at = {(own, variable): numbers.get(((key, name, own), variable)) for own, variable in wanted}
    if any(number is None for number in at.values()):
        return None
    return tuple(
        tuple(tuple((weight, at[slope]) for weight, slope in line) for line in lines)  # type: ignore[misc]
        for lines in one.products
    )


def _interval(place: Place, one: Quantity, draws: Array, scheme: Scheme, level: float) -> Interval:
    kept = draws[~np.isnan(draws)]
    if len(kept) < FEWEST:
        return Interval(place, one, NAN, NAN, NAN, len(kept), NAN)
    low, high = scheme.interval(one.estimate, kept, level)
    spread = scheme.factor * float(kept.std(ddof=1))
    share = float(np.mean(np.sign(kept) == np.sign(one.estimate)))
    return Interval(place, one, low, high, spread, len(kept), share)


def _supports(
    given: Given,
    places: tuple[Place, ...],
    quantities: Sequence[tuple[Place, Quantity]],
    values: Array,
) -> list[Support]:
    """Count the draws in which all effects of a statement have its signs."""
    columns: dict[object, int] = {}
    for j, (_, one) in enumerate(quantities):
        if one.is_effect:
            columns.setdefault(
                one.effect, j
            )  # of two estimates the first counts, as in the pathways
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
            drawn = values[:, [j for j in at if j is not None]]
            kept = drawn[~np.isnan(drawn).any(axis=1)]
            holds = (np.sign(kept) == [sign for _, sign in signs.effects]).all(axis=1)
            share = float(holds.mean()) if len(kept) >= FEWEST else NAN
            found.append(Support((key, name), signs, share, len(kept)))
    return found
