"""Random effects of entities by generalised least squares, components of Swamy and Arora.

    y_it = a + x_it'b + d_t + u_i + e_it,   θ_i = 1 - sqrt(σ²_e / (T_i σ²_u + σ²_e))

Year effects, where the regression has them, stay fixed: they enter as dummies d_t.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.econometrics.grouping import Array, Grouping
from xinzhi.econometrics.least_squares import least_squares
from xinzhi.econometrics.model import Model
from xinzhi.errors import MethodError, Problem
from xinzhi.wording import message


@dataclass(frozen=True, slots=True, eq=False)
class RandomEffects:
    """Estimates of a random effects regression; the arrays follow `names`."""

    names: tuple[str, ...]
    """`_cons` first; dummies of years are left out."""
    estimate: Array
    vcov: Array
    """s²(X*'X*)⁻¹, s² = RSS*/(N-K) of the quasi-demeaned data."""
    s2: float
    sigma2_e: float
    """Variance of the residuals within entities."""
    sigma2_u: float
    """Variance of the effects; 0 where the estimate is negative."""
    theta: Array
    """Share of its mean that is taken from an entity, shape (entities,)."""

    @property
    def std_error(self) -> Array:
        """Standard errors."""
        return np.sqrt(np.diag(self.vcov))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a coefficient: estimate, std_error."""
        return pd.DataFrame(
            {"estimate": self.estimate, "std_error": self.std_error},
            index=pd.Index(self.names, name="name"),
        )


def random_effects(ready: Model) -> RandomEffects:
    """Estimate the random effects twin of a regression with entity effects.

    Components as Baltagi and Chang give them for unbalanced panels; for balanced ones they are
    those of Swamy and Arora:

        σ²_e = RSS_within / (N - G - k),
        σ²_u = [RSS_between - (G - rank Z̄) σ²_e] / [N - tr((Z'PZ)⁺ Σ T_i² z̄_i z̄_i')].

    References
    ----------
    Swamy and Arora (1972), doi:10.2307/1909405; Baltagi and Chang (1994),
    doi:10.1016/0304-4076(94)90017-5.
    """
    entity = entity_of(ready)
    design, names = with_years(ready)
    outcome = ready.sample.outcome
    sigma2_e = _within_variance(ready)
    sigma2_u = _between_variance(outcome, design, entity, sigma2_e)
    theta = 1 - np.sqrt(sigma2_e / (entity.counts * sigma2_u + sigma2_e))
    both = np.column_stack([outcome, design])
    means = entity.sums(both) / entity.counts[:, None]
    starred = both - theta[entity.codes, None] * means[entity.codes]
    solved = least_squares(starred[:, 0], starred[:, 1:])
    n, k = design.shape
    s2 = float(solved.residuals @ solved.residuals) / (n - k)
    shown = len(names)
    vcov = s2 * solved.influence[:shown] @ solved.influence[:shown].T
    return RandomEffects(names, solved.slopes[:shown], vcov, s2, sigma2_e, sigma2_u, theta)


def entity_of(ready: Model) -> Grouping:
    """Find the grouping of the rows by entity among the effects of the regression.

    Raises
    ------
    MethodError
        The regression has no entity effects.
    """
    for effect in ready.sample.effects:
        if effect.name in {"entity", str(ready.sample.index.names[0])}:
            return effect
    raise MethodError(
        Problem(
            "reg.no_entity_effects",
            message("Random effects and their tests need a regression with entity effects."),
            remedy=message("add entity to the effects."),
        )
    )


def with_years(ready: Model) -> tuple[Array, tuple[str, ...]]:
    """Constant, slopes and dummies of all effects but the entities', of full column rank."""
    entity = entity_of(ready)
    n = len(ready.sample.outcome)
    years = [
        np.eye(effect.n_levels)[effect.codes][:, 1:]
        for effect in ready.sample.effects
        if effect is not entity
    ]
    design = np.hstack([np.ones((n, 1)), ready.sample.design, *years])
    return design, ("_cons", *ready.names)


def _within_variance(ready: Model) -> float:
    residuals = least_squares(ready.outcome, ready.design).residuals
    return float(residuals @ residuals) / ready.df


def _between_variance(outcome: Array, design: Array, entity: Grouping, sigma2_e: float) -> float:
    """Estimate the variance of the effects, 0 where the estimate is negative."""
    root = np.sqrt(entity.counts)[:, None]
    z = entity.sums(design) / entity.counts[:, None]
    y = (entity.sums(outcome[:, None]) / entity.counts[:, None] * root)[:, 0]
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
