"""The keys of the panel: entities as text, and each row once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import DuplicateKey, Where
from xinzhi.io.raw import ERRORS_PER_COLUMN, Cell, Findings, RawTable, listed
from xinzhi.io.recognise.cells import LONGEST_NAME, MISSING, tidy
from xinzhi.io.text.columns import encode
from xinzhi.problems import DUPLICATE_KEY
from xinzhi.wording import message

BLANK = MISSING - {"na", "nd", "无", "×"}
"""Marks that are no name of an entity; NA is Namibia."""
INNER = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
FOOTNOTE = re.compile(r"\s*(?:[①-⑳❶-❿⑴-⒇*＊†‡※]|\[\d{1,2}\]|［\d{1,2}］)+$")
SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+\d{2}", re.IGNORECASE | re.ASCII)
EXACT = 2**53
"""Whole numbers beyond are not kept to the last digit."""
TWIN_KEYS = ("\0entity", "\0period")
"""Names that no column of a file has."""


def read_entities(
    cells: Sequence[Cell], rows: npt.NDArray[np.int64], table: RawTable, name: str, found: Findings
) -> npt.NDArray[np.object_]:
    """Read the names of entities: text, without invisible spaces; blank ones are errors."""
    codes, distinct = encode(cells)
    read = [_entity(cell) for cell in distinct]
    pairs = zip(distinct, read, strict=True)
    tidied = sum(isinstance(c, str) and e is not None and c != e for c, e in pairs)
    read = _without_footnotes(read, table, name, found)
    names = np.array([*read, None], dtype=object)[codes]
    blank = np.array([name is None for name in read], dtype=bool)
    for i in np.flatnonzero(blank[codes])[:ERRORS_PER_COLUMN].tolist():
        found.error(
            "panel.blank_key",
            message("The name of the entity is empty."),
            table.where(int(rows[i]), None, name),
            message("fill it; a row without a name cannot be used."),
        )
    _refuse_shortened(distinct, read, codes, rows, table, name, found)
    if tidied:
        found.decide(
            "names.spaces",
            message(
                "Spaces that do not belong to names were removed in column '{name}'.", name=name
            ),
            Where(file=table.file, sheet=table.sheet, column=name),
            tidied,
        )
    return names


def _refuse_shortened(
    distinct: Sequence[Cell],
    read: Sequence[str | None],
    codes: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    table: RawTable,
    name: str,
    found: Findings,
) -> None:
    """Refuse codes whose digits a spreadsheet has lost: 1.402E+14, or too many for a number."""
    lost = np.array(
        [
            (isinstance(cell, float) and abs(cell) >= EXACT)
            or (entity is not None and SHORTENED.fullmatch(entity) is not None)
            for cell, entity in zip(distinct, read, strict=True)
        ],
        dtype=bool,
    )
    for i in np.flatnonzero(lost[codes])[:ERRORS_PER_COLUMN].tolist() if lost.any() else []:
        found.error(
            "names.shortened",
            message(
                "'{cell}' is a code of which a spreadsheet has kept the first digits only.",
                cell=str(read[codes[i]]),
            ),
            table.where(int(rows[i]), None, name),
            message(
                "export the table again with the codes formatted as text, or name another column."
            ),
        )


def _without_footnotes(
    read: list[str | None], table: RawTable, name: str, found: Findings
) -> list[str | None]:
    """Take footnote marks off the ends of names, so that no city is cut in two by its notes."""
    bare = [
        FOOTNOTE.sub("", entity) or entity if entity and len(entity) <= LONGEST_NAME else entity
        for entity in read
    ]
    marked = [before for before, after in zip(read, bare, strict=True) if before != after]
    if marked:
        found.warn(
            "names.footnote",
            message(
                "Footnote marks were taken off names in column '{name}': {names}.",
                name=name,
                names=listed(marked),
            ),
            Where(file=table.file, sheet=table.sheet, column=name),
            message("read the note: such rows often have another extent."),
        )
    return bare


def _entity(cell: Cell) -> str | None:
    if cell is None or isinstance(cell, bool):
        return None if cell is None else str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    text = unicodedata.normalize("NFC", tidy(str(cell)))
    text = INNER.sub("", re.sub(r"\s+", " ", text))
    return None if text.casefold() in BLANK else text


def refuse_or_drop_twins(
    frame: pd.DataFrame,
    rows: npt.NDArray[np.int64],
    table: RawTable,
    found: Findings,
    *,
    has_periods: bool,
) -> npt.NDArray[np.bool_]:
    """Find rows with the same key: one of identical rows is kept, different ones are errors.

    Returns which rows stay.
    """
    stays = np.ones(len(frame), dtype=bool)
    if frame.index.is_unique:
        return stays
    twins = np.flatnonzero(frame.index.duplicated(keep=False))
    some = frame.iloc[twins].reset_index(names=[*TWIN_KEYS])
    keys = some.groupby([*TWIN_KEYS], sort=False).ngroup().to_numpy()
    is_new = ~some.duplicated(keep="first").to_numpy()
    differs = np.bincount(keys[is_new]) > 1
    stays[twins[~is_new & ~differs[keys]]] = False
    order = np.argsort(keys, kind="stable")
    groups = np.split(twins[order], np.flatnonzero(np.diff(keys[order])) + 1)
    for n, places in enumerate(groups[:ERRORS_PER_COLUMN]):
        _say_twins(frame, rows, places, table, found, same=not differs[n], dated=has_periods)
    return stays


def _say_twins(
    frame: pd.DataFrame,
    rows: npt.NDArray[np.int64],
    places: npt.NDArray[np.int64],
    table: RawTable,
    found: Findings,
    *,
    same: bool,
    dated: bool,
) -> None:
    """Name the rows of one key that stands more than once."""
    entity, period = frame.index[int(places[0])]
    numbers = rows[places].tolist()
    key = f"{entity} {period}" if dated else str(entity)
    where = replace(
        table.where(numbers[-1], None, None),
        entity=str(entity),
        period=int(period) if dated else None,
    )
    if same:
        found.warn(
            DUPLICATE_KEY,
            message(
                "Rows {rows} are identical ({key}).",
                rows=listed(table.shown_rows(numbers)),
                key=key,
            ),
            where,
            message("one is kept; remove the others from the file."),
        )
        return
    found.error(
        DUPLICATE_KEY,
        message(
            "Rows {rows} carry the same key ({key}) with other values.",
            rows=listed(table.shown_rows(numbers)),
            key=key,
        ),
        where,
        message("keep one row for each entity and period."),
        DuplicateKey,
    )
