"""The whole study on draws of its entities: intervals that hold the error of the frontier."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import ANALYSES, Given, Shown
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.whole_study.compute import WholeStudy, whole_study
from xinzhi.analyses.whole_study.notices import notices
from xinzhi.analyses.whole_study.over_draws import OverDraws, redrawn
from xinzhi.analyses.whole_study.section import WholeStudyOptions
from xinzhi.analyses.whole_study.show import exhibits
from xinzhi.notices import Notice
from xinzhi.present.chart import Chart
from xinzhi.wording import message


class WholeStudyAnalysis(OverDraws[WholeStudyOptions, WholeStudy]):
    """Draw entities, and compute the frontier, the scores and every regression again in each draw."""

    section = WholeStudyOptions
    description = "Intervals over draws of the whole study, the frontier included."
    title = message("Intervals over draws of the whole study")
    place = Place("whole_study", message("Draws of the whole study"), 59.5, chapter="robustness")

    def compute(self, section: WholeStudyOptions, given: Given) -> WholeStudy:
        """Draw, and take the intervals."""
        return whole_study(section, given, redrawn(given.study))

    def notices(self, result: WholeStudy) -> Iterator[Notice]:
        """Say what was lost, and what the intervals assume."""
        return notices(result)

    def show(self, section: WholeStudyOptions, result: WholeStudy, shown: Shown) -> Exhibits:
        """Set the intervals beside the usual ones."""
        return exhibits(section, result, shown)

    def draw(self, section: WholeStudyOptions, result: WholeStudy, shown: Shown) -> Iterator[Chart]:
        """Draw both intervals of the main effects."""
        del section
        from xinzhi.analyses.whole_study.charts import charts

        return charts(result, shown)


ANALYSES.add("whole_study")(WholeStudyAnalysis())
