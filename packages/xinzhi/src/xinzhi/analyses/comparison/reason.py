"""Why figures differ, how far this reaches, and which published figures it speaks of.

How far a computed figure may lie from the printed one for a reason to hold.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from xinzhi.analyses.section import Words
from xinzhi.options import Refused
from xinzhi_core.errors import quoted
from xinzhi_core.wording import Message, Wording, listed, message

Kind = Literal["relative", "absolute", "factor", "times"]
KINDS: Mapping[object, Kind] = MappingProxyType(
    {"relative": "relative", "absolute": "absolute", "factor": "factor", "times": "times"}
)
SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")
REMEDY = message(
    "write a share of the published figure such as 25%, {{absolute: 0.002}} in its own unit, "
    "{{factor: 3}} for a third to three times the published figure, or {{times: [1, 6]}} for one to six times."
)
TOO_WIDE: Mapping[str, Message] = MappingProxyType(
    {
        "relative": message("A share of 100% or more bounds nothing: 0 lies within it."),
        "factor": message("A factor of 1 or less leaves no room: it is larger than 1."),
    }
)
TENFOLD = 10.0
"""Ends of a bound are nearer than this to each other, as quotients of the published figure: a decimal point
in the wrong place is never within it on both sides."""


@dataclass(frozen=True, slots=True)
class Within:
    """A bound on the difference of two figures."""

    size: float
    kind: Kind
    least: float = 0.0
    """Of `times`: the least quotient."""

    def holds(self, printed: float, computed: float) -> bool:
        """Whether two figures are within the bound of each other.

        relative: |c - p| <= w |p|; absolute: |c - p| <= w; factor: 1/w <= c/p <= w; times: v <= c/p <= w.

        >>> Within(0.25, "relative").holds(0.09, 0.0105), Within(0.002, "absolute").holds(0.694, 0.6955)
        (False, True)
        >>> [Within(3, "factor").holds(0.2, one) for one in (0.5, 0.07, 0.7, -0.2)]
        [True, True, False, False]
        >>> [Within(6, "times", 1).holds(0.2, one) for one in (0.7, 0.2, 0.1, 1.3)]
        [True, True, False, False]
        """
        if self.kind in ("factor", "times"):
            ratio = computed / printed if printed else math.nan
            return (self.least or 1 / self.size) <= ratio <= self.size
        return abs(computed - printed) <= self.size * (
            abs(printed) if self.kind == "relative" else 1.0
        )

    def in_words(self) -> Wording:
        """Word the bound.

        >>> [str(Within(*one).in_words()) for one in ((0.25, "relative"), (0.002, "absolute"), (3, "factor"))]
        ['within 25% of the published figure', 'within 0.002', 'within a factor of 3']
        """
        if self.kind == "relative":
            return message("within {share} of the published figure", share=f"{100 * self.size:g}%")
        if self.kind == "factor":
            return message("within a factor of {factor}", factor=f"{self.size:g}")
        if self.kind == "times":
            ends = {"low": f"{self.least:g}", "high": f"{self.size:g}"}
            return message("between {low} and {high} times the published figure", **ends)
        return message("within {distance}", distance=f"{self.size:g}")


def within(value: Any) -> Any:
    """Read a bound: `25%` or 0.25 of the printed figure, `{absolute: 0.002}`, `{factor: 3}` or `{times: [1, 6]}`.

    >>> within("25%"), within(0.25) == within({"relative": "25%"})
    (Within(size=0.25, kind='relative', least=0.0), True)
    >>> within({"factor": 3}), within({"times": [0.9, 6]})
    (Within(size=3.0, kind='factor', least=0.0), Within(size=6.0, kind='times', least=0.9))
    """
    if isinstance(value, Within):
        return value
    kind, size = "relative", value
    if isinstance(value, dict) and len(value) == 1:
        ((kind, size),) = value.items()
    if kind == "times":
        return _times(value, size)
    share = SHARE.fullmatch(size.strip()) if isinstance(size, str) and kind == "relative" else None
    number = float(share[1]) / 100 if share else size
    is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
    if kind not in KINDS or not is_number:
        raise Refused(message("{value} is not a bound.", value=quoted(repr(value))), REMEDY)
    if not 0 < number < math.inf:
        raise Refused(message("A bound is a positive number, not {n}.", n=f"{number:g}"), REMEDY)
    if (kind == "relative" and number >= 1) or (kind == "factor" and number <= 1):
        raise Refused(TOO_WIDE[kind], REMEDY)
    bound = Within(float(number), KINDS[kind])
    if (kind == "relative" and (1 + number) / (1 - number) >= TENFOLD) or (
        kind == "factor" and number**2 >= TENFOLD
    ):
        raise _excuses_tenfold(bound)
    return bound


def _times(value: object, ends: object) -> Within:
    """Read the least and the greatest quotient of the computed figure and the published one."""
    both = tuple(ends) if isinstance(ends, (list, tuple)) else ()
    if len(both) != 2 or not all(
        isinstance(end, (int, float)) and not isinstance(end, bool) for end in both
    ):
        raise Refused(message("{value} is not a bound.", value=quoted(repr(value))), REMEDY)
    low, high = map(float, both)
    if not 0 < low < high < math.inf:
        text = message("A bound of two ends is above 0 and rises: {value}.", value=str([*both]))
        raise Refused(text, REMEDY)
    bound = Within(high, "times", low)
    if high / low >= TENFOLD:
        raise _excuses_tenfold(bound)
    return bound


def _excuses_tenfold(bound: Within) -> Refused:
    """Refuse a bound that a figure and its tenfold can both be within."""
    text = message(
        "A reason {bound} would also hold for a decimal point in the wrong place.",
        bound=bound.in_words(),
    )
    remedy = message(
        "name the side on which the computed figure lies, such as {{times: [1, 6]}}: the ends are less than tenfold apart."
    )
    return Refused(text, remedy)


Bound = Annotated[
    Within,
    BeforeValidator(
        within, json_schema_input_type=str | float | dict[str, str | float | tuple[float, float]]
    ),
]


PATTERN = re.compile(r"[*?\[]")
"""Characters of a pattern that fits many figures."""


class Reason(Words):
    """Words, and what they reach."""

    within: Bound | None = None
    """How far the computed figure may lie from the published one for the reason to hold: `25%` of the
    published figure, `{absolute: 0.002}` in its own unit, `{factor: 3}`, or `{times: [1, 6]}` for one to six
    times. A pattern needs a bound; none may excuse a decimal point in the wrong place."""
    of: dict[str, float | str] = Field(default_factory=dict)
    """Figure -> the published figure that the reason speaks of; for another one it does not hold. The
    key of the reason is then a name of your own."""
    cause: Literal["print", "simulation", "study"] = "study"
    """What explains the difference: the published figures themselves (`print`), that the data are
    simulated (`simulation`), or data and methods of the study (`study`)."""

    def fits(self, key: str, figure: str) -> bool:
        """Whether the reason under this key is one for a figure and its part."""
        return figure in self.of if self.of else fnmatchcase(figure, key)

    def is_of(self, figure: str, printed: object) -> bool:
        """Whether the reason speaks of what is printed there; one without `of` speaks of anything.

        >>> reason = Reason(en="rounding", of={"a": 0.76, "sign": "+"})
        >>> reason.is_of("a", Decimal("0.760")), reason.is_of("a", Decimal("7.6"))
        (True, False)
        >>> reason.is_of("sign", "+"), reason.is_of("sign", "-"), Reason(en="any").is_of("b", 3)
        (True, False, True)
        """
        if not self.of:
            return True
        told = self.of[figure]
        if isinstance(told, str) or not isinstance(printed, (int, Decimal)):
            return bool(told == printed)
        return Decimal(printed) == Decimal(str(told))

    def holds(self, figure: str, printed: Any, computed: Any) -> bool:
        """Whether the reason reaches a pair of figures; one without a bound reaches all."""
        if not self.is_of(figure, printed):
            return False
        if self.within is None:
            return True
        # There is no distance between words, or to what was not computed.
        if not all(isinstance(one, (int, float, Decimal)) for one in (printed, computed)):
            return False
        return self.within.holds(float(printed), float(computed))


def with_bounds(reasons: dict[str, Reason]) -> dict[str, Reason]:
    """Refuse reasons without words, patterns without a bound, and distances as wide as the figures themselves."""
    if silent := [name for name, one in reasons.items() if not (one.zh or one.en)]:
        raise Refused(
            message("These reasons have no words: {names}.", names=_quoted(silent)),
            message("write {{zh: …, en: …}}: why does the figure differ?"),
        )
    if boundless := [
        name
        for name, one in reasons.items()
        if PATTERN.search(name) and not one.of and one.within is None
    ]:
        raise Refused(
            message(
                "A pattern without a bound would excuse any error: {names}.",
                names=_quoted(boundless),
            ),
            message(
                "add `within: 25%` of the published figure, `within: {{absolute: 0.002}}` or `within: {{factor: 3}}`; "
                "or name a single figure."
            ),
        )
    for one in reasons.values():
        figures = [abs(told) for told in one.of.values() if not isinstance(told, str) and told]
        # Both p and 10 p lie within w of a figure between them where 9 p <= 2 w.
        is_distance = one.within is not None and one.within.kind == "absolute"
        if (
            one.within
            and is_distance
            and (TENFOLD - 1) * min(figures, default=1e99) <= 2 * one.within.size
        ):
            raise _excuses_tenfold(one.within)
    return reasons


def _quoted(names: list[str]) -> object:
    return listed([f"'{quoted(name)}'" for name in names])
