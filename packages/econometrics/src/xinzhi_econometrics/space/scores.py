"""Scores by period and by group: what the statistics of this package start from, checked once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi_core.errors import DataError, DuplicateKey, Problem, SpecError, StudyError, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.profile import require_numbers
from xinzhi_core.problems import unknown_choice
from xinzhi_core.wording import Label, Message, Wording, listed, message

SHOWN = 10
"""Names that a sentence lists."""
MOST_DATES = 4
"""Periods that are compared where none are chosen: as many columns fit on a page."""


def list_names(
    things: Iterable[object], join: Callable[[Sequence[Wording]], Wording] = listed
) -> Wording:
    """List names for a sentence: the first ten, and how many more there are.

    >>> str(list_names(["a", "b"]))
    'a, b'
    """
    names = [thing if isinstance(thing, (Message, Label)) else str(thing) for thing in things]
    shown = join(names[:SHOWN])
    if len(names) <= SHOWN:
        return shown
    return message("{names} and {n} more", names=shown, n=len(names) - SHOWN)


def to_wide(scores: pd.Series, periods: Sequence[int] | None = None) -> pd.DataFrame:
    """Set the scores out as entities x periods, both sorted.

    Parameters
    ----------
    scores
        Numbers indexed (entity, period), in any order; missing ones stay missing.
    periods
        Periods wanted, in the order wanted; all of them if None.

    Raises
    ------
    DataError
        The index has other names, no score is there, or a period is not in the data.
    DuplicateKey
        An entity has two rows in one period.
    NotNumeric
        A score is not a number.
    OutOfDomain
        A score is infinite.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("b", 1), ("a", 1)], names=["entity", "period"])
    >>> to_wide(pd.Series([2.0, 1.0], index))[1].tolist()
    [1.0, 2.0]
    """
    check_index(scores)
    name = str(scores.name or "score")
    require_numbers({name: scores}, (name,))
    numbers = scores.astype(np.float64)
    if numbers.notna().sum() == 0:
        text = message("No scores are available.")
        remedy = message("name a column with numbers.")
        raise DataError(Problem("typology.no_scores", text, Where(column=name), remedy))
    table = numbers.unstack("period")  # noqa: PD010 - keys are unique, nothing is aggregated
    table = table.sort_index().sort_index(axis=1)
    return table if periods is None else pick_periods(table, periods)


def to_long(table: pd.DataFrame, index: pd.Index, name: str) -> pd.Series:
    """Read a table of entities x periods at the rows of an index (entity, period)."""
    rows = table.index.get_indexer(index.get_level_values("entity"))
    columns = table.columns.get_indexer(index.get_level_values("period"))
    return pd.Series(table.to_numpy()[rows, columns], index=index, name=name)


def pick_periods(table: pd.DataFrame, periods: Sequence[int]) -> pd.DataFrame:
    """Pick periods of a table of entities x periods; one that is missing is an error."""
    available = [int(period) for period in table.columns]
    require(
        len(periods) > 0,
        "typology.no_dates",
        message("No period is asked for."),
        message("name at least one; known: {known}.", known=list_names(available)),
    )
    absent = [period for period in dict.fromkeys(periods) if period not in available]
    if absent:
        raise DataError(
            Problem(
                "typology.no_period",
                message("The data have no period {period}.", period=period),
                Where(period=period),
                message("known: {known}.", known=list_names(available)),
            )
            for period in absent
        )
    return table.loc[:, list(dict.fromkeys(periods))]


def check_index(scores: pd.Series) -> None:
    """Refuse what is not indexed by (entity, period), once each."""
    names = list(scores.index.names)
    require(
        names == ["entity", "period"],
        "typology.index",
        message("Scores are indexed by entity and period, not by {names}.", names=names),
        message("use frame.set_index([entity, period])."),
        error=DataError,
    )
    twice = scores.index[scores.index.duplicated()].unique()
    if len(twice):
        raise DuplicateKey(
            Problem(
                "typology.duplicate",
                message("Entity {entity} has two scores in one period.", entity=str(entity)),
                Where(entity=str(entity), period=int(period)),
                message("keep one row for each entity and period."),
            )
            for entity, period in twice
        )


@dataclass(frozen=True, slots=True, eq=False)
class EntityGrouping:
    """The group of each entity, and who has none."""

    of: pd.Series
    """Group per entity, as text; only entities that have one."""
    names: tuple[str, ...]
    """Groups in sorted order."""
    without: tuple[str, ...]
    """Entities without a group."""

    @property
    def counted_apart(self) -> tuple[Notice, ...]:
        """Say who is in no group, where they are counted beside the groups."""
        text = message(
            "{n} entities belong to no group and are counted separately: {names}.",
            one="{n} entity belongs to no group and is counted separately: {names}.",
            n=len(self.without),
            names=list_names(self.without),
        )
        return (Notice("typology.no_group", text),) if self.without else ()

    @property
    def left_out(self) -> tuple[Notice, ...]:
        """Say who is in no group, where groups alone are compared."""
        text = message(
            "{n} entities belong to no group and are left out where groups are compared: {names}.",
            one="{n} entity belongs to no group and is left out where groups are compared: {names}.",
            n=len(self.without),
            names=list_names(self.without),
        )
        return (Notice("typology.no_group", text),) if self.without else ()


def refuse_two_groups(groups: pd.Series | pd.DataFrame) -> None:
    """Refuse an entity that is listed in the groups twice."""
    twice = groups.index[groups.index.duplicated()].unique()
    if len(twice):
        raise DuplicateKey(
            Problem(
                "typology.group_twice",
                message("Entity {entity} is listed in the groups twice.", entity=str(entity)),
                Where(entity=str(entity)),
                message("give each entity one group."),
            )
            for entity in twice
        )


def assign_groups(groups: pd.Series, entities: Iterable[object]) -> EntityGrouping:
    """Find the group of each entity.

    Parameters
    ----------
    groups
        Group per entity, indexed by entity; entities that are not asked for are ignored.
    entities
        Entities that are asked for.

    Raises
    ------
    DuplicateKey
        An entity is listed twice in `groups`.

    Examples
    --------
    >>> assign_groups(pd.Series({"a": "east", "b": None}), ["a", "b", "c"]).without
    ('b', 'c')
    """
    refuse_two_groups(groups)
    wanted = groups.reindex(sorted(dict.fromkeys(entities), key=str))
    of = wanted.dropna().astype(str)
    return EntityGrouping(
        of=of,
        names=tuple(sorted(of.unique())),
        without=tuple(str(entity) for entity in wanted.index[wanted.isna()]),
    )


def require_choice(option: str, word: str, choices: Sequence[str]) -> None:
    """Refuse a word that is not among the choices of an option."""
    if word not in choices:
        raise SpecError(unknown_choice(word, option, choices))


def require(
    holds: bool,  # noqa: FBT001 - reads as a sentence
    code: str,
    problem: Wording,
    remedy: Wording,
    *,
    error: type[StudyError] = SpecError,
) -> None:
    """Refuse an option that is not meaningful, or with another error what the data do not allow."""
    if not holds:
        raise error(Problem(code, problem, remedy=remedy))


def choose_periods(periods: Sequence[int]) -> tuple[int, ...]:
    """Choose periods to compare: all if there are few, else the first, the last and some between.

    >>> choose_periods(range(2008, 2024))
    (2008, 2013, 2018, 2023)
    """
    if len(periods) <= MOST_DATES:
        return tuple(periods)
    step = (len(periods) - 1) / (MOST_DATES - 1)
    return tuple(periods[round(n * step)] for n in range(MOST_DATES))
