"""What explains that a figure differs: the print itself, a reason of the study file, or nothing.

A reason holds for a part of a figure, and only within its bound. A contradiction of the print explains
a part only where the computed figure is one that the other printed figures allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    """Reasons and contradictions of the print that concern the part and do not explain it."""


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
    beyond = [_not_this(check) for check in judging if check.verdict == "inconsistent"]
    for key, one in reasons.items():
        if not one.fits(key, name):
            continue
        if one.holds(name, printed, computed):
            return Explanation(part, one.cause, (_in_words(one),))
        beyond.append(_beyond(key, one, name, printed, computed))
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


def _not_this(check: Check) -> Wording:
    """Tell a contradiction that does not explain what was computed."""
    return message(
        "The printed figures contradict each other and do not give what was computed either: {arithmetic}.",
        arithmetic=check.arithmetic,
    )


def _in_words(reason: Reason) -> Wording:
    words = reason.label(reason.en or reason.zh or "")
    if reason.within is None:
        return words
    return message("{reason} [{bound}]", reason=words, bound=reason.within.in_words())


def _beyond(key: str, reason: Reason, figure: str, printed: Any, computed: Any) -> Wording:
    """Say why a reason that fits does not hold."""
    if not reason.is_of(figure, printed):
        return message(
            "The reason '{name}' speaks of {told}, not of {printed}.",
            name=key,
            told=str(reason.of[figure]),
            printed=str(printed),
        )
    assert reason.within is not None  # without a bound it would hold
    bound = reason.within.in_words()
    if not is_finite(computed) or not printed:
        return message("The reason '{name}' holds {bound} only.", name=key, bound=bound)
    return message(
        "The reason '{name}' holds {bound} only; {computed} is {ratio} times {printed}.",
        name=key,
        bound=bound,
        computed=f"{float(computed):.4g}",
        ratio=f"{float(computed) / float(printed):.3g}",
        printed=str(printed),
    )


def fits_nothing(reasons: Mapping[str, Reason], figures: Sequence[Compared]) -> tuple[str, ...]:
    """List the reasons, or the figures that they name, that fit no printed figure."""
    names = {".".join((*f.path, part)) for f in figures for part in parts_of(f.printed)}
    idle: list[str] = []
    for key, one in reasons.items():
        if one.of:
            idle += [figure for figure in one.of if figure not in names]
        elif not any(one.fits(key, name) for name in names):
            idle.append(key)
    return tuple(idle)
