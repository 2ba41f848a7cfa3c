"""Where the data come from, and which of their rows are the panel."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from xinzhi.analyses.section import BothLanguages, Names, OneOrMore, Section, Words
from xinzhi.options import PeriodNumber, Refused
from xinzhi.prepare.records import ROLES
from xinzhi_core.wording import enumerated, listed, message
from xinzhi_panel.io.raw import ReadOptions


def _columns(value: Any) -> Any:
    """Let a list of columns keep their names."""
    is_names = isinstance(value, list) and all(isinstance(name, str) for name in value)
    return {name: name for name in value} if is_names else value


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
    leave_out: Names = ()
    """Entities whose rows are not read, such as 其他 or 省直辖县级行政区划; each is counted in the reading log."""
    sheets: Names = ()
    """Sheets of a workbook that are parts of one table, a year or a region each; they are put below
    one another. Without it, all sheets with the columns of the keys are."""
    units: dict[str, str] = Field(default_factory=dict)
    """Column -> unit that its figures are given in, such as {地区生产总值: 亿元}, where sheets or files
    have it in several units: the others are converted."""
    accept: Names = ()
    """Codes of decisions that are confirmed, and of what is implausible and true, for all columns
    (plausible.repeated) or for one (plausible.repeated COLUMN); they are not reported again."""

    def reading(self) -> ReadOptions:
        """Return what the reader takes."""
        return ReadOptions(**self.model_dump())


OF_RECORDS = frozenset(("encoding", "delimiter"))
BELONGS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "panel": frozenset(
            (
                *("files", "entity", "period", "period_from", "labels"),
                *("names", "spellings", "columns", "join"),
            )
        ),
        "series": frozenset(("keys",)),
        "records": frozenset(ROLES),
    }
)


Join = Literal["inner", "left", "outer"]


class Source(Section):
    """A file of data, or several files that make one panel."""

    title: BothLanguages = Words()
    """What readers call the source, as 中国城市统计年鉴; the table of variables names it."""
    file: str | None = None
    """Path of the file, from the folder of the study file."""
    files: Names = ()
    """Of a panel, in place of `file`: several files, or folders of files, that are put together on
    entity and period: one indicator a file, one year a file, or both."""
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
    period_from: Literal["column", "file_name"] = "column"
    """Of a panel: where the period stands, in its column or in the name of each file (2019.xlsx)."""
    labels: Words = Words()
    """Of a panel: columns that hold the entity's name for people, in Chinese and in English."""
    names: Literal["china_cities", "china_provinces", "countries", "text"] | None = None
    """Of a panel: by what the names of entities are matched between files: a register, through
    spellings, former names and codes, or `text`, as they are written. Left out, names are taken as
    written unless files differ in them and a register knows nearly all; a notice says so."""
    spellings: dict[str, str] = Field(default_factory=dict)
    """Of a panel: name as written -> name that is meant, where a name is misspelt or ambiguous."""
    columns: Annotated[dict[str, str], BeforeValidator(_columns)] = Field(default_factory=dict)
    """Of a panel: new name -> name in the files; only these columns are read."""
    join: Join = "outer"
    """Of a panel of several files: outer keeps the rows of every file, with empty cells where
    another has none; left those of the first file; inner those that every file has."""
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

    @field_validator("names", mode="before")
    @classmethod
    def _names_are_a_word(cls, value: Any) -> Any:
        if isinstance(value, dict):
            raise Refused(
                message("`names` says by what entities are matched."),
                message("columns that hold names for people stand under `labels`."),
            )
        return value

    @model_validator(mode="after")
    def _has_files(self) -> Source:
        if (self.file is None) == (not self.files):
            raise Refused(
                message("A source needs either `file` or `files`."),
                message("name a file, or several files."),
            )
        idle = [name for name in ("join", "period_from") if name in self.model_fields_set]
        if self.file is not None and idle:
            raise Refused(
                message("Without `files`, {options} has no effect.", options=enumerated(idle)),
                message("remove it."),
            )
        if self.period_from == "file_name" and self.period is None:
            raise Refused(
                message("`period_from: file_name` needs `period`."),
                message("add `period`: what the period is called."),
            )
        return self

    @model_validator(mode="after")
    def _keys_have_effect(self) -> Source:
        wrong = sorted(
            f"{name} ({kind})"
            for kind, names in BELONGS.items()
            for name in names & self.model_fields_set
            if kind != self.kind
        )
        if wrong:
            raise Refused(
                message(
                    "A source of kind {kind} has no {options}.",
                    kind=self.kind,
                    options=listed(wrong),
                ),
                message("remove it, or change `kind`."),
            )
        if self.kind == "panel" and self.entity is None:
            raise Refused(
                message("A panel needs `entity`."),
                message("add `entity`: the column that names the city."),
            )
        if self.kind == "series" and not self.keys:
            raise Refused(
                message("A series needs `keys`."),
                message("add `keys`: the columns that name each row once."),
            )
        idle = sorted(self.read.model_fields_set - OF_RECORDS)
        if self.kind == "records" and idle:
            raise Refused(
                message(
                    "Records are streamed; of `read` they take encoding and delimiter, not {options}.",
                    options=listed(idle),
                ),
                message("remove it."),
            )
        if self.kind == "records" and not self.roles():
            raise Refused(
                message("Records need columns for their roles."),
                message("name the columns, such as `date` and `place`."),
            )
        return self

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths as the study file writes them: files, and folders of files."""
        return self.files or (str(self.file),)

    def roles(self) -> dict[str, str]:
        """Columns of records by role."""
        columns = {role: getattr(self, role) for role in ROLES}
        return {role: column for role, column in columns.items() if column is not None}


class Periods(Section):
    """First and last period of the study, both included."""

    start: PeriodNumber | None = Field(default=None, alias="from")
    """First period; that of the data where it is left out."""
    end: PeriodNumber | None = Field(default=None, alias="to")
    """Last period; that of the data where it is left out."""


class PanelSection(Section):
    """The rows of the study: sources, periods, values to keep."""

    sources: OneOrMore = Field(alias="from")
    """Names of sources; several are joined on entity and period."""
    join: Join = "outer"
    """Of several sources: outer keeps the rows of every source, with empty cells where another has
    none; left those of the first; inner those that every source has."""
    periods: Periods = Periods()
    """First and last period."""
    cities: Literal["resource_based", "paper_115", "prefectures", "provinces"] | None = None
    """Keep the cities of a list of the registry, under their names of today; prefectures are all places of
    prefecture level, provinces are the provinces. The columns region4, region3_paper, province and level
    come with it; for cities also size_class, resource_based, resource_type, mineral, stage, is_coal and
    income_recon, where they are known."""
    keep: dict[str, list[str | int | float]] = Field(default_factory=dict)
    """Column -> values: only rows with one of these values are kept, the rest is counted."""
    labels: dict[str, BothLanguages] = Field(default_factory=dict)
    """Column, as it was read or prepared, or dimension of a composite index -> its name in the report, such as
    {capital: {zh: 资本存量, en: Capital stock}}."""
