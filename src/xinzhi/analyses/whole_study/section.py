"""How the whole study is drawn again: the section `inference.whole_study` of a study file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from xinzhi.analyses.section import Section


class WholeStudyOptions(Section):
    """Draws of entities from which everything is computed again, the frontier first."""

    draws: int = Field(default=2000, ge=2, le=1_000_000)
    """Number of draws."""
    unit: Literal["entity"] = "entity"
    """What is drawn: entities, each with all its periods."""
    scheme: Literal["subsample", "bootstrap"] = "subsample"
    """subsample: `size` entities without replacement, differences rescaled, and the bias of the frontier
    corrected; bootstrap: as many entities as there are, with replacement, and percentile intervals."""
    size: int | None = Field(default=None, ge=2)
    """Entities of a subsample; half of them where left out."""
    level: float | None = Field(default=None, gt=0, lt=1)
    """Level of the intervals; 1 less `inference.level` where left out."""
