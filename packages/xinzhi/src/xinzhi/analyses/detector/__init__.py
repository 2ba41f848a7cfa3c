"""Geodetector: how much of the variance of an outcome lies between the strata of factors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinzhi.analyses.analysis import (
    ANALYSES,
    Analysis,
    Given,
    PlacedProblem,
    Reads,
    RequiredDraws,
    Shown,
    Study,
)
from xinzhi.analyses.detector.compute import data_of, run_detector
from xinzhi.analyses.detector.section import BEST, DetectorSection
from xinzhi.analyses.detector.show import exhibits
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.present.chart import Chart
from xinzhi_core.errors import Problem
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message
from xinzhi_econometrics.space.detector import Detected


class DetectorAnalysis(Analysis[DetectorSection, Detected]):
    """Measure by the geodetector how much of the variance of an outcome lies between strata.

        q = 1 - sum_h N_h s_h^2 / (N s^2)

    Variances divide by N_h and N. Its p-value is that of the noncentral F distribution. A pair of factors
    is laid over each other, and q of both is compared with that of each and with their sum.

    Returns
    -------
    Detected
        `factors` (q, F, p-value, number of strata), `strata` (means, in the unit of the outcome),
        `interaction` and `ecological`, None where there are no pairs; q has no unit.

    Raises
    ------
    DataError, MethodError
        A column is not there or not a number, a stratum has one row, a factor or the outcome does not vary.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abcd"), [1]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"y": [1.0, 2.0, 5.0, 6.0], "soil": [1, 1, 2, 2]}, index=index)
    >>> round(float(xz.detector(frame, outcome="y", factors="soil").to_frame().loc["soil", "q"]), 4)
    0.9412

    References
    ----------
    Wang et al. (2010), doi 10.1080/13658810802443457; Wang, Zhang and Fu (2016), doi
    10.1016/j.ecolind.2016.02.052.
    """

    section = DetectorSection
    verb = "detector"
    description = "Outcome -> how much of its variance lies between strata (geodetector)."
    title = message("Geodetector")
    place = Place("detector", title, 47, chapter="effects")

    def sections(self, key: str, options: Any) -> Mapping[str, DetectorSection]:
        """Take the name of a section for its outcome where it names none."""
        return {
            name: section
            if section.outcome is not None
            else section.model_copy(update={"outcome": name})
            for name, section in super().sections(key, options).items()
        }

    def problems(self, section: DetectorSection, study: Study) -> Iterator[PlacedProblem]:
        """Refuse a call without an outcome, and one that explains itself."""
        if section.outcome is None:
            text = message("The geodetector has no outcome.")
            yield ("outcome",), Problem("detector.no_outcome", text, remedy=message("name it."))
        elif section.outcome in (*study.expand(section.factors), *section.by):
            text = message("{name} is both outcome and factor.", name=section.outcome)
            yield ("factors",), Problem("detector.own_factor", text, remedy=message("remove it."))

    def drawn(self, section: DetectorSection, study: Study) -> Iterator[RequiredDraws]:
        """List the random orders behind the best strata."""
        if BEST in section.strata:
            yield RequiredDraws("permutations", section.permutations, study.inference.level, 1)

    def reads(self, section: DetectorSection, study: Study) -> Reads:
        """Read the outcome, the factors and the groupings."""
        factors = study.expand(section.factors)
        data = (data_of(section, factors),) if section.outcome is not None else ()
        return Reads(data, methods=("space",))

    def compute(self, section: DetectorSection, given: Given) -> Detected:
        """Cut the factors and compute the detectors."""
        return run_detector(section, given)

    def notices(self, result: Detected) -> Iterator[Notice]:
        """Say what a reader must know about the strata."""
        yield from result.notices

    def show(self, section: DetectorSection, result: Detected, shown: Shown) -> Exhibits:
        """Set the factors, their strata and their pairs."""
        return exhibits(section, result, shown)

    def draw(self, section: DetectorSection, result: Detected, shown: Shown) -> Iterator[Chart]:
        """Draw q of each factor."""
        from xinzhi.analyses.detector.charts import q_chart  # the chart engine loads with it

        yield q_chart(section, result, shown)


ANALYSES.add("detector")(DetectorAnalysis())
