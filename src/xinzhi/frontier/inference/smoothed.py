"""Bias of radial scores by the smoothed bootstrap of Simar and Wilson (1998)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.errors import MethodError, OutOfDomain, Problem, Where
from xinzhi.frontier.activities import Activities, Label
from xinzhi.frontier.inference.interval_bounds import Scale
from xinzhi.frontier.inference.numbered import in_order_of_data
from xinzhi.frontier.inference.radial_scores import (
    against,
    efficiencies,
    radial_only,
    shrink,
)
from xinzhi.frontier.inference.replicates import replicates
from xinzhi.frontier.options import Options
from xinzhi.frontier.result import Array
from xinzhi.notices import Notice
from xinzhi.wording import message


@dataclass(frozen=True, slots=True, eq=False)
class ScoreBootstrap:
    """Efficiencies of n rows and their estimated bias.

    There is no interval: those of the smoothed bootstrap hold the true efficiency far less often
    than they say; see `subsampling.subsampled_intervals`.
    """

    labels: tuple[Label, ...]
    efficiency: Array
    """Shape (n,): θ, or 1/φ with output orientation."""
    bias: Array
    """Shape (n,): efficiency less the corrected one; on the scale of efficiency the mean of the replicates less
    the efficiency, at least 0 in expectation."""
    corrected: Array
    """Shape (n,)."""
    variance: Array
    """Shape (n,): of the replicates, on the scale. On that of efficiency correcting pays where it is below a third of bias²."""
    draws: int
    seed: int
    bandwidth: float
    notices: tuple[Notice, ...] = ()
    scale: Scale = "efficiency"
    """Where the difference is taken: of efficiencies, or of distances 1/θ."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per row, indexed (entity, period)."""
        index = pd.MultiIndex.from_tuples(self.labels, names=["entity", "period"])
        names = ("efficiency", "bias", "corrected", "variance")
        return pd.DataFrame({name: getattr(self, name) for name in names}, index=index)


@dataclass(frozen=True, slots=True, eq=False)
class _Pseudo:
    """One replicate: smooth draws of efficiencies, the frontier that they make, scores on it."""

    activities: Activities
    options: Options
    efficiency: Array
    bandwidth: float

    def __call__(self, rng: np.random.Generator) -> Array:
        drawn = smooth_draw(self.efficiency, self.bandwidth, rng)
        frontier = shrink(self.activities, self.options, self.efficiency / drawn)
        return against(self.activities, frontier, self.options)


def smoothed_bootstrap(
    activities: Activities,
    *,
    options: Options,
    draws: int = 2000,
    seed: int,
    bandwidth: float | None = None,
    scale: Scale = "efficiency",
    jobs: int = 1,
) -> ScoreBootstrap:
    """Estimate the bias of radial efficiencies by a smoothed bootstrap.

    Efficiencies θ̂ are drawn with replacement, smoothed by a normal kernel reflected at 1 and
    rescaled to their variance; x* = x θ̂/θ* makes a pseudo frontier, on which the rows are scored.
    bias = mean θ̂* - θ̂. On the scale of Shephard's distances δ = 1/θ the corrected efficiency is
    1 / (2 δ̂ - mean δ̂*): the authors work on both scales, programs on one or the other. Rows are drawn in an order that the data fix, so that the order in which
    they are given changes nothing.

    Parameters
    ----------
    activities
        n rows; efficiencies are taken to be alike distributed (homogeneous).
    options
        Measure `radial` with an orientation.
    draws, seed
        Number of replicates; replicate k draws from SeedSequence(seed, spawn_key=(0, k)).
    bandwidth
        Of the kernel; the normal reference rule on the reflected efficiencies where None.
    scale
        `efficiency` or `distance`: where the difference of replicates and estimate is taken.
    jobs
        Processes; the result does not depend on it.

    References
    ----------
    Simar, L., Wilson, P. W. (1998). Sensitivity analysis of efficiency scores. Management Science
    44, doi 10.1287/mnsc.44.1.49. Simar, L., Wilson, P. W. (2000), doi 10.1023/A:1007864806704.
    """
    options = radial_only(options)
    given = efficiencies(activities, options)
    if np.isnan(given).any():
        text = message("Rows without a score cannot be drawn from.")
        remedy = message("correct or leave out the rows whose status is not certified.")
        raise MethodError(Problem("inference.no_score", text, remedy=remedy))
    # A generator draws by place: only rows in one fixed order give the same draws whatever order they
    # are given in, and whatever they are called.
    labels = activities.labels
    activities, order = in_order_of_data(activities)
    back = np.argsort(order)
    efficiency = efficiencies(activities, options)
    if bandwidth is not None and not (np.isfinite(bandwidth) and bandwidth > 0):
        text = message("The bandwidth is {value}.", value=bandwidth)
        remedy = message("a bandwidth is above 0.")
        raise OutOfDomain(Problem("inference.bandwidth", text, Where(key="bandwidth"), remedy))
    width = reference_bandwidth(efficiency) if bandwidth is None else bandwidth
    pseudo = _Pseudo(activities, options, efficiency, width)
    drawn = replicates(pseudo, draws=draws, seed=seed, jobs=jobs)
    lost = int(np.isnan(drawn).any(axis=1).sum())
    bias, variance = _corrected(efficiency, drawn, scale)
    return ScoreBootstrap(
        labels=labels,
        efficiency=given,
        bias=bias[back],
        corrected=given - bias[back],
        variance=variance[back],
        draws=draws,
        seed=seed,
        bandwidth=width,
        notices=lost_replicates(lost, draws),
        scale=scale,
    )


def _corrected(efficiency: Array, drawn: Array, scale: Scale) -> tuple[Array, Array]:
    """Return what the correction takes from each efficiency, and the variance on the scale."""
    if scale == "efficiency":
        return np.nanmean(drawn, axis=0) - efficiency, np.nanvar(drawn, axis=0, ddof=1)
    distances = 1.0 / drawn
    corrected = 2.0 / efficiency - np.nanmean(distances, axis=0)
    return efficiency - 1.0 / corrected, np.nanvar(distances, axis=0, ddof=1)


def smooth_draw(efficiency: Array, bandwidth: float, rng: np.random.Generator) -> Array:
    """Draw efficiencies from their density reflected at 1, with their own mean and variance."""
    drawn = rng.choice(efficiency, size=len(efficiency), replace=True)
    rough = drawn + bandwidth * rng.standard_normal(len(drawn))
    reflected = np.where(rough <= 1.0, rough, 2.0 - rough)
    variance = efficiency.var()
    if variance == 0.0:
        return reflected
    # The kernel adds h² to the variance, which is taken out again.
    shrink = np.sqrt(1.0 + bandwidth**2 / variance)
    smooth = drawn.mean() + (reflected - drawn.mean()) / shrink
    return np.asarray(np.clip(smooth, np.finfo(float).eps, 1.0))


def reference_bandwidth(efficiency: Array) -> float:
    """Choose the bandwidth by the normal reference rule on the reflected inefficient rows.

    h = 0.9 min(σ, IQR / 1.34) (2m)^(-1/5) over {θ, 2 - θ : θ < 1}, times (2m / n)^(1/5) σ_n / σ.
    """
    # The mass of estimates at exactly 1 comes from the estimator and not from the density.
    inside = efficiency[efficiency < 1.0 - 1e-9]
    if not len(inside):
        return 0.0
    reflected = np.concatenate([inside, 2.0 - inside])
    sigma = float(reflected.std(ddof=1))
    low, high = np.quantile(reflected, [0.25, 0.75])
    spread = min(sigma, float(high - low) / 1.34) or sigma
    width = 0.9 * spread * len(reflected) ** -0.2
    return float(width * (len(reflected) / len(efficiency)) ** 0.2 * efficiency.std(ddof=1) / sigma)


def lost_replicates(lost: int, draws: int) -> tuple[Notice, ...]:
    """Say how many replicates had rows without a score."""
    if not lost:
        return ()
    return (
        Notice(
            "inference.lost",
            message(
                "{n} of {draws} replicates have rows without a score, which are left out.",
                n=lost,
                draws=draws,
            ),
        ),
    )
