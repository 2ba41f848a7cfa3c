"""Models: regressions and what an honest referee asks of them."""

from __future__ import annotations

from dataclasses import replace

from xinzhi.api.arguments import Data, Names
from xinzhi.api.keys import Key, keyed
from xinzhi.api.regression import BOTH, regression_of
from xinzhi.regression.diagnostics.error_tests import with_advice
from xinzhi.regression.diagnostics.hausman import Hausman
from xinzhi.regression.diagnostics.hausman import hausman as hausman_test
from xinzhi.regression.diagnostics.vif import Vif
from xinzhi.regression.diagnostics.vif import vif as vif_of
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.fit import fit as estimate
from xinzhi.vocabulary import canonical


def fit(
    data: Data,
    *,
    outcome: str,
    regressors: Names,
    controls: Names = (),
    effects: Names = BOTH,
    covariance: str | None = None,
    cluster: Names = (),
    lag: int | None = None,
    rule: str = "fixest",
    estimator: str = "least_squares",
    entity: Key | None = None,
    period: Key | None = None,
) -> Estimates:
    """Regress an outcome on columns with fixed effects, with random effects, or by a fractional logit.

    Parameters
    ----------
    data
        A panel, or a frame with two index levels of which the names, or the values, say which is
        the entity and which the period.
    outcome, regressors, controls
        Names of columns. A regressor that cannot be estimated is an error, a control is left out and
        named.
    effects
        `entity`, `period` or columns; empty for pooled least squares with a constant.
    covariance
        iid, hc1, cluster, two_way or driscoll_kraay; naming a `cluster` is enough for the two kinds
        of clustering. None: clustered by entity in a panel, iid in a cross-section.
    cluster
        One column, or two.
    lag
        Lag of Driscoll-Kraay errors.
    rule
        fixest (= reghdfe), stata or areg: the small-sample rule of clustered and of Driscoll-Kraay
        errors.
    estimator
        least_squares; random_effects (of entities, by generalised least squares); or fractional_logit
        for an outcome from 0 to 1, with the means of the regressors in the place of entity effects.
    entity, period
        Columns or index levels of a frame; every function of this module takes them.

    Returns
    -------
    Estimates
        Slopes, errors, fit, what was left out; `.to_frame()` has one row a slope, and
        `.marginal_effects` of a fractional logit one row a regressor.

    Raises
    ------
    NotIdentified, DataError, SpecError
        With column and remedy.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([list("abc"), range(4)], names=["entity", "period"])
    >>> x = np.array([0.0, 1, 2, 5, 1, 0, 1, 2, 7, 1, 3, 3])
    >>> frame = pd.DataFrame({"x": x, "y": 2 * x + np.repeat([0.0, 9, 5], 4)}, index=index)
    >>> frame.loc[("a", 0), "y"] += 1
    >>> float(fit(frame, outcome="y", regressors="x", effects="entity").to_frame()["estimate"].iloc[0].round(3))
    1.943
    """
    regression = regression_of(outcome, regressors, controls, effects, cluster, covariance)
    how = replace(regression.covariance, lag=lag, rule=canonical("rule", rule))
    frame = keyed(data, entity, period)
    asked = replace(regression, covariance=how, estimator=canonical("estimator", estimator))
    return with_advice(frame, estimate(frame, asked))


def vif(
    data: Data,
    *,
    outcome: str,
    regressors: Names,
    controls: Names = (),
    entity: Key | None = None,
    period: Key | None = None,
) -> Vif:
    """Tell how collinear regressors are: the diagonal of the inverse of their correlations.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([list("ab"), range(3)], names=["entity", "period"])
    >>> frame = pd.DataFrame({"y": range(6), "x": [1.0, 2, 3, 1, 2, 3], "z": [1.0, 0, 1, 1, 0, 1]}, index)
    >>> vif(frame, outcome="y", regressors=["x", "z"]).to_frame()["vif"].round(3).tolist()
    [1.0, 1.0]
    """
    return vif_of(keyed(data, entity, period), regression_of(outcome, regressors, controls, (), ()))


def hausman(
    data: Data,
    *,
    outcome: str,
    regressors: Names,
    controls: Names = (),
    effects: Names = "entity",
    entity: Key | None = None,
    period: Key | None = None,
) -> Hausman:
    """Compare fixed and random effects: classic with eigenvalues, sigmamore, Mundlak by clusters.

    References
    ----------
    Hausman (1978), doi 10.2307/1913827; Mundlak (1978), doi 10.2307/1913646.
    """
    return hausman_test(
        keyed(data, entity, period), regression_of(outcome, regressors, controls, effects, ())
    )
