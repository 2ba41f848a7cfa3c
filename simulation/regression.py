"""The figures of a regression with fixed effects on a balanced panel, and their gradients.

The design X and outcome y are free of their effects: X̃, ỹ. With G = (X̃'X̃)⁻¹, b = G X̃'ỹ and
e = ỹ - X̃b, the change of a figure f is given as (∂f/∂X, ∂f/∂y) over the raw cells: taking out
effects is a projection, and what it leaves unchanged needs no second one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulation.models import FIRST, Model, column

Array = npt.NDArray[np.float64]
Gradient = tuple[Array, Array]
"""Over the design, shape (rows, regressors), and over the outcome, shape (rows,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A fitted model; arrays by row (city-major), regressors along the second axis."""

    model: Model
    cities: npt.NDArray[np.int64]
    raw_x: Array
    raw_y: Array
    x: Array
    gram: Array
    b: Array
    e: Array
    df: int

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.raw_y)

    @property
    def n_years(self) -> int:
        """Number of years."""
        return self.n // len(self.cities)


def without_effects(values: Array, n_cities: int, *, two_way: bool) -> Array:
    """Take out city effects, and year effects if `two_way`; rows lie along the first axis."""
    block = values.reshape(n_cities, -1, *values.shape[1:])
    free = block - block.mean(axis=1, keepdims=True)
    if two_way:
        free = free - free.mean(axis=0, keepdims=True)
    return np.asarray(free.reshape(values.shape))


def fit(model: Model, values: Mapping[str, Array], groups: Mapping[str, Array]) -> Fitted:
    """Fit a model to variables of shape (cities, years)."""
    cities = np.flatnonzero(groups[model.group])
    start, stop = model.first - FIRST, model.last - FIRST + 1
    late, early = slice(start + model.lag, stop), slice(start, stop - model.lag)
    y = values[model.outcome][cities, late].reshape(-1)
    columns = [column(values, name)[cities, early].reshape(-1) for name in model.regressors]
    raw = np.stack(columns, axis=1)
    x = without_effects(raw, len(cities), two_way=model.two_way)
    free = without_effects(y, len(cities), two_way=model.two_way)
    gram = np.asarray(np.linalg.inv(x.T @ x), dtype=np.float64)
    b = gram @ (x.T @ free)
    n_years = len(y) // len(cities)
    absorbed = len(cities) + (n_years - 1 if model.two_way else 0)
    df = len(y) - x.shape[1] - absorbed
    return Fitted(model, cities, raw, y, x, gram, b, free - x @ b, df)


def slope(f: Fitted, k: int) -> Gradient:
    """Give the gradient of one slope: dX = e g' - h b', dy = h with h = X̃ g."""
    g = f.gram[:, k]
    h = f.x @ g
    return np.outer(f.e, g) - np.outer(h, f.b), h


def adjusted_r2(f: Fitted) -> float:
    """Return 1 - [RSS/df] / [TSS/(N-1)]."""
    total = float(((f.raw_y - f.raw_y.mean()) ** 2).sum())
    return 1.0 - float(f.e @ f.e) / f.df * (f.n - 1) / total


def adjusted_r2_gradient(f: Fitted) -> Gradient:
    """Give the gradient of the adjusted R²; that of RSS is (-2 e b', 2 e)."""
    deviation = f.raw_y - f.raw_y.mean()
    total, rss = float(deviation @ deviation), float(f.e @ f.e)
    factor = -(f.n - 1) / f.df / total
    dy = factor * (2 * f.e) - factor * rss / total * 2 * deviation
    return factor * -2 * np.outer(f.e, f.b), dy


def constant(f: Fitted) -> float:
    """Return ȳ - x̄'b."""
    return float(f.raw_y.mean() - f.raw_x.mean(axis=0) @ f.b)


def constant_gradient(f: Fitted) -> Gradient:
    """Give the gradient of ȳ - x̄'b over the raw cells (means are over raw cells)."""
    means = f.raw_x.mean(axis=0)
    g = f.gram @ means
    h = f.x @ g
    dx = -(np.outer(f.e, g) - np.outer(h, f.b)) - f.b[None, :] / f.n
    return dx, 1.0 / f.n - h


def hc1_error(f: Fitted, k: int) -> float:
    """Return the HC1 standard error of a slope, factor N/(N-k-absorbed)."""
    return float(np.sqrt(_spread(f, f.gram[:, k])))


def _spread(f: Fitted, g: Array, shift: float = 0.0) -> float:
    """Return c Σ e²(h - shift)² with h = X̃g: the HC1 variance of a sum of slopes."""
    return float(f.n / f.df * ((f.e * (f.x @ g - shift)) ** 2).sum())


def hc1_error_gradient(f: Fitted, k: int) -> Gradient:
    """Give the gradient of an HC1 error."""
    g = f.gram[:, k]
    half = 0.5 / np.sqrt(_spread(f, g))
    dx, dy, _ = _spread_gradient(f, g)
    return half * dx, half * dy


def _spread_gradient(f: Fitted, g: Array, shift: float = 0.0) -> tuple[Array, Array, Array]:
    """Give the gradient of c Σ e²(h - shift)², h = X̃g, g = Gv, through e, h and b; and over v."""
    h, c = f.x @ g, f.n / f.df
    a = h - shift
    r = _free(f, 2 * c * f.e**2 * a)
    s = _free(f, 2 * c * f.e * a**2)
    w = f.gram @ (f.x.T @ r)
    q = f.gram @ (f.x.T @ s)
    xw, xq = f.x @ w, f.x @ q
    dx = np.outer(r, g) - np.outer(h, w) - np.outer(xw, g)
    dx += -np.outer(s, f.b) - np.outer(f.e, q) + np.outer(xq, f.b)
    return dx, s - xq, w


def constant_error(f: Fitted) -> float:
    """Return the HC1 error of ȳ - x̄'b, whose rows weigh 1/n - X̃Gx̄."""
    return float(np.sqrt(_spread(f, f.gram @ f.raw_x.mean(axis=0), 1 / f.n)))


def constant_error_gradient(f: Fitted) -> Gradient:
    """Give its gradient; the means of the regressors move, too."""
    g = f.gram @ f.raw_x.mean(axis=0)
    half = 0.5 / np.sqrt(_spread(f, g, 1 / f.n))
    dx, dy, dv = _spread_gradient(f, g, 1 / f.n)
    return half * (dx + dv / f.n), half * dy


def joint_f(f: Fitted) -> float:
    """Return the Wald statistic b'V⁻¹b of all slopes, HC1, over their number."""
    return float(f.b @ _solved(f)) / len(f.b)


def _solved(f: Fitted) -> Array:
    """Return V⁻¹b."""
    scores = (f.x @ f.gram) * f.e[:, None]
    return np.asarray(np.linalg.solve(f.n / f.df * scores.T @ scores, f.b))


def joint_f_gradient(f: Fitted) -> Gradient:
    """Give its gradient: with u = V⁻¹b, that of 2u'b less that of u'Vu, u held."""
    g = f.gram @ _solved(f)
    h = f.x @ g
    dx, dy, _ = _spread_gradient(f, g)
    k = len(f.b)
    return (2 * (np.outer(f.e, g) - np.outer(h, f.b)) - dx) / k, (2 * h - dy) / k


def _free(f: Fitted, values: Array) -> Array:
    return without_effects(values, len(f.cities), two_way=f.model.two_way)


def t_gradient(f: Fitted, k: int) -> Gradient:
    """Give the gradient of b / HC1 error."""
    error = hc1_error(f, k)
    (bx, by), (sx, sy) = slope(f, k), hc1_error_gradient(f, k)
    ratio = f.b[k] / error**2
    return bx / error - ratio * sx, by / error - ratio * sy
