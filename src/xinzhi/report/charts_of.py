"""The charts of a study, section by section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.econometrics.estimates import Estimates
from xinzhi.figures.chart import Chart
from xinzhi.figures.class_counts import class_counts
from xinzhi.figures.coefficients import coefficient_plot
from xinzhi.figures.score_distribution import score_distribution
from xinzhi.figures.scores_over_time import scores_over_time
from xinzhi.report.analyses import charts_of_analyses
from xinzhi.report.diagrams_of import diagrams_of
from xinzhi.report.naming import class_labels, entity_labels, score_label
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
        "efficiency": (*_over_time(result), *drawn),
        "classes": tuple(_class_counts(result)),
        "models": tuple(_coefficients(result)),
    }
    for place, found in charts_of_analyses(result).items():
        charts[place] = (*charts.get(place, ()), *found)
    diagrams = diagrams_of(result)
    return charts | {name: (*found, *charts.get(name, ())) for name, found in diagrams.items()}


def _over_time(result: StudyResult) -> Iterator[Chart]:
    for name, one in result.efficiency.items():
        score = score_label(result, name)
        if not result.panel.has_periods:
            title = message("Distribution of {score}", score=score)
            yield score_distribution(f"{name}_distribution", title, one, score=score)
            continue
        title = message("{score} over time", score=score)
        yield scores_over_time(
            f"{name}_over_time", title, one, score=score, labels=entity_labels(result)
        )


def _class_counts(result: StudyResult) -> Iterator[Chart]:
    for name, found in result.classes.items():
        if result.panel.has_periods:
            title = message("Classes of {score} over time", score=score_label(result, name))
            yield class_counts(f"{name}_counts", title, found.counts, labels=class_labels(found))


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
