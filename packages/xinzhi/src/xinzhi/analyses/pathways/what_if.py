"""What if a factor moved: the change of the score that the estimates imply, with its interval.

How far an entity is from the frontier, and its role models: the entities that it is measured against.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.efficiency.section import Measurement
from xinzhi.analyses.implied_change import (
    FORWARD,
    FactorChange,
    Transform,
    check_domain,
    rising,
    shift_of_score,
)
from xinzhi.analyses.pathways.evidence import frame_records
from xinzhi_core.errors import OutOfDomain, Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.group_means import group_sums, sum_columns
from xinzhi_core.panel.panel import ENTITY, NO_PERIOD, PERIOD, Panel
from xinzhi_core.periods import period_name
from xinzhi_core.wording import message
from xinzhi_econometrics.inference import t_quantile
from xinzhi_econometrics.space.scores import list_names
from xinzhi_frontier.result import EfficiencyResult


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


Kind = Literal["input", "good_output", "bad_output"]
EVEN = 1e-9
"""A slack below this share of the value is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Distance:
    """What separates each city from its target on the frontier."""

    by_city: pd.DataFrame
    """Indexed (entity, period, variable): `kind`, `value`, `target`, `gap` (>= 0, own units),
    `share` of the own value (missing if that is 0), `direction`: `less` (uses or emits too much),
    `more` (makes too little), `even`, or `ahead` (super-efficient: the target is worse by this)."""
    notices: tuple[Notice, ...] = ()


def distance_to_targets(
    values: pd.DataFrame, targets: pd.DataFrame, kinds: Mapping[str, Kind]
) -> Distance:
    """Measure how much less an entity would use and emit, and how much more it would make, on the frontier.

    Values and targets are in own units, indexed (entity, period), one column a variable; a cell
    without a target is left out and counted.

    Examples
    --------
    >>> key = pd.MultiIndex.from_tuples([("a", 2023)], names=["entity", "period"])
    >>> found = distance_to_targets(pd.DataFrame({"gdp": [80.0]}, key),
    ...     pd.DataFrame({"gdp": [60.0]}, key), {"gdp": "good_output"})
    >>> found.by_city[["gap", "direction"]].to_numpy().tolist()
    [[20.0, 'ahead']]
    """
    index = targets.sort_index().index
    values, targets = values.reindex(index), targets.reindex(index)
    keys = index.to_frame(index=False).set_axis(["entity", "period"], axis=1)
    gaps = [
        keys.assign(
            variable=name,
            kind=kind,
            **_gap(values[name].to_numpy(float), targets[name].to_numpy(float), kind),
        )
        for name, kind in kinds.items()
    ]
    # The stable sort by row number keeps the variables of an entity together, in their order.
    frame = pd.concat(gaps).sort_index(kind="stable")
    complete = frame.dropna(subset=["value", "gap"]).set_index(["entity", "period", "variable"])
    return Distance(complete, tuple(_distance_notices(len(frame) - len(complete))))


def _gap(value: np.ndarray, target: np.ndarray, kind: Kind) -> dict[str, np.ndarray]:
    """Compare the values of a variable with their targets; a gap that is not finite is missing."""
    # What is missing: more of a good output, less of an input or of a bad output.
    lacks = target - value if kind == "good_output" else -(target - value)
    gap, is_ahead = np.abs(lacks), lacks < 0
    gap[~np.isfinite(value) | ~np.isfinite(lacks)] = np.nan
    sign = np.where(is_ahead, -1.0, 1.0) * (1.0 if kind == "good_output" else -1.0)
    is_even = gap <= EVEN * np.abs(value)
    gap[is_even] = 0.0
    share = np.divide(gap, value, out=np.full(len(value), np.nan), where=value > 0)
    return {
        "value": value,
        # Made again from the gap: where that counts as rounding, the target is the value itself.
        "target": value + sign * gap,
        "gap": gap,
        "share": share,
        "direction": np.select(
            [is_even, is_ahead], ["even", "ahead"], "more" if kind == "good_output" else "less"
        ),
    }


def _distance_notices(n_missing: int) -> Iterator[Notice]:
    text = message(
        "Distances to the frontier are one optimum of possibly many; the score is unique, "
        "its parts need not be."
    )
    yield Notice("distance.one_of_many", text)
    if n_missing:
        text = message(
            "{n} distances are left out: a value or a slack is missing.",
            one="{n} distance is left out: a value or a slack is missing.",
            n=n_missing,
        )
        yield Notice("distance.missing", text)


DISTANCE_COLUMNS = ("entity", "period", "peer", "peer_period", "intensity")


@dataclass(frozen=True, slots=True, eq=False)
class RoleModels:
    """The role models of each city and period."""

    by_city: pd.DataFrame
    """Indexed (entity, period, place), place from 1: `model`, `periods` (of the model, as text),
    `share` of the weight of all peers that are other cities, `shared_groups` (groupings in which
    both have the same group, as text)."""
    own_share: pd.Series
    """Per (entity, period): share of the weight of all peers that is the city itself in other
    periods; 1 where it has no other peer."""
    notices: tuple[Notice, ...] = ()


def role_models(peers: pd.DataFrame, groups: pd.DataFrame | None = None) -> RoleModels:
    """Order the other cities among the peers of each city and period by their weight.

        share_j = sum of weights of city j / sum of weights of all other cities,
        weight = intensity, or intensity * size

    `peers` has columns entity, period, peer, peer_period and intensity (>= 0): the rows of the frontier
    that make up the target of each row. Under constant returns an intensity is a multiple of the peer,
    so that a large peer has a small one; a column `size` (the output of the peer's row) then weighs
    intensity * size. `groups` (cities x groupings) tells what city and model have in common.

    Raises
    ------
    OutOfDomain
        An intensity or a size is negative or not a number.

    Examples
    --------
    >>> peers = pd.DataFrame({"entity": "a", "period": 1, "peer": ["b", "c", "a"],
    ...     "peer_period": [1, 1, 2], "intensity": [0.6, 0.2, 0.2]})
    >>> role_models(peers).by_city["share"].round(2).tolist()
    [0.75, 0.25]
    """
    _refuse_negative(peers)
    frame = peers.loc[peers["intensity"] > 0, list(DISTANCE_COLUMNS)]
    frame = frame.astype({"entity": str, "peer": str})
    if "size" in peers.columns:
        frame["intensity"] = frame["intensity"] * peers["size"]
    is_own = frame["entity"] == frame["peer"]
    keys = ["entity", "period"]
    total = sum_columns(frame, ["intensity"], by=keys)["intensity"]
    itself = sum_columns(frame[is_own], ["intensity"], by=keys)["intensity"]
    # An entity that is not among its own peers has no row there: its own weight is 0.
    itself = itself.reindex(total.index, fill_value=0.0)
    shares = _shares(frame[~is_own])
    shares["shared_groups"] = _shared(groups, shares)
    by_city = shares.set_index([*keys, "place"])
    n_alone = int((itself >= total).sum())
    notices = tuple(_role_model_notices(n_alone)) if len(total) else ()
    return RoleModels(by_city, (itself / total).rename("own_share"), notices)


def _shares(others: pd.DataFrame) -> pd.DataFrame:
    keys = ["entity", "period"]
    # Sorted, so that the periods of a model are listed in their order.
    others = others.sort_values("peer_period")
    summed = sum_columns(others, ["intensity"], by=[*keys, "peer"])
    summed["periods"] = others.groupby([*keys, "peer"])["peer_period"].agg(
        lambda periods: ", ".join(map(period_name, dict.fromkeys(periods)))
    )
    summed = summed.reset_index().rename(columns={"peer": "model"})
    codes = summed.groupby(keys).ngroup().to_numpy()
    intensity = summed["intensity"].to_numpy(np.float64)
    summed["share"] = intensity / group_sums(intensity, codes)[codes]
    summed = summed.sort_values(
        [*keys, "share", "model"], ascending=[True, True, False, True], kind="stable"
    )
    summed["place"] = summed.groupby(keys).cumcount() + 1
    return summed[[*keys, "place", "model", "periods", "share"]]


def _shared(groups: pd.DataFrame | None, shares: pd.DataFrame) -> list[str]:
    """Name the groupings in which entity and model have the same group."""
    if groups is None:
        return [""] * len(shares)
    of_entity = groups.reindex(shares["entity"]).to_numpy(dtype=object)
    of_model = groups.reindex(shares["model"]).to_numpy(dtype=object)
    same = (of_entity == of_model) & ~pd.isna(of_entity)  # A missing group equals nothing.
    names = [str(grouping) for grouping in groups.columns]
    return [", ".join(n for n, is_same in zip(names, row, strict=True) if is_same) for row in same]


def _role_model_notices(n_alone: int) -> Iterator[Notice]:
    text = message("Peers are one optimum of possibly many: other role models may serve as well.")
    yield Notice("matching.one_of_many", text)
    if n_alone:
        text = message(
            "{n} rows have no peer but the entity itself: no role model.",
            one="{n} row has no peer but the entity itself: no role model.",
            n=n_alone,
        )
        yield Notice("matching.only_self", text)


def _refuse_negative(peers: pd.DataFrame) -> None:
    """Refuse negative weights: they cannot be shares of a whole."""
    weights = [name for name in ("intensity", "size") if name in peers.columns]
    wrong = [
        (name, *row)
        for name in weights
        for row in peers[~(peers[name] >= 0)][["entity", "period", "peer", name]].to_numpy()
    ]
    if wrong:
        raise OutOfDomain(
            Problem(
                "matching.intensity",
                message(
                    "The {name} of peer {peer} is {value}.", name=name, peer=str(peer), value=value
                ),
                Where(entity=str(entity), period=int(period), column=name),
                message("intensities and sizes are not negative."),
            )
            for name, entity, period, peer, value in wrong
        )


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """What the efficiency measurement says of the last period with a score of each entity."""

    distance: Distance | None
    peers: pd.DataFrame
    models: RoleModels | None
    notices: tuple[Notice, ...]


def read_frontier(given: Given, outcome: str, groups: pd.DataFrame) -> Frontier:
    """Give distances, peers and role models; none where the outcome is a column of the data."""
    name = given.study.origin(outcome).score
    if name is None:
        text = message(
            "The outcome is not a score of this study: there are no role models and no distances."
        )
        no_peers = pd.DataFrame(columns=list(DISTANCE_COLUMNS))
        return Frontier(None, no_peers, None, (Notice("typology.no_score", text),))
    result = given.results["efficiency", name]
    measurement = given.study.section("efficiency", name)
    rows = _last_rows(result)
    distance = _distance(measurement, result, given.panel, rows)
    peers = _peers(measurement, result, given.panel, rows)
    models = role_models(peers, groups)
    return Frontier(distance, peers, models, (*distance.notices, *models.notices))


def _key(label: tuple[str, int | None]) -> tuple[str, int]:
    return label[0], NO_PERIOD if label[1] is None else label[1]


def _last_rows(result: EfficiencyResult) -> list[int]:
    """Positions of the last row with a score of each entity."""
    last: dict[str, int] = {}
    # Sorted by period, so that the last row of an entity is the one that stays.
    for row in sorted(range(len(result.labels)), key=lambda row: _key(result.labels[row])[1]):
        if np.isfinite(result.scores[row]):
            last[result.labels[row][0]] = row
    return sorted(last.values())


def _distance(
    measurement: Measurement, result: EfficiencyResult, panel: Panel, rows: list[int]
) -> Distance:
    names = list(result.variables)
    keys = [_key(result.labels[row]) for row in rows]
    index = pd.MultiIndex.from_tuples(keys, names=[ENTITY, PERIOD])
    targets = pd.DataFrame(result.targets[rows], index=index, columns=names)
    kinds: dict[str, Kind] = dict.fromkeys(measurement.inputs, "input")
    kinds |= dict.fromkeys(measurement.good_outputs, "good_output")
    kinds |= dict.fromkeys(measurement.bad_outputs, "bad_output")
    return distance_to_targets(panel.frame.loc[index, names], targets, kinds)


def _peers(
    measurement: Measurement, result: EfficiencyResult, panel: Panel, rows: list[int]
) -> pd.DataFrame:
    """List the peers of the rows.

    Under constant returns an intensity is a multiple of the peer, so that its size, the first good
    output, weighs too.
    """
    records = [
        (*_key(result.labels[row]), *_key(result.labels[peer.position]), peer.intensity)
        for row in rows
        for peer in result.peers[row]
    ]
    frame = pd.DataFrame(records, columns=list(DISTANCE_COLUMNS))
    if measurement.returns_to_scale == "constant" and len(frame):
        sizes = panel.frame[measurement.good_outputs[0]]
        keys = pd.MultiIndex.from_frame(frame[["peer", "peer_period"]])
        frame["size"] = sizes.reindex(keys).to_numpy(float)
    return frame
