"""One immutable model of a report, for all formats."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.analyses.exhibits import Profile, Profiles
from xinzhi.present.chart import Chart
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.table import Part, Table
from xinzhi.study.schema.report import ProfileName
from xinzhi.wording import Wording

__all__ = [
    "Block",
    "Document",
    "DocumentSection",
    "Heading",
    "NumberedEquation",
    "Paragraph",
    "Profile",
    "Profiles",
    "Warned",
]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text."""

    text: Wording


@dataclass(frozen=True, slots=True)
class Warned:
    """A notice that a reader must see."""

    text: Wording


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a chapter."""

    text: Wording


Block = Paragraph | Warned | Heading | NumberedEquation | Table | Chart | Profiles


@dataclass(frozen=True, slots=True)
class DocumentSection:
    """A chapter of the report."""

    id: str
    title: Wording
    blocks: tuple[Block, ...]
    part: Part = "text"
    is_numbered: bool = True
    """Chapters are counted, each part by itself; abstract and references are not."""


@dataclass(frozen=True, slots=True)
class Document:
    """A report: title, subtitle and chapters; `simulated` prints the word on every page."""

    title: Wording
    sections: tuple[DocumentSection, ...]
    subtitle: Wording = ""
    simulated: bool = False
    profile: ProfileName = "full"
