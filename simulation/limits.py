"""What output and labour ask of the other variables, and the rows that the print itself makes odd."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulation.cells import PLAIN, Array, Cells
from simulation.fit import Bounds
from simulation.levels import L, Levels, Y

SECONDARY, SECONDARY_USUAL = (0.72, 4.0), 1.7
"""Output a worker of secondary industry, as a multiple of that of all workers."""
OF_OUTPUT, OF_LABOUR = (0.22, 0.78), (0.09, 0.68)
"""Shares of secondary industry."""
OVER_MINERS = (1.08, 0.01)
"""Least share of secondary industry in labour, on that of miners, who are a part of it."""
LOOSER, USUALLY = 1.06, 0.75
"""Room that the bound of productivity leaves to the miners, and where it usually lies under it."""
RESEARCH, RESEARCH_USUAL = (2e-5, 0.05), 0.006
"""Research spending as a share of output."""
ROOM = 0.01
EXEMPT = {
    "鄂尔多斯市": (
        (2023,),
        "the largest printed score, 1.537: pollution falls by more than half, as if a plant had closed",
    ),
}
"""Years of cities in which the bands of real yearbooks are left, and why."""


def least_secondary(miners: Array) -> Array:
    """Return the least share of secondary industry in labour, given that of miners.

    >>> least_secondary(np.array([0.5, 0.001])).round(3).tolist()
    [0.55, 0.09]
    """
    return np.maximum(OVER_MINERS[0] * miners + OVER_MINERS[1], OF_LABOUR[0])


def limited(cells: Cells, bounds: Bounds, levels: Levels, deflator: Array) -> tuple[Cells, Bounds]:
    """Move productivity and research to the size of each city, and bound them by it.

    A city's level is free: its fixed effect takes it up.
    """
    nominal = levels.logs[Y] + np.log(deflator) + np.log(1e4)
    miners = least_secondary(LOOSER * np.expm1(cells.plain["MEP"]) / 100)
    most = np.minimum(SECONDARY[1], OF_OUTPUT[1] / miners)
    usual_ = np.minimum(SECONDARY_USUAL, USUALLY * most)
    wholes: dict[str, tuple[Array, tuple[float | Array, float | Array], float | Array]] = {
        "SI_LP": (nominal - levels.logs[L], (SECONDARY[0], most), usual_),
        "RDE": (nominal, RESEARCH, RESEARCH_USUAL),
    }
    plain, low, high = dict(cells.plain), list(bounds.low), list(bounds.high)
    for name, (whole, reach, usual) in wholes.items():
        at = PLAIN.index(name)
        level = np.log1p(np.exp(whole + np.log(usual)))
        shift = (level - plain[name]).mean(axis=1, keepdims=True)
        if name == "RDE":
            shift = shift - shift.mean()
        low[at], high[at] = (np.log1p(np.exp(whole + np.log(r))) for r in reach)
        low[at] = np.maximum(low[at], 0.05)
        plain[name] = np.clip(plain[name] + shift, low[at] + ROOM, high[at] - ROOM)
    return replace(cells, plain=plain), Bounds(low, high)
