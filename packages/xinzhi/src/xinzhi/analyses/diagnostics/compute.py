"""Diagnostics inside a study: each test has its own answer, or the reason why it has none.

Diagnostics: which tests of which regression.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import pandas as pd
from pydantic import Field

from xinzhi.analyses.section import Names, Refers, Section
from xinzhi.analyses.unavailable import Unavailable
from xinzhi_core.errors import StudyError
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_econometrics.diagnostics import DIAGNOSTICS, Diagnosis
from xinzhi_econometrics.inference import Statistic
from xinzhi_econometrics.specification import LEAST_SQUARES, Regression


class DiagnosticsSection(Section):
    """Tests about one regression."""

    base: Annotated[str, Refers("column")] = Field(alias="of")
    """The column of a table that is tested, such as baseline/1."""
    tests: Annotated[Names, Refers("diagnostic")]
    """vif, effects_f …: see `xinzhi parts`."""


@dataclass(frozen=True, slots=True, eq=False)
class Diagnoses(InNotebook):
    """What the tests of one regression found."""

    tests: tuple[Diagnosis | Unavailable, ...]

    @property
    def found(self) -> tuple[Diagnosis, ...]:
        """The tests that could be computed."""
        return tuple(test for test in self.tests if isinstance(test, Diagnosis))

    @property
    def failed(self) -> tuple[Unavailable, ...]:
        """The tests that could not be computed, and why."""
        return tuple(test for test in self.tests if isinstance(test, Unavailable))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a statistic: value, distribution and p; of a test that failed, why."""
        rows: list[dict[str, object]] = []
        for statistic in (statistic for test in self.found for statistic in test.statistics):
            if isinstance(statistic, Statistic):
                numbers = {"value": statistic.value, "distribution": statistic.distribution}
                rows.append({"test": statistic.name, **numbers, "p_value": statistic.p_value})
            else:
                rows.append({"test": statistic.name, "failed": str(statistic.reason)})
        rows += [{"test": t.name, "failed": str(t.problems[0].what)} for t in self.failed]
        columns = ["test", "value", "distribution", "p_value", "failed"]
        return pd.DataFrame(rows, columns=columns).set_index("test")


def diagnose(frame: pd.DataFrame, regression: Regression, tests: tuple[str, ...]) -> Diagnoses:
    """Run tests one after the other; one that fails leaves the others.

    They look at the regression by least squares whatever its estimator: some of them choose it.
    """
    regression = replace(regression, estimator=LEAST_SQUARES)

    def run(test: str) -> Diagnosis | Unavailable:
        try:
            return DIAGNOSTICS.get(test)(frame, regression)
        except StudyError as error:
            return Unavailable(test, error.problems)

    return Diagnoses(tuple(run(test) for test in dict.fromkeys(tests)))
