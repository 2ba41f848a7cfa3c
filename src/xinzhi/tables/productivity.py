"""Tables of productivity: the index and its components between periods; intervals of scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from xinzhi.efficiency.productivity.index import INDICES, ProductivityResult
from xinzhi.tables import numbers
from xinzhi.tables.options import measured_as
from xinzhi.tables.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, message


def productivity_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    result: ProductivityResult,
    *,
    decimals: int = numbers.DECIMALS,
) -> Table:
    """Set the mean index and its components for each pair of periods, and over all pairs.

    Indices that multiply have geometric means, those that add arithmetic ones; pairs without a
    value are counted, never averaged.
    """
    frame = result.to_frame()
    traits = INDICES.get(result.index).traits
    names = ["value", *result.components]
    pairs = list(frame.groupby(["from", "to"], sort=True))
    parts: list[tuple[Wording, str, pd.DataFrame]] = [
        (f"{first}-{second}", f"{first}-{second}", part) for (first, second), part in pairs
    ]
    parts.append((message("All"), "all", frame))
    kind = message("arithmetic") if traits.is_difference else message("geometric")
    return Table(
        id=id,
        title=title,
        stub=message("Periods"),
        columns=(
            Column("n", message("n")),
            Column("value", message("Index")),
            *(Column(name, message(name)) for name in result.components),
        ),
        rows=tuple(
            _row(label, key, _means(part, names, is_difference=traits.is_difference), decimals)
            for label, key, part in parts
        ),
        notes=tuple(_notes(result, kind)),
        machine={
            "index": result.index,
            "periods": {
                key: _means(part, names, is_difference=traits.is_difference)
                for _, key, part in parts
            },
            "values": frame.to_dict("records"),
        },
    )


def _means(part: pd.DataFrame, names: Sequence[str], *, is_difference: bool) -> dict[str, float]:
    known = part[part["value"].notna()]
    found: dict[str, float] = {"n": float(len(known))}
    for name in names:
        values = known[name].to_numpy(dtype=np.float64)
        if not len(values):
            found[name] = float("nan")
        elif is_difference:
            found[name] = float(values.mean())
        else:
            found[name] = float(np.exp(np.log(values).mean()))
    return found


def _row(label: Wording, key: str, means: Mapping[str, float], decimals: int) -> Row:
    cells = (
        Cell(int(means["n"]), "count"),
        *(Cell(value, "number", decimals=decimals) for name, value in means.items() if name != "n"),
    )
    return Row(label, cells, key=key, rule_above=key == "all")


def _notes(result: ProductivityResult, kind: Wording) -> Iterator[Wording]:
    lost = int(np.isnan(result.values).sum())
    yield measured_as(result.options, has_bads=result.has_bads, of_index=True)
    yield message("Means are {kind}.", kind=kind)
    if lost:
        yield message(
            "{n} pairs without a value are left out of the means.",
            one="{n} pair without a value is left out of the means.",
            n=lost,
        )


def intervals_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    scores: pd.Series,
    intervals: pd.DataFrame,
    *,
    labels: Mapping[str, Wording],
    decimals: int = numbers.DECIMALS,
) -> Table:
    """Set the score of each entity in the last period beside its interval.

    `scores` and `intervals` (columns low, high and others) are indexed (entity, period).
    """
    periods = intervals.index.get_level_values("period")
    last = intervals[periods == periods.max()] if periods.notna().all() else intervals
    rows = [
        Row(
            labels.get(str(entity), str(entity)),
            tuple(
                Cell(float(value), "number", decimals=decimals)
                for value in (scores.get((entity, period), np.nan), row["low"], row["high"])
            ),
            key=str(entity),
        )
        for (entity, period), (_, row) in zip(last.index, last.iterrows(), strict=True)
    ]
    records = intervals.reset_index().to_dict("records")
    return Table(
        id=id,
        title=title,
        stub=message("Entity"),
        columns=(
            Column("score", message("Score")),
            Column("low", message("Lower bound")),
            Column("high", message("Upper bound")),
        ),
        rows=tuple(rows),
        notes=(message("Last period; all periods stand in results.json."),),
        machine={"rows": records},
    )
