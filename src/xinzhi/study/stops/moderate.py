"""Moderate: what strengthens or weakens a path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TypedDict

import pandas as pd

from xinzhi.analyses.equation import Equation
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.econometrics.error_tests import advice_of, with_advice
from xinzhi.econometrics.interaction import moderated_equation
from xinzhi.econometrics.moderated_mediation import (
    ModeratedMediation,
    chain_equations,
    moderate_mediation,
)
from xinzhi.econometrics.moderation import Moderation, moderate
from xinzhi.econometrics.specification import Regression
from xinzhi.errors import StudyError
from xinzhi.study.equations import around
from xinzhi.study.mechanism import Moderated, ModeratedChain, ModeratedPath
from xinzhi.study.schema.moderation import ModerationSection
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.sets import expand
from xinzhi.study.stops.estimate import parts_of
from xinzhi.study.stops.remeasure import Frames


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


def moderate_all(spec: StudySpec, frames: Frames) -> dict[str, Moderated]:
    """Moderate: variables -> moderated paths and chains, one result for each section."""
    return {
        name: _section(name, section, spec, frames) for name, section in spec.moderation.items()
    }


def _section(name: str, section: ModerationSection, spec: StudySpec, frames: Frames) -> Moderated:
    equation = around(spec, section)
    paths = [
        ModeratedPath(p.focal, p.outcome, p.moderator, _path(name, p, equation, frames))
        for p in paths_of(section, spec)
    ]
    chains = [
        ModeratedChain(c.focal, c.mediator, c.moderator, _chain(name, c, equation, frames))
        for c in chains_of(section, spec, equation.regression)
    ]
    return Moderated(tuple(paths), tuple(chains))


def paths_of(section: ModerationSection, spec: StudySpec) -> Iterator[Path]:
    """List the paths of a section."""
    for moderator in expand(section.moderators, spec):
        for left, right in section.paths:
            lefts = expand((left,), spec)
            for focal in lefts:
                beside = tuple(name for name in lefts if name != focal)
                yield Path(focal, right, moderator, beside, section.lag, section.lagged)


def chains_of(section: ModerationSection, spec: StudySpec, total: Regression) -> Iterator[Chain]:
    """Chains that the paths form, from a factor of the total equation to its outcome."""
    steps = [(x, right) for left, right in section.paths for x in expand((left,), spec)]
    ends = {x for x, right in steps if right == total.outcome}
    for moderator in expand(section.moderators, spec):
        for focal, mediator in steps:
            if mediator in ends and focal in total.regressors:
                yield Chain(
                    focal,
                    mediator,
                    moderator,
                    section.lag,
                    section.lagged,
                    section.draws,
                    spec.seed,
                )


def _path(name: str, path: Path, equation: Equation, frames: Frames) -> Moderation | Unavailable:
    used = (path.focal, path.outcome, path.moderator, *path.beside)
    try:
        frame = frames.of(equation.frontier, (*equation.variables, path.outcome), used)
    except StudyError as error:
        return Unavailable(str(path), error.problems)
    parts = {**parts_of(equation, frame, *used), "path": repr(path)}
    return frames.memory.recall(
        f"moderate.{name}/{path}", parts, partial(_moderate, path, equation, frame)
    )


def _moderate(path: Path, equation: Equation, frame: pd.DataFrame) -> Moderation | Unavailable:
    """Estimate equation (6) or (7): the interactions of one set stand in one equation."""
    try:
        kept, regression = equation.applied(frame)
        found = moderate(kept, _equation(path, regression), **_options(path))
        estimates = with_advice(frame_of_path(path, equation, frame), found.estimates)
    except StudyError as error:
        return Unavailable(str(path), error.problems)
    return replace(found, estimates=estimates, notices=(*found.notices, *advice_of(estimates)))


def frame_of_path(path: Path, equation: Equation, frame: pd.DataFrame) -> pd.DataFrame:
    """Give the frame on which a path was estimated, its lags and interactions in it."""
    kept, regression = equation.applied(frame)
    return moderated_equation(kept, _equation(path, regression), **_options(path))[0]


def _options(path: Path) -> PathOptions:
    return {
        "focal": path.focal,
        "moderator": path.moderator,
        "steps": path.lag,
        "lagged": path.lagged,
        "beside": path.beside,
    }


def _equation(path: Path, around_it: Regression) -> Regression:
    right = dict.fromkeys((path.focal, *path.beside, *around_it.regressors))
    return replace(
        around_it,
        outcome=path.outcome,
        regressors=tuple(name for name in right if name != path.outcome),
        controls=tuple(c for c in around_it.controls if c not in right and c != path.outcome),
    )


def _chain(
    name: str, chain: Chain, equation: Equation, frames: Frames
) -> ModeratedMediation | Unavailable:
    used = (chain.focal, chain.mediator, chain.moderator)
    try:
        frame = frames.of(equation.frontier, equation.variables, used)
    except StudyError as error:
        return Unavailable(str(chain), error.problems)
    parts = {
        **parts_of(equation, frame, *used),
        "chain": repr(chain),
    }
    return frames.memory.recall(
        f"moderate.{name}/{chain}", parts, partial(_moderate_chain, chain, equation, frame)
    )


def _moderate_chain(
    chain: Chain, equation: Equation, frame: pd.DataFrame
) -> ModeratedMediation | Unavailable:
    try:
        kept, regression = equation.applied(frame)
        around_it = _without(chain.mediator, regression)
        options = _chain_options(chain)
        return moderate_mediation(kept, around_it, draws=chain.draws, seed=chain.seed, **options)
    except StudyError as error:
        return Unavailable(str(chain), error.problems)


def frame_of_chain(chain: Chain, equation: Equation, frame: pd.DataFrame) -> pd.DataFrame:
    """Give the frame on which a chain was estimated, its lags and interactions in it."""
    kept, regression = equation.applied(frame)
    around_it = _without(chain.mediator, regression)
    return chain_equations(kept, around_it, **_chain_options(chain))[0]


def _without(mediator: str, regression: Regression) -> Regression:
    return replace(regression, controls=tuple(c for c in regression.controls if c != mediator))


def _chain_options(chain: Chain) -> ChainOptions:
    return {
        "focal": chain.focal,
        "mediator": chain.mediator,
        "moderator": chain.moderator,
        "steps": chain.lag,
        "lagged": chain.lagged,
    }
