"""Records of penalties: environmental ones by county-level authorities, and others."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulation.models import YEARS
from simulation.places import Place

Integers = npt.NDArray[np.int64]

ENVIRONMENTAL = (
    "超标排放水污染物",
    "超标排放大气污染物",
    "未批先建",
    "非法处置危险废物",
    "扬尘污染",
)
OTHERS = ("无证经营", "消防隐患", "偷税", "超载运输", "价格欺诈")
INCLUDE = ("污染", "未批先建", "危险废物")
OTHER_SHARE = 0.08
REFORM = 2019
"""Year from which authorities are called 生态环境局, before it 环保局."""


def penalties(rng: np.random.Generator, places: Sequence[Place], n: Integers) -> pd.DataFrame:
    """Return cases whose number by city and year is `n`, among duplicates and other causes."""
    counties = _counties(places)
    city = np.repeat(np.arange(len(places)), n.sum(axis=1))
    year = np.concatenate([np.repeat(YEARS, row) for row in n])
    table = _records(rng, places, counties, city, year, ENVIRONMENTAL)
    m = round(OTHER_SHARE * len(table))
    others = _records(
        rng,
        places,
        counties,
        rng.integers(0, len(places), m),
        rng.choice(YEARS, m),
        OTHERS,
    )
    merged = pd.concat([table, others], ignore_index=True)
    merged = merged.sort_values("处罚日期", kind="stable").reset_index(drop=True)
    merged.insert(0, "案号", [f"模{i:06d}" for i in range(1, len(merged) + 1)])
    return _blemished(rng, merged)


def _counties(places: Sequence[Place]) -> list[list[str]]:
    """List the counties and districts of each city that exist throughout."""
    text = files("xinzhi_panel").joinpath("places/data/divisions.csv").read_text("utf-8-sig")
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        if not row["code"].endswith("00") and not row["first"] and not row["last"]:
            found.setdefault(row["code"][:4], []).append(row["name"])
    return [found.get(p.code[:4], []) for p in places]


def _records(
    rng: np.random.Generator,
    places: Sequence[Place],
    counties: Sequence[Sequence[str]],
    city: Integers,
    year: Integers,
    causes: Sequence[str],
) -> pd.DataFrame:
    month, day = rng.integers(1, 13, len(city)), rng.integers(1, 29, len(city))
    pick, cause = rng.random(len(city)), rng.integers(0, len(causes), len(city))
    years = year.tolist()
    return pd.DataFrame(
        {
            "处罚日期": [
                f"{y}-{m:02d}-{d:02d}"
                for y, m, d in zip(years, month.tolist(), day.tolist(), strict=True)
            ],
            "处罚机关": [
                _authority(places[c].name, counties[c], u, y)
                for c, u, y in zip(city.tolist(), pick.tolist(), years, strict=True)
            ],
            "案由": [causes[k] for k in cause.tolist()],
        }
    )


def _authority(city: str, counties: Sequence[str], draw: float, year: int) -> str:
    office = "生态环境局" if year >= REFORM else "环保局"
    county = counties[int(draw * len(counties))] if counties else ""
    return f"{city}{county}{office}"


def _blemished(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Add repeated numbers, places that nobody knows and places outside the study."""
    n = len(table)
    twice = table.iloc[np.sort(rng.choice(n, min(120, n), replace=False))]
    unknown = table.iloc[:5].assign(处罚机关="某市环保局")
    outside = table.iloc[5:15].assign(处罚机关="石家庄市环保局")
    extra = pd.concat([unknown, outside], ignore_index=True)
    extra["案号"] = [f"模{n + i:06d}" for i in range(1, len(extra) + 1)]
    return pd.concat([table, twice, extra], ignore_index=True)
