"""Random effects of entities by generalised least squares, components of Swamy and Arora.

    y_it = a + x_it'b + d_t + u_i + e_it,   θ_i = 1 - sqrt(σ²_e / (T_i σ²_u + σ²_e))

Least squares of y_it - θ_i ȳ_i on the same of the constant, regressors and dummies. Effects other than
the entities', such as years, stay fixed: they enter as dummies d_t. With the components of Baltagi and
Chang for unbalanced panels, which are those of Swamy and Arora in balanced ones:

    σ²_e = RSS_within / (N - G - k),
    σ²_u = [RSS_between - (G - rank Z̄) σ²_e] / [N - tr((Z'PZ)⁺ Σ T_i² z̄_i z̄_i')].

References
----------
Swamy and Arora (1972), doi:10.2307/1909405; Baltagi and Chang (1994), doi:10.1016/0304-4076(94)90017-5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi_core.errors import MethodError, Problem
from xinzhi_core.panel.panel import ENTITY, Panel
from xinzhi_core.wording import message
from xinzhi_econometrics.estimates import Estimates, Fit, VarianceComponents
from xinzhi_econometrics.fit import ESTIMATORS, Coefficients, with_parameters
from xinzhi_econometrics.least_squares import (
    Array,
    Grouping,
    LeastSquares,
    dependences,
    group_codes,
    least_squares,
)
from xinzhi_econometrics.model import Model, build_model, check_size
from xinzhi_econometrics.specification import (
    LEAST_SQUARES,
    Regression,
    frame_of,
    key_of,
    require_two_levels,
)
from xinzhi_econometrics.within import within

VANISHES = 1e-10
"""Norm of a column without effects, relative to its own, below which it is constant within them."""
ROUNDING = 1e-28
"""σ²_e relative to the mean square of the outcome, below which residuals are rounding: θ is 0/0."""


@ESTIMATORS.add("random_effects")
def random_effects(data: Panel | pd.DataFrame, regression: Regression) -> Estimates:
    """Estimate a regression with random effects of entities.

    Regressors that do not vary within entities are estimated too; entities with one row are kept.

    Parameters
    ----------
    data
        A panel, or a frame indexed (entity, period).
    regression
        With `entity` among its effects, which is taken as random; all others are fixed. Errors of any
        kind: independent ones are s²(X*'X*)⁻¹ with s² = RSS*/(N-K) of the quasi-demeaned data, the
        others are robust to what the random effects leave.

    Returns
    -------
    Estimates with `_cons`; `components` has σ_u, σ_e and θ, `fit` the three squared correlations of
    y and x'b that Stata prints: within, between and overall. Residuals are y - x'b.

    Raises
    ------
    MethodError
        The effects do not name the entity, or N <= G + k.

    Examples
    --------
    >>> draw = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(30), range(5)], names=["entity", "period"])
    >>> x, u, e = draw.normal(size=150), np.repeat(draw.normal(size=30), 5), draw.normal(size=150)
    >>> frame = pd.DataFrame({"x": x, "y": 1 + 2 * x + u + 0.5 * e}, index=index)
    >>> result = random_effects(frame, Regression("y", ("x",), effects=("entity",), estimator="random_effects"))
    >>> result.names, result.estimate.round(1).tolist()
    (('_cons', 'x'), [0.9, 2.0])
    """
    frame = frame_of(data)
    fixed = tuple(name for name in regression.effects if key_of(frame, name) != ENTITY)
    if len(fixed) == len(regression.effects):
        raise _no_entity_effects()
    model = build_model(frame, replace(regression, effects=fixed, estimator=LEAST_SQUARES))
    entity = group_codes(ENTITY, np.asarray(model.sample.index.codes[0], dtype=np.intp))
    require_two_levels((entity,), len(model.sample.outcome))
    design, names = with_dummies(model, model.sample.effects)
    variance = _error_variance(model, entity)
    result = quasi_demean(model.sample.outcome, design, entity, variance)
    solved, shown = result.solved, len(names)
    levels = ((effect.name, effect.n_levels) for effect in model.sample.effects)
    coefficients = Coefficients(
        names,
        solved.slopes[:shown],
        solved.influence[:shown],
        solved.residuals,
        design.shape[1],
        ((ENTITY, entity.n_levels), *levels),
        solved.influence.T,
        None,
    )
    fitted = design @ solved.slopes
    fit = _describe(model, entity, fitted, float(solved.slopes[0]))
    estimates = with_parameters(model, regression, coefficients, fit)
    # Standard errors rest on the quasi-demeaned residuals; what is reported is y - x'b, as in Stata.
    residuals = pd.Series(model.sample.outcome - fitted, index=model.sample.index, name="residual")
    return replace(estimates, residuals=residuals, components=result.components)


def _describe(model: Model, entity: Grouping, fitted: Array, constant: float) -> Fit:
    both = np.column_stack([model.sample.outcome, fitted])
    means = entity.means(both)
    residuals = model.sample.outcome - fitted
    return Fit(
        r2_within=_squared_correlation(both - means[entity.codes]),
        r2_between=_squared_correlation(means),
        r2_overall=_squared_correlation(both),
        rss=float(residuals @ residuals),
        constant=constant,
    )


def _squared_correlation(both: Array) -> float:
    """Squared correlation of two columns, shape (m, 2); 0 where one of them is constant."""
    first, second = (both - both.mean(axis=0)).T
    squares = float(first @ first) * float(second @ second)
    return float((first @ second) ** 2 / squares) if squares > 0.0 else 0.0


def _error_variance(model: Model, entity: Grouping) -> float:
    """Estimate σ²_e within entities and the fixed effects; what does not vary there is left out."""
    projection = within((entity, *model.sample.effects))
    both = projection.demean(model.sample.outcome, model.sample.design)
    outcome, design = both[:, 0], both[:, 1:]
    sizes = np.linalg.norm(model.sample.design - model.sample.design.mean(axis=0), axis=0)
    varies = np.flatnonzero(np.linalg.norm(design, axis=0) > VANISHES * sizes)
    independent, _ = dependences(design[:, varies], np.zeros(len(varies)))
    columns = design[:, varies[list(independent)]]
    check_size(len(outcome), columns.shape[1], projection.df)
    df = len(outcome) - projection.df - int(columns.shape[1])
    residuals = least_squares(outcome, columns).residuals if columns.size else outcome
    return float(residuals @ residuals) / df


@dataclass(frozen=True, slots=True, eq=False)
class QuasiDemeaned:
    """Generalised least squares with random effects of entities."""

    solved: LeastSquares
    """Of the quasi-demeaned columns: constant, slopes, dummies."""
    sigma2_e: float
    """Variance of the residuals within entities."""
    sigma2_u: float
    """Variance of the effects; 0 where the estimate is negative."""
    theta: Array
    """Share of its mean that is taken from an entity, shape (entities,)."""

    @property
    def s2(self) -> float:
        """Error variance of the quasi-demeaned data, RSS*/(N-K)."""
        k, n = self.solved.influence.shape
        return float(self.solved.residuals @ self.solved.residuals) / int(n - k)

    @property
    def components(self) -> VarianceComponents:
        """Standard deviations, their share and the quantiles of θ, as they are reported."""
        total = self.sigma2_u + self.sigma2_e
        smallest, median, largest = np.quantile(self.theta, (0.0, 0.5, 1.0))
        return VarianceComponents(
            float(np.sqrt(self.sigma2_u)),
            float(np.sqrt(self.sigma2_e)),
            self.sigma2_u / total if total else 0.0,
            (float(smallest), float(median), float(largest)),
        )

    def vcov(self, k: int) -> Array:
        """Covariance s²(X*'X*)⁻¹ of the first k coefficients, under independent errors."""
        influence = self.solved.influence[:k]
        return np.asarray(self.s2 * influence @ influence.T)


def swamy_arora(model: Model) -> QuasiDemeaned:
    """Estimate the random effects twin of a regression with entity effects, on the same columns."""
    entity = require_entity(model)
    others = tuple(effect for effect in model.sample.effects if effect is not entity)
    design, _ = with_dummies(model, others)
    residuals = least_squares(model.outcome, model.design).residuals
    sigma2_e = float(residuals @ residuals) / model.df
    return quasi_demean(model.sample.outcome, design, entity, sigma2_e)


def quasi_demean(outcome: Array, design: Array, entity: Grouping, sigma2_e: float) -> QuasiDemeaned:
    """Subtract the share θ_i of its mean from each entity and solve by least squares.

    Raises
    ------
    MethodError
        Nothing is left within entities, so that θ is undefined.
    """
    if sigma2_e <= ROUNDING * float(np.mean(outcome**2)):
        what = message(
            "The regression fits perfectly within entities: random effects have no variance of the remaining error."
        )
        remedy = message("use fixed effects.")
        raise MethodError(Problem("random_effects.perfect_fit", what, remedy=remedy))
    sigma2_u = _effect_variance(outcome, design, entity, sigma2_e)
    theta = 1 - np.sqrt(sigma2_e / (entity.counts * sigma2_u + sigma2_e))
    both = np.column_stack([outcome, design])
    means = entity.means(both)
    starred = both - theta[entity.codes, None] * means[entity.codes]
    return QuasiDemeaned(least_squares(starred[:, 0], starred[:, 1:]), sigma2_e, sigma2_u, theta)


def find_entity(model: Model) -> Grouping | None:
    """Find the effect of the entities among those of the regression, by either name of the key."""
    names = {ENTITY, str(model.sample.index.names[0])}
    return next((effect for effect in model.sample.effects if effect.name in names), None)


def require_entity(model: Model) -> Grouping:
    """Find the effect of the entities.

    Raises
    ------
    MethodError
        The regression has no entity effects.
    """
    entity = find_entity(model)
    if entity is None:
        raise _no_entity_effects()
    return entity


def _no_entity_effects() -> MethodError:
    text = message("Random effects and their tests need a regression with entity effects.")
    remedy = message("add entity to the effects.")
    return MethodError(Problem("reg.no_entity_effects", text, remedy=remedy))


def with_dummies(model: Model, effects: tuple[Grouping, ...]) -> tuple[Array, tuple[str, ...]]:
    """Constant, regressors and dummies of effects, and the names of all but the dummies.

    The first level of each effect is the reference. With two or more effects the dummies that the
    columns before them reproduce are left out.
    """
    dummies = [np.eye(effect.n_levels)[effect.codes][:, 1:] for effect in effects]
    design = np.hstack([np.ones((len(model.sample.outcome), 1)), model.sample.design, *dummies])
    # The dummies of one effect are independent of the constant; those of two need not be of each other.
    if len(effects) > 1:
        independent, _ = dependences(design, np.zeros(design.shape[1]))
        design = design[:, list(independent)]
    return design, ("_cons", *model.names)


def with_means(model: Model, entity: Grouping) -> tuple[Array, tuple[int, ...]]:
    """Constant, x, x̄, dummies of other effects and their means (Mundlak's device).

    Returns
    -------
    The columns, without those that the columns before them reproduce, and which ones were kept:
    positions 1 to k are the regressors, k+1 to 2k their means.
    """
    k = len(model.names)
    others = tuple(effect for effect in model.sample.effects if effect is not entity)
    pooled, _ = with_dummies(model, others)
    means = entity.means(pooled)[entity.codes]
    # A regressor that was centred by entity has means of rounding, which are not regressors.
    sizes = np.linalg.norm(means, axis=0), np.linalg.norm(pooled, axis=0)
    means[:, sizes[0] <= VANISHES * sizes[1]] = 0.0
    design = np.hstack(
        [pooled[:, : 1 + k], means[:, 1 : 1 + k], pooled[:, 1 + k :], means[:, 1 + k :]]
    )
    present = np.flatnonzero(np.linalg.norm(design, axis=0) > 0.0)
    # In a balanced panel the means of the dummies are constant, and a regressor that is constant within
    # entities is its own mean: both drop out.
    independent, _ = dependences(design[:, present], np.full(len(present), 1e-10))
    used = present[list(independent)]
    return np.asarray(design[:, used]), tuple(used.tolist())


def _effect_variance(outcome: Array, design: Array, entity: Grouping, sigma2_e: float) -> float:
    """Estimate the variance of the effects, 0 where the estimate is negative."""
    # Means are weighted by √T_i: their sums of squares are those of Z'PZ, P the projection on the means.
    root = np.sqrt(entity.counts)[:, None]
    z = entity.means(design)
    y = (entity.means(outcome[:, None]) * root)[:, 0]
    weighted = z * root
    scale = np.linalg.norm(weighted, axis=0)
    scale[scale == 0.0] = 1.0
    u, singular, vt = np.linalg.svd(weighted / scale, full_matrices=False)
    rank = int(np.sum(singular > 1e-10 * singular[0]))
    left = y - u[:, :rank] @ (u[:, :rank].T @ y)
    half = (vt[:rank].T / singular[:rank]) / scale[:, None]
    squares = (z * entity.counts[:, None]).T @ (z * entity.counts[:, None])
    trace = float(np.trace(half.T @ squares @ half))
    variance = (float(left @ left) - (entity.n_levels - rank) * sigma2_e) / (len(outcome) - trace)
    return max(variance, 0.0)
