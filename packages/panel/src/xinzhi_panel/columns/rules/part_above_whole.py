"""A part above its whole."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import (
    RULES,
    SCOPES,
    Finding,
    NumberColumn,
    Rule,
    SeenPanel,
    comparable,
    shown,
)

PARTS = (
    ("employed in mining", "employed"),
    ("employed in manufacturing", "employed"),
    ("employed in primary industry", "employed"),
    ("employed in secondary industry", "employed"),
    ("employed in tertiary industry", "employed"),
    ("employed in mining", "employed in secondary industry"),
    ("employed in manufacturing", "employed in secondary industry"),
    ("urban residents", "residents"),
    ("rural residents", "residents"),
    ("employed", "residents"),
    ("students in higher education", "residents"),
    ("value added of primary industry", "gdp"),
    ("value added of secondary industry", "gdp"),
    ("value added of tertiary industry", "gdp"),
    ("value added of industry", "gdp"),
    ("value added of industry", "value added of secondary industry"),
    ("investment in real estate", "fixed-asset investment"),
    ("expenditure on science", "fiscal expenditure"),
    ("expenditure on education", "fiscal expenditure"),
    ("tax revenue", "fiscal revenue"),
    ("fiscal revenue", "gdp"),
    ("expenditure on research", "gdp"),
    ("electricity of industry", "electricity"),
    ("electricity of households", "electricity"),
    ("built-up area", "land area"),
    ("green space of the built-up area", "built-up area"),
    ("invention patents granted", "patents granted"),
    ("utility models granted", "patents granted"),
    ("designs granted", "patents granted"),
)
"""(Part, whole)."""
SLACK = 1.005
"""A part may exceed its whole by half a percent: both are rounded."""


@RULES.add("part_above_whole")
class PartAboveWhole(Rule):
    """A part is larger than its whole: mining above all employment, urban above all residents.

    Both columns must be recognised by their headings, for the same scope (全市 or 市辖区), and their units
    known or both unknown; the same column for 市辖区 is a part of that for 全市. More than half a percent.
    """

    code = "plausible.part_above_whole"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Compare each part with its whole, and districts with the whole city."""
        for scope in SCOPES:
            for part, whole in PARTS:
                yield from self.compare(seen.one(part, scope), seen.one(whole, scope))
        for kind, scope in seen.by_kind:
            if scope:
                yield from self.compare(seen.one(kind, scope), seen.one(kind, ""))

    def compare(self, part: NumberColumn | None, whole: NumberColumn | None) -> Iterator[Finding]:
        """Name the rows in which the part is above the whole."""
        if part is None or whole is None or part.is_real != whole.is_real:
            return
        values = comparable(part, whole)
        if values is None:
            return
        scale = whole.unit.factor if whole.unit else 1.0
        above = values[0] > values[1] * SLACK
        yield Finding(
            self.code,
            (part.name, whole.name),
            above & (values[1] >= 0),
            message(
                "'{part}' is above '{whole}', of which it is a part",
                part=part.name,
                whole=whole.name,
            ),
            message("compare both cells with the yearbook, and their units."),
            lambda i: f"{shown(values[0][i] / scale)} > {shown(values[1][i] / scale)}",
        )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the pairs."""
        yield from PARTS
