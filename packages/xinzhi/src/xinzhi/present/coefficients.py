"""Coefficient plot: estimates of interest with their intervals around zero."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.effects import (
    IntervalLook,
    PlottedEffect,
    interval_row,
    interval_specifications,
)
from xinzhi.present.regression.fitted import Fitted, coverage_notes, in_columns
from xinzhi.present.style import PLAIN, Style
from xinzhi.work.parts import ReportParts
from xinzhi_core.wording import LANGUAGES, Wording, message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.verdict import LEVEL as USUAL
from xinzhi_econometrics.verdict import judge_slope
from xinzhi_panel.io.json_text import finite

LOOK = IntervalLook(
    message("Variable"),
    message("Coefficient"),
    line=26,
    widest=260,
    point=70,
    more={"p": message("p")},
)


def coefficient_plot(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    estimates: Sequence[Fitted],
    style: Style = PLAIN,
    *,
    numbered: bool = True,
    parts: ReportParts | None = None,
) -> Chart:
    """Draw each regressor of interest in each column: estimate and interval.

    Parameters
    ----------
    estimates
        Columns of a regression table; those that could not be estimated are passed over, their
        number stays.
    style
        Labels of the variables, and how effects are judged: a point is hollow where its effect is
        not statistically significant.
    numbered
        Whether the number of its column stands behind each variable.
    parts
        Specifications of the last report.
    """
    rows = [
        row
        for position, column in enumerate(estimates, 1)
        if isinstance(column, Estimates)
        for row in _rows(position, column, style, numbered=numbered)
    ]
    # The columns of one variable stand below each other.
    rows.sort(key=lambda row: row["place"])
    return Chart(
        id=id,
        title=title,
        specifications=interval_specifications(rows, title, LOOK, parts),
        notes=(
            message(
                "Points: coefficients, with the column of the table in parentheses; lines: {coverage} "
                "intervals; hollow: not statistically significant (p ≥ {level}).",
                coverage=coverage_in_words(estimates),
                level=f"{style.level:g}",
            )
            if numbered
            else message(
                "Points: coefficients; lines: {coverage} intervals; hollow: not statistically "
                "significant (p ≥ {level}).",
                coverage=coverage_in_words(estimates),
                level=f"{style.level:g}",
            ),
            *_marginal_notes(estimates),
            *coverage_notes(estimates),
        ),
    )


def coverage_in_words(estimates: Iterable[Fitted]) -> str:
    """Write the coverage of the intervals of these estimates.

    >>> coverage_in_words([])
    '95%'
    """
    levels = dict.fromkeys(fitted.regression.level for fitted in estimates)
    return ", ".join(map(numbers.level, levels)) or numbers.level(1 - USUAL)


def _rows(
    position: int, estimates: Estimates, style: Style, *, numbered: bool
) -> list[dict[str, Any]]:
    slopes = estimates.on_outcome
    names = [name for name in estimates.regression.regressors if name in slopes.names]
    rows = []
    for order, name in enumerate(names):
        verdict = judge_slope(slopes, name, style.inference)
        label, (low, high) = style.labels.get(name, name), verdict.interval
        row = interval_row(
            PlottedEffect(label, verdict.estimate, low, high, verdict.is_significant)
        )
        if numbered:
            row |= {language: f"{row[language]} ({position})" for language in LANGUAGES}
        rows.append({**row, "place": [order, position], "p": finite(verdict.p)})
    return rows


def _marginal_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    """Say which points are marginal effects: their coefficients are on another scale than the outcome."""
    columns = [
        position
        for position, column in enumerate(estimates, 1)
        if isinstance(column, Estimates) and column.marginal_effects is not None
    ]
    if columns:
        yield in_columns(columns, message("points are average marginal effects."))
