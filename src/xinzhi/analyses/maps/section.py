"""Maps of a score or of a grouping."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from xinzhi.analyses.classes.section import Classes
from xinzhi.analyses.section import BothLanguages, Refers, Section, Words
from xinzhi.options import Refused
from xinzhi.wording import message

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
    """Name -> range of a class: `< 0.9`, `0.9-1.1`, `> 1.1`. Those of the score where left out; an index
    has none of its own."""
    groups: Annotated[str | None, Refers("group")] = None
    """Instead of a score: name of a grouping under `groups`; its members are the colours."""
    periods: tuple[int, ...] | None = Field(default=None, alias="in", min_length=1)
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
        if (self.value is None) == (self.groups is None):
            raise Refused(
                message("A map shows one thing."),
                message("write `value: SCORE` or `groups: GROUPING`."),
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
