"""Indices of productivity, and inference for scores."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from xinzhi.study.schema.base import BothLanguages, Names, Section, Words
from xinzhi.study.schema.efficiency import choice


class Productivity(Section):
    """An index of productivity between consecutive periods."""

    index: choice("index")  # type: ignore[valid-type]
    """malmquist, global_malmquist_luenberger …: see `xinzhi parts`."""
    of: str
    """Score whose inputs, outputs and options the index uses."""
    label: BothLanguages = Words()
    """Name of the index in the tables."""


class ScoreInference(Section):
    """Intervals of scores by resampling."""

    bootstrap: Literal["entities", "smoothed"] = "entities"
    """entities: draw whole entities and estimate the frontier again; smoothed: Simar and Wilson
    (1998), of the radial measure."""
    of: Names | None = None
    """Scores; all where left out."""
    draws: int = Field(default=2000, ge=1, le=1_000_000)
    """Number of draws."""
    level: float = Field(default=0.95, gt=0, lt=1)
    """Level of the intervals."""


class Inference(Section):
    """What is known of the precision of the results."""

    scores: ScoreInference
    """Intervals of scores."""
