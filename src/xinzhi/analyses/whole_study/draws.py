"""Draws of the study by number: frontier, scores, variables, regressions and quantities of some entities.

For the entities of draw b, everything after the preparation of the data is computed again:

    entities_b -> frontier_b -> scores_b -> variables_b -> slopes_b -> quantities_b

Inside a draw nothing is drawn or permuted. Levels of moderators, members of groups and the rows of each
regression are those of the study.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from xinzhi.analyses.analysis import ANALYSES, Given
from xinzhi.analyses.quantity import Quantity
from xinzhi.analyses.reads import Again
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.analyses.whole_study.posed import Name, Place, Plan, Regressions, made, plan
from xinzhi.errors import MethodError, Problem, StudyError
from xinzhi.regression.grouping import Array, Codes
from xinzhi.regression.resampling.reestimation import Reestimation, Rows
from xinzhi.wording import message

Terms = tuple[tuple[tuple[tuple[float, int], ...], ...], ...]
"""Sum of products of weighted sums of slopes, by their numbers."""


class Selection(Protocol):
    """Which entities each draw takes."""

    def taken(self, number: int) -> Codes:
        """Give the entities of one draw, ascending; one taken twice stands twice."""


@dataclass(frozen=True, slots=True, eq=False)
class StudyDraws:
    """Computes draws of the study by number; it can be sent to another process."""

    again: Again
    rows: Rows
    selection: Selection
    plan: Plan
    ready: Reestimation
    regressions: Regressions | None
    """Where some have to be made again."""
    terms: tuple[Terms, ...]
    """Of each quantity."""

    def __call__(self, numbers: range) -> Array:
        """Compute draws, shape (len(numbers), quantities + 1); last the rows without a score."""
        return np.array([self.one(self.selection.taken(k)) for k in numbers])

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
        asked = tuple(self.regressions.given.frames)
        frames = self.again.frames(rows, scores, asked)
        found = made(self.regressions, names, frames, self.again.index)
        again = Reestimation.of([found[n] for n in names if n in found], self.rows, whole)
        values = again.slopes(taken, whole)
        estimated = [(n, one) for n in names if n in found for one in found[n].slopes]
        known = dict(zip(estimated, values, strict=True))
        wanted = self.plan.slopes[sum(self.ready.n_slopes) :]
        return np.array([known.get(one, np.nan) for one in wanted])


def _value(terms: Terms, slopes: Array) -> float:
    total = 0.0
    for lines in terms:
        product = 1.0
        for line in lines:
            product *= sum(weight * slopes[at] for weight, at in line)
        total += product
    return float(total)


def study_draws(
    given: Given, again: Again, rows: Rows, selection: Selection, places: tuple[Place, ...]
) -> tuple[StudyDraws, list[tuple[Place, Quantity]]]:
    """Prepare the draws, and list the quantities in the order in which each draw gives them."""
    scores = again.measured(np.arange(len(again.index), dtype=np.intp))
    regressions = Regressions(given, places)
    found = plan(regressions, again, scores)
    numbers = {slope: at for at, slope in enumerate(found.slopes)}
    quantities, terms = [], []
    for place, one in listed_quantities(given, places):
        known = _terms(*place, one, numbers)
        if known is not None:
            quantities.append((place, one))
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
    return StudyDraws(again, rows, selection, found, ready, needed, tuple(terms)), quantities


def _terms(
    key: str, name: str, one: Quantity, numbers: Mapping[tuple[Name, str], int]
) -> Terms | None:
    """Put numbers in the place of the names of slopes; None where one is not estimated."""
    wanted = {slope for lines in one.products for line in lines for _, slope in line}
    at = {(own, variable): numbers.get(((key, name, own), variable)) for own, variable in wanted}
    if any(number is None for number in at.values()):
        return None
    return tuple(
        tuple(tuple((weight, at[slope]) for weight, slope in line) for line in lines)  # type: ignore[misc]
        for lines in one.products
    )


def listed_quantities(given: Given, places: tuple[Place, ...]) -> Iterator[tuple[Place, Quantity]]:
    """List the quantities of the analyses that have a result."""
    for key, name in places:
        result = given.results[key, name]
        if not isinstance(result, Unavailable):
            section = given.study.section(key, name)
            for one in ANALYSES.get(key).quantities(section, result, given.study):
                yield (key, name), one


def n_left_out(
    given: Given, places: tuple[Place, ...], quantities: list[tuple[Place, Quantity]]
) -> int:
    """Count the quantities whose regressions could not be made for draws."""
    return sum(1 for _ in listed_quantities(given, places)) - len(quantities)
