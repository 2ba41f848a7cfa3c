"""Rows of entities that are stated to be left out: counted by name, before anything else is asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import DataError, Problem, Where, nearest
from xinzhi_core.wording import message
from xinzhi_panel.io.raw import Cell, Decision, RawTable, ReadingFindings, listed
from xinzhi_panel.io.recognise.cells import cell_text, loose
from xinzhi_panel.io.text.columns import encode

LEFT_OUT = "names.left_out"


def stays(
    cells: Sequence[Cell],
    first: int,
    names: Sequence[str],
    table: RawTable,
    findings: ReadingFindings,
) -> npt.NDArray[np.bool_]:
    """Tell which rows stay; `cells` are the entities of rows from `first` on."""
    if not names:
        return np.ones(len(cells), dtype=bool)
    codes, distinct = encode(cells)
    wanted = {loose(name): name for name in names}
    named = [wanted.get(loose(cell_text(cell))) for cell in distinct]
    gone = np.array([name is not None for name in named], dtype=bool)[codes]
    for name in dict.fromkeys(filter(None, named)):
        of_name = np.array([one == name for one in named], dtype=bool)[codes]
        rows = np.flatnonzero(of_name) + first
        where = table.where(int(rows[0]))
        findings.decide(
            LEFT_OUT,
            message(
                "{name} is left out, as stated: rows {rows}.",
                one="{name} is left out, as stated: row {rows}.",
                n=len(rows),
                name=name,
                rows=listed(table.shown_rows(rows)),
            ),
            Where(file=where.file, sheet=where.sheet, row=where.row, entity=name),
            len(rows),
        )
    return ~gone


def unused(names: Iterable[str], decisions: Iterable[Decision]) -> list[str]:
    """List the names that no row had."""
    had = {decision.where.entity for decision in decisions if decision.code == LEFT_OUT}
    return [name for name in names if name not in had]


def no_such_row(name: str, entities: Iterable[str], key: str) -> Problem:
    """Refuse a name to be left out that no row has."""
    near = nearest(name, list(entities))
    return Problem(
        "names.no_effect",
        message("No row of the data is called '{name}'.", name=name),
        Where(key=key),
        message("did you mean '{name}'?", name=near) if near else message("remove it."),
    )


def refuse_unused(
    names: Sequence[str], decisions: Iterable[Decision], entities: Iterable[str]
) -> None:
    """Refuse names that no row had.

    Raises
    ------
    DataError
        `names.no_effect`.
    """
    if missing := unused(names, decisions):
        raise DataError(no_such_row(name, entities, "read.leave_out") for name in missing)
