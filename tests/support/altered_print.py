"""Printed figures altered one at a time, as a slip of the pen would, and whether anything notices.

Two readers are asked: the comparison with the computed figures, and the audit of the printed ones among
themselves. A figure counts as noticed where one of them says something that it does not say of the
unaltered file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import NamedTuple

from xinzhi.analyses.comparison.compute import (
    Comparison,
    ComparisonSection,
    compare_tables,
    line_of,
    parse_published,
)
from xinzhi.analyses.comparison.counterparts import is_row, parts_of
from xinzhi_core.errors import StudyError
from xinzhi_econometrics.replication.audit import Check

NUMBER = r"[-+]?[0-9.]+"
SKIPPED = ("audit", "transform", "pathways")
"""Tables without figures."""
KINDS = ("tenfold", "a tenth", "other sign", "last digit", "digits swapped", "stars")
NOTICED = ("unexplained", "misprint", "audit", "refused")
"""How an altered figure is noticed: it differs and has no reason, is told as a misprint, contradicts
another printed figure, or cannot be read."""
UNNOTICED = ("excused", "agrees", "left open", "not compared")
"""How it is not: a reason reaches it, it became the computed figure, the printed digits allow those stars,
or nothing computed stands beside it."""

CONTRADICTION, OPEN = (
    "The printed figures contradict each other: ",
    "The printed digits leave it open: ",
)


class Altered(NamedTuple):
    """One printed figure with one part altered."""

    path: tuple[str, ...]
    part: str
    kind: str
    was: str
    now: str
    text: str
    """The whole file."""

    @property
    def name(self) -> str:
        """The figure and its part, as reasons name them."""
        return ".".join((*self.path, self.part))


def alterations(text: str, figures: Mapping[str, object]) -> Iterator[Altered]:
    """Alter every part of every printed figure in turn, in each way that there is."""
    lines = text.splitlines()
    for path, value in _walk(figures, ()):
        line = line_of(text, path)
        assert line is not None, path
        inside = lines[line - 1].partition("#")[0]
        for part in parts_of(value):
            if isinstance(value, list) and part == "value":
                continue  # a list of years or names has no parts
            for kind, now in ways(value, part):
                old, new = _replace(inside, path, value, part, now)
                changed = [*lines]
                changed[line - 1] = new
                yield Altered(path, part, kind, old, now, "\n".join(changed) + "\n")


def ways(value: object, part: str) -> list[tuple[str, str]]:
    """What may stand in the place of a part, each once, with its kind."""
    if part == "sign":
        return [("other sign", "-" if value == "+" else "+")]
    old = _old(value, part)
    if part == "stars":
        return [("stars", str(n)) for n in range(4) if n != old]
    number = Decimal(old)
    exponent = int(number.as_tuple().exponent)
    found = {
        "tenfold": number * 10,
        # A count is a whole number: a tenth of 1840 is 184, and of 53 it is 5.
        "a tenth": number / 10 if exponent else Decimal(int(number) // 10),
        "other sign": -number,
        "last digit": number + Decimal(1).scaleb(exponent).copy_sign(number),
        "digits swapped": swapped(number),
    }
    others = {kind: f"{one:f}" for kind, one in found.items() if one is not None and one != number}
    return [(kind, one) for kind, one in others.items() if kind == first_of(others, one)]


def first_of(others: Mapping[str, str], one: str) -> str:
    """Name the first kind that gives a number; 0.01 tenfold and with swapped digits is one alteration."""
    return next(kind for kind, other in others.items() if Decimal(other) == Decimal(one))


def swapped(number: Decimal) -> Decimal | None:
    """Swap the last two neighbouring digits that differ; None where there are none.

    >>> swapped(Decimal("0.019")), swapped(Decimal("7.769")), swapped(Decimal("0.009"))
    (Decimal('0.091'), Decimal('7.796'), None)
    """
    sign, digits, exponent = number.as_tuple()
    for place in range(len(digits) - 1, 0, -1):
        if digits[place] != digits[place - 1]:
            pair = (digits[place], digits[place - 1])
            return Decimal((sign, (*digits[: place - 1], *pair, *digits[place + 1 :]), exponent))
    return None


def _walk(node: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(node, dict) and not is_row(node):
        for key, inner in node.items():
            if path or key not in SKIPPED:
                yield from _walk(inner, (*path, key))
    elif is_row(node) or _is_figure(node):
        yield path, node


def _is_figure(node: object) -> bool:
    if isinstance(node, list):
        return all(isinstance(one, (int, Decimal)) for one in node) and len(node) in (2, 4)
    return isinstance(node, (int, Decimal)) or node in ("+", "-")


def _old(value: object, part: str) -> object:
    if isinstance(value, dict):
        return value[part]
    return value[parts_of(value).index(part)] if isinstance(value, list) else value


def _replace(
    line: str, path: tuple[str, ...], value: object, part: str, now: str
) -> tuple[str, str]:
    """Write the line with one number replaced; the old number and the new line."""
    if isinstance(value, dict):
        found = re.search(rf"(?<![\w]){part}\s*=\s*({NUMBER})", line)
    elif isinstance(value, list):
        found = [*re.finditer(NUMBER, line.partition("=")[2])][parts_of(value).index(part)]
        start = len(line.partition("=")[0]) + 1
        old = found[0]
        return old, line[: start + found.start()] + now + line[start + found.end() :]
    else:
        found = re.search(rf'{re.escape(path[-1])}"?\s*=\s*"?({NUMBER}|[-+])', line)
    assert found is not None, (line, path, part)
    return found[1], line[: found.start(1)] + now + line[found.end(1) :]


class Readers:
    """Both readers, and what they say of the unaltered file."""

    def __init__(
        self, section: ComparisonSection, text: str, tables: Mapping[str, Mapping[str, object]]
    ) -> None:
        self.section = section
        self.tables = {name: SimpleNamespace(machine=m) for name, m in tables.items()}
        comparison, checks = self._read(text, section)
        self.unexplained = _unexplained(comparison)
        self.contradictions = _contradictions(checks)

    def _read(self, text: str, section: ComparisonSection) -> tuple[Comparison, tuple[Check, ...]]:
        printed = parse_published(text.encode(), "published.toml")
        found = compare_tables(section, printed, self.tables, is_partial=False)
        return found, printed.checks

    def judge(self, one: Altered, *, reasons_follow: bool = False) -> str:
        """Say how an altered figure is noticed, or how it is not.

        `reasons_follow`: a reason that names the published figure it speaks of (`of`) speaks of the altered one,
        as if the figure had been printed so. What notices then are bounds and the audit alone.
        """
        section = _following(self.section, one) if reasons_follow else self.section
        try:
            comparison, checks = self._read(one.text, section)
        except StudyError:
            return "refused"
        if _unexplained(comparison) - self.unexplained:
            return "unexplained"
        why = [w for w in comparison.explanations.get(one.path, ()) if w.part == one.part]
        told = "".join(str(words) for each in why for words in each.reasons)
        if _contradictions(checks) - self.contradictions:
            return "misprint" if told.startswith(CONTRADICTION) else "audit"
        if why:
            return "left open" if told.startswith(OPEN) else "excused"
        is_compared = any(figure.path == one.path for figure in comparison.figures)
        return "agrees" if is_compared else "not compared"


def _unexplained(comparison: Comparison) -> set[str]:
    return {
        ".".join((*path, why.part))
        for path, several in comparison.explanations.items()
        for why in several
        if why.cause == "unexplained"
    }


def _contradictions(checks: tuple[Check, ...]) -> Counter[tuple[str, ...]]:
    """Count what the audit calls inconsistent, by place and check."""
    return Counter(
        (one.table, one.column, one.row, one.check)
        for one in checks
        if one.verdict == "inconsistent"
    )


def _following(section: ComparisonSection, one: Altered) -> ComparisonSection:
    """Let the reasons that name a published figure name the altered one."""
    reasons = {
        key: reason.model_copy(update={"of": {**reason.of, one.name: _plain(one.now)}})
        if one.name in reason.of
        else reason
        for key, reason in section.reasons.items()
    }
    return section.model_copy(update={"reasons": reasons})


def _plain(now: str) -> float | str:
    return now if now in "+-" else float(now)
