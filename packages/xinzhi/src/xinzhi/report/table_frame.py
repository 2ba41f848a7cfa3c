"""A table of a report as a frame: numbers with all their digits, stars in columns of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pandas as pd

from xinzhi.present.table import Table
from xinzhi.report.formats.frame_file import FrameFile
from xinzhi_core.wording import Language, Wording, message, say

BENEATH: Mapping[str, Callable[[str], Wording]] = MappingProxyType(
    {
        "std_error": lambda name: message("{name}: standard error", name=name),
        "t": lambda name: message("{name}: t statistic", name=name),
        "p": lambda name: message("{name}: p-value", name=name),
        "interval": lambda name: message("{name}: interval", name=name),
    }
)
"""End of the key of a row that stands beneath another one and has no label -> its label."""


def table_file(table: Table, language: Language) -> FrameFile:
    """Lay a table out for a file of its own, with what stands under and beside it as notes."""
    labels: list[object] = []
    above = ""
    for row in table.rows:
        own = say(row.label, language)
        beneath = BENEATH.get(row.key.rpartition(":")[2], str)
        labels.append(own or say(beneath(above), language))
        above = own or above
    columns: list[tuple[str, list[object]]] = [
        (say(table.stub or message("row"), language), labels)
    ]
    for at, column in enumerate(table.columns):
        heading = say(column.full_heading, language)
        cells = [row.cells[at] for row in table.rows]
        found = (cell.value for cell in cells)
        columns.append(
            (
                heading,
                [
                    v if v is None or isinstance(v, (int, float)) else say(v, language)
                    for v in found
                ],
            )
        )
        if any(cell.stars for cell in cells):
            stars = say(message("{heading}: stars", heading=heading), language)
            columns.append((stars, [cell.stars or None for cell in cells]))
    frame = pd.DataFrame(dict(enumerate(values for _, values in columns)), dtype=object)
    frame.columns = pd.Index([heading for heading, _ in columns])
    notes = (*table.all_notes, *table.reading)
    return FrameFile(frame, table.title, notes, language, table.id)
