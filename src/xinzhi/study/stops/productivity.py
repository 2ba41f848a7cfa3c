"""Measure productivity, and the precision of scores: Panel -> indices and intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from xinzhi.analyses.efficiency.compute import (
    complete_rows,
    measured_rows,
    options_of,
)
from xinzhi.analyses.efficiency.section import Measurement
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.efficiency.activities import Roles
from xinzhi.efficiency.inference.intervals import Resampling, ScoreInference, infer
from xinzhi.efficiency.productivity.index import ProductivityResult, productivity
from xinzhi.errors import Where
from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.study import fingerprint
from xinzhi.study.attempts import tried
from xinzhi.study.memory import Memory
from xinzhi.study.schema.productivity import ScoreInference as ScoreResampling
from xinzhi.study.schema.study import StudySpec


def measure_parts(measurement: Measurement, panel: Panel) -> dict[str, str]:
    """List what an index of a score depends on: its options, its columns, the method."""
    options = measurement.model_dump(mode="json", exclude={"classes"})
    columns = (*measurement.inputs, *measurement.good_outputs, *measurement.bad_outputs)
    return {
        "options": fingerprint.of_options(options),
        "method": fingerprint.of_method("efficiency"),
        **fingerprint.of_columns(panel.frame, columns),
    }


def productivity_all(
    spec: StudySpec, panel: Panel, memory: Memory, *, jobs: int
) -> dict[str, ProductivityResult | Unavailable]:
    """Compute the indices of productivity that the study file names."""
    return {
        name: memory.recall(
            f"productivity.{name}",
            {
                **measure_parts(spec.sections("efficiency")[section.of], panel),
                "index": section.index,
            },
            partial(
                tried,
                name,
                partial(
                    _productivity,
                    spec.sections("efficiency")[section.of],
                    section.index,
                    panel,
                    jobs,
                ),
            ),
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
) -> dict[str, ScoreInference | Unavailable]:
    """Find the confidence intervals, the bias or the sensitivity of scores by resampling."""
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
            {**measure_parts(spec.sections("efficiency")[name], panel), **parts},
            partial(
                tried,
                name,
                partial(_infer, spec.sections("efficiency")[name], section, panel, spec.seed, jobs),
            ),
        )
        for name in section.of or spec.sections("efficiency")
    }


def _infer(
    measurement: Measurement, section: ScoreResampling, panel: Panel, seed: int, jobs: int
) -> ScoreInference:
    plan = Resampling(
        method=section.bootstrap,
        draws=section.draws,
        seed=seed,
        level=section.level,
        scale=section.scale,
        size=section.size,
    )
    activities = measured_rows(measurement, panel)
    groups = _groups(measurement, panel)
    return infer(activities, options_of(measurement), plan, groups=groups, jobs=jobs)


def _groups(measurement: Measurement, panel: Panel) -> list[str] | None:
    """Find the group of each measured row, of a group frontier."""
    if measurement.group is None:
        return None
    panel.require((measurement.group,))
    if measurement.missing == "leave_out":
        roles = Roles(measurement.inputs, measurement.good_outputs, measurement.bad_outputs)
        panel = panel.take(complete_rows(panel, roles))
    return panel.frame[measurement.group].astype(str).tolist()


def inference_notices(found: Mapping[str, ScoreInference]) -> tuple[Notice, ...]:
    """Say what a reader of the confidence intervals has to know, score by score."""
    return tuple(
        replace(notice, where=Where(key=f"efficiency.{name}"))
        for name, one in found.items()
        for notice in one.notices
    )
