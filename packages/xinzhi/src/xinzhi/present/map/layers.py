"""Layers of a map: land, areas by class, and a legend that counts.

Data of a map: values with their classes, and the counts of the legend.

Layers of a map of China: country, areas by class, inset, dashed line, legend, scale bar.

Maps of scores: classes by colour, a slider for the period, names under the pointer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from xinzhi.present import chart_style as style
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.composer import alt
from xinzhi.present.map.boundaries import Boundaries
from xinzhi.present.map.china import FRAME, INSET, TOLERANCE, Sheet, sheet
from xinzhi.work.parts import ReportParts
from xinzhi_core.errors import Problem, ReportError
from xinzhi_core.panel.panel import NO_PERIOD
from xinzhi_core.periods import period_name
from xinzhi_core.wording import LANGUAGES, Language, Wording, listed, message, say
from xinzhi_econometrics.space.scores import choose_periods

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
    rows: list[Row],
    counts: list[Row],
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
    layers: list[alt.Chart | alt.LayerChart] = [
        land,
        *(layer.transform_filter(SHOWN) for layer in of_period),
    ]
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
    names = [period_name(value) for value in values]
    are_numbers = names == [*map(str, values)]
    bind: Any = alt.binding_select(options=values, name=word)
    if not are_numbers:
        bind = alt.binding_select(options=values, labels=names, name=word)
    if len(steps) == 1 and are_numbers:
        bind = alt.binding_range(min=values[0], max=values[-1], step=steps.pop(), name=word)
    return alt.param(name="period_shown", value=values[-1], bind=bind)


def colours(counts: Rows, *, is_ordered: bool = True) -> alt.Color:
    """Shade the classes from low to high; grey for no score, pale for what is not in the study."""
    classes = sorted({row["class"] for row in counts} - {NO_CLASS})
    shades = [PALETTE[shade] for shade in SHADES[len(classes)]]
    palette = shades if is_ordered else list(GROUPS[: len(classes)])
    scale = alt.Scale(domain=[OTHER, NO_CLASS, *classes], range=[LAND, MISSING, *palette])
    return alt.Color("class:O", scale=scale, legend=None)


def borders(field: str, missing: object) -> Row:
    """Draw areas in white lines, those whose class is missing in a dashed one."""
    is_missing = f"datum[{field!r}] === {missing!r}"
    colour, dash = ({"test": is_missing, "value": value} for value in (style.MUTED, [2, 2]))
    return {
        "stroke": alt.StrokeValue("#ffffff", condition=colour),
        "strokeDash": alt.StrokeDashValue([1, 0], condition=dash),
    }


def _shapes(name: str, feature: str) -> alt.NamedData:
    """Refer to outlines by name: they go into the finished specification, past altair's copies."""
    return alt.NamedData(name=name, format=alt.TopoDataFormat(feature=feature, type="topojson"))


def _areas(
    rows: list[dict[str, object]],
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
    rows: Sequence[Mapping[str, object]], value: str, language: Language, decimals: int
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
    counts: list[dict[str, object]], colour: alt.Color, language: Language
) -> tuple[alt.Chart, ...]:
    base = alt.Chart(alt.InlineData(values=counts)).encode(y=alt.Y("y:Q", scale=None, axis=None))
    boxes = base.mark_square(size=160, opacity=1, strokeWidth=0.8).encode(
        x=alt.value(LEGEND_LEFT + 6), color=colour, **borders("class", NO_CLASS)
    )
    ranges = base.mark_text(align="left", baseline="middle", fontSize=12, color=style.INK).encode(
        x=alt.value(LEGEND_LEFT + 20), text=alt.Text(f"{language}:N")
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


def _legend_title(counts: Rows, value: str, language: Language) -> alt.Chart:
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
            x=alt.value(LEGEND_LEFT),
            y=alt.Y("y:Q", scale=None, axis=None),
            text=alt.Text("text:N"),
        )
    )
    return words


def rows_of(
    values: pd.Series,
    classes: pd.Series,
    names: Mapping[str, Wording],
    labels: Mapping[str, Wording],
) -> list[Row]:
    """One row a value; its class as a number from low to high, and in words."""
    order = tuple(names)
    rows: list[Row] = []
    for (entity, period), number, name in zip(values.index, values, classes, strict=True):
        label = labels.get(str(entity), str(entity))
        words = message("No score") if pd.isna(name) else names[name]
        rows.append(
            {
                "entity": str(entity),
                **{language: say(label, language) for language in LANGUAGES},
                "period": int(period),
                "value": None if pd.isna(number) else float(number),
                "class": NO_CLASS if pd.isna(name) else order.index(name),
                **{f"class_{language}": say(words, language) for language in LANGUAGES},
            }
        )
    return rows


def counts_of(
    rows: Rows, names: Mapping[str, Wording], *, is_ordered: bool = True
) -> list[dict[str, object]]:
    """One line of the legend for each class and period: its words and its number of areas.

    High classes stand on top; classes without an order stand as they are named.
    """
    totals = Counter((row["period"], row["class"]) for row in rows)
    words: dict[int, Wording] = dict(enumerate(names.values()))
    lines = list(reversed(words)) if is_ordered else list(words)
    if any(row["class"] == NO_CLASS for row in rows):
        words[NO_CLASS] = message("No score")
        lines.append(NO_CLASS)
    return [
        {
            "period": period,
            "class": number,
            **{language: say(words[number], language) for language in LANGUAGES},
            "n": totals[period, number],
            "line": line,
            "lines": len(lines),
        }
        for period in sorted({row["period"] for row in rows})
        for line, number in enumerate(lines)
    ]


def notes_of(
    rows: Rows,
    drawn: Sequence[Mapping[str, object]],
    boundaries: Boundaries,
) -> tuple[Wording, ...]:
    """Describe what the legend counts, which entities are not on the map, and the source of the outlines."""
    lost = sorted({row["entity"] for row in rows} - {row["entity"] for row in drawn})
    notes: list[Wording] = [
        message("Legend: number of entities in each class in the period shown.")
    ]
    if lost:
        notes.append(
            message(
                "{n} entities are counted but not on the map, for want of an outline: {names}.",
                one="{n} entity is counted but not on the map, for want of an outline: {names}.",
                n=len(lost),
                names=listed(lost),
            )
        )
    notes += _gaps(rows)
    if boundaries.note:
        notes.append(boundaries.note)
    return tuple(notes)


def _gaps(rows: Rows) -> list[Wording]:
    """Say in which periods entities have no row at all: there they look like the rest."""
    entities = {row["entity"] for row in rows}
    by_period: dict[int, set[str]] = {}
    for row in rows:
        by_period.setdefault(row["period"], set()).add(row["entity"])
    return [
        message(
            "{n} entities of the study have no row in {period} and are not coloured in it.",
            one="{n} entity of the study has no row in {period} and is not coloured in it.",
            n=len(entities - present),
            period=str(period),
        )
        for period, present in sorted(by_period.items())
        if entities - present
    ]


PANEL = 356
RATIO = (FRAME[3] - FRAME[1]) / (FRAME[2] - FRAME[0])
PROVINCE = "#8593a1"
BAR = (-740.0, 2040.0, 1000)
"""Scale bar: left end and height on the sheet, length in km."""
CHINA_LAYERS_LEGEND_LEFT, LEGEND_ROOM = -2640.0, 1280.0
"""Left end of the legend, and its greatest height: above it lies Tibet."""
Row = dict[str, Any]
"""What one mark of a chart shows, by field; as Altair takes it."""
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
SMALL = Look(width=PANEL, font=11, line=215, indent=180, count=1830, box=80)


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


def _in_period(part: object, period: int) -> object:
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
        _china_layers_areas(rows, palette, value, language, decimals),
        *_china_layers_legend(counts, palette, value, language, look),
    ]
    shown = [layer.transform_filter(SHOWN) for layer in of_period]
    land = _lines("backdrop", fill=LAND, stroke="#c9ced4", strokeWidth=0.5)
    layers: list[alt.Chart | alt.LayerChart] = [
        land,
        *shown,
        *_over(look, language, words.approval),
    ]
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


def _feature(geometry: Mapping[str, object]) -> dict[str, object]:
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
    # Eleven pixels print at more than 6.5 points where a map is as wide as the page.
    size = max(11, round(look.font * 0.84))
    scale = [
        {"x": left + length / 2, "y": y - 45, "text": say(message("{n} km", n=length), language)}
    ]
    texts = (
        _texts(scale, size=size, align="center", baseline="bottom"),
        _texts([*_inset_name(look, language)], size=size, align="center", baseline="bottom"),
    )
    if not approval:
        return texts
    number = say(message("Map approval no. {number}", number=approval), language)
    corner = [{"x": CHINA_LAYERS_LEGEND_LEFT - 40, "y": -FRAME[3] + 60, "text": number}]
    return (*texts, _texts(corner, size=size, align="left", baseline="top"))


def _inset_name(look: Look, language: Language) -> Iterator[dict[str, object]]:
    """Write the name of the inset over it: no line is wider than the inset, whose left is sea."""
    name = say(message("South China\nSea Islands"), language)
    lines = name.split("\n") if look.width >= style.WIDTH else name.split()
    for place, text in enumerate(reversed(lines)):
        y = -INSET[3] - 25 - place * look.line * 0.8
        yield {"x": (INSET[0] + INSET[2]) / 2, "y": y, "text": text}


def _texts(rows: Rows, *, size: int, field: str = "text:N", **mark: Any) -> alt.Chart:
    texts: alt.Chart = (
        alt.Chart(alt.InlineData(values=list(rows)))
        .mark_text(fontSize=size, **({"color": style.INK} | mark))
        .encode(longitude=alt.Longitude("x:Q"), latitude=alt.Latitude("y:Q"), text=alt.Text(field))
    )
    return texts


def _china_layers_areas(
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


def _china_layers_legend(
    counts: Rows, palette: alt.Color, value: str, language: Language, look: Look
) -> tuple[alt.Chart, ...]:
    """One line a class with its count, under the name of the value and the period."""
    n = max((row["lines"] for row in counts), default=0) + 2
    height = min(look.line, LEGEND_ROOM / n)
    foot = -FRAME[1] - 0.75 * look.line
    lines = [*_legend_lines(counts, language, look, foot, height)]
    counted = [
        {**line, "x": CHINA_LAYERS_LEGEND_LEFT + look.count} for line in lines if "n" in line
    ]
    top = min(line["y"] for line in lines) - height
    titles = [
        {
            "period": p,
            "x": CHINA_LAYERS_LEGEND_LEFT - 40,
            "y": top,
            "text": heading(value, p, language),
        }
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
) -> Iterator[Row]:
    """Lines of the legend from the top; the last is for areas that are not in the study."""
    placed = {"box": CHINA_LAYERS_LEGEND_LEFT, "x": CHINA_LAYERS_LEGEND_LEFT + look.indent}
    for row in counts:
        y = foot - height * (row["lines"] - row["line"])
        data = {key: row[key] for key in ("period", "class", "n")}
        yield {**placed, **data, "y": y, "text": row[language]}
    other = say(message("Not in the study"), language)
    for period in sorted({row["period"] for row in counts}):
        yield {**placed, "period": period, "class": OTHER, "y": foot, "text": other}


def world_map(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    values: pd.Series,
    *,
    classes: pd.Series,
    names: Mapping[str, Wording],
    boundaries: Boundaries,
    value: Wording,
    labels: Mapping[str, Wording] | None = None,
    decimals: int = numbers.DECIMALS,
    parts: ReportParts | None = None,
) -> Chart:
    """Colour the areas by the class of their value, period by period.

    Parameters
    ----------
    values
        Indexed (entity, period).
    classes
        Class of each value, indexed alike; missing where there is no value.
    names
        Class -> words, from low to high; at most five.
    boundaries
        Outlines; entities without one are named in a note.
    value
        Words for the value.
    labels
        Words for the entities; the names that come with the outlines where None.
    parts
        Keeps the specifications for the next report.

    Returns
    -------
    Chart
        A slider chooses the period; the legend counts the areas of each class in it.

    Raises
    ------
    ReportError
        More classes than the eye can tell apart.
    """
    _refuse_many(names)
    rows = rows_of(values, classes, names, boundaries.labels if labels is None else labels)
    outlined = boundaries.keys
    drawn = [row for row in rows if row["entity"] in outlined]
    counts = counts_of(rows, names)
    titles = (title, value)
    specifications = (parts or ReportParts()).specifications(
        "map of the world",
        (drawn, counts, _outlined(boundaries), _said(title, value), decimals),
        lambda: {
            language: map_specification(drawn, counts, boundaries, titles, language, decimals)
            for language in LANGUAGES
        },
    )
    return Chart(
        id=id,
        title=title,
        specifications=specifications,
        notes=notes_of(rows, drawn, boundaries),
    )


def china_map(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    values: pd.Series,
    *,
    classes: pd.Series,
    names: Mapping[str, Wording],
    boundaries: Boundaries,
    value: Wording,
    labels: Mapping[str, Wording] | None = None,
    decimals: int = numbers.DECIMALS,
    approval: str = "",
    is_ordered: bool = True,
    parts: ReportParts | None = None,
) -> Chart:
    """Colour the areas of China by the class of their value.

    A page shows one large map with a slider for the period; a picture shows the periods side by
    side, at most four of them. Both have the South China Sea in an inset, the dashed line, a
    legend that counts, and a scale bar.

    Parameters
    ----------
    values, classes, names, boundaries, value, labels, parts
        As for `world_map`.
    approval
        Approval number of the base map, written on the map.
    is_ordered
        False for classes that are neither low nor high; they get colours instead of shades.

    Raises
    ------
    ReportError
        More classes than the eye can tell apart.
    """
    _refuse_many(names)
    rows = rows_of(values, classes, names, boundaries.labels if labels is None else labels)
    outlined = boundaries.keys
    drawn = [row for row in rows if row["entity"] in outlined]
    counts = counts_of(rows, names, is_ordered=is_ordered)
    words = MapWords(title, value, approval, is_ordered)
    shown = choose_periods(sorted({row["period"] for row in rows}))

    def make() -> Mapping[str, Mapping[Language, Mapping[str, object]]]:
        drawing = sheet(boundaries)
        paper = drawing if len(shown) <= 1 else sheet(boundaries, tolerance=2 * TOLERANCE)
        return {
            "page": {
                language: interactive(drawn, counts, drawing, words, language, decimals)
                for language in LANGUAGES
            },
            "paper": {
                language: still(drawn, counts, paper, words, language, shown)
                for language in LANGUAGES
            },
        }

    said = _said(title, value)
    specifications = (parts or ReportParts()).specifications(
        "map of China",
        (drawn, counts, _outlined(boundaries), said, decimals, approval, is_ordered, shown),
        make,
    )
    return Chart(
        id=id,
        title=title,
        specifications=specifications["page"],
        still=specifications["paper"],
        notes=notes_of(rows, drawn, boundaries),
    )


def _outlined(boundaries: Boundaries) -> tuple[object, ...]:
    """Give all of outlines that a map draws; their note stands under it."""
    return boundaries.topology, boundaries.areas, boundaries.land, boundaries.key


def _said(*words: Wording) -> list[list[str]]:
    return [[say(each, language) for each in words] for language in LANGUAGES]


def _refuse_many(names: Mapping[str, Wording]) -> None:
    if len(names) > len(PALETTE):
        text = message("A map cannot show {n} classes distinguishably.", n=len(names))
        remedy = message("use {most} classes or fewer.", most=len(PALETTE))
        raise ReportError(Problem("figure.classes", text, remedy=remedy))
