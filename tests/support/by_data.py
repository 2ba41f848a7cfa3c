"""Entities in the order of their data, written out slowly: the second computation beside `panel.numbering`."""

from __future__ import annotations

import numpy as np


def ranked(entities, periods, columns):
    """Number entities by their values, period by period: name -> number; columns in the order in which they count."""
    rows = sorted(
        zip(entities, periods, *(map(float, column) for column in columns), strict=True),
        key=lambda row: (row[0], row[1]),
    )
    keys = {}
    for name, period, *values in rows:
        keys[name] = (*keys.get(name, ()), float(period), *values)
    return {name: number for number, name in enumerate(sorted(keys, key=keys.get))}


def rank_rows(rows):
    """Number the entities of rows of activities; columns count in the order of their names."""
    names, periods = zip(*rows.labels, strict=True)
    order = np.argsort(rows.roles.names)
    columns = [rows.values[:, j] for j in order]
    return ranked(names, [-np.inf if p is None else p for p in periods], columns)


def rank_panel(frame, design, outcome):
    """Number the entities of a panel: regressors by name, then the outcome."""
    columns = [frame[name] for name in (*sorted(design), outcome)]
    entities, periods = (frame.index.get_level_values(i) for i in (0, 1))
    return ranked(entities, periods, columns)


def first_seen(frame, ranks, column):
    """Number the levels of a column by the first row of the entities in their order: level -> number."""
    ordered = sorted(frame.index, key=lambda at: (ranks[at[0]], at[1]))
    return {level: n for n, level in enumerate(dict.fromkeys(frame.loc[ordered, column]))}
