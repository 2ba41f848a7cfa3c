"""Read a file as `io.read` does, and judge the names of its entities: one verdict for every door."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from xinzhi.io.options import NOTHING_STATED, ReadOptions
from xinzhi.io.read import ReadResult, read_panel
from xinzhi.io.recognise.rows.left_out import refuse_unused
from xinzhi.places.strangers import doubt_strangers


def read_judged(
    path: Path,
    *,
    entity: str,
    period: str | None,
    sheet: str | None = None,
    reading: ReadOptions = NOTHING_STATED,
) -> ReadResult:
    """Read a file as a panel, and warn of names that are not places as the others are.

    Raises
    ------
    DataError
        Everything that is wrong with the file; a name that is to be left out and is not there.
    """
    result = read_panel(path, entity=entity, period=period, sheet=sheet, reading=reading)
    refuse_unused(reading.leave_out, result.decisions, result.panel.entities)
    strangers = doubt_strangers(result.panel, result.warnings, reading.accept)
    return replace(result, warnings=(*result.warnings, *strangers))
