"""How each variable varies: among cities, over the years, and how smoothly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.cells import INDUSTRIES, N_YEARS, PLAIN, Array, Robots
from simulation.fit import Metric
from simulation.models import YEARS
from simulation.smooth import blend

MANUFACTURING = INDUSTRIES.index("manufacturing")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a variable varies, as ln(1+x)."""

    within: float
    """Standard deviation once city and year parts are out."""
    rise: float
    """Last year's mean less the first year's."""
    size: float = 0.0
    """Correlation of the city part with the size of the city."""
    wealth: float = 0.0
    """Correlation of the city part with its wealth."""
    mean: float = 0.0
    """Mean and SD, where Table 2 does not print them."""
    sd: float = 0.0
    years: float = 3.0
    """Over how many years its noise bends."""
    rough: float = 0.2
    """Share of the noise that is autoregressive."""
    late: float = 0.0
    """Share of the rise that comes with that of the mean score."""
    hump: float = 0.0
    """How far the middle years lie above the first and last."""


SHAPES = {
    "HEE": Shape(0.26, 0.35, size=0.85, wealth=0.2, years=5.0, rough=0.05),
    "PGPP": Shape(0.24, 1.7, wealth=0.7, late=0.5),
    "FDI": Shape(0.0077, -0.004, wealth=0.3),
    "UR": Shape(0.066, 0.38, wealth=0.7, years=5.5, rough=0.01),
    "MEP": Shape(0.195, -0.5, size=-0.2, years=4.5, rough=0.05),
    "FI": Shape(0.26, 0.9, size=0.85, wealth=0.2, hump=0.2, years=3.5, rough=0.1),
    "NEPP": Shape(0.25, 0.7, wealth=0.3),
    "SEE": Shape(0.25, 2.3, size=0.4, wealth=0.5),
    "AYS": Shape(0.066, 0.16, wealth=0.5, mean=2.31, sd=0.12, years=5.0, rough=0.05),
    "RDE": Shape(1.15, 1.5, size=0.5, wealth=0.5, mean=10.9, sd=1.6, years=8.0, rough=0.01),
    "SI_LP": Shape(0.19, 0.9, wealth=0.4, mean=2.35, sd=0.5, years=4.0, rough=0.1),
    "EPPCN": Shape(1.0, 3.6, size=0.3),
    "RDER": Shape(0.2, 0.2, wealth=0.5),
}
FINANCE_MEANS = (3.66, 4.33, 4.72, 4.87, 5.06, 5.20, 5.34, 5.44, 5.52, 5.58, 5.66, 5.70, 5.74)
"""Year means of ln(1 + digital finance index), 2011-2023."""
FINANCE_WITHIN, FINANCE_BETWEEN = 0.06, 0.05
ERROR_OF = {"UR": 0.035}
"""Errors of column 1 that the noise is scaled to, where not the printed one: 0.03 may stand for
0.035, and a calmer share of urban residents is likelier."""
CALM = 1.12
"""Errors of column 1 as a multiple of the printed ones: larger errors mean calmer regressors."""
DENSITY_2008 = {"manufacturing": 1.1, "education": 0.10}
DENSITY_2020 = {
    "agriculture": 0.5,
    "mining": 4.5,
    "manufacturing": 21.0,
    "utilities": 3.5,
    "education": 1.6,
    "construction": 0.5,
}
LAST_ROBOTS = 2020
"""Later years go on by the mean yearly change since 2007."""
BEFORE = 0.75
"""Robots of 2007 as a share of those of 2008."""
SHARES = (0.06, 0.20, 0.30, 0.05, 0.21, 0.18)
MOST_CASES = 5.4
"""As ln(1+n)."""
PIN_YEARS = 2.0
"""A printed minimum or maximum is the crest of a hump of so many years on either side."""


def robots() -> Robots:
    """Return robots per 10,000 workers, 2008-2023; only two industries have any in 2008."""
    density = np.zeros((N_YEARS, len(INDUSTRIES)))
    step = np.linspace(0, 1, LAST_ROBOTS - YEARS[0] + 1)
    for j, name in enumerate(INDUSTRIES):
        last, first = DENSITY_2020[name], DENSITY_2008.get(name, 0.0)
        seen = first * (last / first) ** step**0.7 if first else last * step**1.3
        change = (last - BEFORE * first) / len(seen)
        ahead = last + change * np.arange(1, N_YEARS - len(seen) + 1)
        density[:, j] = np.concatenate([seen, ahead])
    return Robots(density)


def moments(name: str, table2: Mapping[str, Sequence[Any]]) -> tuple[float, float, float, float]:
    """Return mean, SD, smallest and largest; where they are not printed, plausible ones."""
    shape = SHAPES[name]
    if name in table2:
        mean, sd, low, high = (float(v) for v in table2[name])
        return mean, sd, low, high
    return shape.mean, shape.sd, max(0.05, shape.mean - 4.5 * shape.sd), shape.mean + 4 * shape.sd


def correlation(name: str, n: int = N_YEARS) -> Array:
    """Return how the years of a variable hang together."""
    if name == "GTFP":
        return blend(n, SCORE_YEARS, 0.01, 0.85)
    shape = SHAPES.get(name, Shape(0.1, 0.0))
    return blend(n, shape.years, shape.rough, 0.7)


SCORE_YEARS = 6.0


def metric() -> Metric:
    """Let each block move in proportion to its within variation, smoothly."""
    spread = {name: shape.within for name, shape in SHAPES.items()}
    spread |= {"GTFP": 0.08, "IRDent": 0.12, "EPPCN": 0.6, "RDE": 0.8}
    together = dict.fromkeys(("HEE", "PGPP", "FDI", "UR", "MEP", "FI"), 4.0)
    return Metric(
        spread | {"finance": FINANCE_WITHIN, "shares": 0.06, "sizes": 0.1},
        together | {"GTFP": 0.4, "finance": 4.0},
        {name: correlation(name) for name in PLAIN} | {"finance": correlation("DFII", N_YEARS - 3)},
    )
