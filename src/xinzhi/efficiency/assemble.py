"""Put the outcomes of tasks together, in the order and the units of the user's rows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from xinzhi.efficiency.activities import Activities
from xinzhi.efficiency.measure import Outcome
from xinzhi.efficiency.options import Options
from xinzhi.efficiency.program import Solution
from xinzhi.efficiency.result import Array, Certificate, EfficiencyResult, Peer
from xinzhi.efficiency.technology import Technology

SHOWN = 1e-12
"""Intensities and relative slacks below this are rounding and shown as 0."""


def assemble(
    activities: Activities,
    technology: Technology,
    options: Options,
    outcomes: Iterable[Outcome],
) -> EfficiencyResult:
    """Put the outcomes of all tasks together."""
    n, k = activities.n, technology.k
    solutions: list[Solution] = [Solution("unsolved")] * n
    methods = [""] * n
    slacks, targets = np.full((n, k), np.nan), np.full((n, k), np.nan)
    for outcome in outcomes:
        for position, one, method in zip(
            outcome.rows.tolist(), outcome.solutions, outcome.methods, strict=True
        ):
            solutions[position] = one
            methods[position] = method
        unit = technology.worth(outcome.rows)
        own = activities.values[outcome.rows]
        slacks[outcome.rows] = _clean(outcome.slacks) * unit
        targets[outcome.rows] = own + _clean(outcome.changes) * unit * _worse(technology)
    worth = technology.worth(np.arange(n))
    duals = np.array([one.duals[:k] if len(one.duals) else np.full(k, np.nan) for one in solutions])
    certified = np.array([one.status == "certified" for one in solutions])
    slacks[~certified] = np.nan
    targets[~certified] = np.nan
    return EfficiencyResult(
        options=options,
        labels=activities.labels,
        variables=activities.roles.names,
        scores=np.array([one.value if one.status == "certified" else np.nan for one in solutions]),
        statuses=tuple(one.status for one in solutions),
        slacks=slacks,
        targets=targets,
        peers=tuple(_peers(one) for one in solutions),
        certificate=Certificate(
            primal=np.array([one.primal for one in solutions]),
            dual=np.array([one.dual for one in solutions]),
            gap=np.array([one.gap for one in solutions]),
        ),
        methods=tuple(methods),
        duals=duals.reshape(n, k) / worth,
    )


def _worse(technology: Technology) -> Array:
    """Direction in which a variable gets worse: more input, less good, more bad."""
    signs = np.ones(technology.k)
    signs[technology.goods()] = -1.0
    return signs


def _clean(values: Array) -> Array:
    return np.where(np.abs(values) < SHOWN, 0.0, values)


def _peers(solution: Solution) -> tuple[Peer, ...]:
    if solution.status != "certified":
        return ()
    total: dict[int, float] = {}
    for position, intensity in zip(
        solution.positions.tolist(), solution.intensities.tolist(), strict=True
    ):
        total[position] = total.get(position, 0.0) + intensity
    return tuple(Peer(at, value) for at, value in sorted(total.items()) if value > SHOWN)
