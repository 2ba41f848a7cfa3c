"""Inequality of a score: how much of it lies within the regions, and how much between them."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.analyses.analysis import ANALYSES, Given, Shown
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.analyses.inequality.show import InequalitySection, dagum_table, theil_table
from xinzhi.analyses.space_and_time import (
    ScoreAnalysis,
    assign_regions,
    part_table,
    region_labels,
    region_names,
    report_place,
)
from xinzhi.analyses.unavailable import Unavailable, attempt
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.wording import message
from xinzhi_econometrics.space.inequality import Dagum, Theil, dagum, theil


@dataclass(frozen=True, slots=True, eq=False)
class Inequality(InNotebook):
    """Inequality of a score; None where it was not asked for."""

    regions: tuple[str, ...]
    theil: Theil | Unavailable | None
    dagum: Dagum | Unavailable | None

    @property
    def parts(self) -> tuple[Theil | Dagum | Unavailable | None, ...]:
        """Both, in the order of the report."""
        return self.theil, self.dagum


class InequalityAnalysis(ScoreAnalysis[InequalitySection, Inequality]):
    """Take the inequality of a score apart into within and between regions.

    Theil's T is the sum of a part within the regions and a part between their means; Dagum's
    decomposition of the Gini ratio has a third part, where regions overlap.

    Returns
    -------
    Inequality
        `theil` and `dagum`, each by period and without a unit; None for the one that was not asked for.

    Raises
    ------
    DataError
        The score is not in the data, holds text or infinite values, or a key is in two rows.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abcd"), [1]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"score": [1, 1, 3, 3], "region": list("eeww")}, index=index)
    >>> found = xz.inequality(frame, score="score", regions="region", inequality="theil")
    >>> round(float(found.theil.by_period.loc[1, "share_between"]), 12)
    1.0

    References
    ----------
    Shorrocks (1980), doi 10.2307/1913126; Dagum (1997), doi 10.1007/BF01205777.
    """

    section = InequalitySection
    verb = "inequality"
    description = "Score -> its inequality within and between regions."
    title = message("Inequality")
    place = report_place(45.4)
    suffix = "inequality"
    caption = message("Inequality of {score}")

    def compute(self, section: InequalitySection, given: Given) -> Inequality:
        """Compute each index that is asked for."""
        scores, asked = given.panel.frame[section.score], section.inequality
        regions = assign_regions(section.regions, given)
        return Inequality(
            region_names(regions),
            attempt("theil", lambda: theil(scores, regions)) if "theil" in asked else None,
            attempt("dagum", lambda: dagum(scores, regions)) if "dagum" in asked else None,
        )

    def show(self, section: InequalitySection, result: Inequality, shown: Shown) -> Exhibits:
        """Set both indices by period."""
        name, score = shown.name, shown.study.score_label(section.score)
        regions = region_labels(section.regions, result.regions, shown.study)
        title = message("Inequality of {score} within and between regions (Theil)", score=score)
        by_theil = part_table(f"{name}_theil", title, result.theil, theil_table)
        title = message("Inequality of {score} within and between regions (Dagum)", score=score)
        by_dagum = part_table(f"{name}_dagum", title, result.dagum, dagum_table, regions=regions)
        return Exhibits((*by_theil, *by_dagum), prose=first_sentences(*by_theil, *by_dagum))


ANALYSES.add("inequality")(InequalityAnalysis())
