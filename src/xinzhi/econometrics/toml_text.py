"""TOML of printed figures: decimals keep their digits, and nothing in it can end a run."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from xinzhi.wording import UNPRINTABLE, Wording, message

DEEPEST = 20
LARGEST = 10**18
"""Size of a printed figure beyond which it is a slip of the pen, not a figure."""
LONGEST = 100
"""Characters of a printed figure."""


class TomlRefusedError(Exception):
    """A text that is not TOML, or holds what no printed table has."""

    def __init__(self, reason: Wording, line: int | None) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.line = line


def read_toml(text: str) -> dict[str, Any]:
    """Read TOML; decimals keep their digits.

    Raises
    ------
    TomlRefusedError
        With the reason and, where it is known, the line.

    Examples
    --------
    >>> read_toml("b = 0.030")["b"]
    Decimal('0.030')
    """
    if found := UNPRINTABLE.search(text):
        what = message("it holds the character U+{code}", code=f"{ord(found[0]):04X}")
        raise TomlRefusedError(what, _line(text, found.start()))
    if found := re.search(rf"[0-9](?:_?[0-9]){{{LONGEST},}}", text):
        what = message("a number has {n} digits", n=len(found[0]))
        raise TomlRefusedError(what, _line(text, found.start()))
    try:
        figures = tomllib.loads(text, parse_float=_Figures(text))
    except tomllib.TOMLDecodeError as error:
        raise TomlRefusedError(str(error), _told_line(str(error))) from error
    except RecursionError as error:
        raise TomlRefusedError(_too_deep(), _deepest_line(text)) from error
    for value, depth in _walk(figures):
        if depth > DEEPEST:
            raise TomlRefusedError(_too_deep(), _deepest_line(text))
        if isinstance(value, int) and abs(value) > LARGEST:
            raise TomlRefusedError(_too_large(value), _line(text, text.find(str(value))))
        if isinstance(value, str) and (found := UNPRINTABLE.search(value)):
            what = message("it holds the character U+{code}", code=f"{ord(found[0]):04X}")
            raise TomlRefusedError(what, None)
    return figures


class _Figures:
    """Makes decimals of the digits; one that is no finite figure is refused where it stands."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, digits: str) -> Decimal:
        line = _line(self.text, self.text.find(digits))
        try:
            value = Decimal(digits)
        except InvalidOperation as error:
            raise TomlRefusedError(_too_large(digits), line) from error
        if not value.is_finite():
            raise TomlRefusedError(message("{value} is not a figure", value=digits), line)
        if abs(value) > LARGEST:
            raise TomlRefusedError(_too_large(digits), line)
        return value


def _walk(node: Any) -> Iterator[tuple[Any, int]]:
    """Give every value and key with its depth, without recursion."""
    waiting = [(node, 0)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        if depth > DEEPEST:
            return
        if isinstance(value, dict):
            waiting += [(one, depth + 1) for pair in value.items() for one in pair]
        elif isinstance(value, list):
            waiting += [(one, depth + 1) for one in value]


def _too_deep() -> Wording:
    return message("it is nested too deeply")


def _too_large(value: object) -> Wording:
    return message("{value} is too large for a figure", value=str(value)[:40])


def _line(text: str, at: int) -> int | None:
    return text.count("\n", 0, at) + 1 if at >= 0 else None


def _told_line(reason: str) -> int | None:
    found = re.search(r"at line (\d+)", reason)
    return int(found[1]) if found else None


def _deepest_line(text: str) -> int:
    """Find the line with the most signs that open a level."""
    lines = text.splitlines()
    return max(range(len(lines)), key=lambda at: len(re.findall(r"[\[{.]", lines[at]))) + 1
