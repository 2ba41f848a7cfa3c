"""The wild cluster bootstrap in a regression table: p-values and intervals with few clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from xinzhi.present.coverage import coverage_of, interval_kind
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.regression.instrumented import machine_pieces, pieces_in_words
from xinzhi.present.regression.notes import in_columns
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import EMPTY, Cell, Row, Table
from xinzhi.regression.resampling.wild_bootstrap import Wild
from xinzhi.wording import Wording, message

Found = Mapping[int, Wild]


def with_wild(table: Table, found: Found, style: Style = PLAIN) -> Table:
    """Add the bootstrap p-values and intervals of the variables of interest under a table.

    Parameters
    ----------
    found
        Position of a column, from 0 -> its wild cluster bootstrap.
    """
    if not found:
        return table
    names = dict.fromkeys(n for one in found.values() for n in one.estimates.regression.regressors)
    columns = range(len(table.columns))
    rows = tuple(
        row
        for first, name in enumerate(names)
        for row in (
            Row(
                message("Wild bootstrap p: {name}", name=name_of(name, style.labels)),
                tuple(_cell(found.get(i), name) for i in columns),
                key=f"{name}:p_wild",
                rule_above=first == 0,
            ),
            Row(
                message("Wild bootstrap 95% interval: {name}", name=name_of(name, style.labels)),
                tuple(_interval(found.get(i), name, style.decimals) for i in columns),
                key=f"{name}:interval_wild",
            ),
        )
    )
    return replace(
        table,
        rows=(*table.rows, *rows),
        notes=(*table.notes, _note(found), *_coverage_notes(found)),
        machine=_machine(table.machine, found),
    )


def _cell(one: Wild | None, name: str) -> Cell:
    if one is None or name not in one.names:
        return EMPTY
    return Cell(float(one.p_value[one.names.index(name)]), "p_value")


def _interval(one: Wild | None, name: str, decimals: int) -> Cell:
    if one is None or name not in one.names:
        return EMPTY
    pieces = one.intervals[one.names.index(name)]
    return Cell(pieces_in_words(pieces, decimals), "text") if pieces else EMPTY


def _note(found: Found) -> Wording:
    words = message(
        "few clusters: p-values and intervals of the wild cluster bootstrap are given under the "
        "table (two-sided and symmetric, with the null hypothesis imposed, at most {draws} "
        "draws; the intervals invert the test); the stars follow the usual standard errors.",
        draws=max(one.n_draws for one in found.values()),
    )
    return in_columns([i + 1 for i in found], words)


def _coverage_notes(found: Found) -> Iterator[Wording]:
    """State how often such intervals cover the true value where entities are the clusters."""
    of_entities = [
        one.estimates
        for one in found.values()
        if interval_kind(one.estimates.covariance) == "cluster"
    ]
    for note in coverage_of("wild", of_entities):
        yield message("Wild bootstrap: {note}", note=note)


def _machine(machine: Mapping[str, object], found: Found) -> dict[str, object]:
    columns = machine["columns"]
    assert isinstance(columns, list)
    changed = list(columns)
    for i, one in found.items():
        wild = {
            name: {
                "p_wild": float(one.p_value[at]),
                "interval_wild": machine_pieces(one.intervals[at]),
            }
            for at, name in enumerate(one.names)
        }
        coefficients = {
            name: {**c, **wild.get(name, {})} for name, c in changed[i]["coefficients"].items()
        }
        changed[i] = {**changed[i], "coefficients": coefficients}
    return {**machine, "columns": changed}
