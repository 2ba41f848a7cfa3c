"""A regression of columns of a frame: what a user of panels starts with."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from xinzhi_core.errors import DataError, Problem, SpecError, Where
from xinzhi_core.panel.panel import ENTITY, PERIOD
from xinzhi_core.problems import require_columns
from xinzhi_core.wording import message
from xinzhi_econometrics.estimates import Estimates, require_coverage
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import DEFAULT, LEAST_SQUARES, Covariance, Regression


def regress(
    data: pd.DataFrame,
    outcome: str,
    regressors: str | Sequence[str],
    *,
    entity: str | None = None,
    period: str | None = None,
    controls: str | Sequence[str] = (),
    effects: str | Sequence[str] = (ENTITY, PERIOD),
    covariance: str = "",
    cluster: str | Sequence[str] = (),
    lag: int | None = None,
    estimator: str = LEAST_SQUARES,
    level: float = 0.95,
) -> Estimates:
    """Regress an outcome on columns with fixed effects, and judge each slope by the best test at hand.

    y_it = x_it'β + α_i + γ_t + e_it, with the effects removed by projections.

    Parameters
    ----------
    data
        One row per entity and period, indexed by both, or with columns that `entity` and `period` name.
    outcome, regressors, controls
        Columns of numbers; a regressor that is not identified is an error, a control is left out and told.
    effects
        `entity`, `period`, or any column; empty for pooled least squares with a constant.
    covariance
        iid, hc1, cluster, two_way or driscoll_kraay; clustered by entity in a panel where nothing is said.
    cluster
        One or two columns of clusters; enough for clustered errors.
    lag
        Of Driscoll-Kraay errors.
    estimator
        least_squares, random_effects or fractional_logit.
    level
        Coverage of the intervals, between 0.5 and 1.

    Returns
    -------
    Estimates
        Slopes in units of the outcome per unit of the regressor; `.to_frame()` has a row for each. With few clusters
        the errors are CR2 with Satterthwaite degrees of freedom, and judge.

    Raises
    ------
    NotIdentified, DataError, SpecError, MethodError
        With column and remedy.

    References
    ----------
    Cameron, Gelbach and Miller (2011), doi 10.1198/jbes.2010.07136; Pustejovsky and Tipton (2018), doi
    10.1080/07350015.2016.1247004.

    Examples
    --------
    >>> rows = {"city": list("aaabbbccc"), "year": [1, 2, 3] * 3, "x": [0.0, 1, 2, 5, 1, 0, 1, 2, 7]}
    >>> frame = pd.DataFrame(rows).assign(y=lambda f: 2 * f["x"] + (f["city"] == "b") + 0.1 * (f["x"] > 4))
    >>> found = regress(frame, "y", "x", entity="city", period="year", effects="entity")
    >>> found.names, found.estimate.round(3).tolist(), found.n
    (('x',), [2.018], 9)
    """
    require_coverage(level)
    if entity is None and period is not None:
        text = message("A period was named, and no entity.")
        remedy = message("name both, or index the frame by both.")
        raise SpecError(Problem("reg.keys", text, Where(key="entity"), remedy))
    keys = {ENTITY: entity, PERIOD: period}
    frame = data
    if entity is not None:
        named = [name for name in keys.values() if name is not None]
        require_columns(named, data.columns)
        _refuse_blank(data, named)
        frame = data.set_index(named, drop=False)
        if period is None:
            frame = frame.assign(**{PERIOD: 0}).set_index(PERIOD, append=True)
        frame.index.names = [ENTITY, PERIOD]
    clusters = _names(cluster)
    kinds = {0: covariance, 1: covariance or "cluster", 2: covariance or "two_way"}
    kind = kinds.get(len(clusters), covariance)
    how = (
        Covariance(kind, clusters or ((ENTITY,) if kind == "cluster" else ()), lag)
        if kind
        else DEFAULT
    )
    regression = Regression(
        outcome,
        _names(regressors),
        _names(controls),
        _names(effects),
        how,
        estimator=estimator,
        level=level,
    )
    return fit(frame, regression)


def _refuse_blank(data: pd.DataFrame, keys: Sequence[str]) -> None:
    """Refuse rows that belong to no entity or period."""
    blank = {name: data[name].isna() for name in keys}
    problems = [
        Problem(
            "panel.blank_key",
            message(
                "The {key} of {n} rows is empty.",
                one="The {key} of {n} row is empty.",
                key=name,
                n=int(rows.sum()),
            ),
            Where(column=name),
            message("fill it or leave the rows out."),
        )
        for name, rows in blank.items()
        if rows.any()
    ]
    if problems:
        raise DataError(problems)


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
