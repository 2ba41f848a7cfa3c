"""Units of measure in the words of both languages.

What stands under a coefficient: its standard error, or its t or z statistic, as a journal wishes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from xinzhi.present.table import Cell, Row, Table
from xinzhi_core.wording import Label, Message, Wording, message, say

DECIMALS = 2
WORDS: Mapping[str, Message] = {
    "{rule} in parentheses.": message("t or z statistics in parentheses; {rule}."),
    "{errors}.": message("t or z statistics in parentheses; {errors}."),
}
"""Note on the errors of a table -> the note where statistics stand there."""


def with_statistics(table: Table) -> Table:
    """Put statistics, the estimate over its standard error, into the place of the errors.

    A table without errors stays as it is; so does an error without an estimate above it.
    """
    rows = tuple(
        _row(above, row) for above, row in zip((None, *table.rows), table.rows, strict=False)
    )
    if rows == table.rows:
        return table
    return replace(table, rows=rows, notes=tuple(map(_note, table.notes)))


def _row(above: Row | None, row: Row) -> Row:
    if above is None:
        return row
    cells = tuple(_cell(over, cell) for over, cell in zip(above.cells, row.cells, strict=True))
    return replace(row, cells=cells) if cells != row.cells else row


def _cell(estimate: Cell, error: Cell) -> Cell:
    if error.kind != "std_error" or not isinstance(error.value, float):
        return error
    if not isinstance(estimate.value, float) or not error.value > 0:
        return error
    return Cell(estimate.value / error.value, "t_statistic", decimals=DECIMALS)


def _note(text: Wording) -> Wording:
    """Reword a note on errors, also inside a sentence on single columns."""
    if not isinstance(text, Message):
        return text
    if text.template in WORDS:
        return replace(WORDS[text.template], values=text.values)
    values = {
        key: _note(value) if isinstance(value, Message) else value
        for key, value in text.values.items()
    }
    return replace(text, values=MappingProxyType(values))


MULTIPLES: Mapping[str, str] = {
    "百": "100",
    "千": "1,000",
    "万": "10,000",
    "十万": "100,000",
    "百万": "million",
    "亿": "100 million",
}
BASES: Mapping[str, str] = {
    "人": "persons",
    "户": "households",
    "元": "yuan",
    "美元": "US dollars",
    "千瓦时": "kWh",
    "度": "kWh",
    "吨": "tonnes",
    "吨标准煤": "tonnes of coal equivalent",
    "吨标煤": "tonnes of coal equivalent",
    "立方米": "m³",
    "平方米": "m²",
    "平方公里": "km²",
    "平方千米": "km²",
    "公顷": "ha",
    "公里": "km",
    "件": "items",
    "项": "items",
    "个": "items",
    "家": "firms",
    "台": "machines",
    "辆": "vehicles",
    "年": "years",
    "倍": "times",
}
"""Unit without a multiple -> its English name."""
BOTH: Mapping[str, Label] = {
    "percent": Label("percent", zh="%", en="%"),
    "ratio": Label("ratio", zh="比值", en="ratio"),
    "index": Label("index", zh="指数", en="index"),
}


def unit_in_words(unit: str) -> Wording:
    """Name a unit in both languages; one that is not known stays as it is written.

    >>> str(unit_in_words("件/万人")), str(unit_in_words("千人")), str(unit_in_words("furlong"))
    ('items per 10,000 persons', '1,000 persons', 'furlong')
    """
    if unit in BOTH:
        return BOTH[unit]
    parts = [_english(part.strip()) for part in unit.split("/")]
    if any(part is None for part in parts):
        return unit
    return Label(unit, zh=unit, en=" per ".join(str(part) for part in parts))


def with_unit(number: str, unit: Wording) -> Wording:
    """Write a number with its unit; a multiple such as 1,000 persons stands behind a sign of times.

    >>> str(with_unit("9.8", unit_in_words("千人"))), str(with_unit("0.2", unit_in_words("percent")))
    ('9.8 × 1,000 persons', '0.2%')
    """
    zh, en = say(unit, "zh"), say(unit, "en")
    if not en:
        return number
    between = {"%": ""}.get(en, " × " if en[0].isdigit() else " ")
    both = f"{number}{between}{en}"
    return Label(both, zh=f"{number}{'' if zh == '%' else ' '}{zh}", en=both)


def _english(part: str) -> str | None:
    """Translate a unit without a slash: its multiple, then what is counted."""
    if part in BASES:
        return BASES[part]
    # The longest multiple first: 百万 is a million, not a hundred of 万.
    for multiple, words in sorted(MULTIPLES.items(), key=lambda item: -len(item[0])):
        if part.startswith(multiple) and part.removeprefix(multiple) in BASES:
            return f"{words} {BASES[part.removeprefix(multiple)]}"
    return None


def transformed(unit: str | None, transform: str) -> Wording:
    """Name the unit of a variable in the tables: of a logarithm, what it is taken of.

    >>> str(transformed("千人", "ln1p")), str(transformed(None, "ln")), str(transformed(None, "none"))
    ('ln(1 + 1,000 persons)', 'ln(x)', '')
    """
    words = unit_in_words(unit) if unit else ""
    if transform == "none":
        return words
    unit_in_tables = words or "x"
    if transform == "ln1p":
        return message("ln(1 + {unit})", unit=unit_in_tables)
    return message("ln({unit})", unit=unit_in_tables)
