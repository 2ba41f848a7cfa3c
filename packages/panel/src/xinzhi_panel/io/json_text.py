"""Documents as JSON: a number that does not exist is null, an infinite one is the text "inf" or "-inf".

JSON has no infinity. An end of an interval that is open is known, however, and not the same as one that was not
computed: it is written as in csv (`csv_text`), in quotation marks.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from json.encoder import encode_basestring as quoted
from types import MappingProxyType
from typing import Any

from xinzhi_core.errors import Problem, shorten
from xinzhi_core.wording import Language, say


def json_text(document: Mapping[str, object]) -> str:
    """Write a document as JSON, numpy's numbers included.

    >>> print(json_text({"score": float("nan"), "n": 2, "low": float("-inf")}))
    {
     "score": null,
     "n": 2,
     "low": "-inf"
    }
    """
    parts: list[str] = []
    _add(document, "\n", parts)
    return "".join(parts)


def _add(value: Any, line: str, parts: list[str]) -> None:
    """Write a value as `json.dumps` with an indent of one does, whose own writing takes twice as long.

    Parameters
    ----------
    line
        End of a line, and the spaces with which the next one of the same depth begins.
    """
    # By type and not by kind: True is an int too, and is written true.
    write = PLAIN.get(type(value))
    if write is not None:
        parts.append(write(value))
    elif isinstance(value, Mapping):
        inside, mark = line + " ", "{"
        for key, part in value.items():
            parts.append(f"{mark}{inside}{quoted(str(key))}: ")
            _add(part, inside, parts)
            mark = ","
        parts.append(line + "}" if value else "{}")
    elif isinstance(value, (list, tuple)):
        inside, mark = line + " ", "["
        for part in value:
            parts.append(mark + inside)
            _add(part, inside, parts)
            mark = ","
        parts.append(line + "]" if value else "[]")
    else:
        # A scalar of numpy, which JSON does not know.
        plain = value.item() if hasattr(value, "item") else value
        is_number = isinstance(plain, float)
        parts.append(_number(plain) if is_number else json.dumps(plain, ensure_ascii=False))


def _number(value: float) -> str:
    if math.isfinite(value):
        return repr(value)
    return "null" if math.isnan(value) else f'"{value}"'


PLAIN: Mapping[type, Callable[[Any], str]] = MappingProxyType(
    {str: quoted, float: _number, int: repr, bool: {True: "true", False: "false"}.__getitem__}
)
"""Types of most values, told without asking what they are a kind of."""


def finite(value: Any) -> Any:
    """Replace numbers that no chart can place by None, anywhere in a document; infinite ones too."""
    if isinstance(value, Mapping):
        return {str(key): finite(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(part) for part in value]
    # A scalar of numpy, which JSON does not know.
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def problem_json(problem: Problem, language: Language = "en") -> dict[str, object]:
    """Write a problem as the contract of `check` says."""
    place = problem.where
    names = ("file", "line", "sheet", "row", "column", "cell", "entity", "period", "key")
    return {
        "severity": problem.severity,
        "code": problem.code,
        "what": say(shorten(problem.what), language),
        "where": {n: getattr(place, n) for n in names if getattr(place, n) is not None},
        "remedy": say(shorten(problem.remedy), language),
    }
