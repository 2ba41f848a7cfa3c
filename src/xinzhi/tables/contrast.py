"""The contrast of fixed and random effects, slope by slope."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from xinzhi.tables.numbers import DECIMALS
from xinzhi.tables.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, message


def contrast_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    slopes: pd.DataFrame,
    *,
    labels: Mapping[str, Wording],
    decimals: int = DECIMALS,
) -> Table:
    """Set the slopes of fixed and of random effects beside each other.

    `slopes` has one row a variable and the columns fixed, random and difference.
    """
    names = ("fixed", "random", "difference")
    return Table(
        id=id,
        title=title,
        stub=message("Variable"),
        columns=(
            Column("fixed", message("Fixed effects")),
            Column("random", message("Random effects")),
            Column("difference", message("Difference")),
        ),
        rows=tuple(
            Row(
                labels.get(str(name), str(name)),
                tuple(Cell(float(slopes.loc[name, c]), decimals=decimals) for c in names),
                key=str(name),
            )
            for name in slopes.index
        ),
        notes=(message("Whether the difference matters is said by the tests, not by its size."),),
        machine=MappingProxyType(
            {
                "slopes": {
                    str(name): {c: float(slopes.loc[name, c]) for c in names}
                    for name in slopes.index
                }
            }
        ),
    )
