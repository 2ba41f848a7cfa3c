"""Headings of the columns of regression tables: what each changes, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinzhi.econometrics.specification import Covariance
from xinzhi.report.naming import words_of
from xinzhi.study.groups import group_label, member_label
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.tables import RegressionTable, TableColumn
from xinzhi.study.variables import labels
from xinzhi.tables.options import BADS, EXCLUSIONS, RETURNS
from xinzhi.tables.options import REFERENCES as FRONTIERS
from xinzhi.tables.regression.fitted import name_of
from xinzhi.wording import Label, Wording, listed, message

OPTIONS: Mapping[str, Mapping[str, Wording]] = {
    "returns_to_scale": RETURNS,
    "reference": FRONTIERS,
    "bads": BADS,
    "exclude": EXCLUSIONS,
}
ERRORS: Mapping[str, Wording] = {
    "iid": message("plain errors"),
    "hc1": message("robust errors (HC1)"),
    "cluster": message("clustered errors"),
    "two_way": message("errors clustered two ways"),
    "driscoll_kraay": message("Driscoll-Kraay errors"),
}


def column_headings(spec: StudySpec, name: str) -> tuple[Wording, ...]:
    """Word what each column of a table changes; nothing where its rows say it."""
    table = spec.tables[name]
    return tuple(_heading(spec, table, column) for column in table.columns)


def _heading(spec: StudySpec, table: RegressionTable, column: TableColumn) -> Wording:
    own = words_of(column.label)
    if own:
        return own
    changes = list(_changes(spec, column))
    if table.base is not None and not changes and table.instruments:
        return message("instrumented")
    if table.base is not None and not changes:
        return message("as it is")
    return listed(changes)


def _changes(spec: StudySpec, column: TableColumn) -> Iterator[Wording]:
    words = labels(spec)
    for old, new in column.replace.items():
        yield message("{new} for {old}", new=name_of(new, words), old=name_of(old, words))
    if column.window is not None:
        yield f"{column.window[0]}–{column.window[1]}"
    if column.winsorise is not None:
        low, high = column.winsorise
        yield message("winsorised at {low} and {high} %", low=f"{low:g}", high=f"{high:g}")
    for group, members in column.drop.items():
        yield _dropped(spec, group, tuple(map(str, members)))
    if column.covariance is not None:
        yield errors_in_words(column.covariance)
    if column.instruments:
        yield message("instrumented")
    for option, value in column.efficiency.items():
        known = OPTIONS.get(option, {}).get(str(value))
        yield known or message("{option}: {value}", option=option, value=str(value))


def _dropped(spec: StudySpec, group: str, members: tuple[str, ...]) -> Wording:
    if group == "entity":
        return message("without {members}", members=listed([Label(one) for one in members]))
    return message(
        "without {group}: {members}",
        group=group_label(spec, group),
        members=listed([member_label(spec, group, one) for one in members]),
    )


def errors_in_words(found: Covariance) -> Wording:
    """Word a kind of errors in two words."""
    return ERRORS.get(found.kind, found.kind)
