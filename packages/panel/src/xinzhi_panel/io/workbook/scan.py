"""What stands in the XML of a sheet and in no cell value, and how far the sheet reaches.

One pass over the elements. A cell without an address follows the one before it, as the library
that reads the values has it; what that library would read otherwise than it is written (a number
in pieces, a cell that stands twice, one in another row) is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from xinzhi_core.errors import DataError, Where
from xinzhi_core.wording import message
from xinzhi_panel.io.raw import Limits, letters
from xinzhi_panel.io.workbook.formats import (
    LONGEST_TEXT,
    Attributes,
    Markup,
    Places,
    Shown,
    Unfit,
    bare,
    number_of,
    pairs,
    too_long,
)

LISTED: Final = 200
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""What a sheet of a spreadsheet program has."""
DIGITS: Final = "0123456789"
TRUE = ("1", "true")
SAYS_MORE = (b"&#", b"<!", b"<?")
"""What lets a value be written in pieces."""
LOOKED_AT = frozenset({"e", "str", "inlineStr"})
"""Kinds of cells whose values are looked at."""


@dataclass(slots=True)
class SheetMarks:
    """What stands in the XML of one sheet and in no cell value."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    error_cells: dict[str, str] = field(default_factory=dict)
    formulas: int = 0
    uncomputed: list[str] = field(default_factory=list)
    shown: dict[Shown, Places] = field(default_factory=dict)
    """Cells that show another number than the stored one."""
    last_column: int = 0
    last_row: int = 0
    characters: int = 0
    """Of texts that stand in the sheet itself."""
    shared: int = 0
    """Cells whose text stands in the common list."""
    longest: int = 0
    """Characters of the longest text that stands in the sheet itself."""


class SheetScan(Markup):
    """Collects the marks of one sheet of an xlsx.

    Most cells are a number: they take the short way through `_quick`. A cell with a formula, an
    error or a text of its own is looked at as a whole, by `_inside`, `_leave` and `_text`.
    """

    def __init__(
        self, part: str, where: Where, styles: Mapping[int, Shown], lengths: Sequence[int] = ()
    ) -> None:
        super().__init__(part, where)
        self.marks = SheetMarks()
        self.styles, self.lengths = styles, lengths
        self.columns: dict[str, int] = {}
        self.kinds: dict[str, Shown | None] = {}
        self.row, self.row_text, self.column, self.merged = 0, "0", 0, 0
        self.is_ordered, self.is_careful, self.tail = True, False, b""
        self.is_long_way = self.is_once = False
        self.is_open, self.depth, self.kind, self.has_formula = False, 0, "", False
        self.inside, self.value, self.length, self.next = "", "", 0, 0
        for name in ("CommentHandler", "StartCdataSectionHandler", "ProcessingInstructionHandler"):
            setattr(self.parser, name, self._interrupted)
        self.acts: dict[str, Callable[[Attributes], None]] = {
            "v": _nothing,
            "c": self._cell,
            "row": self._row,
            "f": self._formula,
            "col": self._hide_columns,
            "mergeCell": self._merge,
        }
        self.quick, self.tell = self._quickly()
        self._go_on()

    def _refuse_depth(self) -> None:
        self.tell()
        super()._refuse_depth()

    def before(self, block: bytes) -> None:
        """Become careful where a value may be written in pieces."""
        if not self.is_careful:
            # The declaration that a part begins with is none of these.
            bare_block = block.removeprefix(b"\xef\xbb\xbf")
            is_declared = not self.tail and bare_block.startswith(b"<?xml")
            body = bare_block.partition(b"?>")[2] if is_declared else self.tail + block
            self.is_careful = any(sign in body for sign in SAYS_MORE)
            self.tail = block[-1:]
        self.is_long_way = self.is_careful or bool(self.lengths) or self.is_once
        self.tell()

    def _go_on(self) -> None:
        self.parser.StartElementHandler = self.quick
        self.parser.EndElementHandler = self.ended.append
        self.parser.CharacterDataHandler = None
        self.inside = ""

    def _quickly(self) -> tuple[Callable[[str, Attributes], None], Callable[[], None]]:
        """Make what takes the beginnings of elements, with local names, as there are millions of cells.

        A cell that is like most lies behind the one before it, under a known column, and is a
        number or a common text without a format that matters; all others go the long way. The
        second function tells what was counted.
        """
        acts, columns, kinds, marks = self.acts, self.columns, self.kinds, self.marks
        column = last = starts = shared = 0
        row, is_long = self.row_text, False

        def tell() -> None:
            nonlocal starts, shared, is_long
            is_long = self.is_long_way
            self.column = column
            self.starts += starts
            marks.shared += shared
            starts = shared = 0

        def take(name: str, attributes: Attributes) -> None:
            nonlocal column, last, row, starts, shared
            starts += 1
            if name == "v":
                return
            if name == "c" and attributes and attributes[0] == "r" and not is_long:
                n = len(attributes)
                is_shared = False
                if n != 2 and attributes[-2] == "t" and attributes[-1] == "s":
                    is_shared = True
                    n -= 2
                if n == 2 or (
                    n == 4 and attributes[2] == "s" and not kinds.get(attributes[3], True)
                ):
                    new = columns.get(attributes[1].removesuffix(row), 0)
                    if column < new <= last:
                        column = new
                        if is_shared:
                            shared += 1
                        return
            tell()
            act = acts.get(name)
            if act is None:
                act = acts[name] = acts.get(bare(name), self._other)
            act(attributes)
            column, last, row = self.column, marks.last_column, self.row_text

        return take, tell

    def _other(self, attributes: Attributes) -> None:
        del attributes
        self.is_open = False

    def _row(self, attributes: Attributes) -> None:
        given = pairs(attributes)
        row = whole(given["r"]) if "r" in given else self.row + 1
        if not 0 < row <= MOST_ROWS:
            raise Unfit(message("a row has the number {number}", number=given.get("r", row)))
        self.is_ordered = self.is_ordered and row > self.row
        self.row, self.row_text, self.column, self.is_open = row, str(row), 0, True
        self.marks.last_row = max(self.marks.last_row, row)
        if given.get("hidden") in TRUE:
            self.marks.hidden_rows.append(row)

    def _cell(self, attributes: Attributes) -> None:
        name = kind = style = None
        if len(attributes) == 2 and attributes[0] == "r":
            name = attributes[1]
        else:
            given = pairs(attributes)
            name, kind, style = given.get("r"), given.get("t"), given.get("s")
        if name is None:
            column = self.column + 1
        else:
            column = self.columns.get(name.removesuffix(self.row_text)) or self._placed(name)
        if column <= self.column:
            self.is_ordered = False
        self.column = column
        if column > self.marks.last_column:
            self._widen(column)
        if style is not None:
            self._styled(style)
        if kind == "s":
            self.marks.shared += 1
        if kind in LOOKED_AT or self.is_careful or (self.lengths and kind == "s"):
            self._look(kind)

    def _placed(self, name: str) -> int:
        """Column of an address, whose row must be the one in which it stands."""
        spelt = name.rstrip(DIGITS)
        is_spelt = spelt.isascii() and spelt.isalpha() and len(spelt) <= len("XFD")
        if not is_spelt or whole(name[len(spelt) :]) != self.row or not self.row:
            raise Unfit(
                message("a cell of row {row} has the address {name}", row=self.row, name=name)
            )
        return self.columns.setdefault(spelt, number_of(spelt.upper()))

    def _widen(self, column: int) -> None:
        if column > MOST_COLUMNS:
            raise Unfit(message("row {row} has more than {n} cells", row=self.row, n=MOST_COLUMNS))
        self.marks.last_column = column

    def _styled(self, style: str) -> None:
        try:
            kind = self.kinds[style]
        except KeyError:
            kind = self.kinds[style] = self.styles.get(whole(style))
        if kind:
            places = self.marks.shown.setdefault(kind, {})
            places.setdefault(self.column, []).append(self.row)

    def _formula(self, attributes: Attributes) -> None:
        del attributes
        # Behind the cells others have formulas, too: rules of formats, small charts.
        if self.is_open:
            self._look(None)
            self.inside, self.has_formula, self.depth = "f", True, 2

    def _look(self, kind: str | None) -> None:
        """Look at the cell that has begun until it ends."""
        self.kind, self.has_formula, self.value, self.length = kind or "n", False, "", 0
        self.depth = 1
        self.parser.StartElementHandler = self._inside
        self.parser.EndElementHandler = self._leave
        self.parser.CharacterDataHandler = self._text

    def _inside(self, name: str, attributes: Attributes) -> None:
        del attributes
        self.starts += 1
        self.depth += 1
        if self.depth == 2:
            self.inside, self.next = bare(name), 0
            self.has_formula = self.has_formula or self.inside == "f"

    def _text(self, text: str) -> None:
        if self.inside not in {"v", "is"}:
            return
        self.length += len(text)
        if self.length > LONGEST_TEXT:
            raise too_long(self._here())
        if self.inside == "v":
            self.value += text
            # A sign that is spelt by its number is longer than what it means.
            start = self.parser.CurrentByteIndex
            if self.next not in {0, start} and self.kind != "str":
                self._interrupted()
            self.next = start + len(text.encode("utf-8", "surrogatepass"))

    def _interrupted(self, *event: object) -> None:
        del event
        if self.inside == "v":
            raise Unfit(
                message(
                    "the value of cell {cell} is written in pieces",
                    cell=f"{letters(self.column)}{self.row}",
                )
            )

    def _leave(self, name: str) -> None:
        self.ended.append(name)
        self.depth -= 1
        if self.depth == 1:
            ends = self.parser.CurrentByteIndex
            if self.inside == "v" and self.next not in {0, ends} and self.kind != "str":
                self._interrupted()
            self.inside = ""
        elif self.depth == 0:
            self._finish()
            self._go_on()

    def _finish(self) -> None:
        cell, marks = f"{letters(self.column)}{self.row}", self.marks
        if self.has_formula:
            marks.formulas += 1
            if not self.length and len(marks.uncomputed) < LISTED:
                marks.uncomputed.append(cell)
        if self.kind == "e" and len(marks.error_cells) < LISTED:
            marks.error_cells[cell] = self.value or "?"
        index = whole(self.value) if self.kind == "s" else -1
        marks.characters += self.lengths[index] if 0 <= index < len(self.lengths) else self.length

    def _here(self) -> Where:
        return Where(file=self.where.file, row=self.row, cell=f"{letters(self.column)}{self.row}")

    def _hide_columns(self, attributes: Attributes) -> None:
        given = pairs(attributes)
        first, last = whole(given.get("min", "")), whole(given.get("max", ""))
        if given.get("hidden") in TRUE and first > 0:
            self.marks.hidden_columns += range(first, min(last, first + LISTED) + 1)

    def _merge(self, attributes: Attributes) -> None:
        """Count the cells that are merged, as far as the sheet reaches; none is merged twice."""
        first, _, last = pairs(attributes).get("ref", "").partition(":")
        (top, left), (bottom, right) = _address(first), _address(last or first)
        height = max(0, min(bottom, self.marks.last_row) - top + 1)
        self.merged += height * max(0, min(right, self.marks.last_column) - left + 1)
        if self.merged > self.marks.last_row * self.marks.last_column:
            raise Unfit(message("merged cells lie over one another"))
        self.acts["row"] = self._late

    def _late(self, attributes: Attributes) -> None:
        del attributes
        raise Unfit(message("its parts do not fit"))


class SheetOnce(SheetScan):
    """Refuses a sheet in which a cell stands twice; for one whose cells are in no order."""

    def __init__(self, part: str, where: Where) -> None:
        super().__init__(part, where, {})
        self.seen: set[int] = set()
        self.is_once = True
        self.acts["c"] = self._once

    def _once(self, attributes: Attributes) -> None:
        self._cell(attributes)
        place = self.row * MOST_COLUMNS + self.column
        if place in self.seen:
            raise Unfit(
                message("cell {cell} stands twice", cell=f"{letters(self.column)}{self.row}")
            )
        self.seen.add(place)


def refuse_far(sheet: SheetMarks, where: Where, limits: Limits) -> None:
    """Refuse a sheet that reaches farther than can be read.

    Raises
    ------
    DataError
        `limit.cells`.
    """
    if sheet.last_row * sheet.last_column > limits.cells:
        raise DataError.of(
            message(
                "The sheet reaches to {cell}: {n} cells are more than can be read.",
                cell=f"{letters(sheet.last_column)}{sheet.last_row}",
                n=sheet.last_row * sheet.last_column,
            ),
            where,
            message("delete stray cells far from the table, or save the table as csv."),
            code="limit.cells",
        )


def _nothing(attributes: Attributes) -> None:
    """Do nothing."""


def whole(text: str) -> int:
    """Whole number of at most nine digits; -1 for anything else.

    >>> whole("12"), whole(" 1"), whole("1_0"), whole("9" * 10), whole("")
    (12, -1, -1, -1, -1)
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _address(text: str) -> tuple[int, int]:
    """Row and column of an address.

    >>> _address("$B$7"), _address("")
    ((7, 2), (0, 0))
    """
    plain = text.replace("$", "")
    spelt = plain.rstrip(DIGITS)
    is_spelt = spelt.isascii() and spelt.isalpha() and len(spelt) <= len("XFD")
    return (max(0, whole(plain[len(spelt) :])), number_of(spelt.upper())) if is_spelt else (0, 0)
