"""How results show themselves in a notebook: the head of each of their tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from html import escape
from typing import Any

import pandas as pd

from xinzhi.panel.by_value import ByValue

SHOWN = 20
"""Rows of a table; the middle of a longer one is left out, as pandas does."""


class InNotebook(ByValue):
    """A dataclass that shows its frame, or the frames of its fields."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Write the tables as HTML, and why parts have none."""
        tables = [
            (f"<p>{escape(name)}</p>" if name else "") + frame.to_html(max_rows=SHOWN)
            for name, frame in _frames(self)
        ]
        reasons = [f"<p>{escape(reason)}</p>" for reason in _reasons(self)]
        return "\n".join([*tables, *reasons]) or f"<pre>{escape(repr(self))}</pre>"


def _reasons(result: Any) -> Iterator[str]:
    """Say why parts of a result are not there."""
    for field in fields(result):
        value = getattr(result, field.name)
        yield from (f"{field.name}: {problem}" for problem in getattr(value, "problems", ()))


def _frames(result: Any) -> Iterator[tuple[str, pd.DataFrame]]:
    if hasattr(result, "to_frame"):
        yield "", result.to_frame()
        return
    for field in fields(result):
        value = getattr(result, field.name)
        if isinstance(value, (pd.DataFrame, pd.Series)):
            yield field.name, pd.DataFrame(value)
        elif is_dataclass(value) or hasattr(value, "to_frame"):
            yield from ((name or field.name, frame) for name, frame in _frames(value))
