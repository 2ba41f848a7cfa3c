"""What if a factor moved: the change of the score that the estimates imply, with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.analyses.implied_change import (
    FORWARD,
    Change,
    Transform,
    check_domain,
    shift_of_score,
)
from xinzhi.errors import DuplicateKey, MissingColumn, Problem, Where
from xinzhi.notices import Notice
from xinzhi.problems import missing_column
from xinzhi.regression.inference import t_quantile
from xinzhi.space.scores import named, require, require_choice
from xinzhi.wording import message


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """The implied change of the score for each city, factor and estimate that speaks for it."""

    by_city: pd.DataFrame
    """Columns entity, factor, grouping, group (of the estimate), value, new_value, score,
    new_score, change, std_error, ci_low, ci_high, judgement (what all estimates of the effect that
    speak for the city say together: works, harms, null, contested), is_outside (the new value lies
    beyond all that were observed)."""
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
        Columns entity, factor, grouping, group, b, se and, if wanted, df and judgement: the estimates
        that speak for each city; rows without b are left out.
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
    score_of = scores.to_dict()
    value_of = {factor: factors[factor].to_dict() for factor in changes}
    told = [
        (row, score_of.get(row["entity"], nan), value_of[row["factor"]].get(row["entity"], nan))
        for row in _records(wanted)
    ]
    known = [all(map(isfinite, (row["b"], row["se"], *own))) for row, *own in told]
    frame = pd.DataFrame(
        [
            _row(
                row,
                float(score),
                float(value),
                changes[row["factor"]],
                transforms[row["factor"]],
                outcome_transform,
                confidence,
            )
            for (row, score, value), is_known in zip(told, known, strict=True)
            if is_known
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
    "verdict",
    "value",
    "new_value",
    "score",
    "new_score",
    "change",
    "std_error",
    "ci_low",
    "ci_high",
    "judgement",
    "is_outside",
)


def _check_columns(
    factors: pd.DataFrame, estimates: pd.DataFrame, changes: Mapping[str, Change]
) -> None:
    needed = ("entity", "factor", "grouping", "group", "b", "se")
    missing = [missing_column(n, factors.columns) for n in changes if n not in factors.columns]
    missing += [missing_column(n, estimates.columns) for n in needed if n not in estimates.columns]
    if missing:
        raise MissingColumn(missing)


def _transforms(
    given: Mapping[str, Transform] | Transform, changes: Mapping[str, Change]
) -> Mapping[str, Transform]:
    if isinstance(given, str):
        given = dict.fromkeys(changes, given)
    for factor in changes:
        require(
            factor in given,
            "what_if.no_transform",
            message("How {factor} enters the regression is not said.", factor=factor),
            message("name its transform: {known}.", known=", ".join(FORWARD)),
        )
        require_choice("transform", given[factor], tuple(FORWARD))
    return given


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
        "verdict": row.get("verdict", "untested"),
        "value": value,
        "new_value": new,
        "score": score,
        "new_score": score + shift.change,
        "change": shift.change,
        "std_error": shift.std_error,
        "ci_low": shift.ci_low,
        "ci_high": shift.ci_high,
        "judgement": str(row.get("judgement", "untested")),
    }


def _moved(value: float, new: float, transform: Transform, entity: str, factor: str) -> float:
    for number in (value, new):
        check_domain(number, transform, factor, entity)
    return float(FORWARD[transform](new) - FORWARD[transform](value))


def _critical(confidence: float, df: float) -> float:
    return -t_quantile((1.0 - confidence) / 2.0, df)


def _notices(frame: pd.DataFrame, silent: pd.Series) -> tuple[Notice, ...]:
    told = [
        (
            "what_if.meaning",
            message(
                "A what-if carries the average relation of the sample over to one entity, all "
                "else as it is; it is not a forecast."
            ),
        )
    ]
    told.extend(
        (
            "what_if.no_move",
            message(
                "For {n} entities a factor does not change: {names}.",
                one="For {n} entity a factor does not move: {names}.",
                **names,
            ),
        )
        for names in _listed(frame.loc[frame["value"] == frame["new_value"], "entity"])
    )
    told.extend(
        (
            "what_if.outside",
            message(
                "For {n} entities a new value lies outside all that were observed: {names}.",
                one="For {n} entity a new value lies outside all that were observed: {names}.",
                **names,
            ),
        )
        for names in _listed(frame.loc[frame["is_outside"].astype(bool), "entity"])
    )
    told.extend(
        (
            "what_if.no_number",
            message(
                "For {n} entities a score, a factor or an estimate is missing: {names}.",
                one="For {n} entity a score, a factor or an estimate is missing: {names}.",
                **names,
            ),
        )
        for names in _listed(silent)
    )
    return tuple(Notice(code, text) for code, text in told)


def _listed(entities: pd.Series) -> list[dict[str, object]]:
    """Count and name the entities; an empty list where there are none."""
    names = sorted(set(entities))
    return [{"n": len(names), "names": named(names)}] if names else []
