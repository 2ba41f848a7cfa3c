"""Classes: the scores of a measurement by the thresholds that it declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinzhi.analyses.analysis import ANALYSES, Given, Reads, Shown, Study
from xinzhi.analyses.classes import show
from xinzhi.analyses.classes.compute import ClassesSection, Classification, class_labels, classify
from xinzhi.analyses.classes.show import classes_table
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.space_and_time import ScoreAnalysis
from xinzhi.present.chart import Chart
from xinzhi_core.wording import listed, message


class ClassesAnalysis(ScoreAnalysis[ClassesSection, Classification]):
    """Put each score into its class and count the classes by period.

    Returns
    -------
    Classification
        Class of each row, and the counts: one row a period, one column a class. Bounds of classes are in
        the unit of the score.

    Raises
    ------
    SpecError, DataError
        The classes leave a gap or overlap, or the score is not a column of finite numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"score": [0.2, 0.7]}, index=index)
    >>> list(xz.classify(frame, score="score", classes={"low": "< 0.3", "high": ">= 0.3"}).of)
    ['low', 'high']
    """

    section = ClassesSection
    under = "efficiency"
    verb = "classify"
    description = "Name of a class -> range of scores."
    title = message("Classes")
    place = Place("classes", message("Classes"), 40, chapter="efficiency")
    n_on_console = 1
    suffix = "classes"
    caption = message("Classes of {score} by period")

    def sections(self, key: str, options: Any) -> Mapping[str, ClassesSection]:
        """Find the classes of each measurement that declares some."""
        return {
            name: ClassesSection.model_construct(score=name, classes=measurement.classes)
            for name, measurement in options.efficiency.items()
            if measurement.classes
        }

    def reads(self, section: ClassesSection, study: Study) -> Reads:
        """Read the score."""
        return Reads(panel=(section.score,), methods=())

    def compute(self, section: ClassesSection, given: Given) -> Classification:
        """Look up the class of each score."""
        return classify(given.panel.frame[section.score], section.classes)

    def show(self, section: ClassesSection, result: Classification, shown: Shown) -> Exhibits:
        """Set the counts of classes by period, with their rules."""
        labels = class_labels(result)
        rules = [
            message("{name} {range}", name=labels[name], range=str(interval))
            for name, interval in result.intervals.items()
        ]
        table = classes_table(
            *self.heading(section, shown),
            result.counts,
            labels=labels,
            notes=(message("Classes by score: {rules}.", rules=listed(rules)),),
        )
        return Exhibits(
            (table,),
            prose=show.prose(result, shown),
            abstract=tuple(show.abstract(result, shown)),
        )

    def draw(
        self, section: ClassesSection, result: Classification, shown: Shown
    ) -> Iterator[Chart]:
        """Stack the counts of classes over time."""
        if not shown.panel.has_periods:
            return
        from xinzhi.analyses.classes.charts import class_counts

        score = shown.study.score_label(section.score)
        title = message("Classes of {score} over time", score=score)
        yield class_counts(
            f"{shown.name}_counts",
            title,
            result.counts,
            labels=class_labels(result),
            parts=shown.parts,
        )


ANALYSES.add("classes")(ClassesAnalysis())
