"""The table of classes: how many entities stand in which class, period by period.

Running text on classes: how many entities stand in which class, first and last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.classes.compute import Classification, class_labels
from xinzhi.analyses.exhibits import AbstractSentence, main_score
from xinzhi.present.prose import signed
from xinzhi.present.references import see
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, enumerated, in_a_row, listed, message

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
        rows=tuple(_row(period_name(period), counts.loc[period]) for period in counts.index),
        notes=notes,
        reading=tuple(_reading(counts.drop(columns=NONE, errors="ignore"), labels)),
        machine={
            "periods": {
                period_name(period): {str(name): int(n) for name, n in row.items()}
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
            "end": period_name(counts.index[-1]),
        }
        if len(counts) == 1:
            yield message("{name}: {k} of {n} scores in {end}.", **words)
        else:
            yield message(
                "{name}: {k} of {n} scores in {end}, after {before} of {total} in {start}.",
                before=int(first[name]),
                total=int(first.sum()),
                start=period_name(counts.index[0]),
                **words,
            )


def abstract(result: Classification, shown: Shown) -> Iterator[AbstractSentence]:
    """Say by how many entities each class changed from the first to the last period."""
    if shown.name != main_score(shown.study) or len(result.names) < 2 or result.counts.empty:
        return
    if len(result.counts) == 1:
        for sentence in _count_classes(result, result.names, shown):
            yield AbstractSentence("classes", sentence)
        return
    labels, change = class_labels(result), result.counts.iloc[-1] - result.counts.iloc[0]
    items = [
        message("{change} in {label}", change=signed(float(change[name]), 0), label=labels[name])
        for name in result.names
    ]
    sentence = message(
        "The number of {entities} in each class changed by {items}.",
        entities=shown.style.noun.many,
        items=enumerated(items),
    )
    yield AbstractSentence("classes", sentence)


def prose(result: Classification, shown: Shown) -> tuple[Wording, ...]:
    """Write the paragraph on classes: all of them, first and last."""
    exhibits = see(f"{shown.name}_classes", f"{shown.name}_counts")
    sentences = tuple(_count_classes(result, result.names, shown, exhibits))
    return (in_a_row(sentences),) if sentences else ()


def _count_classes(
    result: Classification, names: tuple[str, ...], shown: Shown, exhibits: Wording = ""
) -> Iterator[Wording]:
    if result.counts.empty:
        return
    words = class_labels(result)
    first, last = result.counts.iloc[0], result.counts.iloc[-1]
    if len(result.counts) == 1:
        yield message(
            "Of {things}, {counts} are in the classes {labels}{see}.",
            see=exhibits,
            things=shown.style.noun.count(int(last.sum())),
            counts=enumerated([str(last[name]) for name in names]),
            labels=enumerated([words[name] for name in names]),
        )
        return
    occupied = [name for name in names if first[name] or last[name]]
    moves = [
        message(
            "from {before} to {after} in the class {label}",
            before=int(first[name]),
            after=int(last[name]),
            label=words[name],
        )
        for name in occupied or names
    ]
    yield message(
        "Between {start} and {end}, the number of {entities} went {moves}{see}.",
        see=exhibits,
        entities=shown.style.noun.many,
        moves=listed(moves),
        start=period_name(result.counts.index[0]),
        end=period_name(result.counts.index[-1]),
    )
