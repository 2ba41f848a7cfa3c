"""Where the data come from, and which of their rows are the panel."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pydantic import Field, model_validator

from xinzhi.analyses.section import Names, OneOrMore, Section, Words
from xinzhi.io.options import ReadOptions


class HowToRead(Section):
    """What is stated about a file, so that the reader decides nothing; `xinzhi check` prints it."""

    encoding: str | None = None
    """Encoding of a text file: utf-8, gb18030, utf-16 …"""
    delimiter: str | None = None
    """What separates the fields of a text file."""
    decimal: Literal[".", ","] | None = None
    """Decimal mark of numbers stored as text."""
    header: int | None = Field(default=None, ge=1)
    """Row of the file that holds the names of the columns."""
    missing: Names = ()
    """Further marks that mean: no value."""
    text: Names = ()
    """Columns that are text although they look like numbers."""
    value: str | None = None
    """Name of the values of a wide table (years across the columns)."""
    renamed: Literal["keep", "join"] = "keep"
    """Whether places renamed within the sample are joined under the new name."""
    entities: Names = ()
    """Names that are entities although they look like totals, regions or notes."""
    accept: Names = ()
    """Codes of decisions that are confirmed; they are not reported again."""

    def reading(self) -> ReadOptions:
        """Return what the reader takes."""
        return ReadOptions(**self.model_dump())


ROLES = ("id", "name", "date", "closed", "place", "code", "text")
"""What a column of records can be."""
OF_RECORDS = frozenset(("encoding", "delimiter"))
BELONGS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "panel": frozenset(("entity", "period", "names")),
        "series": frozenset(("keys",)),
        "records": frozenset(ROLES),
    }
)


class Source(Section):
    """A file of data."""

    file: str
    """Path of the file, from the folder of the study file."""
    kind: Literal["panel", "series", "records"] = "panel"
    """panel: one row for each entity and period; series: a table with keys of its own, such as
    census employment; records: one row a thing, such as a firm."""
    sheet: str | None = None
    """Sheet of a workbook; needed where several hold data."""
    read: HowToRead = HowToRead()
    """What is stated about the file; the rest is found and reported."""
    entity: str | None = None
    """Of a panel: column that names the entity, such as city, province, country."""
    period: str | None = None
    """Of a panel: column that holds the period; leave it out for a single cross-section."""
    names: Words = Words()
    """Of a panel: columns that hold the entity's name for people, in Chinese and in English."""
    keys: Names = ()
    """Of a series: columns that name each row once."""
    id: str | None = None
    """Of records: column that numbers them."""
    name: str | None = None
    """Of records: column of their name."""
    date: str | None = None
    """Of records: column of the date, such as that of establishment."""
    closed: str | None = None
    """Of records: column of the date of closing."""
    place: str | None = None
    """Of records: column of the city, address or authority."""
    code: str | None = None
    """Of records: column of the four-digit industry code."""
    text: str | None = None
    """Of records: column of the text that is searched for terms."""

    @model_validator(mode="after")
    def _keys_have_effect(self) -> Source:
        wrong = sorted(
            f"{name} ({kind})"
            for kind, names in BELONGS.items()
            for name in names & self.model_fields_set
            if kind != self.kind
        )
        if wrong:
            msg = f"A source of kind {self.kind} has no {', '.join(wrong)}."
            raise ValueError(msg)
        if self.kind == "panel" and self.entity is None:
            msg = "A panel needs `entity`: the column that names the city."
            raise ValueError(msg)
        if self.kind == "series" and not self.keys:
            msg = "A series needs `keys`: the columns that name each row once."
            raise ValueError(msg)
        idle = sorted(self.read.model_fields_set - OF_RECORDS)
        if self.kind == "records" and idle:
            msg = f"Records are streamed; of `read` they take encoding and delimiter, not {', '.join(idle)}."
            raise ValueError(msg)
        if self.kind == "records" and not self.roles():
            msg = "Records need columns for their roles, such as `date` and `place`."
            raise ValueError(msg)
        return self

    def roles(self) -> dict[str, str]:
        """Columns of records by role."""
        found = {role: getattr(self, role) for role in ROLES}
        return {role: column for role, column in found.items() if column is not None}


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
    cities: Literal["resource_based", "paper_115"] | None = None
    """Keep the cities of a list of the registry, under their names of today; the columns stage,
    is_coal, income_recon, region4, region3_paper and province come with it."""
    keep: dict[str, list[str | int | float]] = Field(default_factory=dict)
    """Column -> values: only rows with one of these values are kept, the rest is counted."""
