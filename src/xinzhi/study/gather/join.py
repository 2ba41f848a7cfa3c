"""Tables are stack_tables where they continue one another, and join_tables side by side where they do not.

Two tables continue one another if they share columns of numbers and either hardly a row, or all
columns of numbers of one are in the other: one year a file, one province a file. A column that
tells the entity (a code, a province) is shared by tables of any kind and connects none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.raw import Decision
from xinzhi.io.recognise.cells import loose
from xinzhi.panel.panel import ENTITY, PERIOD, Panel, panel_of
from xinzhi.study.gather.codes import HEADINGS
from xinzhi.study.gather.combine import GatherFindings, combine
from xinzhi.study.schema.sources import Join
from xinzhi.wording import Wording, listed, message

HARDLY = 0.1
"""Share of the rows of the smaller table up to which two tables have hardly a row in common."""
SHOWN = 8


def join_tables(panels: Sequence[Panel], how: Join, key: str, findings: GatherFindings) -> Panel:
    """Put tables together and keep the rows that `how` says; count what is left out.

    Parameters
    ----------
    panels
        One for each file, or for each source.
    how
        `outer`, `left` or `inner`.
    key
        Key of the study file that says how, for messages.
    """
    panels = _date_undated(panels, findings)
    stacks = [combine(stack, findings) for stack in stack_tables(panels)]
    if findings.problems:
        return stacks[0]
    whole = combine(stacks, findings)
    if findings.problems or len(stacks) == 1:
        return whole
    index = whole.frame.index
    inside = np.array([index.isin(stack.frame.index) for stack in stacks])
    if how == "outer":
        findings.decisions += _empty_there(stacks, inside)
        return whole
    stays = np.asarray(inside.all(axis=0) if how == "inner" else inside[0], dtype=bool)
    if not stays.any():
        raise DataError(_nothing_common(stacks, key))
    if not stays.all():
        findings.decisions.append(_rows_left_out(whole, stays, how, key))
    if how == "left":
        findings.decisions += _empty_there(stacks[1:], inside[1:, stays])
    return whole.take(stays)


def stack_tables(panels: Sequence[Panel]) -> list[list[Panel]]:
    """Group tables that continue one another, in their order."""
    stacks: list[list[Panel]] = []
    for panel in panels:
        mine = [stack for stack in stacks if any(_continues(panel, member) for member in stack)]
        others = [stack for stack in stacks if stack not in mine]
        stacks = [*others, [*(member for stack in mine for member in stack), panel]]
    # By identity: a panel cannot be hashed.
    order = {id(panel): position for position, panel in enumerate(panels)}
    return sorted(stacks, key=lambda stack: order[id(stack[0])])


def _continues(first: Panel, other: Panel) -> bool:
    a, b = _changing_columns(first), _changing_columns(other)
    if not a & b:
        return False
    if a <= b or b <= a:
        return True
    # Two files of one year each hardly meet; files of different indicators share nearly all rows.
    common = first.frame.index.isin(other.frame.index).sum()
    return bool(common <= HARDLY * min(len(first.frame), len(other.frame)))


def _changing_columns(panel: Panel) -> set[str]:
    """Columns of numbers that change within an entity, or all but codes in a single period."""
    numbers = [
        column
        for column in panel.frame.columns
        if panel.frame[column].dtype.kind in "fiub" and loose(column) not in HEADINGS
    ]
    if len(panel.periods) > 1 and numbers:
        changes = panel.frame[numbers].groupby(level=ENTITY).nunique().gt(1).any()
        numbers = [c for c in numbers if changes[c]]
    return set(map(str, numbers))


def _date_undated(panels: Sequence[Panel], findings: GatherFindings) -> list[Panel]:
    """Repeat a table without periods in every period of its entities, where others have periods."""
    dated = [panel for panel in panels if panel.has_periods]
    if not dated or len(dated) == len(panels):
        return list(panels)
    index = dated[0].frame.index
    for panel in dated[1:]:
        index = index.union(panel.frame.index)
    return [
        panel if panel.has_periods else _repeat_in_periods(panel, index, findings)
        for panel in panels
    ]


def _repeat_in_periods(panel: Panel, index: pd.Index, findings: GatherFindings) -> Panel:
    once = panel.frame.droplevel(PERIOD)
    mine = index[index.get_level_values(ENTITY).isin(once.index)]
    places = once.index.get_indexer(mine.get_level_values(ENTITY))
    frame = once.iloc[places].set_axis(mine, axis=0)
    findings.decisions.append(
        Decision(
            message(
                "{file} has no periods; what it tells of an entity holds in every period.",
                file=panel.source or "?",
            ),
            Where(file=panel.source),
            len(once),
            "files.every_period",
        )
    )
    return panel_of(
        frame,
        labels=panel.labels,
        units=panel.units,
        origins=panel.origins,
        rows=tuple(panel.rows[place] for place in places) if panel.rows else (),
        source=panel.source,
        keys=panel.keys,
    )


def _empty_there(stacks: Sequence[Panel], inside: np.ndarray) -> list[Decision]:
    return [
        Decision(
            message(
                "{n} rows are not in {file}; its columns are empty there.",
                one="{n} row is not in {file}; its columns are empty there.",
                n=int((~rows).sum()),
                file=stack.source or "?",
            ),
            Where(file=stack.source),
            int((~rows).sum()),
        )
        for stack, rows in zip(stacks, inside, strict=True)
        if not rows.all()
    ]


def _rows_left_out(whole: Panel, stays: np.ndarray, how: Join, key: str) -> Decision:
    """Say what a join leaves out: entities as a whole by name, rows by number."""
    entities = whole.frame.index.get_level_values(ENTITY)
    lost = sorted(set(entities[~stays]) - set(entities[stays]))
    n = int((~stays).sum())
    text = message(
        "{n} of {total} rows are left out, as not every file has them (join: {how}).",
        n=n,
        total=len(stays),
        how=how,
    )
    if lost:
        names: list[Wording] = [*lost[:SHOWN]]
        if (more := len(lost) - SHOWN) > 0:
            names.append(message("and {n} more", n=more))
        text = message(
            "{what} {count} entities are lost altogether: {names}.",
            what=text,
            count=len(lost),
            names=listed(names),
        )
    return Decision(text, Where(key=key), n, "files.left_out_rows")


def _nothing_common(stacks: Sequence[Panel], key: str) -> Problem:
    text = message(
        "No entity and period is in all of {files}.",
        files=listed([stack.source or "?" for stack in stacks]),
    )
    remedy = message("compare the names and the periods of the files, or use join: outer.")
    return Problem("files.nothing_common", text, Where(key=key), remedy)
