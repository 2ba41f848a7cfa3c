"""What is said of the rows that are not data, grouped by kind, and what is refused among them.

What becomes of each row of a table while it is read; the ledger of the file is made from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import Where
from xinzhi_core.wording import Message, Wording, in_series, message
from xinzhi_panel.io.raw import Cell, Decision, RawTable, ReadingFindings, listed
from xinzhi_panel.io.recognise.cells import cell_text
from xinzhi_panel.io.recognise.layout import Header
from xinzhi_panel.io.recognise.rows.texts import Names, Remark, text_behind
from xinzhi_panel.io.recognise.rows.totals import (
    is_kind_of_part,
    is_total,
    is_total_of_periods,
    part,
)
from xinzhi_panel.io.row_ledger import FATES, KEPT, RowLedger
from xinzhi_panel.io.text.columns import lengths_of

Rows = npt.NDArray[np.int64]


class RowFates:
    """The fate of each row of a sheet or text file: it is kept until one rule leaves it out."""

    def __init__(self, n_rows: int) -> None:
        self._codes = np.zeros(n_rows, dtype=np.uint8)
        self._first: Rows | None = None
        """Row that stands for each row, where several became one row of the table."""

    def __len__(self) -> int:
        return len(self._codes)

    def leave_out(self, rows: Iterable[int], rule: str) -> None:
        """Leave out rows by their numbers, from 1; one that is left out already keeps its rule."""
        places = np.fromiter(rows, dtype=np.int64) - 1
        self._codes[places[self._codes[places] == FATES.index(KEPT)]] = FATES.index(rule)

    def merge(self, rows: Rows, firsts: Rows) -> None:
        """Note which row stands for each: what becomes of it becomes of all."""
        self._first = np.arange(1, len(self._codes) + 1)
        self._first[rows - 1] = firsts

    def leave_out_gone(self, before: Rows, stays: npt.NDArray[np.bool_], rule: str) -> None:
        """Leave out the rows of which nothing stays; one of a wide table stands there for each year."""
        gone = np.setdiff1d(before[~stays], before[stays])
        if self._first is not None:
            gone = np.flatnonzero(np.isin(self._first, gone)) + 1
        self.leave_out(gone.tolist(), rule)

    def names(self) -> list[str]:
        """Name the fate of each row."""
        return [FATES[code] for code in self._codes.tolist()]


def ledgers_of(table: RawTable, fates: RowFates) -> tuple[RowLedger, ...]:
    """Make the ledger of a table, or of each sheet that it was put together from."""
    if not table.parts:
        return (RowLedger.of(table.file, fates.names(), table.sheet),)
    sheets: dict[str, list[str]] = {sheet: list(names) for sheet, names in table.parts}
    for (sheet, row), fate in zip(table.places[1:], fates.names()[1:], strict=True):
        if fate != KEPT:
            sheets[sheet][row - 1] = fate
    return tuple(RowLedger.of(table.file, names, sheet) for sheet, names in sheets.items())


TEXT_LEFT_OUT = "layout.notes"
SHOWN = 24
"""Characters of a text that a notice repeats."""
FOREIGN: Mapping[str, str] = MappingProxyType(
    {
        "blank": "blank",
        "header": "repeated_heading",
        "more heading": "repeated_heading",
        "note": "text",
        "heading": "group",
        "lone": "lone_name",
    }
)
"""Kinds of rows that are left out whatever the others are, by the rule of the ledger."""
BY_NAME = frozenset({"total", "region", "part"})
"""Kinds that the name alone tells."""


@dataclass(frozen=True, slots=True)
class KeyColumns:
    """Where the keys stand, and what is known of them."""

    entity: int
    """Position of the entities in the rows of the table."""
    period: int | None = None
    """Position of the periods; None where there is no such column."""
    is_panel: bool = False
    """Whether the rows are entities of a panel; in a table of series a region may be asked for."""
    stated: frozenset[str] = frozenset()
    """Names that are stated to be entities, whatever they look like."""


@dataclass(slots=True)
class SortedRows:
    """The rows below the header while they are sorted into kinds."""

    table: RawTable
    header: Header
    lines: Sequence[Sequence[Cell]]
    keys: KeyColumns
    codes: npt.NDArray[np.int64]
    distinct: list[Cell]
    verdicts: list[str]
    """Verdict of each distinct name: `data`, `total`, `region`, `part`, `header`, `blank`, `odd`."""
    keep: npt.NDArray[np.bool_]
    entities: frozenset[str] = frozenset()
    """Names of entities that stand in ordinary rows."""
    of_provinces: bool = False
    """Whether the entities are provinces or countries, so that the name of one is not a heading."""
    ordinary: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Positions of ordinary rows, the first of them."""
    names: Names | None = None
    """What names look like; None where too few rows are ordinary to tell text from data."""
    kinds: dict[str, list[int]] = field(default_factory=dict)
    """Kind -> positions of rows."""
    remarks: tuple[Remark, ...] = ()
    """Text beside the table that was left out."""
    in_columns: dict[int, frozenset[str]] = field(default_factory=dict)
    """Position of a column -> texts that ordinary rows have there, where it was asked for."""

    def key(self, i: int) -> str:
        """Name of the entity of a row."""
        return cell_text(self.distinct[self.codes[i]])

    def row(self, i: int) -> int:
        """Row of the file at a position."""
        return self.header.first_data + i

    def where(self, i: int) -> Where:
        """Place of a row."""
        return self.table.where(self.row(i))

    def at_period(self, line: Sequence[Cell]) -> Cell:
        """Cell of a row in the column of periods; None where there is none."""
        position = self.keys.period
        return line[position] if position is not None and position < len(line) else None

    def texts(self, position: int) -> frozenset[str]:
        """Texts that ordinary rows have in a column."""
        if position not in self.in_columns:
            lines = (self.lines[i] for i in self.ordinary.tolist())
            cells = (line[position] for line in lines if position < len(line))
            self.in_columns[position] = frozenset(c for c in cells if isinstance(c, str))
        return self.in_columns[position]


def refuse_other_tables(rows: SortedRows, findings: ReadingFindings) -> None:
    """Refuse headings in the middle that name other columns."""
    for i in rows.kinds.get("other table", ()):
        findings.error(
            "layout.second_table",
            message("Row {row} begins a second table with other columns.", row=rows.row(i)),
            rows.where(i),
            message(
                "put it into a file or sheet of its own, or put its columns next to the others."
            ),
        )


def refuse_parts(rows: SortedRows, findings: ReadingFindings) -> None:
    """Refuse 其中：X where X may be an entity; others are totals of a part."""
    sure: list[int] = []
    doubtful: list[int] = []
    for i in rows.kinds.pop("part", ()):
        name = part(rows.key(i)) or ""
        (sure if is_kind_of_part(name) and name not in rows.entities else doubtful).append(i)
    if sure:
        rows.kinds["total"] = sorted([*rows.kinds.get("total", ()), *sure])
    for name in dict.fromkeys(rows.key(i) for i in doubtful):
        numbers = [rows.row(i) for i in doubtful if rows.key(i) == name]
        findings.error(
            "names.part",
            message(
                "'{name}' is a part of a row above it (rows {rows}).",
                one="'{name}' is a part of a row above it (row {rows}).",
                n=len(numbers),
                name=name,
                rows=listed(numbers),
            ),
            rows.table.where(numbers[0]),
            message("write the name of the entity alone if it is one, or remove the rows."),
        )


def leave_out(rows: SortedRows, fates: RowFates, findings: ReadingFindings) -> None:
    """Take the foreign rows out, note it in their fates and say which."""
    totals = rows.kinds.get("total", [])
    regions = rows.kinds.get("region", [])
    names = {rows.key(i) for i in regions}
    # In a panel of regions they are the entities.
    if regions and len(rows.entities - names) > len(names):
        totals = sorted([*totals, *regions])
    n_left = len(rows.lines) - sum(len(rows.kinds.get(k, ())) for k in FOREIGN) - len(totals)
    if n_left <= 0:  # a table of totals only
        totals = []
    for kind, rule in FOREIGN.items():
        rows.keep[rows.kinds.get(kind, [])] = False
        fates.leave_out(map(rows.row, rows.kinds.get(kind, ())), rule)
    rows.keep[totals] = False
    fates.leave_out(map(rows.row, totals), "total")
    _report(rows, totals, findings)


def _report(rows: SortedRows, totals: list[int], findings: ReadingFindings) -> None:
    if repeated := rows.kinds.get("header"):
        findings.warn(
            "layout.repeated_header",
            message(
                "The header is repeated in rows {rows}; skipped.",
                rows=listed(map(rows.row, repeated)),
            ),
            rows.where(repeated[0]),
            message("check that the tables pasted below one another have the same columns."),
        )
    if totals:
        _report_totals(rows, totals, findings)
    _report_texts(rows, findings)
    if headings := rows.kinds.get("heading"):
        findings.decide(
            "layout.headings",
            message(
                "Rows {rows} are headings of groups ({names}); kept out of the data.",
                one="Row {rows} is the heading of a group ({names}); kept out of the data.",
                n=len(headings),
                rows=listed(map(rows.row, headings)),
                names=listed(dict.fromkeys(map(rows.key, headings))),
            ),
            rows.where(headings[0]),
            len(headings),
        )
    if lone := rows.kinds.get("lone"):
        findings.warn(
            "layout.lone_name",
            message(
                "Rows {rows} hold a name and nothing else ({names}); left out.",
                one="Row {rows} holds a name and nothing else ({names}); left out.",
                n=len(lone),
                rows=listed(map(rows.row, lone)),
                names=listed(dict.fromkeys(map(rows.key, lone))),
            ),
            rows.where(lone[0]),
            message("if they are entities, write their periods and values."),
        )


def _report_texts(rows: SortedRows, findings: ReadingFindings) -> None:
    """Say once which text around the table was left out, and where it stands."""
    shown = rows.table.shown_rows
    places = [
        (rows.row(i), str(shown([rows.row(i)])[0]), " ".join(distinct_texts(rows.lines[i])))
        for i in rows.kinds.get("note", ())
    ]
    remarks = rows.remarks = (*rows.header.remarks, *_behind(rows))
    places = sorted([*places, *((r.row, r.place(rows.table), r.text) for r in remarks)])
    if not places:
        return
    texts = dict.fromkeys(
        text if len(text) <= SHOWN else f"{text[:SHOWN]}…" for _, _, text in places
    )
    findings.decide(
        TEXT_LEFT_OUT,
        _text_left_out(
            listed(place for _, place, _ in places), listed((f"'{text}'" for text in texts), most=6)
        ),
        rows.table.where(places[0][0]),
        len(places),
    )


def _text_left_out(places: Wording, texts: Wording) -> Message:
    return message(
        "Text around the table was left out (rows or cells {places}): {texts}.",
        places=places,
        texts=texts,
    )


def merge_text_notices(decisions: Sequence[Decision]) -> list[Decision]:
    """Say of several sheets once which text was left out, with the names of the sheets."""
    texts = [d for d in decisions if d.code == TEXT_LEFT_OUT and isinstance(d.what, Message)]
    if len(texts) < 2:
        return list(decisions)
    words = [(d.where.sheet, d.what.values) for d in texts]
    notice = Decision(
        _text_left_out(
            in_series(
                [
                    message("{sheet}: {places}", sheet=sheet, places=values["places"])
                    for sheet, values in words
                ]
            ),
            listed(values["texts"] for _, values in words),
        ),
        replace(texts[0].where, sheet=None, row=None),
        sum(d.count for d in texts),
        TEXT_LEFT_OUT,
    )
    return [*(d for d in decisions if d not in texts), notice]


def distinct_texts(line: Sequence[Cell]) -> list[str]:
    """Texts of the cells of a row, each once: a merged cell stands in several."""
    return list(dict.fromkeys(text for text in map(cell_text, line) if text))


def _behind(rows: SortedRows) -> list[Remark]:
    """Text in the fields behind those of the heading, of the rows that stay."""
    lengths = None if rows.table.has_addresses else lengths_of(rows.lines)
    if lengths is None:
        return []
    width = len(rows.table.rows[rows.header.row - 1])
    columns = {b.position for b in rows.header.remarks}
    remarks: list[Remark] = []
    for i in np.flatnonzero(rows.keep & (lengths > width)).tolist():
        texts = text_behind(rows.table, rows.row(i), width) or []
        remarks += [text for text in texts if text.position not in columns]
    return remarks


def _report_totals(rows: SortedRows, totals: list[int], findings: ReadingFindings) -> None:
    names = dict.fromkeys(_name_of_total(rows, i) for i in totals)
    findings.warn(
        "layout.totals",
        message(
            "Rows {rows} are totals or averages ({names}); left out.",
            one="Row {rows} is a total or an average ({names}); left out.",
            n=len(totals),
            rows=listed(map(rows.row, totals)),
            names=listed(names),
        ),
        rows.where(totals[0]),
        message("remove them from the file, or state under `entities` which names are entities."),
    )


def _name_of_total(rows: SortedRows, i: int) -> str:
    """Name that makes the row a total: of the entity, of the period, or of another column."""
    if rows.verdicts[rows.codes[i]] in BY_NAME:
        return rows.key(i)
    line = rows.lines[i]
    period = cell_text(rows.at_period(line))
    if is_total_of_periods(period):
        return period
    texts = (cell_text(line[place]) for place in rows.header.positions if place < len(line))
    return next(filter(is_total, texts), rows.key(i))
