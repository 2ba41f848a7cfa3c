"""Layers of a map: land, areas by class, and a legend that counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import altair as alt

from xinzhi.panel.panel import NO_PERIOD
from xinzhi.present import chart_style as style
from xinzhi.present.map.boundaries import Boundaries
from xinzhi.wording import Language, Wording, message, say

HEIGHT = 400
LAND, MISSING = "#eceef0", "#ffffff"
"""What is not in the study, and what has no score: white in a dashed line, so that neither is
taken for a class on a grey print."""
PALETTE = ("#bdd7e7", "#8fb8d8", "#5b93bf", "#2f6ea3", "#12436d")
"""From low to high; lightness alone tells them apart, from each other and from the land."""
GROUPS = ("#12436d", "#ecc853", "#d9731a", "#79b8a6", "#7d4f8c")
"""For classes without an order; apart in hue for the colour-blind, in lightness on a grey print."""
SHADES: Mapping[int, tuple[int, ...]] = {
    0: (),
    1: (3,),
    2: (1, 4),
    3: (0, 2, 4),
    4: (0, 1, 3, 4),
    5: (0, 1, 2, 3, 4),
}
"""Which shades a number of classes uses, as far apart as can be."""
NO_CLASS, OTHER = -1, -2
"""Class of rows without a score; of areas that are not in the study."""
LEGEND_LEFT, LEGEND_LINE = 4, 20
SHOWN = "datum.period === period_shown"
"""Filter of a layer: the slider sets `period_shown`."""


def map_specification(
    rows: list[dict[str, Any]],
    counts: list[dict[str, Any]],
    boundaries: Boundaries,
    titles: tuple[Wording, Wording],
    language: Language,
    decimals: int,
) -> Mapping[str, object]:
    """Draw a map: `rows` carry entity, both names, period, value and class; `counts` the legend."""
    title, value = (say(words, language) for words in titles)
    chosen = slider([row["period"] for row in counts], language)
    counts = [row | {"y": HEIGHT - LEGEND_LINE * (row["lines"] - row["line"])} for row in counts]
    colour = colours(counts)
    of_period = [
        _areas(rows, boundaries, colour, value, language, decimals),
        *_legend(counts, colour, language),
        _legend_title(counts, value, language),
    ]
    land = alt.Chart(_shapes("land", boundaries.backdrop_object)).mark_geoshape(
        fill=LAND, stroke="#d5d9dd", strokeWidth=0.4
    )
    layers: list[Any] = [land, *(layer.transform_filter(SHOWN) for layer in of_period)]
    chart = alt.LayerChart(layer=layers).add_params(chosen).project(type="equalEarth")
    outlines = {
        "land": boundaries.backdrop(),
        "areas": boundaries.outlines({row["entity"] for row in rows}),
    }
    return style.finish(chart, description=title, height=HEIGHT, datasets=outlines)


def slider(periods: Sequence[int], language: Language) -> alt.Parameter:
    """Offer the periods: a slider where they are evenly spaced, else a list."""
    values = sorted(set(periods))
    if len(values) <= 1:
        return alt.param(name="period_shown", value=values[0] if values else 0)
    steps = {after - before for before, after in pairwise(values)}
    word = f"{say(message('Period'), language)} "
    bind: Any = alt.binding_select(options=values, name=word)
    if len(steps) == 1:
        bind = alt.binding_range(min=values[0], max=values[-1], step=steps.pop(), name=word)
    return alt.param(name="period_shown", value=values[-1], bind=bind)


def colours(counts: Sequence[Mapping[str, Any]], *, is_ordered: bool = True) -> alt.Color:
    """Shade the classes from low to high; grey for no score, pale for what is not in the study."""
    classes = sorted({row["class"] for row in counts} - {NO_CLASS})
    shades = [PALETTE[shade] for shade in SHADES[len(classes)]]
    palette = shades if is_ordered else list(GROUPS[: len(classes)])
    scale = alt.Scale(domain=[OTHER, NO_CLASS, *classes], range=[LAND, MISSING, *palette])
    return alt.Color("class:O", scale=scale, legend=None)


def borders(field: str, missing: object) -> dict[str, Any]:
    """Draw areas in white lines, those whose class is missing in a dashed one."""
    is_missing = f"datum[{field!r}] === {missing!r}"
    values = {"stroke": (style.MUTED, "#ffffff"), "strokeDash": ([2, 2], [1, 0])}
    return {
        channel: alt.condition(is_missing, alt.value(missing_value), alt.value(value))
        for channel, (missing_value, value) in values.items()
    }


def _shapes(name: str, feature: str) -> alt.NamedData:
    """Refer to outlines by name: they go into the finished specification, past altair's copies."""
    return alt.NamedData(name=name, format=alt.TopoDataFormat(feature=feature, type="topojson"))


def _areas(
    rows: list[dict[str, Any]],
    boundaries: Boundaries,
    colour: alt.Color,
    value: str,
    language: Language,
    decimals: int,
) -> alt.Chart:
    """Shapes looked up for each row, so that a period filters rows and not shapes."""
    outlines = alt.LookupData(
        data=_shapes("areas", boundaries.areas), key=f"properties.{boundaries.key}"
    )
    areas: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_geoshape(strokeWidth=0.5)
        .transform_lookup(lookup="entity", from_=outlines, as_="outline")
        .encode(
            shape=alt.Shape("outline:G"),
            color=colour,
            tooltip=tooltip_of(rows, value, language, decimals),
            **borders("class", NO_CLASS),
        )
    )
    return areas


def tooltip_of(
    rows: Sequence[Mapping[str, Any]], value: str, language: Language, decimals: int
) -> list[alt.Tooltip]:
    """Name the area under the pointer: entity, period, value and class, as far as there are any."""
    shown = [alt.Tooltip(f"{language}:N", title=say(message("Entity"), language))]
    if any(row["period"] != NO_PERIOD for row in rows):
        shown.append(alt.Tooltip("period:Q", title=say(message("Period"), language), format="d"))
    if any(row["value"] is not None for row in rows):
        shown.append(alt.Tooltip("value:Q", title=value, format=f".{decimals}f"))
        value = say(message("Class"), language)
    return [*shown, alt.Tooltip(f"class_{language}:N", title=value)]


def _legend(
    counts: list[dict[str, Any]], colour: alt.Color, language: Language
) -> tuple[alt.Chart, ...]:
    base = alt.Chart(alt.InlineData(values=counts)).encode(y=alt.Y("y:Q", scale=None, axis=None))
    boxes = base.mark_square(size=160, opacity=1, strokeWidth=0.8).encode(
        x=alt.value(LEGEND_LEFT + 6), color=colour, **borders("class", NO_CLASS)
    )
    ranges = base.mark_text(align="left", baseline="middle", fontSize=12, color=style.INK).encode(
        x=alt.value(LEGEND_LEFT + 20), text=f"{language}:N"
    )
    totals = base.mark_text(
        align="right", baseline="middle", fontSize=12, color=style.MUTED
    ).encode(x=alt.value(LEGEND_LEFT + 160), text=alt.Text("n:Q"))
    return boxes, ranges, totals


def heading(value: str, period: int, language: Language) -> str:
    """Word the value and the period over a legend; the value alone where there are no periods."""
    if period == NO_PERIOD:
        return value
    return say(message("{value}, {period}", value=value, period=period), language)


def _legend_title(counts: Sequence[Mapping[str, Any]], value: str, language: Language) -> alt.Chart:
    """Name the value and the period over the legend, so that a picture tells its period too."""
    top = min((row["y"] for row in counts), default=HEIGHT) - LEGEND_LINE
    periods = sorted({row["period"] for row in counts})
    rows = [
        {"period": period, "y": top, "text": heading(value, period, language)} for period in periods
    ]
    words: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_text(align="left", baseline="middle", fontSize=12, color=style.INK)
        .encode(
            x=alt.value(LEGEND_LEFT), y=alt.Y("y:Q", scale=None, axis=None), text=alt.Text("text:N")
        )
    )
    return words
