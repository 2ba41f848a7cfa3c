"""Start of all variables: city parts, designed year means and smooth noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from simulation.bounds import bounded_shares
from simulation.cells import N_FREE, N_YEARS, PLAIN, Array, Cells
from simulation.design import CLIMB, NAMES, Means, Within, climbing, design
from simulation.economy import invested
from simulation.models import MEDIATORS
from simulation.places import Place, residents_of, standard, wealth_of
from simulation.printed import FACTORS
from simulation.regression import without_effects
from simulation.scores import Scores, with_means
from simulation.shapes import (
    CALM,
    ERROR_OF,
    FINANCE_BETWEEN,
    FINANCE_MEANS,
    FINANCE_WITHIN,
    MANUFACTURING,
    SHAPES,
    SHARES,
    correlation,
    moments,
    robots,
)
from simulation.smooth import autoregressive, bump, drawn, gaussian


def _free(values: Array) -> Array:
    found = values - values.mean(axis=1, keepdims=True)
    return np.asarray(found - found.mean(axis=0))


def _noise(rng: np.random.Generator, name: str, n_cities: int) -> Array:
    """Draw noise of standard deviation 1 without city and year parts."""
    n = N_YEARS - 3 if name == "DFII" else N_YEARS
    found = drawn(rng, n_cities, correlation(name, n))
    if name == "DFII":
        found = np.concatenate([np.repeat(found[:, :1], 3, axis=1), found], axis=1)
    found = _free(found)
    return np.asarray(found / found.std())


def _city_part(rng: np.random.Generator, name: str, size: Array, wealth: Array) -> Array:
    shape = SHAPES[name]
    own = np.sqrt(max(1 - shape.size**2 - shape.wealth**2, 0.05))
    city = shape.size * size + shape.wealth * wealth + own * rng.normal(size=len(size))
    return np.asarray((city - city.mean()) / city.std())


def _rise(name: str) -> Array:
    if name == "DFII":
        return np.concatenate([np.full(3, FINANCE_MEANS[0]), FINANCE_MEANS])
    shape = SHAPES[name]
    step = np.linspace(0, 1, N_YEARS)
    year = shape.rise * ((1 - shape.late) * step + shape.late * climbing(*CLIMB))
    year = year + shape.hump * np.cos(2 * np.pi * (step - 0.5))
    return np.asarray(year - year.mean())


def _scaled(noises: Mapping[str, Array], exposure: Array, printed: Mapping[str, Any]) -> Array:
    """Scale noises so that errors of column 1 are as printed; return the cross products."""
    column, table2 = printed["table5"]["col1"], printed["table2"]
    variance = float(table2["GTFP"][1]) ** 2
    n = exposure.size
    rss = (1 - float(column["adj_r2"])) * 1702 / (n - 1) * variance * (n - 1)
    scale = {name: noises[name].std() for name in noises}
    for _ in range(40):
        parts = [exposure if k == "IRD" else noises[k] / noises[k].std() * scale[k] for k in NAMES]
        x = np.stack([p.ravel() for p in parts], axis=1)
        cross = x.T @ x
        errors = np.sqrt(rss / 1702 * np.diag(np.linalg.inv(cross)))
        for k, error in zip(NAMES, errors, strict=True):
            if k != "IRD":
                scale[k] *= error / ERROR_OF.get(k, CALM * float(column[k]["se"]))
    for k in noises:
        noises[k][:] *= scale[k] / noises[k].std()
    return np.asarray(cross)


def start_cells(
    rng: np.random.Generator,
    scores: Scores,
    printed: Mapping[str, Any],
    places: Sequence[Place],
) -> tuple[Cells, Means]:
    """Draw the cells to start from; year means are designed for the columns without year effects."""
    n, table2 = len(scores.start), printed["table2"]
    size, wealth = standard(residents_of(places)), wealth_of(places)
    shares = rng.dirichlet(6 * np.array(SHARES), n)[:, :N_FREE]
    shares[:, MANUFACTURING] *= np.exp(0.25 * wealth)
    shares *= np.minimum(1, 0.93 / shares.sum(axis=1, keepdims=True))
    shares = bounded_shares(shares, float(table2["IRD"][3]))[0]
    exposure = robots().exposure(shares)
    ird = np.log1p(exposure)
    city = {k: _city_part(rng, k, size, wealth) for k in SHAPES}
    city["FI"] = standard(invested(places, np.expm1(scores.start)) + 0.1 * city["FI"])
    noises = {k: _noise(rng, k, n) for k in NAMES if k != "IRD"}
    cross = _scaled(noises, _free(ird), printed)
    rss = (1 - float(printed["table5"]["col1"]["adj_r2"])) * 1702 / 1839
    rss *= 1839 * float(table2["GTFP"][1]) ** 2
    drawn_means = {k: _rise(k) + (0.0 if k == "DFII" else float(table2[k][0])) for k in noises}
    drawn_means["IRD"] = ird.mean(axis=0)
    spread = {k: SHAPES[k].within if k in SHAPES else FINANCE_WITHIN for k in NAMES}
    means = design(drawn_means, spread, Within(cross, rss, n), printed)
    plain = {}
    for k, shape in SHAPES.items():
        mean, sd, low, high = moments(k, table2)
        noise = noises[k] if k in noises else shape.within * _noise(rng, k, n)
        year = means.regressors[k] if k in noises else mean + _rise(k)
        between = np.sqrt(max(sd**2 - year.var() - noise.var(), 0.05 * sd**2))
        plain[k] = _inside(between * city[k][:, None] + year + noise, low, high, k)
    digital = means.regressors["DFII"] + noises["DFII"]
    for k in MEDIATORS:
        plain[k] = _mediator(k, plain, ird, digital, printed, city[k])
    plain["GTFP"] = with_means(scores.start, means.score)
    wild = autoregressive(rng, exposure.shape, 0.6)
    smooth = drawn(rng, n, gaussian(N_YEARS, 3.0)) + 0.2 * wild
    plain["IRDent"] = np.log1p(0.6 * exposure) + 0.12 * smooth * np.linspace(0.3, 1, N_YEARS)
    finance = means.regressors["DFII"][3:] + FINANCE_BETWEEN * rng.normal(size=(n, 1))
    finance = finance + noises["DFII"][:, 3:]
    ordered = {name: plain[name] for name in PLAIN}
    return Cells(ordered, finance, shares, np.log([1.6, 0.09, 1.0, 0.05, 0.2, 0.35])), means


def _mediator(
    name: str,
    plain: Mapping[str, Array],
    ird: Array,
    finance: Array,
    printed: Mapping[str, Any],
    city: Array,
) -> Array:
    """Give a mediator its printed slopes; those of the controls give its printed constant."""
    column = printed["table7"]["col1" if name == "NEPP" else "col2"]
    mean, sd, low, high = moments(name, printed["table2"])
    x = {**{k: plain[k] for k in NAMES if k in plain}, "IRD": ird, "DFII": finance}
    b = {k: float(column[k]["b"]) for k in FACTORS}
    left = mean - float(column["_cons"]["b"]) - sum(b[k] * x[k].mean() for k in FACTORS)
    for k, share in (("FI", 0.55), ("UR", 0.3), ("DFII", 0.15)):
        b[k] = share * left / x[k].mean()
    within = sum(b[k] * _free(x[k]) for k in b)
    rss = (1 - float(column["adj_r2"])) * 1702 / 1839 * sd**2
    noise = _free(plain[name])
    flat = np.stack([_free(x[k]).ravel() for k in b], axis=1)
    noise = noise - (flat @ np.linalg.lstsq(flat, noise.ravel(), rcond=None)[0]).reshape(
        noise.shape
    )
    noise *= np.sqrt(rss / noise.var())
    year = _rise(name)
    between = np.sqrt(max(sd**2 - year.var() - (within + noise).var(), 0.05 * sd**2))
    return _inside(mean + between * city[:, None] + year + within + noise, low, high, name)


ZEROS = ("FDI", "EPPCN")
"""Variables of which many rows are 0."""


def _inside(values: Array, low: float, high: float, name: str) -> Array:
    """Bend values that come near a bound away from it; where zeros are usual, cut there."""
    if name in ZEROS:
        return np.asarray(np.clip(values, low, high))
    reach = 0.12 * (high - low)
    up = high - reach
    down = low + reach
    found = np.where(values > up, up + 0.95 * reach * np.tanh((values - up) / reach), values)
    return np.asarray(
        np.where(found < down, down - 0.95 * reach * np.tanh((down - found) / reach), found)
    )


def corrected(
    cells: Cells, scores: Scores, printed: Mapping[str, Any], *, rounds: int = 6
) -> Cells:
    """Give the score the printed slopes and residual variance of column 1 in closed form.

    y ← y + X̃(b - b̂) + (κ - 1) ê; where that leaves the bounds of a cell, a hump brings it back.
    """
    column = printed["table5"]["col1"]
    values = cells.values(robots())
    n, years = values["GTFP"].shape
    x = np.stack([values[k].ravel() for k in NAMES], axis=1)
    x = without_effects(x, n, two_way=True)
    wanted = np.array([float(column[k]["b"]) for k in NAMES])
    y = values["GTFP"].copy()
    for _ in range(rounds):
        free = without_effects(y.ravel(), n, two_way=True)
        b = np.linalg.lstsq(x, free, rcond=None)[0]
        e = free - x @ b
        total = ((y - y.mean()) ** 2).sum()
        rss = (1 - float(column["adj_r2"])) * 1702 / 1839 * total
        kappa = np.sqrt(rss / (e @ e))
        y = y + (x @ (wanted - b) + (kappa - 1) * e).reshape(n, years)
        y = brought_back(y, scores.low, scores.high)
    return replace(cells, plain={**cells.plain, "GTFP": y})


def brought_back(y: Array, low: Array, high: Array, width: float = 2.0) -> Array:
    """Add humps until each cell lies inside its bounds, with a little room."""
    found = y.copy()
    n = y.shape[1]
    room = np.minimum(0.03 * (high - low), 0.01)
    for _ in range(60):
        below, above = low + room - found, found - (high - room)
        out = np.where(below > 0, below, np.where(above > 0, -above, 0.0))
        cities = np.flatnonzero(np.abs(out).max(axis=1) > 1e-12)
        if not len(cities):
            break
        for c in cities:
            t = int(np.abs(out[c]).argmax())
            found[c] += out[c, t] * bump(n, t, width if high[c, t] > low[c, t] else 1.2)
    return inside(found, low, high)


def inside(y: Array, low: Array, high: Array) -> Array:
    """Bend scores that come near a bound or pass it back between the bounds, without ties."""
    room = np.maximum(np.minimum(0.03 * (high - low), 0.01), 1e-12)
    floor, roof = low + room, high - room
    up = floor - room * (1 - np.exp(np.minimum(y - floor, 0) / room))
    down = roof + room * (1 - np.exp(np.minimum(roof - y, 0) / room))
    return np.asarray(np.where(y < floor, up, np.where(y > roof, down, y)))
