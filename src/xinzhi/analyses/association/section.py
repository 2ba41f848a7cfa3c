"""Options of spatial association."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from xinzhi.analyses.section import Refers, Section


class MoranSection(Section):
    """Moran's I of a score."""

    score: Annotated[str, Refers("measured")]
    """The score."""
    neighbours: Annotated[str, Refers("outlines")]
    """Who is next to whom: a map of the study by name, or built_in for China; in Python and on the
    command line a file of outlines, or built_in."""
    permutations: int = Field(default=999, ge=99)
    """Shuffles behind the p-values."""


class HotSpotsSection(MoranSection):
    """Hot and cold spots of a score."""

    dates: tuple[int, ...] | None = Field(default=None, min_length=1)
    """Periods that are compared; where left out at most four, evenly apart, first and last among
    them."""
    local_test: Literal["two_sided", "one_sided"] = "two_sided"
    """Test of each place: two_sided; one_sided takes the tail on the side of the value, as GeoDa and
    esda do, and its p-values are half as large."""


class LocalMoranSection(HotSpotsSection):
    """Local clusters of a score."""

    permutations: int = Field(default=9999, ge=99)
    """Shuffles behind the p-values, which have no other source."""
