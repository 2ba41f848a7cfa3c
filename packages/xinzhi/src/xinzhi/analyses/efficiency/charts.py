"""Charts of scores: over time with the mean and the range, or of one period as a histogram."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.composer import alt
from xinzhi.work.parts import ReportParts
from xinzhi_core.wording import LANGUAGES, Language, Wording, message, said, say
from xinzhi_frontier.result import EfficiencyResult

ROWS = "scores"
"""Name of the scores: they go into the finished specification, past altair's copies."""
MOST_LINES = 300
"""Entities above which no line can be told from another: only their range is drawn."""


POINT = message("On the page the name of an entity shows where a pointer rests on its line.")


def scores_over_time(
    chart_id: str,
    title: Wording,
    result: EfficiencyResult,
    *,
    score: Wording,
    labels: Mapping[str, Wording] | None = None,
    parts: ReportParts | None = None,
) -> Chart:
    """Draw the mean score of each period, the band from lowest to highest, and each entity.

    Only certified scores are drawn; a line is broken where an entity has none. `score` words the
    vertical axis, `labels` the entities; `parts` keeps the specifications. Of more than 300 entities
    none has a line of its own.
    """
    has_lines = len({entity for entity, _ in result.labels}) <= MOST_LINES
    rows = _rows(result, labels or {}) if has_lines else []
    periods = _periods(result)
    drawn = (parts or ReportParts()).specifications(
        "scores over time",
        (rows, periods, said(title), said(score)),
        lambda: {
            name: {
                language: _specification(
                    rows, periods, say(title, language), score, language, has_pointer=has_pointer
                )
                for language in LANGUAGES
            }
            for name, has_pointer in (("page", True), ("still", False))
        },
    )
    return Chart(
        id=chart_id,
        title=title,
        specifications=drawn["page"],
        still={
            language: chart | {"width": style.WIDTH} for language, chart in drawn["still"].items()
        },
        notes=(
            message(
                "Thick line: mean of the certified scores; band: lowest to highest; thin lines: "
                "single entities; dashed: a score of 1, the frontier."
            )
            if has_lines
            else message(
                "Thick line: mean of the certified scores; band: lowest to highest; dashed: a score "
                "of 1, the frontier."
            ),
        ),
        hints=(POINT,) if has_lines else (),
        part="text",
    )


def _rows(result: EfficiencyResult, labels: Mapping[str, Wording]) -> list[dict[str, object]]:
    """One row a score; the names in both languages, so that both charts share their data."""
    return [
        {
            "entity": entity,
            **{language: say(labels.get(entity, entity), language) for language in LANGUAGES},
            "period": period,
            "score": float(score) if status == "certified" else None,
        }
        for (entity, period), score, status in zip(
            result.labels, result.scores, result.statuses, strict=True
        )
        if period is not None
    ]


def _periods(result: EfficiencyResult) -> list[dict[str, object]]:
    by_period: dict[int, list[float]] = {}
    for (_, period), score, status in zip(
        result.labels, result.scores, result.statuses, strict=True
    ):
        if period is not None and status == "certified":
            by_period.setdefault(period, []).append(float(score))
    return [
        {
            "period": period,
            "mean": sum(scores) / len(scores),
            "low": min(scores),
            "high": max(scores),
            "n": len(scores),
        }
        for period, scores in sorted(by_period.items())
    ]


def _specification(
    rows: list[dict[str, object]],
    periods: list[dict[str, object]],
    description: str,
    score: Wording,
    language: Language,
    *,
    has_pointer: bool,
) -> dict[str, object]:
    words = {
        "score": say(score, language),
        "period": say(message("Period"), language),
        "entity": say(message("Entity"), language),
        "mean": say(message("Mean"), language),
        "low": say(message("Lowest"), language),
        "high": say(message("Highest"), language),
        "n": say(message("Scores"), language),
    }
    lines = _lines_with_pointer(language, words) if has_pointer else (_lines(),)
    # From back to front: the mean is drawn over everything else.
    layers = [
        _band(periods, words),
        *(lines if rows else ()),
        _frontier(),
        *_mean(periods, words),
    ]
    chart = alt.LayerChart(layer=layers)
    return dict(
        style.finish(
            chart,
            description=description,
            height=HEIGHT_OVER_TIME,
            datasets={ROWS: rows} if rows else {},
        )
    )


def period_axis(periods: Sequence[int], title: str) -> alt.X:
    """Give the horizontal axis of periods: some twelve of them are labelled."""
    return alt.X(
        "period:Q",
        title=title,
        axis=alt.Axis(format="d", values=periods[:: max(1, len(periods) // 12)]),
        scale=alt.Scale(zero=False, nice=False, padding=8),
    )


def _band(periods: list[dict[str, Any]], words: Mapping[str, str]) -> alt.Chart:
    band: alt.Chart = (
        alt.Chart(alt.InlineData(values=periods))
        .mark_area(color=style.ORDERED[0], fillOpacity=0.55, opacity=1)
        .encode(
            x=period_axis([row["period"] for row in periods], words["period"]),
            y=alt.Y("low:Q", title=words["score"]),
            y2=alt.Y2("high:Q"),
        )
    )
    return band


def _entities() -> alt.Chart:
    each: alt.Chart = alt.Chart(alt.NamedData(name=ROWS)).encode(
        x=alt.X("period:Q"), y=alt.Y("score:Q"), detail=alt.Detail("entity:N")
    )
    return each


def _lines() -> alt.Chart:
    # Strokes are faint, not marks: a renderer lays each faint mark on a sheet of its own.
    lines: alt.Chart = _entities().mark_line(strokeWidth=0.8, strokeOpacity=0.45, color=style.RULE)
    return lines


def _lines_with_pointer(
    language: Language, words: Mapping[str, str]
) -> tuple[alt.Chart, alt.Chart]:
    """Draw the lines, and unseen points over them that wait for the pointer."""
    near = alt.selection_point(
        name="near",
        fields=["entity"],
        on="pointerover",
        empty=False,
        clear="pointerout",
    )
    lines = _lines().encode(
        color=alt.condition(near, alt.value(style.ORANGE), alt.value(style.RULE)),
        strokeOpacity=alt.condition(near, alt.value(1), alt.value(0.45)),
        strokeWidth=alt.condition(near, alt.value(2), alt.value(0.8)),
    )
    # Wide points instead of a search for the nearest one, in which Vega-Lite loses words in tooltips.
    points = (
        _entities()
        .mark_point(strokeOpacity=0, fillOpacity=0, opacity=1, size=220)
        .encode(
            tooltip=[
                alt.Tooltip(f"{language}:N", title=words["entity"]),
                alt.Tooltip("period:Q", title=words["period"], format="d"),
                alt.Tooltip("score:Q", title=words["score"], format=".3f"),
            ]
        )
        .add_params(near)
    )
    return lines, points


def _frontier() -> alt.Chart:
    rule: alt.Chart = (
        alt.Chart(alt.InlineData(values=[{"score": 1}]))
        .mark_rule(strokeDash=[4, 3], color=style.MUTED, strokeWidth=0.8)
        .encode(y=alt.Y("score:Q"))
    )
    return rule


def _mean(periods: list[dict[str, Any]], words: Mapping[str, str]) -> tuple[alt.Chart, alt.Chart]:
    base = alt.Chart(alt.InlineData(values=periods)).encode(x=alt.X("period:Q"), y=alt.Y("mean:Q"))
    points = base.mark_circle(color=style.BLUE, opacity=1, size=45).encode(
        tooltip=[
            alt.Tooltip("period:Q", title=words["period"], format="d"),
            alt.Tooltip("mean:Q", title=words["mean"], format=".3f"),
            alt.Tooltip("low:Q", title=words["low"], format=".3f"),
            alt.Tooltip("high:Q", title=words["high"], format=".3f"),
            alt.Tooltip("n:Q", title=words["n"], format="d"),
        ]
    )
    return base.mark_line(color=style.BLUE, strokeWidth=2.5), points


WIDTHS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
MOST_BARS = 24
HEIGHT = 260
HEIGHT_OVER_TIME = 220
"""In px; a map of the same scores stands below on the same page."""


def score_distribution(
    chart_id: str, title: Wording, result: EfficiencyResult, *, score: Wording
) -> Chart:
    """Count the certified scores in bars of equal width; a score on a bound counts above it."""
    scores = [
        float(value)
        for value, status in zip(result.scores, result.statuses, strict=True)
        if status == "certified"
    ]
    rows = _bars(scores)
    specifications = {
        language: _histogram(rows, say(title, language), say(score, language), language)
        for language in LANGUAGES
    }
    return Chart(
        id=chart_id,
        title=title,
        specifications=MappingProxyType(specifications),
        notes=(message("Dashed: a score of 1, the frontier."),),
    )


def _bars(scores: list[float]) -> list[dict[str, object]]:
    if not scores:
        return []
    spread = max(scores) - min(scores)
    width = next((width for width in WIDTHS if spread / width <= MOST_BARS), spread / MOST_BARS)
    # 1e-9 of a bar: a score of 0.3 stands on the bound 0.30 though 0.3/0.05 is a hair below 6.
    counts = Counter(math.floor(score / width + 1e-9) for score in scores)
    return [
        {"from": bar * width, "to": (bar + 1) * width, "n": n} for bar, n in sorted(counts.items())
    ]


def _histogram(
    rows: list[dict[str, object]], description: str, score: str, language: Language
) -> Mapping[str, object]:
    count = say(message("Count"), language)
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(color=style.BLUE, stroke="#ffffff", strokeWidth=0.5)
        .encode(
            x=alt.X("from:Q", bin="binned", title=score, scale=alt.Scale(nice=False, zero=False)),
            x2=alt.X2("to:Q"),
            y=alt.Y("n:Q", title=count, axis=alt.Axis(format="d", tickMinStep=1)),
            tooltip=[
                alt.Tooltip("from:Q", title="≥", format=".3f"),
                alt.Tooltip("to:Q", title="<", format=".3f"),
                alt.Tooltip("n:Q", title=count, format="d"),
            ],
        )
    )
    rule = (
        alt.Chart(alt.InlineData(values=[{"from": 1}]))
        .mark_rule(color=style.MUTED, strokeDash=[4, 3])
        .encode(x=alt.X("from:Q"))
    )
    return style.finish(alt.LayerChart(layer=[bars, rule]), description=description, height=HEIGHT)
