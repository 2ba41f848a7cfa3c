"""Role models: the cities on the frontier that a city is measured against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.errors import OutOfDomain, Problem, Where
from xinzhi.notices import Notice
from xinzhi.panel.group_means import group_sums, sum_columns
from xinzhi.wording import message

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


def role_models(
    peers: pd.DataFrame, *, groups: pd.DataFrame | None = None, n: int = 3
) -> RoleModels:
    """Find the cities that weigh most among the peers of each city and period.

        share_j = sum of weights of city j / sum of weights of all other cities,
        weight = intensity, or intensity * size

    Parameters
    ----------
    peers
        Columns entity, period, peer, peer_period, intensity (>= 0): the rows of the frontier that
        make up the target of each row, as the efficiency measurement gives them. Under constant
        returns an intensity is a multiple of the peer, so that a large peer has a small one; a
        column `size` (such as the output of the peer's row) then weighs intensity * size.
    groups
        Cities x groupings, to say what city and model have in common.
    n
        How many at most; of equal shares the first by name.

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
    own = sum_columns(frame[is_own], ["intensity"], by=keys)["intensity"]
    # An entity that is not among its own peers has no row there: its own weight is 0.
    own = own.reindex(total.index, fill_value=0.0)
    shares = _shares(frame[~is_own])
    shares["shared_groups"] = _shared(groups, shares)
    by_city = shares[shares["place"] <= n].set_index([*keys, "place"])
    return RoleModels(by_city, (own / total).rename("own_share"), _notices(own, total))


def _shares(others: pd.DataFrame) -> pd.DataFrame:
    keys = ["entity", "period"]
    others = others.sort_values("peer_period")
    summed = sum_columns(others, ["intensity"], by=[*keys, "peer"])
    summed["periods"] = others.groupby([*keys, "peer"])["peer_period"].agg(
        lambda found: ", ".join(map(str, dict.fromkeys(found)))
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


def _notices(own: pd.Series, total: pd.Series) -> tuple[Notice, ...]:
    notices = []
    n_alone = int((own >= total).sum())
    if len(total):
        notices.append(
            Notice(
                "matching.one_of_many",
                message(
                    "Peers are one optimum of possibly many: other role models may serve as well."
                ),
            )
        )
    if n_alone:
        notices.append(
            Notice(
                "matching.only_self",
                message(
                    "{n} rows have no peer but the entity itself: no role model.",
                    one="{n} row has no peer but the entity itself: no role model.",
                    n=n_alone,
                ),
            )
        )
    return tuple(notices)


def _refuse_negative(peers: pd.DataFrame) -> None:
    """Refuse negative weights: shares of them are no shares."""
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
