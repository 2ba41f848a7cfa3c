"""Names of the study file that stand for others: sets of variables, columns of tables."""

from __future__ import annotations

from collections.abc import Iterable

from xinzhi.study.schema.study import StudySpec

CONTROLS = "controls"


def expand(names: Iterable[str], spec: StudySpec) -> tuple[str, ...]:
    """Replace names of sets by their variables, each variable once."""
    found = (v for name in names for v in spec.sets.get(name, (name,)))
    return tuple(dict.fromkeys(found))


def table_column(reference: str) -> tuple[str, int]:
    """Split `baseline/1` into the table and the position of its column, from 0."""
    table, _, number = reference.partition("/")
    return table, int(number or "1") - 1
