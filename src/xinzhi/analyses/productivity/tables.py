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
            *(Column(name, COMPONENTS.get(name, name)) for name in result.components),
        ),
        rows=tuple(
            _row(label, key, means_of(part, names, is_difference=traits.is_difference), decimals)
            for label, key, part in parts
        ),
        notes=tuple(_notes(result, kind)),
        machine={
            "index": result.index,
            "periods": {
                key: means_of(part, names, is_difference=traits.is_difference)
                for _, key, part in parts
            },
            "values": frame.to_dict("records"),
        },
    )


def means_of(part: pd.DataFrame, names: Sequence[str], *, is_difference: bool) -> dict[str, float]:
    """Average the pairs with a value: geometric means, or arithmetic ones of differences."""
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


def productivity_methods(result: ProductivityResult, label: Wording, score: Wording) -> Wording:
    """Say which index was computed of which scores, and how its components combine."""
    traits = INDICES.get(result.index).traits
    components = listed([COMPONENTS.get(name, name) for name in result.components])
    words = {
        "index": label,
        "title": traits.title,
        "score": score,
        "components": components,
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
