"""Two-stage least squares on within-transformed data.

y~ = Y~ β + X~ b + e,   Y~ = Z~ π + X~ g + v;   β, b from regressing y~ on the fitted Ŷ and X~
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi.errors import MethodError, NotIdentified, Problem, Where
from xinzhi.panel.panel import Panel
from xinzhi.regression.caveats import find_zero_scores, score_groupings
from xinzhi.regression.estimates import CovarianceRule, Estimates
from xinzhi.regression.fit import estimate
from xinzhi.regression.grouping import Array
from xinzhi.regression.least_squares import least_squares
from xinzhi.regression.model import Model, build_model
from xinzhi.regression.solution import estimated_covariance
from xinzhi.regression.specification import Regression
from xinzhi.wording import message

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
            model, influence, residuals, model.sample.effects, k, model.within.df
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
        return bool(find_zero_scores(influence, residuals, score_groupings(self.model)))

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
    text = message("{q} instruments cannot identify {p} endogenous regressors.", q=q, p=p)
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
