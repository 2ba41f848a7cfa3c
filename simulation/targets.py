"""The figures that the simulated cells have to give, each as an interval and a unit of miss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm

from simulation.cells import N_YEARS
from simulation.models import Model, models
from simulation.printed import figure

INSIDE = 0.7
"""Share of the rounding interval that counts as reached."""
SOFTNESS = {"b": 0.02, "mean": 0.02, "sd": 0.02, "vif": 0.05, "adj_r2": 0.2, "cons": 0.2, "t": 1.0}
UNIT = {"adj_r2": 0.35}
"""Unit of a miss as a multiple of half a digit: an R² hangs on all cells and would come last."""
SOFT_ERROR = 1.5
ERROR_UNIT = 0.02
"""Misses of an error are counted in this share of it."""
CRITICAL = (1e-9, 1.6458, 1.9614, 2.5787, np.inf)
"""Critical values of t at 10, 5 and 1 %, between which stars change."""
LEAST_T, NEAR = 2.1, 0.015
"""Least |t| of a stated interaction, and how near the drawn one."""
CLEAR, BARELY, APART = 0.0015, 0.023, 0.0022
"""The smallest p is below the first, the largest above the second, and no three lie together."""
CHANGE = (-0.0035, 0.022)
"""Yearly change of the mean score, as ln(1+score)."""
FIRST_MEAN, LAST_MEAN = (0.216, 0.236), (0.314, 0.342)
"""Means that the printed classes of the first and last year allow."""
MARGIN = 1.01
"""How far t shall stay from a critical value."""
UNREACHABLE = frozenset(
    {
        ("table7.col4", "adj_r2", ""),  # one regressor with t = 2 cannot add so much
        ("table5.col3", "adj_r2", ""),  # these two ask for waves in the year means
        ("table5.col4", "adj_r2", ""),
        ("table5.col3", "cons", ""),  # contradicts the printed means and slopes
        ("table5.col3", "se", "UR"),  # contradicts column 1
    }
)
ABOUT = 1.15
"""Printed F statistics are aimed at within this factor: the paper does not say which errors they rest on."""
LOOSE_CONSTANTS, AT_MOST = frozenset({"table7.col1", "table7.col2", "table8.east"}), 5.3
"""Columns in which the error of the constant would be more than so many times the printed one."""
NOT_AIMED_AT = frozenset({("table6.col2", "se", "RDE")})


@dataclass(frozen=True, slots=True)
class Errors:
    """Whether standard errors are aimed at, and how near."""

    wanted: bool
    reach: float | None = None
    """As a share of the printed one; its digits where None."""


@dataclass(frozen=True, slots=True)
class Target:
    """A figure that shall lie in [low, high]; outside, its miss is counted in `unit`."""

    model: str
    """Key of a regression, or `describe`, `vif` or `means`."""
    kind: str
    """b, se, t, adj_r2, cons, cons_se, f; mean, sd; vif; change, level (of the score in a year)."""
    name: str
    """Regressor, variable or position of a year; empty for a figure of the whole regression."""
    low: float
    high: float
    unit: float
    softness: float


def _interval(key: str, kind: str, name: str, number: Any) -> Target:
    f = figure(number)
    reach = INSIDE * f.half
    low, high = f.value - reach, f.value + reach
    return Target(key, kind, name, low, high, f.half * UNIT.get(kind, 1.0), SOFTNESS[kind])


def _error(key: str, name: str, row: Mapping[str, Any], reach: float | None) -> Target:
    """Ask for the printed error, within a share of it or its digits, and for the printed stars."""
    f = figure(row["se"])
    half = INSIDE * f.half if reach is None else max(reach * f.value, INSIDE * f.half)
    low, high = f.value - half, f.value + half
    t, b = CRITICAL[row["stars"] : row["stars"] + 2], figure(row["b"])
    for about in (INSIDE * b.half, 0.0):  # wherever the slope comes to lie, if that can be
        least = MARGIN * (abs(b.value) + about) / t[1]
        most = max(abs(b.value) - about, 0.0) / t[0] / MARGIN
        if max(low, least) <= min(high, most):
            low, high = max(low, least), min(high, most)
            break
    return Target(key, "se", name, low, high, ERROR_UNIT * f.value, SOFT_ERROR)


def _vif(name: str, vif: Any, tolerance: Any) -> Target:
    """Ask for a VIF that rounds to the printed one, and its inverse to the printed inverse."""
    f, inverse = figure(vif), figure(tolerance)
    low = max(f.value - f.half, 1 / (inverse.value + inverse.half))
    high = min(f.value + f.half, 1 / (inverse.value - inverse.half))
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    reach = INSIDE * half
    return Target("vif", "vif", name, middle - reach, middle + reach, half, SOFTNESS["vif"])


def _table(model: Model, column: Mapping[str, Any], errors: Errors) -> list[Target]:
    names = [n for n in model.regressors if n in column]
    found = [_interval(model.key, "b", n, column[n]["b"]) for n in names]
    found.append(_interval(model.key, "adj_r2", "", column["adj_r2"]))
    found.append(_interval(model.key, "cons", "", column["_cons"]["b"]))
    if errors.wanted:
        found += [_error(model.key, n, column[n], errors.reach) for n in names]
        found += _rough(model.key, column)
    return [t for t in found if (t.model, t.kind, t.name) not in UNREACHABLE | NOT_AIMED_AT]


def _rough(key: str, column: Mapping[str, Any]) -> list[Target]:
    """Keep the F statistic and the error of a constant in the order of what is printed."""
    found = []
    if "F" in column:
        f = float(column["F"]["value"] if isinstance(column["F"], Mapping) else column["F"])
        found.append(Target(key, "f", "", f / ABOUT, f * ABOUT, ERROR_UNIT * f, SOFT_ERROR))
    if key in LOOSE_CONSTANTS:
        error = float(column["_cons"]["se"])
        unit = ERROR_UNIT * error * AT_MOST
        found.append(Target(key, "cons_se", "", 0.0, AT_MOST * error, unit, SOFT_ERROR))
    return found


def _signs(model: Model, stated: Mapping[str, str], strength: Mapping[str, float]) -> list[Target]:
    """Stated paths have their sign and the drawn |t|, the others are not significant at 10 %."""
    found = []
    for name in (n for n in model.regressors if "*" in n):
        cause = name.partition("*")[0]
        path = f"{cause} -> {model.outcome}"
        if path in stated:
            t = strength[f"{name}:{model.outcome}"] * {"+": 1, "-": -1}[stated[path]]
            low, high = t - NEAR, t + NEAR
        else:
            low, high = -1.4, 1.4
        found.append(Target(model.key, "t", name, low, high, 0.03, SOFTNESS["t"]))
    return found


def draw_strengths(rng: np.random.Generator, printed: Mapping[str, Any]) -> dict[str, float]:
    """Draw |t| of the stated interactions: evidence is uneven, from clear to just enough."""
    names = [
        f"{name}:{model.outcome}"
        for model in models()
        if model.key.startswith("moderation")
        for name in (n for n in model.regressors if "*" in n)
        if f"{name.partition('*')[0]} -> {model.outcome}"
        in printed["moderation"][model.key.split(".")[1]]
    ]
    while True:
        t = LEAST_T + rng.exponential(1.1, len(names))
        p = np.sort(2 * norm.sf(t))
        if p[0] < CLEAR and p[-1] > BARELY and (p[2:] - p[:-2]).min() > APART:
            return dict(zip(names, t.tolist(), strict=True))


def _means() -> list[Target]:
    """Keep the mean score from jumping, and its ends where the printed classes are at ease."""
    found = [
        Target("means", "change", str(t), *CHANGE, 7e-4, SOFTNESS["mean"])
        for t in range(N_YEARS - 1)
    ]
    ends = ((0, FIRST_MEAN), (N_YEARS - 1, LAST_MEAN))
    return found + [Target("means", "level", str(t), *r, 7e-4, SOFTNESS["mean"]) for t, r in ends]


def _column(printed: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table, _, column = key.partition(".")
    found: Mapping[str, object] = printed[table][column]
    return found


def targets(
    printed: Mapping[str, Any], *, errors: Errors, strength: Mapping[str, float]
) -> tuple[Target, ...]:
    """List all targets; `strength` has the |t| of the stated interactions, none where empty."""
    found: list[Target] = _means()
    for name, (mean, sd, _, _) in printed["table2"].items():
        found += [_interval("describe", "mean", name, mean), _interval("describe", "sd", name, sd)]
    found += [_vif(name, *value) for name, value in printed["table4"].items() if name != "mean"]
    for model in models():
        if model.key.startswith("moderation"):
            stated = printed["moderation"][model.key.split(".")[1]]
            found += _signs(model, stated, strength) if strength else []
        else:
            found += _table(model, _column(printed, model.key), errors)
    return tuple(found)
