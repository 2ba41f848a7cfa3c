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
from xinzhi.analyses.whole_study.regressions import (
    Name,
    Place,
    RegressionPlan,
    StudyRegressions,
    make_plan,
    pose_again,
)
from xinzhi.errors import MethodError, Problem, StudyError
from xinzhi.regression.grouping import Array, Codes
from xinzhi.regression.resampling.reestimation import Reestimation, StudyRows
from xinzhi.wording import message

Terms = tuple[tuple[tuple[tuple[float, int], ...], ...], ...]
"""Sum of products of weighted sums of slopes, by their numbers."""


class Selection(Protocol):
    """Which entities each draw takes."""

    def select(self, number: int) -> Codes:
        """Give the entities of one draw, ascending; one that is drawn twice stands twice."""


@dataclass(frozen=True, slots=True, eq=False)
class StudyDraws:
    """Computes draws of the study by number; it can be sent to another process."""

    again: Again
    rows: StudyRows
    selection: Selection
    plan: RegressionPlan
    reestimation: Reestimation
    regressions: StudyRegressions | None
    """Where some have to be made again."""
    terms: tuple[Terms, ...]
    """Of each quantity."""

    def __call__(self, numbers: range) -> Array:
        """Compute draws, shape (len(numbers), quantities + 1); last the rows without a score."""
        return np.array([self.compute(self.selection.select(k)) for k in numbers])

    def compute(self, entities: Codes) -> Array:
        """Compute the quantities on entities, ascending; NaN where there is no answer."""
        # An entity that is drawn twice is one point of the frontier, but two of the regressions.
        distinct = np.unique(entities)
        rows = self.rows.of_entities(distinct)
        try:
            scores = self.again.measured(rows)
        except StudyError:  # No frontier, or no meaning of the measure, in this draw.
            return np.full(len(self.terms) + 1, np.nan)
        moving = self.again.moving(scores)
        whole = np.full((len(self.rows.entity), moving.shape[1]), np.nan)
        whole[rows] = moving
        slopes = self.reestimation.slopes(entities, whole)
        if self.regressions is not None:
            more = self._slopes_again(self.regressions, entities, rows, scores, whole)
            slopes = np.concatenate([slopes, more])
        # A slope without a value makes the quantity NaN, and a product of an infinite one too.
        quantities = [_value(terms, slopes) for terms in self.terms]
        return np.array([*quantities, float(np.isnan(scores).any(axis=1).sum())])

    def _slopes_again(
        self,
        regressions: StudyRegressions,
        entities: Codes,
        rows: Codes,
        scores: Array,
        whole: Array,
    ) -> Array:
        """Estimate the regressions that are made from each draw, in the order of the plan."""
        ascending = np.argsort(rows)  # as the data of a study stand
        asked = tuple(regressions.given.frames)
        frames = self.again.frames(rows[ascending], scores[ascending], asked)
        posed = pose_again(regressions, self.plan.made_again, frames, self.again.index)
        again = Reestimation.of(list(posed.values()), self.rows, whole)
        names = [(name, variable) for name, each in posed.items() for variable in each.slopes]
        values = dict(zip(names, again.slopes(entities, whole), strict=True))
        # What cannot be made in this draw has no slope: NaN in its place.
        planned = self.plan.slopes[sum(self.reestimation.n_slopes) :]
        return np.array([values.get(slope, np.nan) for slope in planned])


def _value(terms: Terms, slopes: Array) -> float:
    total = 0.0
    for lines in terms:
        product = 1.0
        for line in lines:
            product *= sum(weight * slopes[number] for weight, number in line)
        total += product
    return float(total)


def study_draws(
    given: Given, again: Again, rows: StudyRows, selection: Selection, places: tuple[Place, ...]
) -> tuple[StudyDraws, list[tuple[Place, Quantity]]]:
    """Prepare the draws, and list the quantities in the order in which each draw gives them."""
    scores = again.measured(np.arange(len(again.index), dtype=np.intp))
    regressions = StudyRegressions(given, places)
    plan = make_plan(regressions, again, scores)
    numbers = {slope: number for number, slope in enumerate(plan.slopes)}
    quantities, terms = [], []
    for place, quantity in list_quantities(given, places):
        numbered = _terms(place, quantity, numbers)
        if numbered is not None:
            quantities.append((place, quantity))
            terms.append(numbered)
    if not quantities:
        text = message("No regression of the study was estimated that could be drawn again.")
        remedy = message("ask for a table of regressions, or leave it out.")
        raise MethodError(Problem("whole_study.nothing", text, remedy=remedy))
    reestimation = Reestimation.of(plan.posed, rows, again.moving(scores))
    # Without a regression that is made again the frames need not be sent to the processes.
    needed = regressions if plan.made_again else None
    draws = StudyDraws(again, rows, selection, plan, reestimation, needed, tuple(terms))
    return draws, quantities


def _terms(
    place: Place, quantity: Quantity, numbers: Mapping[tuple[Name, str], int]
) -> Terms | None:
    """Put numbers in the place of the names of slopes; None where one is not estimated."""
    try:
        return tuple(
            tuple(
                tuple(
                    (weight, numbers[(*place, name), variable]) for weight, (name, variable) in line
                )
                for line in lines
            )
            for lines in quantity.products
        )
    except KeyError:
        return None


def list_quantities(given: Given, places: tuple[Place, ...]) -> Iterator[tuple[Place, Quantity]]:
    """List the quantities of the analyses that have a result."""
    for key, name in places:
        result = given.results[key, name]
        if not isinstance(result, Unavailable):
            section = given.study.section(key, name)
            for quantity in ANALYSES.get(key).quantities(section, result, given.study):
                yield (key, name), quantity


def n_left_out(
    given: Given, places: tuple[Place, ...], quantities: list[tuple[Place, Quantity]]
) -> int:
    """Count the quantities whose regressions could not be made for draws."""
    return sum(1 for _ in list_quantities(given, places)) - len(quantities)
