"""One immutable model of a chart, for all formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xinzhi.wording import Language, Wording


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of the report: one Vega-Lite specification for each language."""

    id: str
    title: Wording
    specifications: Mapping[Language, Mapping[str, object]]
    """Vega-Lite specification (a JSON object) per language, data inside."""
    notes: tuple[Wording, ...] = ()
    reading: tuple[Wording, ...] = ()
