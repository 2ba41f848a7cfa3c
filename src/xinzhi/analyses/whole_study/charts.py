"""The chart of the main effects with both intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.whole_study.compute import Interval, WholeStudy
from xinzhi.analyses.whole_study.main_effects import (
    effect_on,
    in_short,
    main_effects,
    outcome_of,
)
from xinzhi.analyses.whole_study.names import leaves_out_zero
from xinzhi.present.chart import Chart
from xinzhi.present.effects import Effect, effects_plot
from xinzhi.wording import message


def charts(result: WholeStudy, shown: Shown) -> Iterator[Chart]:
    """Draw both intervals of each of these effects, one below the other."""
    chosen = main_effects(result, shown)
    outcome = outcome_of(chosen)
    marks = [mark for one in chosen for mark in _marks(one, outcome, shown)]
    if marks:
        chart = effects_plot(
            f"{shown.name}_intervals",
            message("Usual intervals and intervals over draws of the whole study"),
            marks,
            axis=effect_on(outcome, shown),
            marks=message(
                "Lines: the usual interval, and beneath it that over draws of the study ({level}); "
                "hollow: the interval holds zero.",
                level=f"{result.level:.0%}",
            ),
        )
        yield replace(chart, part="text")


def _marks(one: Interval, outcome: str, shown: Shown) -> Iterator[Effect]:
    q = one.quantity
    name = in_short(one, outcome, shown)
    for words, low, high in (
        (message("{effect}: usual", effect=name), q.low, q.high),
        (message("{effect}: over draws", effect=name), one.low, one.high),
    ):
        yield Effect(words, q.estimate, low, high, leaves_out_zero(low, high))
