"""What if a factor moved: the change of the score that the estimates imply, with its interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from xinzhi.errors import DuplicateKey, MissingColumn, OutOfDomain, Problem, Where
from xinzhi.notices import Notice
from xinzhi.typology.scores import named, require, require_choice
from xinzhi.wording import message

Transform = Literal["none", "ln", "ln1p"]


@dataclass(frozen=True, slots=True)
class Change:
    """By how much a factor moves."""

    amount: float
    """A share of its own value (0.10: ten per cent more), or units of the factor."""
    kind: Literal["relative", "absolute"] = "relative"

    def move(self, value: float) -> float:
        """Move a value.

        >>> Change(0.10).move(50.0), Change(-2.0, "absolute").move(50.0)
        (55.0, 48.0)
        """
        if self.kind == "relative":
            return value + value * self.amount
        return value + self.amount


FORWARD: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {"none": float, "ln": lambda x: float(np.log(x)), "ln1p": lambda x: float(np.log1p(x))}
)
LOWEST: Mapping[str, float] = MappingProxyType({"none": -np.inf, "ln": 0.0, "ln1p": -1.0})
"""Values must lie above."""


@dataclass(frozen=True, slots=True)
class Shift:
    """The change of one score."""

    change: float
    """New score less old."""
    std_error: float
    ci_low: float
    ci_high: float
    """change -/+ critical value * std_error."""


def shift_of_score(
    score: float,
    moved: float,
    b: float,
    se: float,
    *,
    outcome_transform: Transform = "ln1p",
    critical: float = 1.959963984540054,
) -> Shift:
    """Compute the change of a score whose transform rises by b times a move of the factor.

        ln1p:  S' - S = (1 + S) (exp(b d) - 1),   se = (1 + S) exp(b d) |d| se_b
        ln:    S' - S =      S  (exp(b d) - 1),   se =      S  exp(b d) |d| se_b
        none:  S' - S = b d,                      se = |d| se_b

    with d the move of the transformed factor; the error is the delta method's.

    Parameters
    ----------
    score
        Score now, not transformed.
    moved
        d, the move of the factor as it enters the regression.
    b, se
        Slope and its standard error.
    outcome_transform
        How the score enters the regression.
    critical
        Critical value of the interval; 1.96 for 95 per cent of the normal law.

    Examples
    --------
    >>> round(shift_of_score(0.30, np.log(1.1), 0.02, 0.009).change, 6)
    0.00248
    """
    require_choice("transform", outcome_transform, tuple(FORWARD))
    _check_domain(score, outcome_transform, message("the score"))
    if outcome_transform == "none":
        change, error = b * moved, abs(moved) * se
    else:
        base = score + (1.0 if outcome_transform == "ln1p" else 0.0)
        change = base * float(np.expm1(b * moved))
        error = base * float(np.exp(b * moved)) * abs(moved) * se
    return Shift(change, error, change - critical * error, change + critical * error)


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """The implied change of the score for each city, factor and estimate that speaks for it."""

    by_city: pd.DataFrame
    """Columns entity, factor, grouping, group (of the estimate), value, new_value, score,
    new_score, change, std_error, ci_low, ci_high, is_outside (the new value lies beyond all that
    were observed)."""
    confidence: float
    notices: tuple[Notice, ...] = ()


def what_if(
    scores: pd.Series,
    factors: pd.DataFrame,
    estimates: pd.DataFrame,
    changes: Mapping[str, Change],
    *,
    factor_transform: Mapping[str, Transform] | Transform = "ln1p",
    outcome_transform: Transform = "ln1p",
    observed: pd.DataFrame | None = None,
    confidence: float = 0.95,
) -> WhatIf:
    """Compute how the score would change if a factor moved and all else stayed.

    Parameters
    ----------
    scores
        Score now, per entity, not transformed.
    factors
        Factors now, entity x factor, own units, not transformed.
    estimates
        Columns entity, factor, grouping, group, b, se and, if wanted, df: the estimates that speak
        for each city, as `Pathways.to_frame` gives them; rows without b are left out.
    changes
        Factor -> its move.
    factor_transform, outcome_transform
        How factor and score enter the regression: `none`, `ln`, `ln1p`.
    observed
        Values of the factors in the sample, to tell which moves leave their range; the factors
        now if None.
    confidence
        Confidence of the intervals.

    Raises
    ------
    MissingColumn
        A factor with a change is not among the factors, or a column of the estimates is missing.
    OutOfDomain
        A value, before or after its move, has no logarithm.

    Examples
    --------
    >>> found = what_if(pd.Series({"a": 0.3}), pd.DataFrame({"HEE": [49.0]}, index=["a"]),
    ...     pd.DataFrame({"entity": ["a"], "factor": ["HEE"], "grouping": [""], "group": [""],
    ...     "b": [0.02], "se": [0.009]}), {"HEE": Change(0.10)})
    >>> found.by_city[["new_value", "change"]].round(5).to_numpy().tolist()
    [[53.9, 0.00243]]
    """
    require(
        0 < confidence < 1,
        "what_if.confidence",
        message("The confidence is {confidence}.", confidence=confidence),
        message("give a number between 0 and 1, such as 0.95."),
    )
    _check_columns(factors, estimates, changes)
    _check_unique(scores.index, factors.index)
    transforms = _transforms(factor_transform, changes)
    wanted = estimates[estimates["factor"].isin(list(changes))]
    known = [_is_known(row, scores, factors) for row in _records(wanted)]
    frame = pd.DataFrame(
        [
            _row(
                row,
                float(scores[row["entity"]]),
                float(factors[row["factor"]][row["entity"]]),
                changes[row["factor"]],
                transforms[row["factor"]],
                outcome_transform,
                confidence,
            )
            for row in _records(wanted[known])
        ],
        columns=list(COLUMNS),
    )
    span = (factors if observed is None else observed)[list(changes)]
    low, high = frame["factor"].map(span.min()), frame["factor"].map(span.max())
    frame["is_outside"] = ~frame["new_value"].between(low.astype(float), high.astype(float))
    silent = wanted.loc[~np.array(known, dtype=bool), "entity"].astype(str)
    return WhatIf(frame, confidence, _notices(frame, silent))


COLUMNS = (
    "entity",
    "factor",
    "grouping",
    "group",
    "value",
    "new_value",
    "score",
    "new_score",
    "change",
    "std_error",
    "ci_low",
    "ci_high",
    "is_outside",
)


def _check_columns(
    factors: pd.DataFrame, estimates: pd.DataFrame, changes: Mapping[str, Change]
) -> None:
    needed = ("entity", "factor", "grouping", "group", "b", "se")
    missing = [name for name in changes if name not in factors.columns]
    missing += [name for name in needed if name not in estimates.columns]
    if missing:
        raise MissingColumn(
            Problem(
                "data.missing_column",
                message("Column '{name}' is not in the data.", name=name),
                Where(column=name),
            )
            for name in missing
        )


def _transforms(
    given: Mapping[str, Transform] | Transform, changes: Mapping[str, Change]
) -> Mapping[str, Transform]:
    named_ = {factor: given if isinstance(given, str) else given[factor] for factor in changes}
    for word in named_.values():
        require_choice("transform", word, tuple(FORWARD))
    return named_


def _check_unique(*indices: pd.Index) -> None:
    twice = sorted({str(name) for index in indices for name in index[index.duplicated()]})
    if twice:
        raise DuplicateKey(
            Problem(
                "what_if.value_twice",
                message("Entity {entity} has two values.", entity=entity),
                Where(entity=entity),
                message("give one value for each entity; pick one period."),
            )
            for entity in twice
        )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): value for name, value in zip(frame.columns, row, strict=True)}
        for row in frame.astype(object).to_numpy()
    ]


def _is_known(row: Mapping[str, Any], scores: pd.Series, factors: pd.DataFrame) -> bool:
    entity, factor = row["entity"], row["factor"]
    if entity not in scores.index or entity not in factors.index:
        return False
    numbers = [row["b"], row["se"], scores[entity], factors[factor][entity]]
    return bool(np.isfinite(np.array(numbers, dtype=float)).all())


def _row(
    row: Mapping[str, Any],
    score: float,
    value: float,
    change: Change,
    transform: Transform,
    outcome_transform: Transform,
    confidence: float,
) -> dict[str, object]:
    new = change.move(value)
    shift = shift_of_score(
        score,
        _moved(value, new, transform, row["entity"], row["factor"]),
        float(row["b"]),
        float(row["se"]),
        outcome_transform=outcome_transform,
        critical=_critical(confidence, float(row.get("df", np.nan))),
    )
    return {
        **{name: row[name] for name in ("entity", "factor", "grouping", "group")},
        "value": value,
        "new_value": new,
        "score": score,
        "new_score": score + shift.change,
        "change": shift.change,
        "std_error": shift.std_error,
        "ci_low": shift.ci_low,
        "ci_high": shift.ci_high,
    }


def _moved(value: float, new: float, transform: Transform, entity: str, factor: str) -> float:
    for number in (value, new):
        _check_domain(number, transform, factor, entity)
    return FORWARD[transform](new) - FORWARD[transform](value)


def _check_domain(
    number: float, transform: Transform, what: object, entity: str | None = None
) -> None:
    if not number > LOWEST[transform]:
        raise OutOfDomain(
            Problem(
                "what_if.domain",
                message(
                    "The value {value} of {what} has no {transform}.",
                    value=number,
                    what=what,
                    transform=transform,
                ),
                Where(entity=entity),
                message("declare a smaller move, or another transform."),
            )
        )


def _critical(confidence: float, df: float) -> float:
    tail = (1.0 - confidence) / 2.0
    return float(stats.t.isf(tail, df) if np.isfinite(df) else stats.norm.isf(tail))


def _notices(frame: pd.DataFrame, silent: pd.Series) -> tuple[Notice, ...]:
    told = [
        (
            "what_if.meaning",
            message(
                "A what-if carries the average relation of the sample over to one city, all else "
                "as it is; it is no forecast."
            ),
        )
    ]
    told.extend(
        (
            "what_if.no_move",
            message("For {n} cities a factor does not move: {names}.", **names),
        )
        for names in _listed(frame.loc[frame["value"] == frame["new_value"], "entity"])
    )
    told.extend(
        (
            "what_if.outside",
            message(
                "For {n} cities a new value lies outside all that were observed: {names}.",
                **names,
            ),
        )
        for names in _listed(frame.loc[frame["is_outside"].astype(bool), "entity"])
    )
    told.extend(
        (
            "what_if.no_number",
            message(
                "For {n} cities a score, a factor or an estimate is missing: {names}.", **names
            ),
        )
        for names in _listed(silent)
    )
    return tuple(Notice(code, text) for code, text in told)


def _listed(entities: pd.Series) -> list[dict[str, object]]:
    """Count and name the entities; an empty list where there are none."""
    names = sorted(set(entities))
    return [{"n": len(names), "names": named(names)}] if names else []
