"""Moderation: what strengthens or weakens a path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

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
from xinzhi.analyses.effects import ConditionalSlope, Quantity
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.moderation.compute import (
    Moderated,
    ModeratedMediation,
    ModerationSection,
    chains_of,
    interactions,
    moderate_in_study,
    paths_of,
    quantities,
)
from xinzhi.analyses.moderation.moderated_effect import Moderation, slope_along, with_inner_product
from xinzhi.analyses.moderation.show import exhibits
from xinzhi.analyses.unavailable import Failure, Unavailable, without_tests
from xinzhi_core.errors import Problem
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.verdict import LEVEL, JudgementRule

Located = tuple[tuple[str | int, ...], Problem]


class ModerationAnalysis(
    Analysis[ModerationSection, Moderated], Mechanism[ModerationSection, Moderated]
):
    """Estimate how moderators change the effects along paths, and the mediated effects of their chains.

    The equation of a path x -> y with moderator w is that of the regression with

        b1 x + b2 w + b3 x w,

    so that the effect of x on y is b1 + b3 w; it is given at the mean of w and one standard deviation
    below and above, with errors by the delta method, and over the region where it differs from zero
    at the 5% level (Johnson-Neyman). Names of lagged terms say so: `L1.talent × L1.policy`.

    Returns
    -------
    Moderated
        Paths and chains, each with its estimates, in units of the outcome per unit of the regressor, or the
        reason why there are none; `.to_frame()` has one row a path and value of the moderator.

    Raises
    ------
    SpecError, DataError
        With column and remedy.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abcd"), range(6)], names=["entity", "period"])
    >>> draw = np.random.default_rng(0).normal(size=(24, 3))
    >>> frame = pd.DataFrame(draw, index=index, columns=["y", "x", "w"])
    >>> found = xz.moderate(frame, outcome="y", regressors="x", moderators="w", paths="x -> y")
    >>> found.paths[0].found.estimates.names
    ('L1.x', 'L1.x × L1.w', 'L1.w')

    References
    ----------
    Bauer and Curran (2005), doi 10.1207/s15327906mbr4003_5; Hayes (2015), doi
    10.1080/00273171.2014.962683.
    """

    section = ModerationSection
    verb = "moderate"
    charts = "xinzhi.analyses.moderation.charts"
    description = "Name -> what strengthens or weakens paths."
    title = message("Moderation")
    place = Place("moderation", message("Moderation"), 55, chapter="mechanism")

    def outcome(self, section: ModerationSection, study: Study) -> str | None:
        """Give none: each path has an outcome of its own."""
        return None

    def drawn(self, section: ModerationSection, study: Study) -> Iterator[RequiredDraws]:
        """List the draws of the moderated mediated effects."""
        if section.draws and self._has_chain(section, study):
            yield RequiredDraws("draws", section.draws, min(study.inference.level, LEVEL))

    def reads(self, section: ModerationSection, study: Study) -> Reads:
        """Read the base equation, and the ends and moderators of all paths and chains."""
        equation = self._equation(section, study)
        chains = chains_of(section, study, equation.regression)
        data = (
            *(path.data(equation) for path in paths_of(section, study)),
            *(chain.data(equation) for chain in chains),
        )
        return Reads(tuple(dict.fromkeys(data)), (equation,), asked=(study.inference.level,))

    def compute(self, section: ModerationSection, given: Given) -> Moderated:
        """Estimate every path and every chain."""
        return moderate_in_study(section, self._equation(section, given.study), given)

    def show(self, section: ModerationSection, result: Moderated, shown: Shown) -> Exhibits:
        """Set paths with their conditional effects, and chains."""
        base = self._equation(section, shown.study).regression
        return exhibits(section, base, result, shown)

    def problems(self, section: ModerationSection, study: Study) -> Iterator[Located]:
        """Refuse paths whose ends stand on both sides, and draws without a chain."""
        yield from _path_problems(section, study, self._equation(section, study))
        if "draws" in section.model_fields_set and not self._has_chain(section, study):
            what = message("The paths form no chain to the outcome, so `draws` has no effect.")
            remedy = message("remove `draws`, or add the paths x -> m and m -> outcome.")
            yield ("draws",), Problem("study.no_effect", what, remedy=remedy)

    def _has_chain(self, section: ModerationSection, study: Study) -> bool:
        """Whether paths lead from a factor through a mediator to the outcome."""
        outcome = self._equation(section, study).regression.outcome
        ends = {
            x for left, right in section.paths for x in study.expand((left,)) if right == outcome
        }
        return bool(ends & {y for _, y in section.paths})

    def notices(self, result: Moderated) -> Iterator[Notice]:
        """Give those of the paths and of their equations."""
        for path in result.paths:
            if isinstance(path.found, Moderation):
                yield from path.found.notices
                yield from path.found.estimates.notices

    def failures(self, result: Moderated) -> Iterator[Failure]:
        """List paths and chains without an answer, and equations of which nothing can be tested."""
        for path in result.paths:
            if isinstance(path.found, Unavailable):
                yield path.found
                continue
            yield from without_tests((path.found.estimates,))
            # Without effects of entities nobody asked for an interaction within them.
            if "entity" in path.found.estimates.regression.effects:
                yield from without_tests((path.found.double_demeaned,))
        for chain in result.chains:
            if isinstance(chain.found, Unavailable):
                yield chain.found
            else:
                yield from without_tests((chain.found.first, chain.found.second))

    def regressions(
        self, section: ModerationSection, result: Moderated, given: Given
    ) -> Iterator[tuple[str, pd.DataFrame, Estimates]]:
        """List the equations of paths and chains on the data with their lags and interactions."""
        equation = self._equation(section, given.study)
        for path, moderated in zip(paths_of(section, given.study), result.paths, strict=True):
            moderation = moderated.found
            if isinstance(moderation, Moderation):
                frame = path.frame(equation, given.frame(path.data(equation)))
                yield str(path), frame, moderation.estimates
                if isinstance(moderation.double_demeaned, Estimates):
                    # Means within entities are those of the rows that the path uses.
                    used = frame.loc[frame.index.isin(moderation.estimates.residuals.index)]
                    inner = with_inner_product(used, moderation.terms)
                    yield f"{path}/within", inner, moderation.double_demeaned
        chains = chains_of(section, given.study, equation.regression)
        for chain, moderated_chain in zip(chains, result.chains, strict=True):
            mediation = moderated_chain.found
            if isinstance(mediation, ModeratedMediation):
                frame = chain.frame(equation, given.frame(chain.data(equation)))
                yield f"{chain}/first", frame, mediation.first
                yield f"{chain}/second", frame, mediation.second

    def quantities(
        self, section: ModerationSection, result: Moderated, study: Study
    ) -> Iterator[Quantity]:
        """List interactions, and effects at levels of the moderators."""
        total = self._equation(section, study).regression
        return quantities(result, paths_of(section, study), chains_of(section, study, total))

    def effects(self, result: Moderated, inference: JudgementRule) -> Iterator[Effect]:
        """List the interactions, each with its moderator."""
        yield from interactions(path.judged for path in result.paths)

    def under_defaults(self, result: Moderated) -> Moderated:
        """Give the paths with errors clustered by entity."""
        paths = (replace(p, found=p.default or p.judged, declared=None) for p in result.paths)
        return replace(result, paths=tuple(paths))

    def conditional(self, result: Moderated) -> Iterator[ConditionalSlope]:
        """List the effects along the moderated paths as lines in their moderators."""
        for path in (path.judged for path in result.paths):
            if isinstance(path, Moderation) and path.interaction in path.estimates.names:
                line = slope_along(path.estimates, path.terms, (path.focal, path.outcome))
                yield replace(line, moderator=path.moderator)

    def moderators(self, section: ModerationSection, study: Study) -> tuple[str, ...]:
        """List the moderators that pathways may recommend."""
        return study.expand(section.moderators)

    def _equation(self, section: ModerationSection, study: Study) -> Equation:
        return study.equation(section.base or study.first_column)


def _path_problems(
    section: ModerationSection, study: Study, equation: Equation
) -> Iterator[Located]:
    moderators = study.expand(section.moderators)
    for position, (left, right) in enumerate(section.paths):
        lefts, place = study.expand((left,)), ("paths", position)
        for variable in (*lefts, right):
            if variable in moderators:
                what = message("'{name}' cannot moderate a path that it is part of.", name=variable)
                remedy = message("remove it from the moderators or from the paths.")
                yield place, Problem("study.moderates_itself", what, remedy=remedy)
        if right in lefts or right in equation.regression.regressors:
            what = message("The end of this path is among its regressors.")
            remedy = message("end the path in a mediator or in the outcome.")
            yield place, Problem("study.outcome_among_regressors", what, remedy=remedy)


ANALYSES.add("moderation")(ModerationAnalysis())
