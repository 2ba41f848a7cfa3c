"""The table of descriptive statistics: number, mean, spread and range of each variable."""

from __future__ import annotations

import math

import pandas as pd

from xinzhi.present.style import Style
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi_core.wording import Wording, message

STATISTICS = ("mean", "sd", "min", "max")


def descriptive_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    described: pd.DataFrame,
    style: Style,
) -> Table:
    """Set n, mean, standard deviation, minimum and maximum of each variable.

    Parameters
    ----------
    described
        One row a variable; columns n, mean, sd, min, max and, where known, n_missing.
    """
    n_missing = described.get("n_missing", pd.Series(0, index=described.index)).astype(int)
    shows_missing = bool(n_missing.any())
    headings: list[tuple[str, Wording]] = [
        ("n", message("n")),
        ("mean", message("Mean")),
        ("sd", message("Std. dev.")),
        ("min", message("Min.")),
        ("max", message("Max.")),
    ]
    if shows_missing:
        headings.append(("n_missing", message("Empty")))
    if any(style.units.get(str(name)) for name in described.index):
        headings.insert(0, ("unit", message("Unit")))
    notes = [message("The standard deviation divides by n − 1.")]
    if shows_missing:
        notes.append(
            message("Empty: observations without a value of the variable, which are excluded.")
        )
    return Table(
        id=id,
        title=title,
        stub=message("Variable"),
        columns=tuple(Column(key, heading) for key, heading in headings),
        rows=tuple(
            Row(
                style.labels.get(str(name), str(name)),
                tuple(_cell(str(name), key, row, style) for key, _ in headings),
                key=str(name),
            )
            for name, row in described.iterrows()
        ),
        notes=tuple(notes),
        machine={
            "variables": {
                str(name): {key: _plain(str(key), float(value)) for key, value in row.items()}
                for name, row in described.iterrows()
            }
        },
        part="text",
    )


def _plain(key: str, value: float) -> float | int | None:
    if math.isnan(value):
        return None
    return value if key in STATISTICS else int(value)


def _cell(name: str, key: str, row: pd.Series, style: Style) -> Cell:
    if key == "unit":
        return Cell(style.units.get(name, ""), "text")
    if key in STATISTICS:
        return Cell(float(row[key]), "number", decimals=style.decimals)
    return Cell(int(row[key]), "count")
