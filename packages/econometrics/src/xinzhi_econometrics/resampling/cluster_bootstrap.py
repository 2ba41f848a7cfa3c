"""Cluster bootstrap by weighted sums: a draw costs two matrix products instead of a regression.

For least squares with entity effects nested in the resampled cluster, a draw that takes cluster g
w_g times needs only sums. With Z~ = Z less the entities' means, D~ the dummies of the other
effects less theirs,

    S(w) = Z~'Z~(w) - Z~'D~(w) [D~'D~(w)]⁺ D~'Z~(w),

and on balanced panels with entity and period effects

    S(w) = Σ_i w_i Z~_i'Z~_i - (1/Σw) Σ_t (Σ_i w_i z~_it)(Σ_i w_i z~_it)'.

A cluster drawn k times enters as k different ones; effects are estimated again in each draw.

The rows of a sample in an order that their data fix, so that draws do not depend on names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi_core.errors import MethodError, Problem
from xinzhi_core.panel.numbering import by_name, number_entities
from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel
from xinzhi_core.resampled import zero_interval, zero_p
from xinzhi_core.wording import message
from xinzhi_econometrics.least_squares import Array, Codes, Grouping, group_codes, grouping
from xinzhi_econometrics.specification import (
    Covariance,
    Regression,
    Sample,
    draw,
    periods_of,
    require_least_squares,
)


def by_data(sample: Sample) -> Sample:
    """Sort a sample by entity and period, entities by their data, and number clusters and effects by first rows.

    Everything that is computed from it, sums and draws of clusters, is the same to the last bit whatever the
    entities, the clusters and the effects are called.
    """
    entity = group_codes("entity", np.asarray(sample.index.codes[0], dtype=np.intp)).codes
    period = periods_of(sample.index)
    columns = {name: sample.design[:, j] for j, name in enumerate(sample.names)}
    # The outcome last: turned in sign, it changes no draw.
    values = [by_name(columns)] if columns else []
    numbers = number_entities(entity, period, np.column_stack([*values, sample.outcome]))
    order: Codes = np.lexsort((period, numbers[entity]))
    return replace(
        sample,
        index=sample.index[order],
        outcome=sample.outcome[order],
        design=np.asfortranarray(sample.design[order]),
        effects=tuple(grouping(each.name, each.codes[order]) for each in sample.effects),
        clusters=tuple(grouping(each.name, each.codes[order]) for each in sample.clusters),
    )


MOST_DUMMIES = 400
"""Levels of effects other than the nested one up to which a draw solves a system in their dummies."""
CHUNK = 500
"""Draws at once: it bounds the memory and changes no result."""
SINGULAR = 1e-12
"""Smallest eigenvalue of the correlations of regressors that identifies their slopes."""


@dataclass(frozen=True, slots=True, eq=False)
class ClusterSums:
    """Sums of squares and products per cluster, from which any resampled fit follows."""

    names: tuple[str, ...]
    """Columns of Z: outcome, regressors, controls, others."""
    clusters: tuple[object, ...]
    """Name of each cluster, as in the data."""
    products: Array
    """Z~_g'Z~_g, shape (G, p, p)."""
    crossed: Array
    """Balanced: z~ by cluster and period, shape (G, T, p); else Z~_g'D~_g, shape (G, p, d)."""
    dummies: Array | None
    """D~_g'D~_g, shape (G, d, d); None if balanced."""
    scale: Array
    """Norm of each column; the sums are of columns divided by it."""

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return len(self.clusters)

    def weigh(self, weights: Array) -> Array:
        """Form S(w) for weights (B, G), shape (B, p, p)."""
        p = len(self.names)
        inner = (weights @ self.products.reshape(len(self.products), -1)).reshape(-1, p, p)
        flat = weights @ self.crossed.reshape(len(self.crossed), -1)
        if self.dummies is None:
            # Balanced: D'D is w times the identity, so that no system is solved in a draw.
            by_period = flat.reshape(len(weights), -1, p)
            total = weights.sum(axis=1)[:, None, None]
            return np.asarray(inner - by_period.transpose(0, 2, 1) @ by_period / total)
        d = self.dummies.shape[1]
        if d == 0:
            return np.asarray(inner)
        cross = flat.reshape(len(weights), p, d)
        square = (weights @ self.dummies.reshape(len(self.dummies), -1)).reshape(-1, d, d)
        return np.asarray(inner - cross @ _pseudo_solve(square, cross.transpose(0, 2, 1)))

    def slopes(self, weights: Array, outcome: str, regressors: tuple[str, ...]) -> Array:
        """Slopes of one regression in each draw, shape (B, k); NaN where a draw does not identify them."""
        return self.many(weights, ((outcome, regressors),))[0]

    def many(
        self, weights: Array, equations: tuple[tuple[str, tuple[str, ...]], ...]
    ) -> tuple[Array, ...]:
        """Slopes of several regressions in the same draws."""
        chunks = [
            [self._solve(sums, outcome, regressors) for outcome, regressors in equations]
            for start in range(0, len(weights), CHUNK)
            for sums in [self.weigh(weights[start : start + CHUNK])]
        ]
        return tuple(np.concatenate(slopes) for slopes in zip(*chunks, strict=True))

    def _solve(self, sums: Array, outcome: str, regressors: tuple[str, ...]) -> Array:
        x = [self.names.index(name) for name in regressors]
        y = self.names.index(outcome)
        size = np.sqrt(np.maximum(np.diagonal(sums[:, x][:, :, x], axis1=1, axis2=2), 0.0))
        slopes = np.full((len(sums), len(x)), np.nan)
        # Columns have norm 1 in the sample: one of norm 1e-9 in a draw is what rounding leaves.
        present = np.flatnonzero((size > 1e-9).all(axis=1))
        inner = sums[present][:, x][:, :, x]
        unit = inner / (size[present, :, None] * size[present, None, :])
        good = np.linalg.eigvalsh(unit)[:, 0] > SINGULAR if len(present) else np.zeros(0, bool)
        right = sums[present][:, x][:, :, [y]][good] / size[present][good][:, :, None]
        # A draw that does not identify a slope stays NaN and is counted; it is not drawn again.
        answer = np.linalg.solve(unit[good], right)[:, :, 0] / size[present][good]
        slopes[present[good]] = answer * (self.scale[y] / self.scale[x])
        return slopes


def _pseudo_solve(square: Array, right: Array) -> Array:
    """Solve symmetric semidefinite systems; a level that a draw has lost is left out."""
    size = np.sqrt(np.maximum(np.diagonal(square, axis1=1, axis2=2), 0.0))
    size = np.where(size > 0.0, size, 1.0)
    values, vectors = np.linalg.eigh(square / (size[:, :, None] * size[:, None, :]))
    inverse = np.where(values > 1e-11, 1.0 / np.where(values > 1e-11, values, 1.0), 0.0)
    along = vectors.transpose(0, 2, 1) @ (right / size[:, :, None])
    return np.asarray(vectors @ (inverse[:, :, None] * along) / size[:, :, None])


def cluster_of(regression: Regression) -> str:
    """Column whose clusters are resampled: that of the errors, else the entity."""
    clusters = regression.covariance.clusters
    return clusters[0] if clusters else "entity"


def sums(
    data: Panel | pd.DataFrame,
    regression: Regression,
    *,
    others: tuple[str, ...] = (),
    cluster: str | None = None,
    numbered: bool = False,
) -> ClusterSums:
    """Compute the sums that resampling needs, on the rows where all columns are present.

    Parameters
    ----------
    data, regression
        As for `fit`; its errors play no role.
    others
        More columns, such as mediators.
    cluster
        Column whose clusters are resampled; the one of the errors, else the entity.
    numbered
        Whether clusters are numbered by their data, as draws need it (`by_data`), or in the order of names.

    Raises
    ------
    MethodError
        Entities are not nested in the clusters, or the other effects have too many levels:
        such regressions have to be fitted again for each draw.
    """
    require_least_squares(regression)
    name = cluster or cluster_of(regression)
    wide = replace(
        regression,
        controls=(*regression.controls, *others),
        covariance=Covariance("cluster", (name,)),
    )
    sample = draw(data, wide)
    if numbered:
        sample = by_data(sample)
    group = sample.clusters[0]
    inner = nested_effect(sample, group)
    names = (regression.outcome, *sample.names)
    z = np.column_stack([sample.outcome, sample.design])
    # The effect nested in the clusters is the same in every draw: a cluster is drawn as a whole.
    z = z - z.mean(axis=0)
    z = less_means(z, inner)
    scale = np.sqrt(np.einsum("ij,ij->j", z, z))
    z = z / np.where(scale > 0.0, scale, 1.0)
    outer = tuple(effect for effect in sample.effects if effect is not inner)
    products, clusters = _by_cluster(z, z, group), _name_clusters(data, name, sample)
    # Balanced: clusters are the levels of the nested effect, and each has one row in every period.
    is_balanced = len(outer) == 1 and inner is not None and group.is_nested_in(inner)
    if is_balanced and group.is_balanced_with(outer[0]):
        crossed = np.zeros((group.n_levels, outer[0].n_levels, z.shape[1]))
        crossed[group.codes, outer[0].codes] = z
        return ClusterSums(names, clusters, products, crossed, None, scale)
    d = _dummies(sample, inner, outer)
    crossed, dummies = _by_cluster(z, d, group), _by_cluster(d, d, group)
    return ClusterSums(names, clusters, products, crossed, dummies, scale)


def nested_effect(sample: Sample, group: Grouping) -> Grouping | None:
    """Find the finest effect that is nested in the cluster; it is partialled out once for all draws."""
    nested = [effect for effect in sample.effects if effect.is_nested_in(group)]
    return max(nested, key=lambda effect: effect.n_levels) if nested else None


def less_means(columns: Array, effect: Grouping | None) -> Array:
    """Subtract the means of each level of an effect, if there is one."""
    if effect is None:
        return columns
    return np.asarray(columns - effect.means(columns)[effect.codes])


def _dummies(sample: Sample, inner: Grouping | None, outer: tuple[Grouping, ...]) -> Array:
    """Dummies of the other effects less the means of the inner one; the constant if none."""
    levels = sum(effect.n_levels for effect in outer)
    if levels > MOST_DUMMIES:
        what = message("The effects other than the clusters have {n} levels.", n=levels)
        remedy = message("resample by fitting again, or use fewer effects.")
        raise MethodError(Problem("resample.too_many_levels", what, remedy=remedy))
    parts = [np.eye(effect.n_levels)[effect.codes] for effect in outer]
    if inner is None and not outer:
        parts = [np.ones((len(sample.outcome), 1))]
    if not parts:
        return np.zeros((len(sample.outcome), 0))
    return less_means(np.hstack(parts), inner)


def _by_cluster(left: Array, right: Array, group: Grouping) -> Array:
    """Sum left'right over the rows of each cluster, shape (G, p, q)."""
    order = np.argsort(group.codes, kind="stable")
    edges = np.cumsum(group.counts.astype(int))[:-1]
    return np.array([left[rows].T @ right[rows] for rows in np.split(order, edges)])


def _name_clusters(data: Panel | pd.DataFrame, name: str, sample: Sample) -> tuple[object, ...]:
    """Look up the name of each cluster in the data, by its first row."""
    _, first = np.unique(sample.clusters[0].codes, return_index=True)
    frame = data.frame if isinstance(data, Panel) else data
    if name in frame.columns:
        return tuple(frame[name].reindex(sample.index).iloc[first])
    names = list(sample.index.names)
    level = names.index(name) if name in names else (ENTITY, PERIOD).index(name)
    return tuple(sample.index[i][level] for i in first)


def cluster_draws(n_clusters: int, n_draws: int, seed: int) -> Array:
    """Draw clusters with replacement: how often each is taken, shape (n_draws, n_clusters).

    Replicate k uses `SeedSequence(seed, spawn_key=(k,))`, so that it does not depend on how the
    draws are cut into chunks.
    """
    counts = np.empty((n_draws, n_clusters))
    for k in range(n_draws):
        chosen = generator(seed, k).integers(n_clusters, size=n_clusters)
        counts[k] = np.bincount(chosen, minlength=n_clusters)
    return counts


def generator(seed: int, replicate: int) -> np.random.Generator:
    """Make the random generator of one replicate."""
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(replicate,)))
    )


def leave_one_out(n_clusters: int) -> Array:
    """Weights that leave out one cluster each, shape (n_clusters, n_clusters)."""
    return 1.0 - np.eye(n_clusters)


@dataclass(frozen=True, slots=True)
class BootstrapInterval:
    """Percentile interval of a bootstrap."""

    low: float
    high: float
    std_error: float
    """Standard deviation of the draws."""
    n_draws: int
    """Draws that gave a number."""
    n_lost: int
    """Draws in which a slope is not identified."""
    level: float = 0.95
    p_value: float = float("nan")
    """Two-sided, at least 2/(n_draws + 1); below 1 - level exactly where the interval leaves out zero."""


def percentile(draws: Array, *, level: float = 0.95) -> BootstrapInterval:
    """Take the percentile interval of draws (B,) and test zero by it (`resampled`); lost draws (NaN) are counted.

    >>> bounds = percentile(np.arange(1.0, 101.0))
    >>> bounds.low, bounds.high, round(bounds.p_value, 4)
    (2.0, 99.0, 0.0198)
    """
    identified = draws[~np.isnan(draws)]
    n, lost = len(identified), int(np.isnan(draws).sum())
    if n < 2:
        return BootstrapInterval(float("nan"), float("nan"), float("nan"), n, lost, level)
    low, high = zero_interval(identified, level)
    spread = float(identified.std(ddof=1))
    return BootstrapInterval(low, high, spread, n, lost, level, zero_p(identified))
