"""The charts of heterogeneity: effects by group as a heat map, and with their intervals."""

from __future__ import annotations

from collections.abc import Iterator
from math import nan

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.heterogeneity.compute import Compared
from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.heterogeneity import Heterogeneity
from xinzhi.figures.chart import Chart
from xinzhi.figures.effects import Effect, effects_plot
from xinzhi.figures.heat_map import HeatCell, heat_map
from xinzhi.tables.coverage import slope_coverage
from xinzhi.tables.numbers import marks
from xinzhi.tables.regression.fitted import name_of
from xinzhi.wording import message


def charts(result: Compared, shown: Shown) -> Iterator[Chart]:
    """Draw the heat map, then the plot of effects."""
    found = [one for one in result.groupings.values() if isinstance(one, Heterogeneity)]
    cells = [cell for one in found for cell in _cells(one, shown)]
    if cells:
        yield heat_map(
            f"{shown.name}_heat",
            message("Effects by groups at a glance"),
            cells,
            decimals=shown.style.decimals,
        )
    effects = [effect for one in found for effect in _effects(one, shown)]
    if effects:
        yield effects_plot(
            f"{shown.name}_groups",
            message("Effects by groups"),
            effects,
            axis=message("Coefficient"),
            marks=message(
                "Lines: 95 % intervals; hollow: not statistically significant (p ≥ {level}).",
                level=f"{shown.style.level:g}",
            ),
            coverage=slope_coverage(
                estimates
                for one in found
                for _, estimates in one.groups
                if isinstance(estimates, Estimates)
            ),
        )


def _cells(found: Heterogeneity, shown: Shown) -> Iterator[HeatCell]:
    for difference in found.differences:
        for group, one in found.groups:
            estimate, p_value = nan, nan
            if isinstance(one, Estimates):
                at = one.position(difference.regressor)
                estimate, p_value = float(one.estimate[at]), float(one.p_value[at])
            yield HeatCell(
                message(
                    "{grouping}: {group}",
                    grouping=shown.study.group_label(found.grouping),
                    group=shown.study.member_label(found.grouping, group),
                ),
                name_of(difference.regressor, shown.style.labels),
                estimate,
                marks(p_value, shown.style.stars),
            )


def _effects(found: Heterogeneity, shown: Shown) -> Iterator[Effect]:
    for difference in found.differences:
        for group, one in found.groups:
            if not isinstance(one, Estimates):
                continue
            at = one.position(difference.regressor)
            yield Effect(
                message(
                    "{name} | {grouping}: {member}",
                    name=name_of(difference.regressor, shown.style.labels),
                    grouping=shown.study.group_label(found.grouping),
                    member=shown.study.member_label(found.grouping, group),
                ),
                float(one.estimate[at]),
                float(one.ci_low[at]),
                float(one.ci_high[at]),
                bool(one.p_value[at] < shown.style.level),
            )
