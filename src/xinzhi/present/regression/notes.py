"""Notes under a regression table: kind of errors, levels of the stars, what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_note, interval_kind, size_of
from xinzhi.present.regression.fitted import Fitted, name_of
from xinzhi.present.style import Style
from xinzhi.regression.diagnostics.error_tests import ADVICE, advice_of
from xinzhi.regression.estimates import CovarianceRule, Estimates
from xinzhi.regression.specification import LEAST_SQUARES
from xinzhi.wording import Message, Wording, listed, message


def notes_under(estimates: Sequence[Fitted], style: Style) -> tuple[Wording, ...]:
    """State how standard errors were computed and what was dropped or excluded, column by column."""
    return (
        *_estimator_notes(estimates),
        *error_notes(estimates, style),
        *_repair_notes(estimates),
        *_advice_notes(estimates),
        *coverage_notes(estimates),
        star_note(style.stars),
        *_fit_notes(estimates),
        *_dropped_notes(estimates, style),
        *_counted_notes(estimates),
        *_failed_notes(estimates),
    )


def star_note(levels: Mapping[str, float]) -> Wording:
    """State the level of each mark, the weakest first.

    >>> str(star_note({"***": 0.01, "*": 0.10}))
    '* p < 0.1, *** p < 0.01.'
    """
    if not levels:
        return message("No stars are given.")
    ordered = sorted(levels.items(), key=lambda pair: -pair[1])
    return message("{marks}.", marks=", ".join(f"{mark} p < {size:g}" for mark, size in ordered))


def column(position: int) -> str:
    """Name a column as its heading does."""
    return f"({position})"


def _fitted(estimates: Sequence[Fitted]) -> Iterator[tuple[int, Estimates]]:
    return ((i, one) for i, one in enumerate(estimates, 1) if isinstance(one, Estimates))


ESTIMATORS: Mapping[str, Message] = MappingProxyType(
    {
        "fractional_logit": message(
            "fractional logit by quasi-maximum likelihood, coefficients on the logit scale; the "
            "means of the regressors take the place of entity effects (Papke and Wooldridge "
            "2008), dummies for other effects; marginal effects are averages over the rows used."
        ),
        "random_effects": message(
            "random effects of entities by generalised least squares (Swamy and Arora), other effects as dummies; within, between and overall R² are squared correlations of the outcome and the fitted part of the regressors."
        ),
    }
)
"""Estimator other than least squares -> what a note under the table, or the methods, say of it."""


def _estimator_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    """Name the estimator of columns that are not least squares."""
    for name, words in ESTIMATORS.items():
        columns = [i for i, one in _fitted(estimates) if one.estimator == name]
        if columns:
            yield in_columns(columns, words)


def error_notes(estimates: Sequence[Fitted], style: Style) -> Iterator[Wording]:
    """One note per kind of errors; with its columns where there is more than one kind."""
    kinds: dict[tuple[object, ...], list[tuple[int, CovarianceRule]]] = {}
    for position, one in _fitted(estimates):
        rule = one.covariance
        names = tuple(name for name, _ in rule.clusters)
        kinds.setdefault((rule.kind, names, rule.rule, rule.is_default), []).append(
            (position, rule)
        )
    for found in kinds.values():
        note = _error_note(found[0][1], style.labels)
        yield note if len(kinds) == 1 else in_columns([position for position, _ in found], note)


def in_columns(positions: Sequence[int], note: Wording) -> Wording:
    """State the columns that a note concerns.

    >>> str(in_columns([2], "weak.")), str(in_columns([1, 3], "weak."))
    ('Column (2): weak.', 'Columns (1), (3): weak.')
    """
    if len(positions) == 1:
        return message("Column {column}: {note}", column=column(positions[0]), note=note)
    columns = listed([column(position) for position in positions])
    return message("Columns {columns}: {note}", columns=columns, note=note)


def _error_note(rule: CovarianceRule, labels: Mapping[str, Wording]) -> Wording:
    return message(
        "{kind} in parentheses; small-sample correction: {rule}.",
        kind=kind_of_errors(rule, labels),
        rule=rule.rule,
    )


def kind_of_errors(rule: CovarianceRule, labels: Mapping[str, Wording]) -> Wording:
    """Word the kind of standard errors, with what they are clustered by, and whose choice it is."""
    kind = _kind(rule.kind, listed([name_of(name, labels) for name, _ in rule.clusters]))
    return message("{errors} (the default)", errors=kind) if rule.is_default else kind


def _kind(kind: str, names: Wording) -> Wording:
    words: Mapping[str, Wording] = {
        "iid": message("Standard errors (errors independent, of one variance)"),
        "hc1": message("Heteroskedasticity-robust standard errors (HC1)"),
        "cluster": message("Standard errors clustered by {names}", names=names),
        "two_way": message("Standard errors clustered two ways, by {names}", names=names),
        "driscoll_kraay": message("Driscoll-Kraay standard errors"),
    }
    return words.get(kind, kind)


def _repair_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    repaired = [i for i, one in _fitted(estimates) if one.covariance.was_repaired]
    if repaired:
        yield in_columns(
            repaired,
            message(
                "the covariance had negative eigenvalues, which were set to 0 on the correlation scale."
            ),
        )


def _advice_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    """State the advice of the error tests, column by column."""
    for code, words in ADVICE.items():
        columns = [i for i, one in _fitted(estimates) if code in {n.code for n in one.notices}]
        if columns:
            yield in_columns(columns, words)


def advice_in_words(estimates: Sequence[Estimates]) -> Iterator[Wording]:
    """State the advice of the error tests on any of the estimates, once."""
    found = {notice.code: notice.text for one in estimates for notice in advice_of(one)}
    yield from found.values()


def errors_in_words(estimates: Sequence[Estimates], style: Style) -> Iterator[Wording]:
    """State the errors in force, each kind once."""
    for kind in dict.fromkeys(kind_of_errors(one.covariance, style.labels) for one in estimates):
        yield message("{errors}.", errors=kind)


def coverage_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    """State where 95 % intervals with these errors cover too little or too much, column by column."""
    columns: dict[Wording, list[int]] = {}
    fitted = list(_fitted(estimates))
    for position, one in fitted:
        if one.estimator != LEAST_SQUARES:
            continue  # the coverage was simulated for least squares
        kind = interval_kind(one.covariance)
        for note in coverage_note(kind, *size_of(one.residuals.index)):
            columns.setdefault(note, []).append(position)
    for note, positions in columns.items():
        yield note if len(positions) == len(fitted) else in_columns(positions, note)


def _fit_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    if any(one.effects and one.estimator == LEAST_SQUARES for _, one in _fitted(estimates)):
        yield message(
            "With fixed effects the constant is the mean of the outcome less the fitted part of "
            "the regressors' means; within R² is computed after all fixed effects are partialled "
            "out."
        )


def _dropped_notes(estimates: Sequence[Fitted], style: Style) -> Iterator[Wording]:
    for position, one in _fitted(estimates):
        for dropped in one.dropped:
            yield message(
                "Column {column}: {name} was dropped: {reason}",
                column=column(position),
                name=name_of(dropped.name, style.labels),
                reason=dropped.reason,
            )


def _counted_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    """Count the rows that were left out; equal counts of several columns in one note."""
    for n, columns in _by_count(estimates, lambda one: one.n_missing):
        yield in_columns(columns, message("rows excluded because of missing values: {n}.", n=n))
    for n, columns in _by_count(estimates, lambda one: one.n_singletons):
        words = message("rows excluded as singletons of a fixed effect: {n}.", n=n)
        yield in_columns(columns, words)


def _by_count(
    estimates: Sequence[Fitted], counted: Callable[[Estimates], int]
) -> Iterator[tuple[str, list[int]]]:
    columns: dict[int, list[int]] = {}
    for position, one in _fitted(estimates):
        columns.setdefault(counted(one), []).append(position)
    return ((numbers.count(n), found) for n, found in columns.items() if n)


def _failed_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    for position, one in enumerate(estimates, 1):
        if isinstance(one, Estimates):
            if one.untested:
                yield message("Column {column}: {note}", column=column(position), note=one.untested)
            for bare in one.without_error:
                yield message(
                    "Column {column}: no standard error of '{name}': {why}.",
                    column=column(position),
                    name=bare.name,
                    why=bare.reason,
                )
        else:
            for problem in one.problems:
                yield message(
                    "Column {column} could not be estimated: {why}",
                    column=column(position),
                    why=problem.what,
                )
