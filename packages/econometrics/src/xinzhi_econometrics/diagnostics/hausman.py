"""Hausman test of fixed against random effects, with its sign and eigenvalues, and Mundlak's robust test."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi_core.errors import MethodError
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.diagnostics import DIAGNOSTICS, Diagnosis
from xinzhi_econometrics.diagnostics.mundlak import mundlak
from xinzhi_econometrics.estimators.random_effects import swamy_arora
from xinzhi_econometrics.inference import Inapplicable, Statistic, chi2_tail
from xinzhi_econometrics.least_squares import Array, least_squares
from xinzhi_econometrics.model import build_model
from xinzhi_econometrics.specification import Covariance, Regression
from xinzhi_econometrics.verdict import judge

NULL = message("Effects and regressors are uncorrelated: random effects are consistent.")


@dataclass(frozen=True, slots=True, eq=False)
class Hausman(InNotebook):
    """Contrast of fixed and random effects slopes; arrays follow `names`."""

    names: tuple[str, ...]
    fixed: Array
    random: Array
    difference: Array
    eigenvalues: Array
    """Of V_FE - V_RE, ascending: negative ones mean that the classic statistic is not chi²."""
    rank: int
    classic: Statistic | Inapplicable
    """(b_FE - b_RE)'(V_FE - V_RE)⁻¹(b_FE - b_RE), with its sign."""
    sigmamore: Statistic | Inapplicable
    """The same with both covariances at the error variance of random effects."""
    sigma2_fe: float
    sigma2_re: float

    @property
    def is_definite(self) -> bool:
        """Whether V_FE - V_RE is positive definite, as the classic test needs."""
        return bool(self.eigenvalues[0] > 0.0) and self.rank == len(self.names)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a slope: fixed, random, difference."""
        return pd.DataFrame(
            {"fixed": self.fixed, "random": self.random, "difference": self.difference},
            index=pd.Index(self.names, name="name"),
        )


def hausman(data: Panel | pd.DataFrame, regression: Regression) -> Hausman:
    """Contrast the slopes of entity effects taken as fixed and as random.

    H = d'V⁻¹d, d = b_FE - b_RE, V = V_FE - V_RE. No absolute value is taken and no generalised
    inverse: where V is not positive definite the value is reported with its sign and without a
    p-value. Year effects, if any, are dummies in both; only slopes of regressors that vary within
    both effects are contrasted.

    References
    ----------
    Hausman (1978), doi:10.2307/1913827; for sigmamore Wooldridge (2010), Econometric Analysis of
    Cross Section and Panel Data, section 10.7.3.
    """
    model = build_model(data, replace(regression, covariance=Covariance()))
    solved = least_squares(model.outcome, model.design)
    sigma2_fe = float(solved.residuals @ solved.residuals) / model.df
    bread = solved.influence @ solved.influence.T
    random, k = swamy_arora(model), len(model.names)
    slopes = random.solved.slopes[1 : 1 + k]
    difference = solved.slopes - slopes
    v_random = random.vcov(1 + k)[1:, 1:]
    classic = sigma2_fe * bread - v_random
    # With one error variance in both, the difference is positive semidefinite by construction.
    more = random.s2 * bread - v_random
    # Ranks are judged in units of the standard errors, so that they do not depend on units of columns.
    scale = np.sqrt(np.diag(sigma2_fe * bread))
    relative = np.linalg.eigvalsh(classic / np.outer(scale, scale))
    return Hausman(
        model.names,
        solved.slopes,
        slopes,
        difference,
        np.asarray(np.linalg.eigvalsh(classic), dtype=np.float64),
        int(np.sum(np.abs(relative) > 1e-10)),
        _statistic("hausman", difference, classic, scale),
        _statistic("hausman.sigmamore", difference, more, scale),
        sigma2_fe,
        random.s2,
    )


def _statistic(name: str, difference: Array, v: Array, scale: Array) -> Statistic | Inapplicable:
    relative = v / np.outer(scale, scale)
    eigenvalues = np.linalg.eigvalsh(relative)
    if np.min(np.abs(eigenvalues)) <= 1e-10:
        why = message(
            "V_FE - V_RE has rank {rank} for {k} slopes: it has no inverse, so the statistic "
            "does not exist.",
            one="V_FE - V_RE has rank {rank} for {k} slope: it has no inverse, so the statistic does not exist.",
            counting="k",
            rank=int(np.sum(np.abs(eigenvalues) > 1e-10)),
            k=len(difference),
        )
        return Inapplicable(name, why)
    d = difference / scale
    value = float(d @ np.linalg.solve(relative, d))
    k = len(difference)
    if eigenvalues[0] > 0.0:
        return Statistic(name, NULL, value, f"chi2({k})", chi2_tail(value, k))
    remark = message(
        "V_FE - V_RE is not positive definite: the statistic is not chi² and has no p-value."
    )
    return Statistic(name, NULL, value, f"chi2({k})", float("nan"), remark)


@DIAGNOSTICS.add("hausman")
def diagnose(data: Panel | pd.DataFrame, regression: Regression) -> Diagnosis:
    """Contrast fixed and random effects; the cluster-robust Mundlak test gives the verdict."""
    try:
        test = hausman(data, regression)
    except MethodError as error:
        return Diagnosis("hausman", (Inapplicable("hausman", error.problems[0].what),))
    robust = mundlak(data, regression)
    statistics = (test.classic, test.sigmamore, robust)
    notices = () if test.is_definite else (_not_definite(test),)
    return Diagnosis("hausman", statistics, test.to_frame(), verdict(robust), notices)


def verdict(robust: Statistic | Inapplicable) -> Wording:
    """State what the Mundlak test implies for the choice between fixed and random effects."""
    if isinstance(robust, Inapplicable):
        return message("Random effects could not be tested: {why}", why=robust.reason)
    if judge(robust.value, robust.p_value).is_significant:
        return message(
            "Fixed effects: the group means of the regressors are jointly significant (Mundlak, "
            "clustered, p = {p:.3g}), so random effects are inconsistent.",
            p=robust.p_value,
        )
    return message(
        "The test does not reject random effects (Mundlak, clustered, p = {p:.3g}); fixed "
        "effects remain consistent.",
        p=robust.p_value,
    )


def _not_definite(test: Hausman) -> Notice:
    what = message(
        "The classic Hausman statistic is not chi² here (eigenvalues {low:.2e} to "
        "{high:.2e}, rank {rank}); see the Mundlak test.",
        low=float(test.eigenvalues[0]),
        high=float(test.eigenvalues[-1]),
        rank=test.rank,
    )
    return Notice("hausman.not_definite", what)
