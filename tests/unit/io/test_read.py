"""From a file to a panel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from made_files import HEADER, ROWS, is_truth, read_bytes, read_lines, text_of
from xinzhi_core.errors import DataError
from xinzhi_panel.io.csv_text import csv_text
from xinzhi_panel.io.raw import ReadOptions
from xinzhi_panel.io.read import read_panel, read_table
from xinzhi_panel.io.text import delimited as columnar


def test_the_order_of_rows_and_columns_does_not_matter(tmp_path):
    """A shuffled file gives the same panel, and each row knows its own place."""
    rows = [ROWS[i] for i in np.random.default_rng(7).permutation(len(ROWS))]
    lines = [HEADER, *rows]
    result = read_lines(tmp_path, [[line[i] for i in (3, 1, 0, 2)] for line in lines])
    assert is_truth(result)
    for position, number in enumerate(result.panel.rows):
        entity, period = result.panel.frame.index[position]
        assert lines[number - 1][:2] == [entity, str(period)]


def test_a_cross_section_has_no_periods(tmp_path):
    """Without a column of periods each entity stands once."""
    path = tmp_path / "a.csv"
    path.write_text("city,x\nb,2\na,1\n", encoding="utf-8")
    panel = read_panel(path, entity="city", period=None).panel
    assert panel.entities == ("a", "b")
    assert not panel.has_periods
    path.write_text("city,x\nb,2\nb,1\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_panel(path, entity="city", period=None)
    assert caught.value.problems[0].where.period is None


def test_names_of_keys_are_found_whatever_their_width_and_case(tmp_path):
    """'CITY ' in the file is 'city' in the call."""
    path = tmp_path / "a.csv"
    path.write_text("ＣＩＴＹ,Year ,GDP\na,2008,1\n", encoding="utf-8")
    assert read_panel(path, entity="city", period="year").panel.entities == ("a",)


def test_units_come_from_names_cells_and_the_caller_who_wins(tmp_path):
    """Units are kept beside the numbers; full names are known to the result."""
    path = tmp_path / "a.csv"
    path.write_text(
        "city,year,产值（亿元）,share,面积\na,2008,1,38%,5公顷\nb,2008,2,40%,6公顷\n",
        encoding="utf-8",
    )
    result = read_panel(path, entity="city", period="year", units={"产值（亿元）": "万元"})
    assert dict(result.panel.units) == {"产值": "万元", "share": "%", "面积": "公顷"}
    assert result.columns["产值（亿元）"] == "产值"


def test_two_columns_that_differ_by_their_unit_keep_their_full_names(tmp_path):
    """A unit is not taken off where the names would become the same."""
    path = tmp_path / "a.csv"
    path.write_text("city,year,产值（亿元）,产值（万元）\na,2008,1,10000\n", encoding="utf-8")
    frame = read_panel(path, entity="city", period="year").panel.frame
    assert list(frame.columns) == ["产值（亿元）", "产值（万元）"]


def test_text_columns_stay_text_and_missing_stay_missing(tmp_path):
    """Objects for text, NaN for empty numbers, None for empty text."""
    lines = [[*HEADER, "组"], *[[*row, "甲"] for row in ROWS]]
    lines[1][3], lines[2][4] = "", ""
    panel = read_lines(tmp_path, lines).panel
    assert panel.frame["组"].dtype == object
    assert panel.frame["产值"].dtype == np.float64
    assert panel.frame["产值"].isna().sum() == 1
    assert panel.frame["组"].isna().sum() == 1


def test_the_missing_column_is_named_with_the_nearest(tmp_path):
    """A slip in the name of a key gets the name that was meant."""
    path = tmp_path / "a.csv"
    path.write_text("city,yaer,x\na,2008,1\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_panel(path, entity="city", period="year")
    assert "yaer" in str(caught.value)


def test_cells_have_addresses_before_they_are_understood(tmp_path):
    """A raw table knows the place of each cell."""
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    table = read_table(path)
    assert list(table.rows) == [["a", "b"], ["1", "2"]]
    assert table.where(2, 1, "b").row == 2


def test_reading_twice_gives_the_same(tmp_path):
    """Nothing depends on chance."""
    first, second = (read_bytes(tmp_path, text_of().encode()) for _ in range(2))
    pd.testing.assert_frame_equal(first.panel.frame, second.panel.frame)
    assert first.decisions == second.decisions


def test_what_was_decided_can_be_stated_and_then_nothing_is_decided(tmp_path):
    """A file in odd dress: its report, stated, gives the same panel and no decision."""
    lines = [["表1"], [], HEADER, *[[r[0], r[1] + "年", r[2], f"{float(r[3]):,}"] for r in ROWS]]
    lines[-1][2] = "—"
    lines.append(["注：快报数"])
    data = text_of(lines, mark=";").encode("gb18030")
    first = read_bytes(tmp_path, data)
    options = dict(first.stated)
    assert {"encoding", "delimiter", "header", "accept"} <= options.keys()
    second = read_bytes(tmp_path, data, reading=ReadOptions(**options))
    assert first.decisions
    assert second.decisions == ()
    pd.testing.assert_frame_equal(first.panel.frame, second.panel.frame)
    assert second.stated == first.stated


@pytest.mark.parametrize("dress", ["\n", "\r\n", ";", "blank", "bad", "thousands", "title"])
def test_large_files_are_read_as_small_ones_are(dress, tmp_path, monkeypatch):
    """The way by column and the way by row give the same panel, decisions and errors."""
    lines = [HEADER, *ROWS, ["合计", "2008", "1", "2"], ["注：快报", "", "", ""]]
    if dress == "bad":
        lines[3] = ["唐山", "2010", "x", "007"]
    if dress == "title":
        lines = [["表1", "", "", ""], *lines]
    text = text_of(lines, mark=";" if dress == ";" else ",", end="\r\n" if "\r" in dress else "\n")
    text = text.replace("大同,2008", "\n大同,2008") if dress == "blank" else text
    text = text.replace("3561.25", '"3,561.25"') if dress == "thousands" else text

    def outcome():
        try:
            result = read_bytes(tmp_path, text.encode())
        except DataError as error:
            return str(error), ()
        return result.panel.frame.to_csv(), result.decisions, result.warnings, result.panel.rows

    small = outcome()
    monkeypatch.setattr(columnar, "LARGE", 1)
    assert outcome() == small


def test_many_identical_rows_are_one_row_and_one_warning(tmp_path):
    """A file pasted two hundred times over is the file; a different row among them is an error."""
    result = read_lines(tmp_path, [HEADER, *(ROWS * 200)])
    assert is_truth(result)
    assert sum(w.code == "panel.duplicate" for w in result.warnings) == len(ROWS)
    odd = [*ROWS[0][:3], "1"]
    with pytest.raises(DataError) as caught:
        read_lines(tmp_path, [HEADER, *(ROWS * 200), odd])
    assert caught.value.problems[0].where.row == 1202


def test_the_table_as_read_carries_the_names_of_the_file(tmp_path):
    """Keys come first, under their own names, even where other columns are called like ours."""
    lines = [
        [*HEADER, "entity", "period"],
        *[[*row, "a", "1"] for row in ROWS],
        [*ROWS[0], "a", "1"],
    ]
    panel = read_lines(tmp_path, lines).panel
    table = panel.to_table()
    assert list(table.columns) == [*HEADER, "entity", "period"]
    assert table["城市"].tolist() == list(panel.frame.index.get_level_values(0))
    assert csv_text(panel.frame).startswith("entity,period,人口,产值,entity,period")


@pytest.mark.parametrize("second", ["City,Year,Output,Share", "City,Year,产值,Share"])
def test_names_said_again_in_another_language_are_no_data(tmp_path, second):
    """Yearbooks print headings twice: the second row is left out, as a decision to be stated."""
    lines = ["城市,年份,产值（亿元）,占比", second, "唐山市,2010,1,n.a.", "大同市,2010,2,3"]
    if "产值" in second:
        lines[0] = "城市,年份,产值,占比"
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    result = read_panel(path, entity="城市", period="年份")

    assert result.panel.rows == (3, 4)
    assert result.panel.frame["产值"].tolist() == [1.0, 2.0]
    assert [d.code for d in result.decisions if d.code == "layout.translation"]
    assert str(next(d.where for d in result.decisions if d.code == "layout.translation")).endswith(
        "row 2"
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["城市,类型,港口", "Tangshan,coal,yes", "大同,煤,否"],
        ["城市,类型,产值", "Tangshan,coal,1", "大同,煤,2"],
        ["城市,类型,产值", "Tangshan,coal,n.a.", "大同,煤,2"],
        ["城市,类型,产值", "唐山,coal,n.a.", "大同,煤,2"],
    ],
)
def test_a_first_row_in_another_script_stays_data(tmp_path, lines):
    """Where no number follows, or one stands there, or a name is of the script of its heading."""
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert len(read_panel(path, entity="城市", period=None).panel.entities) == 2


def test_a_word_where_numbers_follow_is_named_and_not_left_out(tmp_path):
    """Without a period nothing shows that the row is no data: the cell is named, the row stays."""
    path = tmp_path / "a.csv"
    path.write_text("城市,类型,产值\nTangshan,coal,good\n大同,煤,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="good") as caught:
        read_panel(path, entity="城市", period=None)
    assert caught.value.problems[0].where.row == 2
