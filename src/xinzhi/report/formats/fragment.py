"""One table as a piece of HTML, for a notebook or for another page: three rules, nothing loaded."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from xinzhi.present.numbers import write
from xinzhi.present.table import Row, Table
from xinzhi.report.formats.html_table import spanners_of
from xinzhi.wording import Language, say

STYLE = "border-collapse:collapse;border-top:2px solid;border-bottom:2px solid;font-variant-numeric:tabular-nums"
RULE = "border-top:1px solid"


def fragment(table: Table, language: Language, decimals: int) -> str:
    """Write a table with its caption and its notes.

    >>> from xinzhi.present.table import Cell, Column
    >>> one = Table("t", "T", (Column("c", "A"),), (Row("x", (Cell(0.5),)),))
    >>> "<td>0.500</td>" in fragment(one, "en", 3)
    True
    """
    return str(Markup("\n").join(_lines(table, language, decimals)))


def _lines(table: Table, language: Language, decimals: int) -> Iterator[Markup]:
    yield Markup('<table lang="{}" style="{}">').format(language, STYLE)
    yield Markup("<caption>{}</caption>").format(say(table.title, language))
    yield Markup("<thead>")
    if any(column.spanner for column in table.columns):
        cells = (
            Markup('<th scope="colgroup" colspan="{}">{}</th>').format(
                one.width, say(one.text, language)
            )
            for one in spanners_of(table)
        )
        yield Markup("<tr><td></td>{}</tr>").format(Markup("").join(cells))
    headings = (
        Markup('<th scope="col">{}</th>').format(say(column.heading, language))
        for column in table.columns
    )
    stub = Markup('<th scope="col">{}</th>').format(say(table.stub, language))
    yield Markup("<tr>{}{}</tr>").format(stub, Markup("").join(headings))
    yield Markup("</thead><tbody>")
    for at, row in enumerate(table.rows):
        yield _row(row, language, decimals, is_ruled=at == 0 or row.rule_above)
    yield Markup("</tbody></table>")
    for note in table.notes:
        yield Markup("<p><small>{}</small></p>").format(say(note, language))


def _row(row: Row, language: Language, decimals: int, *, is_ruled: bool) -> Markup:
    cells = (
        Markup("<td>{}</td>").format(escape(str(write(c, language, decimals)))) for c in row.cells
    )
    style = Markup(' style="{}"').format(RULE) if is_ruled else Markup("")
    label = Markup('<th scope="row" style="text-align:left;font-weight:normal">{}</th>').format(
        say(row.label, language)
    )
    return Markup("<tr{}>{}{}</tr>").format(style, label, Markup("").join(cells))
