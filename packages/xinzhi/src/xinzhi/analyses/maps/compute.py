"""What a map shows: the class, or the group, of each entity in each period.

Maps of a score, of a column of the data, or of a grouping.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field, model_validator

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.classes.compute import Classes, classify
from xinzhi.analyses.section import BothLanguages, Refers, Section, Words
from xinzhi.options import PeriodNumber, Refused
from xinzhi_core.panel.panel import ENTITY, NO_PERIOD, PERIOD
from xinzhi_core.wording import message

BUILT_IN = "built_in"
OF_A_FILE = ("key", "areas", "land")


class Map(Section):
    """A map: one class a colour, one period at a time."""

    title: BothLanguages = Words()
    """Title of the map."""
    value: Annotated[str | None, Refers("measured")] = Field(default=None, examples=["efficiency"])
    """Name of a score under `efficiency`, or of a variable that is made from an index, such as a cumulative
    one; its classes are the colours."""
    classes: Classes | None = None
    """Name -> range of a class: `< 0.9`, `0.9-1.1`, `> 1.1`. Those of the score where left out; an index and a
    column have none of their own."""
    column: Annotated[str | None, Refers("data")] = None
    """Instead of a score: column of the data in its own unit, such as residents, read or made by a step."""
    groups: Annotated[str | None, Refers("group")] = None
    """Instead of a score: name of a grouping under `groups`; its members are the colours."""
    periods: tuple[PeriodNumber, ...] | None = Field(default=None, alias="in", min_length=1)
    """Periods to choose from; all where left out. Pictures show at most four side by side."""
    boundaries: str = Field(examples=[BUILT_IN])
    """GeoJSON, TopoJSON or GeoParquet file of outlines, from the folder of the study file; or
    built_in: provinces or prefectures of China, whichever the entities are."""
    level: Literal["province", "prefecture"] | None = None
    """Of built_in: which outlines; found from the names where left out."""
    key: str | None = None
    """Of a file: property of an outline that is the entity's name in the data."""
    areas: str | None = None
    """Of TopoJSON: object whose outlines carry values; the only one, or `countries`, where left out."""
    land: str | None = None
    """Of TopoJSON: object that is drawn as backdrop; `land` where there is one."""
    layout: Literal["world", "china"] | None = None
    """china: Albers, South China Sea in an inset, dashed line; world: Equal Earth. Where left out
    china for built_in and for a file that lies within China's longitudes and latitudes."""
    approval: str = ""
    """Approval number of a base map that is a file, printed on it and under it."""

    @model_validator(mode="after")
    def _one_content(self) -> Map:
        if sum(one is not None for one in (self.value, self.column, self.groups)) != 1:
            raise Refused(
                message("A map shows one thing."),
                message("write `value: SCORE`, `column: COLUMN` or `groups: GROUPING`."),
            )
        if self.column is not None and self.classes is None:
            raise Refused(
                message("Which classes of the column have which colour?"),
                message("write `classes: {{low: < 1, high: '>= 1'}}`, in the unit of the column."),
            )
        if self.classes is not None and self.groups is not None:
            raise Refused(
                message("`classes` are ranges of a value, and groups have none."),
                message("remove it."),
            )
        return self

    @model_validator(mode="after")
    def _options_have_effect(self) -> Map:
        if self.boundaries == BUILT_IN:
            given = [name for name in OF_A_FILE if getattr(self, name) is not None]
            if given:
                raise Refused(
                    message("`{option}` has no effect on built_in boundaries.", option=given[0]),
                    message("remove it."),
                )
            if self.approval:
                raise Refused(
                    message("The built_in outlines are for study and have no approval number."),
                    message(
                        "remove `approval`, or name the approved base map as a file under `boundaries`."
                    ),
                )
            if self.layout == "world":
                raise Refused(
                    message("The built_in boundaries are China's."), message("remove `layout`.")
                )
        elif self.key is None:
            raise Refused(
                message("Which property of an outline is the entity's name?"),
                message("write `key: PROPERTY`."),
            )
        elif self.level is not None:
            raise Refused(
                message("`level` chooses among the built_in boundaries."), message("remove it.")
            )
        return self


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """Values and classes of the areas of a map, indexed (entity, period)."""

    values: pd.Series
    """Scores, or figures of a column; missing for a map of groups."""
    classes: pd.Series
    names: tuple[str, ...]
    """Classes from low to high, or groups in the order of the study file."""


def look_up(section: Map, given: Given) -> Mapped:
    """Look up the class or the group of each entity in the periods of the map."""

    def in_periods(rows: pd.Series) -> pd.Series:
        if section.periods is None:
            return rows
        return rows[rows.index.get_level_values(PERIOD).isin(section.periods)]

    if section.groups is None:
        name = str(section.column or section.value)
        values = in_periods(given.panel.frame[name]).astype("float64")
        classes = (
            given.result("classes", name)
            if section.classes is None
            else classify(values, section.classes)
        )
        return Mapped(values, classes.of.reindex(values.index), classes.names)
    grouping = str(section.groups)
    groups = in_periods(given.members[grouping])
    if groups.groupby(level=ENTITY).nunique(dropna=False).max() <= 1:
        # Groups that never change are drawn once, without a slider for the period.
        groups = groups.groupby(level=ENTITY, sort=False).head(1).copy()
        entities = groups.index.get_level_values(ENTITY)
        groups.index = pd.MultiIndex.from_product([entities, [NO_PERIOD]], names=[ENTITY, PERIOD])
    names = given.study.members(grouping) or tuple(sorted(groups.dropna().unique()))
    return Mapped(pd.Series(float("nan"), index=groups.index), groups, names)
