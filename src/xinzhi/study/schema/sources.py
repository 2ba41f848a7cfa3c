"""Where the data come from, and which of their rows are the panel."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from xinzhi.study.schema.base import OneOrMore, Section, Words


class Source(Section):
    """A file of data."""

    file: str
    """Path of the file, from the folder of the study file."""
    kind: Literal["panel"] = "panel"
    """panel: one row for each entity and period."""
    entity: str
    """Column that names the entity: city, province, country."""
    period: str | None = None
    """Column that holds the period; leave it out for a single cross-section."""
    sheet: str | None = None
    """Sheet of a workbook; needed where several hold data."""
    names: Words = Words()
    """Columns that hold the entity's name for people, in Chinese and in English."""


class Periods(Section):
    """First and last period of the study, both included."""

    start: int | None = Field(default=None, alias="from")
    """First period; that of the data where it is left out."""
    end: int | None = Field(default=None, alias="to")
    """Last period; that of the data where it is left out."""


class PanelSection(Section):
    """The rows of the study: sources, periods, values to keep."""

    sources: OneOrMore = Field(alias="from")
    """Names of sources; several are joined on entity and period."""
    periods: Periods = Periods()
    """First and last period."""
    keep: dict[str, list[str | int | float]] = Field(default_factory=dict)
    """Column -> values: only rows with one of these values are kept, the rest is counted."""
