"""Instrumental variables: two-stage least squares and its tests.

Anderson and Rubin's confidence set: valid however weak the instruments are.

Covariance of the slopes on the instruments, and its F-test: CR2 where clusters are few.

Anderson and Rubin's test regresses y - βY on instruments and exogenous variables. With few clusters, or
effectively few for some instrument, its covariance is CR2 and its law that of the approximate Hotelling
test (judgement.py): with Q = g'V⁻¹g,

    (η - q + 1)/(ηq) Q ~ F(q, η - q + 1),

so that g'V*⁻¹g/q with V* = V η/(η - q + 1) is the statistic. η does not depend on the outcome, and V(β) stays
quadratic in β, as the scores are linear in the residuals.

References
----------
Pustejovsky and Tipton (2018), doi:10.1080/07350015.2016.1247004; Anderson and Rubin (1949),
doi:10.1214/aoms/1177730090.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd
import scipy

from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Message, message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.inference import Inapplicable, Statistic, chi2_tail, f_tail, wald
from xinzhi_econometrics.instruments.confidence_set import ConfidenceSet, Pieces, ends_of
from xinzhi_econometrics.instruments.two_stage import (
    TAUS,
    ZERO_SCORES,
    Strength,
    TwoStageColumns,
    first_stage,
    order_problem,
    second_stage,
    stages,
    strength,
)
from xinzhi_econometrics.judgement import (
    Adjusted,
    Judge,
    adjust,
    are_few,
    basis_of,
    effective_clusters,
)
from xinzhi_econometrics.lagged_outcome import lag_notices
from xinzhi_econometrics.least_squares import Array, least_squares
from xinzhi_econometrics.specification import Regression, staggered_notices, with_errors
from xinzhi_econometrics.whole_line import WholeLine, angles

GRID = 4001
AGREES = 1e-9
"""Largest difference of covariances, as correlations, that is rounding."""


class Joint(Protocol):
    """From residuals (n,) and influence (q, n) to a covariance (q, q), and the second df of its F-test."""

    def __call__(self, residuals: Array, influence: Array) -> tuple[Array, float]:
        """Compute both."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Quadratic:
    """V(β) at z = (β - centre) / width, shape (q, q): V₀ + zV₁ + z²V₂."""

    middle: Array
    slope: Array
    square: Array

    def at(self, z: Array) -> Array:
        """Compute V at many z, shape (b, q, q)."""
        z = z[:, None, None]
        return np.asarray(self.middle + z * self.slope + z**2 * self.square)


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """V(β) / (1 + z²) on the grid of angles, shape (GRID - 2, q, q); between them it is interpolated.

    Divided like this V is smooth and bounded in the angle: of a quadratic V the interpolation is wrong
    by less than (π / GRID)² of its size.
    """

    values: Array

    def at(self, z: Array) -> Array:
        """Compute V at many z, shape (b, q, q)."""
        grid = angles(GRID)
        place = (np.arctan(z) - grid[0]) / (grid[1] - grid[0])
        left = np.clip(np.floor(place), 0, len(grid) - 2).astype(np.intp)
        share = (place - left)[:, None, None]
        scaled = (1.0 - share) * self.values[left] + share * self.values[left + 1]
        return np.asarray(scaled * (1.0 + z**2)[:, None, None])


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """Outcome and endogenous regressor on the instruments: AR(β) for any β, and what it does not reject."""

    on_y: Array
    on_x: Array
    """Slopes of both on the instruments, shape (q,)."""
    covariance: Quadratic | Traced
    at_end: Array
    """V of the slopes of the endogenous regressor: what V(β) / β² grows towards."""
    df: float
    """Second degrees of freedom."""
    centre: float
    width: float
    """Centre and unit of the grid of β."""

    @property
    def q(self) -> int:
        """Number of instruments."""
        return len(self.on_y)

    def statistics(self, betas: Array) -> Array:
        """Compute AR at many β."""
        g = self.on_y - betas[:, None] * self.on_x
        v = self.covariance.at((betas - self.centre) / self.width)
        return np.asarray((g * np.linalg.solve(v, g[:, :, None])[:, :, 0]).sum(1) / self.q)

    def invert(self, level: float) -> Pieces:
        """Find the values that are not rejected at a level of confidence."""
        critical = float(scipy.special.fdtri(self.q, self.df, level))

        line = WholeLine(self.centre, self.width)
        found = line.sign_changes(lambda betas: self.statistics(betas) - critical, GRID)
        # As β grows without bound, the statistic approaches that of Y on Z.
        limit = float(self.on_x @ np.linalg.solve(self.at_end, self.on_x) / self.q)
        return _pieces(
            found.crossings, first_inside=found.begins_below, open_ends=limit <= critical
        )


def anderson_rubin(
    outcome: Array,
    endogenous: Array,
    instruments: Array,
    joint: Joint,
    level: float,
) -> ConfidenceSet:
    """Invert the test that instruments have no effect on y - βY.

    AR(β) = g(β)'V(β)⁻¹g(β)/q <= F(q, df), g(β) the slopes of y - βY on Z, V(β) their covariance
    under the errors of the regression. All columns come without effects and exogenous variables.

    Parameters
    ----------
    outcome, endogenous
        y~ and Y~, shape (n,).
    instruments
        Z~, shape (n, q).
    joint
        From residuals (n,) and influence (q, n) to a covariance (q, q) and its df.
    level
        Coverage of the set: it leaves out 0 exactly where p is below 1 - level.

    References
    ----------
    Anderson and Rubin (1949), doi:10.1214/aoms/1177730090; Mikusheva (2010),
    doi:10.1016/j.jeconom.2009.12.003.
    """
    on_y, on_x = least_squares(outcome, instruments), least_squares(endogenous, instruments)
    centre, width = _scale(outcome, endogenous, instruments, on_x.slopes)

    def direct(beta: float) -> Array:
        # V(β) as the errors of the regression give it.
        return joint(on_y.residuals - beta * on_x.residuals, on_y.influence)[0]

    at_end = joint(on_x.residuals, on_x.influence)[0]
    df = joint(on_y.residuals, on_y.influence)[1]
    covariance = _covariance(direct, at_end, centre, width)
    reduced = Reduced(on_y.slopes, on_x.slopes, covariance, at_end, df, centre, width)
    zero = float(reduced.statistics(np.zeros(1))[0])
    return ConfidenceSet(reduced.invert(level), level, zero, f_tail(zero, reduced.q, df), reduced)


def _covariance(
    direct: Callable[[float], Array], at_end: Array, centre: float, width: float
) -> Quadratic | Traced:
    """Give V at many slopes by interpolation: V(β) = V₀ - βM + β²V∞.

    It is quadratic in β as the residuals are linear. Only a repair of two-way errors breaks that; a
    fourth value then differs, and V(β) is computed on the whole grid.
    """
    slope = (direct(centre + width) - direct(centre - width)) / 2
    quadratic = Quadratic(direct(centre), slope, width**2 * at_end)
    for z in (-1.0, 3.0):
        exact = direct(centre + z * width)
        unit = np.sqrt(np.diag(exact))
        error = np.abs(quadratic.at(np.array([z]))[0] - exact)
        if not np.all(error <= AGREES * np.outer(unit, unit)):
            scaled = (direct(centre + z * width) / (1.0 + z**2) for z in np.tan(angles(GRID)))
            return Traced(np.array(list(scaled)))
    return quadratic


def _scale(
    outcome: Array, endogenous: Array, instruments: Array, slopes: Array
) -> tuple[float, float]:
    """Centre the grid on two-stage least squares, in units of its classical error."""
    fitted = instruments @ slopes
    along = float(fitted @ endogenous)
    centre = float(fitted @ outcome) / along if along != 0.0 else 0.0
    e = outcome - centre * endogenous
    return centre, float(np.sqrt(e @ e / len(e) / max(along, 1e-300)))


def _pieces(
    edges: tuple[float, ...], *, first_inside: bool, open_ends: bool
) -> tuple[tuple[float, float], ...]:
    """Turn crossings into intervals."""
    ends = sorted(edges)
    # Without a crossing the set is empty or the whole line, as the test decides at infinity.
    if first_inside or (open_ends and not ends):
        ends = [-np.inf, *ends]
    if len(ends) % 2:
        ends = [*ends, np.inf]
    return tuple((float(a), float(b)) for a, b in zip(ends[::2], ends[1::2], strict=True))


FEW_CLUSTERS = message(
    "With few clusters the Anderson-Rubin test is by CR2 and the approximate Hotelling test."
)


@dataclass(frozen=True, slots=True, eq=False)
class ByRule:
    """Covariance by the declared rule."""

    parts: TwoStageColumns

    def __call__(self, residuals: Array, influence: Array) -> tuple[Array, float]:
        """Compute V, shape (q, q), and the second degrees of freedom of its F-test."""
        vcov, rule = self.parts.covariance(influence, residuals)
        return vcov, rule.df


@dataclass(frozen=True, slots=True, eq=False)
class ByFewClusters:
    """CR2 covariance, scaled so that the approximate Hotelling test is an F-test; the influence is in it."""

    adjusted: Adjusted

    def __call__(self, residuals: Array, influence: Array) -> tuple[Array, float]:
        """Compute V η/(η - q + 1), shape (q, q), and η - q + 1; not numbers where the test does not exist."""
        few = self.adjusted.scores_of(residuals)
        eta, df = few.joint(np.eye(len(influence)))
        scale = eta / df if df > 0.0 else float("nan")
        return few.vcov * scale, df


def joint_of(parts: TwoStageColumns, influence: Array) -> Joint:
    """Choose the covariance of the slopes on the instruments.

    Parameters
    ----------
    influence
        Of the slopes on the instruments, exogenous variables partialled out, shape (q, n).
    """
    sample = parts.model.sample
    usual = ByRule(parts.without_columns)
    if parts.model.regression.covariance.kind != "cluster":
        return usual
    cluster = sample.clusters[0]
    if not are_few(effective_clusters(influence, cluster), cluster).any():
        return usual
    basis = basis_of(parts.outside, sample.effects, cluster)
    return usual if basis is None else ByFewClusters(adjust(influence, cluster, basis))


TAU = 0.10
"""Share of the worst bias above which instruments count as weak, where none is declared."""
SIZE = 0.10
"""Largest size of a 5 % test under Stock and Yogo, where they judge."""


@dataclass(frozen=True, slots=True, eq=False)
class Instrumented(InNotebook):
    """Two-stage least squares and its tests."""

    estimates: Estimates
    """Where instruments are weak, the p-value and the set of the endogenous regressor are those of Anderson and
    Rubin; other slopes have neither p nor interval then. Standard errors and t stay those of the second stage."""
    endogenous: tuple[str, ...]
    instruments: tuple[str, ...]
    """Those that were kept."""
    first_stages: tuple[Estimates, ...]
    """One for each endogenous regressor."""
    strength: Strength
    tau: float
    """Declared share of the worst bias; its critical value is among those of `strength`."""
    anderson_rubin: ConfidenceSet | Inapplicable
    """Values of β that the data do not reject, valid however weak the instruments are: with few clusters by CR2."""
    anderson_rubin_zero: Statistic | Inapplicable
    """Test that all endogenous slopes are 0, valid however weak the instruments are."""
    over_identification: Statistic | Inapplicable
    """Sargan with iid errors, Hansen's J with hc1 and clusters."""
    endogeneity: Statistic | Inapplicable
    """Wu and Hausman's test of endogeneity."""

    @property
    def effective_f(self) -> Statistic | Inapplicable:
        """Montiel Olea and Pflueger; for one endogenous regressor."""
        return self.strength.effective_f

    @property
    def limit(self) -> float:
        """Value that the first stage must exceed: not a number where no test of strength holds.

        One endogenous regressor: the simplified critical value of Montiel Olea and Pflueger at τ,
        whatever the errors. Two with iid errors: that of Stock and Yogo for a size of 10 %.
        """
        if len(self.endogenous) == 1:
            limits = {limit.tau: limit.simplified for limit in self.strength.limits}
            return limits.get(self.tau, float("nan"))
        if self.estimates.covariance.kind == "iid":
            return dict(self.strength.size).get(SIZE, float("nan"))
        return float("nan")

    @property
    def is_weak(self) -> bool:
        """Whether the instruments were not shown to be strong, so that t-tests are not to be read."""
        is_single = len(self.endogenous) == 1
        test = self.strength.effective_f if is_single else self.strength.cragg_donald
        # A limit that is not a number is not exceeded: what cannot be tested counts as weak.
        return not (isinstance(test, Statistic) and test.value > self.limit)

    @property
    def judge(self) -> Judge:
        """The test that the stars of the first endogenous regressor follow."""
        return self.estimates.judge[self.estimates.position(self.endogenous[0])]

    @property
    def judged(self) -> Estimates:
        """The estimates, which are judged: p-values and intervals by Anderson and Rubin if instruments are weak."""
        return self.estimates

    def to_frame(self) -> pd.DataFrame:
        """Return one row a slope: weak instruments have no t-test."""
        return self.estimates.to_frame()


def instrument(
    data: Panel | pd.DataFrame,
    regression: Regression,
    *,
    endogenous: tuple[str, ...],
    instruments: tuple[str, ...],
    tau: float = TAU,
) -> Instrumented:
    """Estimate by two-stage least squares on within-transformed data.

    Parameters
    ----------
    regression
        The structural equation; `endogenous` are among its regressors.
    endogenous, instruments
        At least as many instruments as endogenous regressors; instruments are in no equation.
    tau
        Share of the worst bias above which the instruments count as weak (Montiel Olea and Pflueger).

    Raises
    ------
    SpecError
        The order condition fails, a name stands on both sides, or τ is not between 0 and 1.
    NotIdentified
        The instruments do not identify an endogenous regressor.

    References
    ----------
    Montiel Olea and Pflueger (2013), doi:10.1080/00401706.2013.806694; Hansen (1982),
    doi:10.2307/1912775; Wooldridge (2010), section 6.2.1, for Wu and Hausman by residuals.
    """
    problems = list(_problems(regression, endogenous, instruments, tau))
    if problems:
        raise SpecError(problems)
    regression = with_errors(data, regression)
    parts = stages(data, regression, endogenous, instruments)
    first = tuple(first_stage(parts, name) for name in endogenous)
    estimates = second_stage(parts, regression)
    zero = _anderson_rubin_zero(parts)
    result = Instrumented(
        estimates=estimates,
        endogenous=endogenous,
        instruments=parts.instruments,
        first_stages=first,
        strength=strength(parts, sorted({*TAUS, tau})),
        tau=tau,
        anderson_rubin=_anderson_rubin(parts) if isinstance(zero, Statistic) else zero,
        anderson_rubin_zero=zero,
        over_identification=_over_identification(parts, estimates),
        endogeneity=_endogeneity(parts),
    )
    sample = parts.model.sample
    effects = [effect.name for effect in sample.effects]
    told = {(notice.code, notice.where.column) for notice in estimates.notices}
    notices = [
        *estimates.notices,
        *(
            notice
            for notice in (
                *lag_notices(sample, regression.outcome, effects, parts.instruments),
                *staggered_notices(sample, estimates.names, but=parts.instruments),
            )
            if (notice.code, notice.where.column) not in told
        ),
    ]
    if not result.is_weak:
        return replace(result, estimates=replace(estimates, notices=tuple(notices)))
    judged = _judge_weak(estimates, result)
    notices.append(Notice("iv.weak", not_strong(result)))
    return replace(result, estimates=replace(judged, notices=tuple(notices)))


def _judge_weak(estimates: Estimates, result: Instrumented) -> Estimates:
    """Let Anderson and Rubin's test judge a single endogenous regressor, and nothing the other slopes."""
    k, values = len(estimates.names), result.anderson_rubin
    p, low, high, error, df = (np.full(k, np.nan) for _ in range(5))
    judges: list[Judge] = ["none"] * k
    sets: list[ConfidenceSet | None] = [None] * k
    if isinstance(values, ConfidenceSet):
        j = estimates.position(result.endogenous[0])
        judges[j], sets[j], p[j] = "anderson_rubin", values, values.p_at_zero
        low[j], high[j] = ends_of(values.intervals)
    before = estimates.judgement
    assert before is not None
    judgement = replace(before, judge=tuple(judges), error=error, df=df, few=None, sets=tuple(sets))
    return replace(estimates, p_value=p, ci_low=low, ci_high=high, judgement=judgement)


def _problems(
    regression: Regression,
    endogenous: tuple[str, ...],
    instruments: tuple[str, ...],
    tau: float,
) -> Iterator[Problem]:
    if not 0.0 < tau < 1.0:
        what = message("τ is {tau}: it must lie between 0 and 1.", tau=f"{tau:g}")
        yield Problem("iv.tau", what, remedy=message("0.05, 0.10, 0.20 and 0.30 are customary."))
    outside = [name for name in endogenous if name not in regression.regressors]
    if outside or not endogenous:
        names = ", ".join(outside) or "-"
        text = message("Endogenous variables must be among the regressors: {names}.", names=names)
        remedy = message("name one or more of {known}.", known=", ".join(regression.regressors))
        yield Problem("iv.endogenous", text, Where(column=outside[0] if outside else None), remedy)
    inside = {regression.outcome, *regression.regressors, *regression.controls} & set(instruments)
    if inside:
        names = ", ".join(sorted(inside))
        what = message("Instruments are in the equation themselves: {names}.", names=names)
        remedy = message("an instrument affects the outcome only through the regressor.")
        yield Problem("iv.instrument_inside", what, remedy=remedy)
    if len(instruments) < len(endogenous):
        yield order_problem(len(instruments), len(endogenous))


def _anderson_rubin(parts: TwoStageColumns) -> ConfidenceSet | Inapplicable:
    if len(parts.endogenous) > 1:
        return Inapplicable(
            "anderson_rubin", message("the set is computed for one endogenous regressor only.")
        )

    both, z = parts.reduced_form()
    on_y = least_squares(both[:, 0], z)
    if parts.has_zero_scores(on_y.influence, on_y.residuals):
        return Inapplicable("anderson_rubin", ZERO_SCORES)
    level = parts.model.regression.level
    return anderson_rubin(both[:, 0], both[:, 1], z, joint_of(parts, on_y.influence), level)


def _anderson_rubin_zero(parts: TwoStageColumns) -> Statistic | Inapplicable:
    """Regress y~ on Z~ and X~: where all endogenous slopes are 0, Z~ has no effect."""
    name, q = "anderson_rubin_zero", len(parts.instruments)
    solved = least_squares(parts.model.outcome, parts.outside)
    influence = solved.influence[:q]
    if parts.has_zero_scores(influence, solved.residuals):
        return Inapplicable(name, ZERO_SCORES)
    joint = joint_of(parts, influence)
    vcov, df = joint(solved.residuals, influence)
    value = wald(solved.slopes[:q], vcov)
    if not np.isfinite(value):
        return Inapplicable(name, message("there are fewer clusters than instruments."))
    null = message("All endogenous slopes are 0, and the instruments are valid.")
    law = f"F({q}, {df:.6g})"
    remark = FEW_CLUSTERS if isinstance(joint, ByFewClusters) else ""
    return Statistic(name, null, value, law, f_tail(value, q, df), remark)


def _over_identification(parts: TwoStageColumns, estimates: Estimates) -> Statistic | Inapplicable:
    """Sargan: N R² of the residuals on all instruments; else Hansen's J of two-step GMM."""
    name = "over_identification"
    surplus = len(parts.instruments) - len(parts.endogenous)
    if surplus == 0:
        return Inapplicable(name, message("as many instruments as endogenous regressors."))
    e = estimates.residuals.to_numpy()
    if estimates.covariance.kind == "iid":
        left = least_squares(e, parts.outside).residuals
        value = len(e) * (1 - float(left @ left) / float(e @ e))
    elif estimates.covariance.kind in {"hc1", "cluster"}:
        value = _hansen(parts, e)
    else:
        return Inapplicable(
            name, message("J is computed for iid, hc1 and one-way clustered errors.")
        )
    null = message("The instruments are uncorrelated with the error.")
    if not np.isfinite(value):
        return Inapplicable(name, message("there are fewer clusters than instruments."))
    return Statistic(name, null, value, f"chi2({surplus})", chi2_tail(value, surplus))


def _hansen(parts: TwoStageColumns, e: Array) -> float:
    """J = g'S⁻¹g at the two-step GMM estimate, S the sums of scores squared by cluster or row."""
    q, _ = np.linalg.qr(parts.outside)
    clusters = parts.model.sample.clusters
    scores = q * e[:, None]
    added = clusters[0].sums(scores) if clusters else scores
    s = added.T @ added
    # With no more clusters than columns S has no inverse, and J does not exist.
    size = np.sqrt(np.diag(s))
    if np.linalg.eigvalsh(s / np.outer(size, size))[0] < 1e-12:
        return float("nan")
    true = parts.columns(*parts.endogenous, *parts.exogenous)
    zx, zy = q.T @ true, q.T @ parts.model.outcome
    weighted = np.linalg.solve(s, np.column_stack([zx, zy]))
    slopes = np.linalg.solve(zx.T @ weighted[:, :-1], zx.T @ weighted[:, -1])
    g = zy - zx @ slopes
    return float(g @ np.linalg.solve(s, g))


def _endogeneity(parts: TwoStageColumns) -> Statistic | Inapplicable:
    """Add the first-stage residuals to least squares and test them (control function)."""
    y = parts.columns(*parts.endogenous)
    v = np.column_stack([least_squares(column, parts.outside).residuals for column in y.T])
    design = np.hstack([y, v, parts.columns(*parts.exogenous)])
    size = np.linalg.norm(design, axis=0)
    if np.linalg.svd(design / np.where(size > 0, size, 1.0), compute_uv=False)[-1] < 1e-10:
        return Inapplicable("wu_hausman", message("the first stage fits perfectly."))
    solved = least_squares(parts.model.outcome, design)
    p = y.shape[1]
    vcov, rule = parts.covariance(solved.influence, solved.residuals, design.shape[1])
    value = wald(solved.slopes[p : 2 * p], vcov[p : 2 * p, p : 2 * p])
    null = message("The regressors are exogenous: least squares is consistent.")
    return Statistic("wu_hausman", null, value, f"F({p}, {rule.df})", f_tail(value, p, rule.df))


def not_strong(result: Instrumented) -> Message:
    """Explain why the t-tests are not valid, and which test to use instead."""
    tests = result.strength
    if isinstance(tests.effective_f, Statistic):
        return message(
            "The instruments may be weak: effective F {f:.1f}, critical value {limit:.1f} "
            "(Montiel Olea and Pflueger, simplified, τ = {tau}). The star of the endogenous "
            "regressor follows the Anderson-Rubin test; the other regressors have none.",
            f=tests.effective_f.value,
            limit=result.limit,
            tau=f"{100 * result.tau:g}%",
        )
    if np.isfinite(result.limit) and isinstance(tests.cragg_donald, Statistic):
        return message(
            "The instruments may be weak: Cragg-Donald F {f:.1f}, critical value {limit:.1f} "
            "(Stock and Yogo, size 10%, iid errors). No stars are given; see the joint "
            "Anderson-Rubin test.",
            f=tests.cragg_donald.value,
            limit=result.limit,
        )
    return message(
        "No test of the strength of instruments is valid for {n} endogenous regressors with "
        "these standard errors. No stars are given; see the joint Anderson-Rubin test.",
        n=len(result.endogenous),
    )
