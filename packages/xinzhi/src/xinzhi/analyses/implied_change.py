"""How a move of a factor carries over to the score, through the transforms of the regression.

Named changes of a regression: windows, percentiles, members left out, other frontiers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, BeforeValidator, Field

from xinzhi.analyses.section import Member, as_list
from xinzhi.options import Names, Refused, refused
from xinzhi_core.errors import OutOfDomain, Problem, StudyError, Where
from xinzhi_core.formula.levels import effect_name
from xinzhi_core.panel.transforms import LOGARITHMS
from xinzhi_core.wording import message
from xinzhi_econometrics.space.scores import require, require_choice

PREFIX = "efficiency."


def gather_frontier_options(value: object) -> object:
    """Gather keys such as `efficiency.returns_to_scale` under `efficiency`.

    >>> gather_frontier_options({"efficiency.bads": "inputs", "label": "b"})
    {'label': 'b', 'efficiency': {'bads': 'inputs'}}
    """
    if not isinstance(value, dict):
        return value
    dotted = {k: v for k, v in value.items() if isinstance(k, str) and k.startswith(PREFIX)}
    if not dotted:
        return value
    rest = {k: v for k, v in value.items() if k not in dotted}
    options = {k.removeprefix(PREFIX): v for k, v in dotted.items()}
    given = rest.get("efficiency", {})
    # Anything but options is left as it stands, for the schema to refuse with its place.
    return {**rest, "efficiency": {**given, **options} if isinstance(given, dict) else given}


def _check_window(window: tuple[int, int]) -> tuple[int, int]:
    if window[0] > window[1]:
        raise Refused(
            message("The window ends before it begins."),
            message("write [{first}, {last}].", first=window[1], last=window[0]),
        )
    return window


def _check_percentiles(percentiles: tuple[float, float]) -> tuple[float, float]:
    low, high = percentiles
    if not 0 <= low < high <= 100:
        raise Refused(
            message("These percentiles bound nothing."),
            message("write two between 0 and 100, such as [1, 99]."),
        )
    return percentiles


def _normalise_effects(names: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(map(effect_name, names))
    except StudyError as error:
        raise refused(error) from error


Effects = Annotated[Names, AfterValidator(_normalise_effects)]
"""Fixed effects; `province^period` and `province*period` are one effect for each pair."""
Window = Annotated[tuple[int, int], AfterValidator(_check_window)]
Percentiles = Annotated[tuple[float, float], AfterValidator(_check_percentiles)]
Members = Annotated[
    tuple[Member, ...],
    BeforeValidator(as_list, json_schema_input_type=Member | list[Member]),
    Field(min_length=1),
]
"""One member of a group or several."""


Transform = Literal["none", "ln", "ln1p"]
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FactorChange:
    """By how much a factor moves."""

    amount: float
    """A share of its own value (0.10: ten per cent more), units of the factor, or standard deviations."""
    kind: Literal["relative", "absolute", "sd"] = "relative"
    sd: float = 1.0
    """One standard deviation, where the amount counts these."""

    def __post_init__(self) -> None:
        require(
            bool(np.isfinite(self.amount)),
            "what_if.amount",
            message("A factor cannot change by {amount}.", amount=self.amount),
            message("give a number such as 0.10."),
        )
        require_choice("kind", self.kind, ("relative", "absolute", "sd"))

    def move(self, value: float) -> float:
        """Move a value.

        >>> FactorChange(0.10).move(50.0), FactorChange(-2.0, "absolute").move(50.0)
        (55.0, 48.0)
        >>> FactorChange(1.0, "sd", 0.5).move(-0.25)
        0.25
        """
        if self.kind == "relative":
            return value + value * self.amount
        return value + self.amount * (self.sd if self.kind == "sd" else 1.0)


def is_amount(values: Array, *, has_zero: bool) -> bool:
    """Tell whether a share of these values means something: a natural zero, no value below it, some above.

    >>> is_amount(np.array([0.0, 2.0]), has_zero=True), is_amount(np.array([-0.3, 2.0]), has_zero=True)
    (True, False)
    """
    known = values[np.isfinite(values)]
    return has_zero and len(known) > 0 and float(known.min()) >= 0.0 and float(known.max()) > 0.0


def rising(change: FactorChange, values: Array, *, has_zero: bool) -> FactorChange:
    """Give a move that goes the way its sign says: a share of amounts, else one standard deviation.

    10% more of -0.3 would be less, and 10% of a logarithm is not a share of anything.

    >>> rising(FactorChange(-0.1), np.array([-1.0, 0.0, 1.0]), has_zero=True)
    FactorChange(amount=-1.0, kind='sd', sd=1.0)
    """
    if change.kind != "relative" or is_amount(values, has_zero=has_zero):
        return change
    known = values[np.isfinite(values)]
    spread = float(known.std(ddof=1)) if len(known) > 1 else 0.0
    return FactorChange(float(np.sign(change.amount)), "sd", spread)


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
class ScoreShift:
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
) -> ScoreShift:
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
    return ScoreShift(change, error, change - critical * error, change + critical * error)


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
