"""Measure: Panel -> scores, proved or named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.efficiency.activities import Roles, activities_of
from xinzhi.efficiency.evaluate import evaluate
from xinzhi.efficiency.options import Options
from xinzhi.efficiency.result import EfficiencyResult
from xinzhi.errors import DataError, Problem, Where
from xinzhi.notices import Notice
from xinzhi.panel.panel import NO_PERIOD, Panel
from xinzhi.study import fingerprint
from xinzhi.study.memory import Memory
from xinzhi.study.schema.efficiency import Measurement
from xinzhi.study.schema.study import StudySpec
from xinzhi.wording import message

SHOWN = 20
"""Rows that a notice names one by one."""


def measure_all(
    spec: StudySpec, panel: Panel, memory: Memory, *, jobs: int
) -> dict[str, EfficiencyResult]:
    """Measure: Panel -> scores, one result for each score of the study file."""
    return {
        name: memory.recall(
            f"measure.{name}",
            _measure_parts(measurement, panel),
            partial(_measure, measurement, panel, jobs),
        )
        for name, measurement in spec.efficiency.items()
    }


def _measure_parts(measurement: Measurement, panel: Panel) -> dict[str, str]:
    options = measurement.model_dump(mode="json", exclude={"classes"})
    columns = (*measurement.inputs, *measurement.good_outputs, *measurement.bad_outputs)
    return {
        "options": fingerprint.of_options(options),
        "method": fingerprint.of_method("efficiency"),
        **fingerprint.of_columns(panel.frame, columns),
    }


def _measure(measurement: Measurement, panel: Panel, jobs: int) -> EfficiencyResult:
    roles = Roles(measurement.inputs, measurement.good_outputs, measurement.bad_outputs)
    panel.require(roles.names)
    options = Options(
        **measurement.model_dump(
            exclude={"inputs", "good_outputs", "bad_outputs", "classes", "missing"}
        )
    )
    if measurement.missing == "refuse":
        return evaluate(activities_of(panel, roles), options=options, jobs=jobs)
    complete = panel.frame[list(roles.names)].notna().all(axis=1).to_numpy(dtype=bool)
    result = evaluate(activities_of(panel.take(complete), roles), options=options, jobs=jobs)
    return replace(result, notices=(*_left_out(panel, complete), *result.notices))


def _left_out(panel: Panel, complete: npt.NDArray[np.bool_]) -> tuple[Notice, ...]:
    rows = panel.frame.index[~complete]
    if not len(rows):
        return ()
    named = ", ".join(f"{entity} {period}" for entity, period in rows[:SHOWN])
    return (
        Notice(
            "efficiency.left_out",
            message(
                "{n} rows with an empty cell have no score and are no part of the frontier: {rows}.",
                n=len(rows),
                rows=named if len(rows) <= SHOWN else message("{names} …", names=named),
            ),
        ),
    )


def with_scores(panel: Panel, efficiency: Mapping[str, EfficiencyResult]) -> Panel:
    """Add the scores to the panel as columns of their names."""
    taken = [name for name in efficiency if name in panel.frame]
    if taken:
        raise DataError(
            Problem(
                "study.name_taken",
                message("The score '{name}' has the name of a column of the data.", name=name),
                Where(key=f"efficiency.{name}"),
                message("give the score another name."),
            )
            for name in taken
        )
    columns = {name: _by_row(result, panel) for name, result in efficiency.items()}
    return panel.with_columns(columns)


def _by_row(result: EfficiencyResult, panel: Panel) -> pd.Series:
    """Give each row of the panel its score; rows that were left out have none."""
    labels = [(entity, NO_PERIOD if period is None else period) for entity, period in result.labels]
    index = pd.MultiIndex.from_tuples(labels, names=panel.frame.index.names)
    return pd.Series(result.scores, index=index, dtype=np.float64).reindex(panel.frame.index)
