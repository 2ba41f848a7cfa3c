"""Year means of the regressors and the score that the printed columns without year effects ask for.

With S the cross products of the regressors free of city and year effects, X̄ and ȳ the year means
less their own means and n the number of cities, the slopes of a regression with city effects alone
are (S + n X̄'X̄) b3 = S b1 + n X̄'ȳ. The unknown means are found by least squares, near the shape
that they were drawn with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from simulation.cells import COPIED, N_YEARS, Array
from simulation.printed import CONTROLS, FACTORS

NAMES = (*FACTORS, *CONTROLS)
FREE = tuple(name for name in NAMES if name != "IRD")
"""IRD follows from shares of employment and the nation's robots."""
RISING = {"PGPP": 0.02, "UR": 0.005, "DFII": 0.01, "FI": 0.0}
"""Year means that rise, and by how much a year at least."""
STAGES = ((2e-3, 0.04), (1e-3, 0.16))
"""Softness of the change of the mean score, and weight of the slopes, of each solution."""
CHANGE = (-0.003, 0.022)
"""Yearly change of the mean score, as ln(1+score)."""
FIRST_MEAN, LAST_MEAN = (0.222, 0.236), (0.318, 0.338)
"""Means that the printed classes of the first and last year allow."""
CLIMB = (8.0, 1.9)
"""Year in the middle of the rise (from 0), and its slowness."""
ERRORS = 0.14
"""Reach of the errors of the columns without year effects."""
NO_ERROR = {"UR"}
"""The printed error of column 3 contradicts column 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """Year means, shape (years,)."""

    regressors: Mapping[str, Array]
    score: Array


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """What is known of the panel before its year means are."""

    cross: Array
    """Cross products of the regressors free of effects, in the order of `NAMES`."""
    rss: float
    """Residual sum of squares of column 1."""
    n_cities: int


def slopes(column: Mapping[str, Any], names: Sequence[str]) -> Array:
    """Return the printed slopes of some regressors."""
    return np.array([float(column[n]["b"]) for n in names])


def _unpacked(z: Array, fixed: Array) -> tuple[dict[str, Array], Array]:
    """Split the unknowns; digital finance is level before its first year."""
    found, at = {"IRD": fixed}, 0
    for name in FREE:
        n = N_YEARS - COPIED if name == "DFII" else N_YEARS
        part = z[at : at + n]
        at += n
        found[name] = np.concatenate([np.full(COPIED, part[0]), part]) if name == "DFII" else part
    return found, z[at:]


def _packed(shape: Means) -> Array:
    parts = [shape.regressors[n][COPIED:] if n == "DFII" else shape.regressors[n] for n in FREE]
    return np.concatenate([*parts, shape.score])


def _equations(
    means: Mapping[str, Array], y: Array, within: Within, table5: Mapping[str, Any]
) -> list[Array]:
    """Return the misses of slopes (in half digits) and errors of columns 3 and 4."""
    found = []
    for key, base, names in (("col3", "col1", NAMES), ("col4", "col2", FACTORS)):
        at = [NAMES.index(n) for n in names]
        s = within.cross[np.ix_(at, at)]
        x = np.stack([means[n] - means[n].mean() for n in names], axis=1)
        free = y - y.mean()
        whole = s + within.n_cities * x.T @ x
        b, wanted = slopes(table5[base], names), slopes(table5[key], names)
        got = np.linalg.solve(whole, s @ b + within.n_cities * x.T @ free)
        found.append((got - wanted) / 4e-4)
        rest = free - x @ wanted
        rss = within.rss + (wanted - b) @ s @ (wanted - b) + within.n_cities * rest @ rest
        error = np.sqrt(rss / 1717 * np.diag(np.linalg.inv(whole)))
        off = np.log(error / np.array([float(table5[key][n]["se"]) for n in names]))
        off = np.array([0.0 if n in NO_ERROR else o for n, o in zip(names, off, strict=True)])
        found.append(np.sign(off) * np.maximum(np.abs(off) - ERRORS, 0) / 0.01)
    return found


def _outside(values: Array, low: float, high: float) -> Array:
    return np.asarray(np.minimum(values - low, 0) + np.maximum(values - high, 0))


def climbing(centre: float, years: float) -> Array:
    """Return a path from 0 to 1 that is level, rises, and is level again."""
    step = 1 / (1 + np.exp(-(np.arange(N_YEARS) - centre) / years))
    return np.asarray((step - step[0]) / (step[-1] - step[0]))


def design(
    shape: Mapping[str, Array],
    spread: Mapping[str, float],
    within: Within,
    printed: Mapping[str, Any],
) -> Means:
    """Find year means near `shape` that give the printed slopes without year effects."""
    goal = {n: float(printed["table2"][n][0]) for n in (*NAMES, "GTFP")}
    start = FIRST_MEAN[1] + (LAST_MEAN[0] - FIRST_MEAN[1]) * climbing(*CLIMB)
    z = _packed(Means(shape, start))
    for soft, firm in STAGES:

        def misses(z: Array, soft: float = soft, firm: float = firm) -> Array:
            means, y = _unpacked(z, shape["IRD"])
            slopes_3, errors_3, slopes_4, errors_4 = _equations(means, y, within, printed["table5"])
            found = [firm * slopes_3, errors_3, firm * slopes_4, errors_4]
            for n in FREE:
                found += _far(n, means[n], shape[n], spread[n], goal[n])
            found += [
                _outside(np.diff(y), *CHANGE) / soft,
                np.diff(y, 2) / 0.01,
                np.atleast_1d(y.mean() - goal["GTFP"]) / 2e-4,
                _outside(y[:1], *FIRST_MEAN) / 1e-3,
                _outside(y[-1:], *LAST_MEAN) / 1e-3,
            ]
            return np.concatenate(found)

        z = least_squares(misses, z, method="trf", max_nfev=30, x_scale="jac").x
    return Means(*_unpacked(z, shape["IRD"]))


def _far(name: str, means: Array, shape: Array, spread: float, goal: float) -> list[Array]:
    """Tell how far year means are from their shape, their bend and their own mean."""
    away = means - shape
    found = [
        np.diff(away, 2) / (0.15 * spread),
        away / (4 * spread),
        np.atleast_1d((means.mean() - goal) / (0.02 * spread)),
    ]
    if name in RISING:
        change = np.diff(means[COPIED:] if name == "DFII" else means)
        found.append(np.minimum(change - RISING[name], 0) / (0.02 * spread))
    return found
