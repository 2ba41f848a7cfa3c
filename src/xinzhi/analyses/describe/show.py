"""The table of descriptive statistics: number, mean, spread and range of each variable."""

from __future__ import annotations

import math

import pandas as pd

from xinzhi.present.style import Style
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, message

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
    return Table(
        id=id,
        title=title,
        stub=message("Variable"),
        columns=tuple(Column(key, heading) for key, heading in headings),
        rows=tuple(
            _row(str(name), described.loc[name], style, [k for k, _ in headings])
            for name in described.index
        ),
        notes=_notes(shows_missing=shows_missing),
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
    return float(value) if key in STATISTICS else int(value)


def _row(
    name: str,
    found: pd.Series,
    style: Style,
    keys: list[str],
) -> Row:
    cells = tuple(_cell(name, found, style, key) for key in keys)
    return Row(style.labels.get(name, name), cells, key=name)


def _cell(name: str, found: pd.Series, style: Style, key: str) -> Cell:
    if key == "unit":
        return Cell(style.units.get(name, ""), "text")
    if key in STATISTICS:
        return Cell(float(found[key]), "number", decimals=style.decimals)
    return Cell(int(found[key]), "count")


def _notes(*, shows_missing: bool) -> tuple[Wording, ...]:
    notes: tuple[Wording, ...] = (message("The standard deviation divides by n − 1."),)
    if not shows_missing:
        return notes
    return (*notes, message("Empty: rows in which the variable has no value; they are left out."))
