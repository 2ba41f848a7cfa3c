"""Odd and hostile text files: each is read as it is meant, or refused with place and remedy."""

from __future__ import annotations

import pytest

from made_files import (
    HEADER,
    ROWS,
    changed,
    is_truth,
    lines_of,
    read_bytes,
    read_lines,
    text_of,
)
from xinzhi_core.errors import DataError, DuplicateKey, MissingColumn, NotNumeric, OutOfDomain
from xinzhi_panel.io.raw import ReadOptions
from xinzhi_panel.io.read import read_table

PLAIN = text_of()


def with_unit(unit):
    return lambda line: [*line[:2], line[2] + unit, line[3]]


READ_AS_MEANT = {
    "utf-16 be with mark": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "utf-16 be without mark": PLAIN.encode("utf-16-be"),
    "utf-32 with mark": PLAIN.encode("utf-32"),
    "two byte-order marks": b"\xef\xbb\xbf" * 2 + PLAIN.encode(),
    "gb18030": PLAIN.encode("gb18030"),
    "end-of-file mark of DOS": PLAIN.encode() + b"\x1a",
    "tab": text_of(mark="\t").encode(),
    "vertical bar": text_of(mark="|").encode(),
    "old Mac line ends": text_of(end="\r").encode(),
    "all quoted": "\n".join(",".join(f'"{c}"' for c in r) for r in [HEADER, *ROWS]).encode(),
    "no last line end": PLAIN.rstrip("\n").encode(),
    "spaces after commas": PLAIN.replace(",", ", ").encode(),
    "blank lines between": PLAIN.replace("\n", "\n\n").encode(),
    "blank lines on top": ("\n\n" + PLAIN).encode(),
    "header with spaces": PLAIN.replace("人口", " 人口\u3000").encode(),
    "header broken over two lines": PLAIN.replace("人口", '"人\n口"').encode(),
    "units below the names": text_of([HEADER, ["", "", "万人", "亿元"], *ROWS]).encode(),
    "units beside the names": PLAIN.replace("人口", "人口（万人）").encode(),
    "word for units": text_of([HEADER, ["单位", "", "万人", "亿元"], *ROWS]).encode(),
    "totals at the bottom": text_of([HEADER, *ROWS, ["合计", "2008", "1046", "4131"]]).encode(),
    "empty columns at the right": PLAIN.replace("\n", ",,\n").encode(),
    "title above": ("表2 资源型城市\n" + PLAIN).encode(),
    "notes below": (PLAIN + "资料来源：统计年鉴\n").encode(),
    "thousands by spaces": text_of(
        lines_of(lambda r: [*r[:3], f"{float(r[3]):,}".replace(",", "\u00a0")])
    ).encode(),
    "thousands full-width": text_of(
        lines_of(lambda r: [*r[:3], f"{float(r[3]):,}".replace(",", "，")])
    ).encode(),
    "unit in cells": text_of(lines_of(with_unit("万人"))).encode(),
    "explicit plus": text_of(lines_of(lambda r: [*r[:3], "+" + r[3]])).encode(),
    "scientific": text_of(lines_of(lambda r: [*r[:3], f"{float(r[3]):e}"])).encode(),
    "year as float": text_of(lines_of(lambda r: [r[0], r[1] + ".0", *r[2:]])).encode(),
    "year as date": text_of(lines_of(lambda r: [r[0], r[1] + "-12-31", *r[2:]])).encode(),
    "year as day first": text_of(lines_of(lambda r: [r[0], "31/12/" + r[1], *r[2:]])).encode(),
    "fiscal year": text_of(lines_of(lambda r: [r[0], "FY" + r[1], *r[2:]])).encode(),
    "year in numerals": text_of(
        lines_of(lambda r: [r[0], r[1].translate(str.maketrans("01289", "〇一二八九")), *r[2:]])
    ).encode(),
    "year with a prefix": text_of(lines_of(lambda r: [r[0], "Y" + r[1], *r[2:]])).encode(),
    "year with an apostrophe": text_of(lines_of(lambda r: [r[0], "'" + r[1], *r[2:]])).encode(),
    "text as a formula of text": PLAIN.replace("唐山", '="唐山"').encode(),
    "inner spaces of names": PLAIN.replace("唐山", "唐 \u3000山").encode(),
    "names with 市": text_of(
        lines_of(lambda r: [r[0] + ("市" if r[1] == "2009" else ""), *r[1:]])
    ).encode(),
}


@pytest.mark.parametrize("name", READ_AS_MEANT)
def test_a_harmless_variant_of_the_table_is_the_table(name, tmp_path):
    """Whatever dress the table wears, the same numbers come out."""
    assert is_truth(read_bytes(tmp_path, READ_AS_MEANT[name])), name


REFUSED = {
    "big5 not stated": (
        "encoding.unknown",
        "城市,年份,產值\n臺北,2008,1\n高雄,2008,2\n".encode("big5"),
    ),
    "cut inside a character": ("encoding.bad_byte", (PLAIN + "唐").encode()[:-1]),
    "half GBK, half UTF-8": (
        "encoding.",
        text_of([HEADER, *ROWS[:3]]).encode() + text_of(ROWS[3:]).encode("gbk"),
    ),
    "western bytes": ("encoding.unknown", "city;K\xf6ln;\xe9t\xe9\n".encode("latin-1")),
    "replacement characters": ("encoding.replaced", PLAIN.replace("唐", "\ufffd").encode()),
    "twice lost": ("encoding.replaced", PLAIN.replace("唐山", "锟斤拷").encode()),
    "GBK read as Latin": ("encoding.mojibake", PLAIN.encode("gbk").decode("latin-1").encode()),
    "UTF-8 read as GBK": (
        "encoding.mojibake",
        PLAIN.encode().decode("gb18030", "ignore").encode(),
    ),
    "a field too few": ("layout.ragged", PLAIN.replace("大同,2009,318.25,", "大同,2009,").encode()),
    "a quote not closed": ("layout.quote", PLAIN.replace("大同,2009", '"大同,2009').encode()),
    "two columns of one name": ("layout.duplicate_column", PLAIN.replace("产值", "人口").encode()),
    "text among numbers": ("number.not_numeric", text_of(changed(4, 3, "约4469")).encode()),
    "letter O for zero": ("number.not_numeric", text_of(changed(4, 3, "44O9")).encode()),
    "below detection": ("number.not_numeric", text_of(changed(4, 3, "<0.05")).encode()),
    "trailing minus": ("number.not_numeric", text_of(changed(4, 3, "44-")).encode()),
    "odd grouping": ("number.not_numeric", text_of(changed(4, 3, "1,2345")).encode()),
    "underscore": ("number.not_numeric", text_of(changed(4, 3, "44_69")).encode()),
    "hexadecimal": ("number.not_numeric", text_of(changed(4, 3, "0x10")).encode()),
    "two numbers in a cell": ("number.not_numeric", text_of(changed(4, 3, "44/69")).encode()),
    "another unit in one cell": ("number.mixed_units", text_of(changed(4, 3, "0.4469万")).encode()),
    "percent in one cell": ("number.mixed_units", text_of(changed(4, 3, "44.69%")).encode()),
    "spreadsheet error": ("excel.error_cell", text_of(changed(4, 3, "#DIV/0!")).encode()),
    "infinity sign": ("number.not_finite", text_of(changed(4, 3, "∞")).encode()),
    "too large": ("number.not_finite", text_of(changed(4, 3, "1e999")).encode()),
    "both decimal marks": (
        "number.decimal_mixed",
        text_of(changed(4, 3, "4.469,00"), mark=";").encode(),
    ),
    "comma that can be either": (
        "number.ambiguous",
        "城市;年份;产值\n唐山;2008;1,234\n大同;2008;2,345\n".encode(),
    ),
    "quarter": ("year.shorter", text_of(changed(4, 1, "2010Q4")).encode()),
    "month": ("year.shorter", text_of(changed(4, 1, "2010年3月")).encode()),
    "range of years": ("year.range", text_of(changed(4, 1, "2008-2010")).encode()),
    "half a year": ("year.fraction", text_of(changed(4, 1, "2010.75")).encode()),
    "another era": ("year.era", text_of(changed(4, 1, "平成22年")).encode()),
    "letter in the year": ("year.not_a_period", text_of(changed(4, 1, "2O10")).encode()),
    "a digit too many": ("year.implausible", text_of(changed(4, 1, "20110")).encode()),
    "year empty": ("panel.blank_key", text_of(changed(4, 1, "")).encode()),
    "day numbers": (
        "year.serial",
        text_of(lines_of(lambda r: [r[0], str(39448 + 365 * (int(r[1]) - 2008)), *r[2:]])).encode(),
    ),
    "same key, other values": (
        "panel.duplicate",
        text_of([HEADER, *ROWS, ["大同", "2010", "331.75", "1"]]).encode(),
    ),
    "same key under two spellings": (
        "panel.duplicate",
        text_of([HEADER, *ROWS, ["大同市", "2010", "331.75", "1"]]).encode(),
    ),
    "no such column": ("data.missing_column", PLAIN.replace("城市", "城巿").encode()),
    "only white space": ("format.empty", b" \r\n\t\n"),
    "mark only": ("format.empty", b"\xef\xbb\xbf"),
    "web page": ("format.mismatch", b"<!DOCTYPE html><table><tr><td>1</td></tr></table>"),
    "records": ("format.unsupported", b'[{"a": 1}]'),
    "old pickle": ("format.unsupported", b"cposix\nsystem\n(S'touch PWNED'\ntR."),
    "a picture": ("format.unsupported", b"\x89PNG\r\n\x1a\n" + bytes(64)),
    "packed": ("format.unsupported", b"\x1f\x8b\x08\x00" + bytes(64)),
    "random bytes": ("format.unsupported", bytes(range(256)) * 4),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_decided_is_refused_with_a_remedy(name, tmp_path):
    """An error carries its code, the file and a way out; no number is made up."""
    code, data = REFUSED[name]
    with pytest.raises(DataError) as caught:
        read_bytes(tmp_path, data)
    problem = next(p for p in caught.value.problems if p.code.startswith(code))
    assert problem.where.file == "data.csv"
    assert str(problem.remedy)


IN_ROW_4 = [
    name
    for name, (code, _) in REFUSED.items()
    if code in {"number.not_numeric", "number.mixed_units", "number.not_finite", "excel.error_cell"}
    or (code.startswith("year.") and code != "year.serial")
]


@pytest.mark.parametrize("name", IN_ROW_4)
def test_an_error_in_a_cell_names_its_row_and_column(name, tmp_path):
    """The header is row 1, so the third row of data is row 4."""
    with pytest.raises(DataError) as caught:
        read_bytes(tmp_path, REFUSED[name][1])
    where = caught.value.problems[0].where
    assert where.row == 4
    assert where.column in {"年份", "产值"}


def test_errors_have_the_classes_that_a_program_can_tell_apart(tmp_path):
    """Missing columns, duplicate keys, text and infinities are errors of different classes."""
    for name, kind in {
        "no such column": MissingColumn,
        "same key, other values": DuplicateKey,
        "text among numbers": NotNumeric,
        "infinity sign": OutOfDomain,
    }.items():
        with pytest.raises(kind):
            read_bytes(tmp_path, REFUSED[name][1])


def test_all_problems_are_raised_at_once(tmp_path):
    """Three wrong cells of two columns make three problems of one error."""
    lines = changed(2, 3, "x")
    lines[3][3] = "y"
    lines[4][2] = "inf"
    with pytest.raises(DataError) as caught:
        read_lines(tmp_path, lines)
    assert [p.where.row for p in caught.value.problems] == [5, 2, 4]


WARNED = {
    "capitals differ": (
        "panel.similar_names",
        text_of([HEADER, *ROWS, ["Ordos", "2008", "1", "2"], ["ORDOS", "2009", "1", "2"]]),
    ),
    "Jilin province and city": (
        "panel.similar_names",
        text_of([HEADER, *ROWS, ["吉林", "2008", "1", "2"], ["吉林市", "2008", "3", "2"]]),
    ),
    "the nation among cities": (
        "layout.totals",
        text_of([HEADER, *ROWS, ["全国", "2008", "132802", "314045"]]),
    ),
    "one value in another unit": ("panel.unit_jump", text_of(changed(4, 3, "44690000"))),
    "a code for missing": ("number.sentinel", text_of(changed(4, 3, "-9999"))),
    "years of two digits": (
        "year.two_digit",
        text_of(lines_of(lambda r: [r[0], r[1][2:], *r[2:]])),
    ),
    "one period": ("panel.one_period", text_of([HEADER, *ROWS[:1], *ROWS[3:4]])),
    "one entity": ("panel.one_entity", text_of([HEADER, *ROWS[:3]])),
    "a row inside is missing": ("panel.gap", text_of([HEADER, ROWS[0], *ROWS[2:]])),
    "an end is missing": ("panel.unbalanced", text_of([HEADER, *ROWS[1:]])),
    "constant": ("panel.constant", text_of(lines_of(lambda r: [*r[:3], "1"]))),
    "empty column": ("panel.empty_column", text_of(lines_of(lambda r: [*r[:3], ""]))),
    "renamed place": (
        "panel.renamed_city",
        text_of([HEADER, *ROWS, ["襄樊", "2009", "1", "2"], ["襄阳", "2011", "1", "2"]]),
    ),
    "re-coded place": (
        "panel.renamed_city",
        text_of([HEADER, ["522400", "2010", "1", "2"], ["520500", "2011", "1", "2"]]),
    ),
    "dissolved place": (
        "panel.boundary_change",
        text_of([HEADER, *ROWS, ["巢湖市", "2010", "1", "2"], ["合肥市", "2011", "1", "2"]]),
    ),
    "another unit from a year on": (
        "panel.unit_jump",
        text_of(lines_of(lambda r: [*r[:3], str(float(r[3]) * (1e4 if r[1] > "2009" else 1))])),
    ),
    "header pasted again": (
        "layout.repeated_header",
        text_of([HEADER, *ROWS[:3], HEADER, *ROWS[3:]]),
    ),
    "identical rows": ("panel.duplicate", text_of([HEADER, *ROWS, ROWS[2]])),
    "brackets for minus": ("number.paren", text_of(changed(4, 3, "(4469)"))),
    "footnote": ("number.footnote", text_of(changed(4, 3, "4469.0①"))),
    "raised footnote": ("number.footnote", text_of(changed(4, 3, "4469.0²"))),
}


@pytest.mark.parametrize("name", WARNED)
def test_what_is_doubtful_is_read_with_a_warning(name, tmp_path):
    """A warning has its code, a place and a remedy or a plain statement."""
    code, text = WARNED[name]
    result = read_bytes(tmp_path, text.encode())
    assert code in [problem.code for problem in result.warnings]


def test_a_raised_footnote_is_no_digit(tmp_path):
    """4469.0² is 4469, not 44692: NFKC would turn the mark into a digit."""
    assert is_truth(read_lines(tmp_path, changed(4, 3, "4469.0²")))


def test_years_across_the_columns_become_rows(tmp_path):
    """A table with years for names gives the same values, called as stated."""
    lines = [["城市", "2008年", "2009年", "2010年"]]
    lines += [[name, *[r[3] for r in ROWS if r[0] == name]] for name in ("唐山", "大同")]
    result = read_bytes(tmp_path, text_of(lines).encode(), reading=ReadOptions(value="产值"))
    assert result.panel.frame.loc[("大同", 2009), "产值"] == 596.5
    assert not [w for w in result.warnings if w.code == "layout.wide"]


@pytest.mark.parametrize("form", ["{v}{y}", "{y}年{v}", "{v}_{y}", "{v} ({y})"])
def test_variables_by_years_across_the_columns_become_rows(form, tmp_path):
    """Columns called by a variable and a year are the panel, spread out."""
    years = ("2008", "2009", "2010")
    header = ["城市", *[form.format(v=v, y=y) for v in HEADER[2:] for y in years]]
    lines = [header]
    for name in ("唐山", "大同"):
        mine = [row for row in ROWS if row[0] == name]
        lines.append([name, *[row[2] for row in mine], *[row[3] for row in mine]])
    assert is_truth(read_lines(tmp_path, lines))


def test_variables_above_years_in_two_rows_become_rows(tmp_path):
    """A variable over its years, named once, is the panel, spread out."""
    lines = [["城市", "人口", "", "", "产值", "", ""], ["", *["2008", "2009", "2010"] * 2]]
    for name in ("唐山", "大同"):
        mine = [row for row in ROWS if row[0] == name]
        lines.append([name, *[row[2] for row in mine], *[row[3] for row in mine]])
    assert is_truth(read_lines(tmp_path, lines))


@pytest.mark.parametrize("wide", [True, False])
def test_indicators_in_a_column_become_columns(wide, tmp_path):
    """A table of city, indicator and years, or city, year, indicator and value."""
    lines = [["城市", "指标", "2008", "2009", "2010"]]
    for name in ("唐山", "大同"):
        for at, indicator in enumerate(HEADER[2:], start=2):
            lines.append([name, indicator, *[row[at] for row in ROWS if row[0] == name]])
    if not wide:
        lines = [["城市", "年份", "指标", "单位", "数值"]]
        lines += [
            [*r[:2], i, i + "单位", r[at]] for r in ROWS for at, i in enumerate(HEADER[2:], 2)
        ]
    result = read_lines(tmp_path, lines)
    assert is_truth(result)
    with pytest.raises(DataError, match="twice"):
        read_lines(tmp_path, [*lines, lines[-1]])


def test_names_in_two_rows_are_put_together(tmp_path):
    """A group above its members gives names of both words."""
    lines = [["城市", "年份", "规模", ""], ["", "", "人口", "产值"], *ROWS]
    frame = read_lines(tmp_path, lines).panel.frame
    assert list(frame.columns) == ["规模 人口", "规模 产值"]


def test_a_renamed_place_is_joined_where_that_is_stated(tmp_path):
    """襄樊 until 2010 and 襄阳 after it are one entity of two rows."""
    lines = [HEADER, *ROWS, ["襄樊", "2009", "1", "2"], ["襄阳", "2010", "3", "4"]]
    result = read_bytes(tmp_path, text_of(lines).encode(), reading=ReadOptions(renamed="join"))
    assert result.panel.frame.loc["襄阳"].index.tolist() == [2009, 2010]


def test_codes_stay_text_and_numbers_of_entities_become_names(tmp_path):
    """Leading zeros and eighteen digits survive; an entity 1.0 is called '1'."""
    lines = [["城市", "年份", "代码", "证号"]]
    lines += [
        ["1", "2008", "000120", "110101199003074510"],
        ["2", "2008", "010100", "110101199003074518"],
    ]
    frame = read_lines(tmp_path, lines).panel.frame
    assert frame["代码"].tolist() == ["000120", "010100"]
    assert frame["证号"].tolist() == ["110101199003074510", "110101199003074518"]
    assert frame.index.get_level_values(0).tolist() == ["1", "2"]


def test_row_numbers_count_blank_and_title_rows(tmp_path):
    """Two rows on top shift the place of the bad cell by two."""
    text = "表1\n\n" + text_of(changed(4, 3, "x"))
    with pytest.raises(NotNumeric) as caught:
        read_bytes(tmp_path, text.encode())
    assert caught.value.problems[0].where.row == 6


def test_a_line_of_fifty_megabytes_is_refused(tmp_path):
    """One endless line is no table."""
    with pytest.raises(DataError) as caught:
        read_bytes(tmp_path, b"a," * 25_000_000)
    assert caught.value.code == "limit.line"


def test_a_folder_and_a_missing_file_are_said_plainly(tmp_path):
    """The path itself is the first thing that can be wrong."""
    with pytest.raises(DataError) as folder:
        read_table(tmp_path)
    with pytest.raises(DataError) as missing:
        read_table(tmp_path / "none.csv")
    assert (folder.value.code, missing.value.code) == ("format.directory", "format.not_found")


def test_what_is_stated_is_not_decided_again(tmp_path):
    """Encoding, separator, decimal mark and missing marks can be stated."""
    text = text_of(changed(4, 3, "×××"), mark=";").replace(".", ",")
    stated = ReadOptions(encoding="gb18030", delimiter=";", decimal=",", missing=("×××",))
    result = read_bytes(tmp_path, text.encode("gb18030"), reading=stated)
    assert result.panel.frame["产值"].isna().sum() == 1
    assert result.panel.frame.loc[("唐山", 2008), "产值"] == 3561.25
