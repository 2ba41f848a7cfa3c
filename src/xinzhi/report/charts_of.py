"""The charts of a study, section by section."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.figures.chart import Chart
from xinzhi.report.analyses import charts_of_analyses
from xinzhi.report.diagrams_of import diagrams_of
from xinzhi.study.result import StudyResult


def charts_of(
    result: StudyResult, maps: Mapping[str, Chart | Unavailable]
) -> dict[str, tuple[Chart, ...]]:
    """Draw the charts of a study: section of the report -> its charts, the maps among them."""
    drawn = (one for one in maps.values() if isinstance(one, Chart))
    charts = {"efficiency": tuple(drawn)}
    for place, found in charts_of_analyses(result).items():
        charts[place] = (*charts.get(place, ()), *found)
    diagrams = diagrams_of(result)
    return charts | {name: (*found, *charts.get(name, ())) for name, found in diagrams.items()}
