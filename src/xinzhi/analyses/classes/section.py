"""Classes of a score: their names and ranges, as the study file writes them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from xinzhi.analyses.classes.compute import ClassRange, gaps_between
from xinzhi.analyses.section import Section
from xinzhi.errors import quoted
from xinzhi.formula.tokens import PLAIN, SAME
from xinzhi.options import Refused
from xinzhi.wording import message

NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
BELOW = re.compile(rf"(<=?)\s*([-+]?{NUMBER})")
ABOVE = re.compile(rf"(>=?)\s*([-+]?{NUMBER})")
BETWEEN = re.compile(rf"({NUMBER})\s*[-–]\s*({NUMBER})")


def interval(text: Any) -> ClassRange:
    """Read the range of a class: `< 0.30`, `0.30-0.60`, `> 0.60`, in full-width signs too.

    >>> interval("0.30-0.60").holds(0.6), str(interval("≤ ０.３０"))
    (True, '<= 0.30')
    """
    words = str(text).translate(PLAIN).strip()
    for sign in ("≤", "≥"):
        words = words.replace(sign, SAME[sign])
    if match := BELOW.fullmatch(words):
        return ClassRange(None, Decimal(match[2]), closed_high=match[1] == "<=")
    if match := ABOVE.fullmatch(words):
        return ClassRange(Decimal(match[2]), None, closed_low=match[1] == ">=")
    if match := BETWEEN.fullmatch(words):
        return ClassRange(Decimal(match[1]), Decimal(match[2]), closed_low=True, closed_high=True)
    raise Refused(
        message("'{words}' is not a range.", words=quoted(words)),
        message("write '< 0.30', '0.30-0.60' or '> 0.60'."),
    )


def _read_classes(value: Any) -> Any:
    return {k: interval(v) for k, v in value.items()} if isinstance(value, dict) else value


def _check_cover(classes: dict[str, ClassRange]) -> dict[str, ClassRange]:
    if problem := gaps_between(classes):
        raise Refused(problem, message("let every number lie in exactly one class."))
    return classes


Classes = Annotated[
    dict[str, ClassRange],
    BeforeValidator(_read_classes, json_schema_input_type=dict[str, str]),
    AfterValidator(_check_cover),
]


class ClassesSection(Section):
    """Classes of one score."""

    score: str
    """The score."""
    classes: Classes
    """Name of a class -> range of scores, such as {low: "< 0.30", high: ">= 0.30"}."""
