"""Diagrams and further charts of the mechanism, and of space and time."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from xinzhi.analyses.mediation.charts import ARROWS, arrows
from xinzhi.econometrics.mediation import Mediation
from xinzhi.figures.chart import Chart
from xinzhi.figures.distribution_over_time import distribution_over_time
from xinzhi.figures.mechanism import mechanism
from xinzhi.report.naming import score_label
from xinzhi.study.result import StudyResult
from xinzhi.study.variables import labels
from xinzhi.wording import message


def diagrams_of(result: StudyResult) -> dict[str, tuple[Chart, ...]]:
    """Draw them: section of the report -> its diagrams, which stand before its other charts."""
    return {
        "space": tuple(_distributions(result)),
        "pathways": tuple(_pathways(result)),
    }


def _distributions(result: StudyResult) -> Iterator[Chart]:
    for name in result.space if result.panel.has_periods else ():
        score = score_label(result, name)
        title = message("Distribution of {score} over time", score=score)
        scores = result.panel.frame[name]
        yield distribution_over_time(f"{name}_distribution_over_time", title, scores, score=score)


def _pathways(result: StudyResult) -> Iterator[Chart]:
    """Draw the arrows that the pathways rest on, from the first mediation that has them."""
    every = result.typology.pathways.by_city.values() if result.typology else ()
    known = [one for city in every for one in city.pathways]
    pairs = {(one.factor, channel.mediator) for one in known for channel in one.channels}
    report = result.spec.report
    for found in result.results["mediation"].values():
        drawn = list(arrows(found)) if isinstance(found, Mediation) else []
        first = [arrow for arrow in drawn if (arrow[0], arrow[1]) in pairs]
        between = {arrow[1] for arrow in first}
        if not first:
            continue
        yield mechanism(
            "pathways_mechanism",
            message("The pathways and their estimates"),
            pd.DataFrame([*first, *(a for a in drawn if a[0] in between)], columns=ARROWS),
            labels=labels(result.spec),
            stars=report.stars,
            level=max(report.stars.values(), default=0.05),
            decimals=report.decimals,
        )
        return
