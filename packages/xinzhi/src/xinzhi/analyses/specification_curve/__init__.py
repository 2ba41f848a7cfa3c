"""Specification curve: one slope under every combination of declared choices."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, Reads, Shown, Study
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.section import unknown_name
from xinzhi.analyses.specification_curve.compute import (
    SpecificationCurve,
    SpecificationCurveSection,
    curve_in_study,
    data_of,
    frontiers,
)
from xinzhi.analyses.specification_curve.show import exhibits
from xinzhi.analyses.unavailable import Failure, without_tests
from xinzhi_core.errors import Problem
from xinzhi_core.wording import message


class SpecificationCurveAnalysis(Analysis[SpecificationCurveSection, SpecificationCurve]):
    """Estimate a regression under every combination of declared choices.

    The choices are those of the study file: `{"effects": [["entity"], ["entity", "period"]],
    "controls": "each"}`. Nothing is chosen after the results were seen.

    Returns
    -------
    SpecificationCurve
        One row of `.to_frame()` a specification and variable of interest, in units of the outcome per unit
        of the variable.

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
    >>> draw = np.random.default_rng(0).normal(size=(36, 2))
    >>> frame = pd.DataFrame(draw, index=index, columns=["y", "x"])
    >>> vary = {"effects": [["entity"], ["entity", "period"]]}
    >>> found = xz.specification_curve(frame, outcome="y", regressors="x", vary=vary)
    >>> found.n_specifications
    2

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), doi 10.1038/s41562-020-0912-z.
    """

    section = SpecificationCurveSection
    is_single = True
    verb = "specification_curve"
    charts = "xinzhi.analyses.specification_curve.charts"
    keeps = frozenset({"estimator"})
    description = "One slope under every combination of declared choices."
    title = message("Specification curve")
    place = Place("specification_curve", message("Specification curve"), 52, chapter="effects")

    def reads(self, section: SpecificationCurveSection, study: Study) -> Reads:
        """Read the data of all combinations, frontier by frontier."""
        equation = study.equation(section.base)
        data = (data_of(section, equation, options, study) for options in frontiers(section.vary))
        return Reads(tuple(dict.fromkeys(data)), (equation,))

    def compute(self, section: SpecificationCurveSection, given: Given) -> SpecificationCurve:
        """Estimate every combination."""
        return curve_in_study(section, given.study.equation(section.base), given)

    def show(
        self, section: SpecificationCurveSection, result: SpecificationCurve, shown: Shown
    ) -> Exhibits:
        """Sum up the specifications, all of them and by each choice."""
        return exhibits(result, shown)

    def outcome(self, section: SpecificationCurveSection, study: Study) -> str | None:
        """Give none: pathways rest on one specification and not on all."""
        return None

    def problems(
        self, section: SpecificationCurveSection, study: Study
    ) -> Iterator[tuple[tuple[str | int, ...], Problem]]:
        """Refuse replacements of variables that the regression does not have."""
        asked = study.equation(section.base).regression
        variables = (asked.outcome, *asked.regressors, *asked.controls)
        for position, change in enumerate(section.vary.replace or ()):
            for old in change or {}:
                if old not in variables:
                    place = ("vary", "replace", position, old)
                    yield place, unknown_name("variable of the regression", old, variables)

    def failures(self, result: SpecificationCurve) -> Iterator[Failure]:
        """List specifications that could not be estimated."""
        yield from without_tests(result.refused)


ANALYSES.add("specification_curve")(SpecificationCurveAnalysis())
