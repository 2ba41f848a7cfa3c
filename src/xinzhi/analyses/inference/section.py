"""How the precision of scores is assessed: the section `inference.scores` of a study file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from xinzhi.analyses.section import Names, Refers, Section


def _method(word: Any) -> Any:
    """Understand the name that studies written before gave to draws of entities."""
    return "sensitivity" if word == "entities" else word


class ResamplingOptions(Section):
    """How scores are resampled."""

    resampling: Annotated[
        Literal["subsampling", "smoothed", "sensitivity"], BeforeValidator(_method)
    ] = "subsampling"
    """subsampling: confidence intervals of radial and directional scores; smoothed: the bias of
    radial scores (Simar and Wilson 1998); sensitivity: scores over draws of entities, which are no
    confidence interval."""
    draws: int = Field(default=2000, ge=1, le=1_000_000)
    """Number of draws."""
    level: float = Field(default=0.95, gt=0, lt=1)
    """Level of the confidence intervals."""
    scale: Literal["distance", "efficiency"] = "distance"
    """Where the intervals take differences: distance (1/θ, φ or β) or efficiency (θ or 1/φ)."""
    size: int | None = Field(default=None, ge=2)
    """Entities of a subsample; chosen by the data where left out."""


class ScoreResampling(ResamplingOptions):
    """The resampling of one score."""

    score: str
    """The score."""


class ScoreInference(ResamplingOptions):
    """How precise the scores are, by resampling."""

    of: Annotated[Names | None, Refers("score")] = None
    """Scores; all where left out."""


class Inference(Section):
    """What is known of the precision of the results."""

    scores: ScoreInference
    """Precision of scores."""
