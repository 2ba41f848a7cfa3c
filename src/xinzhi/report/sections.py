"""Sections of the report: content, place, title, and how each is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from xinzhi.analyses.analysis import ANALYSES
from xinzhi.errors import Problem
from xinzhi.notices import Notice, together
from xinzhi.present.chart import Chart
from xinzhi.present.table import Table
from xinzhi.report.document import Block, Paragraph, Profiles, Warned
from xinzhi.wording import Wording, message


@dataclass(frozen=True, slots=True)
class Material:
    """The content of a report."""

    title: Wording
    subtitle: Wording = ""
    simulated: bool = False
    findings: tuple[Wording, ...] = ()
    """Key findings: sentences that the analyses declare."""
    data_summary: tuple[Wording, ...] = ()
    tables: Mapping[str, tuple[Table, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Tables by section: data, efficiency, classes, models, …"""
    charts: Mapping[str, tuple[Chart, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Charts by section."""
    profiles: Profiles | None = None
    """A page for each entity."""
    notices: tuple[Notice, ...] = ()
    problems: tuple[Problem, ...] = ()
    """What of maps and analyses could not be done; it stands among the notices too."""
    blocks: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Further blocks of results.json, such as `comparison`."""
    entities: Mapping[str, Wording] = field(default_factory=lambda: MappingProxyType({}))
    """Entity -> what readers call it."""
    methods: tuple[Wording, ...] = ()
    provenance: tuple[Wording, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionPart:
    """A section: its place in the report, its title, and how it is written."""

    order: float
    """Sections stand in rising order."""
    title: Wording
    blocks: Callable[[Material], tuple[Block, ...]]
    """Gives nothing where the study has nothing to say; the section is then left out."""


def _summary(material: Material) -> tuple[Block, ...]:
    """Write the key findings in plain sentences."""
    return tuple(map(Paragraph, material.findings))


def _data(material: Material) -> tuple[Block, ...]:
    """Describe the sources and the extent of the data, and show their distribution."""
    return (*map(Paragraph, material.data_summary), *exhibits(material, "data"))


def _profiles(material: Material) -> tuple[Block, ...]:
    """Give a page to each entity."""
    return (material.profiles,) if material.profiles else ()


def _notices(material: Material) -> tuple[Block, ...]:
    """Write each notice once, merged with similar ones; or that there are none."""
    texts = dict.fromkeys(
        _with_place(notice, material.entities) for notice in together(material.notices)
    )
    if not texts:
        return (Paragraph(message("There is nothing to note.")),)
    return tuple(Warned(text) for text in texts)


def _with_place(notice: Notice, entities: Mapping[str, Wording]) -> Wording:
    entity, period = notice.where.entity, notice.where.period
    name = "" if entity is None else entities.get(entity, entity)
    place = message("{entity} {period}", entity=name, period=period) if name and period else name
    place = place or ("" if period is None else str(period))
    return message("{text} ({place})", text=notice.text, place=place) if place else notice.text


def _methods(material: Material) -> tuple[Block, ...]:
    """Describe the options in force, with references."""
    return tuple(map(Paragraph, material.methods))


def _provenance(material: Material) -> tuple[Block, ...]:
    """Give versions and digests, and how to reproduce the study."""
    return tuple(map(Paragraph, material.provenance))


def exhibits(material: Material, section: str) -> tuple[Block, ...]:
    """Charts, then tables of a section."""
    return (*material.charts.get(section, ()), *material.tables.get(section, ()))


SECTIONS: Mapping[str, SectionPart] = MappingProxyType(
    {
        "summary": SectionPart(10, message("Key findings"), _summary),
        "data": SectionPart(20, message("Data"), _data),
        "models": SectionPart(50, message("Models"), partial(exhibits, section="models")),
        "cities": SectionPart(59, message("Entity by entity"), _profiles),
        "notices": SectionPart(60, message("Notices"), _notices),
        "methods": SectionPart(70, message("Methods"), _methods),
        "provenance": SectionPart(80, message("Provenance"), _provenance),
    }
)
"""Sections that are written for the study as a whole; analyses declare all others."""


def sections() -> list[tuple[str, SectionPart]]:
    """List the sections of the report and the places that analyses declare, by their keys."""
    declared = {
        analysis.place.key: SectionPart(
            analysis.place.order,
            analysis.place.title,
            partial(exhibits, section=analysis.place.key),
        )
        for _, analysis in ANALYSES
    }
    return list((declared | dict(SECTIONS)).items())


def order_of(place: str) -> float:
    """Where the exhibits of a section that belong to no analysis stand."""
    return SECTIONS[place].order if place in SECTIONS else 0
