"""Charts that are ready for a frame: a curve, estimates over time, bars.

Each takes a frame with a row for each mark, and names its columns with the words of the axes. Values that
are not finite are left open; words in both languages are drawn in each. The look is that of all charts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import pandas as pd

from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.composer import alt
from xinzhi.present.frames import rows_of
from xinzhi.present.table import Part
from xinzhi_core.wording import LANGUAGES, Label, Language, Message, Wording, say
from xinzhi_panel.io.json_text import finite

Tick = str | float | None
"""What stands along an axis."""
Axis = tuple[str, Wording]
"""A column of the frame, and what it is in words."""
DATA = "marks"
"""Name of the rows of a chart among its data."""
HEIGHT = 260
"""Of a chart, px."""
OVERLAP = 0.6
"""Distance of two ridges, in heights of the highest."""
TILE, DARK = 22, 0.6
"""Height of a tile, px; share above which what is written in it is white."""


def curve(
    frame: pd.DataFrame,
    x: Axis,
    y: Axis,
    *,
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    band: tuple[str, str] | None = None,
    series: str = "",
    levels: Sequence[float] = (),
    notes: Sequence[Wording] = (),
    reading: Sequence[Wording] = (),
    part: Part = "appendix",
) -> Chart:
    """Draw y over x as a line, in the order of x.

    Parameters
    ----------
    frame
        A row for each point.
    x, y
        Numbers of both axes, with their words.
    band
        Columns of the lower and the upper bound of an interval around the line.
    series
        Column that tells several lines apart, where there are several.
    levels
        Values of y that are marked by a dashed line across.
    id, title, notes, reading, part
        Of the chart.
    """

    def drawn(language: Language) -> list[alt.Chart]:
        base = _base(x, y, language, series)
        layers = [base.mark_line(strokeWidth=1.6)]
        if band is not None:
            area = base.mark_area(fillOpacity=0.25, opacity=1)
            title_of_y = say(y[1], language)
            low, high = alt.Y(f"{band[0]}:Q", title=title_of_y), alt.Y2(f"{band[1]}:Q")
            layers.insert(0, area.encode(y=low, y2=high))
        return [*layers, *(_level(y[0], value) for value in levels)]

    return _chart(frame, drawn, id, title, (notes, reading), part)


def events(
    frame: pd.DataFrame,
    x: Axis,
    y: Axis,
    *,
    bounds: tuple[str, str] = ("low", "high"),
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    series: str = "",
    notes: Sequence[Wording] = (),
    reading: Sequence[Wording] = (),
    part: Part = "appendix",
) -> Chart:
    """Draw estimates with intervals over time, one point for each time, zero dashed.

    Parameters
    ----------
    frame
        A row for each estimate.
    x, y
        Time, whose values are set apart evenly, and the estimate, with their words.
    bounds
        Columns of the lower and the upper end of the interval.
    series
        Column that tells several estimates of one time apart: they stand side by side.
    id, title, notes, reading, part
        Of the chart.
    """
    low, high = bounds

    def drawn(language: Language) -> list[alt.Chart]:
        base = _base(x, y, language, series, _places(frame.reset_index()[x[0]], language))
        base = base.encode(xOffset=alt.XOffset(f"{series}:N", sort=None)) if series else base
        lines = base.mark_rule(strokeWidth=1.6).encode(
            y=alt.Y(f"{low}:Q", title=say(y[1], language)), y2=alt.Y2(f"{high}:Q")
        )
        points = base.mark_point(filled=True, size=45, opacity=1)
        return [_level(y[0], 0.0), lines, points]

    return _chart(frame, drawn, id, title, (notes, reading), part)


def bars(
    frame: pd.DataFrame,
    x: Axis,
    y: Axis,
    *,
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    series: str = "",
    is_horizontal: bool = False,
    notes: Sequence[Wording] = (),
    reading: Sequence[Wording] = (),
    part: Part = "appendix",
) -> Chart:
    """Draw a bar of height y for each x, in the order of the frame.

    Parameters
    ----------
    frame
        A row for each bar.
    x, y
        What a bar stands for, and its height from zero, with their words.
    series
        Column that tells several bars of one x apart: they stand side by side.
    is_horizontal
        Whether bars run from left to right, so that long words stand beside them.
    id, title, notes, reading, part
        Of the chart.
    """

    def drawn(language: Language) -> list[alt.Chart]:
        places = _places(frame.reset_index()[x[0]], language)
        base = _base(x, y, language, series, places, is_horizontal=is_horizontal)
        if series and is_horizontal:
            base = base.encode(yOffset=alt.YOffset(f"{series}:N", sort=None))
        elif series:
            base = base.encode(xOffset=alt.XOffset(f"{series}:N", sort=None))
        return [base.mark_bar()]

    return _chart(frame, drawn, id, title, (notes, reading), part)


def ridges(
    frame: pd.DataFrame,
    x: Axis,
    y: Axis,
    *,
    series: str,
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    notes: Sequence[Wording] = (),
    reading: Sequence[Wording] = (),
    part: Part = "appendix",
) -> Chart:
    """Draw a filled curve for each series, one under the other: the first at the top, the last in front.

    Parameters
    ----------
    frame
        A row for each point; every series in a piece, in the order in which they are drawn.
    x, y
        Numbers of both axes, with their words; y is not negative, and all series have one scale.
    series
        Column that tells the curves apart.
    id, title, notes, reading, part
        Of the chart.
    """
    names = list(dict.fromkeys(frame[series]))
    # A peak reaches into the curve above it, so that the shapes stay large.
    step = OVERLAP * float(frame[y[0]].max())
    low = frame[series].map({name: step * (len(names) - 1 - n) for n, name in enumerate(names)})
    shifted = frame.assign(low=low, high=low + frame[y[0]])

    def drawn(language: Language) -> list[alt.Chart]:
        bare = alt.Axis(labels=False, ticks=False, grid=False)
        high = alt.Y("high:Q", title=say(y[1], language), axis=bare)
        base = _base(x, y, language, series).encode(y=high)
        area = base.mark_area(fillOpacity=0.45, opacity=1).encode(y2=alt.Y2("low:Q"))
        return [area, base.mark_line(strokeWidth=1.2)]

    return _chart(shifted, drawn, id, title, (notes, reading), part)


def tiles(
    frame: pd.DataFrame,
    x: Axis,
    y: Axis,
    share: Axis,
    *,
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    notes: Sequence[Wording] = (),
    reading: Sequence[Wording] = (),
    part: Part = "appendix",
) -> Chart:
    """Draw a tile for each pair of x and y, the darker the larger its share; one without a share stays open.

    Parameters
    ----------
    frame
        A row for each tile.
    x, y
        What stands across and down, in the order of the frame, with their words.
    share
        Number from 0 to 1, which is written in the tile.
    id, title, notes, reading, part
        Of the chart.
    """
    name, rows = share[0], frame[y[0]].astype(str).nunique()

    def drawn(language: Language) -> list[alt.Chart]:
        across, down = (alt.Scale(domain=_places(frame[name], language)) for name in (x[0], y[0]))
        axis = alt.Axis(labelLimit=240)
        base = alt.Chart(alt.NamedData(DATA)).encode(
            x=alt.X(f"{x[0]}:O", title=say(x[1], language), sort=None, scale=across),
            y=alt.Y(f"{y[0]}:O", title=say(y[1], language), sort=None, scale=down, axis=axis),
            tooltip=[alt.Tooltip(f"{of[0]}:N", title=say(of[1], language)) for of in (x, y)],
        )
        shade = alt.Scale(domain=[0, 1], range=["#ffffff", style.BLUE], interpolate="rgb")
        # No key: the number stands in the tile, and gradients are numbered by what a process drew before.
        fill = alt.Color(f"{name}:Q", title=say(share[1], language), scale=shade, legend=None)
        squares = base.mark_rect(stroke=style.MUTED, strokeWidth=0.5).encode(color=fill)
        dark = {"test": f"datum['{name}'] > {DARK}", "value": "#ffffff"}
        words = base.mark_text().encode(
            text=alt.Text(f"{name}:Q", format=".2f"),
            color=alt.ColorValue(style.INK, condition=dark),
        )
        return [squares, words]

    return _chart(frame, drawn, id, title, (notes, reading), part, height=TILE * rows)


def _chart(
    frame: pd.DataFrame,
    drawn: Callable[[Language], list[alt.Chart]],
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    texts: tuple[Sequence[Wording], Sequence[Wording]],
    part: Part,
    height: int = HEIGHT,
) -> Chart:
    """Draw the layers in each language over the rows of the frame."""
    specifications = {
        language: style.finish(
            alt.LayerChart(layer=drawn(language)),
            description=say(title, language),
            height=height,
            datasets={DATA: _rows(frame, language)},
        )
        for language in LANGUAGES
    }
    notes, reading = map(tuple, texts)
    return Chart(id, title, specifications, notes, reading, part=part)


def _rows(frame: pd.DataFrame, language: Language) -> list[dict[str, object]]:
    """Write the rows for the chart engine: words in a language, nothing for what is not finite."""
    said = frame.map(lambda v: say(v, language) if isinstance(v, (Label, Message)) else v)
    return [finite(row) for row in rows_of(said)]


def _base(
    x: Axis,
    y: Axis,
    language: Language,
    series: str,
    domain: list[Tick] | None = None,
    *,
    is_horizontal: bool = False,
) -> alt.Chart:
    """Make what all layers of a chart share: the axes, the words under the pointer, the colours."""
    scale = "Q" if domain is None else "O"
    words = {x[0]: say(x[1], language), y[0]: say(y[1], language)}
    # All places of an axis are drawn, those without a value too.
    places = alt.Scale(zero=False) if domain is None else alt.Scale(domain=domain)
    # Words beside an axis are written out.
    across, along, words_beside = (
        (alt.Y, alt.X, alt.Axis(labelLimit=0)) if is_horizontal else (alt.X, alt.Y, alt.Undefined)
    )
    base = alt.Chart(alt.NamedData(DATA)).encode(
        across(f"{x[0]}:{scale}", title=words[x[0]], sort=None, scale=places, axis=words_beside),
        along(f"{y[0]}:Q", title=words[y[0]]),
        tooltip=[
            *([alt.Tooltip(f"{series}:N", title="")] if series else []),
            alt.Tooltip(f"{x[0]}:{scale}", title=words[x[0]]),
            alt.Tooltip(f"{y[0]}:Q", title=words[y[0]], format=".3f"),
        ],
    )
    if not series:
        return base.encode(color=alt.ColorValue(style.BLUE))
    return base.encode(color=alt.Color(f"{series}:N", title=None, sort=None))


def _places(values: pd.Series, language: Language) -> list[Tick]:
    """List what stands along an axis, each once, in the order of the frame."""
    marked = (row["x"] for row in _rows(values.to_frame("x"), language))
    return cast("list[Tick]", list(dict.fromkeys(marked)))


def _level(name: str, value: float) -> alt.Chart:
    """Mark a value of the vertical axis by a dashed line across."""
    rule = alt.Chart(alt.InlineData(values=[{name: value}])).mark_rule(
        color=style.MUTED, strokeDash=[4, 3]
    )
    drawn: alt.Chart = rule.encode(y=alt.Y(f"{name}:Q"))
    return drawn
