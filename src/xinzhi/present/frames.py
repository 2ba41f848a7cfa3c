"""From a frame of numbers to a table, and to what results.json keeps of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from xinzhi.present.table import Cell, CellKind, Column, Row, Table
from xinzhi.wording import Wording

Shown = Sequence[tuple[str, Wording, CellKind]]
"""Columns of a frame that are shown: name, heading, kind of their cells."""


def frame_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    frame: pd.DataFrame,
    shown: Shown,
    *,
    stub: Wording,
    labels: Mapping[object, Wording] | None = None,
    notes: tuple[Wording, ...] = (),
    reading: tuple[Wording, ...] = (),
    machine: Mapping[str, object] | None = None,
) -> Table:
    """Set a frame, one row each of its index; `labels` words the rows."""
    words = labels or {}
    return Table(
        id=id,
        title=title,
        stub=stub,
        columns=tuple(Column(name, heading) for name, heading, _ in shown),
        rows=tuple(
            Row(
                words.get(key, str(key)),
                tuple(Cell(_value(row[name]), kind) for name, _, kind in shown),
                key=str(key),
            )
            for key, row in frame.iterrows()
        ),
        notes=notes,
        reading=reading,
        machine={"periods": records(frame)} if machine is None else machine,
    )


def _value(value: object) -> float | int | str | None:
    """Give a number or a word; nothing for a missing one."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, np.generic):
        return _value(value.item())
    return value if isinstance(value, (int, float, str)) else str(value)


def records(frame: pd.DataFrame) -> dict[str, dict[str, object]]:
    """Give the rows of a frame by their names, missing numbers as nothing."""
    return {
        str(key): {str(name): _value(value) for name, value in row.items()}
        for key, row in frame.astype(object).iterrows()
    }


def nested(frame: pd.DataFrame) -> dict[str, dict[str, dict[str, object]]]:
    """Give the rows of a frame with two keys, the second inside the first."""
    outer: dict[str, dict[str, dict[str, object]]] = {}
    for key, row in zip(frame.index, frame.astype(object).to_numpy(), strict=True):
        outer.setdefault(str(key[0]), {})[str(key[1])] = {
            str(name): _value(value) for name, value in zip(frame.columns, row, strict=True)
        }
    return outer
