"""Tables of regressions: columns side by side, instruments, few clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from xinzhi.analyses.analysis import (
    ANALYSES,
    Analysis,
    Effect,
    EstimationData,
    Given,
    Reads,
    Shown,
    Study,
)
from xinzhi.analyses.capabilities import Mechanism, TableOfColumns
from xinzhi.analyses.effects import Quantity, slope_quantity, slopes
from xinzhi.analyses.equation import Equation, Frontier
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.regressions import section as checks
from xinzhi.analyses.regressions.compute import RegressionColumns, regress
from xinzhi.analyses.regressions.section import (
    RegressionTable,
    SingleRegression,
    equations_of,
    table_title,
)
from xinzhi.analyses.regressions.show import exhibits
from xinzhi.analyses.section import Section
from xinzhi.analyses.unavailable import Failure, Unavailable, without_tests
from xinzhi.present.regression import NotEstimated
from xinzhi.present.style import Style
from xinzhi_core.errors import Problem
from xinzhi_core.notices import Notice
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.instruments.estimate import Instrumented
from xinzhi_econometrics.verdict import JudgementRule, judge_slope


class RegressionsAnalysis(
    Analysis[RegressionTable, RegressionColumns],
    TableOfColumns[RegressionTable, RegressionColumns],
    Mechanism[RegressionTable, RegressionColumns],
):
    """Regress an outcome on columns with fixed effects, also with instruments.

    Least squares after an exact within transformation of all effects; with `instruments`, two-stage
    least squares and the tests of the instruments. Where errors are clustered by fewer than 40
    clusters, CR2 with Satterthwaite's degrees of freedom judges, and p-values and intervals of the wild
    cluster bootstrap come with them.

    Returns
    -------
    Regressions
        `.columns[0]` holds the estimates, in units of the outcome per unit of the regressor, those of
        instruments with their tests; `.bootstraps` the wild
        cluster bootstrap; `.to_frame()` has one row a slope.

    Raises
    ------
    SpecError, NotIdentified, DataError
        With column and remedy.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abcdef"), range(6)], names=["entity", "period"])
    >>> draw = np.random.default_rng(0).normal(size=(36, 3))
    >>> frame = pd.DataFrame(draw, index=index, columns=["u", "z", "x"])
    >>> frame["x"] += frame["z"] + frame["u"]
    >>> frame["y"] = frame["x"] - frame["u"]
    >>> found = xz.regress(frame, outcome="y", regressors="x", instruments={"x": "z"})
    >>> found.columns[0].instruments
    ('z',)

    References
    ----------
    Cameron, Gelbach and Miller (2008), doi 10.1162/rest.90.3.414; Montiel Olea and Pflueger (2013),
    doi 10.1080/00401706.2013.806694.
    """

    section = RegressionTable
    called = SingleRegression
    verb = "regress"
    charts = "xinzhi.analyses.regressions.charts"
    description = "Name -> table of regressions."
    title = message("Regressions")
    place = Place("models", message("Models"), 50, chapter="effects")
    n_on_console = 1
    keeps = frozenset({"instruments", "estimator"})
    shown_only = frozenset({"title", "columns.label"})

    def section_of(self, called: Section) -> RegressionTable:
        """Make the table of one column."""
        assert isinstance(called, SingleRegression)
        return called.table()

    def reads(self, section: RegressionTable, study: Study) -> Reads:
        """Read the data of each column."""
        equations = equations_of(section, study)
        data = dict.fromkeys(EstimationData.of(equation) for equation in equations)
        return Reads(tuple(data), equations)

    def compute(self, section: RegressionTable, given: Given) -> RegressionColumns:
        """Estimate column by column."""
        return regress(equations_of(section, given.study), given, section.tests)

    def show(self, section: RegressionTable, result: RegressionColumns, shown: Shown) -> Exhibits:
        """Set the columns side by side."""
        return exhibits(section, result, shown)

    def titled(self, name: str, sections: Mapping[str, RegressionTable], study: Study) -> Wording:
        """Title of a table; where the study file gives none, by its outcome."""
        return table_title(name, sections, study)

    def problems(
        self, section: RegressionTable, study: Study
    ) -> Iterator[tuple[tuple[str | int, ...], Problem]]:
        """Look at whole equations."""
        return checks.problems(section, study)

    def frontiers(
        self, section: RegressionTable, study: Study
    ) -> Iterator[tuple[tuple[str | int, ...], Equation, Frontier]]:
        """List the columns for which scores are measured again."""
        equations = equations_of(section, study)
        for number, (column, equation) in enumerate(zip(section.columns, equations, strict=True)):
            yield ("columns", number), equation, tuple(column.efficiency.items())

    def outcome(self, section: RegressionTable, study: Study) -> str | None:
        """Name that of the first column, which speaks for the table."""
        return equations_of(section, study)[0].regression.outcome

    def part(self, result: RegressionColumns, name: str) -> RegressionColumns:
        """Take the column of this number; the first where none is named."""
        return result.only(int(name or 1) - 1)

    def notices(self, result: RegressionColumns) -> Iterator[Notice]:
        """Give those of the columns, and say where there is no bootstrap, which is not a failure."""
        yield from (notice for column in result.estimated for notice in column.notices)
        for missing in result.not_bootstrapped.values():
            for problem in missing.problems:
                where = replace(problem.where, key=missing.place)
                yield Notice(problem.code, problem.what, where)

    def samples(self, result: RegressionColumns) -> tuple[Estimates | None, ...]:
        """List the columns of the table."""
        return tuple(c if isinstance(c, Estimates) else None for c in result.fitted)

    def failures(self, result: RegressionColumns) -> Iterator[Failure]:
        """List columns that could not be estimated, or of which nothing can be tested."""
        for number, column in enumerate(result.fitted, 1):
            if isinstance(column, NotEstimated):
                yield Unavailable(f"column {number}", column.problems, f".columns[{number}]")
        yield from without_tests(result.estimated)
        for position, tests in result.tests.items():
            for failed in tests.failed:
                yield replace(failed, place=f".columns[{position + 1}].{failed.name}")

    def regressions(
        self, section: RegressionTable, result: RegressionColumns, given: Given
    ) -> Iterator[tuple[str, pd.DataFrame, Estimates | Instrumented]]:
        """List the columns."""
        equations = equations_of(section, given.study)
        pairs = zip(equations, result.columns, strict=True)
        for number, (equation, column) in enumerate(pairs, 1):
            if not isinstance(column, NotEstimated):
                frame, _ = equation.applied(given.frame(EstimationData.of(equation)))
                yield str(number), frame, column

    def quantities(
        self, section: RegressionTable, result: RegressionColumns, study: Study
    ) -> Iterator[Quantity]:
        """List the slopes of interest, column by column."""
        del section, study
        for number, column in enumerate(result.judged, 1):
            if isinstance(column, Estimates):
                for name in column.regression.regressors:
                    if name in column.on_outcome.names:
                        yield slope_quantity(str(number), column, name, column=number)

    def effects(self, result: RegressionColumns, inference: JudgementRule) -> Iterator[Effect]:
        """List the effects of all columns; those of weak instruments as their stars are given."""
        for column in result.judged:
            if isinstance(column, Estimates):
                yield from slopes(column, level=inference.level)

    def under_defaults(self, result: RegressionColumns) -> RegressionColumns:
        """Give the columns with errors clustered by entity."""
        return result.under_defaults

    def doubts(self, result: RegressionColumns, style: Style) -> Iterator[Notice]:
        """Say where a p-value that holds with few clusters judges otherwise."""
        for position, wild in result.bootstraps.items():
            if position in result.declared:
                continue  # Other errors judge the column.
            asked = wild.estimates.regression
            for name, p in zip(wild.names, wild.p_value, strict=True):
                verdict = judge_slope(wild.estimates, name, style.inference)
                other = style.judge(verdict.estimate, float(p), "wild")
                if name in asked.regressors and other.direction != verdict.direction:
                    text = message(
                        "{name} on {outcome}: p = {p:.3f} by CR2, on which the pathways rest, but {wild:.3f} by "
                        "the wild bootstrap.",
                        name=name,
                        outcome=asked.outcome,
                        p=verdict.p,
                        wild=float(p),
                    )
                    yield Notice("pathways.few_clusters", text)


ANALYSES.add("tables")(RegressionsAnalysis())
