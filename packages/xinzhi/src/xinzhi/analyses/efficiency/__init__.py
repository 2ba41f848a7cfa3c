"""Efficiency: scores of the rows of the panel, each proved optimal or given a status."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, Reads, ResultPart, Shown, Study
from xinzhi.analyses.capabilities import Measured
from xinzhi.analyses.efficiency.compute import (
    by_row,
    measure_panel,
    measured_rows,
    options_of,
    roles_of,
    scores_again,
)
from xinzhi.analyses.efficiency.section import OTHER_ANALYSES, Measurement
from xinzhi.analyses.efficiency.show import by_period, exhibits
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.reads import ScoresAgain
from xinzhi.present.chart import Chart
from xinzhi_core.errors import Problem, suggestion
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Wording, message
from xinzhi_frontier.inference.replicates import convergence_rate
from xinzhi_frontier.measure import MEASURES
from xinzhi_frontier.result import EfficiencyResult
from xinzhi_frontier.technology import HULL
from xinzhi_frontier.zeros import check_zeros


class EfficiencyAnalysis(
    Analysis[Measurement, EfficiencyResult], Measured[Measurement, EfficiencyResult]
):
    """Measure the efficiency of each row against the frontier of its reference set."""

    section = Measurement
    verb = "evaluate"
    is_written_by_hand = True
    description = "Name -> score."
    title = message("Efficiency")
    place = Place("efficiency", message("Efficiency"), 30, chapter="efficiency")
    n_on_console = 2
    shown_only = OTHER_ANALYSES

    def reads(self, section: Measurement, study: Study) -> Reads:
        """Read the inputs and outputs, and the column of groups."""
        return Reads(panel=section.columns, methods=("frontier",))

    def problems(
        self, section: Measurement, study: Study
    ) -> Iterator[tuple[tuple[str | int, ...], Problem]]:
        """Refuse a column of two roles, and weights of columns that are not part of the score."""
        columns = (*section.inputs, *section.good_outputs, *section.bad_outputs)
        for twice in sorted({c for c in columns if columns.count(c) > 1}):
            yield (
                (),
                Problem(
                    "study.two_roles",
                    message("Column '{name}' has two roles in this score.", name=twice),
                    remedy=message("let each column be an input, a good or a bad output."),
                ),
            )
        for column in section.weights or {}:
            if column not in columns:
                yield (
                    ("weights", column),
                    Problem(
                        "study.unknown_name",
                        message(
                            "Unknown {kind} '{name}'.",
                            kind=message("column"),
                            name=column,
                        ),
                        remedy=suggestion(column, columns),
                    ),
                )

    def inspect(self, section: Measurement, study: Study, panel: Panel) -> Iterator[Problem]:
        """Refuse empty cells and zeros that the measure cannot use."""
        options = options_of(section)
        traits = MEASURES.get(options.measure).traits
        for notice in check_zeros(measured_rows(section, panel), traits, options).notices:
            yield Problem(notice.code, notice.text, notice.where, severity="warning")

    def compute(self, section: Measurement, given: Given) -> EfficiencyResult:
        """Solve one program a row."""
        return measure_panel(
            given.panel,
            (section.inputs, section.good_outputs, section.bad_outputs),
            options_of(section),
            missing=section.missing,
            jobs=given.jobs,
        ).result

    def measured_again(self, section: Measurement, panel: Panel) -> ScoresAgain:
        """Measure draws of rows without slacks, peers and notices."""
        return scores_again(section, panel)

    def rate(self, section: Measurement) -> float:
        """Give the rate of radial scores with as many inputs and outputs, or that of the hull."""
        options, roles = options_of(section), roles_of(section)
        if options.returns_to_scale == HULL:
            return 1.0 / len(roles.names)
        return convergence_rate(options, roles)

    def column(self, result: EfficiencyResult, part: ResultPart) -> pd.Series:
        """Give the scores by row, or slacks or targets of a variable."""
        return by_row(result, part.component)

    def notices(self, result: EfficiencyResult) -> Iterator[Notice]:
        """Say which rows have no score and why."""
        yield from result.notices

    def heading(self, section: Measurement, shown: Shown) -> tuple[str, Wording]:
        """Keep the place of the scores by period."""
        return by_period(shown)

    def show(self, section: Measurement, result: EfficiencyResult, shown: Shown) -> Exhibits:
        """Set scores by period and by entity."""
        return exhibits(section, result, shown)

    def draw(self, section: Measurement, result: EfficiencyResult, shown: Shown) -> Iterator[Chart]:
        """Draw scores over time, or their distribution."""
        from xinzhi.analyses.efficiency.charts import score_distribution, scores_over_time

        name, score = shown.name, shown.study.score_label(shown.name)
        if not shown.panel.has_periods:
            title = message("Distribution of {score}", score=score)
            yield score_distribution(f"{name}_distribution", title, result, score=score)
            return
        title = message("{score} over time", score=score)
        yield scores_over_time(
            f"{name}_over_time",
            title,
            result,
            score=score,
            labels=shown.style.entities,
            parts=shown.parts,
        )


ANALYSES.add("efficiency")(EfficiencyAnalysis())
