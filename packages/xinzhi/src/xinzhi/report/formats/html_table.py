"""Tables and words in a page of one or two languages.

Numbers are aligned at the point, spanners joined. Data are escaped text, never markup, and a content
security policy names each script by its hash, so that the page stays closed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

from xinzhi.present.chart import Chart, marked
from xinzhi.present.numbers import Written, write
from xinzhi.present.table import UNDER, Cell, Row, Table
from xinzhi.report.formats.html_fit import fit_of, is_broken
from xinzhi.report.trace import traced_rows
from xinzhi_core.wording import Language, Wording, say

WIDEST = 30
"""Widths in characters for which the style has a class."""
FEW = 3
SEARCHED = 30
"""Rows of a list above which it can be searched."""
LONG, FIRST = 300, 50
"""Rows of a list above which the page holds them as data, and how many stand in it before."""


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell: a number in two parts that meet at the decimal point, or text in the middle."""

    words: Markup
    before: str = ""
    after: str = ""
    left: str = ""
    right: str = ""
    sort: float | None = None
    """The number itself, by which the column is sorted."""
    is_number: bool = False
    is_long: bool = False
    """Words that are set in lines."""


@dataclass(frozen=True, slots=True)
class RowView:
    """A row: its label, its cells and the classes that the style knows."""

    label: Wording
    cells: tuple[CellView, ...]
    classes: str = ""
    key: str = ""
    """Of what the row is about, for programs that read the page."""


@dataclass(frozen=True, slots=True)
class Spanner:
    """A heading over neighbouring columns."""

    text: Wording
    width: int


@dataclass(frozen=True, slots=True)
class View:
    """The whole table."""

    rows: tuple[RowView, ...]
    spanners: tuple[Spanner, ...]
    sortable: bool
    searchable: bool
    n_rows: int
    """Rows of the table; only the first of them stand here where it is long."""
    fit: str = ""
    """How closely it is set: a class of the style."""
    traced: tuple[str, ...] = ()
    """Coefficients of which the page says how they are led back."""


def view_of(table: Table, *, languages: Sequence[Language], decimals: int) -> View:
    """Prepare a table for the page."""
    shown = table.rows[:FIRST] if is_long(table) else table.rows
    widths = widths_of(table, languages[0], decimals)
    rows = tuple(
        RowView(
            row.label,
            tuple(
                _cell_view(cell, width, languages, decimals)
                for cell, width in zip(row.cells, widths, strict=True)
            ),
            _classes(table.rows, n),
            row.key,
        )
        for n, row in enumerate(shown)
    )
    is_list = _is_sortable(table)
    n_rows = len(table.rows)
    return View(
        rows,
        spanners_of(table),
        is_list,
        is_list and n_rows > SEARCHED,
        n_rows,
        fit_of(table, widths, languages=languages, decimals=decimals),
        () if is_long(table) else traced_rows(table),
    )


def is_long(table: Table) -> bool:
    """Whether a page holds the rows of a table as data: each stands for itself, and there are many."""
    return len(table.rows) > LONG and _is_sortable(table)


def spanners_of(table: Table) -> tuple[Spanner, ...]:
    """Join equal neighbouring spanners; none where no column has one."""
    if not any(column.spanner for column in table.columns):
        return ()
    joined = groupby(table.columns, key=lambda column: column.spanner or "")
    return tuple(Spanner(text, len(list(columns))) for text, columns in joined)


def widths_of(table: Table, language: Language, decimals: int) -> list[tuple[int, int]]:
    """Give the widths of the numbers of each column."""
    return [
        _widths([write(row.cells[i], language, decimals) for row in table.rows])
        for i in range(len(table.columns))
    ]


def _widths(texts: Sequence[Written]) -> tuple[int, int]:
    """Characters before and from the decimal point in the widest number of a column.

    Where a column has decimals, whole numbers stand in the middle and count for nothing here.
    """
    numbers = [text for text in texts if text.is_number]
    numbers = [text for text in numbers if text.after_point] or numbers
    before = max((len(text.before_point) for text in numbers), default=0)
    after = max((len(text.after_point + text.stars) for text in numbers), default=0)
    return min(before, WIDEST), min(after, WIDEST)


def _cell_view(
    cell: Cell, width: tuple[int, int], languages: Sequence[Language], decimals: int
) -> CellView:
    text = write(cell, languages[0], decimals)
    sort = float(cell.value) if text.is_number and isinstance(cell.value, (int, float)) else None
    if not text.is_number or (width[1] and not text.after_point):
        texts = {language: str(write(cell, language, decimals)) for language in languages}
        return CellView(bilingual(texts), sort=sort, is_long=is_broken([*texts.values()]))
    return CellView(
        words=Markup(""),
        before=text.before_point,
        after=text.after_point + text.stars,
        left=f"n a w{width[0]}",
        right=f"n b w{width[1]}",
        sort=sort,
        is_number=True,
    )


def _is_under(row: Row) -> bool:
    return any(cell.kind in UNDER for cell in row.cells)


def _classes(rows: Sequence[Row], n: int) -> str:
    """Name what the style must know: a rule above, an error row, a row over an error row."""
    states: Mapping[str, bool] = {
        "rule": rows[n].rule_above,
        "under": _is_under(rows[n]),
        "above": any(map(_is_under, rows[n + 1 : n + 2])),
    }
    return " ".join(name for name, holds in states.items() if holds)


def _is_sortable(table: Table) -> bool:
    """Rows can be sorted where each stands for itself; a last row under a rule stays below."""
    return len(table.rows) >= FEW and not any(
        row.rule_above or _is_under(row) for row in table.rows[:-1]
    )


@dataclass(frozen=True, slots=True)
class PageDrawing:
    """A drawing as markup of a page, and the language that it is for; none where it is for all."""

    svg: Markup
    language: Language | None


def bilingual(texts: Mapping[Language, str]) -> Markup:
    """Set a text once where all languages say the same, else once for each language.

    >>> bilingual({"zh": "是", "en": "yes"})
    Markup('<span lang="zh">是</span><span lang="en">yes</span>')
    >>> bilingual({"zh": "<b>", "en": "<b>"})
    Markup('&lt;b&gt;')
    """
    if len(set(texts.values())) == 1:
        return escape(next(iter(texts.values())))
    spans = (
        Markup('<span lang="{}">{}</span>').format(language, text)
        for language, text in texts.items()
    )
    return Markup("").join(spans)


def worded(wording: Wording, *, languages: Sequence[Language]) -> Markup:
    """Write a text in each language of the page."""
    return bilingual({language: say(wording, language) for language in languages})


def drawings_of(
    chart: Chart, *, languages: Sequence[Language], mark: Wording = ""
) -> Iterator[PageDrawing]:
    """Give the drawings of a chart in each language of the page; their words are escaped."""
    for language in languages:
        drawn = marked(chart.drawings[language], say(mark, language))
        svg = Markup(drawn)  # noqa: S704 - made by present.chart, which escapes
        yield PageDrawing(svg, language if len(languages) > 1 else None)


_UNSAFE = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def embedded_json(value: object) -> str:
    r"""Write a value as JSON that cannot end the element in which it stands.

    >>> embedded_json("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_UNSAFE)


def closed_script(script: str) -> str:
    r"""Write a script so that no string in it can end its element.

    >>> closed_script("write('</Script>')")
    "write('\\x3c/Script>')"
    """
    return re.sub(r"<(?=/script)", r"\\x3c", script, flags=re.IGNORECASE)


def hash_of(text: str) -> str:
    """Hash an inline script or style as the policy names it.

    >>> hash_of("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def policy(scripts: Sequence[str], style: str) -> str:
    """Write the content security policy: these scripts, this style, nothing from outside."""
    allowed = " ".join(hash_of(script) for script in scripts)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {allowed}",
            f"style-src {hash_of(style)}",
            "font-src data:",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
