"""Ranks by a score: the best and the last at chosen dates, their regions, and who stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xinzhi.analyses.analysis import ANALYSES, Given, Shown
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.ranks.compute import Ranking, ranking
from xinzhi.analyses.ranks.section import RanksSection
from xinzhi.analyses.ranks.show import exhibits
from xinzhi.analyses.space_and_time import ScoreAnalysis, report_place
from xinzhi.present.chart import Chart
from xinzhi.wording import message


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

    def is_asked(self, key: str, options: Any) -> bool:
        """Rank every score of the section."""
        return True

    def compute(self, section: RanksSection, given: Given) -> Ranking:
        """Rank the scores, and find both ends of each date."""
        return ranking(section, given)

    def show(self, section: RanksSection, result: Ranking, shown: Shown) -> Exhibits:
        """Set the best, the last, and the ranks at the dates."""
        return exhibits(self.heading(section, shown), section, result, shown)

    def draw(self, section: RanksSection, result: Ranking, shown: Shown) -> Iterator[Chart]:
        """Draw the distribution of the score over time."""
        if not shown.panel.has_periods:
            return
        from xinzhi.analyses.ranks.charts import distribution_over_time

        score = shown.study.score_label(section.score)
        title = message("Distribution of {score} over time", score=score)
        scores = shown.panel.frame[section.score]
        key = f"{shown.name}_distribution_over_time"
        yield distribution_over_time(key, title, scores, score=score)


ANALYSES.add("ranks")(RanksAnalysis())
