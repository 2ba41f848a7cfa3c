"""The regression that a verb is told of: outcome, regressors, effects and errors."""

from __future__ import annotations

from xinzhi.api.arguments import Names, names_of
from xinzhi.regression.specification import DEFAULT, Covariance, Regression
from xinzhi.vocabulary import canonical

BOTH = ("entity", "period")


def regression_of(
    outcome: str,
    regressors: Names,
    controls: Names,
    effects: Names,
    cluster: Names,
    covariance: str | None = None,
) -> Regression:
    """Put a regression together; clusters that are named imply clustered errors."""
    clusters = names_of(cluster)
    how = Covariance(("cluster", "two_way")[len(clusters) > 1], clusters) if clusters else DEFAULT
    if covariance is not None:
        kind = canonical("covariance", covariance)
        how = Covariance(kind, clusters or (("entity",) if kind == "cluster" else ()))
    return Regression(
        outcome=outcome,
        regressors=names_of(regressors),
        controls=names_of(controls),
        effects=names_of(effects),
        covariance=how,
    )
