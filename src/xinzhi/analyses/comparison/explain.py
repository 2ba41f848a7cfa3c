"""What explains that a figure differs: the print itself, a reason of the study file, or nothing.

A reason holds for a part of a figure, and only within its bound. A contradiction of the print explains
a part only where the computed figure is one that the other printed figures allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from xinzhi.analyses.comparison.counterparts import (
    Compared,
    Path,
    is_finite,
    part_in,
    parts_of,
)
from xinzhi.analyses.comparison.reason import Reason
from xinzhi.regression.replication.audit import Check
from xinzhi.wording import Wording, message

PARTS: Mapping[str, tuple[str, ...]] = {
    "stars": ("stars",),
    "sobel_effect": ("effect",),
    "sobel_z": ("z",),
    "share": ("share",),
    "constant": ("b",),
    "nested_r2": ("value",),
    "total_effect": ("b",),
    "n": ("value",),
    "vif": ("vif", "tolerance", "value"),
}
"""Check of the audit -> the parts of a figure that it judges."""
Explained = Literal["print", "simulation", "study", "unexplained"]
CAUSES: tuple[Explained, ...] = ("print", "simulation", "study", "unexplained")
"""What explains a figure, from the strongest: the weakest of its parts counts."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one part of a figure differs."""

    part: str
    cause: Explained
    reasons: tuple[Wording, ...]
    """What holds; empty where nothing explains the part."""
    beyond: tuple[Wording, ...] = ()
    """Reasons that fit the part and do not hold for it, with what they reach."""


def cause_of(explanations: Sequence[Explanation]) -> Explained:
    """Say what explains a figure: the weakest of what explains its parts.

    >>> cause_of([Explanation("b", "print", ()), Explanation("se", "unexplained", ())])
    'unexplained'
    """
    return max((one.cause for one in explanations), key=CAUSES.index)


def explain(
    figures: Sequence[Compared], reasons: Mapping[str, Reason], checks: Sequence[Check]
) -> dict[Path, tuple[Explanation, ...]]:
    """Explain each part of the figures that do not agree.

    Parameters
    ----------
    reasons
        By figure or pattern: the first that fits and holds counts, where the print does not tell.
    checks
        The audit of the published figures.
    """
    by_path: dict[Path, list[Check]] = {}
    for check in checks:
        if check.verdict != "consistent":
            path = (check.table, *check.column.split("."), check.row)
            by_path.setdefault(tuple(filter(None, path)), []).append(check)
    return {
        figure.path: tuple(
            _explain_part(figure, part, reasons, by_path.get(figure.path, ()))
            for part in figure.differs
        )
        for figure in figures
        if not figure.agrees
    }


def _explain_part(
    figure: Compared, part: str, reasons: Mapping[str, Reason], checks: Sequence[Check]
) -> Explanation:
    judging = [check for check in checks if part in PARTS.get(check.check, ())]
    if told := tuple(_of_print(check) for check in judging if _supports(check, figure, part)):
        return Explanation(part, "print", told)
    name = ".".join((*figure.path, part))
    printed, computed = part_in(figure.printed, part), part_in(figure.computed, part)
    beyond = []
    for pattern, one in reasons.items():
        if not fnmatchcase(name, pattern):
            continue
        if one.holds(printed, computed):
            return Explanation(part, one.cause, (_in_words(one),))
        beyond.append(_beyond(pattern, one, printed, computed))
    return Explanation(part, "unexplained", (), tuple(beyond))


def _supports(check: Check, figure: Compared, part: str) -> bool:
    """Whether the other printed figures allow what was computed."""
    computed = part_in(figure.computed, part)
    if check.check == "vif" and part == "vif":
        return "tolerance" not in figure.differs  # the check gives what 1/VIF can be
    if not is_finite(computed):
        return False
    if check.check == "sobel_z":
        computed = abs(computed)
    if check.check == "stars":
        return computed in check.reachable
    # Of the rest, what cannot be decided gives no limits, and so explains nothing.
    if check.verdict != "inconsistent":
        return False
    low, high = check.reachable
    return low <= computed <= high


def _of_print(check: Check) -> Wording:
    if check.verdict == "inconsistent":
        return message(
            "The printed figures contradict each other: {arithmetic}.", arithmetic=check.arithmetic
        )
    return message("The printed digits leave it open: {arithmetic}.", arithmetic=check.arithmetic)


def _in_words(reason: Reason) -> Wording:
    words = reason.label(reason.en or reason.zh or "")
    if reason.within is None:
        return words
    return message("{reason} [{bound}]", reason=words, bound=reason.within.in_words())


def _beyond(pattern: str, reason: Reason, printed: Any, computed: Any) -> Wording:
    """Say why a reason that fits does not hold."""
    if reason.printed is not None and not reason.is_of(printed):
        return message(
            "The reason '{pattern}' is that of {told}, not of {printed}.",
            pattern=pattern,
            told=f"{reason.printed:g}",
            printed=str(printed),
        )
    assert reason.within is not None
    bound = reason.within.in_words()
    if not is_finite(computed) or not printed:
        return message("The reason '{pattern}' reaches {bound}.", pattern=pattern, bound=bound)
    share = abs(float(computed) / float(printed) - 1)
    return message(
        "The reason '{pattern}' reaches {bound}; the computed one differs by {share}.",
        pattern=pattern,
        bound=bound,
        share=f"{100 * share:.3g}%",
    )


def fits_nothing(reasons: Mapping[str, Reason], figures: Sequence[Compared]) -> tuple[str, ...]:
    """List the patterns of `reasons` that no printed figure fits."""
    names = [".".join((*f.path, part)) for f in figures for part in parts_of(f.printed)]
    return tuple(
        pattern for pattern in reasons if not any(fnmatchcase(name, pattern) for name in names)
    )
