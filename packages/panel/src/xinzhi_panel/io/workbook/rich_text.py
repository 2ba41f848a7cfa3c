"""Superscript characters of a workbook: note marks that lie in the formatting, 1022.6² and 大同¹.

The library that reads the cells joins the runs of a cell: 1022.6 with a raised 2 would be 1022.62. Here the
texts of such cells are put together again, with raised digits as ², which the grammar of cells knows for
note marks and for powers; other raised words are note marks and are taken off. The parts are parsed as
they are unpacked, and only where a workbook has superscript characters at all.

Superscript characters of open documents (ods): refused, as the library that reads the cells joins them to digits.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeVar
from xml.etree.ElementTree import ParseError, XMLParser

from xinzhi_core.errors import DataError, Where
from xinzhi_core.wording import message
from xinzhi_panel.io.raw import Cell, ReadingFindings, letters, listed
from xinzhi_panel.io.workbook.formats import number_of

BLOCK = 1 << 20
RAISED = b"superscript"
OVERLAP = len(RAISED)
DIGITS = str.maketrans("0123456789+-−=()（）n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾⁽⁾ⁿ")
"""Characters that can be written raised without formatting."""
POWER = re.compile(r"[0-9]+(?:\s*[,，、]\s*[0-9]+)*|[+\-−][0-9]+|n")
"""Raised words that stay in the text: numbers of notes, and powers."""
NOTE = re.compile(
    r"[0-9]{1,2}[)）.]?|[(（\[［【]?[0-9]{1,2}[)）\]］】]|[*＊†‡※①-⑳❶-❿⑴-⒇a-z]|注[0-9]{0,2}"
)
"""What a cell of its own holds where it is a note mark."""
Place = tuple[int, int]
"""Row and column, both from 1."""
T = TypeVar("T", bound="Followed")
Run = tuple[str, bool]
"""Text, and whether it is raised."""


@dataclass(slots=True)
class Raised:
    """The cells of a sheet that hold superscript characters."""

    texts: dict[Place, str] = field(default_factory=dict)
    """Place -> text of the cell, note marks as superscript characters."""
    whole: set[Place] = field(default_factory=set)
    """Cells of which everything is raised."""


def raised_cells(path: Path) -> dict[str, Raised]:
    """Find the cells with superscript characters of each part of an xlsx; call after `inspect` only.

    The parts were searched for entities before, so that the parser meets none.
    """
    found: dict[str, Raised] = {}
    with zipfile.ZipFile(path) as archive:
        names = {name: name.casefold() for name in archive.namelist()}
        shared: dict[int, str] = {}
        styles: frozenset[str] = frozenset()
        for name, folded in names.items():
            if folded.endswith("sharedstrings.xml") and _mentions_raised(archive, name):
                shared = _parse(archive, name, _Shared()).texts
            elif folded.endswith("styles.xml") and _mentions_raised(archive, name):
                styles = frozenset(map(str, _parse(archive, name, _Fonts()).raised_styles()))
        for name, folded in names.items():
            is_sheet = "worksheets/" in folded and folded.endswith(".xml")
            if is_sheet and (shared or styles or _mentions_raised(archive, name)):
                raised = _parse(archive, name, _Sheet(shared, styles)).raised
                if raised.texts or raised.whole:
                    found[name] = raised
    return found


def _mentions_raised(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether the word stands anywhere in a part, whatever its width."""
    before = b""
    with archive.open(name) as stream:
        while block := stream.read(BLOCK):
            # Without its zeros a part in UTF-16 is searched as well.
            block = before + block.replace(b"\0", b"")
            if RAISED in block:
                return True
            before = block[-OVERLAP:]
    return False


class Followed:
    """Follows a part of XML without namespaces."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Meet an element."""
        self.begin(tag.rpartition("}")[2], attributes)

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Meet an element, by its bare name."""

    def end(self, tag: str) -> None:
        """Leave an element."""
        self.finish(tag.rpartition("}")[2])

    def finish(self, tag: str) -> None:
        """Leave an element, by its bare name."""

    def close(self) -> None:
        """Nothing is left to do."""


def _parse(archive: zipfile.ZipFile, name: str, target: T) -> T:
    with archive.open(name) as stream:
        feed(stream, target)
    return target


def feed(stream: IO[bytes], target: Followed) -> None:
    """Parse a part of XML a block at a time.

    Raises
    ------
    ValueError
        It is not well formed.
    """
    parser = XMLParser(target=target)  # noqa: S314  entities were refused before
    try:
        while block := stream.read(BLOCK):
            parser.feed(block)
        parser.close()
    except ParseError as error:
        raise ValueError(str(error)) from error


class _Runs(Followed):
    """Follows the runs of a text."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self._raised = self._in_text = False
        self._phonetic = 0

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Meet a run, how it stands, or its text."""
        if tag == "r":
            self._raised = False
        elif tag == "vertAlign":
            self._raised = attributes.get("val") == "superscript"
        elif tag == "rPh":
            self._phonetic += 1
        elif tag == "t" and not self._phonetic:
            self._in_text = True
            self.runs.append(("", self._raised))

    def finish(self, tag: str) -> None:
        """Leave a run or its text."""
        if tag == "r":
            self._raised = False
        elif tag == "t":
            self._in_text = False
        elif tag == "rPh":
            self._phonetic -= 1

    def data(self, text: str) -> None:
        """Take the characters of a text."""
        if self._in_text:
            before, raised = self.runs[-1]
            self.runs[-1] = (before + text, raised)

    def take(self) -> list[Run]:
        """Give the runs that were met, and begin anew."""
        runs, self.runs = self.runs, []
        return runs


class _Shared(_Runs):
    """Collects the shared texts that hold superscript characters, by their numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[int, str] = {}
        self._n = 0

    def finish(self, tag: str) -> None:
        """Leave a text, and count it."""
        super().finish(tag)
        if tag == "si":
            runs = self.take()
            if any(raised for _, raised in runs):
                self.texts[self._n] = text_of(runs)
            self._n += 1


class _Sheet(_Runs):
    """Collects the cells of a sheet that hold superscript characters."""

    def __init__(self, shared: Mapping[int, str], styles: frozenset[str]) -> None:
        super().__init__()
        self.raised = Raised()
        self._shared, self._styles = shared, styles
        self._cell: tuple[Place | None, str, str] = (None, "", "")
        self._value = ""
        self._row = self._column = 0
        self._in_value = False

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Meet a row, a cell, its value or its text."""
        super().begin(tag, attributes)
        if tag == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() else self._row + 1
            self._column = 0
        elif tag == "c":
            match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", attributes.get("r", ""))
            self._column = number_of(match[1]) if match else self._column + 1
            self._row = int(match[2]) if match else self._row
            place = self._row, self._column
            self._cell = place, attributes.get("t", ""), attributes.get("s", "")
            self._value, self.runs = "", []
        elif tag == "v":
            self._in_value = True

    def data(self, text: str) -> None:
        """Take the characters of a text or of a value."""
        super().data(text)
        if self._in_value:
            self._value += text

    def finish(self, tag: str) -> None:
        """Note a cell."""
        super().finish(tag)
        if tag == "v":
            self._in_value = False
        elif tag == "c":
            self._note()

    def _note(self) -> None:
        place, kind, style = self._cell
        runs = self.take()
        if place is None:
            return
        number = int(self._value) if kind == "s" and self._value.strip().isdecimal() else None
        if number is not None and number in self._shared:
            self.raised.texts[place] = self._shared[number]
        elif any(raised for _, raised in runs):
            self.raised.texts[place] = text_of(runs)
        elif style in self._styles and (self._value or runs):
            self.raised.whole.add(place)


class _Fonts(Followed):
    """Collects which fonts are raised, and which font each style of cells uses."""

    def __init__(self) -> None:
        self._raised: list[bool] = []
        self._fonts: list[int] = []
        self._inside = ""

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Meet a font or a style."""
        if tag in ("fonts", "cellXfs"):
            self._inside = tag
        elif tag == "font" and self._inside == "fonts":
            self._raised.append(False)
        elif tag == "vertAlign" and self._inside == "fonts" and self._raised:
            self._raised[-1] = attributes.get("val") == "superscript"
        elif tag == "xf" and self._inside == "cellXfs":
            number = attributes.get("fontId", "0")
            self._fonts.append(int(number) if number.isdecimal() else 0)

    def finish(self, tag: str) -> None:
        """Leave the fonts or the styles of cells."""
        if tag == self._inside:
            self._inside = ""

    def raised_styles(self) -> Iterator[int]:
        """Numbers of the styles whose font is raised."""
        for style, font in enumerate(self._fonts):
            if font < len(self._raised) and self._raised[font]:
                yield style


def text_of(runs: list[Run]) -> str:
    """Put the runs of a cell together: raised numbers and powers as such, other raised words taken off.

    >>> text_of([("1022.6", False), ("2", True)]), text_of([("大同", False), ("a)", True)])
    ('1022.6²', '大同')
    """
    words = (text if not raised else _raised_text(text) for text, raised in runs)
    return "".join(words)


def _raised_text(text: str) -> str:
    bare = text.strip()
    return bare.translate(DIGITS) if POWER.fullmatch(bare) else ""


def apply_raised(
    rows: list[list[Cell]],
    raised: Raised,
    first_column: int,
    where: Where,
    findings: ReadingFindings,
) -> None:
    """Write raised digits as such, and take note marks out that are cells of their own."""
    marks = []
    for (row, column), text in sorted(raised.texts.items()):
        if _put(rows, row, column - first_column, text or None):
            marks.append(f"{letters(column)}{row}")
    if marks:
        findings.decide(
            "excel.raised",
            message(
                "Superscript characters in cells are note marks or powers, and were not read as digits: {cells}.",
                cells=listed(marks),
            ),
            Where(file=where.file, sheet=where.sheet, cell=marks[0]),
            len(marks),
        )
    _take_out_marks(rows, raised, first_column, where, findings)


def _take_out_marks(
    rows: list[list[Cell]],
    raised: Raised,
    first_column: int,
    where: Where,
    findings: ReadingFindings,
) -> None:
    taken, kept = [], []
    for row, column in sorted(raised.whole):
        cell = f"{letters(column)}{row}"
        position = column - first_column
        before = rows[row - 1][position] if _is_inside(rows, row, position) else None
        if before is None:
            continue
        if NOTE.fullmatch(_shown(before)):
            _put(rows, row, position, None)
            taken.append(f"{cell} ({_shown(before)})")
        elif not isinstance(before, str):
            kept.append(f"{cell} ({_shown(before)})")
    for cells, sentence in (
        (
            taken,
            message(
                "Cells that are superscript as a whole were taken for note marks and left empty: {cells}.",
                cells=listed(taken),
            ),
        ),
        (
            kept,
            message(
                "Numbers in cells that are superscript as a whole were read as numbers: {cells}.",
                cells=listed(kept),
            ),
        ),
    ):
        if cells:
            findings.warn(
                "excel.raised_cell",
                sentence,
                Where(
                    file=where.file,
                    sheet=where.sheet,
                    row=int(re.sub(r"^[A-Z]+(\d+).*", r"\1", cells[0])),
                    cell=cells[0].partition(" ")[0],
                ),
                message("take the superscript off cells that hold values."),
            )


def _shown(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _is_inside(rows: list[list[Cell]], row: int, position: int) -> bool:
    return 0 < row <= len(rows) and 0 <= position < len(rows[row - 1])


def _put(rows: list[list[Cell]], row: int, position: int, cell: Cell) -> bool:
    """Put a cell into its place; whether there is one."""
    is_inside = _is_inside(rows, row, position)
    if is_inside:
        rows[row - 1][position] = cell
    return is_inside


SHOWN = 6


def refuse_raised(path: Path, where: Where) -> None:
    """Refuse a document in which any part of a cell is raised; call after `inspect` only.

    Raises
    ------
    DataError
        `excel.raised`, with the texts of the cells.
    """
    document = _Document()
    with zipfile.ZipFile(path) as archive:
        for part in ("styles.xml", "content.xml"):
            if part in archive.namelist():
                with archive.open(part) as stream:
                    feed(stream, document)
    if document.found:
        raise DataError.of(
            message(
                "The workbook has superscript characters ({texts}), which cannot be told from digits in "
                "this format.",
                texts=listed((f"'{text}'" for text in document.found), SHOWN),
            ),
            where,
            message("save the workbook as xlsx, or take the superscript characters off."),
            code="excel.raised",
        )


class _Document(Followed):
    """Collects the styles that raise, and the cells of which a part is raised."""

    def __init__(self) -> None:
        self.found: dict[str, None] = {}
        self._styles: set[str] = set()
        self._style = self._text = ""
        self._in_cell = self._is_raised = False

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Meet a style, a cell or a part of its text."""
        bare = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        if tag == "style":
            self._style = bare.get("name", "")
        elif tag == "text-properties" and bare.get("text-position", "").startswith("super"):
            self._styles.add(self._style)
        elif tag == "table-cell":
            self._in_cell, self._is_raised, self._text = True, False, ""
        elif tag == "span" and self._in_cell:
            self._is_raised = self._is_raised or bare.get("style-name", "") in self._styles

    def data(self, text: str) -> None:
        """Take the characters of a cell."""
        if self._in_cell:
            self._text += text

    def finish(self, tag: str) -> None:
        """Note a cell."""
        if tag == "table-cell":
            if self._is_raised:
                self.found[self._text.strip()] = None
            self._in_cell = False
