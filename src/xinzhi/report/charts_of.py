"""The charts of a study, section by section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.econometrics.estimates import Estimates
from xinzhi.figures.chart import Chart
from xinzhi.figures.coefficients import coefficient_plot
from xinzhi.report.analyses import charts_of_analyses
from xinzhi.report.diagrams_of import diagrams_of
from xinzhi.study.result import StudyResult
from xinzhi.study.titles import table_title
from xinzhi.study.variables import labels
from xinzhi.wording import message


def charts_of(
    result: StudyResult, maps: Mapping[str, Chart | Unavailable]
) -> dict[str, tuple[Chart, ...]]:
    """Draw the charts of a study: section of the report -> its charts, the maps among them."""
    drawn = (one for one in maps.values() if isinstance(one, Chart))
    charts = {
        "efficiency": tuple(drawn),
        "models": tuple(_coefficients(result)),
    }
    for place, found in charts_of_analyses(result).items():
        charts[place] = (*charts.get(place, ()), *found)
    diagrams = diagrams_of(result)
    return charts | {name: (*found, *charts.get(name, ())) for name, found in diagrams.items()}


def _coefficients(result: StudyResult) -> Iterator[Chart]:
    for name, estimates in result.estimates.items():
        if any(isinstance(one, Estimates) for one in estimates):
            title = message("{table}: coefficients", table=table_title(result.spec, name))
            yield coefficient_plot(
                f"{name}_coefficients",
                title,
                estimates,
                labels=labels(result.spec),
                level=max(result.spec.report.stars.values(), default=0.05),
            )
