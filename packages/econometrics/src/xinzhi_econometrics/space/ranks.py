"""Ranks within each period, the best and the last n, and those who stay there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi_core.errors import Where
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message
from xinzhi_econometrics.space.scores import (
    assign_groups,
    list_names,
    require,
    require_choice,
    to_long,
    to_wide,
)

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
    table = to_wide(scores)
    levels = table.apply(lambda column: _levels(column, tolerance))
    ranks = levels.rank(method=ties, ascending=False)
    summary = pd.DataFrame(
        {
            "n": table.notna().sum(),
            "n_missing": table.isna().sum(),
            "n_tied": levels.apply(lambda column: column.dropna().duplicated(keep=False).sum()),
        }
    )
    of = to_long(ranks, scores.index.sort_values(), "rank")
    return Ranks(of=of, summary=summary)


def _levels(column: pd.Series, tolerance: float) -> pd.Series:
    """Give each distinct score its number from the lowest, 0; ties share it."""
    # Missing scores sort behind all others and keep no level. A chain of ties is one level, also where
    # its ends are further apart than the tolerance: otherwise a rank would depend on where it begins.
    ordered = column.sort_values(kind="stable").dropna()
    steps = ordered.diff() > tolerance
    return steps.cumsum().astype(float).reindex(column.index)


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
    table = to_wide(scores, periods)
    members: dict[int, tuple[str, ...]] = {}
    notices: list[Notice] = []
    for period, column in table.items():
        levels = _levels(column, tolerance).dropna()
        # Entities with one score fill the places from `place` to `last`: the cut may run through them.
        place = levels.rank(method="min", ascending=side == "bottom")
        last = levels.rank(method="max", ascending=side == "bottom")
        inside = place[place <= n] if cut == "include" else place[last <= n]
        names = tuple(map(str, inside.sort_values(kind="stable").index))
        members[int(str(period))] = names
        shared = levels.index[(place <= n) & (last > n)]
        notices += _member_notices(int(str(period)), n, len(levels), shared, len(names))
    counts, group_notices = _count_by_group(members, groups)
    return End(
        side=side,
        n=n,
        members=members,
        counts=counts,
        stayers=tuple(sorted(set.intersection(*map(set, members.values())))),
        notices=(*notices, *_note_missing_scores(table, members), *group_notices),
    )


def _member_notices(
    period: int, n: int, available: int, shared: pd.Index, n_listed: int
) -> Iterator[Notice]:
    if available < n:
        text = message(
            "In {period} only {n} entities have a score, fewer than the {wanted} asked for.",
            one="In {period} only {n} entity has a score, fewer than the {wanted} asked for.",
            period=str(period),
            n=available,
            wanted=n,
        )
        yield Notice("ranks.few", text, Where(period=period))
    if len(shared):
        text = message(
            "In {period} the score at place {n} is shared by {names}; {taken} are listed.",
            period=str(period),
            n=n,
            names=list_names(shared),
            taken=n_listed,
        )
        yield Notice("ranks.tie_at_cut", text, Where(period=period))


def _count_by_group(
    members: Mapping[int, tuple[str, ...]], groups: pd.Series
) -> tuple[pd.DataFrame, tuple[Notice, ...]]:
    """Count the members by group; every group that exists has a column."""
    listed = {entity for names in members.values() for entity in names}
    every = assign_groups(groups, [*listed, *groups.index.unique()])
    columns = [*every.names, NONE]
    groups_of = [[every.of.get(entity, NONE) for entity in names] for names in members.values()]
    counts = pd.DataFrame(
        [[of_members.count(name) for name in columns] for of_members in groups_of],
        index=pd.Index(list(members), name="period"),
        columns=columns,
    )
    # The notice names members without a group only, not everybody who has none.
    return counts, assign_groups(groups, listed).counted_apart


def _note_missing_scores(
    table: pd.DataFrame, members: Mapping[int, tuple[str, ...]]
) -> Iterator[Notice]:
    """Say who is a member wherever it has a score but lacks one at some date."""
    has_score = table.notna().to_numpy()
    names = table.index.astype(str)
    is_member = np.column_stack([names.isin(members[int(period)]) for period in table.columns])
    is_unjudged = (
        ~has_score.all(axis=1) & has_score.any(axis=1) & (is_member | ~has_score).all(axis=1)
    )
    if is_unjudged.any():
        text = message(
            "Whether {names} stay at every date cannot be determined: a score is missing.",
            names=list_names(names[is_unjudged]),
        )
        yield Notice("ranks.stayers_unknown", text)


def _check_tolerance(tolerance: float) -> None:
    require(
        tolerance >= 0,
        "ranks.tolerance",
        message("The tolerance for ties is {tolerance}.", tolerance=tolerance),
        message("give 0 or a small positive number."),
    )
