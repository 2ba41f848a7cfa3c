"""Rows of data that look like text: written into one cell, or standing above the names of the columns.

Where files are pasted together, a row may have another separator than the others or be quoted as a
whole: then all of it is one text, and no cell holds a number. What is left out as text is therefore
compared with the table. It is data, and refused with its place, where

1. one of the usual separators cuts it into as many fields as the table has columns, and the fields fit
   them: numbers or marks of missing values where the table has numbers, and a name that may be one;
2. it begins with the name of an entity and goes on with values;
3. most of its words are numbers.

A text that says itself that it is a note (注：, Source:), the number of a page, a line of signatures, a
date or an address is none of these.

Doubts about what was left out of a table: many rows between the data, or a whole period.

Only rows between the first and the last row of data count towards the share. Titles, sources and notes
stand around a table and say nothing of its size; between the rows of data, blank rows, repeated headings,
headings of groups, and texts that are notes, numbers of pages or addresses by their form are not a loss.
Totals, lone names and sums of other rows have warnings of their own, with the names.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xinzhi_core.errors import quoted
from xinzhi_core.wording import message
from xinzhi_panel.io.raw import Cell, ReadingFindings, listed
from xinzhi_panel.io.recognise.cells import UNIT, cell_text, is_missing, is_note, is_number, tidy
from xinzhi_panel.io.recognise.gazetteer import is_place
from xinzhi_panel.io.recognise.rows.excluded_rows import SortedRows, distinct_texts
from xinzhi_panel.io.recognise.rows.texts import ADDRESS, LABEL, Names
from xinzhi_panel.io.recognise.rows.totals import is_continuation, is_signature
from xinzhi_panel.io.recognise.years import looks_like_year, parse_period
from xinzhi_panel.io.text.columns import column_of, encode

MARKS = (",", ";", "\t", "|", "，", "；", "、", "｜", "/", "^", "~", "\\", ":", "：")
"""What separates fields, besides blanks."""
CUT = re.compile(r"[\s,;|，；、｜:：\"“”]+")
"""Any separator of words."""
BY_FORM = re.compile(
    r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}\s*日?)?(?:[T\s]+\d{1,2}:\d{2}(?::\d{2})?)?"
    r"|\d{1,2}:\d{2}(?::\d{2})?|[-—–·\s]*第?\s*\d{1,4}\s*页?\s*(?:[/／]\s*共?\s*\d{1,4}\s*页?)?[-—–·\s]*"
)
"""A date, a time, the number of a page."""
MARKED = re.compile(r"[*※①-⑳❶-❿⑴-⒇†‡]+\s*|[(（\[［【]?\d{1,2}[)）\]］】]\s*|\d{1,2}[.、．]\s+")
"""A mark before a text, which a note has, and a name that has one."""
VALUE = re.compile(
    r"(?<![A-Za-z\d.,\-–—/])[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\d.]|\s*[-–—/]\s*\d)"
)
"""A number that stands for itself: not 2-1, the number of a table, nor 3/12, that of a page."""
COUNTED = re.compile(r"\s*(?:年|月|日|号|期|版|页|章|卷|季|次会|个月|周|时|分)")
"""What behind a number says that it is not an amount."""
NUMBERED = re.compile(r"(?:第|表|图|注|附表|文|〔|\[|第\s)$")
ENDS = ("市", "省", "县", "区", "州", "盟", "地区", "自治州", "自治区")
SENTENCE = re.compile(r"[。！？!?]|为|是|占|增长|下降|约|截至|根据|按照|由于|因为|包括|不含|调整")
WORDS_PER_VALUE = 4
"""Characters for each value up to which they may be units and years."""
SAMPLED = 100


@dataclass(frozen=True)
class TableShape:
    """What a row of data has in this table."""

    rows: SortedRows

    @cached_property
    def width(self) -> int:
        """Number of columns."""
        return len(self.rows.header.positions)

    @cached_property
    def entity(self) -> int:
        """Place of the entity among the columns."""
        return self.rows.header.positions.index(self.rows.keys.entity)

    @cached_property
    def period(self) -> int | None:
        """Place of the period among the columns."""
        at = self.rows.keys.period
        return None if at is None else self.rows.header.positions.index(at)

    @cached_property
    def entities(self) -> frozenset[str]:
        """Names of entities in the rows that are data."""
        if self.rows.entities:
            return self.rows.entities
        pairs = zip(self.rows.distinct, self.rows.verdicts, strict=True)
        return frozenset(cell_text(cell) for cell, verdict in pairs if verdict == "data")

    @cached_property
    def names(self) -> Names:
        """What names look like."""
        return Names.learn(self.entities)

    @cached_property
    def numeric(self) -> frozenset[int]:
        """Columns, but for the keys, of which most filled cells are numbers."""
        kept = [i for i in range(min(len(self.rows.lines), SAMPLED)) if self.rows.keep[i]]
        lines = [self.rows.lines[i] for i in kept]
        found = set()
        for place, position in enumerate(self.rows.header.positions):
            cells = [cell_text(line[position]) for line in lines if position < len(line)]
            filled = [cell for cell in cells if not is_missing(cell)]
            is_key = place in (self.entity, self.period)
            if not is_key and 2 * sum(map(is_number, filled)) > len(filled):
                found.add(place)
        return frozenset(found)

    def is_name(self, text: str) -> bool:
        """Whether a text is the name of an entity, of this table or of a register."""
        return text in self.entities or is_place(text)

    def may_be_name(self, text: str) -> bool:
        """Whether a text is a name or looks like those of the table."""
        is_text = is_note(text) or LABEL.fullmatch(text) or ADDRESS.search(text)
        return bool(text) and not is_text and (self.is_name(text) or self.names.fit(text))


def refuse_hidden_data(rows: SortedRows, findings: ReadingFindings) -> None:
    """Refuse what was left out as text and may be data, with its row and its words."""
    table = TableShape(rows)
    for row, text in _left_out(rows):
        if may_be_data(text, table):
            findings.error(
                "layout.delimiter",
                message(
                    "'{text}' reads like a row of data written into one cell, and was not read as one.",
                    text=quoted(text),
                ),
                rows.table.where(row),
                message(
                    "write its values into cells of their own, as in the other rows; if it is a "
                    "remark, begin it with 'Note:'."
                ),
            )
    for row in _data_above(rows, table):
        findings.error(
            "layout.data_above",
            message("Row {row} holds data and stands above the names of the columns.", row=row),
            rows.table.where(row),
            message("move the names of the columns above it, or remove the row."),
        )


def _left_out(rows: SortedRows) -> Iterator[tuple[int, str]]:
    """Texts that were left out, with their rows: below, between and beside the rows, and above them."""
    for kind in ("note", "lone", "heading"):
        for i in rows.kinds.get(kind, ()):
            texts = distinct_texts(rows.lines[i])
            # A number beside words is a telephone number, or the row would not have been left out.
            yield from ((rows.row(i), t) for t in texts if len(texts) == 1 or not is_number(t))
    yield from ((remark.row, remark.text) for remark in rows.remarks)
    for row in range(1, rows.header.row):
        filled = distinct_texts(rows.table.rows[row - 1])
        # Several cells are compared as cells.
        yield from ((row, text) for text in filled if len(filled) == 1)


def _data_above(rows: SortedRows, table: TableShape) -> Iterator[int]:
    """Rows above the names whose cells stand where those of the data stand."""
    for row in range(1, rows.header.row):
        line = rows.table.rows[row - 1]
        cells = [line[i] if i < len(line) else None for i in rows.header.positions]
        name = cell_text(cells[table.entity])
        if table.is_name(name) and _fits(cells, table):
            yield row


def _fits(fields: Sequence[Cell], table: TableShape) -> bool:
    """Whether fields, one for each column, hold values where the table has them."""
    n_values = 0
    for place, field in enumerate(fields):
        text = cell_text(field)
        if place == table.entity or not text:
            continue
        if place == table.period:
            if parse_period(field).value is None and not is_missing(text):
                return False
        elif place in table.numeric:
            if not (is_number(field) or is_missing(text)):
                return False
            # A year above a column of amounts is a heading.
            n_values += not looks_like_year(field)
    return n_values > 0 or not table.numeric


def may_be_data(text: str, table: TableShape) -> bool:
    """Whether a text may be a row of data; see the head of this file."""
    return any(_line_may_be_data(line, table) for line in text.splitlines() or [""])


def _line_may_be_data(line: str, table: TableShape) -> bool:
    line = tidy(line)
    if is_number(line):
        return not BY_FORM.fullmatch(line) and not looks_like_year(line)
    if _is_text_by_form(line):
        return False
    bare = MARKED.sub("", line, count=1) if MARKED.match(line) else line
    return (
        any(_is_row(fields, table) for fields in _cuts(bare))
        or _begins_with_entity(bare, table)
        or _is_of_numbers(bare)
    )


def _is_text_by_form(line: str) -> bool:
    """Whether a text says itself that it is one."""
    is_marked = is_note(line) and not MARKED.match(line)
    is_labelled = LABEL.match(line) is not None and not MARKED.match(line)
    is_formal = is_continuation(line) or is_signature([line]) or BY_FORM.fullmatch(line)
    return bool(is_marked or is_labelled or is_formal or ADDRESS.search(line))


def _cuts(line: str) -> Iterator[list[str]]:
    """Cut a text by each of the usual separators, and by all of them."""
    for mark in MARKS:
        if mark in line:
            try:
                fields = next(csv.reader([line], delimiter=mark, skipinitialspace=True))
            except csv.Error:
                fields = line.split(mark)
            yield [tidy(field) for field in fields]
    yield line.split()
    yield [word for word in CUT.split(line) if word]


def _is_row(fields: list[str], table: TableShape) -> bool:
    """Whether fields are as many as the columns and fit them."""
    while len(fields) > table.width and not fields[-1]:
        fields.pop()
    if len(fields) != table.width or len(fields) < 2 or not _fits(fields, table):
        return False
    name = fields[table.entity]
    n_numbers = sum(map(is_number, fields))
    return table.may_be_name(name) or (n_numbers > 1 and not is_note(name))


def _begins_with_entity(line: str, table: TableShape) -> bool:
    """Whether a text is the name of an entity with values behind it."""
    name = _name_before(line, table)
    if name is None:
        return False
    rest = line[len(name) :]
    if _values(rest):
        return True
    words = [word for word in CUT.split(rest) if word]
    is_cut = bool(CUT.match(rest))
    is_empty = all(is_missing(word) or parse_period(word).value is not None for word in words)
    return (
        is_cut
        and is_empty
        and (not words or any(map(is_missing, words)) or _is_dated(words, table))
    )


def _is_dated(words: Sequence[str], table: TableShape) -> bool:
    """Whether all that stands behind a name is its period, in a table that has periods."""
    return table.period is not None and len(words) == 1


def _name_before(line: str, table: TableShape) -> str | None:
    """Name of an entity with which a text begins, before a separator, a digit or a word for its kind."""
    word = re.split(r"[\s,;|，；、｜:：/^~\\\t]|(?=\d)", line, maxsplit=1)[0]
    if word and (table.is_name(word) or word.removesuffix("市") in table.entities):
        return word
    starts = [name for name in table.entities if name and line.startswith(name)]
    for name in sorted(starts, key=len, reverse=True):
        rest = line[len(name) :]
        end = next((end for end in sorted(ENDS, key=len, reverse=True) if rest.startswith(end)), "")
        if not rest[len(end) :][:1].isalnum() or rest[len(end) :][:1].isdigit():
            return name + end
    return None


def _values(text: str) -> list[str]:
    """Numbers in a text that may be amounts: not years, dates, pages or numbers of tables."""
    found = []
    for match in VALUE.finditer(text):
        number, behind = match.group(), text[match.end() :]
        if (
            looks_like_year(number)
            or COUNTED.match(behind)
            or NUMBERED.search(text[: match.start()])
        ):
            continue
        found.append(number)
    return found


def _is_of_numbers(line: str) -> bool:
    """Whether most words of a text are numbers, or it has hardly a word beside them and their units."""
    words = [word for word in CUT.split(line) if word]
    numbers = [word for word in words if _is_amount(word)]
    if len(numbers) > 1 and 2 * len(numbers) > len(words):
        return True
    values = [value for value in _values(line) if len(value) > 1]
    n_letters = len(re.findall(r"[^\W\d_]", line))
    return (
        len(values) > 1 and n_letters <= WORDS_PER_VALUE * len(values) and not SENTENCE.search(line)
    )


def _is_amount(word: str) -> bool:
    """Whether a word is a number, with its unit or without."""
    if re.fullmatch(r"\d{1,2}[.．]", word):
        return False
    value = re.fullmatch(r"([+-]?[\d.]+)(\D{1,8})", word)
    return is_number(word) or bool(value and is_number(value[1]) and UNIT.fullmatch(value[2]))


MOST = 0.01
"""Share of the rows between the first and the last row of data that may be left out without a warning."""
NEAR = 3
"""Rows around a repeated heading that belong to the break of a page."""


def doubt_losses(rows: SortedRows, findings: ReadingFindings) -> None:
    """Warn where more than a few rows of the table, or all rows of a period, were left out."""
    kept = np.flatnonzero(rows.keep)
    if len(kept) == len(rows.keep) or not len(kept):
        return
    lost = [i for i in _texts_between(rows) if int(kept[0]) < i < int(kept[-1])]
    n_between = int(kept[-1]) - int(kept[0]) + 1
    if len(lost) > MOST * n_between:
        shown = rows.table.shown_rows(map(rows.row, lost))
        findings.warn(
            "layout.rows_left_out",
            message(
                "{n} of {total} rows between the first and the last row of data were left out as text "
                "(rows {rows}).",
                one="{n} of {total} rows between the first and the last row of data was left out as "
                "text (row {rows}).",
                n=len(lost),
                total=n_between,
                rows=listed(shown),
            ),
            rows.where(lost[0]),
            message("see that they are not data, and remove them from the file."),
        )
    _doubt_periods(rows, findings)


def _texts_between(rows: SortedRows) -> Iterator[int]:
    """Positions of rows that were left out as text and do not say themselves that they are."""
    breaks = [*rows.kinds.get("header", ()), *rows.kinds.get("more heading", ())]
    for i in rows.kinds.get("note", ()):
        texts = distinct_texts(rows.lines[i])
        is_text = is_signature(texts) or any(
            is_note(t) or is_continuation(t) or LABEL.match(t) or ADDRESS.search(t) for t in texts
        )
        if not is_text and not any(abs(i - heading) <= NEAR for heading in breaks):
            yield i


def _doubt_periods(rows: SortedRows, findings: ReadingFindings) -> None:
    """Warn of periods that stand only in rows that were left out."""
    position = rows.keys.period
    if position is None:
        return
    codes, distinct = encode(column_of(rows.lines, position))
    kept = {parse_period(distinct[code]).value for code in np.unique(codes[rows.keep]).tolist()}
    gone = np.unique(codes[~rows.keep]).tolist()
    periods = {period: code for code in gone if (period := parse_period(distinct[code]).value)}
    lost = sorted(set(periods) - kept)
    if not lost:
        return
    first = int(np.flatnonzero(~rows.keep & (codes == periods[lost[0]]))[0])
    findings.warn(
        "layout.period_left_out",
        message(
            "All rows of the periods {periods} were left out.",
            one="All rows of the period {periods} were left out.",
            n=len(lost),
            periods=listed(lost),
        ),
        rows.where(first),
        message("see which rule leaves them out, and correct the rows if they are data."),
    )
