"""Units and currencies in cells are compared with each other and with the heading, never taken off unseen."""

from __future__ import annotations

import openpyxl
import pytest

from xinzhi_core.errors import DataError
from xinzhi_panel.io.raw import LIMITS, NOTHING_STATED
from xinzhi_panel.io.recognise.cells import currency_of, parse_number
from xinzhi_panel.io.series import read_panel_here
from xinzhi_panel.io.workbook.formats import how_shown


def read(path):
    """Read a table in this process."""
    return read_panel_here(
        path,
        entity="城市",
        period="年份",
        sheet=None,
        units={},
        reading=NOTHING_STATED,
        limits=LIMITS,
    )


def column(folder, heading, cells):
    """Read a column of a csv file."""
    file = folder / "a.csv"
    lines = [f'城市,年份,"{heading}"', *(f'c{i},2010,"{cell}"' for i, cell in enumerate(cells))]
    file.write_text("\n".join(lines), encoding="utf-8")
    return read(file).panel


SEVERAL = "'{cell}': the cells of column 'x' are in several currencies ({currencies})."
ONE_UNIT = "'{cell}': the cells of column 'x' are not all in one unit."
OTHER = "'{cell}' is in {unit}, but the heading of column 'x' gives {heading}."


@pytest.mark.parametrize(
    ("heading", "cells", "sentence"),
    [
        ("x", ("¥1,000", "￥2,000", "$300"), SEVERAL.format(cell="$300", currencies="CNY, USD")),
        ("x", ("5元", "6元", "7美元"), SEVERAL.format(cell="7美元", currencies="CNY, USD")),
        ("x", ("¥5", "6", "7 USD"), SEVERAL.format(cell="¥5", currencies="CNY, USD")),
        ("x", ("€5", "€6", "7欧元", "8元"), SEVERAL.format(cell="8元", currencies="CNY, EUR")),
        ("x", ("HK$5", "$6", "$7"), SEVERAL.format(cell="HK$5", currencies="HKD, USD")),
        ("x", ("RMB 5", "RMB 6", "£7"), SEVERAL.format(cell="£7", currencies="CNY, GBP")),
        ("x（万元）", ("$5", "$6"), OTHER.format(cell="$5", unit="USD", heading="万元")),
        (
            "x（万元）",
            ("5万美元", "6万美元"),
            OTHER.format(cell="5万美元", unit="USD", heading="万元"),
        ),
        ("x（万美元）", ("¥5", "6"), OTHER.format(cell="¥5", unit="CNY", heading="万美元")),
        ("x（万元）", ("5万元", "6万元", "7亿元"), ONE_UNIT.format(cell="7亿元")),
        ("x", ("5%", "6", "7"), ONE_UNIT.format(cell="5%")),
        ("x", ("5kg", "6t", "7t"), ONE_UNIT.format(cell="5kg")),
        ("x", ("5公斤", "6吨", "7吨"), ONE_UNIT.format(cell="5公斤")),
        ("x（吨）", ("5kg", "6kg"), OTHER.format(cell="5kg", unit="kg", heading="吨")),
        ("x（公顷）", ("5km2", "6km2"), OTHER.format(cell="5km2", unit="km2", heading="公顷")),
    ],
)
def test_several_units_in_one_column_are_refused(heading, cells, sentence, tmp_path):
    """The rarest is named first, with its cell."""
    with pytest.raises(DataError) as caught:
        column(tmp_path, heading, cells)

    assert {p.code for p in caught.value.problems} == {"number.mixed_units"}
    assert str(caught.value.problems[0].what) == sentence
    of_money = "currencies" in sentence or " USD" in sentence or " CNY" in sentence
    assert str(caught.value.problems[0].remedy) == (
        "convert them to one currency at the rates of their years, and name it in the heading."
        if of_money
        else "write all numbers of the column in one unit."
    )


@pytest.mark.parametrize(
    ("heading", "cells", "values"),
    [
        ("x", ("¥1,000", "2,000", "￥300"), [1000, 2000, 300]),
        ("x（万美元）", ("$5", "6"), [5, 6]),
        ("x（万日元）", ("¥5", "¥6"), [5, 6]),
        ("x（万元）", ("5万元", "6万元"), [5, 6]),
        ("x（元/人）", ("5元", "6元"), [5, 6]),
        ("x（吨）", ("5t", "6t"), [5, 6]),
        ("x（平方公里）", ("5km2", "6km2"), [5, 6]),
        ("x", ("€5", "6€"), [5, 6]),
    ],
)
def test_one_unit_is_read(heading, cells, values, tmp_path):
    """Signs of one currency, the unit of the heading, another word for it."""
    panel = column(tmp_path, heading, cells)

    assert panel.frame["x"].tolist() == values


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        *(
            ("¥5", 5, "CNY"),
            ("￥5", 5, "CNY"),
            ("5元", 5, "CNY"),
            ("RMB5", 5, "CNY"),
            ("5 CNY", 5, "CNY"),
        ),
        *(("$5", 5, "USD"), ("US$5", 5, "USD"), ("5亿美元", 5, "USD"), ("USD 5", 5, "USD")),
        *(
            ("€5", 5, "EUR"),
            ("5欧元", 5, "EUR"),
            ("£5", 5, "GBP"),
            ("5日元", 5, "JPY"),
            ("5港元", 5, "HKD"),
        ),
        *(("5", 5, None), ("5吨", 5, None), ("($5)", -5, None)),
    ],
)
def test_a_cell_tells_its_currency(text, value, currency):
    """By a sign before or behind it, or by its unit."""
    number = parse_number(text)
    if text == "($5)":
        assert number is None
        return
    assert (number.value, number.currency) == (value, currency)


def test_the_currency_of_a_unit_is_that_of_its_numerator():
    """元/吨 is money; 吨/元 is not."""
    found = [currency_of(unit) for unit in ("元/吨", "吨/元", "亿美元", "千美元", "单元", None, "")]

    assert found == ["CNY", None, "USD", "USD", "CNY", None, None]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("[$$-409]#,##0.00", "$"),
        ('"¥"#,##0', "¥"),
        ("$#,##0", "$"),
        ('0.0"亿元"', "亿元"),
        ('0.0" kg"', "kg"),
        ('0"年"', None),
        ('0.0"%"', None),
        ("0.00%", "percent"),
        ("#,##0,", "scaled"),
        ("General", None),
    ],
)
def test_a_format_tells_the_unit_that_it_writes(code, shown):
    """A percent or a power of ten comes first; words that are no units say nothing."""
    assert how_shown(code) == shown


@pytest.mark.parametrize(
    ("formats", "sentence"),
    [
        (
            ('"¥"#,##0', "[$$-409]#,##0"),
            "'¥100.5': the cells of column 'x' are in several currencies (CNY, USD).",
        ),
        (
            ('0.0"万元"', '0.0"亿元"'),
            "'100.5万元': the cells of column 'x' are not all in one unit.",
        ),
        (('"¥"#,##0', '"¥"#,##0.00'), None),
        (('"¥"#,##0', "#,##0"), None),
        (('"¥"#,##0', '"RMB "#,##0'), None),
    ],
)
def test_units_that_formats_of_cells_show_are_compared(formats, sentence, tmp_path):
    """Two in one column are refused; one is how a program formats, whatever the heading says."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["城市", "年份", "x"])
    for i in range(6):
        sheet.append([f"c{i}", 2010, 100.5 + i])
        sheet.cell(i + 2, 3).number_format = formats[i % 2]
    book.save(tmp_path / "a.xlsx")

    if sentence is None:
        assert read(tmp_path / "a.xlsx").panel.frame["x"].tolist() == [100.5 + i for i in range(6)]
        return
    with pytest.raises(DataError) as caught:
        read(tmp_path / "a.xlsx")
    assert str(caught.value.problems[0].what) == sentence
