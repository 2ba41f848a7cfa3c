"""Entities get other names: two names of one entity in one period are refused unless their rows agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi.errors import Problem, Where
from xinzhi.io.raw import Decision, listed
from xinzhi.panel.panel import ENTITY, PERIOD, Panel
from xinzhi.study.gather.tables import FileTable, with_index
from xinzhi.wording import Message, message


def with_entities(panel: Panel, entities: Sequence[str]) -> Panel:
    """Give the rows of a panel other entities."""
    periods = panel.frame.index.get_level_values(PERIOD)
    renamed = with_index(panel, entities, periods, has_periods=panel.has_periods)
    return replace(renamed, ledger=panel.ledger)


APART = frozenset(
    {"panel.renamed_city", "panel.similar_names", "panel.code_among_names", "names.typo"}
)
"""Warnings of one file that two of its names are two entities."""


def stays_true(warning: Problem, table: FileTable, named: Sequence[FileTable]) -> bool:
    """Whether what is said of names being apart still holds after the names of all files were matched."""
    if warning.code not in APART or not isinstance(warning.what, Message):
        return True
    now = next((t for t in named if (t.source, t.path) == (table.source, table.path)), None)
    if now is None:
        return True
    values = dict(warning.what.values)
    words = {part for value in values.values() for part in str(value).split(", ")}
    said = words & set(table.entities)
    if warning.code == "panel.code_among_names":
        return not said or bool(said & set(now.entities))
    if len(said) < 2 or said <= set(now.entities):
        return True
    written = table.panel.frame.index.get_level_values(ENTITY)
    called = now.panel.frame.index.get_level_values(ENTITY)
    if len(written) != len(called):  # equal rows under two names of one entity were read once
        return False
    return len({n for o, n in zip(written, called, strict=True) if o in said}) == len(said)


def without_twins(
    table: FileTable, new: Sequence[str]
) -> tuple[FileTable, list[Problem], list[Decision]]:
    """Rename; two names of one entity in one period are refused unless their rows are the same."""
    frame = table.panel.frame
    written = frame.index.get_level_values(ENTITY)
    periods = frame.index.get_level_values(PERIOD)
    keys = pd.MultiIndex.from_arrays([list(new), periods])
    if keys.is_unique:
        return replace(table, panel=with_entities(table.panel, new)), [], []
    twins: dict[tuple[str, int], list[int]] = defaultdict(list)
    for position in np.flatnonzero(keys.duplicated(keep=False)).tolist():
        twins[new[position], int(periods[position])].append(position)
    stays = np.ones(len(frame), dtype=bool)
    clashing: dict[tuple[str, ...], list[int]] = {}
    # Equal rows are kept once; where they differ nobody can tell which figures are right.
    for rows in twins.values():
        stays[rows[1:]] = False
        if len(frame.iloc[rows].drop_duplicates()) > 1:
            names = tuple(dict.fromkeys(written[position] for position in rows))
            clashing.setdefault(names, rows)
    problems = [_two_names(table, names, new[rows[0]], rows) for names, rows in clashing.items()]
    n = int((~stays).sum())
    same = Decision(
        message(
            "{n} rows stand under two names of one entity with equal values and are read once.",
            one="{n} row stands under two names of one entity with equal values and is read once.",
            n=n,
        ),
        Where(file=table.file),
        n,
        "names.same_rows",
    )
    panel = table.panel.take(stays)
    entities = [name for name, stay in zip(new, stays, strict=True) if stay]
    renamed = replace(table, panel=with_entities(panel, entities))
    return renamed, problems, [] if problems else [same]


def _two_names(table: FileTable, names: Sequence[str], new: str, places: Sequence[int]) -> Problem:
    """Ask which of two names is wrong, showing both rows."""
    panel = table.panel
    rows = [panel.rows[position] for position in places] if panel.rows else []
    text = message(
        "The names {names} all mean {entity}, and their rows differ (rows {rows}).",
        names=listed(names),
        entity=new,
        rows=listed(rows),
    )
    remedy = message(
        "correct the name in the file, or state under `spellings` which place is meant, such "
        "as {name}: {other}.",
        name=names[0],
        other=message("the full name of another place"),
    )
    return Problem("names.two_for_one", text, panel.place(places[-1]), remedy)
