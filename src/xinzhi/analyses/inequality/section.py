"""Options of inequality."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from xinzhi.analyses.section import Refers, Section, one_or_many


class InequalitySection(Section):
    """Inequality of a score, taken apart by regions."""

    score: Annotated[str, Refers("measured")]
    """The score."""
    regions: str
    """Grouping under `groups`, or a column of the panel; an entity keeps its region."""
    inequality: Annotated[
        tuple[Literal["theil", "dagum"], ...], one_or_many, Field(min_length=1)
    ] = ("theil", "dagum")
    """Taken apart into within and between the regions."""
