"""What the sections of the mechanism give back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xinzhi.analyses.unavailable import Failure, Unavailable, without_tests
from xinzhi.econometrics.heterogeneity import Heterogeneity
from xinzhi.econometrics.instruments import Instrumented
from xinzhi.econometrics.moderated_mediation import ModeratedMediation
from xinzhi.econometrics.moderation import Moderation
from xinzhi.econometrics.specification_curve import SpecificationCurve
from xinzhi.econometrics.wild import Wild


@dataclass(frozen=True, slots=True)
class ModeratedPath:
    """One path x -> y and the moderator on which its strength depends."""

    focal: str
    outcome: str
    moderator: str
    found: Moderation | Unavailable


@dataclass(frozen=True, slots=True)
class ModeratedChain:
    """One chain x -> m -> y and the moderator of both its paths."""

    focal: str
    mediator: str
    moderator: str
    found: ModeratedMediation | Unavailable


@dataclass(frozen=True, slots=True)
class Moderated:
    """Paths and chains of one section."""

    paths: tuple[ModeratedPath, ...]
    chains: tuple[ModeratedChain, ...]


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
    moderation: Mapping[str, Moderated] = field(default_factory=lambda: MappingProxyType({}))
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
        for moderated in self.moderation.values():
            for path in moderated.paths:
                yield from _of_path(path.found)
            for chain in moderated.chains:
                yield from _of_chain(chain.found)
        for groupings in self.heterogeneity.values():
            for compared in groupings.values():
                yield from _of_groups(compared)
        if isinstance(self.curve, Unavailable):
            yield self.curve
        elif self.curve is not None:
            yield from without_tests(one.estimates for one in self.curve.refused)


def _of_path(found: Moderation | Unavailable) -> Iterator[Failure]:
    if isinstance(found, Unavailable):
        yield found
        return
    yield from without_tests((found.estimates,))
    # without effects of entities nobody asked for an interaction within them
    if "entity" in found.estimates.regression.effects:
        yield from without_tests((found.double_demeaned,))


def _of_chain(found: ModeratedMediation | Unavailable) -> Iterator[Failure]:
    if isinstance(found, Unavailable):
        yield found
    else:
        yield from without_tests((found.first, found.second))


def _of_groups(found: Heterogeneity | Unavailable) -> Iterator[Failure]:
    if isinstance(found, Unavailable):
        yield found
    else:
        yield from without_tests(one for _, one in found.groups)
