"""Ranks within each period, the best and the last n, and those who stay there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import Where
from xinzhi.notices import Notice
from xinzhi.space.scores import grouped, long, named, require, require_choice, wide
from xinzhi.wording import message

Ties = Literal["min", "max", "average", "dense"]
Side = Literal["top", "bottom"]
Cut = Literal["include", "exclude"]
TOLERANCE = 1e-9
"""Scores are certified to 1e-9 (N2): closer ones are ties."""
NONE = "none"
"""Column that counts members without a group."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Rank of each row with a score; 1 is the best of its period."""

    of: pd.Series
    """Rank per (entity, period), sorted; missing where there is no score."""
    summary: pd.DataFrame
    """By period: `n` scores, `n_missing`, `n_tied` entities that share their score."""
    ties: Ties
    tolerance: float


def rank(scores: pd.Series, *, ties: Ties = "min", tolerance: float = TOLERANCE) -> Ranks:
    """Rank the entities of each period from the highest score down.

    Parameters
    ----------
    scores
        Indexed (entity, period); rows without a score get no rank.
    ties
        Rank of equal scores: `min` 1, 2, 2, 4; `max` 1, 3, 3, 4; `average` 1, 2.5, 2.5, 4;
        `dense` 1, 2, 2, 3.
    tolerance
        Neighbouring scores that are at most this far apart are equal.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b", "c"], [1]], names=["entity", "period"])
    >>> rank(pd.Series([0.5, 0.9, 0.5], index)).of.tolist()
    [2.0, 1.0, 2.0]
    """
    require_choice("ties", ties, ("min", "max", "average", "dense"))
    _check_tolerance(tolerance)
    table = wide(scores)
    levels = table.apply(lambda column: _levels(column, tolerance))
    ranks = levels.rank(method=ties, ascending=False)
    summary = pd.DataFrame(
        {
            "n": table.notna().sum(),
            "n_missing": table.isna().sum(),
            "n_tied": levels.apply(
                lambda column: int(column.dropna().duplicated(keep=False).sum())
            ),
        }
    )
    of = long(ranks, scores.index.sort_values(), "rank")
    return Ranks(of=of, summary=summary, ties=ties, tolerance=tolerance)


def _levels(column: pd.Series, tolerance: float) -> pd.Series:
    """Give each distinct score its number from the lowest, 0; ties share it."""
    values = column.to_numpy(float)
    order = np.argsort(values, kind="stable")[: int(np.isfinite(values).sum())]
    level: npt.NDArray[np.float64] = np.full(len(values), np.nan)
    if len(order):
        steps = np.diff(values[order]) > tolerance
        level[order] = np.concatenate([[0], np.cumsum(steps)])
    return pd.Series(level, index=column.index)


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """The best or the last n of each date."""

    side: Side
    n: int
    """How many were asked for; ties at the cut can make them more or fewer."""
    members: Mapping[int, tuple[str, ...]]
    """Entities by period, from the outermost inwards."""
    counts: pd.DataFrame
    """Members: periods x groups, and `none` for members without a group."""
    stayers: tuple[str, ...]
    """Entities that are members at every date."""
    notices: tuple[Notice, ...] = ()


def end(
    scores: pd.Series,
    groups: pd.Series,
    *,
    side: Side,
    n: int = 20,
    periods: Sequence[int] | None = None,
    cut: Cut = "include",
    tolerance: float = TOLERANCE,
) -> End:
    """Find the best or the last n of each date, count them by group, see who stays.

    Parameters
    ----------
    scores
        Indexed (entity, period).
    groups
        Group per entity, such as its region.
    side
        `top`: highest scores; `bottom`: lowest.
    n
        How many.
    periods
        Dates to look at; all if None.
    cut
        Where the n-th score is shared with the next: `include` takes all who share it,
        `exclude` none of them. A notice says so in either case.
    tolerance
        Neighbouring scores that are at most this far apart are equal.

    Raises
    ------
    SpecError
        n is below 1, or an option is unknown.
    DataError
        A period is not in the data.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b", "c"], [1, 2]], names=["entity", "period"])
    >>> last = end(pd.Series([0.1, 0.2, 0.9, 0.8, 0.5, 0.1], index),
    ...     pd.Series({"a": "east", "b": "west", "c": "west"}), side="bottom", n=2)
    >>> last.members[2], last.stayers
    (('c', 'a'), ('a', 'c'))
    """
    require_choice("side", side, ("top", "bottom"))
    require_choice("cut", cut, ("include", "exclude"))
    _check_tolerance(tolerance)
    require(
        n >= 1,
        "ranks.n",
        message("The number of best or last entities is {n}.", n=n),
        message("ask for at least 1."),
    )
    table = wide(scores, periods)
    chosen = {int(p): _members(table[p], side, n, cut, tolerance) for p in table.columns}
    members = {period: names for period, (names, _) in chosen.items()}
    counts, group_notices = _counts(members, groups)
    stayers = tuple(sorted(set.intersection(*(set(names) for names in members.values()))))
    notices = [notice for _, found in chosen.values() for notice in found]
    return End(
        side=side,
        n=n,
        members=members,
        counts=counts,
        stayers=stayers,
        notices=(*notices, *_unjudged(table, members), *group_notices),
    )


def _members(
    column: pd.Series, side: Side, n: int, cut: Cut, tolerance: float
) -> tuple[tuple[str, ...], list[Notice]]:
    levels = _levels(column, tolerance).dropna()
    place = levels.rank(method="min", ascending=side == "bottom")
    last = levels.rank(method="max", ascending=side == "bottom")
    shared = levels.index[(place <= n) & (last > n)]
    inside = place.index[place <= n] if cut == "include" else last.index[last <= n]
    names = tuple(str(entity) for entity in place.loc[inside].sort_values(kind="stable").index)
    period = int(str(column.name))
    return names, _member_notices(period, n, len(levels), shared, len(names))


def _member_notices(
    period: int, n: int, available: int, shared: pd.Index, taken: int
) -> list[Notice]:
    notices = []
    if available < n:
        notices.append(
            Notice(
                "ranks.few",
                message(
                    "In {period} only {available} entities have a score; {n} were asked for.",
                    one="In {period} only {available} entities have a score; {n} was asked for.",
                    period=str(period),
                    available=available,
                    n=n,
                ),
                Where(period=period),
            )
        )
    if len(shared):
        notices.append(
            Notice(
                "ranks.tie_at_cut",
                message(
                    "In {period} the score at place {n} is shared by {names}; {taken} are listed.",
                    period=str(period),
                    n=n,
                    names=named(shared),
                    taken=taken,
                ),
                Where(period=period),
            )
        )
    return notices


def _counts(
    members: Mapping[int, tuple[str, ...]], groups: pd.Series
) -> tuple[pd.DataFrame, tuple[Notice, ...]]:
    """Count the members by group; every group that exists has a column."""
    listed = {entity for names in members.values() for entity in names}
    known = grouped(groups, [*listed, *groups.index.unique()])
    of_members = grouped(groups, listed)
    rows = {
        period: pd.Series([known.of.get(entity, NONE) for entity in names], dtype=object)
        .value_counts()
        .to_dict()
        for period, names in members.items()
    }
    columns = [*known.names, NONE]
    counts = pd.DataFrame(
        [[rows[period].get(name, 0) for name in columns] for period in members],
        index=pd.Index(list(members), name="period"),
        columns=columns,
    )
    return counts, of_members.notices


def _unjudged(table: pd.DataFrame, members: Mapping[int, tuple[str, ...]]) -> list[Notice]:
    """Say who is a member wherever it has a score but lacks one at some date."""
    has_score = table.notna().to_numpy()
    names = table.index.astype(str)
    is_member = np.column_stack([names.isin(members[int(period)]) for period in table.columns])
    is_unjudged = (
        ~has_score.all(axis=1) & has_score.any(axis=1) & (is_member | ~has_score).all(axis=1)
    )
    gaps = list(names[is_unjudged])
    if not gaps:
        return []
    return [
        Notice(
            "ranks.stayers_unknown",
            message(
                "Whether {names} stay at every date cannot be determined: a score is missing.",
                names=named(gaps),
            ),
        )
    ]


def _check_tolerance(tolerance: float) -> None:
    require(
        tolerance >= 0,
        "ranks.tolerance",
        message("The tolerance for ties is {tolerance}.", tolerance=tolerance),
        message("give 0 or a small positive number."),
    )
