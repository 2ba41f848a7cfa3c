"""One checker for all printed tables: what must stand in each cell, and whether it does.

Expectations are made of numbers of the results, never of the table; the words and digits are made
here, so that a fault of the package's own writer shows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property

from printed_grids import LANGUAGES, Grid, grids_of_excel, grids_of_html, grids_of_word, is_close
from xinzhi.report.build import every_table
from xinzhi.report.document import Document, DocumentSection
from xinzhi.report.exhibits import charts_of
from xinzhi.report.format import write_report

DASH = "—"
STARS = {"***": 0.01, "**": 0.05, "*": 0.10}
"""Strictest first."""


@dataclass(frozen=True)
class Shown:
    """What a cell must show, and the number behind it."""

    text: str
    value: float | None = None


BLANK = Shown("")
MISSING = Shown(DASH)


def digits(value, decimals=3):
    """Write a number: more decimals where it would read as zero, a real minus sign, commas from 10,000."""
    number = Decimal(repr(abs(float(value))))
    text = f"{number:.{decimals}f}"
    if number and not Decimal(text):
        if number < Decimal("1e-5"):
            size, power = f"{number:.2e}".lower().split("e")
            text = f"{size}e−{abs(int(power))}"
        else:
            text = f"{Decimal(f'{number:.1e}'):f}"
    elif number >= 10_000:
        text = f"{number:,.{decimals}f}"
    return ("−" if value < 0 else "") + text


def stars(p):
    """Give the marks of a p-value."""
    return next((mark for mark, level in STARS.items() if p < level), "")


def number(value, decimals=3):
    """Show a plain number."""
    return MISSING if value is None or math.isnan(value) else Shown(digits(value, decimals), value)


def estimate(value, p=1.0):
    """Show an estimate with the stars of its p-value."""
    return Shown(digits(value) + stars(p), value)


def error(value):
    """Show a standard error in parentheses."""
    return Shown(f"({digits(value)})", value)


def p_value(value):
    """Show a p-value."""
    if math.isnan(value):
        return MISSING
    if digits(value) == "1.000" and value < 1:
        return Shown(">0.999", value)
    return Shown("<0.001" if value < 0.001 else digits(value), value)


def count(value):
    """Show a whole number."""
    return Shown(f"{value:,}" if value >= 10_000 else str(value), value)


def percent(value):
    """Show a share as per cent."""
    return MISSING if math.isnan(value) else Shown(f"{digits(100 * value, 1)}%", value)


def words(text):
    """Show a text."""
    return Shown(text)


@dataclass(frozen=True, eq=False)
class Printed:
    """The tables and charts of a study, printed in all formats and both languages."""

    result: object

    @cached_property
    def tables(self):
        """Every table by its id, in the order of the report."""
        return {one.id: one for many in every_table(self.result).values() for one in many}

    @cached_property
    def charts(self):
        """Every chart by its id."""
        drawn = charts_of(self.result).charts
        return {one.id: one for many in drawn.values() for one in many}

    @cache  # noqa: B019 - lives as long as the tests
    def files(self, how):
        """Print the tables in one format and both languages, without charts."""
        blocks = tuple(self.tables.values())
        document = Document("Printed", (DocumentSection("s", "Section", blocks),))
        return write_report(document, formats=[how], languages=LANGUAGES)

    @cache  # noqa: B019 - lives as long as the tests
    def grids(self, how, language):
        """Read all tables in one format and language."""
        files = self.files(how)
        if how == "html":
            found = iter(grids_of_html(files["report.html"].decode(), language))
            # A table without rows has its caption and notes alone.
            return [next(found) if one.rows else Grid((), ()) for one in self.tables.values()]
        if how == "xlsx":
            return grids_of_excel(files["tables.xlsx"], list(self.tables.values()), language)
        (content,) = (
            c for name, c in files.items() if (name == "report.docx") == (language == "en")
        )
        return grids_of_word(content)

    def grid(self, name, how, language) -> Grid:
        """One table in one format."""
        at = list(self.tables).index(name)
        return self.grids(how, language)[at]


ENGLISH = {
    "北京市": "Beijing", "天津市": "Tianjin", "河北省": "Hebei", "山西省": "Shanxi",
    "内蒙古自治区": "Inner Mongolia", "辽宁省": "Liaoning", "吉林省": "Jilin", "黑龙江省": "Heilongjiang",
    "上海市": "Shanghai", "江苏省": "Jiangsu", "浙江省": "Zhejiang", "安徽省": "Anhui", "福建省": "Fujian",
    "江西省": "Jiangxi", "山东省": "Shandong", "河南省": "Henan", "湖北省": "Hubei", "湖南省": "Hunan",
    "广东省": "Guangdong", "广西壮族自治区": "Guangxi", "海南省": "Hainan", "重庆市": "Chongqing",
    "四川省": "Sichuan", "贵州省": "Guizhou", "云南省": "Yunnan", "西藏自治区": "Tibet", "陕西省": "Shaanxi",
    "甘肃省": "Gansu", "青海省": "Qinghai", "宁夏回族自治区": "Ningxia", "新疆维吾尔自治区": "Xinjiang",
}  # fmt: skip
"""What an English reader calls the places of the studies."""


def in_english(text):
    """Call places as an English reader does."""
    for chinese, english in ENGLISH.items():
        text = text.replace(chinese, english)
    return text


@dataclass(frozen=True)
class Expected:
    """What a table must show; a cell that is not named must be blank."""

    columns: Mapping[str, str | tuple[str, str]]
    """Column -> heading, or the heading above and the heading, from left to right."""
    rows: Mapping[str, str]
    """Row -> label, from top to bottom."""
    cells: Mapping[tuple[str, str], Shown]
    """(Row, column) -> what stands there."""
    stub: str = ""
    chinese: Mapping[str, str] = None
    """Column -> heading in Chinese, of those whose confusion would turn the table around."""

    @property
    def headings(self):
        """Lines of headings, as they must stand."""
        pairs = [h if isinstance(h, tuple) else ("", h) for h in self.columns.values()]
        lines = [(self.stub, *(heading for _, heading in pairs))]
        if any(above for above, _ in pairs):
            lines = [("", *(above for above, _ in pairs)), *lines]
        return tuple(lines)


def check(printed, name, expected):
    """Compare a table in every format and language with what it must show."""
    table = printed.tables[name]
    assert [column.key for column in table.columns] == list(expected.columns)
    assert [row.key for row in table.rows] == list(expected.rows)
    strangers = {
        key
        for key in expected.cells
        if key[0] not in expected.rows or key[1] not in expected.columns
    }
    assert not strangers, f"expectations of cells that do not exist: {strangers}"
    for how in ("html", "docx", "xlsx"):
        for language in LANGUAGES:
            _check_grid(
                printed.grid(name, how, language), expected, f"{name}, {how}, {language}", language
            )


def _check_grid(grid, expected, where, language):
    if language == "en":
        assert grid.headings == expected.headings, where
        labels = [in_english(label) for label in expected.rows.values()]
        assert [row[0] for row in grid.rows] == labels, where
    columns = list(expected.columns)
    for key, heading in (expected.chinese or {}).items():
        if language == "zh":
            assert grid.headings[-1][1 + columns.index(key)] == heading, (where, key)
    assert len(grid.rows) == len(expected.rows), where
    for at, row in enumerate(expected.rows):
        for place, column in enumerate(columns, 1):
            shown = expected.cells.get((row, column), BLANK)
            if language == "en" or shown.value is not None:
                text = in_english(shown.text) if language == "en" else shown.text
                assert grid.rows[at][place] == text, (where, row, column)
            _check_number(grid, at, place, shown, (where, row, column))


def _check_number(grid, at, place, shown, where):
    if grid.numbers:
        found = grid.numbers[at][place]
        assert (found is None) == (shown.value is None), where
        assert found is None or is_close(found, shown.value), where
    if grid.sort:
        by = grid.sort[at][place]
        assert (by is None) == (shown.value is None), where
        assert by is None or float(by) == shown.value, where


def check_sentences(printed, name, sentences):
    """Find the whole sentences beside or under a table, in this order."""
    table = printed.tables[name]
    sentences = [in_english(sentence) for sentence in sentences]
    said = [str(one) for one in (*table.notes, *table.reading)]
    missing = [sentence for sentence in sentences if sentence not in said]
    assert not missing, (missing, said)
    page = printed.files("html")["report.html"].decode()
    for sentence in sentences:
        assert _escaped(sentence) in page


def _escaped(text):
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")
    )
