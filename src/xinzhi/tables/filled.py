"""The table of filled cells: how many of each variable in each period were not observed."""

from __future__ import annotations

from types import MappingProxyType

import pandas as pd

from xinzhi.tables.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, message


def filled_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    filled: pd.DataFrame,
) -> Table:
    """Set the number of filled cells of each variable by period, and their share.

    `filled` has variables down, periods across and a column `share`, as `panel.history` counts.
    """
    periods = [column for column in filled.columns if column != "share"]
    rows = [
        Row(
            str(name),
            (
                *(Cell(int(row[period]), "count") for period in periods),
                Cell(float(row["share"]), "percent"),
            ),
            key=str(name),
        )
        for name, row in filled.iterrows()
    ]
    return Table(
        id=id,
        title=title,
        stub=message("Variable"),
        columns=(
            *(Column(str(period), str(period)) for period in periods),
            Column("share", message("Share")),
        ),
        rows=tuple(rows),
        notes=(message("Cells that were computed from filled ones count as filled."),),
        machine=MappingProxyType(
            {
                "variables": {
                    str(name): {str(key): float(value) for key, value in row.items()}
                    for name, row in filled.iterrows()
                }
            }
        ),
    )
