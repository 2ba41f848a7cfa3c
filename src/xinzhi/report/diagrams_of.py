"""Charts of space and time."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.figures.chart import Chart
from xinzhi.figures.distribution_over_time import distribution_over_time
from xinzhi.report.naming import score_label
from xinzhi.study.result import StudyResult
from xinzhi.wording import message


def diagrams_of(result: StudyResult) -> dict[str, tuple[Chart, ...]]:
    """Draw them: section of the report -> its diagrams, which stand before its other charts."""
    return {
        "space": tuple(_distributions(result)),
    }


def _distributions(result: StudyResult) -> Iterator[Chart]:
    for name in result.space if result.panel.has_periods else ():
        score = score_label(result, name)
        title = message("Distribution of {score} over time", score=score)
        scores = result.panel.frame[name]
        yield distribution_over_time(f"{name}_distribution_over_time", title, scores, score=score)
