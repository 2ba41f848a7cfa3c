"""One immutable model of a report, for all formats."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.analyses.exhibits import Profile, Profiles
from xinzhi.present.chart import Chart
from xinzhi.present.table import Table
from xinzhi.wording import Wording

__all__ = ["Block", "Document", "Paragraph", "Profile", "Profiles", "Section", "Warned"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text."""

    text: Wording


@dataclass(frozen=True, slots=True)
class Warned:
    """A notice that a reader must see."""

    text: Wording


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
