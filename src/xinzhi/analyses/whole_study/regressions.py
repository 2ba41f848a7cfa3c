"""The regressions of all analyses, posed so that draws can estimate them again.

What changes with a draw is found by changing it. The regressions are made three times: from the study,
from other scores, and from half of its entities. A column that is a variable made of a score moves with it;
one that stays the same everywhere is fixed; a regression with any other column (a lag of a score, a
product with one, winsorised values, whose percentiles depend on the sample) is made again in each draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, EstimationData, Given
from xinzhi.analyses.reads import Again
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import StudyError
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.grouping import Array, Codes
from xinzhi.regression.instruments.estimate import Instrumented
from xinzhi.regression.resampling.reestimation import Column, Posed, StudyRows
from xinzhi.regression.sample import key_of, read_columns

Place = tuple[str, str]
"""Key of an analysis and name of its section."""
Name = tuple[str, str, str]
"""The same, and the name of a regression in it."""
Estimated = Estimates | Instrumented


@dataclass(frozen=True, slots=True, eq=False)
class StudyRegressions:
    """The regressions of the analyses of a study, which can be listed for other data too."""

    given: Given
    places: tuple[Place, ...]

    def estimated(
        self, frames: Mapping[EstimationData, pd.DataFrame | StudyError] | None = None
    ) -> dict[Name, tuple[pd.DataFrame, Estimated]]:
        """Give all regressions with the data that they are estimated on; those that cannot be made are left out."""
        regressions: dict[Name, tuple[pd.DataFrame, Estimated]] = {}
        given = self.given if frames is None else replace(self.given, frames=frames)
        for key, name in self.places:
            result = given.results[key, name]
            if isinstance(result, Unavailable):
                continue
            analysis, section = ANALYSES.get(key), given.study.section(key, name)
            try:
                for regression, frame, estimated in analysis.regressions(section, result, given):
                    regressions[key, name, regression] = frame, estimated
            except StudyError:  # A draw may lack what the options name, such as a group.
                continue
        return regressions


def pose(frame: pd.DataFrame, estimated: Estimated, index: pd.Index) -> Posed | None:
    """Pose a regression on the rows that it was estimated on, as far as the frame has them."""
    endogenous: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    if isinstance(estimated, Instrumented):
        endogenous, instruments = estimated.endogenous, estimated.instruments
        estimated = estimated.estimates
    used = estimated.residuals.index
    places = frame.index.get_indexer(used)
    rows = index.get_indexer(used)
    is_there = (places >= 0) & (rows >= 0)
    # Rows ascend as in the panel, whatever the order in which they were estimated.
    order = np.argsort(rows[is_there], kind="stable")
    places, rows = places[is_there][order], rows[is_there][order].astype(np.intp)
    if not len(rows):
        return None
    asked = estimated.regression
    reported = estimated.on_outcome.names
    slopes = tuple(
        n for n in (*asked.regressors, *asked.controls) if n in estimated.names or n in reported
    )
    names = tuple(dict.fromkeys((asked.outcome, *slopes, *instruments)))
    values, codes = read_columns(frame, names, asked.effects)
    return Posed(
        asked,
        slopes,
        rows,
        {name: np.ascontiguousarray(values[places, j]) for j, name in enumerate(names)},
        {key_of(frame, name): levels[places] for name, levels in codes.items()},
        endogenous,
        instruments,
    )


@dataclass(frozen=True, slots=True, eq=False)
class RegressionPlan:
    """How each regression is made in a draw."""

    posed: tuple[Posed, ...]
    """Regressions whose columns are fixed or move with a score."""
    made_again: tuple[Name, ...]
    """Regressions whose columns have to be made from each draw."""
    slopes: tuple[tuple[Name, str], ...]
    """Regression and variable of each slope, first those of `posed`."""
    behind: Mapping[Name, frozenset[int]]
    """Numbers of the sources, scores and indices, from which columns of each regression follow."""


def make_plan(regressions: StudyRegressions, again: Again, scores: Array) -> RegressionPlan:
    """Find out what is fixed and what moves, by other scores and by half of the entities.

    `scores` are those of the study, shape (N, number of sources).
    """
    index, asked = again.index, tuple(regressions.given.frames)
    rows = np.arange(len(index), dtype=np.intp)
    # Any other numbers do: between 0.2 and 0.8 every transformation of a score is defined.
    other = np.random.default_rng(20240229).uniform(0.2, 0.8, scores.shape)
    moved = regressions.estimated(again.frames(rows, other, asked))
    # Every second entity by its data, with all its rows: whatever they are called, draws are made alike.
    every = StudyRows.of(index, again.data)
    half = np.sort(every.of_entities(np.arange(0, every.n_entities, 2, dtype=np.intp)))
    halved = regressions.estimated(again.frames(half, scores[half], asked))
    moving = again.moving(other)
    posed: dict[Name, Posed] = {}
    made_again: dict[Name, Posed] = {}
    # From the scores as draws measure them: those of the study may differ in the last bit.
    every_one = _posed(regressions.estimated(again.frames(rows, scores, asked)), index)
    for name, usual in every_one.items():
        columns = None
        if name in moved and name in halved:
            after, part = (pose(*each, index) for each in (moved[name], halved[name]))
            columns = classify_columns(usual, after, part, again.variables, moving)
        if columns is None:
            made_again[name] = usual
        else:
            posed[name] = replace(usual, columns=columns)
    slopes = (
        (name, variable)
        for name, each in (*posed.items(), *made_again.items())
        for variable in each.slopes
    )
    resting = {n: p for n, p in every_one.items() if not _is_alike(p, _posed_one(moved, n, index))}
    behind = {name: frozenset[int]() for name in every_one}
    for number in range(scores.shape[1] if resting else 0):
        one = scores.copy()
        one[:, number] = other[:, number]
        changed = regressions.estimated(again.frames(rows, one, asked))
        for name, usual in resting.items():
            if not _is_alike(usual, _posed_one(changed, name, index)):
                behind[name] |= {number}
    return RegressionPlan(tuple(posed.values()), tuple(made_again), tuple(slopes), behind)


Made = Mapping[Name, tuple[pd.DataFrame, Estimated]]


def _posed(made: Made, index: pd.Index) -> dict[Name, Posed]:
    each = {name: pose(*estimated, index) for name, estimated in made.items()}
    return {name: usual for name, usual in each.items() if usual is not None}


def _posed_one(made: Made, name: Name, index: pd.Index) -> Posed | None:
    return pose(*made[name], index) if name in made else None


def _is_alike(usual: Posed, after: Posed | None) -> bool:
    """Whether nothing of a regression has changed; one that cannot be made any more has."""
    return (
        after is not None
        and np.array_equal(usual.rows, after.rows)
        and all(is_same(column, after.columns[name]) for name, column in usual.columns.items())
    )


def classify_columns(
    usual: Posed,
    after: Posed | None,
    part: Posed | None,
    variables: Mapping[tuple[str, Any], int],
    moving: Array,
) -> dict[str, Column] | None:
    """Tell fixed columns from those that are a moving variable; None where one is neither."""
    if after is None or part is None or not np.array_equal(usual.rows, after.rows):
        return None
    inside = np.isin(usual.rows, part.rows)
    columns: dict[str, Column] = {}
    for name, column in usual.columns.items():
        columns[name] = column
        if not is_same(column, after.columns[name]):
            number = _number(name, after.columns[name], usual.rows, variables, moving)
            if number is None:
                return None
            columns[name] = number
        # Percentiles, means and the like depend on the sample though they do not on the scores.
        if not is_same(np.asarray(column)[inside], part.columns[name]):
            return None
    return columns


def is_same(first: Column, second: Column) -> bool:
    """Whether two columns hold the same values."""
    return np.array_equal(np.asarray(first), np.asarray(second), equal_nan=True)


def _number(
    name: str,
    column: Column,
    rows: Codes,
    variables: Mapping[tuple[str, Any], int],
    moving: Array,
) -> int | None:
    """Find the moving variable that a column is, under whichever frontier."""
    for (variable, _), number in variables.items():
        if variable == name and is_same(moving[rows, number], column):
            return number
    return None


def pose_again(
    regressions: StudyRegressions,
    names: Sequence[Name],
    frames: Mapping[EstimationData, pd.DataFrame | StudyError],
    index: pd.Index,
) -> dict[Name, Posed]:
    """Make regressions from the data of a draw; `index` is that of the study."""
    estimated = regressions.estimated(frames)
    posed = {}
    for name in names:
        if name in estimated:
            try:
                regression = pose(*estimated[name], index)
            except StudyError:  # A column without finite numbers in this draw.
                continue
            if regression is not None:
                posed[name] = regression
    return posed
