"""Sections of the report, and what a section may read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from xinzhi.analyses.analysis import ANALYSES
from xinzhi.errors import Problem
from xinzhi.figures.chart import Chart
from xinzhi.notices import Notice
from xinzhi.register import Register
from xinzhi.report.document import Block, Profiles
from xinzhi.tables.table import Table
from xinzhi.wording import Wording


@dataclass(frozen=True, slots=True)
class Material:
    """What a study hands to the report."""

    title: Wording
    subtitle: Wording = ""
    simulated: bool = False
    findings: tuple[Wording, ...] = ()
    """Key findings; where empty, the first sentence beside each table stands in."""
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


SECTIONS: Register[SectionPart] = Register("report section", "xinzhi.report.sections")


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
    found = {name: part.order for name, part in SECTIONS}
    return found.get(place, 0)


def exhibits(material: Material, section: str) -> tuple[Block, ...]:
    """Charts, then tables of a section."""
    return (*material.charts.get(section, ()), *material.tables.get(section, ()))
