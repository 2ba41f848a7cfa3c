"""Xinzhi, by its Python door: from a frame to a result with slacks, targets, peers and proofs."""

from __future__ import annotations

import pandas as pd
from data import BAD, GOOD, INPUTS, REGRESSORS

import xinzhi as xz


def sbm(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Score by SBM."""
    return _scores(frame, "sbm")


def super_sbm(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Score by SBM and, where that is 1, by super-SBM."""
    return _scores(frame, "super_sbm")


def _scores(frame: pd.DataFrame, measure: str) -> dict[str, list[float]]:
    result = xz.evaluate(frame, inputs=INPUTS, good_outputs=GOOD, bad_outputs=BAD, measure=measure)
    return {"score": result.scores.tolist()}


def two_way(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Regress with errors by the rule of fixest and reghdfe."""
    return _estimates(frame, "fixest")


def two_way_all_counted(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Regress with errors by the rule of areg, which counts every effect, as linearmodels can."""
    return _estimates(frame, "areg")


def _estimates(frame: pd.DataFrame, rule: str) -> dict[str, list[float]]:
    fit = xz.fit(frame, outcome="y", regressors=REGRESSORS, cluster="entity", rule=rule)
    return {"estimate": fit.estimate.tolist(), "error": fit.std_error.tolist()}
