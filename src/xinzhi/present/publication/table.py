"""Set regressions of any program side by side, as a journal asks: stars, what stands under a coefficient, digits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from xinzhi.present import numbers
from xinzhi.present.numbers import DECIMALS, STARS
from xinzhi.present.pieces import pieces_in_words
from xinzhi.present.publication.fits import NUMBERS, PrintedFit
from xinzhi.present.regression.notes import in_columns
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.regression.instruments.confidence_set import Pieces
from xinzhi.wording import Label, Wording, listed, message

Under = Literal["std_error", "t", "p", "interval", "none"]
"""What stands under a coefficient."""


@dataclass(frozen=True, slots=True)
class Preset:
    """How a table is printed; every part can be told otherwise."""

    stars: Mapping[str, float] = field(default_factory=lambda: STARS)
    """Marks and the p-values below which they stand."""
    under: Under = "std_error"
    decimals: int = DECIMALS


PRESETS: Mapping[str, Preset] = {
    "usual": Preset(),
    "chinese_journal": Preset(under="t"),
    "aea": Preset(stars={}),
    "apa": Preset(
        stars={"*": 0.05, "**": 0.01, "***": 0.001},
        under="interval",
        decimals=2,
    ),
}
"""usual: stars at 10, 5 and 1 %, errors in parentheses; chinese_journal: the same with t-statistics, as
most journals in Chinese have it; aea: no stars, as the American Economic Association asks; apa: stars at
5, 1 and 0.1 %, intervals, two digits (APA, Publication Manual, 7th edition)."""
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
UNDER_WORDS: Mapping[str, Wording] = {
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
    names = [name for name in (rows or _order(fits)) if name not in left_out]
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
        below[0] = replace(below[0], rule_above=True)
    outcomes = {fit.outcome for _, fit in fits}
    return Table(
        id="table",
        title=title,
        columns=tuple(
            Column(
                f"c{n}",
                message("({n}) {label}", n=n, label=heading) if heading else f"({n})",
                labels.get(fit.outcome, Label(fit.outcome)) if outcomes != {""} else None,
            )
            for n, (heading, fit) in enumerate(fits, 1)
        ),
        rows=(*body, *below),
        notes=tuple(_notes(fits, preset, labels, left_out, notes)),
    )


def _order(fits: Sequence[tuple[str, PrintedFit]]) -> list[str]:
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
    rows = [Row(labels.get(name, usual), tuple(top for top, _ in pairs), key=name)]
    if preset.under != "none":
        rows.append(Row("", tuple(below for _, below in pairs), key=f"{name}:{preset.under}"))
    return rows


def _cells(name: str, fit: PrintedFit, preset: Preset) -> tuple[Cell, Cell]:
    if name not in fit.coefficients.index:
        return EMPTY, EMPTY
    row = {key: float(fit.coefficients[key][name]) for key in NUMBERS}
    top = Cell(
        row["estimate"], "estimate", numbers.marks(row["p_value"], preset.stars), preset.decimals
    )
    return top, _below(row, preset, fit.sets.get(name))


def _below(row: Mapping[str, float], preset: Preset, pieces: Pieces | None) -> Cell:
    if preset.under == "interval" and pieces is not None:
        return Cell(pieces_in_words(pieces, preset.decimals), "text")
    if preset.under == "interval":
        bounds = [row["ci_low"], row["ci_high"]]
        if not np.isfinite(bounds).all():
            return EMPTY
        low, high = (numbers.number(bound, preset.decimals) for bound in bounds)
        return Cell(f"[{low}, {high}]", "text")
    if preset.under == "p":
        p = row["p_value"]
        return Cell(f"({numbers.p_value(p, preset.decimals)})", "text") if np.isfinite(p) else EMPTY
    value = row["statistic" if preset.under == "t" else "std_error"]
    return Cell(value, "std_error", decimals=preset.decimals) if np.isfinite(value) else EMPTY


def _notes_of_fits(fits: Sequence[tuple[str, PrintedFit]]) -> dict[Wording, list[int]]:
    """Collect what fits say of their tests, with the columns that say it."""
    columns: dict[Wording, list[int]] = {}
    for n, (_, fit) in enumerate(fits, 1):
        for note in fit.notes:
            columns.setdefault(note, []).append(n)
    return columns


def _statistic(key: str, fits: Sequence[tuple[str, PrintedFit]]) -> Row:
    cells = tuple(
        (Cell(int(value), "count") if key == "n" else Cell(value, "number"))
        if (value := fit.statistics.get(key)) is not None
        else EMPTY
        for _, fit in fits
    )
    return Row(STATISTICS[key], cells, key=key)


def _under(fits: Sequence[tuple[str, PrintedFit]], preset: Preset) -> Wording:
    """Say what stands under a slope; of intervals the level too, where it is known and the same in all columns."""
    levels = {fit.level for _, fit in fits}
    level = levels.pop() if len(levels) == 1 else None
    if preset.under != "interval" or level is None:
        return UNDER_WORDS[preset.under]
    return message("{level} confidence intervals in brackets", level=numbers.level(level))


def _notes(
    fits: Sequence[tuple[str, PrintedFit]],
    preset: Preset,
    labels: Mapping[str, Label],
    left_out: Sequence[str],
    notes: Sequence[Wording],
) -> Iterator[Wording]:
    errors = list({str(fit.errors): fit.errors for _, fit in fits if fit.errors}.values())
    if preset.under != "none":
        under = _under(fits, preset)
        yield (
            message("Note: {under}. {errors}.", under=under, errors=listed(errors))
            if errors
            else message("Note: {under}.", under=under)
        )
    for note, columns in _notes_of_fits(fits).items():
        yield note if len(fits) == 1 else in_columns(columns, note)
    if preset.stars:
        yield "; ".join(f"{mark} p < {level:g}" for mark, level in preset.stars.items()) + "."
    if left_out:
        names = listed([labels.get(name, Label(name)) for name in left_out])
        yield message("Not shown: {names}.", names=names)
    yield from notes
