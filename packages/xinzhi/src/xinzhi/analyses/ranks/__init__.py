"""Ranks by a score: the best and the last at chosen dates, their regions, and who stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Given, Shown
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.ranks.show import RanksSection, end_table, ranks_table, stayers
from xinzhi.analyses.space_and_time import (
    ScoreAnalysis,
    assign_regions,
    choose_dates,
    region_labels,
    report_place,
)
from xinzhi.present.chart import Chart
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.wording import in_a_row, message
from xinzhi_econometrics.space.ranks import End, Ranks, end, rank


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


class RanksAnalysis(ScoreAnalysis[RanksSection, Ranking]):
    """Rank the entities of each period by a score, and list the best and the last of each date.

    Rank 1 is the highest score of its period; scores that differ by less than 1e-9 share the best
    rank.

    Returns
    -------
    Ranking
        `ranks` (1 is the best; no unit), and the `top` and `bottom` entities of each date with their regions
        and those who are there at all dates.

    Raises
    ------
    DataError
        The score is not in the data, holds text or infinite values, or a key is in two rows.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abc"), [1, 2]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"score": [0.2, 0.9, 0.5, 0.5, 0.7, 0.1]}, index=index)
    >>> xz.rank(frame, score="score", top=1).top.members
    {1: ('c',), 2: ('a',)}
    """

    section = RanksSection
    verb = "rank"
    description = "Score -> ranks by it."
    title = message("Ranks")
    place = report_place(45.2)
    suffix = "ranks"
    caption = message("Ranks by {score}")

    def is_asked(self, key: str, options: object) -> bool:
        """Rank every score of the section."""
        return True

    def compute(self, section: RanksSection, given: Given) -> Ranking:
        """Rank the scores, and find both ends of each date."""
        scores, dates = given.panel.frame[section.score], choose_dates(section.dates, given.panel)
        regions = assign_regions(section.regions, given)
        return Ranking(
            dates,
            rank(scores),
            end(scores, regions, side="top", n=section.top, periods=dates),
            end(scores, regions, side="bottom", n=section.top, periods=dates),
        )

    def show(self, section: RanksSection, result: Ranking, shown: Shown) -> Exhibits:
        """Set the best, the last, and the ranks at the dates."""
        name, score = shown.name, shown.study.score_label(section.score)
        labels, n = shown.style.entities, result.top.n
        regions = region_labels(section.regions, result.top.counts.columns, shown.study)
        title = message(
            "The {n} highest values of {score}",
            one="The {n} highest value of {score}",
            n=n,
            score=score,
        )
        top = end_table(f"{name}_top", title, result.top, labels=labels, regions=regions)
        title = message(
            "The {n} lowest values of {score}",
            one="The {n} lowest value of {score}",
            n=n,
            score=score,
        )
        bottom = end_table(f"{name}_bottom", title, result.bottom, labels=labels, regions=regions)
        heading = self.heading(section, shown)
        ranks = ranks_table(*heading, result.ranks, result.dates, labels=labels)
        sentences = [*stayers(result.top, shown), *stayers(result.bottom, shown)]
        prose = (in_a_row(sentences),) if sentences else ()
        return Exhibits((top, bottom, ranks), prose=prose)

    def draw(self, section: RanksSection, result: Ranking, shown: Shown) -> Iterator[Chart]:
        """Draw the distribution of the score over time."""
        if not shown.panel.has_periods:
            return
        from xinzhi.analyses.ranks.charts import distribution_over_time

        score = shown.study.score_label(section.score)
        title = message("Distribution of {score} over time", score=score)
        scores = shown.panel.frame[section.score]
        key = f"{shown.name}_distribution_over_time"
        yield distribution_over_time(key, title, scores, score=score, parts=shown.parts)


ANALYSES.add("ranks")(RanksAnalysis())
