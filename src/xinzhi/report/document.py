"""One immutable model of a report, for all formats."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.figures.chart import Chart
from xinzhi.tables.table import Table
from xinzhi.wording import Wording, message


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text."""

    text: Wording


@dataclass(frozen=True, slots=True)
class Warned:
    """A notice that a reader must see."""

    text: Wording


@dataclass(frozen=True, slots=True)
class Profile:
    """The page of one entity."""

    key: str
    name: Wording
    sentences: tuple[Wording, ...]
    tables: tuple[Table, ...]
    """Small tables of its own; they have no number in the report."""
    series: tuple[tuple[int, float | None], ...] = ()
    """(period, score) over time."""


@dataclass(frozen=True, slots=True)
class Profiles:
    """Pages of all entities, of which a reader chooses one."""

    title: Wording
    items: tuple[Profile, ...]
    mean: tuple[tuple[int, float], ...] = ()
    """(period, mean score of all)."""

    @property
    def text(self) -> Wording:
        """What stands in formats that print no pages."""
        return message(
            "Each entity has a page of its own in report.html and in tables.xlsx, where these are "
            "written."
        )


Block = Paragraph | Warned | Table | Chart | Profiles


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of the report."""

    id: str
    title: Wording
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A report: title, subtitle and chapters; `simulated` prints the word on every page."""

    title: Wording
    sections: tuple[Section, ...]
    subtitle: Wording = ""
    simulated: bool = False
