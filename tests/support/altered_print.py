"""Printed figures altered one at a time, as a slip of the pen would: each must be noticed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from xinzhi.analyses.comparison.compute import line_of
from xinzhi.analyses.comparison.counterparts import is_row, parts_of

NUMBER = r"[-+]?[0-9.]+"
SKIPPED = ("audit", "transform", "sample", "pathways")
NOT_RESULTS = ("low_below", "high_above", "years_mapped")
"""What is printed of the method; nothing computed stands beside it."""
SLIP = 3
"""Units of the last digit: a figure that agreed is then off by more than its rounding."""


class Altered(NamedTuple):
    """One printed figure with one part altered."""

    path: tuple[str, ...]
    part: str
    was: str
    now: str
    text: str
    """The whole file."""


def alterations(text: str, figures: dict[str, object]) -> Iterator[Altered]:
    """Alter every part of every printed figure in turn, errors tenfold, the rest by a slip."""
    lines = text.splitlines()
    for path, value in _walk(figures, ()):
        line = line_of(text, path)
        assert line is not None, path
        inside = lines[line - 1].partition("#")[0]
        for part in parts_of(value):
            for now in _others(value, part):
                old, new = _replace(inside, path, value, part, now)
                changed = [*lines]
                changed[line - 1] = new
                yield Altered(path, part, old, now, "\n".join(changed) + "\n")


def _walk(node: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(node, dict) and not is_row(node):
        for key, inner in node.items():
            if key not in NOT_RESULTS and (path or key not in SKIPPED):
                yield from _walk(inner, (*path, key))
    elif is_row(node) or _is_figure(node):
        yield path, node


def _is_figure(node: object) -> bool:
    if isinstance(node, list):
        return all(isinstance(one, (int, Decimal)) for one in node) and len(node) in (2, 4)
    return isinstance(node, (int, Decimal)) or node in ("+", "-")


def _others(value: object, part: str) -> list[str]:
    """What may stand in the place of a part."""
    if part == "sign":
        return ["-" if value == "+" else "+"]
    old = _old(value, part)
    if part == "stars":
        return [str(n) for n in range(4) if n != old]
    if part == "se":
        return [str(Decimal(old) * 10), str(Decimal(old) / 10)]
    step = Decimal(1).scaleb(int(Decimal(old).as_tuple().exponent))
    slip = Decimal(old) + SLIP * step
    return [str(slip), str(Decimal(old) * 100 + step)]


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
