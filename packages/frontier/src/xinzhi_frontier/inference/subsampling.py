"""Confidence intervals of true efficiencies by subsampling, after Kneip, Simar and Wilson (2008).

What a reader of intervals of scores has to know.

Distances of rows from the frontier of any part of the sample.

Subsamples of entities, and the distances of rows from the frontiers that they make.

Bounds of intervals from the distances of rows in subsamples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import MethodError, OutOfDomain, Problem, SpecError, Where
from xinzhi_core.lazy import WhenUsed
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message
from xinzhi_frontier.evaluate import ReferenceSet, evaluate, reference_sets, run_across
from xinzhi_frontier.frames import FRAMES
from xinzhi_frontier.inference.replicates import (
    convergence_rate,
    no_interval,
    replicates,
    why_no_interval,
)
from xinzhi_frontier.measure import Task
from xinzhi_frontier.options import Options, checked
from xinzhi_frontier.result import Activities, Array, Label, number_by_data
from xinzhi_frontier.technology import Flags, Positions, Technology, technology_of
from xinzhi_frontier.terms import both_sides, role_mask

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", FRAMES)


def interval_notices(
    statuses: Sequence[str], unreached: Array, unsolved: Array, *, fewest: int, often: float
) -> Iterator[Notice]:
    """Say which rows have no interval, and which intervals rest on a convention.

    Parameters
    ----------
    statuses
        One per row.
    unreached, unsolved
        Shape (n,): shares of the draws.
    fewest
        Entities that a frontier needs.
    often
        Share of unreached draws from which the convention decides a bound.
    """
    few, unbounded, without = (
        statuses.count(status) for status in ("few_entities", "unbounded", "unsolved")
    )
    if few:
        text = message(
            "{n} scores have no confidence interval: their frontiers are made of fewer than "
            "{fewest} entities.",
            one="{n} score has no confidence interval: its frontier is made of fewer than "
            "{fewest} entities.",
            n=few,
            fewest=fewest,
        )
        yield Notice("inference.few_entities", text)
    if unbounded:
        text = message(
            "{n} scores have no confidence interval: the frontiers of too many subsamples "
            "cannot reach these rows, so that a bound is infinite.",
            one="{n} score has no confidence interval: the frontiers of too many subsamples "
            "cannot reach its row, so that a bound is infinite.",
            n=unbounded,
        )
        yield Notice("inference.unbounded", text)
    if without:
        text = message(
            "{n} scores have no confidence interval: no draw has a proved score.",
            one="{n} score has no confidence interval: no draw has a proved score.",
            n=without,
        )
        yield Notice("inference.unsolved", text)
    stands = np.array([status == "interval" for status in statuses])
    limit = int((stands & (unreached > often)).sum())
    if limit:
        text = message(
            "{n} confidence intervals are wide on one side by convention: the frontiers of "
            "more than {share} of the subsamples cannot reach these rows, and the worst "
            "possible distance is used for them.",
            one="{n} confidence interval is wide on one side by convention: the frontiers of "
            "more than {share} of the subsamples cannot reach its row, and the worst possible "
            "distance stands for them.",
            n=limit,
            share=f"{often:.1%}",
        )
        yield Notice("inference.unreached", text)
    if (lost := float(unsolved[stands].max(initial=0.0))) > 0:
        text = message(
            "Up to {share} of the draws of a row have no proved score and are left out.",
            share=f"{lost:.1%}",
        )
        yield Notice("inference.lost", text)


@dataclass(frozen=True, slots=True, eq=False)
class FrontierDistances:
    """Measures how far rows are from a frontier that they need not be part of.

    The distance grows with inefficiency: 1/θ or φ of a radial score, β of a directional one. It is
    below that of an efficient row where a row lies beyond the frontier of the others.
    """

    activities: Activities
    options: Options
    technology: Technology

    @classmethod
    def of(cls, activities: Activities, options: Options) -> FrontierDistances:
        """Scale the activities once for all frontiers."""
        technology = technology_of(activities, returns_to_scale=options.returns_to_scale)
        return cls(activities, options, technology)

    def __call__(self, evaluated: Positions, reference: Positions, whole: Positions) -> Array:
        """Return the distances of `evaluated` from the frontier of `reference`.

        `whole` is the reference set that `reference` is a part of: a mean direction is its mean. A
        row that the frontier cannot reach has the least distance there is; an unsolved program NaN.
        """
        options, roles = self.options, self.activities.roles
        if options.direction == "mean":
            # Fixed here: it would otherwise follow the subsample.
            mean = self.activities.values[whole].mean(axis=0)  # noqa: PD011 - a field of ours
            mean[~role_mask(roles, both_sides(options))] = 0.0
            direction = dict(zip(roles.names, mean.tolist(), strict=True))
            options = replace(options, direction=direction)
        task = Task.of(self.activities, self.technology, options, evaluated, reference)
        outcome = run_across(task)
        distance = np.full(self.activities.n, np.nan)
        distance[outcome.rows] = to_distance(outcome.solutions.score, self.options)
        distance[outcome.rows[outcome.solutions.infeasible]] = least_distance(self.options)
        return distance[evaluated]


def to_distance(score: Array, options: Options) -> Array:
    """Turn scores into distances: 1/θ; φ and β stay as they are."""
    if options.measure != "radial" or options.orientation == "output":
        return score
    return np.divide(1.0, score, out=np.full_like(score, np.nan), where=score > 0)


def least_distance(options: Options) -> float:
    """Return the distance of a row that the frontier cannot reach.

    Where only outputs grow in proportion nothing is reached, φ = 0 or β = -1; with inputs θ is
    infinite, 1/θ = 0; otherwise there is no least distance.
    """
    if options.measure == "radial":
        return 0.0
    grows = options.direction in (None, "own") and options.orientation == "output"
    return -1.0 if grows else -np.inf


Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class SampledFrontiers:
    """The frontiers of a measurement and the entities that each is made of."""

    distances: FrontierDistances
    sets: tuple[ReferenceSet, ...]
    codes: Codes
    """Shape (n,): number of the entity of each row, in sorted order of the names."""
    members: tuple[Codes, ...]
    """Entities of each frontier, by their numbers."""
    wanted: npt.NDArray[np.bool_]
    """Shape (n,): rows that are measured."""

    @classmethod
    def of(
        cls,
        activities: Activities,
        options: Options,
        groups: Sequence[str] | None,
    ) -> SampledFrontiers:
        """Find the frontiers of rows, all of which are measured."""
        distances = FrontierDistances.of(activities, options)
        codes = distances.technology.entities
        sets = reference_sets(activities.labels, options=options, groups=groups)
        return cls(
            distances=distances,
            sets=sets,
            codes=codes,
            members=tuple(np.unique(codes[frontier.rows]) for frontier in sets),
            wanted=np.ones(activities.n, dtype=bool),
        )

    def counts(self) -> tuple[int, ...]:
        """Count the entities of each frontier, n."""
        return tuple(map(len, self.members))

    def by_row(self, values: Sequence[float]) -> Array:
        """Give each row the value of its frontier, shape (n,)."""
        by_row = np.full(len(self.codes), np.nan)
        for frontier, value in zip(self.sets, values, strict=True):
            by_row[frontier.evaluated] = value
        return by_row


@dataclass(frozen=True, slots=True, eq=False)
class EntitySubsample:
    """One replicate: m entities of each frontier without replacement, all their rows together.

    The same random order of all entities serves every frontier, so that a city that is drawn is
    drawn in every period.
    """

    frontiers: SampledFrontiers
    sizes: tuple[int, ...]
    """m of each frontier."""

    def __call__(self, rng: np.random.Generator) -> Array:
        """Return the distances of all rows, NaN for those not wanted."""
        frontiers = self.frontiers
        place = rng.permutation(int(frontiers.codes.max()) + 1)
        distances = np.full(len(frontiers.codes), np.nan)
        for frontier, members, size in zip(
            frontiers.sets, frontiers.members, self.sizes, strict=True
        ):
            # The first m of the frontier's own entities in the common order.
            is_drawn = np.zeros(len(place), dtype=bool)
            is_drawn[members[np.argsort(place[members])[:size]]] = True
            reference = frontier.rows[is_drawn[frontiers.codes[frontier.rows]]]
            evaluated = frontier.evaluated[frontiers.wanted[frontier.evaluated]]
            if len(evaluated):
                distances[evaluated] = frontiers.distances(evaluated, reference, frontier.rows)
        return distances


@dataclass(frozen=True, slots=True, eq=False)
class EntitySubsamples:
    """One replicate of subsamples of several sizes."""

    frontiers: SampledFrontiers
    sizes: tuple[tuple[int, ...], ...]
    """Per candidate, m of each frontier."""

    def __call__(self, rng: np.random.Generator) -> Array:
        """Return the distances, shape (candidates, n)."""
        return np.array([EntitySubsample(self.frontiers, sizes)(rng) for sizes in self.sizes])


Scale = Literal["distance", "efficiency"]
"""Where differences are taken: 1/θ, φ or β; or θ (1/φ) of a radial measure."""


@dataclass(frozen=True, slots=True, eq=False)
class IntervalBounds:
    """Lower and upper bounds, shape (..., n); infinite where there is no bound."""

    low: Array
    high: Array


def bounds_of(
    estimate: Array, drawn: Array, share: Array, *, scale: Scale, level: float
) -> IntervalBounds:
    """Find the bounds of the true distance of each row, or of its efficiency.

    Parameters
    ----------
    estimate
        Shape (n,): distances from the frontier of the whole sample.
    drawn
        Shape (draws, n): distances from the frontiers of the subsamples.
    share
        Shape (n,): (m/n)^r.
    scale
        `efficiency` takes the differences of 1/δ.

    Returns
    -------
    Bounds
        On the scale of the differences.

    Examples
    --------
    >>> drawn = np.array([[1.0], [1.0], [1.2], [1.4]])
    >>> bounds = bounds_of(np.array([1.4]), drawn, np.array([0.5]), scale="distance", level=0.9)
    >>> bounds.low.tolist(), bounds.high.round(9).tolist()
    ([1.4], [1.8])
    """
    if scale == "efficiency":
        estimate, drawn = _reciprocal(estimate), _reciprocal(drawn)
    least, most = _order_statistics(drawn, (1.0 - level) / 2.0)
    # Kneip, Simar and Wilson multiply by the share alone; 1 - share takes the error of the estimate
    # itself out of the differences (decision 0013).
    factor = share / (1.0 - share)
    with np.errstate(invalid="ignore"):
        return IntervalBounds(
            estimate + factor * (estimate - most), estimate + factor * (estimate - least)
        )


def in_score_units(bounds: IntervalBounds, options: Options, scale: Scale) -> IntervalBounds:
    """Express bounds in the units of the score: θ, φ or β.

    An efficiency is not below 0, a distance along own inputs not above 1.
    """
    low, high = bounds.low, bounds.high
    if options.measure != "radial":
        moves_inputs = options.direction in (None, "own") and options.orientation != "output"
        return IntervalBounds(low, np.minimum(high, 1.0) if moves_inputs else high)
    if scale == "efficiency":
        low = np.maximum(low, 0.0)
    if (scale == "efficiency") != (options.orientation == "output"):
        return IntervalBounds(low, high)
    # A reciprocal turns the order around.
    return IntervalBounds(_reciprocal(high), _reciprocal(low))


def _order_statistics(drawn: Array, tail: float) -> tuple[Array, Array]:
    """Return the quantiles `tail` and 1 - `tail` of each column over its known draws, outwards.

    They are order statistics: between a finite and an infinite draw nothing can be interpolated.
    NaN where no draw is known.
    """
    inner = np.sort(drawn, axis=0)  # NaN come last
    last = np.maximum((~np.isnan(drawn)).sum(axis=0) - 1, 0)
    columns = np.arange(drawn.shape[1])
    least = inner[np.floor(tail * last).astype(np.intp), columns]
    most = inner[np.ceil((1.0 - tail) * last).astype(np.intp), columns]
    return least, most


def _reciprocal(values: Array) -> Array:
    """Return 1/v, infinite where v is 0, and 0 where v is infinite."""
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / values)


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
        raise MethodError(no_interval(options, reason))
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
