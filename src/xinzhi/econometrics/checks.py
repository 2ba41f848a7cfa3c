"""Questions that cannot be asked of the data, said with their remedy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from xinzhi.econometrics.specification import LEAST_SQUARES, Regression
from xinzhi.errors import Problem, SpecError, Where
from xinzhi.problems import NOT_NUMERIC, unknown_choice
from xinzhi.wording import message

CLUSTERS = {"iid": 0, "hc1": 0, "cluster": 1, "two_way": 2, "driscoll_kraay": 0}
"""Kind of errors -> number of clustering columns."""
RULES = ("fixest", "stata", "areg")


def check_words(regression: Regression) -> None:
    """Refuse a regression whose words contradict each other."""
    kind = regression.covariance.kind
    variables = (regression.outcome, *regression.regressors, *regression.controls)
    twice = sorted({name for name in variables if variables.count(name) > 1})
    checks: tuple[tuple[bool, Callable[[], Problem]], ...] = (
        (kind not in CLUSTERS, lambda: unknown_choice(kind, "covariance", tuple(CLUSTERS))),
        (
            regression.covariance.rule not in RULES,
            lambda: unknown_choice(regression.covariance.rule, "rule", RULES),
        ),
        (
            regression.singletons not in {"drop", "keep"},
            lambda: unknown_choice(regression.singletons, "singletons", ("drop", "keep")),
        ),
        (
            len(regression.covariance.clusters) != CLUSTERS.get(kind, 0) and kind in CLUSTERS,
            lambda: _wrong_clusters(regression),
        ),
        (
            regression.covariance.lag is not None and kind != "driscoll_kraay",
            lambda: _lag_without(kind),
        ),
        (bool(twice), lambda: _named_twice(twice)),
        (not variables[1:], _nothing_to_estimate),
    )
    problems = [problem() for applies, problem in checks if applies]
    if problems:
        raise SpecError(problems)


def require_least_squares(regression: Regression) -> None:
    """Refuse another estimator where the mathematics is that of least squares.

    Raises
    ------
    SpecError
        With code `reg.least_squares_only`.
    """
    if regression.estimator != LEAST_SQUARES:
        raise SpecError(
            Problem(
                "reg.least_squares_only",
                message(
                    "This analysis is defined for least squares, not for the estimator '{name}'.",
                    name=regression.estimator,
                ),
                Where(key="estimator"),
                message("use a regression with the estimator least_squares."),
            )
        )


def _wrong_clusters(regression: Regression) -> Problem:
    kind = regression.covariance.kind
    return Problem(
        "reg.clusters",
        message(
            "Errors of kind {kind} take {n} clustering columns, not {given}.",
            kind=kind,
            n=CLUSTERS[kind],
            given=len(regression.covariance.clusters),
        ),
        remedy=message("name one column for cluster, two for two_way, none for the others."),
    )


def _lag_without(kind: str) -> Problem:
    return Problem(
        "reg.lag_without",
        message("Errors of kind {kind} have no lag.", kind=kind),
        remedy=message("leave out the lag, or use driscoll_kraay."),
    )


def _named_twice(names: list[str]) -> Problem:
    return Problem(
        "reg.named_twice",
        message("The regression names {names} more than once.", names=", ".join(names)),
        remedy=message("name each variable once, as outcome, regressor or control."),
    )


def _nothing_to_estimate() -> Problem:
    return Problem(
        "reg.no_regressors",
        message("The regression has no regressor."),
        remedy=message("name at least one regressor."),
    )


def not_numeric(name: str, series: pd.Series) -> Problem:
    """Say where a column holds something else than a number."""
    numbers = pd.to_numeric(series, errors="coerce")
    place = int(np.argmax((numbers.isna() & series.notna()).to_numpy()))
    entity, period = series.index[place]
    return Problem(
        NOT_NUMERIC,
        message(
            "Column '{name}' holds '{value}', not a number.", name=name, value=series.iloc[place]
        ),
        Where(column=name, entity=str(entity), period=str(period)),
        message("use a column of numbers; a group can be an effect."),
    )


def infinite(name: str, series: pd.Series) -> Problem:
    """Say where a column holds an infinite value."""
    place = int(np.argmax(np.isinf(series.to_numpy(dtype=np.float64, na_value=np.nan))))
    entity, period = series.index[place]
    return Problem(
        "data.infinite",
        message("Column '{name}' holds an infinite value.", name=name),
        Where(column=name, entity=str(entity), period=str(period)),
        message("look for a division by zero or the logarithm of zero."),
    )
