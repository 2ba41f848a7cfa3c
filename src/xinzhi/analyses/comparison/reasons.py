"""Why a printed figure is missed: what the print itself rules out, and what the study file says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from xinzhi.analyses.comparison.counterparts import parts_of
from xinzhi.analyses.comparison.figures import Compared, Path
from xinzhi.analyses.comparison.section import ComparisonSection
from xinzhi.regression.replication.audit import Check
from xinzhi.wording import Wording, message

PARTS = {
    "stars": ("stars",),
    "sobel_effect": ("effect",),
    "sobel_z": ("z",),
    "share": ("share",),
    "constant": ("b",),
    "nested_r2": ("value",),
    "total_effect": ("b",),
    "n": ("value",),
    "vif": ("vif", "tolerance"),
}
"""Check of the audit -> the parts of a figure that it judges."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Reasons by printed figure."""

    of: Mapping[Path, tuple[Wording, ...]]


def reasons_of(
    found: Sequence[Compared], section: ComparisonSection, checks: Sequence[Check]
) -> Reasons:
    """Gather the reasons of all figures that are missed.

    Parameters
    ----------
    section
        Its `reasons` are patterns of figures -> words; the first that fits a part is taken.
    checks
        The audit of the printed figures among themselves, where the file says what is connected.
    """
    known: dict[Path, list[Check]] = {}
    for check in checks:
        if check.verdict != "consistent":
            path = (check.table, *check.column.split("."), check.row)
            known.setdefault(tuple(part for part in path if part), []).append(check)
    missed = (one for one in found if not one.agrees)
    return Reasons(
        {
            one.path: tuple(dict.fromkeys(_each(one, section, known.get(one.path, ()))))
            for one in missed
        }
    )


def fits_nothing(section: ComparisonSection, found: Sequence[Compared]) -> tuple[str, ...]:
    """List the patterns of `reasons` that no printed figure fits."""
    figures = [".".join((*one.path, part)) for one in found for part in parts_of(one.printed)]
    return tuple(
        pattern
        for pattern in section.reasons
        if not any(fnmatchcase(figure, pattern) for figure in figures)
    )


def _each(one: Compared, section: ComparisonSection, checks: Sequence[Check]) -> Iterator[Wording]:
    for part in one.differs:
        told = [check for check in checks if part in PARTS.get(check.check, ())]
        if told:
            yield from map(_of_print, told)
        else:
            yield from _of_author(".".join((*one.path, part)), section)


def _of_print(check: Check) -> Wording:
    if check.verdict == "inconsistent":
        return message(
            "The printed figures contradict each other: {arithmetic}.", arithmetic=check.arithmetic
        )
    return message("The printed digits leave it open: {arithmetic}.", arithmetic=check.arithmetic)


def _of_author(figure: str, section: ComparisonSection) -> Iterator[Wording]:
    for pattern, words in section.reasons.items():
        if fnmatchcase(figure, pattern):
            yield words.label(words.en or words.zh or "")
            return
