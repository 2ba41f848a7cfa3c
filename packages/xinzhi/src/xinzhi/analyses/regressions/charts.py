"""The charts of a table of regressions: its coefficients, and at the head of a report those of its first column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.effects import Pair
from xinzhi.analyses.regressions.compute import RegressionColumns
from xinzhi.analyses.regressions.show import Main, first_of_study, under_clusters
from xinzhi.present.chart import Chart
from xinzhi.present.coefficients import coefficient_plot, coverage_in_words
from xinzhi.present.effects import PlottedEffect, effects_plot
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.style import Style
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.verdict import Verdict, judge_slope


def charts(result: RegressionColumns, shown: Shown) -> Iterator[Chart]:
    """Draw the coefficients of interest of all columns; nothing where no column was estimated."""
    if not result.estimated:
        return
    plot = coefficient_plot(
        f"{shown.name}_coefficients",
        message("{table}: coefficients", table=shown.title),
        result.own,
        shown.style,
        parts=shown.parts,
    )
    main = first_of_study(result, shown)
    if main is None:
        yield plot
        return
    pairs = under_clusters(result, shown)
    # A single column that is judged once has its picture at the head, and not a second time beside its table.
    is_alone = len(result.own) == 1 and not pairs
    if not is_alone:
        yield _told_first(main, pairs, result, shown)
    yield replace(plot, is_told_first=is_alone)


def _told_first(
    main: Main, pairs: tuple[Pair, ...], result: RegressionColumns, shown: Shown
) -> Chart:
    """Draw each factor by the errors that the study declares and, where these differ, clustered by entity."""
    name, style = f"{shown.name}_told_first", shown.style
    title = message("Associations with {outcome}, and how sure they are", outcome=main.outcome)
    if not pairs:
        chart = coefficient_plot(
            name, title, [main.estimates], style, numbered=False, parts=shown.parts
        )
        return replace(chart, is_told_first=True)
    effects = [
        PlottedEffect(words, verdict.estimate, *verdict.interval, verdict.is_significant)
        for pair in pairs
        for words, verdict in _both(pair.effect.links[0], main, result.clustered[0], style)
    ]
    chart = effects_plot(
        name,
        title,
        effects,
        axis=message("Coefficient"),
        marks=message(
            "Points: coefficients; lines: {coverage} intervals; hollow: not statistically "
            "significant (p ≥ {level}).",
            coverage=coverage_in_words([main.estimates]),
            level=f"{style.level:g}",
        ),
        parts=shown.parts,
    )
    return replace(chart, is_told_first=True)


def _both(
    name: str, main: Main, clustered: Estimates, style: Style
) -> Iterator[tuple[Wording, Verdict]]:
    """Judge a slope as the study declares, and clustered by entity."""
    words = {"factor": name_of(name, style.labels), "entity": style.noun.one}
    yield (
        message("{factor}, as declared", factor=words["factor"]),
        judge_slope(main.estimates.on_outcome, name, style.inference),
    )
    yield (
        message("{factor}, clustered by {entity}", **words),
        judge_slope(clustered.on_outcome, name, style.inference),
    )
