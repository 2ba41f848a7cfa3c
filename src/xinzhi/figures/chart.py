"""One immutable model of a chart, for all formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xinzhi.wording import Language, Wording


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of the report: one Vega-Lite specification for each language."""

    id: str
    title: Wording
    specifications: Mapping[Language, Mapping[str, object]]
    """Vega-Lite specification (a JSON object) per language, data inside; none for a drawing."""
    notes: tuple[Wording, ...] = ()
    reading: tuple[Wording, ...] = ()
    still: Mapping[Language, Mapping[str, object]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Specification for paper, with its own width, where a page lets the reader choose."""
    drawings: Mapping[Language, str] = field(default_factory=lambda: MappingProxyType({}))
    """SVG of our own instead of a specification, such as the diagram of a mechanism."""
