"""What stands under a coefficient: its standard error, or its t or z statistic, as a journal wishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from xinzhi.present.table import Cell, Row, Table
from xinzhi.wording import Message, Wording, message

DECIMALS = 2
WORDS: Mapping[str, Message] = {
    "{kind} in parentheses; small-sample correction: {rule}.": message(
        "t or z statistics in parentheses; {kind}; small-sample correction: {rule}."
    ),
    "{rule} in parentheses.": message("t or z statistics in parentheses; {rule}."),
    "{errors}.": message("t or z statistics in parentheses; {errors}."),
}
"""Note on the errors of a table -> the note where statistics stand there."""


def with_statistics(table: Table) -> Table:
    """Put statistics, the estimate over its standard error, into the place of the errors.

    A table without errors stays as it is; so does an error without an estimate above it.
    """
    rows = tuple(
        _row(above, row) for above, row in zip((None, *table.rows), table.rows, strict=False)
    )
    if rows == table.rows:
        return table
    return replace(table, rows=rows, notes=tuple(map(_note, table.notes)))


def _row(above: Row | None, row: Row) -> Row:
    if above is None:
        return row
    cells = tuple(_cell(over, cell) for over, cell in zip(above.cells, row.cells, strict=True))
    return replace(row, cells=cells) if cells != row.cells else row


def _cell(estimate: Cell, error: Cell) -> Cell:
    if error.kind != "std_error" or not isinstance(error.value, float):
        return error
    if not isinstance(estimate.value, float) or not error.value > 0:
        return error
    return Cell(estimate.value / error.value, "t_statistic", decimals=DECIMALS)


def _note(text: Wording) -> Wording:
    """Reword a note on errors, also inside a sentence on single columns."""
    if not isinstance(text, Message):
        return text
    if text.template in WORDS:
        return replace(WORDS[text.template], values=text.values)
    values = {
        key: _note(value) if isinstance(value, Message) else value
        for key, value in text.values.items()
    }
    return replace(text, values=MappingProxyType(values))
