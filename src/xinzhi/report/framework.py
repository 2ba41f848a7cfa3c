"""The framework of a study, from its study file: the figure at the head of the method."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.present.chart import Chart
from xinzhi.present.framework import Framework, framework_chart
from xinzhi.study.result import StudyResult
from xinzhi.study.view import StudyView
from xinzhi.wording import Wording, listed, message


def framework_of(result: StudyResult) -> Iterator[Chart]:
    """Draw what a study asks; nothing where it asks for a single regression and no more."""
    view = StudyView(result.spec)
    mediation, moderation, groups = (
        list(view.sections(key).values()) for key in ("mediation", "moderation", "heterogeneity")
    )
    base = next(
        (one.base for one in (*mediation, *moderation, *groups) if one.base), view.first_column
    )
    if base is None or not (mediation or moderation or groups):
        return
    asked = view.equation(base).regression
    channels = _all(view, [one.through for one in mediation])
    ends = {end for one in moderation for _, end in one.paths}
    framework = Framework(
        factors=tuple(view.label(name) for name in asked.regressors),
        outcome=view.label(asked.outcome),
        channels=tuple(view.label(name) for name in channels),
        moderators=tuple(
            view.label(name) for name in _all(view, [one.moderators for one in moderation])
        ),
        on_first=bool(ends & set(channels)) or (bool(ends) and not channels),
        on_second=asked.outcome in ends and bool(channels),
        groups=tuple(
            _grouping(view, name) for name in dict.fromkeys(by for one in groups for by in one.by)
        ),
    )
    yield framework_chart("framework", message("Analytical framework"), framework)


def _all(view: StudyView, found: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in found for name in view.expand(names)))


def _grouping(view: StudyView, name: str) -> Wording:
    """Name a grouping with its members, where the study file lists them."""
    members = [view.member_label(name, one) for one in view.members(name)]
    label = view.group_label(name)
    if not members:
        return label
    return message("{head}: {words}", head=label, words=listed(members))
