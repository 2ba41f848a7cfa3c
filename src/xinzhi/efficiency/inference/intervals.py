"""Intervals of scores by the bootstrap that suits the measure."""

from __future__ import annotations

import pandas as pd

from xinzhi.efficiency.activities import Activities
from xinzhi.efficiency.inference.entities import resample_entities
from xinzhi.efficiency.inference.smoothed import smoothed_bootstrap
from xinzhi.efficiency.options import Options, checked


def intervals_of(
    activities: Activities,
    options: Options,
    *,
    draws: int,
    seed: int,
    bootstrap: str | None = None,
    level: float = 0.95,
    jobs: int = 1,
) -> pd.DataFrame:
    """Find the intervals of scores: one row per row, with columns low and high.

    `bootstrap` is `smoothed` (Simar and Wilson 1998, radial measure) or `entities`; where None,
    smoothed for the radial measure and entities for all others.
    """
    chosen = bootstrap or ("smoothed" if checked(options).measure == "radial" else "entities")
    if chosen == "smoothed":
        return smoothed_bootstrap(
            activities, options=options, draws=draws, seed=seed, level=level, jobs=jobs
        ).to_frame()
    found = resample_entities(activities, options=options, draws=draws, seed=seed, jobs=jobs)
    return found.to_frame(level)
