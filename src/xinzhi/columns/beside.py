"""Put what was computed for rows beside the data that they came from, by entity and period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from xinzhi.columns.frames import table_of
from xinzhi.columns.keys import Key, keyed
from xinzhi.errors import DataError, Problem, Where
from xinzhi.panel.panel import NO_PERIOD, Panel
from xinzhi.wording import message

Label = tuple[str, int | None]


def beside(
    data: Any,
    labels: Sequence[Label],
    computed: pd.DataFrame,
    entity: Key | None = None,
    period: Key | None = None,
) -> pd.DataFrame:
    """Return the rows of `data` in their order, with the computed columns behind their own.

    Parameters
    ----------
    data
        A panel or a frame; its keys are found or named as in every call.
    labels
        (entity, period) of each computed row.
    computed
        Columns, one row a label. Rows of the data that were not computed have empty cells.

    Raises
    ------
    DataError
        A column is there already, a computed row is not in the data, or a key is in two rows.

    Examples
    --------
    >>> data = pd.DataFrame({"gdp": [1.0, 2.0]}, index=["b", "a"])
    >>> beside(data, [("a", None), ("b", None)], pd.DataFrame({"score": [0.5, 1.0]}))["score"].tolist()
    [1.0, 0.5]
    """
    table = table_of(data)
    indexed = keyed(table, entity, period)
    frame = indexed.frame if isinstance(indexed, Panel) else indexed
    keys = pd.MultiIndex.from_tuples(frame.index)
    out = table.to_table() if isinstance(table, Panel) else table
    _refuse_same_columns(computed, out)
    wanted = pd.MultiIndex.from_tuples(
        [(name, NO_PERIOD if when is None else when) for name, when in labels], names=keys.names
    )
    _refuse_twice(keys)
    _refuse_unknown(wanted, keys)
    # By key and not by position: a computed row stands beside its own, whatever the order.
    rows = computed.set_axis(wanted, axis="index").reindex(keys).set_axis(out.index, axis="index")
    return pd.concat([out, rows], axis="columns")


def _refuse_same_columns(computed: pd.DataFrame, data: pd.DataFrame) -> None:
    names = [name for name in computed.columns if name in data.columns]
    if names:
        raise DataError(
            Problem(
                "join.column_taken",
                message("The data have a column '{name}' already.", name=name),
                Where(column=str(name)),
                message("rename it, or give prefix=."),
            )
            for name in names
        )


def _refuse_twice(keys: pd.MultiIndex) -> None:
    if keys.is_unique:
        return
    entity, period = keys[keys.duplicated()][0]
    raise DataError.of(
        message(
            "{entity} {period} is in more than one row of the data.", entity=entity, period=period
        ),
        Where(entity=str(entity)),
        message("give the data from which the results were computed."),
        code="join.key_twice",
    )


def _refuse_unknown(wanted: pd.MultiIndex, keys: pd.MultiIndex) -> None:
    lost = wanted.difference(keys)
    if len(lost):
        entity, period = lost[0]
        raise DataError.of(
            message(
                "{n} computed rows are not in the data, such as {entity} {period}.",
                one="{n} computed row is not in the data: {entity} {period}.",
                n=len(lost),
                entity=entity,
                period=period,
            ),
            Where(entity=str(entity)),
            message("give the data from which the results were computed."),
            code="join.not_in_data",
        )
