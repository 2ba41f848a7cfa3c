"""The charts of mediation: the mechanism as a diagram, and the mediated effects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.mediation.compute import MediatedEffect, Mediation, arrows, verdict_of
from xinzhi.analyses.mediation.show import path_in_words
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.coverage import coverage_of
from xinzhi.present.effects import PlottedEffect, effects_plot
from xinzhi.present.mechanism import mechanism
from xinzhi.present.style import Style
from xinzhi_core.wording import Wording, message


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
        message("Arrow past the mediator: direct effect.")
        if len(result.through) == 1
        else message(
            "Arrows past the mediators: total effects. Each mediator enters an equation of its own."
        )
    )
    return replace(chart, notes=(note, *chart.notes))


def _plot(result: Mediation, shown: Shown) -> Iterator[Chart]:
    if result.effects:
        bases = {verdict_of(effect, shown.style.inference).basis for effect in result.effects}
        is_drawn = "bootstrap" in bases
        yield effects_plot(
            f"{shown.name}_mediated",
            message("Mediated effects"),
            [_mark(effect, shown.style) for effect in result.effects],
            axis=message("mediated: ab"),
            marks=_marks(bases, numbers.level(1 - shown.style.level)),
            coverage=coverage_of("mediation_bootstrap", [result.total] if is_drawn else []),
            parts=shown.parts,
        )


def _mark(effect: MediatedEffect, style: Style) -> PlottedEffect:
    verdict = verdict_of(effect, style.inference)
    label = path_in_words(effect, style.labels)
    return PlottedEffect(label, effect.indirect, *verdict.interval, verdict.is_significant)


def _marks(bases: set[str], level: str) -> Wording:
    """Say which intervals are drawn: those of the test that judges, so that a filled point's leaves out zero."""
    if bases == {"bootstrap"}:
        return message(
            "Lines: {level} percentile intervals of the cluster bootstrap, which judges the effects; "
            "hollow: not statistically significant.",
            level=level,
        )
    if bases == {"sobel"}:
        return message(
            "Lines: {level} intervals of Sobel's test, which judges the effects; hollow: not "
            "statistically significant.",
            level=level,
        )
    return message(
        "Lines: {level} intervals of the test that judges each effect, the cluster bootstrap or, where "
        "it has no draws, Sobel's test; hollow: not statistically significant.",
        level=level,
    )
