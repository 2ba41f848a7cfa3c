"""Entities get other names: two names of one entity in one period are refused unless their rows agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi.errors import Problem, Where
from xinzhi.io.raw import Decision, listed
from xinzhi.panel.panel import ENTITY, PERIOD, Panel, panel_of
from xinzhi.study.gather.tables import FileTable
from xinzhi.wording import message


def with_entities(panel: Panel, entities: Sequence[str]) -> Panel:
    """Give the rows of a panel other entities."""
    periods = panel.frame.index.get_level_values(PERIOD)
    index = pd.MultiIndex.from_arrays([list(entities), periods], names=[ENTITY, PERIOD])
    again = panel_of(
        panel.frame.set_axis(index, axis=0),
        labels=panel.labels,
        units=panel.units,
        origins=panel.origins,
        rows=panel.rows,
        source=panel.source,
        has_periods=panel.has_periods,
        keys=panel.keys,
    )
    return replace(again, ledger=panel.ledger)


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
    for at in np.flatnonzero(keys.duplicated(keep=False)).tolist():
        twins[new[at], int(periods[at])].append(at)
    stays = np.ones(len(frame), dtype=bool)
    clashing: dict[tuple[str, ...], list[int]] = {}
    for places in twins.values():
        stays[places[1:]] = False
        if len(frame.iloc[places].drop_duplicates()) > 1:
            names = tuple(dict.fromkeys(written[at] for at in places))
            clashing.setdefault(names, places)
    problems = [_clash(table, names, new[places[0]], places) for names, places in clashing.items()]
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
    kept = table.panel.take(stays)
    entities = [name for name, stay in zip(new, stays, strict=True) if stay]
    return (
        replace(table, panel=with_entities(kept, entities)),
        problems,
        [] if problems else [same],
    )


def _clash(table: FileTable, names: Sequence[str], new: str, places: Sequence[int]) -> Problem:
    """Ask which of two names is wrong, showing both rows."""
    panel = table.panel
    rows = [panel.rows[at] for at in places] if panel.rows else []
    return Problem(
        "names.two_for_one",
        message(
            "The names {names} all mean {entity}, and their rows differ (rows {rows}).",
            names=listed(names),
            entity=new,
            rows=listed(rows),
        ),
        panel.place(places[-1]),
        message(
            "correct the name in the file, or state under `spellings` which place is meant, such "
            "as {name}: {other}.",
            name=names[0],
            other=message("the full name of another place"),
        ),
    )
