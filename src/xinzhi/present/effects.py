"""Effects one below the other: each with its interval around zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import altair as alt

from xinzhi.io.json_text import finite
from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.wording import LANGUAGES, Language, Wording, message, say

LINE = 24
"""Pixels for one effect."""
WIDEST = 320
"""Pixels for the words at the left."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect and its interval; where the interval is unknown only the point is drawn."""

    words: Wording
    estimate: float
    low: float
    high: float
    is_clear: bool
    """Whether it is statistically significant."""


def effects_plot(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    effects: Sequence[Effect],
    *,
    axis: Wording,
    marks: Wording,
    coverage: Iterable[Wording] = (),
) -> Chart:
    """Draw effects in their order, one a line: point and interval, zero dashed.

    Parameters
    ----------
    axis
        What is measured, for the horizontal axis.
    marks
        What lines and hollow points mean.
    coverage
        How often such intervals cover the true value, where that is too little or too much.
    """
    rows = [_row(one) for one in effects]
    return Chart(
        id=id,
        title=title,
        specifications=MappingProxyType(
            {lang: _specification(rows, say(title, lang), axis, lang) for lang in LANGUAGES}
        ),
        notes=(marks, *coverage),
    )


def _row(one: Effect) -> dict[str, Any]:
    return {
        **{language: say(one.words, language) for language in LANGUAGES},
        "b": finite(one.estimate),
        "low": finite(one.low),
        "high": finite(one.high),
        "clear": one.is_clear,
    }


def _specification(
    rows: list[dict[str, Any]], description: str, axis: Wording, language: Language
) -> Mapping[str, object]:
    words = {
        "b": say(axis, language),
        "low": say(message("Lower bound"), language),
        "high": say(message("Upper bound"), language),
    }
    labels = alt.Axis(labelLimit=WIDEST, grid=False)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y(f"{language}:N", title=None, sort=None, axis=labels),
        tooltip=[
            alt.Tooltip(f"{language}:N", title=say(message("Effect"), language)),
            *(alt.Tooltip(f"{key}:Q", title=word, format=".3f") for key, word in words.items()),
        ],
    )
    lines = base.mark_rule(color=style.BLUE, strokeWidth=1.6).encode(
        x=alt.X("low:Q", title=words["b"], axis=alt.Axis(grid=True)), x2=alt.X2("high:Q")
    )
    has_lines = any(row["low"] is not None for row in rows)
    alone = alt.X("b:Q", title=words["b"], axis=alt.Axis(grid=True))
    points = base.mark_point(stroke=style.BLUE, size=60, opacity=1, strokeWidth=1.6).encode(
        x=alt.X("b:Q") if has_lines else alone,
        fill=alt.condition("datum.clear", alt.value(style.BLUE), alt.value("#ffffff")),
    )
    zero = (
        alt.Chart(alt.InlineData(values=[{"b": 0}]))
        .mark_rule(color=style.MUTED, strokeDash=[4, 3])
        .encode(x=alt.X("b:Q"))
    )
    layers = [zero, lines, points] if has_lines else [zero, points]
    chart = alt.LayerChart(layer=layers)
    return style.finish(chart, description=description, height=LINE * max(len(rows), 2))
