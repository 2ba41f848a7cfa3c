"""Operators of damage: what happens to tables between their makers and their readers, one function each.

An operator takes a sound table and a source of chance and gives a damaged table. To add one, write a function
under `@operator(...)`; every reader of `READERS` that has room for it is then tried with it. Where
the numbers of the truth can still be read from the file, a right reading is
the best answer.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from damage.tables import HEAD, Damaged

READERS = ("csv", "xlsx", "xls", "dta", "sav", "parquet")
WORKBOOKS = ("xlsx", "xls")


@dataclass(frozen=True)
class Operator:
    """A kind of damage."""

    name: str
    apply: Callable[[Damaged, Random], Damaged]
    readers: tuple[str, ...]
    """Formats that have room for it."""


OPERATORS: dict[str, Operator] = {}


def operator(*readers: str):
    """Register a function as an operator of damage; without readers, of all of them."""

    def register(function):
        name = function.__name__
        OPERATORS[name] = Operator(name, function, readers or READERS)
        return function

    return register


def block(table: Damaged, chance: Random) -> range:
    """Draw rows next to each other, up to a third of the table."""
    n = len(table.rows) - 1
    length = chance.randint(1, n // 3)
    first = chance.randint(1, n - length + 1)
    return range(first, first + length)


def text(row, mark: str) -> str:
    """Write a row as a line of text."""
    return mark.join("" if cell is None else plain(cell) for cell in row)


def plain(cell) -> str:
    """Write a cell as people see it."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def in_one_cell(table: Damaged, places, write) -> Damaged:
    """Put rows into their first cell."""
    empty = (None,) * (len(HEAD) - 1)
    return table.with_rows(
        (write(row), *empty) if number in places else row for number, row in enumerate(table.rows)
    )


@operator()
def separator(table, chance):
    """Rows that were pasted in with another separator."""
    mark = chance.choice([";", "\t", "，", "、", "|", " ", "  "])
    return in_one_cell(table, block(table, chance), lambda row: text(row, mark))


@operator()
def separator_of_a_city(table, chance):
    """All rows of a city have another separator: no other row has its name."""
    mark = chance.choice([";", "\t", "，", "|", " "])
    city = chance.choice(table.rows[1:])[0]
    places = [n for n, row in enumerate(table.rows) if row[0] == city]
    return in_one_cell(table, places, lambda row: text(row, mark))


@operator()
def separator_of_a_year(table, chance):
    """All rows of a year have another separator."""
    mark = chance.choice([";", "\t", "，", "|", " "])
    year = chance.choice(table.rows[1:])[1]
    places = [n for n, row in enumerate(table.rows) if row[1] == year]
    return in_one_cell(table, places, lambda row: text(row, mark))


@operator()
def quoting(table, chance):
    """Rows that are quoted as a whole."""

    def quoted(row):
        stream = io.StringIO()
        csv.writer(stream, lineterminator="").writerow([plain(cell) for cell in row])
        return stream.getvalue()

    return in_one_cell(table, block(table, chance), quoted)


@operator()
def shift_right(table, chance):
    """A row that begins one cell too far to the right; the last cell is pushed out."""
    at = chance.choice(block(table, chance))
    return table.with_rows(
        (None, *row[:-1]) if number == at else row for number, row in enumerate(table.rows)
    )


@operator("csv", "xlsx", "xls")
def shift_right_beyond(table, chance):
    """A row that begins one cell too far to the right and ends behind the table."""
    at = chance.choice(block(table, chance))
    return table.with_rows(
        (None, *row) if number == at else row for number, row in enumerate(table.rows)
    )


@operator()
def shift_left(table, chance):
    """A row whose name was lost; the other cells moved into its place."""
    at = chance.choice(block(table, chance))
    return table.with_rows(
        (*row[1:], None) if number == at else row for number, row in enumerate(table.rows)
    )


@operator()
def shift_values_left(table, chance):
    """A row that lost a value; those behind it moved into its place."""
    at, column = chance.choice(block(table, chance)), chance.randint(2, len(HEAD) - 2)
    return table.with_rows(
        (*row[:column], *row[column + 1 :], None) if number == at else row
        for number, row in enumerate(table.rows)
    )


@operator()
def shift_values_right(table, chance):
    """A row into which an empty cell was put; the last value is pushed out."""
    at, column = chance.choice(block(table, chance)), chance.randint(2, len(HEAD) - 2)
    return table.with_rows(
        (*row[:column], None, *row[column:-1]) if number == at else row
        for number, row in enumerate(table.rows)
    )


@operator()
def swap_rows(table, chance):
    """Two rows in each other's place."""
    rows = list(table.rows)
    a, b = chance.sample(range(1, len(rows)), 2)
    rows[a], rows[b] = rows[b], rows[a]
    return table.with_rows(rows)


@operator()
def swap_columns_of_a_row(table, chance):
    """Two values of a row in each other's place."""
    row = chance.randint(1, len(table.rows) - 1)
    a, b = chance.sample(range(2, len(HEAD)), 2)
    return table.with_cells({(row, a): table.rows[row][b], (row, b): table.rows[row][a]})


@operator()
def swap_names(table, chance):
    """The names of two rows in each other's place."""
    a = chance.randint(1, len(table.rows) - 1)
    others = [
        n
        for n, row in enumerate(table.rows)
        if n and row[0] != table.rows[a][0] and row[1] != table.rows[a][1]
    ]
    b = chance.choice(others)
    return table.with_cells({(a, 0): table.rows[b][0], (b, 0): table.rows[a][0]})


@operator()
def swap_years(table, chance):
    """The years of two rows of different cities in each other's place."""
    a = chance.randint(1, len(table.rows) - 1)
    others = [
        n
        for n, row in enumerate(table.rows)
        if n and row[0] != table.rows[a][0] and row[1] != table.rows[a][1]
    ]
    b = chance.choice(others)
    return table.with_cells({(a, 1): table.rows[b][1], (b, 1): table.rows[a][1]})


@operator()
def swap_key_and_value(table, chance):
    """The year of a row and one of its values in each other's place."""
    row, column = chance.randint(1, len(table.rows) - 1), chance.randint(2, len(HEAD) - 1)
    return table.with_cells({(row, 1): table.rows[row][column], (row, column): table.rows[row][1]})


def with_raised(table, places, mark):
    return Damaged(table.rows, table.merged, MappingProxyType(dict.fromkeys(places, mark)))


@operator("csv", "xlsx", "xls")
def superscript_of_values(table, chance):
    """Note marks raised behind numbers."""
    column, mark = chance.randint(2, len(HEAD) - 1), chance.choice(["1", "2", "12"])
    return with_raised(table, [(row, column) for row in block(table, chance)], mark)


@operator("csv", "xlsx", "xls")
def superscript_of_names(table, chance):
    """Note marks raised behind names and years."""
    column, mark = chance.choice([0, 1]), chance.choice(["1", "2", "12"])
    return with_raised(table, [(row, column) for row in block(table, chance)], mark)


@operator("csv", "xlsx", "xls")
def superscript_of_headings(table, chance):
    """Note marks raised behind the names of columns."""
    columns = chance.sample(range(len(HEAD)), chance.randint(1, len(HEAD)))
    return with_raised(table, [(0, column) for column in columns], chance.choice(["1", "2", "12"]))


def with_merged(table, place):
    """Merge cells: the first keeps its value, the others lose theirs."""
    top, left, bottom, right = place
    cells = {
        (row, column): None
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }
    return Damaged(table.with_cells(cells).rows, (place,))


@operator(*WORKBOOKS)
def merge_over_columns(table, chance):
    """Values of two columns or more, of one row or several, merged into one."""
    top = chance.randint(1, len(table.rows) - 3)
    left = chance.randint(1, len(HEAD) - 2)
    right = chance.randint(left + 1, len(HEAD) - 1)
    return with_merged(table, (top, left, top + chance.randint(0, 2), right))


@operator(*WORKBOOKS)
def merge_over_rows(table, chance):
    """Values of several rows of a column merged into one."""
    top, column = chance.randint(1, len(table.rows) - 3), chance.randint(1, len(HEAD) - 1)
    return with_merged(table, (top, column, top + chance.randint(1, 2), column))


@operator(*WORKBOOKS)
def merge_of_names(table, chance):
    """The name of a city merged over its rows."""
    city = chance.choice(table.rows[1:])[0]
    rows = [n for n, row in enumerate(table.rows) if row[0] == city]
    return with_merged(table, (rows[0], 0, rows[-1], 0))


@operator(*WORKBOOKS)
def merge_over_cities(table, chance):
    """A name merged over rows of two cities."""
    rows = len(table.rows) - 1
    top = chance.randint(1, rows - 6)
    return with_merged(table, (top, 0, top + chance.randint(5, 6), 0))


@operator()
def duplicate(table, chance):
    """A row that stands twice."""
    rows = list(table.rows)
    row = chance.choice(rows[1:])
    rows.insert(chance.randint(1, len(rows)), row)
    return table.with_rows(rows)


@operator()
def duplicate_with_another_value(table, chance):
    """A row that stands twice, with another value in one cell."""
    rows = list(table.rows)
    row = list(chance.choice(rows[1:]))
    column = chance.randint(2, len(HEAD) - 1)
    row[column] = round(row[column] * 1.01, 2)
    rows.insert(chance.randint(1, len(rows)), tuple(row))
    return table.with_rows(rows)


@operator()
def duplicate_with_another_spelling(table, chance):
    """A row that stands twice, the second time with another spelling of the name."""
    rows = list(table.rows)
    row = chance.choice(rows[1:])
    name = chance.choice(["{} ", "{}市", " {}", "{}*"]).format(row[0])
    values = row[2:] if chance.random() < 0.5 else tuple(round(v * 1.01, 2) for v in row[2:])
    rows.insert(chance.randint(1, len(rows)), (name, row[1], *values))
    return table.with_rows(rows)


@operator()
def duplicate_block(table, chance):
    """Rows that stand twice below one another, as where files were put together."""
    rows = list(table.rows)
    return table.with_rows([*rows, *(rows[number] for number in block(table, chance))])
