"""Distribution of a score over time: median, middle half and middle nine tenths of each period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from xinzhi.analyses.efficiency.charts import period_axis
from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.composer import alt
from xinzhi.work.parts import ReportParts
from xinzhi_core.panel.panel import PERIOD
from xinzhi_core.wording import LANGUAGES, Language, Wording, message, said, say

QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)
NAMES = ("q05", "q25", "q50", "q75", "q95")
HEIGHT = 280


def distribution_over_time(
    chart_id: str,
    title: Wording,
    scores: pd.Series,
    *,
    score: Wording,
    parts: ReportParts | None = None,
) -> Chart:
    """Draw quantiles of the scores of each period as bands, the median as a line.

    Parameters
    ----------
    scores
        Indexed (entity, period); missing ones are left out.
    score
        Words for the vertical axis.
    parts
        Specifications of the last report.
    """
    rows = _rows(scores.dropna())
    return Chart(
        id=chart_id,
        title=title,
        specifications=(parts or ReportParts()).specifications(
            "distribution over time",
            (rows, said(title), said(score)),
            lambda: {
                language: _specification(rows, say(title, language), score, language)
                for language in LANGUAGES
            },
        ),
        notes=(
            message(
                "Line: median; dark band: the middle half of the entities; pale band: the middle "
                "nine tenths."
            ),
        ),
    )


def _rows(scores: pd.Series) -> list[dict[str, object]]:
    return [
        {
            "period": int(str(period)),
            **dict(zip(NAMES, map(float, part.quantile(list(QUANTILES))), strict=True)),
            "n": len(part),
        }
        for period, part in scores.groupby(level=PERIOD)
    ]


def _specification(
    rows: list[dict[str, Any]], description: str, score: Wording, language: Language
) -> Mapping[str, object]:
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=period_axis([row["period"] for row in rows], say(message("Period"), language))
    )
    y = say(score, language)
    wide = base.mark_area(color=style.ORDERED[0], opacity=1).encode(
        y=alt.Y("q05:Q", title=y, scale=alt.Scale(zero=False)), y2=alt.Y2("q95:Q")
    )
    middle = base.mark_area(color=style.ORDERED[2], opacity=1).encode(
        y=alt.Y("q25:Q"), y2=alt.Y2("q75:Q")
    )
    median = base.mark_line(color=style.ORDERED[4], strokeWidth=2.5, point=True).encode(
        y=alt.Y("q50:Q"), tooltip=_tooltip(language)
    )
    chart = alt.LayerChart(layer=[wide, middle, median])
    return style.finish(chart, description=description, height=HEIGHT)


def _tooltip(language: Language) -> list[alt.Tooltip]:
    words = {
        "q95": message("95th percentile"),
        "q75": message("Upper quartile"),
        "q50": message("Median"),
        "q25": message("Lower quartile"),
        "q05": message("5th percentile"),
    }
    return [
        alt.Tooltip("period:Q", title=say(message("Period"), language), format="d"),
        *(alt.Tooltip(f"{n}:Q", title=say(w, language), format=".3f") for n, w in words.items()),
        alt.Tooltip("n:Q", title=say(message("Scores"), language), format="d"),
    ]
