"""Values and gradients of all targets over the free cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulation import regression as reg
from simulation.cells import (
    N_YEARS,
    VARIABLES,
    Array,
    Cells,
    Robots,
    pull_back,
)
from simulation.models import FIRST, Model, models
from simulation.printed import CONTROLS, FACTORS
from simulation.targets import Target

MODELS: Mapping[str, Model] = {m.key: m for m in models()}
Value = Callable[[reg.Fitted], float]
Slope = Callable[[reg.Fitted], reg.Gradient]
WHOLE: Mapping[str, tuple[Value, Slope]] = {
    "adj_r2": (reg.adjusted_r2, reg.adjusted_r2_gradient),
    "cons": (reg.constant, reg.constant_gradient),
    "cons_se": (reg.constant_error, reg.constant_error_gradient),
    "f": (reg.joint_f, reg.joint_f_gradient),
}
"""Figures of a whole regression, and their gradients."""
EXPLAINED = (*FACTORS, *CONTROLS)


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What stays fixed while cells move."""

    robots: Robots
    groups: Mapping[str, Array]
    """Which cities belong to a group, 0 or 1 per city; `all` is one of them."""
    targets: tuple[Target, ...]


def measure(cells: Cells, setting: Setting) -> Array:
    """Return the value of each target."""
    values = cells.values(setting.robots)
    fitted = _fit_all(values, setting)
    inflation = _inflation(values)[0]
    return np.array([_value(t, values, fitted, inflation) for t in setting.targets])


def _fit_all(values: Mapping[str, Array], setting: Setting) -> dict[str, reg.Fitted]:
    wanted = {t.model for t in setting.targets} & MODELS.keys()
    return {key: reg.fit(MODELS[key], values, setting.groups) for key in sorted(wanted)}


def _value(
    t: Target, values: Mapping[str, Array], fitted: Mapping[str, reg.Fitted], inflation: Array
) -> float:
    if t.model == "describe":
        return float(values[t.name].mean() if t.kind == "mean" else values[t.name].std(ddof=1))
    if t.model == "vif":
        return float(inflation[EXPLAINED.index(t.name)])
    if t.model == "means":
        means = values["GTFP"].mean(axis=0)
        return float(_year(t) @ means)
    f = fitted[t.model]
    if t.kind in WHOLE:
        return WHOLE[t.kind][0](f)
    k = f.model.regressors.index(t.name)
    if t.kind == "b":
        return float(f.b[k])
    error = reg.hc1_error(f, k)
    return error if t.kind == "se" else float(f.b[k]) / error


def _inflation(values: Mapping[str, Array]) -> tuple[Array, Array, Array, Array]:
    """Return VIFs, centred design, its cross products and their inverse."""
    x = np.stack([values[name].reshape(-1) for name in EXPLAINED], axis=1)
    x = x - x.mean(axis=0)
    cross = x.T @ x
    inverse = np.linalg.inv(cross)
    return np.diag(cross) * np.diag(inverse), x, cross, inverse


def jacobian(cells: Cells, setting: Setting) -> list[Array]:
    """Return the gradient of each target over each block of cells, first axis the targets."""
    values = cells.values(setting.robots)
    n, shape = len(setting.targets), values["GTFP"].shape
    gradient = {name: np.zeros((n, *shape)) for name in VARIABLES}
    fitted = _fit_all(values, setting)
    inflation = _inflation(values)
    for row, t in enumerate(setting.targets):
        if t.model == "describe":
            gradient[t.name][row] = _moment(t, values[t.name])
        elif t.model == "means":
            gradient["GTFP"][row] = _year(t) / shape[0]
        elif t.model == "vif":
            _add_inflation(gradient, row, t.name, inflation, shape)
        else:
            f = fitted[t.model]
            _add_regression(gradient, row, f, values, _gradient(t, f))
    return pull_back(gradient, cells, setting.robots)


def _year(t: Target) -> Array:
    """Return the weights of the year means in a change or a level."""
    found, year = np.zeros(N_YEARS), int(t.name)
    if t.kind == "change":
        found[year], found[year + 1] = -1.0, 1.0
    else:
        found[year] = 1.0
    return found


def _moment(t: Target, x: Array) -> Array:
    if t.kind == "mean":
        return np.full(x.shape, 1.0 / x.size)
    return np.asarray((x - x.mean()) / ((x.size - 1) * x.std(ddof=1)))


def _add_inflation(
    gradient: Mapping[str, Array],
    row: int,
    name: str,
    inflation: tuple[Array, Array, Array, Array],
    shape: tuple[int, ...],
) -> None:
    _, x, cross, inverse = inflation
    j = EXPLAINED.index(name)
    dx = -2 * cross[j, j] * np.outer(x @ inverse[:, j], inverse[:, j])
    dx[:, j] += 2 * inverse[j, j] * x[:, j]
    for k, other in enumerate(EXPLAINED):
        gradient[other][row] += dx[:, k].reshape(shape)


def _gradient(t: Target, f: reg.Fitted) -> reg.Gradient:
    if t.kind in WHOLE:
        return WHOLE[t.kind][1](f)
    k = f.model.regressors.index(t.name)
    rules = {"b": reg.slope, "se": reg.hc1_error_gradient, "t": reg.t_gradient}
    return rules[t.kind](f, k)


def _add_regression(
    gradient: Mapping[str, Array],
    row: int,
    f: reg.Fitted,
    values: Mapping[str, Array],
    change: reg.Gradient,
) -> None:
    m = f.model
    start, stop = m.first - FIRST, m.last - FIRST + 1
    late, early = slice(start + m.lag, stop), slice(start, stop - m.lag)
    dx, dy = change
    _put(gradient[m.outcome][row], f.cities, late, dy)
    for k, name in enumerate(m.regressors):
        left, _, right = name.partition("*")
        if not right:
            _put(gradient[name][row], f.cities, early, dx[:, k])
            continue
        whole = np.zeros((values[left].shape[0], N_YEARS))
        _put(whole, f.cities, early, dx[:, k])
        gradient[left][row] += whole * values[right]
        gradient[right][row] += whole * values[left]


def _put(into: Array, cities: np.typing.NDArray[np.int64], years: slice, values: Array) -> None:
    into[cities, years] += values.reshape(len(cities), -1)


def misses(values: Array, targets: Sequence[Target]) -> Array:
    """Return how far each value lies outside its interval, in units of the target."""
    low = np.array([t.low for t in targets])
    high = np.array([t.high for t in targets])
    unit = np.array([t.unit for t in targets])
    outside: Array = np.where(values < low, values - low, np.where(values > high, values - high, 0))
    return np.asarray(outside / unit)
