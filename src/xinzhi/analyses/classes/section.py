"""Classes of a score: their names and ranges, as the study file writes them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from xinzhi.analyses.classes.compute import Interval, gaps_between
from xinzhi.analyses.section import Section
from xinzhi.formula.tokens import PLAIN, SAME
from xinzhi.options import refusal
from xinzhi.wording import message

BELOW = re.compile(r"(<=?)\s*([-+0-9.]+)")
ABOVE = re.compile(r"(>=?)\s*([-+0-9.]+)")
BETWEEN = re.compile(r"([0-9.]+)\s*[-–]\s*([0-9.]+)")


def interval(text: Any) -> Interval:
    """Read the range of a class: `< 0.30`, `0.30-0.60`, `> 0.60`, in full-width signs too.

    >>> interval("0.30-0.60").holds(0.6), str(interval("≤ ０.３０"))
    (True, '<= 0.30')
    """
    words = str(text).translate(PLAIN).strip()
    for sign in ("≤", "≥"):
        words = words.replace(sign, SAME[sign])
    if match := BELOW.fullmatch(words):
        return Interval(None, Decimal(match[2]), closed_high=match[1] == "<=")
    if match := ABOVE.fullmatch(words):
        return Interval(Decimal(match[2]), None, closed_low=match[1] == ">=")
    if match := BETWEEN.fullmatch(words):
        return Interval(Decimal(match[1]), Decimal(match[2]), closed_low=True, closed_high=True)
    raise refusal(
        message("'{words}' is not a range. Write '< 0.30', '0.30-0.60' or '> 0.60'.", words=words)
    )


def _classes(value: Any) -> Any:
    return {k: interval(v) for k, v in value.items()} if isinstance(value, dict) else value


def _cover(classes: dict[str, Interval]) -> dict[str, Interval]:
    if problem := gaps_between(classes):
        raise ValueError(problem)
    return classes


Classes = Annotated[
    dict[str, Interval],
    BeforeValidator(_classes, json_schema_input_type=dict[str, str]),
    AfterValidator(_cover),
]


class ClassesSection(Section):
    """Classes of one score."""

    score: str
    """The score."""
    classes: Classes
    """Name of a class -> range of scores, such as {low: "< 0.30", high: ">= 0.30"}."""
