"""Heat map of heterogeneity: coefficients by group, coloured by sign and size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import altair as alt

from xinzhi.figures import style
from xinzhi.figures.chart import Chart
from xinzhi.tables.numbers import DECIMALS, number
from xinzhi.wording import LANGUAGES, Language, Wording, message, say

DIVERGING = ("#b35806", "#f1a340", "#fee0b6", "#f7f7f7", "#c6dcec", "#6d9fc5", "#12436d")
"""Orange for less, blue for more, apart for the colour-blind; the numbers carry the sign in grey."""
LINE = 34
DARK = 0.62
"""Share of the largest size from which the words of a cell are white."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A coefficient of one variable in one group; missing where it could not be estimated."""

    row: Wording
    column: Wording
    """A line feed breaks the heading."""
    estimate: float
    stars: str = ""


def heat_map(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    cells: Sequence[HeatCell],
    *,
    decimals: int = DECIMALS,
) -> Chart:
    """Draw variables by groups; each cell carries its number and its stars.

    Colours are scaled within each row: variables have units of their own.
    """
    rows = [_row(cell, cells, decimals) for cell in cells]
    return Chart(
        id=id,
        title=title,
        specifications=MappingProxyType(
            {one: _specification(rows, say(title, one), one) for one in LANGUAGES}
        ),
        notes=(
            message(
                "Blue: more, orange: less; the shade is the size beside the largest of the row. "
                "Whether groups differ is a test of its own, in the table."
            ),
        ),
    )


def _row(cell: HeatCell, cells: Sequence[HeatCell], decimals: int) -> dict[str, Any]:
    sizes = [abs(c.estimate) for c in cells if c.row == cell.row and math.isfinite(c.estimate)]
    largest = max(sizes, default=0.0)
    is_known = math.isfinite(cell.estimate)
    share = cell.estimate / largest if is_known and largest else 0.0
    return {
        **{f"row_{one}": say(cell.row, one) for one in LANGUAGES},
        **{f"column_{one}": say(cell.column, one) for one in LANGUAGES},
        "share": share if is_known else None,
        "text": number(cell.estimate if is_known else None, decimals) + cell.stars,
        "is_dark": abs(share) > DARK,
    }


def _specification(
    rows: list[dict[str, Any]], description: str, language: Language
) -> Mapping[str, object]:
    labels = alt.Axis(title=None, labelLimit=220, domain=False, ticks=False)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            f"column_{language}:N",
            sort=None,
            axis=alt.Axis(
                title=None,
                orient="top",
                labelLimit=150,
                labelPadding=22,
                labelExpr="split(datum.label, '\\n')",
                domain=False,
                ticks=False,
            ),
        ),
        y=alt.Y(f"row_{language}:N", sort=None, axis=labels),
    )
    scale = alt.Scale(domain=[-1, 1], range=list(DIVERGING), type="linear")
    known = base.mark_rect(stroke="#ffffff", strokeWidth=2).encode(
        color=alt.Color("share:Q", scale=scale, legend=None)
    )
    words = base.mark_text(fontSize=12).encode(
        text="text:N",
        color=alt.condition("datum.is_dark", alt.value("#ffffff"), alt.value(style.INK)),
    )
    names = {row[f"row_{language}"] for row in rows}
    chart = alt.LayerChart(layer=[known, words])
    return style.finish(chart, description=description, height=LINE * max(len(names), 1) + 44)
