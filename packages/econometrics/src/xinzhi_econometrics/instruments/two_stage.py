"""Two-stage least squares on within-transformed data.

y~ = Y~ β + X~ b + e,   Y~ = Z~ π + X~ g + v;   β, b from regressing y~ on the fitted Ŷ and X~

Strength of instruments: rank tests of the first stage, and the effective F with its critical values.

Legend: Z~, Y~, y~ without effects and exogenous variables, n rows, q instruments, p endogenous
regressors; Q orthonormal columns that span Z~, U S V' the singular values of Q'Y~R⁻¹, Y~'Y~ = R'R.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy

from xinzhi_core.errors import MethodError, NotIdentified, Problem, Where
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import message
from xinzhi_econometrics.caveats import find_zero_scores, score_groupings
from xinzhi_econometrics.estimates import CovarianceRule, Estimates
from xinzhi_econometrics.fit import estimate, estimated_covariance
from xinzhi_econometrics.inference import Inapplicable, Statistic, chi2_tail, wald
from xinzhi_econometrics.instruments.stock_yogo import Values, critical_bias, critical_size
from xinzhi_econometrics.least_squares import Array, Scores, least_squares
from xinzhi_econometrics.model import Model, build_model
from xinzhi_econometrics.specification import Regression

ZERO_SCORES = message(
    "the instruments explain the endogenous regressors in too few clusters or rows: these "
    "standard errors do not measure their strength."
)
RANK = 1e-9
"""Smallest singular value of the fitted columns of norm 1 that identifies them."""


@dataclass(frozen=True, slots=True, eq=False)
class TwoStageColumns:
    """All columns of both stages, without effects; their names say which is which."""

    model: Model
    endogenous: tuple[str, ...]
    exogenous: tuple[str, ...]
    instruments: tuple[str, ...]
    """Those that are neither absorbed nor collinear with the exogenous variables."""

    def columns(self, *names: str) -> Array:
        """Pick transformed columns, shape (n, number of names)."""
        return self.model.design[:, [self.model.names.index(name) for name in names]]

    @property
    def outside(self) -> Array:
        """[Z~, X~]: everything that is not endogenous."""
        return self.columns(*self.instruments, *self.exogenous)

    def partial_out(self, columns: Array) -> Array:
        """Partial the exogenous variables out of columns."""
        if not self.exogenous:
            return columns
        x = self.columns(*self.exogenous)
        return np.column_stack([least_squares(column, x).residuals for column in columns.T])

    @property
    def n_outside(self) -> int:
        """Slopes of a regression on everything that is not endogenous."""
        return len(self.instruments) + len(self.exogenous)

    def reduced_form(self) -> tuple[Array, Array]:
        """Give [y~, Y~] and Z~ without the exogenous variables."""
        both = np.column_stack([self.model.outcome, self.columns(*self.endogenous)])
        return self.partial_out(both), self.partial_out(self.columns(*self.instruments))

    def covariance(
        self, influence: Array, residuals: Array, n_slopes: int | None = None
    ) -> tuple[Array, CovarianceRule]:
        """Compute a covariance under the errors of the regression; the rule counts `n_outside` slopes."""
        model, k = self.model, self.n_outside if n_slopes is None else n_slopes
        return estimated_covariance(
            model, Scores(influence, residuals), model.sample.effects, k, model.within.df
        )

    @property
    def without_columns(self) -> TwoStageColumns:
        """Keep what `covariance` needs alone: rows, effects and clusters, so that a result can be copied."""
        model, nothing = self.model, np.empty((0, 0))
        sample = replace(model.sample, design=nothing, outcome=nothing.ravel())
        within = replace(model.within, _demean=_not_here)
        bare = replace(model, sample=sample, within=within, outcome=nothing.ravel(), design=nothing)
        return replace(self, model=bare)

    def has_zero_scores(self, influence: Array, residuals: Array) -> bool:
        """Whether some slope has no valid standard error under the errors of the regression."""
        return bool(find_zero_scores(Scores(influence, residuals), score_groupings(self.model)))

    def equation(self, outcome: str, names: tuple[str, ...]) -> Model:
        """Build the model of one equation."""
        model, sample = self.model, self.model.sample
        pick = [model.names.index(name) for name in names]
        raw, within = sample.outcome, model.outcome
        # A first stage explains a column of the common design in place of the outcome.
        if outcome != model.regression.outcome:
            j = model.names.index(outcome)
            raw, within = sample.design[:, j], model.design[:, j]
        return replace(
            model,
            regression=replace(model.regression, outcome=outcome, regressors=names, controls=()),
            sample=replace(sample, outcome=raw, design=sample.design[:, pick], names=names),
            outcome=within,
            design=model.design[:, pick],
        )


def _not_here(columns: Array) -> Array:
    """Stand for a transformation that is not used any more."""
    return columns


def stages(
    data: Panel | pd.DataFrame,
    regression: Regression,
    endogenous: tuple[str, ...],
    instruments: tuple[str, ...],
) -> TwoStageColumns:
    """Partial out the effects of all columns; drop and name instruments that are absorbed or collinear."""
    exogenous = tuple(name for name in regression.regressors if name not in endogenous)
    interest = (*endogenous, *exogenous)
    # As controls instruments may be dropped, and stand last: an instrument that the exogenous
    # variables reproduce is dropped, not the exogenous variable.
    wide = replace(regression, regressors=interest, controls=(*regression.controls, *instruments))
    model = build_model(data, wide)
    usable = tuple(name for name in instruments if name in model.names)
    if len(usable) < len(endogenous):
        raise MethodError(order_problem(len(usable), len(endogenous)))
    others = tuple(name for name in model.names if name not in {*endogenous, *instruments})
    return TwoStageColumns(model, endogenous, others, usable)


def order_problem(q: int, p: int) -> Problem:
    """Describe that there are fewer instruments than endogenous regressors."""
    text = message(
        "{n} instruments cannot identify {regressors}.",
        one="{n} instrument cannot identify {regressors}.",
        n=q,
        regressors=message("{n} endogenous regressors", one="{n} endogenous regressor", n=p),
    )
    remedy = message("name at least as many instruments that vary within the fixed effects.")
    return Problem("iv.order", text, remedy=remedy)


def first_stage(parts: TwoStageColumns, name: str) -> Estimates:
    """Regress an endogenous variable on instruments and exogenous variables."""
    estimates = estimate(parts.equation(name, (*parts.instruments, *parts.exogenous)))
    regression = replace(
        estimates.regression, regressors=parts.instruments, controls=parts.exogenous
    )
    return replace(estimates, regression=regression)


def second_stage(parts: TwoStageColumns, regression: Regression) -> Estimates:
    """Solve the structural equation: influence (X̂'X̂)⁻¹X̂', residuals y~ - [Y~, X~]b.

    Raises
    ------
    NotIdentified
        The instruments do not move the endogenous regressors independently.
    """
    names = tuple(
        name
        for name in (*regression.regressors, *regression.controls)
        if name in {*parts.endogenous, *parts.exogenous}
    )
    model = parts.equation(regression.outcome, names)
    fitted = model.design.copy()
    for name in parts.endogenous:
        column = parts.columns(name)[:, 0]
        fitted[:, names.index(name)] = column - least_squares(column, parts.outside).residuals
    norms = np.linalg.norm(fitted, axis=0)
    sizes = np.linalg.norm(model.design, axis=0)
    unit = fitted / np.where(norms > 0.0, norms, 1.0)
    if np.any(norms <= RANK * sizes) or np.linalg.svd(unit, compute_uv=False)[-1] < RANK:
        what = message(
            "The instruments do not explain {names} independently.",
            names=", ".join(parts.endogenous),
        )
        remedy = message("use other instruments, or treat fewer regressors as endogenous.")
        raise NotIdentified(Problem("iv.rank", what, Where(column=parts.endogenous[0]), remedy))
    solved = least_squares(model.outcome, fitted)
    # The error is what the true regressors leave of the outcome, not what the fitted ones leave.
    solved = replace(solved, residuals=model.outcome - model.design @ solved.slopes)
    estimates = estimate(replace(model, regression=regression), solved)
    return replace(estimates, regression=regression)


TAUS = (0.05, 0.10, 0.20, 0.30)
"""Shares of the worst bias that are customary."""
SIZE = 0.05
"""Size of the test that instruments are weak."""
GRID = 2001


@dataclass(frozen=True, slots=True)
class Limit:
    """What the effective F must exceed for a share of the worst bias."""

    tau: float
    critical: float
    """For two-stage least squares and the covariance at hand."""
    simplified: float
    """The same without the search for the worst case: never below `critical`."""


@dataclass(frozen=True, slots=True)
class Strength:
    """Tests of the first stage."""

    under_identification: Statistic | Inapplicable
    """Kleibergen and Paap's LM statistic rk."""
    rank_f: Statistic | Inapplicable
    """Kleibergen and Paap's Wald statistic rk, divided by q."""
    cragg_donald: Statistic | Inapplicable
    size: Values
    """Stock and Yogo: largest size of a 5 % test -> critical value; valid under iid errors."""
    bias: Values
    """Stock and Yogo: largest relative bias -> critical value; valid under iid errors."""
    effective_f: Statistic | Inapplicable
    """Montiel Olea and Pflueger; for one endogenous regressor."""
    limits: tuple[Limit, ...]
    """Critical values of the effective F."""


def strength(parts: TwoStageColumns, taus: Sequence[float] = TAUS) -> Strength:
    """Test the strength of the instruments.

    References
    ----------
    Cragg and Donald (1993), doi:10.1017/S0266466600007519; Kleibergen and Paap (2006),
    doi:10.1016/j.jeconom.2005.02.011; Montiel Olea and Pflueger (2013),
    doi:10.1080/00401706.2013.806694.
    """
    q, p = len(parts.instruments), len(parts.endogenous)
    rank = _Rank.of(parts)
    effective, limits = _effective(parts, taus)
    return Strength(
        under_identification=rank.under_identification(),
        rank_f=rank.wald_f(),
        cragg_donald=rank.cragg_donald(),
        size=critical_size(q, p),
        bias=critical_bias(q, p),
        effective_f=effective,
        limits=limits,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Rank:
    """The smallest singular value: how far the first stage is from losing a rank."""

    parts: TwoStageColumns
    along: Array
    """Q U₂, shape (n, q - p + 1): what is left of the instruments once p - 1 ranks are taken."""
    restricted: Array
    """Y~R⁻¹v, shape (n,): the combination of endogenous regressors that they move least."""
    residuals: Array
    """The same less its projection on Z~."""
    smallest: float
    """The smallest singular value, a canonical correlation."""

    @classmethod
    def of(cls, parts: TwoStageColumns) -> _Rank:
        # Orthonormal columns on both sides: the singular values are canonical correlations, and the
        # tests do not depend on the units of any column.
        both, z = parts.reduced_form()
        y, _ = np.linalg.qr(both[:, 1:])
        z, _ = np.linalg.qr(z)
        left, values, right = np.linalg.svd(z.T @ y)
        last = len(values) - 1
        restricted = y @ right[last]
        residuals = restricted - z @ (z.T @ restricted)
        return cls(parts, z @ left[:, last:], restricted, residuals, float(values[last]))

    def under_identification(self) -> Statistic | Inapplicable:
        """Form λ'V⁻¹λ with V under the hypothesis: scores of Y~, not of the residuals."""
        m = self.along.shape[1]
        if self.parts.has_zero_scores(self.along.T, self.restricted):
            return Inapplicable("under_identification", ZERO_SCORES)
        value = m * wald(self._lambda(), self._plain_covariance())
        return _statistic("under_identification", value, f"chi2({m})", chi2_tail(value, m))

    def wald_f(self) -> Statistic | Inapplicable:
        """Form λ'V⁻¹λ/q under the errors of the regression."""
        if self.parts.has_zero_scores(self.along.T, self.residuals):
            return Inapplicable("kleibergen_paap_f", ZERO_SCORES)
        vcov, _ = self.parts.covariance(self.along.T, self.residuals)
        m, q = self.along.shape[1], len(self.parts.instruments)
        return _statistic("kleibergen_paap_f", wald(self._lambda(), vcov) * m / q)

    def cragg_donald(self) -> Statistic | Inapplicable:
        """Form s²/(1 - s²)·(N-k-dfa)/q of the smallest canonical correlation s."""
        left = float(self.residuals @ self.residuals)
        df = len(self.residuals) - self.parts.n_outside - self.parts.model.within.df
        if left <= 1e-12:
            return Inapplicable("cragg_donald_f", message("the first stage fits perfectly."))
        value = self.smallest**2 / left * df / len(self.parts.instruments)
        return _statistic("cragg_donald_f", value)

    def _lambda(self) -> Array:
        return np.asarray(self.along.T @ self.restricted)

    def _plain_covariance(self) -> Array:
        """Sum the scores as ranktest does: the only small-sample factor is that of the effects."""
        model, n = self.parts.model, len(self.restricted)
        kind, sample = model.regression.covariance.kind, model.sample
        scores = self.along * self.restricted[:, None]
        df = n - (model.within.df if sample.effects else 0)
        if kind == "iid":
            return np.eye(scores.shape[1]) * float(self.restricted @ self.restricted) / df
        if kind == "hc1":
            return np.asarray(scores.T @ scores) * (n / df)
        if kind == "cluster":
            added = sample.clusters[0].sums(scores)
            return np.asarray(added.T @ added)
        return self.parts.covariance(self.along.T, self.restricted)[0]


def _statistic(
    name: str, value: float, distribution: str = "", p: float = float("nan")
) -> Statistic | Inapplicable:
    if not np.isfinite(value):
        return Inapplicable(name, message("there are fewer clusters than instruments."))
    null = message("The instruments do not explain the endogenous regressors independently.")
    return Statistic(name, null, value, distribution, p)


def _effective(
    parts: TwoStageColumns, taus: Sequence[float]
) -> tuple[Statistic | Inapplicable, tuple[Limit, ...]]:
    """F_eff = x'QQ'x / tr(W₂), W₂ the covariance of Q'x, and its critical values."""
    name = "effective_f"
    if len(parts.endogenous) > 1:
        return Inapplicable(name, message("it is defined for one endogenous regressor only.")), ()
    both, z = parts.reduced_form()
    z, _ = np.linalg.qr(z)
    # z is orthonormal, so that its influence on the slopes of Q is z' itself.
    residuals = both - z @ (z.T @ both)
    second, rule = parts.covariance(z.T, residuals[:, 1])
    total = float(np.trace(second))
    if not total > 0.0:
        return Inapplicable(name, message("the first stage fits perfectly.")), ()
    if parts.has_zero_scores(z.T, residuals[:, 1]):
        return Inapplicable(name, ZERO_SCORES), ()
    slopes = z.T @ both[:, 1]
    worst = worst_bias(_joint(parts, z, residuals))
    limits = tuple(
        Limit(tau, critical_f(second, worst / tau), critical_f(second, 1.0 / tau)) for tau in taus
    )
    null = message("The instruments do not explain the endogenous regressor.")
    value = float(slopes @ slopes / total)
    if len(parts.instruments) == 1:
        p = float(scipy.special.fdtrc(1, rule.df, value))
        return Statistic(name, null, value, f"F(1, {rule.df})", p), limits
    remark = message(
        "its distribution depends on the standard errors; compare it with its critical value."
    )
    return Statistic(name, null, value, "", float("nan"), remark), limits


def _joint(parts: TwoStageColumns, z: Array, residuals: Array) -> Array:
    """Covariance of [Q'y~, Q'x~], shape (2q, 2q)."""
    n = len(residuals)
    if parts.model.regression.covariance.kind == "iid":
        df = n - parts.n_outside - parts.model.within.df
        return np.asarray(np.kron(residuals.T @ residuals / df, np.eye(z.shape[1])), np.float64)
    scores = np.vstack([(z * e[:, None]).T for e in residuals.T])
    return parts.covariance(scores, np.ones(n))[0]


def critical_f(second: Array, x: float) -> float:
    """Critical value of the effective F by Patnaik's approximation.

    F_eff is a weighted sum of non-central χ²; K_eff degrees of freedom give its first two moments:

        K_eff = tr(W₂)²(1 + 2x) / (tr(W₂²) + 2x tr(W₂) max eigenvalue of W₂)

    and the critical value is the quantile of χ²(K_eff, non-centrality x K_eff), divided by K_eff.

    Parameters
    ----------
    second
        W₂, shape (q, q).
    x
        Worst bias over its limit: B/τ; 1/τ for the simplified value.

    Examples
    --------
    >>> [round(critical_f(np.eye(1), 1 / tau), 1) for tau in (0.05, 0.10, 0.20, 0.30)]
    [37.4, 23.1, 15.1, 12.0]
    """
    weights = np.linalg.eigvalsh(second)
    weights = np.maximum(weights, 0.0) / weights.sum()
    k = (1 + 2 * x) / (float(weights @ weights) + 2 * x * float(weights[-1]))
    return float(scipy.special.chndtrix(1 - SIZE, k, k * x)) / k


def worst_bias(joint: Array) -> float:
    """Largest Nagar bias of two-stage least squares over the benchmark: B of the critical values.

    At a slope β with S₁₂ = W₁₂ - βW₂ and S₁ = W₁ - 2βW₁₂ + β²W₂ the worst direction of the first
    stage gives max |tr S₁₂ - 2e| / √(tr S₁ tr W₂), e the extreme eigenvalues of S₁₂; B is its
    supremum over the whole line, the limits included, and at most 1.

    Parameters
    ----------
    joint
        Covariance of the reduced form and the first stage, shape (2q, 2q).
    """
    q = len(joint) // 2
    w1, w12, w2 = joint[:q, :q], joint[:q, q:], joint[q:, q:]
    # Only the quadratic forms of W₁₂ count, which are those of its symmetric part.
    w12 = (w12 + w12.T) / 2
    t1, t12, t2 = (float(np.trace(part)) for part in (w1, w12, w2))
    centre = t12 / t2
    width = float(np.sqrt(max(t1 / t2 - centre**2, 0.0)))

    def bias(angles: Array) -> Array:
        # β = slope/cosine maps the whole line on a finite interval, so that no end is missed; the
        # quotient does not change when numerator and denominator are multiplied by the cosine.
        sine, cosine = np.sin(angles), np.cos(angles)
        slope = centre * cosine + width * sine
        s12 = cosine[:, None, None] * w12 - slope[:, None, None] * w2
        e = np.linalg.eigvalsh(s12)
        trace = cosine * t12 - slope * t2
        s1 = cosine**2 * t1 - 2 * slope * cosine * t12 + slope**2 * t2
        top = np.maximum(np.abs(trace - 2 * e[:, 0]), np.abs(trace - 2 * e[:, -1]))
        return np.asarray(top / np.sqrt(np.maximum(s1, 1e-300) * t2))

    # The outcome is a multiple of the regressor: no slope has a finite benchmark.
    if not width > 1e-12 * abs(centre):
        return 1.0
    angles = np.linspace(-np.pi / 2, np.pi / 2, GRID)
    values = bias(angles)
    best = int(np.argmax(values))
    step = angles[1] - angles[0]
    # The grid finds the highest peak, the search its top: the bias need not have one peak only.
    peak = scipy.optimize.minimize_scalar(
        lambda angle: -float(bias(np.array([angle]))[0]),
        bounds=(angles[best] - step, angles[best] + step),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(min(1.0, max(values[best], -peak.fun)))
