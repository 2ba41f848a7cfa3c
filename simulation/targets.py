"""The figures that the simulated cells have to give, each as an interval and a unit of miss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.models import Model, models
from simulation.printed import figure

INSIDE = 0.8
"""Share of the rounding interval that counts as reached."""
SOFTNESS = {"b": 0.02, "mean": 0.02, "sd": 0.02, "vif": 0.05, "adj_r2": 0.2, "cons": 0.2, "t": 1.0}
SOFT_ERROR = 1.5
ERROR_UNIT = 0.02
"""Misses of an error are counted in this share of it."""
CRITICAL = (1e-9, 1.6458, 1.9614, 2.5787, np.inf)
"""Critical values of t at 10, 5 and 1 %, between which stars change."""
MARGIN = 1.01
"""How far t shall stay from a critical value."""
UNREACHABLE = frozenset(
    {
        ("table7.col4", "adj_r2", ""),  # one regressor with t = 2 cannot add so much
        ("table5.col3", "cons", ""),  # contradicts the printed means and slopes
        ("table5.col3", "se", "UR"),  # contradicts column 1
    }
)
NOT_AIMED_AT = frozenset({("table6.col2", "se", "RDE")})


@dataclass(frozen=True, slots=True)
class Target:
    """A figure that shall lie in [low, high]; outside, its miss is counted in `unit`."""

    model: str
    """Key of a regression, or `describe` or `vif`."""
    kind: str
    """b, se, t, adj_r2, cons; mean, sd; vif."""
    name: str
    """Regressor or variable; empty for a figure of the whole regression."""
    low: float
    high: float
    unit: float
    softness: float


def _interval(key: str, kind: str, name: str, number: Any) -> Target:
    f = figure(number)
    reach = INSIDE * f.half
    low, high = f.value - reach, f.value + reach
    return Target(key, kind, name, low, high, f.half, SOFTNESS[kind])


def _error(key: str, name: str, row: Mapping[str, Any]) -> Target:
    """Ask for the printed error and, where its digits allow it, for the printed stars."""
    f = figure(row["se"])
    low, high = f.value - INSIDE * f.half, f.value + INSIDE * f.half
    t = CRITICAL[row["stars"] : row["stars"] + 2]
    b = abs(figure(row["b"]).value)
    starred = max(low, MARGIN * b / t[1]), min(high, b / t[0] / MARGIN)
    if starred[0] <= starred[1]:
        low, high = starred
    return Target(key, "se", name, low, high, ERROR_UNIT * f.value, SOFT_ERROR)


def _vif(name: str, vif: Any, tolerance: Any) -> Target:
    """Ask for a VIF that rounds to the printed one, and its inverse to the printed inverse."""
    f, inverse = figure(vif), figure(tolerance)
    reach, other = INSIDE * f.half, INSIDE * inverse.half
    low = max(f.value - reach, 1 / (inverse.value + other))
    high = min(f.value + reach, 1 / (inverse.value - other))
    return Target("vif", "vif", name, low, high, f.half, SOFTNESS["vif"])


def _table(model: Model, column: Mapping[str, Any], *, errors: bool) -> list[Target]:
    names = [n for n in model.regressors if n in column]
    found = [_interval(model.key, "b", n, column[n]["b"]) for n in names]
    found.append(_interval(model.key, "adj_r2", "", column["adj_r2"]))
    found.append(_interval(model.key, "cons", "", column["_cons"]["b"]))
    if errors:
        found += [_error(model.key, n, column[n]) for n in names]
    return [t for t in found if (t.model, t.kind, t.name) not in UNREACHABLE | NOT_AIMED_AT]


def _signs(model: Model, stated: Mapping[str, str]) -> list[Target]:
    """Stated paths are significant with their sign, the others are not at 10 %."""
    found = []
    for name in (n for n in model.regressors if "*" in n):
        cause = name.partition("*")[0]
        sign = stated.get(f"{cause} -> {model.outcome}")
        low, high = {"+": (2.3, 60.0), "-": (-60.0, -2.3), None: (-1.4, 1.4)}[sign]
        found.append(Target(model.key, "t", name, low, high, 0.1, SOFTNESS["t"]))
    return found


def _column(printed: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table, _, column = key.partition(".")
    found: Mapping[str, Any] = printed[table][column]
    return found


def targets(printed: Mapping[str, Any], *, errors: bool, signs: bool = True) -> tuple[Target, ...]:
    """List all targets; `errors` adds the standard errors, `signs` those of Figure 3."""
    found: list[Target] = []
    for name, (mean, sd, _, _) in printed["table2"].items():
        found += [_interval("describe", "mean", name, mean), _interval("describe", "sd", name, sd)]
    found += [_vif(name, *value) for name, value in printed["table4"].items() if name != "mean"]
    for model in models():
        if model.key.startswith("moderation"):
            moderator = model.key.split(".")[1]
            found += _signs(model, printed["moderation"][moderator]) if signs else []
        else:
            found += _table(model, _column(printed, model.key), errors=errors)
    return tuple(found)
