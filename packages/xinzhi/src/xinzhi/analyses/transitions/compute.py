"""Moves between the classes of a score, and the classes by region.

Options of transitions between classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.classes.compute import Classes, classify
from xinzhi.analyses.section import Refers
from xinzhi.analyses.space_and_time import (
    NONE,
    DatesAndRegions,
    assign_regions,
    choose_dates,
    region_names,
)
from xinzhi.analyses.unavailable import Unavailable, attempt
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.periods import period_name
from xinzhi_econometrics.space.scores import assign_groups, pick_periods
from xinzhi_econometrics.space.transitions import (
    ClassPaths,
    Transitions,
    class_table,
    paths,
    transitions,
)


class TransitionsSection(DatesAndRegions):
    """Transitions between the classes of a score."""

    score: Annotated[str, Refers("measured")]
    """The score."""
    classes: Classes
    """Name of a class -> range of scores, such as {low: "< 0.30", high: ">= 0.30"}."""


@dataclass(frozen=True, slots=True, eq=False)
class Moves(InNotebook):
    """Moves between the classes of a score; None for what there cannot be."""

    regions: tuple[str, ...]
    by_region: pd.DataFrame | Unavailable | None
    """Counts of classes, indexed (period, group); None without regions."""
    transitions: Transitions | Unavailable | None
    """From one period to the next; None where there is one period."""
    paths: ClassPaths | Unavailable | None
    """Over the dates; None where there is one."""

    @property
    def parts(self) -> tuple[pd.DataFrame | Transitions | ClassPaths | Unavailable | None, ...]:
        """All parts, in the order of the report."""
        return self.by_region, self.transitions, self.paths


def moves(section: TransitionsSection, given: Given) -> Moves:
    """Compute the transition matrix, the paths over the dates, and the classes by region."""
    panel = given.panel
    names, dates = list(section.classes), choose_dates(section.dates, panel)
    classes = classify(panel.frame[section.score], section.classes).of
    regions: tuple[str, ...] = ()
    by_region = matrix = routes = None
    if section.regions is not None:
        groups = assign_regions(section.regions, given)
        regions = region_names(groups)
        by_region = attempt(
            "by_region", lambda: counts_by_group(classes, groups, names, periods=dates)
        )
    # The matrix compares all neighbouring periods, the paths only the dates, which may be one.
    seed, level = given.study.seed, given.study.inference.coverage()
    if panel.has_periods and len(panel.periods) > 1:
        matrix = attempt("transitions", lambda: transitions(classes, names, seed=seed, level=level))
        if len(dates) > 1:
            routes = attempt("paths", lambda: paths(classes, names, periods=dates))
    return Moves(regions, by_region, matrix, routes)


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
    shown = [int(str(p)) for p in (pick_periods(table, periods) if periods else table).columns]
    grouping = assign_groups(groups, table.index)
    of_rows = grouping.of.reindex(classes.index.get_level_values("entity")).fillna(NONE)
    counts = pd.crosstab(
        [classes.index.get_level_values("period"), of_rows.to_numpy()],
        classes.astype(object).fillna(NONE).to_numpy(),
    )
    # A combination that does not occur is a 0 and not a row or a column that is not there.
    every = [*grouping.names, *([NONE] if grouping.without else [])]
    index = pd.MultiIndex.from_product([shown, every], names=["period", "group"])
    counts = counts.reindex(index=index, columns=[*names, NONE], fill_value=0)
    counts.columns.name = None
    return counts


def last_by_region(counts: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Take the last period of `counts_by_group`: its regions and classes, without rows of no entity."""
    period = max(counts.index.get_level_values("period"))
    last = counts[counts.index.get_level_values("period") == period].droplevel("period")
    last = last.drop(index=NONE, columns=NONE, errors="ignore")
    return period_name(period), last[last.sum(axis=1) > 0]
