"""Text files to rows of cells: the delimiter, and rows that do not fit.

A large plain file, in which every line has the same number of fields and no cell is quoted, is kept
by column: a million rows without a million lists. The rules that follow are the same for both.
"""

from __future__ import annotations

import csv
import gc
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.options import LIMITS, Limits, refuse_too_many
from xinzhi.io.raw import RawTable, ReadingFindings, shown_name
from xinzhi.io.text.columns import ColumnRows, TextColumn
from xinzhi.io.text.encoding import DecodedText, decode
from xinzhi.wording import message

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
    findings = ReadingFindings()
    report_encoding(text, where, findings)
    mark, has_sep_line = choose_delimiter(text.text, delimiter, where, findings)
    rows: Sequence[Sequence[str]] | None = None
    if text.encoding == "utf-8" and not has_sep_line:
        rows = read_columns(data.removeprefix(BOM), mark)
    if rows is None:
        rows = _rows(text.text, mark, where, limits)
    refuse_too_many(len(rows), where, limits)
    if '="' in text.text:
        rows = _without_text_formulas(rows, where, findings)
    if has_sep_line:
        rows = [[], *rows[1:]]  # an empty row, so that row numbers hold
        report_sep_line(where, findings)
    return RawTable(
        name, rows, delimiter=mark, encoding=text.encoding, decisions=tuple(findings.decisions)
    )


def report_encoding(text: DecodedText, where: Where, findings: ReadingFindings) -> None:
    """Say how a text was decoded, where anything was decided."""
    reasons = {
        "mark": message("from its byte-order mark"),
        "bytes": message("its bytes are valid in no other that is expected"),
    }
    if text.by in reasons:
        findings.decide(
            "text.encoding",
            message("Encoding {name}: {reason}.", name=text.encoding, reason=reasons[text.by]),
            where,
        )


def choose_delimiter(
    text: str, stated: str | None, where: Where, findings: ReadingFindings
) -> tuple[str, bool]:
    """Choose what separates the fields, and tell whether a first line `sep=` says so.

    What is stated wins over that line, and the line over what most lines show.
    """
    line = SEP_LINE.match(text)
    mark = stated or (line.group(1) if line else find_delimiter(text))
    if not stated and not line and mark != ",":
        sentence = message("Fields are separated by: {mark}.", mark=NAMES.get(mark, mark))
        findings.decide("text.delimiter", sentence, where)
    return mark, line is not None


def report_sep_line(where: Where, findings: ReadingFindings) -> None:
    """Say that the first line is not part of the table."""
    sentence = message("The line 'sep=' of a spreadsheet program is not data.")
    findings.decide("layout.sep_line", sentence, replace(where, row=1))


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
        # Of marks under which as many lines are alike, the one that makes more fields.
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
        raise DataError(unclosed_quote(len(rows), str(error), where)) from error
    return rows


def _without_text_formulas(
    rows: Sequence[Sequence[str]], where: Where, findings: ReadingFindings
) -> list[list[str]]:
    """Take off the signs by which exports keep spreadsheets from reading text as numbers."""
    changed = 0
    plain: list[list[str]] = []
    for row in rows:
        cells = list(map(without_text_formula, row))
        changed += sum(a != b for a, b in zip(cells, row, strict=True))
        plain.append(cells)
    if changed:
        report_text_formulas(changed, where, findings)
    return plain


def without_text_formula(cell: str) -> str:
    """Take a text out of a formula that says nothing but this text.

    >>> without_text_formula('="0012"')
    '0012'
    """
    return cell[2:-1] if TEXT_FORMULA.fullmatch(cell) else cell


def report_text_formulas(n: int, where: Where, findings: ReadingFindings) -> None:
    """Say that texts were taken out of formulas."""
    sentence = message('Cells written as ="text" were read as that text.')
    findings.decide("layout.text_formula", sentence, where, n)


def unclosed_quote(n: int, why: str, where: Where) -> Problem:
    """Say that a quotation mark is not closed behind the first n rows."""
    text = message(
        "A quotation mark is not closed, or a field is too long, at or after this row ({why}).",
        why=why,
    )
    remedy = message('close the quotation mark, or double it inside a quoted cell ("").')
    return Problem("layout.quote", text, Where(file=where.file, row=n + 1), remedy)


LARGE = 4 << 20
"""Bytes from which on it is worth while."""
KEPT_BY_COLUMN = frozenset(",;\t|")


def read_columns(data: bytes, mark: str) -> ColumnRows | None:
    """Read plain UTF-8 text by column; None where any line is unlike the first."""
    if len(data) < LARGE or mark not in KEPT_BY_COLUMN or b'"' in data or not _is_even(data, mark):
        return None
    arrow, reader = import_module("pyarrow"), import_module("pyarrow.csv")
    n = data[: data.find(b"\n")].count(mark.encode()) + 1
    # Names of our own: those in the file may repeat, and are a row like any other.
    names = [str(i) for i in range(n)]
    table = reader.read_csv(
        arrow.BufferReader(data),
        read_options=reader.ReadOptions(column_names=names, use_threads=False),
        parse_options=reader.ParseOptions(delimiter=mark, quote_char=False, double_quote=False),
        convert_options=reader.ConvertOptions(
            column_types=dict.fromkeys(names, arrow.large_string()), strings_can_be_null=False
        ),
    )
    return ColumnRows([TextColumn(table.column(name)) for name in names])


def _is_even(data: bytes, mark: str) -> bool:
    """Whether every line has as many marks as the first, and none is blank."""
    codes = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(codes == 10)
    if not len(ends) or _has_lone_return(codes, ends):
        return False
    if ends[-1] != len(codes) - 1:
        ends = np.append(ends, len(codes))
    marks = np.flatnonzero(codes == ord(mark))
    per_line = np.diff(np.searchsorted(marks, ends), prepend=0)
    return bool(per_line[0] > 0 and (per_line == per_line[0]).all())


def _has_lone_return(codes: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]) -> bool:
    """Whether a carriage return ends a line by itself, as old files do."""
    # Each carriage return before a line feed belongs to it.
    returns = int((codes == 13).sum())
    return returns > 0 and returns != int((codes[np.maximum(ends - 1, 0)] == 13).sum())
