"""The table of influence: the entities without which a slope would be another."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from xinzhi.tables.numbers import DECIMALS
from xinzhi.tables.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, message


def influence_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    shift: pd.DataFrame,
    *,
    labels: Mapping[str, Wording],
    entities: Mapping[str, Wording],
    decimals: int = DECIMALS,
) -> Table:
    """Set how far each slope moves, in its standard errors, when an entity is left out.

    `shift` has one row an entity, those that move a slope most, and one column a variable.
    """
    names = [str(name) for name in shift.columns]
    return Table(
        id=id,
        title=title,
        stub=message("Without"),
        columns=tuple(Column(name, labels.get(name, name)) for name in names),
        rows=tuple(
            Row(
                entities.get(str(entity), str(entity)),
                tuple(
                    Cell(float(value), "statistic", decimals=decimals)
                    for value in shift.loc[entity]
                ),
                key=str(entity),
            )
            for entity in shift.index
        ),
        notes=(
            message(
                "Change of the slope in its standard errors when all rows of the entity are left out; "
                "the ten entities that move one most."
            ),
        ),
        machine=MappingProxyType(
            {
                "shift": {
                    str(entity): {name: float(shift.loc[entity, name]) for name in names}
                    for entity in shift.index
                }
            }
        ),
    )
