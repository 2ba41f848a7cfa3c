"""The city yearbook, the digital finance index and the yearly counts of new firms, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulation.cells import COPIED, Array, Cells
from simulation.counts import Counts
from simulation.limits import OF_LABOUR, OF_OUTPUT, least_secondary
from simulation.models import YEARS
from simulation.places import Place
from simulation.smooth import blend, drawn

Integers = npt.NDArray[np.int64]

UNITS = {
    "城市": "单位",
    "年份": "",
    "年末从业人员": "人",
    "固定资产投资": "万元",
    "投资价格指数": "",
    "全社会用电量": "万千瓦时",
    "地区生产总值": "亿元",
    "地区生产总值指数": "",
    "工业废水": "万吨",
    "工业二氧化硫": "吨",
    "工业烟粉尘": "吨",
    "高校在校学生": "人",
    "发明专利授权": "件",
    "实用新型授权": "件",
    "外观设计授权": "件",
    "常住人口": "人",
    "城镇人口": "人",
    "采矿业从业人员": "人",
    "实际使用外资": "万美元",
    "年平均汇率": "元/美元",
    "财政支出": "万元",
    "科学技术支出": "万元",
    "平均受教育年限": "",
    "研发经费支出": "万元",
    "第二产业增加值": "亿元",
    "第二产业从业人员": "人",
}
EXCHANGE = (
    6.9451,
    6.8310,
    6.7695,
    6.4588,
    6.3125,
    6.1932,
    6.1428,
    6.2284,
    6.6423,
    6.7518,
    6.6174,
    6.8985,
    6.8976,
    6.4515,
    6.7261,
    7.0467,
)
"""Yuan per US dollar, yearly means."""


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """What a city uses, makes and emits, shape (cities, years); pollutants one axis more."""

    labour: Integers
    investment: Integers
    price_index: Array
    electricity: Integers
    growth_index: Array
    base_output: Array
    """Nominal output of the first year, 100 million yuan, shape (cities,)."""
    deflator: Array
    """Of output, 1 in the first year."""
    pollutants: Array

    def real_output(self) -> Array:
        """Return output at prices of the first year."""
        growth = self.growth_index / 100
        growth = np.concatenate([np.ones((len(growth), 1)), growth[:, 1:]], axis=1)
        return np.asarray(self.base_output[:, None] * np.cumprod(growth, axis=1))


def yearbook(
    rng: np.random.Generator,
    places: Sequence[Place],
    cells: Cells,
    counts: Counts,
    activity: Activity,
) -> pd.DataFrame:
    """Put all columns of the yearbook together, one row per city and year."""
    x = {name: np.expm1(values) for name, values in cells.plain.items()}
    nominal = np.round(activity.real_output() * activity.deflator, 4)
    secondary = activity.labour * _secondary(
        x["SI_LP"], nominal * 1e4 / activity.labour, x["MEP"] / 100
    )
    fiscal = nominal * 1e4 * _spending(rng, nominal / counts.population)
    science = np.round(fiscal * x["RDER"] / 100)
    added = np.round(x["SI_LP"] * secondary / 1e4, 4)
    columns: Mapping[str, Array | Integers] = {
        "年末从业人员": activity.labour,
        "固定资产投资": activity.investment,
        "投资价格指数": activity.price_index,
        "全社会用电量": activity.electricity,
        "地区生产总值": nominal,
        "地区生产总值指数": activity.growth_index,
        "工业废水": activity.pollutants[:, :, 0],
        "工业二氧化硫": activity.pollutants[:, :, 1],
        "工业烟粉尘": activity.pollutants[:, :, 2],
        "高校在校学生": _students(x["HEE"] * 1000),
        **_patents(rng, counts.patents),
        "常住人口": counts.population,
        "城镇人口": _whole(x["UR"] / 100 * counts.population),
        "采矿业从业人员": _miners(x["MEP"] / 100, activity.labour),
        "实际使用外资": _foreign(x["FDI"] * nominal * 1e4 / np.array(EXCHANGE)),
        "年平均汇率": np.broadcast_to(np.array(EXCHANGE), nominal.shape),
        "财政支出": _whole(science / x["RDER"] * 100),
        "科学技术支出": science,
        "平均受教育年限": np.asarray(np.round(x["AYS"], 4), dtype=np.float64),
        "研发经费支出": _whole(x["RDE"]),
        "第二产业增加值": added,
        "第二产业从业人员": _whole(added * 1e4 / x["SI_LP"]),
    }
    table = pd.DataFrame({name: np.ravel(values) for name, values in columns.items()})
    table.insert(0, "年份", np.tile(YEARS, len(places)))
    table.insert(0, "城市", np.repeat([p.name for p in places], len(YEARS)))
    return table


def _spending(rng: np.random.Generator, wealth: Array) -> Array:
    """Return fiscal spending as a share of output: more where little is made a head, and rising."""
    logs, (cities, years) = np.log(wealth), wealth.shape
    found = np.log(SPENT) + SPENT_WITH * (logs - logs.mean(axis=0))
    found += 0.18 * np.clip(rng.normal(size=(cities, 1)), -2, 2)
    found += 0.3 * (np.linspace(0, 1, years) ** 0.7 - 0.5)
    found += 0.08 * drawn(rng, cities, blend(years, 2.0, 0.3, 0.6))
    return np.asarray(np.clip(np.exp(found), *SPENT_BAND))


SPENT, SPENT_WITH, SPENT_BAND = 0.2, -0.45, (0.06, 0.75)
"""Fiscal spending as a share of output, how it goes with output a head, and its ends."""


def _secondary(productivity: Array, overall: Array, miners: Array) -> Array:
    """Return the share of labour in secondary industry, of which miners are a part.

    A productivity of r times the overall one comes from a share s of output and s/r of labour.
    """
    ratio = productivity / overall
    share = np.clip(np.sqrt(0.45 * 0.24 * ratio), *OF_OUTPUT)
    return np.asarray(np.clip(share / ratio, least_secondary(miners), OF_LABOUR[1]))


def _whole(values: Array) -> Integers:
    return np.round(values).astype(np.int64)


def _students(students: Array) -> Integers:
    """Round students; where four years would grow at one rate, as if interpolated, one is counted anew.

    >>> _students(np.array([[10000.0, 8000.0, 6400.0, 5120.0]])).tolist()
    [[10000, 8005, 6400, 5120]]
    """
    found = _whole(students)
    bend = np.abs(np.diff(np.log(found), n=2, axis=1))
    lowest = np.lib.stride_tricks.sliding_window_view(found, 4, axis=1).min(axis=2)
    for city, year in np.argwhere(np.maximum(bend[:, :-1], bend[:, 1:]) < ONE_RATE / lowest):
        found[city, year + 1] += COUNTED_ANEW
    return found


ONE_RATE, COUNTED_ANEW = 2.5, 5
"""Rates differ by less than so many persons of the lowest number; persons by which one is off."""


def _foreign(dollars: Array) -> Integers:
    """Round foreign investment; what is less than a small project is none.

    Where the other amounts of a city are of one order, a zero would be taken for a missing value, and
    a project or two stand there.
    """
    small = dollars < SMALLEST_PROJECT
    least = np.where(small, np.inf, dollars).min(axis=1, keepdims=True)
    even = dollars.max(axis=1, keepdims=True) <= OF_ONE_ORDER * least
    none = small & ~(even & np.isfinite(least))
    few = SMALLEST_PROJECT * (1 + np.mod(0.618 * np.arange(dollars.size), 1)).reshape(dollars.shape)
    return _whole(np.where(none, 0.0, np.where(small, few, dollars)))


SMALLEST_PROJECT, OF_ONE_ORDER = 50.0, 11.0
"""10,000 US dollars, and how many times the least amount the largest is at most."""


def _miners(share: Array, labour: Integers) -> Integers:
    """Round miners; no share falls below the smallest one."""
    found = _whole(share * labour)
    return np.asarray(found + (found / labour < share.min() * (1 - 1e-3)))


def _patents(rng: np.random.Generator, patents: Integers) -> dict[str, Integers]:
    """Split patents into inventions and utility models, and add designs, which do not count."""
    cities, years = patents.shape
    share = np.clip(0.14 + 0.04 * rng.normal(size=(cities, 1)), 0.03, 0.4)
    wave = blend(years, 2.0, 0.4, 0.5)
    inventions, designs = (
        _whole(
            np.asarray(part * patents * np.exp(0.1 * np.clip(drawn(rng, cities, wave), -2.5, 2.5)))
        )
        for part in (share, 0.25)
    )
    return {
        "发明专利授权": inventions,
        "实用新型授权": patents - inventions,
        "外观设计授权": designs + 1,
    }


def finance(places: Sequence[Place], cells: Cells) -> pd.DataFrame:
    """Return the digital finance index, which begins in 2011."""
    years = YEARS[COPIED:]
    return pd.DataFrame(
        {
            "城市": np.repeat([p.name for p in places], len(years)),
            "年份": np.tile(years, len(places)),
            "数字普惠金融指数": np.round(np.expm1(cells.finance), 4).ravel(),
        }
    )


def new_firms(places: Sequence[Place], counts: Counts) -> pd.DataFrame:
    """Return newly registered firms by city and year."""
    return pd.DataFrame(
        {
            "城市": np.repeat([p.name for p in places], len(YEARS)),
            "年份": np.tile(YEARS, len(places)),
            "新增企业数": counts.new_firms.ravel(),
        }
    )
