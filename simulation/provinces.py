"""Write the simulated indicators of 31 provinces: `python -m simulation.provinces --out FOLDER`.

Nothing here is data about real provinces but their names, regions and the middles of their outlines. A level of
each province that is drawn by region rises over the years; each indicator follows it with noise of its own, so that
indicators of one index belong together and none is another one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.present.map.lines import albers
from xinzhi_panel.io.topology import arcs_of
from xinzhi_panel.places.boundaries import KEY, OBJECT, outlines
from xinzhi_panel.places.places import places
from xinzhi_panel.places.traits import region_of

Array = npt.NDArray[np.float64]
FILE = "simulated_provinces.csv"
SEED = 20260912
FIRST, LAST = 2014, 2023
LEVEL: Mapping[str, float] = MappingProxyType(
    {"East": 0.8, "Central": 0.05, "Northeast": -0.15, "West": -0.45}
)
"""Mean level of the provinces of a region in the first year, in standard deviations of the provinces within it."""
RISE, CATCHING_UP = 0.11, 0.012
"""Rise of the level a year, and how much of the distance to the mean is made up in it."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """How an indicator follows the level: middle, change for one unit of the level, own spread and noise, digits."""

    middle: float
    slope: float
    spread: float
    noise: float
    digits: int
    is_share: bool = False
    """Whether it is held between 0 and 100 by a logistic curve; else it is a multiple of the middle."""


INDICATORS: Mapping[str, Indicator] = MappingProxyType(
    {
        "schooling": Indicator(9.2, 0.075, 0.04, 0.008, 2),
        "rd_staff": Indicator(45.0, 0.55, 0.25, 0.05, 1),
        "patents": Indicator(1.6, 0.75, 0.3, 0.06, 2),
        "rd_share": Indicator(1.5, 0.32, 0.2, 0.03, 2),
        "robots": Indicator(55.0, 0.8, 0.35, 0.07, 1),
        "broadband": Indicator(24.0, 0.3, 0.12, 0.03, 1),
        "so2": Indicator(1.4, -0.7, 0.4, 0.08, 2),
        "green_cover": Indicator(-0.45, 0.1, 0.08, 0.02, 1, is_share=True),
        "treated_water": Indicator(2.0, 0.5, 0.35, 0.1, 1, is_share=True),
        "pm25": Indicator(42.0, -0.22, 0.25, 0.05, 1),
        "solid_waste": Indicator(0.5, -0.45, 0.4, 0.07, 3),
        "science_share": Indicator(-3.9, 0.42, 0.25, 0.06, 2, is_share=True),
        "openness": Indicator(-1.7, 0.75, 0.55, 0.06, 1, is_share=True),
        "urban_share": Indicator(0.35, 0.35, 0.25, 0.02, 1, is_share=True),
    }
)


def simulate(seed: int = SEED) -> pd.DataFrame:
    """Draw the provinces: a row for each province and year, in the order of their codes.

    Parameters
    ----------
    seed
        The same seed gives the same rows.
    """
    rng = np.random.default_rng(seed)
    fixed = provinces()
    n, years = len(fixed), np.arange(FIRST, LAST + 1)
    start = fixed["region"].map(LEVEL).to_numpy() + 0.45 * rng.standard_normal(n)
    steps = years - FIRST
    level = start[:, None] * (1 - CATCHING_UP) ** steps + RISE * steps
    columns = {name: _draw(one, level, rng) for name, one in INDICATORS.items()}
    columns = {**_economy(level, rng), **columns}
    long = fixed.loc[fixed.index.repeat(len(years))].reset_index(drop=True)
    long.insert(1, "year", np.tile(years, n))
    return long.assign(**{name: values.ravel() for name, values in columns.items()})


def _draw(one: Indicator, level: Array, rng: np.random.Generator) -> Array:
    """Let an indicator follow the level; what a province has of its own stays over the years."""
    own = one.spread * rng.standard_normal((len(level), 1))
    follows = one.slope * level + own + one.noise * rng.standard_normal(level.shape)
    if one.is_share:
        drawn: Array = 100 / (1 + np.exp(-(one.middle + follows)))
    else:
        drawn = one.middle * np.exp(follows)
    return drawn.round(one.digits)


def _economy(level: Array, rng: np.random.Generator) -> dict[str, Array]:
    """Draw residents (10,000), output (100 million yuan), energy (10,000 t of coal equivalent) and carbon dioxide (Mt).

    Energy per output falls as the level rises, and carbon per energy from year to year.
    """
    n, steps = len(level), np.arange(level.shape[1])
    residents = 3800 * np.exp(0.75 * rng.standard_normal((n, 1)) + 0.002 * steps)
    per_head = 4.3 * np.exp(0.4 * level + 0.03 * steps + 0.02 * rng.standard_normal(level.shape))
    gdp = residents * per_head
    intensity = 0.75 * np.exp(
        0.3 * rng.standard_normal((n, 1)) - 0.3 * level + 0.015 * rng.standard_normal(level.shape)
    )
    carbon = 2.3 * np.exp(
        0.12 * rng.standard_normal((n, 1))
        - 0.012 * steps
        + 0.012 * rng.standard_normal(level.shape)
    )
    return {
        "residents": residents.round(0),
        "gdp": gdp.round(0),
        "energy": (gdp * intensity).round(0),
        "co2": (gdp * intensity * carbon / 100).round(2),
    }


def provinces() -> pd.DataFrame:
    """List the 31 provinces of the four regions with the middles of their outlines, km from 105 E 36 N."""
    topology = outlines("province")
    arcs = [albers(arc) for arc in arcs_of(topology)]
    rows = {}
    for area in topology["objects"][OBJECT]["geometries"]:
        code = str(area["properties"][KEY])
        region = region_of(code)
        if region is not None:
            rings = area["arcs"] if area["type"] == "MultiPolygon" else [area["arcs"]]
            middle = _middle([_ring(parts[0], arcs) for parts in rings])
            rows[code] = (places()[code].name, region, *middle.round(0).astype(int))
    columns = ["province", "region", "x_km", "y_km"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).sort_index()


def _ring(numbers: list[int], arcs: list[Array]) -> Array:
    """Join the arcs of a ring; a negative number runs backwards."""
    return np.vstack([arcs[k] if k >= 0 else arcs[~k][::-1] for k in numbers])


def _middle(rings: list[Array]) -> Array:
    """Find the centre of gravity of the largest ring: islands far from it do not move it."""
    _, middle = max((_moments(ring) for ring in rings), key=lambda found: found[0])
    return middle


def _moments(ring: Array) -> tuple[float, Array]:
    """Measure the area of a ring, whichever way it runs, and its centre of gravity."""
    after = np.roll(ring, -1, axis=0)
    cross = ring[:, 0] * after[:, 1] - after[:, 0] * ring[:, 1]
    middle: Array = ((ring + after) * cross[:, None]).sum(axis=0) / (3 * cross.sum())
    return abs(float(cross.sum())) / 2, middle


def content(seed: int = SEED) -> bytes:
    """Give the bytes of the file."""
    return simulate(seed).to_csv(index=False, lineterminator="\n").encode()


def main(arguments: list[str] | None = None) -> int:
    """Write the file to a folder, or compare it with the packaged one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="folder for the file")
    parser.add_argument("--check", action="store_true", help="compare with the packaged file")
    options = parser.parse_args(arguments)
    if (options.out is None) != options.check:
        parser.error("name a folder with --out, or compare with --check")
    made = content()
    if options.out is not None:
        with (options.out / FILE).open("xb") as stream:
            stream.write(made)
        return 0
    packaged = files("xinzhi").joinpath("examples", "provinces", FILE).read_bytes()
    is_same = sha256(made).digest() == sha256(packaged).digest()
    sys.stdout.write(f"{FILE}: {'the same' if is_same else 'differs'}\n")
    return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main())
