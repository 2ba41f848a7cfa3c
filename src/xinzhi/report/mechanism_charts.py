"""The charts of the mechanism, section by section."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.econometrics.specification_curve import SpecificationCurve
from xinzhi.figures.chart import Chart
from xinzhi.figures.specification_curve import specification_curve
from xinzhi.report.naming import words_of
from xinzhi.study.result import StudyResult
from xinzhi.study.variables import labels
from xinzhi.tables.regression.fitted import name_of
from xinzhi.tables.specification_curve import curve_coverage, ways
from xinzhi.wording import message


def mechanism_charts(result: StudyResult) -> dict[str, tuple[Chart, ...]]:
    """Draw the charts: section of the report -> its charts."""
    return {
        "specification_curve": tuple(_curve(result)),
    }


def _curve(result: StudyResult) -> Iterator[Chart]:
    curve, section = result.mechanism.curve, result.spec.specification_curve
    if section is None or not isinstance(curve, SpecificationCurve) or curve.table.empty:
        return
    words = labels(result.spec)
    title = words_of(section.title) or message("Specification curve")
    for name, part in curve.table.groupby("name", sort=False):
        label = name_of(str(name), words)
        split = [(said, made) for said, made, _ in ways(part, words)]
        yield from specification_curve(
            f"specification_curve_{name}",
            message("{title}: {name}", title=title, name=label),
            part,
            split,
            name=label,
            coverage=curve_coverage(curve, words),
        )
