"""Productivity: an index between consecutive periods and its components."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, Reads, ResultPart, Shown, Study
from xinzhi.analyses.capabilities import Measured
from xinzhi.analyses.efficiency.compute import measured_rows, options_of
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.productivity.show import (
    Productivity,
    productivity_methods,
    productivity_table,
    references_of,
)
from xinzhi.present.chart import Chart
from xinzhi_core.errors import Problem, StudyError
from xinzhi_core.notices import Notice
from xinzhi_core.vocabulary import canonical, with_implied
from xinzhi_core.wording import Wording, message
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.productivity.index import (
    VALUE,
    ProductivityResult,
    changes,
    cumulated,
    productivity,
    unsuited,
)


class ProductivityAnalysis(
    Analysis[Productivity, ProductivityResult], Measured[Productivity, ProductivityResult]
):
    """Compute an index of productivity between consecutive periods, and its components."""

    section = Productivity
    verb = "productivity"
    is_written_by_hand = True
    description = "Name -> index of productivity."
    title = message("Productivity")
    place = Place("efficiency", message("Efficiency"), 31, chapter="efficiency")
    shown_only = frozenset({"label"})

    def reads(self, section: Productivity, study: Study) -> Reads:
        """Read what the score is measured on; the index has frontiers of its own."""
        return Reads(
            panel=study.section("efficiency", section.of).columns,
            results=(("efficiency", section.of),),
            methods=("frontier",),
        )

    def problems(
        self, section: Productivity, study: Study
    ) -> Iterator[tuple[tuple[str | int, ...], Problem]]:
        """Refuse a score of which the index cannot be made, also under the word of the study file."""
        score = study.section("efficiency", section.of)
        words = {"measure": score.measure, "returns_to_scale": score.returns_to_scale}
        try:
            with_implied({"index": section.index, **words})
        except StudyError as error:
            yield from ((("of",), problem) for problem in error.problems)
        if score.measure in MEASURES.names():  # the score refuses a measure that does not exist
            problem = unsuited(canonical("index", section.index), score.measure)
            if problem:
                yield ("of",), problem

    def compute(self, section: Productivity, given: Given) -> ProductivityResult:
        """Measure each row against the frontiers that the index needs."""
        measurement = given.study.section("efficiency", section.of)
        # The reference set of the score does not matter: the index makes its own frontiers.
        return productivity(
            measured_rows(measurement, given.panel),
            index=section.index,
            options=replace(
                options_of(measurement), reference="global", base_period=section.base_period
            ),
            jobs=given.jobs,
        )

    def column(self, result: ProductivityResult, part: ResultPart) -> pd.Series:
        """Give the change to each period, or the level since a base period."""
        component = part.component or VALUE
        if part.kind == "cumulative":
            return cumulated(result, component, part.base)
        return changes(result, component)

    def notices(self, result: ProductivityResult) -> Iterator[Notice]:
        """Say which pairs of periods have no value and why."""
        yield from result.notices

    def heading(self, section: Productivity, shown: Shown) -> tuple[str, Wording]:
        """Name the table of means."""
        label = section.label.label(shown.name)
        return f"{shown.name}_productivity", message("{index}: means between periods", index=label)

    def show(self, section: Productivity, result: ProductivityResult, shown: Shown) -> Exhibits:
        """Set the means between periods, and say what the index is made of."""
        label, score = section.label.label(shown.name), shown.study.score_label(section.of)
        table = productivity_table(
            *self.heading(section, shown), result, decimals=shown.style.decimals
        )
        methods = productivity_methods(result, label, score)
        return Exhibits((table,), (methods,), references_of(result.index))

    def draw(
        self, section: Productivity, result: ProductivityResult, shown: Shown
    ) -> Iterator[Chart]:
        """Draw the chained means of the index and its components."""
        from xinzhi.analyses.productivity.charts import productivity_over_time

        label = section.label.label(shown.name)
        title = message("{index} and its components, chained", index=label)
        chart = productivity_over_time(f"{shown.name}_over_time", title, result, index=label)
        yield replace(chart, part="text")


ANALYSES.add("productivity")(ProductivityAnalysis())
