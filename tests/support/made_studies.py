"""Twelve studies as strangers bring them: files of made figures, each with the habits of its source.

A small economy is drawn once for each study (a latent size of each place, growth, prices, labour, investment,
energy, emissions, knowledge), then written as such files are: titles, notes at the foot, merged headings, rows
of totals, blanks, marks of what is missing, units in a row of their own, codes, other encodings. The figures are
simulated; only names of places are real. Nothing here knows how the program reads.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd


def words(text: str) -> list[str]:
    """Split a list of names."""
    return text.split()


CITIES = words(
    "唐山市 秦皇岛市 邯郸市 邢台市 保定市 张家口市 大同市 阳泉市 长治市 晋城市 包头市 赤峰市 鞍山市 抚顺市 "
    "本溪市 锦州市 徐州市 常州市 南通市 连云港市 芜湖市 蚌埠市 淮南市 马鞍山市 洛阳市 平顶山市 安阳市 "
    "焦作市 黄石市 十堰市"
)
PROVINCES = words(
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 "
    "广西 海南 重庆 四川 贵州 云南 陕西 甘肃 青海 宁夏 新疆"
)
COUNTIES = words(
    "桐庐县330122 淳安县330127 建德市330182 象山县330225 宁海县330226 余姚市330281 慈溪市330282 永嘉县330324 "
    "平阳县330326 文成县330328 泰顺县330329 瑞安市330381 乐清市330382 嘉善县330421 海盐县330424 海宁市330481 "
    "平湖市330482 桐乡市330483 德清县330521 长兴县330522 安吉县330523 新昌县330624 诸暨市330681 嵊州市330683"
)
FIRMS = words(
    "华川机械 东岭股份 远洲科技 北辰重工 金禾化学 天衡药业 恒泽电气 云岭有色 长岛食品 新沂水泥 "
    "海西纺织 中南电缆 瑞丰农业 西江造纸 凌河钢铁 安泰玻璃 万邦汽配 利源能源 开元电子 宏达轮胎 "
    "江岸船舶 翠屏酒业"
)
COUNTRIES = words(
    "AUS-Australia AUT-Austria BEL-Belgium CAN-Canada CZE-Czechia DNK-Denmark FIN-Finland FRA-France "
    "DEU-Germany GRC-Greece HUN-Hungary IRL-Ireland ITA-Italy JPN-Japan KOR-Korea NLD-Netherlands "
    "NOR-Norway POL-Poland PRT-Portugal ESP-Spain SWE-Sweden CHE-Switzerland TUR-Türkiye GBR-United_Kingdom"
)


@dataclass(frozen=True)
class Stranger:
    """A study of a stranger: its files, and what a reader of them knows."""

    name: str
    files: tuple[Path, ...]
    entities: int
    periods: int
    headings: dict[str, str]
    """Heading as it stands in the file, without its unit -> what it is, in a word of the field."""
    facts: frozenset[str] = field(default_factory=frozenset)
    """What the data hold: `places`, `groups`, `deflator`, `investment`, `stock`, `bads`, `english`."""
    short: dict[str, str] = field(default_factory=dict)
    """Name of a column -> the heading that is its label, in a file of Stata."""


@dataclass(frozen=True)
class Size:
    """How large the studies are."""

    entities: int = 30
    years: int = 10


Row = Sequence[Any]


def economy(
    names: Sequence[str], periods: Sequence[Any], seed: int, size: float = 1.0
) -> pd.DataFrame:
    """Draw the figures: money in 亿元 at current prices, persons in 万人, energy in 万吨标准煤, emissions in 吨."""
    rng = np.random.default_rng(seed)
    n, t = len(names), np.arange(len(periods))[None, :]

    def wave(spread: float) -> np.ndarray:
        return rng.normal(0, spread, (n, t.size))

    a, b, skill = (rng.normal(0, s, (n, 1)) for s in (0.5, 0.3, 0.4))
    growth = 108.5 - 0.25 * t + 1.2 * b + wave(0.8)
    prices, investment_prices = 102.2 + wave(1.1), 101.8 + wave(1.6)
    growth[:, 0] = growth[:, 0]
    real = 1400 * size * np.exp(a) * np.cumprod(growth / 100, axis=1)
    gdp = real * np.cumprod(prices / 100, axis=1)
    knowledge = skill + 0.12 * t + wave(0.1)
    labour = 75 * size * np.exp(0.8 * a + 0.012 * t + wave(0.03))
    investment = gdp * np.exp(-0.6 + 0.15 * b + wave(0.06))
    energy = 1500 * size * np.exp(0.9 * a + 0.035 * t - 0.15 * knowledge + wave(0.05))
    pollution = 0.8 * a - 0.07 * t - 0.3 * knowledge
    out = {
        "gdp": gdp, "index": growth, "labour": labour, "investment": investment,
        "price": investment_prices, "energy": energy,
        "electricity": 95 * size * np.exp(0.9 * a + 0.05 * t + wave(0.04)),
        "capital": real * np.exp(1.05 + 0.04 * t + 0.2 * b + wave(0.02)),
        "so2": 52000 * size * np.exp(pollution + wave(0.12)),
        "water": 7200 * size * np.exp(0.7 * a - 0.03 * t + wave(0.1)),
        "dust": 24000 * size * np.exp(0.7 * a - 0.05 * t + wave(0.2)),
        "co2": energy * 2.45 * np.exp(wave(0.02)),
        "patents": np.round(1500 * size * np.exp(1.1 * a + knowledge + wave(0.15))),
        "students": 6.0 * size * np.exp(0.9 * a + 0.5 * skill + 0.02 * t + wave(0.05)),
        "secondary": np.clip(49 + 5 * b - 0.7 * t + wave(1.1), 15, 75),
        "tertiary": np.clip(40 - 4 * b + 0.8 * t + wave(1.0), 15, 80),
        "urban": np.clip(50 + 12 * a + 1.1 * t + wave(0.4), 20, 92),
        "population": 420 * size * np.exp(0.7 * a + 0.003 * t + wave(0.004)),
        "science": gdp * 0.003 * np.exp(0.6 * skill + 0.05 * t + wave(0.15)),
        "expenditure": gdp * 0.16 * np.exp(wave(0.08)),
        "fdi": 38000 * size * np.exp(1.3 * a + 0.3 * skill + 0.03 * t + wave(0.3)),
        "retail": gdp * 0.39 * np.exp(wave(0.04)),
        "loans": gdp * 1.05 * np.exp(0.2 * b + 0.02 * t + wave(0.05)),
        "income": 19000 * np.exp(0.25 * a + 0.085 * t + wave(0.02)),
        "penalties": np.round(240 * size * np.exp(0.6 * a + 0.06 * t + wave(0.35))),
    }  # fmt: skip
    index = pd.MultiIndex.from_product([names, periods], names=["who", "when"])
    return pd.DataFrame(
        {k: np.broadcast_to(v, (n, t.size)).reshape(-1) for k, v in out.items()}, index
    )


def shown(value: float, decimals: int = 2) -> float | int:
    """Round as a yearbook prints."""
    return round(float(value), decimals) if decimals else round(float(value))


def across(values: pd.Series, names: Sequence[str]) -> pd.DataFrame:
    """Set years across the columns."""
    table = values.rename("value").reset_index()
    return table.pivot_table(index="who", columns="when", values="value").loc[list(names)]


def save(file: Path, sheets: dict[str, Sequence[Row]], merged: Sequence[str] = ()) -> Path:
    """Write a workbook; cells of the first sheet may be merged."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for cells in merged:
        book.worksheets[0].merge_cells(cells)
    book.save(file)
    return file


def write_csv(file: Path, rows: Sequence[Row], encoding: str) -> Path:
    """Write a csv in an encoding."""
    with file.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows(rows)
    return file


def long_rows(data: pd.DataFrame, columns: dict[str, tuple[str, float, int]]) -> list[list[Any]]:
    """Give a row for each place and year: name, year, then the columns in their units."""
    return [
        [
            who,
            when,
            *(shown(row[key] * times, decimals) for key, times, decimals in columns.values()),
        ]
        for (who, when), row in data.iterrows()
    ]


def known(columns: dict[str, tuple[str, float, int]]) -> dict[str, str]:
    """Give what each heading is."""
    return {heading: key for heading, (key, _, _) in columns.items()}


def city_yearbook(folder: Path, size: Size) -> Stranger:
    """One sheet, a title, units in the headings, a note at the foot, a dash and dots where nothing is known."""
    years = range(2010, 2010 + size.years)
    names = CITIES[: size.entities]
    columns = {
        "地区生产总值(亿元)": ("gdp", 1, 2), "地区生产总值指数(上年=100)": ("index", 1, 1),
        "城镇单位就业人员(万人)": ("labour", 1, 2), "固定资产投资(不含农户)(亿元)": ("investment", 1, 2),
        "固定资产投资价格指数(上年=100)": ("price", 1, 1), "全社会用电量(亿千瓦时)": ("electricity", 1, 2),
        "工业废水排放量(万吨)": ("water", 1, 0), "工业二氧化硫排放量(吨)": ("so2", 1, 0),
        "专利授权量(件)": ("patents", 1, 0), "普通本专科在校学生(万人)": ("students", 1, 2),
        "第三产业增加值占GDP比重(%)": ("tertiary", 1, 1), "实际利用外资(万美元)": ("fdi", 1, 0),
        "一般公共预算支出(亿元)": ("expenditure", 1, 2), "城镇居民人均可支配收入(元)": ("income", 1, 0),
    }  # fmt: skip
    rows = long_rows(economy(names, years, 101), columns)
    rows[17][11], rows[40][13], rows[41][13] = "—", "…", None
    title = [f"{years[0]}—{years[-1]}年主要城市国民经济和社会发展指标"]
    table = [
        title,
        [],
        ["城市", "年份", *columns],
        *rows,
        [],
        ["注：1.本表数据来源于各市统计年鉴。"],
        ["  2.固定资产投资口径自2011年起调整。"],
    ]
    file = save(folder / "主要城市统计年鉴.xlsx", {"Sheet1": table})
    facts = frozenset({"places", "deflator", "investment", "bads"})
    return Stranger("city_yearbook", (file,), len(names), len(years), known(columns), facts)


def sheet_a_year(folder: Path, size: Size) -> Stranger:
    """A sheet for each year: title, headings over a row of units, a row of totals, names with blanks inside."""
    years = range(2011, 2011 + size.years)
    names = CITIES[: size.entities]
    columns = {
        "地区生产总值": ("gdp", 1e4, 0), "年末从业人员数": ("labour", 1e4, 0), "全社会固定资产投资": ("investment", 1e4, 0),
        "能源消费总量": ("energy", 1, 2), "工业烟粉尘排放量": ("dust", 1, 0), "工业二氧化硫排放量": ("so2", 1, 0),
        "科学技术支出": ("science", 1e4, 0), "发明专利授权数": ("patents", 0.2, 0), "年末户籍人口": ("population", 1, 2),
        "城镇化率": ("urban", 1, 2), "社会消费品零售总额": ("retail", 1e4, 0),
    }  # fmt: skip
    units = ["万元", "人", "万元", "万吨标准煤", "吨", "吨", "万元", "件", "万人", "%", "万元"]
    data = economy(names, years, 102)
    sheets: dict[str, Sequence[Row]] = {}
    for year in years:
        rows = [
            [_spaced(who), *row[2:]]
            for who, row in zip(
                names, long_rows(data.xs(year, level=1, drop_level=False), columns), strict=True
            )
        ]
        total = [
            "合  计",
            *(
                None if unit == "%" else round(sum(row[n] for row in rows), 2)
                for n, unit in enumerate(units, 1)
            ),
        ]
        rows[3][7] = "…" if year == years[2] else rows[3][7]
        sheets[f"{year}"] = [
            [f"表2-{year - 2000}  {year}年分市主要指标"],
            ["城 市", *columns],
            ["", *units],
            total,
            *rows,
            ["资料来源：各市统计局。"],
        ]
    file = save(folder / "分市主要指标.xlsx", sheets)
    return Stranger(
        "sheet_a_year",
        (file,),
        len(names),
        len(years),
        known(columns),
        frozenset({"places", "investment", "bads"}),
    )


def _spaced(name: str) -> str:
    short = name.removesuffix("市")
    return f"{short[0]}  {short[1]}" if len(short) == 2 else short


def sheet_an_indicator(folder: Path, size: Size) -> Stranger:
    """A sheet for each indicator with a column for each year, the unit in the title above."""
    years = range(2009, 2009 + size.years)
    names = CITIES[: size.entities]
    columns = {
        "生产总值": ("gdp", 1, 2), "从业人员": ("labour", 1, 2), "资本存量": ("capital", 1, 1), "用电量": ("electricity", 1e4, 0),
        "废水排放": ("water", 1, 0), "专利授权": ("patents", 1, 0), "财政支出": ("expenditure", 1, 2), "二产占比": ("secondary", 1, 2), "贷款余额": ("loans", 1, 1),
    }  # fmt: skip
    titles = {
        "生产总值": "地区生产总值（亿元，当年价）", "从业人员": "年末单位从业人员数（万人）", "资本存量": "资本存量（亿元，2009年价）",
        "用电量": "全社会用电量（万千瓦时）", "废水排放": "工业废水排放量（万吨）", "专利授权": "专利授权数（件）",
        "财政支出": "地方财政一般预算支出（亿元）", "二产占比": "第二产业增加值占GDP比重（%）", "贷款余额": "年末金融机构人民币各项贷款余额（亿元）",
    }  # fmt: skip
    data = economy(names, years, 103)
    sheets = {}
    for sheet, (key, times, decimals) in columns.items():
        table = across(data[key] * times, names)
        body: list[list[Any]] = [
            [who, *(shown(value, decimals) for value in row)]
            for who, row in zip(names, table.to_numpy(), strict=True)
        ]
        if sheet == "专利授权":
            body[5][2] = "n.d."
        sheets[sheet] = [
            [titles[sheet]],
            ["城市", *(f"{year}年" for year in years)],
            *body,
            ["注：空格表示数据缺失。"],
        ]
    file = save(folder / "面板数据（分指标）.xlsx", sheets)
    return Stranger(
        "sheet_an_indicator",
        (file,),
        len(names),
        len(years),
        known(columns),
        frozenset({"places", "stock", "bads"}),
    )


def bought_files(folder: Path, size: Size) -> Stranger:
    """Five files of a data shop: csv in GB 18030, xlsx and dta, segments with underscores, codes, one with fewer years."""
    years = range(2008, 2008 + size.years)
    names = CITIES[: size.entities]
    data = economy(names, years, 104)
    parts = {
        "gdp": {"地区生产总值_当年价格_亿元_全市": ("gdp", 1, 2), "地区生产总值指数_上年=100": ("index", 1, 1), "第二产业占GDP的比重_全市": ("secondary", 1, 2)},
        "labour": {"城镇单位从业人员期末人数_万人_全市": ("labour", 1, 2), "年末户籍人口_万人_全市": ("population", 1, 2)},
        "invest": {"固定资产投资总额_万元_全市": ("investment", 1e4, 0), "当年实际使用外资金额_万美元_全市": ("fdi", 1, 0)},
        "environment": {"工业二氧化硫排放量_吨_全市": ("so2", 1, 0), "工业废水排放量_万吨_全市": ("water", 1, 0), "全社会用电量_万千瓦时_全市": ("electricity", 1e4, 0)},
        "science": {"专利授权数_件_全市": ("patents", 1, 0), "科学技术支出_万元_全市": ("science", 1e4, 0), "普通高等学校在校学生数_人_全市": ("students", 1e4, 0)},
    }  # fmt: skip
    codes = {name: 130000 + 100 * n for n, name in enumerate(names, 2)}
    made: dict[str, list[Row]] = {}
    for part, columns in parts.items():
        rows = long_rows(
            data if part != "invest" else data.loc[(slice(None), list(years)[1:]), :], columns
        )
        made[part] = [["年份", "城市", *columns], *([row[1], row[0], *row[2:]] for row in rows)]
    files = (
        write_csv(folder / "01_gdp.csv", made["gdp"], "gb18030"),
        write_csv(folder / "02_labour.csv", made["labour"], "gb18030"),
        save(
            folder / "03_投资外资.xlsx",
            {
                "数据": made["invest"],
                "说明": [["数据来源：历年《中国城市统计年鉴》"], ["更新日期：2024年5月"]],
            },
        ),
        save(
            folder / "04_环境.xlsx",
            {
                "data": [
                    ["行政区划代码", *made["environment"][0]],
                    *([codes[row[1]], *row] for row in made["environment"][1:]),
                ]
            },
        ),
        folder / "05_science.dta",
    )
    frame = pd.DataFrame(
        made["science"][1:], columns=["year", "city", "patent", "sci_exp", "students"]
    )
    labels = dict(zip(frame.columns, made["science"][0], strict=True))
    frame.to_stata(files[4], version=118, write_index=False, variable_labels=labels)
    headings = {
        heading: key for columns in parts.values() for heading, (key, _, _) in columns.items()
    }
    return Stranger(
        "bought_files",
        files,
        len(names),
        len(years) - 1,
        headings,
        frozenset({"places", "deflator", "investment", "bads"}),
        {name: labels[name] for name in ("patent", "sci_exp", "students")},
    )


def provinces(folder: Path, size: Size) -> Stranger:
    """Provinces under merged headings, short names, the whole country as a row, a mark where the yearbook is silent."""
    years = range(2011, 2011 + size.years)
    names = PROVINCES[: size.entities]
    columns = {
        "地区生产总值（亿元）": ("gdp", 1, 1), "地区生产总值指数（上年=100）": ("index", 1, 1), "就业人员（万人）": ("labour", 1, 1),
        "资本形成总额（亿元）": ("investment", 1, 1), "固定资产投资价格指数（上年=100）": ("price", 1, 1), "能源消费总量（万吨标准煤）": ("energy", 1, 0),
        "二氧化硫排放总量（万吨）": ("so2", 1e-4, 2), "二氧化碳排放量（万吨）": ("co2", 1, 1), "R&D经费内部支出（万元）": ("science", 1e4, 0),
        "国内专利申请授权量（件）": ("patents", 1, 0), "城镇人口比重（%）": ("urban", 1, 2), "环境行政处罚案件数（件）": ("penalties", 1, 0),
    }  # fmt: skip
    rows = long_rows(economy(names, years, 105, 12), columns)
    total = [["全国", year, *(None for _ in columns)] for year in years]
    for line, year in zip(total, years, strict=True):
        line[2] = round(sum(row[2] for row in rows if row[1] == year), 1)  # type: ignore[call-overload]
    region = {
        name: (
            "东部"
            if name in "北京天津河北辽宁上海江苏浙江福建山东广东海南"
            else "中部"
            if name in "山西吉林黑龙江安徽江西河南湖北湖南"
            else "西部"
        )
        for name in names
    }
    body = [[row[0], region.get(row[0]), *row[1:]] for row in [*total, *rows]]
    body[33][11] = "- -"
    above = [
        None,
        None,
        None,
        "经济",
        *[None] * 4,
        "能源与环境",
        *[None] * 2,
        "创新与社会",
        *[None] * 3,
    ]
    table = [above, ["地区", "所属区域", "年度", *columns], *body, ["数据来源：国家统计局"]]
    file = save(folder / "省级面板.xlsx", {"省级数据": table}, ["D1:H1", "I1:K1", "L1:O1"])
    return Stranger(
        "provinces",
        (file,),
        len(names),
        len(years),
        known(columns),
        frozenset({"places", "deflator", "investment", "bads", "groups"}),
    )


def counties(folder: Path, size: Size) -> Stranger:
    """Counties with codes, a csv with a byte-order mark and thousands separators."""
    years = range(2012, 2012 + size.years)
    chosen = COUNTIES[: size.entities]
    codes = {each[:-6]: each[-6:] for each in chosen}
    columns = {
        "地区生产总值(万元)": ("gdp", 1e3, 0), "城镇单位在岗职工人数(人)": ("labour", 800, 0), "城镇固定资产投资完成额(万元)": ("investment", 1e3, 0),
        "规模以上工业企业个数(个)": ("penalties", 1, 0), "全社会用电量(万千瓦时)": ("electricity", 900, 0), "年末户籍人口(万人)": ("population", 0.12, 2),
        "地方财政一般预算支出(万元)": ("expenditure", 1e3, 0), "普通中学在校学生数(人)": ("students", 3e3, 0),
        "年末金融机构各项贷款余额(万元)": ("loans", 1e3, 0), "社会消费品零售总额(万元)": ("retail", 1e3, 0), "专利申请授权数(件)": ("patents", 0.2, 0),
    }  # fmt: skip
    rows = long_rows(economy(list(codes), years, 106), columns)
    body = [[codes[row[0]], *row[:2], f"{row[2]:,}", *row[3:]] for row in rows]
    body[12][9], body[50][13] = "", "缺失"
    file = write_csv(
        folder / "浙江县域统计.csv",
        [["区县代码", "县(市)名称", "年份", *columns], *body],
        "utf-8-sig",
    )
    return Stranger(
        "counties",
        (file,),
        len(codes),
        len(years),
        known(columns),
        frozenset({"places", "investment"}),
    )


def firms(folder: Path, size: Size) -> Stranger:
    """Listed firms: codes with zeros in front, names, a fiscal year as a date, yuan with cents."""
    years = range(2013, 2013 + size.years)
    names = FIRMS[: size.entities]
    columns = {
        "营业总收入(元)": ("gdp", 6e6, 2), "员工人数(人)": ("labour", 90, 0), "固定资产净额(元)": ("capital", 1.1e6, 2), "营业总成本(元)": ("investment", 9e6, 2),
        "研发投入金额(元)": ("science", 6e7, 2), "资产负债率(%)": ("secondary", 1, 4), "发明专利申请数": ("patents", 0.05, 0), "综合能源消费量(吨标准煤)": ("energy", 40, 1),
        "二氧化碳排放量(吨)": ("co2", 95, 1),
    }  # fmt: skip
    data = economy(names, years, 107)
    codes = {
        name: f"{2101 + 37 * n:06d}" if n % 2 else f"{600100 + 41 * n}"
        for n, name in enumerate(names)
    }
    trade = {name: ("C26", "C34", "C38", "D44")[n % 4] for n, name in enumerate(names)}
    body = [
        [codes[row[0]], row[0], f"{row[1]}-12-31", trade[row[0]], *row[2:]]
        for row in long_rows(data, columns)
    ]
    body[8][8] = "--"
    file = save(
        folder / "上市公司.xlsx",
        {"sheet1": [["证券代码", "证券简称", "会计期间", "行业代码", *columns], *body]},
    )
    return Stranger(
        "firms",
        (file,),
        len(names),
        len(years),
        known(columns),
        frozenset({"stock", "bads", "groups"}),
    )


def oecd_long(folder: Path, size: Size) -> Stranger:
    """A table of the OECD: a row for each figure, codes and names of country and variable, flags."""
    years = range(2008, 2008 + size.years)
    chosen = dict(each.replace("_", " ").split("-") for each in COUNTRIES[: size.entities])
    variables = {
        "GDP": ("Gross domestic product (volume)", "gdp", 900, "Million US dollars, constant prices, 2015 PPPs"),
        "EMP": ("Total employment", "labour", 60, "Thousand persons"), "GFCF": ("Gross fixed capital formation (volume)", "investment", 900, "Million US dollars, constant prices, 2015 PPPs"),
        "TPES": ("Total primary energy supply", "energy", 0.04, "Million tonnes of oil equivalent"), "CO2": ("CO2 emissions", "co2", 0.1, "Million tonnes"),
        "RD": ("Gross domestic expenditure on R&D", "science", 5000, "Million US dollars, constant prices, 2015 PPPs"), "PATENT": ("Patent applications (PCT)", "patents", 2, "Number"),
        "EPS": ("Environmental policy stringency index", "urban", 0.05, "Index"), "TERT": ("Adults with tertiary education", "tertiary", 0.7, "Percentage of 25-64 year-olds"),
    }  # fmt: skip
    data = economy(list(chosen), years, 108)
    rows: list[Row] = [
        ["LOCATION", "Country", "Variable code", "Variable", "Unit", "TIME", "Value", "Flags"]
    ]
    for code, (label, key, times, unit) in variables.items():
        for (who, when), row in data.iterrows():
            if (code, who, when) == ("TERT", "BEL", years[3]):
                continue
            rows.append(
                [
                    who,
                    chosen[who],
                    code,
                    label,
                    unit,
                    when,
                    shown(row[key] * times, 3),
                    "E" if when == years[-1] else "",
                ]
            )
    file = write_csv(folder / "OECD_data.csv", rows, "utf-8")
    return Stranger(
        "oecd_long",
        (file,),
        len(chosen),
        len(years),
        {one[0]: one[1] for one in variables.values()},
        frozenset({"english", "investment", "bads"}),
    )


def world_bank(folder: Path, size: Size) -> Stranger:
    """The World Bank's download with series in columns: two dots where nothing is known, two lines at the foot."""
    years = range(2009, 2009 + size.years)
    chosen = dict(each.replace("_", " ").split("-") for each in COUNTRIES[: size.entities])
    columns = {
        "GDP (constant 2015 US$) [NY.GDP.MKTP.KD]": ("gdp", 6e8, 1), "Labor force, total [SL.TLF.TOTL.IN]": ("labour", 1.2e5, 0),
        "Gross fixed capital formation (constant 2015 US$) [NE.GDI.FTOT.KD]": ("investment", 4e8, 1), "CO2 emissions (kt) [EN.ATM.CO2E.KT]": ("co2", 60, 1),
        "Energy use (kg of oil equivalent per capita) [EG.USE.PCAP.KG.OE]": ("income", 0.15, 2), "Population, total [SP.POP.TOTL]": ("population", 9e4, 0),
        "Urban population (% of total population) [SP.URB.TOTL.IN.ZS]": ("urban", 1, 2), "Trade (% of GDP) [NE.TRD.GNFS.ZS]": ("secondary", 1.4, 2),
        "Research and development expenditure (% of GDP) [GB.XPD.RSDV.GD.ZS]": ("tertiary", 0.04, 3), "Patent applications, residents [IP.PAT.RESD]": ("patents", 4, 0),
        "Foreign direct investment, net inflows (% of GDP) [BX.KLT.DINV.WD.GD.ZS]": ("growth", 1, 3),
    }  # fmt: skip
    data = economy(list(chosen), years, 109).assign(growth=lambda d: (d["index"] - 105.5) * 0.9)
    body = [
        [chosen[row[0]], row[0], row[1], f"YR{row[1]}", *row[2:]]
        for row in long_rows(data, columns)
    ]
    body[9][12] = body[30][8] = body[31][8] = ".."
    foot: list[Row] = [
        [],
        [],
        ["Data from database: World Development Indicators"],
        ["Last Updated: 03/28/2024"],
    ]
    file = write_csv(
        folder / "Data_Extract_From_World_Development_Indicators.csv",
        [["Country Name", "Country Code", "Time", "Time Code", *columns], *body, *foot],
        "utf-8-sig",
    )
    return Stranger(
        "world_bank",
        (file,),
        len(chosen),
        len(years),
        known(columns),
        frozenset({"english", "investment", "bads"}),
    )


def stata_panel(folder: Path, size: Size) -> Stranger:
    """A Stata file: short names, labels with units, values with labels, a number for each city."""
    years = range(2006, 2006 + size.years)
    names = CITIES[: size.entities]
    columns = {
        "rgdp": ("实际GDP（亿元，2006年价）", "gdp", 1), "k": ("资本存量（亿元，2006年价）", "capital", 1), "labor": ("从业人员（万人）", "labour", 1),
        "elec": ("全社会用电量（亿千瓦时）", "electricity", 1), "so2": ("工业二氧化硫排放量（吨）", "so2", 1), "ww": ("工业废水排放量（万吨）", "water", 1),
        "pat": ("绿色专利授权数（件）", "patents", 0.1), "er": ("环境行政处罚案件数（件）", "penalties", 1), "is3": ("第三产业占GDP比重（%）", "tertiary", 1),
        "fdi": ("实际使用外资（万美元）", "fdi", 1), "urb": ("城镇化率（%）", "urban", 1), "hc": ("普通高等学校在校学生数（人）", "students", 1e4),
    }  # fmt: skip
    data = economy(names, years, 110)
    frame = pd.DataFrame(
        {name: (data[key] * times).round(3).to_numpy() for name, (_, key, times) in columns.items()}
    )
    who, when = data.index.get_level_values(0), data.index.get_level_values(1)
    frame.insert(0, "city", who.to_numpy(dtype=object))
    frame.insert(1, "year", when.to_numpy().astype("int16"))
    frame.insert(2, "id", who.map({name: n for n, name in enumerate(names, 1)}).to_numpy())
    frame["region"] = pd.Categorical(["北方" if names.index(name) < 16 else "南方" for name in who])
    frame.loc[[4, 47], "fdi"] = np.nan
    file = folder / "panel.dta"
    frame.to_stata(
        file,
        version=118,
        write_index=False,
        variable_labels={
            "city": "城市",
            "year": "年份",
            "id": "城市编号",
            "region": "区域",
            **{k: v[0] for k, v in columns.items()},
        },
    )
    return Stranger(
        "stata_panel",
        (file,),
        len(names),
        len(years),
        {v[0]: v[1] for v in columns.values()},
        frozenset({"places", "stock", "bads", "groups"}),
        {k: v[0] for k, v in columns.items()},
    )


def wide_table(folder: Path, size: Size) -> Stranger:
    """A row for each city, a column for each indicator and year, units in a sheet beside."""
    years = range(2010, 2010 + size.years)
    names = CITIES[: size.entities]
    columns = {
        "GDP": ("gdp", 1, 2), "从业人员": ("labour", 1, 2), "固定资产投资": ("investment", 1, 2), "能源消费总量": ("energy", 1, 1), "工业SO2排放量": ("so2", 1, 0),
        "专利授权数": ("patents", 1, 0), "城镇化率": ("urban", 1, 2), "人均GDP": ("income", 2, 0), "外商直接投资": ("fdi", 1, 0),
    }  # fmt: skip
    data = economy(names, years, 111)
    tables = [
        across(data[key] * times, names).round(decimals)
        for key, times, decimals in columns.values()
    ]
    head = ["地区", *(f"{heading}{year}" for heading in columns for year in years)]
    body = [
        [who, *(shown(value, 2) for table in tables for value in table.loc[who])] for who in names
    ]
    body[2][5 * size.years + 3] = None
    units = dict(
        zip(
            columns,
            ("亿元", "万人", "亿元", "万吨标准煤", "吨", "件", "%", "元", "万美元"),
            strict=True,
        )
    )
    file = save(
        folder / "宽表.xlsx",
        {"数据": [head, *body], "单位": [["指标", "单位"], *map(list, units.items())]},
    )
    return Stranger(
        "wide_table",
        (file,),
        len(names),
        len(years),
        known(columns),
        frozenset({"places", "investment", "bads"}),
    )


def quarterly(folder: Path, size: Size) -> Stranger:
    """Provinces by quarter."""
    quarters = [f"{2016 + n // 4}年{'一二三四'[n % 4]}季度" for n in range(2 * size.years)]
    names = PROVINCES[: size.entities]
    columns = {
        "地区生产总值_当季值(亿元)": ("gdp", 0.25, 2), "城镇单位就业人员(万人)": ("labour", 1, 1), "固定资产投资额(亿元)": ("investment", 0.25, 2), "全社会用电量(亿千瓦时)": ("electricity", 0.25, 2),
        "工业增加值增速(%)": ("tertiary", 0.15, 1), "进出口总额(万美元)": ("fdi", 40, 0), "一般公共预算支出(亿元)": ("expenditure", 0.25, 2), "专利授权数(件)": ("patents", 0.25, 0),
        "PM2.5平均浓度(微克/立方米)": ("secondary", 0.9, 1),
    }  # fmt: skip
    rows = long_rows(economy(names, quarters, 112, 12), columns)
    rows[21][7] = "-"
    file = save(
        folder / "分省季度数据.xlsx",
        {
            "季度": [
                ["分省季度主要指标"],
                ["省份", "季度", *columns],
                *rows,
                ["数据来源：国家统计局"],
            ]
        },
    )
    return Stranger(
        "quarterly",
        (file,),
        len(names),
        len(quarters),
        known(columns) | {"PM2.5平均浓度(微克/立方米)": "pm25"},
        frozenset({"places", "investment", "bads"}),
    )


STUDIES: dict[str, Callable[[Path, Size], Stranger]] = {
    make.__name__: make
    for make in (
        *(city_yearbook, sheet_a_year, sheet_an_indicator, bought_files, provinces, counties),
        *(firms, oecd_long, world_bank, stata_panel, wide_table, quarterly),
    )
}
"""The twelve, by name."""
