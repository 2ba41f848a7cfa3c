"""What if a factor moved: the change of the score that the estimates imply, with its interval."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.analyses.implied_change import (
    FORWARD,
    FactorChange,
    Transform,
    check_domain,
    rising,
    shift_of_score,
)
from xinzhi.analyses.pathways.evidence import frame_records
from xinzhi.errors import Where
from xinzhi.notices import Notice
from xinzhi.regression.inference import t_quantile
from xinzhi.space.scores import list_names
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
    moves: Mapping[str, FactorChange]
    """Factor -> how it moves: as declared, or by one standard deviation where a share of it means nothing."""
    notices: tuple[Notice, ...] = ()


def what_if(
    scores: pd.Series,
    factors: pd.DataFrame,
    estimates: pd.DataFrame,
    changes: Mapping[str, FactorChange],
    *,
    transforms: Mapping[str, Transform],
    outcome_transform: Transform,
    observed: pd.DataFrame,
    without_zero: Collection[str] = (),
    confidence: float = 0.95,
) -> WhatIf:
    """Compute how the score would change if a factor moved and all else stayed.

    Scores (per entity) and factors (entity x factor) are those of now, in own units and not
    transformed; `estimates` has columns entity, factor, grouping, group, b, se, df, verdict and
    judgement, one row for each estimate that applies to an entity. `transforms` and
    `outcome_transform` tell how factors and score enter the regression, and `observed` has the values
    of the factors in the sample, to find the moves that leave their range. A share of a factor that is in
    `without_zero` or has values below 0 means nothing: it moves by one standard deviation instead.

    Raises
    ------
    OutOfDomain
        A value, before or after its move, has no logarithm.
    """
    declared = changes
    changes = {
        name: rising(change, observed[name].to_numpy(np.float64), has_zero=name not in without_zero)
        for name, change in declared.items()
    }
    frame = estimates[estimates["factor"].isin(list(changes))].copy()
    frame["score"] = frame["entity"].map(scores)
    keys = zip(frame["entity"], frame["factor"], strict=True)
    frame["value"] = [factors[factor].get(entity, np.nan) for entity, factor in keys]
    numbers = frame[["b", "se", "score", "value"]].to_numpy(np.float64)
    is_complete = pd.Series(np.isfinite(numbers).all(axis=1), index=frame.index)
    rows = [
        _implied(
            row, changes[row["factor"]], transforms[row["factor"]], outcome_transform, confidence
        )
        for row in frame_records(frame[is_complete])
    ]
    implied = pd.DataFrame(rows, columns=COLUMNS)
    low = implied["factor"].map(observed.min()).astype(float)
    high = implied["factor"].map(observed.max()).astype(float)
    implied["is_outside"] = ~implied["new_value"].between(low, high)
    incomplete = frame.loc[~is_complete, "entity"].astype(str)
    in_deviations = {name: move for name, move in changes.items() if move != declared[name]}
    notices = (*_moved_otherwise(in_deviations), *_notices(implied, incomplete))
    return WhatIf(implied, confidence, changes, notices)


COLUMNS = [
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
]


def _implied(
    row: Mapping[str, Any],
    change: FactorChange,
    transform: Transform,
    outcome_transform: Transform,
    confidence: float,
) -> dict[str, object]:
    score, value = float(row["score"]), float(row["value"])
    new = change.move(value)
    for number in (value, new):
        check_domain(number, transform, row["factor"], row["entity"])
    shift = shift_of_score(
        score,
        float(FORWARD[transform](new) - FORWARD[transform](value)),
        float(row["b"]),
        float(row["se"]),
        outcome_transform=outcome_transform,
        critical=-t_quantile((1.0 - confidence) / 2.0, float(row["df"])),
    )
    return {
        **row,
        "new_value": new,
        "new_score": score + shift.change,
        "change": shift.change,
        "std_error": shift.std_error,
        "ci_low": shift.ci_low,
        "ci_high": shift.ci_high,
    }


def _moved_otherwise(changes: Mapping[str, FactorChange]) -> Iterator[Notice]:
    """Say which factors move by a standard deviation in place of a share."""
    for name, change in changes.items():
        text = message(
            "'{name}' has values below 0 or no natural zero, so that a share of it means nothing: it moves by one "
            "standard deviation ({sd}) instead.",
            name=name,
            sd=f"{change.sd:.4g}",
        )
        yield Notice("what_if.standard_deviation", text, Where(column=name))


def _notices(implied: pd.DataFrame, incomplete: pd.Series) -> Iterator[Notice]:
    text = message(
        "A what-if carries the average relation of the sample over to one entity, all "
        "else as it is; it is not a forecast."
    )
    yield Notice("what_if.meaning", text)
    if unchanged := _listed(implied.loc[implied["value"] == implied["new_value"], "entity"]):
        text = message(
            "For {n} entities a factor does not change: {names}.",
            one="For {n} entity a factor does not change: {names}.",
            **unchanged,
        )
        yield Notice("what_if.no_move", text)
    if outside := _listed(implied.loc[implied["is_outside"].astype(bool), "entity"]):
        text = message(
            "For {n} entities a new value lies outside all that were observed: {names}.",
            one="For {n} entity a new value lies outside all that were observed: {names}.",
            **outside,
        )
        yield Notice("what_if.outside", text)
    if missing := _listed(incomplete):
        text = message(
            "For {n} entities a score, a factor or an estimate is missing: {names}.",
            one="For {n} entity a score, a factor or an estimate is missing: {names}.",
            **missing,
        )
        yield Notice("what_if.no_number", text)


def _listed(entities: pd.Series) -> dict[str, object]:
    """Count and name the entities; empty where there are none."""
    names = sorted(set(entities))
    return {"n": len(names), "names": list_names(names)} if names else {}
