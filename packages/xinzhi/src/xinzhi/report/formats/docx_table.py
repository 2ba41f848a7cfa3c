"""Tables in Word: three rules, errors on a row of their own, headings on every page.

The last functions write pieces of WordprocessingML for which python-docx has no words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from xml.sax.saxutils import escape, quoteattr

from docx.oxml.ns import nsmap
from docx.oxml.parser import oxml_parser, parse_xml
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
    counted: dict[int, tuple[Table, tuple[int, ...]]] = dataclass_field(default_factory=dict)
    """Identity of a table -> the table, and the characters of a line in each of its columns."""

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
        """Draw a table over the whole width: written as text and read once, in a fifth of the time."""
        widths = self._widths(table)
        style, look = "", ""
        if self.style:
            style = f"<w:tblStyle w:val={quoteattr(self.style)}/>"
            look = '<w:tblLook w:val="0620" w:firstRow="1" w:noHBand="1" w:noVBand="1"/>'
        head = (
            f'<w:tbl xmlns:w="{nsmap["w"]}"><w:tblPr>{style}<w:tblW w:w="{self.width}" w:type="dxa"/>'
            '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblCellMar>'
            '<w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/></w:tblCellMar>'
            f"{look}</w:tblPr>"
        )
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        rows = (self._row(table, n, widths) for n in range(len(table.rows)))
        parts = (head, f"<w:tblGrid>{grid}</w:tblGrid>", *self._headings(table, widths), *rows)
        return parse_xml("".join((*parts, "</w:tbl>")))

    def needed(self, table: Table) -> tuple[int, ...]:
        """Tell the width that each column asks for, in twips."""
        return self.scaled(self._letters(table))

    def scaled(self, letters: Sequence[int]) -> tuple[int, ...]:
        """Give the widths of columns with lines of so many characters, in twips."""
        return tuple(round(self.size * CHARACTER) * (PADDING + n) for n in letters)

    def _letters(self, table: Table) -> tuple[int, ...]:
        """Count the characters of a line in each column, once a table; they are the same on all pages."""
        if id(table) not in self.counted:
            # The table is kept beside them, so that no other gets its identity.
            self.counted[id(table)] = (table, self._count_letters(table))
        return self.counted[id(table)][1]

    def _count_letters(self, table: Table) -> tuple[int, ...]:
        """Count the characters: headings break between their words."""
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

    def _headings(self, table: Table, widths: Sequence[int]) -> Iterator[str]:
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

    def _row(self, table: Table, n: int, widths: Sequence[int]) -> str:
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

    def _line(self, cells: Sequence[str], *, is_heading: bool = False, stays: bool = True) -> str:
        """Write a row that is not split over pages; a heading is repeated on each page."""
        heading = "<w:tblHeader/>" if is_heading else ""
        written = "".join(cells)
        if stays:
            written = written.replace("<w:pPr>", "<w:pPr><w:keepNext/>")
        return f"<w:tr><w:trPr><w:cantSplit/>{heading}</w:trPr>{written}</w:tr>"

    def _cell(
        self,
        words: tuple[str, str] | tuple[()],
        width: int,
        *,
        span: int = 1,
        top: float | None = None,
        bottom: float | None = None,
        is_label: bool = False,
    ) -> str:
        sides = (("top", top), ("bottom", bottom))
        rules = "".join(rule(side, points) for side, points in sides if points is not None)
        drawn = f"<w:tcBorders>{rules}</w:tcBorders>" if rules else ""
        wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
        side = "left" if is_label else "center"
        text, stars = words or ("", "")
        runs = self._run(text) if text else ""
        runs += self._run(stars, '<w:vertAlign w:val="superscript"/>') if stars else ""
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{wide}{drawn}'
            f'<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
            f'<w:spacing w:before="{ABOVE}" w:after="{ABOVE}" w:line="240" w:lineRule="auto"/>'
            # In hundredths of a character, too: a template may state it so, and that wins.
            f'<w:ind w:firstLine="0" w:firstLineChars="0"/>'
            f'<w:jc w:val="{side}"/></w:pPr>{runs}</w:p></w:tc>'
        )

    def _run(self, text: str, more: str = "") -> str:
        """Write a run of text as `run` makes it."""
        half_points = round(2 * self.size)
        return (
            f'<w:r><w:rPr><w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>{more}</w:rPr>'
            f'<w:t xml:space="preserve">{escape(text, LINE_END)}</w:t></w:r>'
        )


LINE_END = {"\r": "&#13;"}
"""What a reader of XML would take for another character."""


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


def run(text: str, *, size: float | None = None) -> Element:
    """Make a run of text; `size` in points, that of the paragraph's style where it is left out."""
    properties = []
    if size is not None:
        # Word counts sizes in half points; szCs is the size of complex scripts, such as Arabic.
        half_points = round(2 * size)
        properties += [element("sz", val=half_points), element("szCs", val=half_points)]
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


def rule(side: str, points: float) -> str:
    """Write one border: `top` or `bottom`, with a thickness in points."""
    size = round(EIGHTHS * points)
    return f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
