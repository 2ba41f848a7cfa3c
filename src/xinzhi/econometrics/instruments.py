"""Instrumental variables: two-stage least squares and the tests without which it means little."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi.econometrics.anderson_rubin import ConfidenceSet, anderson_rubin
from xinzhi.econometrics.default_errors import with_errors
from xinzhi.econometrics.distributions import chi2_tail, f_tail
from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.grouping import Array
from xinzhi.econometrics.least_squares import least_squares
from xinzhi.econometrics.specification import Regression
from xinzhi.econometrics.statistic import Inapplicable, Statistic
from xinzhi.econometrics.two_stage import (
    Stages,
    first_stage,
    order_problem,
    second_stage,
    stages,
)
from xinzhi.econometrics.wald import wald
from xinzhi.errors import Problem, SpecError, Where
from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.wording import message

WEAK = 10.0
"""Effective F below which the normal p-values are not to be read."""


@dataclass(frozen=True, slots=True, eq=False)
class Instrumented:
    """Two-stage least squares and its tests."""

    estimates: Estimates
    endogenous: tuple[str, ...]
    instruments: tuple[str, ...]
    """Those that were kept."""
    first_stages: tuple[Estimates, ...]
    """One for each endogenous regressor."""
    effective_f: Statistic | Inapplicable
    """Montiel Olea and Pflueger; for one endogenous regressor."""
    anderson_rubin: ConfidenceSet | Inapplicable
    """Values of β that the data do not reject, valid however weak the instruments are."""
    over_identification: Statistic | Inapplicable
    """Sargan with iid errors, Hansen's J with hc1 and clusters."""
    endogeneity: Statistic | Inapplicable
    """Wu and Hausman: whether least squares would do."""

    @property
    def is_weak(self) -> bool:
        """Whether stars are to be refused."""
        return isinstance(self.effective_f, Statistic) and self.effective_f.value < WEAK


def instrument(
    data: Panel | pd.DataFrame,
    regression: Regression,
    *,
    endogenous: tuple[str, ...],
    instruments: tuple[str, ...],
) -> Instrumented:
    """Estimate by two-stage least squares on within-transformed data.

    Parameters
    ----------
    regression
        The structural equation; `endogenous` are among its regressors.
    endogenous, instruments
        At least as many instruments as endogenous regressors; instruments are in no equation.

    Raises
    ------
    SpecError
        The order condition fails, or a name stands on both sides.
    NotIdentified
        The instruments say nothing about an endogenous regressor.

    References
    ----------
    Montiel Olea and Pflueger (2013), doi:10.1080/00401706.2013.806694; Hansen (1982),
    doi:10.2307/1912775; Wooldridge (2010), section 6.2.1, for Wu and Hausman by residuals.
    """
    _check(regression, endogenous, instruments)
    regression = with_errors(data, regression)
    parts = stages(data, regression, endogenous, instruments)
    first = tuple(first_stage(parts, name) for name in endogenous)
    estimates = second_stage(parts, regression)
    effective = _effective_f(parts, first)
    return Instrumented(
        estimates=replace(estimates, notices=estimates.notices + _weak_notices(effective)),
        endogenous=endogenous,
        instruments=parts.instruments,
        first_stages=first,
        effective_f=effective,
        anderson_rubin=_anderson_rubin(parts),
        over_identification=_over_identification(parts, estimates),
        endogeneity=_endogeneity(parts),
    )


def _check(
    regression: Regression, endogenous: tuple[str, ...], instruments: tuple[str, ...]
) -> None:
    problems = []
    strangers = [name for name in endogenous if name not in regression.regressors]
    if strangers or not endogenous:
        problems.append(
            Problem(
                "iv.endogenous",
                message(
                    "Endogenous variables must be among the regressors: {names}.",
                    names=", ".join(strangers) or "-",
                ),
                Where(column=strangers[0] if strangers else None),
                message("name one or more of {known}.", known=", ".join(regression.regressors)),
            )
        )
    inside = {regression.outcome, *regression.regressors, *regression.controls} & set(instruments)
    if inside:
        problems.append(
            Problem(
                "iv.instrument_inside",
                message(
                    "Instruments stand in the equation themselves: {names}.",
                    names=", ".join(sorted(inside)),
                ),
                remedy=message("an instrument moves the outcome only through the regressor."),
            )
        )
    if len(instruments) < len(endogenous):
        problems.append(order_problem(len(instruments), len(endogenous)))
    if problems:
        raise SpecError(problems)


def _effective_f(parts: Stages, first: tuple[Estimates, ...]) -> Statistic | Inapplicable:
    """F_eff = π'Z'Zπ / tr(V_π Z'Z), Z with the exogenous variables taken out."""
    name = "effective_f"
    if len(first) > 1:
        return Inapplicable(name, message("it exists for one endogenous regressor only."))
    stage, q = first[0], len(parts.instruments)
    z = parts.partialled(parts.columns(*parts.instruments))
    squares = z.T @ z
    pick = [stage.position(instrument) for instrument in parts.instruments]
    slopes, v = stage.estimate[pick], stage.vcov[np.ix_(pick, pick)]
    value = float(slopes @ squares @ slopes / np.trace(v @ squares))
    df = stage.covariance.df
    null = message("The instruments do not move the endogenous regressor.")
    if q == 1:
        return Statistic(name, null, value, f"F(1, {df})", f_tail(value, 1, df))
    remark = message("its distribution depends on the errors; below 10 the instruments are weak.")
    return Statistic(name, null, value, "", float("nan"), remark)


def _anderson_rubin(parts: Stages) -> ConfidenceSet | Inapplicable:
    if len(parts.endogenous) > 1:
        return Inapplicable(
            "anderson_rubin", message("the set is computed for one endogenous regressor only.")
        )
    k = len(parts.instruments) + len(parts.exogenous)

    def joint(residuals: Array, influence: Array) -> tuple[Array, float]:
        vcov, rule = parts.covariance(influence, residuals, k)
        return vcov, rule.df

    both = parts.partialled(
        np.column_stack([parts.ready.outcome, parts.columns(*parts.endogenous)])
    )
    z = parts.partialled(parts.columns(*parts.instruments))
    return anderson_rubin(both[:, 0], both[:, 1], z, joint)


def _over_identification(parts: Stages, estimates: Estimates) -> Statistic | Inapplicable:
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
        return Inapplicable(name, message("the clusters are fewer than the instruments."))
    return Statistic(name, null, value, f"chi2({surplus})", chi2_tail(value, surplus))


def _hansen(parts: Stages, e: Array) -> float:
    """J = g'S⁻¹g at the two-step GMM estimate, S the sums of scores squared by cluster or row."""
    q, _ = np.linalg.qr(parts.outside)
    clusters = parts.ready.sample.clusters
    scores = q * e[:, None]
    added = clusters[0].sums(scores) if clusters else scores
    s = added.T @ added
    size = np.sqrt(np.diag(s))
    if np.linalg.eigvalsh(s / np.outer(size, size))[0] < 1e-12:
        return float("nan")
    true = parts.columns(*parts.endogenous, *parts.exogenous)
    zx, zy = q.T @ true, q.T @ parts.ready.outcome
    weighted = np.linalg.solve(s, np.column_stack([zx, zy]))
    slopes = np.linalg.solve(zx.T @ weighted[:, :-1], zx.T @ weighted[:, -1])
    g = zy - zx @ slopes
    return float(g @ np.linalg.solve(s, g))


def _endogeneity(parts: Stages) -> Statistic | Inapplicable:
    """Add the first-stage residuals to least squares and test them (control function)."""
    own = parts.columns(*parts.endogenous)
    v = np.column_stack([least_squares(y, parts.outside).residuals for y in own.T])
    design = np.hstack([own, v, parts.columns(*parts.exogenous)])
    size = np.linalg.norm(design, axis=0)
    if np.linalg.svd(design / np.where(size > 0, size, 1.0), compute_uv=False)[-1] < 1e-10:
        return Inapplicable("wu_hausman", message("the first stage fits perfectly."))
    solved = least_squares(parts.ready.outcome, design)
    vcov, rule = parts.covariance(solved.influence, solved.residuals, design.shape[1])
    p = own.shape[1]
    value = wald(solved.slopes[p : 2 * p], vcov[p : 2 * p, p : 2 * p])
    return Statistic(
        "wu_hausman",
        message("The regressors are exogenous: least squares is consistent."),
        value,
        f"F({p}, {rule.df})",
        f_tail(value, p, rule.df),
    )


def _weak_notices(effective: Statistic | Inapplicable) -> tuple[Notice, ...]:
    if isinstance(effective, Inapplicable) or effective.value >= WEAK:
        return ()
    return (
        Notice(
            "iv.weak",
            message(
                "The instruments are weak (effective F {f:.1f} < {limit:g}): no stars are given; read the Anderson-Rubin set.",
                f=effective.value,
                limit=WEAK,
            ),
        ),
    )
