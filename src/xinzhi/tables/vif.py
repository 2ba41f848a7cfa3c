"""The table of variance inflation factors."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import pandas as pd

from xinzhi.tables import numbers
from xinzhi.tables.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Wording, message

HIGH = 10.0
"""Customary bound above which collinearity is called strong."""


def vif_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    factors: pd.DataFrame,
    *,
    labels: Mapping[str, Wording],
    decimals: int = 2,
) -> Table:
    """Set the variance inflation factor and its inverse for each regressor, and the mean.

    `factors` has one row a regressor and the columns vif and tolerance (= 1/vif).
    """
    rows = [_row(str(name), factors.loc[name], labels, decimals) for name in factors.index]
    mean = float(factors["vif"].mean()) if len(factors) else math.nan
    rows.append(
        Row(
            message("Mean"),
            (Cell(mean, "number", decimals=decimals), EMPTY),
            key="mean",
            rule_above=True,
        )
    )
    return Table(
        id=id,
        title=title,
        stub=message("Variable"),
        columns=(Column("vif", message("VIF")), Column("tolerance", message("1/VIF"))),
        rows=tuple(rows),
        notes=(message("VIF: diagonal of the inverse of the regressors' correlation matrix."),),
        reading=tuple(_reading(factors, labels, decimals)),
        machine={
            "variables": {
                str(name): {"vif": float(row["vif"]), "tolerance": float(row["tolerance"])}
                for name, row in factors.iterrows()
            },
            "mean": mean,
        },
    )


def _row(name: str, found: pd.Series, labels: Mapping[str, Wording], decimals: int) -> Row:
    cells = (
        Cell(float(found["vif"]), "number", decimals=decimals),
        Cell(float(found["tolerance"]), "number", decimals=3),
    )
    return Row(labels.get(name, name), cells, key=name)


def _reading(
    factors: pd.DataFrame, labels: Mapping[str, Wording], decimals: int
) -> Iterator[Wording]:
    if factors.empty:
        return
    at = int(factors["vif"].to_numpy().argmax())
    worst, largest = str(factors.index[at]), float(factors["vif"].iloc[at])
    words = {
        "name": labels.get(worst, worst),
        "vif": numbers.number(largest, decimals),
        "bound": f"{HIGH:g}",
    }
    if largest > HIGH:
        yield message(
            "Collinearity is strong: the largest VIF, of {name}, is {vif}, above the customary "
            "bound of {bound}; single coefficients are estimated imprecisely.",
            **words,
        )
    else:
        yield message(
            "The largest VIF, of {name}, is {vif}, below the customary bound of {bound}.", **words
        )
