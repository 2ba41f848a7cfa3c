"""Maps of a score."""

from __future__ import annotations

from pydantic import Field

from xinzhi.study.schema.base import BothLanguages, Section, Words


class Map(Section):
    """A map of a score: one class a colour, one period at a time."""

    title: BothLanguages = Words()
    """Title of the map."""
    value: str
    """Name of a score under `efficiency`; its classes are the colours."""
    periods: tuple[int, ...] | None = Field(default=None, alias="in", min_length=1)
    """Periods to choose from; all where left out."""
    boundaries: str
    """TopoJSON file of outlines, from the folder of the study file."""
    key: str
    """Property of an outline that is the entity's name in the data."""
    areas: str = "countries"
    """Object of the file whose outlines carry values."""
    land: str = "land"
    """Object of the file that is drawn as backdrop."""
    approval: str = ""
    """Approval number of the base map, printed under it."""
