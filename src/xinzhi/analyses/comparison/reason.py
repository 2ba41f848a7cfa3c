"""Why figures differ, how far this reaches, and which published figures it speaks of."""

from __future__ import annotations

import re
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any, Literal

from pydantic import Field

from xinzhi.analyses.comparison.bound import Bound
from xinzhi.analyses.section import Words
from xinzhi.errors import quoted
from xinzhi.options import Refused
from xinzhi.wording import listed, message

PATTERN = re.compile(r"[*?\[]")
"""Characters of a pattern that fits many figures."""


class Reason(Words):
    """Words, and what they reach."""

    within: Bound | None = None
    """How far the computed figure may lie from the published one for the reason to hold: `25%` of the
    published figure, `{absolute: 0.002}` in its own unit, or `{factor: 3}`. A pattern needs a bound."""
    of: dict[str, float | str] = Field(default_factory=dict)
    """Figure -> the published figure that the reason speaks of; for another one it does not hold. The
    key of the reason is then a name of your own."""
    cause: Literal["print", "simulation", "study"] = "study"
    """What explains the difference: the published figures themselves (`print`), that the data are
    simulated (`simulation`), or data and methods of the study (`study`)."""

    def fits(self, key: str, figure: str) -> bool:
        """Whether the reason under this key is one for a figure and its part."""
        return figure in self.of if self.of else fnmatchcase(figure, key)

    def is_of(self, figure: str, printed: Any) -> bool:
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
    """Refuse reasons without words, and patterns without a bound."""
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
    return reasons


def _quoted(names: list[str]) -> Any:
    return listed([f"'{quoted(name)}'" for name in names])
