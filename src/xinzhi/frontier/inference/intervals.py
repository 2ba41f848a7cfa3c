"""Inference on scores: confidence intervals, bias, or sensitivity to the sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.frontier.activities import Activities, ActivityRoles
from xinzhi.frontier.inference.convergence import why_no_interval
from xinzhi.frontier.inference.entities import resample_entities
from xinzhi.frontier.inference.interval_bounds import Scale
from xinzhi.frontier.inference.replicates import enough_draws
from xinzhi.frontier.inference.smoothed import smoothed_bootstrap
from xinzhi.frontier.inference.subsampling import subsampled_intervals
from xinzhi.frontier.options import Options
from xinzhi.notices import Notice
from xinzhi.wording import Message, message

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
