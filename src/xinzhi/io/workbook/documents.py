"""Sheets of an OpenDocument spreadsheet (ods): hidden things, formulas, errors, and how far they reach.

A cell or a row is written once and says how often it is repeated: what the library would unfold is
counted before it does.
"""

from __future__ import annotations

from xinzhi.errors import Where
from xinzhi.io.options import Limits
from xinzhi.io.raw import letters
from xinzhi.io.workbook.formats import MARKED, STARS
from xinzhi.io.workbook.markup import Attributes, Markup, Unfit
from xinzhi.io.workbook.scan import (
    LISTED,
    MOST_COLUMNS,
    MOST_ROWS,
    SheetMarks,
    refuse_far,
    whole,
)
from xinzhi.io.workbook.text_lengths import LONGEST_TEXT, too_long
from xinzhi.wording import message

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
