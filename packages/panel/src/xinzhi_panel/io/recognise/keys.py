"""The keys of the panel: entities as text, and each row once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.errors import DuplicateKey
from xinzhi_core.periods import period_name
from xinzhi_core.problems import DUPLICATE_KEY
from xinzhi_core.wording import message
from xinzhi_panel.io.raw import (
    ERRORS_PER_COLUMN,
    Cell,
    ColumnFindings,
    RawTable,
    ReadingFindings,
    listed,
)
from xinzhi_panel.io.recognise.cells import LONGEST_NAME, MISSING, closes_nothing, tidy
from xinzhi_panel.io.recognise.years import BAD_PERIODS, parse_period
from xinzhi_panel.io.text.columns import encode

BLANK = MISSING - {"na", "nd", "无", "×"}
"""Marks that do not name an entity; NA is Namibia."""
INNER = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
FOOTNOTE = re.compile(
    r"\s*(?:[①-⑳❶-❿⑴-⒇*＊†‡※⁰¹²³⁴-⁹]|(?<=[⁰¹²³⁴-⁹])[,，、](?=[⁰¹²³⁴-⁹])|\[\d{1,2}\]|［\d{1,2}］)+$"
)
NUMBERED = re.compile(r"(?<=[^\d\s])\s*\d{1,2}[)）]$")
"""The number of a note behind a name, where no bracket is open."""
SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+\d{2}", re.IGNORECASE | re.ASCII)
NUMBER = re.compile(r"\d+(?:\.\d*)?", re.ASCII)
WHOLE = re.compile(r"\d+(?:\.0*)?", re.ASCII)
EXACT = 2**53
"""Whole numbers beyond are not kept to the last digit."""
TWIN_KEYS = ("\0entity", "\0period")
"""Names that no column of a file has."""


def read_entities(cells: Sequence[Cell], column: ColumnFindings) -> npt.NDArray[np.object_]:
    """Read the names of entities: text, without invisible spaces; blank ones are errors."""
    # A panel repeats its names in every period: each distinct cell is read once.
    codes, distinct = encode(cells)
    entities = [_entity(cell) for cell in distinct]
    pairs = zip(distinct, entities, strict=True)
    tidied = sum(isinstance(c, str) and e is not None and c != e for c, e in pairs)
    entities = _without_footnotes(entities, column)
    entities = _without_decimals(entities, column)
    # The None at the end keeps an array of objects where there are no cells.
    names = np.array([*entities, None], dtype=object)[codes]
    blank = np.array([name is None for name in entities], dtype=bool)
    is_blank = blank[codes]
    named = codes[~is_blank]
    # Each name once, and no fewer rows without one: a name above its rows, as merged cells leave it.
    is_above = (
        len(set(named.tolist())) == len(named) <= int(is_blank.sum()) and not is_blank[:1].any()
    )
    remedy = (
        message(
            "only the first row of each block has its name, as merged cells leave it: write it in every row of the block."
        )
        if is_above
        else message("fill it; a row without a name cannot be used.")
    )
    for i in np.flatnonzero(is_blank)[:ERRORS_PER_COLUMN].tolist():
        column.error("panel.blank_key", message("The name of the entity is empty."), remedy, i)
    _refuse_shortened(distinct, entities, codes, column)
    if tidied:
        column.decide(
            "names.spaces",
            message(
                "Spaces that do not belong to names were removed in column '{name}'.",
                name=column.name,
            ),
            tidied,
        )
    return names


def _refuse_shortened(
    distinct: Sequence[Cell],
    entities: Sequence[str | None],
    codes: npt.NDArray[np.int64],
    column: ColumnFindings,
) -> None:
    """Refuse codes whose digits a spreadsheet has lost: 1.402E+14, or too many for a number."""
    lost = np.array(
        [
            (isinstance(cell, float) and abs(cell) >= EXACT)
            or (entity is not None and SHORTENED.fullmatch(entity) is not None)
            for cell, entity in zip(distinct, entities, strict=True)
        ],
        dtype=bool,
    )
    for i in np.flatnonzero(lost[codes])[:ERRORS_PER_COLUMN].tolist():
        column.error(
            "names.shortened",
            message(
                "'{cell}' is a code of which a spreadsheet has kept the first digits only.",
                cell=str(entities[codes[i]]),
            ),
            message(
                "export the table again with the codes formatted as text, or name another column."
            ),
            i,
        )


def _without_footnotes(entities: list[str | None], column: ColumnFindings) -> list[str | None]:
    """Take footnote marks off the ends of names, so that no city is cut in two by its notes."""
    bare = [
        without_footnotes(entity) if entity and len(entity) <= LONGEST_NAME else entity
        for entity in entities
    ]
    marked = [before for before, after in zip(entities, bare, strict=True) if before != after]
    if marked:
        column.warn(
            "names.footnote",
            message(
                "Footnote marks were taken off names in column '{name}': {names}.",
                name=column.name,
                names=listed(marked),
            ),
            message("read the note: such rows often have another extent."),
        )
    return bare


def without_footnotes(name: str) -> str:
    """Take footnote marks off the end of a name.

    >>> [without_footnotes(n) for n in ("大同*", "大同¹", "大同¹,²", "大同2)", "大同(2)", "km²")]
    ['大同', '大同', '大同', '大同', '大同(2)', 'km²']
    """
    if re.search(r"[ckdh]?m[²³]$", name):
        return name
    bare = NUMBERED.sub("", name) if closes_nothing(name) else name
    return FOOTNOTE.sub("", bare) or name


def without_decimals(names: Sequence[str]) -> list[str]:
    """Write codes without decimals where all numbers among the names are whole: 410032.0 is 410032.

    >>> without_decimals(["410032.0", "唐山"]), without_decimals(["1.0", "1.5"])
    (['410032', '唐山'], ['1.0', '1.5'])
    """
    if not any("." in name for name in names):
        return list(names)
    numbers = [name for name in dict.fromkeys(names) if NUMBER.fullmatch(name)]
    if not all(WHOLE.fullmatch(name) for name in numbers):
        return list(names)
    bare = {name: name.partition(".")[0] for name in numbers if "." in name}
    return [bare.get(name, name) for name in names] if bare else list(names)


def _without_decimals(entities: list[str | None], column: ColumnFindings) -> list[str | None]:
    """Take the decimals off codes that somebody's program wrote as numbers, and say so."""
    written = [name for name in entities if name is not None]
    bare = dict(zip(written, without_decimals(written), strict=True))
    changed = [name for name in bare if bare[name] != name]
    if changed:
        column.decide(
            "names.decimals",
            message(
                "Codes in column '{name}' were read without their decimals: {code} as {bare}.",
                name=column.name,
                code=changed[0],
                bare=bare[changed[0]],
            ),
            len(changed),
        )
    return [None if name is None else bare[name] for name in entities]


def _entity(cell: Cell) -> str | None:
    if cell is None or isinstance(cell, bool):
        return None if cell is None else str(cell)
    # A code that a spreadsheet holds as a number has no decimals.
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    text = unicodedata.normalize("NFC", tidy(str(cell)))
    text = INNER.sub("", re.sub(r"\s+", " ", text))
    return None if text.casefold() in BLANK else text


def refuse_or_drop_twins(
    frame: pd.DataFrame,
    rows: npt.NDArray[np.int64],
    dates: Sequence[Cell],
    table: RawTable,
    findings: ReadingFindings,
) -> npt.NDArray[np.bool_]:
    """Find rows with the same key: one of identical rows is kept, different ones are errors.

    `dates` are the cells with the periods, none of a table without: rows of several days of a year are no
    copies of each other, whatever they hold.

    Returns which rows stay.
    """
    stays = np.ones(len(frame), dtype=bool)
    if frame.index.is_unique:
        return stays
    twins = np.flatnonzero(frame.index.duplicated(keep=False))
    some = frame.iloc[twins].reset_index(names=[*TWIN_KEYS])
    keys = some.groupby([*TWIN_KEYS], sort=False).ngroup().to_numpy()
    # Rows that differ in nothing are one row; a key whose rows differ anywhere is refused.
    is_new = ~some.duplicated(keep="first").to_numpy()
    differs = np.bincount(keys[is_new]) > 1
    days: dict[int, set[str]] = {key: set() for key in range(len(differs))}
    is_date = cache(lambda cell: parse_period(cell).how == "date")  # a file repeats its dates
    for place, key in zip(twins.tolist(), keys.tolist(), strict=True):
        days[key].add(str(dates[place]) if len(dates) and is_date(dates[place]) else "")
    parts = np.array([len(found) > 1 and "" not in found for found in days.values()])
    differs |= parts
    stays[twins[~is_new & ~differs[keys]]] = False
    order = np.argsort(keys, kind="stable")
    groups = np.split(twins[order], np.flatnonzero(np.diff(keys[order])) + 1)
    for n, places in enumerate(groups[:ERRORS_PER_COLUMN]):
        key = frame.index[int(places[0])][: 2 if len(dates) else 1]
        told = rows[places].tolist()
        if parts[n]:
            _report_parts(key, told, [dates[place] for place in places.tolist()], table, findings)
        else:
            _report_twins(key, told, table, findings, same=not differs[n])
    return stays


def _report_parts(
    key: tuple[str, int],
    rows: list[int],
    dates: Sequence[Cell],
    table: RawTable,
    findings: ReadingFindings,
) -> None:
    """Refuse days of one year as periods: the remedy is that of all parts of years."""
    written = [str(day.date() if isinstance(day, datetime) else day) for day in dates]
    where = replace(table.where(rows[-1]), entity=str(key[0]), period=int(key[1]))
    text = message(
        "Rows {rows} are of several days of one year ({key}): {dates}.",
        rows=listed(table.shown_rows(rows)),
        key=" ".join([str(key[0]), period_name(key[1])]),
        dates=listed(dict.fromkeys(written)),
    )
    findings.error("year.shorter", text, where, BAD_PERIODS["shorter"][1])


def _report_twins(
    key: tuple[Any, ...], rows: list[int], table: RawTable, findings: ReadingFindings, *, same: bool
) -> None:
    """Name the rows of one key that stands more than once."""
    where = replace(
        table.where(rows[-1]), entity=str(key[0]), period=int(key[1]) if len(key) > 1 else None
    )
    values = {
        "rows": listed(table.shown_rows(rows)),
        "key": " ".join([str(key[0]), *map(period_name, key[1:])]),
    }
    if same:
        findings.warn(
            DUPLICATE_KEY,
            message("Rows {rows} are identical ({key}).", **values),
            where,
            message("one is kept; remove the others from the file."),
        )
    else:
        findings.error(
            DUPLICATE_KEY,
            message("Rows {rows} carry the same key ({key}) with other values.", **values),
            where,
            message("keep one row for each entity and period."),
            DuplicateKey,
        )
