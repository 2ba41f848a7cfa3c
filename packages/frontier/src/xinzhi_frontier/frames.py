"""Results beside the rows of a frame, where frames are installed: `pip install "xinzhi-frontier[frames]"`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from xinzhi_core.lazy import needed

if TYPE_CHECKING:
    import pandas as pd

FRAMES = "xinzhi-frontier[frames]"
SHOWN = 20
"""Rows that are listed where there are no frames."""
Key = str | int
"""Name or position of a column or of a level of an index."""


def has_frames() -> bool:
    """Whether results can be shown as frames here."""
    return find_spec("pandas") is not None


def plain_rows(rows: Sequence[Sequence[object]]) -> str:
    """Write the first rows of a result as lines, where there are no frames.

    >>> print(plain_rows([("a", 2008, 0.5), ("b", 2008, 1.0)]))
    a  2008  0.5
    b  2008  1.0
    """
    lines = ["  ".join(map(str, row)) for row in rows[:SHOWN]]
    return "\n".join([*lines, "..."] if len(rows) > SHOWN else lines)


def beside(
    data: object,
    labels: Sequence[tuple[str, int | None]],
    computed: pd.DataFrame,
    entity: Key | None = None,
    period: Key | None = None,
) -> pd.DataFrame:
    """Put computed columns behind those of the data, row by row, as `xinzhi_panel` finds their keys.

    Raises
    ------
    MissingExtra
        The reader of frames is not installed.
    DataError
        A column is there already, or a computed row is not in the data.
    """
    keys = needed("xinzhi_panel.columns.keys", FRAMES)
    return cast("pd.DataFrame", keys.beside(data, labels, computed, entity, period))
