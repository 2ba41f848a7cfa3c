"""Tests of the columns of a regression table, each in a row of its own under the fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from xinzhi.present import numbers
from xinzhi.present.regression.machine import add_to_columns
from xinzhi.present.regression.notes import in_columns
from xinzhi.present.statistics import NAMES, plain_statistic
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import EMPTY, Cell, Row, Table
from xinzhi.regression.inference import Inapplicable, Statistic
from xinzhi.wording import Wording, message

Tests = Mapping[int, Sequence[Statistic | Inapplicable]]
"""Position of a column, from 0 -> its tests."""
SHOWN = ("effects_f", "hausman", "mundlak")
"""Statistics that have a row; results.json holds the variants of them too."""


def with_tests(table: Table, tests: Tests, style: Style = PLAIN) -> Table:
    """Add a row for each test, with the stars of its p-value; what has none says why in a note."""
    if not tests:
        return table
    of_all = [test.name for column in tests.values() for test in column]
    names = [name for name in dict.fromkeys(of_all) if name in SHOWN]
    rows = tuple(
        Row(
            NAMES[name],
            tuple(_cell(tests.get(i, ()), name, style) for i in range(len(table.columns))),
            key=f"test:{name}",
            rule_above=name == names[0],
        )
        for name in names
    )
    return replace(
        table,
        rows=(*table.rows, *rows),
        notes=(*table.notes, *_notes(tests)),
        machine=add_to_columns(
            table.machine,
            {
                i: {"tests": {t.name: _plain(t, style) for t in column}}
                for i, column in tests.items()
            },
        ),
    )


def _cell(tests: Sequence[Statistic | Inapplicable], name: str, style: Style) -> Cell:
    test = next((test for test in tests if test.name == name), None)
    if not isinstance(test, Statistic):
        return EMPTY if test is None else Cell(None, "statistic")
    return Cell(test.value, "statistic", numbers.marks(test.p_value, style.stars), style.decimals)


def _plain(test: Statistic | Inapplicable, style: Style) -> dict[str, object]:
    stars = numbers.marks(test.p_value, style.stars) if isinstance(test, Statistic) else ""
    return {**plain_statistic(test), "stars": stars}


def _notes(tests: Tests) -> Iterator[Wording]:
    """State the null hypotheses, then why a statistic cannot be judged or does not exist."""
    nulls: dict[tuple[str, Wording], list[int]] = {}
    reasons: dict[tuple[str, Wording], list[int]] = {}
    for n, column in ((i + 1, column) for i, column in tests.items()):
        for test in (test for test in column if test.name in SHOWN):
            if isinstance(test, Statistic):
                nulls.setdefault((test.name, test.null), []).append(n)
            why = test.reason if isinstance(test, Inapplicable) else test.remark
            if why:
                reasons.setdefault((test.name, why), []).append(n)
    # A test with one null hypothesis in all columns needs no column to be named.
    names = [name for name, _ in nulls]
    for (name, null), positions in nulls.items():
        words = message("{name}: {null}", name=NAMES[name], null=null)
        yield words if names.count(name) == 1 else in_columns(positions, words)
    for (name, why), positions in reasons.items():
        yield in_columns(positions, message("{name}: {reason}", name=NAMES[name], reason=why))
