"""Layers of a map of China: country, areas by class, inset, dashed line, legend, scale bar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from xinzhi.present import chart_style as style
from xinzhi.present.map.china import FRAME, INSET, Sheet
from xinzhi.present.map.layers import (
    LAND,
    NO_CLASS,
    OTHER,
    SHOWN,
    borders,
    colours,
    heading,
    slider,
    tooltip_of,
)
from xinzhi.wording import Language, Wording, message, say

PANEL = 356
RATIO = (FRAME[3] - FRAME[1]) / (FRAME[2] - FRAME[0])
PROVINCE = "#8593a1"
BAR = (-740.0, 2040.0, 1000)
"""Scale bar: left end and height on the sheet, length in km."""
LEGEND_LEFT, LEGEND_ROOM = -2640.0, 1280.0
"""Left end of the legend, and its greatest height: above it lies Tibet."""
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Look:
    """Sizes of a map: the one large map of a page, or one of several side by side."""

    width: int
    font: int
    line: float
    """Height of a line of the legend, km."""
    indent: float
    """From the left of a box of the legend to its words, km."""
    count: float
    """From the left of a box to the right end of its count, km."""
    box: int


@dataclass(frozen=True, slots=True)
class MapWords:
    """What a map is called and says."""

    title: Wording
    value: Wording
    approval: str
    is_ordered: bool
    """Whether the classes go from low to high."""


LARGE = Look(width=style.WIDTH, font=12, line=138, indent=130, count=1150, box=150)
SMALL = Look(width=PANEL, font=9, line=190, indent=170, count=1500, box=70)


def interactive(
    rows: Rows, counts: Rows, sheet: Sheet, words: MapWords, language: Language, decimals: int
) -> Mapping[str, object]:
    """Draw one large map with a slider for the period and names under the pointer."""
    chosen = slider([row["period"] for row in counts], language)
    chart = _map(rows, counts, words, language, LARGE, decimals).add_params(chosen)
    return style.finish(
        chart,
        description=say(words.title, language),
        height=round(style.WIDTH * RATIO),
        datasets=_datasets(sheet, rows),
    )


def still(
    rows: Rows,
    counts: Rows,
    sheet: Sheet,
    words: MapWords,
    language: Language,
    periods: Sequence[int],
) -> Mapping[str, object]:
    """Draw one map a period, two in a row, for paper; a single one is as wide as the page."""
    look = LARGE if len(periods) <= 1 else SMALL
    chart = _map(rows, counts, words, language, look).properties(
        width=look.width, height=round(look.width * RATIO)
    )
    drawn = style.finish_still(
        chart, description=say(words.title, language), datasets=_datasets(sheet, rows)
    )
    # Each panel is the same map with another period in its filters: made once, and copied.
    of_panel = ("layer", "projection", "width", "height")
    panel = {key: drawn[key] for key in of_panel}
    rest = {key: value for key, value in drawn.items() if key not in of_panel}
    panels = [_in_period(panel, period) for period in periods]
    return {**rest, "concat": panels, "columns": 2, "spacing": 8}


def _in_period(part: Any, period: int) -> Any:
    if isinstance(part, dict):
        return {key: _in_period(item, period) for key, item in part.items()}
    if isinstance(part, list):
        return [_in_period(item, period) for item in part]
    return SHOWN.replace("period_shown", str(period)) if part == SHOWN else part


def _map(
    rows: Rows,
    counts: Rows,
    words: MapWords,
    language: Language,
    look: Look,
    decimals: int | None = None,
) -> alt.LayerChart:
    """Layers of a map of one period, that which is shown."""
    value = say(words.value, language)
    palette = colours(counts, is_ordered=words.is_ordered)
    of_period = [
        _areas(rows, palette, value, language, decimals),
        *_legend(counts, palette, value, language, look),
    ]
    shown = [layer.transform_filter(SHOWN) for layer in of_period]
    land = _lines("backdrop", fill=LAND, stroke="#c9ced4", strokeWidth=0.5)
    layers: list[Any] = [land, *shown, *_over(look, language, words.approval)]
    return alt.LayerChart(layer=layers).project(type="identity")


def _datasets(sheet: Sheet, rows: Rows) -> dict[str, object]:
    entities = sorted({row["entity"] for row in rows})
    return {
        "areas": [{"entity": name, "outline": _feature(sheet.areas[name])} for name in entities],
        "rows": list(rows),
        "backdrop": [_feature(sheet.backdrop)],
        "dashes": [_feature(sheet.dashes)],
        "edges": [_feature(sheet.edges)],
    }


def _feature(geometry: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry}


def _lines(name: str, **mark: Any) -> alt.Chart:
    drawn: alt.Chart = alt.Chart(alt.NamedData(name=name)).mark_geoshape(**mark)
    return drawn


def _over(look: Look, language: Language, approval: str) -> tuple[alt.Chart, ...]:
    """Provinces, the dashed line, frames, scale bar and what is written on the sheet."""
    thin = look.width / style.WIDTH
    return (
        _lines("backdrop", filled=False, stroke=PROVINCE, strokeWidth=0.25 + 0.35 * thin),
        _lines("dashes", filled=False, stroke=style.INK, strokeWidth=0.5 + 0.7 * thin),
        _lines("edges", filled=False, stroke=style.RULE, strokeWidth=0.7),
        _bar(),
        *_written(look, language, approval),
    )


def _bar() -> alt.Chart:
    left, y, length = BAR
    line = [[left, y - 30], [left, y], [left + length, y], [left + length, y - 30]]
    shape = _feature({"type": "LineString", "coordinates": line})
    bar: alt.Chart = alt.Chart(alt.InlineData(values=[shape])).mark_geoshape(
        filled=False, stroke=style.INK, strokeWidth=1
    )
    return bar


def _written(look: Look, language: Language, approval: str) -> tuple[alt.Chart, ...]:
    left, y, length = BAR
    size = max(7, round(look.font * 0.84))
    scale = [
        {"x": left + length / 2, "y": y - 45, "text": say(message("{n} km", n=length), language)}
    ]
    texts = (
        _texts(scale, size=size, align="center", baseline="bottom"),
        _texts([*_inset_name(look, language)], size=size - 1, align="center", baseline="bottom"),
    )
    if not approval:
        return texts
    number = say(message("Map approval no. {number}", number=approval), language)
    corner = [{"x": LEGEND_LEFT - 40, "y": -FRAME[3] + 60, "text": number}]
    return (*texts, _texts(corner, size=size, align="left", baseline="top"))


def _inset_name(look: Look, language: Language) -> Iterator[dict[str, Any]]:
    """Write the name of the inset over it, in as many lines as it has."""
    lines = say(message("South China\nSea Islands"), language).split("\n")
    for place, text in enumerate(reversed(lines)):
        y = -INSET[3] - 25 - place * look.line * 0.65
        yield {"x": (INSET[0] + INSET[2]) / 2, "y": y, "text": text}


def _texts(rows: Rows, *, size: int, field: str = "text:N", **mark: Any) -> alt.Chart:
    texts: alt.Chart = (
        alt.Chart(alt.InlineData(values=list(rows)))
        .mark_text(fontSize=size, **({"color": style.INK} | mark))
        .encode(longitude=alt.Longitude("x:Q"), latitude=alt.Latitude("y:Q"), text=field)
    )
    return texts


def _areas(
    rows: Rows, palette: alt.Color, value: str, language: Language, decimals: int | None
) -> alt.Chart:
    """Shapes looked up for each row, so that a period filters rows and not shapes."""
    outlines = alt.LookupData(data=alt.NamedData(name="areas"), key="entity", fields=["outline"])
    tooltip = [] if decimals is None else tooltip_of(rows, value, language, decimals)
    areas: alt.Chart = (
        alt.Chart(alt.NamedData(name="rows"))
        .mark_geoshape(strokeWidth=0.4)
        .transform_lookup(lookup="entity", from_=outlines)
        .encode(
            shape=alt.Shape("outline:G"),
            color=palette,
            tooltip=tooltip,
            **borders("class", NO_CLASS),
        )
    )
    return areas


def _legend(
    counts: Rows, palette: alt.Color, value: str, language: Language, look: Look
) -> tuple[alt.Chart, ...]:
    """One line a class with its count, under the name of the value and the period."""
    n = max((row["lines"] for row in counts), default=0) + 2
    height = min(look.line, LEGEND_ROOM / n)
    foot = -FRAME[1] - 0.75 * look.line
    lines = [*_legend_lines(counts, language, look, foot, height)]
    counted = [{**line, "x": LEGEND_LEFT + look.count} for line in lines if "n" in line]
    top = min(line["y"] for line in lines) - height
    titles = [
        {"period": p, "x": LEGEND_LEFT - 40, "y": top, "text": heading(value, p, language)}
        for p in sorted({row["period"] for row in counts})
    ]
    boxes = (
        alt.Chart(alt.InlineData(values=lines))
        .mark_square(size=look.box, opacity=1, strokeWidth=0.8)
        .encode(
            longitude=alt.Longitude("box:Q"),
            latitude=alt.Latitude("y:Q"),
            color=palette,
            **borders("class", NO_CLASS),
        )
    )
    font, middle = look.font, {"baseline": "middle"}
    return (
        boxes,
        _texts([*lines, *titles], size=font, align="left", **middle),
        _texts(counted, size=font, field="n:Q", align="right", color=style.MUTED, **middle),
    )


def _legend_lines(
    counts: Rows, language: Language, look: Look, foot: float, height: float
) -> Iterator[dict[str, Any]]:
    """Lines of the legend from the top; the last is for areas that are not in the study."""
    placed = {"box": LEGEND_LEFT, "x": LEGEND_LEFT + look.indent}
    for row in counts:
        y = foot - height * (row["lines"] - row["line"])
        data = {key: row[key] for key in ("period", "class", "n")}
        yield {**placed, **data, "y": y, "text": row[language]}
    other = say(message("Not in the study"), language)
    for period in sorted({row["period"] for row in counts}):
        yield {**placed, "period": period, "class": OTHER, "y": foot, "text": other}
