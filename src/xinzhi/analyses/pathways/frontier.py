"""How far an entity is from the frontier, and its role models: the entities that it is measured against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.efficiency.section import Measurement
from xinzhi.errors import OutOfDomain, Problem, Where
from xinzhi.frontier.result import EfficiencyResult
from xinzhi.notices import Notice
from xinzhi.panel.group_means import group_sums, sum_columns
from xinzhi.panel.panel import ENTITY, NO_PERIOD, PERIOD, Panel
from xinzhi.wording import message

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


COLUMNS = ("entity", "period", "peer", "peer_period", "intensity")


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
    frame = peers.loc[peers["intensity"] > 0, list(COLUMNS)]
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
        lambda periods: ", ".join(map(str, dict.fromkeys(periods)))
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
        no_peers = pd.DataFrame(columns=list(COLUMNS))
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
    frame = pd.DataFrame(records, columns=list(COLUMNS))
    if measurement.returns_to_scale == "constant" and len(frame):
        sizes = panel.frame[measurement.good_outputs[0]]
        keys = pd.MultiIndex.from_frame(frame[["peer", "peer_period"]])
        frame["size"] = sizes.reindex(keys).to_numpy(float)
    return frame
