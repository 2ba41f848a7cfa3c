"""Groups of entities: each row gets its member, from the values of a column or a median."""

from __future__ import annotations

import pandas as pd

from xinzhi.analyses.members import as_written
from xinzhi.errors import DataError, Problem, Where, suggestion
from xinzhi.panel.panel import ENTITY, Panel
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.variables import REST, Group
from xinzhi.wording import Label, Wording, message

HIGH, LOW = "high", "low"


def memberships(spec: StudySpec, panel: Panel) -> dict[str, pd.Series]:
    """Give each row its member of each grouping; a row without a value has none.

    Raises
    ------
    DataError
        The column is not there, or never holds a value that a member names.
    """
    panel.require(tuple(group.column for group in spec.groups.values()))
    return {name: _members(name, group, panel) for name, group in spec.groups.items()}


def _members(name: str, group: Group, panel: Panel) -> pd.Series:
    values = panel.frame[group.column]
    if group.split is not None:
        return _halves(name, group, values)
    written = values.map(as_written, na_action="ignore")
    if not group.named:
        return written.astype(object)
    found = set(written.dropna().unique())
    _refuse_unknown(name, group, found)
    members = {
        as_written(v): m for m, listed in group.named.items() if listed != REST for v in listed
    }
    rest = next((m for m, listed in group.named.items() if listed == REST), None)
    return written.map(lambda value: members.get(value, rest), na_action="ignore").astype(object)


def _halves(name: str, group: Group, values: pd.Series) -> pd.Series:
    """Split entities at the median of their values in their first period."""
    if values.dtype.kind not in "fiub":
        raise DataError(
            Problem(
                "groups.text",
                message(
                    "Column '{column}' holds text and has no median.",
                    column=group.column,
                ),
                Where(key=f"groups.{name}.split", column=group.column),
                message("name the members, or a column of numbers."),
            )
        )
    first = values.dropna().groupby(level=ENTITY).first()
    halves = (first > first.median()).map({True: HIGH, False: LOW})
    entity = values.index.get_level_values(ENTITY)
    return pd.Series(halves.reindex(entity).to_numpy(dtype=object), index=values.index)


def _refuse_unknown(name: str, group: Group, found: set[str]) -> None:
    problems = [
        Problem(
            "groups.unknown_value",
            message(
                "Column '{column}' never holds the value {value}.",
                column=group.column,
                value=value,
            ),
            Where(key=f"groups.{name}.{member}", column=group.column),
            suggestion(as_written(value), sorted(found)[:30]),
        )
        for member, listed in group.named.items()
        if listed != REST
        for value in listed
        if as_written(value) not in found
    ]
    if problems:
        raise DataError(problems)


def group_label(spec: StudySpec, name: str) -> Label:
    """Name of a grouping, in both languages where the file gives them."""
    group = spec.groups.get(name)
    return group.label.label(name) if group else Label(name)


def member_label(spec: StudySpec, name: str, member: str) -> Wording:
    """Name of a member; words of the field are translated where the file names none."""
    group = spec.groups.get(name)
    if group and member in group.labels:
        return group.labels[member].label(member)
    return message(member) if "{" not in member else member
