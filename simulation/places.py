"""The 115 cities of the study and the groups they fall into."""

from __future__ import annotations

import csv
from collections.abc import Mapping
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


def read_places() -> tuple[Place, ...]:
    """Read the 115 cities from the registry of resource-based cities."""
    text = files("xinzhi").joinpath("places/data/resource_cities.csv").read_text("utf-8-sig")
    return tuple(
        Place(
            row["name_zh"],
            row["province_zh"],
            row["adcode"],
            row["stage"],
            row["region4"],
            is_coal=row["is_coal"] == "1",
            is_rich=row["income_recon"] == "high",
        )
        for row in csv.DictReader(text.splitlines())
        if row["in_paper_115"] == "1"
    )


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
