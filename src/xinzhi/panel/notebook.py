"""How results show themselves in a notebook: the head of each of their tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from html import escape
from typing import Any

import pandas as pd

SHOWN = 20
"""Rows of a table; the middle of a longer one is left out, as pandas does."""


class InNotebook:
    """A dataclass that shows its frame, or the frames of its fields."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Write the tables as HTML."""
        return "\n".join(
            (f"<p>{escape(name)}</p>" if name else "") + frame.to_html(max_rows=SHOWN)
            for name, frame in _frames(self)
        )


def _frames(result: Any) -> Iterator[tuple[str, pd.DataFrame]]:
    if hasattr(result, "to_frame"):
        yield "", result.to_frame()
        return
    for one in fields(result):
        value = getattr(result, one.name)
        if isinstance(value, (pd.DataFrame, pd.Series)):
            yield one.name, pd.DataFrame(value)
        elif is_dataclass(value) or hasattr(value, "to_frame"):
            yield from ((name or one.name, frame) for name, frame in _frames(value))
