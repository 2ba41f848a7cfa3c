"""Put the outcomes of tasks together, in the order and the units of the user's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xinzhi.frontier.activities import Activities
from xinzhi.frontier.measure import Outcome
from xinzhi.frontier.options import Options
from xinzhi.frontier.peers import SHOWN, peers_of
from xinzhi.frontier.result import STATUSES, Array, Certificate, EfficiencyResult, Status
from xinzhi.frontier.solutions import Solutions
from xinzhi.frontier.technology import Flags, Technology


def assemble(
    activities: Activities,
    technology: Technology,
    options: Options,
    outcomes: Sequence[Outcome],
) -> EfficiencyResult:
    """Put the outcomes of all tasks together."""
    n, k = activities.n, technology.k
    found = Solutions.gathered(n, [(one.rows, one.solutions) for one in outcomes])
    methods = np.full(n, "", dtype=object)
    slacks, targets = np.full((n, k), np.nan), np.full((n, k), np.nan)
    for outcome in outcomes:
        rows, unit = outcome.rows, technology.worth(outcome.rows)
        methods[rows] = outcome.methods
        slacks[rows] = _clean(outcome.slacks) * unit
        targets[rows] = activities.values[rows] + _clean(outcome.changes) * unit * _worse(
            technology
        )
    certified = found.certified
    slacks[~certified] = targets[~certified] = np.nan
    peers = found if certified.all() else found.taken(certified)
    return EfficiencyResult(
        options=options,
        labels=activities.labels,
        variables=activities.roles.names,
        scores=found.score,
        statuses=tuple([STATUSES[code] for code in found.status.tolist()]),
        slacks=slacks,
        targets=targets,
        peers=peers_of(np.flatnonzero(certified), peers.positions, peers.intensities, n=n),
        certificate=Certificate(primal=found.primal, dual=found.dual, gap=found.gap),
        methods=tuple(methods.tolist()),
        duals=found.duals[:, :k] / technology.worth(np.arange(n)),
        has_bads=bool(activities.roles.bad_outputs),
    )


def marked(result: EfficiencyResult, dropped: Flags) -> EfficiencyResult:
    """Give the rows that were left out their status; no task held them."""
    if not dropped.any():
        return result
    pairs = zip(result.statuses, dropped.tolist(), strict=True)
    statuses: tuple[Status, ...] = tuple("dropped" if out else own for own, out in pairs)
    return replace(result, statuses=statuses)


def _worse(technology: Technology) -> Array:
    """Direction in which a variable gets worse: more input, less good, more bad."""
    signs = np.ones(technology.k)
    signs[technology.goods()] = -1.0
    return signs


def _clean(values: Array) -> Array:
    return np.where(np.abs(values) < SHOWN, 0.0, values)
