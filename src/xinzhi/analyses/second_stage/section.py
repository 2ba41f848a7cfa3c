"""Options of a second stage: what the efficiencies of a score depend on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from xinzhi.analyses.section import BothLanguages, OneOrMore, Refers, Section, Words


class SecondStageSection(Section):
    """A truncated regression of the distances of a radial score on variables."""

    title: BothLanguages = Words()
    """Title of the table."""
    score: Annotated[str, Refers("score")]
    """Score of the measure radial whose distances are explained."""
    regressors: Annotated[OneOrMore, Refers("variables")]
    """Variables or sets that explain them."""
    algorithm: Literal[1, 2] = 2
    """Of Simar and Wilson (2007): 2 corrects the bias of the distances first, 1 does not."""
    draws: int = Field(default=2000, ge=2, le=1_000_000)
    """Draws of the bootstrap of the coefficients."""
    bias_draws: int = Field(default=100, ge=2, le=1_000_000)
    """Frontiers drawn by algorithm 2 to correct the bias."""
    level: float | None = Field(default=None, gt=0, lt=1)
    """Level of the confidence intervals; 1 less `inference.level` where left out."""
