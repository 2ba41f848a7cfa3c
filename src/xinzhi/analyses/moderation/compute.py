"""Moderation inside a study: every path and every chain, each with its own answer or the reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from xinzhi.analyses.analysis import Given
from xinzhi.analyses.effects import Effect, effect_of
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.moderation.moderated_effect import Moderation, moderate
from xinzhi.analyses.moderation.moderated_mediation import ModeratedMediation, moderate_mediation
from xinzhi.analyses.moderation.paths import (
    Chain,
    Path,
    chain_options,
    chains_of,
    equation_of_chain,
    equation_of_path,
    frame_of_path,
    path_options,
    paths_of,
)
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
            f"{one.focal} -> {one.outcome} | {one.moderator}": one.found.to_frame()
            if isinstance(one.found, Moderation)
            else pd.DataFrame({"failed": [str(one.found.problems[0].what)]})
            for one in self.paths
        }
        return pd.concat(parts, names=["path", "row"])


def interactions(found: Iterable[Moderation | Unavailable]) -> Iterator[Effect]:
    """List the interactions, each with its moderator."""
    for one in found:
        if isinstance(one, Moderation) and one.interaction in one.estimates.names:
            links = (one.focal, one.outcome)
            yield effect_of(one.estimates, one.interaction, links, moderator=one.moderator)


def moderate_in_study(section: ModerationSection, equation: Equation, given: Given) -> Moderated:
    """Estimate every path, and every chain that they form; one that fails leaves the others."""
    paths = [_path(path, equation, given) for path in paths_of(section, given.study)]
    chains = [
        ModeratedChain(c.focal, c.mediator, c.moderator, _chain(c, equation, given))
        for c in chains_of(section, given.study, equation.regression)
    ]
    return Moderated(tuple(paths), tuple(chains), _observed(section, equation, given))


def _path(path: Path, equation: Equation, given: Given) -> ModeratedPath:
    """Estimate equation (6) or (7): the interactions of one set stand in one equation."""
    ends, level = (path.focal, path.outcome, path.moderator), given.study.inference.level
    try:
        data = given.frame(path.data(equation))
        frame, regression = equation.applied(data)

        def moderate_path(regression: Regression) -> Moderation:
            asked = equation_of_path(path, regression)
            return moderate(frame, asked, level=level, **path_options(path))

        moderation = moderate_path(regression)
        estimates = with_advice(frame_of_path(path, equation, data), moderation.estimates)
    except StudyError as error:
        return ModeratedPath(*ends, Unavailable(str(path), error.problems))
    moderation = replace(
        moderation,
        estimates=estimates,
        notices=(*moderation.notices, *advice_of(estimates)),
    )
    declared, default = estimate_again(frame, regression, equation.declared, moderate_path)
    return ModeratedPath(*ends, moderation, declared, default)


def _chain(chain: Chain, equation: Equation, given: Given) -> ModeratedMediation | Unavailable:
    try:
        frame, regression = equation.applied(given.frame(chain.data(equation)))
        total, options = equation_of_chain(chain.mediator, regression), chain_options(chain)
        return moderate_mediation(frame, total, draws=chain.draws, seed=chain.seed, **options)
    except StudyError as error:
        return Unavailable(str(chain), error.problems)


def _observed(
    section: ModerationSection, equation: Equation, given: Given
) -> dict[str, tuple[float, float]]:
    """Take the range of each moderator whose data could be computed."""
    found: dict[str, tuple[float, float]] = {}
    for path in paths_of(section, given.study):
        try:
            values = given.frame(path.data(equation))[path.moderator]
        except StudyError:
            continue
        found[path.moderator] = (float(values.min()), float(values.max()))
    return found
