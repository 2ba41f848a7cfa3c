"""Note marks in text files: on names of columns, of entities and on years."""

from __future__ import annotations

import pytest

from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.recognise.note_marks import without_mark

ROWS = "大同,2016,600.5,331\n大同,2017,620.25,332\n阳泉,2016,210.5,131\n阳泉,2017,220.25,132\n"


def read(folder, text):
    path = folder / "t.csv"
    path.write_text(text, encoding="utf-8")
    return read_panel(path, entity="城市", period="年份")


def decided(result):
    return {decision.code: str(decision.what) for decision in result.decisions}


@pytest.mark.parametrize("mark", ["¹", "²", "¹²", "¹,²", " ¹", "①", "*", "※", "[1]", "1)", "2）"])
def test_a_mark_on_the_name_of_a_column_is_taken_off(mark, tmp_path):
    """Of a key and of a variable, before the unit and behind it."""
    first = f"城市{mark},年份,地区生产总值（亿元）{mark},人口{mark}（万人）\n"
    if "," in mark:
        first = f'"城市{mark}",年份,"地区生产总值（亿元）{mark}","人口{mark}（万人）"\n'
    result = read(tmp_path, first + ROWS)
    assert list(result.panel.frame.columns) == ["地区生产总值", "人口"]
    assert result.panel.units == {"地区生产总值": "亿元", "人口": "万人"}
    names = f"城市{mark}, 地区生产总值（亿元）{mark}, 人口{mark}（万人）"
    assert decided(result)["layout.heading_marks"] == (
        f"Note marks were taken off the names of columns: {names}."
    )


@pytest.mark.parametrize("mark", ["¹", "²", "¹²", "①", "*", "[1]", "1)", " 1)", "2）"])
def test_a_mark_on_the_name_of_a_city_is_taken_off(mark, tmp_path):
    """The city is the same in its other years; the warning has the name as it stands."""
    result = read(tmp_path, "城市,年份,产值,人口\n" + ROWS.replace("大同,2017", f"大同{mark},2017"))
    assert result.panel.entities == ("大同", "阳泉")
    (warning,) = (w for w in result.warnings if w.code == "names.footnote")
    assert f"大同{mark}" in str(warning.what)


@pytest.mark.parametrize("mark", ["¹", "²", "¹²", "①", "(1)"])
def test_a_mark_on_a_year_makes_no_other_year(mark, tmp_path):
    """2017¹ is 2017, not 20171."""
    result = read(tmp_path, "城市,年份,产值,人口\n" + ROWS.replace("大同,2017", f"大同,2017{mark}"))
    assert result.panel.periods == (2016, 2017)
    assert "year.noted" in {warning.code for warning in result.warnings}
    wide = read(tmp_path, f"城市,2016,2017{mark}\n大同,1.5,2.5\n阳泉,3.5,4.5\n")
    assert wide.panel.periods == (2016, 2017)


@pytest.mark.parametrize(
    "name",
    [
        "面积（km²）",
        "绿地（m²）",
        "水量（m³）",
        "产量（10⁴吨）",
        "GDP(2010)",
        "二氧化碳（CO2）",
        "CO₂",
        "PM2.5",
    ],
)
def test_powers_and_brackets_stay(name, tmp_path):
    """They are part of a unit or of a name."""
    result = read(tmp_path, f"城市,年份,{name},人口\n{ROWS}")
    assert "layout.heading_marks" not in decided(result)
    headings = {*result.columns, *result.panel.frame.columns}
    assert name in headings


def test_a_mark_that_tells_two_columns_apart_stays(tmp_path):
    """age² beside age is another variable."""
    result = read(tmp_path, f"城市,年份,age,age¹\n{ROWS}")
    assert list(result.panel.frame.columns) == ["age", "age¹"]


@pytest.mark.parametrize(
    ("name", "has_first", "bare"),
    [
        ("GDP²", True, "GDP"),
        ("GDP²", False, "GDP²"),
        ("GDP¹", False, "GDP"),
        ("ln(GDP)²", False, "ln(GDP)²"),
        ("地区生产总值³", False, "地区生产总值"),
        ("km²", True, "km²"),
        ("总额10⁴", True, "总额10⁴"),
        ("人口", True, "人口"),
    ],
)
def test_a_raised_two_behind_letters_is_a_power_unless_there_is_a_note_one(name, has_first, bare):
    """Notes are counted from one."""
    assert without_mark(name, has_first=has_first) == bare


def test_a_repeated_heading_with_marks_is_a_heading(tmp_path):
    """Marks on the first page or on the second."""
    head = "城市,年份,地区生产总值,人口\n"
    marked = "城市¹,年份,地区生产总值²,人口\n"
    for first, second in ((head, marked), (marked, head), (marked, marked)):
        rows = ROWS.splitlines(keepends=True)
        for blank in (0, 70):  # marks are looked for on names at the top only
            lines = [first, *rows[:2], *[",,,\n"] * blank, second, *rows[2:]]
            result = read(tmp_path, "".join(lines))
            assert len(result.panel.frame) == 4
            assert "layout.repeated_header" in {warning.code for warning in result.warnings}
