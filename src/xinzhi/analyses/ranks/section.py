"""Options of ranks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from xinzhi.analyses.section import Refers
from xinzhi.analyses.space_and_time import DatesAndRegions


class RanksSection(DatesAndRegions):
    """Ranks by a score."""

    score: Annotated[str, Refers("measured")]
    """The score."""
    top: int = Field(default=20, ge=1)
    """How many of the best and of the last are listed at each date."""
