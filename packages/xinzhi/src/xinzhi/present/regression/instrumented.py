"""Two-stage least squares in a regression table: tests of instruments, and valid stars."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from xinzhi.present import numbers
from xinzhi.present.pieces import pieces_in_words
from xinzhi.present.regression.fitted import (
    add_to_columns,
    column,
    in_columns,
    machine_pieces,
    name_of,
)
from xinzhi.present.statistics import plain_statistic
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import EMPTY, Cell, Row, Table
from xinzhi_core.wording import Wording, listed, message
from xinzhi_econometrics.inference import Inapplicable, Statistic
from xinzhi_econometrics.instruments.confidence_set import ConfidenceSet
from xinzhi_econometrics.instruments.estimate import Instrumented, not_strong
from xinzhi_econometrics.instruments.stock_yogo import BIASES, SIZES, Values
from xinzhi_econometrics.instruments.two_stage import TAUS

Fits = Mapping[int, Instrumented]
"""Position of a column, from 0 -> its two-stage least squares."""
NAMES: Mapping[str, Wording] = {
    "under_identification": message("Kleibergen-Paap rk LM"),
    "kleibergen_paap_f": message("Kleibergen-Paap rk Wald F"),
    "cragg_donald_f": message("Cragg-Donald F"),
    "effective_f": message("Effective F"),
    "anderson_rubin_zero": message("Anderson-Rubin test of 0"),
    "anderson_rubin": message("Anderson-Rubin set"),
    "over_identification": message("Over-identification"),
    "wu_hausman": message("Wu-Hausman"),
}
"""Words for the tests of instruments."""


def with_instruments(table: Table, fits: Fits, *, style: Style = PLAIN) -> Table:
    """Add the tests of instruments under a table; its stars are those of the test that judges already."""
    if not fits:
        return table
    return replace(
        table,
        rows=(*table.rows, *_rows(len(table.columns), fits)),
        notes=(*table.notes, *_notes(fits, style)),
        machine=add_to_columns(
            table.machine, {i: {"instruments": machine_instruments(fit)} for i, fit in fits.items()}
        ),
    )


def _rows(n: int, fits: Fits) -> Iterator[Row]:
    contents: tuple[tuple[str, Wording, Callable[[Instrumented], Cell]], ...] = (
        (
            "under_identification",
            _p_of("under_identification"),
            lambda fit: _p(fit.strength.under_identification),
        ),
        ("kleibergen_paap_f", NAMES["kleibergen_paap_f"], lambda fit: _value(fit.strength.rank_f)),
        ("cragg_donald_f", NAMES["cragg_donald_f"], lambda fit: _value(fit.strength.cragg_donald)),
        ("stock_yogo_size", size_label(), lambda fit: _critical(fit.strength.size)),
        ("stock_yogo_bias", bias_label(), lambda fit: _critical(fit.strength.bias)),
        ("effective_f", NAMES["effective_f"], lambda fit: _value(fit.effective_f)),
        ("effective_f_critical", tau_label(), lambda fit: _critical(limits_of(fit))),
        (
            "anderson_rubin_zero",
            _p_of("anderson_rubin_zero"),
            lambda fit: _p(fit.anderson_rubin_zero),
        ),
        (
            "anderson_rubin",
            set_label(next(iter(fits.values()))),
            lambda fit: Cell(set_in_words(fit.anderson_rubin), "text"),
        ),
        (
            "over_identification",
            _p_of("over_identification"),
            lambda fit: _p(fit.over_identification),
        ),
        ("endogeneity", _p_of("wu_hausman"), lambda fit: _p(fit.endogeneity)),
    )
    # Critical values are tabulated for few numbers of instruments: a row without any is left out.
    tabulated = {"stock_yogo_size", "stock_yogo_bias", "effective_f_critical"}
    for key, label, cell in contents:
        cells = tuple(cell(fits[i]) if i in fits else EMPTY for i in range(n))
        if key not in tabulated or any(cell != EMPTY for cell in cells):
            yield Row(label, cells, key=key, rule_above=key == "under_identification")


def _p_of(name: str) -> Wording:
    return message("{test}, p", test=NAMES[name])


def set_label(fit: Instrumented) -> Wording:
    """Label of Anderson and Rubin's set, with its level."""
    level = numbers.level(fit.estimates.regression.level)
    return message("Anderson-Rubin set ({level})", level=level)


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


def limits_of(fit: Instrumented) -> Values:
    """Give the simplified critical values of the effective F at the customary τ."""
    return tuple(
        (limit.tau, limit.simplified) for limit in fit.strength.limits if limit.tau in TAUS
    )


def in_a_row(values: Values) -> str:
    """Write critical values side by side.

    >>> in_a_row(((0.1, 16.38), (0.15, 8.96)))
    '16.38 / 8.96'
    """
    return " / ".join(numbers.number(value, 2) for _, value in values)


def _critical(values: Values) -> Cell:
    return Cell(in_a_row(values), "text") if values else EMPTY


def _value(test: Statistic | Inapplicable) -> Cell:
    return Cell(test.value, "statistic", decimals=2) if isinstance(test, Statistic) else EMPTY


def _p(test: Statistic | Inapplicable) -> Cell:
    return Cell(test.p_value, "p_value") if isinstance(test, Statistic) else EMPTY


def set_in_words(values: ConfidenceSet | Inapplicable) -> Wording:
    """Write a confidence set: intervals, the whole line, or nothing."""
    if isinstance(values, Inapplicable):
        return numbers.MISSING
    return pieces_in_words(values.intervals)


def instrument_notes(fit: Instrumented, labels: Mapping[str, Wording]) -> Iterator[Wording]:
    """Say of one regression how it was estimated, how strong its instruments are, and what judges then."""
    yield message(
        "two-stage least squares; endogenous: {endogenous}; instruments: {instruments}.",
        endogenous=listed([name_of(name, labels) for name in fit.endogenous]),
        instruments=listed([name_of(name, labels) for name in fit.instruments]),
    )
    if isinstance(fit.effective_f, Statistic) and not fit.is_weak:
        yield message(
            "effective F {f}, critical value {limit} (Montiel Olea and Pflueger).",
            f=numbers.number(fit.effective_f.value, 1),
            limit=numbers.number(fit.limit, 1),
        )
    if fit.is_weak:
        yield not_strong(fit)
    if isinstance(fit.anderson_rubin_zero, Statistic):
        yield message(
            "Anderson-Rubin test of 0: {p}; {level} set: {set}.",
            level=numbers.level(fit.estimates.regression.level),
            p=numbers.p_equals(fit.anderson_rubin_zero.p_value),
            set=set_in_words(fit.anderson_rubin),
        )
        if fit.anderson_rubin_zero.remark:
            yield fit.anderson_rubin_zero.remark


def _notes(fits: Fits, style: Style) -> Iterator[Wording]:
    for i, fit in fits.items():
        yield message(
            "Column {column}: two-stage least squares; endogenous: {endogenous}; instruments: "
            "{instruments}.",
            column=column(i + 1),
            endogenous=listed([name_of(name, style.labels) for name in fit.endogenous]),
            instruments=listed([name_of(name, style.labels) for name in fit.instruments]),
        )
        if fit.is_weak:
            yield in_columns([i + 1], not_strong(fit))
        zero = fit.anderson_rubin_zero
        if isinstance(zero, Statistic) and zero.remark:
            yield in_columns([i + 1], zero.remark)
        strong = fit.strength
        tests = (
            *(strong.under_identification, strong.rank_f, strong.cragg_donald, strong.effective_f),
            *(fit.anderson_rubin_zero, fit.anderson_rubin),
            *(fit.over_identification, fit.endogeneity),
        )
        for test in tests:
            if isinstance(test, Inapplicable):
                yield message(
                    "Column {column}: {name}: {reason}",
                    column=column(i + 1),
                    name=NAMES.get(test.name, test.name),
                    reason=test.reason,
                )


def machine_instruments(fit: Instrumented) -> dict[str, object]:
    """Give the tests of instruments as plain values."""
    values, strong = fit.anderson_rubin, fit.strength
    return {
        "endogenous": list(fit.endogenous),
        "instruments": list(fit.instruments),
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
        "tau": fit.tau,
        "critical_value": None if math.isnan(fit.limit) else fit.limit,
        "is_weak": fit.is_weak,
        "stars_by": fit.judge,
        "anderson_rubin_zero": plain_statistic(fit.anderson_rubin_zero),
        "anderson_rubin": {"inapplicable": str(values.reason)}
        if isinstance(values, Inapplicable)
        else {
            "intervals": machine_pieces(values.intervals),
            "level": values.level,
            "p_at_zero": values.p_at_zero,
        },
        "over_identification": plain_statistic(fit.over_identification),
        "endogeneity": plain_statistic(fit.endogeneity),
    }
