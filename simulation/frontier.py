"""The frontier: read off from what the cities make and use, frozen, and its programs' duals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulation.levels import Levels, Rule, as_rows
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Activities, ActivityRoles, EfficiencyResult

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

ROLES = ActivityRoles(("labour", "capital", "electricity"), ("gdp",), ("waste",))
ALL = Options(measure="super_sbm")
SOME = Options(measure="super_sbm", reference="rows")


def evaluated(rows: Array, reference: Integers | None = None) -> EfficiencyResult:
    """Score rows of (labour, capital, electricity, output, waste) against some of them, or all."""
    labels = tuple((str(i), None) for i in range(len(rows)))
    data = Activities(labels, rows[:, :3], rows[:, 3:4], rows[:, 4:5], ROLES)
    if reference is None:
        return evaluate(data, options=ALL)
    return evaluate(data, options=SOME, reference_rows=reference)


def elasticities(found: EfficiencyResult, rows: Array) -> Array:
    """Return how ln(score) moves with ln of labour, capital, electricity, output, waste.

    The duals say what a unit more does to the constraints; a score below 1 also divides each slack
    by the row's own quantity.
    """
    score, part = found.scores, found.slacks / rows
    part = np.where(score[:, None] > 1, -part, part)
    size = 1 + 0.5 * (part[:, 3] + part[:, 4])
    dual = found.duals * rows
    top = dual[:, :3] + part[:, :3] / (3 * size[:, None])
    output = -dual[:, 3] + 0.5 * score / size * part[:, 3]
    waste = dual[:, 4] + 0.5 * score / size * part[:, 4]
    return np.asarray(np.column_stack([top, output, waste]) / score[:, None])


def rule_of(capital: Array, reference: Array) -> Rule:
    """Return the rule of scores against a frozen frontier, rows of shape (rows, 5)."""
    k = len(reference)

    def score(logs: Array, cities: Integers) -> tuple[Array, Array]:
        both = np.concatenate([reference, as_rows(logs, capital[cities])])
        found = evaluated(both, np.arange(k))
        slope, shape = elasticities(found, both)[k:], logs.shape[1:]
        by_quantity = np.stack([slope[:, i].reshape(shape) for i in (3, 0, 2, 4)])
        return np.log(found.scores[k:]).reshape(shape), by_quantity

    return score


def certified(levels: Levels, capital: Array) -> EfficiencyResult:
    """Score all rows against all."""
    return evaluated(as_rows(levels.logs, capital))


def with_star(levels: Levels, capital: Array, star: tuple[int, int], score: float) -> Levels:
    """Give one row an exact super score; its quantities move along their elasticities.

    What a closed plant leaves: less waste and electricity, a little more output per worker.
    """
    city, year = star
    row = city * capital.shape[1] + year
    logs = levels.logs.copy()
    for _ in range(STAR_STEPS):
        rows = as_rows(logs, capital)
        found = evaluated(rows)
        gap = np.log(score / found.scores[row])
        if abs(gap) < 1e-13:
            break
        slope = elasticities(found, rows)[row, [3, 0, 2, 4]]
        push = STAR_SPREAD**2 * slope
        step = push * np.clip(gap, -0.08, 0.08) / max(float(push @ slope), 1e-3)
        logs[:, city, year] += np.clip(step, -0.12, 0.12)
    held = levels.held.copy()
    held[:, city, year] = True
    return Levels(logs, held)


STAR_SPREAD = np.array([0.02, 0.01, 0.08, 0.50])
"""How easily output, labour, electricity and waste of the named row move."""
STAR_STEPS = 120


def frozen(levels: Levels, capital: Array, wanted: Array, least: float) -> Levels:
    """Hold the efficient rows; others that were wanted below `least` may move away."""
    scores = certified(levels, capital).scores.reshape(capital.shape)
    stay = (scores >= 1) & (wanted >= np.log(least))
    return Levels(levels.logs, levels.held | stay[None])
