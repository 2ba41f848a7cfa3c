"""Rows of a table that are not data: blank ones, repeated headings, totals, headings of groups, text.

A row is looked at where its keys are odd: a name that no entity has, no period where one should be,
or, in a table without periods, no number at all. Nothing that holds a number is left out but totals,
which are named with their rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xinzhi_panel.io.raw import Cell, RawTable, ReadingFindings
from xinzhi_panel.io.recognise.cells import cell_text, is_missing, is_note, is_number, loose
from xinzhi_panel.io.recognise.columns import plain_numbers
from xinzhi_panel.io.recognise.entity_names import is_higher
from xinzhi_panel.io.recognise.gazetteer import is_place
from xinzhi_panel.io.recognise.layout import Header
from xinzhi_panel.io.recognise.note_marks import without_mark
from xinzhi_panel.io.recognise.rows.excluded_rows import (
    BY_NAME,
    KeyColumns,
    RowFates,
    SortedRows,
    distinct_texts,
    leave_out,
    refuse_other_tables,
    refuse_parts,
)
from xinzhi_panel.io.recognise.rows.hidden_data import doubt_losses, refuse_hidden_data
from xinzhi_panel.io.recognise.rows.texts import (
    ADDRESS,
    WITH_TEXT,
    Names,
    may_be_period,
    may_be_value,
)
from xinzhi_panel.io.recognise.rows.totals import (
    bare,
    has_telephone,
    is_continuation,
    is_region,
    is_sentence,
    is_signature,
    is_total,
    is_total_of_periods,
    is_total_of_series,
    may_be_odd,
    part,
    statistics,
)
from xinzhi_panel.io.recognise.years import parse_period
from xinzhi_panel.io.text.columns import TextColumn, column_of, encode

LONG = 40
"""Characters beyond which a key is read as a remark rather than as a name."""
FEW = 5000
"""Rows up to which each row without a period is looked at."""


def rows_of_data(
    table: RawTable,
    header: Header,
    lines: Sequence[Sequence[Cell]],
    keys: KeyColumns,
    fates: RowFates,
    findings: ReadingFindings,
) -> npt.NDArray[np.bool_]:
    """Tell which rows are data; what is left out is said, grouped by kind, with its rows."""
    name = loose(header.names[header.positions.index(keys.entity)])
    codes, distinct = encode(column_of(lines, keys.entity))
    stated = frozenset(map(loose, keys.stated))
    verdicts = _plain_verdicts(distinct, name) or [_verdict(c, name, stated) for c in distinct]
    if keys.is_panel:
        _with_statistics(distinct, verdicts, stated)
    else:
        # In a table of series the nation and regions may be what is asked for.
        verdicts = [
            "data" if v in BY_NAME and not is_total_of_series(cell_text(c)) else v
            for v, c in zip(verdicts, distinct, strict=True)
        ]
    rows = SortedRows(
        table, header, lines, keys, codes, distinct, verdicts, np.ones(len(lines), bool)
    )
    odd = np.array([verdict != "data" for verdict in verdicts], dtype=bool)[codes]
    # Rows whose keys are in order are data, whatever else they hold.
    odd |= _without_period(rows) if keys.period is not None else _without_number(rows)
    if odd.any():
        _learn(rows, odd)
        _sort(rows, np.flatnonzero(odd).tolist(), findings)
    leave_out(rows, fates, findings)
    refuse_hidden_data(rows, findings)
    doubt_losses(rows, findings)
    return rows.keep


def _plain_verdicts(distinct: list[Cell], name: str) -> list[str] | None:
    """Judge all names at once where none of them holds anything odd; None where one may."""
    texts = [cell for cell in distinct if isinstance(cell, str)]
    joined = "\n".join(texts)
    if len(texts) < len(distinct) or name in loose(joined) or may_be_odd(joined):
        return None
    if max(map(len, texts), default=0) > LONG:
        return None
    return ["data" if (t.strip() if t.isascii() else cell_text(t)) else "blank" for t in texts]


def _verdict(cell: Cell, name: str, stated: frozenset[str]) -> str:
    """Judge a name by itself."""
    text = cell_text(cell)
    if not text:
        return "blank"
    if name in (loose(text), _without_mark(text)):
        return "header"
    is_plain = len(text) <= LONG and not may_be_odd(text)
    return "data" if is_plain or loose(text) in stated else _kind_of_name(text)


def _without_mark(cell: Cell) -> str:
    """Fold a heading for comparison: the mark of a note may stand on one page and not on the next."""
    return loose(without_mark(cell_text(cell), has_first=True))


def _kind_of_name(text: str) -> str:
    if is_total(text):
        return "total"
    if is_region(text):
        return "region"
    if part(text) is not None:
        return "part"
    return "odd" if len(text) > LONG or is_note(text) or is_signature([text, text]) else "data"


def _with_statistics(distinct: list[Cell], verdicts: list[str], stated: frozenset[str]) -> None:
    """Read min, max and N as statistics where a mean is among the names."""
    if "total" not in verdicts:
        return
    names = statistics(map(cell_text, distinct))
    for i, cell in enumerate(distinct):
        if cell_text(cell) in names and loose(cell) not in stated:
            verdicts[i] = "total"


def _without_period(rows: SortedRows) -> npt.NDArray[np.bool_]:
    """Flag rows without a period, unless so many lack one that the column is another one."""
    codes, distinct = encode(column_of(rows.lines, rows.keys.period or 0))
    odd = np.array([parse_period(cell).value is None for cell in distinct], dtype=bool)[codes]
    return odd if len(odd) <= FEW or odd.mean() < 0.5 else np.zeros(len(odd), dtype=bool)


def _without_number(rows: SortedRows) -> npt.NDArray[np.bool_]:
    """Flag rows without a plain number; none where so many lack one that the table is of words."""
    left = np.arange(len(rows.lines))
    for position in rows.header.positions:
        if position != rows.keys.entity and len(left):
            left = left[~plain_numbers(_cells_of_rows(rows, position, left)).flags]
    odd = np.zeros(len(rows.lines), dtype=bool)
    odd[left] = True
    return odd if len(odd) <= FEW or odd.mean() < 0.5 else np.zeros(len(odd), dtype=bool)


def _cells_of_rows(
    rows: SortedRows, position: int, places: npt.NDArray[np.int64]
) -> Sequence[Cell]:
    cells = column_of(rows.lines, position)
    if len(places) == len(cells):
        return cells
    if isinstance(cells, TextColumn):
        flags = np.zeros(len(cells), dtype=bool)
        flags[places] = True
        return cells.select(flags)
    return [cells[i] for i in places.tolist()]


def _learn(rows: SortedRows, odd: npt.NDArray[np.bool_]) -> None:
    """Note the names and texts in ordinary rows, and whether the names are those of provinces."""
    names = [rows.distinct[code] for code in np.unique(rows.codes[~odd]).tolist()]
    rows.entities = frozenset(map(cell_text, names))
    rows.of_provinces = sum(map(is_higher, rows.entities)) > len(rows.entities) / 2
    rows.ordinary = np.flatnonzero(~odd)[:FEW]
    words = sum(len(distinct_texts(rows.lines[i])) > 1 for i in np.flatnonzero(odd)[:FEW].tolist())
    may_have_text = rows.table.kind in WITH_TEXT and 0 < len(rows.ordinary) >= words
    rows.names = Names.learn(rows.entities) if may_have_text else None


def _sort(rows: SortedRows, positions: list[int], findings: ReadingFindings) -> None:
    """Give each odd row its kind."""
    last = _last_row_of_data(rows, positions)
    n_more = 0
    for i in positions:
        line = rows.lines[i]
        if n_more and _repeats_heading(rows, i, n_more):
            kind, n_more = "more heading", n_more + 1
        else:
            kind = _kind(rows, i, line, is_below=i > last)
            n_more = 1 if kind == "header" else 0
        rows.kinds.setdefault(kind, []).append(i)
    refuse_other_tables(rows, findings)
    refuse_parts(rows, findings)


def _last_row_of_data(rows: SortedRows, odd: list[int]) -> int:
    """Position of the last row whose keys are in order."""
    last = len(rows.lines) - 1
    # The odd rows at the end of the table, without a gap, are below its data.
    for i in reversed(odd):
        if i < last:
            break
        last = i - 1
    return last


def _repeats_heading(rows: SortedRows, i: int, n: int) -> bool:
    """Whether a row repeats the nth row below the names: of units, of a second line of names."""
    row = rows.header.row + n
    if row >= rows.header.first_data:
        return False
    return _same(rows.header, rows.table.rows[row - 1], rows.lines[i])


def _same(header: Header, original: Sequence[Cell], line: Sequence[Cell]) -> bool:
    return all(
        _without_mark(original[i]) == _without_mark(line[i] if i < len(line) else "")
        for i in header.positions
        if i < len(original) and cell_text(original[i])
    )


def _kind(rows: SortedRows, i: int, line: Sequence[Cell], *, is_below: bool) -> str:
    """Judge a row by all its cells."""
    texts = distinct_texts(line)
    if not texts:
        return "blank"
    verdict = rows.verdicts[int(rows.codes[i])]
    if verdict == "header":
        return _kind_of_heading(rows, line)
    if verdict in BY_NAME:
        return "heading" if verdict == "region" and len(texts) == 1 else verdict
    if _totals_elsewhere(rows, line, verdict):
        return "total"
    if _is_signed(rows, texts, line):
        return "other table" if _may_be_heading(rows, i, texts) else "note"
    return "data" if _has_numbers(rows, line) else _kind_of_words(rows, i, texts, is_below=is_below)


def _is_signed(rows: SortedRows, texts: list[str], line: Sequence[Cell]) -> bool:
    """Whether a row is a line of signatures: a date may stand below the periods, a telephone number."""
    if not is_signature(texts):
        return False
    keys = {rows.keys.entity, rows.keys.period}
    values = [line[i] for i in rows.header.positions if i < len(line) and i not in keys]
    numbers = [cell_text(cell) for cell in values if is_number(cell)]
    is_dated = cell_text(rows.at_period(line))
    return not numbers or (len(numbers) == 1 and not is_dated and has_telephone(texts, numbers[0]))


def _kind_of_words(rows: SortedRows, i: int, texts: list[str], *, is_below: bool) -> str:
    """Judge a row without a number."""
    if all(is_continuation(t) or is_note(t) for t in texts):
        return "note"
    if is_note(texts[0]) or (is_below and is_sentence(texts[0])):
        return "note"
    if len(texts) == 1:
        return _kind_of_lone(rows, i, texts[0], is_below=is_below)
    if not _is_text(rows, i):
        return "data"
    return "other table" if _may_be_heading(rows, i, texts) else "note"


def _is_text(rows: SortedRows, i: int) -> bool:
    """Whether nothing in a row without numbers may belong to an entity; see `texts`."""
    name = rows.key(i)
    if rows.names is None or name in rows.entities or (name and rows.names.fit(name)):
        return False
    line = rows.lines[i]
    for position in rows.header.positions:
        cell = line[position] if position < len(line) else None
        text = cell_text(cell)
        if not text or position == rows.keys.entity:
            continue
        if may_be_value(text) or text in rows.texts(position):
            return False
        if position == rows.keys.period and may_be_period(cell):
            return False
    return True


def _may_be_heading(rows: SortedRows, i: int, texts: list[str]) -> bool:
    """Whether several words with rows of data below may be the names of other columns."""
    if len(texts) < 2 or any(is_sentence(text) or ADDRESS.search(text) for text in texts):
        return False
    below = (rows.lines[j] for j in range(i + 1, len(rows.lines)))
    following = next((line for line in below if any(map(cell_text, line))), None)
    if following is None:
        return False
    is_heading = _kind_of_heading(rows, following) == "header"
    return not is_heading and _has_numbers(rows, following)


def _kind_of_heading(rows: SortedRows, line: Sequence[Cell]) -> str:
    if _same(rows.header, rows.table.rows[rows.header.row - 1], line):
        return "header"
    names = {loose(name) for name in rows.header.names}
    at_period = loose(rows.at_period(line) or "") in names
    return "other table" if at_period or not _has_numbers(rows, line) else "data"


def _totals_elsewhere(rows: SortedRows, line: Sequence[Cell], verdict: str) -> bool:
    """Whether the period, or a text where the name is missing, says that the row is a total."""
    period = rows.at_period(line)
    is_word = isinstance(period, str) and parse_period(period).value is None
    if is_word and is_total_of_periods(cell_text(period)):
        return True
    if verdict != "blank":
        return False
    others = (line[i] for i in rows.header.positions if i < len(line) and i != rows.keys.period)
    return any(isinstance(cell, str) and is_total(cell_text(cell)) for cell in others)


def _has_numbers(rows: SortedRows, line: Sequence[Cell]) -> bool:
    """Whether a row holds a number or a period: such a row is never a note."""
    if parse_period(rows.at_period(line)).value is not None:
        return True
    return any(
        is_number(line[i]) for i in rows.header.positions if i < len(line) and i != rows.keys.entity
    )


def _kind_of_lone(rows: SortedRows, i: int, text: str, *, is_below: bool) -> str:
    """Judge a row that holds one text and nothing else."""
    is_entity = text in rows.entities and not (is_higher(text) and "heading" in rows.kinds)
    # The title of a table may be repeated below each page.
    above = {cell_text(cell) for row in rows.table.rows[: rows.header.row - 1] for cell in row}
    if not is_entity and (is_sentence(text) or text in above):
        return "note"
    if is_entity or is_missing(text):
        return "data"
    is_name = rows.key(i) == text
    if is_name and is_higher(bare(text)) and not rows.of_provinces:
        return "heading"
    if _is_text(rows, i):
        return "note"
    if rows.keys.period is None or not is_name:
        return "data"
    return "note" if is_below and rows.kinds.get("note") and not is_place(text) else "lone"
