"""How many entities stand in which class, by period and group."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from xinzhi.space.scores import grouped, pick
from xinzhi.space.transitions import class_table

NONE = "none"
"""Group of entities without one, and class of rows without a score."""


def counts_by_group(
    classes: pd.Series, groups: pd.Series, names: Sequence[str], *, periods: Sequence[int] = ()
) -> pd.DataFrame:
    """Count the classes of each group in each period.

    Parameters
    ----------
    classes
        Class per (entity, period), as `classify` gives it; missing where there is no score.
    groups
        Group per entity, such as its region.
    names
        Classes in their order; one that is empty has a column of zeros.
    periods
        Periods wanted; all of the data if empty.

    Returns
    -------
    pandas.DataFrame
        Indexed (period, group), every group in every period, the last group `none` only where
        entities have none; columns the classes and `none` for rows without a class.

    Raises
    ------
    DataError
        A period is not in the data, or a class is not among the names.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [2008]], names=["entity", "period"])
    >>> counts_by_group(pd.Series(["low", "high"], index), pd.Series({"a": "east", "b": "east"}),
    ...     ["low", "high"]).loc[(2008, "east")].tolist()
    [1, 1, 0]
    """
    table = class_table(classes, names)
    shown = [int(str(p)) for p in (pick(table, periods) if periods else table).columns]
    found = grouped(groups, table.index)
    entities = classes.index.get_level_values("entity")
    rows = pd.DataFrame(
        {
            "period": classes.index.get_level_values("period"),
            "group": found.of.reindex(entities).fillna(NONE).to_numpy(),
            "class": classes.astype(object).fillna(NONE).to_numpy(),
        }
    )
    counts = pd.crosstab([rows["period"], rows["group"]], rows["class"])
    every = [*found.names, *([NONE] if found.without else [])]
    index = pd.MultiIndex.from_product([shown, every], names=["period", "group"])
    counts = counts.reindex(index=index, columns=[*names, NONE], fill_value=0)
    counts.columns.name = None
    return counts
