"""Rows of a regression table: slopes, constant, effects, counts and fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from xinzhi.econometrics.estimates import Estimates
from xinzhi.tables import numbers
from xinzhi.tables.regression.fitted import CONSTANT, Fitted, NotEstimated, name_of
from xinzhi.tables.table import EMPTY, Cell, Row
from xinzhi.wording import Wording, message


def rows_of(
    estimates: Sequence[Fitted], *, labels: Mapping[str, Wording], levels: Mapping[str, float]
) -> tuple[Row, ...]:
    """Set all rows: regressors of interest, controls, constant, effects, counts, fit."""
    slopes = [
        row for name in _slopes(estimates) for row in _slope_rows(name, estimates, labels, levels)
    ]
    return (
        *slopes,
        *_constant_rows(estimates, levels),
        *_effect_rows(estimates, labels),
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
    labels: Mapping[str, Wording],
    levels: Mapping[str, float],
) -> tuple[Row, Row]:
    pairs = [_slope_cells(one, name, levels) for one in estimates]
    return (
        Row(name_of(name, labels), tuple(top for top, _ in pairs), key=name),
        Row("", tuple(beneath for _, beneath in pairs), key=f"{name}:std_error"),
    )


def _slope_cells(one: Fitted, name: str, levels: Mapping[str, float]) -> tuple[Cell, Cell]:
    """Cells of a slope and its error; empty where the column does not ask for it."""
    if isinstance(one, Estimates) and name in one.names:
        at = one.position(name)
        mark = numbers.marks(float(one.p_value[at]), levels)
        slope = Cell(float(one.estimate[at]), "estimate", mark)
        error = None if one.untested else float(one.std_error[at])
        return slope, Cell(error, "std_error")
    asked = (*one.regression.regressors, *one.regression.controls)
    if name not in asked:
        return EMPTY, EMPTY
    if isinstance(one, NotEstimated):
        return Cell(None, "estimate"), EMPTY
    return Cell(message("dropped"), "text"), EMPTY


def _constant_rows(estimates: Sequence[Fitted], levels: Mapping[str, float]) -> list[Row]:
    """Rows of the constant: with its error where it was estimated, as ȳ - x̄'b under effects."""
    pairs = [_constant_cells(one, levels) for one in estimates]
    rows = [Row(message("Constant"), tuple(top for top, _ in pairs), key=CONSTANT)]
    if any(beneath != EMPTY for _, beneath in pairs):
        rows.append(Row("", tuple(b for _, b in pairs), key=f"{CONSTANT}:std_error"))
    return rows


def _constant_cells(one: Fitted, levels: Mapping[str, float]) -> tuple[Cell, Cell]:
    if isinstance(one, NotEstimated):
        return EMPTY, EMPTY
    if CONSTANT in one.names:
        return _slope_cells(one, CONSTANT, levels)
    return Cell(one.fit.constant, "number"), EMPTY


def _effect_rows(estimates: Sequence[Fitted], labels: Mapping[str, Wording]) -> list[Row]:
    effects = dict.fromkeys(effect for one in estimates for effect in one.regression.effects)
    return [
        Row(
            message("{name} fixed effects", name=name_of(effect, labels)),
            tuple(_yes(one, effect) for one in estimates),
            key=f"effects:{effect}",
            rule_above=first,
        )
        for first, effect in zip([True, *[False] * len(effects)], effects, strict=False)
    ]


def _yes(one: Fitted, effect: str) -> Cell:
    word = message("yes") if effect in one.regression.effects else message("no")
    return Cell(word, "text")


def _fit_rows(estimates: Sequence[Fitted]) -> list[Row]:
    rows = [
        _row("n", message("Observations (N)"), estimates, lambda e: Cell(e.n, "count"), rule=True),
        *_level_rows(estimates),
        *_counted_rows(estimates),
        _row("r2_adj", message("Adjusted R²"), estimates, lambda e: Cell(e.fit.r2_adjusted)),
        _row("r2_within", message("Within R²"), estimates, lambda e: Cell(e.fit.r2_within)),
        _row("f", message("F"), estimates, lambda e: Cell(e.fit.f, "statistic")),
        _row("f_p", message("p-value of F"), estimates, lambda e: Cell(e.fit.f_p, "p_value")),
    ]
    return [row for row in rows if row.key != "r2_within" or _has_effects(estimates)]


def _has_effects(estimates: Sequence[Fitted]) -> bool:
    return any(one.regression.effects for one in estimates)


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
            message("Left out: empty cells"),
            estimates,
            lambda e: Cell(e.n_missing, "count"),
        ),
        _row(
            "n_singletons",
            message("Left out: singletons"),
            estimates,
            lambda e: Cell(e.n_singletons, "count"),
        ),
    ]
    return [row for row in rows if any(cell.value for cell in row.cells)]
