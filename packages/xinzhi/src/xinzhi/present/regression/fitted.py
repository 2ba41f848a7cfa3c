"""A column of a regression table: estimates, or the reason why there are none.

A regression table as plain values with stable keys, for results.json.

Notes under a regression table: kind of errors, levels of the stars, what was left out.

The wild cluster bootstrap in a regression table: p-values and intervals with few clusters.

Tests of the columns of a regression table, each in a row of its own under the fit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any

from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_note, coverage_of, interval_kind, size_note, size_of
from xinzhi.present.pieces import pieces_in_words
from xinzhi.present.statistics import NAMES as STATISTICS
from xinzhi.present.statistics import plain_statistic
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import EMPTY, Cell, Row, Table
from xinzhi_core.errors import Problem, SpecError
from xinzhi_core.formula.parse import parse
from xinzhi_core.formula.tree import Node
from xinzhi_core.formula.write import in_words
from xinzhi_core.wording import Message, Wording, in_a_row, listed, message, say
from xinzhi_econometrics.diagnostics.error_tests import ADVICE, advice_of
from xinzhi_econometrics.estimates import Constant, CovarianceRule, Estimates
from xinzhi_econometrics.inference import Inapplicable, Statistic
from xinzhi_econometrics.judgement import FEW, few_clusters_in_words
from xinzhi_econometrics.resampling.wild_bootstrap import Wild
from xinzhi_econometrics.specification import CODE, LEAST_SQUARES, Regression

CONSTANT = "_cons"
NAMES: Mapping[str, Wording] = {
    "entity": message("Entity"),
    "period": message("Period"),
    CONSTANT: message("Constant"),
}
"""Labels of what has the same name in every study."""
TERM = re.compile(r"\AL\d+\.| × ")
"""What the names of lags and products hold, and hardly any heading of a column."""


@dataclass(frozen=True, slots=True)
class NotEstimated:
    """A regression of the table that could not be estimated, and why."""

    regression: Regression
    problems: tuple[Problem, ...]


Fitted = Estimates | NotEstimated


def name_of(name: str, labels: Mapping[str, Wording]) -> Wording:
    """Label a variable, an effect or a cluster; a name without a label is kept.

    >>> str(name_of("gdp", {"gdp": "GDP"})), str(name_of("entity", {}))
    ('GDP', 'Entity')
    >>> str(name_of("L1.gdp × L1.policy", {"gdp": "GDP"}))
    'GDP (lag 1) × policy (lag 1)'
    """
    if name in labels:
        return labels[name]
    if name in NAMES:
        return NAMES[name]
    term = term_of(name)
    return name if term is None else in_words(term, lambda part: name_of(part, labels))


def term_of(name: str) -> Node | None:
    """Read a name as the lag, or the product, of variables; None where it is a name like any other.

    Formulas that a study names have labels; these two are made by moderation and by groups.
    """
    if not TERM.search(name):
        return None
    try:
        return parse(name).tree
    except SpecError:
        return None


def machine_column(n: int, fitted: Fitted, levels: Mapping[str, float]) -> dict[str, object]:
    """Give a column of the table as plain values with stable keys."""
    asked = fitted.regression
    head: dict[str, object] = {
        "label": asked.label or f"({n})",
        "outcome": asked.outcome,
        "effects": list(asked.effects),
    }
    if isinstance(fitted, NotEstimated):
        failed = [{"code": problem.code, "what": str(problem.what)} for problem in fitted.problems]
        return head | {"coefficients": {}, "n": None, "fit": {}, "not_estimated": failed}
    column = head | {
        "covariance": machine_rule(fitted.covariance),
        "coefficients": {name: _machine_slope(fitted, name, levels) for name in fitted.names},
        "n": fitted.n,
        "n_missing": fitted.n_missing,
        "n_singletons": fitted.n_singletons,
        "dropped": [{"name": d.name, "reason": str(d.reason)} for d in fitted.dropped],
        "fit": fitted.fit.to_dict(),
        **machine_estimator(fitted),
    }
    if fitted.constant is not None:
        column["constant"] = _machine_constant(fitted.constant, levels)
    if fitted.error_tests:
        column["error_tests"] = {test.name: plain_statistic(test) for test in fitted.error_tests}
    if staggered := [
        dict(one.text.values)
        for one in fitted.notices
        if one.code == CODE and isinstance(one.text, Message)
    ]:
        column["staggered"] = staggered
    if fitted.untested:
        column["untested"] = str(fitted.untested)
    return column


def add_to_columns(
    machine: Mapping[str, object], additions: Mapping[int, Mapping[str, object]]
) -> dict[str, object]:
    """Add values to columns of a table, by position from 0; what has keys is merged key by key."""
    columns = machine["columns"]
    assert isinstance(columns, list)
    return {
        **machine,
        "columns": [_merge(column, additions.get(i, {})) for i, column in enumerate(columns)],
    }


def _merge(values: Mapping[str, Any], additions: Mapping[str, Any]) -> dict[str, object]:
    merged = {
        key: _merge(values[key], value) if isinstance(values.get(key), dict) else value
        for key, value in additions.items()
    }
    return {**values, **merged}


def machine_estimator(estimates: Estimates) -> dict[str, object]:
    """Give what estimators other than least squares add: name, marginal effects, components."""
    if estimates.estimator == LEAST_SQUARES:
        return {}
    added: dict[str, object] = {"estimator": estimates.estimator}
    if estimates.marginal_effects is not None:
        rows = estimates.marginal_effects.to_frame()
        short = {"estimate": "b", "std_error": "se", "statistic": "t", "p_value": "p"}
        added["marginal_effects"] = rows.rename(columns=short).to_dict("index")
    if estimates.components is not None:
        added["components"] = asdict(estimates.components)
    return added


def machine_rule(rule: CovarianceRule) -> dict[str, object]:
    """Give the errors in force as plain values."""
    return {
        "kind": rule.kind,
        "clusters": dict(rule.clusters),
        "rule": rule.name,
        "rule_in_words": say(rule.rule, "en"),
        "df": rule.df,
        **({"lag": rule.lag} if rule.lag is not None else {}),
        **({"repaired": True} if rule.was_repaired else {}),
        **({"default": True} if rule.is_default else {}),
    }


def machine_judge(estimates: Estimates, name: str) -> dict[str, object]:
    """Say which test p, stars and interval of a slope are of, and what the usual t-test says beside."""
    j, level = estimates.position(name), estimates.regression.level
    effective = float(estimates.effective_clusters[j])
    said: dict[str, object] = {
        "judge": estimates.judge[j],
        "judge_se": float(estimates.errors[j]),
        "df": float(estimates.df[j]),
        "usual_p": float(estimates.usual_p[j]),
    }
    if not math.isnan(effective):
        said["effective_clusters"] = effective
    if estimates.judge[j] == "anderson_rubin":
        said["set"] = machine_pieces(estimates.set_at(name, level))
    return said


def machine_pieces(pieces: Sequence[tuple[float, float]]) -> list[list[float | str]]:
    """Give the pieces of a set of values as plain lists."""
    return [[_end(low), _end(high)] for low, high in pieces]


def _end(value: float) -> float | str:
    """Write an end of an interval; JSON cannot hold infinity."""
    return value if math.isfinite(value) else ("-inf" if value < 0 else "inf")


def _machine_constant(constant: Constant, levels: Mapping[str, float]) -> dict[str, object]:
    """Give the constant under fixed effects, with the keys of a slope."""
    return {
        "b": constant.estimate,
        "se": constant.std_error,
        "t": constant.statistic,
        "p": constant.p_value,
        "ci_low": constant.ci_low,
        "ci_high": constant.ci_high,
        "stars": numbers.marks(constant.p_value, levels),
        "judge": constant.judge,
        "df": constant.df,
    }


def _machine_slope(
    estimates: Estimates, name: str, levels: Mapping[str, float]
) -> dict[str, object]:
    position = estimates.position(name)
    p = float(estimates.p_value[position])
    has_errors = not estimates.untested
    reasons = {bare.name: str(bare.reason) for bare in estimates.without_error}
    return {
        "b": float(estimates.estimate[position]),
        "se": float(estimates.std_error[position]) if has_errors else math.nan,
        "t": float(estimates.statistic[position]),
        "p": p,
        "ci_low": float(estimates.ci_low[position]) if has_errors else math.nan,
        "ci_high": float(estimates.ci_high[position]) if has_errors else math.nan,
        "stars": numbers.marks(p, levels),
        **machine_judge(estimates, name),
        **({"no_error": reasons[name]} if name in reasons else {}),
    }


def notes_under(estimates: Sequence[Fitted], style: Style) -> tuple[Wording, ...]:
    """State how standard errors were computed and what was dropped or excluded, column by column."""
    return (
        *_estimator_notes(estimates),
        *error_notes(estimates, style),
        star_note(style.stars, style.level),
        *judge_notes(estimates, style),
        *_repair_notes(estimates),
        *_advice_notes(estimates),
        *staggered_notes(estimates, style),
        *coverage_notes(estimates),
        *_correction_notes(estimates),
        *_fit_notes(estimates),
        *_dropped_notes(estimates, style),
        *_counted_notes(estimates),
        *_failed_notes(estimates),
    )


def star_note(stars: Mapping[str, float], level: float | None = None) -> Wording:
    """State the level of each mark, the weakest first, and the declared one where it is not that of the weakest.

    >>> str(star_note({"***": 0.01, "*": 0.10}, 0.10))
    '* p < 0.1, *** p < 0.01.'
    >>> str(star_note({"***": 0.01, "*": 0.10}, 0.05))
    '* p < 0.1, *** p < 0.01; the text calls effects significant at p < 0.05.'
    """
    if not stars:
        return message("No stars are given.")
    weakest_first = dict(sorted(stars.items(), key=lambda item: -item[1]))
    marks = numbers.stars_in_words(weakest_first)
    if level is None or next(iter(weakest_first.values())) == level:
        return message("{marks}.", marks=marks)
    return message(
        "{marks}; the text calls effects significant at p < {level}.",
        marks=marks,
        level=f"{level:g}",
    )


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
        kind = kind_of_errors(fit.covariance, style.labels)
        columns.setdefault(message("{rule} in parentheses.", rule=kind), []).append(n)
    for note, positions in columns.items():
        yield note if len(columns) == 1 else in_columns(positions, note)


def _correction_notes(estimates: Sequence[Fitted]) -> Iterator[Wording]:
    """One note per correction for small samples; with its columns where there is more than one."""
    columns: dict[Wording, list[int]] = {}
    for n, fit in _fitted(estimates):
        words = message("Small-sample correction: {rule}.", rule=fit.covariance.rule)
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
            "Under fixed effects the constant is the mean outcome minus the slopes times the "
            "means of the regressors; within R² is computed after partialling out all fixed "
            "effects."
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


Bootstraps = Mapping[int, Wild]
"""Position of a column, from 0 -> its wild cluster bootstrap."""


def with_wild(table: Table, bootstraps: Bootstraps, style: Style = PLAIN) -> Table:
    """Add the bootstrap p-values and intervals of the variables of interest under a table."""
    if not bootstraps:
        return table
    names = dict.fromkeys(
        name for wild in bootstraps.values() for name in wild.estimates.regression.regressors
    )
    columns = [bootstraps.get(i) for i in range(len(table.columns))]
    rows = [row for name in names for row in _rows(name, columns, style)]
    rows[:1] = [replace(row, rule_above=True) for row in rows[:1]]
    return replace(
        table,
        rows=(*table.rows, *rows),
        notes=(*table.notes, _note(bootstraps), *_coverage_notes(bootstraps)),
        machine=add_to_columns(
            table.machine, {i: {"coefficients": _plain(wild)} for i, wild in bootstraps.items()}
        ),
    )


def _rows(name: str, columns: Sequence[Wild | None], style: Style) -> tuple[Row, Row]:
    label = name_of(name, style.labels)
    p_values, intervals = [EMPTY] * len(columns), [EMPTY] * len(columns)
    for i, wild in enumerate(columns):
        if wild is not None and name in wild.names:
            position = wild.names.index(name)
            p_values[i] = Cell(float(wild.p_value[position]), "p_value")
            if pieces := wild.intervals[position]:
                intervals[i] = Cell(pieces_in_words(pieces, style.decimals), "text")
    p_label = message("Wild bootstrap p: {name}", name=label)
    level = numbers.level(next(wild.level for wild in columns if wild is not None))
    interval_label = message("Wild bootstrap {level} interval: {name}", level=level, name=label)
    return (
        Row(p_label, tuple(p_values), key=f"{name}:p_wild"),
        Row(interval_label, tuple(intervals), key=f"{name}:interval_wild"),
    )


def _note(bootstraps: Bootstraps) -> Wording:
    words = message(
        "few clusters: p-values and intervals of the wild cluster bootstrap are given under the "
        "table (two-sided and symmetric, with the null hypothesis imposed, at most {draws} "
        "draws; the intervals invert the test), as a second test beside the one that judges.",
        draws=max(wild.n_draws for wild in bootstraps.values()),
    )
    return in_columns([i + 1 for i in bootstraps], words)


def _coverage_notes(bootstraps: Bootstraps) -> Iterator[Wording]:
    """State how often such intervals cover the true value where entities are the clusters."""
    of_entities = [
        wild.estimates
        for wild in bootstraps.values()
        if interval_kind(wild.estimates.covariance) == "cluster"
    ]
    for note in coverage_of("wild", of_entities):
        yield message("Wild bootstrap: {note}", note=note)


def _plain(wild: Wild) -> dict[str, dict[str, object]]:
    return {
        name: {"p_wild": float(p), "interval_wild": machine_pieces(pieces)}
        for name, p, pieces in zip(wild.names, wild.p_value, wild.intervals, strict=True)
    }


Tests = Mapping[int, Sequence[Statistic | Inapplicable]]
"""Position of a column, from 0 -> its tests."""
SHOWN = ("effects_f", "hausman", "mundlak")
"""Statistics that have a row; results.json holds the variants of them too."""


def with_tests(table: Table, tests: Tests, style: Style = PLAIN) -> Table:
    """Add a row for each test, with the stars of its p-value; what has none says why in a note."""
    if not tests:
        return table
    of_all = [test.name for column in tests.values() for test in column]
    names = [name for name in dict.fromkeys(of_all) if name in SHOWN]
    rows = tuple(
        Row(
            STATISTICS[name],
            tuple(_cell(tests.get(i, ()), name, style) for i in range(len(table.columns))),
            key=f"test:{name}",
            rule_above=name == names[0],
        )
        for name in names
    )
    return replace(
        table,
        rows=(*table.rows, *rows),
        notes=(*table.notes, *_notes(tests)),
        machine=add_to_columns(
            table.machine,
            {
                i: {"tests": {t.name: _tests_plain(t, style) for t in column}}
                for i, column in tests.items()
            },
        ),
    )


def _cell(tests: Sequence[Statistic | Inapplicable], name: str, style: Style) -> Cell:
    test = next((test for test in tests if test.name == name), None)
    if not isinstance(test, Statistic):
        return EMPTY if test is None else Cell(None, "statistic")
    return Cell(test.value, "statistic", numbers.marks(test.p_value, style.stars), style.decimals)


def _tests_plain(test: Statistic | Inapplicable, style: Style) -> dict[str, object]:
    stars = numbers.marks(test.p_value, style.stars) if isinstance(test, Statistic) else ""
    return {**plain_statistic(test), "stars": stars}


def _notes(tests: Tests) -> Iterator[Wording]:
    """State the null hypotheses, then why a statistic cannot be judged or does not exist."""
    nulls: dict[tuple[str, Wording], list[int]] = {}
    reasons: dict[tuple[str, Wording], list[int]] = {}
    for n, column in ((i + 1, column) for i, column in tests.items()):
        for test in (test for test in column if test.name in SHOWN):
            if isinstance(test, Statistic):
                nulls.setdefault((test.name, test.null), []).append(n)
            why = test.reason if isinstance(test, Inapplicable) else test.remark
            if why:
                reasons.setdefault((test.name, why), []).append(n)
    # A test with one null hypothesis in all columns needs no column to be named.
    names = [name for name, _ in nulls]
    for (name, null), positions in nulls.items():
        words = message("{name}: {null}", name=STATISTICS[name], null=null)
        yield words if names.count(name) == 1 else in_columns(positions, words)
    for (name, why), positions in reasons.items():
        yield in_columns(positions, message("{name}: {reason}", name=STATISTICS[name], reason=why))
