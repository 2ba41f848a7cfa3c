"""Xinzhi in Python: from a frame to a result with slacks, targets, peers and proofs."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from data import (
    BAD,
    CONTROLS,
    FACTORS,
    GOOD,
    INPUTS,
    KEYS,
    REGRESSORS,
    WINDOWS,
    NumberFile,
    lattice_neighbours,
    with_mediator,
)

import xinzhi as xz
from xinzhi.analyses.specification_curve.compute import subsets
from xinzhi_econometrics.resampling.wild_bootstrap import wild_bootstrap
from xinzhi_econometrics.space.hot_spots import hot_spots, local_moran
from xinzhi_econometrics.space.weights import Neighbours, moran, neighbours_of
from xinzhi_econometrics.specification import Covariance, Regression


def read(file: NumberFile) -> dict[str, list[float]]:
    """Read a panel with all checks, and return every 97th number."""
    panel = xz.read(file.path, entity=KEYS[0], period=KEYS[1])
    return {"number": panel.frame.to_numpy().ravel()[::97].tolist()}


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


def wild_9999(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Test all slopes by 9,999 draws, and invert the tests for their intervals."""
    errors = Covariance("cluster", ("entity",), rule="areg")
    asked = Regression("y", REGRESSORS, effects=("entity", "period"), covariance=errors)
    return {"statistic": [float(wild_bootstrap(frame, asked, draws=9999).statistic[0])]}


def mediation(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Split the effects of three factors into direct and mediated parts, 1,000 draws of clusters."""
    found = xz.mediate(
        with_mediator(frame),
        outcome="y",
        regressors=FACTORS,
        controls=CONTROLS,
        through="m",
        cluster="entity",
        draws=1000,
    )
    return {"ab": [effect.indirect for effect in found.effects]}


def curve(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Estimate three factors under all choices of controls, effects, windows and errors."""
    found = xz.specification_curve(
        frame,
        outcome="y",
        regressors=FACTORS,
        controls=CONTROLS,
        vary={
            "controls": subsets(CONTROLS),
            "effects": (("entity",), ("entity", "period")),
            "window": WINDOWS,
            "covariance": [
                {"cluster": "entity"},
                {"two_way": ["entity", "period"]},
                "hc1",
                "iid",
            ],
        },
    )
    rows = found.table
    whole = (rows["effects"] == "entity, period") & (rows["covariance"] == "iid")
    whole &= rows["window"] == "2000, 2015"
    chosen = rows[whole].sort_values(["name", "specification"])
    return {"estimate": chosen["estimate"].tolist()}


def three_way(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Regress with a third effect."""
    return _estimates(frame, "fixest", (*KEYS, "group"))


def _estimates(
    frame: pd.DataFrame, rule: str, effects: tuple[str, ...] = KEYS
) -> dict[str, list[float]]:
    words = {"outcome": "y", "regressors": REGRESSORS, "cluster": "entity", "rule": rule}
    fit = xz.fit(frame, effects=effects, **words)
    return {"estimate": fit.estimate.tolist(), "error": fit.std_error.tolist()}


def moran_999(values: pd.Series) -> dict[str, list[float]]:
    """Compute Moran's I."""
    found = moran(values, _neighbours(len(values)), generator=_generator(), permutations=999)
    return {"statistic": [found.value]}


def local_999(values: pd.Series) -> dict[str, list[float]]:
    """Compute local Moran's I."""
    return _local(values, 999)


def local_9999(values: pd.Series) -> dict[str, list[float]]:
    """Compute local Moran's I."""
    return _local(values, 9999)


def hot_999(values: pd.Series) -> dict[str, list[float]]:
    """Compute G*."""
    found = hot_spots(values, _neighbours(len(values)), generator=_generator(), permutations=999)
    return {"statistic": found.by_place["z"].tolist()}


def _local(values: pd.Series, permutations: int) -> dict[str, list[float]]:
    neighbours = _neighbours(len(values))
    found = local_moran(values, neighbours, generator=_generator(), permutations=permutations)
    return {"statistic": found.by_place["local_moran"].tolist()}


@cache
def _neighbours(n: int) -> Neighbours:
    return neighbours_of(lattice_neighbours(n))


def _generator() -> np.random.Generator:
    return np.random.default_rng(1)
