"""From files as they are sold and downloaded to a report: `init --from`, then `run`, nothing between."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from cli_runner import attempt, call
from xinzhi.study.file.load import load
from xinzhi.study.first.key_columns import find_keys
from xinzhi.study.first.roles import propose_roles
from xinzhi.study.first.tables import first_tables
from xinzhi_panel.io.read import read_panel

pytestmark = pytest.mark.long

CITIES = ["芜湖市", "大同市", "唐山市", "宿州市", "阜新市", "鹤岗市", "榆林市", "铜陵市"]
YEARS = range(2010, 2016)
VARIABLES = {
    "地区生产总值（亿元）": 8.0,
    "年末从业人员（万人）": 4.0,
    "资本存量（亿元）": 9.0,
    "全社会用电量（万千瓦时）": 12.0,
    "工业二氧化硫排放量（吨）": 9.5,
}
ENGLISH = ["gdp", "emp", "capital", "electricity", "so2"]


def panel(names=CITIES, years=YEARS, seed=11):
    """Make a panel of five variables under their Chinese headings."""
    draw = np.random.default_rng(seed)
    rows = []
    for name in names:
        level = draw.normal(0, 0.4, size=len(VARIABLES))
        for year in years:
            values = level + 0.05 * (year - 2010) + draw.normal(0, 0.1, size=len(VARIABLES))
            numbers = {
                k: round(float(np.exp(m / 2 + v)), 2)
                for (k, m), v in zip(VARIABLES.items(), values, strict=True)
            }
            rows.append({"城市": name, "年份": year, **numbers})
    return pd.DataFrame(rows)


def five_workbooks(folder, last=CITIES):
    """Write one indicator a workbook, with codes, and short names in two of them."""
    codes = ["340200", "140200", "130200", "341300", "210900", "230400", "610800", "340700"]
    whole = panel()
    for number, name in enumerate(VARIABLES):
        one = whole[["城市", "年份", name]].copy()
        if number == 4:
            one = one[one["城市"].isin(last)]
        one.insert(1, "城市代码", one["城市"].map(dict(zip(CITIES, codes, strict=True))))
        if number in (1, 3):
            one["城市"] = one["城市"].str.removesuffix("市")
        one.to_excel(folder / f"{number + 1}{name.partition('（')[0]}.xlsx", index=False)


def sold_with_advertisement(folder):
    """Write a workbook as a compiler sells it: a title above, an advertisement below."""
    whole = panel()
    path = folder / "地级市面板.xlsx"
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        whole.to_excel(book, index=False, startrow=2)
        sheet = book.sheets["Sheet1"]
        sheet.cell(1, 1, "中国地级市面板数据（2010-2015）")
        sheet.cell(len(whole) + 5, 1, "数据来源：《中国城市统计年鉴》")
        sheet.cell(len(whole) + 6, 1, "更多数据请关注公众号：某某数据")


def one_year_a_file(folder):
    """Write a file for each year, the year in its name alone."""
    for year, one in panel().groupby("年份"):
        one.drop(columns="年份").to_csv(folder / f"{year}年.csv", index=False, encoding="gb18030")


def wide_yearbook(folder):
    """Write one indicator a workbook with the years across, called after its file."""
    whole = panel()
    for name in VARIABLES:
        wide = whole.pivot_table(index="城市", columns="年份", values=name).reset_index()
        wide.columns = [str(column) for column in wide.columns]
        wide.to_excel(folder / f"{name.partition('（')[0]}.xlsx", index=False)


def wide_by_variable(folder):
    """Write one workbook with a column for each variable and year: 地区生产总值2010."""
    whole = panel().rename(columns=lambda name: name.partition("（")[0])
    wide = whole.pivot_table(index="城市", columns="年份")
    wide.columns = [f"{name}{year}" for name, year in wide.columns]
    wide.reset_index().to_excel(folder / "年鉴.xlsx", index=False)


def stata_with_labels(folder):
    """Write a Stata file with short names and Chinese labels."""
    whole = panel()
    labels = {"city": "城市", "year": "年份", **dict(zip(ENGLISH, VARIABLES, strict=True))}
    whole.columns = ["city", "year", *ENGLISH]
    whole.to_stata(folder / "panel.dta", write_index=False, version=118, variable_labels=labels)


def spss(folder):
    """Write an SPSS file."""
    whole = panel()
    whole.columns = ["city", "year", *ENGLISH]
    pyreadstat.write_sav(whole, str(folder / "panel.sav"))


def mixed_folder(folder):
    """Write csv, xlsx and dta with keys of other names, a note and a lock file between them."""
    whole = panel()
    first, second, third = list(VARIABLES)[:2], list(VARIABLES)[2:4], list(VARIABLES)[4:]
    whole[["城市", "年份", *first]].to_csv(folder / "a.csv", index=False)
    whole[["城市", "年份", *second]].to_excel(folder / "b.xlsx", index=False)
    other = whole[["城市", "年份", *third]].copy()
    other.columns = ["city", "year", "so2"]
    other.to_stata(folder / "c.dta", write_index=False, version=118)
    (folder / "readme.txt").write_text("notes", encoding="utf-8")
    (folder / "~$b.xlsx").write_bytes(b"lock")


AS_THEY_COME = {
    one.__name__: one
    for one in (
        *(five_workbooks, sold_with_advertisement, one_year_a_file, wide_yearbook),
        *(wide_by_variable, stata_with_labels, spss, mixed_folder),
    )
}


@pytest.mark.parametrize("name", AS_THEY_COME)
def test_files_as_they_come_go_from_init_to_a_report(name, tmp_path):
    """No line is edited between `init --from` and the report; the scores are those of all the cells."""
    data = tmp_path / "data"
    data.mkdir()
    AS_THEY_COME[name](data)

    call("init", tmp_path / "study", "--from", data, "--lang", "zh")
    call("run", tmp_path / "study")

    spec = load(tmp_path / "study" / "study.yaml")
    assert len(spec.efficiency["efficiency"].inputs) == 3
    assert len(spec.efficiency["efficiency"].bad_outputs) == 1
    scores = pd.read_csv(tmp_path / "study" / "results" / "scores.csv")
    assert len(scores) == len(CITIES) * len(YEARS)
    assert scores["score"].notna().all()
    assert (tmp_path / "study" / "results" / "report.html").stat().st_size > 0


def test_the_scores_do_not_depend_on_how_the_files_are_cut(tmp_path):
    """Five workbooks, one year a file and wide tables hold the same panel, and give the same scores."""
    found = []
    for name in ("five_workbooks", "one_year_a_file", "wide_yearbook"):
        (tmp_path / name).mkdir()
        AS_THEY_COME[name](tmp_path / name)
        call("init", tmp_path / f"{name}_study", "--from", tmp_path / name)
        call("run", tmp_path / f"{name}_study")
        scores = pd.read_csv(tmp_path / f"{name}_study" / "results" / "scores.csv")
        found.append(scores.set_index(["entity", "period"])["score"].sort_index())

    for other in found[1:]:
        pd.testing.assert_series_equal(found[0], other, rtol=1e-9)


def test_several_files_are_one_source_in_the_study_file(tmp_path):
    """With the register, the join and what it loses; comments in the language that was asked for."""
    five_workbooks(tmp_path, last=[city for city in CITIES if city != "鹤岗市"])
    files = sorted(tmp_path.glob("*.xlsx"))

    done = call("init", tmp_path / "study", "--lang", "zh", "--from", *files)

    text = (tmp_path / "study" / "study.yaml").read_text(encoding="utf-8")
    source = load(tmp_path / "study" / "study.yaml").sources["data"]
    assert (len(source.files), source.names, source.join) == (5, "china_cities", "inner")
    assert "8 个个体中有 7 个出现在全部 5 个文件中" in text
    assert "48 行中有 6 行并非每个文件都有，已略去（join: inner）" in text
    assert "鹤岗市" in text
    assert "列名含“城市”" in text
    assert "8 个个体中有 7 个" in done.stdout


def test_a_misspelt_name_is_offered_for_a_person_to_confirm(tmp_path):
    """Behind a sign stands what the name may be; without the sign nothing is lost."""
    five_workbooks(tmp_path)
    path = next(tmp_path.glob("5*.xlsx"))
    one = panel().iloc[:, [0, 1, -1]]
    one.replace("芜湖市", "芜胡市").to_excel(path, index=False)

    call("init", tmp_path / "study", "--from", *sorted(tmp_path.glob("*.xlsx")))

    file = tmp_path / "study" / "study.yaml"
    text = file.read_text(encoding="utf-8")
    assert "2 entities are lost altogether: 芜湖市, 芜胡市" in text
    line = next(one for one in text.splitlines() if "spellings" in one)
    assert line.startswith("#    spellings: {芜胡市: 芜湖市}")
    file.write_text(text.replace(line, line[1:]), encoding="utf-8")
    assert "8 of 8 entities are in all 5 files" in call("check", file, "--lang", "en").stdout


def test_names_come_before_codes(tmp_path):
    """城市代码 stands first and names each row, too; the names are the entity."""
    whole = panel()
    whole.insert(0, "城市代码", whole["城市"].map({c: 100 + i for i, c in enumerate(CITIES)}))
    whole.to_csv(tmp_path / "a.csv", index=False)

    call("init", tmp_path / "study", "--from", tmp_path / "a.csv")

    assert load(tmp_path / "study" / "study.yaml").sources["data"].entity == "城市"


@pytest.mark.parametrize(
    ("headings", "chosen"),
    [
        (["名义GDP", "实际GDP"], "实际GDP"),
        (["gdp_nominal", "gdp_real"], "gdp_real"),
        (["GDP_current_prices", "GDP_constant_prices"], "GDP_constant_prices"),
        (["生产总值指数", "地区生产总值"], "地区生产总值"),
        (["第二产业增加值", "地区生产总值"], "地区生产总值"),
        (["price_level_of_gdp", "gdp"], "gdp"),
    ],
)
def test_real_values_come_before_nominal_ones(headings, chosen, tmp_path):
    """And wholes before parts; price levels and indices are never outputs."""
    table = panel()[["城市", "年份", "年末从业人员（万人）"]]
    for heading in headings:
        table[heading] = np.linspace(1, 9, len(table))
    table.to_csv(tmp_path / "a.csv", index=False)
    read = read_panel(tmp_path / "a.csv", entity="城市", period="年份").panel

    assert propose_roles(read).good_outputs == (chosen,)


def test_price_levels_and_areas_are_no_inputs(tmp_path):
    """The Penn World Table has price levels of capital, yearbooks have areas."""
    table = panel()[["城市", "年份", "地区生产总值（亿元）"]]
    for heading in ("price_level_capital", "资本价格指数", "建成区面积", "行政区域土地面积"):
        table[heading] = np.linspace(1, 9, len(table))
    table.to_csv(tmp_path / "a.csv", index=False)

    assert (
        propose_roles(read_panel(tmp_path / "a.csv", entity="城市", period="年份").panel).inputs
        == ()
    )


def test_two_files_of_one_name_are_not_mixed_up(tmp_path):
    """Both would be called a.csv in the study: nothing is written."""
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        panel(seed=len(folder) + (folder == "y")).to_csv(tmp_path / folder / "a.csv", index=False)
    panel(years=range(2016, 2018)).to_csv(tmp_path / "y" / "a.csv", index=False)

    done = attempt(
        *("init", tmp_path / "study", "--lang", "en"),
        *("--from", tmp_path / "x" / "a.csv", tmp_path / "y" / "a.csv"),
    )

    assert done.code == 1
    assert "Two files would be called a.csv" in done.stderr
    assert not (tmp_path / "study").exists()


def test_a_quantity_whose_heading_speaks_of_places_is_no_key(tmp_path):
    """地区生产总值 has 地区 in it; the column beside it holds the names."""
    table = panel().rename(columns={"城市": "地级市"})
    table.iloc[:, [2, 0, 1, 3]].to_csv(tmp_path / "a.csv", index=False)

    assert find_keys(tmp_path / "a.csv").entity == "地级市"


def test_one_file_whose_name_tells_the_year_stands_beside_others(tmp_path):
    """A cross-section of 2012 and a panel: the year of the first is read from its name."""
    whole = panel()
    whole.iloc[:, [0, 1, 2, 3]].to_csv(tmp_path / "a.csv", index=False)
    one = whole[whole["年份"] == 2012].iloc[:, [0, 4]]
    one.to_csv(tmp_path / "资本2012年.csv", index=False)

    found = first_tables(sorted(tmp_path.glob("*.csv")), tmp_path)

    named = next(source for source in found.sources if source.period_in_names)
    assert named.options(None, "inner", given=False)["files"] == ["资本2012年.csv"]
    assert set(found.reading.panel.frame.index.get_level_values("period")) == {2012}
