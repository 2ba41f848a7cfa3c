"""What an analysis hands to the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from xinzhi.errors import Problem
from xinzhi.tables.table import Table
from xinzhi.wording import Wording


@dataclass(frozen=True, slots=True)
class Place:
    """A section of the report, and where in it the exhibits stand: all in rising order."""

    key: str
    title: Wording
    order: float


@dataclass(frozen=True, slots=True)
class Exhibits:
    """Tables, paragraphs of methods and references, each in the order of the report."""

    tables: tuple[Table, ...] = ()
    methods: tuple[Wording, ...] = ()
    references: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    """What the study file asks to show and cannot be shown; the rest is."""
    blocks: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Further blocks of results.json, by their keys."""
