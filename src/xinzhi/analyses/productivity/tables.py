"""Tables of productivity: the index and its components between periods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from xinzhi.frontier.productivity.index import INDICES, ProductivityResult
from xinzhi.present import numbers
from xinzhi.present.options import measured_as, options_in_words
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message

COMPONENTS: Mapping[str, Wording] = MappingProxyType(
    {
        "efficiency_change": message("Efficiency change"),
        "technical_change": message("Technical change"),
        "pure_efficiency_change": message("Pure efficiency change"),
        "scale_change": message("Scale efficiency change"),
    }
)
"""Name of a component -> its heading; a component of another package is called by its name."""


def productivity_table(
    table_id: str,
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
    is_difference = INDICES.get(result.index).traits.is_difference
    names = ["value", *result.components]
    pairs = frame.groupby(["from", "to"], sort=True)
    parts = {f"{first}-{second}": part for (first, second), part in pairs} | {"all": frame}
    means = {key: means_of(part, names, is_difference=is_difference) for key, part in parts.items()}
    return Table(
        id=table_id,
        title=title,
        stub=message("Periods"),
        columns=(
            Column("n", message("n")),
            Column("value", message("Index")),
            *(Column(name, COMPONENTS.get(name, name)) for name in result.components),
        ),
        rows=tuple(_row(key, of_pair, decimals) for key, of_pair in means.items()),
        notes=tuple(_notes(result, is_difference=is_difference)),
        machine={"index": result.index, "periods": means, "values": frame.to_dict("records")},
    )


def means_of(part: pd.DataFrame, names: Sequence[str], *, is_difference: bool) -> dict[str, float]:
    """Average the pairs with a value: geometric means, or arithmetic ones of differences."""
    # A pair without the index counts for no component either: means over the same pairs multiply
    # (or add up) to the mean of the index.
    complete = part[part["value"].notna()]
    means: dict[str, float] = {"n": float(len(complete))}
    for name in names:
        values = complete[name].to_numpy(dtype=np.float64)
        if not len(values):
            means[name] = float("nan")
        elif is_difference:
            means[name] = float(values.mean())
        else:
            means[name] = float(np.exp(np.log(values).mean()))
    return means


def _row(key: str, means: Mapping[str, float], decimals: int) -> Row:
    cells = (
        Cell(int(means["n"]), "count"),
        *(Cell(value, "number", decimals=decimals) for name, value in means.items() if name != "n"),
    )
    is_total = key == "all"
    return Row(message("All") if is_total else key, cells, key=key, rule_above=is_total)


def _notes(result: ProductivityResult, *, is_difference: bool) -> Iterator[Wording]:
    n_missing = int(np.isnan(result.values).sum())
    kind = message("arithmetic") if is_difference else message("geometric")
    yield measured_as(result.options, has_bads=result.has_bads, of_index=True)
    yield message("Means are {kind}.", kind=kind)
    if n_missing:
        yield message(
            "{n} pairs without a value are left out of the means.",
            one="{n} pair without a value is left out of the means.",
            n=n_missing,
        )


def productivity_methods(result: ProductivityResult, label: Wording, score: Wording) -> Wording:
    """Say which index was computed of which scores, and how its components combine."""
    traits = INDICES.get(result.index).traits
    words = {
        "index": label,
        "title": traits.title,
        "score": score,
        "components": listed([COMPONENTS.get(name, name) for name in result.components]),
        "options": listed(
            options_in_words(result.options, has_bads=result.has_bads, of_index=True)
        ),
    }
    if traits.is_difference:
        return message(
            "{index} is the {title} between consecutive periods, with the inputs and outputs of {score}: "
            "{options}. Components: {components}. A value above 0 is growth.",
            **words,
        )
    return message(
        "{index} is the {title} between consecutive periods, with the inputs and outputs of {score}: "
        "{options}. Components: {components}. A value above 1 is growth.",
        **words,
    )
