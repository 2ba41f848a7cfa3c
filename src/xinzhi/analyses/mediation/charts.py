"""The charts of mediation: the mechanism as a diagram, and the mediated effects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from math import nan

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.mediation.compute import MediatedEffect, Mediation, arrows, verdict_of
from xinzhi.present.chart import Chart
from xinzhi.present.coverage import coverage_of
from xinzhi.present.effects import Effect, effects_plot
from xinzhi.present.mechanism import mechanism
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.style import Style
from xinzhi.regression.resampling.cluster_bootstrap import Interval
from xinzhi.wording import Wording, message


def charts(result: Mediation, shown: Shown) -> Iterator[Chart]:
    """Draw the diagram, then the plot of mediated effects with their intervals."""
    yield from _diagram(result.judged, shown)
    yield from _plot(result.judged, shown)


def _diagram(result: Mediation, shown: Shown) -> Iterator[Chart]:
    if not result.through:
        return
    chart = mechanism(
        f"{shown.name}_mechanism",
        message("Mechanism: factors, mediators, outcome"),
        pd.DataFrame(list(map(asdict, arrows(result)))),
        shown.style,
    )
    yield replace(chart, notes=(*chart.notes, _past(result)))


def _past(result: Mediation) -> Wording:
    if len(result.through) == 1:
        return message("The arrow that bypasses the mediator is the direct effect.")
    return message("One mediator at a time; arrows that bypass the mediators are total effects.")


def _plot(result: Mediation, shown: Shown) -> Iterator[Chart]:
    if result.effects:
        yield effects_plot(
            f"{shown.name}_mediated",
            message("Mediated effects"),
            [_mark(one, shown.style) for one in result.effects],
            axis=message("mediated: ab"),
            marks=message(
                "Lines: 95% percentile intervals of the cluster bootstrap; hollow: not "
                "statistically significant."
            ),
            coverage=_coverage(result),
        )


def _coverage(result: Mediation) -> Iterator[Wording]:
    """Quote the coverage of the intervals that are drawn."""
    if any(isinstance(one.interval, Interval) for one in result.effects):
        yield from coverage_of("mediation_bootstrap", [result.total])


def _mark(one: MediatedEffect, style: Style) -> Effect:
    interval = one.interval
    low, high = (interval.low, interval.high) if isinstance(interval, Interval) else (nan, nan)
    label = message(
        "{factor} → {mediator}",
        factor=name_of(one.factor, style.labels),
        mediator=name_of(one.mediator, style.labels),
    )
    return Effect(label, one.indirect, low, high, verdict_of(one, style.inference).is_significant)
