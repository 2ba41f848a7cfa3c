"""What the sections of the mechanism give back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.econometrics.instruments import Instrumented
from xinzhi.econometrics.wild import Wild


@dataclass(frozen=True, slots=True)
class Mechanism:
    """Everything beside the plain tables of regressions."""

    instrumented: Mapping[str, Mapping[int, Instrumented]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Table -> position of a column, from 0 -> two-stage least squares and its tests."""
    wild: Mapping[str, Mapping[int, Wild]] = field(default_factory=lambda: MappingProxyType({}))
    """Table -> position of a column with few clusters -> its wild bootstrap."""
    without_wild: Mapping[str, Mapping[int, Unavailable]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """The same of columns that have few clusters and no wild bootstrap; no failure (E1)."""
