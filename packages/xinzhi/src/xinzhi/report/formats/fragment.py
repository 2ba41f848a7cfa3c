"""One table as a piece of HTML, for a notebook or for another page: three rules, nothing loaded."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from xinzhi.present.numbers import write
from xinzhi.present.table import Row, Table
from xinzhi.report.formats.html_table import spanners_of
from xinzhi_core.wording import Language, say

STYLE = "border-collapse:collapse;font-variant-numeric:tabular-nums"
THICK, THIN = "1.5pt solid", "0.75pt solid"
"""Rules stand on cells: a word processor that a table is pasted into drops those of rows."""
PADDED = "padding:1pt 6pt"


def fragment(table: Table, language: Language, decimals: int) -> str:
    """Write a table with its caption and its notes.

    >>> from xinzhi.present.table import Cell, Column
    >>> table = Table("t", "T", (Column("c", "A"),), (Row("x", (Cell(0.5),)),))
    >>> ">0.500</td>" in fragment(table, "en", 3)
    True
    """
    return str(Markup("\n").join(_lines(table, language, decimals)))


def _lines(table: Table, language: Language, decimals: int) -> Iterator[Markup]:
    yield Markup('<table lang="{}" style="{}">').format(language, STYLE)
    yield Markup("<caption>{}</caption>").format(say(table.title, language))
    yield Markup("<thead>")
    spanners = spanners_of(table)
    if spanners:
        cells = (_heading(say(s.text, language), s.width, top=THICK) for s in spanners)
        yield Markup("<tr>{}{}</tr>").format(_heading("", top=THICK), Markup("").join(cells))
    words = (table.stub, *(column.heading for column in table.columns))
    top = "" if spanners else THICK
    headings = (_heading(say(text, language), top=top, bottom=THIN) for text in words)
    yield Markup("<tr>{}</tr>").format(Markup("").join(headings))
    yield Markup("</thead><tbody>")
    for n, row in enumerate(table.rows, 1):
        rules = _rules(
            top=THIN if n > 1 and row.rule_above else "",
            bottom=THICK if n == len(table.rows) else "",
        )
        yield _row(row, language, decimals, rules)
    yield Markup("</tbody></table>")
    for note in table.all_notes:
        yield Markup("<p><small>{}</small></p>").format(say(note, language))


def _rules(*, top: str = "", bottom: str = "") -> str:
    sides = (("border-top", top), ("border-bottom", bottom))
    return ";".join([*(f"{side}:{rule}" for side, rule in sides if rule), PADDED])


def _heading(text: str, width: int = 1, *, top: str = "", bottom: str = "") -> Markup:
    style = _rules(top=top, bottom=bottom)
    if not text:
        return Markup('<td style="{}"></td>').format(style)
    if width > 1:
        return Markup(
            '<th scope="colgroup" colspan="{}" style="font-weight:normal;{}">{}</th>'
        ).format(width, style, text)
    return Markup('<th scope="col" style="font-weight:normal;{}">{}</th>').format(style, text)


def _row(row: Row, language: Language, decimals: int, rules: str) -> Markup:
    cells = (
        Markup('<td style="text-align:center;{}">{}</td>').format(
            rules, str(write(cell, language, decimals))
        )
        for cell in row.cells
    )
    label = Markup('<th scope="row" style="text-align:left;font-weight:normal;{}">{}</th>').format(
        rules, say(row.label, language)
    )
    return Markup("<tr>{}{}</tr>").format(label, Markup("").join(cells))
