"""The charts of the mechanism, section by section."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.heterogeneity import Heterogeneity
from xinzhi.econometrics.specification_curve import SpecificationCurve
from xinzhi.figures.chart import Chart
from xinzhi.figures.effects import Effect, effects_plot
from xinzhi.figures.specification_curve import specification_curve
from xinzhi.report.naming import words_of
from xinzhi.study.groups import group_label, member_label
from xinzhi.study.result import StudyResult
from xinzhi.study.variables import labels
from xinzhi.tables.regression.fitted import name_of
from xinzhi.tables.specification_curve import ways
from xinzhi.wording import Wording, message


def mechanism_charts(result: StudyResult) -> dict[str, tuple[Chart, ...]]:
    """Draw the charts: section of the report -> its charts."""
    return {
        "heterogeneity": tuple(_groups(result)),
        "specification_curve": tuple(_curve(result)),
    }


def _weakest(result: StudyResult) -> float:
    return max(result.spec.report.stars.values(), default=0.05)


def _marks(result: StudyResult) -> Wording:
    return message(
        "Lines: 95 % intervals; hollow: not told apart from zero (p ≥ {level}).",
        level=f"{_weakest(result):g}",
    )


def _groups(result: StudyResult) -> Iterator[Chart]:
    for name, compared in result.mechanism.heterogeneity.items():
        effects = [
            effect
            for by, found in compared.items()
            if isinstance(found, Heterogeneity)
            for effect in _of_grouping(result, by, found)
        ]
        if effects:
            yield effects_plot(
                f"{name}_groups",
                message("Effects by groups"),
                effects,
                axis=message("Coefficient"),
                marks=_marks(result),
            )


def _of_grouping(result: StudyResult, by: str, found: Heterogeneity) -> Iterator[Effect]:
    words = labels(result.spec)
    for difference in found.differences:
        for group, one in found.groups:
            if not isinstance(one, Estimates):
                continue
            at = one.position(difference.regressor)
            yield Effect(
                message(
                    "{name} | {grouping}: {member}",
                    name=name_of(difference.regressor, words),
                    grouping=group_label(result.spec, by),
                    member=member_label(result.spec, by, group),
                ),
                float(one.estimate[at]),
                float(one.ci_low[at]),
                float(one.ci_high[at]),
                bool(one.p_value[at] < _weakest(result)),
            )


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
        )
