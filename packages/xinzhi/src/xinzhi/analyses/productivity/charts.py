"""The index over time: means between periods, chained from the first period, with the components."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any

from xinzhi.analyses.efficiency.charts import period_axis
from xinzhi.analyses.productivity.show import COMPONENTS, means_of
from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.composer import alt
from xinzhi_core.wording import LANGUAGES, Language, Wording, message, say
from xinzhi_frontier.productivity.index import INDICES, ProductivityResult


def productivity_over_time(
    chart_id: str, title: Wording, result: ProductivityResult, *, index: Wording
) -> Chart:
    """Draw the chained means of an index and its components; the first period is the base.

    A level is the product of the geometric means up to its period, or the sum of the arithmetic ones
    of an indicator. `index` words the index.
    """
    is_difference = INDICES.get(result.index).traits.is_difference
    words = {"value": index, **{name: COMPONENTS.get(name, name) for name in result.components}}
    levels = chain_means(result)
    if is_difference:
        note = message("Sums of the arithmetic means between periods; the first period is 0.")
    else:
        note = message("Products of the geometric means between periods; the first period is 1.")
    return Chart(
        id=chart_id,
        title=title,
        specifications=MappingProxyType(
            {
                language: _specification(
                    [row | {"name": say(words[row["key"]], language)} for row in levels],
                    [say(word, language) for word in words.values()],
                    say(title, language),
                    language,
                    base=0.0 if is_difference else 1.0,
                )
                for language in LANGUAGES
            }
        ),
        notes=(note,),
    )


def chain_means(result: ProductivityResult) -> list[dict[str, Any]]:
    """List the levels: key of the series, period, level; a series ends where a pair has no mean."""
    is_difference = INDICES.get(result.index).traits.is_difference
    names = ["value", *result.components]
    levels = dict.fromkeys(names, 0.0 if is_difference else 1.0)
    rows: list[dict[str, object]] = []
    frame = result.to_frame()
    for first, second in sorted(set(zip(result.first, result.second, strict=True))):
        part = frame[(frame["from"] == first) & (frame["to"] == second)]
        if not rows:
            rows += [{"key": n, "period": first, "level": levels[n]} for n in names]
        means = means_of(part, names, is_difference=is_difference)
        for name in names:
            mean = means[name]  # one that is missing makes all later levels missing too
            levels[name] = levels[name] + mean if is_difference else levels[name] * mean
            if math.isfinite(levels[name]):
                rows.append({"key": name, "period": second, "level": levels[name]})
    return rows


def _specification(
    rows: list[dict[str, Any]],
    order: list[str],
    description: str,
    language: Language,
    *,
    base: float,
) -> dict[str, object]:
    periods = sorted({row["period"] for row in rows})
    period, level = say(message("Period"), language), say(message("Level"), language)
    scale = alt.Scale(domain=order)
    # Pieces of the lines, long enough for their dashes.
    key = alt.Legend(symbolType="stroke", symbolSize=400, symbolStrokeWidth=2)
    lines = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(point=True, strokeWidth=2)
        .encode(
            x=period_axis(periods, period),
            y=alt.Y("level:Q", title=level, scale=alt.Scale(zero=False)),
            # Lines differ in dash too, for a grey print; by one domain, or there would be two keys.
            color=alt.Color("name:N", title=None, scale=scale, legend=key),
            strokeDash=alt.StrokeDash("name:N", title=None, scale=scale, legend=key),
            tooltip=[
                alt.Tooltip("name:N", title=say(message("Component"), language)),
                alt.Tooltip("period:Q", title=period, format="d"),
                alt.Tooltip("level:Q", title=level, format=".3f"),
            ],
        )
    )
    rule = (
        alt.Chart(alt.InlineData(values=[{"level": base}]))
        .mark_rule(strokeDash=[4, 3], color=style.MUTED, strokeWidth=0.8)
        .encode(y=alt.Y("level:Q"))
    )
    return dict(style.finish(alt.LayerChart(layer=[rule, lines]), description=description))
