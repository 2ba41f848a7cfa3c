"""What a person may state about a file, so that the reader decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file; what is None is found by the reader and reported."""

    encoding: str | None = None
    """Encoding of a text file: `utf-8`, `gb18030`, `utf-16`, `big5` …"""
    delimiter: str | None = None
    """What separates the fields of a text file."""
    decimal: Literal[".", ","] | None = None
    """Decimal mark of numbers stored as text."""
    header: int | None = None
    """Row of the file that holds the names of the columns."""
    missing: tuple[str, ...] = ()
    """Further marks that mean: no value."""
    text: tuple[str, ...] = ()
    """Columns that are text although they look like numbers."""
    value: str | None = None
    """Name of the values of a wide table (years across the columns)."""
    renamed: Literal["keep", "join"] = "keep"
    """Whether places renamed within the sample are joined under the new name."""
    entities: tuple[str, ...] = ()
    """Names that are entities although they look like totals, regions or notes."""
    accept: tuple[str, ...] = ()
    """Codes of decisions that are confirmed; they are not reported again."""


NOTHING_STATED = Reading()
