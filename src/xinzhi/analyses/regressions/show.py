"""The exhibits of a table of regressions: columns side by side, the paragraph of methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.diagnostics.compute import Diagnoses
from xinzhi.analyses.effects import slopes
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.in_symbols import Symbols, regression_equation
from xinzhi.analyses.regressions import literature, prose
from xinzhi.analyses.regressions.compute import DRAWS, RegressionColumns
from xinzhi.analyses.regressions.equations import equations_of
from xinzhi.analyses.regressions.literature import (
    COVARIANCES,
    FEW_CLUSTERS,
    INSTRUMENTS,
    WILD,
)
from xinzhi.analyses.regressions.section import RegressionTable
from xinzhi.analyses.regressions.titles import column_headings
from xinzhi.analyses.verdict_changes import (
    compare_with_defaults,
    compare_with_printed,
    pair_verdicts,
)
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.regression import (
    Fitted,
    regression_table,
    with_headings,
    with_instruments,
    with_wild,
)
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.regression.notes import ESTIMATORS, in_columns, kind_of_errors
from xinzhi.present.regression.reading import reading_beside
from xinzhi.present.regression.tests import with_tests
from xinzhi.present.table import Part, Table
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.inference import Inapplicable, Statistic
from xinzhi.regression.specification import LEAST_SQUARES
from xinzhi.wording import Wording, listed, message

N_IN_TEXT = 2
"""So many tables of a study stand in the text: its baseline, and what is made of it."""


def exhibits(section: RegressionTable, result: RegressionColumns, shown: Shown) -> Exhibits:
    """Set the columns side by side, and say how they were estimated."""
    first = list(shown.study.sections("tables"))[:N_IN_TEXT]
    part: Part = "text" if shown.name in first else "appendix"
    return Exhibits(
        (replace(_table(section, result, shown), part=part),),
        tuple(_methods(result, shown)),
        frozenset(_references(result)),
        blocks=prose.blocks(result, shown),
        prose=prose.prose(section, result, shown),
        abstract=tuple(prose.abstract(result, shown)),
        keywords=prose.keywords(result, shown),
        equations=tuple(_equations(section, shown)),
    )


def _equations(section: RegressionTable, shown: Shown) -> Iterator[NumberedEquation]:
    """Write the first column of a table that starts from no other one, where it is linear."""
    asked = equations_of(section, shown.study)[0].regression
    if section.base is None and asked.estimator == LEAST_SQUARES:
        symbols = Symbols(shown.style.labels, shown.panel.has_periods)
        yield regression_equation(shown.name, shown.title, asked, symbols)


def _table(section: RegressionTable, result: RegressionColumns, shown: Shown) -> Table:
    style = shown.style
    table = regression_table(shown.name, shown.title, result.fitted, style)
    table = with_headings(table, column_headings(section, shown.study, style.labels))
    table = with_instruments(table, result.instrumented, style=style)
    table = with_wild(table, result.bootstraps, style)
    # Rows of tests stand below what the instruments and the bootstrap add.
    statistics = {position: _statistics(tests) for position, tests in result.tests.items()}
    table = with_tests(table, statistics, style)
    without_bootstrap = tuple(
        message("Column {n}: no wild bootstrap: {why}", n=position + 1, why=problem.what)
        for position, unavailable in result.not_bootstrapped.items()
        for problem in unavailable.problems
    )
    reading = (*reading_beside(result.own, style), *_other_verdicts(result, shown))
    return replace(table, notes=(*table.notes, *without_bootstrap), reading=reading)


def _statistics(tests: Diagnoses) -> tuple[Statistic | Inapplicable, ...]:
    """List the statistics of the tests of a column, each once; those of a test that failed are missing."""
    by_name = {statistic.name: statistic for test in tests.found for statistic in test.statistics}
    return (*by_name.values(), *(Inapplicable(t.name, t.problems[0].what) for t in tests.failed))


def _other_verdicts(result: RegressionColumns, shown: Shown) -> Iterator[Wording]:
    """Say column by column which effects the printed errors, or the default ones, judge otherwise."""
    inference = shown.style.inference
    for position in sorted({*result.declared, *result.clustered}):
        printed, judged = result.columns[position], result.judged[position]
        declared, clustered = result.declared.get(position), result.clustered.get(position)
        sentences: list[Wording] = []
        if declared is not None and isinstance(printed, Estimates):
            pairs = pair_verdicts(slopes(declared), slopes(printed), inference)
            sentences += compare_with_printed(pairs, declared.covariance, shown)
        if clustered is not None and isinstance(judged, Estimates):
            pairs = pair_verdicts(slopes(judged), slopes(clustered), inference)
            sentences += compare_with_defaults(pairs, shown)
        yield from (in_columns([position + 1], sentence) for sentence in sentences)


def _methods(result: RegressionColumns, shown: Shown) -> Iterator[Wording]:
    """Say what is regressed on what, how errors are computed, and which tests are valid."""
    columns = result.estimated
    if columns:
        yield _regressed(shown.title, columns, shown.style.labels)
    for name, words in ESTIMATORS.items():
        numbers = [n for n, column in enumerate(result.fitted, 1) if _estimator(column) == name]
        if numbers:
            note = in_columns(numbers, words)
            yield message("{name}: {reason}", name=shown.title, reason=note)
    if any(column.estimator == LEAST_SQUARES for column in columns):
        yield message(
            "Regressions are estimated by least squares after an exact within transformation of "
            "all fixed effects; p-values use the t distribution with the degrees of freedom of "
            "the standard errors."
        )
    if any("cr2" in column.judge for column in columns):
        yield message(
            "Where clusters are fewer than 40, or effectively fewer (Carter, Schnepel and Steigerwald 2017), "
            "p-values, stars and intervals are those of CR2 standard errors with Satterthwaite degrees of freedom "
            "(Bell and McCaffrey 2002; Pustejovsky and Tipton 2018); standard errors and t in the tables are those "
            "of the usual rule."
        )
    for rule in dict.fromkeys(column.covariance.rule for column in columns):
        yield message("Small-sample correction: {rule}.", rule=rule)
    if result.instrumented:
        yield message(
            "Columns with instruments are estimated by two-stage least squares after the fixed "
            "effects are partialled out. With one endogenous regressor the instruments count as "
            "strong if the effective F exceeds the simplified critical value of Montiel Olea and "
            "Pflueger at the declared τ; with two and iid errors, if the Cragg-Donald F exceeds "
            "that of Stock and Yogo for a size of 10%. Otherwise the t-tests are not used: the "
            "star of a single endogenous regressor follows the Anderson-Rubin test, which is "
            "valid however weak the instruments are."
        )
    if result.bootstraps:
        yield message(
            "With fewer than 40 clusters, p-values of the wild cluster bootstrap with the null "
            "hypothesis imposed ({draws} draws) are shown beside those that judge; its intervals "
            "contain the values that the same two-sided symmetric test does not reject.",
            draws=DRAWS,
        )


def _regressed(
    title: Wording, columns: Sequence[Estimates], labels: Mapping[str, Wording]
) -> Wording:
    """Say in one sentence what a table regresses on what."""
    regressions = [column.regression for column in columns]

    def named(names: Iterable[str]) -> Wording:
        return listed([name_of(name, labels) for name in dict.fromkeys(names)])

    controls = named(name for asked in regressions for name in asked.controls)
    effects = named(name for asked in regressions for name in asked.effects)
    kinds = dict.fromkeys(kind_of_errors(column.covariance, labels) for column in columns)
    return message(
        "{title}: {outcome} on {regressors}; controls: {controls}; fixed effects: {effects}; "
        "{errors}; columns differ as their headings and rows show.",
        title=title,
        outcome=named(asked.outcome for asked in regressions),
        regressors=named(name for asked in regressions for name in asked.regressors),
        controls=controls or message("(none)"),
        effects=effects or message("(none)"),
        errors=listed(list(kinds)),
    )


def _estimator(column: Fitted) -> str:
    return column.estimator if isinstance(column, Estimates) else ""


def _references(result: RegressionColumns) -> Iterator[str]:
    for column in result.estimated:
        yield from literature.ESTIMATORS.get(column.estimator, ())
        if column.covariance.kind in COVARIANCES:
            yield COVARIANCES[column.covariance.kind]
    if result.instrumented:
        yield from INSTRUMENTS
    if any("cr2" in column.judge for column in result.estimated):
        yield from FEW_CLUSTERS
    if result.bootstraps:
        yield WILD
