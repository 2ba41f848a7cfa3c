"""Words over tables of regressions: titles and headings, those of the study file or made from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinzhi.analyses.analysis import Study
from xinzhi.analyses.regressions.equations import column_equation
from xinzhi.analyses.regressions.section import RegressionTable, TableColumn
from xinzhi.present.options import BADS, EXCLUSIONS, RETURNS
from xinzhi.present.options import REFERENCES as FRONTIERS
from xinzhi.present.regression.fitted import name_of
from xinzhi.wording import Label, Wording, listed, message

PLAIN, VARIED, INSTRUMENTED = (
    words.template
    for words in (
        message("{outcome}: regressions"),
        message("{outcome}: regressions under other choices"),
        message("{outcome}: instrumental variables"),
    )
)
OPTIONS: Mapping[str, Mapping[str, Wording]] = {
    "returns_to_scale": RETURNS,
    "reference": FRONTIERS,
    "bads": BADS,
    "exclude": EXCLUSIONS,
}
ESTIMATORS: Mapping[str, Wording] = {
    "least_squares": message("least squares"),
    "fractional_logit": message("fractional logit"),
    "random_effects": message("random effects"),
}
ERRORS: Mapping[str, Wording] = {
    "iid": message("iid standard errors"),
    "hc1": message("robust standard errors (HC1)"),
    "cluster": message("clustered standard errors"),
    "two_way": message("two-way clustered standard errors"),
    "driscoll_kraay": message("Driscoll-Kraay standard errors"),
}


def table_title(name: str, tables: Mapping[str, RegressionTable], study: Study) -> Wording:
    """Title of a table of regressions; where the study file gives none, by its outcome."""
    words = tables[name].title
    if words.zh or words.en:
        return words.label("")
    untitled = [table for table in tables.values() if not (table.title.zh or table.title.en)]
    kinds = [_kind(table, study) for table in untitled]
    template, outcome = kind = _kind(tables[name], study)
    title = message(template, outcome=study.label(outcome))
    if kinds.count(kind) == 1:
        return title
    return message("{title} ({name})", title=title, name=name)


def _kind(table: RegressionTable, study: Study) -> tuple[str, str]:
    """Tell what a table without a title holds, and its outcome."""
    # The first column speaks for the table: others may have other outcomes.
    outcome = column_equation(table, table.columns[0], study).regression.outcome
    if table.instruments:
        return INSTRUMENTED, outcome
    return (VARIED if table.base else PLAIN), outcome


def column_headings(
    table: RegressionTable, study: Study, labels: Mapping[str, Wording]
) -> tuple[Wording, ...]:
    """Word what each column of a table changes; nothing where its rows say it."""
    return tuple(_heading(table, column, study, labels) for column in table.columns)


def _heading(
    table: RegressionTable, column: TableColumn, study: Study, labels: Mapping[str, Wording]
) -> Wording:
    if column.label.zh or column.label.en:
        return column.label.label("")
    changes = list(_changes(column, study, labels))
    if table.base is None or changes:
        return listed(changes)
    return message("instrumented") if table.instruments else message("as it is")


def _changes(column: TableColumn, study: Study, labels: Mapping[str, Wording]) -> Iterator[Wording]:
    for old, new in column.replace.items():
        yield message("{new} for {old}", new=name_of(new, labels), old=name_of(old, labels))
    if column.window is not None:
        yield f"{column.window[0]}–{column.window[1]}"
    if column.winsorise is not None:
        low, high = column.winsorise
        yield message("winsorised at {low} and {high}%", low=f"{low:g}", high=f"{high:g}")
    for group, members in column.drop.items():
        yield _dropped(group, tuple(map(str, members)), study)
    if column.covariance is not None:
        yield ERRORS.get(column.covariance.kind, column.covariance.kind)
    if column.estimator is not None:
        yield ESTIMATORS[column.estimator]
    if column.instruments:
        yield message("instrumented")
    for option, value in column.efficiency.items():
        words = OPTIONS.get(option, {}).get(str(value))
        yield words or message("{option}: {value}", option=option, value=str(value))


def _dropped(group: str, members: tuple[str, ...], study: Study) -> Wording:
    if group == "entity":
        return message("without {members}", members=listed([Label(name) for name in members]))
    return message(
        "without {group}: {members}",
        group=study.group_label(group),
        members=listed([study.member_label(group, member) for member in members]),
    )
