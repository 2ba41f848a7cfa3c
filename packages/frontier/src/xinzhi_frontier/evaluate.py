"""Evaluate rows: options checked, frontiers chosen, programs solved, results put together.

Reference sets: which rows make the frontier that a row is measured against.

Gap ratios: how far a group's frontier lies inside the frontier of all.

Scores of draws of rows: prepared once, then a frontier of its own for each draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.lazy import WhenUsed
from xinzhi_core.periods import period_name
from xinzhi_core.processes import each
from xinzhi_core.wording import Message, message
from xinzhi_frontier.frames import FRAMES
from xinzhi_frontier.kernel.engine import takes
from xinzhi_frontier.measure import MEASURES, Outcome, Task, check_options
from xinzhi_frontier.options import Options, checked
from xinzhi_frontier.result import (
    STATUSES,
    Activities,
    Array,
    Certificate,
    EfficiencyResult,
    Label,
    Status,
)
from xinzhi_frontier.solutions import CODE, SHOWN, Codes, Solutions, peers_of
from xinzhi_frontier.technology import (
    HULL,
    Flags,
    Positions,
    Technology,
    number_labels,
    order_rows,
    scale_rows,
    technology_of,
)
from xinzhi_frontier.zeros import (
    SCORES,
    DivisorZeros,
    check_zeros,
    declared_weights,
    influence_notice,
    notices_of,
)

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", FRAMES)


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceSet:
    """Rows that are measured against the same frontier."""

    evaluated: Positions
    rows: Positions
    """The frontier's rows."""


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceSample:
    """What a kind of reference set can choose from."""

    labels: Sequence[Label]
    """Entity and period of each row."""
    options: Options
    groups: Sequence[str] | None = None
    """Group of each row."""
    reference_rows: Positions | None = None

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.labels)

    def distinct(self) -> list[int | None]:
        """Periods in order, each once."""
        periods = {period for _, period in self.labels}
        return sorted(periods, key=lambda period: (period is not None, period or 0))


def reference_sets(
    labels: Sequence[Label],
    *,
    options: Options,
    groups: Sequence[str] | None = None,
    reference_rows: Positions | None = None,
) -> tuple[ReferenceSet, ...]:
    """Divide rows by the frontier that they are measured against.

    contemporaneous: own period; sequential: own and all earlier periods; window: own and the
    w - 1 periods before, as they occur in the data; biennial: own period and the next that occurs (of the last, the one before);
    global: all rows; base: the rows of one period; group: the rows of the own group; rows: the rows that are given.

    References
    ----------
    Tulkens, H., Vanden Eeckaut, P. (1995), doi 10.1016/0377-2217(94)00132-V (sequential, window).
    Pastor, J. T., Lovell, C. A. K. (2005), doi 10.1016/j.econlet.2005.02.013 (global).
    Pastor, J. T., Asmild, M., Lovell, C. A. K. (2011), doi 10.1016/j.seps.2010.09.001 (biennial).
    Berg, S. A., Førsund, F. R., Jansen, E. S. (1992), doi 10.2307/3440261 (base).
    O'Donnell, C. J., Rao, D. S. P., Battese, G. E. (2008), doi 10.1007/s00181-007-0119-4 (group).

    Examples
    --------
    >>> sets = reference_sets([("a", 1), ("a", 2)], options=Options(reference="sequential"))
    >>> [(one.evaluated.tolist(), one.rows.tolist()) for one in sets]
    [([0], [0]), ([1], [0, 1])]
    """
    kind = options.reference
    if options.window is not None and kind != "window":
        what = message("The reference {kind} has no window.", kind=kind)
        raise _lacking(what, key="reference: window")
    if options.base_period is not None and kind != "base":
        what = message("The reference {kind} has no base period.", kind=kind)
        raise _lacking(what, key="reference: base")
    if options.group is not None and kind != "group":
        what = message("The reference {kind} has no groups.", kind=kind)
        raise _lacking(what, key="reference: group")
    return tuple(KINDS[kind](ReferenceSample(labels, options, groups, reference_rows)))


def base_of(options: Options, labels: Sequence[Label]) -> int:
    """Return the base period: the first where none is named.

    Raises
    ------
    SpecError
        The data have no periods, or none of that name.
    """
    periods = sorted({period for _, period in labels if period is not None})
    if not periods:
        raise _lacking(message("Rows without periods have no base period."), key="period")
    if options.base_period is not None and options.base_period not in periods:
        text = message("The data have no rows of the base period {base}.", base=options.base_period)
        remedy = message(
            "choose one from {first} to {last}.",
            first=period_name(periods[0]),
            last=period_name(periods[-1]),
        )
        raise SpecError(Problem("efficiency.reference", text, Where(key="base_period"), remedy))
    return periods[0] if options.base_period is None else options.base_period


def without(sets: Sequence[ReferenceSet], dropped: Flags) -> tuple[ReferenceSet, ...]:
    """Take rows out of the measured rows and out of every frontier."""
    if not dropped.any():
        return tuple(sets)
    left = []
    for reference in sets:
        rows = reference.rows[~dropped[reference.rows]]
        # One array stays one array: tasks sort a frontier of its own rows only once.
        is_whole = reference.evaluated is reference.rows
        evaluated = rows if is_whole else reference.evaluated[~dropped[reference.evaluated]]
        if not len(evaluated):
            continue
        if not len(rows):
            what = message("Every row of a frontier has a zero that the measure divides by.")
            remedy = message("choose another reference, or another treatment of the zeros.")
            raise SpecError(Problem("efficiency.reference", what, Where(key="reference"), remedy))
        left.append(ReferenceSet(evaluated, rows))
    return tuple(left)


def _by_period(
    sample: ReferenceSample, before: int | None, after: int = 0
) -> Iterator[ReferenceSet]:
    """Measure each period against itself, periods before (all where None) and periods after."""
    places = {period: place for place, period in enumerate(sample.distinct())}
    place = np.array([places[period] for _, period in sample.labels], dtype=np.intp)
    for index in range(len(places)):
        # The last period of a biennial frontier has no next one and takes the one before.
        first = 0 if before is None else max(0, min(index, len(places) - 1 - after) - before)
        evaluated = np.flatnonzero(place == index)
        is_alone = first == index and after == 0
        rows = (
            evaluated if is_alone else np.flatnonzero((first <= place) & (place <= index + after))
        )
        yield ReferenceSet(evaluated, rows)


def _window(sample: ReferenceSample) -> Iterator[ReferenceSet]:
    width = sample.options.window
    if width is None or width < 1:
        raise _lacking(message("A window frontier needs its number of periods."), key="window")
    return _by_period(sample, width - 1)


def _global(sample: ReferenceSample) -> Iterator[ReferenceSet]:
    every = np.arange(sample.n, dtype=np.intp)
    yield ReferenceSet(every, every)


def _base(sample: ReferenceSample) -> Iterator[ReferenceSet]:
    base = base_of(sample.options, sample.labels)
    rows = [i for i, (_, period) in enumerate(sample.labels) if period == base]
    yield ReferenceSet(np.arange(sample.n, dtype=np.intp), np.array(rows, dtype=np.intp))


def _group(sample: ReferenceSample) -> Iterator[ReferenceSet]:
    if sample.groups is None:
        raise _lacking(message("A group frontier needs the group of each row."), key="group")
    for name in sorted(set(sample.groups)):
        rows = np.array([i for i, g in enumerate(sample.groups) if g == name], dtype=np.intp)
        yield ReferenceSet(rows, rows)


def _rows(sample: ReferenceSample) -> Iterator[ReferenceSet]:
    if sample.reference_rows is None or not len(sample.reference_rows):
        raise _lacking(message("A frontier of chosen rows needs these rows."), key="reference_rows")
    rows = np.unique(np.asarray(sample.reference_rows, dtype=np.intp))
    yield ReferenceSet(np.arange(sample.n, dtype=np.intp), rows)


def _lacking(what: Message, *, key: str) -> SpecError:
    remedy = message("give '{key}', or choose another reference.", key=key)
    return SpecError(Problem("efficiency.reference", what, Where(key=key), remedy))


KINDS: dict[str, Callable[[ReferenceSample], Iterator[ReferenceSet]]] = {
    "contemporaneous": lambda sample: _by_period(sample, 0),
    "sequential": lambda sample: _by_period(sample, None),
    "window": _window,
    "biennial": lambda sample: _by_period(sample, 0, 1),
    "global": _global,
    "base": _base,
    "group": _group,
    "rows": _rows,
}


BLOCK = 1 << 15
"""Rows whose results are written at a time: what lies between stays in the processor's cache."""
CHUNK = 2048
"""Rows that share one model of HiGHS. It does not depend on the number of workers, so that the
results do not either (convention D5)."""


def evaluate(
    activities: Activities,
    *,
    options: Options = Options(),  # noqa: B008
    groups: Sequence[str] | None = None,
    reference_rows: Positions | None = None,
    jobs: int = 1,
    with_influence: bool = True,
) -> EfficiencyResult:
    """Score each row against its frontier, and prove each score.

    Parameters
    ----------
    activities
        n rows.
    options
        Measure, returns, reference and so on.
    groups
        Group of each row, for a group frontier.
    reference_rows
        Positions of the frontier's rows, for `reference="rows"`.
    jobs
        Processes; the result does not depend on it.
    with_influence
        Whether rows with a zero that stay in the reference set (`keep`, `drop_term`) have all
        others measured once more without them, to name the scores that they move.

    Returns
    -------
    EfficiencyResult
        In the order of the rows. A score that could not be proved is NaN.

    Raises
    ------
    SpecError
        An option is unknown or does not go with the measure.
    OutOfDomain
        The measure divides by cells that are 0, unless `zeros` says what is to become of them.

    Examples
    --------
    >>> import numpy as np
    >>> from xinzhi_frontier.result import ActivityRoles
    >>> shops = Activities((("a", None), ("b", None)), np.array([[1.0], [2.0]]),
    ...     np.array([[1.0], [1.0]]), np.empty((2, 0)), ActivityRoles(("labour",), ("gdp",)))
    >>> evaluate(shops, options=Options(measure="sbm")).scores.round(9).tolist()
    [1.0, 0.5]
    """
    options = checked(options)
    if options.reference == "base":
        options = replace(options, base_period=base_of(options, activities.labels))
    measure = MEASURES.get(options.measure)
    zeros, technology, outcomes = _measured(activities, options, groups, reference_rows, jobs)
    result = mark_dropped(assemble(activities, technology, options, outcomes), zeros.dropped)
    # A notice of the zeros says why their rows are undefined; under `drop_term` a zero alone is not a reason.
    undefined = zeros.rows & (options.zeros != "drop_term")
    explained = {activities.labels[i] for i in np.flatnonzero(undefined).tolist()}
    notices = [*zeros.notices, *notices_of(result, explained)]
    if with_influence and zeros.are_kept(options):
        # All other rows are measured once more, against frontiers without those that have a zero.
        others = np.flatnonzero(~zeros.rows)
        is_reference = None if reference_rows is None else np.isin(others, reference_rows)
        again = evaluate(
            activities.take(others.tolist()),
            options=replace(options, zeros="drop_row"),
            groups=None if groups is None else [groups[row] for row in others.tolist()],
            reference_rows=None if is_reference is None else np.flatnonzero(is_reference),
            jobs=jobs,
        )
        before, n_zeros = result.scores[others], int(zeros.rows.sum())
        notices.append(
            influence_notice(again.labels, before, again.scores, n_zeros=n_zeros, of=SCORES)
        )
    if measure.traits.weights_are_sums:
        notices += declared_weights(options, activities.roles.names)
    terms = zeros.dropped_terms(options, activities.roles.names)
    return replace(result, notices=tuple(notices), dropped_terms=terms)


def _measured(
    activities: Activities,
    options: Options,
    groups: Sequence[str] | None,
    reference_rows: Positions | None,
    jobs: int,
) -> tuple[DivisorZeros, Technology, list[Outcome]]:
    """Check options and zeros, choose the frontiers and measure their rows."""
    measure = MEASURES.get(options.measure)
    check_options(measure.traits, options)
    check_lengths(activities, groups)
    zeros = check_zeros(activities, measure.traits, options)
    technology = technology_of(activities, returns_to_scale=options.returns_to_scale)
    sets = reference_sets(
        activities.labels, options=options, groups=groups, reference_rows=reference_rows
    )
    sets = without(sets, zeros.dropped)
    tasks = [task for chosen in sets for task in tasks_of(activities, technology, options, chosen)]
    return zeros, technology, run_tasks(tasks, jobs)


def tasks_of(
    activities: Activities, technology: Technology, options: Options, chosen: ReferenceSet
) -> list[Task]:
    """Make the tasks of a reference set: one where it is known once for all rows; chunks for HiGHS."""
    whole = options.solver == "auto" and (options.returns_to_scale == HULL or takes(technology))
    task = Task.of(activities, technology, options, chosen.evaluated, chosen.rows)
    n = len(task.rows)
    step = max(1, n) if whole else CHUNK
    return [replace(task, rows=task.rows[start : start + step]) for start in range(0, n, step)]


def check_lengths(activities: Activities, groups: Sequence[str] | None) -> None:
    """Refuse another number of groups than of rows."""
    if groups is not None and len(groups) != activities.n:
        msg = f"{len(groups)} groups for {activities.n} rows"
        raise ValueError(msg)


def run_tasks(tasks: Sequence[Task], jobs: int, *, across: bool = False) -> list[Outcome]:
    """Run the measure of each task, in processes where more than one is asked for.

    With `across` rows are measured against a frontier that they do not join.
    """
    return each(run_across if across else run_task, tasks, jobs)


def run_task(task: Task) -> Outcome:
    """Run the measure of a task's options; the moves of its programs are read by then."""
    outcome = MEASURES.get(task.options.measure).run(task)
    # Moves and bases are the largest arrays of an outcome, and would be sent between processes.
    return replace(outcome, solutions=outcome.solutions.proofs())


def run_across(task: Task) -> Outcome:
    """Run the measure of a task's options across frontiers."""
    across = MEASURES.get(task.options.measure).across
    assert across is not None
    return across(task)


def assemble(
    activities: Activities,
    technology: Technology,
    options: Options,
    outcomes: Sequence[Outcome],
) -> EfficiencyResult:
    """Put the outcomes of all tasks together."""
    n, k = activities.n, technology.k
    methods = np.full(n, "", dtype=object)
    slacks, targets = (np.full((n, k), np.nan) for _ in range(2))
    for outcome in outcomes:
        methods[outcome.rows] = outcome.methods
        slacks[outcome.rows], targets[outcome.rows] = outcome.slacks, outcome.changes
    solutions = Solutions.gathered(n, [(outcome.rows, outcome.solutions) for outcome in outcomes])
    certified, duals = solutions.certified, solutions.duals[:, :k]
    _convert_units(slacks, targets, duals, certified=certified, technology=technology)
    # A change turns into the target by adding the row itself; part by part, without a copy of all values.
    start = 0
    for part in activities.parts:
        targets[:, start : start + part.shape[1]] += part
        start += part.shape[1]
    peers = solutions if certified.all() else solutions.take(certified)
    return EfficiencyResult(
        options=options,
        labels=activities.labels,
        variables=activities.roles.names,
        scores=solutions.score,
        statuses=tuple([STATUSES[code] for code in solutions.status.tolist()]),
        slacks=slacks,
        targets=targets,
        peers=peers_of(np.flatnonzero(certified), peers.positions, peers.intensities, n=n),
        certificate=Certificate(primal=solutions.primal, dual=solutions.dual, gap=solutions.gap),
        methods=tuple(methods.tolist()),
        duals=duals,
        has_bads=bool(activities.roles.bad_outputs),
    )


def mark_dropped(result: EfficiencyResult, dropped: Flags) -> EfficiencyResult:
    """Give the rows that were left out their status; no task held them."""
    if not dropped.any():
        return result
    pairs = zip(result.statuses, dropped.tolist(), strict=True)
    statuses: tuple[Status, ...] = tuple("dropped" if out else status for status, out in pairs)
    return replace(result, statuses=statuses)


def _convert_units(
    slacks: Array, changes: Array, duals: Array, *, certified: Flags, technology: Technology
) -> None:
    """Write what was found in the units of the data, in place, a block of rows at a time."""
    # The direction in which a variable gets worse: more input, less good, more bad.
    worse = np.ones(technology.k)
    worse[technology.goods()] = -1.0
    for start in range(0, len(certified), BLOCK):
        part = slice(start, start + BLOCK)
        worth = technology.worth(np.arange(*part.indices(len(certified))))
        duals[part] /= worth
        for whole, by in ((slacks, worth), (changes, worth * worse)):
            values = whole[part]
            values[np.abs(values) < SHOWN] = 0.0  # still in own units, where rounding is relative
            values *= by
            values[~certified[part]] = np.nan


@dataclass(frozen=True, slots=True, eq=False)
class GapRatios:
    """Efficiency of n rows in their group and among all, and the ratio of both."""

    group: EfficiencyResult
    meta: EfficiencyResult
    group_efficiency: Array
    """Shape (n,): 1 is efficient, more is better (1/φ of an output-oriented score)."""
    meta_efficiency: Array
    ratio: Array
    """Shape (n,): meta / group efficiency, at most 1 for measures without super-efficiency."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per row, indexed (entity, period)."""
        index = pd.MultiIndex.from_tuples(self.group.labels, names=["entity", "period"])
        return pd.DataFrame(
            {
                "group_efficiency": self.group_efficiency,
                "meta_efficiency": self.meta_efficiency,
                "gap_ratio": self.ratio,
            },
            index=index,
        )


def gap_ratios(
    activities: Activities, *, options: Options, groups: Sequence[str], jobs: int = 1
) -> GapRatios:
    """Compare each row's efficiency in its group with that among all rows.

    gap ratio = efficiency on the meta-frontier / efficiency on the group's frontier.

    References
    ----------
    O'Donnell, C. J., Rao, D. S. P., Battese, G. E. (2008), doi 10.1007/s00181-007-0119-4.

    Raises
    ------
    SpecError
        The measure is an inefficiency, of which no ratio is made.
    """
    options = checked(options)
    traits = MEASURES.get(options.measure).traits
    if traits.is_inefficiency:
        text = message(
            "A gap ratio needs an efficiency; {m} is an inefficiency.", m=options.measure
        )
        remedy = message("choose radial, sbm or another efficiency.")
        raise SpecError(Problem("efficiency.gap", text, Where(key="measure"), remedy))
    group = evaluate(
        activities, options=replace(options, reference="group"), groups=groups, jobs=jobs
    )
    meta = evaluate(activities, options=replace(options, reference="global", group=None), jobs=jobs)
    inside, among = (traits.efficiency(result.scores, options) for result in (group, meta))
    return GapRatios(group, meta, inside, among, np.asarray(among / inside))


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
    >>> from xinzhi_frontier.result import ActivityRoles
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
