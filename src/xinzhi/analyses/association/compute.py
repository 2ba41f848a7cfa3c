"""Association of a score in space: by period, and place by place at the dates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.association.section import HotSpotsSection, LocalMoranSection, MoranSection
from xinzhi.analyses.space_and_time import dates_of
from xinzhi.analyses.unavailable import Unavailable, attempt
from xinzhi.notices import Notice
from xinzhi.panel.notebook import InNotebook
from xinzhi.panel.panel import PERIOD
from xinzhi.space.hot_spots import LocalPattern, hot_spots, local_moran
from xinzhi.space.moran import moran_by_period
from xinzhi.space.weights import Neighbours, adjacent


@dataclass(frozen=True, slots=True, eq=False)
class Association(InNotebook):
    """Moran's I by period."""

    by_period: pd.DataFrame
    """`n`, `moran`, `expected`, `z` and `p` (randomisation), `p_permutation`."""
    notices: tuple[Notice, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return Moran's I by period."""
        return self.by_period


@dataclass(frozen=True, slots=True, eq=False)
class LocalPatterns(InNotebook):
    """Where a score is high or low among its neighbours, at each date."""

    dates: tuple[int, ...]
    at: tuple[LocalPattern | Unavailable, ...]
    """Pattern of each date, or why there is none."""

    @property
    def parts(self) -> tuple[LocalPattern | Unavailable, ...]:
        """Patterns of all dates."""
        return self.at

    @property
    def known(self) -> dict[int, LocalPattern]:
        """Date -> its pattern, where there is one."""
        found = zip(self.dates, self.at, strict=True)
        return {date: one for date, one in found if isinstance(one, LocalPattern)}

    @property
    def failed(self) -> dict[int, Unavailable]:
        """Date -> why it has no pattern."""
        found = zip(self.dates, self.at, strict=True)
        return {date: one for date, one in found if isinstance(one, Unavailable)}

    def to_frame(self) -> pd.DataFrame:
        """Return one row a date and place."""
        if not self.known:
            return pd.DataFrame()
        return pd.concat({date: one.by_place for date, one in self.known.items()}, names=["period"])


def global_association(section: MoranSection, given: Given) -> Association:
    """Compute Moran's I of each period."""
    frame, notices = moran_by_period(
        given.panel.frame[section.score],
        _neighbours(section, given),
        generator=_stream(given.study.seed, 0),
        permutations=section.permutations,
    )
    return Association(frame, notices)


def spots(section: HotSpotsSection, given: Given) -> LocalPatterns:
    """Find hot and cold spots at each date."""
    compute = partial(
        hot_spots,
        neighbours=_neighbours(section, given),
        generator=_stream(given.study.seed, 1),
        permutations=section.permutations,
        level=given.study.inference.level,
        test=section.local_test,
    )
    return _at_dates("hot_spots", section, given, compute)


def clusters(section: LocalMoranSection, given: Given) -> LocalPatterns:
    """Find local clusters at each date."""
    compute = partial(
        local_moran,
        neighbours=_neighbours(section, given),
        generator=_stream(given.study.seed, 2),
        permutations=section.permutations,
        level=given.study.inference.level,
        test=section.local_test,
    )
    return _at_dates("local_moran", section, given, compute)


def _at_dates(
    name: str,
    section: HotSpotsSection,
    given: Given,
    compute: Callable[[pd.Series], LocalPattern],
) -> LocalPatterns:
    scores, dates = given.panel.frame[section.score], dates_of(section.dates, given.panel)
    period = scores.index.get_level_values(PERIOD)
    by_date: Mapping[int, pd.Series] = {d: scores[period == d].droplevel(PERIOD) for d in dates}
    found = (attempt(f"{name} {d}", partial(compute, one)) for d, one in by_date.items())
    return LocalPatterns(dates, tuple(found))


def _neighbours(section: MoranSection, given: Given) -> Neighbours:
    outline = given.outline(section.neighbours)
    return adjacent(outline.topology, name=outline.areas, key=outline.key)


def _stream(seed: int, place: int) -> np.random.Generator:
    """Give each kind of association draws of its own, whatever else is asked for."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(place,)))
