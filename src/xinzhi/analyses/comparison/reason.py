"""Why a figure differs, how far this reaches, and what it speaks of."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from xinzhi.analyses.section import Words
from xinzhi.errors import quoted
from xinzhi.options import Refused
from xinzhi.wording import Wording, message

Cause = Literal["print", "simulation", "study"]
SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")
PATTERN = re.compile(r"[*?\[]")
"""Characters of a pattern that fits many figures."""


@dataclass(frozen=True, slots=True)
class Within:
    """How far a computed figure may lie from the printed one for a reason to hold."""

    size: float
    is_relative: bool
    """Whether `size` is a share of the printed figure, else a distance in its own unit."""

    def holds(self, printed: float, computed: float) -> bool:
        """Whether the distance of two figures is within the bound.

        >>> Within(0.25, True).holds(0.09, 0.0105), Within(0.002, False).holds(0.694, 0.6955)
        (False, True)
        """
        return abs(computed - printed) <= self.size * (abs(printed) if self.is_relative else 1.0)

    def in_words(self) -> Wording:
        """Word the bound.

        >>> str(Within(0.25, True).in_words()), str(Within(0.002, False).in_words())
        ('within 25% of the published figure', 'within 0.002')
        """
        if self.is_relative:
            return message("within {share} of the published figure", share=f"{100 * self.size:g}%")
        return message("within {distance}", distance=f"{self.size:g}")


def within(value: Any) -> Any:
    """Read a bound: `25%` or 0.25 of the printed figure, or `{absolute: 0.002}` in its own unit.

    >>> within("25%"), within(0.25), within({"absolute": 2})
    (Within(size=0.25, is_relative=True), Within(size=0.25, is_relative=True), Within(size=2.0, is_relative=False))
    """
    if isinstance(value, Within):
        return value
    kind, size = "relative", value
    if isinstance(value, dict) and len(value) == 1:
        ((kind, size),) = value.items()
    share = SHARE.fullmatch(str(size).strip()) if isinstance(size, str) else None
    number = float(share[1]) / 100 if share else size
    is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
    if kind not in ("relative", "absolute") or not is_number or (share and kind == "absolute"):
        raise Refused(message("{value} is not a bound.", value=quoted(repr(value))), REMEDY)
    if not (0 < number < math.inf):
        raise Refused(message("A bound is a positive number, not {n}.", n=f"{number:g}"), REMEDY)
    if kind == "relative" and number >= 1:
        raise Refused(
            message(
                "A bound of {share} of the published figure bounds nothing: 0 lies within it.",
                share=f"{100 * number:g}%",
            ),
            message("write a share below 100%, or {{absolute: …}} in the unit of the figure."),
        )
    return Within(float(number), kind == "relative")


REMEDY = message(
    "write a share of the published figure such as 25%, or {{absolute: 0.002}} in its own unit."
)
Bound = Annotated[Within, BeforeValidator(within, json_schema_input_type=str | float | dict)]


class Reason(Words):
    """Words, and what they reach."""

    within: Bound | None = None
    """How far the computed figure may lie from the published one for the reason to hold: `25%` of the
    published figure, or `{absolute: 0.002}` in its own unit. A pattern needs one."""
    printed: float | None = None
    """The published figure that the reason speaks of: it does not hold for another one."""
    cause: Cause = "study"
    """What explains the difference: the published figures themselves (`print`), that the data are
    simulated (`simulation`), or data and methods of the study (`study`)."""

    def holds(self, printed: Any, computed: Any) -> bool:
        """Whether the reason reaches a pair of figures; one without a bound reaches all."""
        if not self.is_of(printed):
            return False
        if self.within is None:
            return True
        # There is no distance between words, or to what was not computed.
        if not all(isinstance(one, (int, float, Decimal)) for one in (printed, computed)):
            return False
        return self.within.holds(float(printed), float(computed))

    def is_of(self, printed: Any) -> bool:
        """Whether the reason speaks of this published figure; one that names none speaks of any.

        >>> [Reason(printed=0.76).is_of(Decimal(one)) for one in ("0.760", "7.6")]
        [True, False]
        """
        if self.printed is None:
            return True
        return isinstance(printed, (int, Decimal)) and Decimal(printed) == Decimal(
            str(self.printed)
        )


def with_bounds(reasons: dict[str, Reason]) -> dict[str, Reason]:
    """Refuse a reason without words, a pattern without a bound, and one that speaks of one figure."""
    for name, one in reasons.items():
        if not (one.zh or one.en):
            raise Refused(
                message("The reason '{name}' has no words.", name=name),
                message("write {{zh: …, en: …}}: why does the figure differ?"),
            )
        if not PATTERN.search(name):
            continue
        if one.within is None:
            raise Refused(
                message(
                    "The reason '{pattern}' fits many figures and has no bound: it would excuse any error.",
                    pattern=name,
                ),
                message(
                    "add `within: 25%` of the published figure, or `within: {{absolute: 0.002}}`; or "
                    "name a single figure."
                ),
            )
        if one.printed is not None:
            raise Refused(
                message(
                    "The reason '{pattern}' fits many figures: `printed` is of one.", pattern=name
                ),
                message("name a single figure, or remove `printed`."),
            )
    return reasons
