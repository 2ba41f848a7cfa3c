"""Electricity and waste of all rows, so that scores are as wanted and the frontier keeps its own.

A filled-in row may lower the super score of a frontier row if it can stand in for it. So each row
must lie inside the technology without each of the frontier's rows; where it does not, or where its
score cannot be reached, its mix is drawn again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from simulation.batch import is_inside
from simulation.frontier import Frontier, as_rows
from simulation.invert import solve
from simulation.paths import UNITS, Paths, distance
from simulation.story import Scores, autoregressive

Array = npt.NDArray[np.float64]
Where = npt.NDArray[np.bool_]

REACH = (-2.5, 4.0)
"""Where the common scale of electricity and waste is sought, as logarithm."""
FEWEST, MOST = 1 / 40, 40.0
"""Least and largest waste of a row relative to the median: the entropy index has a floor."""
POWER = np.array([0.3, 0.0, 0.7, 1.0])
"""How labour, capital, electricity and waste follow the common scale."""
TILT = np.array([0.02, 0.0, 0.06, 0.12])
"""Usual noise of each."""
ROUNDS = 80
SAFETY = np.array([1.0, 1.0, 1.0, 1.0 + 1e-6, 1.0])
"""A row must stay inside with a little more output than it has."""
PATIENCE, MIDDLE = 8, 0.30
MORE_TILT = np.array([0.03, 0.0, 0.15, 0.2])


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """Labour, capital, electricity and waste per unit of output, in units of the frontier."""

    tilt: Array
    """Noise of the mix, shape (cities, years, 4)."""
    scale: Array
    """Common scale, shape (cities, years); NaN where none gives the score."""
    rows: Array
    """(labour, capital, electricity, 1, waste), shape (cities, years, 5)."""
    failed: Where
    """Rows without an answer."""


def draw_tilt(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Draw the usual noise of the mix, related from year to year."""
    return np.stack([size * autoregressive(rng, shape, 0.6) for size in TILT], axis=2)


def settle(
    rng: np.random.Generator,
    y: Array,
    paths: Paths,
    frontier: Frontier,
    scores_: Scores,
    tilt: Array,
    *,
    rounds: int = ROUNDS,
) -> tuple[Use, Array]:
    """Find the use of all rows, and the scores that they have.

    Rows that fail are drawn again; after `PATIENCE` rounds their scores give way, too.
    """
    seats, falls = seats_of(scores_, y.shape), np.expm1(y) > MIDDLE
    use = Use(tilt.copy(), np.zeros(y.shape), np.ones((*y.shape, 5)), seats < 0)
    for number in range(rounds):
        use = _attempt(y, paths, frontier, use)
        if not use.failed.any():
            break
        if number >= PATIENCE:
            y = _given_way(y, falls, use.failed, scores_)
        noise = rng.normal(size=(*y.shape, 4)) * (TILT + MORE_TILT * min(number, 8))
        use = replace(use, tilt=np.where(use.failed[:, :, None], noise, use.tilt))
    at = np.argwhere(seats >= 0)
    own = as_rows(frontier.inputs, frontier.waste)
    use.rows[at[:, 0], at[:, 1]] = own[seats[at[:, 0], at[:, 1]]]
    return use, y


def _given_way(y: Array, falls: Where, failed: Where, scores_: Scores) -> Array:
    """Lower the scores of failed rows that were high, raise the others, inside their bounds."""
    score = np.expm1(y)
    moved = np.log1p(np.where(falls, 0.98 * score, 1.04 * score))
    return np.where(failed, np.clip(moved, scores_.low, scores_.high), y)


def seats_of(scores_: Scores, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """Return the frontier row that sits in a cell, -1 where none does."""
    seats = np.full(shape, -1)
    for row, (city, year) in enumerate(scores_.at):
        seats[city, year] = row
    return seats


def _attempt(y: Array, paths: Paths, frontier: Frontier, use: Use) -> Use:
    """Solve the failed rows and find out which of them fail again."""
    todo = use.failed
    reference = as_rows(frontier.inputs, frontier.waste)
    fixed = _base(y, paths, use.tilt)[todo]

    def rows(number: Array) -> Array:
        per_output = fixed * np.exp(POWER * number[:, None])
        return np.column_stack([per_output[:, :3], np.ones(len(number)), per_output[:, 3]])

    wanted = np.expm1(y[todo])
    low, high = _reach(fixed[:, 3] * paths.output[todo], _usual_waste(y, paths))
    found = solve(rows, wanted, reference, low, high)
    made = rows(np.where(np.isnan(found), 0.0, found))
    failed = np.isnan(found)
    failed |= _stands_in(made, reference)
    scale, all_rows, still = use.scale.copy(), use.rows.copy(), np.zeros_like(todo)
    scale[todo], all_rows[todo], still[todo] = found, made, failed
    return Use(use.tilt, scale, all_rows, still)


def _usual_waste(y: Array, paths: Paths) -> float:
    """Return the waste of a usual row."""
    plain = _base(y, paths, np.zeros((*y.shape, 4)))
    return float(np.median(plain[:, :, 3] * paths.output))


def _reach(waste: Array, usual: float) -> tuple[Array, Array]:
    """Give the scales between which waste stays within reason."""
    low = np.maximum(np.log(FEWEST * usual / waste), REACH[0])
    high = np.minimum(np.log(MOST * usual / waste), REACH[1])
    return low, np.maximum(high, low + 0.1)


def _base(y: Array, paths: Paths, tilt: Array) -> Array:
    """Return use per output before the common scale: paths, and the distance that is needed."""
    need = distance(np.minimum(np.expm1(y), 1.0))[:, :, None]
    free = paths.mix[:, None, :] * np.exp(need + tilt)
    labour = paths.labour / paths.output / UNITS[0] * np.exp(tilt[:, :, 0])
    capital = paths.capital / paths.output / UNITS[1]
    return np.stack([labour, capital, free[:, :, 2], free[:, :, 3]], axis=2)


def _stands_in(rows: Array, reference: Array) -> Where:
    """Tell which rows lie outside the technology without one of the reference rows."""
    found = np.zeros(len(rows), dtype=bool)
    for left_out in range(len(reference)):
        found |= ~is_inside(rows * SAFETY, np.delete(reference, left_out, axis=0))
    return found
