"""Evaluate rows: options checked, frontiers chosen, programs solved, results put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xinzhi.frontier.activities import Activities
from xinzhi.frontier.kernel.engine import takes
from xinzhi.frontier.measure import MEASURES, Outcome, check_options
from xinzhi.frontier.notices import declared_weights, notices_of
from xinzhi.frontier.options import Options, checked
from xinzhi.frontier.reference import ReferenceSet, base_of, reference_sets, without
from xinzhi.frontier.result import STATUSES, Array, Certificate, EfficiencyResult, Status
from xinzhi.frontier.solutions import SHOWN, Solutions, peers_of
from xinzhi.frontier.task import Task
from xinzhi.frontier.technology import HULL, Flags, Positions, Technology, technology_of
from xinzhi.frontier.zeros import SCORES, DivisorZeros, check_zeros, influence_notice
from xinzhi.work.draws.processes import each

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
    >>> from xinzhi.frontier.activities import ActivityRoles
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
