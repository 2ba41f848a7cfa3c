"""Bootstrap: p-values that hold where clusters are few, by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd

from xinzhi.analyses.equation import Equation
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.wild import FEW, Wild, wild_bootstrap
from xinzhi.errors import StudyError
from xinzhi.study.analyses import Analyses
from xinzhi.study.equations import equation_of
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.stops.estimate import Column, parts_of

DRAWS = 1999
"""Draws of the wild bootstrap; (draws + 1) times the usual levels is whole."""


def wild_all(
    spec: StudySpec, columns: Mapping[str, tuple[Column, ...]], frames: Analyses
) -> dict[str, dict[int, Wild | Unavailable]]:
    """Bootstrap every column with errors of one cluster and fewer than 40 of them."""
    found: dict[str, dict[int, Wild | Unavailable]] = {}
    for name, table in columns.items():
        for position, column in enumerate(table):
            if isinstance(column, Estimates) and _has_few(column):
                wild = _recalled(f"{name}/{position + 1}", spec, frames)
                found.setdefault(name, {})[position] = wild
    return found


def _has_few(column: Estimates) -> bool:
    rule = column.covariance
    return rule.kind == "cluster" and rule.clusters[0][1] < FEW


def _recalled(reference: str, spec: StudySpec, frames: Analyses) -> Wild | Unavailable:
    equation = equation_of(spec, reference)
    frame = frames.frame(equation.frontier, equation.variables)
    parts = {**parts_of(equation, frame), "asked": f"{DRAWS} {spec.seed}"}
    return frames.memory.recall(
        f"estimate.{reference} (wild bootstrap)",
        parts,
        partial(_wild, reference, equation, frame, spec.seed),
    )


def _wild(reference: str, equation: Equation, frame: pd.DataFrame, seed: int) -> Wild | Unavailable:
    try:
        return wild_bootstrap(*equation.applied(frame), draws=DRAWS, seed=seed)
    except StudyError as error:
        return Unavailable(reference, error.problems)
