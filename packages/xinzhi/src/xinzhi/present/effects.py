"""Effects one below the other: each with its interval around zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.composer import alt
from xinzhi.work.parts import ReportParts
from xinzhi_core.wording import LANGUAGES, Language, Wording, message, said, say
from xinzhi_panel.io.json_text import finite


@dataclass(frozen=True, slots=True)
class PlottedEffect:
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
    effects: Sequence[PlottedEffect],
    *,
    axis: Wording,
    marks: Wording,
    coverage: Iterable[Wording] = (),
    parts: ReportParts | None = None,
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
    parts
        Specifications of the last report.
    """
    rows = [interval_row(effect) for effect in effects]
    look = IntervalLook(message("Effect"), axis)
    return Chart(
        id=id,
        title=title,
        specifications=interval_specifications(rows, title, look, parts),
        notes=(marks, *coverage),
    )


def interval_row(effect: PlottedEffect) -> dict[str, object]:
    """Give the data of a point and its interval; JSON has no word for what is not finite."""
    return {
        **{language: say(effect.words, language) for language in LANGUAGES},
        "b": finite(effect.estimate),
        "low": finite(effect.low),
        "high": finite(effect.high),
        "clear": effect.is_clear,
    }


@dataclass(frozen=True, slots=True)
class IntervalLook:
    """What differs between plots of intervals."""

    subject: Wording
    """What a line of the plot is, for the words under the pointer."""
    axis: Wording
    line: int = 24
    """Height of a line, px."""
    widest: int = 320
    """Room for the words at the left, px."""
    point: int = 60
    """Area of a point, px²."""
    more: Mapping[str, Wording] = field(default_factory=dict)
    """Further numbers of a row under the pointer, with their words."""


def interval_specifications(
    rows: list[dict[str, object]],
    title: Wording,
    look: IntervalLook,
    parts: ReportParts | None,
) -> Mapping[Language, Mapping[str, object]]:
    """Draw rows of `interval_row` in each language; `parts` keeps what shows the same."""
    words = (title, look.subject, look.axis, *look.more.values())
    measures = (look.line, look.widest, look.point)
    return (parts or ReportParts()).specifications(
        "intervals",
        (rows, [*map(said, words)], [*look.more], measures),
        lambda: {language: _specification(rows, title, look, language) for language in LANGUAGES},
    )


def _specification(
    rows: list[dict[str, object]], title: Wording, look: IntervalLook, language: Language
) -> Mapping[str, object]:
    """Draw rows of `interval_row` around a dashed zero; points alone where no interval is known."""
    axis = say(look.axis, language)
    bounds = {"low": message("Lower bound"), "high": message("Upper bound")}
    numbers = {"b": look.axis, **bounds, **look.more}
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y(
            f"{language}:N",
            title=None,
            sort=None,
            axis=alt.Axis(labelLimit=look.widest, grid=False),
        ),
        tooltip=[
            alt.Tooltip(f"{language}:N", title=say(look.subject, language)),
            *(
                alt.Tooltip(f"{key}:Q", title=say(words, language), format=".3f")
                for key, words in numbers.items()
            ),
        ],
    )
    lines = base.mark_rule(color=style.BLUE, strokeWidth=1.6).encode(
        x=alt.X("low:Q", title=axis, axis=alt.Axis(grid=True)), x2=alt.X2("high:Q")
    )
    has_lines = any(row["low"] is not None for row in rows)
    # The axis is titled once: by the lines, or by the points where there are none.
    alone = alt.X("b:Q", title=axis, axis=alt.Axis(grid=True))
    points = base.mark_point(stroke=style.BLUE, size=look.point, opacity=1, strokeWidth=1.6).encode(
        x=alt.X("b:Q") if has_lines else alone,
        # Not `alt.condition`: it is a dictionary, for which altair looks through its whole schema.
        fill=alt.FillValue("#ffffff", condition={"test": "datum.clear", "value": style.BLUE}),
    )
    zero = (
        alt.Chart(alt.InlineData(values=[{"b": 0}]))
        .mark_rule(color=style.MUTED, strokeDash=[4, 3])
        .encode(x=alt.X("b:Q"))
    )
    chart = alt.LayerChart(layer=[zero, lines, points] if has_lines else [zero, points])
    height = look.line * max(len(rows), 2)
    return style.finish(chart, description=say(title, language), height=height)
