"""The tables of the mechanism, section by section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from xinzhi.analyses.section import Words
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.econometrics.diagnostic import Diagnosis
from xinzhi.econometrics.heterogeneity import Heterogeneity
from xinzhi.report.headings import column_headings
from xinzhi.report.naming import entity_labels, table_title, words_of
from xinzhi.report.not_computed import not_computed_table
from xinzhi.study.equations import equation_of
from xinzhi.study.groups import group_label, member_label
from xinzhi.study.result import StudyResult
from xinzhi.study.variables import labels
from xinzhi.tables.heterogeneity import differences_table, groups_table
from xinzhi.tables.influence import influence_table
from xinzhi.tables.regression import (
    regression_table,
    with_headings,
    with_instruments,
    with_wild,
)
from xinzhi.tables.specification_curve import curve_table
from xinzhi.tables.table import Table
from xinzhi.wording import Label, Wording, message


def mechanism_tables(result: StudyResult) -> dict[str, tuple[Table, ...]]:
    """Set the tables: section of the report -> its tables."""
    return {
        "heterogeneity": tuple(_heterogeneity(result)),
        "specification_curve": tuple(_curve(result)),
    }


def regressions(result: StudyResult) -> Iterator[Table]:
    """Set the tables of regressions, with what instruments and few clusters add."""
    report, words = result.spec.report, labels(result.spec)
    for name, estimates in result.estimates.items():
        table = regression_table(
            name,
            table_title(result, name),
            estimates,
            labels=words,
            stars=report.stars,
            decimals=report.decimals,
        )
        table = with_headings(table, column_headings(result.spec, name))
        table = with_instruments(
            table,
            result.mechanism.instrumented.get(name, {}),
            labels=words,
            estimates=estimates,
            stars=report.stars,
            decimals=report.decimals,
        )
        table = with_wild(
            table,
            result.mechanism.wild.get(name, {}),
            labels=words,
            decimals=report.decimals,
        )
        yield _without_wild(table, result.mechanism.without_wild.get(name, {}))


def _without_wild(table: Table, found: Mapping[int, Unavailable]) -> Table:
    """Say of a column with few clusters why it has no wild bootstrap."""
    notes = tuple(
        message("Column {n}: no wild bootstrap: {why}", n=position + 1, why=problem.what)
        for position, one in found.items()
        for problem in one.problems
    )
    return replace(table, notes=(*table.notes, *notes))


def influence(result: StudyResult, found: Diagnosis) -> Iterator[Table]:
    """Set the entities without which a slope would be another."""
    if found.table is not None:
        yield influence_table(
            "influence",
            message("Influence of single entities"),
            found.table,
            labels=labels(result.spec),
            entities=entity_labels(result),
            decimals=result.spec.report.decimals,
        )


def _titled(words: Words, other: Wording, name: str, number: int) -> Wording:
    """Title of a section, its name beside it where there are several."""
    own = words_of(words)
    if own:
        return own
    return message("{title}: {name}", title=other, name=Label(name)) if number > 1 else other


def _heterogeneity(result: StudyResult) -> Iterator[Table]:
    for name, compared in result.mechanism.heterogeneity.items():
        section = result.spec.heterogeneity[name]
        n = len(result.mechanism.heterogeneity)
        title = _titled(section.title, message("Heterogeneity"), name, n)
        found = {by: one for by, one in compared.items() if isinstance(one, Heterogeneity)}
        if found:
            yield from _groups(result, name, title, found)
        for by, one in compared.items():
            if isinstance(one, Unavailable):
                words = message("{title}: {name}", title=title, name=group_label(result.spec, by))
                yield not_computed_table(f"{name}_{by}", words, one.problems)


def _groups(
    result: StudyResult, name: str, title: Wording, found: Mapping[str, Heterogeneity]
) -> Iterator[Table]:
    spec, words = result.spec, labels(result.spec)
    section, report = spec.heterogeneity[name], spec.report
    groupings: dict[str, Wording] = {by: group_label(spec, by) for by in found}

    def member(grouping: str, one: str) -> Wording:
        return member_label(spec, grouping, one)

    yield groups_table(
        name,
        message("{title}: by groups", title=title),
        list(found.values()),
        asked=equation_of(spec, section.base).regression,
        groupings=groupings,
        member=member,
        labels=words,
        stars=report.stars,
        decimals=report.decimals,
    )
    if section.difference:
        yield differences_table(
            f"{name}_differences",
            message("{title}: differences between groups", title=title),
            list(found.values()),
            groupings=groupings,
            member=member,
            labels=words,
            tests=section.difference,
            stars=report.stars,
            decimals=report.decimals,
        )


def _curve(result: StudyResult) -> Iterator[Table]:
    found, section = result.mechanism.curve, result.spec.specification_curve
    if found is None or section is None:
        return
    title = words_of(section.title) or message("Specification curve")
    if isinstance(found, Unavailable):
        yield not_computed_table("specification_curve", title, found.problems)
        return
    yield curve_table(
        "specification_curve",
        title,
        found,
        labels=labels(result.spec),
        decimals=result.spec.report.decimals,
    )
