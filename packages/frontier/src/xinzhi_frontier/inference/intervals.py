"""Inference on scores: confidence intervals, bias, or sensitivity to the sample.

Sensitivity of scores to the sample: the frontier estimated again in draws of entities.

Radial efficiencies of rows against a frontier of other amounts, for bootstraps.

Rows in an order that their data fix, for draws by place.

Bias of radial scores by the smoothed bootstrap of Simar and Wilson (1998).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import MethodError, OutOfDomain, Problem, SpecError, Where
from xinzhi_core.lazy import WhenUsed
from xinzhi_core.notices import Notice
from xinzhi_core.wording import Message, message
from xinzhi_frontier.evaluate import FrontierDraws, evaluate, reference_sets, run_across
from xinzhi_frontier.frames import FRAMES
from xinzhi_frontier.inference.replicates import enough_draws, replicates, stream, why_no_interval
from xinzhi_frontier.inference.subsampling import Scale, subsampled_intervals
from xinzhi_frontier.measure import MEASURES, Task
from xinzhi_frontier.options import Options, checked
from xinzhi_frontier.result import Activities, ActivityRoles, Array, Label, number_by_data
from xinzhi_frontier.technology import HULL, Positions, canonical_order, technology_of

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", FRAMES)


@dataclass(frozen=True, slots=True, eq=False)
class EntityDraws:
    """Scores of n rows in each of B draws of entities."""

    labels: tuple[Label, ...]
    entities: tuple[str, ...]
    """The entities in the order of their numbers, which their data give."""
    drawn: npt.NDArray[np.intp]
    """Shape (B, number of entities): indices of the drawn ones, with repetition."""
    scores: Array
    """Shape (B, n): NaN where the entity of the row was not drawn, or the score does not exist."""
    seed: int

    def to_frame(self) -> pd.DataFrame:
        """Describe each row's scores over the draws that hold it.

        These are not bounds of the true score: against fewer rows a score can only be better.
        """
        index = pd.MultiIndex.from_tuples(self.labels, names=["entity", "period"])
        scores = pd.DataFrame(self.scores.T, index=index)
        return pd.DataFrame(
            {
                "n_draws": scores.notna().sum(axis=1),
                "mean": scores.mean(axis=1),
                "sd": scores.std(axis=1),
                "min": scores.min(axis=1),
                "max": scores.max(axis=1),
            }
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Draw:
    """One replicate: scores of the drawn entities against the frontier that they make."""

    measure: FrontierDraws
    n: int

    def __call__(self, rng: np.random.Generator) -> Array:
        codes = self.measure.entities
        rows = np.flatnonzero(np.isin(codes, draw_entities(self.n, rng)))
        scores = np.full(len(codes), np.nan)
        scores[rows] = self.measure(rows).scores
        return scores


def draw_entities(n: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Draw entities with replacement; the first thing that a replicate does with its stream."""
    return np.asarray(rng.integers(0, n, size=n), dtype=np.intp)


def resample_entities(
    activities: Activities,
    *,
    options: Options,
    draws: int = 2000,
    seed: int,
    groups: Sequence[str] | None = None,
    jobs: int = 1,
) -> EntityDraws:
    """Draw whole entities with replacement and measure each draw on its own frontier.

    That shows how much scores depend on who was observed. It gives no confidence interval: a draw
    holds fewer entities than the sample, which moves every score to the same side. An entity that
    is drawn twice stands once in the reference set: a copy of itself would turn its super score
    into 1.

    Parameters
    ----------
    activities, options
        n rows and any measure.
    draws, seed
        Number of draws; draw k uses SeedSequence(seed, spawn_key=(0, k)).
    groups
        Group of each row, for group frontiers.
    jobs
        Processes; the result does not depend on it.
    """
    evaluate(activities, options=options, groups=groups, jobs=jobs)  # refuses by names
    numbered = replace(activities, labels=number_by_data(activities))
    pairs = zip(numbered.labels, activities.labels, strict=True)
    names = {number: entity for (number, _), (entity, _) in pairs}
    entities = tuple(names[number] for number in sorted(names))
    draw = _Draw(FrontierDraws.of(numbered, options=options, groups=groups), len(entities))
    scores = replicates(draw, draws=draws, seed=seed, jobs=jobs)
    # The same streams give the same draws again, without their being sent between processes.
    drawn = np.array([draw_entities(len(entities), stream(seed, k)) for k in range(draws)])
    return EntityDraws(activities.labels, entities, drawn, scores, seed)


def efficiencies(activities: Activities, options: Options) -> Array:
    """Return the radial efficiency of each row, 1 / φ with output orientation, shape (n,)."""
    scores = evaluate(activities, options=options).scores
    return MEASURES.get("radial").traits.efficiency(scores, options)


def shrink(activities: Activities, options: Options, factor: Array) -> Activities:
    """Move rows along the orientation: inputs times the factor, or outputs divided by it."""
    scale = factor[:, None]
    if options.orientation == "output":
        return replace(activities, good_outputs=activities.good_outputs / scale)
    moved = replace(activities, inputs=activities.inputs * scale)
    # Form B counts the bads with the inputs, and moves them with these.
    if options.bads == "outputs":
        return moved
    return replace(moved, bad_outputs=activities.bad_outputs * scale)


def against(activities: Activities, frontier: Activities, options: Options) -> Array:
    """Return the efficiency of rows against the frontier of other amounts, shape (n,).

    Row i of `frontier` stands where row i of `activities` stands in the reference sets. The rows
    do not join the frontier, so that an efficiency can be above 1.
    """
    n = activities.n
    # Rows 0 to n - 1 are measured, rows n to 2 n - 1 make the frontier: one scale for both.
    inputs, goods, bads = map(np.vstack, zip(activities.parts, frontier.parts, strict=True))
    both = Activities(activities.labels * 2, inputs, goods, bads, activities.roles)
    technology = technology_of(both, returns_to_scale=options.returns_to_scale)
    scores = np.full(n, np.nan)
    for chosen in reference_sets(activities.labels, options=options):
        task = Task.of(both, technology, options, chosen.evaluated, chosen.rows + n)
        outcome = run_across(task)
        scores[outcome.rows] = outcome.solutions.score
    return MEASURES.get("radial").traits.efficiency(scores, options)


def radial_only(options: Options) -> Options:
    """Check that the options are those of a radial measure with an orientation.

    Raises
    ------
    SpecError
        The measure is another: the theory of these bootstraps is for radial scores.
    """
    options = checked(options)
    if options.measure != "radial" or options.orientation not in {"input", "output"}:
        key = "measure"
        what = message("This bootstrap is for radial scores with an orientation.")
        remedy = message("use measure radial with orientation input or output.")
    elif options.returns_to_scale == HULL:
        key = "returns_to_scale"
        what = message("This bootstrap is for convex frontiers; the free disposal hull is none.")
        remedy = message("choose returns_to_scale: variable, or let whole entities be drawn.")
    elif options.noncontrollable or options.nondiscretionary:
        key = "noncontrollable"
        what = message("This bootstrap changes all columns in proportion; some are fixed.")
        remedy = message("leave the bootstrap out, or let whole entities be drawn.")
    else:
        return options
    raise SpecError(Problem("inference.measure", what, Where(key=key), remedy))


def in_order_of_data(
    activities: Activities, others: Array | None = None
) -> tuple[Activities, Positions]:
    """Sort rows by number of the entity and period, under these numbers in place of names.

    Rows of one label are told apart by their values, and by `others`, shape (n, k).

    Returns
    -------
    tuple
        The rows, and the place of each among those that were given.
    """
    numbered = replace(activities, labels=number_by_data(activities))
    values = activities.values  # noqa: PD011 - a field of ours
    order = canonical_order(
        numbered.labels, values if others is None else np.hstack([values, others])
    )
    return numbered.take(order.tolist()), order


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
                one="{n} of {draws} replicates has rows without a score, which are left out.",
                n=lost,
                draws=draws,
            ),
        ),
    )


Method = Literal["subsampling", "smoothed", "sensitivity"]
USUAL_SCALE: Mapping[Method, Scale] = MappingProxyType(
    {"subsampling": "distance", "smoothed": "efficiency", "sensitivity": "efficiency"}
)


@dataclass(frozen=True, slots=True)
class Resampling:
    """How scores are resampled, and for what."""

    method: Method = "subsampling"
    """subsampling: confidence intervals; smoothed: bias of radial scores; sensitivity: scores over
    draws of entities, which are not an interval."""
    draws: int = 2000
    seed: int = 1
    level: float = 0.95
    """Of the intervals."""
    scale: Scale | None = None
    """Where differences are taken; that of `USUAL_SCALE` where None."""
    size: int | None = None
    """Entities of a subsample; chosen by the data where None."""

    @property
    def scale_in_force(self) -> Scale:
        """Where differences are taken."""
        return self.scale or USUAL_SCALE[self.method]


@dataclass(frozen=True, slots=True, eq=False)
class ResampledScores:
    """What resampling tells of the scores of n rows."""

    plan: Resampling
    options: Options
    """How the scores are measured."""
    roles: ActivityRoles
    table: pd.DataFrame
    """Indexed (entity, period), columns by method; low and high are missing without an interval."""
    rate: float | None = None
    """r of a confidence interval, whose error falls as n^(-r)."""
    reason: Message | None = None
    """Why there is no confidence interval at all."""
    notices: tuple[Notice, ...] = ()

    @property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """The different m of n, in order."""
        if self.rate is None:
            return ()
        pairs = self.table.loc[self.table["status"] == "interval", ["m_entities", "n_entities"]]
        return tuple(sorted({(int(m), int(n)) for m, n in pairs.itertuples(index=False)}))

    @property
    def periods_of_a_frontier(self) -> int:
        """Count the periods whose rows make one frontier; 1 for a frontier a period."""
        count = max(int(self.table.index.get_level_values("period").nunique()), 1)
        most = {"contemporaneous": 1, "biennial": 2, "window": self.options.window or count}
        return min(count, most.get(self.options.reference, count))


def infer(
    activities: Activities,
    options: Options,
    plan: Resampling,
    *,
    groups: Sequence[str] | None = None,
    jobs: int = 1,
) -> ResampledScores:
    """Resample scores: one row of the table per row of the activities.

    Where no valid confidence interval is known for the options, none is computed, and the result
    says why.
    """
    enough_draws(plan.draws)
    if plan.method == "subsampling":
        return _intervals(activities, options, plan, groups, jobs)
    draws, seed = plan.draws, plan.seed
    if plan.method == "smoothed":
        if groups is not None:
            text = message("The smoothed bootstrap has no frontiers of groups.")
            remedy = message("use the resampling 'subsampling'.")
            raise SpecError(Problem("inference.groups", text, Where(key="reference"), remedy))
        bias = smoothed_bootstrap(
            activities,
            options=options,
            draws=draws,
            seed=seed,
            scale=plan.scale_in_force,
            jobs=jobs,
        )
        return ResampledScores(
            plan, options, activities.roles, bias.to_frame(), notices=bias.notices
        )
    sensitivity = resample_entities(
        activities, options=options, draws=draws, seed=seed, groups=groups, jobs=jobs
    )
    return ResampledScores(plan, options, activities.roles, sensitivity.to_frame())


def _intervals(
    activities: Activities,
    options: Options,
    plan: Resampling,
    groups: Sequence[str] | None,
    jobs: int,
) -> ResampledScores:
    reason = why_no_interval(options)
    if reason is not None:
        index = pd.MultiIndex.from_tuples(activities.labels, names=["entity", "period"])
        nothing = pd.DataFrame({"low": np.nan, "high": np.nan}, index=index)
        notice = Notice("inference.no_interval", reason)
        return ResampledScores(
            plan, options, activities.roles, nothing, reason=reason, notices=(notice,)
        )
    intervals = subsampled_intervals(
        activities,
        options=options,
        draws=plan.draws,
        seed=plan.seed,
        size=plan.size,
        scale=plan.scale_in_force,
        level=plan.level,
        groups=groups,
        jobs=jobs,
    )
    return ResampledScores(
        plan,
        options,
        activities.roles,
        intervals.to_frame(),
        rate=intervals.rate,
        notices=intervals.notices,
    )
