"""What the books print: frontier rows in whole numbers, and the final waste of all rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from simulation.frontier import Frontier, as_rows, scores
from simulation.invert import solve
from simulation.paths import UNITS, Paths
from simulation.settle import Use, seats_of
from simulation.story import Scores

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

FINE = 1.0
"""How far, as logarithm, rounding may move the waste of a row."""


def on_the_books(
    paths: Paths, frontier: Frontier, scores_: Scores
) -> tuple[Paths, Frontier, Scores]:
    """Round output, labour and the frontier's electricity; super scores follow the rounded rows."""
    base = np.round(paths.output[:, :1], 4)
    growth = np.concatenate([np.ones_like(base), paths.growth_index[:, 1:] / 100], axis=1)
    output, labour = base * np.cumprod(growth, axis=1), np.round(paths.labour)
    inputs = frontier.inputs.copy()
    for row, (city, year) in enumerate(scores_.at):
        y = output[city, year]
        power = np.round(inputs[row, 2] * y * UNITS[2])
        inputs[row] = np.array([labour[city, year], paths.capital[city, year], power]) / y
        inputs[row] /= np.array(UNITS)
    found = scores(np.empty((0, 5)), as_rows(inputs, frontier.waste))
    low, high = scores_.low.copy(), scores_.high.copy()
    for row, (city, year) in enumerate(scores_.at):
        low[city, year] = high[city, year] = np.log1p(found[row])
    return (
        replace(paths, output=output, labour=labour),
        Frontier(inputs, frontier.waste, found),
        replace(scores_, low=low, high=high),
    )


def whole_use(
    y: Array, mining: Array, paths: Paths, frontier: Frontier, scores_: Scores, use: Use
) -> tuple[Integers, Integers, Array]:
    """Round labour and electricity, and let waste give back the scores.

    `mining` is the wanted share of miners in labour; where it is smallest, a whole number of miners
    would blur it, and labour gives way.

    Returns
    -------
    Labour in persons, electricity in 10,000 kWh, waste per unit of output; (cities, years) each.

    Raises
    ------
    RuntimeError
        A score cannot be given back.
    """
    output = paths.output
    labour = np.maximum(np.round(use.rows[:, :, 0] * output * UNITS[0]), 1).astype(np.int64)
    miners = np.maximum(np.round(mining * labour), 1)
    exact = (mining <= mining.min()) & (seats_of(scores_, y.shape) < 0)
    labour = np.where(exact, np.round(miners / mining), labour).astype(np.int64)
    power = np.maximum(np.round(use.rows[:, :, 2] * output * UNITS[2]), 1).astype(np.int64)
    rows = use.rows.copy()
    rows[:, :, 0] = labour / output / UNITS[0]
    rows[:, :, 1] = paths.capital / output / UNITS[1]
    rows[:, :, 2] = power / output / UNITS[2]
    todo = seats_of(scores_, y.shape) < 0
    fixed = rows[todo]

    def with_waste(number: Array) -> Array:
        return np.column_stack([fixed[:, :4], fixed[:, 4] * np.exp(number)])

    n = int(todo.sum())
    reference = as_rows(frontier.inputs, frontier.waste)
    found = solve(with_waste, np.expm1(y[todo]), reference, np.full(n, -FINE), np.full(n, FINE))
    if np.isnan(found).any():
        msg = f"{int(np.isnan(found).sum())} rows lost their score when rounded"
        raise RuntimeError(msg)
    waste = rows[:, :, 4]
    waste[todo] *= np.exp(found)
    return labour, power, waste
