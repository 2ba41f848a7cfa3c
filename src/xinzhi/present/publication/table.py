"""Set regressions of any program side by side: coefficients, what stands under them, effects, fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from xinzhi.present import numbers
from xinzhi.present.publication.fits import NUMBERS, PrintedFit
from xinzhi.present.publication.presets import Preset
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Label, Wording, listed, message

CONSTANTS = ("_cons", "const", "Intercept", "intercept", "(Intercept)")
"""Names of the constant in programs."""
STATISTICS: Mapping[str, Wording] = {
    "n": message("Observations (N)"),
    "r2": message("R²"),
    "r2_adj": message("Adjusted R²"),
    "r2_within": message("Within R²"),
    "pseudo_r2": message("Pseudo R²"),
    "f": message("F"),
    "log_likelihood": message("Log likelihood"),
}
"""Key of a statistic -> its name, in the order of the table."""
UNDER: Mapping[str, Wording] = {
    "std_error": message("standard errors in parentheses"),
    "t": message("t statistics in parentheses"),
    "p": message("p-values in parentheses"),
    "interval": message("confidence intervals in brackets"),
}


def publication_table(
    fits: Sequence[tuple[str, PrintedFit]],
    *,
    title: Wording,
    preset: Preset,
    labels: Mapping[str, Label],
    rows: Sequence[str] | None = None,
    left_out: Sequence[str] = (),
    statistics: Sequence[str] = ("n", "r2", "r2_adj", "r2_within"),
    notes: Sequence[Wording] = (),
) -> Table:
    """Set the columns side by side.

    Parameters
    ----------
    fits
        (heading, regression) of each column; a number stands where the heading is empty.
    labels
        Name -> what readers call it.
    rows
        Coefficients in their order; all, in the order of their appearance and the constant last,
        where None.
    left_out
        Coefficients that have no row, such as controls; the note names them.
    statistics
        Keys of the rows below, of those that any column has.
    """
    names = [n for n in (rows or _in_order(fits)) if n not in left_out]
    effects = dict.fromkeys(effect for _, fit in fits for effect in fit.effects)
    body = [row for name in names for row in _coefficient(name, fits, preset, labels)]
    yes, no = Cell(message("yes"), "text"), Cell(message("no"), "text")
    below = [
        Row(
            message("{name} fixed effects", name=labels.get(effect, Label(effect))),
            tuple(yes if effect in fit.effects else no for _, fit in fits),
            key=f"effect:{effect}",
        )
        for effect in effects
    ]
    below += [
        _statistic(key, fits) for key in statistics if any(key in f.statistics for _, f in fits)
    ]
    if below:
        below[0] = Row(below[0].label, below[0].cells, below[0].key, rule_above=True)
    outcomes = {fit.outcome for _, fit in fits}
    return Table(
        id="table",
        title=title,
        columns=tuple(
            Column(
                f"c{at}",
                message("({n}) {label}", n=at, label=heading) if heading else f"({at})",
                labels.get(fit.outcome, Label(fit.outcome)) if outcomes != {""} else None,
            )
            for at, (heading, fit) in enumerate(fits, 1)
        ),
        rows=(*body, *below),
        notes=tuple(_notes(fits, preset, labels, left_out, notes)),
    )


def _in_order(fits: Sequence[tuple[str, PrintedFit]]) -> list[str]:
    """List coefficients as they appear, constants last."""
    names = list(dict.fromkeys(str(name) for _, fit in fits for name in fit.coefficients.index))
    return [n for n in names if n not in CONSTANTS] + [n for n in names if n in CONSTANTS]


def _coefficient(
    name: str,
    fits: Sequence[tuple[str, PrintedFit]],
    preset: Preset,
    labels: Mapping[str, Label],
) -> list[Row]:
    pairs = [_cells(name, fit, preset) for _, fit in fits]
    usual: Wording = message("Constant") if name in CONSTANTS else Label(name)
    found = [Row(labels.get(name, usual), tuple(top for top, _ in pairs), key=name)]
    if preset.under != "none":
        found.append(Row("", tuple(below for _, below in pairs), key=f"{name}:{preset.under}"))
    return found


def _cells(name: str, fit: PrintedFit, preset: Preset) -> tuple[Cell, Cell]:
    if name not in fit.coefficients.index:
        return EMPTY, EMPTY
    at = fit.coefficients.index.get_loc(name)
    row = fit.coefficients[[*NUMBERS]].to_numpy(np.float64)[at]
    one: dict[str, float] = dict(zip(NUMBERS, row.tolist(), strict=True))
    stars = numbers.marks(one["p_value"], preset.stars) if np.isfinite(one["p_value"]) else ""
    return Cell(one["estimate"], "estimate", stars, preset.decimals), _below(one, preset)


def _below(one: Mapping[str, float], preset: Preset) -> Cell:
    if preset.under == "interval":
        bounds = [one["ci_low"], one["ci_high"]]
        if not np.isfinite(bounds).all():
            return EMPTY
        low, high = (f"{bound:.{preset.decimals}f}".replace("-", "−") for bound in bounds)
        return Cell(f"[{low}, {high}]", "text")
    if preset.under == "p":
        p = one["p_value"]
        written = numbers.write(Cell(p, "p_value", decimals=preset.decimals), "en", preset.decimals)
        return Cell(f"({written})", "text") if np.isfinite(p) else EMPTY
    key = {"std_error": "std_error", "t": "statistic", "none": "std_error"}[preset.under]
    return Cell(one[key], "std_error", decimals=preset.decimals) if np.isfinite(one[key]) else EMPTY


def _statistic(key: str, fits: Sequence[tuple[str, PrintedFit]]) -> Row:
    cells = tuple(
        (Cell(int(value), "count") if key == "n" else Cell(value, "number"))
        if (value := fit.statistics.get(key)) is not None
        else EMPTY
        for _, fit in fits
    )
    return Row(STATISTICS[key], cells, key=key)


def _notes(
    fits: Sequence[tuple[str, PrintedFit]],
    preset: Preset,
    labels: Mapping[str, Label],
    left_out: Sequence[str],
    notes: Sequence[Wording],
) -> list[Wording]:
    errors = list({str(fit.errors): fit.errors for _, fit in fits if fit.errors}.values())
    found: list[Wording] = []
    if preset.under != "none":
        under = UNDER[preset.under]
        found.append(
            message("Note: {under}. {errors}.", under=under, errors=listed(errors))
            if errors
            else message("Note: {under}.", under=under)
        )
    if preset.stars:
        marks = "; ".join(f"{mark} p < {level:g}" for mark, level in preset.stars.items())
        found.append(f"{marks}.")
    if left_out:
        names = listed([labels.get(name, Label(name)) for name in left_out])
        found.append(message("Not shown: {names}.", names=names))
    return [*found, *notes]
