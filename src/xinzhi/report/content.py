"""The content of a report, before it is put into chapters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xinzhi.errors import Problem
from xinzhi.notices import Notice
from xinzhi.present.chart import Chart
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.table import Table
from xinzhi.report.document import Profiles
from xinzhi.study.schema.report import ProfileName
from xinzhi.wording import Wording


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a report."""

    title: Wording
    subtitle: Wording = ""
    simulated: bool = False
    profile: ProfileName = "paper"
    abstract: tuple[Wording, ...] = ()
    """Paragraphs of the abstract, made of what the analyses declare."""
    keywords: tuple[Wording, ...] = ()
    sample: tuple[Wording, ...] = ()
    """Sentences on the sample and its losses."""
    data_summary: tuple[Wording, ...] = ()
    """The reading log."""
    tables: Mapping[str, tuple[Table, ...]] = field(default_factory=dict)
    """Tables by place: data, efficiency, classes, models, …"""
    charts: Mapping[str, tuple[Chart, ...]] = field(default_factory=dict)
    """Charts by place."""
    prose: Mapping[str, tuple[Wording, ...]] = field(default_factory=dict)
    """Paragraphs of the main text by place."""
    equations: tuple[NumberedEquation, ...] = ()
    profiles: Profiles | None = None
    """A page for each entity."""
    notices: tuple[Notice, ...] = ()
    problems: tuple[Problem, ...] = ()
    """What of maps and analyses could not be done; it stands among the notices too."""
    blocks: Mapping[str, Any] = field(default_factory=dict)
    """Further blocks of results.json, such as `comparison`."""
    entities: Mapping[str, Wording] = field(default_factory=dict)
    """Entity -> what readers call it."""
    methods: tuple[Wording, ...] = ()
    references: frozenset[str] = frozenset()
    """Literature of the methods, in APA style."""
    provenance: tuple[Wording, ...] = ()
