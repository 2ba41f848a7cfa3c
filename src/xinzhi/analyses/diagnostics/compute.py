"""Diagnostics inside a study: each test has its own answer, or the reason why it has none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import StudyError
from xinzhi.panel.notebook import InNotebook
from xinzhi.regression.diagnostics import DIAGNOSTICS, Diagnosis
from xinzhi.regression.inference import Statistic
from xinzhi.regression.specification import LEAST_SQUARES, Regression


@dataclass(frozen=True, slots=True, eq=False)
class Diagnoses(InNotebook):
    """What the tests of one regression found."""

    tests: tuple[Diagnosis | Unavailable, ...]

    @property
    def found(self) -> tuple[Diagnosis, ...]:
        """The tests that could be computed."""
        return tuple(one for one in self.tests if isinstance(one, Diagnosis))

    @property
    def failed(self) -> tuple[Unavailable, ...]:
        """The tests that could not be computed, and why."""
        return tuple(one for one in self.tests if isinstance(one, Unavailable))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a statistic: value, distribution and p; of a test that failed, why."""
        rows: list[dict[str, object]] = []
        for one in self.found:
            for test in one.statistics:
                if isinstance(test, Statistic):
                    numbers = {"value": test.value, "distribution": test.distribution}
                    rows.append({"test": test.name, **numbers, "p_value": test.p_value})
                else:
                    rows.append({"test": test.name, "failed": str(test.reason)})
        rows += [{"test": one.name, "failed": str(one.problems[0].what)} for one in self.failed]
        columns = ["test", "value", "distribution", "p_value", "failed"]
        return pd.DataFrame(rows, columns=columns).set_index("test")


def diagnose(frame: pd.DataFrame, regression: Regression, tests: tuple[str, ...]) -> Diagnoses:
    """Run tests one after the other; one that fails leaves the others.

    They look at the regression by least squares whatever its estimator: some of them choose it.
    """
    regression = replace(regression, estimator=LEAST_SQUARES)
    return Diagnoses(tuple(_diagnosed(test, frame, regression) for test in dict.fromkeys(tests)))


def _diagnosed(test: str, frame: pd.DataFrame, regression: Regression) -> Diagnosis | Unavailable:
    try:
        return DIAGNOSTICS.get(test)(frame, regression)
    except StudyError as error:
        return Unavailable(test, error.problems)
