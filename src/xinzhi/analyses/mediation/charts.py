"""The charts of mediation: the mechanism as a diagram, and the mediated effects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.mediation.compute import (
    MediatedEffect,
    Mediation,
    arrows,
    bounds_of,
    verdict_of,
)
from xinzhi.analyses.mediation.show import path_in_words
from xinzhi.present.chart import Chart
from xinzhi.present.coverage import coverage_of
from xinzhi.present.effects import Effect, effects_plot
from xinzhi.present.mechanism import mechanism
from xinzhi.present.style import Style
from xinzhi.regression.resampling.cluster_bootstrap import Interval
from xinzhi.wording import message


def charts(result: Mediation, shown: Shown) -> Iterator[Chart]:
    """Draw the diagram, then the plot of mediated effects with their intervals."""
    if result.through:
        yield _diagram(result.judged, shown)
    yield from _plot(result.judged, shown)


def _diagram(result: Mediation, shown: Shown) -> Chart:
    chart = mechanism(
        f"{shown.name}_mechanism",
        message("Mechanism: factors, mediators, outcome"),
        pd.DataFrame(list(map(asdict, arrows(result)))),
        shown.style,
    )
    note = (
        message("The arrow that bypasses the mediator is the direct effect.")
        if len(result.through) == 1
        else message("One mediator at a time; arrows that bypass the mediators are total effects.")
    )
    return replace(chart, notes=(*chart.notes, note))


def _plot(result: Mediation, shown: Shown) -> Iterator[Chart]:
    if result.effects:
        is_drawn = any(isinstance(effect.interval, Interval) for effect in result.effects)
        yield effects_plot(
            f"{shown.name}_mediated",
            message("Mediated effects"),
            [_mark(effect, shown.style) for effect in result.effects],
            axis=message("mediated: ab"),
            marks=message(
                "Lines: 95% percentile intervals of the cluster bootstrap; hollow: not "
                "statistically significant."
            ),
            coverage=coverage_of("mediation_bootstrap", [result.total] if is_drawn else []),
        )


def _mark(effect: MediatedEffect, style: Style) -> Effect:
    label, (low, high) = path_in_words(effect, style.labels), bounds_of(effect)
    is_significant = verdict_of(effect, style.inference).is_significant
    return Effect(label, effect.indirect, low, high, is_significant)
