"""Columns of several tables become one: equal cells are kept once, different ones are errors.

A cell that one table has and another leaves empty is taken from the one that has it; both are counted.
Nothing is decided where tables differ: the cells of both are shown and a person chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from xinzhi.analyses.section import as_written
from xinzhi.errors import Problem, Where
from xinzhi.io.raw import Decision
from xinzhi.io.recognise.cells import loose
from xinzhi.panel.panel import Panel, panel_of
from xinzhi.places.identity import Identity, identify
from xinzhi.study.gather.codes import PROVINCES
from xinzhi.wording import Wording, listed, message

EXAMPLES = 3
SAME = 1e-9
"""Relative difference up to which two numbers are one: what formats round away."""


@dataclass(slots=True)
class GatherFindings:
    """What came up while tables were put together."""

    problems: list[Problem] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


def combine(panels: Sequence[Panel], findings: GatherFindings) -> Panel:
    """Put tables together on their keys: all rows, all columns, shared cells compared."""
    if len(panels) == 1:
        return panels[0]
    index = panels[0].frame.index
    for panel in panels[1:]:
        index = index.union(panel.frame.index)
    columns = dict.fromkeys(str(c) for panel in panels for c in panel.frame.columns)
    frame = pd.DataFrame(
        {column: _combine_column(column, panels, index, findings) for column in columns},
        index=index,
    )
    _compare_units(panels, findings)
    return panel_of(
        frame,
        labels={k: v for panel in reversed(panels) for k, v in panel.labels.items()},
        units={k: v for panel in reversed(panels) for k, v in panel.units.items()},
        origins={
            column: tuple(
                dict.fromkeys(
                    file
                    for panel in panels
                    if column in panel.frame
                    for file in panel.origins.get(column, (panel.source or "?",))
                )
            )
            for column in columns
        },
        source=", ".join(dict.fromkeys(panel.source or "?" for panel in panels)),
        has_periods=any(panel.has_periods for panel in panels),
        keys=panels[0].keys,
    )


def _combine_column(
    column: str, panels: Sequence[Panel], index: pd.Index, findings: GatherFindings
) -> pd.Series:
    """Put one column together, table by table."""
    bearers = [panel for panel in panels if column in panel.frame]
    n_equal = 0
    cells = [panel.frame[column] for panel in bearers]
    # Numbers in one file and text in another are compared as a person would write them.
    if len({cell.dtype.kind in "fiub" for cell in cells}) > 1:
        cells = [cell.map(as_written, na_action="ignore").astype(object) for cell in cells]
    result = cells[0].reindex(index)
    # Number of the table from which each cell comes; -1 where it is empty so far.
    origin = np.where(result.notna(), 0, -1)
    for number, panel in enumerate(bearers[1:], 1):
        new = cells[number].reindex(index)
        has, had = new.notna().to_numpy(), origin >= 0
        both = has & had
        if both.any():
            n_equal += _compare_cells(column, result, new, both, origin, bearers, number, findings)
        # Only a cell whose row is in an earlier table, too, fills a gap: other rows are new ones.
        is_gap = np.any([index.isin(before.frame.index) for before in bearers[:number]], axis=0)
        if n := int((~had & has & is_gap).sum()):
            findings.decisions.append(_cells_taken(column, panel, n))
        result = result.where(had, new)
        origin = np.where(~had & has, number, origin)
    if n_equal:
        findings.decisions.append(_cells_alike(column, bearers, n_equal))
    return result


def _cells_alike(column: str, bearers: Sequence[Panel], n: int) -> Decision:
    text = message(
        "'{column}' is in {files}; {n} equal cells are kept once.",
        one="'{column}' is in {files}; {n} equal cell is kept once.",
        column=column,
        files=listed(list(dict.fromkeys(panel.source or "?" for panel in bearers))),
        n=n,
    )
    return Decision(text, Where(column=column), n, "files.same_cells")


def _cells_taken(column: str, panel: Panel, n: int) -> Decision:
    text = message(
        "'{column}': {n} cells that are empty in other files are taken from {file}.",
        one="'{column}': {n} cell that is empty in other files is taken from {file}.",
        column=column,
        n=n,
        file=panel.source,
    )
    return Decision(text, Where(file=panel.source, column=column), n, "files.taken_cells")


def _compare_cells(
    column: str,
    result: pd.Series,
    new: pd.Series,
    both: np.ndarray,
    origin: np.ndarray,
    bearers: Sequence[Panel],
    number: int,
    findings: GatherFindings,
) -> int:
    """Count the cells that two tables have alike; show those in which they differ."""
    a, b = result[both], new[both]
    if a.dtype.kind in "fiub":
        differs = ~np.isclose(a.to_numpy(float), b.to_numpy(float), rtol=SAME, atol=0.0)
    else:
        differs = np.array(_texts(column, a), object) != np.array(_texts(column, b), object)
    shared = np.flatnonzero(both)
    for first in np.unique(origin[shared]).tolist():
        wrong = shared[(origin[shared] == first) & differs]
        if len(wrong):
            places = [result.index[position] for position in wrong]
            problem = _cells_differ(column, bearers[first], bearers[number], places)
            findings.problems.append(problem)
    return int((~differs).sum())


def _texts(column: str, cells: pd.Series) -> list[str]:
    """Write cells of text for comparison; provinces by their full names."""
    texts = [loose(as_written(value)) for value in cells]
    if loose(column) not in PROVINCES:
        return texts
    distinct = dict.fromkeys((text, None, None) for text in texts)
    places = identify(distinct, "china_provinces").found
    return [
        place.name if isinstance(place := places[text, None, None], Identity) else text
        for text in texts
    ]


def _cells_differ(
    column: str, first: Panel, other: Panel, places: Sequence[tuple[str, int]]
) -> Problem:
    """Show cells in which two tables differ."""
    shown: list[Wording] = [_both_cells(column, first, other, key) for key in places[:EXAMPLES]]
    here = other.place(_at(other, places[0]), column)
    text = message(
        "'{column}' differs between {first} and {second} in {n} cells: {cells}.",
        one="'{column}' differs between {first} and {second} in {n} cell: {cells}.",
        column=column,
        first=first.source,
        second=other.source,
        n=len(places),
        cells=listed(shown),
    )
    remedy = message(
        "correct one of the files, or choose and rename columns with `columns: {{new: old}}` so "
        "that each stands once."
    )
    return Problem("files.differ", text, here, remedy)


def _both_cells(column: str, first: Panel, other: Panel, key: tuple[str, int]) -> Wording:
    entity, period = key
    place, second = first.place(_at(first, key)), other.place(_at(other, key))
    return message(
        "{key}: {a} (row {row_a}) and {b} (row {row_b})",
        key=f"{entity} {period}" if other.has_periods else entity,
        a=as_written(first.frame.loc[key, column]),
        row_a=place.row or "?",
        b=as_written(other.frame.loc[key, column]),
        row_b=second.row or "?",
    )


def _at(panel: Panel, key: tuple[str, int]) -> int:
    return int(panel.frame.index.get_loc(key))  # type: ignore[arg-type]


def _compare_units(panels: Sequence[Panel], findings: GatherFindings) -> None:
    """Refuse one column in two units: its figures would be told apart by a factor."""
    units: dict[str, tuple[str, str | None]] = {}
    for panel in panels:
        for column in map(str, panel.frame.columns):
            unit = panel.units.get(column)
            if unit is None:
                continue
            first_unit, file = units.setdefault(column, (unit, panel.source))
            if first_unit != unit:
                findings.problems.append(
                    Problem(
                        "files.units",
                        message(
                            "'{column}' is measured in {unit} in {first} but in {other} in {second}.",
                            column=column,
                            unit=first_unit,
                            first=file,
                            other=unit,
                            second=panel.source,
                        ),
                        Where(file=panel.source, column=column),
                        message("convert the figures of one file to the unit of the other."),
                    )
                )
