"""The wild cluster bootstrap in a regression table: p-values and intervals with few clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_of, interval_kind
from xinzhi.present.pieces import pieces_in_words
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.regression.machine import add_to_columns, machine_pieces
from xinzhi.present.regression.notes import in_columns
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import EMPTY, Cell, Row, Table
from xinzhi.regression.resampling.wild_bootstrap import Wild
from xinzhi.wording import Wording, message

Bootstraps = Mapping[int, Wild]
"""Position of a column, from 0 -> its wild cluster bootstrap."""


def with_wild(table: Table, bootstraps: Bootstraps, style: Style = PLAIN) -> Table:
    """Add the bootstrap p-values and intervals of the variables of interest under a table."""
    if not bootstraps:
        return table
    names = dict.fromkeys(
        name for wild in bootstraps.values() for name in wild.estimates.regression.regressors
    )
    columns = [bootstraps.get(i) for i in range(len(table.columns))]
    rows = [row for name in names for row in _rows(name, columns, style)]
    rows[:1] = [replace(row, rule_above=True) for row in rows[:1]]
    return replace(
        table,
        rows=(*table.rows, *rows),
        notes=(*table.notes, _note(bootstraps), *_coverage_notes(bootstraps)),
        machine=add_to_columns(
            table.machine, {i: {"coefficients": _plain(wild)} for i, wild in bootstraps.items()}
        ),
    )


def _rows(name: str, columns: Sequence[Wild | None], style: Style) -> tuple[Row, Row]:
    label = name_of(name, style.labels)
    p_values, intervals = [EMPTY] * len(columns), [EMPTY] * len(columns)
    for i, wild in enumerate(columns):
        if wild is not None and name in wild.names:
            position = wild.names.index(name)
            p_values[i] = Cell(float(wild.p_value[position]), "p_value")
            if pieces := wild.intervals[position]:
                intervals[i] = Cell(pieces_in_words(pieces, style.decimals), "text")
    p_label = message("Wild bootstrap p: {name}", name=label)
    level = numbers.level(next(wild.level for wild in columns if wild is not None))
    interval_label = message("Wild bootstrap {level} interval: {name}", level=level, name=label)
    return (
        Row(p_label, tuple(p_values), key=f"{name}:p_wild"),
        Row(interval_label, tuple(intervals), key=f"{name}:interval_wild"),
    )


def _note(bootstraps: Bootstraps) -> Wording:
    words = message(
        "few clusters: p-values and intervals of the wild cluster bootstrap are given under the "
        "table (two-sided and symmetric, with the null hypothesis imposed, at most {draws} "
        "draws; the intervals invert the test), as a second test beside the one that judges.",
        draws=max(wild.n_draws for wild in bootstraps.values()),
    )
    return in_columns([i + 1 for i in bootstraps], words)


def _coverage_notes(bootstraps: Bootstraps) -> Iterator[Wording]:
    """State how often such intervals cover the true value where entities are the clusters."""
    of_entities = [
        wild.estimates
        for wild in bootstraps.values()
        if interval_kind(wild.estimates.covariance) == "cluster"
    ]
    for note in coverage_of("wild", of_entities):
        yield message("Wild bootstrap: {note}", note=note)


def _plain(wild: Wild) -> dict[str, dict[str, object]]:
    return {
        name: {"p_wild": float(p), "interval_wild": machine_pieces(pieces)}
        for name, p, pieces in zip(wild.names, wild.p_value, wild.intervals, strict=True)
    }
