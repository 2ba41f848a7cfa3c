"""The regressions of all analyses, posed so that draws can estimate them again.

What changes with a draw is found by changing it. The regressions are made three times: from the study,
from other scores, and from half of its entities. A column that is a variable made of a score moves with it;
one that stays the same everywhere is fixed; a regression with any other column (a lag of a score, a
product with one, winsorised values, whose percentiles depend on the sample) is made again in each draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from xinzhi.regression.resampling.reestimation import Column, Posed, Rows
from xinzhi.regression.sample import key_of, read_columns

Place = tuple[str, str]
"""Key of an analysis and name of its section."""
Name = tuple[str, str, str]
"""The same, and the name of a regression in it."""
Found = Estimates | Instrumented


@dataclass(frozen=True, slots=True, eq=False)
class Regressions:
    """The regressions of the analyses of a study, which can be listed for other data too."""

    given: Given
    places: tuple[Place, ...]

    def listed(
        self, frames: Mapping[EstimationData, pd.DataFrame | StudyError] | None = None
    ) -> Iterator[tuple[Name, pd.DataFrame, Found]]:
        """List all regressions with the data that they are estimated on; those that cannot be made are left out."""
        given = self.given if frames is None else replace(self.given, frames=frames)
        for key, name in self.places:
            result = given.results[key, name]
            if isinstance(result, Unavailable):
                continue
            section = given.study.section(key, name)
            try:
                for own, frame, found in ANALYSES.get(key).regressions(section, result, given):
                    yield (key, name, own), frame, found
            except StudyError:  # a draw without what the options name
                continue


def posed(frame: pd.DataFrame, found: Found, index: pd.Index) -> Posed | None:
    """Pose a regression on the rows that it was estimated on, as far as the frame has them."""
    estimates = found.estimates if isinstance(found, Instrumented) else found
    used = estimates.residuals.index
    places = frame.index.get_indexer(used)
    rows = index.get_indexer(used)
    kept = (places >= 0) & (rows >= 0)
    order = np.argsort(rows[kept], kind="stable")
    places, rows = places[kept][order], rows[kept][order].astype(np.intp)
    if not len(rows):
        return None
    asked = estimates.regression
    reported = estimates.on_outcome.names
    slopes = tuple(
        n for n in (*asked.regressors, *asked.controls) if n in estimates.names or n in reported
    )
    instruments = found.instruments if isinstance(found, Instrumented) else ()
    names = tuple(dict.fromkeys((asked.outcome, *slopes, *instruments)))
    values, codes = read_columns(frame, names, asked.effects)
    return Posed(
        asked,
        slopes,
        rows,
        {name: np.ascontiguousarray(values[places, j]) for j, name in enumerate(names)},
        {key_of(frame, name): levels[places] for name, levels in codes.items()},
        found.endogenous if isinstance(found, Instrumented) else (),
        instruments,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """How each regression is made in a draw."""

    names: tuple[Name, ...]
    ready: tuple[Posed, ...]
    """Regressions whose columns are fixed or move with a score, in the order of `names`."""
    made_again: tuple[Name, ...]
    """Regressions whose columns have to be made from each draw; their names follow those of `ready`."""
    slopes: tuple[tuple[Name, str], ...]
    """Regression and variable of each slope, first those of `ready`."""


def plan(regressions: Regressions, again: Again, scores: Array) -> Plan:
    """Find out what is fixed and what moves, by other scores and by half of the entities.

    `scores` are those of the study, shape (N, number of sources).
    """
    index, asked = again.index, tuple(regressions.given.frames)
    rows = np.arange(len(index), dtype=np.intp)
    # Any other numbers do: between 0.2 and 0.8 every transformation of a score is defined.
    other = np.random.default_rng(20240229).uniform(0.2, 0.8, scores.shape)
    moved = dict(by_name(regressions.listed(again.frames(rows, other, asked))))
    half = _half(Rows.of(index))
    halved = dict(by_name(regressions.listed(again.frames(half, scores[half], asked))))
    moving = again.moving(other)
    ready: dict[Name, Posed] = {}
    made_again: dict[Name, Posed] = {}
    for name, frame, found in regressions.listed():
        own = posed(frame, found, index)
        if own is None:
            continue
        columns = None
        if name in moved and name in halved:
            after, part = (posed(*one, index) for one in (moved[name], halved[name]))
            columns = columns_in_draws(own, after, part, again.variables, moving)
        if columns is None:
            made_again[name] = own
        else:
            ready[name] = replace(own, columns=columns)
    slopes = ((name, s) for name, one in (*ready.items(), *made_again.items()) for s in one.slopes)
    return Plan(tuple(ready), tuple(ready.values()), tuple(made_again), tuple(slopes))


def by_name(
    listed: Iterator[tuple[Name, pd.DataFrame, Found]],
) -> Iterator[tuple[Name, tuple[pd.DataFrame, Found]]]:
    """Name what is listed."""
    yield from ((name, (frame, found)) for name, frame, found in listed)


def _half(rows: Rows) -> Codes:
    """Take every second entity, with all its rows."""
    return rows.of_entities(np.arange(0, rows.n_entities, 2, dtype=np.intp))


def columns_in_draws(
    own: Posed,
    after: Posed | None,
    part: Posed | None,
    variables: Mapping[tuple[str, Any], int],
    moving: Array,
) -> dict[str, Column] | None:
    """Tell fixed and moving columns apart; None where one is neither."""
    if after is None or part is None or not np.array_equal(own.rows, after.rows):
        return None
    inside = np.isin(own.rows, part.rows)
    found: dict[str, Column] = {}
    for name, column in own.columns.items():
        if not is_same(column, after.columns[name]):
            number = _number(name, after.columns[name], own.rows, variables, moving)
            if number is None:
                return None
            found[name] = number
        else:
            found[name] = column
        if not is_same(np.asarray(column)[inside], part.columns[name]):
            return None
    return found


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
    for (known, _), number in variables.items():
        if known == name and is_same(moving[rows, number], column):
            return number
    return None


def made(
    regressions: Regressions,
    names: Sequence[Name],
    frames: Mapping[EstimationData, pd.DataFrame | StudyError],
    index: pd.Index,
) -> dict[Name, Posed]:
    """Make regressions from the data of a draw; `index` is that of the study."""
    found = {}
    for name, frame, estimated in regressions.listed(frames):
        if name in names:
            try:
                one = posed(frame, estimated, index)
            except StudyError:  # a column without finite numbers in this draw
                continue
            if one is not None:
                found[name] = one
    return found
