"""What the sections of the mechanism give back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.heterogeneity import Heterogeneity
from xinzhi.econometrics.instruments import Instrumented
from xinzhi.econometrics.mediation import Mediation
from xinzhi.econometrics.moderated_mediation import ModeratedMediation
from xinzhi.econometrics.moderation import Moderation
from xinzhi.econometrics.specification_curve import SpecificationCurve
from xinzhi.econometrics.statistic import Inapplicable
from xinzhi.econometrics.wild import Wild
from xinzhi.errors import Problem


@dataclass(frozen=True, slots=True)
class NotTested:
    """A test or an analysis that could not be computed, and why; the rest of the study goes on."""

    name: str
    problems: tuple[Problem, ...]


Failure = NotTested | Inapplicable


@dataclass(frozen=True, slots=True)
class ModeratedPath:
    """One path x -> y and the moderator on which its strength depends."""

    focal: str
    outcome: str
    moderator: str
    found: Moderation | NotTested


@dataclass(frozen=True, slots=True)
class ModeratedChain:
    """One chain x -> m -> y and the moderator of both its paths."""

    focal: str
    mediator: str
    moderator: str
    found: ModeratedMediation | NotTested


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
    without_wild: Mapping[str, Mapping[int, NotTested]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """The same of columns that have few clusters and no wild bootstrap; no failure (E1)."""
    mediation: Mapping[str, Mediation | NotTested] = field(
        default_factory=lambda: MappingProxyType({})
    )
    moderation: Mapping[str, Moderated] = field(default_factory=lambda: MappingProxyType({}))
    heterogeneity: Mapping[str, Mapping[str, Heterogeneity | NotTested]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Section -> grouping -> the regression by its groups."""
    curve: SpecificationCurve | NotTested | None = None

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Everything that could not be computed."""
        return tuple(self._failures())

    def _failures(self) -> Iterator[Failure]:
        for mediation in self.mediation.values():
            yield from _of_mediation(mediation)
        for moderated in self.moderation.values():
            for path in moderated.paths:
                yield from _of_path(path.found)
            for chain in moderated.chains:
                yield from _of_chain(chain.found)
        for groupings in self.heterogeneity.values():
            for compared in groupings.values():
                yield from _of_groups(compared)
        if isinstance(self.curve, NotTested):
            yield self.curve
        elif self.curve is not None:
            yield from without_tests(one.estimates for one in self.curve.refused)


def without_tests(found: Iterable[Estimates | Inapplicable]) -> Iterator[Inapplicable]:
    """Give what could not be estimated, and why nothing can be tested of what could."""
    for one in found:
        if isinstance(one, Inapplicable):
            yield one
        elif one.untested:
            yield Inapplicable(one.regression.outcome, one.untested)


def _of_mediation(found: Mediation | NotTested) -> Iterator[Failure]:
    if isinstance(found, NotTested):
        yield found
        return
    equations = (e for t in found.through for e in (t.first, t.second, t.alone))
    yield from found.refused
    yield from without_tests((found.total, *equations))


def _of_path(found: Moderation | NotTested) -> Iterator[Failure]:
    if isinstance(found, NotTested):
        yield found
        return
    yield from without_tests((found.estimates,))
    # without effects of entities nobody asked for an interaction within them
    if "entity" in found.estimates.regression.effects:
        yield from without_tests((found.double_demeaned,))


def _of_chain(found: ModeratedMediation | NotTested) -> Iterator[Failure]:
    if isinstance(found, NotTested):
        yield found
    else:
        yield from without_tests((found.first, found.second))


def _of_groups(found: Heterogeneity | NotTested) -> Iterator[Failure]:
    if isinstance(found, NotTested):
        yield found
    else:
        yield from without_tests(one for _, one in found.groups)
