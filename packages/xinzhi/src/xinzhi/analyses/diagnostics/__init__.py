"""Diagnostics: tests about one regression."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import (
    ANALYSES,
    Analysis,
    EstimationData,
    Given,
    Reads,
    Shown,
    Study,
)
from xinzhi.analyses.diagnostics.compute import Diagnoses, DiagnosticsSection, diagnose
from xinzhi.analyses.diagnostics.show import exhibits
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.unavailable import Failure, Unavailable
from xinzhi_core.errors import StudyError
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message


class DiagnosticsAnalysis(Analysis[DiagnosticsSection, Diagnoses]):
    """Run tests about one regression: collinearity, choice of effects, errors, influence.

    `xinzhi parts` lists the tests; each has its null hypothesis and its source in the documentation.

    Returns
    -------
    Diagnoses
        What each test found, or why it could not be computed; `.to_frame()` has one row a statistic.
        Statistics and p-values have no units. The page of each test names its source.

    Raises
    ------
    SpecError, DataError
        With column and remedy.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abcdef"), range(6)], names=["entity", "period"])
    >>> draw = np.random.default_rng(0).normal(size=(36, 3))
    >>> frame = pd.DataFrame(draw, index=index, columns=["y", "x", "z"])
    >>> found = xz.diagnose(frame, outcome="y", regressors=["x", "z"], tests=["effects_f"])
    >>> found.failed
    ()
    """

    section = DiagnosticsSection
    is_single = True
    verb = "diagnose"
    keeps = frozenset({"estimator"})
    description = "Tests about one regression."
    title = message("Tests")
    place = Place("tests", message("Tests"), 50.5, chapter="effects", appendix="tests")

    def reads(self, section: DiagnosticsSection, study: Study) -> Reads:
        """Read the data of the regression."""
        equation = study.equation(section.base)
        return Reads((EstimationData.of(equation),), (equation,))

    def compute(self, section: DiagnosticsSection, given: Given) -> Diagnoses:
        """Run the tests; without the data of the regression none of them has an answer."""
        equation = given.study.equation(section.base)
        try:
            frame, regression = equation.applied(given.frame(EstimationData.of(equation)))
        except StudyError as error:
            return Diagnoses(tuple(Unavailable(test, error.problems) for test in section.tests))
        return diagnose(frame, regression, section.tests)

    def show(self, section: DiagnosticsSection, result: Diagnoses, shown: Shown) -> Exhibits:
        """Set what the tests found."""
        return exhibits(section, result, shown)

    def outcome(self, section: DiagnosticsSection, study: Study) -> str | None:
        """Give none: tests are not effects."""
        return None

    def notices(self, result: Diagnoses) -> Iterator[Notice]:
        """Give those of the tests."""
        for test in result.found:
            yield from test.notices

    def failures(self, result: Diagnoses) -> Iterator[Failure]:
        """List the tests that could not be computed."""
        yield from result.failed


ANALYSES.add("diagnostics")(DiagnosticsAnalysis())
