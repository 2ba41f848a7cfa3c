"""The table of classes: how many entities stand in which class, period by period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, message

NONE = "none"
"""Column of rows without a score."""


def classes_table(
    table_id: str,
    title: Wording,
    counts: pd.DataFrame,
    *,
    labels: Mapping[str, Wording],
    notes: tuple[Wording, ...] = (),
) -> Table:
    """Set the counts of classes by period.

    Parameters
    ----------
    counts
        One row a period, one column a class, in the order of the classes; a column `none` counts
        rows without a score and is shown only where there are any.
    labels
        Words for the classes.
    notes
        The rules of the classes, in words.
    """
    counts, columns = class_columns(counts, labels)
    return Table(
        id=table_id,
        title=title,
        stub=message("Period"),
        columns=columns,
        rows=tuple(_row(str(period), counts.loc[period]) for period in counts.index),
        notes=notes,
        reading=tuple(_reading(counts.drop(columns=NONE, errors="ignore"), labels)),
        machine={
            "periods": {
                str(period): {str(name): int(n) for name, n in row.items()}
                for period, row in counts.iterrows()
            }
        },
        part="text",
    )


def class_columns(
    counts: pd.DataFrame, labels: Mapping[str, Wording]
) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """Leave out a column `none` that counts nothing, and head the others and their total."""
    # In most studies each row has a score, and a column of zeros would only raise the question.
    if NONE in counts and not counts[NONE].any():
        counts = counts.drop(columns=NONE)
    words = {NONE: message("No score"), **labels}
    names = [str(name) for name in counts.columns]
    return counts, (
        *(Column(name, words.get(name, name)) for name in names),
        Column("total", message("Total")),
    )


def _row(period: str, counts: pd.Series) -> Row:
    values = [int(n) for n in counts]
    return Row(period, tuple(Cell(n, "count") for n in (*values, sum(values))), key=period)


def _reading(counts: pd.DataFrame, labels: Mapping[str, Wording]) -> Iterator[Wording]:
    if counts.empty:
        return
    first, last = counts.iloc[0], counts.iloc[-1]
    for name in counts.columns:
        words = {
            "name": labels.get(str(name), str(name)),
            "k": int(last[name]),
            "n": int(last.sum()),
            "end": str(counts.index[-1]),
        }
        if len(counts) == 1:
            yield message("{name}: {k} of {n} scores in {end}.", **words)
        else:
            yield message(
                "{name}: {k} of {n} scores in {end}, after {before} of {total} in {start}.",
                before=int(first[name]),
                total=int(first.sum()),
                start=str(counts.index[0]),
                **words,
            )
