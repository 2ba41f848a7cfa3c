"""The stops of a study between reading and reporting, each a function of frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.econometrics.describe import describe
from xinzhi.econometrics.diagnostic import DIAGNOSTICS, Diagnosis
from xinzhi.econometrics.fit import fit
from xinzhi.econometrics.specification import Regression
from xinzhi.efficiency.activities import Roles, activities_of
from xinzhi.efficiency.evaluate import evaluate
from xinzhi.efficiency.options import Options
from xinzhi.efficiency.result import EfficiencyResult
from xinzhi.errors import DataError, Problem, StudyError, Where
from xinzhi.notices import Notice
from xinzhi.panel.panel import NO_PERIOD, Panel
from xinzhi.prepare.apply import prepare
from xinzhi.study import fingerprint
from xinzhi.study.memory import Memory
from xinzhi.study.reading import read_sources
from xinzhi.study.references import CONTROLS, expand, table_column
from xinzhi.study.result import NotTested, Reading
from xinzhi.study.schema.efficiency import Measurement
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.tables import RegressionTable, TableColumn
from xinzhi.tables.regression import Fitted, NotEstimated
from xinzhi.typology.classes import Classification, classify
from xinzhi.wording import message

SHOWN = 20
"""Rows that a notice names one by one."""


def read_panel_of(spec: StudySpec, folder: Path, memory: Memory) -> Reading:
    """Read: files -> Panel."""
    parts = {
        "panel": fingerprint.of_options(spec.panel.model_dump(mode="json")),
        "method": fingerprint.of_method("io"),
    }
    for name, source in spec.sources.items():
        path = folder / source.file
        content = path.read_bytes() if path.is_file() else b""
        parts[f"file {source.file}"] = sha256(content).hexdigest()
        parts[f"source {name}"] = fingerprint.of_options(source.model_dump(mode="json"))
    return memory.recall("read", parts, partial(read_sources, spec, folder))


def prepare_panel(spec: StudySpec, panel: Panel, memory: Memory) -> Panel:
    """Prepare: Panel -> Panel, by the steps of the study file and nothing else."""
    if not spec.prepare:
        return panel
    parts = {
        "steps": fingerprint.of_options(spec.prepare),
        "method": fingerprint.of_method("prepare"),
        **fingerprint.of_columns(panel.frame, map(str, panel.frame.columns)),
    }
    return memory.recall("prepare", parts, partial(prepare, panel, spec.prepare))


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


def describe_variables(
    spec: StudySpec, variables: pd.DataFrame, memory: Memory
) -> pd.DataFrame | None:
    """Describe the variables that the study file names."""
    if spec.describe is None:
        return None
    names = expand(spec.describe.variables, spec)
    parts = {
        "names": fingerprint.of_options(names),
        "method": fingerprint.of_method("econometrics"),
        **fingerprint.of_columns(variables, names),
    }
    return memory.recall("describe", parts, lambda: describe(variables, names).to_frame())


def estimate_all(
    spec: StudySpec, variables: pd.DataFrame, memory: Memory
) -> dict[str, tuple[Fitted, ...]]:
    """Estimate: variables -> Estimates, one for each column of each table."""
    return {
        name: tuple(
            _estimate(
                f"estimate.{name}/{number}", regression_of(spec, table, column), variables, memory
            )
            for number, column in enumerate(table.columns, 1)
        )
        for name, table in spec.tables.items()
    }


def regression_of(spec: StudySpec, table: RegressionTable, column: TableColumn) -> Regression:
    """Translate a column of a table into a regression."""
    x = expand(column.x, spec)
    controls = frozenset(spec.sets.get(CONTROLS, ()))
    return Regression(
        outcome=column.outcome or table.outcome,
        regressors=tuple(v for v in x if v not in controls),
        controls=tuple(v for v in x if v in controls),
        effects=table.effects if column.effects is None else column.effects,
        covariance=table.covariance if column.covariance is None else column.covariance,
    )


def _estimate(name: str, regression: Regression, variables: pd.DataFrame, memory: Memory) -> Fitted:
    used = (
        regression.outcome,
        *regression.regressors,
        *regression.controls,
        *regression.effects,
        *regression.covariance.clusters,
    )
    parts = {
        "specification": fingerprint.of_text(repr(regression)),
        "method": fingerprint.of_method("econometrics"),
        **fingerprint.of_columns(variables, used),
    }
    return memory.recall(name, parts, partial(_fit_or_say_why, regression, variables))


def _fit_or_say_why(regression: Regression, variables: pd.DataFrame) -> Fitted:
    try:
        return fit(variables, regression)
    except StudyError as error:
        return NotEstimated(regression, error.problems)


def diagnose(
    spec: StudySpec, variables: pd.DataFrame, memory: Memory
) -> tuple[Diagnosis | NotTested, ...]:
    """Run the diagnostics that the study file names."""
    if spec.diagnostics is None:
        return ()
    table_name, position = table_column(spec.diagnostics.of)
    table = spec.tables[table_name]
    regression = regression_of(spec, table, table.columns[position])
    return tuple(_diagnose(test, regression, variables, memory) for test in spec.diagnostics.tests)


def _diagnose(
    test: str, regression: Regression, variables: pd.DataFrame, memory: Memory
) -> Diagnosis | NotTested:
    used = (regression.outcome, *regression.regressors, *regression.controls)
    parts = {
        "specification": fingerprint.of_text(repr(regression)),
        "method": fingerprint.of_method("econometrics"),
        **fingerprint.of_columns(variables, used),
    }
    return memory.recall(
        f"diagnose.{test}", parts, partial(_diagnose_or_say_why, test, regression, variables)
    )


def _diagnose_or_say_why(
    test: str, regression: Regression, variables: pd.DataFrame
) -> Diagnosis | NotTested:
    try:
        return DIAGNOSTICS.get(test)(variables, regression)
    except StudyError as error:
        return NotTested(test, error.problems)


def classify_all(spec: StudySpec, panel: Panel) -> dict[str, Classification]:
    """Classify: scores -> classes and their counts by period."""
    return {
        name: classify(panel.frame[name], measurement.classes)
        for name, measurement in spec.efficiency.items()
        if measurement.classes
    }
