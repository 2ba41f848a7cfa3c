"""What a statistician sees at a glance: rules that a table of indicators keeps, one a file of `rules`.

A rule names rows; it never changes any. Where a heading or a unit leaves doubt about what a column is, no
rule about it is asked. `accept` in the study file takes off what is true of the data.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from xinzhi.columns.seen import Flags, Floats, Seen
from xinzhi.errors import Problem
from xinzhi.panel.panel import Panel
from xinzhi.register import Register
from xinzhi.wording import Wording, message

EXAMPLES = 3
UNIT_CHANGE, UNIT_JUMP = "plausible.unit_change", "panel.unit_jump"
BREAK, SPIKE = "plausible.common_break", "plausible.spike"


@dataclass(frozen=True, slots=True)
class Finding:
    """Rows that a rule names."""

    code: str
    columns: tuple[str, ...]
    rows: Flags
    """(n,)."""
    what: Wording
    remedy: Wording
    example: Callable[[int], str] = field(default=lambda _: "")
    """What stands in a row, for an example."""


class Rule(ABC):
    """One thing that is looked for; its docstring is its page in the documentation."""

    code: ClassVar[str]

    @abstractmethod
    def find(self, seen: Seen) -> Iterator[Finding]:
        """Find rows."""

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List what the rule compares with, for the documentation."""
        yield from ()


RULES: Register[type[Rule]] = Register("rule of plausibility", "xinzhi.columns.rules")


def check_plausible(panel: Panel) -> tuple[Problem, ...]:
    """Look for what cannot well be true of a table of indicators; every problem is a warning.

    Examples
    --------
    >>> import pandas as pd
    >>> from xinzhi.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_product([["a", "b"], [2019, 2020]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"从业人员": [3.0, 4, 5, 9], "采矿业从业人员": [1.0, 1.2, 6, 2]}, index)
    >>> print(check_plausible(panel_of(frame))[0].what)
    '采矿业从业人员' is above '从业人员', of which it is a part: 1 row, 1 entity, 2019; b 2019 (6 > 5).
    """
    if not len(panel.frame):
        return ()
    seen = Seen(panel)
    findings = [one for _, rule in RULES for one in rule().find(seen) if one.rows.any()]
    return tuple(_problem(one, panel) for one in findings if not _is_told_as_unit(one, findings))


def _is_told_as_unit(finding: Finding, findings: Sequence[Finding]) -> bool:
    """Whether a break of all entities, or a value alone, is a change of unit in most rows: one of both is enough."""
    return finding.code in {BREAK, SPIKE} and any(
        other.code == UNIT_CHANGE
        and other.columns == finding.columns
        and (_changed(other.rows) & finding.rows).sum() >= 0.5 * finding.rows.sum()
        for other in findings
    )


def _changed(rows: Flags) -> Flags:
    """Mark the rows on both sides of a change of unit, which is named by the row in which it begins."""
    return np.asarray(rows | np.append(rows[1:], False))


def with_plausible(panel: Panel, warnings: Iterable[Problem]) -> tuple[Problem, ...]:
    """Add what is implausible to other warnings; a change of unit is reported once."""
    implausible = check_plausible(panel)
    changed = {problem.where.column for problem in implausible if problem.code == UNIT_CHANGE}
    others = (w for w in warnings if w.code != UNIT_JUMP or w.where.column not in changed)
    return (*others, *implausible)


def accepted(problem: Problem, codes: Collection[str]) -> bool:
    """Whether what is odd was stated to be true, of all columns or of this one.

    >>> from xinzhi.errors import Where
    >>> odd = Problem("plausible.repeated", "", Where(column="人口"))
    >>> accepted(odd, ["plausible.repeated"]), accepted(odd, ["plausible.repeated 面积"])
    (True, False)
    """
    return problem.code in codes or f"{problem.code} {problem.where.column}" in codes


def _problem(finding: Finding, panel: Panel) -> Problem:
    rows = np.flatnonzero(finding.rows)
    # The first row by city and year, and not by its place in the file, so that order changes nothing.
    where = replace(panel.place(int(rows[0]), finding.columns[0]), row=None)
    what = message(
        "{what}: {rows}; {examples}.",
        what=finding.what,
        rows=_count(panel, finding.rows),
        examples=_examples(panel, rows, finding),
    )
    remedy = message(
        "{remedy} If it is true: `accept: ['{code}']`, or for this column alone '{code} {column}', under "
        "`read` of the source.",
        remedy=finding.remedy,
        code=finding.code,
        column=finding.columns[0],
    )
    return Problem(
        finding.code, what, where, remedy, severity="warning", beside=tuple(finding.columns[1:])
    )


def _count(panel: Panel, rows: Flags) -> Wording:
    """Count rows and entities, and give the span of periods."""
    entity, period = (np.asarray(codes)[rows] for codes in panel.frame.index.codes)  # type: ignore[attr-defined]
    n = int(rows.sum())
    counted = message(
        "{n} rows, {entities}",
        one="{n} row, {entities}",
        n=n,
        entities=message("{n} entities", one="{n} entity", n=len(np.unique(entity))),
    )
    if not panel.has_periods:
        return counted
    labels = panel.frame.index.levels[1]  # type: ignore[attr-defined]
    first, last = labels[period.min()], labels[period.max()]
    span = str(first) if first == last else f"{first}–{last}"
    return message("{rows}, {span}", rows=counted, span=span)


def _examples(panel: Panel, rows: np.ndarray, finding: Finding) -> str:
    """Show rows of different entities first."""
    entity = np.asarray(panel.frame.index.codes[0])[rows]  # type: ignore[attr-defined]
    _, firsts = np.unique(entity, return_index=True)
    ordered = dict.fromkeys([*rows[np.sort(firsts)][:EXAMPLES].tolist(), *rows[:EXAMPLES].tolist()])
    chosen = list(ordered)[:EXAMPLES]
    words = []
    for i in chosen:
        name, period = panel.frame.index[i]
        when = f" {period}" if panel.has_periods else ""
        shown = finding.example(i)
        words.append(f"{name}{when} ({shown})" if shown else f"{name}{when}")
    return "; ".join(words)


def of_column(values: Floats, unit: str = "") -> Callable[[int], str]:
    """Show the value in a row."""
    return lambda row: f"{shown(float(values[row]))}{unit}"


def shown(value: float) -> str:
    """Write a value of an example.

    >>> shown(12345678.0), shown(0.123456789)
    ('12345678', '0.123457')
    """
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:.6g}"
