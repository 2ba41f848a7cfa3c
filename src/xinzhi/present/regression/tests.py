"""Tests of the columns of a regression table, each in a row of its own under the fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from xinzhi.present import numbers
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
    names = list(
        dict.fromkeys(one.name for found in tests.values() for one in found if one.name in SHOWN)
    )
    rows = tuple(
        Row(
            NAMES[name],
            tuple(_cell(tests.get(at, ()), name, style) for at in range(len(table.columns))),
            key=f"test:{name}",
            rule_above=name == names[0],
        )
        for name in names
    )
    return replace(
        table,
        rows=(*table.rows, *rows),
        notes=(*table.notes, *_notes(tests)),
        machine=_machine(table.machine, tests, style),
    )


def _cell(found: Sequence[Statistic | Inapplicable], name: str, style: Style) -> Cell:
    one = next((test for test in found if test.name == name), None)
    if not isinstance(one, Statistic):
        return EMPTY if one is None else Cell(None, "statistic")
    return Cell(one.value, "statistic", numbers.marks(one.p_value, style.stars), style.decimals)


def _notes(tests: Tests) -> Iterator[Wording]:
    """State the null hypotheses, then why a statistic cannot be judged or does not exist."""
    nulls: dict[tuple[str, Wording], list[int]] = {}
    reasons: dict[tuple[str, Wording], list[int]] = {}
    for at, found in tests.items():
        for one in found:
            if one.name in SHOWN and isinstance(one, Statistic):
                nulls.setdefault((one.name, one.null), []).append(at + 1)
            why = one.reason if isinstance(one, Inapplicable) else one.remark
            if one.name in SHOWN and why:
                reasons.setdefault((one.name, why), []).append(at + 1)
    names = [name for name, _ in nulls]
    for (name, null), positions in nulls.items():
        words = message("{name}: {null}", name=NAMES[name], null=null)
        yield words if names.count(name) == 1 else in_columns(positions, words)
    for (name, why), positions in reasons.items():
        yield in_columns(positions, message("{name}: {reason}", name=NAMES[name], reason=why))


def _machine(machine: Mapping[str, object], tests: Tests, style: Style) -> dict[str, object]:
    columns = machine["columns"]
    assert isinstance(columns, list)
    changed = list(columns)
    for at, found in tests.items():
        plain = {
            one.name: {
                **plain_statistic(one),
                "stars": numbers.marks(one.p_value, style.stars)
                if isinstance(one, Statistic)
                else "",
            }
            for one in found
        }
        changed[at] = {**changed[at], "tests": plain}
    return {**machine, "columns": changed}
