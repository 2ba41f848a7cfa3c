"""Two-stage least squares on within-transformed data.

y~ = Y~ β + X~ b + e,   Y~ = Z~ π + X~ g + v;   β, b from regressing y~ on the fitted Ŷ and X~
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi.errors import MethodError, NotIdentified, Problem, Where
from xinzhi.panel.panel import Panel
from xinzhi.regression.caveats import score_groupings, zero_scores
from xinzhi.regression.covariance import covariance
from xinzhi.regression.estimates import CovarianceRule, Estimates
from xinzhi.regression.fit import estimate
from xinzhi.regression.grouping import Array
from xinzhi.regression.least_squares import least_squares
from xinzhi.regression.model import Model, model
from xinzhi.regression.sample import periods_of, times_of
from xinzhi.regression.specification import Regression
from xinzhi.wording import message

ZERO_SCORES = message(
    "the instruments explain the endogenous regressors in too few clusters or rows: these "
    "standard errors do not measure their strength."
)
RANK = 1e-9
"""Smallest singular value of the fitted columns of norm 1 that identifies them."""


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """All columns of both stages, without effects; their names say which is which."""

    ready: Model
    endogenous: tuple[str, ...]
    exogenous: tuple[str, ...]
    instruments: tuple[str, ...]
    """Those that say something beside the exogenous variables."""

    def columns(self, *names: str) -> Array:
        """Pick transformed columns, shape (n, number of names)."""
        known = self.ready.names
        return self.ready.design[:, [known.index(name) for name in names]]

    @property
    def outside(self) -> Array:
        """[Z~, X~]: everything that is not endogenous."""
        return self.columns(*self.instruments, *self.exogenous)

    def partialled(self, columns: Array) -> Array:
        """Partial the exogenous variables out of columns."""
        if not self.exogenous:
            return columns
        x = self.columns(*self.exogenous)
        return np.column_stack([least_squares(c, x).residuals for c in columns.T])

    def covariance(
        self, influence: Array, residuals: Array, n_slopes: int
    ) -> tuple[Array, CovarianceRule]:
        """Compute a covariance under the errors of the regression."""
        sample = self.ready.sample
        return covariance(
            influence,
            residuals,
            how=self.ready.regression.covariance,
            clusters=sample.clusters,
            effects=sample.effects,
            periods=periods_of(sample.index),
            n_slopes=n_slopes,
            df_absorbed=self.ready.within.df,
            times=times_of(sample.index),
        )

    def has_zero_scores(self, influence: Array, residuals: Array) -> bool:
        """Whether some slope has no valid standard error under the errors of the regression."""
        sample, kind = self.ready.sample, self.ready.regression.covariance.kind
        periods = periods_of(sample.index)
        groupings = score_groupings(kind, sample.clusters, periods, len(residuals))
        return bool(zero_scores(influence, residuals, groupings))

    def equation(self, outcome: str, names: tuple[str, ...]) -> Model:
        """One equation as a model of its own."""
        sample = self.ready.sample
        pick = [self.ready.names.index(name) for name in names]
        is_structural = outcome == self.ready.regression.outcome
        j = None if is_structural else self.ready.names.index(outcome)
        return replace(
            self.ready,
            regression=replace(
                self.ready.regression, outcome=outcome, regressors=names, controls=()
            ),
            sample=replace(
                sample,
                outcome=sample.outcome if j is None else sample.design[:, j],
                design=sample.design[:, pick],
                names=names,
            ),
            outcome=self.ready.outcome if j is None else self.ready.design[:, j],
            design=self.ready.design[:, pick],
        )


def stages(
    data: Panel | pd.DataFrame,
    regression: Regression,
    endogenous: tuple[str, ...],
    instruments: tuple[str, ...],
) -> Stages:
    """Partial out the effects of all columns; drop and name instruments that are absorbed or collinear."""
    exogenous = tuple(r for r in regression.regressors if r not in endogenous)
    interest = (*endogenous, *exogenous)
    wide = replace(regression, regressors=interest, controls=(*regression.controls, *instruments))
    ready = model(data, wide)
    kept = tuple(name for name in instruments if name in ready.names)
    if len(kept) < len(endogenous):
        raise MethodError(order_problem(len(kept), len(endogenous)))
    others = tuple(n for n in ready.names if n not in {*endogenous, *instruments})
    return Stages(ready, endogenous, others, kept)


def order_problem(q: int, p: int) -> Problem:
    """Describe that there are fewer instruments than endogenous regressors."""
    return Problem(
        "iv.order",
        message("{q} instruments cannot identify {p} endogenous regressors.", q=q, p=p),
        remedy=message("name at least as many instruments that vary within the fixed effects."),
    )


def first_stage(parts: Stages, name: str) -> Estimates:
    """Regress an endogenous variable on instruments and exogenous variables."""
    found = estimate(parts.equation(name, (*parts.instruments, *parts.exogenous)))
    return replace(
        found,
        regression=replace(
            found.regression, regressors=parts.instruments, controls=parts.exogenous
        ),
    )


def second_stage(parts: Stages, regression: Regression) -> Estimates:
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
    ready = parts.equation(regression.outcome, names)
    fitted = ready.design.copy()
    for name in parts.endogenous:
        column = parts.columns(name)[:, 0]
        fitted[:, names.index(name)] = column - least_squares(column, parts.outside).residuals
    norms = np.linalg.norm(fitted, axis=0)
    sizes = np.linalg.norm(ready.design, axis=0)
    unit = fitted / np.where(norms > 0.0, norms, 1.0)
    if np.any(norms <= RANK * sizes) or np.linalg.svd(unit, compute_uv=False)[-1] < RANK:
        raise NotIdentified(_rank_problem(parts.endogenous))
    solved = least_squares(ready.outcome, fitted)
    solved = replace(solved, residuals=ready.outcome - ready.design @ solved.slopes)
    found = estimate(replace(ready, regression=regression), solved)
    return replace(found, regression=regression)


def _rank_problem(endogenous: tuple[str, ...]) -> Problem:
    return Problem(
        "iv.rank",
        message(
            "The instruments do not explain {names} independently.", names=", ".join(endogenous)
        ),
        Where(column=endogenous[0]),
        message("use other instruments, or treat fewer regressors as endogenous."),
    )
