"""What a regression gives back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.econometrics.specification import Regression
from xinzhi.econometrics.statistic import Inapplicable, Statistic
from xinzhi.notices import Notice
from xinzhi.wording import Wording

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A regressor that could not be kept, and why."""

    name: str
    reason: Wording


@dataclass(frozen=True, slots=True)
class NoError:
    """A coefficient whose standard error is not identified, and why."""

    name: str
    reason: Wording
    """A clause: `its slope rests on …`."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well the regression describes the outcome."""

    r2: float
    r2_adjusted: float
    """1 - [RSS/(N-k-dfa)] / [TSS/(N-1)], as areg, reghdfe, fixest."""
    r2_within: float
    """1 - RSS/TSS after all effects are removed."""
    f: float
    """Wald test of all slopes / k."""
    f_df1: int
    f_df2: int
    f_p: float
    rss: float
    constant: float
    """_cons as Stata prints it: mean(y) - mean(x)'b."""


@dataclass(frozen=True, slots=True)
class CovarianceRule:
    """Which errors were computed, and by which small-sample rule."""

    kind: str
    """iid | hc1 | cluster | two_way | driscoll_kraay"""
    clusters: tuple[tuple[str, int], ...]
    """(name, number of clusters) per clustering variable."""
    rule: Wording
    """The small-sample rule in words, for the note under the table."""
    df: int
    """Degrees of freedom of t."""
    name: str = "fixest"
    """The same rule by its short name: fixest | stata | areg."""
    lag: int | None = None
    """Lag of Driscoll-Kraay errors."""
    has_gaps: bool = False
    """Whether two periods of Driscoll-Kraay errors are further apart than the smallest step."""
    was_repaired: bool = False
    """Whether negative eigenvalues of two-way errors were set to 0."""
    counted: int = 0
    """Parameters that the rule counts, K of (N-1)/(N-K); 0 where the rule has no K."""
    is_default: bool = False
    """Whether nobody stated the errors."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Slopes of a regression with their errors; the arrays follow `names`."""

    regression: Regression
    names: tuple[str, ...]
    """Slopes that were kept; `_cons` first where there are no effects."""
    estimate: Array
    std_error: Array
    statistic: Array
    p_value: Array
    ci_low: Array
    ci_high: Array
    vcov: Array
    """Shape (k, k); not a number in the rows and columns of slopes without an error."""
    n: int
    """Rows used."""
    n_missing: int
    """Rows left out because a cell was empty."""
    n_singletons: int
    """Rows left out because their effect has no other row."""
    dropped: tuple[Dropped, ...]
    fit: Fit
    covariance: CovarianceRule
    effects: tuple[tuple[str, int], ...]
    """(effect, number of levels)."""
    df_absorbed: int
    residuals: pd.Series
    """Indexed (entity, period), rows used."""
    notices: tuple[Notice, ...] = ()
    condition: float = 1.0
    """Condition number of the transformed, scaled columns."""
    error_tests: tuple[Statistic | Inapplicable, ...] = ()
    """Tests of what the errors assume, where they were asked for."""
    untested: Wording = ""
    """Why nothing can be tested, as after a perfect fit; empty where the tests stand."""
    without_error: tuple[NoError, ...] = ()
    """Coefficients that have an estimate, but no standard error, p-value or interval."""

    def position(self, name: str) -> int:
        """Position of a slope among the names."""
        return self.names.index(name)

    @property
    def nothing_tested(self) -> Wording:
        """Why no regressor of interest can be tested; empty where one can."""
        bare = {one.name: one.reason for one in self.without_error}
        interest = [name for name in self.regression.regressors if name in self.names]
        if self.untested or not bare or any(name not in bare for name in interest):
            return self.untested
        return bare[interest[0]] if interest else ""

    def to_frame(self) -> pd.DataFrame:
        """Return one row a slope: estimate, std_error, statistic, p_value, ci_low, ci_high."""
        columns = ("estimate", "std_error", "statistic", "p_value", "ci_low", "ci_high")
        return pd.DataFrame(
            {column: getattr(self, column) for column in columns},
            index=pd.Index(self.names, name="name"),
        )

    def __repr__(self) -> str:
        rule, fit = self.covariance, self.fit
        head = f"{self.regression.outcome}: N {self.n}, adjusted R² {fit.r2_adjusted:.4f}, errors {rule.kind}"
        return f"{head}\n{self.to_frame()}"

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html())
