"""Influence: coefficients with one entity left out at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi_core.errors import MethodError
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import message
from xinzhi_econometrics.diagnostics import DIAGNOSTICS, Diagnosis
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.inference import Inapplicable
from xinzhi_econometrics.resampling.cluster_bootstrap import leave_one_out, sums
from xinzhi_econometrics.specification import Regression

NAME = "influence"
SHOWN = 10


@dataclass(frozen=True, slots=True, eq=False)
class EntityInfluence:
    """Slopes without each entity."""

    estimates: Estimates
    without: pd.DataFrame
    """Slope of each variable of interest (columns) without each entity (rows)."""
    shift: pd.DataFrame
    """(without - with) / standard error, same shape."""
    jackknife: pd.Series
    """Jackknife standard error of each variable of interest."""

    def to_frame(self) -> pd.DataFrame:
        """Return the ten entities with the largest influence on a coefficient, in standard errors."""
        largest = self.shift.abs().max(axis=1).sort_values(ascending=False, kind="stable")
        return self.shift.loc[largest.index[:SHOWN]]


def influence(data: Panel | pd.DataFrame, regression: Regression) -> EntityInfluence:
    """Leave out one entity at a time.

    Jackknife s² = (G-1)/G Σ_g (b_(g) - mean b_(g))²; DFBETAS = (b_(g) - b)/s.

    References
    ----------
    Belsley, Kuh and Welsch (1980), doi:10.1002/0471725153; Efron (1982),
    doi:10.1137/1.9781611970319.
    """
    estimates = fit(data, regression)
    names = tuple(name for name in estimates.names if name != "_cons")
    added = sums(data, regression, cluster="entity")
    slopes = added.slopes(leave_one_out(added.n_clusters), regression.outcome, names)
    index = pd.Index(added.clusters, name="entity")
    interest = list(regression.regressors)
    without = pd.DataFrame(slopes, index=index, columns=list(names))[interest]
    pick = [estimates.position(name) for name in interest]
    moved = (without.to_numpy() - estimates.estimate[pick]) / estimates.std_error[pick]
    shift = pd.DataFrame(moved, index=index, columns=interest)
    g = added.n_clusters
    # Without an entity a slope may not be identified: its jackknife error is then not a number.
    jackknife = np.sqrt((g - 1) / g * ((without - without.mean()) ** 2).sum(skipna=False))
    return EntityInfluence(estimates, without, shift, jackknife)


@DIAGNOSTICS.add(NAME)
def diagnose(data: Panel | pd.DataFrame, regression: Regression) -> Diagnosis:
    """Compute coefficients with each entity left out, and name those that change a sign."""
    try:
        result = influence(data, regression)
    except MethodError as error:
        return Diagnosis(NAME, (Inapplicable(NAME, error.problems[0].what),))
    estimates, without = result.estimates, result.without
    slopes = estimates.estimate[[estimates.position(name) for name in regression.regressors]]
    turned = (np.sign(without) != np.sign(slopes)) & without.notna()
    notices = tuple(
        Notice(
            "influence.sign",
            message(
                "Without {entity} the slope of '{name}' changes its sign.", entity=entity, name=name
            ),
        )
        for name in regression.regressors
        for entity in without.index[turned[name]]
    )
    return Diagnosis(NAME, table=result.to_frame(), notices=notices)
