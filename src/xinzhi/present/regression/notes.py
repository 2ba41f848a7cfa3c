"""Notes under a regression table: kind of errors, levels of the stars, what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_note, interval_kind, size_note, size_of
from xinzhi.present.regression.fitted import Fitted, NotEstimated, name_of
from xinzhi.present.style import Style
from xinzhi.regression.diagnostics.error_tests import ADVICE, advice_of
from xinzhi.regression.estimates import CovarianceRule, Estimates
from xinzhi.regression.few_clusters import FEW
from xinzhi.regression.judgement import few_clusters_in_words
from xinzhi.regression.specification import LEAST_SQUARES
from xinzhi.regression.staggered import CODE
from xinzhi.wording import Message, Wording, in_a_row, listed, message


def notes_under(estimates: Sequence[Fitted], style: Style) -> tuple[Wording, ...]:
    """State how standard errors were computed and what was dropped or excluded, column by column."""
    return (
        *_estimator_notes(estimates),
        *error_notes(estimates, style),
        *judge_notes(estimates, style),
        *_repair_notes(estimates),
        *_advice_notes(estimates),
        *staggered_notes(estimates, style),
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
    weakest_first = dict(sorted(levels.items(), key=lambda item: -item[1]))
    return message("{marks}.", marks=numbers.stars_in_words(weakest_first))


def column(position: int) -> str:
    """Name a column as its heading does."""
    return f"({position})"


def _fitted(estimates: Sequence[Fitted]) -> Iterator[tuple[int, Estimates]]:
    return ((n, fit) for n, fit in enumerate(estimates, 1) if isinstance(fit, Estimates))


ESTIMATORS: Mapping[str, Message] = {
    "fractional_logit": message(
        "fractional logit by quasi-maximum likelihood, coefficients on the logit scale; the "
        "means of the regressors take the place of entity effects (Papke and Wooldridge "
        "2008), dummies for other effects; marginal effects are averages over the rows used."
    ),
    "random_effects": message(
        "random effects of entities by generalised least squares (Swamy and Arora), other effects as dummies; within, between and overall R² are squared correlations of the outcome and the fitted part of the regressors."
    ),
}
"""Estimator other than least squares -> what a note under the table, or the methods, say of it."""


def _estimator_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    """Name the estimator of columns that are not least squares."""
    for name, words in ESTIMATORS.items():
        columns = [n for n, fit in _fitted(estimates) if fit.estimator == name]
        if columns:
            yield in_columns(columns, words)


def error_notes(estimates: Sequence[Fitted], style: Style) -> Iterator[Wording]:
    """One note per kind of errors; with its columns where there is more than one kind."""
    columns: dict[Wording, list[int]] = {}
    for n, fit in _fitted(estimates):
        rule = fit.covariance
        words = message(
            "{kind} in parentheses; small-sample correction: {rule}.",
            kind=kind_of_errors(rule, style.labels),
            rule=rule.rule,
        )
        columns.setdefault(words, []).append(n)
    for note, positions in columns.items():
        yield note if len(columns) == 1 else in_columns(positions, note)


def judge_notes(estimates: Sequence[Fitted], style: Style) -> Iterator[Wording]:
    """Say which test p-values and stars are of where it is not that of the standard errors."""
    columns: dict[Wording, list[int]] = {}
    fitted = list(_fitted(estimates))
    for n, fit in fitted:
        words = judge_in_words(fit, style.labels)
        if words:
            columns.setdefault(words, []).append(n)
    for note, positions in columns.items():
        yield note if len(positions) == len(fitted) else in_columns(positions, note)


def judge_in_words(estimates: Estimates, labels: Mapping[str, Wording]) -> Wording:
    """Say which test judges with few clusters, of the regressors of interest; empty where t judges all."""
    judged = [j for j, judge in enumerate(estimates.judge) if judge == "cr2"]
    if not judged:
        return ""
    n, interest = estimates.covariance.clusters[0][1], estimates.regression.regressors
    shown = [j for j in judged if estimates.names[j] in interest] or judged
    effective = [float(estimates.effective_clusters[j]) for j in shown]
    words = few_clusters_in_words(
        n,
        [name_of(estimates.names[j], labels) for j in shown],
        effective,
        are_all=n < FEW or len(judged) == len(estimates.names),
    )
    return in_a_row([words, *size_note(min(effective))])


def in_columns(positions: Sequence[int], note: Wording) -> Wording:
    """State the columns that a note concerns.

    >>> str(in_columns([2], "weak.")), str(in_columns([1, 3], "weak."))
    ('Column (2): weak.', 'Columns (1), (3): weak.')
    """
    if len(positions) == 1:
        return message("Column {column}: {note}", column=column(positions[0]), note=note)
    columns = listed([column(position) for position in positions])
    return message("Columns {columns}: {note}", columns=columns, note=note)


def kind_of_errors(rule: CovarianceRule, labels: Mapping[str, Wording]) -> Wording:
    """Word the kind of standard errors, with what they are clustered by, and whose choice it is."""
    names = listed([name_of(name, labels) for name, _ in rule.clusters])
    words: Mapping[str, Wording] = {
        "iid": message("Standard errors (errors independent, of one variance)"),
        "hc1": message("Heteroskedasticity-robust standard errors (HC1)"),
        "cluster": message("Standard errors clustered by {names}", names=names),
        "two_way": message("Standard errors clustered two ways, by {names}", names=names),
        "driscoll_kraay": message("Driscoll-Kraay standard errors"),
    }
    kind = words.get(rule.kind, rule.kind)
    return message("{errors} (the default)", errors=kind) if rule.is_default else kind


def _repair_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    repaired = [n for n, fit in _fitted(estimates) if fit.covariance.was_repaired]
    if repaired:
        note = message(
            "the covariance had negative eigenvalues, which were set to 0 on the correlation scale."
        )
        yield in_columns(repaired, note)


def _advice_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    """State the advice of the error tests, column by column."""
    for code, words in ADVICE.items():
        columns = [
            n for n, fit in _fitted(estimates) if any(notice.code == code for notice in fit.notices)
        ]
        if columns:
            yield in_columns(columns, words)


def staggered_notes(estimates: Sequence[Fitted], style: Style) -> Iterator[Wording]:
    """Say in which columns a regressor switches on at several dates."""
    columns: dict[Wording, list[int]] = {}
    fitted = list(_fitted(estimates))
    for n, fit in fitted:
        for words in dict.fromkeys(staggered_in_words([fit], style.labels)):
            columns.setdefault(words, []).append(n)
    for note, positions in columns.items():
        yield note if len(positions) == len(fitted) else in_columns(positions, note)


def staggered_in_words(
    estimates: Iterable[Estimates], labels: Mapping[str, Wording]
) -> Iterator[Wording]:
    """Say which regressors switch on at several dates, each once."""
    texts = [one.text for fit in estimates for one in fit.notices if one.code == CODE]
    for text in dict.fromkeys(text for text in texts if isinstance(text, Message)):
        called = {**text.values, "name": name_of(str(text.values["name"]), labels)}
        yield replace(text, values=MappingProxyType(called))


def advice_in_words(estimates: Sequence[Estimates]) -> Iterator[Wording]:
    """State the advice of the error tests on any of the estimates, once."""
    yield from {notice.code: notice.text for fit in estimates for notice in advice_of(fit)}.values()


def errors_in_words(estimates: Sequence[Estimates], style: Style) -> Iterator[Wording]:
    """State the errors in force, each kind once."""
    for kind in dict.fromkeys(kind_of_errors(fit.covariance, style.labels) for fit in estimates):
        yield message("{errors}.", errors=kind)


def coverage_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    """State where 95 % intervals with these errors cover too little or too much, column by column."""
    columns: dict[Wording, list[int]] = {}
    fitted = list(_fitted(estimates))
    for n, fit in fitted:
        if fit.estimator != LEAST_SQUARES:
            continue  # the coverage was simulated for least squares
        kind = interval_kind(fit.covariance)
        for note in coverage_note(kind, *size_of(fit.residuals.index)):
            columns.setdefault(note, []).append(n)
    for note, positions in columns.items():
        yield note if len(positions) == len(fitted) else in_columns(positions, note)


def _fit_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    if any(fit.effects and fit.estimator == LEAST_SQUARES for _, fit in _fitted(estimates)):
        yield message(
            "With fixed effects the constant is the mean of the outcome less the fitted part of "
            "the regressors' means; within R² is computed after all fixed effects are partialled "
            "out."
        )
    if any(fit.constant is not None for _, fit in _fitted(estimates)):
        yield message(
            "The standard error of this constant is that of Stata's xtreg, fe and of reghdfe: the mean of "
            "the fixed effects is taken as given."
        )


def _dropped_notes(estimates: Sequence[Fitted], style: Style) -> Iterator[Wording]:
    for n, fit in _fitted(estimates):
        for dropped in fit.dropped:
            yield message(
                "Column {column}: {name} was dropped: {reason}",
                column=column(n),
                name=name_of(dropped.name, style.labels),
                reason=dropped.reason,
            )


def _counted_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    """Count the rows that were left out; equal counts of several columns in one note."""
    for n, columns in _by_count(estimates, lambda fit: fit.n_missing):
        yield in_columns(columns, message("rows excluded because of missing values: {n}.", n=n))
    for n, columns in _by_count(estimates, lambda fit: fit.n_singletons):
        words = message("rows excluded as singletons of a fixed effect: {n}.", n=n)
        yield in_columns(columns, words)


def _by_count(
    estimates: Sequence[Fitted], count: Callable[[Estimates], int]
) -> Iterator[tuple[str, list[int]]]:
    columns: dict[int, list[int]] = {}
    for n, estimate in _fitted(estimates):
        columns.setdefault(count(estimate), []).append(n)
    return ((numbers.count(rows), positions) for rows, positions in columns.items() if rows)


def _failed_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    for n, fit in enumerate(estimates, 1):
        if isinstance(fit, NotEstimated):
            for problem in fit.problems:
                yield message(
                    "Column {column} could not be estimated: {why}",
                    column=column(n),
                    why=problem.what,
                )
            continue
        if fit.untested:
            yield message("Column {column}: {note}", column=column(n), note=fit.untested)
        for bare in fit.without_error:
            yield message(
                "Column {column}: no standard error of '{name}': {why}.",
                column=column(n),
                name=bare.name,
                why=bare.reason,
            )
