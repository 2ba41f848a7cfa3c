"""What the sections of the mechanism give back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xinzhi.analyses.unavailable import Failure, Unavailable, without_tests
from xinzhi.econometrics.heterogeneity import Heterogeneity
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
    heterogeneity: Mapping[str, Mapping[str, Heterogeneity | Unavailable]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Section -> grouping -> the regression by its groups."""
    curve: SpecificationCurve | Unavailable | None = None

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Everything that could not be computed."""
        return tuple(self._failures())

    def _failures(self) -> Iterator[Failure]:
        for groupings in self.heterogeneity.values():
            for compared in groupings.values():
                yield from _of_groups(compared)
        if isinstance(self.curve, Unavailable):
            yield self.curve
        elif self.curve is not None:
            yield from without_tests(one.estimates for one in self.curve.refused)


def _of_groups(found: Heterogeneity | Unavailable) -> Iterator[Failure]:
    if isinstance(found, Unavailable):
        yield found
    else:
        yield from without_tests(one for _, one in found.groups)
