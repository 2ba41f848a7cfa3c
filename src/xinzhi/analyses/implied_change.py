"""How a move of a factor carries over to the score, through the transforms of the regression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from xinzhi.errors import OutOfDomain, Problem, Where
from xinzhi.panel.transforms import LOGARITHMS
from xinzhi.space.scores import require, require_choice
from xinzhi.wording import message

Transform = Literal["none", "ln", "ln1p"]


@dataclass(frozen=True, slots=True)
class Change:
    """By how much a factor moves."""

    amount: float
    """A share of its own value (0.10: ten per cent more), or units of the factor."""
    kind: Literal["relative", "absolute"] = "relative"

    def __post_init__(self) -> None:
        require(
            bool(np.isfinite(self.amount)),
            "what_if.amount",
            message("A factor cannot change by {amount}.", amount=self.amount),
            message("give a number such as 0.10."),
        )
        require_choice("kind", self.kind, ("relative", "absolute"))

    def move(self, value: float) -> float:
        """Move a value.

        >>> Change(0.10).move(50.0), Change(-2.0, "absolute").move(50.0)
        (55.0, 48.0)
        """
        if self.kind == "relative":
            return value + value * self.amount
        return value + self.amount


FORWARD: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {"none": float, **{name: logarithm.of for name, logarithm in LOGARITHMS.items()}}
)
BACK: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {"none": np.asarray, "ln": np.exp, "ln1p": np.expm1}
)
"""The way back into own units."""
LOWEST: Mapping[str, float] = MappingProxyType(
    {"none": -np.inf, **{name: logarithm.lowest for name, logarithm in LOGARITHMS.items()}}
)
"""Values must lie above."""


@dataclass(frozen=True, slots=True)
class Shift:
    """The change of one score."""

    change: float
    """New score less old."""
    std_error: float
    ci_low: float
    ci_high: float
    """change -/+ critical value * std_error."""


def shift_of_score(
    score: float,
    moved: float,
    b: float,
    se: float,
    *,
    outcome_transform: Transform = "ln1p",
    critical: float = 1.959963984540054,
) -> Shift:
    """Compute the change of a score whose transform rises by b times a move of the factor.

        ln1p:  S' - S = (1 + S) (exp(b d) - 1),   se = (1 + S) exp(b d) |d| se_b
        ln:    S' - S =      S  (exp(b d) - 1),   se =      S  exp(b d) |d| se_b
        none:  S' - S = b d,                      se = |d| se_b

    with d the move of the transformed factor; the error is the delta method's.

    Parameters
    ----------
    score
        Score now, not transformed.
    moved
        d, the move of the factor as it enters the regression.
    b, se
        Slope and its standard error.
    outcome_transform
        How the score enters the regression.
    critical
        Critical value of the interval; 1.96 for 95 per cent of the normal law.

    Examples
    --------
    >>> round(shift_of_score(0.30, np.log(1.1), 0.02, 0.009).change, 6)
    0.00248
    """
    require_choice("transform", outcome_transform, tuple(FORWARD))
    check_domain(score, outcome_transform, message("the score"))
    if outcome_transform == "none":
        change, error = b * moved, abs(moved) * se
    else:
        base = score + (1.0 if outcome_transform == "ln1p" else 0.0)
        # expm1 keeps the digits of a small change, which exp(...) - 1 would cancel.
        change = base * float(np.expm1(b * moved))
        error = base * float(np.exp(b * moved)) * abs(moved) * se
    return Shift(change, error, change - critical * error, change + critical * error)


def check_domain(
    number: float, transform: Transform, variable: object, entity: str | None = None
) -> None:
    """Refuse a value that the transform is not defined for."""
    # Written so that a value that is not a number is refused too.
    if not number > LOWEST[transform]:
        text = message(
            "The value {value} of {what} has no {transform}.",
            value=number,
            what=variable,
            transform=transform,
        )
        remedy = message("declare a smaller change, or another transform.")
        raise OutOfDomain(Problem("what_if.domain", text, Where(entity=entity), remedy))
