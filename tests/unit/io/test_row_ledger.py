"""The ledger of rows: each row of a file has one fate, the counts add up, and all doors tell them."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli_runner import attempt, call
from xinzhi_core.errors import DataError
from xinzhi_core.wording import say
from xinzhi_panel.io.read import read_panel, read_series
from xinzhi_panel.io.row_ledger import FATES, KEPT, RULES, RowLedger, by_file

HEAD = ["城市", "年份", "人口", "产值"]
CITIES = ("唐山", "大同", "阳泉", "鞍山")
ROWS = [
    [city, year, 310.5 + 40 * i + k, 1200.25 + 75 * i + 31 * k * (i + 1)]
    for i, city in enumerate(CITIES)
    for k, year in enumerate((2016, 2017, 2018))
]
OTHERS = {
    "blank": ["", "", "", ""],
    "repeated_heading": HEAD,
    "text": ["注：快报数", "", "", ""],
    "group": ["河北省", "", "", ""],
    "total": ["合计", 2017, 2500.5, 9000.75],
    "duplicate": ROWS[0],
}
"""A row that each rule leaves out."""
SHORTEST = st.lists(st.tuples(st.sampled_from([*OTHERS]), st.integers(1, len(ROWS))), max_size=12)


def text_of(lines):
    stream = io.StringIO()
    csv.writer(stream).writerows(lines)
    return stream.getvalue()


def as_csv(folder, lines):
    path = folder / "t.csv"
    path.write_text(text_of(lines), encoding="utf-8")
    return path


def as_workbook(folder, lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append([None if cell == "" else cell for cell in line])
    path = folder / "t.xlsx"
    book.save(path)
    return path


def read(path, **keys):
    return read_panel(path, **{"entity": "城市", "period": "年份", **keys})


@settings(max_examples=60, deadline=None)
@given(runs=st.lists(st.tuples(st.sampled_from(FATES), st.integers(1, 50)), max_size=20))
def test_the_counts_of_a_ledger_add_up(runs):
    """Whatever the runs are: rows = kept + left out, and each row is in one span of one rule."""
    ledger = RowLedger("a.csv", tuple(runs))
    assert ledger.n_rows == ledger.n_kept + ledger.n_left_out == sum(n for _, n in runs)
    assert ledger.n_left_out == sum(left.n for left in ledger.left_out)
    rows = [row for left in ledger.left_out for a, b in left.spans for row in range(a, b + 1)]
    assert len(rows) == len(set(rows)) == ledger.n_left_out
    document = ledger.to_dict()
    assert document["rows"] == document["kept"] + sum(left["rows"] for left in document["left_out"])
    fates = [fate for fate, n in runs for _ in range(n)]
    again = RowLedger.of("a.csv", fates)
    assert [fate for fate, n in again.runs for _ in range(n)] == fates


@pytest.mark.parametrize("runs", [(("lost", 1),), (("kept", 0),), (("kept", 2), ("text", -1))])
def test_a_ledger_that_does_not_add_up_cannot_be_made(runs):
    """A fate that no rule has, or a run without a row."""
    with pytest.raises(ValueError, match="runs of rows that no ledger has"):
        RowLedger("a.csv", runs)


@pytest.mark.parametrize("write", [as_csv, as_workbook])
@settings(max_examples=25, deadline=None)
@given(others=SHORTEST)
def test_every_row_of_a_random_table_has_the_fate_of_its_kind(write, others, tmp_path_factory):
    """Rows of all kinds at random places: the ledger is the table, row by row."""
    lines = [("kept", row) for row in ROWS]
    for kind, at in others:
        lines.insert(at, (kind, OTHERS[kind]))
    # Of two rows that are alike the first is kept, whichever was put in.
    seen = False
    for place, (_, row) in enumerate(lines):
        if row == ROWS[0]:
            lines[place] = ("duplicate" if seen else KEPT, row)
            seen = True
    # Blank rows at the end are no rows of a workbook.
    while write is as_workbook and lines[-1][0] == "blank":
        lines.pop()
    result = read(write(tmp_path_factory.mktemp("law"), [HEAD, *(row for _, row in lines)]))
    (ledger,) = result.ledgers
    fates = [fate for fate, n in ledger.runs for _ in range(n)]
    expected = ["heading", *(kind for kind, _ in lines)]
    assert fates == expected
    assert [row for row, fate in enumerate(fates, 1) if fate == KEPT] == sorted(result.panel.rows)
    assert len(result.panel.frame) == ledger.n_kept == len(ROWS)


def test_a_copy_of_a_row_takes_no_heading_away(tmp_path):
    """A study that renames columns finds them in a file with copies, too."""
    result = read(as_csv(tmp_path, [HEAD, *ROWS, ROWS[2]]))
    assert dict(result.columns) == {name: name for name in HEAD}


def test_rows_of_a_wide_table_are_counted_once(tmp_path):
    """A row stands in the panel once for each year."""
    wide = [["城市", 2016, 2017], *([city, 1.5 + i, 2.25 + i] for i, city in enumerate(CITIES))]
    (ledger,) = read(as_csv(tmp_path, [["表1"], *wide, ["注：快报数"]])).ledgers
    assert ledger.runs == (("heading", 2), ("kept", 4), ("text", 1))


def test_rows_of_indicators_are_all_kept(tmp_path):
    """Several rows become one row of the panel."""
    lines = [
        [city, year, name, 10.5 + i + year % 7]
        for i, city in enumerate(CITIES)
        for year in (2016, 2017)
        for name in ("人口", "产值")
    ]
    result = read(as_csv(tmp_path, [["城市", "年份", "指标", "数值"], *lines]))
    assert len(result.panel.frame) == 8
    assert result.ledgers[0].runs == (("heading", 1), ("kept", 16))


def test_a_sum_without_a_name_is_counted_with_all_its_rows(tmp_path):
    """Also where a row of the panel is several rows of the file."""
    values = {c: [101.25 + 7 * i, 3007.5 + 911 * i * i] for i, c in enumerate(CITIES)}
    values["某地"] = [sum(v[0] for v in values.values()), sum(v[1] for v in values.values())]
    long = [[c, 2016, *v] for c, v in values.items()]
    assert read(as_csv(tmp_path, [HEAD, *long])).ledgers[0].runs == (
        ("heading", 1),
        ("kept", 4),
        ("sum", 1),
    )
    lines = [[c, 2016, n, x] for c, v in values.items() for n, x in zip(HEAD[2:], v, strict=True)]
    result = read(as_csv(tmp_path, [["城市", "年份", "指标", "数值"], *lines]))
    assert result.ledgers[0].runs == (("heading", 1), ("kept", 8), ("sum", 2))


def test_sheets_of_one_table_have_ledgers_of_their_own(tmp_path):
    """With the rows of each sheet, and what is left out after they were put together."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for year in (2016, 2017):
        sheet = book.create_sheet(str(year))
        for line in (["表1"], ["城市", "人口"], *([c, year / 7 + i] for i, c in enumerate(CITIES))):
            sheet.append(line)
        if year == 2017:
            sheet.append([CITIES[3], 2017 / 7 + 3])
            sheet.append(["数据来源：年鉴"])
    book.save(tmp_path / "t.xlsx")
    result = read(tmp_path / "t.xlsx")
    assert [(one.sheet, one.runs) for one in result.ledgers] == [
        ("2016", (("heading", 2), ("kept", 4))),
        ("2017", (("heading", 2), ("kept", 4), ("duplicate", 1), ("text", 1))),
    ]
    (sentence,) = by_file(result.ledgers)
    assert str(sentence) == (
        "t.xlsx, 2 sheets: 14 rows = 8 kept + 6 left out: titles, names of the columns and units 4; "
        "text around the table 1; copies of another row 1."
    )


@pytest.mark.one_in(4)
@pytest.mark.parametrize("kind", ["dta", "sav", "parquet", "feather"])
def test_files_of_other_programs_have_a_ledger(kind, tmp_path):
    """Row 1 has the names, as in all places that messages name."""
    frame = pd.DataFrame([*ROWS, ROWS[3]], columns=["city", "year", "pop", "gdp"])
    path = tmp_path / f"t.{kind}"
    writers = {"dta": pyreadstat.write_dta, "sav": pyreadstat.write_sav}
    if kind in writers:
        writers[kind](frame, str(path))
    else:
        getattr(frame, f"to_{kind}")(path)
    (ledger,) = read(path, entity="city", period="year").ledgers
    assert ledger.runs == (("heading", 1), ("kept", 12), ("duplicate", 1))
    assert ledger.file == path.name


def test_a_series_has_a_ledger(tmp_path):
    """A table with keys of its own."""
    lines = [["行业", "年份", "台数"], ["制造", 2016, 5], ["采矿", 2016, 7], ["合计", 2016, 12]]
    (ledger,) = read_series(as_csv(tmp_path, lines), keys=["行业", "年份"]).ledgers
    assert ledger.runs == (("heading", 1), ("kept", 2), ("total", 1))


TABLE = [["表1"], HEAD, *ROWS[:4], ["", "", "", ""], *ROWS[4:], ["注：快报数"], ["数据来源：年鉴"]]


def test_the_ledger_is_said_on_the_console_in_both_languages_and_in_json(tmp_path):
    """The sentence to the letter, and the same counts in JSON."""
    path = as_csv(tmp_path, TABLE)
    english = attempt("check", path, "--lang", "en")
    assert (
        "t.csv: 17 rows in the file = 12 kept + 5 left out: titles, names of the columns and units 2 "
        "(rows 1-2); blank rows 1 (row 7); text around the table 2 (rows 16-17).\n"
    ) in english.stdout
    chinese = attempt("check", path, "--lang", "zh")
    assert (
        "t.csv：文件共 17 行 = 保留 12 行 + 未计入 5 行：标题、列名与单位 2 行（第 1-2 行）；"
        "空行 1 行（第 7 行）；表格以外的文字 2 行（第 16-17 行）。\n"
    ) in chinese.stdout
    document = json.loads(attempt("check", path, "--format", "json").stdout)
    assert document["rows"] == [
        {
            "file": "t.csv",
            "sheet": None,
            "rows": 17,
            "kept": 12,
            "left_out": [
                {"rule": "heading", "rows": 2, "where": "1-2"},
                {"rule": "blank", "rows": 1, "where": "7"},
                {"rule": "text", "rows": 2, "where": "16-17"},
            ],
        }
    ]


STUDY = """\
title: ledger
seed: 1
sources: {data: {file: t.csv, entity: 城市, period: 年份}}
panel: {from: data}
efficiency: {green: {inputs: [人口], good_outputs: [产值]}}
report: {languages: [zh, en], formats: [html]}
"""


def test_the_ledger_stands_in_what_a_run_leaves(tmp_path):
    """In run.json at its file, in results.json, in the reading log of the report."""
    as_csv(tmp_path, TABLE)
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    call("run", tmp_path / "study.yaml")
    results = tmp_path / "results"
    (written,) = json.loads((results / "results.json").read_text("utf-8"))["rows"]
    assert (written["rows"], written["kept"], len(written["left_out"])) == (17, 12, 3)
    (source,) = json.loads((results / "run.json").read_text("utf-8"))["inputs"]
    assert source["ledger"] == [written]
    page = (results / "report.html").read_text("utf-8")
    assert "t.csv: 17 rows in the file = 12 kept + 5 left out" in page
    assert "文件共17行 = 保留12行 + 未计入5行" in page


def test_many_files_are_one_sum_on_a_screen():
    """Up to three files have a sentence each; `--all` prints every one."""
    ledgers = [RowLedger(f"{n}.csv", (("heading", 1), ("kept", 10 + n))) for n in range(4)]
    assert len(by_file(ledgers, 4)) == len(by_file(ledgers)) == 4
    (sentence,) = by_file(ledgers, 3)
    assert str(sentence) == (
        "4 files: 50 rows = 46 kept + 4 left out: titles, names of the columns and units 4."
    )
    assert say(sentence, "zh") == (
        "4 个文件：共 50 行 = 保留 46 行 + 未计入 4 行：标题、列名与单位 4 行。"
    )


def test_spans_of_rows_are_written_short():
    """Many spans are cut in a sentence, with the number of rows; JSON has them all."""
    runs = tuple(run for _ in range(8) for run in (("text", 2), ("kept", 1)))
    ledger = RowLedger("a.csv", runs)
    assert "(rows 1-2, 4-5, 7-8, 10-11, 13-14, 16-17 … (16))" in str(ledger.in_words())
    assert ledger.to_dict()["left_out"][0]["where"].endswith("19-20, 22-23")
    assert (
        str(RowLedger("a.csv", (("kept", 3),)).in_words()) == "a.csv: 3 rows in the file, all kept."
    )
    assert (
        str(RowLedger("a.csv", (("kept", 1),), "S").in_words())
        == "a.csv, S: 1 row in the file, kept."
    )


def test_each_rule_has_its_words():
    """In the order in which they are told."""
    assert {rule: str(words) for rule, words in RULES.items()} == {
        "heading": "titles, names of the columns and units",
        "blank": "blank rows",
        "repeated_heading": "headings that are repeated",
        "text": "text around the table",
        "group": "headings of groups",
        "total": "totals and averages",
        "lone_name": "names without values",
        "duplicate": "copies of another row",
        "sum": "sums of other rows",
        "stated": "entities that are stated to be left out",
    }


def codes(result):
    return {warning.code: str(warning.what) for warning in result.warnings}


def long_table(n):
    return [[f"c{i}", 2016 + k, 5.5 + i, 7.25 + i * k] for i in range(n) for k in range(2)]


@pytest.mark.parametrize(("n", "lost"), [(49, 1), (50, 1), (50, 2), (100, 1), (100, 2), (100, 3)])
def test_more_than_one_row_in_a_hundred_left_out_between_the_data_is_a_warning(n, lost, tmp_path):
    """Of 100 rows between the first and the last row of data one may be text, of 99 none."""
    rows = long_table(n)
    for k in range(lost):
        rows.insert(5 + 7 * k, ["经管数据整理小组", "", "", ""])
    said = codes(read(as_csv(tmp_path, [HEAD, *rows])))
    total = 2 * n + lost
    if lost > 0.01 * total:
        rows_said = ", ".join(str(7 + 7 * k) for k in range(lost))
        verb, noun = ("was", "row") if lost == 1 else ("were", "rows")
        assert said["layout.rows_left_out"] == (
            f"{lost} of {total} rows between the first and the last row of data {verb} left out as "
            f"text ({noun} {rows_said})."
        )
    else:
        assert "layout.rows_left_out" not in said


@pytest.mark.parametrize(
    "line",
    [
        ["注：快报数"],
        ["续表1"],
        ["第 2 页"],
        ["www.example.com"],
        ["数据来源", "年鉴"],
        ["制表：张三 审核：李四"],
        ["", "", "", ""],
    ],
)
def test_notes_pages_and_blank_rows_between_the_data_are_no_loss(line, tmp_path):
    """They say themselves what they are."""
    rows = [[*row, *[""] * (4 - len(row))] for row in (*ROWS[:6], line, line, *ROWS[6:])]
    assert not codes(read(as_csv(tmp_path, [HEAD, *rows])))


def test_text_around_a_small_table_is_no_loss(tmp_path):
    """Five lines of notes below twelve rows, and a title, are what tables have."""
    notes = [["说明文字甲"], ["说明文字乙"], ["仅供学术研究"], ["整理小组"], ["经管之家"]]
    assert not codes(read(as_csv(tmp_path, [["表1"], HEAD, *ROWS, *notes])))


def test_a_period_of_which_all_rows_are_left_out_is_a_warning_and_strict_an_error(tmp_path):
    """A total of a year that no city has."""
    path = as_csv(tmp_path, [HEAD, *ROWS, ["合计", 2019, 5000.5, 9000.5]])
    result = read(path)
    said = codes(result)
    assert said["layout.period_left_out"] == "All rows of the period 2019 were left out."
    assert attempt("check", path).code == 0
    assert attempt("check", path, "--strict").code == 1
    both = [["合计", 2019, 5000.5, 9000.5], ["合计", 2020, 5000.5, 9000.5]]
    result = read(as_csv(tmp_path, [HEAD, *ROWS, *both]))
    said = codes(result)
    assert said["layout.period_left_out"] == "All rows of the periods 2019, 2020 were left out."
    (warning,) = (w for w in result.warnings if w.code == "layout.period_left_out")
    assert warning.where.row == 14
    assert (
        str(warning.remedy)
        == "see which rule leaves them out, and correct the rows if they are data."
    )


def test_what_was_left_out_can_be_confirmed(tmp_path):
    """Under `accept`, as all that the reader did."""
    (tmp_path / "study.yaml").write_text(
        STUDY.replace(
            "period: 年份", "period: 年份, read: {accept: [layout.totals, layout.period_left_out]}"
        ),
        encoding="utf-8",
    )
    as_csv(tmp_path, [HEAD, *ROWS, ["合计", 2019, 5000.5, 9000.5]])
    document = json.loads(attempt("check", tmp_path / "study.yaml", "--format", "json").stdout)
    assert not {p["code"] for p in document["problems"]} & {
        "layout.totals",
        "layout.period_left_out",
    }


def test_a_ledger_is_not_made_of_a_file_that_is_refused(tmp_path):
    """Errors stand alone."""
    with pytest.raises(DataError):
        read(as_csv(tmp_path, [HEAD, *ROWS, ["大同;2019;1.5;2.5"]]))
    document = json.loads(attempt("check", tmp_path / "t.csv", "--format", "json").stdout)
    assert document["rows"] == []
