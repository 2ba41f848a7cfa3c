"""Association of a score in space: by period, and place by place at the dates.

Options of spatial association.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.neighbours import NeighboursSection, structure
from xinzhi.analyses.space_and_time import choose_dates
from xinzhi.analyses.unavailable import Unavailable, attempt
from xinzhi.options import PeriodNumber
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import PERIOD
from xinzhi_econometrics.space.hot_spots import LocalPattern, hot_spots, local_moran
from xinzhi_econometrics.space.weights import moran_by_period


class MoranSection(NeighboursSection):
    """Moran's I of a score."""

    permutations: int = Field(default=999, ge=99)
    """Shuffles behind the p-values."""


class HotSpotsSection(MoranSection):
    """Hot and cold spots of a score."""

    dates: tuple[PeriodNumber, ...] | None = Field(default=None, min_length=1)
    """Periods that are compared; where left out at most four, evenly apart, first and last among
    them."""
    local_test: Literal["two_sided", "one_sided"] = "two_sided"
    """Test of each place: two_sided; one_sided takes the tail on the side of the value, as GeoDa and
    esda do, and its p-values are half as large."""


class LocalMoranSection(HotSpotsSection):
    """Local clusters of a score."""

    permutations: int = Field(default=9999, ge=99)
    """Shuffles behind the p-values, which have no other source."""


@dataclass(frozen=True, slots=True, eq=False)
class Association(InNotebook):
    """Moran's I by period."""

    by_period: pd.DataFrame
    """`n`, `moran`, `expected`, `z` and `p` (randomisation), `p_permutation`."""
    mean_neighbours: float
    """Number of neighbours of a place on average, among the places with a score in any period."""
    notices: tuple[Notice, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return Moran's I by period."""
        return self.by_period


@dataclass(frozen=True, slots=True, eq=False)
class LocalPatterns(InNotebook):
    """Where a score is high or low among its neighbours, at each date."""

    dates: tuple[int, ...]
    parts: tuple[LocalPattern | Unavailable, ...]
    """Pattern of each date, or why there is none."""
    mean_neighbours: float
    """Number of neighbours of a place on average, among the places with a score in any period."""

    @property
    def patterns(self) -> dict[int, LocalPattern]:
        """Date -> its pattern, where there is one."""
        parts = zip(self.dates, self.parts, strict=True)
        return {date: part for date, part in parts if isinstance(part, LocalPattern)}

    @property
    def failed(self) -> dict[int, Unavailable]:
        """Date -> why it has no pattern."""
        parts = zip(self.dates, self.parts, strict=True)
        return {date: part for date, part in parts if isinstance(part, Unavailable)}

    def to_frame(self) -> pd.DataFrame:
        """Return one row a date and place."""
        frames = {date: pattern.by_place for date, pattern in self.patterns.items()}
        return pd.concat(frames, names=["period"]) if frames else pd.DataFrame()


def global_association(section: MoranSection, given: Given) -> Association:
    """Compute Moran's I of each period."""
    neighbours = structure(section, given)
    frame, notices = moran_by_period(
        given.panel.frame[section.score],
        neighbours,
        generator=_generator(given.study.seed, 0),
        permutations=section.permutations,
    )
    return Association(frame, neighbours.mean_number, notices)


def local_association(section: HotSpotsSection, given: Given) -> LocalPatterns:
    """Find hot and cold spots, or local clusters, at each date."""
    is_moran = isinstance(section, LocalMoranSection)
    name, statistic, stream = (
        ("local_moran", local_moran, 2) if is_moran else ("hot_spots", hot_spots, 1)
    )
    scores, dates = given.panel.frame[section.score], choose_dates(section.dates, given.panel)
    neighbours = structure(section, given)
    compute = partial(
        statistic,
        neighbours=neighbours,
        # One generator for all dates: a date that is added before another changes its permutations.
        generator=_generator(given.study.seed, stream),
        permutations=section.permutations,
        level=given.study.inference.level,
        test=section.local_test,
    )
    values = (scores.xs(date, level=PERIOD) for date in dates)
    parts = (
        attempt(f"{name} {date}", partial(compute, at_date))
        for date, at_date in zip(dates, values, strict=True)
    )
    return LocalPatterns(dates, tuple(parts), neighbours.mean_number)


def _generator(seed: int, stream: int) -> np.random.Generator:
    # A stream for each kind of association: none changes where another one is asked for as well.
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(stream,)))
