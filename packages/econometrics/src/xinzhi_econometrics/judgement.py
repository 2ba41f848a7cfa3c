"""Which test judges a coefficient, and its p-value and interval at any level.

| situation                                                     | judge            |
| clusters one way, fewer than 40, or effectively fewer than 40 | cr2              |
| weak instruments                                              | anderson_rubin   |
| a slope that weak instruments leave without a test            | none             |
| otherwise                                                     | t                |

Standard errors and t statistics stay those of the declared rule, so that they agree with other programs;
p-values, stars and intervals are those of the judge. See docs/decisions/0041-few-clusters.md.

Inference with few clusters: CR2 errors, Satterthwaite degrees of freedom, effective clusters.

The clustered variance adds up squared scores of residuals, which are smaller than the errors where a
cluster has leverage. With H the hat matrix and A_g the influence of the rows of cluster g on the
coefficients, CR2 (bias-reduced linearisation) takes

    V = Σ_g s_g s_g',   s_g = A_g (I - H_gg)^(-1/2) e_g,

which is unbiased where errors are independent of one variance. Under the same working model c'Vc is a
quadratic form of normal errors, of which Satterthwaite's degrees of freedom follow: with
p_g = (I - H)_.g (I - H_gg)^(-1/2) A_g'c and P_gh = p_g'p_h,

    df = (Σ_g P_gg)² / Σ_gh P_gh²,     (c'b - c'β)/√(c'Vc) ~ t(df).

q restrictions C together: Q = (Cb)'(CVC')⁻¹(Cb), (η - q + 1)/(ηq) Q ~ F(q, η - q + 1), the approximate
Hotelling test, which is the t-test above where q = 1.

Effects that are nested in the clusters may be taken out beforehand, as neither e_g nor A_g has a part in
them; the others (years) are part of H. With Q an orthonormal basis of the columns without the nested
effects, H_gg = Q_g Q_g' has the eigenvalues of Q_g'Q_g: no matrix is larger than the number of columns, and
(I - H_gg)^(-1/2) is the pseudo-inverse where an eigenvalue is 1 (a year that one cluster has alone).

The effective number of clusters of c'b is G / (1 + Γ), Γ the squared coefficient of variation of
γ_g = c'(X'X)⁻¹X_g'Ω_gX_g(X'X)⁻¹c. Ω_g is the unit matrix here: errors count as independent within a
cluster, after the effects are taken out. With one common error in a cluster, the other convention in use,
γ_g is zero wherever effects of the clusters are taken out.

References
----------
Bell and McCaffrey (2002), Survey Methodology 28, 169-181; Pustejovsky and Tipton (2018),
doi:10.1080/07350015.2016.1247004; Carter, Schnepel and Steigerwald (2017), doi:10.1162/REST_a_00639;
MacKinnon, Nielsen and Webb (2023), doi:10.1002/jae.2987 (the effective number with effects of clusters).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from xinzhi_core.panel.notebook import ByValue
from xinzhi_core.wording import Message, Wording, listed, message
from xinzhi_econometrics.inference import Tests, t_quantile, t_tails
from xinzhi_econometrics.instruments.confidence_set import ConfidenceSet, Pieces
from xinzhi_econometrics.least_squares import Array, Grouping, Scores
from xinzhi_econometrics.within import within

FEW = 40
"""Clusters, or effective clusters, below which CR2 judges."""
MOST_LEVELS = 600
"""Levels of effects across the clusters up to which their dummies enter the hat matrix."""
MOST_CELLS = 40_000_000
"""Rows times such levels up to which they do."""
FULL = 1e-10
"""Distance of a leverage from 1 within which it is 1: nothing is left of the errors in that direction."""
DEPENDENT = 1e-10
"""Eigenvalue of the dummies, scaled to a unit diagonal, below which they are dependent."""


@dataclass(frozen=True, slots=True, eq=False)
class FewClusters(ByValue):
    """What CR2 errors and degrees of freedom of any combination c'b are computed from."""

    scores: Array
    """s_g, shape (G, k)."""
    own: Array
    """D_g: c'D_g c is the squared length of (I - H_gg)^(-1/2) A_g'c, shape (G, k, k)."""
    carried: Array
    """Coordinates in Q of what the hat matrix takes from p_g, shape (G, K, k)."""

    @property
    def vcov(self) -> Array:
        """CR2 covariance, shape (k, k)."""
        return self.scores.T @ self.scores

    def error(self, c: Array) -> float:
        """Compute the standard error of c'b."""
        return float(np.linalg.norm(self.scores @ c))

    def df(self, c: Array) -> float:
        """Compute Satterthwaite's degrees of freedom of c'b."""
        total, squares = self._moments(c)
        return total**2 / squares if squares > 0.0 else float("nan")

    def line(self, first: Array, second: Array) -> tuple[Array, Array]:
        """Give the degrees of freedom of (first + w second)'b as a quotient of polynomials in w.

        Returns
        -------
        Coefficients of the numerator, before it is squared, (3,), and of the denominator, (5,), from the
        constant upwards.
        """
        # A polynomial of degree d is known from d + 1 values; at these five it is found without rounding.
        places = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
        size = np.linalg.norm(self.scores @ first) or 1.0
        step = (np.linalg.norm(self.scores @ second) or 1.0) / size
        values = np.array([self._moments(first + (w / step) * second) for w in places])
        top = np.polynomial.polynomial.polyfit(places[1:4], values[1:4, 0], 2)
        bottom = np.polynomial.polynomial.polyfit(places, values[:, 1], 4)
        return np.asarray(top * step ** np.arange(3)), np.asarray(bottom * step ** np.arange(5))

    def joint(self, contrasts: Array) -> tuple[float, float]:
        """Give η of the approximate Hotelling test of Cb = 0, and its second degrees of freedom.

        Parameters
        ----------
        contrasts
            C, shape (q, k).

        Returns
        -------
        η and η - q + 1; the test does not exist where the second is not positive.
        """
        q = len(contrasts)
        p_own = np.einsum("si,gij,tj->gst", contrasts, self.own, contrasts)
        u = np.einsum("gki,si->gsk", self.carried, contrasts)
        expected = (p_own - np.einsum("gsk,gtk->gst", u, u)).sum(axis=0)
        values, vectors = np.linalg.eigh(expected)
        if values[0] <= 1e-12 * values[-1]:
            return float("nan"), float("nan")
        root = (vectors / np.sqrt(values)) @ vectors.T
        p_own, u = np.einsum("si,gij,tj->gst", root, p_own, root), np.einsum("st,gtk->gsk", root, u)
        variance = 0.0
        for g in range(len(u)):
            p = -np.einsum("sk,htk->sth", u[g], u)
            p[:, :, g] += p_own[g]
            along = np.einsum("ssh->sh", p)
            variance += float(np.sum((along[:, None] * along[None]) + p * p.transpose(1, 0, 2)))
        eta = q * (q + 1) / variance
        return eta, eta - q + 1

    def _moments(self, c: Array) -> tuple[float, float]:
        """Σ P_gg and Σ P_gh² with P_gh = [g = h] d_g - u_g'u_h; the sum over pairs is one over columns of Q."""
        d, u = np.einsum("i,gij,j->g", c, self.own, c), self.carried @ c
        taken = np.einsum("gk,gk->g", u, u)
        among = u.T @ u
        return float(np.sum(d - taken)), float(np.sum(d * (d - 2 * taken)) + np.sum(among**2))


@dataclass(frozen=True, slots=True, eq=False)
class Adjusted:
    """The adjusted influence A_g (I - H_gg)^(-1/2) of all rows; it does not depend on the outcome."""

    influence: Array
    """Shape (k, n)."""
    cluster: Grouping
    own: Array
    carried: Array

    def scores_of(self, residuals: Array) -> FewClusters:
        """Put residuals in."""
        sums = self.cluster.sums((self.influence * residuals).T)
        return FewClusters(sums, self.own, self.carried)


def adjust(influence: Array, cluster: Grouping, basis: Array) -> Adjusted:
    """Adjust the influence for the leverage of the clusters.

    Parameters
    ----------
    influence
        A, shape (k, n), in the span of the basis.
    basis
        Q, shape (n, K), orthonormal columns.

    Examples
    --------
    >>> cluster = Grouping("g", np.array([0, 0, 1, 1, 2, 2]), 3)
    >>> x = np.ones((6, 1))
    >>> adjusted = adjust(x.T / 6, cluster, x / np.sqrt(6))
    >>> few = adjusted.scores_of(np.array([1.0, 1, -1, -1, 0, 0]))
    >>> round(float(few.vcov[0, 0]), 9), round(few.df(np.ones(1)), 9)
    (0.333333333, 2.0)
    """
    k, width = len(influence), basis.shape[1]
    adjusted = np.empty_like(influence)
    own = np.empty((cluster.n_levels, k, k))
    carried = np.empty((cluster.n_levels, width, k))
    order = np.argsort(cluster.codes, kind="stable")
    ends = np.cumsum(cluster.counts).astype(np.intp)
    in_basis = basis.T @ influence.T
    for g, rows in enumerate(np.split(order, ends[:-1])):
        part = basis[rows]
        values, vectors = np.linalg.eigh(part.T @ part)
        left = 1.0 - values
        root = np.where(left > FULL, 1.0 / np.sqrt(np.maximum(left, FULL)), 0.0)
        weights = (vectors * root) @ (vectors.T @ in_basis)
        along = part @ weights
        adjusted[:, rows] = along.T
        carried[g] = part.T @ along
        own[g] = along.T @ along
    return Adjusted(adjusted, cluster, own, carried)


def basis_of(columns: Array, effects: tuple[Grouping, ...], cluster: Grouping) -> Array | None:
    """Find Q: the columns, and the dummies of effects that are not nested in the clusters.

    Parameters
    ----------
    columns
        Shape (n, k), without all effects.
    effects
        All effects that were taken out.

    Returns
    -------
    Shape (n, K), or None where there are too many dummies.
    """
    scale = np.linalg.norm(columns, axis=0)
    q = np.linalg.qr(columns / np.where(scale > 0.0, scale, 1.0))[0]
    across = tuple(effect for effect in effects if not effect.is_nested_in(cluster))
    levels = sum(effect.n_levels for effect in across)
    if levels > MOST_LEVELS or levels * len(columns) > MOST_CELLS:
        return None
    if not across:
        return np.asarray(q)
    nested = tuple(effect for effect in effects if effect.is_nested_in(cluster))
    dummies = np.hstack([np.eye(effect.n_levels)[effect.codes] for effect in across])
    if nested:
        dummies = within(nested).demean(dummies)
    sizes = np.linalg.norm(dummies, axis=0)
    # A level that lies within the nested effects leaves rounding alone.
    unit = dummies[:, sizes > 1e-8] / sizes[sizes > 1e-8]
    values, vectors = np.linalg.eigh(unit.T @ unit)
    independent = vectors[:, values > DEPENDENT] / np.sqrt(values[values > DEPENDENT])
    return np.hstack([q, np.linalg.qr(unit @ independent)[0]])


def effective_clusters(influence: Array, cluster: Grouping) -> Array:
    """Count the effective clusters of each coefficient, G / (1 + Γ) = (Σ γ_g)² / Σ γ_g², shape (k,).

    >>> cluster = Grouping("g", np.array([0, 0, 1, 1, 2, 2]), 3)
    >>> effective_clusters(np.array([[1.0, -1, 1, -1, 1, -1], [1, 0, 0, 0, 0, 0]]), cluster).tolist()
    [3.0, 1.0]
    """
    return effective_number(cluster.sums((influence**2).T))


def effective_number(parts: Array) -> Array:
    """Count the effective clusters of each coefficient from the squares of each cluster, shape (G, k)."""
    total = parts.sum(axis=0)
    shares = parts / np.where(total > 0.0, total, 1.0)
    return np.asarray(1.0 / np.maximum(np.einsum("gk,gk->k", shares, shares), 1e-300))


def are_few(effective: Array, cluster: Grouping) -> NDArray[np.bool_]:
    """Whether CR2 judges each coefficient: clusters below 40, or its effective number, shape (k,)."""
    return np.asarray((cluster.n_levels < FEW) | (effective < FEW))


Judge = Literal["t", "cr2", "anderson_rubin", "none"]
MANY = 6
"""Coefficients up to which they are named one by one."""
NO_INTERVAL: Pieces = ((float("nan"), float("nan")),)


@dataclass(frozen=True, slots=True, eq=False)
class Judgement(ByValue):
    """What judges each coefficient; arrays have one element for each."""

    judge: tuple[Judge, ...]
    error: Array
    """Standard error of the test that judges; not a number where it has none."""
    df: Array
    """Its degrees of freedom."""
    usual_p: Array
    """p-value of the usual t-test, whatever judges."""
    effective_clusters: Array
    """By Carter, Schnepel and Steigerwald; not a number where the errors are not clustered one way."""
    few: FewClusters | None = None
    """Where CR2 judges a coefficient: that of all."""
    sets: tuple[ConfidenceSet | None, ...] = ()
    """Confidence set of each coefficient that Anderson and Rubin's test judges; empty where none is."""

    def interval(self, j: int, estimate: float, level: float) -> Pieces:
        """Give the confidence set of coefficient j: an interval, or the pieces of a set that has gaps."""
        values = self.sets[j] if self.sets else None
        if values is not None:
            return values.at(level)
        if self.judge[j] == "none":
            return NO_INTERVAL
        half = t_quantile((1.0 + level) / 2.0, float(self.df[j])) * float(self.error[j])
        return ((estimate - half, estimate + half),)


@dataclass(frozen=True, slots=True)
class Combination:
    """A linear combination c'b of coefficients, judged as its coefficients are."""

    estimate: float
    std_error: float
    """By the declared rule, as the standard errors of the coefficients."""
    error: float
    """Of the test that judges."""
    df: float
    judge: Judge

    @property
    def p_value(self) -> float:
        """Two-sided; not a number where there is no error."""
        if not self.error > 0.0:
            return float("nan")
        return float(t_tails(np.array(self.estimate / self.error), self.df))

    def interval(self, level: float) -> tuple[float, float]:
        """Give the interval of the test that judges."""
        half = t_quantile((1.0 + level) / 2.0, self.df) * self.error
        return self.estimate - half, self.estimate + half


def usual_judgement(tests: Tests, df: float) -> Judgement:
    """Let the t-test of the declared errors judge."""
    k = len(tests.std_error)
    usual: Judge = "t"
    return Judgement(
        (usual,) * k, tests.std_error, np.full(k, float(df)), tests.p_value, np.full(k, np.nan)
    )


def judge_few(
    tests: Tests,
    slopes: Array,
    df: float,
    *,
    scores: Scores,
    columns: Array,
    effects: tuple[Grouping, ...],
    cluster: Grouping,
    level: float,
) -> tuple[Tests, Judgement]:
    """Let CR2 judge coefficients with few clusters, or effectively few; give the tests as they are judged.

    Parameters
    ----------
    tests
        By the declared rule, t with `df` degrees of freedom.
    scores
        A (k, n) and e (n,), on the scale on which errors count as independent of one variance.
    columns
        Columns of the hat matrix, without effects, shape (n, K).
    effects
        Those that were taken out; the ones across the clusters enter the hat matrix.
    """
    usual = usual_judgement(tests, df)
    counted = effective_number(scores.weights(cluster))
    usual = replace(usual, effective_clusters=counted)
    is_few = are_few(counted, cluster)
    if not is_few.any() or not np.isfinite(tests.p_value).any():
        return tests, usual
    basis = basis_of(columns, effects, cluster)
    if basis is None:
        return tests, usual
    few = adjust(scores.influence, cluster, basis).scores_of(scores.residuals)
    # A coefficient that has no error by the declared rule, as its scores are zero, has none here.
    is_few &= np.isfinite(tests.p_value)
    units = np.eye(len(slopes))
    error = np.where(is_few, [few.error(c) for c in units], tests.std_error)
    degrees = np.array([few.df(c) if one else df for c, one in zip(units, is_few, strict=True)])
    p_value, low, high = tests.p_value.copy(), tests.ci_low.copy(), tests.ci_high.copy()
    for j in np.flatnonzero(is_few):
        one = Combination(float(slopes[j]), 0.0, float(error[j]), float(degrees[j]), "cr2")
        p_value[j], (low[j], high[j]) = one.p_value, one.interval(level)
    judges: list[Judge] = ["cr2" if one else "t" for one in is_few]
    judged = replace(usual, judge=tuple(judges), error=error, df=degrees, few=few)
    return replace(tests, p_value=p_value, ci_low=low, ci_high=high), judged


def range_in_words(values: Sequence[float]) -> str:
    """Write the range of effective numbers of clusters.

    >>> range_in_words([11.6, 18.2]), range_in_words([12.0])
    ('11.6–18.2', '12.0')
    """
    low, high = f"{min(values):.1f}", f"{max(values):.1f}"
    return low if low == high else f"{low}–{high}"


def few_clusters_in_words(
    n: int, names: Sequence[Wording], effective: Sequence[float], *, are_all: bool
) -> Message:
    """Say which test judges coefficients with few clusters; `are_all`: there are no others.

    Parameters
    ----------
    names, effective
        Coefficients that CR2 judges, and their effective numbers of clusters.
    """
    if are_all or len(names) > MANY:
        return message(
            "{n} clusters (effective number {effective}): p-values, stars and intervals by CR2 with "
            "Satterthwaite degrees of freedom; standard errors, t and F by the rule of the clusters.",
            n=n,
            effective=range_in_words(effective),
        )
    return message(
        "{n} clusters, but an effective number of {effective} for {names}: p-values, stars and intervals of these "
        "by CR2 with Satterthwaite degrees of freedom.",
        n=n,
        effective=range_in_words(effective),
        names=listed(list(names)),
    )
