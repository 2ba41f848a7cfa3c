"""Data as compilers sell them, from `init --from` to scores, with no editing in between.

Each set of files holds the same numbers under other headings, with advertisements and sources around
them; the scores are those of the plain table.
"""

from __future__ import annotations

import pandas as pd
import pytest
import xlsxwriter

import xinzhi as xz
from cli_runner import call

pytestmark = pytest.mark.long

pyreadstat = pytest.importorskip("pyreadstat")
CITIES = ("大同市", "阳泉市", "鞍山市", "淮南市", "唐山市", "郴州市", "攀枝花市", "克拉玛依市")
YEARS = (2018, 2019, 2020, 2021)
ROLES = {"就业人数": "万人", "资本存量": "亿元", "地区生产总值": "亿元", "二氧化硫": "吨"}
LABELS = ["城市", "年份", *(f"{name}（{unit}）" for name, unit in ROLES.items())]


def value(name, city, year):
    k, i, t = list(ROLES).index(name), CITIES.index(city), year - 2018
    return round(3 + 2 * k + (7 * i + 3 * k + t * (i + 1)) % 13 + i / 4, 3)


def long(names):
    return [[c, y, *(value(name, c, y) for name in names)] for c in CITIES for y in YEARS]


def wide(name):
    return [[c, *(value(name, c, y) for y in YEARS)] for c in CITIES]


def book(path, lines, *merged):
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        for number, line in enumerate(lines):
            for column, cell in enumerate(line):
                if cell != "":
                    sheet.write(number, column, cell)
        for place in merged:
            sheet.merge_range(*place)


def workbooks(folder):
    """One indicator a file, wide and long, with advertisements where compilers put them."""
    ad = ["更多数据请关注公众号：经管数据屋"]
    book(folder / "就业人数（万人）.xlsx", [["城市", *YEARS], *wide("就业人数"), [], ad])
    lines = [["资本存量（亿元）"], ["城市", *(f"{y}年" for y in YEARS)], *wide("资本存量")]
    book(folder / "资本存量.xlsx", [*lines, ["数据来源", "中国城市统计年鉴"]])
    head = ["城市", "年份", "地区生产总值（亿元）"]
    book(folder / "GDP.xlsx", [head, *long(["地区生产总值"]), ["扫码关注"]])
    lines = [["城市", "年份", "二氧化硫（吨）", "", "更多数据"], *long(["二氧化硫"])]
    lines[3] = [*lines[3], "", "www.example.com"]
    book(folder / "二氧化硫.xlsx", lines)
    lines = [["省份", "城市", "年份", "专利授权（件）"]]
    lines += [["某省", city, year, 7 + i] for i, city in enumerate(CITIES) for year in YEARS]
    book(folder / "专利.xlsx", lines, (34, 0, 36, 3, "仅供学术研究，请勿转卖"))
    return sorted(folder.glob("*.xlsx"))


def yearbook(folder):
    """One sheet: variables with their units merged over years, a title, a source."""
    title, head, years, places = ["主要经济指标"], ["城市"], [""], []
    for k, (name, unit) in enumerate(ROLES.items()):
        places.append((1, 1 + 4 * k, 1, 4 + 4 * k, f"{name}（{unit}）"))
        years += [f"{year}年" for year in YEARS]
    cells = [[c, *(value(n, c, y) for n in ROLES for y in YEARS)] for c in CITIES]
    lines = [title, head, years, *cells, [], ["资料来源", "各市统计公报"], ["QQ", "", 123456789]]
    book(folder / "yearbook.xlsx", lines, (1, 0, 2, 0, "城市"), *places)
    return [folder / "yearbook.xlsx"]


def pages(folder):
    """Pages of a csv below one another, each with its heading, a line of advertising and its number."""
    rows, lines = long(ROLES), []
    for start in range(0, len(rows), 8):
        page = [f"— {start // 8 + 1} —"]
        lines += [LABELS, *rows[start : start + 8], ["扫码领取更多数据"], page]
    text = "\n".join(",".join(map(str, [*line, *[""] * (6 - len(line))])) for line in lines)
    (folder / "pages.csv").write_text(text, encoding="gb18030")
    return [folder / "pages.csv"]


def statistical(folder, write, name):
    """Variables called v1, v2 …, with labels that say what they are."""
    frame = pd.DataFrame(long(ROLES), columns=["cs", "nf", "v1", "v2", "v3", "v4"])
    write(frame, str(folder / name), column_labels=LABELS)
    return [folder / name]


def dta(folder):
    return statistical(folder, pyreadstat.write_dta, "panel.dta")


def sav(folder):
    return statistical(folder, pyreadstat.write_sav, "panel.sav")


def scores():
    """Scores of the plain table."""
    frame = pd.DataFrame(long(ROLES), columns=["city", "year", *ROLES]).set_index(["city", "year"])
    result = xz.evaluate(
        frame,
        inputs=["就业人数", "资本存量"],
        good_outputs=["地区生产总值"],
        bad_outputs=["二氧化硫"],
        measure="super_sbm",
        reference="global",
    )
    return pd.Series(result.scores, index=pd.MultiIndex.from_tuples(result.labels))


@pytest.mark.parametrize("make", [workbooks, yearbook, pages, dta, sav])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_bought_data_become_scores_with_no_editing(make, language, tmp_path, monkeypatch):
    """What `init --from` writes runs, and no number is lost or changed on the way."""
    monkeypatch.chdir(tmp_path)
    call("init", "--from", *make(tmp_path), "--lang", language)
    call("run", "study.yaml", "--lang", language)
    found = pd.read_csv(tmp_path / "results" / "scores.csv").set_index(["entity", "period"])
    wanted = scores()
    assert len(found) == len(wanted)
    for (city, year), score in wanted.items():
        short = city.removesuffix("市")
        place = (city, year) if (city, year) in found.index else (short, year)
        assert found.loc[place, "score"] == pytest.approx(score, abs=1e-9)
