"""One regression of any program, as much of it as a table prints.

Fits of xinzhi, pyfixest, statsmodels and linearmodels are known by what they offer, and no such program is
imported; estimates in a frame or a csv file are read by their headings, as `tidy` functions write them.

Set regressions of any program side by side, as a journal asks: stars, what stands under a coefficient, digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from xinzhi.present import numbers
from xinzhi.present.numbers import DECIMALS, STARS
from xinzhi.present.pieces import pieces_in_words
from xinzhi.present.regression.fitted import (
    in_columns,
    judge_in_words,
    kind_of_errors,
    name_of,
    staggered_in_words,
)
from xinzhi.present.regression.instrumented import instrument_notes
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi_core.errors import DataError, Problem, SpecError, Where
from xinzhi_core.wording import Label, Wording, listed, message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.instruments.confidence_set import Pieces
from xinzhi_econometrics.instruments.estimate import Instrumented

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "term", "coefficient", "variable", "parameter", "变量", "变量名"),
    "estimate": ("estimate", "coef", "coef.", "b", "beta", "系数", "估计值"),
    "std_error": (
        "std_error",
        "std.error",
        "std. error",
        "se",
        "std err",
        "std. err.",
        "标准误",
    ),
    "statistic": ("statistic", "t", "z", "t value", "t-value", "tstat", "t值", "z值"),
    "p_value": ("p_value", "p.value", "p", "pr(>|t|)", "p>|t|", "p>|z|", "pvalue", "p值"),
    "ci_low": ("ci_low", "conf.low", "2.5%", "[0.025", "lower"),
    "ci_high": ("ci_high", "conf.high", "97.5%", "0.975]", "upper"),
}
"""Column of a table of estimates -> headings that it has elsewhere, folded."""
NO_LABELS: Mapping[str, Wording] = {}
JUDGE, SET = "judge", "set"
"""Columns of our own frames of estimates: the test that judges, and its set where it is not an interval."""
NUMBERS = ("estimate", "std_error", "statistic", "p_value", "ci_low", "ci_high")


@dataclass(frozen=True, slots=True, eq=False)
class PrintedFit:
    """One column of a table."""

    coefficients: pd.DataFrame
    """One row a coefficient, in order: estimate, std_error, statistic, p_value, ci_low, ci_high; NaN
    where the program gives none."""
    outcome: str = ""
    statistics: Mapping[str, float] = field(default_factory=dict)
    """n, r2, r2_adj, r2_within, f and so on."""
    effects: tuple[str, ...] = ()
    """Fixed effects."""
    errors: Wording = ""
    """Kind of standard errors; of other programs as they call it."""
    notes: tuple[Wording, ...] = ()
    """Which test p-values and stars are of where it is not that of the errors, and how it was estimated."""
    sets: Mapping[str, Pieces] = field(default_factory=dict)
    """Coefficient -> confidence set of a test that leaves no single interval."""
    level: float | None = None
    """Coverage of the intervals; None where the program does not say."""


def printed_fit(fit: object, labels: Mapping[str, Wording] = NO_LABELS) -> PrintedFit:
    """Read one regression; `labels` name what errors are clustered by.

    Raises
    ------
    SpecError
        The object is not a fit of a program that is known.
    DataError
        A frame of estimates lacks the name or the estimate of its rows.

    Examples
    --------
    >>> frame = pd.DataFrame({"term": ["x"], "estimate": [0.5], "std.error": [0.1]})
    >>> printed_fit(frame).coefficients["std_error"].tolist()
    [0.1]
    """
    if isinstance(fit, (Estimates, Instrumented)):
        return _xinzhi(fit, labels)
    for knows, reads in READERS:
        if knows(fit):
            return reads(fit)
    text = message("A fit of type {kind} is not known.", kind=type(fit).__name__)
    remedy = message(
        "give a fit of xinzhi, pyfixest, statsmodels or linearmodels, or a frame with the columns "
        "name, estimate, std_error and p_value."
    )
    raise SpecError(Problem("table.unknown_fit", text, remedy=remedy))


def _xinzhi(fit: Estimates | Instrumented, labels: Mapping[str, Wording]) -> PrintedFit:
    estimates = fit.estimates if isinstance(fit, Instrumented) else fit
    statistics = estimates.fit.to_dict()
    keys = [key for key in ("r2", "r2_adj", "r2_within", "f") if key in statistics]
    judged = judge_in_words(estimates, labels)
    return PrintedFit(
        estimates.to_frame(),
        estimates.regression.outcome,
        {"n": estimates.n, **{key: statistics[key] for key in keys}},
        tuple(name for name, _ in estimates.effects),
        kind_of_errors(estimates.covariance, labels),
        (
            *(instrument_notes(fit, labels) if isinstance(fit, Instrumented) else ()),
            *([judged] if judged else []),
            *staggered_in_words([estimates], labels),
        ),
        {
            name: estimates.set_at(name, estimates.regression.level)
            for name, judge in zip(estimates.names, estimates.judge, strict=True)
            if judge == "anderson_rubin"
        },
        level=estimates.regression.level,
    )


def read_frame(frame: pd.DataFrame) -> PrintedFit:
    """Read a frame of estimates, and what it says of the tests that judge them."""
    estimates = frame_of_estimates(frame)
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    judged: dict[str, list[str]] = {}
    if JUDGE in frame:
        for name, judge in zip(estimates.index, frame[JUDGE].astype(str), strict=True):
            judged.setdefault(judge, []).append(str(name))
    sets = (
        {
            str(name): pieces_of_text(str(text))
            for name, text in zip(estimates.index, frame[SET], strict=True)
            if isinstance(text, str) and text
        }
        if SET in frame
        else {}
    )
    return PrintedFit(estimates, notes=tuple(judges_in_words(judged, sets)), sets=sets)


def judges_in_words(
    judged: Mapping[str, Sequence[str]],
    sets: Mapping[str, Pieces],
    labels: Mapping[str, Wording] = NO_LABELS,
) -> Iterator[Wording]:
    """Say which coefficients are judged by another test than that of their errors."""

    def called(judge: str) -> list[Wording]:
        return [name_of(name, labels) for name in judged.get(judge, ())]

    if names := called("cr2"):
        yield message(
            "p-values, stars and intervals of {names} by CR2 with Satterthwaite degrees of freedom, as clusters are "
            "few; standard errors and t by the rule of the clusters.",
            names=listed(names),
        )
    for name in judged.get("anderson_rubin", ()):
        yield message(
            "two-stage least squares with weak instruments: p-value, star and set of {name} by the Anderson-Rubin "
            "test, {set}; standard errors and t are those of the second stage, whose t-tests are not valid.",
            name=name_of(name, labels),
            set=pieces_in_words(sets.get(name, ())),
        )
    if names := called("none"):
        yield message("no valid test of {names}: the instruments are weak.", names=listed(names))


def pieces_of_text(text: str) -> Pieces:
    """Read a set as `to_frame` writes it.

    >>> pieces_of_text("(-inf, 0.5] ∪ [2, inf)"), pieces_of_text("empty")
    (((-inf, 0.5), (2.0, inf)), ())
    """
    if text == "empty":
        return ()
    ends = (piece.strip("()[] ").split(",") for piece in text.split("∪"))
    return tuple((float(low), float(high)) for low, high in ends)


def _pyfixest(fit: Any) -> PrintedFit:
    tidy = fit.tidy().reset_index()
    fixed = getattr(fit, "_fixef", None)
    names = {"n": "_N", "r2": "_r2", "r2_adj": "_adj_r2", "r2_within": "_r2_within"}
    return PrintedFit(
        frame_of_estimates(tidy),
        str(getattr(fit, "_depvar", "")),
        _statistics(fit, names),
        tuple(map(str.strip, fixed.split("+")))
        if isinstance(fixed, str) and fixed not in {"", "0"}
        else (),
        str(getattr(fit, "_vcov_type_detail", "") or getattr(fit, "_vcov_type", "")),
    )


def _statsmodels(fit: Any) -> PrintedFit:
    names = {"n": "nobs", "r2": "rsquared", "r2_adj": "rsquared_adj", "f": "fvalue"}
    if not hasattr(fit, "rsquared"):
        # Fitted by maximum likelihood: the likelihood takes the place of R².
        names |= {"log_likelihood": "llf", "pseudo_r2": "prsquared"}
    return PrintedFit(
        _columns(fit.params, fit.bse, fit.tvalues, fit.pvalues, fit.conf_int()),
        str(fit.model.endog_names),
        _statistics(fit, names),
        errors=str(getattr(fit, "cov_type", "")),
    )


def _linearmodels(fit: Any) -> PrintedFit:
    names = {
        "n": "nobs",
        "r2": "rsquared",
        "r2_adj": "rsquared_adj",
        "r2_within": "rsquared_within",
    }
    return PrintedFit(
        _columns(fit.params, fit.std_errors, fit.tstats, fit.pvalues, fit.conf_int()),
        str(fit.model.dependent.vars[0]),
        _statistics(fit, names),
        tuple(map(str, getattr(fit, "included_effects", ()) or ())),
        str(getattr(fit, "_cov_type", "")),
    )


def _columns(estimates: object, *others: object) -> pd.DataFrame:
    """Set estimates, errors, statistics, p-values and intervals side by side."""
    columns = [np.asarray(part, dtype=np.float64) for part in (estimates, *others)]
    index = pd.Index(map(str, pd.Series(estimates).index), name="name")
    return pd.DataFrame(np.column_stack(columns), index=index, columns=NUMBERS)


def _statistics(fit: object, names: Mapping[str, str]) -> dict[str, float]:
    values = {key: getattr(fit, name, None) for key, name in names.items()}
    return {
        key: float(value)
        for key, value in values.items()
        if value is not None and np.isfinite(value)
    }


def frame_of_estimates(frame: pd.DataFrame) -> pd.DataFrame:
    """Read a table of estimates by its headings.

    Raises
    ------
    DataError
        It has no column of names or of estimates, or holds text in a column of numbers.
    """
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    folded = {str(column).strip().casefold(): column for column in frame.columns}
    columns = {
        key: next((folded[word] for word in words if word in folded), None)
        for key, words in HEADINGS.items()
    }
    missing = [key for key in ("name", "estimate") if columns[key] is None]
    if missing:
        raise DataError(
            Problem(
                "table.no_column",
                message("The table of estimates has no column '{name}'.", name=key),
                Where(column=key),
                message("its headings are: {names}.", names=", ".join(map(str, frame.columns))),
            )
            for key in missing
        )
    numbers = {}
    for key in NUMBERS:
        column = columns[key]
        try:
            numbers[key] = (
                np.full(len(frame), np.nan)
                if column is None
                else pd.to_numeric(frame[column]).to_numpy(float)
            )
        except (ValueError, TypeError) as error:
            text = message("Column '{name}' of the estimates holds text.", name=column)
            remedy = message("write numbers without stars and parentheses.")
            raise DataError(
                Problem("table.not_numeric", text, Where(column=str(column)), remedy)
            ) from error
    table = pd.DataFrame(numbers, index=pd.Index(frame[columns["name"]].astype(str), name="name"))
    if table["statistic"].isna().all():
        table["statistic"] = table["estimate"] / table["std_error"]
    return table


def _has(*names: str) -> Callable[[object], bool]:
    return lambda fit: all(hasattr(fit, name) for name in names)


READERS: tuple[tuple[Callable[[object], bool], Callable[[Any], PrintedFit]], ...] = (
    (lambda fit: isinstance(fit, PrintedFit), lambda fit: fit),
    (lambda fit: isinstance(fit, pd.DataFrame), read_frame),
    (_has("tidy", "coef", "_depvar"), _pyfixest),
    (_has("params", "bse", "tvalues", "pvalues", "model"), _statsmodels),
    (_has("params", "std_errors", "tstats", "pvalues", "model"), _linearmodels),
)
"""Whether a fit is of a kind, and how it is read."""


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
