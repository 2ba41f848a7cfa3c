"""Tables in Word: three rules, errors on a row of their own, headings on every page.

The last functions write pieces of WordprocessingML for which python-docx has no words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from docx.oxml.ns import nsmap
from docx.oxml.parser import oxml_parser
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from xinzhi.present.numbers import write
from xinzhi.present.table import UNDER, Cell, Row, Table
from xinzhi.report.formats.html_table import spanners_of
from xinzhi_core.wording import Language, Wording, say

THICK, THIN, HAIR = 1.5, 0.75, 0.5
"""Rules in points: above and below the table, under the headings, between blocks."""
SIZES = (9.0, 8.5, 8.0, 7.5, 7.0)
"""Sizes of letters in points; the largest in which a table fits the page is taken."""
CHARACTER = 95 / 9
"""Twips, 1440 an inch, of a Latin character for each point of its size; a Chinese one takes two."""
LINE, ABOVE = 24, 12
"""Twips of a line for each point of its letters, and of the space above and below it in a cell."""
HEADINGS = 5
"""Lines of headings, caption and notes beside the rows."""
PADDING = 2
"""Characters left free in each cell."""
LABELS, CELLS = (8, 22), (4, 16)
"""Fewest and most characters of a line in the column of labels and in the others."""
PROSE, LONGEST = (6, 24), 36
"""The same for a column with a text longer than this."""
TOGETHER, FEW = 16, 2
"""Most rows of a table that is kept on one page with its caption and its notes: a longer one that does not fit
would leave a large gap before it. Of a longer one the last rows stay with its notes, as errors with their slopes."""


@dataclass(frozen=True, slots=True)
class WordTable:
    """How tables are drawn: language, digits, width of the page in twips, size of the letters."""

    language: Language
    decimals: int
    width: int
    size: float = SIZES[0]
    style: str | None = None
    """Id of a style of the user's template, whose rules stand above and below tables instead of ours."""

    def fitting(self, table: Table, *, height: int | None = None) -> WordTable | None:
        """Choose the largest letters in which a table fits the page; None where none do.

        With the height of a lying page a table that is no longer than one page is drawn to fit it.
        """
        letters = self._letters(table)  # the same in each size
        for size in SIZES:
            sized = replace(self, size=size)
            is_high = height is not None and sized.high(table) > height
            if sum(sized.scaled(letters)) <= self.width and (not is_high or size == SIZES[-1]):
                return sized
        return None

    def high(self, table: Table) -> int:
        """Tell about how high a table is with its headings, in twips, where no row breaks its words."""
        return round((len(table.rows) + HEADINGS) * (self.size * LINE + 2 * ABOVE))

    def draw(self, table: Table) -> Element:
        """Draw a table over the whole width."""
        widths = self._widths(table)
        rows = [
            *self._headings(table, widths),
            *(self._row(table, n, widths) for n in range(len(table.rows))),
        ]
        grid = element("tblGrid", *(element("gridCol", w=width) for width in widths))
        properties = element(
            "tblPr",
            *([element("tblStyle", val=self.style)] if self.style else []),
            element("tblW", w=self.width, type="dxa"),
            element("jc", val="center"),
            element("tblLayout", type="fixed"),
            element(
                "tblCellMar", element("left", w=40, type="dxa"), element("right", w=40, type="dxa")
            ),
            *(
                [element("tblLook", val="0620", firstRow=1, noHBand=1, noVBand=1)]
                if self.style
                else []
            ),
        )
        return element("tbl", properties, grid, *rows)

    def needed(self, table: Table) -> tuple[int, ...]:
        """Tell the width that each column asks for, in twips."""
        return self.scaled(self._letters(table))

    def scaled(self, letters: Sequence[int]) -> tuple[int, ...]:
        """Give the widths of columns with lines of so many characters, in twips."""
        return tuple(round(self.size * CHARACTER) * (PADDING + n) for n in letters)

    def _letters(self, table: Table) -> tuple[int, ...]:
        """Count the characters of a line in each column: headings break between their words."""
        alone = _alone(table)
        labels = [*_words(self._say(table.stub)), *(self._say(row.label) for row in table.rows)]
        columns = [
            [
                *_words(self._say(column.heading)),
                *(_words(self._say(column.spanner or "")) if i in alone else ()),
                *("".join(self._written(row.cells[i])) for row in table.rows),
            ]
            for i, column in enumerate(table.columns)
        ]
        limits = (LABELS, *(PROSE if _characters(c) > LONGEST else CELLS for c in columns))
        return tuple(
            min(max(_characters(texts), least), most)
            for texts, (least, most) in zip((labels, *columns), limits, strict=True)
        )

    def _widths(self, table: Table) -> tuple[int, ...]:
        """Spread the page over the columns in proportion to what they ask for."""
        needed = self.needed(table)
        return tuple(width * self.width // sum(needed) for width in needed)

    def _say(self, wording: Wording) -> str:
        return say(wording, self.language)

    @property
    def _outer(self) -> float | None:
        """Thickness of the rules above and below a table, in points; a style of the template has its own."""
        return None if self.style else THICK

    def _headings(self, table: Table, widths: Sequence[int]) -> Iterator[Element]:
        spanners = spanners_of(table)
        if spanners:
            cells = [self._cell((), widths[0], top=self._outer)]
            first = 1
            for spanner in spanners:
                width = sum(widths[first : first + spanner.width])
                bottom = HAIR if spanner.text else None
                words = (self._say(spanner.text), "")
                cell = self._cell(words, width, span=spanner.width, top=self._outer, bottom=bottom)
                cells.append(cell)
                first += spanner.width
            yield self._line(cells, is_heading=True, stays=_is_kept(table.rows))
        top = None if spanners else self._outer
        # The first row of a style of tables is one row: under two rows of headings the rule is ours.
        under = None if self.style and not spanners else THIN
        texts = [table.stub, *(column.heading for column in table.columns)]
        yield self._line(
            [
                self._cell((self._say(text), ""), width, top=top, bottom=under, is_label=n == 0)
                for n, (text, width) in enumerate(zip(texts, widths, strict=True))
            ],
            is_heading=True,
            stays=_is_kept(table.rows),
        )

    def _row(self, table: Table, n: int, widths: Sequence[int]) -> Element:
        row = table.rows[n]
        top = HAIR if row.rule_above else None
        bottom = self._outer if n == len(table.rows) - 1 else None
        words = (self._say(row.label), "")
        label = self._cell(words, widths[0], top=top, bottom=bottom, is_label=True)
        cells = (
            self._cell(self._written(cell), width, top=top, bottom=bottom)
            for cell, width in zip(row.cells, widths[1:], strict=True)
        )
        return self._line([label, *cells], stays=_stays(table.rows, n))

    def _written(self, cell: Cell) -> tuple[str, str]:
        text = write(cell, self.language, self.decimals)
        return text.text, text.stars

    def _line(
        self, cells: Sequence[Element], *, is_heading: bool = False, stays: bool = True
    ) -> Element:
        """Make a row that is not split over pages; a heading is repeated on each page."""
        properties = element("trPr", element("cantSplit"))
        if is_heading:
            properties.append(element("tblHeader"))
        if stays:
            for cell in cells:
                for paragraph in cell.findall(_P):
                    paragraph[0].insert(0, element("keepNext"))
        return element("tr", properties, *cells)

    def _cell(
        self,
        words: tuple[str, str] | tuple[()],
        width: int,
        *,
        span: int = 1,
        top: float | None = None,
        bottom: float | None = None,
        is_label: bool = False,
    ) -> Element:
        properties = element("tcPr", element("tcW", w=width, type="dxa"))
        if span > 1:
            properties.append(element("gridSpan", val=span))
        sides = (("top", top), ("bottom", bottom))
        drawn = [rule(side, points) for side, points in sides if points is not None]
        if drawn:
            properties.append(element("tcBorders", *drawn))
        properties.append(element("vAlign", val="center"))
        text, stars = words or ("", "")
        runs = [run(text, size=self.size)] if text else []
        runs += [run(stars, size=self.size, raised=True)] if stars else []
        return element("tc", properties, element("p", _paragraph(is_label=is_label), *runs))


_P = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"


def _paragraph(*, is_label: bool) -> Element:
    return element(
        "pPr",
        element("spacing", before=ABOVE, after=ABOVE, line=240, lineRule="auto"),
        # In hundredths of a character, too: a template may state it so, and that wins.
        element("ind", firstLine=0, firstLineChars=0),
        element("jc", val="left" if is_label else "center"),
    )


def _stays(rows: Sequence[Row], n: int) -> bool:
    """Whether a row stays on the page of what follows: all of a short table, a slope with its error."""
    if _is_kept(rows) or n >= len(rows) - FEW:
        return True
    return any(cell.kind in UNDER for cell in rows[n + 1].cells)


def _is_kept(rows: Sequence[Row]) -> bool:
    """Whether a table stays on one page. LibreOffice keeps one whole whose first row stays with the next."""
    return len(rows) <= TOGETHER


def _words(heading: str) -> list[str]:
    """Split a heading where a line may end: between Latin words, behind four Chinese characters."""
    return [
        part
        for word in heading.split()
        for part in re.findall(r"[\u2e80-\uffff]{1,4}|[^\u2e80-\uffff]+", word)
    ]


def _alone(table: Table) -> set[int]:
    """Find the columns whose spanner covers no other column, so that its words need their width."""
    spanners = [column.spanner or "" for column in table.columns]
    return {
        i
        for i, spanner in enumerate(spanners)
        if spanner not in (*spanners[max(i - 1, 0) : i], *spanners[i + 1 : i + 2])
    }


def _characters(texts: Sequence[str]) -> int:
    """Count the characters of the longest text; wide ones take the place of two."""
    return max(
        (
            len(text) + (0 if text.isascii() else sum(letter > "\u2e7f" for letter in text))
            for text in texts
        ),
        default=0,
    )


NAMESPACE = {"w": nsmap["w"]}
W = f"{{{NAMESPACE['w']}}}"
EIGHTHS = 8
"""Widths of rules are counted in eighths of a point."""


def element(name: str, /, *children: Element, **attributes: str | int) -> Element:
    """Make an element `w:name` with attributes `w:…` and children."""
    # As `OxmlElement` makes it, which splits and joins the name and its namespace each time.
    made: Element = oxml_parser.makeelement(f"{W}{name}", nsmap=NAMESPACE)
    for key, value in attributes.items():
        made.set(f"{W}{key}", str(value))
    made.extend(children)
    return made


def run(text: str, *, size: float | None = None, raised: bool = False) -> Element:
    """Make a run of text; `size` in points, that of the paragraph's style where it is left out."""
    properties = []
    if size is not None:
        # Word counts sizes in half points; szCs is the size of complex scripts, such as Arabic.
        half_points = round(2 * size)
        properties += [element("sz", val=half_points), element("szCs", val=half_points)]
    if raised:
        properties.append(element("vertAlign", val="superscript"))
    return element("r", *([element("rPr", *properties)] if properties else []), _text("t", text))


def _text(name: str, text: str) -> Element:
    """Make an element that holds text, its spaces included."""
    made: Element = element(name)
    made.text = text
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made


def field(instruction: str, shown: str, *, size: float | None = None) -> Iterator[Element]:
    """Make the runs of a field, such as `SEQ 表 \\* ARABIC`, with what it shows until updated."""  # noqa: D301
    yield element("r", element("fldChar", fldCharType="begin"))
    yield element("r", _text("instrText", f" {instruction} "))
    yield element("r", element("fldChar", fldCharType="separate"))
    yield run(shown, size=size)
    yield element("r", element("fldChar", fldCharType="end"))


def bookmark_of(anchor: str) -> str:
    """Name the bookmark of an exhibit; Word lists none that begin with a line.

    >>> bookmark_of("TableA10")
    '_TableA10'
    """
    return f"_{anchor}"


def bookmarked(parts: Iterable[Element], name: str, number: int) -> Iterator[Element]:
    """Put a bookmark around pieces of a paragraph; its number is its own in the document."""
    yield element("bookmarkStart", id=number, name=name)
    yield from parts
    yield element("bookmarkEnd", id=number)


def rule(side: str, points: float) -> Element:
    """Make one border: `top` or `bottom`, with a thickness in points."""
    return element(side, val="single", sz=round(EIGHTHS * points), space=0, color="000000")
