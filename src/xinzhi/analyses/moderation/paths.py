"""The paths and chains that a moderation asks for, and the data that each is estimated on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypedDict

import pandas as pd

from xinzhi.analyses.analysis import EstimationData, Study
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.moderation.moderated_mediation import chain_equations
from xinzhi.analyses.moderation.section import ModerationSection
from xinzhi.analyses.moderation.terms import moderated_equation
from xinzhi.regression.specification import Regression


@dataclass(frozen=True, slots=True)
class Path:
    """One moderated path, and what else stands in its equation."""

    focal: str
    outcome: str
    moderator: str
    beside: tuple[str, ...]
    """Variables whose interactions with the moderator stand in the same equation."""
    lag: int
    lagged: str

    def __str__(self) -> str:
        return f"{self.focal} -> {self.outcome} | {self.moderator}"

    def data(self, equation: Equation) -> EstimationData:
        """Ask for the data of the path: its end is measured as the equation says."""
        used = (self.focal, self.outcome, self.moderator, *self.beside)
        variables = (*equation.variables, self.outcome)
        return EstimationData(variables, used, equation.keys, equation.frontier)


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain x -> m -> y of the total equation, both paths moderated."""

    focal: str
    mediator: str
    moderator: str
    lag: int
    lagged: str
    draws: int
    seed: int

    def __str__(self) -> str:
        return f"{self.focal} -> {self.mediator} -> | {self.moderator}"

    def data(self, equation: Equation) -> EstimationData:
        """Ask for the data of the chain."""
        return EstimationData.of(equation, self.focal, self.mediator, self.moderator)


class PathOptions(TypedDict):
    """What `moderate` is asked of a path."""

    focal: str
    moderator: str
    steps: int
    lagged: str
    beside: tuple[str, ...]


class ChainOptions(TypedDict):
    """What `moderate_mediation` is asked of a chain."""

    focal: str
    mediator: str
    moderator: str
    steps: int
    lagged: str


def paths_of(section: ModerationSection, study: Study) -> Iterator[Path]:
    """List the paths of a section."""
    for moderator in study.expand(section.moderators):
        for left, right in section.paths:
            lefts = study.expand((left,))
            for focal in lefts:
                beside = tuple(name for name in lefts if name != focal)
                yield Path(focal, right, moderator, beside, section.lag, section.lagged)


def chains_of(section: ModerationSection, study: Study, total: Regression) -> Iterator[Chain]:
    """List the chains that the paths form, from a factor of the total equation to its outcome."""
    steps = [(x, right) for left, right in section.paths for x in study.expand((left,))]
    ends = {x for x, right in steps if right == total.outcome}
    for moderator in study.expand(section.moderators):
        for focal, mediator in steps:
            if mediator in ends and focal in total.regressors:
                yield Chain(
                    focal,
                    mediator,
                    moderator,
                    section.lag,
                    section.lagged,
                    section.draws,
                    study.seed,
                )


def frame_of_path(path: Path, equation: Equation, frame: pd.DataFrame) -> pd.DataFrame:
    """Give the frame on which a path was estimated, its lags and interactions in it."""
    kept, regression = equation.applied(frame)
    return moderated_equation(kept, equation_of_path(path, regression), **path_options(path))[0]


def path_options(path: Path) -> PathOptions:
    """Give the arguments of `moderate`."""
    return {
        "focal": path.focal,
        "moderator": path.moderator,
        "steps": path.lag,
        "lagged": path.lagged,
        "beside": path.beside,
    }


def equation_of_path(path: Path, regression: Regression) -> Regression:
    """Put the path and what stands beside it before the regressors of the base equation."""
    right = dict.fromkeys((path.focal, *path.beside, *regression.regressors))
    return replace(
        regression,
        outcome=path.outcome,
        regressors=tuple(name for name in right if name != path.outcome),
        controls=tuple(c for c in regression.controls if c not in right and c != path.outcome),
    )


def frame_of_chain(chain: Chain, equation: Equation, frame: pd.DataFrame) -> pd.DataFrame:
    """Give the frame on which a chain was estimated, its lags and interactions in it."""
    kept, regression = equation.applied(frame)
    total = equation_of_chain(chain.mediator, regression)
    return chain_equations(kept, total, **chain_options(chain))[0]


def equation_of_chain(mediator: str, regression: Regression) -> Regression:
    """Take the mediator out of the controls of the total equation."""
    return replace(regression, controls=tuple(c for c in regression.controls if c != mediator))


def chain_options(chain: Chain) -> ChainOptions:
    """Give the arguments of `moderate_mediation` but draws and seed."""
    return {
        "focal": chain.focal,
        "mediator": chain.mediator,
        "moderator": chain.moderator,
        "steps": chain.lag,
        "lagged": chain.lagged,
    }
