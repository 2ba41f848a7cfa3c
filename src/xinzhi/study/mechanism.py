"""What the sections of the mechanism give back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xinzhi.analyses.unavailable import Failure, Unavailable, without_tests
from xinzhi.econometrics.instruments import Instrumented
from xinzhi.econometrics.specification_curve import SpecificationCurve
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
    curve: SpecificationCurve | Unavailable | None = None

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Everything that could not be computed."""
        return tuple(self._failures())

    def _failures(self) -> Iterator[Failure]:
        if isinstance(self.curve, Unavailable):
            yield self.curve
        elif self.curve is not None:
            yield from without_tests(one.estimates for one in self.curve.refused)
