"""Diagnose a regression."""

from __future__ import annotations

from functools import partial

import pandas as pd

from xinzhi.analyses.equation import Equation
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.econometrics.diagnostic import DIAGNOSTICS, Diagnosis
from xinzhi.errors import StudyError
from xinzhi.study.equations import equation_of
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.stops.estimate import parts_of
from xinzhi.study.stops.remeasure import Frames


def diagnose(spec: StudySpec, frames: Frames) -> tuple[Diagnosis | Unavailable, ...]:
    """Run the diagnostics that the study file names."""
    if spec.diagnostics is None:
        return ()
    equation = equation_of(spec, spec.diagnostics.of)
    try:
        frame = frames.of(equation.frontier, equation.variables)
    except StudyError as error:
        return tuple(Unavailable(test, error.problems) for test in spec.diagnostics.tests)
    parts = parts_of(equation, frame)
    return tuple(
        frames.memory.recall(f"diagnose.{test}", parts, partial(_diagnose, test, equation, frame))
        for test in spec.diagnostics.tests
    )


def _diagnose(test: str, equation: Equation, frame: pd.DataFrame) -> Diagnosis | Unavailable:
    try:
        return DIAGNOSTICS.get(test)(*equation.applied(frame))
    except StudyError as error:
        return Unavailable(test, error.problems)
