"""Scale efficiency: what a row loses by its size, and which way its returns to scale go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, Reads, Shown, Study
from xinzhi.analyses.capabilities import BesideScores, OfScore
from xinzhi.analyses.efficiency.compute import groups_of, measured_rows, options_of
from xinzhi.analyses.efficiency.references import BANKER_1984
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.scale_efficiency.show import ScaleSection, by_entity, by_period, scale_methods
from xinzhi_core.wording import Wording, message
from xinzhi_frontier.scale import Scale, scale_efficiency

FARE_1985 = (
    "Färe, R., Grosskopf, S., & Lovell, C. A. K. (1985). The Measurement of Efficiency of Production. "
    "Kluwer-Nijhoff. doi:10.1007/978-94-015-7721-2"
)


class ScaleAnalysis(Analysis[ScaleSection, Scale], OfScore, BesideScores[Scale]):
    """Compare efficiency under constant, variable and non-increasing returns to scale.

    Scale efficiency is the efficiency under constant returns over that under variable returns. Returns
    are constant where both agree, increasing where the efficiency under non-increasing returns is
    that under constant returns, and decreasing elsewhere.

    Returns
    -------
    Scale
        `.to_frame()` has one row per row: the three efficiencies and scale efficiency, without units (1 is
        the frontier), and returns.

    Raises
    ------
    SpecError, DataError
        A measure without returns to scale, or cells that it is not defined for, with their places.

    References
    ----------
    Färe, R., Grosskopf, S., Lovell, C. A. K. (1985), doi 10.1007/978-94-015-7721-2; Banker, R. D.,
    Charnes, A., Cooper, W. W. (1984), doi 10.1287/mnsc.30.9.1078.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([["a", "b", "c"], [1]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"labour": [1.0, 2, 4], "output": [1.0, 4, 5]}, index=index)
    >>> found = xz.scale_efficiency(frame, inputs="labour", good_outputs="output")
    >>> found.to_frame()["scale"].round(3).tolist(), found.returns
    ([0.5, 1.0, 0.625], ('increasing', 'constant', 'decreasing'))
    """

    section = ScaleSection
    is_declared = False
    verb = "scale_efficiency"
    description = "Scale efficiency and returns to scale."
    title = message("Scale efficiency")
    place = Place("efficiency", message("Efficiency"), 30.5, chapter="efficiency")

    def sections(self, key: str, options: Any) -> Mapping[str, ScaleSection]:
        """Find the measurements that ask for it."""
        return {
            name: ScaleSection(score=name)
            for name, measurement in options.efficiency.items()
            if measurement.scale_efficiency
        }

    def reads(self, section: ScaleSection, study: Study) -> Reads:
        """Read what the score is measured on."""
        return Reads(
            panel=study.section("efficiency", section.score).columns,
            results=(("efficiency", section.score),),
            methods=("frontier",),
        )

    def compute(self, section: ScaleSection, given: Given) -> Scale:
        """Measure each row three times."""
        measurement = given.study.section("efficiency", section.score)
        return scale_efficiency(
            measured_rows(measurement, given.panel),
            options=options_of(measurement),
            groups=groups_of(measurement, given.panel),
            jobs=given.jobs,
        )

    def beside_scores(self, result: Scale) -> pd.DataFrame:
        """Set the efficiencies, scale efficiency and returns of each row beside its score."""
        return result.to_frame().rename(
            columns={
                "constant": "constant_returns",
                "variable": "variable_returns",
                "non_increasing": "non_increasing_returns",
                "scale": "scale_efficiency",
            }
        )

    def heading(self, section: ScaleSection, shown: Shown) -> tuple[str, Wording]:
        """Name the table by period."""
        score = shown.study.score_label(section.score)
        return f"{section.score}_scale", message("{score}: scale efficiency", score=score)

    def show(self, section: ScaleSection, result: Scale, shown: Shown) -> Exhibits:
        """Set means and counts by period, and each entity in the last period."""
        score, style = shown.study.score_label(section.score), shown.style
        table_id, title = self.heading(section, shown)
        periods = by_period(table_id, title, result, decimals=style.decimals)
        title = message("{score}: scale efficiency by entity", score=score)
        table_id = f"{table_id}_entities"
        entities = by_entity(
            table_id, title, result, labels=style.entities, decimals=style.decimals
        )
        methods, references = scale_methods(result, score), frozenset({FARE_1985, BANKER_1984})
        return Exhibits((periods, entities), (methods,), references)


ANALYSES.add("scale_efficiency")(ScaleAnalysis())
