"""Ranks by a score, and the highest and lowest entities of each date."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.ranks.section import RanksSection
from xinzhi.analyses.space_and_time import assign_regions, choose_dates
from xinzhi.panel.notebook import InNotebook
from xinzhi.space.ranks import End, Ranks, end, rank


@dataclass(frozen=True, slots=True, eq=False)
class Ranking(InNotebook):
    """Ranks by a score over time."""

    dates: tuple[int, ...]
    """Periods that are compared."""
    ranks: Ranks
    top: End
    bottom: End

    @property
    def parts(self) -> tuple[End, End]:
        """Both ends."""
        return self.top, self.bottom

    def to_frame(self) -> pd.DataFrame:
        """Return the rank of each row with a score."""
        return self.ranks.of.to_frame("rank")


def ranking(section: RanksSection, given: Given) -> Ranking:
    """Rank the scores, and find the top and the bottom of each date."""
    scores, dates = given.panel.frame[section.score], choose_dates(section.dates, given.panel)
    regions = assign_regions(section.regions, given)
    return Ranking(
        dates,
        rank(scores),
        end(scores, regions, side="top", n=section.top, periods=dates),
        end(scores, regions, side="bottom", n=section.top, periods=dates),
    )
