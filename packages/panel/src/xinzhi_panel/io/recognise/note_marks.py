"""Note marks on the names of columns: 地区生产总值¹ is 地区生产总值.

A raised 2 or 3 may be a power. It stays behind m, km and the like, behind 10, and behind other letters
unless the heading has a note 1 too: notes are counted from one. A mark stays where the name without it is
another column's, as age² beside age.

Rows that are the sum of others under a name that does not say so: they would span every frontier.

A row counts as a sum only where it is equal to the last printed digit in two columns or more, in
each of its periods, and where so many digits agree that chance is out of the question. Tables in
which all columns are proportional prove nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.wording import Message, message
from xinzhi_panel.io.raw import Cell, Decision, RawTable, ReadingFindings, listed
from xinzhi_panel.io.recognise.cells import (
    LONGEST_NAME,
    cell_text,
    closes_nothing,
    is_number,
    loose,
)
from xinzhi_panel.io.recognise.layout import SEARCHED
from xinzhi_panel.io.recognise.years import looks_like_year
from xinzhi_panel.io.stored import StoredRows
from xinzhi_panel.io.text.columns import ColumnRows

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
OTHERS = 3
"""Fewest other rows of a period that a sum of all of them is looked for."""
EVIDENCE = 8.0
"""Decimal digits that must agree, over all cells, before a row is taken for a sum."""
LEVELS = 4
"""Sums of sums that are looked for: regions, and the total of regions."""
DECIMALS = 8
SAMPLED = 500
"""Values from which the number of decimals of a column is read."""
PERIODS = 4
"""Periods in which sums of neighbouring rows are looked for."""
TRIED = 4
"""Columns whose running sums are searched; the others confirm."""
LARGE = 200_000
"""Rows beyond which one period is looked at."""
ALIKE = 1e-6
"""Shares that differ by less are equal: proportional columns."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Columns of numbers with the keys of their rows."""

    columns: dict[str, Floats]
    entity: Ints
    period: Ints
    order: Ints
    """Positions of the rows in the order of the file."""


def leave_out_sums(
    frame: pd.DataFrame,
    rows: Ints,
    table: RawTable,
    entities: tuple[str, ...],
    findings: ReadingFindings,
) -> npt.NDArray[np.bool_]:
    """Tell which rows stay: those that are not a sum of the others of their period, or of neighbours.

    Names that are stated under `entities` stay whatever they are the sum of.
    """
    stays = np.ones(len(frame), dtype=bool)
    values = {str(n): c.to_numpy() for n, c in frame.items() if c.dtype == np.float64}
    if len(values) < 2 or len(frame) <= OTHERS:
        return stays
    entity, period = (np.asarray(codes, dtype=np.int64) for codes in frame.index.codes)  # type: ignore[attr-defined]
    names = frame.index.levels[0]  # type: ignore[attr-defined]
    wanted = set(map(loose, entities))
    stated = {code for code, name in enumerate(names) if wanted and loose(name) in wanted}
    data = _Table(values, entity, period, np.argsort(rows, kind="stable"))
    for _ in range(LEVELS):
        before = int(stays.sum())
        # What was left out is not added up again: a total of regions is found in a later turn.
        for find, sentence in ((_sums_of_all, _OF_ALL), (_sums_of_neighbours, _OF_NEIGHBOURS)):
            sums = {c: n for c, n in find(data, stays).items() if c not in stated}
            for code, columns in sums.items():
                mine = stays & (entity == code)
                stays &= ~mine
                _report(str(names[code]), rows[mine], columns, table, findings, sentence)
        if int(stays.sum()) == before:
            break
    return stays


_OF_ALL = (
    "panel.sum_of_others",
    message(
        "'{name}' (rows {rows}) is the sum of all other rows in {columns}; left out.",
        one="'{name}' (row {rows}) is the sum of all other rows in {columns}; left out.",
    ),
)
_OF_NEIGHBOURS = (
    "panel.sum_of_rows",
    message(
        "'{name}' (rows {rows}) is the sum of the neighbouring rows in {columns}; left out.",
        one="'{name}' (row {rows}) is the sum of the neighbouring rows in {columns}; left out.",
    ),
)


def _report(
    name: str,
    rows: Ints,
    columns: list[str],
    table: RawTable,
    findings: ReadingFindings,
    coded: tuple[str, Message],
) -> None:
    code, sentence = coded
    findings.warn(
        code,
        message(
            sentence.template,
            one=sentence.one,
            n=len(rows),
            name=name,
            rows=listed(table.shown_rows(rows)),
            columns=listed(columns),
        ),
        table.where(int(rows[0])),
        message("remove it from the file, or state it under `entities` if it is an entity."),
    )


def _resolution(values: Floats) -> float:
    """Last printed digit of a column, from a sample of its values."""
    finite = values[np.isfinite(values)]
    some = finite[:: max(1, len(finite) // SAMPLED)]
    for decimals in range(DECIMALS):
        if np.allclose(some, np.round(some, decimals), rtol=1e-12, atol=0):
            return float(10.0**-decimals)
    return 0.0


def _sums_of_all(data: _Table, stays: npt.NDArray[np.bool_]) -> dict[int, list[str]]:
    """Entities that are in each of their periods the sum of all others, with the columns."""
    n_periods = int(data.period.max()) + 1
    count = np.bincount(data.period[stays], minlength=n_periods)
    if count.max(initial=0) <= OTHERS:
        return {}
    evidence: dict[int, float] = {}
    columns: dict[int, list[str]] = {}
    for name, values in data.columns.items():
        present = stays & np.isfinite(values)
        total = np.bincount(data.period, np.where(present, values, 0.0), n_periods)
        # A sum of all others is half of the total in which it is counted too.
        close = np.abs(2 * values - total[data.period])
        near = np.flatnonzero(present & (close <= 1e-3 * np.abs(values)) & (values != 0))
        if not len(near):
            continue
        last_digit = np.array([_resolution(values[i : i + 1]) for i in near.tolist()])
        near_count = count[data.period[near]]
        # Each addend is rounded by half its last digit, and so is the sum itself.
        tolerance = np.zeros(len(values))
        tolerance[near] = 0.5 * (_resolution(values) * near_count + last_digit)
        tolerance[near] += 1e-9 * np.abs(values[near])
        near = near[(close[near] <= tolerance[near]) & (near_count > OTHERS)]
        for code in np.unique(data.entity[near]).tolist():
            mine = near[data.entity[near] == code]
            if len(mine) == np.count_nonzero(present & (data.entity == code)):
                digits = np.log10(np.abs(values[mine]) / tolerance[mine])
                evidence[code] = evidence.get(code, 0.0) + float(np.maximum(digits, 0).sum())
                columns.setdefault(code, []).append(name)
    sums = [c for c in columns if len(columns[c]) > 1 and evidence[c] >= EVIDENCE]
    return {c: columns[c] for c in sums if _not_proportional(data, stays, c, columns[c])}


def _not_proportional(
    data: _Table, stays: npt.NDArray[np.bool_], code: int, columns: list[str]
) -> bool:
    """Whether the shares of the others in the sum differ between two of its columns."""
    period = data.period[np.flatnonzero(stays & (data.entity == code))[0]]
    rows = stays & (data.period == period)
    total = rows & (data.entity == code)
    shares = [data.columns[name][rows] / data.columns[name][total][0] for name in columns]
    return any(float(np.nanmax(np.abs(s - shares[0]))) > ALIKE for s in shares[1:])


def _sums_of_neighbours(data: _Table, stays: npt.NDArray[np.bool_]) -> dict[int, list[str]]:
    """Entities that are in each period looked at the sum of rows right above or right below."""
    periods = np.unique(data.period)
    n_picked = PERIODS if len(stays) <= LARGE else 1
    picked = periods[:: max(1, len(periods) // n_picked)][:n_picked].tolist()
    seen: dict[int, list[set[str]]] = {}
    digits: dict[int, float] = {}
    for period in picked:
        rows = data.order[(data.period[data.order] == period) & stays[data.order]]
        for code, names, evidence in _blocks(data, rows):
            seen.setdefault(code, []).append(names)
            digits[code] = digits.get(code, 0.0) + evidence
    looked_at = stays & np.isin(data.period, picked)
    present = {c: np.count_nonzero(looked_at & (data.entity == c)) for c in seen}
    sums = {c: set.intersection(*s) for c, s in seen.items() if len(s) >= present[c]}
    return {c: sorted(n) for c, n in sums.items() if len(n) > 1 and digits[c] >= EVIDENCE}


def _blocks(data: _Table, rows: Ints) -> Iterator[tuple[int, set[str], float]]:
    """Rows of one period, in the order of the file, that are sums of two or more rows beside them."""
    columns = {
        n: v[rows]
        for n, v in data.columns.items()
        if np.isfinite(v[rows]).all() and (v[rows] > 0).all()
    }
    if len(columns) < 2 or len(rows) <= OTHERS:
        return
    running = {n: np.concatenate([[0.0], np.cumsum(v)]) for n, v in columns.items()}
    last = {n: _resolution(v) for n, v in columns.items()}
    tried = list(columns)[:TRIED]
    places = (p for n in tried for p in _candidates(columns[n], running[n], last[n]))
    for i, low, high in dict.fromkeys(places):
        names, evidence = set(), 0.0
        for n, v in columns.items():
            tolerance = 0.5 * last[n] * (high - low + 1) + 1e-9 * v[i]
            if abs(running[n][high] - running[n][low] - v[i]) <= tolerance:
                names.add(n)
                evidence += max(float(np.log10(v[i] / tolerance)), 0.0)
        shares = [columns[n][low:high] / columns[n][i] for n in sorted(names)]
        if any(float(np.abs(s - shares[0]).max()) > ALIKE for s in shares[1:]):
            yield int(data.entity[rows[i]]), names, evidence


def _candidates(values: Floats, running: Floats, last: float) -> Iterator[tuple[int, int, int]]:
    """Row and half-open block above or below it whose sum in one column is the row's value."""
    n = len(values)
    i = np.arange(n)
    slack = 0.5 * last * 8 + 1e-9 * values
    above = np.searchsorted(running, running[:-1] - values - slack)
    ok = (above <= i - 2) & (
        np.abs(running[np.minimum(above, n)] - (running[:-1] - values)) <= slack
    )
    yield from ((int(k), int(above[k]), int(k)) for k in np.flatnonzero(ok))
    below = np.searchsorted(running, running[1:] + values - slack)
    ok = (below >= i + 3) & (below <= n)
    ok &= np.abs(running[np.minimum(below, n)] - (running[1:] + values)) <= slack
    yield from ((int(k), int(k) + 1, int(below[k])) for k in np.flatnonzero(ok))


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
