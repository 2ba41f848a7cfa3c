"""Measure productivity, and the precision of scores: Panel -> indices and intervals."""

from __future__ import annotations

from functools import partial

import pandas as pd

from xinzhi.efficiency.activities import Activities, Roles, activities_of
from xinzhi.efficiency.inference.intervals import intervals_of
from xinzhi.efficiency.productivity.index import ProductivityResult, productivity
from xinzhi.panel.panel import Panel
from xinzhi.study import fingerprint
from xinzhi.study.attempts import tried
from xinzhi.study.mechanism import NotTested
from xinzhi.study.memory import Memory
from xinzhi.study.schema.efficiency import Measurement
from xinzhi.study.schema.productivity import ScoreInference
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.stops.measure import complete_rows, measure_parts, options_of


def productivity_all(
    spec: StudySpec, panel: Panel, memory: Memory, *, jobs: int
) -> dict[str, ProductivityResult | NotTested]:
    """Compute the indices of productivity that the study file names."""
    return {
        name: memory.recall(
            f"productivity.{name}",
            {**measure_parts(spec.efficiency[section.of], panel), "index": section.index},
            partial(
                tried,
                name,
                partial(_productivity, spec.efficiency[section.of], section.index, panel, jobs),
            ),
        )
        for name, section in spec.productivity.items()
    }


def _productivity(
    measurement: Measurement, index: str, panel: Panel, jobs: int
) -> ProductivityResult:
    activities = _activities(measurement, panel)
    return productivity(activities, index=index, options=options_of(measurement), jobs=jobs)


def infer_scores(
    spec: StudySpec, panel: Panel, memory: Memory, *, jobs: int
) -> dict[str, pd.DataFrame | NotTested]:
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
            partial(
                tried,
                name,
                partial(_intervals, spec.efficiency[name], section, panel, spec.seed, jobs),
            ),
        )
        for name in section.of or spec.efficiency
    }


def _intervals(
    measurement: Measurement, section: ScoreInference, panel: Panel, seed: int, jobs: int
) -> pd.DataFrame:
    return intervals_of(
        _activities(measurement, panel),
        options_of(measurement),
        draws=section.draws,
        seed=seed,
        bootstrap=section.bootstrap,
        level=section.level,
        jobs=jobs,
    )


def _activities(measurement: Measurement, panel: Panel) -> Activities:
    roles = Roles(measurement.inputs, measurement.good_outputs, measurement.bad_outputs)
    panel.require(roles.names)
    if measurement.missing == "leave_out":
        panel = panel.take(complete_rows(panel, roles))
    return activities_of(panel, roles)
