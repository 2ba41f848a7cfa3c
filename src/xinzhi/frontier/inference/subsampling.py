"""Confidence intervals of true efficiencies by subsampling, after Kneip, Simar and Wilson (2008)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import MethodError, OutOfDomain, Problem, SpecError, Where
from xinzhi.frontier.activities import Activities, Label, number_by_data
from xinzhi.frontier.evaluate import evaluate
from xinzhi.frontier.inference.convergence import (
    convergence_rate,
    no_interval,
    why_no_interval,
)
from xinzhi.frontier.inference.entity_subsamples import (
    EntitySubsample,
    EntitySubsamples,
    SampledFrontiers,
)
from xinzhi.frontier.inference.frontier_distances import least_distance, to_distance
from xinzhi.frontier.inference.interval_bounds import (
    IntervalBounds,
    Scale,
    bounds_of,
    in_score_units,
)
from xinzhi.frontier.inference.interval_notices import interval_notices
from xinzhi.frontier.inference.replicates import replicates
from xinzhi.frontier.options import Options, checked
from xinzhi.frontier.result import Array
from xinzhi.frontier.technology import Flags
from xinzhi.notices import Notice
from xinzhi.wording import message

FEWEST = 20
"""Entities that a frontier needs at least; below, too few subsamples differ from the sample."""
TRIAL_DRAWS = 100
TRIAL_ROWS = 100
"""Draws and rows, at most, by which the size of the subsamples is chosen."""
EXPONENTS = (0.70, 0.74, 0.78, 0.82, 0.86, 0.90)
"""Candidates: m = n^κ with κ from 0.70 to 0.90."""
NEIGHBOURS = 1
"""Candidates on either side whose bounds are compared."""
IntervalStatus = Literal["interval", "no_score", "few_entities", "unbounded", "unsolved"]
Counts = npt.NDArray[np.intp]
Sizes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Subsampling:
    """How often and how much is drawn, and what becomes of it."""

    draws: int
    seed: int
    size: int | None = None
    scale: Scale = "distance"
    level: float = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class ScoreIntervals:
    """Confidence intervals of the true values of n scores, in units of the scores."""

    labels: tuple[Label, ...]
    low: Array
    high: Array
    """Shape (n,): NaN where the status is not `interval`."""
    n_entities: Counts
    """Shape (n,): n, the entities of the frontier that a row is measured against."""
    m_entities: Counts
    """Shape (n,): m, the entities of each subsample of that frontier."""
    unreached: Counts
    """Shape (n,): draws whose frontier cannot reach the row."""
    unsolved: Counts
    """Shape (n,): draws without a proved score of the row; they are left out."""
    statuses: tuple[IntervalStatus, ...]
    rate: float
    """r, of the convergence."""
    plan: Subsampling
    notices: tuple[Notice, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row per row, indexed (entity, period)."""
        index = pd.MultiIndex.from_tuples(self.labels, names=["entity", "period"])
        names = ("low", "high", "n_entities", "m_entities", "unreached", "unsolved")
        columns = {name: getattr(self, name) for name in names}
        return pd.DataFrame({**columns, "status": list(self.statuses)}, index=index)


def subsampled_intervals(
    activities: Activities,
    *,
    options: Options,
    draws: int = 2000,
    seed: int,
    size: int | None = None,
    scale: Scale = "distance",
    level: float = 0.95,
    groups: Sequence[str] | None = None,
    jobs: int = 1,
) -> ScoreIntervals:
    """Find confidence intervals of true efficiencies by subsampling entities.

    m of the n entities of a frontier are drawn without replacement, all their years together, and
    each row is measured against the frontier of those drawn, whether it is among them or not. With
    the distance δ (1/θ, φ or β) and the share f = (m/n)^r, r the rate of convergence, the interval
    of the true distance is

        δ + (δ - q) f / (1 - f), q the quantiles 1 - α/2 and α/2 of δ* over the draws.

    It is centred at the estimate; 1 - f takes out what the error of the estimate itself adds to
    δ - δ*, a factor that tends to 1 with m/n (docs/decisions/0013-intervals-of-scores.md).

    Parameters
    ----------
    activities, options
        n rows; measure `radial` or `directional`, constant or variable returns.
    draws, seed
        Number of subsamples; draw k uses SeedSequence(seed, spawn_key=(0, k)).
    size
        m. Chosen by the data where None: m = n^κ with the κ whose bounds change least among its
        neighbours, one κ for all frontiers.
    scale
        Where differences are taken: `distance`, or `efficiency` (θ or 1/φ, radial measure).
    level
        Of the intervals.
    groups
        Group of each row, for group frontiers.
    jobs
        Processes; the result does not depend on it.

    Raises
    ------
    MethodError
        No valid interval is known for the options.
    OutOfDomain
        The size is not between 2 and n - 1.

    References
    ----------
    Kneip, A., Simar, L., Wilson, P. W. (2008), doi 10.1017/S0266466608080651.
    Simar, L., Wilson, P. W. (2011), doi 10.1007/s11123-010-0200-4.
    """
    options = _with_theory(options, scale)
    plan = Subsampling(draws, seed, size, scale, level)
    evaluate(activities, options=options, groups=groups, jobs=jobs)  # refuses by names
    numbered = replace(activities, labels=number_by_data(activities))
    scores = evaluate(numbered, options=options, groups=groups, jobs=jobs).scores
    frontiers = SampledFrontiers.of(numbered, options, groups)
    found = intervals_around(scores, frontiers, plan, jobs=jobs)
    return replace(found, labels=activities.labels)


def intervals_around(
    scores: Array, frontiers: SampledFrontiers, plan: Subsampling, *, jobs: int = 1
) -> ScoreIntervals:
    """Find the intervals around known scores; the other parameters as in `subsampled_intervals`.

    Parameters
    ----------
    scores
        Shape (n,), from the frontiers of the whole sample.
    frontiers
        These frontiers; rows that are not wanted get no interval.
    """
    activities, options = frontiers.distances.activities, frontiers.distances.options
    asked, counts = frontiers.wanted, frontiers.by_row(frontiers.counts())
    estimate = to_distance(scores, options)
    rule = _Rule(estimate, convergence_rate(options, activities.roles), plan)
    work = replace(frontiers, wanted=asked & np.isfinite(estimate) & (counts >= FEWEST))
    sizes = (
        rule.least_volatile_sizes(work, jobs)
        if plan.size is None
        else tuple(_checked_size(plan.size, n) for n in work.counts())
    )
    drawn = replicates(EntitySubsample(work, sizes), draws=plan.draws, seed=plan.seed, jobs=jobs)
    bounds = in_score_units(rule.bounds(work, sizes, drawn), options, plan.scale)
    statuses = _statuses(estimate, counts, bounds)
    # A bound may exist of a row that is not asked for or whose other bound is infinite.
    stands = asked & np.array([status == "interval" for status in statuses])
    unreached = (drawn == least_distance(options)).sum(axis=0)
    unsolved = np.where(work.wanted, np.isnan(drawn).sum(axis=0), 0)
    notices = interval_notices(
        [status for status, is_asked in zip(statuses, asked, strict=True) if is_asked],
        unreached[asked] / plan.draws,
        unsolved[asked] / plan.draws,
        fewest=FEWEST,
        often=(1.0 - plan.level) / 2.0,
    )
    return ScoreIntervals(
        labels=activities.labels,
        low=np.where(stands, bounds.low, np.nan),
        high=np.where(stands, bounds.high, np.nan),
        n_entities=counts.astype(np.intp),
        m_entities=work.by_row(sizes).astype(np.intp),
        unreached=unreached,
        unsolved=unsolved,
        statuses=statuses,
        rate=rule.rate,
        plan=plan,
        notices=tuple(notices),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    """How bounds follow from draws."""

    estimate: Array
    """Shape (n,): distances."""
    rate: float
    plan: Subsampling

    def bounds(self, frontiers: SampledFrontiers, sizes: Sizes, drawn: Array) -> IntervalBounds:
        """Find the bounds on the scale of the differences."""
        ratios = [m / n for m, n in zip(sizes, frontiers.counts(), strict=True)]
        share = frontiers.by_row(ratios) ** self.rate
        return bounds_of(self.estimate, drawn, share, scale=self.plan.scale, level=self.plan.level)

    def least_volatile_sizes(self, frontiers: SampledFrontiers, jobs: int) -> Sizes:
        """Choose m = n^κ by the bounds of at most TRIAL_ROWS rows, in few draws of each κ."""
        draws, seed = min(self.plan.draws, TRIAL_DRAWS), self.plan.seed
        some = replace(frontiers, wanted=_spread_out(frontiers))
        candidates = [
            tuple(subsample_size(n, exponent) for n in frontiers.counts()) for exponent in EXPONENTS
        ]
        # Streams of a stage of their own: the draws of the intervals are not those that chose m.
        trial = EntitySubsamples(some, tuple(candidates))
        drawn = replicates(trial, draws=draws, seed=seed, stage=1, jobs=jobs)
        bounds = [
            self.bounds(some, sizes, drawn[:, place]) for place, sizes in enumerate(candidates)
        ]
        low, high = (np.array([getattr(b, side) for b in bounds]) for side in ("low", "high"))
        return candidates[least_volatile(low, high)]


def subsample_size(n: int, exponent: float) -> int:
    """Return m = n^κ, rounded, at least 2 and fewer than n.

    >>> subsample_size(115, 0.8), subsample_size(30, 0.7)
    (45, 11)
    """
    return int(min(max(round(n**exponent), 2), n - 1))


def least_volatile(low: Array, high: Array) -> int:
    """Choose the candidate whose bounds change least among its neighbours.

    Parameters
    ----------
    low, high
        Shape (candidates, rows): bounds by size of the subsample; rows with infinite or missing
        bounds do not count.

    Returns
    -------
    int
        Position of the candidate.

    References
    ----------
    Politis, D. N., Romano, J. P., Wolf, M. (1999). Subsampling. Springer, algorithm 9.3.3.
    Simar, L., Wilson, P. W. (2011), doi 10.1007/s11123-010-0200-4.

    Examples
    --------
    >>> low = np.array([[0.0], [0.4], [0.5], [0.5], [0.9]])
    >>> least_volatile(low, low + 1.0)
    2
    """
    rows = np.isfinite(low).all(axis=0) & np.isfinite(high).all(axis=0)
    candidates = np.arange(NEIGHBOURS, len(low) - NEIGHBOURS)
    # Nothing to choose by: the middle one.
    if not rows.any():
        return int(candidates[len(candidates) // 2])
    windows = [slice(place - NEIGHBOURS, place + NEIGHBOURS + 1) for place in candidates.tolist()]
    volatility = [
        sum(float(bounds[window][:, rows].std(axis=0, ddof=1).mean()) for bounds in (low, high))
        for window in windows
    ]
    return int(candidates[np.argmin(volatility)])


def _with_theory(options: Options, scale: Scale) -> Options:
    """Check that an interval is known for the options, on the scale that is asked for."""
    options = checked(options)
    reason = why_no_interval(options)
    if reason is not None:
        raise MethodError(no_interval(reason))
    if scale == "efficiency" and options.measure != "radial":
        text = message("The scale 'efficiency' exists for the radial measure only.")
        remedy = message("use the scale 'distance'.")
        raise SpecError(Problem("inference.scale", text, Where(key="scale"), remedy))
    return options


def _spread_out(frontiers: SampledFrontiers) -> Flags:
    """Mark at most TRIAL_ROWS of the wanted rows, evenly over an order that the data fix."""
    order = frontiers.distances.technology.order
    order = order[frontiers.wanted[order]]
    places = np.linspace(0, len(order) - 1, min(len(order), TRIAL_ROWS)).round().astype(np.intp)
    return np.isin(np.arange(len(frontiers.codes)), order[places])


def _statuses(estimate: Array, counts: Array, bounds: IntervalBounds) -> tuple[IntervalStatus, ...]:
    """Say per row whether the interval stands, and why not."""

    def judge(score: float, n: float, low: float, high: float) -> IntervalStatus:
        if not np.isfinite(score):
            return "no_score"
        if n < FEWEST:
            return "few_entities"
        if np.isnan(low) or np.isnan(high):
            return "unsolved"
        return "interval" if np.isfinite(low) and np.isfinite(high) else "unbounded"

    return tuple(map(judge, estimate, counts, bounds.low, bounds.high))


def _checked_size(size: int, n: int) -> int:
    if n < FEWEST or 2 <= size < n:
        return size
    text = message("Subsamples of {m} of {n} entities are not possible.", m=size, n=n)
    remedy = message("a subsample holds at least 2 entities, and fewer than there are.")
    raise OutOfDomain(Problem("inference.size", text, Where(key="size"), remedy))
