"""Numbers of a study as functions of the slopes of its regressions, so that draws can compute them again.

A quantity is a sum of products of weighted sums of slopes: a slope is one of them, a mediated effect a b
a product of two, an effect at a level of a moderator b1 + b3 w a weighted sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xinzhi.regression.estimates import Estimates

Slope = tuple[str, str]
"""Name of a regression, as `Analysis.regressions` lists it, and of the variable."""
Line = tuple[tuple[float, Slope], ...]
"""Weights and slopes."""
Products = tuple[tuple[Line, ...], ...]
"""The sum of the products of these lines."""
EffectKey = tuple[tuple[str, ...], str, str, str]
"""Variables from the factor to the outcome, grouping, group, moderator."""
Kind = Literal["slope", "direct", "indirect", "interaction", "conditional", "difference", "index"]
"""slope: of a variable; direct: past a mediator; indirect: through a mediator; interaction: with a moderator; conditional: at a
level of it; difference: between two groups; index: what the moderator changes of a mediated effect."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a study, and how it follows from slopes."""

    kind: Kind
    links: tuple[str, ...]
    """Variables from the factor to the outcome."""
    products: Products
    estimate: float
    low: float
    high: float
    """Interval that the analysis itself gives; NaN where it gives none."""
    column: int = 0
    """Of a table, from 1."""
    grouping: str = ""
    group: str = ""
    other: str = ""
    """The other group of a difference."""
    moderator: str = ""
    at: str = ""
    """Level of the moderator: low, mean or high."""
    past: str = ""
    """Mediator beside which a direct effect stands."""

    @property
    def effect(self) -> EffectKey:
        """Identify the effect among those on which pathways rest; other kinds are none of them."""
        return self.links, self.grouping, self.group, self.moderator

    @property
    def is_effect(self) -> bool:
        """Whether pathways may rest on it."""
        return self.kind in {"slope", "indirect", "interaction"}


@dataclass(frozen=True, slots=True)
class JointSigns:
    """A statement that holds where several effects have the sign that it asks for."""

    name: str
    """What is stated, such as the name of a pathway."""
    groups: tuple[tuple[str, str], ...]
    """Grouping and group of the entities of which it is stated; all entities where empty."""
    n_entities: int
    effects: tuple[tuple[EffectKey, int], ...]
    """Effects, each with the sign asked for: 1 or -1."""


def slope(regression: str, variable: str) -> Line:
    """Take a slope as a line of one term."""
    return ((1.0, (regression, variable)),)


def slope_at(regression: str, variable: str, product: str, level: float) -> Line:
    """Take the slope at a level of a moderator: b1 + b3 w."""
    return ((1.0, (regression, variable)), (level, (regression, product)))


def slope_quantity(
    regression: str,
    estimates: Estimates,
    name: str,
    *,
    kind: Kind = "slope",
    column: int = 0,
    grouping: str = "",
    group: str = "",
    past: str = "",
) -> Quantity:
    """Take one estimated slope, on the scale of the outcome, with its interval."""
    reported = estimates.on_outcome
    position = reported.names.index(name)
    return Quantity(
        kind,
        (name, estimates.regression.outcome),
        ((slope(regression, name),),),
        float(reported.estimate[position]),
        float(reported.ci_low[position]),
        float(reported.ci_high[position]),
        column=column,
        grouping=grouping,
        group=group,
        past=past,
    )


def negate(products: Products) -> Products:
    """Turn the sign of a sum of products."""
    # Of each product one factor changes its sign, and with it the product.
    return tuple(
        (tuple((-weight, term) for weight, term in first), *others) for first, *others in products
    )
