"""Coefficient plot: estimates of interest with their intervals around zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import altair as alt

from xinzhi.io.json_text import finite
from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.regression.fitted import Fitted
from xinzhi.present.regression.notes import coverage_notes, in_columns
from xinzhi.present.style import PLAIN, Style
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.verdict import judge_slope
from xinzhi.wording import LANGUAGES, Language, Wording, message, say

LINE = 26
"""Pixels for one estimate."""


def coefficient_plot(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    estimates: Sequence[Fitted],
    look: Style = PLAIN,
    *,
    numbered: bool = True,
) -> Chart:
    """Draw each regressor of interest in each column: estimate and 95 % interval.

    Parameters
    ----------
    estimates
        Columns of a regression table; those that could not be estimated are passed over, their
        number stays.
    look
        Labels of the variables, and how effects are judged: a point is hollow where its effect is
        not statistically significant.
    numbered
        Whether the number of its column stands behind each variable.
    """
    rows = [
        row
        for position, one in enumerate(estimates, 1)
        if isinstance(one, Estimates)
        for row in _rows(position, one, look, numbered=numbered)
    ]
    rows.sort(key=lambda row: row["place"])
    specifications = {
        language: _specification(rows, say(title, language), language) for language in LANGUAGES
    }
    return Chart(
        id=id,
        title=title,
        specifications=MappingProxyType(specifications),
        notes=(
            message(
                "Points: coefficients, with the column of the table in parentheses; lines: 95% "
                "intervals; hollow: not statistically significant (p ≥ {level}).",
                level=f"{look.level:g}",
            )
            if numbered
            else message(
                "Points: coefficients; lines: 95% intervals; hollow: not statistically significant "
                "(p ≥ {level}).",
                level=f"{look.level:g}",
            ),
            *_marginal_notes(estimates),
            *coverage_notes(estimates),
        ),
    )


def _rows(position: int, one: Estimates, look: Style, *, numbered: bool) -> list[dict[str, Any]]:
    found = one.on_outcome
    names = [name for name in one.regression.regressors if name in found.names]
    verdicts = [judge_slope(found, name, look.inference) for name in names]
    return [
        {
            **_words(look.labels.get(name, name), f" ({position})" if numbered else ""),
            "place": [order, position],
            "b": finite(verdict.estimate),
            "low": finite(verdict.interval[0]),
            "high": finite(verdict.interval[1]),
            "p": finite(verdict.p),
            "clear": verdict.is_significant,
        }
        for order, (name, verdict) in enumerate(zip(names, verdicts, strict=True))
    ]


def _marginal_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    """Say which points are no coefficients, since these are on another scale than the outcome."""
    columns = [
        at
        for at, one in enumerate(estimates, 1)
        if isinstance(one, Estimates) and one.marginal_effects is not None
    ]
    if columns:
        yield in_columns(columns, message("points are average marginal effects."))


def _words(label: Wording, behind: str) -> dict[str, str]:
    return {language: f"{say(label, language)}{behind}" for language in LANGUAGES}


def _specification(
    rows: list[dict[str, Any]], description: str, language: Language
) -> Mapping[str, object]:
    words = {
        "b": say(message("Coefficient"), language),
        "low": say(message("Lower bound"), language),
        "high": say(message("Upper bound"), language),
        "p": say(message("p"), language),
    }
    y = alt.Y(f"{language}:N", title=None, sort=None, axis=alt.Axis(labelLimit=260, grid=False))
    tooltip = [
        alt.Tooltip(f"{language}:N", title=say(message("Variable"), language)),
        *(alt.Tooltip(f"{key}:Q", title=word, format=".3f") for key, word in words.items()),
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=y, tooltip=tooltip)
    lines = base.mark_rule(color=style.BLUE, strokeWidth=1.6).encode(
        x=alt.X("low:Q", title=words["b"], axis=alt.Axis(grid=True)), x2=alt.X2("high:Q")
    )
    points = base.mark_point(stroke=style.BLUE, size=70, opacity=1, strokeWidth=1.6).encode(
        x=alt.X("b:Q"),
        fill=alt.condition("datum.clear", alt.value(style.BLUE), alt.value("#ffffff")),
    )
    zero = (
        alt.Chart(alt.InlineData(values=[{"b": 0}]))
        .mark_rule(color=style.MUTED, strokeDash=[4, 3])
        .encode(x=alt.X("b:Q"))
    )
    chart = alt.LayerChart(layer=[zero, lines, points])
    return style.finish(chart, description=description, height=max(LINE * len(rows), 2 * LINE))
