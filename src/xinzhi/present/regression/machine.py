"""A regression table as plain values with stable keys, for results.json."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from xinzhi.present import numbers
from xinzhi.present.regression.fitted import Fitted, NotEstimated
from xinzhi.present.statistics import plain_statistic
from xinzhi.regression.estimates import Constant, CovarianceRule, Estimates
from xinzhi.regression.specification import LEAST_SQUARES
from xinzhi.regression.staggered import CODE
from xinzhi.wording import Message, say


def machine_column(n: int, fitted: Fitted, levels: Mapping[str, float]) -> dict[str, object]:
    """Give a column of the table as plain values with stable keys."""
    asked = fitted.regression
    head: dict[str, object] = {
        "label": asked.label or f"({n})",
        "outcome": asked.outcome,
        "effects": list(asked.effects),
    }
    if isinstance(fitted, NotEstimated):
        failed = [{"code": problem.code, "what": str(problem.what)} for problem in fitted.problems]
        return head | {"coefficients": {}, "n": None, "fit": {}, "not_estimated": failed}
    column = head | {
        "covariance": machine_rule(fitted.covariance),
        "coefficients": {name: _machine_slope(fitted, name, levels) for name in fitted.names},
        "n": fitted.n,
        "n_missing": fitted.n_missing,
        "n_singletons": fitted.n_singletons,
        "dropped": [{"name": d.name, "reason": str(d.reason)} for d in fitted.dropped],
        "fit": fitted.fit.to_dict(),
        **machine_estimator(fitted),
    }
    if fitted.constant is not None:
        column["constant"] = _machine_constant(fitted.constant, levels)
    if fitted.error_tests:
        column["error_tests"] = {test.name: plain_statistic(test) for test in fitted.error_tests}
    if staggered := [
        dict(one.text.values)
        for one in fitted.notices
        if one.code == CODE and isinstance(one.text, Message)
    ]:
        column["staggered"] = staggered
    if fitted.untested:
        column["untested"] = str(fitted.untested)
    return column


def add_to_columns(
    machine: Mapping[str, object], additions: Mapping[int, Mapping[str, Any]]
) -> dict[str, object]:
    """Add values to columns of a table, by position from 0; what has keys is merged key by key."""
    columns = machine["columns"]
    assert isinstance(columns, list)
    return {
        **machine,
        "columns": [_merge(column, additions.get(i, {})) for i, column in enumerate(columns)],
    }


def _merge(values: Mapping[str, Any], additions: Mapping[str, Any]) -> dict[str, Any]:
    merged = {
        key: _merge(values[key], value) if isinstance(values.get(key), dict) else value
        for key, value in additions.items()
    }
    return {**values, **merged}


def machine_estimator(estimates: Estimates) -> dict[str, object]:
    """Give what estimators other than least squares add: name, marginal effects, components."""
    if estimates.estimator == LEAST_SQUARES:
        return {}
    added: dict[str, object] = {"estimator": estimates.estimator}
    if estimates.marginal_effects is not None:
        rows = estimates.marginal_effects.to_frame()
        short = {"estimate": "b", "std_error": "se", "statistic": "t", "p_value": "p"}
        added["marginal_effects"] = rows.rename(columns=short).to_dict("index")
    if estimates.components is not None:
        added["components"] = asdict(estimates.components)
    return added


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


def machine_judge(estimates: Estimates, name: str) -> dict[str, Any]:
    """Say which test p, stars and interval of a slope are of, and what the usual t-test says beside."""
    j, level = estimates.position(name), estimates.regression.level
    effective = float(estimates.effective_clusters[j])
    said: dict[str, Any] = {
        "judge": estimates.judge[j],
        "judge_se": float(estimates.errors[j]),
        "df": float(estimates.df[j]),
        "usual_p": float(estimates.usual_p[j]),
    }
    if not math.isnan(effective):
        said["effective_clusters"] = effective
    if estimates.judge[j] == "anderson_rubin":
        said["set"] = machine_pieces(estimates.set_at(name, level))
    return said


def machine_pieces(pieces: Sequence[tuple[float, float]]) -> list[list[float | str]]:
    """Give the pieces of a set of values as plain lists."""
    return [[_end(low), _end(high)] for low, high in pieces]


def _end(value: float) -> float | str:
    """Write an end of an interval; JSON cannot hold infinity."""
    return value if math.isfinite(value) else ("-inf" if value < 0 else "inf")


def _machine_constant(constant: Constant, levels: Mapping[str, float]) -> dict[str, Any]:
    """Give the constant under fixed effects, with the keys of a slope."""
    return {
        "b": constant.estimate,
        "se": constant.std_error,
        "t": constant.statistic,
        "p": constant.p_value,
        "ci_low": constant.ci_low,
        "ci_high": constant.ci_high,
        "stars": numbers.marks(constant.p_value, levels),
        "judge": constant.judge,
        "df": constant.df,
    }


def _machine_slope(estimates: Estimates, name: str, levels: Mapping[str, float]) -> dict[str, Any]:
    position = estimates.position(name)
    p = float(estimates.p_value[position])
    has_errors = not estimates.untested
    reasons = {bare.name: str(bare.reason) for bare in estimates.without_error}
    return {
        "b": float(estimates.estimate[position]),
        "se": float(estimates.std_error[position]) if has_errors else math.nan,
        "t": float(estimates.statistic[position]),
        "p": p,
        "ci_low": float(estimates.ci_low[position]) if has_errors else math.nan,
        "ci_high": float(estimates.ci_high[position]) if has_errors else math.nan,
        "stars": numbers.marks(p, levels),
        **machine_judge(estimates, name),
        **({"no_error": reasons[name]} if name in reasons else {}),
    }
