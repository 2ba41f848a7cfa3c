"""The file of published figures: its tables as printed, and what they say about each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xinzhi.analyses.comparison.counterparts import ROWS, is_row
from xinzhi.errors import DataError, Problem, Where, suggestion
from xinzhi.regression.replication.audit import Check, audit
from xinzhi.regression.replication.published_tables import TomlRefusedError, parse, read_toml
from xinzhi.wording import Wording, message


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """The figures of a file, and what they say about each other."""

    figures: Mapping[str, Any]
    """Tables by name; decimals keep their digits. A list may come back from the cache as a tuple."""
    checks: tuple[Check, ...]
    """Their audit; empty where the file does not say what is connected (`[audit]`)."""


def parse_published(content: bytes, file: str) -> Published:
    """Parse a TOML of published figures; decimals keep their digits.

    Raises
    ------
    DataError
        The file is not TOML, or holds something other than figures, with the line.
    SpecError
        Its section [audit] is wrong.
    """
    try:
        text = content.decode("utf-8-sig")  # A byte order mark, as Windows editors write it.
    except UnicodeDecodeError as error:
        raise DataError(_problem("unreadable", file, message("it is not UTF-8"))) from error
    try:
        figures = read_toml(text)
    except TomlRefusedError as error:
        reason = message("it is not valid TOML: {reason}", reason=error.reason)
        raise DataError(_problem("toml", file, reason, line=error.line)) from error
    if problems := list(_misprints(figures, (), file, text)):
        raise DataError(problems)
    checks = audit(parse(text, file=file)).checks if "audit" in figures else ()
    return Published(figures, checks)


def _problem(code: str, file: str, reason: Wording, *, line: int | None = None) -> Problem:
    text = message("The printed figures cannot be read: {reason}.", reason=reason)
    remedy = message("name a TOML file in the folder of the study file, saved as UTF-8.")
    return Problem(
        f"compare.{code}", text, Where(file=file, line=line, key="compare.published"), remedy
    )


def _misprints(node: Any, path: tuple[str, ...], file: str, text: str) -> Iterator[Problem]:
    """Find rows with unknown parts, and parts that are not numbers."""
    if not isinstance(node, Mapping):
        return
    first = next((part for part in ROWS if part in node), None)
    if first is None or not is_row(node) or path[:1] == ("audit",):
        for name, inner in node.items():
            yield from _misprints(inner, (*path, name), file, text)
        return
    where = Where(file=file, line=line_of(text, path), key=".".join(path))
    for part, value in node.items():
        if part not in ROWS[first]:
            yield Problem(
                "compare.part",
                message("A printed row has no part '{part}'.", part=part),
                where,
                suggestion(part, ROWS[first]),
            )
        elif not _fits(part, value):
            yield Problem(
                "compare.kind",
                message("The printed {part} is {value}.", part=part, value=repr(value)),
                where,
                message("write a number without quotation marks; stars are counted: 0 to 3."),
            )


def _fits(part: str, value: object) -> bool:
    if part == "stars":
        return type(value) is int and value >= 0
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    r"""Find the line of a TOML file where a figure stands.

    >>> line_of('[t.col1]\nN = 3\nx = { b = 0.1 }', ("t", "col1", "x"))
    3
    """
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        start = line.partition("#")[0].strip()
        if start.startswith("["):
            table = _parts(start.strip("[]"))
        elif "=" in start:
            key = (*table, *_parts(start.partition("=")[0]))
            if path[: len(key)] == key:
                return number
    return None


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
