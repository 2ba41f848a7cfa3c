"""From raw files to the thirteen variables of the paper, by the steps of a study file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from xinzhi.prepare.step import prepare
from xinzhi_core.panel.panel import filled_by_year
from xinzhi_panel.io.read import RecordFile, read_panel, read_series

CITIES = ["唐山市", "大同市", "襄阳市"]
YEARS = list(range(2008, 2014))
HEADER = [
    *(
        "城市",
        "年份",
        "地区生产总值（亿元）",
        "生产总值指数",
        "固定资产投资（亿元）",
        "投资价格指数",
    ),
    *("工业废水", "工业SO2", "工业烟尘", "发明专利授权", "实用新型授权", "常住人口（万人）"),
    *("科学技术支出", "财政支出", "城镇化率", "数字普惠金融指数", "高校在校生数", "从业人员"),
    *("采矿业从业人员", "外资", "汇率"),
]


def yearbook(folder: Path) -> Path:
    """Write a yearbook sheet with its title, a note and a gap."""
    chance = np.random.default_rng(1)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["表1 城市统计"])
    sheet.append(HEADER)
    for city in CITIES:
        for year in YEARS:
            row = [
                city,
                f"{year}年",
                *np.round(chance.uniform(50, 100, len(HEADER) - 2), 2).tolist(),
            ]
            row[HEADER.index("生产总值指数")] = 108.0
            row[HEADER.index("投资价格指数")] = 102.0
            row[HEADER.index("数字普惠金融指数")] = "—" if year < 2011 else 100.0 + year - 2011
            row[HEADER.index("工业废水")] = (
                None if (city, year) == ("唐山市", 2010) else 10.0 + year - 2008
            )
            sheet.append(row)
    sheet.append(["注：快报数"])
    book.save(folder / "cities.xlsx")
    return folder / "cities.xlsx"


def text(folder: Path, name: str, content: str) -> Path:
    (folder / name).write_text(content, encoding="utf-8")
    return folder / name


def sources(folder: Path) -> dict[str, object]:
    """Read census, national totals, robots, firms and cases, each as its kind."""
    industries = ["制造", "采矿"]
    census = "城市,行业,人数\n" + "".join(
        f"{c},{i},{50 + len(c) * k}\n" for c in CITIES for k, i in enumerate(industries, 1)
    )
    robots = (
        "行业," + ",".join(map(str, YEARS)) + "\n制造,40,50,60,70,80,90\n采矿,12,13,14,15,16,17\n"
    )
    firms = "编号,成立,注销,地址,代码,范围\n" + "".join(
        f"{i},{2008 + i % 6}-05-01,,{CITIES[i % 3]}某区,3562,工业机器人\n" for i in range(12)
    )
    cases = "案号,日期,机关,案由\n" + "".join(
        f"c{i},{2009 + i % 5}-01-01,{CITIES[i % 3]}生态环境局,大气污染\n" for i in range(9)
    )
    roles = {
        "id": "编号",
        "date": "成立",
        "closed": "注销",
        "place": "地址",
        "code": "代码",
        "text": "范围",
    }
    return {
        "census": read_series(text(folder, "c.csv", census), keys=["城市", "行业"]).frame,
        "national": read_series(
            text(folder, "n.csv", "行业,人数\n制造,800\n采矿,1200\n"), keys=["行业"]
        ).frame,
        "robots": read_series(text(folder, "r.csv", robots), keys=["行业", "年份"]).frame,
        "firms": RecordFile(text(folder, "f.csv", firms), roles),
        "cases": RecordFile(
            text(folder, "p.csv", cases),
            {"id": "案号", "date": "日期", "place": "机关", "text": "案由"},
        ),
        "codes": pd.DataFrame({"class": ["装备"], "code": ["3562"], "starred": [0.0]}),
        "terms": {"装备": {"include": ["机器人"]}},
        "causes": {"include": ["污染"]},
    }


STEPS = [
    ("gaps", {"step": "interpolate", "columns": ["工业废水"]}),
    (
        "DFII",
        {
            "step": "carry_back",
            "column": "数字普惠金融指数",
            "from": 2011,
            "to": [2008, 2009, 2010],
        },
    ),
    (
        "gdp",
        {
            "step": "real_output",
            "nominal": "地区生产总值",
            "index": "生产总值指数",
            "index_kind": "previous_year",
            "base": 2008,
        },
    ),
    (
        "capital",
        {
            "step": "capital_stock",
            "investment": "固定资产投资",
            "price": "投资价格指数",
            "index_kind": "previous_year",
            "base": 2008,
        },
    ),
    ("pollution", {"step": "entropy_index", "columns": ["工业废水", "工业SO2", "工业烟尘"]}),
    (
        "IRD",
        {
            "step": "exposure",
            "shares": "census",
            "national": "national",
            "shocks": "robots",
            "scale": 10_000,
        },
    ),
    ("NEPP", {"step": "new_firms", "from": "firms", "population": "常住人口"}),
    (
        "SEE",
        {
            "step": "emerging_firms",
            "from": "firms",
            "codes": "codes",
            "terms": "terms",
            "classes": ["装备"],
        },
    ),
    ("EPPCN", {"step": "penalty_cases", "from": "cases", "terms": "causes"}),
    (
        "PGPP",
        {
            "step": "rate",
            "numerator": ["发明专利授权", "实用新型授权"],
            "denominator": "常住人口",
            "per": 10_000,
        },
    ),
    ("RDER", {"step": "rate", "numerator": "科学技术支出", "denominator": "财政支出", "per": 100}),
    ("MEP", {"step": "rate", "numerator": "采矿业从业人员", "denominator": "从业人员", "per": 100}),
    ("FDI", {"step": "expression", "expression": "外资 * 汇率 / 地区生产总值"}),
    ("HEE", {"step": "log1p", "column": "高校在校生数"}),
    ("UR", {"step": "log1p", "column": "城镇化率"}),
    ("FI", {"step": "log1p", "column": "固定资产投资"}),
]


@pytest.fixture
def prepared(tmp_path):
    """Read the raw files and do all steps."""
    panel = read_panel(yearbook(tmp_path), entity="城市", period="年份").panel
    return prepare(panel, STEPS, sources=sources(tmp_path))


def test_all_variables_come_out_of_the_raw_files(prepared):
    """Every step gives a column without holes, except where the sources begin later."""
    frame = prepared.frame
    for name, _ in STEPS[1:]:
        holes = int(frame[name].isna().sum())
        assert holes == (3 if name == "EPPCN" else 0), name


def test_the_numbers_are_those_of_the_rules(prepared):
    """Spot checks against arithmetic by hand."""
    row = prepared.frame.loc[("大同市", 2010)]
    base = prepared.frame.loc[("大同市", 2008)]
    assert row["gdp"] == pytest.approx(base["地区生产总值"] * 1.08**2)
    assert row["DFII"] == 100.0
    total = 53 + 56
    assert row["IRD"] == pytest.approx(10_000 * (53 / total * 60 / 800 + 56 / total * 14 / 1200))
    patents = row["发明专利授权"] + row["实用新型授权"]
    assert row["PGPP"] == pytest.approx(patents / row["常住人口"])
    assert prepared.frame["SEE"].groupby(level="entity").last().sum() == 12


def test_the_ledger_tells_what_was_filled(prepared):
    """One gap was interpolated, nine values carried back; the index of waste inherits the gap."""
    table = filled_by_year(prepared, ["工业废水", "pollution", "DFII", "gdp"])
    assert table.index.tolist() == ["工业废水", "pollution", "DFII"]
    assert table.loc["DFII", [2008, 2009, 2010]].tolist() == [3, 3, 3]
    assert table.loc["pollution", 2010] == 1
