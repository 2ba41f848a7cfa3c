"""Heterogeneity: a regression by groups, and whether the groups differ."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from xinzhi.analyses.analysis import (
    ANALYSES,
    Analysis,
    Effect,
    Given,
    Reads,
    RequiredDraws,
    Shown,
    Study,
)
from xinzhi.analyses.capabilities import Mechanism
from xinzhi.analyses.effects import Quantity
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.heterogeneity.compute import (
    GroupComparisons,
    Heterogeneity,
    HeterogeneitySection,
    compare_in_study,
    data_of,
    differences,
    group_slopes,
    quantities,
)
from xinzhi.analyses.heterogeneity.show import exhibits
from xinzhi.analyses.unavailable import Failure, Unavailable, without_tests
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.verdict import JudgementRule


class HeterogeneityAnalysis(
    Analysis[HeterogeneitySection, GroupComparisons],
    Mechanism[HeterogeneitySection, GroupComparisons],
):
    """Estimate a regression in each group of a grouping, and test whether the slopes differ.

    The test is Wald's in one model in which every slope and every effect is the group's own (group
    by period); beside it, entities are reassigned at random to groups of the same size. An effect
    that is significant in one group and not in another is not a difference by itself.

    Returns
    -------
    Compared
        The groups of each grouping, their estimates and differences, in units of the outcome per unit of
        the regressor; `.to_frame()` has one row a grouping and slope.

    Raises
    ------
    SpecError, DataError
        With column and remedy.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abcdefgh"), range(5)], names=["entity", "period"])
    >>> draw = np.random.default_rng(0).normal(size=(40, 2))
    >>> frame = pd.DataFrame(draw, index=index, columns=["y", "x"])
    >>> frame["coast"] = np.repeat(["yes", "no"], 20)
    >>> found = xz.compare_groups(frame, outcome="y", regressors="x", by="coast", draws=50)
    >>> found.to_frame().columns.tolist()[:2]
    ['no', 'yes']

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70, for several groupings.
    """

    section = HeterogeneitySection
    verb = "compare_groups"
    charts = "xinzhi.analyses.heterogeneity.charts"
    description = "Name -> a regression by groups."
    title = message("Heterogeneity")
    place = Place("heterogeneity", message("Heterogeneity"), 56, chapter="heterogeneity")

    def drawn(self, section: HeterogeneitySection, study: Study) -> Iterator[RequiredDraws]:
        """List the permutations, which count both tails at once."""
        if "permutation" in section.difference:
            yield RequiredDraws("draws", section.draws, study.inference.level, sides=1)

    def reads(self, section: HeterogeneitySection, study: Study) -> Reads:
        """Read the equation that is estimated by groups, and the groupings."""
        equation = study.equation(section.base)
        orders = tuple((by, study.members(by)) for by in section.by)
        data = tuple(data_of(equation, by) for by in section.by)
        return Reads(data, (equation,), asked=orders)

    def compute(self, section: HeterogeneitySection, given: Given) -> GroupComparisons:
        """Estimate each group of each grouping, and test the differences."""
        return compare_in_study(section, given.study.equation(section.base), given)

    def show(
        self, section: HeterogeneitySection, result: GroupComparisons, shown: Shown
    ) -> Exhibits:
        """Set the groups side by side, and the tests of their differences."""
        return exhibits(section, result, shown)

    def notices(self, result: GroupComparisons) -> Iterator[Notice]:
        """Give those of the comparisons and of the estimates in each group."""
        for comparison in result.comparisons:
            yield from comparison.notices
            yield from (n for _, estimates in comparison.fitted for n in estimates.notices)

    def failures(self, result: GroupComparisons) -> Iterator[Failure]:
        """List groupings without an answer, and groups of which nothing can be tested."""
        for comparison in result.groupings.values():
            if isinstance(comparison, Unavailable):
                yield comparison
            else:
                yield from without_tests(estimates for _, estimates in comparison.groups)

    def regressions(
        self, section: HeterogeneitySection, result: GroupComparisons, given: Given
    ) -> Iterator[tuple[str, pd.DataFrame, Estimates]]:
        """List the regression of each group."""
        equation = given.study.equation(section.base)
        for comparison in result.comparisons:
            grouping = comparison.grouping
            frame, _ = equation.applied(given.frame(data_of(equation, grouping)))
            for group, estimates in comparison.fitted:
                yield f"{grouping}/{group}", frame, estimates

    def quantities(
        self, section: HeterogeneitySection, result: GroupComparisons, study: Study
    ) -> Iterator[Quantity]:
        """List the slopes of the groups and their differences."""
        del section, study
        return quantities(result.comparisons)

    def effects(self, result: GroupComparisons, inference: JudgementRule) -> Iterator[Effect]:
        """List the effects in each group."""
        yield from group_slopes(result.comparisons)

    def under_defaults(self, result: GroupComparisons) -> GroupComparisons:
        """Give the groups with errors clustered by entity."""
        return GroupComparisons(
            {
                by: (c.default or c.judged) if isinstance(c, Heterogeneity) else c
                for by, c in result.groupings.items()
            }
        )

    def differences(
        self, section: HeterogeneitySection, result: GroupComparisons, inference: JudgementRule
    ) -> Iterator[Effect]:
        """List the differences between groups, each with the test that the section asks for."""
        yield from differences(result.comparisons, section.difference, inference)


ANALYSES.add("heterogeneity")(HeterogeneityAnalysis())
