"""The profile of a panel on the console: one line a column, aligned."""

from __future__ import annotations

from collections.abc import Sequence

from xinzhi.cli.width import wide
from xinzhi_core.panel.profile import ODD, ColumnProfile, PanelProfile
from xinzhi_core.periods import period_name
from xinzhi_core.problems import CONSTANT_COLUMN
from xinzhi_core.wording import Language, Wording, listed, message, say

NAMED = 3
"""Entities that are named as the place of empty cells."""
LONGEST = 40
"""Width of a cell, in characters of half width."""


def profile_lines(profile: PanelProfile, most: int | None, spoken: Language) -> list[str]:
    """Write a line for each column, the first ones where there are more than can be shown."""
    if not profile.columns:
        return []
    columns = profile.columns
    rest: list[str] = []
    if most is not None and len(columns) > most:
        text = message(
            "… and {n} more columns: `--all` prints them.",
            one="… and {n} more column: `--all` prints it.",
            n=len(columns) - most,
        )
        columns, rest = columns[:most], [say(text, spoken)]
    headings = [
        message("column"),
        message("unit"),
        message("empty cells"),
        message("range"),
        message("within sd"),
        message("between sd"),
        message("periods"),
        message("odd"),
    ]
    rows = [[say(heading, spoken) for heading in headings]]
    rows += [_profile_row(column, spoken) for column in columns]
    return [*_aligned(rows), *rest]


def _profile_row(column: ColumnProfile, spoken: Language) -> list[str]:
    span = (column.first_period, column.last_period)
    return [
        column.column,
        column.unit or "",
        say(_empty(column), spoken),
        "" if column.minimum is None else f"{_number(column.minimum)} – {_number(column.maximum)}",
        _number(column.within_sd),
        _number(column.between_sd),
        "" if None in span else "-".join(map(period_name, span)),
        say(listed([_odd(code, column) for code in column.odd if code != CONSTANT_COLUMN]), spoken),
    ]


def _empty(column: ColumnProfile) -> Wording:
    if not column.missing:
        return "0"
    share = f"{column.missing_share:.1%}" if column.missing_share >= 0.0005 else "<0.1%"
    if column.missing_periods:
        return message("{share} ({places})", share=share, places=_spans(column.missing_periods))
    if column.missing_entities:
        names: list[Wording] = list(column.missing_entities[:NAMED])
        if len(column.missing_entities) > NAMED:
            names.append("…")
        return message("{share} ({places})", share=share, places=listed(names))
    return share


def _spans(periods: Sequence[int]) -> str:
    """Write periods as spans.

    >>> _spans((2006, 2007, 2008, 2011))
    '2006-2008, 2011'
    """
    spans: list[list[int]] = []
    for period in periods:
        if spans and period == spans[-1][-1] + 1:
            spans[-1].append(period)
        else:
            spans.append([period])
    return ", ".join("-".join(map(period_name, dict.fromkeys((s[0], s[-1])))) for s in spans)


def _odd(code: str, column: ColumnProfile) -> Wording:
    if code == "zeros":
        return message("{share} zeros", share=f"{column.zero_share:.0%}")
    return ODD.get(code, code)


def _number(value: float | None) -> str:
    """Write a number with about four digits.

    >>> _number(1234567.8), _number(0.012345), _number(None)
    ('1,234,568', '0.01235', '')
    """
    if value is None:
        return ""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.4g}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Align the cells below their headings; a column without a cell is left out."""
    used = [any(cells) for cells in zip(*rows[1:], strict=True)]
    short = [
        [_shortened(cell) for cell, is_used in zip(row, used, strict=True) if is_used]
        for row in rows
    ]
    widths = [max(map(wide, cells)) for cells in zip(*short, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - wide(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in short
    ]


def _shortened(cell: str) -> str:
    if wide(cell) <= LONGEST:
        return cell
    start = ""
    for letter in cell:
        if wide(start + letter) > LONGEST - 1:
            break
        start += letter
    return f"{start}…"
