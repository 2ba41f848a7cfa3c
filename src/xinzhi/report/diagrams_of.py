"""Diagrams and further charts of the mechanism, and of space and time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import nan

import pandas as pd

from xinzhi.analyses.mediation.charts import ARROWS, arrows
from xinzhi.econometrics.distributions import t_quantile
from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.heterogeneity import Heterogeneity
from xinzhi.econometrics.mediation import Mediation
from xinzhi.econometrics.moderation import LEVEL, Moderation
from xinzhi.figures.chart import Chart
from xinzhi.figures.conditional_effects import Line, conditional_effects
from xinzhi.figures.distribution_over_time import distribution_over_time
from xinzhi.figures.heat_map import HeatCell, heat_map
from xinzhi.figures.mechanism import mechanism
from xinzhi.report.naming import score_label
from xinzhi.study.groups import group_label, member_label
from xinzhi.study.result import StudyResult
from xinzhi.study.variables import labels
from xinzhi.tables.moderation import lag_note
from xinzhi.tables.numbers import marks
from xinzhi.tables.regression.fitted import name_of
from xinzhi.wording import Wording, message

BENT = [*ARROWS, "interaction", "interaction_p"]


def diagrams_of(result: StudyResult) -> dict[str, tuple[Chart, ...]]:
    """Draw them: section of the report -> its diagrams, which stand before its other charts."""
    return {
        "space": tuple(_distributions(result)),
        "moderation": tuple(_moderation(result)),
        "heterogeneity": tuple(_heterogeneity(result)),
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


def _moderation(result: StudyResult) -> Iterator[Chart]:
    report, words = result.spec.report, labels(result.spec)
    for name, found in result.mechanism.moderation.items():
        known = [path.found for path in found.paths if isinstance(path.found, Moderation)]
        for tool in dict.fromkeys(one.moderator for one in known):
            own = [one for one in known if one.moderator == tool]
            said, at_tool = name_of(tool, words), name_of(own[0].terms.moderator, words)
            chart = mechanism(
                f"{name}_{tool}_mechanism",
                message("{tool} and the mechanism", tool=said),
                pd.DataFrame([_bent(one) for one in own], columns=BENT),
                labels=words,
                tool=tool,
                stars=report.stars,
                level=max(report.stars.values(), default=0.05),
                decimals=report.decimals,
            )
            at_mean = message("Coefficients on the arrows hold where the tool is at its mean.")
            lags = [lag_note(own[0].lag, own[0].lagged)] if own[0].lag else []
            yield replace(chart, notes=(*chart.notes, at_mean, *lags))
            title = message("Effects along {tool}", tool=at_tool)
            seen = result.variables[tool]
            lines = [_line(one, words, (seen.min(), seen.max())) for one in own]
            yield conditional_effects(f"{name}_{tool}_along", title, lines)


def _bent(one: Moderation) -> list[object]:
    at = one.estimates.position(one.interaction)
    mean = next(c for c in one.conditional if c.place == "mean")
    crossed = [float(one.estimates.estimate[at]), float(one.estimates.p_value[at])]
    return [one.focal, one.outcome, mean.effect, mean.p_value, *crossed]


def _line(one: Moderation, words: Mapping[str, Wording], seen: tuple[float, float]) -> Line:
    pick = [one.estimates.position(name) for name in (one.terms.focal, one.terms.interaction)]
    b1, b3 = (float(one.estimates.estimate[at]) for at in pick)
    v = [[float(one.estimates.vcov[i, j]) for j in pick] for i in pick]
    return Line(
        words=message(
            "{source} → {target}",
            source=name_of(one.terms.focal, words),
            target=name_of(one.outcome, words),
        ),
        moderator=name_of(one.terms.moderator, words),
        b1=b1,
        b3=b3,
        vcov=((v[0][0], v[0][1]), (v[1][0], v[1][1])),
        t=float(t_quantile(0.5 + LEVEL / 2, one.estimates.covariance.df)),
        low=max(one.moderator_mean - 2 * one.moderator_sd, float(seen[0])),
        high=min(one.moderator_mean + 2 * one.moderator_sd, float(seen[1])),
    )


def _heterogeneity(result: StudyResult) -> Iterator[Chart]:
    for name, compared in result.mechanism.heterogeneity.items():
        cells = [
            cell
            for by, found in compared.items()
            if isinstance(found, Heterogeneity)
            for cell in _cells(result, by, found)
        ]
        if cells:
            yield heat_map(
                f"{name}_heat",
                message("Effects by groups at a glance"),
                cells,
                decimals=result.spec.report.decimals,
            )


def _cells(result: StudyResult, by: str, found: Heterogeneity) -> Iterator[HeatCell]:
    words, stars = labels(result.spec), result.spec.report.stars
    for difference in found.differences:
        for group, one in found.groups:
            estimate, p_value = nan, nan
            if isinstance(one, Estimates):
                at = one.position(difference.regressor)
                estimate, p_value = float(one.estimate[at]), float(one.p_value[at])
            yield HeatCell(
                message(
                    "{grouping}: {group}",
                    grouping=group_label(result.spec, by),
                    group=member_label(result.spec, by, group),
                ),
                name_of(difference.regressor, words),
                estimate,
                marks(p_value, stars),
            )
