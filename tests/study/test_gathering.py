"""Several files become one panel: names, shared columns, rows, and what is said of each."""

from __future__ import annotations

import json
import os
import sys

import pandas as pd
import pytest

from cli_runner import attempt, call
from xinzhi.study.checked import check_study_file
from xinzhi.study.file.listing import data_files
from xinzhi.study.file.load import load
from xinzhi.study.gather.sources import read_sources
from xinzhi.study.run import check_study
from xinzhi_core.errors import DataError, SpecError
from xinzhi_core.wording import say
from xinzhi_panel.io.files import Files
from xinzhi_panel.places.places import places

CITIES = ["芜湖市", "大同市", "唐山市", "宿州市"]
SHORT = [name.removesuffix("市") for name in CITIES]
YEARS = [2010, 2011]


def table(path, names=CITIES, years=YEARS, **columns):
    """Write a table of cities by years; a column is one value, or a function of city and year."""
    rows = [
        {"城市": name, "年份": year}
        | {k: (v(i, year) if callable(v) else v) for k, v in columns.items()}
        for i, name in enumerate(names)
        for year in years
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(rows)
    if path.suffix == ".xlsx":
        frame.to_excel(path, index=False)
    elif path.suffix == ".dta":
        frame.rename(columns={"城市": "city", "年份": "year"}).to_stata(
            path, write_index=False, version=118
        )
    else:
        frame.to_csv(path, index=False, encoding="utf-8")


def study(folder, sources, panel="{from: data}"):
    """Write a study file of these sources."""
    text = "title: t\nsources:\n" + "".join(f"  {k}: {v}\n" for k, v in sources.items())
    (folder / "study.yaml").write_text(text + f"panel: {panel}\n", encoding="utf-8")
    return folder / "study.yaml"


def one(files, more=""):
    """Give the options of one source of cities."""
    return {"data": f"{{files: {files}, entity: 城市, period: 年份{more}}}"}


def read(path):
    with Files(path.parent) as files:
        return read_sources(load(path), files)


def refused(path):
    """Problems of a study that is refused."""
    with pytest.raises(DataError) as caught:
        read(path)
    return caught.value.problems


def gdp(i, year):
    return 100.0 * (i + 1) + year - 2010


def population(i, year):
    return 10.0 * (i + 1) + year - 2010


def codes(column):
    return [one.code for one in column]


def test_short_and_full_names_of_cities_are_one_city(tmp_path):
    """芜湖 in one file and 芜湖市 in another, found by the register of cities, unasked, and said."""
    table(tmp_path / "d" / "gdp.csv", GDP=gdp)
    table(tmp_path / "d" / "pop.xlsx", SHORT, 人口=population)

    found = read(study(tmp_path, one("d")))

    assert found.panel.keys == ("城市", "年份")
    frame = found.panel.frame
    assert found.panel.entities == tuple(sorted(CITIES))
    assert frame.loc[("芜湖市", 2011)].tolist() == [101.0, 11.0]
    assert frame.loc[("宿州市", 2010)].tolist() == [400.0, 40.0]
    assert "names.register" in codes(found.warnings)
    assert "names: china_cities" in str(
        next(w.remedy for w in found.warnings if w.code == "names.register")
    )


def test_names_that_agree_stay_as_they_are_written(tmp_path):
    """Where files do not differ, no register is used and no name is changed."""
    table(tmp_path / "d" / "gdp.csv", SHORT, GDP=gdp)
    table(tmp_path / "d" / "pop.csv", SHORT, 人口=population)

    found = read(study(tmp_path, one("d")))

    assert found.panel.entities == tuple(sorted(SHORT))
    assert "names.register" not in codes((*found.warnings, *found.decisions))


def test_names_as_text_are_not_touched(tmp_path):
    """`names: text` takes names as written: two spellings are two entities, and the report says so."""
    table(tmp_path / "d" / "gdp.csv", GDP=gdp)
    table(tmp_path / "d" / "pop.csv", SHORT, 人口=population)

    found = read(study(tmp_path, one("d", ", names: text")))

    assert len(found.panel.entities) == 8
    assert found.coverage.n_everywhere == 0
    assert {p.entity: p.nearest for p in found.coverage.partial}["芜湖"] == "芜湖市"


def test_the_match_report_counts_and_names_the_nearest(tmp_path):
    """A misspelt city is in one file only; its nearest name stands beside it."""
    table(tmp_path / "d" / "gdp.csv", GDP=gdp)
    table(tmp_path / "d" / "pop.csv", ["芜胡市", *SHORT[1:]], 人口=population)

    found = read(study(tmp_path, one("d", ", names: china_cities")))

    assert (found.coverage.n_everywhere, found.coverage.n_entities) == (3, 5)
    first = found.warnings[0]
    assert first.code == "files.matched"
    assert "3 of 5 entities are in all 2 files" in say(first.what, "en")
    assert "5 个个体中有 3 个出现在全部 2 个文件中" in say(first.what, "zh")
    assert "芜胡市 (only in pop.csv; nearest: 芜湖市)" in say(first.what, "en")


def test_a_spelling_of_the_study_file_mends_it(tmp_path):
    """What the report asks about is answered in the study file, not in the data."""
    table(tmp_path / "d" / "gdp.csv", GDP=gdp)
    table(tmp_path / "d" / "pop.csv", ["芜胡市", *CITIES[1:]], 人口=population)

    found = read(study(tmp_path, one("d", ", spellings: {芜胡市: 芜湖市}")))

    assert found.coverage.n_everywhere == 4
    assert found.panel.frame.notna().all().all()


def test_one_year_a_file_is_put_below_one_another(tmp_path):
    """Tables of the same columns are stacked, under any join, and no row is lost."""
    for year in YEARS:
        table(tmp_path / "d" / f"{year}.csv", years=[year], GDP=gdp, 人口=population)

    found = read(study(tmp_path, one("d", ", join: inner")))

    assert found.panel.frame.shape == (8, 2)
    assert found.panel.frame.loc[("大同市", 2011), "GDP"] == 201.0


def test_the_year_may_stand_in_the_name_of_the_file(tmp_path):
    """`period_from: file_name` takes the year from 2010年.csv; without it the remedy says so."""
    for year in YEARS:
        table(tmp_path / "d" / f"{year}年.csv", years=[year], GDP=gdp)
        lines = (tmp_path / "d" / f"{year}年.csv").read_text(encoding="utf-8")
        (tmp_path / "d" / f"{year}年.csv").write_text(
            lines.replace(f",{year},", ",").replace(",年份,", ","), encoding="utf-8"
        )

    problems = refused(study(tmp_path, one("d")))
    found = read(study(tmp_path, one("d", ", period_from: file_name")))

    assert all("period_from: file_name" in str(p.remedy) for p in problems)
    assert found.panel.periods == (2010, 2011)
    assert found.panel.frame.loc[("唐山市", 2011), "GDP"] == 301.0


def test_wide_tables_are_called_after_their_files(tmp_path):
    """One indicator a file with the years across: the name of the file is that of the variable."""
    for name, value in (("GDP", gdp), ("人口", population)):
        frame = pd.DataFrame(
            [[c, *(value(i, y) for y in YEARS)] for i, c in enumerate(CITIES)],
            columns=["城市", *map(str, YEARS)],
        )
        (tmp_path / "d").mkdir(exist_ok=True)
        frame.to_excel(tmp_path / "d" / f"{name}.xlsx", index=False)

    found = read(study(tmp_path, one("d")))

    assert sorted(found.panel.frame.columns) == ["GDP", "人口"]
    assert found.panel.frame.loc[("大同市", 2011), "人口"] == 21.0


def test_equal_descriptions_are_kept_once(tmp_path):
    """省份 and 城市代码 that several files have are compared; 安徽 and 安徽省 are one province."""
    table(tmp_path / "d" / "gdp.csv", ["芜湖市", "宿州市"], GDP=gdp, 省份="安徽", 城市代码="x")
    table(
        tmp_path / "d" / "pop.csv",
        ["芜湖市", "宿州市"],
        人口=population,
        省份="安徽省",
        城市代码="x",
    )

    found = read(study(tmp_path, one("d")))

    assert list(found.panel.frame.columns) == ["GDP", "省份", "城市代码", "人口"]
    assert codes(found.decisions).count("files.same_cells") == 2


def test_different_cells_are_shown_with_both_places(tmp_path):
    """A value that two files tell differently is an error with the cells of both."""
    table(tmp_path / "d" / "a.csv", GDP=gdp, 人口=population)
    table(tmp_path / "d" / "b.csv", 人口=lambda i, y: population(i, y) + (i == 2), 财政=gdp)

    problems = refused(study(tmp_path, one("d")))

    assert codes(problems) == ["files.differ"]
    words = say(problems[0].what, "en")
    assert "'人口' differs between a.csv and b.csv in 2 cells" in words
    assert "唐山市 2010: 30 (row 6) and 31 (row 6)" in words
    assert (problems[0].where.file, problems[0].where.row) == ("b.csv", 6)


def test_a_cell_whose_row_is_not_known_is_shown_without_one(tmp_path):
    """What two files have joined into has no rows of its own: the third is compared with it."""
    table(tmp_path / "d" / "a.csv", years=[2010], 人口=population)
    table(tmp_path / "d" / "b.csv", years=[2011], 人口=population)
    table(tmp_path / "d" / "c.csv", years=[2010, 2011], 人口=lambda i, y: population(i, y) + 1)

    problems = refused(study(tmp_path, one("d")))

    assert set(codes(problems)) == {"files.differ"}
    for problem in problems:
        assert "?" not in say(problem.what, "en") + say(problem.what, "zh")


def test_a_column_in_two_units_is_refused(tmp_path):
    """万元 in one year's file and 亿元 in the next would be a factor of 10,000."""
    table(tmp_path / "d" / "2010.csv", years=[2010], **{"GDP（亿元）": gdp})
    table(tmp_path / "d" / "2011.csv", years=[2011], **{"GDP（万元）": gdp})

    problems = refused(study(tmp_path, one("d")))

    assert codes(problems) == ["files.units"]
    assert "亿元" in str(problems[0].what)
    assert "万元" in str(problems[0].what)


@pytest.mark.parametrize(
    ("join", "rows", "empty"), [("outer", 8, 4), ("left", 6, 2), ("inner", 4, 0)]
)
def test_joins_keep_what_they_say(tmp_path, join, rows, empty):
    """Rows of a file that another lacks: kept with empty cells, or left out and counted."""
    table(tmp_path / "d" / "a.csv", CITIES[:3], GDP=gdp)
    table(tmp_path / "d" / "b.csv", CITIES[1:], 人口=population)

    found = read(study(tmp_path, one("d", f", join: {join}")))

    assert len(found.panel.frame) == rows
    assert int(found.panel.frame.isna().sum().sum()) == empty
    said = " ".join(say(d.what, "en") for d in found.decisions)
    lost = {"outer": [], "left": ["宿州市"], "inner": ["宿州市", "芜湖市"]}[join]
    assert all(name in said for name in lost)
    assert ("left out" in said) == bool(lost)


def test_columns_are_chosen_and_renamed(tmp_path):
    """Only the columns that are named are read: cells of others are never an error."""
    table(
        tmp_path / "d" / "a.csv",
        **{"地区生产总值（亿元）": gdp},
        备注=lambda i, _: 5 if i else "不详",
    )
    table(tmp_path / "d" / "b.csv", 年末人口=population)

    found = read(study(tmp_path, one("d", ", columns: {gdp: 地区生产总值（亿元）, pop: 年末人口}")))

    assert list(found.panel.frame.columns) == ["gdp", "pop"]
    assert found.panel.units == {"gdp": "亿元"}


def test_a_chosen_column_that_no_file_has_is_refused(tmp_path):
    """With the nearest heading."""
    table(tmp_path / "d" / "a.csv", 地区生产总值=gdp)
    table(tmp_path / "d" / "b.csv", 年末人口=population)

    problems = refused(study(tmp_path, one("d", ", columns: {gdp: 地区生产总直, pop: 年末人口}")))

    assert codes(problems) == ["data.missing_column"]
    assert "did you mean '地区生产总值'" in str(problems[0].remedy)


@pytest.mark.long
def test_sources_with_headings_of_their_own_are_joined(tmp_path):
    """A Stata file with English names and a workbook with Chinese ones; one attribute per city."""
    table(tmp_path / "a.xlsx", GDP=gdp)
    table(tmp_path / "b.dta", SHORT, pop=population)
    (tmp_path / "c.csv").write_text(
        "城市,煤炭\n" + "".join(f"{c},{i % 2}\n" for i, c in enumerate(CITIES)), encoding="utf-8"
    )
    path = study(
        tmp_path,
        {
            "a": "{file: a.xlsx, entity: 城市, period: 年份, names: china_cities}",
            "b": "{file: b.dta, entity: city, period: year}",
            "c": "{file: c.csv, entity: 城市}",
        },
        "{from: [a, b, c], join: inner}",
    )

    found = read(path)

    assert found.panel.frame.loc[("大同市", 2011)].tolist() == [201.0, 21.0, 1.0]
    assert len(found.panel.frame) == 8
    assert found.coverage.files == ("a.xlsx", "b.dta", "c.csv")


def test_countries_by_code_and_name_are_one(tmp_path):
    """DEU, Germany and 德国 are one country; names are those of most."""
    for name, names, column in (
        ("a", ["Germany", "Korea, Rep.", "Czech Republic"], "gdp"),
        ("b", ["DEU", "KOR", "CZE"], "labour"),
    ):
        rows = "".join(f'"{n}",2010,{i + 1}\n' for i, n in enumerate(names))
        (tmp_path / f"{name}.csv").write_text(f"country,year,{column}\n{rows}", encoding="utf-8")
    path = study(
        tmp_path,
        {"data": "{files: [a.csv, b.csv], entity: country, period: year, names: countries}"},
    )

    found = read(path)

    assert found.panel.entities == ("Czechia", "Germany", "South Korea")
    assert found.panel.frame.loc[("South Korea", 2010)].tolist() == [2.0, 2.0]


def test_provinces_are_matched_in_short_and_full(tmp_path):
    """内蒙古 and 内蒙古自治区."""
    for name, names, column in (
        ("a", ["内蒙古", "广西", "北京"], "gdp"),
        ("b", ["内蒙古自治区", "广西壮族自治区", "北京市"], "labour"),
    ):
        rows = "".join(f"{n},2010,{i + 1}\n" for i, n in enumerate(names))
        (tmp_path / f"{name}.csv").write_text(f"省份,年份,{column}\n{rows}", encoding="utf-8")
    path = study(
        tmp_path,
        {"data": "{files: [a.csv, b.csv], entity: 省份, period: 年份, names: china_provinces}"},
    )

    assert read(path).panel.frame.loc[("广西壮族自治区", 2010)].tolist() == [2.0, 2.0]


def test_the_match_report_stands_everywhere(tmp_path):
    """In check, in the notices of a run, in run.json, results.json and the section on data."""
    table(tmp_path / "d" / "gdp.csv", GDP=gdp)
    table(tmp_path / "d" / "pop.csv", CITIES[1:], 人口=population)
    path = study(tmp_path, one("d", ", join: inner"))
    with path.open("a", encoding="utf-8") as file:
        file.write(
            "variables: {GDP: {column: GDP}}\ndescribe: {variables: [GDP]}\nreport: {formats: [md]}\n"
        )
    words = "3 of 4 entities are in all 2 files"

    assert words in call("check", path, "--lang", "en").stdout
    call("run", path, "--lang", "en")

    results = tmp_path / "results"
    manifest = json.loads((results / "run.json").read_text(encoding="utf-8"))
    numbers = json.loads((results / "results.json").read_text(encoding="utf-8"))
    assert manifest["match"] == numbers["match"]
    assert numbers["match"]["in_all_files"] == 3
    assert numbers["match"]["not_matched"] == [
        {"entity": "芜湖市", "in": ["gdp.csv"], "not_in": ["pop.csv"], "nearest": None}
    ]
    assert any(words in n["text"]["en"] for n in numbers["notices"])
    assert len(manifest["inputs"]) == 2


# Bad input


def test_two_names_of_one_city_in_one_year_ask(tmp_path):
    """吉林 and 吉林市 in one table with other figures: so one name is wrong."""
    table(tmp_path / "d" / "a.csv", ["襄樊", "襄阳市", "大同"], GDP=gdp)
    table(tmp_path / "d" / "b.csv", ["襄阳", "大同市"], 人口=population)

    problems = refused(study(tmp_path, one("d", ", names: china_cities")))

    assert codes(problems) == ["files.matched", "names.two_for_one"] or codes(problems) == [
        "names.two_for_one"
    ]
    assert "襄樊, 襄阳市" in str(problems[-1].what)
    assert "spellings" in str(problems[-1].remedy)


def test_an_ambiguous_name_asks_and_the_province_answers(tmp_path):
    """Suzhou is in Jiangsu and in Anhui; a column of provinces tells which."""
    for name, column in (("a", "gdp"), ("b", "pop")):
        (tmp_path / f"{name}.csv").write_text(
            f"city,year,{column}\nSuzhou,2010,1\nDatong,2010,2\n", encoding="utf-8"
        )
    options = "{files: [a.csv, b.csv], entity: city, period: year, names: china_cities}"

    problems = refused(study(tmp_path, {"data": options}))

    assert "names.ambiguous" in codes(problems)
    assert "宿州市" in str(problems[-1].remedy)
    for name, column in (("a", "gdp"), ("b", "pop")):
        (tmp_path / f"{name}.csv").write_text(
            f"city,year,{column},province\nSuzhou,2010,1,Anhui\nDatong,2010,2,Shanxi\n",
            encoding="utf-8",
        )
    assert read(study(tmp_path, {"data": options})).panel.entities == ("大同市", "宿州市")


def test_a_code_that_contradicts_its_name_is_an_error_with_both(tmp_path):
    """芜湖市 beside the code of 蚌埠市."""
    codes_of = ["340300", "140200", "130200", "341300"]
    table(tmp_path / "d" / "a.csv", GDP=gdp, 城市代码=lambda i, _: codes_of[i])
    table(tmp_path / "d" / "b.csv", SHORT, 人口=population)

    problems = refused(study(tmp_path, one("d", ", names: china_cities")))

    assert codes(problems) == ["names.code"]
    assert all(word in str(problems[0].what) for word in ("芜湖市", "340300", "蚌埠市", "340200"))
    assert (problems[0].where.file, problems[0].where.column) == ("a.csv", "城市代码")


def test_folders_without_data_and_files_without_tables(tmp_path):
    """An empty folder is an error; what is not data in a folder is named and left out."""
    (tmp_path / "empty").mkdir()
    table(tmp_path / "d" / "a.csv", GDP=gdp)
    (tmp_path / "d" / "说明.docx").write_bytes(b"PK")
    (tmp_path / "d" / "readme.txt").write_text("notes", encoding="utf-8")
    (tmp_path / "d" / "~$a.xlsx").write_bytes(b"lock")

    problems = refused(study(tmp_path, one("[d, empty]")))
    found = read(study(tmp_path, one("d")))

    assert codes(problems) == ["files.empty_folder"]
    left_out = next(w for w in found.warnings if w.code == "files.left_out")
    assert "readme.txt, 说明.docx" in str(left_out.what)
    assert "~$" not in str(left_out.what)


@pytest.mark.parametrize(
    ("name", "is_changed", "is_read"),
    [
        ("a (1).csv", False, False),
        ("a - 副本.csv", False, False),
        ("a - Copy (2).csv", False, False),
        ("a copy.csv", False, False),
        ("a-PC的冲突副本-20240101.csv", True, False),
        ("a (Li's conflicted copy 2024-01-01).csv", True, False),
        ("a.sync-conflict-20240101-120000-ABCDEFG.csv", True, False),
        (".~lock.a.csv#", True, False),
        ("desktop.ini", True, False),
        ("a (1).csv", True, True),  # 年度数据.csv and 年度数据 (1).csv of an office are two tables
        ("b (1).csv", False, True),
    ],
)
def test_a_copy_in_a_folder_is_named_and_is_neither_read_nor_removed(
    tmp_path, name, is_changed, is_read
):
    """Copies of synchronised folders would be read as other sources of the same figures."""
    table(tmp_path / "d" / "a.csv", GDP=gdp)
    table(tmp_path / "d" / name, **({"人口": population} if is_changed else {"GDP": gdp}))
    before = (tmp_path / "d" / name).read_bytes()

    data, others = data_files(tmp_path / "d")

    assert (name in data) is is_read
    assert (name in others) is (not is_read and not name.startswith("."))
    assert (tmp_path / "d" / name).read_bytes() == before
    if not is_read and name.endswith("csv"):
        found = read(study(tmp_path, one("d")))
        told = next(str(w.what) for w in found.warnings if w.code == "files.left_out")
        assert "is a copy of another, and is not read" in told
        assert name in told


@pytest.mark.one_in(8)
@pytest.mark.parametrize(
    ("name", "is_told"),
    [
        ("study (1).yaml", True),
        ("study（2）.yaml", True),
        ("study - 副本.yaml", True),
        ("study-PC的冲突副本-20240101.yaml", True),
        ("gdp (Li's conflicted copy 2024-01-01).xlsx", True),
        ("gdp (1).csv", False),  # a second table of an office, maybe: `sources` says what is read
        ("study2.yaml", False),
        (".study (1).yaml", False),
        ("冲突副本.docx", False),
    ],
)
def test_a_copy_beside_the_study_is_named_by_check_and_run(tmp_path, name, is_told):
    """Who changed the copy waits in vain for other results: also where nothing else has changed."""
    table(tmp_path / "a.csv", GDP=gdp)
    file = study(tmp_path, one("a.csv"))
    before = [p for p in check_study(file).problems if p.code == "files.copies"]
    (tmp_path / name).write_text("x", encoding="utf-8")

    found = [p for p in check_study(file).problems if p.code == "files.copies"]
    called = [attempt("run", file, "--lang", lang).stderr for lang in ("en", "zh", "en")]
    file.write_text("title: [", encoding="utf-8")
    wrong = check_study_file(file)

    assert before == []
    assert [p.severity for p in found] == ["warning"] * is_told
    assert all((name in str(p.what)) for p in found)
    assert (f"files of the study: {name}." in called[0]) is is_told
    assert (f"研究文件或数据的副本：{name}。" in called[1]) is is_told
    assert (f"files of the study: {name}." in called[2]) is is_told
    assert ("files.copies" in {p.code for p in wrong.problems}) is is_told
    assert wrong.status == "error"
    assert (tmp_path / name).read_text(encoding="utf-8") == "x"


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes")
def test_a_name_in_another_encoding_is_an_error_that_reads_it(tmp_path):
    """An archive of Chinese Windows, unpacked on Linux: until now the run broke off with a defect of ours."""
    table(tmp_path / "d" / "a.csv", GDP=gdp)
    table(tmp_path / "d" / "b.csv", 人口=population)
    (tmp_path / "d" / "b.csv").rename(tmp_path / "d" / os.fsdecode("人口.csv".encode("gbk")))

    (problem,) = refused(study(tmp_path, one("d")))

    assert problem.code == "files.name"
    assert (
        str(problem.what)
        == "The name of 1 file in the folder 'd' is not written in UTF-8; in GB 18030 it reads 人口.csv."
    )
    assert say(problem.what, "zh") == (
        "文件夹“d”中有 1 个文件的文件名不是 UTF-8 编码，按 GB 18030 读作：人口.csv。"
    )
    assert "unzip -O GB18030" in say(problem.remedy, "zh")


def test_one_file_that_cannot_be_read_hides_no_other(tmp_path):
    """Each file is judged; the message names the file, and the match report comes first."""
    table(tmp_path / "d" / "a.csv", GDP=lambda i, _: "12a" if i == 1 else i)
    (tmp_path / "d" / "b.xlsx").write_bytes(b"PK\x03\x04 broken")
    table(tmp_path / "d" / "c.csv", CITIES[1:], 人口=lambda i, _: "x7" if i == 2 else i)

    problems = refused(study(tmp_path, one("d", ", names: text")))

    assert problems[0].code == "files.matched"
    assert {p.where.file for p in problems[1:]} == {"a.csv", "b.xlsx", "c.csv"}


def test_the_same_file_twice_is_read_once(tmp_path):
    """Under two names, or named twice; where names tell the year, it is an error."""
    table(tmp_path / "d" / "a.csv", GDP=gdp)
    (tmp_path / "d" / "b.csv").write_bytes((tmp_path / "d" / "a.csv").read_bytes())

    found = read(study(tmp_path, one("[d, d/a.csv]")))

    assert len(found.panel.frame) == 8
    assert codes(found.warnings).count("files.twice") == 2
    for year in YEARS:
        (tmp_path / "y").mkdir(exist_ok=True)
        (tmp_path / "y" / f"{year}.csv").write_text("城市,GDP\n芜湖,1\n大同,2\n", encoding="utf-8")
    assert "files.twice" in codes(refused(study(tmp_path, one("y", ", period_from: file_name"))))


def test_files_without_a_common_row_say_so(tmp_path):
    """An inner join of other years has no row."""
    table(tmp_path / "d" / "a.csv", years=[2010], GDP=gdp)
    table(tmp_path / "d" / "b.csv", years=[2011], 人口=population)

    assert codes(refused(study(tmp_path, one("d", ", join: inner")))) == ["files.nothing_common"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("{entity: 城市}", "either `file` or `files`"),
        ("{file: a.csv, files: [b.csv], entity: 城市}", "either `file` or `files`"),
        ("{file: a.csv, entity: 城市, join: inner}", "join has no effect"),
        ("{files: d, entity: 城市, period_from: file_name}", "needs `period`"),
        ("{file: a.csv, entity: 城市, names: {zh: 名称}}", "`labels`"),
        ("{files: d, kind: series, keys: [城市]}", "files"),
    ],
)
def test_options_that_make_no_sense_are_refused(tmp_path, options, words):
    """With the reason."""
    with pytest.raises(SpecError, match=words):
        load(study(tmp_path, {"data": options}))


@pytest.mark.long
def test_a_national_panel_of_five_files_is_gathered(tmp_path):
    """327 cities by 17 years in five workbooks, two of them with short names: one panel, each number in its row."""
    known = [p for p in places().values() if p.level == "prefecture" and p.last is None]
    full = [p.name for p in known if p.code[2:4] != "90"][:327]
    short = [p.short for p in known if p.code[2:4] != "90"][:327]
    for number in range(5):
        table(
            tmp_path / "d" / f"{number}.xlsx",
            short if number in (1, 3) else full,
            range(2006, 2023),
            **{f"v{number}": lambda i, y: float(i * y % 977)},
        )
    path = study(tmp_path, one("d", ", join: inner"))
    with path.open("a", encoding="utf-8") as file:
        file.write("variables: {v0: {column: v0}}\ndescribe: {variables: [v0]}\n")

    panel = read(path).panel

    assert panel.frame.shape == (327 * 17, 5)
    for number in range(5):
        assert panel.frame.loc[(full[5], 2010), f"v{number}"] == 5 * 2010 % 977


def test_the_study_file_is_never_taken_for_data(tmp_path):
    """`files: .` reads the tables of the folder of the study, and nothing that a run writes."""
    table(tmp_path / "gdp.csv", GDP=gdp)
    table(tmp_path / "pop.csv", 人口=population)
    path = study(tmp_path, one("."))
    with path.open("a", encoding="utf-8") as file:
        file.write(
            "variables: {GDP: {column: GDP}}\ndescribe: {variables: [GDP]}\nreport: {formats: [md]}\n"
        )

    call("run", path)
    again = attempt("run", path)

    assert again.code == 0
    assert read(path).panel.frame.shape == (8, 2)


def test_names_of_unreadable_files_are_matched_like_the_others(tmp_path):
    """A wrong cell is no reason to call the names of its file unknown."""
    table(tmp_path / "d" / "a.csv", GDP=gdp)
    table(tmp_path / "d" / "b.csv", SHORT, 人口=lambda i, _: "x7" if i == 2 else i)

    problems = refused(study(tmp_path, one("d")))

    assert set(codes(problems)) == {"number.not_numeric"}


def test_check_tells_of_names_before_what_follows_from_them(tmp_path):
    """Names that are taken as written do not meet, so no row is complete: the names are the cause."""
    table(tmp_path / "d" / "gdp.csv", GDP=gdp)
    table(tmp_path / "d" / "pop.csv", SHORT, 人口=population)
    path = study(tmp_path, one("d", ", names: text"))
    with path.open("a", encoding="utf-8") as file:
        file.write("efficiency: {green: {inputs: [人口], good_outputs: [GDP]}}\n")

    told = call("check", path, "--lang", "en", code=1).stdout

    assert "0 of 8 entities are in all 2 files" in told
    assert told.index("0 of 8 entities") < told.index("✗")
    assert told.count("nearest:") == 4
