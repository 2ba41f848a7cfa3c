"""Guess what the columns of a file are, and say why: proposals for a person to check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from xinzhi.columns import vocabulary as words
from xinzhi.columns.kinds import KINDS
from xinzhi.columns.recognise import fold, found, kind_of
from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.raw import Cell, RawTable
from xinzhi.io.read import read_panel, read_table
from xinzhi.io.recognise.cells import cell_text, parse_number
from xinzhi.panel.panel import Panel
from xinzhi.wording import message

SEARCHED = 60
YEARS = range(1900, 2101)
RELATIVE = frozenset(("percent", "years"))
"""Dimensions of columns that are no amounts."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What the columns of a file seem to be."""

    panel: Panel
    sheet: str | None
    entity: str
    period: str | None
    inputs: tuple[str, ...]
    good_outputs: tuple[str, ...]
    bad_outputs: tuple[str, ...]
    others: tuple[str, ...]
    """Columns of numbers without a proposed role."""
    reasons: Mapping[str, str]
    """Column -> why it is proposed."""


def guess(path: Path, *, sheet: str | None = None) -> Guess:
    """Guess keys and roles of the columns of a file.

    Raises
    ------
    DataError
        No heading names an entity, or the file cannot be read; with the remedy.
    """
    table = read_table(path, sheet=sheet)
    names, columns = _columns(table)
    reasons: dict[str, str] = {}
    period = _period(names, columns, reasons)
    entity = _entity(names, columns, period, reasons)
    if entity is None:
        raise DataError(
            Problem(
                "init.no_entity",
                message("No column looks like the name of a city, province, country or firm."),
                Where(file=path.name),
                message(
                    "call the column 城市 or city, or write the study file by hand: the columns are {names}.",
                    names=", ".join(names),
                ),
            )
        )
    panel = read_panel(path, entity=entity, period=period, sheet=sheet).panel
    return _with_roles(panel, table.sheet, entity, period, reasons)


def _columns(table: RawTable) -> tuple[list[str], dict[str, list[str]]]:
    """Find the row of headings and what stands below each."""
    rows = [list(map(cell_text, row)) for row in table.rows]
    at = _heading_row(table.rows)
    names = [name for name in rows[at] if name]
    places = [place for place, name in enumerate(rows[at]) if name]
    below = {
        name: [row[place] for row in rows[at + 1 :] if place < len(row)]
        for name, place in zip(names, places, strict=True)
    }
    return names, below


def _heading_row(rows: Sequence[Sequence[Cell]]) -> int:
    """Find the first row that is nearly as wide as the widest and holds words, not numbers."""
    seen = rows[:SEARCHED]
    width = max((sum(bool(cell_text(c)) for c in row) for row in seen), default=0)
    for number, row in enumerate(seen):
        filled = [cell_text(cell) for cell in row if cell_text(cell)]
        spoken = sum(parse_number(text) is None for text in filled)
        if filled and len(filled) >= 0.6 * width and spoken >= 0.6 * len(filled):
            return number
    return 0


def _period(
    names: Sequence[str], columns: Mapping[str, Sequence[str]], reasons: dict[str, str]
) -> str | None:
    for word in words.PERIOD:
        for name in names:
            if found(name, (word,)):
                reasons[name] = f"the heading says '{word.removeprefix('=')}'"
                return name
    for name in names:
        values = [v for v in columns[name] if v]
        if values and all(v.isdecimal() and int(v) in YEARS for v in values):
            reasons[name] = "all values lie between 1900 and 2100"
            return name
    return None


def _entity(
    names: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    period: str | None,
    reasons: dict[str, str],
) -> str | None:
    """Choose the best heading whose values, with the period, name each row once."""
    for unique in (True, False):
        for word in words.ENTITY:
            for name in names:
                if (
                    name != period
                    and found(name, (word,))
                    and (not unique or _is_key(columns, name, period))
                ):
                    reasons[name] = f"the heading says '{word.removeprefix('=')}'" + (
                        " and its values name each row once" if unique else ""
                    )
                    return name
    return None


def _is_key(columns: Mapping[str, Sequence[str]], name: str, period: str | None) -> bool:
    values = list(columns[name])
    pairs = list(zip(values, columns[period], strict=False)) if period else [(v,) for v in values]
    filled = [pair for pair in pairs if all(pair)]
    return len(set(filled)) == len(filled) > 0


def _with_roles(
    panel: Panel, sheet: str | None, entity: str, period: str | None, reasons: dict[str, str]
) -> Guess:
    numeric = [str(c) for c in panel.frame.columns if panel.frame[c].dtype.kind in "fiub"]
    numeric = [name for name in numeric if not found(name, words.IDENTIFIER)]
    amounts = [name for name in numeric if not (found(name, words.NEVER) or _is_no_amount(name))]
    bads = _all_of(amounts, words.USES["bad output"], reasons)
    goods = _all_of([n for n in amounts if n not in bads], words.USES["good output"], reasons)[:1]
    inputs = _inputs([n for n in amounts if n not in (*bads, *goods)], reasons)
    goods, inputs = _electricity(amounts, goods, inputs, bads, reasons)
    bads = bads or _carbon_letter(amounts, goods, inputs, reasons)
    roles = (*inputs, *goods, *bads)
    return Guess(
        panel=panel,
        sheet=sheet,
        entity=entity,
        period=period,
        inputs=inputs,
        good_outputs=goods,
        bad_outputs=bads,
        others=tuple(name for name in numeric if name not in roles),
        reasons=MappingProxyType(
            {k: v for k, v in reasons.items() if k in (*roles, entity, period)}
        ),
    )


def _is_no_amount(name: str) -> bool:
    """Whether a heading says that the column is a size or a share, which nobody puts in or produces."""
    kind = kind_of(name)
    return kind is not None and (kind == "land area" or KINDS[kind].dimension in RELATIVE)


def _all_of(names: Sequence[str], among: Sequence[str], reasons: dict[str, str]) -> tuple[str, ...]:
    kept = []
    for name in names:
        if word := found(name, among):
            reasons[name] = f"the heading says '{word}'"
            kept.append(name)
    return tuple(kept)


def _inputs(names: Sequence[str], reasons: dict[str, str]) -> tuple[str, ...]:
    """One column for each kind of input: the first whose heading fits."""
    kept: list[str] = []
    for kind in words.INPUTS:
        for name in names:
            if name not in kept and (word := found(name, words.USES[kind])):
                reasons[name] = f"{kind}: the heading says '{word}'"
                kept.append(name)
                break
    return tuple(kept)


def _electricity(
    amounts: Sequence[str],
    goods: tuple[str, ...],
    inputs: tuple[str, ...],
    bads: tuple[str, ...],
    reasons: dict[str, str],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Electricity is what power plants make; elsewhere it is used."""
    for name in amounts:
        if name in (*goods, *bads) or not found(name, words.ELECTRICITY):
            continue
        if not goods:
            reasons[name] = "electricity, and there is no other output: it seems to be what is made"
            return (name,), tuple(n for n in inputs if n != name)
        if not any(found(n, words.USES["energy"]) for n in inputs):
            reasons[name] = "energy: the heading says electricity, and GDP is the output"
            return goods, (*inputs, name)
    return goods, inputs


def _carbon_letter(
    amounts: Sequence[str],
    goods: tuple[str, ...],
    inputs: tuple[str, ...],
    reasons: dict[str, str],
) -> tuple[str, ...]:
    letters = {fold(name) for name in (*inputs, *goods)}
    for name in amounts:
        if found(name, (words.CARBON_LETTER,)) and {"k", "l", "y"} <= letters:
            reasons[name] = "the letter C beside K, L and Y is customary for carbon"
            return (name,)
    return ()
