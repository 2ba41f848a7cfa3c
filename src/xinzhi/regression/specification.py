"""The specification of a regression: variables, effects and standard errors; contradictions are refused.

The default standard errors are clustered by entity in a panel, independent in a cross-section: with
ordinary serial correlation (AR(1) of 0.6 in regressor and error, 115 entities, 16 periods), intervals of
nominal 95 % cover 83 % under independent errors and 95 % under clusters of entities. So in a panel
independence has to be stated. See docs/decisions/0014-default-errors.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.panel.panel import ENTITY, Panel
from xinzhi.problems import unknown_choice
from xinzhi.wording import message


@dataclass(frozen=True, slots=True)
class Covariance:
    """How the standard errors are computed."""

    kind: str = "iid"
    """iid | hc1 | cluster | two_way | driscoll_kraay; `default` where none was stated."""
    clusters: tuple[str, ...] = ()
    """One column for `cluster`, two for `two_way`; `entity` and `period` name the keys."""
    lag: int | None = None
    """Lag of Driscoll-Kraay errors."""
    rule: str = "fixest"
    """fixest (= reghdfe) | stata | areg: the small-sample rule."""
    is_default: bool = False
    """Whether the standard errors were left to the default."""

    @property
    def is_stated(self) -> bool:
        """Whether the kind of errors does not wait for the data."""
        return self.kind != "default"


LEAST_SQUARES = "least_squares"
DEFAULT = Covariance("default", is_default=True)
"""Clusters of entities in a panel, independent errors elsewhere: see `default_errors`."""


@dataclass(frozen=True, slots=True)
class Regression:
    """outcome ~ regressors + controls | effects."""

    outcome: str
    regressors: tuple[str, ...]
    """Variables of interest: an error, not dropped, when they are not identified."""
    controls: tuple[str, ...] = ()
    effects: tuple[str, ...] = ("entity", "period")
    """`entity`, `period` or any column; empty for pooled least squares with a constant."""
    covariance: Covariance = DEFAULT
    label: str = ""
    singletons: str = "drop"
    """drop | keep: rows that are the only one of a level of an effect carry no information on the slopes."""
    estimator: str = LEAST_SQUARES
    """least_squares | fractional_logit | random_effects: a name in `fit.ESTIMATORS`."""
    level: float = 0.95
    """Coverage of the intervals: 1 less the level at which a study judges its effects."""


def with_errors(data: Panel | pd.DataFrame, regression: Regression) -> Regression:
    """Choose the default standard errors for these data; stated ones are kept.

    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> panel = pd.DataFrame({"x": 1.0}, index=index)
    >>> with_errors(panel, Regression("y", ("x",))).covariance.clusters
    ('entity',)
    >>> with_errors(panel.iloc[::2], Regression("y", ("x",))).covariance.kind
    'iid'
    """
    how = regression.covariance
    if how.is_stated:
        return regression
    frame = data.frame if isinstance(data, Panel) else data
    if is_panel(frame.index):
        return replace(regression, covariance=replace(how, kind="cluster", clusters=(ENTITY,)))
    # The variance of a share depends on its mean: a fractional logit has no errors of one variance.
    kind = "hc1" if regression.estimator == "fractional_logit" else "iid"
    return replace(regression, covariance=replace(how, kind=kind))


def with_other_errors(
    frame: pd.DataFrame, regression: Regression, errors: Covariance
) -> Regression | None:
    """Give a regression by least squares other standard errors; None where it has these already.

    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> panel, asked = pd.DataFrame({"x": 1.0}, index=index), Regression("y", ("x",))
    >>> with_other_errors(panel, asked, Covariance("cluster", ("entity",))) is None
    True
    >>> with_other_errors(panel, asked, Covariance("hc1")).covariance.kind
    'hc1'
    """
    if regression.estimator != LEAST_SQUARES:
        return None
    # The default stands for clusters or independence, depending on the data: compared as resolved.
    current, other = (
        replace(
            with_errors(frame, replace(regression, covariance=how)).covariance, is_default=False
        )
        for how in (regression.covariance, errors)
    )
    return None if current == other else replace(regression, covariance=errors)


def is_panel(index: pd.Index) -> bool:
    """Whether an index (entity, period) has more than one of each."""
    # By codes: levels that no row uses any more stay in the index of a frame that was cut.
    codes = [np.asarray(level) for level in getattr(index, "codes", ())[:2]]
    return all(len(level) and bool((level != level[0]).any()) for level in codes)


CLUSTERS = {"iid": 0, "hc1": 0, "cluster": 1, "two_way": 2, "driscoll_kraay": 0}
"""Kind of errors -> number of clustering columns."""
RULES = ("fixest", "stata", "areg")


def check_words(regression: Regression) -> None:
    """Refuse a regression with contradictory options."""
    problems = [*_problems_of_variables(regression), *_problems_of_errors(regression.covariance)]
    if regression.singletons not in {"drop", "keep"}:
        problems.append(unknown_choice(regression.singletons, "singletons", ("drop", "keep")))
    if problems:
        raise SpecError(problems)


def _problems_of_variables(regression: Regression) -> Iterator[Problem]:
    variables = (regression.outcome, *regression.regressors, *regression.controls)
    twice = sorted({name for name in variables if variables.count(name) > 1})
    if twice:
        text = message("The regression names {names} more than once.", names=", ".join(twice))
        remedy = message("name each variable once, as outcome, regressor or control.")
        yield Problem("reg.named_twice", text, remedy=remedy)
    if not variables[1:]:
        text = message("The regression has no regressor.")
        remedy = message("name at least one regressor.")
        yield Problem("reg.no_regressors", text, remedy=remedy)


def _problems_of_errors(how: Covariance) -> Iterator[Problem]:
    if how.rule not in RULES:
        yield unknown_choice(how.rule, "rule", RULES)
    if how.kind not in CLUSTERS:
        yield unknown_choice(how.kind, "covariance", tuple(CLUSTERS))
    elif len(how.clusters) != CLUSTERS[how.kind]:
        what = message(
            "Standard errors of the kind {kind} take {n} cluster variables, not {given}.",
            kind=how.kind,
            n=CLUSTERS[how.kind],
            given=len(how.clusters),
        )
        remedy = message("name one column for cluster, two for two_way, none for the others.")
        yield Problem("reg.clusters", what, remedy=remedy)
    if how.lag is not None and how.kind != "driscoll_kraay":
        text = message("Standard errors of the kind {kind} have no lag.", kind=how.kind)
        remedy = message("leave out the lag, or use driscoll_kraay.")
        yield Problem("reg.lag_without", text, remedy=remedy)


def require_least_squares(regression: Regression) -> None:
    """Refuse another estimator where the mathematics is that of least squares.

    Raises
    ------
    SpecError
        With code `reg.least_squares_only`.
    """
    if regression.estimator != LEAST_SQUARES:
        what = message(
            "This analysis is defined for least squares, not for the estimator '{name}'.",
            name=regression.estimator,
        )
        remedy = message("use a regression with the estimator least_squares.")
        raise SpecError(Problem("reg.least_squares_only", what, Where(key="estimator"), remedy))
