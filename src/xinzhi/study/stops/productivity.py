"""Measure productivity, and the precision of scores: Panel -> indices and intervals."""

from __future__ import annotations

from functools import partial

import pandas as pd

from xinzhi.efficiency.inference.intervals import intervals_of
from xinzhi.efficiency.productivity.index import ProductivityResult, productivity
from xinzhi.panel.panel import Panel
from xinzhi.study import fingerprint
from xinzhi.study.memory import Memory
from xinzhi.study.schema.efficiency import Measurement
from xinzhi.study.schema.productivity import ScoreInference
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.stops.measure import measure_parts, measured_rows, options_of


def productivity_all(
    spec: StudySpec, panel: Panel, memory: Memory, *, jobs: int
) -> dict[str, ProductivityResult]:
    """Compute the indices of productivity that the study file names."""
    return {
        name: memory.recall(
            f"productivity.{name}",
            {**measure_parts(spec.efficiency[section.of], panel), "index": section.index},
            partial(_productivity, spec.efficiency[section.of], section.index, panel, jobs),
        )
        for name, section in spec.productivity.items()
    }


def _productivity(
    measurement: Measurement, index: str, panel: Panel, jobs: int
) -> ProductivityResult:
    activities = measured_rows(measurement, panel)
    return productivity(activities, index=index, options=options_of(measurement), jobs=jobs)


def infer_scores(
    spec: StudySpec, panel: Panel, memory: Memory, *, jobs: int
) -> dict[str, pd.DataFrame]:
    """Find the intervals of scores by resampling; rows indexed (entity, period)."""
    if spec.inference is None:
        return {}
    section = spec.inference.scores
    parts = {
        "resampling": fingerprint.of_options(section.model_dump(mode="json", exclude={"of"})),
        "seed": str(spec.seed),
    }
    return {
        name: memory.recall(
            f"inference.{name}",
            {**measure_parts(spec.efficiency[name], panel), **parts},
            partial(_intervals, spec.efficiency[name], section, panel, spec.seed, jobs),
        )
        for name in section.of or spec.efficiency
    }


def _intervals(
    measurement: Measurement, section: ScoreInference, panel: Panel, seed: int, jobs: int
) -> pd.DataFrame:
    return intervals_of(
        measured_rows(measurement, panel),
        options_of(measurement),
        draws=section.draws,
        seed=seed,
        bootstrap=section.bootstrap,
        level=section.level,
        jobs=jobs,
    )
