"""Describe: number, mean, spread and range of variables."""

from __future__ import annotations

from xinzhi.analyses.analysis import (
    ANALYSES,
    Analysis,
    EstimationData,
    Given,
    Reads,
    Shown,
    Study,
)
from xinzhi.analyses.describe.compute import (
    DescribeSection,
    Description,
    correlation_table,
    describe,
)
from xinzhi.analyses.describe.show import descriptive_table
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi_core.wording import message


class DescribeAnalysis(Analysis[DescribeSection, Description]):
    """Describe variables: number of values, mean, standard deviation, smallest and largest value, correlations.

    The standard deviation divides by n - 1. Empty cells are counted and left out; correlations are those
    of the rows in which every variable has a value.

    Returns
    -------
    Description
        The statistics, in the unit of each variable; `.to_frame()` has one row a variable.

    Raises
    ------
    MissingColumn, NotNumeric, OutOfDomain
        A column is not there, or holds something else than finite numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"x": [1.0, 2.0, None, 6.0]}, index=index)
    >>> float(xz.describe(frame, variables="x").to_frame().loc["x", "mean"])
    3.0
    """

    section = DescribeSection
    is_single = True
    id = "descriptive"
    verb = "describe"
    description = "Descriptive statistics."
    title = message("Descriptive statistics")
    place = Place("data", message("Data"), 10, chapter="data")

    def reads(self, section: DescribeSection, study: Study) -> Reads:
        """Read the variables."""
        return Reads((EstimationData(study.expand(section.variables)),))

    def compute(self, section: DescribeSection, given: Given) -> Description:
        """Take the statistics of each variable."""
        names = given.study.expand(section.variables)
        return describe(given.frame(EstimationData(names)), names)

    def show(self, section: DescribeSection, result: Description, shown: Shown) -> Exhibits:
        """Set one row a variable, then their correlations."""
        described = result.to_frame().rename(columns={"missing": "n_missing"})
        table = descriptive_table(shown.name, shown.title, described, shown.style)
        if result.correlations is None:
            return Exhibits((table,))
        title = message("Correlations")
        matrix = correlation_table(
            f"{shown.name}_correlations", title, result.correlations, shown.style
        )
        return Exhibits((table, matrix))


ANALYSES.add("describe")(DescribeAnalysis())
