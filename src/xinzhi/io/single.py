"""Identifiers in single precision: of whole numbers above 2^24 a float of 32 bits keeps every second one, or fewer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from xinzhi.errors import Problem, Where
from xinzhi.io.raw import Cell
from xinzhi.io.recognise.cells import cell_text, loose
from xinzhi.wording import message

EXACT = 2**24
"""Whole numbers up to here are kept to the last digit."""
CODE = "names.single_precision"


def doubt_single(name: str, cells: Sequence[Cell], where: Where) -> Problem | None:
    """Doubt a column of 32-bit floats that holds whole numbers beyond those it keeps; None where it does not."""
    numbers = [cell for cell in cells if isinstance(cell, float)]
    large = next((cell for cell in numbers if abs(cell) > EXACT), None)
    if large is None or not all(number.is_integer() for number in numbers):
        return None
    return Problem(
        CODE,
        message(
            "Column '{name}' is stored in single precision, which keeps whole numbers up to 16 777 216 only: "
            "two codes near {value} may have become one.",
            name=name,
            value=cell_text(large),
        ),
        replace(where, column=name),
        message("store the codes as text, or in Stata as long or double, and save the file again."),
        severity="warning",
    )


def of_keys(warnings: Iterable[Problem], keys: Iterable[str]) -> list[Problem]:
    """Keep such a doubt of the keys alone: of amounts the digits that are lost do not matter."""
    names = set(map(loose, keys))
    return [w for w in warnings if w.code != CODE or loose(w.where.column or "") in names]
