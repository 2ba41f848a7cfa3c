"""The table published / computed / agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from xinzhi.tables.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, message

Line = tuple[str, Any, Any, bool]
"""Where it is printed, the printed figures, the computed ones, whether they agree."""


def comparison_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    lines: Sequence[Line],
) -> Table:
    """Set printed figures beside computed ones; what is missed is said to be missed."""
    n_agree = sum(agrees for _, _, _, agrees in lines)
    return Table(
        id=id,
        title=title,
        stub=message("Printed in"),
        columns=(
            Column("printed", message("Published")),
            Column("computed", message("Computed")),
            Column("agrees", message("Agrees")),
        ),
        rows=tuple(_row(*line) for line in lines),
        notes=(
            message(
                "A printed figure stands for all numbers that round to it at its printed digits; "
                "stars are compared as printed."
            ),
        ),
        reading=(
            message("{n} of {total} printed figures are reached.", n=n_agree, total=len(lines)),
        ),
        machine=MappingProxyType({"n": len(lines), "agrees": n_agree}),
    )


def _row(where: str, printed: Any, computed: Any, agrees: bool) -> Row:  # noqa: FBT001 - a column
    cells = (
        Cell(in_words(printed), "text"),
        Cell("—" if computed is None else in_words(computed, rounded=True), "text"),
        Cell(message("yes") if agrees else message("missed"), "text"),
    )
    return Row(where, cells, key=where)


def in_words(value: Any, *, rounded: bool = False) -> str:
    """Write a figure, a slope with its error and stars, or a list of figures.

    >>> in_words({"b": 0.02, "se": 0.009, "stars": 2})
    '0.02** (0.009)'
    """
    if isinstance(value, Mapping):
        error = f" ({in_words(value['se'], rounded=rounded)})" if "se" in value else ""
        return f"{in_words(value['b'], rounded=rounded)}{'*' * int(value.get('stars', 0))}{error}"
    if isinstance(value, (list, tuple)):
        return ", ".join(in_words(one, rounded=rounded) for one in value)
    if value is None:
        return "—"
    return f"{value:.5g}" if rounded and isinstance(value, float) else str(value)
