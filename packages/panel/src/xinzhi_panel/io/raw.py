"""A table as it lies in its file: cells with addresses, before anything is understood.

`ReadingFindings` collects what the reader decides, doubts and refuses on the way; errors are raised together.

What a person may state about a file, so that the reader decides nothing, and how large it may be.

What kind of file it is, by its content and never by its name.
"""

from __future__ import annotations

import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from xinzhi_core.errors import DataError, MissingExtra, Problem, Where
from xinzhi_core.problems import missing_file
from xinzhi_core.wording import Message, Wording, message
from xinzhi_core.wording import listed as in_words

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a file; what is None is found by the reader and reported."""

    encoding: str | None = None
    """Encoding of a text file: `utf-8`, `gb18030`, `utf-16`, `big5` …"""
    delimiter: str | None = None
    """What separates the fields of a text file."""
    decimal: Literal[".", ","] | None = None
    """Decimal mark of numbers stored as text."""
    header: int | None = None
    """Row of the file that holds the names of the columns."""
    missing: tuple[str, ...] = ()
    """Further marks that mean: no value."""
    text: tuple[str, ...] = ()
    """Columns that are text although they look like numbers."""
    value: str | None = None
    """Name of the values of a wide table (years across the columns)."""
    renamed: Literal["keep", "join"] = "keep"
    """Whether places renamed within the sample are joined under the new name."""
    columns: tuple[str, ...] = ()
    """Columns to read, besides the keys; all where it is empty."""
    entities: tuple[str, ...] = ()
    """Names that are entities although they look like totals, regions or notes."""
    leave_out: tuple[str, ...] = ()
    """Entities whose rows are not read, as remainders and places of another level."""
    sheets: tuple[str, ...] = ()
    """Sheets of a workbook that are parts of one table, a year or a region each."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Column -> unit that its figures are given in, where sheets or files have several."""
    accept: tuple[str, ...] = ()
    """Codes of decisions that are confirmed; they are not reported again."""


NOTHING_STATED = ReadOptions()


MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that an honest table does not meet and a hostile one does."""

    file_bytes: int = 2048 * MEGABYTE
    """Size of the file."""
    line_bytes: int = 4 * MEGABYTE
    """Length of one line of a text file."""
    members: int = 20_000
    """Files inside a workbook."""
    unpacked_bytes: int = 2048 * MEGABYTE
    """Size of the files inside a workbook, unpacked."""
    ratio: float = 200.0
    """Unpacked size over packed size, where more than `ratio_from` is unpacked."""
    ratio_from: int = 64 * MEGABYTE
    columns: int = 16_384
    rows: int = 5_000_000
    cells: int = 60_000_000
    """Rows x columns of the rectangle that holds all cells."""
    characters: int = 500_000_000
    """Of the texts of all cells of a workbook."""
    here_bytes: int = 64 * MEGABYTE
    """Unpacked size of a workbook that is read in this process; a larger one is read in a child."""
    here_cells: int = 4_000_000
    here_characters: int = 32_000_000
    here_text: int = 4096
    """Characters of one cell."""
    is_guarded: bool = False
    """Whether this is the child, whose memory and time are limited."""


LIMITS = Limits()
GUARDED = replace(LIMITS, is_guarded=True)


def library(module: str, where: Where) -> Any:
    """Import a library that reads files of one kind.

    Raises
    ------
    MissingExtra
        It is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        name = module.partition(".")[0]
        raise MissingExtra.of(
            message("Reading this file needs the library {name}.", name=name),
            where,
            message("install it: pip install {name}", name=name),
            code="format.library",
        ) from error


def refuse_too_many(rows: int, where: Where, limits: Limits, *, columns: int = 1) -> None:
    """Refuse a table that is larger than an honest one."""
    if rows > limits.rows or rows * columns > limits.cells:
        raise DataError.of(
            message("The table has more than {most} rows.", most=limits.rows),
            where,
            message("split it, or keep only the rows that the study needs."),
            code="limit.rows",
        )


Cell = str | float | bool | date | datetime | time | timedelta | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Something the reader decided by itself: what, where, how often."""

    what: Message
    where: Where = Where()
    count: int = 1
    code: str = ""
    """Stable dotted code; stated under `accept`, the decision counts as confirmed."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """Cells of one sheet or text file, row by row, with where they lie."""

    file: str
    """Name of the file, for messages."""
    rows: Sequence[Sequence[Cell]]
    """Cells; rows of a text file may differ in length."""
    kind: str = "csv"
    """`csv`, `xlsx`, `xls`, `ods` …"""
    sheet: str | None = None
    first_column: int = 1
    """Number of the column in which each row of `rows` begins; 1 is A."""
    has_addresses: bool = False
    """Whether cells carry spreadsheet addresses such as D7."""
    delimiter: str | None = None
    """What separates the fields of a text file."""
    encoding: str | None = None
    """How a text file was decoded."""
    percents: frozenset[int] = frozenset()
    """Positions of columns with cells that a workbook shows as percents."""
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Name of a column -> its label, in files that have both."""
    places: tuple[tuple[str, int], ...] = ()
    """Sheet and row of each row, where sheets were put below one another."""
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Sheet, and what became of each of its rows, where sheets were put below one another."""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """Merged cells: first and last row, from 1, first and last position in the rows."""
    converted: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Column -> unit to which the figures of some sheets were converted."""
    faults: tuple[Problem, ...] = ()
    """Cells that hold errors: who reads their column raises them."""
    decisions: tuple[Decision, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def where(self, row: int, position: int | None = None, column: str | None = None) -> Where:
        """Place of a cell: row number of the file, position in the row from 0, column name."""
        # The rows of stacked sheets are counted through: the place is looked up.
        if self.places:
            sheet, row = self.places[row - 1]
            return Where(file=self.file, sheet=sheet, row=row, column=column)
        cell = None
        if self.has_addresses and position is not None:
            cell = f"{letters(self.first_column + position)}{row}"
        return Where(file=self.file, sheet=self.sheet, row=row, column=column, cell=cell)

    def shown_rows(self, rows: Iterable[int]) -> list[int | str]:
        """Give rows as people find them: behind the name of their sheet where there are several."""
        if not self.places:
            return [int(row) for row in rows]
        places = (self.places[int(row) - 1] for row in rows)
        return [f"{sheet}!{row}" for sheet, row in places]

    def with_decision(self, decision: Decision) -> RawTable:
        """Return the table with one more decision."""
        return replace(self, decisions=(*self.decisions, decision))


def letters(number: int) -> str:
    """Spell the number of a spreadsheet column in letters.

    >>> letters(1), letters(27), letters(16384)
    ('A', 'AA', 'XFD')
    """
    spelt = ""
    while number > 0:
        # There is no letter for zero: Z is 26, and AA follows.
        number, rest = divmod(number - 1, 26)
        spelt = chr(ord("A") + rest) + spelt
    return spelt


def shown_name(path: Path) -> str:
    """Name of a file for messages: control characters spelt out, never a folder.

    >>> from pathlib import Path
    >>> shown_name(Path("a") / "b.csv")
    'b.csv'
    """
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in path.name) or str(path)


LISTED = 20
ERRORS_PER_COLUMN = 50


@dataclass(slots=True)
class ReadingFindings:
    """Decisions, warnings and errors of one reading, in the order in which they were met."""

    decisions: list[Decision] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    errors: list[tuple[type[DataError], Problem]] = field(default_factory=list)
    held: list[Problem] = field(default_factory=list)
    """Errors of single cells, which keep nothing else from being looked at: they are raised with the others."""

    def decide(self, code: str, what: Message, where: Where, count: int = 1) -> None:
        """Note a decision; its code is what a study states under `accept` to confirm it."""
        self.decisions.append(Decision(what, where, count, code))

    def warn(self, code: str, what: Wording, where: Where, remedy: Wording) -> None:
        """Note a warning."""
        self.warnings.append(Problem(code, what, where, remedy, severity="warning"))

    def error(
        self,
        code: str,
        what: Wording,
        where: Where,
        remedy: Wording,
        kind: type[DataError] = DataError,
    ) -> None:
        """Note an error."""
        self.refuse(Problem(code, what, where, remedy), kind)

    def refuse(self, problem: Problem, kind: type[DataError] = DataError) -> None:
        """Note an error that is worded already."""
        self.errors.append((kind, problem))

    def stop_if_wrong(self, *, last: bool = False) -> None:
        """Raise all errors so far, as their common class; those that are held where others are, or at the last."""
        if not self.errors and not (last and self.held):
            return
        # Of several kinds only the common class can be caught for all of them.
        kinds = {kind for kind, _ in self.errors}
        kind = kinds.pop() if len(kinds) == 1 and not self.held else DataError
        # A cell without a value for this reason is not told to be without one.
        told = {(p.where.sheet, p.where.row, p.where.column) for p in self.held}
        others = (p for _, p in self.errors)
        others = (p for p in others if (p.where.sheet, p.where.row, p.where.column) not in told)
        raise kind((*self.held, *others))


@dataclass(frozen=True, slots=True)
class ColumnFindings:
    """Findings about one column of a table, with the places of its cells."""

    table: RawTable
    name: str
    rows: npt.NDArray[np.int64]
    """Row of the file of each cell."""
    findings: ReadingFindings

    @property
    def where(self) -> Where:
        """The column as a place."""
        return Where(file=self.table.file, sheet=self.table.sheet, column=self.name)

    def cell(self, i: int) -> Where:
        """Place of the cell at a position."""
        return self.table.where(int(self.rows[i]), None, self.name)

    def shown_rows(self, places: Sequence[int] | npt.NDArray[np.generic]) -> Wording:
        """List the rows of some cells for a sentence."""
        return listed(self.table.shown_rows(self.rows[places]))

    def decide(self, code: str, what: Message, count: int, entity: str | None = None) -> None:
        """Note a decision about the column, or about an entity in it."""
        self.findings.decide(code, what, replace(self.where, entity=entity), count)

    def warn(
        self,
        code: str,
        what: Wording,
        remedy: Wording,
        i: int | None = None,
        *,
        entity: str | None = None,
    ) -> None:
        """Note a warning of the column, of its cell at position `i`, or of an entity in it."""
        where = self.where if i is None else self.cell(i)
        self.findings.warn(code, what, replace(where, entity=entity), remedy)

    def error(
        self, code: str, what: Wording, remedy: Wording, i: int, kind: type[DataError] = DataError
    ) -> None:
        """Note an error of the cell at position `i`."""
        self.findings.error(code, what, self.cell(i), remedy, kind)


def listed(numbers: Iterable[object], most: int = LISTED) -> Wording:
    """List numbers or names for a sentence, the first twenty of them.

    >>> str(listed([7, 11])), str(listed(range(4), most=2))
    ('7, 11', '0, 1 … (4)')
    """
    everything = [one if isinstance(one, Message) else str(one) for one in numbers]
    shown = in_words(everything[:most])
    if len(everything) <= most:
        return shown
    return message("{names} … ({n})", names=shown, n=len(everything))


HEAD = 8192
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (OLE, "ole"),
    (b"PAR1", "parquet"),
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"<stata_dta>", "dta"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"$FL2", "sav"),
    (b"$FL3", "sav"),
    (bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00", "sas7bdat"),
    (b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!", "xport"),
    (b"HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!", "xport"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"\x89HDF", "hdf5"),
    (b"\x93NUMPY", "numpy"),
    (b"RDX", "rdata"),
    (b"RDA", "rdata"),
    (b"X\n\x00\x00\x00", "rds"),
    (b"A\n2\n", "rds"),
    (b"A\n3\n", "rds"),
    (b"{\\rtf", "rtf"),
    (b"\x7fELF", "program"),
    (b"ARROW1", "feather"),
    (b"FEA1", "feather"),
)
PICKLE = re.compile(rb"\x80[\x02-\x05]")
MARKUP = re.compile(
    rb"\s*(?:<\?xml|<!doctype|<html|<table|<meta|<head|<body|<!--|<workbook)", re.IGNORECASE
)
JSON = re.compile(rb"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")
OLD_STATA = frozenset(range(0x68, 0x76))

REMEDIES: dict[str, Message] = {
    "html": message(
        "this is a web page (HTML), whatever its name suggests: open it and save it as xlsx or csv."
    ),
    "xml": message("this is an XML file: open it in a spreadsheet and save it as xlsx or csv."),
    "json": message("give the table as csv or xlsx."),
    "pickle": message(
        "pickle files can run programs and are never loaded: export the table as csv or xlsx."
    ),
    "gzip": message("unpack it first."),
    "pdf": message("copy the table into a spreadsheet and save it as xlsx or csv."),
}
OTHERWISE = message("give the table as csv or xlsx.")
READ = frozenset({"text", "zip", "ole", "dta", "sav", "sas7bdat", "xport", "parquet", "feather"})
PACKED = frozenset({"gzip", "bzip2", "7z", "rar", "xz", "zstd"})
PACKERS: Mapping[str, Callable[[], Any]] = MappingProxyType(
    {
        "gzip": lambda: zlib.decompressobj(wbits=31),
        "bzip2": bz2.BZ2Decompressor,
        "xz": lzma.LZMADecompressor,
    }
)
"""What unpacks the first bytes; R packs its files, by gzip unless it is told otherwise."""
R_LINES: Mapping[str, str] = MappingProxyType(
    {"rds": "x <- readRDS({file})", "rdata": "x <- get(load({file})[1])"}
)
"""How R reads its own files."""


def sniff(path: Path, *, limits: Limits = LIMITS) -> str:
    """Tell the kind of a file from its first bytes: one of `READ`.

    Raises
    ------
    DataError
        The path is not a readable file, the file is empty or too large, or of a kind that is not read.
    """
    where = Where(file=shown_name(path))
    head = _head(path, where)
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise DataError.of(
            message(
                "The file has {size} bytes; at most {most} are read.",
                size=size,
                most=limits.file_bytes,
            ),
            where,
            message("split it, or keep only the columns that the study needs."),
            code="limit.bytes",
        )
    if not head.strip(b" \t\r\n\x0b\x0c\xef\xbb\xbf"):
        _refuse_if_blank(path, where)
    kind = _kind(head)
    if kind in READ:
        return kind
    raise DataError(_unsupported(kind, path, where))


def _head(path: Path, where: Where) -> bytes:
    try:
        if path.is_dir():
            raise DataError.of(
                message("'{name}' is a folder, not a file.", name=where.file),
                where,
                message("name the file inside it."),
                code="format.directory",
            )
        if not path.is_file():
            raise DataError(replace(missing_file(path, "format.not_found"), where=where))
        with path.open("rb") as stream:
            return stream.read(HEAD)
    except (OSError, ValueError) as error:
        raise DataError.of(
            message(
                "The file cannot be opened: {why}.",
                why=getattr(error, "strerror", None) or str(error),
            ),
            where,
            message("check its permissions and that no other program holds it."),
            code="format.unreadable",
        ) from error


def _refuse_if_blank(path: Path, where: Where) -> None:
    with path.open("rb") as stream:
        while block := stream.read(HEAD * 128):
            if block.strip(b" \t\r\n\x0b\x0c\xef\xbb\xbf"):
                return
    raise DataError.of(
        message("The file is empty."),
        where,
        message("export the table again; the file must have a header and rows."),
        code="format.empty",
    )


def _kind(head: bytes) -> str:
    portable = "por" if b"SPSS PORT FILE" in head[:512] else ""
    if kind := _signed(head) or portable:
        # R packs its files: what is inside tells them from other packed files.
        inside = _signed(_unpacked(head, kind)) if kind in PACKERS else ""
        return inside if inside in R_LINES else kind
    if PICKLE.match(head) and head[1:2] != b"\x00" and not head.isascii():
        return "pickle"
    if head[:1] and head[0] in OLD_STATA and head[1:2] in {b"\x01", b"\x02"}:
        return "dta"
    plain = head.removeprefix(b"\xef\xbb\xbf")
    if MARKUP.match(plain):
        return (
            "html" if re.search(rb"<(?:html|table|!doctype html)", plain, re.IGNORECASE) else "xml"
        )
    if JSON.match(plain):
        return "json"
    return "text" if _looks_like_text(head) else "binary"


def _signed(head: bytes) -> str:
    return next((kind for sign, kind in SIGNATURES if head.startswith(sign)), "")


def _unpacked(head: bytes, kind: str) -> bytes:
    """First bytes of what is packed; nothing where they cannot be unpacked."""
    try:
        return bytes(PACKERS[kind]().decompress(head, 64))
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
        return b""


def _looks_like_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        return True
    # Pickles of protocol 0 are text.
    if head.startswith((b"(lp", b"(dp", b"ccopy_reg", b"c__builtin__", b"cposix\n", b"cos\n")):
        return False
    control = sum(byte < 32 and byte not in {0, 9, 10, 11, 12, 13, 26} for byte in head)
    # UTF-16 has its zeros in every second place; a binary file has them anywhere.
    zeros = head.count(0)
    even = head[0::2].count(0)
    utf16 = zeros > len(head) // 8 and even in {0, zeros}
    return control <= len(head) // 50 and (zeros <= len(head) // 20 or utf16)


def _unsupported(kind: str, path: Path, where: Where) -> Problem:
    if kind in R_LINES:
        return _r_data(kind, path, where)
    name = path.suffix.casefold()
    mismatch = kind in {"html", "xml"} and name in {".xls", ".xlsx", ".csv", ".xlsm"}
    return Problem(
        "format.mismatch" if mismatch else "format.unsupported",
        message("The content of the file is of kind {kind}, which is not read.", kind=kind.upper()),
        where,
        REMEDIES.get("gzip" if kind in PACKED else kind, OTHERWISE),
    )


def _r_data(kind: str, path: Path, where: Where) -> Problem:
    """Say how R writes its data into a file that is read."""
    read = R_LINES[kind].format(file=_quoted(path.name))
    text = message("The file holds data of R, which only R reads.")
    remedy = message(
        "run in R, in the folder of the file: {csv} (or, with labels: {dta}), and give the new file.",
        csv=f'{read}; write.csv(x, {_quoted(f"{path.stem}.csv")}, row.names = FALSE, fileEncoding = "UTF-8")',
        dta=f"{read}; haven::write_dta(x, {_quoted(f'{path.stem}.dta')})",
    )
    return Problem("format.unsupported", text, where, remedy)


def _quoted(name: str) -> str:
    """Write a name as a text of R."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
