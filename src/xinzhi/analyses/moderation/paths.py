"""The paths and chains that a moderation asks for, and the data that each is estimated on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import EstimationData, Study
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.moderation.moderated_mediation import chain_equations
from xinzhi.analyses.moderation.section import ModerationSection
from xinzhi.analyses.moderation.terms import moderated_equation
from xinzhi.regression.specification import Regression


@dataclass(frozen=True, slots=True)
class PathModeration:
    """One moderated path, and what else stands in its equation."""

    focal: str
    outcome: str
    moderator: str
    others: tuple[str, ...]
    """Variables whose interactions with the moderator stand in the same equation."""
    lag: int
    lagged: str

    def __str__(self) -> str:
        return f"{self.focal} -> {self.outcome} | {self.moderator}"

    def data(self, equation: Equation) -> EstimationData:
        """Ask for the data of the path: its end is measured as the equation says."""
        used = (self.focal, self.outcome, self.moderator, *self.others)
        variables = (*equation.variables, self.outcome)
        return EstimationData(variables, used, equation.keys, equation.frontier)

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of `moderate` that say which path it is."""
        return {
            "focal": self.focal,
            "moderator": self.moderator,
            "steps": self.lag,
            "lagged": self.lagged,
            "others": self.others,
        }

    def regression(self, base: Regression) -> Regression:
        """Put the path and what is moderated with it before the regressors of the base equation."""
        right = dict.fromkeys((self.focal, *self.others, *base.regressors))
        return replace(
            base,
            outcome=self.outcome,
            # The end of a path may be a factor or a control of the base equation.
            regressors=tuple(name for name in right if name != self.outcome),
            controls=tuple(c for c in base.controls if c not in right and c != self.outcome),
        )

    def frame(self, equation: Equation, data: pd.DataFrame) -> pd.DataFrame:
        """Give the frame on which the path is estimated, its lags and interactions in it."""
        frame, base = equation.applied(data)
        return moderated_equation(frame, self.regression(base), **self.options)[0]


@dataclass(frozen=True, slots=True)
class ChainOfPaths:
    """One chain x -> m -> y of the total equation, both paths moderated."""

    focal: str
    mediator: str
    moderator: str
    lag: int
    lagged: str

    def __str__(self) -> str:
        return f"{self.focal} -> {self.mediator} -> | {self.moderator}"

    def data(self, equation: Equation) -> EstimationData:
        """Ask for the data of the chain."""
        return EstimationData.of(equation, self.focal, self.mediator, self.moderator)

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of `moderate_mediation` that say which chain it is."""
        return {
            "focal": self.focal,
            "mediator": self.mediator,
            "moderator": self.moderator,
            "steps": self.lag,
            "lagged": self.lagged,
        }

    def total(self, base: Regression) -> Regression:
        """Take the mediator out of the controls: the total effect goes through it."""
        return replace(base, controls=tuple(c for c in base.controls if c != self.mediator))

    def frame(self, equation: Equation, data: pd.DataFrame) -> pd.DataFrame:
        """Give the frame on which the chain is estimated, its lags and interactions in it."""
        frame, base = equation.applied(data)
        return chain_equations(frame, self.total(base), **self.options)[0]


def paths_of(section: ModerationSection, study: Study) -> Iterator[PathModeration]:
    """List the paths of a section."""
    for moderator in study.expand(section.moderators):
        for left, right in section.paths:
            lefts = study.expand((left,))
            for focal in lefts:
                others = tuple(name for name in lefts if name != focal)
                yield PathModeration(focal, right, moderator, others, section.lag, section.lagged)


def chains_of(
    section: ModerationSection, study: Study, total: Regression
) -> Iterator[ChainOfPaths]:
    """List the chains that the paths form, from a factor of the total equation to its outcome."""
    steps = [(x, right) for left, right in section.paths for x in study.expand((left,))]
    ends = {x for x, right in steps if right == total.outcome}
    for moderator in study.expand(section.moderators):
        for focal, mediator in steps:
            if mediator in ends and focal in total.regressors:
                yield ChainOfPaths(focal, mediator, moderator, section.lag, section.lagged)
