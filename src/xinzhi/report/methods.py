"""The methods paragraphs: what was done, in words, from the options in force, with references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xinzhi.econometrics.estimates import Estimates
from xinzhi.report.analyses import Exhibited
from xinzhi.report.mechanism_methods import mechanism_methods, mechanism_references
from xinzhi.report.pathway_methods import pathway_methods, pathway_references
from xinzhi.report.references import references_of
from xinzhi.study.result import StudyResult
from xinzhi.study.titles import table_title
from xinzhi.study.variables import labels
from xinzhi.tables.regression.fitted import name_of
from xinzhi.tables.regression.notes import kind_of_errors
from xinzhi.wording import Wording, listed, message


def methods_of(result: StudyResult, shown: Exhibited) -> tuple[Wording, ...]:
    """Say how scores, variables and regressions were computed, then list the references.

    The sentences follow from the options in force, so that they cannot say anything else than
    what was done; they are ready for the appendix of a paper.
    """
    return (
        *_variables(result),
        *_regressions(result),
        *mechanism_methods(result, shown.methods),
        *pathway_methods(result),
        *_references(result, shown.references),
    )


def _variables(result: StudyResult) -> Iterator[Wording]:
    section = result.spec.variables
    by_transform: dict[str, list[Wording]] = {}
    for name, variable in section.named.items():
        transform = variable.transform or section.transform
        by_transform.setdefault(transform, []).append(variable.label.label(name))
    for word, formula in (("ln1p", "ln(1+x)"), ("ln", "ln(x)")):
        if word in by_transform:
            names = listed(by_transform[word])
            yield message("{formula} was taken of {names}.", formula=formula, names=names)


def _fitted(result: StudyResult) -> dict[str, list[Estimates]]:
    """Tables of regressions with the columns that could be estimated."""
    found = {
        name: [one for one in columns if isinstance(one, Estimates)]
        for name, columns in result.estimates.items()
    }
    return {name: columns for name, columns in found.items() if columns}


def _regressions(result: StudyResult) -> Iterator[Wording]:
    tables = _fitted(result)
    if not tables:
        return
    words = labels(result.spec)
    for name, columns in tables.items():
        yield _table(table_title(result.spec, name), columns, words)
    yield message(
        "Regressions are least squares after an exact within transformation of all effects; "
        "p-values use the t distribution with the degrees of freedom of the errors."
    )
    for rule in dict.fromkeys(one.covariance.rule for one in _all(tables)):
        yield message("Small-sample rule of the errors: {rule}.", rule=rule)


def _all(tables: Mapping[str, Sequence[Estimates]]) -> list[Estimates]:
    return [one for columns in tables.values() for one in columns]


def _table(title: Wording, columns: Sequence[Estimates], words: Mapping[str, Wording]) -> Wording:
    """Say in one sentence what a table regresses on what."""
    asked = [one.regression for one in columns]

    def names(found: Sequence[str]) -> Wording:
        return listed([name_of(name, words) for name in dict.fromkeys(found)])

    controls = names([name for one in asked for name in one.controls])
    effects = names([name for one in asked for name in one.effects])
    kinds = dict.fromkeys(kind_of_errors(one.covariance, words) for one in columns)
    return message(
        "{title}: {outcome} on {regressors}; controls: {controls}; fixed effects: {effects}; "
        "{errors}; columns differ as their headings and rows say.",
        title=title,
        outcome=names([one.outcome for one in asked]),
        regressors=names([name for one in asked for name in one.regressors]),
        controls=controls or message("(none)"),
        effects=effects or message("(none)"),
        errors=listed(list(kinds)),
    )


def _references(result: StudyResult, analysed: frozenset[str]) -> tuple[Wording, ...]:
    found = references_of(one.covariance.kind for one in _all(_fitted(result)))
    more = mechanism_references(result) | pathway_references(result)
    return tuple(sorted({*found, *more, *analysed}))
