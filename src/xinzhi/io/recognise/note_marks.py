"""Note marks on the names of columns: 地区生产总值¹ is 地区生产总值.

A raised 2 or 3 may be a power. It stays behind m, km and the like, behind 10, and behind other letters
unless the heading has a note 1 too: notes are counted from one. A mark stays where the name without it is
another column's, as age² beside age.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from xinzhi.io.raw import Cell, Decision, RawTable, listed
from xinzhi.io.recognise.cells import (
    LONGEST_NAME,
    cell_text,
    closes_nothing,
    is_number,
    loose,
)
from xinzhi.io.recognise.headings import SEARCHED
from xinzhi.io.recognise.years import looks_like_year
from xinzhi.io.stored import StoredRows
from xinzhi.io.text.columns import ColumnRows
from xinzhi.wording import message

RAISED = "⁰¹²³⁴-⁹"
MARK = re.compile(
    rf"(?:\s*(?:[{RAISED}]+(?:[,，、][{RAISED}]+)*|[①-⑳❶-❿⑴-⒇*＊†‡※]+|[\[［]\d{{1,2}}[\]］]"
    rf"|(?<![\d.(（\[［])\d{{1,2}}[)）]))(?=\s*(?:[(（\[［【].*)?$)"
)
"""A mark at the end of a name, or before the brackets with its unit."""
POWER = re.compile(r"(?:\b[ckdh]?m[²³]|10[⁰¹²³⁴-⁹⁻]+)$")
LETTER = re.compile(r"(?:[A-Za-zα-ωΑ-Ω]|^[ -~]+\))[²³]$")


def without_heading_marks(table: RawTable) -> RawTable:
    """Take note marks off the names of columns, and say so; other rows stay as they are."""
    if isinstance(table.rows, StoredRows):
        return table
    top = [list(row) for row in table.rows[:SEARCHED]]
    taken: list[tuple[int, str]] = []
    for number, row in enumerate(top, start=1):
        if _may_be_names(row):
            taken += [(number, name) for name in _take_off(row)]
    if not taken:
        return table
    decision = Decision(
        message(
            "Note marks were taken off the names of columns: {names}.",
            names=listed(name for _, name in taken),
        ),
        table.where(taken[0][0]),
        len(taken),
        "layout.heading_marks",
    )
    return replace(table, rows=_with_top(table.rows, top)).with_decision(decision)


def bare_names(row: Sequence[Cell]) -> list[Cell]:
    """Take note marks off the names of a row that is known to hold names.

    >>> bare_names(["企业名称*", "经营范围¹"])
    ['企业名称', '经营范围']
    """
    names = list(row)
    _take_off(names)
    return names


def _with_top(rows: Sequence[Sequence[Cell]], top: list[list[Cell]]) -> Sequence[Sequence[Cell]]:
    if isinstance(rows, ColumnRows):  # of text that is kept by column
        return [*top, *map(list, rows[len(top) :])]
    return [*top, *rows[len(top) :]]


def _may_be_names(row: Sequence[Cell]) -> bool:
    """Whether a row has several words and no number but years."""
    filled = [cell for cell in row if cell_text(cell)]
    words = [cell for cell in filled if isinstance(cell, str) and not is_number(cell)]
    return (
        len(filled) > 1
        and len(words) > 0
        and all(not is_number(cell) or looks_like_year(cell) for cell in filled)
    )


def _take_off(row: list[Cell]) -> list[str]:
    """Take the marks off the names of a row; return the names as they were."""
    names = {loose(cell) for cell in row if isinstance(cell, str)}
    texts = [cell for cell in row if isinstance(cell, str)]
    has_first = any("¹" in text and not POWER.search(text) for text in texts)
    taken = []
    for i, cell in enumerate(row):
        if not isinstance(cell, str) or len(cell) > LONGEST_NAME:
            continue
        bare = without_mark(cell, has_first=has_first)
        if bare != cell and bare and loose(bare) not in names:
            row[i] = bare
            taken.append(cell_text(cell))
    return taken


def without_mark(name: str, *, has_first: bool) -> str:
    """Take the mark of a note off a name; `has_first` where another name has the mark of note 1.

    >>> [without_mark(n, has_first=False) for n in ("地区生产总值¹（亿元）", "面积km²", "age²", "人口1)")]
    ['地区生产总值（亿元）', '面积km²', 'age²', '人口']
    >>> [without_mark(name, has_first=True) for name in ("二氧化碳（CO2）", "产值（亿元）1)")]
    ['二氧化碳（CO2）', '产值（亿元）']
    >>> without_mark("GDP²", has_first=True), without_mark("产量（10⁴吨）", has_first=True)
    ('GDP', '产量（10⁴吨）')
    """
    match = MARK.search(name)
    if match is None:
        return name
    before = name[: match.end()]
    is_bracket = before[-1] in ")）" and not closes_nothing(before)
    is_power = is_bracket or POWER.search(before) or (not has_first and LETTER.search(before))
    return name if is_power else f"{name[: match.start()]}{name[match.end() :]}".strip()
