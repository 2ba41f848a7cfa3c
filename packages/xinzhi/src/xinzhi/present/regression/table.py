"""Regressions side by side in one table.

Rows of a regression table: slopes, constant, effects, counts and fit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from xinzhi.present import numbers
from xinzhi.present.regression.fitted import (
    CONSTANT,
    Fitted,
    NotEstimated,
    add_to_columns,
    machine_column,
    name_of,
    notes_under,
)
from xinzhi.present.regression.reading import reading_beside
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.estimates import FIT_LABELS, Estimates, MarginalEffects
from xinzhi_econometrics.specification import LEAST_SQUARES


def rows_of(estimates: Sequence[Fitted], style: Style) -> tuple[Row, ...]:
    """Set all rows: regressors of interest, controls, constant, effects, counts, fit."""
    return (
        *(row for name in _slopes(estimates) for row in _slope_rows(name, estimates, style)),
        *_constant_rows(estimates, style),
        *_marginal_rows(estimates, style),
        *effect_rows(estimates, style),
        *_fit_rows(estimates),
    )


def _slopes(estimates: Sequence[Fitted]) -> tuple[str, ...]:
    """Names of all slopes: regressors of interest first, in the order of their appearance."""
    asked = [column.regression for column in estimates]
    regressors = [name for regression in asked for name in regression.regressors]
    controls = [name for regression in asked for name in regression.controls]
    others = [n for column in estimates if isinstance(column, Estimates) for n in column.names]
    ordered = dict.fromkeys([*regressors, *controls, *others])
    return tuple(name for name in ordered if name != CONSTANT)


def _slope_rows(name: str, estimates: Sequence[Fitted], style: Style) -> tuple[Row, Row]:
    pairs = [slope_cells(column, name, style) for column in estimates]
    return (
        Row(name_of(name, style.labels), tuple(top for top, _ in pairs), key=name),
        Row("", tuple(beneath for _, beneath in pairs), key=f"{name}:std_error"),
    )


def slope_cells(column: Fitted, name: str, style: Style) -> tuple[Cell, Cell]:
    """Cells of a slope and its error; empty where the column does not ask for it."""
    if isinstance(column, Estimates) and name in column.names:
        position = column.position(name)
        mark = numbers.marks(float(column.p_value[position]), style.stars)
        slope = Cell(float(column.estimate[position]), "estimate", mark)
        error = None if column.untested else float(column.std_error[position])
        return slope, Cell(error, "std_error")
    if name not in (*column.regression.regressors, *column.regression.controls):
        return EMPTY, EMPTY
    if isinstance(column, NotEstimated):
        return Cell(None, "estimate"), EMPTY
    return Cell(message("dropped"), "text"), EMPTY


def _constant_rows(estimates: Sequence[Fitted], style: Style) -> list[Row]:
    """Rows of the constant, with its error: a coefficient, or ȳ - x̄'b under effects."""
    pairs = [_constant_cells(column, style) for column in estimates]
    rows = [Row(message("Constant"), tuple(top for top, _ in pairs), key=CONSTANT)]
    if any(beneath != EMPTY for _, beneath in pairs):
        rows.append(Row("", tuple(b for _, b in pairs), key=f"{CONSTANT}:std_error"))
    return rows


def _constant_cells(column: Fitted, style: Style) -> tuple[Cell, Cell]:
    if isinstance(column, NotEstimated):
        return EMPTY, EMPTY
    if CONSTANT in column.names:
        return slope_cells(column, CONSTANT, style)
    if column.estimator != LEAST_SQUARES:
        # the constant beside means of regressors is that of no entity
        return EMPTY, EMPTY
    one = column.constant
    if one is None or math.isnan(one.std_error):
        return Cell(column.fit.constant, "number"), EMPTY
    mark = numbers.marks(one.p_value, style.stars)
    return Cell(one.estimate, "estimate", mark), Cell(one.std_error, "std_error")


def _marginal_rows(estimates: Sequence[Fitted], style: Style) -> list[Row]:
    """Average marginal effects of the regressors of interest, where slopes are on another scale."""
    marginal = [e.marginal_effects if isinstance(e, Estimates) else None for e in estimates]
    asked = dict.fromkeys(
        name
        for column, effects in zip(estimates, marginal, strict=True)
        if effects
        for name in column.regression.regressors
    )
    rows = []
    for name in asked:
        pairs = [_marginal_cells(effects, name, style) for effects in marginal]
        key = f"{name}:marginal_effect"
        label = message("Average marginal effect of {name}", name=name_of(name, style.labels))
        rows.append(Row(label, tuple(top for top, _ in pairs), key=key))
        rows.append(Row("", tuple(b for _, b in pairs), key=f"{key}:std_error"))
    return rows


def _marginal_cells(effects: MarginalEffects | None, name: str, style: Style) -> tuple[Cell, Cell]:
    if effects is None or name not in effects.names:
        return EMPTY, EMPTY
    position = effects.names.index(name)
    mark = numbers.marks(float(effects.p_value[position]), style.stars)
    error = Cell(float(effects.std_error[position]), "std_error")
    return Cell(float(effects.estimate[position]), "estimate", mark), error


def effect_rows(estimates: Sequence[Fitted], style: Style) -> list[Row]:
    """Say for each fixed effect which columns have it."""
    effects = dict.fromkeys(effect for e in estimates for effect in e.regression.effects)
    return [
        Row(
            message("{name} fixed effects", name=name_of(effect, style.labels)),
            tuple(_effect_cell(column, effect) for column in estimates),
            key=f"effects:{effect}",
            rule_above=n == 0,
        )
        for n, effect in enumerate(effects)
    ]


def _effect_cell(column: Fitted, effect: str) -> Cell:
    if effect not in column.regression.effects:
        return Cell(message("no"), "text")
    if effect == "entity" and column.regression.estimator == "random_effects":
        return Cell(message("random"), "text")
    if effect == "entity" and column.regression.estimator == "fractional_logit":
        return Cell(message("means of regressors"), "text")
    return Cell(message("yes"), "text")


Content = tuple[str, Wording, Callable[[Estimates], Cell]]
"""A row: its key, its label, and what a column shows in it."""
LEVELS: tuple[Content, ...] = (
    (
        "n_entities",
        message("Entities"),
        lambda e: (
            Cell(dict(e.effects)["entity"], "count") if "entity" in dict(e.effects) else EMPTY
        ),
    ),
    (
        "n_clusters",
        message("Clusters"),
        lambda e: (
            Cell(min(n for _, n in e.covariance.clusters), "count")
            if e.covariance.kind in {"cluster", "two_way"}
            else EMPTY
        ),
    ),
)
"""Numbers of entities and of clusters; with two-way clusters the smaller one limits what is known."""
EXCLUDED: tuple[Content, ...] = (
    ("n_missing", message("Excluded: missing values"), lambda e: Cell(e.n_missing, "count")),
    ("n_singletons", message("Excluded: singletons"), lambda e: Cell(e.n_singletons, "count")),
)
COMPONENTS: tuple[Content, ...] = (
    (
        "sigma_u",
        message("σ of entity effects"),
        lambda e: Cell(e.components.sigma_u) if e.components else EMPTY,
    ),
    (
        "sigma_e",
        message("σ of the error"),
        lambda e: Cell(e.components.sigma_e) if e.components else EMPTY,
    ),
)


def _fit_rows(estimates: Sequence[Fitted]) -> list[Row]:
    n = _row("n", message("Observations (N)"), lambda e: Cell(e.n, "count"), estimates)
    counts = [_row(*content, estimates) for content in LEVELS]
    excluded = [_row(*content, estimates) for content in EXCLUDED]
    components = [_row(*content, estimates) for content in COMPONENTS]
    return [
        replace(n, rule_above=True),
        *(row for row in counts if any(cell != EMPTY for cell in row.cells)),
        *(row for row in excluded if any(cell.value for cell in row.cells)),
        *statistic_rows(estimates),
        *(row for row in components if any(cell != EMPTY for cell in row.cells)),
        _row("f", message("F"), lambda e: Cell(e.fit.f, "statistic"), estimates),
        _row("f_p", message("p-value of F"), lambda e: Cell(e.fit.f_p, "p_value"), estimates),
    ]


def statistic_rows(estimates: Sequence[Fitted]) -> list[Row]:
    """Statistics of fit that the estimator of some column defines, each under its own name."""
    defined = {key for e in estimates if isinstance(e, Estimates) for key in e.fit.to_dict()}
    shown = defined or {"r2_adj", "r2_within"}  # of a table in which nothing could be estimated
    if not any(column.regression.effects for column in estimates):
        shown -= {"r2_within"}  # without effects it is R² again
    return [
        _row(key, label, partial(_statistic_cell, key), estimates)
        for key, label in FIT_LABELS.items()
        if key in shown
    ]


def _statistic_cell(key: str, estimates: Estimates) -> Cell:
    statistics = estimates.fit.to_dict()
    return Cell(statistics[key]) if key in statistics else EMPTY


def _row(
    key: str, label: Wording, cell: Callable[[Estimates], Cell], estimates: Sequence[Fitted]
) -> Row:
    cells = (cell(column) if isinstance(column, Estimates) else EMPTY for column in estimates)
    return Row(label, tuple(cells), key=key)


def regression_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    estimates: Sequence[Fitted],
    style: Style = PLAIN,
) -> Table:
    """Set regressions side by side, one a column, standard errors on their own row beneath.

    Parameters
    ----------
    id
        Key of the table in results.json.
    title
        Title of the table.
    estimates
        One per column, in order; a regression that failed keeps its column, which says so.
    style
        Labels of variables, effects and clusters (a name without one stands for itself), levels of
        the stars, digits after the point.

    Returns
    -------
    Table
        Regressors of interest first, then controls, the constant, effects, counts and fit.
        `machine` holds the same numbers per column.
    """
    return Table(
        id=id,
        title=title,
        columns=tuple(_column(n, fitted, style.labels) for n, fitted in enumerate(estimates, 1)),
        rows=tuple(with_decimals(row, style.decimals) for row in rows_of(estimates, style)),
        notes=notes_under(estimates, style),
        reading=reading_beside(estimates, style),
        machine={
            "columns": [
                machine_column(n, fitted, style.stars) for n, fitted in enumerate(estimates, 1)
            ]
        },
    )


def _column(n: int, fitted: Fitted, labels: Mapping[str, Wording]) -> Column:
    asked = fitted.regression
    heading = message("({n}) {label}", n=n, label=asked.label) if asked.label else f"({n})"
    return Column(f"c{n}", heading, name_of(asked.outcome, labels))


def with_decimals(row: Row, decimals: int) -> Row:
    """Set the digits after the point of all numbers of a row."""
    measured = ("number", "estimate", "std_error", "statistic")
    cells = (replace(c, decimals=decimals) if c.kind in measured else c for c in row.cells)
    return replace(row, cells=tuple(cells))


def with_headings(
    table: Table, headings: Sequence[Wording], spanners: Sequence[Wording] | None = None
) -> Table:
    """Put words beside the numbers of the columns; an empty one leaves the number alone.

    Parameters
    ----------
    headings
        One for each column.
    spanners
        What stands above the headings; the outcomes stay where they are left out.
    """
    columns = tuple(
        replace(
            column,
            heading=message("({n}) {label}", n=n, label=words) if words else column.heading,
            spanner=column.spanner if spanners is None else spanners[n - 1],
        )
        for n, (column, words) in enumerate(zip(table.columns, headings, strict=True), 1)
    )
    labels = {i: {"label": str(words)} for i, words in enumerate(headings) if words}
    return replace(table, columns=columns, machine=add_to_columns(table.machine, labels))
