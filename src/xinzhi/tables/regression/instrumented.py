"""What two-stage least squares adds to a regression table: its tests, and stars refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from xinzhi.econometrics.anderson_rubin import ConfidenceSet
from xinzhi.econometrics.instruments import WEAK, Instrumented
from xinzhi.econometrics.statistic import Inapplicable, Statistic
from xinzhi.tables import numbers
from xinzhi.tables.regression.fitted import name_of
from xinzhi.tables.statistics import plain_statistic
from xinzhi.tables.table import EMPTY, Cell, Row, Table
from xinzhi.wording import Wording, listed, message

Found = Mapping[int, Instrumented]


def with_instruments(table: Table, found: Found, *, labels: Mapping[str, Wording]) -> Table:
    """Add the tests of instruments under a table; columns with weak ones lose their stars.

    Parameters
    ----------
    found
        Position of a column, from 0 -> its two-stage least squares.
    """
    if not found:
        return table
    weak = {i for i, one in found.items() if one.is_weak}
    rows = tuple(_without_stars(row, weak) for row in table.rows)
    n = len(table.columns)
    return replace(
        table,
        rows=(*rows, *_rows(n, found)),
        notes=(*table.notes, *_notes(found, labels)),
        machine=_machine(table.machine, found, weak),
    )


def _without_stars(row: Row, weak: set[int]) -> Row:
    cells = (replace(c, stars="") if i in weak else c for i, c in enumerate(row.cells))
    return replace(row, cells=tuple(cells))


def _rows(n: int, found: Found) -> tuple[Row, ...]:
    def row(key: str, label: Wording, cell: Callable[[Instrumented], Cell]) -> Row:
        cells = tuple(cell(found[i]) if i in found else EMPTY for i in range(n))
        return Row(label, cells, key=key, rule_above=key == "effective_f")

    return (
        row("effective_f", message("Effective F"), lambda one: _value(one.effective_f)),
        row(
            "anderson_rubin",
            message("Anderson-Rubin set (95 %)"),
            lambda one: Cell(set_in_words(one.anderson_rubin), "text"),
        ),
        row(
            "over_identification",
            message("Over-identification, p"),
            lambda one: _p(one.over_identification),
        ),
        row("endogeneity", message("Wu-Hausman, p"), lambda one: _p(one.endogeneity)),
    )


def _value(one: Statistic | Inapplicable) -> Cell:
    return Cell(one.value, "statistic", decimals=2) if isinstance(one, Statistic) else EMPTY


def _p(one: Statistic | Inapplicable) -> Cell:
    return Cell(one.p_value, "p_value") if isinstance(one, Statistic) else EMPTY


def set_in_words(found: ConfidenceSet | Inapplicable) -> Wording:
    """Write a confidence set: intervals, the whole line, or nothing."""
    if isinstance(found, Inapplicable):
        return numbers.MISSING
    if not found.intervals:
        return message("empty")
    if any(math.isinf(low) and math.isinf(high) for low, high in found.intervals):
        return message("the whole line")
    return " ∪ ".join(
        f"[{numbers.number(low)}, {numbers.number(high)}]" for low, high in found.intervals
    )


def _notes(found: Found, labels: Mapping[str, Wording]) -> Iterator[Wording]:
    for i, one in found.items():
        yield message(
            "Column {column}: two-stage least squares; endogenous: {endogenous}; instruments: "
            "{instruments}.",
            column=f"({i + 1})",
            endogenous=listed([name_of(name, labels) for name in one.endogenous]),
            instruments=listed([name_of(name, labels) for name in one.instruments]),
        )
        if one.is_weak:
            yield message(
                "Column {column}: the instruments are weak (effective F below {limit}): no stars are "
                "given, read the Anderson-Rubin set.",
                column=f"({i + 1})",
                limit=f"{WEAK:g}",
            )
        tests = (one.effective_f, one.anderson_rubin, one.over_identification, one.endogeneity)
        for test in tests:
            if isinstance(test, Inapplicable):
                yield message(
                    "Column {column}: {name}: {reason}",
                    column=f"({i + 1})",
                    name=test.name,
                    reason=test.reason,
                )


def _machine(machine: Mapping[str, object], found: Found, weak: set[int]) -> dict[str, object]:
    columns = machine["columns"]
    assert isinstance(columns, list)
    changed = list(columns)
    for i, one in found.items():
        coefficients = changed[i]["coefficients"]
        if i in weak:
            coefficients = {name: {**c, "stars": ""} for name, c in coefficients.items()}
        changed[i] = {
            **changed[i],
            "coefficients": coefficients,
            "instruments": machine_instruments(one),
        }
    return {**machine, "columns": changed}


def machine_instruments(one: Instrumented) -> dict[str, object]:
    """Give the tests of instruments as plain values."""
    found = one.anderson_rubin
    return {
        "endogenous": list(one.endogenous),
        "instruments": list(one.instruments),
        "effective_f": plain_statistic(one.effective_f),
        "is_weak": one.is_weak,
        "anderson_rubin": {"inapplicable": str(found.reason)}
        if isinstance(found, Inapplicable)
        else {
            "intervals": [[_end(low), _end(high)] for low, high in found.intervals],
            "level": found.level,
            "p_at_zero": found.p_at_zero,
        },
        "over_identification": plain_statistic(one.over_identification),
        "endogeneity": plain_statistic(one.endogeneity),
    }


def _end(value: float) -> float | str:
    """Write an end of an interval; JSON knows no infinity."""
    return value if math.isfinite(value) else ("-inf" if value < 0 else "inf")
