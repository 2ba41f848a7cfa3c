"""Looking into a workbook before anything unpacks it: limits, damage, entities, hidden things.

Every part is read once by a strict parser, under its checksum. A small workbook is then handed on
as a copy of what was read, without its other parts: the library that gives the cells sees nothing
that was not looked at. A large one is read in a child process with limits of memory and time.

Sheets of an OpenDocument spreadsheet (ods): hidden things, formulas, errors, and how far they reach.

A cell or a row is written once and says how often it is repeated: what the library would unfold is
counted before it does.
"""

from __future__ import annotations

import contextlib
import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.wording import Message, message
from xinzhi_panel.io.raw import LIMITS, Limits, letters
from xinzhi_panel.io.workbook.formats import (
    LONGEST_TEXT,
    MARKED,
    STARS,
    Attributes,
    Markup,
    Shown,
    TextScan,
    Unfit,
    blocks_of,
    sheet_parts,
    styles_of,
    too_long,
)
from xinzhi_panel.io.workbook.scan import (
    LISTED,
    MOST_COLUMNS,
    MOST_ROWS,
    SheetMarks,
    SheetOnce,
    SheetScan,
    refuse_far,
    whole,
)

CELLS = ("table:table-cell", "table:covered-table-cell")
HIDDEN = ("collapse", "filter")
FURTHEST = max(MOST_ROWS, MOST_COLUMNS)


class DocumentScan(Markup):
    """Collects the marks of each sheet; names are those that the library knows, with their prefix."""

    def __init__(self, part: str, where: Where, limits: Limits) -> None:
        super().__init__(part, where)
        self.limits = limits
        self.sheets: dict[str, SheetMarks] = {}
        self.marks = SheetMarks()
        self.row, self.times, self.column, self.hidden = 0, 1, 0, 0
        self.unfolded, self.area = 0, 0
        self.cell: dict[str, str] = {}
        self.n, self.length, self.in_cell = 1, 0, False
        self.last = ""  # sign that a cell shows
        self.parser.EndElementHandler = self._end

    def start(self, name: str, attributes: Attributes) -> None:
        """Take a sheet, a row, a column, a cell or blanks in it."""
        given = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if name == "table:table":
            self.marks = self.sheets.setdefault(given.get("table:name", ""), SheetMarks())
            self.row = self.column = self.hidden = self.unfolded = self.area = 0
        elif name == "table:table-row":
            self.times, self.column = _repeated(given, "table:number-rows-repeated"), 0
            _hide(self.marks.hidden_rows, self.row, self.times, given)
            self.row += self.times
        elif name == "table:table-column":
            n = _repeated(given, "table:number-columns-repeated")
            _hide(self.marks.hidden_columns, self.hidden, n, given)
            self.hidden += n
        elif name in CELLS:
            self.cell, self.n = given, _repeated(given, "table:number-columns-repeated")
            self.length, self.in_cell = len(given.get("office:string-value", "")), True
            self.last = ""
            self.parser.CharacterDataHandler = self._text
        elif name == "text:s" and self.in_cell:
            self._grow(_repeated(given, "text:c"))

    def _end(self, name: str) -> None:
        self.ended.append(name)
        if name in CELLS:
            self._finish()
            self.column += self.n
            self.in_cell = False
            self.parser.CharacterDataHandler = None

    def _text(self, text: str) -> None:
        self.last = text.strip()[-1:] or self.last
        self._grow(len(text))

    def _grow(self, n: int) -> None:
        self.length += n
        if self.length > LONGEST_TEXT:
            raise too_long(Where(file=self.where.file, row=self.row))

    def _finish(self) -> None:
        marks, given = self.marks, self.cell
        has_value = "office:value-type" in given or self.length > 0
        has_formula = "table:formula" in given
        # Empty cells before another one are unfolded, those at the end of a row are not.
        self.unfolded += self.column if self.column > marks.last_column else 0
        if has_value or has_formula:
            self._reach(self.column + self.n)
            marks.characters += self.length * self.n * self.times
            marks.longest = max(marks.longest, self.length)
        address = f"{letters(self.column + 1)}{self.row}"
        marks.formulas += has_formula
        if has_formula and not has_value and len(marks.uncomputed) < LISTED:
            marks.uncomputed.append(address)
        if given.get("office:value-type") == "percentage":
            places = marks.shown.setdefault("percent", {})
            for column in range(self.column + 1, self.column + min(self.n, LISTED + 1) + 1):
                places.setdefault(column, []).extend(range(self.row - self.times + 1, self.row + 1))
        if given.get("office:value-type") == "float" and self.last and self.last in STARS:
            # The cell holds a number and shows a star behind it: its format writes it.
            places = marks.shown.setdefault(f'{MARKED}0"{self.last}"', {})
            for column in range(self.column + 1, self.column + min(self.n, LISTED + 1) + 1):
                places.setdefault(column, []).extend(range(self.row - self.times + 1, self.row + 1))
        if given.get("calcext:value-type") == "error" and len(marks.error_cells) < LISTED:
            marks.error_cells[address] = "#?"

    def _reach(self, column: int) -> None:
        """Note that cells reach so far; what they would unfold to is refused where it is too much."""
        marks = self.marks
        marks.last_column = max(marks.last_column, column)
        marks.last_row = self.row
        self.area += self.n * self.times
        refuse_far(marks, self.where, self.limits)
        if max(self.area, self.unfolded) > self.limits.cells:
            raise Unfit(message("its cells are repeated too often"))


def _repeated(given: dict[str, str], name: str) -> int:
    n = whole(given.get(name, "1"))
    if not 0 <= n <= FURTHEST:
        raise Unfit(message("a cell is repeated {n} times", n=given[name]))
    return n


def _hide(hidden: list[int], before: int, n: int, given: dict[str, str]) -> None:
    if given.get("table:visibility") in HIDDEN:
        hidden.extend(range(before + 1, before + 1 + min(n, LISTED)))


__all__ = ["LISTED", "Looked", "SheetMarks", "TooMuchHere", "corrupt", "inspect", "refuse_bomb"]

XML = (".xml", ".rels", ".vml")
READ_BY_OTHERS = (
    *("[content_types].xml", ".rels", "workbook.xml", "styles.xml", "sharedstrings.xml"),
    "meta-inf/manifest.xml",
)
"""Ends of the names of the parts, besides the sheets, that the library reads."""
DOCUMENT, KIND = "content.xml", "mimetype"


class TooMuchHere(Exception):
    """The workbook is sound as far as it was looked at, and larger than is read in this process."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A workbook that was looked through."""

    kind: str
    """`xlsx` or `ods`."""
    marks: Mapping[str, SheetMarks]
    """By the names of the sheets."""
    copy: bytes | None
    """What is to be read instead of the file; None for a file that is read where it lies."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """Name of a sheet -> the part that holds it, of an xlsx."""


def inspect(path: Path, where: Where, *, limits: Limits = LIMITS) -> Looked:
    """Read the directory, then every part once: damage, entities and marks per sheet.

    Raises
    ------
    DataError
        `format.corrupt`, `format.encrypted`, `format.unsupported`, `security.zip_bomb`,
        `security.xml_entity`, `limit.cells`, `limit.text`.
    TooMuchHere
        It is to be read in a child process.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bomb(archive, where, limits)
            return _Look(archive, where, limits).through()
    except Unfit as error:
        raise DataError(corrupt(where, error.why)) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise DataError(corrupt(where, str(error))) from error
    except (RuntimeError, NotImplementedError) as error:
        raise DataError.of(
            message("The workbook is encrypted or packed in an unusual way."),
            where,
            message("save it without a password, as xlsx or csv."),
            code="format.encrypted",
        ) from error


class _Look:
    """One look through an archive."""

    def __init__(self, archive: zipfile.ZipFile, where: Where, limits: Limits) -> None:
        self.archive, self.where, self.limits = archive, where, limits
        self.names = _names(archive)
        self.kind = _kind(self.names, where)
        unpacked = sum(member.file_size for member in archive.infolist())
        self.is_here = unpacked <= limits.here_bytes
        self.kept: dict[str, bytes] = {}
        self.lengths: list[int] = []
        self.parts: Mapping[str, str] = {}

    def through(self) -> Looked:
        """Read every part."""
        if not self.is_here and not self.limits.is_guarded:
            raise TooMuchHere
        marks = self._document() if self.kind == "ods" else self._sheets()
        self._refuse_texts(sum(m.characters for m in marks.values()))
        if self._is_much(marks) and not self.limits.is_guarded:
            raise TooMuchHere
        copy = _packed(self.kept) if self.is_here else None
        return Looked(self.kind, marks, copy, self.parts)

    def _sheets(self) -> dict[str, SheetMarks]:
        styles = styles_of(self.archive, self.where)
        parts = sheet_parts(self.archive, self.names, self.where)
        self._refuse_shared(parts)
        self.parts = parts
        chosen = set(parts.values())
        for name in self.names:
            if name not in chosen:
                self._other(name)
        # A chart is a sheet, too, and has no cells.
        return {sheet: self._sheet(part, styles) for sheet, part in parts.items()}

    def _document(self) -> dict[str, SheetMarks]:
        marks: dict[str, SheetMarks] = {}
        for name in self.names:
            if name == DOCUMENT:
                scan = DocumentScan(name, self.where, self.limits)
                self._read(name, scan)
                marks = scan.sheets
            elif name == KIND:
                self.kept[name] = self.archive.read(self.names[name])
            else:
                self._other(name)
        return marks

    def _sheet(self, part: str, styles: Mapping[int, Shown]) -> SheetMarks:
        scan = SheetScan(part, self.where, styles)
        self._read(part, scan)
        marks = scan.marks
        refuse_far(marks, self.where, self.limits)
        if not scan.is_ordered:
            self._read(part, SheetOnce(part, self.where))
        longest = max(self.lengths, default=0)
        if marks.shared * longest > self.limits.here_characters:
            # Few texts are as long as the longest: each is counted as often as it is used.
            exact = SheetScan(part, self.where, styles, self.lengths)
            self._read(part, exact)
            marks.characters = exact.marks.characters
        else:
            marks.characters += marks.shared * longest
        marks.longest = max(marks.longest, longest)
        self._refuse_texts(marks.characters)
        return marks

    def _other(self, name: str) -> None:
        """Read a part that holds no cells; what others read of it must be sound."""
        folded = name.casefold()
        if folded.endswith("sharedstrings.xml"):
            scan = TextScan(name, self.where)
            self._read(name, scan)
            self.lengths = scan.lengths if len(scan.lengths) > len(self.lengths) else self.lengths
            return
        with self.archive.open(self.names[name]) as stream:
            if folded.endswith(READ_BY_OTHERS):
                self._read(name, Markup(name, self.where))
            elif folded.endswith(XML):
                with contextlib.suppress(Unfit):  # nobody reads it
                    Markup(name, self.where).read(blocks_of(stream))
            for _ in blocks_of(stream):  # the checksum is compared at the end
                pass

    def _read(self, name: str, scan: Markup) -> None:
        """Read a part; keep what was read where the whole is small."""
        member = self.names[name]
        if not self.is_here:
            with self.archive.open(member) as stream:
                scan.read(blocks_of(stream))
            return
        data = self.kept[name] if name in self.kept else self.archive.read(member)
        self.kept[name] = data
        scan.read(blocks_of(data))

    def _refuse_shared(self, parts: Mapping[str, str]) -> None:
        if len(set(parts.values())) < len(parts):
            raise Unfit(message("two of its sheets are one part"))

    def _refuse_texts(self, n: int) -> None:
        if n > self.limits.characters:
            raise DataError.of(
                message("The texts of its cells have {n} characters, more than can be read.", n=n),
                self.where,
                message("keep only the columns that the study needs, or save the table as csv."),
                code="limit.text",
            )

    def _is_much(self, marks: Mapping[str, SheetMarks]) -> bool:
        cells = sum(m.last_row * m.last_column for m in marks.values())
        characters = sum(m.characters for m in marks.values())
        longest = max((m.longest for m in marks.values()), default=0)
        return (
            cells > self.limits.here_cells
            or characters > self.limits.here_characters
            or longest > self.limits.here_text
        )


def _names(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Parts by their names, with the strokes of any system; no two of one name, none from elsewhere."""
    names: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for member in archive.infolist():
        name = member.filename.replace("\\", "/").lstrip("/")
        if name.endswith("/") or not name:
            continue
        if ".." in name.split("/"):
            raise Unfit(message("the name of a part leads out of it: {name}", name=name))
        if name.casefold() in seen:
            raise Unfit(message("two of its parts have the name {name}", name=name))
        seen.add(name.casefold())
        names[name] = member
    return names


def _kind(names: Mapping[str, zipfile.ZipInfo], where: Where) -> str:
    if any(name.endswith("workbook.xml") for name in names):
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise DataError.of(
            message(
                "This is a binary workbook (xlsb): errors, formulas and hidden rows cannot "
                "be distinguished from other cells."
            ),
            where,
            message("open it in a spreadsheet program and save it as xlsx."),
            code="format.unsupported",
        )
    if DOCUMENT in names:
        return "ods"
    raise DataError.of(
        message("The file is an archive, not a workbook."),
        where,
        message("unpack it and give the table inside."),
        code="format.unsupported",
    )


def _packed(parts: Mapping[str, bytes]) -> bytes:
    """Put parts together again, as they were read and under these names only."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def refuse_bomb(path: Path, *, limits: Limits = LIMITS) -> None:
    """Refuse a packed file that would unpack to too much; needs no library to be loaded.

    Raises
    ------
    DataError
        `security.zip_bomb`.
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bomb(archive, Where(file=path.name), limits)
    except zipfile.BadZipFile:
        # The reader says what is damaged.
        return


def corrupt(where: Where, why: str | Message = "") -> Problem:
    """Describe a damaged file."""
    text = message("The file is damaged ({why}).", why=why or message("its parts do not fit"))
    remedy = message("download or export it again.")
    return Problem("format.corrupt", text, where, remedy)


def _refuse_bomb(archive: zipfile.ZipFile, where: Where, limits: Limits) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    # Small workbooks are packed well by honest programs, too.
    bomb = unpacked > limits.ratio_from and unpacked / packed > limits.ratio
    if bomb or unpacked > limits.unpacked_bytes or len(members) > limits.members:
        raise DataError.of(
            message(
                "The file would unpack to {unpacked} bytes in {n} parts, {ratio} times its size.",
                unpacked=unpacked,
                n=len(members),
                ratio=round(unpacked / packed),
            ),
            where,
            message(
                "this is not an ordinary workbook: do not open it unless you trust its source."
            ),
            code="security.zip_bomb",
        )
