"""Inequality of a score, decomposed by regions."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.inequality.section import InequalitySection
from xinzhi.analyses.space_and_time import assign_regions, region_names
from xinzhi.analyses.unavailable import Unavailable, attempt
from xinzhi.panel.notebook import InNotebook
from xinzhi.space.inequality import Dagum, Theil, dagum, theil


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


def inequality(section: InequalitySection, given: Given) -> Inequality:
    """Compute each index that is asked for."""
    scores, asked = given.panel.frame[section.score], section.inequality
    regions = assign_regions(section.regions, given)
    return Inequality(
        region_names(regions),
        attempt("theil", lambda: theil(scores, regions)) if "theil" in asked else None,
        attempt("dagum", lambda: dagum(scores, regions)) if "dagum" in asked else None,
    )
