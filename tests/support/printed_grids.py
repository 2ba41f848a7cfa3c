"""Tables as a reader meets them: the words in the cells of HTML, Word and Excel."""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import docx
from openpyxl import load_workbook

LANGUAGES = ("en", "zh")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class Grid:
    """The words of one table, line by line; joined headings stand over each of their columns."""

    headings: tuple[tuple[str, ...], ...]
    """One line, or two where columns share a heading; the first is that of the row labels."""
    rows: tuple[tuple[str, ...], ...]
    """The label of each row, then its cells."""
    numbers: tuple[tuple[float | None, ...], ...] = ()
    """In Excel the number behind each cell, without rounding; None where there is text."""
    sort: tuple[tuple[str | None, ...], ...] = ()
    """In HTML the number by which a cell is sorted."""


@dataclass
class _Line:
    """A line of an HTML table while it is read; words of a cell stand by language."""

    is_heading: bool
    cells: list[dict[str, str]] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    sort: list[str | None] = field(default_factory=list)

    def words(self, language):
        """Say the cells in one language, joined cells over each of their columns."""
        texts = [cell[language] for cell in self.cells]
        return tuple(t for t, n in zip(texts, self.widths, strict=True) for _ in range(n))


class _Tables(HTMLParser):
    """Reads all tables of a page in both languages."""

    def __init__(self):
        super().__init__()
        self.tables: list[list[_Line]] = []
        self.open: list[str | None] = []
        self.part = ""
        self.in_cell = False

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "table":
            self.tables.append([])
        elif tag in ("thead", "tbody"):
            self.part = tag
        elif tag == "tr":
            self.tables[-1].append(_Line(self.part == "thead"))
        elif tag in ("td", "th"):
            line = self.tables[-1][-1]
            line.cells.append(dict.fromkeys(LANGUAGES, ""))
            line.widths.append(int(found.get("colspan") or 1))
            line.sort.append(found.get("data-v"))
            self.in_cell = True
        elif tag == "span":
            self.open.append(found.get("lang"))

    def handle_endtag(self, tag):
        if tag == "span":
            self.open.pop()
        elif tag in ("td", "th"):
            self.in_cell = False

    def handle_data(self, data):
        if self.in_cell and self.tables:
            spoken = next((one for one in reversed(self.open) if one), None)
            for language in [spoken] if spoken else LANGUAGES:
                self.tables[-1][-1].cells[-1][language] += data.strip("\n")


class _Captions(HTMLParser):
    """Reads the captions of all figures of a page in both languages."""

    def __init__(self):
        super().__init__()
        self.captions: list[dict[str, str]] = []
        self.open: list[str | None] = []
        self.is_inside = False

    def handle_starttag(self, tag, attrs):
        if tag == "figcaption":
            self.captions.append(dict.fromkeys(LANGUAGES, ""))
            self.is_inside = True
        elif tag == "span":
            self.open.append(dict(attrs).get("lang"))

    def handle_endtag(self, tag):
        if tag == "span":
            self.open.pop()
        elif tag == "figcaption":
            self.is_inside = False

    def handle_data(self, data):
        if self.is_inside:
            spoken = next((one for one in reversed(self.open) if one), None)
            for language in [spoken] if spoken else LANGUAGES:
                self.captions[-1][language] += data


def captions_of_html(page, language):
    """Read the captions of a page in one of its two languages."""
    reader = _Captions()
    reader.feed(page)
    return [" ".join(one[language].split()) for one in reader.captions]


def grids_of_html(page, language):
    """Read the tables of a page in one of its two languages."""
    reader = _Tables()
    reader.feed(page)
    return [
        Grid(
            tuple(line.words(language) for line in lines if line.is_heading),
            tuple(line.words(language) for line in lines if not line.is_heading),
            sort=tuple(tuple(line.sort) for line in lines if not line.is_heading),
        )
        for lines in reader.tables
    ]


def grids_of_word(content):
    """Read the tables of a document; a joined cell is given once for each of its columns."""
    found = []
    for table in docx.Document(io.BytesIO(content)).tables:
        lines = [
            (row._tr.find(f"{W}trPr/{W}tblHeader") is not None, tuple(c.text for c in row.cells))
            for row in table.rows
        ]
        headings = tuple(cells for is_heading, cells in lines if is_heading)
        found.append(Grid(headings, tuple(cells for is_heading, cells in lines if not is_heading)))
    return found


def grids_of_excel(content, tables, language):
    """Read the sheets of the tables, whose shape is known; cells are shown by their formats."""
    book = load_workbook(io.BytesIO(content))
    caption = {"en": "Table {}", "zh": "表{}"}[language]
    found = []
    for number, table in enumerate(tables, 1):
        (name,) = (
            n
            for n in book.sheetnames
            if n.replace(" ", "") == caption.format(number).replace(" ", "")
        )
        found.append(_grid(book[name], table))
    return found


def _grid(sheet, table):
    width = len(table.columns) + 1
    n_headings = 2 if any(column.spanner for column in table.columns) else 1
    cells = [line[:width] for line in sheet.iter_rows(min_row=2, max_col=width)]
    joined = {
        (row, column): sheet.cell(area.min_row, area.min_col).value
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    lines = [
        tuple(
            str(joined.get((c.row, c.column)) or "") or displayed(c.value, c.number_format)
            for c in line
        )
        for line in cells[: n_headings + len(table.rows)]
    ]
    values = [
        tuple(c.value if isinstance(c.value, (int, float)) else None for c in line)
        for line in cells[n_headings : n_headings + len(table.rows)]
    ]
    return Grid(tuple(lines[:n_headings]), tuple(lines[n_headings:]), tuple(values))


def displayed(value, number_format):
    """Show a cell as a spreadsheet program does, by the few formats that the report writes.

    >>> displayed(-0.5, '0.000"**"'), displayed(0.25, '"("0.000")"'), displayed(0.0001, '[<0.001]"<0.001";0.000')
    ('−0.500**', '(0.250)', '<0.001')
    """
    if value is None or isinstance(value, str):
        return value or ""
    condition = re.match(r"\[<([\d.]+)\]([^;]*);(.*)$", number_format)
    if condition:
        is_below = value < float(condition[1])
        number_format = condition[2] if is_below else condition[3]
    quoted = re.findall(r'"([^"]*)"|([^"]+)', number_format)
    return "".join(words or _digits(value, shape) for words, shape in quoted if words or shape)


def _digits(value, shape):
    percent = shape.endswith("%")
    size = abs(value) * (100 if percent else 1)
    sign = "−" if value < 0 else ""
    if "E" in shape:
        digits, power = f"{size:.2e}".split("e")
        return f"{sign}{digits}e{int(power)}".replace("e-", "e−")
    places = len(shape.rstrip("%").partition(".")[2])
    text = f"{size:,.{places}f}" if "," in shape else f"{size:.{places}f}"
    return f"{sign}{text}{'%' if percent else ''}"


def is_close(one, other):
    """Compare the number of a sheet: it is written with 16 digits, one less than a number has."""
    return math.isclose(one, other, rel_tol=1e-15, abs_tol=0)
