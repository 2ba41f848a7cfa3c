"""Placebo factors: the section `inference.placebo` of a study file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from xinzhi.analyses.section import OneOrMore, Refers, Section


class PlaceboOptions(Section):
    """The paths of a factor over time are permuted between entities."""

    factors: Annotated[OneOrMore, Refers("variables")]
    """Variables, or sets of them, that are permuted, one at a time."""
    draws: int = Field(default=999, ge=19, le=1_000_000)
    """Number of permutations."""
