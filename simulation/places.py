"""The 115 cities of the study and the groups they fall into."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """One city."""

    name: str
    province: str
    code: str
    stage: str
    region: str
    """East, Central, West or Northeast."""
    is_coal: bool
    is_rich: bool
    residents: float
    """Of the census of 2020, rounded to two digits."""
    output: float
    """GDP of 2020, 100 million yuan, rounded to two digits."""


def read_places() -> tuple[Place, ...]:
    """Read the 115 cities from the registry of resource-based cities."""
    sizes = {row["code"]: row for row in _table("prefectures.csv")}
    return tuple(
        Place(
            row["name_zh"],
            row["province_zh"],
            row["adcode"],
            row["stage"],
            row["region4"],
            is_coal=row["is_coal"] == "1",
            is_rich=row["income_recon"] == "high",
            residents=1e4 * float(sizes[row["adcode"]]["residents_10000"]),
            output=float(sizes[row["adcode"]]["gdp_100m"]),
        )
        for row in _table("resource_cities.csv")
        if row["in_paper_115"] == "1"
    )


def _table(name: str) -> csv.DictReader[str]:
    text = files("xinzhi_panel").joinpath(f"places/data/{name}").read_text("utf-8-sig")
    return csv.DictReader(text.splitlines())


def residents_of(places: Sequence[Place]) -> Array:
    """Return ln(residents) of each city."""
    return np.log([p.residents for p in places])


def output_of(places: Sequence[Place]) -> Array:
    """Return ln(GDP) of each city, 100 million yuan."""
    return np.log([p.output for p in places])


def standard(values: Array) -> Array:
    """Give values mean 0 and standard deviation 1."""
    return np.asarray((values - values.mean()) / values.std())


def wealth_of(places: Sequence[Place]) -> Array:
    """Return ln(GDP a head) of each city, as multiples of its spread about its mean."""
    return standard(output_of(places) - residents_of(places))


def groups(places: tuple[Place, ...]) -> Mapping[str, Array]:
    """Return 0 or 1 per city for each group of Table 8, and for `all`."""
    coal = np.array([p.is_coal for p in places], dtype=float)
    rich = np.array([p.is_rich for p in places], dtype=float)
    early = np.array([p.stage in ("growing", "mature") for p in places], dtype=float)
    region = {r: np.array([p.region == r for p in places], dtype=float) for r in _regions()}
    return {
        "all": np.ones(len(places)),
        "coal": coal,
        "non_coal": 1 - coal,
        "growing_or_mature": early,
        "declining_or_regenerative": 1 - early,
        "high_income": rich,
        "low_income": 1 - rich,
        "east": region["East"],
        "northeast": region["Northeast"],
        "central_west": region["Central"] + region["West"],
    }


def _regions() -> tuple[str, ...]:
    return ("East", "Central", "West", "Northeast")
