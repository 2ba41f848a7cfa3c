"""The checker of printed tables notices each kind of fault, in each format."""

from __future__ import annotations

from dataclasses import replace

import pytest

from printed import Expected, Printed, check, error, estimate, p_value, percent, words
from printed_charts import Arrow, arrows_of
from printed_grids import displayed
from xinzhi.present.mechanism import mechanism
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table

TABLE = Table(
    "t",
    "T",
    (
        Column("a", "first", "both"),
        Column("b", "second", "both"),
        Column("p", "p"),
        Column("w", "words"),
    ),
    (
        Row("x", (Cell(-0.5, "estimate", "**"), Cell(0.25, "estimate"), Cell(0.04, "p_value"), Cell("yes", "text")), "x"),
        Row("", (Cell(0.2, "std_error"), Cell(0.3, "std_error"), EMPTY, EMPTY), "x:std_error"),
        Row("y", (Cell(0.123, "percent"), Cell(None), Cell(0.0004, "p_value"), EMPTY), "y"),
    ),
    stub="Variable",
)  # fmt: skip
EXPECTED = Expected(
    {"a": ("both", "first"), "b": ("both", "second"), "p": "p", "w": "words"},
    {"x": "x", "x:std_error": "", "y": "y"},
    {
        ("x", "a"): estimate(-0.5, 0.03), ("x", "b"): estimate(0.25), ("x", "p"): p_value(0.04),
        ("x", "w"): words("yes"), ("x:std_error", "a"): error(0.2), ("x:std_error", "b"): error(0.3),
        ("y", "a"): percent(0.123), ("y", "b"): words("—"), ("y", "p"): p_value(0.0004),
    },
    "Variable",
)  # fmt: skip


def printed(table):
    """Print one table."""
    found = Printed(None)
    found.__dict__["tables"] = {table.id: table}  # in place of those of a study
    return found


def with_cell(row, column, cell):
    """The table with another cell."""
    cells = list(TABLE.rows[row].cells)
    cells[column] = cell
    rows = [*TABLE.rows[:row], replace(TABLE.rows[row], cells=tuple(cells)), *TABLE.rows[row + 1 :]]
    return replace(TABLE, rows=tuple(rows))


def with_column(at, column):
    """The table with another heading."""
    return replace(TABLE, columns=(*TABLE.columns[:at], column, *TABLE.columns[at + 1 :]))


def test_a_sound_table_passes():
    """What must stand there stands there, in all formats."""
    check(printed(TABLE), "t", EXPECTED)


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    "faulty",
    [
        with_cell(0, 0, Cell(0.5, "estimate", "**")),
        with_cell(0, 0, Cell(-0.5, "estimate", "***")),
        with_cell(0, 0, Cell(-0.5004, "estimate", "**")),
        with_cell(0, 1, Cell("0.250", "text")),
        with_cell(0, 2, Cell(0.96, "p_value")),
        with_cell(0, 3, Cell("no", "text")),
        with_cell(1, 0, Cell(0.04, "std_error")),
        with_cell(1, 2, Cell(0.0)),
        with_cell(2, 0, Cell(0.123)),
        with_cell(2, 1, Cell(0.0)),
        with_column(0, Column("a", "second", "both")),
        with_column(1, Column("b", "second", "other")),
        with_column(2, Column("q", "p")),
        replace(TABLE, columns=(TABLE.columns[1], TABLE.columns[0], *TABLE.columns[2:])),
        replace(TABLE, rows=(TABLE.rows[0], replace(TABLE.rows[1], label="x"), TABLE.rows[2])),
        replace(TABLE, rows=(TABLE.rows[2], *TABLE.rows[:2])),
        replace(TABLE, rows=TABLE.rows[:2]),
        replace(TABLE, stub="Place"),
    ],
)
def test_a_fault_is_noticed(faulty):
    """Another sign, star, digit, kind, word, heading, order or label: none passes."""
    with pytest.raises(AssertionError):
        check(printed(faulty), "t", EXPECTED)


def test_an_expectation_of_a_cell_that_does_not_exist_is_an_error():
    """A key that is misspelt in an expectation is never passed over."""
    cells = dict(EXPECTED.cells) | {("x", "z"): words("1")}

    with pytest.raises(AssertionError, match="do not exist"):
        check(printed(TABLE), "t", replace(EXPECTED, cells=cells))


@pytest.mark.parametrize(
    ("value", "how", "shown"),
    [
        (-0.5, '0.000"***"', "−0.500***"),
        (18400, "#,##0", "18,400"),
        (0.0001, '[<0.001]"<0.001";0.000', "<0.001"),
        (0.0456, '[<0.001]"<0.001";0.000', "0.046"),
        (0.9996, '">0.999"', ">0.999"),
        (0.4567, "0.0%", "45.7%"),
        (1.5e-9, "0.00E+00", "1.50e−9"),
    ],
)
def test_formats_of_a_sheet_are_shown(value, how, shown):
    """A number is shown as a spreadsheet program shows it."""
    assert displayed(value, how) == shown


def test_arrows_are_read_from_the_drawing():
    """Source, target, sign and number of each arrow, by where it begins and ends."""
    import pandas as pd

    rows = [("x", "m", 0.5, 0.001), ("m", "y", -0.25, 0.03), ("x", "y", 0.1, 0.5)]
    frame = pd.DataFrame(rows, columns=["source", "target", "estimate", "p_value"])

    assert set(arrows_of(mechanism("d", "D", frame).drawings["en"])) == {
        Arrow("x", "m", "positive", "+0.500***"),
        Arrow("m", "y", "negative", "−0.250**"),
        Arrow("x", "y", "unclear", "+0.100"),
    }
