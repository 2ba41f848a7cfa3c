"""Registry records of single firms: strategic emerging ones among others that only look alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulation.models import FIRST, YEARS
from simulation.places import Place

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Kind:
    """Firms of one class: their codes, and terms of which each scope holds one."""

    name: str
    codes: tuple[tuple[str, bool], ...]
    """Code of GB/T 4754-2017 and whether it belongs to the class in part only."""
    terms: tuple[str, ...]
    exclusions: tuple[str, ...]
    word: str


KINDS = (
    Kind(
        "new_technology",
        (("3911", False), ("3973", False), ("6513", True), ("6531", True), ("6550", True)),
        ("云计算", "人工智能", "工业互联网", "大数据处理", "集成电路"),
        ("网吧", "手机零售"),
        "信息",
    ),
    Kind(
        "high_end_equipment",
        (("3491", False), ("3562", False), ("3421", True), ("3515", True)),
        ("工业机器人", "数控机床", "智能制造装备", "半导体设备", "增材制造"),
        ("农机维修", "五金加工"),
        "装备",
    ),
    Kind(
        "new_energy_vehicles",
        (("3612", False), ("3841", True), ("3824", True), ("3812", True)),
        ("新能源汽车", "动力电池", "驱动电机", "充电桩", "燃料电池"),
        ("燃油车维修", "二手车销售"),
        "新能源",
    ),
)
OTHER_CODES = ("0610", "0710", "3011", "3130", "5212", "5411", "6110", "7010", "8010")
PLAIN = ("建材销售", "普通货物运输", "餐饮服务", "煤炭洗选", "房屋租赁", "日用百货零售")
DECOYS = 0.35
"""Firms that do not belong, relative to those that do."""


def registry(rng: np.random.Generator, places: Sequence[Place], stock: Integers) -> pd.DataFrame:
    """Return firms whose yearly stock of emerging ones is `stock`, shape (cities, years)."""
    births, deaths = _lives(rng, stock)
    city, born = births
    closed = np.zeros(len(city), dtype=np.int64)
    closed[deaths[0]] = deaths[1]
    kind = rng.choice(len(KINDS), len(city), p=(0.45, 0.33, 0.22))
    good = _firms(rng, places, city, born, closed, kind, belongs=True)
    n = round(DECOYS * len(city))
    picked = rng.integers(0, len(city), n)
    bad = _firms(
        rng, places, city[picked], born[picked], np.zeros(n, np.int64), kind[picked], belongs=False
    )
    table = pd.concat([good, bad], ignore_index=True)
    table = table.iloc[rng.permutation(len(table))].reset_index(drop=True)
    table.insert(0, "企业编号", [f"SIM{i:07d}" for i in range(1, len(table) + 1)])
    return _blemished(rng, table)


def _lives(
    rng: np.random.Generator, stock: Integers
) -> tuple[tuple[Integers, Integers], tuple[Integers, Integers]]:
    """Turn stocks into births and closings; the oldest open firms need not close first."""
    cities, born, at, when = [], [], [], []
    n = 0
    for c, row in enumerate(stock):
        alive: list[int] = []
        for t, level in enumerate(row.tolist()):
            change = level - len(alive)
            new = max(change, 0)
            cities += [c] * new
            years = FIRST - rng.integers(0, 9, new) if t == 0 else np.full(new, FIRST + t)
            born += years.tolist()
            alive += range(n, n + new)
            n += new
            for _ in range(max(-change, 0)):
                at.append(alive.pop(int(rng.integers(0, len(alive)))))
                when.append(FIRST + t)
    as_array = [np.array(v, dtype=np.int64) for v in (cities, born, at, when)]
    return (as_array[0], as_array[1]), (as_array[2], as_array[3])


def _dates(rng: np.random.Generator, years: Integers) -> list[str | None]:
    month, day = rng.integers(1, 13, len(years)), rng.integers(1, 29, len(years))
    return [
        f"{y}-{m:02d}-{d:02d}" if y else None
        for y, m, d in zip(years.tolist(), month.tolist(), day.tolist(), strict=True)
    ]


def _firms(
    rng: np.random.Generator,
    places: Sequence[Place],
    city: Integers,
    born: Integers,
    closed: Integers,
    kind: Integers,
    *,
    belongs: bool,
) -> pd.DataFrame:
    maker = _member if belongs else _decoy
    made = [maker(rng, KINDS[k]) for k in kind.tolist()]
    names = [places[c].name for c in city.tolist()]
    return pd.DataFrame(
        {
            "企业名称": [
                f"{name[:-1]}{KINDS[k].word}模拟企业" for name, k in zip(names, kind, strict=True)
            ],
            "地址": names,
            "成立日期": _dates(rng, born),
            "注销日期": _dates(rng, closed),
            "行业代码": [code for code, _ in made],
            "经营范围": [scope for _, scope in made],
        }
    )


def _member(rng: np.random.Generator, kind: Kind) -> tuple[str, str]:
    code, _ = kind.codes[int(rng.integers(0, len(kind.codes)))]
    term = kind.terms[int(rng.integers(0, len(kind.terms)))]
    return code, f"{term}技术研发；{PLAIN[int(rng.integers(0, 2))]}"


def _decoy(rng: np.random.Generator, kind: Kind) -> tuple[str, str]:
    """Make a firm that its code, its missing term or its exclusion rules out."""
    starred = [code for code, star in kind.codes if star]
    code = starred[int(rng.integers(0, len(starred)))]
    term = kind.terms[int(rng.integers(0, len(kind.terms)))]
    plain = PLAIN[int(rng.integers(0, len(PLAIN)))]
    match int(rng.integers(0, 3)):
        case 0:
            return OTHER_CODES[int(rng.integers(0, len(OTHER_CODES)))], f"{term}咨询；{plain}"
        case 1:
            return code, f"{plain}；{PLAIN[int(rng.integers(0, len(PLAIN)))]}"
        case _:
            out = kind.exclusions[int(rng.integers(0, len(kind.exclusions)))]
            return code, f"{term}产品；{out}"


def _blemished(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Add repeated records, dates in the future, an unknown code, and firms elsewhere."""
    n = len(table)
    last = YEARS[-1]
    twice = table.iloc[np.sort(rng.choice(n, min(40, n), replace=False))]
    late = table.iloc[:6].assign(成立日期=f"{last + 8}-01-15", 注销日期=None)
    odd = table.iloc[6:9].assign(行业代码="不详")
    elsewhere = table.iloc[9:29].assign(地址="石家庄市", 注销日期=None)
    extra = pd.concat([late, odd, elsewhere], ignore_index=True)
    extra["企业编号"] = [f"SIM{n + i:07d}" for i in range(1, len(extra) + 1)]
    return pd.concat([table, twice, extra], ignore_index=True)


def code_table() -> pd.DataFrame:
    """Return the sample table of codes: class, code, and whether it is starred."""
    rows = [(k.name, code, int(star)) for k in KINDS for code, star in k.codes]
    return pd.DataFrame(rows, columns=["class", "code", "starred"])


def term_lists() -> dict[str, dict[str, list[str]]]:
    """Return the sample lists of terms by class."""
    return {k.name: {"include": list(k.terms), "exclude": list(k.exclusions)} for k in KINDS}
