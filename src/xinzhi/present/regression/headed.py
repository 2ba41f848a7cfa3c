"""Headings of regression tables with words beside the number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xinzhi.present.table import Table
from xinzhi.wording import Wording, message


def with_headings(
    table: Table, headings: Sequence[Wording], spanners: Sequence[Wording] | None = None
) -> Table:
    """Put words beside the numbers of the columns; an empty one leaves the number alone.

    Parameters
    ----------
    headings
        One for each column.
    spanners
        What stands above the headings; the outcomes stay where they are left out.
    """
    columns = tuple(
        replace(
            column,
            heading=message("({n}) {label}", n=position, label=words) if words else column.heading,
            spanner=column.spanner if spanners is None else spanners[position - 1],
        )
        for position, (column, words) in enumerate(
            zip(table.columns, headings, strict=True), start=1
        )
    )
    return replace(table, columns=columns, machine=_labelled(table.machine, headings))


def _labelled(machine: Mapping[str, object], headings: Sequence[Wording]) -> dict[str, object]:
    found = machine["columns"]
    assert isinstance(found, list)
    labelled = [
        {**column, "label": str(words)} if words else column
        for column, words in zip(found, headings, strict=True)
    ]
    return {**machine, "columns": labelled}
