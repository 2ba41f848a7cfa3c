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
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.options import LIMITS, Limits
from xinzhi.io.raw import Cell, Findings, RawTable, shown_name
from xinzhi.io.text.encoding import Text, decode
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
            message("The line 'sep=' of a spreadsheet program is not data."),
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
        "mark": message("from its byte-order mark"),
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


LARGE = 4 << 20
"""Bytes from which on it is worth while."""
KEPT_BY_COLUMN = frozenset(",;\t|")


class TextColumn(Sequence[str]):
    """A column of text cells in one block of memory."""

    def __init__(self, cells: Any) -> None:
        self.cells = cells

    def __len__(self) -> int:
        return len(self.cells)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> TextColumn: ...
    def __getitem__(self, at: int | slice) -> str | TextColumn:
        if isinstance(at, slice):
            start, stop, _ = at.indices(len(self.cells))
            return TextColumn(self.cells.slice(start, max(stop - start, 0)))
        return str(self.cells[at].as_py())

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self.cells), 100_000):
            yield from self.cells.slice(start, 100_000).to_pylist()

    def kept(self, flags: npt.NDArray[np.bool_]) -> TextColumn:
        """Keep the cells where a flag is set."""
        return TextColumn(self.cells.filter(import_module("pyarrow").array(flags)))

    def encoded(self) -> tuple[npt.NDArray[np.int64], list[str]]:
        """Distinct cells, and the number of its own for each cell."""
        dictionary = self.cells.combine_chunks().dictionary_encode()
        if hasattr(dictionary, "chunks"):
            dictionary = dictionary.unify_dictionaries().combine_chunks().chunk(0)
        codes = dictionary.indices.to_numpy().astype(np.int64)
        return codes, dictionary.dictionary.to_pylist()

    def holds(self, text: str) -> bool:
        """Whether any cell holds a text."""
        compute = import_module("pyarrow.compute")
        return bool(compute.any(compute.match_substring(self.cells, text)).as_py())

    def empty(self) -> npt.NDArray[np.bool_]:
        """Flag the cells that hold nothing."""
        compute = import_module("pyarrow.compute")
        return np.asarray(compute.equal(self.cells, "").to_numpy(), dtype=bool)

    def numbers(self, longest: int) -> npt.NDArray[np.float64] | None:
        """All cells as numbers; None where one is no number, or has more than `longest` characters."""
        arrow, compute = import_module("pyarrow"), import_module("pyarrow.compute")
        if (compute.max(compute.binary_length(self.cells)).as_py() or 0) > longest:
            return None
        try:
            return np.array(compute.cast(self.cells, arrow.float64()).to_numpy())
        except arrow.ArrowInvalid:
            return None

    def matching(self, pattern: str, longest: int) -> npt.NDArray[np.bool_]:
        """Flag the cells that match a pattern and have at most `longest` characters."""
        compute = import_module("pyarrow.compute")
        matches = compute.match_substring_regex(self.cells, pattern)
        short = compute.less_equal(compute.binary_length(self.cells), longest)
        return np.array(compute.and_(matches, short).to_numpy(), dtype=bool)

    def among(self, texts: frozenset[str]) -> npt.NDArray[np.bool_]:
        """Flag the cells that are one of the texts."""
        arrow, compute = import_module("pyarrow"), import_module("pyarrow.compute")
        wanted = arrow.array(sorted(texts), arrow.large_string())
        return np.asarray(compute.is_in(self.cells, value_set=wanted).to_numpy(), dtype=bool)

    def has_only_digits(self) -> bool:
        """Whether every cell has digits and nothing else."""
        compute = import_module("pyarrow.compute")
        return bool(compute.all(compute.ascii_is_decimal(self.cells), min_count=0).as_py())


class ColumnRows(Sequence[Sequence[str]]):
    """Rows of a table that is kept by column; rows are made when they are looked at."""

    def __init__(self, columns: list[TextColumn]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    @overload
    def __getitem__(self, at: int) -> Sequence[str]: ...
    @overload
    def __getitem__(self, at: slice) -> ColumnRows: ...
    def __getitem__(self, at: int | slice) -> Sequence[str] | ColumnRows:
        if isinstance(at, slice):
            return ColumnRows([column[at] for column in self.columns])
        return [column[at] for column in self.columns]

    def __iter__(self) -> Iterator[Sequence[str]]:
        return iter(map(list, zip(*self.columns, strict=True)))


def read_columns(data: bytes, mark: str) -> ColumnRows | None:
    """Read plain UTF-8 text by column; None where any line is unlike the first."""
    if len(data) < LARGE or mark not in KEPT_BY_COLUMN or b'"' in data or not _even(data, mark):
        return None
    arrow, reader = import_module("pyarrow"), import_module("pyarrow.csv")
    n = data[: data.find(b"\n")].count(mark.encode()) + 1
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


def _even(data: bytes, mark: str) -> bool:
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
    returns = int((codes == 13).sum())
    return returns > 0 and returns != int((codes[np.maximum(ends - 1, 0)] == 13).sum())


def encode(cells: Sequence[Cell]) -> tuple[npt.NDArray[np.int64], list[Cell]]:
    """Distinct cells of any column in the order in which they are met, and their numbers.

    >>> encode(["b", "a", "b"])
    (array([0, 1, 0]), ['b', 'a'])
    """
    if isinstance(cells, TextColumn):
        codes, texts = cells.encoded()
        return codes, list(texts)
    known: dict[Cell, int] = {}
    numbers = [known.setdefault(cell, len(known)) for cell in cells]
    return np.array(numbers, dtype=np.int64), list(known)
