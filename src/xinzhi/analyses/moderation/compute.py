"""Moderation inside a study: every path and every chain, each with its own answer or the reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.effects import Effect, slope_effect
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.moderation.moderated_effect import Moderation, moderate
from xinzhi.analyses.moderation.moderated_mediation import ModeratedMediation, moderate_mediation
from xinzhi.analyses.moderation.paths import ChainOfPaths, PathModeration, chains_of, paths_of
from xinzhi.analyses.moderation.section import ModerationSection
from xinzhi.analyses.other_errors import estimate_again
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import StudyError
from xinzhi.panel.notebook import InNotebook
from xinzhi.regression.diagnostics.error_tests import advice_of, with_advice
from xinzhi.regression.specification import Regression


@dataclass(frozen=True, slots=True)
class ModeratedPath:
    """One path x -> y and the moderator on which its strength depends."""

    focal: str
    outcome: str
    moderator: str
    found: Moderation | Unavailable
    declared: Moderation | None = None
    """The same with the declared errors, where its equation has others."""
    default: Moderation | None = None
    """The same with errors clustered by entity, where it is judged by others."""

    @property
    def judged(self) -> Moderation | Unavailable:
        """The path as it is judged."""
        return self.declared or self.found


@dataclass(frozen=True, slots=True)
class ModeratedChain:
    """One chain x -> m -> y and the moderator of both its paths."""

    focal: str
    mediator: str
    moderator: str
    found: ModeratedMediation | Unavailable


@dataclass(frozen=True, slots=True, eq=False)
class Moderated(InNotebook):
    """Paths and chains of one section."""

    paths: tuple[ModeratedPath, ...]
    chains: tuple[ModeratedChain, ...]
    observed: Mapping[str, tuple[float, float]]
    """Moderator -> its smallest and its largest value in all rows."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row a path and value of the moderator; of a path that failed, one with why."""
        parts = {
            f"{path.focal} -> {path.outcome} | {path.moderator}": path.found.to_frame()
            if isinstance(path.found, Moderation)
            else pd.DataFrame({"failed": [str(path.found.problems[0].what)]})
            for path in self.paths
        }
        return pd.concat(parts, names=["path", "row"])


def interactions(paths: Iterable[Moderation | Unavailable | None]) -> Iterator[Effect]:
    """List the interactions, each with its moderator."""
    for path in paths:
        if isinstance(path, Moderation) and path.interaction in path.estimates.names:
            links = (path.focal, path.outcome)
            yield slope_effect(path.estimates, path.interaction, links, moderator=path.moderator)


def moderate_in_study(section: ModerationSection, equation: Equation, given: Given) -> Moderated:
    """Estimate every path, and every chain that they form; one that fails leaves the others."""
    study, draws = given.study, section.draws
    return Moderated(
        tuple(_path(path, equation, given) for path in paths_of(section, study)),
        tuple(
            ModeratedChain(
                chain.focal, chain.mediator, chain.moderator, _chain(chain, equation, given, draws)
            )
            for chain in chains_of(section, study, equation.regression)
        ),
        _observed(section, equation, given),
    )


def _path(path: PathModeration, equation: Equation, given: Given) -> ModeratedPath:
    """Estimate equation (6) or (7): the interactions of one set stand in one equation."""
    ends, level = (path.focal, path.outcome, path.moderator), given.study.inference.level
    try:
        data = given.frame(path.data(equation))
        frame, base = equation.applied(data)

        def estimate(base: Regression) -> Moderation:
            return moderate(frame, path.regression(base), level=level, **path.options)

        moderation = estimate(base)
        estimates = with_advice(path.frame(equation, data), moderation.estimates)
    except StudyError as error:
        return ModeratedPath(*ends, Unavailable(str(path), error.problems))
    notices = (*moderation.notices, *advice_of(estimates))
    moderation = replace(moderation, estimates=estimates, notices=notices)
    declared, default = estimate_again(frame, base, equation.declared, estimate)
    return ModeratedPath(*ends, moderation, declared, default)


def _chain(
    chain: ChainOfPaths, equation: Equation, given: Given, draws: int
) -> ModeratedMediation | Unavailable:
    try:
        frame, base = equation.applied(given.frame(chain.data(equation)))
        return moderate_mediation(
            frame, chain.total(base), draws=draws, seed=given.study.seed, **chain.options
        )
    except StudyError as error:
        return Unavailable(str(chain), error.problems)


def _observed(
    section: ModerationSection, equation: Equation, given: Given
) -> dict[str, tuple[float, float]]:
    """Take the range of each moderator whose data could be computed."""
    ranges: dict[str, tuple[float, float]] = {}
    for path in paths_of(section, given.study):
        try:
            values = given.frame(path.data(equation))[path.moderator]
        except StudyError:  # The path itself says why.
            continue
        ranges[path.moderator] = (float(values.min()), float(values.max()))
    return ranges
