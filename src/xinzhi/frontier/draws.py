"""Scores of draws of rows: prepared once, then a frontier of its own for each draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xinzhi.frontier.activities import Activities
from xinzhi.frontier.evaluate import check_lengths, run_tasks, tasks_of
from xinzhi.frontier.measure import MEASURES, check_options
from xinzhi.frontier.options import Options, checked
from xinzhi.frontier.reference import ReferenceSet, reference_sets
from xinzhi.frontier.result import STATUSES, Array, Status
from xinzhi.frontier.solutions import CODE, Codes
from xinzhi.frontier.technology import Flags, Positions, number_labels, order_rows, scale_rows
from xinzhi.frontier.zeros import check_zeros

MOVING = ("window", "biennial")
"""References that count periods as they occur in the data: a draw may hold fewer."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawnScores:
    """Scores of the rows of a draw, in the order and as often as they were given."""

    scores: Array
    """Shape (q,); NaN where the status is not `certified`."""
    codes: Codes
    """Shape (q,): places in `result.STATUSES`."""

    @property
    def statuses(self) -> tuple[Status, ...]:
        """Status of each row, as in `EfficiencyResult`."""
        return tuple([STATUSES[code] for code in self.codes.tolist()])


@dataclass(frozen=True, slots=True, eq=False)
class FrontierDraws:
    """Measures draws of n rows, each against the frontier that the draw makes.

    A draw gives what `evaluate` gives for these rows, score for score and to the last bit, with the same
    proof, without slacks, targets, peers and notices. It works for every measure and option, and can be
    sent to another process. A row that is drawn several times stands once in the reference set: a copy of
    itself would turn its super score into 1.

    Examples
    --------
    >>> from xinzhi.frontier.activities import ActivityRoles
    >>> shops = Activities((("a", None), ("b", None), ("c", None)), np.array([[1.0], [2.0], [4.0]]),
    ...     np.ones((3, 1)), np.empty((3, 0)), ActivityRoles(("labour",), ("gdp",)))
    >>> measure = FrontierDraws.of(shops, options=Options(measure="sbm"))
    >>> measure(np.array([1, 2, 2])).scores.round(9).tolist()
    [1.0, 0.5, 0.5]
    """

    activities: Activities
    options: Options
    sets: tuple[ReferenceSet, ...]
    """Of all rows."""
    groups: Sequence[str] | None
    dropped: Flags
    """Shape (n,): rows that leave every draw (`zeros: drop_row`)."""
    entities: Positions
    periods: Positions
    """Shape (n,) each: numbers of the entity and of the period of each row."""
    order: Positions
    """Canonical order of all rows."""

    @classmethod
    def of(
        cls,
        activities: Activities,
        *,
        options: Options,
        groups: Sequence[str] | None = None,
        reference_rows: Positions | None = None,
    ) -> FrontierDraws:
        """Check options and zeros of all rows once.

        Parameters
        ----------
        activities, options, groups
            As in `evaluate`.
        reference_rows
            Positions of the frontier's rows, for `reference="rows"`; a draw has those of them that it
            holds, and where it holds none its rows are `undefined`.

        Raises
        ------
        SpecError, OutOfDomain
            As in `evaluate`.
        """
        options = checked(options)
        traits = MEASURES.get(options.measure).traits
        check_options(traits, options)
        check_lengths(activities, groups)
        entities, periods = number_labels(activities.labels)
        return cls(
            activities=activities,
            options=options,
            sets=reference_sets(
                activities.labels, options=options, groups=groups, reference_rows=reference_rows
            ),
            groups=groups,
            dropped=check_zeros(activities, traits, options).dropped,
            entities=entities,
            periods=periods,
            order=order_rows(entities, periods, activities.values),
        )

    def __call__(self, rows: Positions) -> DrawnScores:
        """Measure some rows against the frontiers that they make.

        Parameters
        ----------
        rows
            Shape (q,): positions among all rows, repeated as often as they were drawn.

        Raises
        ------
        OutOfDomain
            The measure has no meaning in the draw, as a range where a column does not vary.
        """
        is_drawn = np.zeros(self.activities.n, dtype=bool)
        is_drawn[rows] = True
        distinct = np.flatnonzero(is_drawn)
        place = np.cumsum(is_drawn) - 1  # of each row among those that are drawn
        sample = self.activities.take(distinct.tolist())
        # The canonical order of the sample is that of all rows, less those not drawn: no labels are
        # compared again. Units are those of the sample, as in `evaluate`.
        technology = scale_rows(
            sample.values,
            tuple(part.shape[1] for part in sample.parts),
            returns_to_scale=self.options.returns_to_scale,
            order=place[self.order[is_drawn[self.order]]],
            entities=self.entities[distinct],
        )
        tasks = [
            task
            for reference in self._sets(is_drawn, place, distinct)
            for task in tasks_of(sample, technology, self.options, reference)
        ]
        scores = np.full(len(distinct), np.nan)
        # What no task measures is in no frontier of the draw, or left it for a zero.
        codes = np.where(self.dropped[distinct], CODE["dropped"], CODE["undefined"])
        codes = codes.astype(np.uint8)
        for outcome in run_tasks(tasks, 1):
            scores[outcome.rows] = outcome.solutions.score
            codes[outcome.rows] = outcome.solutions.status
        return DrawnScores(scores[place[rows]], codes[place[rows]])

    def _sets(self, is_drawn: Flags, place: Positions, distinct: Positions) -> list[ReferenceSet]:
        """Choose the frontiers of a draw, in places among the rows that it holds."""
        stays = is_drawn & ~self.dropped
        sets = self.sets
        if self.options.reference in MOVING:
            every, drawn = (len(np.unique(p)) for p in (self.periods, self.periods[distinct]))
            # Neighbours in time are others where a period is lost.
            if drawn < every:
                labels = [self.activities.labels[row] for row in distinct.tolist()]
                sets = tuple(
                    ReferenceSet(distinct[reference.evaluated], distinct[reference.rows])
                    for reference in reference_sets(labels, options=self.options)
                )
        chosen = []
        for reference in sets:
            rows = place[reference.rows[stays[reference.rows]]]
            is_whole = reference.evaluated is reference.rows
            evaluated = rows if is_whole else place[reference.evaluated[stays[reference.evaluated]]]
            if len(rows) and len(evaluated):
                chosen.append(ReferenceSet(evaluated, rows))
        return chosen
