"""Describe the variables and diagnose a regression."""

from __future__ import annotations

from functools import partial

import pandas as pd

from xinzhi.econometrics.describe import describe
from xinzhi.econometrics.diagnostic import DIAGNOSTICS, Diagnosis
from xinzhi.econometrics.specification import Regression
from xinzhi.errors import StudyError
from xinzhi.study import fingerprint
from xinzhi.study.memory import Memory
from xinzhi.study.references import expand, table_column
from xinzhi.study.result import NotTested
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.stops.estimate import regression_of


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
