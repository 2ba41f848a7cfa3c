"""Mediation: through what a factor works."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from xinzhi.analyses.analysis import (
    ANALYSES,
    Analysis,
    Effect,
    EstimationData,
    Given,
    Reads,
    RequiredDraws,
    Shown,
    Study,
)
from xinzhi.analyses.capabilities import Mechanism
from xinzhi.analyses.effects import Arrow, Quantity, slopes
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.mediation.compute import (
    Mediation,
    MediationSection,
    arrows,
    mediate_in_study,
    mediated,
    quantities,
)
from xinzhi.analyses.mediation.show import exhibits, other_test
from xinzhi.analyses.unavailable import Failure, without_tests
from xinzhi.present.style import Style
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.verdict import LEVEL, JudgementRule


class MediationAnalysis(
    Analysis[MediationSection, Mediation], Mechanism[MediationSection, Mediation]
):
    """Decompose the effects of regressors into direct effects and effects through a mediator.

    Each mediator is taken alone, all equations on one common sample, so that

        total effect = direct effect + a b,

    a the effect of the factor on the mediator, b that of the mediator on the outcome beside the
    factors. Sobel's test of a b and its percentile interval over draws of whole clusters stand side
    by side. Stepwise mediation shows no cause by itself.

    Returns
    -------
    Mediation
        Estimates of all equations, effects with tests, in units of the outcome per unit of the regressor;
        `.to_frame()` has one row an effect.

    Raises
    ------
    SpecError, NotIdentified, DataError
        With column and remedy.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abcd"), range(6)], names=["entity", "period"])
    >>> draw = np.random.default_rng(0).normal(size=(24, 2))
    >>> frame = pd.DataFrame(draw, index=index, columns=["x", "m"])
    >>> frame["y"] = frame["x"] + frame["m"]
    >>> found = xz.mediate(frame, outcome="y", regressors="x", through="m", tests="sobel")
    >>> [one.mediator for one in found.effects]
    ['m']

    References
    ----------
    Sobel, M. E. (1982), doi 10.2307/270723; MacKinnon, Lockwood and Williams (2004), doi
    10.1207/s15327906mbr3901_4.
    """

    section = MediationSection
    verb = "mediate"
    charts = "xinzhi.analyses.mediation.charts"
    description = "Name -> through what factors work."
    title = message("Mediation")
    place = Place("mediation", message("Mediation"), 54, chapter="mechanism")

    def drawn(self, section: MediationSection, study: Study) -> Iterator[RequiredDraws]:
        """List the draws of the bootstrap."""
        if "bootstrap" in section.tests:
            # The interval that stands beside is one of 95 %.
            yield RequiredDraws("draws", section.draws, min(study.inference.level, LEVEL))

    def reads(self, section: MediationSection, study: Study) -> Reads:
        """Read the equation of the total effects, and the mediators as they were measured."""
        equation = study.equation(section.base)
        mediators = study.expand(section.through)
        return Reads((EstimationData.of(equation, *mediators),), (equation,))

    def compute(self, section: MediationSection, given: Given) -> Mediation:
        """Decompose the effects; a mediator that stands in the equation itself is refused."""
        equation = given.study.equation(section.base)
        mediators = given.study.expand(section.through)
        frame = given.frame(EstimationData.of(equation, *mediators))
        draws = section.draws if "bootstrap" in section.tests else 0
        return mediate_in_study(frame, equation, mediators, draws=draws, seed=given.study.seed)

    def show(self, section: MediationSection, result: Mediation, shown: Shown) -> Exhibits:
        """Set the equations side by side, and the effects."""
        return exhibits(section, result, shown)

    def notices(self, result: Mediation) -> Iterator[Notice]:
        """Give those of the decomposition and of the equations with the mediators."""
        yield from result.notices
        yield from (notice for equations in result.through for notice in equations.first.notices)
        yield from (notice for equations in result.through for notice in equations.second.notices)

    def failures(self, result: Mediation) -> Iterator[Failure]:
        """List refused mediators, and equations of which nothing can be tested."""
        yield from result.refused
        yield from without_tests(estimates for _, estimates in _estimates(result))

    def regressions(
        self, section: MediationSection, result: Mediation, given: Given
    ) -> Iterator[tuple[str, pd.DataFrame, Estimates]]:
        """List the equations of all mediators."""
        equation = given.study.equation(section.base)
        mediators = given.study.expand(section.through)
        frame, _ = equation.applied(given.frame(EstimationData.of(equation, *mediators)))
        yield from ((name, frame, estimates) for name, estimates in _estimates(result))

    def channels(self, section: MediationSection, study: Study) -> tuple[tuple[str, str], ...]:
        """List every factor with every mediator."""
        factors = study.equation(section.base).regression.regressors
        mediators = study.expand(section.through)
        return tuple((x, m) for x in factors for m in mediators if x != m)

    def quantities(
        self, section: MediationSection, result: Mediation, study: Study
    ) -> Iterator[Quantity]:
        """List the paths and the mediated effects."""
        del section, study
        return quantities(result.judged)

    def effects(self, result: Mediation, inference: JudgementRule) -> Iterator[Effect]:
        """List the total effects, and each mediated one with the test that is declared."""
        yield from slopes(result.judged.total)
        yield from mediated(result.judged, inference)

    def arrows(self, result: Mediation) -> Iterator[Arrow]:
        """List the arrows between factors, mediators and outcome."""
        return arrows(result.judged)

    def under_defaults(self, result: Mediation) -> Mediation:
        """Give the effects with errors clustered by entity."""
        return result.default or result.judged

    def doubts(self, result: Mediation, style: Style) -> Iterator[Notice]:
        """Say where the test that is not declared judges a mediated effect otherwise."""
        return other_test(result, style)


def _estimates(result: Mediation) -> Iterator[tuple[str, Estimates]]:
    """List the estimates of the total equation, and of three for each mediator."""
    yield "total", result.total
    for equations in result.through:
        yield f"{equations.mediator}/first", equations.first
        yield f"{equations.mediator}/second", equations.second
        yield f"{equations.mediator}/alone", equations.alone


ANALYSES.add("mediation")(MediationAnalysis())
