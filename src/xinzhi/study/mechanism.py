"""What the sections of the mechanism give back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    def failures(self) -> tuple[NotTested | Inapplicable, ...]:
        """Everything that could not be computed."""
        return tuple(self._failures())

    def _failures(self) -> Iterator[NotTested | Inapplicable]:
        for mediation in self.mediation.values():
            if isinstance(mediation, NotTested):
                yield mediation
            else:
                yield from mediation.refused
        for moderated in self.moderation.values():
            yield from (p.found for p in moderated.paths if isinstance(p.found, NotTested))
            yield from (c.found for c in moderated.chains if isinstance(c.found, NotTested))
        for groupings in self.heterogeneity.values():
            for compared in groupings.values():
                if isinstance(compared, NotTested):
                    yield compared
                else:
                    groups = (found for _, found in compared.groups)
                    yield from (one for one in groups if isinstance(one, Inapplicable))
        if isinstance(self.curve, NotTested):
            yield self.curve
        elif self.curve is not None:
            refused = (one.estimates for one in self.curve.refused)
            yield from (one for one in refused if not isinstance(one, Estimates))
