"""Moves between the classes of a score, and the classes by region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.classes.compute import classify
from xinzhi.analyses.space_and_time import NONE, dates_of, regions_of
from xinzhi.analyses.transitions.section import TransitionsSection
from xinzhi.analyses.unavailable import Unavailable, attempt
from xinzhi.panel.notebook import InNotebook
from xinzhi.space.scores import grouped, pick
from xinzhi.space.transitions import Paths, Transitions, class_table, paths, transitions


@dataclass(frozen=True, slots=True, eq=False)
class Moves(InNotebook):
    """Moves between the classes of a score; None for what there cannot be."""

    regions: tuple[str, ...]
    by_region: pd.DataFrame | Unavailable | None
    """Counts of classes, indexed (period, group); None without regions."""
    transitions: Transitions | Unavailable | None
    """From one period to the next; None where there is one period."""
    paths: Paths | Unavailable | None
    """Over the dates; None where there is one."""

    @property
    def parts(self) -> tuple[pd.DataFrame | Transitions | Paths | Unavailable | None, ...]:
        """All parts, in the order of the report."""
        return self.by_region, self.transitions, self.paths


def moves(section: TransitionsSection, given: Given) -> Moves:
    """Compute the transition matrix, the paths over the dates, and the classes by region."""
    panel = given.panel
    found = classify(panel.frame[section.score], section.classes)
    dates = list(dates_of(section.dates, panel))
    regions = None if section.regions is None else regions_of(section.regions, given)
    over_time = panel.has_periods and len(panel.periods) > 1
    names, seed = found.names, given.study.seed
    return Moves(
        () if regions is None else tuple(sorted(map(str, regions.dropna().unique()))),
        None
        if regions is None
        else attempt("by_region", lambda: counts_by_group(found.of, regions, names, periods=dates)),
        attempt("transitions", lambda: transitions(found.of, names, seed=seed))
        if over_time
        else None,
        attempt("paths", lambda: paths(found.of, names, periods=dates))
        if over_time and len(dates) > 1
        else None,
    )


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
