"""Make the workbooks of the tutorial *A study from your own workbooks*: eight indicators of twelve cities, in both languages.

`uv run python tools/pages/make_workbooks.py` renews `docs/tutorials/own-workbooks.zip` and the Chinese one. The figures are
simulated, from a stated seed; tests/docs/test_commands.py unpacks the files before it follows the page.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

DOCS = Path(__file__).resolve().parents[2] / "docs"
SEED = 7
YEARS = range(2012, 2020)
UNIT = re.compile(r"\s*[（(].*")
"""What stands behind the name of an indicator, and not in that of its file."""
STAMP = (2020, 1, 1, 0, 0, 0)
"""Time of the files in a zip, so that the same figures make the same names and times."""
CITIES: Mapping[str, Sequence[str]] = {
    "en": [
        "Tangshan",
        "Datong",
        "Fuxin",
        "Hegang",
        "Tongling",
        "Huaibei",
        "Zaozhuang",
        "Pingdingshan",
        "Huangshi",
        "Panzhihua",
        "Liupanshui",
        "Yangquan",
    ],
    "zh": [
        "唐山",
        "大同",
        "阜新",
        "鹤岗",
        "铜陵",
        "淮北",
        "枣庄",
        "平顶山",
        "黄石",
        "攀枝花",
        "六盘水",
        "阳泉",
    ],
}
KEYS = {"en": ["city", "year"], "zh": ["城市", "年份"]}
HEADINGS: Mapping[str, Sequence[str]] = {
    "en": (
        *("GDP (100 million yuan)", "Employed persons", "Capital stock (100 million yuan)"),
        *("Industrial SO2 emissions (t)", "University students", "New firms"),
        *("Environmental penalty cases", "GDP per capita (yuan)"),
    ),
    "zh": (
        *("地区生产总值（亿元）", "年末从业人员（万人）", "资本存量（亿元）"),
        *("工业二氧化硫排放量（吨）", "普通高等学校在校学生数（人）", "新注册企业数（家）"),
        *("环境行政处罚案件数（件）", "人均地区生产总值（元）"),
    ),
}
FILES = {
    "en": DOCS / "tutorials" / "own-workbooks.zip",
    "zh": DOCS / "zh" / "tutorials" / "own-workbooks.zip",
}


def simulate(n_cities: int) -> list[np.ndarray]:
    """Draw the eight indicators, each of length cities × years, in the order of `HEADINGS`."""
    draw = np.random.default_rng(SEED)
    n_years = len(YEARS)
    size = np.repeat(draw.uniform(0.6, 2.4, n_cities), n_years)
    growth = np.repeat(draw.uniform(1.04, 1.12, n_cities), n_years)
    time = np.tile(np.arange(n_years), n_cities)

    def varied(spread: float) -> np.ndarray:
        return draw.lognormal(0, spread, n_cities * n_years)

    students = 30 * size * growth**time * varied(0.05)
    return [
        600 * size * (students / 30) ** 0.3 * 1.03**time * varied(0.06),
        55 * size * varied(0.05),
        2400 * size * 1.05**time * varied(0.05),
        90000 * size * 0.93**time * varied(0.15),
        1000 * students,
        80 * students + 1200 * varied(0.2),
        40 * size * varied(0.3),
        42000 * 1.04**time * varied(0.1),
    ]


def workbooks(language: str) -> dict[str, pd.DataFrame]:
    """Name of a workbook -> its table."""
    cities = CITIES[language]
    rows = pd.MultiIndex.from_product([cities, YEARS], names=KEYS[language])
    pairs = zip(HEADINGS[language], simulate(len(cities)), strict=True)
    return {
        f"{UNIT.sub('', heading)}.xlsx": pd.DataFrame(
            {heading: figures.round(1)}, index=rows
        ).reset_index()
        for heading, figures in pairs
    }


def main() -> None:
    """Write both zip files."""
    for language, file in FILES.items():
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, table in workbooks(language).items():
                book = io.BytesIO()
                table.to_excel(book, index=False)
                archive.writestr(zipfile.ZipInfo(name, STAMP), book.getvalue())


if __name__ == "__main__":
    main()
