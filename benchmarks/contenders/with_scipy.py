"""SciPy: the programs as the papers print them, one `linprog` a row, scores only.

Each program is scaled by the evaluated row, as HiGHS is silently wrong on raw units.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from data import BAD, GOOD, INPUTS
from scipy.optimize import linprog

Array = npt.NDArray[np.float64]
EFFICIENT = 1 - 1e-9
m, s = len(INPUTS), 2


def sbm(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Score by SBM."""
    x, y, b = _arrays(frame)
    return {"score": [_sbm(x / x[o], y / y[o], b / b[o]) for o in range(len(x))]}


def super_sbm(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Score by SBM and, where that is 1, by super-SBM with the row left out."""
    x, y, b = _arrays(frame)
    scores = sbm(frame)["score"]
    for o in range(len(x)):
        if scores[o] >= EFFICIENT:
            others = np.arange(len(x)) != o
            scores[o] = _super(*(part[others] / part[o] for part in (x, y, b)))
    return {"score": scores}


def _sbm(x: Array, y: Array, b: Array) -> float:
    """Solve min t - ΣS⁻/m with t + (S⁺ + Sᵇ)/s = 1 over (Λ, S⁻, S⁺, Sᵇ, t), all >= 0."""
    signs = np.array([1.0] * m + [-1.0, 1.0])
    return _solve(x, y, b, signs=signs, cost=-1 / m, weight=1 / s)


def _super(x: Array, y: Array, b: Array) -> float:
    """Solve min t + ΣS⁻/m with t - (S⁺ + Sᵇ)/s = 1: being worse costs, being better is free."""
    signs = np.array([-1.0] * m + [1.0, -1.0])
    return _solve(x, y, b, signs=signs, cost=1 / m, weight=-1 / s)


def _solve(x: Array, y: Array, b: Array, *, signs: Array, cost: float, weight: float) -> float:
    n, k = len(x), m + s
    balance = np.hstack([np.vstack([x.T, y.T, b.T]), np.diag(signs), -np.ones((k, 1))])
    scale = np.concatenate([np.zeros(n + m), np.full(s, weight), [1.0]])
    objective = np.concatenate([np.zeros(n), np.full(m, cost), np.zeros(s), [1.0]])
    if weight > 0:
        rows = {"A_eq": np.vstack([balance, scale]), "b_eq": np.append(np.zeros(k), 1.0)}
    else:
        direction = np.array([1.0] * m + [-1.0, 1.0])[:, None]
        rows = {
            "A_ub": balance * direction,
            "b_ub": np.zeros(k),
            "A_eq": scale[None, :],
            "b_eq": np.ones(1),
        }
    answer = linprog(objective, method="highs", **rows)
    return float(answer.fun) if answer.status == 0 else float("nan")


def _arrays(frame: pd.DataFrame) -> tuple[Array, Array, Array]:
    return frame[list(INPUTS)].to_numpy(), frame[[GOOD]].to_numpy(), frame[[BAD]].to_numpy()
