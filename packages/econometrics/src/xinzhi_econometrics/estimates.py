"""Results of a regression.

Estimates as a frame, with the test that judges each coefficient.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import ByValue, InNotebook
from xinzhi_core.wording import Message, Wording, message
from xinzhi_econometrics.inference import Inapplicable, Statistic
from xinzhi_econometrics.instruments.confidence_set import Pieces
from xinzhi_econometrics.judgement import Combination, Judge, Judgement
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.specification import Regression


class JudgedEstimates:
    """Estimates whose coefficients have each a test that judges."""

    __slots__ = ()
    names: tuple[str, ...]
    estimate: Array
    std_error: Array
    p_value: Array
    judgement: Judgement | None

    @property
    def usual_df(self) -> float:
        """Degrees of freedom of t where nothing else judges."""
        return math.nan

    @property
    def judged(self) -> Judgement:
        """What judges each coefficient: t, where estimates were put together without a judge."""
        if self.judgement is not None:
            return self.judgement
        k = len(self.names)
        usual: Judge = "t"
        df, unknown = np.full(k, self.usual_df), np.full(k, math.nan)
        return Judgement((usual,) * k, self.std_error, df, self.p_value, unknown)

    @property
    def judge(self) -> tuple[Judge, ...]:
        """Test whose p-value and interval each coefficient has: t, cr2, anderson_rubin, none."""
        return self.judged.judge

    @property
    def errors(self) -> Array:
        """Standard errors of the test that judges; missing where it has none."""
        return self.judged.error

    @property
    def df(self) -> Array:
        """Degrees of freedom of the test that judges each coefficient."""
        return self.judged.df

    def set_at(self, name: str, level: float) -> Pieces:
        """Give the confidence set of a coefficient by the test that judges it: an interval, or pieces."""
        j = self.names.index(name)
        return self.judged.interval(j, float(self.estimate[j]), level)


def judged_frame(effects: JudgedEstimates) -> pd.DataFrame:
    """Set estimates, errors, p-values and intervals out, one row a coefficient, with the test that judges."""
    columns = ("estimate", "std_error", "statistic", "p_value", "ci_low", "ci_high")
    judgement = effects.judged
    frame = pd.DataFrame(
        {
            **{column: getattr(effects, column) for column in columns},
            "df": judgement.df,
            "judge": judgement.judge,
        },
        index=pd.Index(effects.names, name="name"),
    )
    if judgement.sets:
        # Two ends cannot say where a set has a gap.
        frame["set"] = [
            "" if one is None else pieces_as_text(one.at(one.level)) for one in judgement.sets
        ]
    return frame


def pieces_as_text(pieces: Pieces) -> str:
    """Write a set of values.

    >>> pieces_as_text(((float("-inf"), 0.5), (2.0, float("inf")))), pieces_as_text(())
    ('(-inf, 0.5] ∪ [2, inf)', 'empty')
    """

    def one(low: float, high: float) -> str:
        left, right = "(" if math.isinf(low) else "[", ")" if math.isinf(high) else "]"
        return f"{left}{low:g}, {high:g}{right}"

    return " ∪ ".join(one(low, high) for low, high in pieces) or "empty"


FIT_LABELS: Mapping[str, Message] = MappingProxyType(
    {
        "r2_adj": message("Adjusted R²"),
        "r2_within": message("Within R²"),
        "r2_between": message("Between R²"),
        "r2_overall": message("Overall R²"),
        "pseudo_r2": message("Pseudo R²"),
        "log_likelihood": message("Log pseudolikelihood"),
    }
)
"""Key of a fit statistic -> its name, in the order of a regression table."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A regressor that was dropped, and why."""

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
    """Statistics of fit."""

    r2: float = math.nan
    r2_adjusted: float = math.nan
    """1 - [RSS/(N-k-dfa)] / [TSS/(N-1)], as areg, reghdfe, fixest."""
    r2_within: float = math.nan
    """1 - RSS/TSS after all effects are removed."""
    f: float = math.nan
    """Wald test of all slopes / k."""
    f_df1: int = 0
    f_df2: int = 0
    f_p: float = math.nan
    rss: float = math.nan
    constant: float = math.nan
    """_cons as Stata prints it: mean(y) - mean(x)'b; the estimated constant of other estimators."""
    r2_between: float = math.nan
    """Random effects only, as r2_overall."""
    r2_overall: float = math.nan
    """Random effects: squared correlations of outcome and x'b, within, between and overall."""
    pseudo_r2: float = math.nan
    """1 - lnL/lnL0 of a quasi-likelihood (McFadden), lnL0 with the constant alone."""
    log_likelihood: float = math.nan

    def to_dict(self) -> dict[str, float]:
        """Return the statistics that the estimator defines, by their keys in results.json."""
        fit = {
            "r2": self.r2,
            "r2_adj": self.r2_adjusted,
            "r2_within": self.r2_within,
            "r2_between": self.r2_between,
            "r2_overall": self.r2_overall,
            "pseudo_r2": self.pseudo_r2,
            "log_likelihood": self.log_likelihood,
        }
        # F and its p-value stay, also as missing: every estimator defines them.
        return {key: value for key, value in fit.items() if not math.isnan(value)} | {
            "f": self.f,
            "f_df1": self.f_df1,
            "f_df2": self.f_df2,
            "f_p": self.f_p,
            "rss": self.rss,
            "constant": self.constant,
        }


@dataclass(frozen=True, slots=True)
class Constant:
    """The constant under fixed effects, with its test against 0."""

    estimate: float
    """ȳ - x̄'b."""
    std_error: float
    """By the declared rule."""
    statistic: float
    p_value: float
    """Of t with the degrees of freedom of the errors, or of CR2 where it judges every slope."""
    ci_low: float
    ci_high: float
    df: float
    """Degrees of freedom of the test that judges."""
    judge: Judge


@dataclass(frozen=True, slots=True, eq=False)
class MarginalEffects(JudgedEstimates, InNotebook):
    """Average marginal effects dE[y|x]/dx on the scale of the outcome; arrays follow `names`."""

    names: tuple[str, ...]
    estimate: Array
    std_error: Array
    """By the delta method."""
    statistic: Array
    p_value: Array
    ci_low: Array
    ci_high: Array
    judgement: Judgement | None = None
    """What judges each effect."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row a regressor: estimate, std_error, statistic, p_value, ci_low, ci_high."""
        return judged_frame(self)


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Standard deviations of a random effects model and what follows from them."""

    sigma_u: float
    """Of the effects of entities; 0 where the estimate of the variance is negative."""
    sigma_e: float
    """Of the remaining error."""
    rho: float
    """Share of the variance that is due to the effects: σ²_u / (σ²_u + σ²_e)."""
    theta: tuple[float, float, float]
    """Share θ of its mean that is subtracted from an entity: smallest, median, largest."""


@dataclass(frozen=True, slots=True)
class CovarianceRule:
    """Kind of standard errors and small-sample rule."""

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
    """Whether the default applies, as no errors were stated."""


DEFERRED = ("notices", "error_tests")
"""What estimates may leave until it is read."""
Deferred = Callable[[], tuple[tuple[Notice, ...], tuple[Statistic | Inapplicable, ...]]]
"""Computes the notices and the tests of what the errors assume."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimates(JudgedEstimates, ByValue):
    """Coefficients of a regression with standard errors; the arrays follow `names`.

    The tests of what the errors assume, and with them the notices, may be computed when one of them is read
    for the first time (`defer_tests`). A copy, a comparison and a pickle read them, as every table does.
    """

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
    """Rows left out as singletons of an effect."""
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
    marginal_effects: MarginalEffects | None = None
    """Where the slopes are not on the scale of the outcome, as those of a fractional logit."""
    components: VarianceComponents | None = None
    """Of random effects."""
    judgement: Judgement | None = None
    """What judges each coefficient; None: t with the degrees of freedom of the errors."""
    constant: Constant | None = None
    """That of least squares with fixed effects; None where it is one of the names, or has no test."""
    pending: Deferred | None = field(default=None, repr=False, compare=False)
    """What computes the notices and the tests of the errors; None where they are there."""

    # Type checkers look at the fields; of a slot that is empty Python asks here.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """Compute the notices and the tests of the errors where they were left until now."""
            if name not in DEFERRED:
                msg = f"'{type(self).__name__}' object has no attribute '{name}'"
                raise AttributeError(msg)
            # Another thread may have computed them since; what it found is the same.
            if (pending := self.pending) is not None:
                notices, tests = pending()
                object.__setattr__(self, "notices", notices)
                object.__setattr__(self, "error_tests", tests)
                object.__setattr__(self, "pending", None)
            return object.__getattribute__(self, name)

    @property
    def estimator(self) -> str:
        """Name of the estimator: least_squares, fractional_logit, random_effects."""
        return self.regression.estimator

    @property
    def on_outcome(self) -> Estimates | MarginalEffects:
        """Effects on the scale of the outcome: marginal effects where the slopes are not on it."""
        return self if self.marginal_effects is None else self.marginal_effects

    @property
    def usual_df(self) -> float:
        """Degrees of freedom of the errors."""
        return float(self.covariance.df)

    @property
    def usual_p(self) -> Array:
        """p-values of the usual t-tests, whatever judges."""
        return self.judged.usual_p

    @property
    def effective_clusters(self) -> Array:
        """Effective clusters of each coefficient (Carter, Schnepel and Steigerwald 2017); NaN without clusters."""
        return self.judged.effective_clusters

    def combine(self, weights: Mapping[str, float]) -> Combination:
        """Judge a weighted sum of coefficients: by CR2 where it judges one of them, else by t."""
        c = np.zeros(len(self.names))
        for name, weight in weights.items():
            c[self.position(name)] = weight
        used = np.flatnonzero(c)
        judgement, b = self.judged, float(c @ self.estimate)
        # Only the coefficients that take part: one without an error would make 0 · NaN of V.
        variance = float(c[used] @ self.vcov[np.ix_(used, used)] @ c[used])
        error = math.sqrt(variance) if variance >= 0.0 else math.nan
        judges = {judgement.judge[j] for j in used}
        if judges & {"anderson_rubin", "none"}:
            return Combination(b, error, math.nan, math.nan, "none")
        if "cr2" in judges and math.isfinite(error):
            assert judgement.few is not None
            return Combination(b, error, judgement.few.error(c), judgement.few.df(c), "cr2")
        return Combination(b, error, error, float(self.covariance.df), "t")

    def position(self, name: str) -> int:
        """Position of a slope among the names."""
        return self.names.index(name)

    @property
    def nothing_tested(self) -> Wording:
        """Why no regressor of interest can be tested; empty where one can."""
        reasons = {missing.name: missing.reason for missing in self.without_error}
        interest = [name for name in self.regression.regressors if name in self.names]
        if self.untested or not reasons or any(name not in reasons for name in interest):
            return self.untested
        return reasons[interest[0]] if interest else ""

    def to_frame(self) -> pd.DataFrame:
        """Return one row a slope: estimate, std_error, statistic, p_value, ci_low, ci_high."""
        return judged_frame(self)

    def __repr__(self) -> str:
        rule, fit = self.covariance, self.fit.to_dict()
        key = next(k for k in ("r2_adj", "pseudo_r2", "r2_overall") if k in fit)
        head = f"{self.regression.outcome}: N {self.n}, {FIT_LABELS[key]} {fit[key]:.4f}, errors {rule.kind}"
        return f"{head}\n{self.to_frame()}"

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html())

    @property
    def params(self) -> pd.Series:
        """Coefficients by name."""
        return self._by_name(self.estimate, "estimate")

    @property
    def std_errors(self) -> pd.Series:
        """Standard errors by name."""
        return self._by_name(self.std_error, "std_error")

    @property
    def tstats(self) -> pd.Series:
        """Ratios of coefficients and standard errors, by name."""
        return self._by_name(self.statistic, "statistic")

    @property
    def pvalues(self) -> pd.Series:
        """p-values by name, two-sided."""
        return self._by_name(self.p_value, "p_value")

    @property
    def cov(self) -> pd.DataFrame:
        """Covariance of the coefficients, by names."""
        return pd.DataFrame(self.vcov, index=[*self.names], columns=[*self.names])

    @property
    def nobs(self) -> int:
        """Rows used."""
        return self.n

    @property
    def rsquared(self) -> float:
        """R² with the fixed effects."""
        return self.fit.r2

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Give confidence intervals by name, of the test that judges.

        A set with a gap, as weak instruments may leave, has a row for each of its pieces; one without a
        value has missing ends.

        Parameters
        ----------
        level
            Coverage, between 0 and 1.

        Raises
        ------
        SpecError
            The level is not between 0 and 1.
        """
        require_coverage(level)
        sets = {name: self.set_at(name, level) or ((math.nan, math.nan),) for name in self.names}
        rows = [(name, low, high) for name, pieces in sets.items() for low, high in pieces]
        return pd.DataFrame(rows, columns=["name", "low", "high"]).set_index("name")

    def summary(self) -> str:
        """Write the regression as text: what was estimated, how, and the table of coefficients."""
        names = ", ".join(f"{name} ({levels})" for name, levels in self.effects) or "-"
        clusters = ", ".join(f"{name} ({count})" for name, count in self.covariance.clusters)
        fit = ", ".join(f"{key} {value:.4f}" for key, value in self.fit.to_dict().items())
        judged = [
            f"{name} ({judge}, df {df:.4g})"
            for name, judge, df in zip(self.names, self.judge, self.df, strict=True)
            if judge != "t"
        ]
        lines = [
            f"{self.regression.outcome} by {self.estimator.replace('_', ' ')}, N {self.n}",
            f"fixed effects: {names}",
            f"errors: {self.covariance.kind}{' by ' + clusters if clusters else ''}",
            f"fit: {fit}",
            *([f"p-values and intervals: {', '.join(judged)}"] if judged else []),
            *(f"dropped: {dropped.name}: {dropped.reason}" for dropped in self.dropped),
            *(f"note: {notice.text}" for notice in self.notices),
            self.to_frame().to_string(),
        ]
        return "\n".join(lines)

    def _by_name(self, values: Array, name: str) -> pd.Series:
        return pd.Series(values, index=pd.Index(self.names, name="name"), name=name)


def defer_tests(estimates: Estimates, pending: Deferred) -> None:
    """Leave notices and tests of the errors of new estimates, which nobody has read, until they are read."""
    for name in DEFERRED:
        object.__delattr__(estimates, name)
    object.__setattr__(estimates, "pending", pending)


def require_coverage(level: float) -> None:
    """Refuse a level of intervals that is not between 0 and 1.

    Raises
    ------
    SpecError
        With the remedy.
    """
    if not 0.0 < level < 1.0:
        what = message("A level lies between 0 and 1, not at {level}.", level=level)
        remedy = message("write 0.95 for intervals of 95 %.")
        raise SpecError(Problem("option.range", what, Where(key="level"), remedy))
