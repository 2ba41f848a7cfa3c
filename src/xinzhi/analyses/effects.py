"""Effects of regressions, as the pathways of cities read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xinzhi.regression.estimates import Estimates


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect along a path, as the pathways of cities read it."""

    links: tuple[str, ...]
    """Variables from the factor to the outcome."""
    estimate: float
    std_error: float
    p_value: float
    n: int
    df: float = float("nan")
    grouping: str = ""
    group: str = ""
    moderator: str = ""
    test: str = ""
    """Of a difference between groups: interaction or permutation."""
    low: float = float("nan")
    high: float = float("nan")
    """Interval of the test that judges it; by the standard error where there is none."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """An effect of one variable on another, as a diagram of a mechanism draws it."""

    source: str
    target: str
    estimate: float
    p_value: float


def slopes(estimates: Estimates, *, grouping: str = "", group: str = "") -> Iterator[Effect]:
    """List the effects of the variables of interest on the outcome, on the scale of the outcome."""
    asked = estimates.regression
    for name in asked.regressors:
        if name in estimates.on_outcome.names:
            yield effect_of(estimates, name, (name, asked.outcome), grouping=grouping, group=group)


def effect_of(
    estimates: Estimates,
    name: str,
    links: tuple[str, ...],
    *,
    grouping: str = "",
    group: str = "",
    moderator: str = "",
) -> Effect:
    """Take one slope as the effect along a path."""
    found = estimates.on_outcome
    at = found.names.index(name)
    return Effect(
        links,
        float(found.estimate[at]),
        float(found.std_error[at]),
        float(found.p_value[at]),
        estimates.n,
        estimates.covariance.df,
        grouping=grouping,
        group=group,
        moderator=moderator,
    )
