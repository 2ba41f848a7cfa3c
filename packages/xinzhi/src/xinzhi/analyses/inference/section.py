"""How the precision of scores is assessed: the section `inference.scores` of a study file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from xinzhi.analyses.equation import Errors
from xinzhi.analyses.leave_one_out.compute import LeaveOneOutOptions
from xinzhi.analyses.placebo.compute import PlaceboOptions
from xinzhi.analyses.section import Names, Refers, Section
from xinzhi.analyses.whole_study.compute import WholeStudyOptions
from xinzhi_econometrics.verdict import LEVEL


def _read_method(word: object) -> object:
    """Understand the name that studies written before gave to draws of entities."""
    return "sensitivity" if word == "entities" else word


class ResamplingOptions(Section):
    """How scores are resampled."""

    resampling: Annotated[
        Literal["subsampling", "smoothed", "sensitivity"], BeforeValidator(_read_method)
    ] = "subsampling"
    """subsampling: confidence intervals of radial and directional scores; smoothed: the bias of
    radial scores (Simar and Wilson 1998); sensitivity: scores over draws of entities, which are
    not a confidence interval."""
    draws: int = Field(default=2000, ge=1, le=1_000_000)
    """Number of draws."""
    level: float | None = Field(default=None, gt=0, lt=1)
    """Level of the confidence intervals; 1 less `inference.level` where left out."""
    scale: Literal["distance", "efficiency"] | None = None
    """Where differences are taken: distance (Shephard: 1/θ, φ or β) or efficiency (Farrell: θ or 1/φ). Where left
    out, distance for intervals and efficiency for the bias."""
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
    """How effects are judged, everywhere alike, and how precise the scores are."""

    errors: Errors | None = None
    """Standard errors that judge all effects, and that tables are printed with where they name no others:
    iid, hc1, {cluster: entity}, …; clustered by entity in a panel where left out."""
    level: float = Field(default=LEVEL, gt=0, lt=1)
    """An effect counts as significant where its p-value is below: in sentences, charts, diagrams,
    pathways and the abstract. Stars have levels of their own (`report.stars`)."""
    indirect: Literal["bootstrap", "sobel"] = "bootstrap"
    """What judges a mediated effect: the percentile interval of draws of clusters, or Sobel's test."""
    family: Literal["holm", "none"] = "holm"
    """How the p-values of differences between groups are adjusted for the number of groupings."""
    scores: ScoreInference | None = None
    """Precision of scores."""
    whole_study: WholeStudyOptions | None = None
    """Intervals of all effects over draws of entities, in each of which the frontier, the scores and every
    regression are computed again."""
    leave_one_out: LeaveOneOutOptions | None = None
    """`{}`: all effects without each entity, which is left out of everything once, of the frontier too."""
    placebo: PlaceboOptions | None = None
    """Slopes of factors whose paths over time are permuted between entities."""
