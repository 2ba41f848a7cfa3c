"""Two-stage least squares in a regression table: tests of instruments, and valid stars."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xinzhi.present import numbers
from xinzhi.present.numbers import DECIMALS
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.regression.notes import in_columns
from xinzhi.present.statistics import plain_statistic
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import EMPTY, Cell, Row, Table
from xinzhi.regression.inference import Inapplicable, Statistic
from xinzhi.regression.instruments.anderson_rubin import ConfidenceSet
from xinzhi.regression.instruments.estimate import Instrumented, not_strong
from xinzhi.regression.instruments.stock_yogo import BIASES, SIZES, Values
from xinzhi.regression.instruments.weak_instruments import TAUS
from xinzhi.wording import Wording, listed, message

Found = Mapping[int, Instrumented]
NAMES: Mapping[str, Wording] = MappingProxyType(
    {
        "under_identification": message("Kleibergen-Paap rk LM"),
        "kleibergen_paap_f": message("Kleibergen-Paap rk Wald F"),
        "cragg_donald_f": message("Cragg-Donald F"),
        "effective_f": message("Effective F"),
        "anderson_rubin_zero": message("Anderson-Rubin test of 0"),
        "anderson_rubin": message("Anderson-Rubin set (95%)"),
        "over_identification": message("Over-identification"),
        "wu_hausman": message("Wu-Hausman"),
    }
)
"""Words for the tests of instruments."""


def with_instruments(
    table: Table,
    found: Found,
    *,
    style: Style = PLAIN,
) -> Table:
    """Add the tests of instruments under a table; where they are weak, stars change.

    Parameters
    ----------
    found
        Position of a column, from 0 -> its two-stage least squares.
    """
    if not found:
        return table
    weak = {i: one for i, one in found.items() if one.is_weak}
    rows = tuple(_with_valid_stars(row, weak, style.stars) for row in table.rows)
    return replace(
        table,
        rows=(*rows, *_rows(len(table.columns), found)),
        notes=(*table.notes, *_notes(found, style)),
        machine=_machine(table.machine, found, style),
    )


def _with_valid_stars(row: Row, weak: Found, stars: Mapping[str, float]) -> Row:
    cells = (
        replace(cell, stars=_marks(weak[i], row.key, stars)) if i in weak else cell
        for i, cell in enumerate(row.cells)
    )
    return replace(row, cells=tuple(cells))


def _marks(one: Instrumented, name: str, stars: Mapping[str, float]) -> str:
    """Give the stars of a slope in a column of weak instruments."""
    judged = one.judged
    return (
        numbers.marks(float(judged.p_value[judged.position(name)]), stars)
        if name in judged.names
        else ""
    )


def _rows(n: int, found: Found) -> tuple[Row, ...]:
    def row(key: str, label: Wording, cell: Callable[[Instrumented], Cell]) -> Row:
        cells = tuple(cell(found[i]) if i in found else EMPTY for i in range(n))
        return Row(label, cells, key=key, rule_above=key == "under_identification")

    rows = (
        row(
            "under_identification",
            _p_of("under_identification"),
            lambda one: _p(one.strength.under_identification),
        ),
        row(
            "kleibergen_paap_f", NAMES["kleibergen_paap_f"], lambda one: _value(one.strength.rank_f)
        ),
        row(
            "cragg_donald_f", NAMES["cragg_donald_f"], lambda one: _value(one.strength.cragg_donald)
        ),
        row("stock_yogo_size", size_label(), lambda one: _critical(one.strength.size)),
        row("stock_yogo_bias", bias_label(), lambda one: _critical(one.strength.bias)),
        row("effective_f", NAMES["effective_f"], lambda one: _value(one.effective_f)),
        row("effective_f_critical", tau_label(), lambda one: _critical(limits_of(one))),
        row(
            "anderson_rubin_zero",
            _p_of("anderson_rubin_zero"),
            lambda one: _p(one.anderson_rubin_zero),
        ),
        row(
            "anderson_rubin",
            NAMES["anderson_rubin"],
            lambda one: Cell(set_in_words(one.anderson_rubin), "text"),
        ),
        row(
            "over_identification",
            _p_of("over_identification"),
            lambda one: _p(one.over_identification),
        ),
        row("endogeneity", _p_of("wu_hausman"), lambda one: _p(one.endogeneity)),
    )
    looked_up = {"stock_yogo_size", "stock_yogo_bias", "effective_f_critical"}
    return tuple(r for r in rows if r.key not in looked_up or any(c != EMPTY for c in r.cells))


def _p_of(name: str) -> Wording:
    return message("{test}, p", test=NAMES[name])


def size_label() -> Wording:
    """Label of Stock and Yogo's critical values for the size of the Wald test."""
    return message("Stock-Yogo, size {levels} (valid under iid errors)", levels=_percents(SIZES))


def bias_label() -> Wording:
    """Label of Stock and Yogo's critical values for the relative bias."""
    return message("Stock-Yogo, bias {levels} (valid under iid errors)", levels=_percents(BIASES))


def tau_label() -> Wording:
    """Label of the critical values of the effective F."""
    return message("Critical value of effective F, τ = {levels}", levels=_percents(TAUS))


def _percents(levels: Sequence[float]) -> str:
    return f"{'/'.join(f'{100 * level:g}' for level in levels)}%"


def limits_of(one: Instrumented) -> Values:
    """Give the simplified critical values of the effective F at the customary τ."""
    return tuple(
        (limit.tau, limit.simplified) for limit in one.strength.limits if limit.tau in TAUS
    )


def in_a_row(values: Values) -> str:
    """Write critical values side by side.

    >>> in_a_row(((0.1, 16.38), (0.15, 8.96)))
    '16.38 / 8.96'
    """
    return " / ".join(numbers.number(value, 2) for _, value in values)


def _critical(values: Values) -> Cell:
    return Cell(in_a_row(values), "text") if values else EMPTY


def _value(one: Statistic | Inapplicable) -> Cell:
    return Cell(one.value, "statistic", decimals=2) if isinstance(one, Statistic) else EMPTY


def _p(one: Statistic | Inapplicable) -> Cell:
    return Cell(one.p_value, "p_value") if isinstance(one, Statistic) else EMPTY


def set_in_words(found: ConfidenceSet | Inapplicable) -> Wording:
    """Write a confidence set: intervals, the whole line, or nothing."""
    return numbers.MISSING if isinstance(found, Inapplicable) else pieces_in_words(found.intervals)


def pieces_in_words(pieces: Sequence[tuple[float, float]], decimals: int = DECIMALS) -> Wording:
    """Write the pieces of a set of values: intervals, the whole line, or nothing."""
    if not pieces:
        return message("empty")
    if any(math.isinf(low) and math.isinf(high) for low, high in pieces):
        return message("the whole real line")
    return " ∪ ".join(
        f"[{numbers.number(low, decimals)}, {numbers.number(high, decimals)}]"
        for low, high in pieces
    )


def _notes(found: Found, style: Style) -> Iterator[Wording]:
    for i, one in found.items():
        yield message(
            "Column {column}: two-stage least squares; endogenous: {endogenous}; instruments: "
            "{instruments}.",
            column=f"({i + 1})",
            endogenous=listed([name_of(name, style.labels) for name in one.endogenous]),
            instruments=listed([name_of(name, style.labels) for name in one.instruments]),
        )
        if one.is_weak:
            yield in_columns([i + 1], not_strong(one))
        strong = one.strength
        tests = (
            *(strong.under_identification, strong.rank_f, strong.cragg_donald, strong.effective_f),
            *(one.anderson_rubin_zero, one.anderson_rubin),
            *(one.over_identification, one.endogeneity),
        )
        for test in tests:
            if isinstance(test, Inapplicable):
                yield message(
                    "Column {column}: {name}: {reason}",
                    column=f"({i + 1})",
                    name=NAMES.get(test.name, test.name),
                    reason=test.reason,
                )


def _machine(machine: Mapping[str, object], found: Found, style: Style) -> dict[str, object]:
    columns = machine["columns"]
    assert isinstance(columns, list)
    changed = list(columns)
    for i, one in found.items():
        coefficients = changed[i]["coefficients"]
        if one.is_weak:
            coefficients = {
                name: {**c, "stars": _marks(one, name, style.stars)}
                for name, c in coefficients.items()
            }
        changed[i] = {
            **changed[i],
            "coefficients": coefficients,
            "instruments": machine_instruments(one),
        }
    return {**machine, "columns": changed}


def machine_instruments(one: Instrumented) -> dict[str, object]:
    """Give the tests of instruments as plain values."""
    found, strong = one.anderson_rubin, one.strength
    return {
        "endogenous": list(one.endogenous),
        "instruments": list(one.instruments),
        "under_identification": plain_statistic(strong.under_identification),
        "kleibergen_paap_f": plain_statistic(strong.rank_f),
        "cragg_donald_f": plain_statistic(strong.cragg_donald),
        "stock_yogo": {
            "valid_under": "iid errors",
            "size": {f"{limit:g}": critical for limit, critical in strong.size},
            "bias": {f"{limit:g}": critical for limit, critical in strong.bias},
        },
        "effective_f": plain_statistic(strong.effective_f),
        "effective_f_critical": {
            f"{limit.tau:g}": {"two_stage": limit.critical, "simplified": limit.simplified}
            for limit in strong.limits
        },
        "tau": one.tau,
        "critical_value": None if math.isnan(one.limit) else one.limit,
        "is_weak": one.is_weak,
        "stars_by": one.judge,
        "anderson_rubin_zero": plain_statistic(one.anderson_rubin_zero),
        "anderson_rubin": {"inapplicable": str(found.reason)}
        if isinstance(found, Inapplicable)
        else {
            "intervals": machine_pieces(found.intervals),
            "level": found.level,
            "p_at_zero": found.p_at_zero,
        },
        "over_identification": plain_statistic(one.over_identification),
        "endogeneity": plain_statistic(one.endogeneity),
    }


def machine_pieces(pieces: Sequence[tuple[float, float]]) -> list[list[float | str]]:
    """Give the pieces of a set of values as plain lists."""
    return [[_end(low), _end(high)] for low, high in pieces]


def _end(value: float) -> float | str:
    """Write an end of an interval; JSON knows no infinity."""
    return value if math.isfinite(value) else ("-inf" if value < 0 else "inf")
