"""Formats of cells that show another number than the stored one: percents, and powers of ten.

A cell that holds 0.385 and shows 38.5 % is read as it is shown; a cell that shows 1.4 where
1371.25 is stored is read as stored, and named. The relations of the workbook say which XML part
belongs to which sheet.

XML of files that are not trusted, as a stream of events: no entities, no deep nesting, one encoding.

The parser is Expat, as it comes with Python. It reads strictly and in time that grows with the
length, while the library that reads the cells guesses: what passes here means the same to both.

Lengths of the texts in a workbook: how long one can be, and how long those are that cells have in common.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import IO, Final
from xml.parsers import expat

from xinzhi_core.errors import DataError, Where
from xinzhi_core.wording import Message, message
from xinzhi_panel.io.raw import MEGABYTE, Cell, ReadingFindings, letters, listed
from xinzhi_panel.io.recognise.cells import CURRENCIES, UNIT

BLOCK: Final = MEGABYTE
"""Bytes at once; how deep elements are nested is looked at between two blocks."""
DEEPEST: Final = 100
"""Levels of elements; those of workbooks are below twenty."""
WIDE = (b"\xff\xfe", b"\xfe\xff")
PLAIN = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
Attributes = list[str]
"""Names and values in turn."""


class Unfit(ValueError):
    """A part that no spreadsheet program writes; says why."""

    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why


def bare(name: str) -> str:
    """Name of an element or attribute without its prefix.

    >>> bare("x:row"), bare("row")
    ('row', 'row')
    """
    return name.rpartition(":")[2]


def pairs(attributes: Attributes) -> dict[str, str]:
    """Attributes by their names without prefix.

    >>> pairs(["r:id", "rId1", "name", "S"])
    {'id': 'rId1', 'name': 'S'}
    """
    names = map(bare, attributes[::2])
    return dict(zip(names, attributes[1::2], strict=True))


def blocks_of(stream: IO[bytes] | bytes) -> Iterator[bytes]:
    """Cut a stream, or what was read from it, into blocks."""
    if isinstance(stream, bytes):
        for start in range(0, len(stream), BLOCK):
            yield stream[start : start + BLOCK]
        return
    while block := stream.read(BLOCK):
        yield block


class Markup:
    """Reads one part; a class that wants its elements replaces `start`."""

    def __init__(self, part: str, where: Where) -> None:
        self.part = part
        self.where = where
        self.starts = 0
        self.ended: list[str] = []
        self.encoding = ""
        self.parser = expat.ParserCreate()
        self.parser.ordered_attributes = True
        self.parser.XmlDeclHandler = self._declared
        self.parser.StartDoctypeDeclHandler = self._refuse_entities
        self.parser.StartElementHandler = self._start
        # A method of a list is called without Python, for millions of cells.
        self.parser.EndElementHandler = self.ended.append

    def read(self, blocks: Iterable[bytes]) -> None:
        """Read the part to its end.

        Raises
        ------
        DataError
            `security.xml_entity`.
        Unfit
            It is not XML, not in UTF-8, or nested too deep.
        """
        is_first = True
        try:
            for block in blocks:
                if is_first and block.startswith(WIDE):
                    self.encoding = "UTF-16"
                is_first = False
                self.before(block)
                self.parser.Parse(block, False)
                self._refuse_depth()
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            why = expat.ErrorString(error.code) or ""
            raise Unfit(message("{part} is not XML: {why}", part=self.part, why=why)) from error
        if self.encoding and self.encoding.casefold() not in PLAIN:
            raise Unfit(
                message(
                    "{part} is written in {encoding}, not in UTF-8",
                    part=self.part,
                    encoding=self.encoding,
                )
            )

    def before(self, block: bytes) -> None:
        """Look at a block before it is read."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the beginning of an element."""

    def _start(self, name: str, attributes: Attributes) -> None:
        self.starts += 1
        self.start(name, attributes)

    def _refuse_depth(self) -> None:
        self.starts -= len(self.ended)
        self.ended.clear()
        if self.starts > DEEPEST:
            raise Unfit(
                message("{part} is nested more than {n} levels deep", part=self.part, n=DEEPEST)
            )

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        del version, standalone
        self.encoding = self.encoding or encoding or ""

    def _refuse_entities(
        self, name: str, system: str | None, public: str | None, has_subset: int
    ) -> None:
        del name, system, public, has_subset
        raise DataError.of(
            message("The workbook declares XML entities, which no spreadsheet program does."),
            self.where,
            message("do not trust this file; ask its author for a csv."),
            code="security.xml_entity",
        )


class Elements(Markup):
    """Hands each element to a function, with its name without prefix."""

    def __init__(
        self, part: str, where: Where, take: Callable[[str, dict[str, str]], None]
    ) -> None:
        super().__init__(part, where)
        self.take = take

    def start(self, name: str, attributes: Attributes) -> None:
        """Hand it on."""
        self.take(bare(name), pairs(attributes))


LONGEST_TEXT: Final = 32_767
"""Characters that a cell can hold."""


class TextScan(Markup):
    """Measures the texts that cells have in common."""

    def __init__(self, part: str, where: Where) -> None:
        super().__init__(part, where)
        self.lengths: list[int] = []
        self.parser.EndElementHandler = self._end

    def start(self, name: str, attributes: Attributes) -> None:
        """Begin a text, or a piece of it."""
        del attributes
        kind = bare(name)
        if kind == "si":
            self.lengths.append(0)
        elif kind == "t" and self.lengths:
            self.parser.CharacterDataHandler = self._text

    def _end(self, name: str) -> None:
        self.ended.append(name)
        self.parser.CharacterDataHandler = None

    def _text(self, text: str) -> None:
        self.lengths[-1] += len(text)
        if self.lengths[-1] > LONGEST_TEXT:
            raise too_long(self.where)


def too_long(where: Where) -> DataError:
    """Say that a text is longer than a cell can hold."""
    return DataError.of(
        message("A cell holds more than {most} characters.", most=LONGEST_TEXT),
        where,
        message("shorten the text, or save the table as csv."),
        code="limit.text",
    )


Shown = str
"""`percent`, `scaled`, or the unit that a format writes beside the number: `¥`, `万元`."""
Places = dict[int, list[int]]
"""Column -> rows, both from 1."""
BUILT_IN: Mapping[int, Shown] = MappingProxyType({9: "percent", 10: "percent"})
"""Numbers of formats that no file spells out."""
LARGEST = 64 * MEGABYTE
"""Bytes of styles that no spreadsheet program exceeds."""
LONGEST_NAME = 255
"""Characters of the name of a sheet; spreadsheet programs write at most 31."""
OTHER_STYLES = frozenset({"cellXfs", "cellStyleXfs", "cellStyles", "dxfs", "fonts", "fills"})
"""Lists of styles; those of the cells stand in the first."""
LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].')
WRITTEN = re.compile(r'\[\$([^\]-]+)(?:-[^\]]*)?\]|"([^"]*)"|\\?([¥￥$€£])')
"""Texts that a format writes beside the number."""
POINT_BY_HAND = re.compile(r'[0#?](?:!\.|\\\.|"\.")[0#?]')
"""A point that is only drawn, as in the format that shows yuan as tens of thousands."""
THOUSANDS_OFF = re.compile(r"[0#?],+(?![0#?])")

MARKED = "mark:"
"""Before the code of a format that writes a star, as the table of the order does behind codes in part."""
STARS = "*＊﹡★☆※∗⁎✱✲✳⋆⭐"
"""Marks by which copies of the order say that an industry belongs in part."""
SECTIONS = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
CONDITION = re.compile(r"\[(<=|>=|<>|=|<|>)\s*(-?\d+(?:\.\d+)?)\]")
STAR = re.compile(
    rf'"\s*([(（\[]?\s*(?:[{STARS}]|部分)\s*[)）\]]?)\s*"|\\([{STARS}])|([{STARS[1:]}])'
)
"""A star that is quoted or escaped; a bare * fills the cell with what follows it."""


def how_shown(code: str) -> Shown | None:
    r"""Tell what a format does to the number.

    >>> how_shown("0.0%"), how_shown('0.0"%"'), how_shown("#,##0,"), how_shown("#,##0.00")
    ('percent', None, 'scaled', None)
    >>> how_shown('[$$-409]#,##0.00'), how_shown('"¥"#,##0'), how_shown('0.0"亿元"')
    ('$', '¥', '亿元')
    """
    # A format has parts for positive, negative and zero numbers; the first shows most cells.
    first = code.partition(";")[0]
    bare = LITERAL.sub("", first)
    if "%" in bare:
        return "percent"
    if POINT_BY_HAND.search(first) or THOUSANDS_OFF.search(bare):
        return "scaled"
    written = (a or b or c for a, b, c in WRITTEN.findall(first))
    units = [
        text.strip()
        for text in written
        if text.strip() in CURRENCIES or UNIT.fullmatch(text.strip())
    ]
    if len(units) == 1 and units[0] != "%":
        return str(units[0])
    return f"{MARKED}{code}" if STAR.search(code) else None


def mark_shown(code: str, value: Cell) -> str:
    """Give the star that a format writes behind a value; empty where it writes none.

    A format has sections for positive, negative and zero numbers and for text, or sections with conditions.

    >>> [mark_shown('0"*"', 3921), mark_shown('[=3921]0"★";0', 3921), mark_shown('[=3921]0"★";0', 3973)]
    ['*', '★', '']
    >>> mark_shown('0"*"', "3921"), mark_shown('@"*"', "3921"), mark_shown("0* ", 3921)
    ('', '*', '')
    """
    section = _section(SECTIONS.split(code), value)
    star = STAR.search(section)
    return next(filter(None, star.groups())) if star else ""


def _section(sections: list[str], value: Cell) -> str:
    """Choose the section of a format that shows a value."""
    if isinstance(value, str):
        return next((section for section in reversed(sections) if "@" in section), "")
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return ""
    numeric = [section for section in sections[:3] if "@" not in section]
    conditions = [CONDITION.search(section) for section in numeric]
    if any(conditions):
        for section, condition in zip(numeric, conditions, strict=True):
            if condition is None or _holds(condition[1], value, float(condition[2])):
                return section
        return ""
    place = 1 if value < 0 else 2 if value == 0 else 0
    return numeric[place if place < len(numeric) else 0] if numeric else ""


def _holds(sign: str, value: float, limit: float) -> bool:
    less, equal = value < limit, value == limit
    return {
        "=": equal,
        "<>": not equal,
        "<": less,
        "<=": less or equal,
        ">": not (less or equal),
        ">=": not less,
    }[sign]


def write_marks(rows: list[list[Cell]], shown: Mapping[Shown, Places], first_column: int) -> None:
    """Write the stars of formats behind the cells that show them."""
    for kind, places in shown.items():
        if not kind.startswith(MARKED):
            continue
        for column, numbers in places.items():
            position = column - first_column
            for row in numbers:
                if not (0 < row <= len(rows) and 0 <= position < len(rows[row - 1])):
                    continue
                value = rows[row - 1][position]
                if mark := mark_shown(kind.removeprefix(MARKED), value):
                    is_whole = isinstance(value, float) and value.is_integer()
                    text = int(value) if is_whole else value  # type: ignore[arg-type]
                    rows[row - 1][position] = f"{text}{mark}"


def styles_of(archive: zipfile.ZipFile, where: Where) -> dict[int, Shown]:
    """Find the styles of an xlsx, by their numbers, that show another number than the stored one.

    Raises
    ------
    Unfit
        They are not XML, or of an unlikely size.
    """
    names = [n for n in archive.namelist() if n.casefold().endswith("styles.xml")]
    if not names:
        return {}
    collected = _Styles(names[0], where)
    collected.read([_small(archive, archive.getinfo(names[0]))])
    return shown_styles(collected.formats, collected.used)


def _small(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Read a part that is small in any honest workbook."""
    if member.file_size > LARGEST:
        raise Unfit(message("{part} has {n} bytes", part=member.filename, n=member.file_size))
    return archive.read(member)


def shown_styles(formats: Mapping[int, str], used: Sequence[int]) -> dict[int, Shown]:
    """Styles, in the order of their numbers, that show another number than the stored one."""
    kinds = {**BUILT_IN, **{number: how_shown(code) for number, code in formats.items()}}
    return {i: kind for i, number in enumerate(used) if (kind := kinds.get(number))}


class _Styles(Markup):
    """Collect the formats, and the one that each style of cells uses."""

    def __init__(self, part: str, where: Where) -> None:
        super().__init__(part, where)
        self.formats: dict[int, str] = {}
        self.used: list[int] = []
        self.in_cells = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Keep a format or a style."""
        kind = bare(name)
        if kind in OTHER_STYLES:
            self.in_cells = kind == "cellXfs"
        elif kind in {"numFmt", "xf"}:
            given = pairs(attributes)
            number = given.get("numFmtId", "0")
            number = number if number.isdecimal() and len(number) < 10 else "0"
            if kind == "numFmt":
                self.formats[int(number)] = given.get("formatCode", "")
            elif self.in_cells:
                self.used.append(int(number))


def number_of(spelt: str) -> int:
    """Give the number of a column spelt in letters.

    >>> number_of("A"), number_of("XFD"), letters(number_of("AB"))
    (1, 16384, 'AB')
    """
    number = 0
    for letter in spelt:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def apply_formats(
    rows: list[list[Cell]],
    shown: Mapping[Shown, Places],
    first_column: int,
    where: Where,
    findings: ReadingFindings,
) -> frozenset[int]:
    """Turn cells that are shown as percents into that text; name the columns that are scaled.

    Returns the positions of the columns that hold percents.
    """
    count, example, positions = 0, None, set()
    for column, numbers in shown.get("percent", {}).items():
        position = column - first_column
        for row in numbers:
            value = _number_at(rows, row, position)
            if value is None:
                continue
            text = rows[row - 1][position] = _as_percent(value)
            example = example or (text, value, f"{letters(column)}{row}")
            positions.add(position)
            count += 1
    if example:
        findings.decide(
            "excel.percent",
            message(
                "Cells formatted as percents were read as they are shown: {shown} where {stored} is stored.",
                shown=example[0],
                stored=repr(example[1]),
            ),
            Where(file=where.file, sheet=where.sheet, cell=example[2]),
            count,
        )
    _warn_scaled(rows, shown.get("scaled", {}), first_column, where, findings)
    _write_units(rows, shown, first_column)
    return frozenset(positions)


def _write_units(rows: list[list[Cell]], shown: Mapping[Shown, Places], first_column: int) -> None:
    """Write the units of formats into the cells of columns that show several, to be refused as such."""
    by_column: dict[int, dict[Shown, list[int]]] = {}
    for unit, places in shown.items():
        if unit not in ("percent", "scaled") and not unit.startswith(MARKED):
            for column, numbers in places.items():
                held = [
                    i for i in numbers if _number_at(rows, i, column - first_column) is not None
                ]
                if held:
                    by_column.setdefault(column - first_column, {})[unit] = held
    for position, units in by_column.items():
        # One unit is how a program formats a column, whatever the heading says of its amounts.
        if len({CURRENCIES.get(unit, unit) for unit in units}) < 2:
            continue
        for unit, numbers in units.items():
            for row in numbers:
                text = f"{rows[row - 1][position]}"
                rows[row - 1][position] = f"{unit}{text}" if unit in CURRENCIES else f"{text}{unit}"


def _as_percent(value: float) -> str:
    """Write a stored number as the percent that is shown, without losing a digit.

    >>> _as_percent(0.385), _as_percent(1.0), _as_percent(-0.0123)
    ('38.5%', '100%', '-1.23%')
    """
    # Decimal: 100 * 0.07 as floats is 7.000000000000001.
    text = f"{Decimal(repr(float(value))) * 100:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def _number_at(rows: Sequence[Sequence[Cell]], row: int, position: int) -> float | None:
    if not 0 < row <= len(rows) or not 0 <= position < len(rows[row - 1]):
        return None
    value = rows[row - 1][position]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number else None  # type: ignore[arg-type]


def _warn_scaled(
    rows: Sequence[Sequence[Cell]],
    scaled: Places,
    first_column: int,
    where: Where,
    findings: ReadingFindings,
) -> None:
    numbers = {
        column: [row for row in places if _number_at(rows, row, column - first_column) is not None]
        for column, places in scaled.items()
    }
    columns = sorted(column for column, places in numbers.items() if places)
    if not columns:
        return
    first = numbers[columns[0]][0]
    findings.warn(
        "excel.scaled_format",
        message(
            "Cells in columns {columns} are shown divided by a power of ten; the stored values were read.",
            one="Cells in column {columns} are shown divided by a power of ten; the stored values were read.",
            n=len(columns),
            columns=listed(map(letters, columns)),
        ),
        Where(file=where.file, sheet=where.sheet, row=first, cell=f"{letters(columns[0])}{first}"),
        message("see that the heading names the unit of the stored values, not of the shown ones."),
    )


def sheet_parts(
    archive: zipfile.ZipFile, names: Mapping[str, zipfile.ZipInfo], where: Where
) -> dict[str, str]:
    """Map the names of sheets to the parts that hold them.

    Raises
    ------
    Unfit
        The workbook does not say where its sheets are.
    """
    folded = {name.casefold(): name for name in names}

    def elements(name: str, kind: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = []
        part = folded.get(name.casefold())
        if part is not None:

            def take(element: str, attributes: dict[str, str]) -> None:
                if element == kind:
                    found.append(attributes)

            scan = Elements(part, where, take)
            scan.read([_small(archive, names[part])])
        return found

    whole = [
        link.get("Target", "").lstrip("/")
        for link in elements("_rels/.rels", "Relationship")
        if link.get("Type", "").endswith("/officeDocument")
    ]
    whole += [name for name in names if name.endswith("workbook.xml")]
    book = whole[0]
    folder = posixpath.dirname(book)
    links = elements(f"{folder}/_rels/{posixpath.basename(book)}.rels".lstrip("/"), "Relationship")
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    parts: dict[str, str] = {}
    for sheet in elements(book, "sheet"):
        name, target = sheet.get("name", ""), targets.get(sheet.get("id"), "").replace("\\", "/")
        if len(name) > LONGEST_NAME:
            raise Unfit(message("the name of a sheet has {n} characters", n=len(name)))
        part = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
        path = folded.get(posixpath.normpath(part).lstrip("/").casefold())
        if path is None or name in parts:
            raise Unfit(message("sheet '{name}' is not where it should be", name=name))
        parts[name] = path
    return parts
