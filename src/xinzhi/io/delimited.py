"""Text files to rows of cells: what separates the fields, and rows that do not fit."""

from __future__ import annotations

import csv
import gc
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.columnar import read_columns
from xinzhi.io.findings import Findings
from xinzhi.io.limits import LIMITS, Limits
from xinzhi.io.raw import RawTable, shown_name
from xinzhi.io.text import Text, decode
from xinzhi.wording import Message, message

DELIMITERS = (",", ";", "\t", "|", "，")
NAMES = {
    ",": message("comma"),
    ";": message("semicolon"),
    "\t": message("tab"),
    "|": message("vertical bar"),
    "，": message("full-width comma"),
}
LOOKED_AT = 200
TEXT_FORMULA = re.compile(r'="[^"]*"')
BOM = b"\xef\xbb\xbf"
HEAD = 4 * LIMITS.line_bytes
BLOCK = 1 << 20
SEP_LINE = re.compile(r'"?sep=(.)"?\s*(?:\r\n|\r|\n|$)', re.IGNORECASE)


def read_text_table(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits = LIMITS,
) -> RawTable:
    """Read a text file into rows of text cells; blank lines stay, so that row numbers hold."""
    name = shown_name(path)
    where = Where(file=name)
    data = path.read_bytes()
    text = decode(data, where, encoding=encoding, limits=limits)
    found = Findings()
    _say_how_decoded(text, where, found)
    stated = SEP_LINE.match(text.text)
    mark = delimiter or (stated.group(1) if stated else None)
    if mark is None:
        mark = find_delimiter(text.text)
        if mark != ",":
            found.decide("text.delimiter", _separated(mark), where)
    rows: Sequence[Sequence[str]] | None = None
    if text.encoding == "utf-8" and not stated:
        rows = read_columns(data.removeprefix(BOM), mark)
    if rows is None:
        rows = _rows(text.text, mark, where, limits)
    _refuse_many(rows, where, limits)
    if '="' in text.text:
        rows = _without_text_formulas(rows, where, found)
    if stated:
        rows = [[], *rows[1:]]
        found.decide(
            "layout.sep_line",
            message("The line 'sep=' of a spreadsheet program is no data."),
            Where(file=name, row=1),
        )
    return RawTable(
        name,
        rows,
        delimiter=mark,
        encoding=text.encoding,
        decisions=tuple(found.decisions),
    )


def _say_how_decoded(text: Text, where: Where, found: Findings) -> None:
    reasons = {
        "mark": message("its byte-order mark says so"),
        "bytes": message("its bytes are valid in no other that is expected"),
    }
    if text.by in reasons:
        found.decide(
            "text.encoding",
            message("Encoding {name}: {reason}.", name=text.encoding, reason=reasons[text.by]),
            where,
        )


def _separated(mark: str) -> Message:
    return message("Fields are separated by: {mark}.", mark=NAMES.get(mark, mark))


def find_delimiter(text: str) -> str:
    r"""Find what separates the fields: the mark that gives most lines one same number of fields.

    >>> find_delimiter("a;b\n1,5;2\n"), find_delimiter("a,b\n1,2\n")
    (';', ',')
    """
    sample = [line for line in islice(_lines(text[:HEAD]), LOOKED_AT) if line.strip()]
    best, best_score = ",", (0.0, 0)
    for mark in DELIMITERS:
        counts = _widths(sample, mark)
        usual = max(counts, key=lambda n: (counts[n], n), default=0)
        if usual < 2:
            continue
        score = (counts[usual] / sum(counts.values()), usual)
        if score > best_score:
            best, best_score = mark, score
    return best


def _widths(lines: Sequence[str], mark: str) -> Counter[int]:
    """Count the fields of each line; nothing where quotation marks or lengths do not allow it."""
    try:
        rows = list(csv.reader(lines, delimiter=mark, skipinitialspace=True))
    except csv.Error:
        return Counter()
    return Counter(len(row) for row in rows if any(cell.strip() for cell in row))


def _lines(text: str) -> Iterator[str]:
    r"""Cut a text into lines at \n, \r\n and \r, block by block, with their ends."""
    start = 0
    while start < len(text):
        cut = text.rfind("\n", start, start + BLOCK) + 1 if start + BLOCK < len(text) else 0
        block = text[start:cut] if cut > start else text[start:]
        start += len(block)
        yield from io.StringIO(block, newline="")


@contextmanager
def no_collection() -> Iterator[None]:
    """Put off the search for cycles of garbage while millions of rows without any are made."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _rows(text: str, mark: str, where: Where, limits: Limits) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(_lines(text), delimiter=mark, strict=True, skipinitialspace=True)
    try:
        with no_collection():
            rows.extend(islice(reader, limits.rows + 1))
    except csv.Error as error:
        raise DataError(_quoting(rows, str(error), where)) from error
    return rows


def _without_text_formulas(
    rows: Sequence[Sequence[str]], where: Where, found: Findings
) -> list[list[str]]:
    """Take off the signs by which exports keep spreadsheets from reading text as numbers."""
    changed = 0
    plain: list[list[str]] = []
    for row in rows:
        cells = [cell[2:-1] if TEXT_FORMULA.fullmatch(cell) else cell for cell in row]
        changed += sum(a != b for a, b in zip(cells, row, strict=True))
        plain.append(cells)
    if changed:
        found.decide(
            "layout.text_formula",
            message('Cells written as ="text" were read as that text.'),
            where,
            changed,
        )
    return plain


def _refuse_many(rows: Sequence[Sequence[str]], where: Where, limits: Limits) -> None:
    if len(rows) > limits.rows:
        raise DataError(
            Problem(
                "limit.rows",
                message("The table has more than {most} rows.", most=limits.rows),
                where,
                message("split it, or keep only the rows that the study needs."),
            )
        )


def _quoting(rows: list[list[str]], why: str, where: Where) -> Problem:
    return Problem(
        "layout.quote",
        message(
            "A quotation mark is not closed, or a field is too long, at or after this row ({why}).",
            why=why,
        ),
        Where(file=where.file, row=len(rows) + 1),
        message('close the quotation mark, or double it inside a quoted cell ("").'),
    )
