"""A displayed equation of the report, for all formats."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Equation:
    """An equation that stands on a line of its own, with a number."""

    id: str
    """Stable key, by which sentences refer to it."""
    tex: str
    """The equation in LaTeX, without delimiters."""
