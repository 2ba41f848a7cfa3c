"""The chart of the main effects with both intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.whole_study.compute import QuantityInterval, WholeStudy
from xinzhi.analyses.whole_study.draws import excludes_zero
from xinzhi.analyses.whole_study.show import (
    effect_on,
    main_effects,
    name_without_outcome,
    shared_outcome,
)
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.effects import PlottedEffect, effects_plot
from xinzhi_core.wording import message


def charts(result: WholeStudy, shown: Shown) -> Iterator[Chart]:
    """Draw both intervals of each of these effects, one below the other."""
    intervals = main_effects(result, shown)
    outcome = shared_outcome(intervals)
    marks = [mark for interval in intervals for mark in _marks(interval, outcome, shown)]
    if marks:
        chart = effects_plot(
            f"{shown.name}_intervals",
            message("Usual intervals and intervals over draws of the whole study"),
            marks,
            axis=effect_on(outcome, shown),
            marks=message(
                "Lines: the usual interval, and beneath it that over draws of the study ({level}); "
                "hollow: the interval holds zero.",
                level=numbers.level(result.level),
            ),
            parts=shown.parts,
        )
        yield replace(chart, part="text")


def _marks(interval: QuantityInterval, outcome: str, shown: Shown) -> Iterator[PlottedEffect]:
    q = interval.quantity
    name = name_without_outcome(interval, outcome, shown)
    for words, low, high in (
        (message("{effect}: usual", effect=name), q.low, q.high),
        (message("{effect}: over draws", effect=name), interval.low, interval.high),
    ):
        yield PlottedEffect(words, q.estimate, low, high, excludes_zero(low, high))
