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

from xinzhi.errors import MethodError, Problem
from xinzhi.panel.panel import ENTITY, Panel
from xinzhi.regression.estimates import Estimates, Fit, VarianceComponents
from xinzhi.regression.fit import ESTIMATORS, Coefficients, with_parameters
from xinzhi.regression.grouping import Array, Grouping, numbered
from xinzhi.regression.least_squares import LeastSquares, dependences, least_squares
from xinzhi.regression.model import Model, check_size, model
from xinzhi.regression.sample import frame_of, key_of, require_two_levels
from xinzhi.regression.specification import LEAST_SQUARES, Regression
from xinzhi.regression.within import within
from xinzhi.wording import message

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
    >>> found = random_effects(frame, Regression("y", ("x",), effects=("entity",), estimator="random_effects"))
    >>> found.names, found.estimate.round(1).tolist()
    (('_cons', 'x'), [0.9, 2.0])
    """
    frame = frame_of(data)
    fixed = tuple(name for name in regression.effects if key_of(frame, name) != ENTITY)
    if len(fixed) == len(regression.effects):
        raise no_entity_effects()
    ready = model(frame, replace(regression, effects=fixed, estimator=LEAST_SQUARES))
    entity = numbered(ENTITY, np.asarray(ready.sample.index.codes[0], dtype=np.intp))
    require_two_levels((entity,), len(ready.sample.outcome))
    design, names = with_dummies(ready, ready.sample.effects)
    found = quasi_demeaned(ready.sample.outcome, design, entity, _error_variance(ready, entity))
    shown = len(names)
    levels = ((effect.name, effect.n_levels) for effect in ready.sample.effects)
    coefficients = Coefficients(
        names,
        found.solved.slopes[:shown],
        found.solved.influence[:shown],
        found.solved.residuals,
        design.shape[1],
        ((ENTITY, entity.n_levels), *levels),
    )
    fitted = design @ found.solved.slopes
    estimates = with_parameters(
        ready, regression, coefficients, _describe(ready, entity, fitted, found)
    )
    residuals = pd.Series(ready.sample.outcome - fitted, index=ready.sample.index, name="residual")
    return replace(estimates, residuals=residuals, components=_components(found))


def _components(found: QuasiDemeaned) -> VarianceComponents:
    total = found.sigma2_u + found.sigma2_e
    smallest, median, largest = np.quantile(found.theta, (0.0, 0.5, 1.0))
    return VarianceComponents(
        float(np.sqrt(found.sigma2_u)),
        float(np.sqrt(found.sigma2_e)),
        found.sigma2_u / total if total else 0.0,
        (float(smallest), float(median), float(largest)),
    )


def _describe(ready: Model, entity: Grouping, fitted: Array, found: QuasiDemeaned) -> Fit:
    both = np.column_stack([ready.sample.outcome, fitted])
    means = entity.means(both)
    residuals = ready.sample.outcome - fitted
    return Fit(
        r2=np.nan,
        r2_adjusted=np.nan,
        r2_within=_squared_correlation(both - means[entity.codes]),
        r2_between=_squared_correlation(means),
        r2_overall=_squared_correlation(both),
        f=np.nan,
        f_df1=0,
        f_df2=0,
        f_p=np.nan,
        rss=float(residuals @ residuals),
        constant=float(found.solved.slopes[0]),
    )


def _squared_correlation(both: Array) -> float:
    """Squared correlation of two columns, shape (m, 2); 0 where one of them is constant."""
    first, second = (both - both.mean(axis=0)).T
    squares = float(first @ first) * float(second @ second)
    return float((first @ second) ** 2 / squares) if squares > 0.0 else 0.0


def _error_variance(ready: Model, entity: Grouping) -> float:
    """Estimate σ²_e within entities and the fixed effects; what does not vary there is left out."""
    projection = within((entity, *ready.sample.effects))
    both = projection.demean(ready.sample.outcome, ready.sample.design)
    outcome, design = both[:, 0], both[:, 1:]
    sizes = np.linalg.norm(ready.sample.design - ready.sample.design.mean(axis=0), axis=0)
    varies = np.flatnonzero(np.linalg.norm(design, axis=0) > VANISHES * sizes)
    kept, _ = dependences(design[:, varies], np.zeros(len(varies)))
    columns = design[:, varies[list(kept)]]
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

    def vcov(self, k: int) -> Array:
        """Covariance s²(X*'X*)⁻¹ of the first k coefficients, under independent errors."""
        influence = self.solved.influence[:k]
        return np.asarray(self.s2 * influence @ influence.T)


def swamy_arora(ready: Model) -> QuasiDemeaned:
    """Estimate the random effects twin of a regression with entity effects, on the same columns."""
    entity = entity_of(ready)
    others = tuple(effect for effect in ready.sample.effects if effect is not entity)
    design, _ = with_dummies(ready, others)
    residuals = least_squares(ready.outcome, ready.design).residuals
    sigma2_e = float(residuals @ residuals) / ready.df
    return quasi_demeaned(ready.sample.outcome, design, entity, sigma2_e)


def quasi_demeaned(
    outcome: Array, design: Array, entity: Grouping, sigma2_e: float
) -> QuasiDemeaned:
    """Subtract the share θ_i of its mean from each entity and solve by least squares.

    Raises
    ------
    MethodError
        Nothing is left within entities, so that θ is undefined.
    """
    if sigma2_e <= ROUNDING * float(np.mean(outcome**2)):
        raise MethodError(
            Problem(
                "random_effects.perfect_fit",
                message(
                    "The regression fits perfectly within entities: random effects have no variance of the remaining error."
                ),
                remedy=message("use fixed effects."),
            )
        )
    sigma2_u = _effect_variance(outcome, design, entity, sigma2_e)
    theta = 1 - np.sqrt(sigma2_e / (entity.counts * sigma2_u + sigma2_e))
    both = np.column_stack([outcome, design])
    means = entity.means(both)
    starred = both - theta[entity.codes, None] * means[entity.codes]
    return QuasiDemeaned(least_squares(starred[:, 0], starred[:, 1:]), sigma2_e, sigma2_u, theta)


def entity_of(ready: Model) -> Grouping:
    """Find the grouping of the rows by entity among the effects of the regression.

    Raises
    ------
    MethodError
        The regression has no entity effects.
    """
    for effect in ready.sample.effects:
        if effect.name in {ENTITY, str(ready.sample.index.names[0])}:
            return effect
    raise no_entity_effects()


def no_entity_effects() -> MethodError:
    """Describe that random effects need the entity among the effects."""
    return MethodError(
        Problem(
            "reg.no_entity_effects",
            message("Random effects and their tests need a regression with entity effects."),
            remedy=message("add entity to the effects."),
        )
    )


def with_dummies(ready: Model, effects: tuple[Grouping, ...]) -> tuple[Array, tuple[str, ...]]:
    """Constant, regressors and dummies of effects, and the names of all but the dummies.

    The first level of each effect is the reference. With two or more effects the dummies that the
    columns before them reproduce are left out.
    """
    dummies = [np.eye(effect.n_levels)[effect.codes][:, 1:] for effect in effects]
    design = np.hstack([np.ones((len(ready.sample.outcome), 1)), ready.sample.design, *dummies])
    if len(effects) > 1:
        kept, _ = dependences(design, np.zeros(design.shape[1]))
        design = design[:, list(kept)]
    return design, ("_cons", *ready.names)


def with_means(ready: Model, entity: Grouping) -> tuple[Array, tuple[int, ...]]:
    """Constant, x, x̄, dummies of other effects and their means (Mundlak's device).

    Returns
    -------
    The columns, without those that the columns before them reproduce, and which ones were kept:
    positions 1 to k are the regressors, k+1 to 2k their means.
    """
    k = len(ready.names)
    others = tuple(effect for effect in ready.sample.effects if effect is not entity)
    pooled, _ = with_dummies(ready, others)
    means = entity.means(pooled)[entity.codes]
    design = np.hstack(
        [pooled[:, : 1 + k], means[:, 1 : 1 + k], pooled[:, 1 + k :], means[:, 1 + k :]]
    )
    present = np.flatnonzero(np.linalg.norm(design, axis=0) > 0.0)
    kept, _ = dependences(design[:, present], np.full(len(present), 1e-10))
    chosen = present[list(kept)]
    return np.asarray(design[:, chosen]), tuple(chosen.tolist())


def _effect_variance(outcome: Array, design: Array, entity: Grouping, sigma2_e: float) -> float:
    """Estimate the variance of the effects, 0 where the estimate is negative."""
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
    found = (float(left @ left) - (entity.n_levels - rank) * sigma2_e) / (len(outcome) - trace)
    return max(found, 0.0)
