"""Models: regressions and what an honest referee asks of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xinzhi.door.arguments import Data, Names, names_of
from xinzhi.door.keys import Key, keyed
from xinzhi.econometrics.diagnostics.hausman import Hausman
from xinzhi.econometrics.diagnostics.hausman import hausman as hausman_test
from xinzhi.econometrics.diagnostics.vif import Vif
from xinzhi.econometrics.diagnostics.vif import vif as vif_of
from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.fit import fit as fit_regression
from xinzhi.econometrics.heterogeneity import Heterogeneity
from xinzhi.econometrics.heterogeneity import compare_groups as compare
from xinzhi.econometrics.mediation import Mediation
from xinzhi.econometrics.mediation import mediate as decompose
from xinzhi.econometrics.moderation import Moderation
from xinzhi.econometrics.moderation import moderate as interact
from xinzhi.econometrics.specification import Covariance, Regression
from xinzhi.econometrics.specification_curve import SpecificationCurve
from xinzhi.econometrics.specification_curve import specification_curve as curve_of
from xinzhi.vocabulary import canonical

BOTH = ("entity", "period")


def fit(
    data: Data,
    *,
    outcome: str,
    regressors: Names,
    controls: Names = (),
    effects: Names = BOTH,
    covariance: str = "iid",
    cluster: Names = (),
    lag: int | None = None,
    rule: str = "fixest",
    entity: Key | None = None,
    period: Key | None = None,
) -> Estimates:
    """Regress an outcome on columns with fixed effects.

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
        iid, hc1, cluster, two_way or driscoll_kraay; naming a `cluster` is enough for the first two
        kinds of clustering.
    cluster
        One column, or two.
    lag
        Lag of Driscoll-Kraay errors.
    rule
        fixest (= reghdfe), stata or areg: the small-sample rule of clustered errors.
    entity, period
        Columns or index levels of a frame; every function of this module takes them.

    Returns
    -------
    Estimates
        Slopes, errors, fit, what was left out; `.to_frame()` has one row a slope.

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
    regression = _regression(outcome, regressors, controls, effects, cluster)
    if covariance != "iid" or rule != "fixest":
        kind = canonical("covariance", covariance)
        kind = regression.covariance.kind if kind == "iid" else kind
        clusters = regression.covariance.clusters
        how = Covariance(kind, clusters, lag, canonical("rule", rule))
        regression = replace(regression, covariance=how)
    return fit_regression(keyed(data, entity, period), regression)


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
    return vif_of(keyed(data, entity, period), _regression(outcome, regressors, controls, (), ()))


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
        keyed(data, entity, period), _regression(outcome, regressors, controls, effects, ())
    )


def mediate(
    data: Data,
    *,
    outcome: str,
    regressors: Names,
    mediators: Names,
    controls: Names = (),
    effects: Names = BOTH,
    cluster: Names = (),
    draws: int = 1000,
    seed: int = 0,
    entity: Key | None = None,
    period: Key | None = None,
) -> Mediation:
    """Decompose the effects of regressors into direct ones and ones through a mediator.

    total = direct + a b on one common sample; Sobel's test and the percentile bootstrap by
    clusters of a b stand side by side. Stepwise mediation is not causal by itself.

    References
    ----------
    Sobel (1982), doi 10.2307/270723.
    """
    regression = _regression(outcome, regressors, controls, effects, cluster)
    return decompose(
        keyed(data, entity, period), regression, names_of(mediators), draws=draws, seed=seed
    )


def moderate(
    data: Data,
    *,
    outcome: str,
    regressors: Names,
    focal: str,
    moderator: str,
    controls: Names = (),
    effects: Names = BOTH,
    cluster: Names = (),
    lag: int = 1,
    entity: Key | None = None,
    period: Key | None = None,
) -> Moderation:
    """Estimate how a moderator changes the effect of a regressor, everything lagged by `lag`.

    References
    ----------
    Bauer and Curran (2005), doi 10.1207/s15327906mbr4003_5 (Johnson-Neyman regions).
    """
    regression = _regression(outcome, regressors, controls, effects, cluster)
    return interact(
        keyed(data, entity, period), regression, focal=focal, moderator=moderator, steps=lag
    )


def compare_groups(
    data: Data,
    *,
    outcome: str,
    regressors: Names,
    by: str,
    controls: Names = (),
    effects: Names = BOTH,
    cluster: Names = (),
    draws: int = 1000,
    seed: int = 0,
    entity: Key | None = None,
    period: Key | None = None,
) -> Heterogeneity:
    """Estimate a regression in each group and test the differences.

    A fully interacted model with group by year effects, and permutation of entities between
    groups.
    """
    regression = _regression(outcome, regressors, controls, effects, cluster)
    return compare(keyed(data, entity, period), regression, by, draws=draws, seed=seed)


def specification_curve(
    data: Data,
    *,
    outcome: str,
    regressors: Names,
    choices: Mapping[str, tuple[object, ...]],
    controls: Names = (),
    effects: Names = BOTH,
    cluster: Names = (),
    entity: Key | None = None,
    period: Key | None = None,
) -> SpecificationCurve:
    """Estimate the product of declared choices, such as `{"effects": (("entity",), None)}`.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), doi 10.1038/s41562-020-0912-z.
    """
    regression = _regression(outcome, regressors, controls, effects, cluster)
    return curve_of(keyed(data, entity, period), regression, choices)


def _regression(
    outcome: str, regressors: Names, controls: Names, effects: Names, cluster: Names
) -> Regression:
    clusters = names_of(cluster)
    kinds = ("iid", "cluster", "two_way")
    return Regression(
        outcome=outcome,
        regressors=names_of(regressors),
        controls=names_of(controls),
        effects=names_of(effects),
        covariance=Covariance(kinds[min(len(clusters), 2)], clusters),
    )
