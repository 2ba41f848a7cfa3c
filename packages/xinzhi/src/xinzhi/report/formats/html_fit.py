"""How closely a table is set, so that it fits the page on a screen of 1,280 pixels."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xinzhi.present.numbers import write
from xinzhi.present.table import Cell, Table
from xinzhi_core.wording import Language, Wording, say

PAGE = 940
"""Pixels of a table on such a screen."""
SETTINGS = {"": (7.9, 29), "dense": (7.3, 16), "tight": (6.6, 9), "tight least": (6.0, 5)}
"""Class of the style -> pixels of a letter, and of the space beside a cell."""
LABEL = 20
"""Letters after which the label of a row is broken."""
SHORT = 16
"""Letters up to which the words of a cell stand on one line."""
BROKEN = 14
"""Letters of a line of a cell whose words are broken."""


def fit_of(
    table: Table,
    widths: Sequence[tuple[int, int]],
    *,
    languages: Sequence[Language],
    decimals: int,
) -> str:
    """Choose the widest setting in which a table fits: the class of its element."""
    labels = max((_letters(row.label, languages) for row in table.rows), default=0)
    cells = [min(labels, LABEL)]
    for i, (column, parts) in enumerate(zip(table.columns, widths, strict=True)):
        lengths = (_cell(row.cells[i], languages, decimals) for row in table.rows)
        cells.append(max(sum(parts), max(lengths, default=0), _word(column.heading, languages)))
    needed = {
        name: letter * sum(cells) + space * len(cells) for name, (letter, space) in SETTINGS.items()
    }
    return next((name for name, width in needed.items() if width <= PAGE), [*needed][-1])


def is_broken(texts: Sequence[str]) -> bool:
    """Whether the words of a cell are set in several lines."""
    return any(_wide(text) > SHORT for text in texts)


def _cell(cell: Cell, languages: Sequence[Language], decimals: int) -> int:
    if isinstance(cell.value, (int, float)) or cell.value is None:
        return 0  # its parts are counted by the widths of its column
    longest = max(_wide(str(write(cell, language, decimals))) for language in languages)
    return longest if longest <= SHORT else BROKEN


def _letters(wording: Wording, languages: Sequence[Language]) -> int:
    return max(_wide(say(wording, language)) for language in languages)


def _word(heading: Wording, languages: Sequence[Language]) -> int:
    """Letters of the longest word of a heading; Chinese is broken anywhere."""
    texts = (say(heading, language) for language in languages)
    return max((_wide(word) for text in texts for word in re.findall(r"[!-⺀]+", text)), default=4)


def _wide(text: str) -> int:
    return sum(2 if letter > "⺀" else 1 for letter in text)
