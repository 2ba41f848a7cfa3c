"""Distribution of the scores of one period, as a histogram."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import altair as alt

from xinzhi.efficiency.result import EfficiencyResult
from xinzhi.figures import style
from xinzhi.figures.chart import Chart
from xinzhi.wording import LANGUAGES, Language, Wording, message, say

WIDTHS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
MOST_BARS = 24
HEIGHT = 260


def score_distribution(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    result: EfficiencyResult,
    *,
    score: Wording,
) -> Chart:
    """Count the certified scores in bars of equal width; a score on a bound counts above it."""
    scores = [
        float(value)
        for value, status in zip(result.scores, result.statuses, strict=True)
        if status == "certified"
    ]
    rows = _bars(scores)
    specifications = {
        language: _specification(rows, say(title, language), say(score, language), language)
        for language in LANGUAGES
    }
    return Chart(
        id=id,
        title=title,
        specifications=MappingProxyType(specifications),
        notes=(message("Dashed: a score of 1, the frontier."),),
    )


def _bars(scores: list[float]) -> list[dict[str, Any]]:
    if not scores:
        return []
    spread = max(scores) - min(scores)
    width = next((one for one in WIDTHS if spread / one <= MOST_BARS), spread / MOST_BARS)
    # 1e-9 of a bar: a score of 0.3 stands on the bound 0.30 though 0.3/0.05 is a hair below 6.
    found = Counter(math.floor(score / width + 1e-9) for score in scores)
    return [
        {"from": bar * width, "to": (bar + 1) * width, "n": n} for bar, n in sorted(found.items())
    ]


def _specification(
    rows: list[dict[str, Any]], description: str, score: str, language: Language
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
