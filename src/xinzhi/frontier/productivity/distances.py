"""Scores of rows against the frontiers of their own and of neighbouring periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.frontier.activities import Activities
from xinzhi.frontier.evaluate import evaluate, run_tasks
from xinzhi.frontier.measure import MEASURES, Registered
from xinzhi.frontier.options import Options
from xinzhi.frontier.reference import base_of
from xinzhi.frontier.result import Array
from xinzhi.frontier.task import Task
from xinzhi.frontier.technology import Positions, technology_of
from xinzhi.wording import message

Frontier = Literal["own", "next", "last", "pooled", "base"]
"""Whose frontier: the row's own period, the next period, the last period, all periods, the base period."""


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """Scores by frontier and returns, computed when they are first asked for."""

    activities: Activities
    options: Options
    jobs: int = 1
    _cache: dict[tuple[str, str], Array] = field(default_factory=dict)

    @property
    def measure(self) -> Registered:
        """The measure that the scores come from."""
        return MEASURES.get(self.options.measure)

    def periods(self) -> list[int]:
        """Periods in order."""
        return sorted({period for _, period in self.activities.labels if period is not None})

    def scores(self, frontier: Frontier, returns_to_scale: str = "") -> Array:
        """Scores of all rows against a frontier, NaN where there is none, shape (n,)."""
        returns = returns_to_scale or self.options.returns_to_scale
        key = (frontier, returns)
        if key not in self._cache:
            options = replace(self.options, returns_to_scale=returns)
            self._cache[key] = (
                self._joined(options, frontier)
                if frontier in {"own", "pooled"}
                else self._across(options, self._pairs(frontier))
            )
            if frontier == "base":
                # The rows of the base period are part of its frontier, and join it for their own score.
                rows = self._rows(base_of(self.options, self.activities.labels))
                self._cache[key][rows] = self.scores("own", returns)[rows]
        return self._cache[key]

    def efficiency(self, frontier: Frontier, returns_to_scale: str = "") -> Array:
        """Efficiencies: 1 is efficient, more is better."""
        scores = self.scores(frontier, returns_to_scale)
        return self.measure.traits.efficiency(scores, self.options)

    def inefficiency(self, frontier: Frontier) -> Array:
        """Inefficiencies: 0 is efficient, less is better; 1 - efficiency unless measured as such."""
        if self.measure.traits.is_inefficiency:
            return self.scores(frontier)
        return 1.0 - self.efficiency(frontier)

    def _joined(self, options: Options, frontier: Frontier) -> Array:
        """Measure all rows against frontiers that they are part of."""
        reference = "contemporaneous" if frontier == "own" else "global"
        # The index says which frontiers; a window or a group of the score has no part in them.
        options = replace(options, reference=reference, window=None, base_period=None, group=None)
        # What rows with a zero move is named once, for the values of the index.
        return evaluate(
            self.activities, options=options, jobs=self.jobs, with_influence=False
        ).scores

    def _pairs(self, frontier: Frontier) -> list[tuple[int, int]]:
        """List periods of rows, and of the frontier that they are measured against."""
        periods = self.periods()
        if frontier == "base":
            base = base_of(self.options, self.activities.labels)
            return [(period, base) for period in periods if period != base]
        steps = list(pairwise(periods))
        return steps if frontier == "next" else [(after, before) for before, after in steps]

    def _across(self, options: Options, pairs: Sequence[tuple[int, int]]) -> Array:
        """Measure the rows of a period against the frontier of another one, which they do not join."""
        if self.measure.across is None:
            text = message(
                "The measure {measure} has no scores against other periods.",
                measure=options.measure,
            )
            remedy = message("choose a global index, or another measure.")
            raise SpecError(Problem("productivity.measure", text, Where(key="index"), remedy))
        # One scale for all periods: scores against different frontiers are divided by each other.
        technology = technology_of(self.activities, returns_to_scale=options.returns_to_scale)
        tasks = [
            Task.of(self.activities, technology, options, self._rows(period), self._rows(base))
            for period, base in pairs
        ]
        scores = np.full(self.activities.n, np.nan)
        for outcome in run_tasks(tasks, self.jobs, across=True):
            scores[outcome.rows] = outcome.solutions.score
        return scores

    def _rows(self, period: int) -> Positions:
        rows = [i for i, (_, when) in enumerate(self.activities.labels) if when == period]
        return np.array(rows, dtype=np.intp)
