"""Eight yearbook workbooks about cities, as they are met, beside the figures that are in them.

No cell is right by accident: each file has habits of its own (a sheet a year with the unit above the
table, names of former times, names without 市, full-width digits, thousands separators, footnotes,
percent cells, dates as years, hidden rows, rows of provinces and of the country, an error in a column
that nobody needs, GB 18030, .xls, .et, a list that names a city which no longer exists).
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from made_xls import write_xls
from xinzhi_panel.places.divisions import MUNICIPALITIES
from xinzhi_panel.places.places import KnownPlace, places

DISSOLVED = {"巢湖市": 2010, "莱芜市": 2018}
"""City -> last year of its own figures."""
FORMER = {"襄阳市": ("襄樊市", 2009), "毕节市": ("毕节地区", 2010), "铜仁市": ("铜仁地区", 2010)}
"""Name of today -> former name and the last year of it."""
WIDE_DIGITS = str.maketrans("0123456789.", "０１２３４５６７８９．")
COLUMNS = {
    "年末总人口": 1,
    "地区生产总值": 4,
    "全社会用电量": 2,
    "年末从业人员数": 2,
    "固定资产投资额": 0,
    "工业废水排放量": 0,
    "科学技术支出": 0,
    "城镇化率": 2,
    "工业二氧化硫排放量": 0,
}
"""Column -> decimals."""
LEVELS = dict(zip(COLUMNS, (380.0, 900.0, 9e5, 52.0, 8e6, 7500.0, 9e4, 45.0, 5e4), strict=True))


@dataclass(frozen=True)
class Yearbooks:
    """The folder of workbooks and what they say."""

    folder: Path
    truth: pd.DataFrame
    """Indexed (entity, period); GDP in 亿元, rates in percent; no rows of a city after its end."""
    whole: tuple[str, ...]
    """Cities that exist in all years."""


@dataclass(frozen=True)
class Made:
    """What each workbook is written from."""

    folder: Path
    cities: Sequence[KnownPlace]
    years: Sequence[int]
    truth: pd.DataFrame
    switch: int


def chosen_cities(n: int) -> list[KnownPlace]:
    """Choose prefecture-level cities of several provinces, the renamed and dissolved ones among them."""
    known = [p for p in places().values() if p.level == "prefecture" and p.name.endswith("市")]
    must = [p for p in known if p.name in DISSOLVED or p.name in FORMER]
    today = [p for p in known if p.last is None and (p.first or 0) <= 2000 and p not in must]
    today = [p for p in today if p.code[:2] not in MUNICIPALITIES]
    by_province: dict[str, list[KnownPlace]] = {}
    for place in today:
        by_province.setdefault(place.province, []).append(place)
    # Whole provinces, so that rows of provinces are sums of several cities.
    order = sorted(
        by_province.values(),
        key=lambda group: ("湖贵山安".find(group[0].province[0]) < 0, -len(group)),
    )
    chosen = [place for group in order for place in group]
    return sorted([*must, *chosen[: n - len(must)]], key=lambda p: p.code)


def make_yearbooks(folder: Path, n: int, years: Sequence[int], *, switch: int) -> Yearbooks:
    """Write the workbooks; `switch` is the first year with GDP in 亿元 instead of 万元."""
    cities = chosen_cities(n)
    truth = _figures(cities, years)
    folder.mkdir(parents=True, exist_ok=True)
    for write in (_main, _employed, _invested, _water, _science, _urban, _sulphur, _list):
        write(Made(folder, cities, years, truth, switch))
    whole = tuple(p.name for p in cities if p.name not in DISSOLVED)
    return Yearbooks(folder, truth, whole)


def _figures(cities: Sequence[KnownPlace], years: Sequence[int]) -> pd.DataFrame:
    random = np.random.default_rng(33)
    index = pd.MultiIndex.from_tuples(
        [(p.name, y) for p in cities for y in years if y <= DISSOLVED.get(p.name, 9999)],
        names=["entity", "period"],
    )
    size = pd.Series(random.lognormal(0, 0.5, len(cities)), [p.name for p in cities])
    scale = size[index.get_level_values(0)].to_numpy()
    age = index.get_level_values(1).to_numpy() - years[0]
    frame = pd.DataFrame(index=index)
    for column, decimals in COLUMNS.items():
        noise = random.lognormal(0, 0.03, len(index))
        growth = 1.0 + age * (0.002 if column in ("年末总人口", "城镇化率") else 0.05)
        level = LEVELS[column] * noise * growth
        value = level * (scale**0.1 if column == "城镇化率" else scale)
        frame[column] = np.round(
            np.minimum(value, 95.0) if column == "城镇化率" else value, decimals
        )
    return frame


def _called(place: KnownPlace, year: int, *, bare: bool = False) -> str:
    former, last = FORMER.get(place.name, ("", 0))
    name = former if year <= last else place.name
    return name.removesuffix("市") if bare else name


Row = list[object]


def _with_provinces(
    cities: Sequence[KnownPlace],
    row: Callable[[KnownPlace], Row | None],
    total: Callable[[list[Row]], Row],
) -> list[Row]:
    """Put a row of the country first and one of each province above its cities."""
    rows: list[Row] = []
    everything: list[Row] = []
    for province in dict.fromkeys(p.province for p in cities):
        mine = [r for p in cities if p.province == province and (r := row(p)) is not None]
        everything += mine
        rows += [[province, *total(mine)], *mine] if mine else []
    return [["全国", *total(everything)], *rows]


def _sums(rows: list[Row]) -> Row:
    return [
        round(sum(float(str(cell)) for cell in column), 4)
        for column in list(zip(*rows, strict=True))[1:]
    ]


def _main(made: Made) -> None:
    """A sheet a year: the title names the year, the unit above the table is that of GDP alone."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for year in made.years:
        sheet = book.create_sheet(f"{year}年")
        large = year >= made.switch
        sheet.append([f"2-1 地级以上城市主要指标（{year}年）"])
        sheet.append(["单位：亿元" if large else "单位：万元"])
        sheet.append(["城市", "年末总人口（万人）", "地区生产总值", "全社会用电量（万千瓦时）"])

        def row(p: KnownPlace, year: int = year) -> Row | None:
            if (p.name, year) not in made.truth.index:
                return None
            people, gdp, power = made.truth.loc[(p.name, year), [*COLUMNS][:3]]
            return [
                _called(p, year),
                people,
                gdp if year >= made.switch else round(gdp * 1e4),
                power,
            ]

        for line in _with_provinces(made.cities, row, _sums):
            sheet.append(line)
        sheet.append(["注：本表数据来源于各市统计局。"])
    book.save(made.folder / "01 主要指标.xlsx")


def _employed(made: Made) -> None:
    """The heading 地市, names without 市, full-width digits and thousands separators as text."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["地市", "年份", "年末从业人员数（万人）"])
    for i, (name, year) in enumerate(made.truth.index):
        value = f"{made.truth.loc[(name, year), '年末从业人员数']:,}"
        sheet.append(
            [name.removesuffix("市"), year, value.translate(WIDE_DIGITS) if i % 3 == 0 else value]
        )
    book.save(made.folder / "02 从业人员.xlsx")


def _invested(made: Made) -> None:
    """Years across the columns, names without 市, empty after the end of a city."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "固定资产投资额"
    sheet.append(["固定资产投资额（万元）"])
    sheet.append(["城市", *[f"{year}年" for year in made.years]])
    for p in made.cities:
        cells = [
            float(made.truth.loc[(p.name, y), "固定资产投资额"])
            if (p.name, y) in made.truth.index
            else None
            for y in made.years
        ]
        sheet.append([_called(p, 9999, bare=True), *cells])
    book.save(made.folder / "03 固定资产投资额.xlsx")


def _water(made: Made) -> None:
    """GB 18030, names of former times, footnotes behind figures, a total at the end."""
    with (made.folder / "04 工业废水.csv").open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["城市", "年份", "工业废水排放量（万吨）"])
        by_name = {p.name: p for p in made.cities}
        for i, (name, year) in enumerate(made.truth.index):
            value = f"{made.truth.loc[(name, year), '工业废水排放量']:,.0f}"
            writer.writerow(
                [_called(by_name[name], year), f"{year}年", value + "①" * (i % 11 == 0)]
            )
        writer.writerow(["注：①为快报数。"])


def _science(made: Made) -> None:
    """A formula that lost its reference, in a column that nobody needs; hidden rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["城市", "年份", "科学技术支出（万元）", "比上年增长（%）"])
    for i, (name, year) in enumerate(made.truth.index):
        growth: object = "#REF!" if i == 7 else 5.0 + i % 3
        sheet.append([name, year, float(made.truth.loc[(name, year), "科学技术支出"]), growth])
    for hidden in (4, 5):
        sheet.row_dimensions[hidden].hidden = True
    book.save(made.folder / "05 科学技术支出.xlsx")


def _urban(made: Made) -> None:
    """Percent cells, and dates in the place of years."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["城市", "年份", "城镇化率（%）"])
    for name, year in made.truth.index:
        share = round(float(made.truth.loc[(name, year), "城镇化率"]) / 100, 4)
        sheet.append([name, dt.date(year, 12, 31), share])
        sheet.cell(sheet.max_row, 3).number_format = "0.00%"
    book.save(made.folder / "06 城镇化率.xlsx")


def _sulphur(made: Made) -> None:
    """The same as .et, a workbook of 1997 under another name; a sheet a year as well."""
    sheets: dict[str, list[list[object]]] = {}
    for year in made.years:
        lines: list[list[object]] = [["城市", "工业二氧化硫排放量（吨）"]]
        for p in made.cities:
            if (p.name, year) in made.truth.index:
                value = float(made.truth.loc[(p.name, year), "工业二氧化硫排放量"])
                lines.append([_called(p, year, bare=False), value])
        sheets[str(year)] = lines
    write_xls(made.folder / "07 二氧化硫.et", sheets)


def _list(made: Made) -> None:
    """A list of cities without years: of places that exist, and of some that do not any more."""
    rows: list[list[object]] = [["城市", "省份", "是否资源型"]]
    rows += [[p.name, p.province, int(p.city is not None)] for p in made.cities]
    write_xls(made.folder / "08 城市名单.xls", {"名单": rows})
