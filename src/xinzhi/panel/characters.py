"""Characters in names that no document can hold, found before any work is done."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xinzhi.errors import Problem, Severity, Where
from xinzhi.panel.panel import ENTITY, Panel
from xinzhi.wording import UNPRINTABLE, message, visible

SHOWN = 20
"""Names that are told one by one."""


def unprintable_names(panel: Panel) -> list[Problem]:
    """Find control characters in the names of entities and columns; they are errors.

    Nothing is removed silently: a name without its control character is another name, and may be
    that of another row.
    """
    headings = (
        _problem(column, Where(file=panel.source, column=visible(column)), "error")
        for column in map(str, panel.frame.columns)
        if UNPRINTABLE.search(column)
    )
    return [*headings, *_of(panel, panel.frame.index.get_level_values(ENTITY), None)][:SHOWN]


def unprintable_texts(panel: Panel) -> list[Problem]:
    """Find control characters in cells of text; they are warnings, and shown by their codes."""
    frame = panel.frame
    texts = [column for column in frame.columns if frame[column].dtype.kind == "O"]
    found = [one for column in texts for one in _of(panel, frame[column], str(column))]
    return found[:SHOWN]


def _of(panel: Panel, values: pd.Series | pd.Index, column: str | None) -> Iterator[Problem]:
    """Tell each text once, with its first row."""
    codes, uniques = pd.factorize(np.asarray(values, dtype=object))
    for code, text in enumerate(uniques):
        if isinstance(text, str) and UNPRINTABLE.search(text):
            positions = np.flatnonzero(codes == code).tolist()
            first = min(positions, key=panel.rows.__getitem__) if panel.rows else positions[0]
            where = panel.place(int(first), column)
            yield _problem(text, where, "error" if column is None else "warning")


def _problem(name: str, where: Where, severity: Severity) -> Problem:
    found = UNPRINTABLE.search(name)
    return Problem(
        "data.control_character",
        message(
            "'{name}' holds the character U+{code}, which no document can show.",
            name=visible(name),
            code=f"{ord(found[0]):04X}" if found else "",
        ),
        where,
        message("delete it in the file; in a spreadsheet =CLEAN() does."),
        severity,
    )
