"""A regression table as plain values with stable keys, for results.json."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict

from xinzhi.present import numbers
from xinzhi.present.regression.fitted import Fitted, NotEstimated
from xinzhi.present.statistics import plain_statistic
from xinzhi.regression.estimates import CovarianceRule, Estimates
from xinzhi.regression.specification import LEAST_SQUARES
from xinzhi.wording import say


def machine_column(position: int, one: Fitted, levels: Mapping[str, float]) -> dict[str, object]:
    """Give a column of the table as plain values with stable keys."""
    asked = one.regression
    head: dict[str, object] = {
        "label": asked.label or f"({position})",
        "outcome": asked.outcome,
        "effects": list(asked.effects),
    }
    if isinstance(one, NotEstimated):
        failed = [{"code": problem.code, "what": str(problem.what)} for problem in one.problems]
        return head | {"coefficients": {}, "n": None, "fit": {}, "not_estimated": failed}
    rule = one.covariance
    return head | {
        "covariance": machine_rule(rule),
        "coefficients": {name: _machine_slope(one, name, levels) for name in one.names},
        "n": one.n,
        "n_missing": one.n_missing,
        "n_singletons": one.n_singletons,
        "dropped": [{"name": d.name, "reason": str(d.reason)} for d in one.dropped],
        "fit": one.fit.to_dict(),
        **machine_estimator(one),
        **(
            {"error_tests": {test.name: plain_statistic(test) for test in one.error_tests}}
            if one.error_tests
            else {}
        ),
        **({"untested": str(one.untested)} if one.untested else {}),
    }


def machine_estimator(one: Estimates) -> dict[str, object]:
    """Give what estimators other than least squares add: name, marginal effects, components."""
    if one.estimator == LEAST_SQUARES:
        return {}
    found: dict[str, object] = {"estimator": one.estimator}
    if one.marginal_effects is not None:
        rows = one.marginal_effects.to_frame()
        short = {"estimate": "b", "std_error": "se", "statistic": "t", "p_value": "p"}
        found["marginal_effects"] = rows.rename(columns=short).to_dict("index")
    if one.components is not None:
        found["components"] = asdict(one.components)
    return found


def machine_rule(rule: CovarianceRule) -> dict[str, object]:
    """Give the errors in force as plain values."""
    return {
        "kind": rule.kind,
        "clusters": dict(rule.clusters),
        "rule": rule.name,
        "rule_in_words": say(rule.rule, "en"),
        "df": rule.df,
        **({"lag": rule.lag} if rule.lag is not None else {}),
        **({"repaired": True} if rule.was_repaired else {}),
        **({"default": True} if rule.is_default else {}),
    }


def _machine_slope(
    one: Estimates, name: str, levels: Mapping[str, float]
) -> dict[str, float | str]:
    at = one.position(name)
    p = float(one.p_value[at])
    has_errors = not one.untested
    reasons = {bare.name: str(bare.reason) for bare in one.without_error}
    return {
        "b": float(one.estimate[at]),
        "se": float(one.std_error[at]) if has_errors else math.nan,
        "t": float(one.statistic[at]),
        "p": p,
        "ci_low": float(one.ci_low[at]) if has_errors else math.nan,
        "ci_high": float(one.ci_high[at]) if has_errors else math.nan,
        "stars": numbers.marks(p, levels),
        **({"no_error": reasons[name]} if name in reasons else {}),
    }
