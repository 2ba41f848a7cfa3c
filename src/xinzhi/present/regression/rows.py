"""Rows of a regression table: slopes, constant, effects, counts and fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from xinzhi.present import numbers
from xinzhi.present.regression.fitted import CONSTANT, Fitted, NotEstimated, name_of
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Row
from xinzhi.regression.estimates import FIT_LABELS, Estimates, MarginalEffects
from xinzhi.regression.specification import LEAST_SQUARES
from xinzhi.wording import Wording, message


def rows_of(estimates: Sequence[Fitted], style: Style) -> tuple[Row, ...]:
    """Set all rows: regressors of interest, controls, constant, effects, counts, fit."""
    slopes = [row for name in _slopes(estimates) for row in _slope_rows(name, estimates, style)]
    return (
        *slopes,
        *_constant_rows(estimates, style),
        *_marginal_rows(estimates, style),
        *effect_rows(estimates, style),
        *_fit_rows(estimates),
    )


def _slopes(estimates: Sequence[Fitted]) -> tuple[str, ...]:
    """Names of all slopes: regressors of interest first, in the order of their appearance."""
    asked = [one.regression for one in estimates]
    regressors = [name for one in asked for name in one.regressors]
    controls = [name for one in asked for name in one.controls]
    others = [n for one in estimates if isinstance(one, Estimates) for n in one.names]
    ordered = dict.fromkeys([*regressors, *controls, *others])
    return tuple(name for name in ordered if name != CONSTANT)


def _slope_rows(
    name: str,
    estimates: Sequence[Fitted],
    style: Style,
) -> tuple[Row, Row]:
    pairs = [slope_cells(one, name, style) for one in estimates]
    return (
        Row(name_of(name, style.labels), tuple(top for top, _ in pairs), key=name),
        Row("", tuple(beneath for _, beneath in pairs), key=f"{name}:std_error"),
    )


def slope_cells(one: Fitted, name: str, style: Style) -> tuple[Cell, Cell]:
    """Cells of a slope and its error; empty where the column does not ask for it."""
    if isinstance(one, Estimates) and name in one.names:
        at = one.position(name)
        mark = numbers.marks(float(one.p_value[at]), style.stars)
        slope = Cell(float(one.estimate[at]), "estimate", mark)
        error = None if one.untested else float(one.std_error[at])
        return slope, Cell(error, "std_error")
    asked = (*one.regression.regressors, *one.regression.controls)
    if name not in asked:
        return EMPTY, EMPTY
    if isinstance(one, NotEstimated):
        return Cell(None, "estimate"), EMPTY
    return Cell(message("dropped"), "text"), EMPTY


def _constant_rows(estimates: Sequence[Fitted], style: Style) -> list[Row]:
    """Rows of the constant: with its error where it was estimated, as ȳ - x̄'b under effects."""
    pairs = [_constant_cells(one, style) for one in estimates]
    rows = [Row(message("Constant"), tuple(top for top, _ in pairs), key=CONSTANT)]
    if any(beneath != EMPTY for _, beneath in pairs):
        rows.append(Row("", tuple(b for _, b in pairs), key=f"{CONSTANT}:std_error"))
    return rows


def _constant_cells(one: Fitted, style: Style) -> tuple[Cell, Cell]:
    if isinstance(one, NotEstimated):
        return EMPTY, EMPTY
    if CONSTANT in one.names:
        return slope_cells(one, CONSTANT, style)
    if one.estimator != LEAST_SQUARES:
        # the constant beside means of regressors is that of no entity
        return EMPTY, EMPTY
    return Cell(one.fit.constant, "number"), EMPTY


def _marginal_rows(estimates: Sequence[Fitted], style: Style) -> list[Row]:
    """Average marginal effects of the regressors of interest, where slopes are on another scale."""
    marginal = [one.marginal_effects if isinstance(one, Estimates) else None for one in estimates]
    asked = dict.fromkeys(
        name
        for one, effects in zip(estimates, marginal, strict=True)
        if effects
        for name in one.regression.regressors
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
    at = effects.names.index(name)
    mark = numbers.marks(float(effects.p_value[at]), style.stars)
    error = Cell(float(effects.std_error[at]), "std_error")
    return Cell(float(effects.estimate[at]), "estimate", mark), error


def effect_rows(estimates: Sequence[Fitted], style: Style) -> list[Row]:
    """Say for each fixed effect which columns have it."""
    effects = dict.fromkeys(effect for one in estimates for effect in one.regression.effects)
    return [
        Row(
            message("{name} fixed effects", name=name_of(effect, style.labels)),
            tuple(_yes(one, effect) for one in estimates),
            key=f"effects:{effect}",
            rule_above=first,
        )
        for first, effect in zip([True, *[False] * len(effects)], effects, strict=False)
    ]


def _yes(one: Fitted, effect: str) -> Cell:
    if effect not in one.regression.effects:
        return Cell(message("no"), "text")
    if effect == "entity" and one.regression.estimator == "random_effects":
        return Cell(message("random"), "text")
    if effect == "entity" and one.regression.estimator == "fractional_logit":
        return Cell(message("means of regressors"), "text")
    return Cell(message("yes"), "text")


def _fit_rows(estimates: Sequence[Fitted]) -> list[Row]:
    return [
        _row("n", message("Observations (N)"), estimates, lambda e: Cell(e.n, "count"), rule=True),
        *_level_rows(estimates),
        *_counted_rows(estimates),
        *statistic_rows(estimates),
        *_component_rows(estimates),
        _row("f", message("F"), estimates, lambda e: Cell(e.fit.f, "statistic")),
        _row("f_p", message("p-value of F"), estimates, lambda e: Cell(e.fit.f_p, "p_value")),
    ]


def statistic_rows(estimates: Sequence[Fitted]) -> list[Row]:
    """Statistics of fit that the estimator of some column defines, each under its own name."""
    defined = {key for one in estimates if isinstance(one, Estimates) for key in one.fit.to_dict()}
    shown = defined or {"r2_adj", "r2_within"}  # of a table in which nothing could be estimated
    if not any(one.regression.effects for one in estimates):
        shown -= {"r2_within"}
    return [
        _row(key, label, estimates, partial(_statistic_cell, key))
        for key, label in FIT_LABELS.items()
        if key in shown
    ]


def _statistic_cell(key: str, one: Estimates) -> Cell:
    found = one.fit.to_dict()
    return Cell(found[key]) if key in found else EMPTY


def _component_rows(estimates: Sequence[Fitted]) -> list[Row]:
    """Show the standard deviations of random effects and of the error."""
    if all(isinstance(one, NotEstimated) or one.components is None for one in estimates):
        return []
    return [
        _row(
            "sigma_u",
            message("σ of entity effects"),
            estimates,
            lambda e: Cell(e.components.sigma_u) if e.components else EMPTY,
        ),
        _row(
            "sigma_e",
            message("σ of the error"),
            estimates,
            lambda e: Cell(e.components.sigma_e) if e.components else EMPTY,
        ),
    ]


def _row(
    key: str,
    label: Wording,
    estimates: Sequence[Fitted],
    cell: Callable[[Estimates], Cell],
    *,
    rule: bool = False,
) -> Row:
    cells = (cell(one) if isinstance(one, Estimates) else EMPTY for one in estimates)
    return Row(label, tuple(cells), key=key, rule_above=rule)


def _level_rows(estimates: Sequence[Fitted]) -> list[Row]:
    """Numbers of entities and of clusters."""
    rows = [
        _row(
            "n_entities",
            message("Entities"),
            estimates,
            lambda e: (
                Cell(dict(e.effects).get("entity"), "count")
                if "entity" in dict(e.effects)
                else EMPTY
            ),
        ),
        _row(
            "n_clusters",
            message("Clusters"),
            estimates,
            lambda e: (
                Cell(min(n for _, n in e.covariance.clusters), "count")
                if e.covariance.kind in {"cluster", "two_way"}
                else EMPTY
            ),
        ),
    ]
    return [row for row in rows if any(cell != EMPTY for cell in row.cells)]


def _counted_rows(estimates: Sequence[Fitted]) -> list[Row]:
    """Rows that were left out, shown where there are any."""
    rows = [
        _row(
            "n_missing",
            message("Excluded: missing values"),
            estimates,
            lambda e: Cell(e.n_missing, "count"),
        ),
        _row(
            "n_singletons",
            message("Excluded: singletons"),
            estimates,
            lambda e: Cell(e.n_singletons, "count"),
        ),
    ]
    return [row for row in rows if any(cell.value for cell in row.cells)]
