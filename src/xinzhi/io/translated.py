"""Headings of keys that mean the same in Chinese and English: `--entity 城市` finds `city`.

Only keys are translated, only where the named heading is not there and one translation is; the
reader says so.
"""

from __future__ import annotations

from xinzhi.io.cells import cell_text, loose
from xinzhi.io.findings import Findings
from xinzhi.io.headings import SEARCHED
from xinzhi.io.raw import RawTable
from xinzhi.wording import message

SAME: tuple[frozenset[str], ...] = (
    frozenset(("城市", "city")),
    frozenset(("年份", "年度", "year")),
    frozenset(("省份", "province")),
    frozenset(("国家", "country")),
    frozenset(("地区", "region")),
    frozenset(("行业", "industry")),
    frozenset(("企业", "firm")),
)


def translated(table: RawTable, key: str, found: Findings) -> str:
    """Return the heading of a key: the key itself, or its one translation in the table."""
    headings = {loose(cell) for row in table.rows[:SEARCHED] for cell in row if cell is not None}
    if any(heading.startswith(loose(key)) for heading in headings):
        return key
    others = {w for words in SAME if loose(key) in words for w in words} & headings
    if len(others) != 1:
        return key
    (other,) = others
    heading = next(
        text
        for row in table.rows[:SEARCHED]
        for text in map(cell_text, row)
        if loose(text) == other
    )
    found.decide(
        "layout.translated",
        message(
            "There is no column '{key}'; '{heading}' means the same and was taken.",
            key=key,
            heading=heading,
        ),
        table.where(1, column=heading),
    )
    return heading
