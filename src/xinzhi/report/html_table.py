"""A table as the HTML page needs it: numbers aligned at the point, spanners joined, sortable or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from xinzhi.report.html_words import Markup, bilingual
from xinzhi.tables.numbers import Written, write
from xinzhi.tables.table import Cell, Row, Table
from xinzhi.wording import Language, Wording

WIDEST = 30
"""Widths in characters for which the style has a class."""
FEW = 3


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell: a number in two parts that meet at the decimal point, or text in the middle."""

    words: Markup
    before: str = ""
    after: str = ""
    left: str = ""
    right: str = ""
    sort: float | None = None
    """The number itself, by which the column is sorted."""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class RowView:
    """A row: its label, its cells and the classes that the style knows."""

    label: Wording
    cells: tuple[CellView, ...]
    classes: str = ""


@dataclass(frozen=True, slots=True)
class Spanner:
    """A heading over neighbouring columns."""

    text: Wording
    width: int


@dataclass(frozen=True, slots=True)
class View:
    """The whole table."""

    rows: tuple[RowView, ...]
    spanners: tuple[Spanner, ...]
    sortable: bool


def view_of(table: Table, *, languages: Sequence[Language], decimals: int) -> View:
    """Prepare a table for the page."""
    written = [[write(cell, languages[0], decimals) for cell in row.cells] for row in table.rows]
    widths = [_widths([cells[at] for cells in written]) for at in range(len(table.columns))]
    rows = tuple(
        RowView(
            row.label,
            tuple(
                _cell_view(cell, text, width, languages, decimals)
                for cell, text, width in zip(row.cells, texts, widths, strict=True)
            ),
            _classes(table.rows, at),
        )
        for at, (row, texts) in enumerate(zip(table.rows, written, strict=True))
    )
    return View(rows, spanners_of(table), _is_sortable(table))


def spanners_of(table: Table) -> tuple[Spanner, ...]:
    """Join equal neighbouring spanners; none where no column has one."""
    if not any(column.spanner for column in table.columns):
        return ()
    joined = groupby(table.columns, key=lambda column: column.spanner or "")
    return tuple(Spanner(text, len(list(columns))) for text, columns in joined)


def _widths(texts: Sequence[Written]) -> tuple[int, int]:
    """Characters before and from the decimal point in the widest number of a column.

    Where a column has decimals, whole numbers stand in the middle and count for nothing here.
    """
    found = [text for text in texts if text.is_number]
    found = [text for text in found if text.after_point] or found
    before = max((len(text.before_point) for text in found), default=0)
    after = max((len(text.after_point + text.stars) for text in found), default=0)
    return min(before, WIDEST), min(after, WIDEST)


def _cell_view(
    cell: Cell,
    text: Written,
    width: tuple[int, int],
    languages: Sequence[Language],
    decimals: int,
) -> CellView:
    sort = float(cell.value) if text.is_number and isinstance(cell.value, (int, float)) else None
    if not text.is_number or (width[1] and not text.after_point):
        texts = {language: str(write(cell, language, decimals)) for language in languages}
        return CellView(bilingual(texts), sort=sort)
    return CellView(
        words=Markup(""),
        before=text.before_point,
        after=text.after_point + text.stars,
        left=f"n a w{width[0]}",
        right=f"n b w{width[1]}",
        sort=sort,
        is_number=True,
    )


def _is_under(row: Row) -> bool:
    return any(cell.kind == "std_error" for cell in row.cells)


def _classes(rows: Sequence[Row], at: int) -> str:
    """Name what the style must know: a rule above, an error row, a row over an error row."""
    states: Mapping[str, bool] = {
        "rule": rows[at].rule_above,
        "under": _is_under(rows[at]),
        "above": at + 1 < len(rows) and _is_under(rows[at + 1]),
    }
    return " ".join(name for name, holds in states.items() if holds)


def _is_sortable(table: Table) -> bool:
    """Rows can be sorted where each stands for itself; a last row under a rule stays below."""
    return len(table.rows) >= FEW and not any(
        row.rule_above or _is_under(row) for row in table.rows[:-1]
    )
