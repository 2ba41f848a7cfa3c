"""The diagram of the pathways: the arrows that they rest on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import pandas as pd

from xinzhi.analyses.analysis import Shown, in_order
from xinzhi.analyses.effects import Arrow
from xinzhi.analyses.pathways.compute import PathwayResult
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present.chart import Chart
from xinzhi.present.mechanism import mechanism
from xinzhi.wording import message


def charts(result: PathwayResult, shown: Shown) -> Iterator[Chart]:
    """Draw the arrows of the first analysis that has some from a factor to its channel."""
    every = [one for city in result.pathways.by_city.values() for one in city.pathways]
    pairs = {(one.factor, channel.mediator) for one in every for channel in one.channels}
    for arrows in _arrows(shown):
        first = [arrow for arrow in arrows if (arrow.source, arrow.target) in pairs]
        between = {arrow.target for arrow in first}
        if first:
            drawn = [*first, *(arrow for arrow in arrows if arrow.source in between)]
            yield mechanism(
                f"{shown.name}_mechanism",
                message("The pathways and their estimates"),
                pd.DataFrame(list(map(asdict, drawn))),
                shown.style,
            )
            return


def _arrows(shown: Shown) -> Iterator[list[Arrow]]:
    for key, analysis in in_order():
        for result in shown.results.get(key, {}).values():
            if not isinstance(result, Unavailable):
                yield list(analysis.arrows(result))
