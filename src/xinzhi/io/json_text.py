"""Documents as JSON: a number that does not exist is null."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from xinzhi.errors import Problem, shortened
from xinzhi.wording import Language, say


def json_text(document: Mapping[str, Any]) -> str:
    """Write a document as JSON, numpy's numbers included.

    >>> print(json_text({"score": float("nan"), "n": 2}))
    {
     "score": null,
     "n": 2
    }
    """
    return json.dumps(finite(document), ensure_ascii=False, indent=1, allow_nan=False)


def finite(value: Any) -> Any:
    """Replace numbers that JSON cannot write by None, anywhere in a document."""
    if isinstance(value, Mapping):
        return {str(key): finite(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def problem_json(problem: Problem, language: Language = "en") -> dict[str, Any]:
    """Write a problem as the contract of `check` says."""
    place = problem.where
    names = ("file", "line", "sheet", "row", "column", "cell", "entity", "period", "key")
    return {
        "severity": problem.severity,
        "code": problem.code,
        "what": say(shortened(problem.what), language),
        "where": {n: getattr(place, n) for n in names if getattr(place, n) is not None},
        "remedy": say(shortened(problem.remedy), language),
    }
