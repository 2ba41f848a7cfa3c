"""Input columns of steps: numbers, or an error that names the problem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.errors import NotNumeric, OutOfDomain, Problem, SpecError, Where
from xinzhi_core.formula.evaluate import no_periods
from xinzhi_core.panel.ledger import Change, Entry
from xinzhi_core.panel.panel import Panel
from xinzhi_core.panel.profile import holds_numbers
from xinzhi_core.problems import text_column
from xinzhi_core.wording import Message, message

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Periods = npt.NDArray[np.int64]
Pool = Literal["all", "period"]
"""Rows over which a statistic of a column is taken."""


def numbers(panel: Panel, columns: tuple[str, ...], *, step: str) -> pd.DataFrame:
    """Take columns of numbers, each once; missing columns and columns of text are errors.

    Raises
    ------
    MissingColumn, NotNumeric
        With the nearest name.
    """
    where = Where(file=panel.source, key=f"prepare.{step}")
    panel.require(columns, where=where)
    found = {name: panel.frame[name] for name in dict.fromkeys(columns)}
    texts = [name for name, column in found.items() if not holds_numbers(column)]
    if texts:
        raise NotNumeric(text_column(name, replace(where, column=name)) for name in texts)
    # Files give floats; a frame in memory may hold whole numbers, with pandas' own sign for a missing one.
    return pd.DataFrame({name: floats_of(column) for name, column in found.items()})


def floats_of(column: pd.Series) -> pd.Series:
    """Give a column of numbers as floats, missing ones as NaN.

    >>> floats_of(pd.Series([1, None], dtype="Int64")).tolist()
    [1.0, nan]
    """
    if column.dtype == np.float64:
        return column
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return pd.Series(values, index=column.index, name=column.name)


def refuse_where(
    panel: Panel, wrong: Flags, column: str, *, code: str, what: Message, remedy: Message
) -> None:
    """Raise one problem per row that is wrong; `{value}` in `what` is the value of the cell.

    Raises
    ------
    OutOfDomain
        Where any row is wrong.
    """
    values, rows = panel.frame[column].to_numpy(), np.flatnonzero(wrong).tolist()
    if rows:
        raise OutOfDomain(
            Problem(
                code,
                message(what.template, value=float(values[i])),
                panel.place(i, column),
                remedy,
            )
            for i in rows
        )


def entry_of(
    panel: Panel,
    flags: Flags,
    why: Message,
    *,
    step: str,
    kind: str,
    change: Change,
    column: str | None = None,
) -> Entry:
    """Write the cells of a column where a flag is set as an entry of the ledger."""
    cells = tuple((str(entity), int(period)) for entity, period in panel.frame.index[flags])
    return Entry(step, kind, column or step, change, why, cells, len(cells))


def derive(
    panel: Panel,
    *,
    step: str,
    kind: str,
    values: Floats,
    why: Message,
    uses: tuple[str, ...],
    more: tuple[Entry, ...] = (),
    unit: str | None = None,
    copies: bool = False,
    again: Callable[[pd.DataFrame], Floats] | None = None,
) -> Panel:
    """Return the panel with a column called by the step, and its entry in the ledger.

    A column that is there already is replaced only by a step that uses it.

    Parameters
    ----------
    more
        Further entries; cells that they name as filled or changed are not counted twice.
    copies
        Whether the rest of the column was taken over as it was.
    again
        Computes the values from a frame, where rows reach into one another, as lags and stocks do:
        what is lost when filled cells are empty rests on them.

    Raises
    ------
    SpecError
        `prepare.taken`: the name belongs to another column.
    """
    if step in panel.frame and step not in uses:
        what = message("There is a column '{name}' already.", name=step)
        remedy = message("give the step another name.")
        raise SpecError(
            Problem("prepare.taken", what, Where(key=f"prepare.{step}", column=step), remedy)
        )
    column = pd.Series(values, index=panel.frame.index, dtype=np.float64)
    # Cells that another entry names as filled or changed were not derived: they are counted there.
    counted = sum(entry.n for entry in more if entry.change in {"filled", "changed"})
    entry = Entry(
        step=step,
        kind=kind,
        column=step,
        change="copied" if copies else "derived",
        why=why,
        n=int(column.notna().sum()) - counted,
        uses=tuple(u for u in uses if u != step),
        rests=None if again is None else _cells_on_filled(panel, uses, values, again),
    )
    return panel.with_columns({step: column}, entry, *more, units={step: unit})


def _cells_on_filled(
    panel: Panel, uses: tuple[str, ...], values: Floats, again: Callable[[pd.DataFrame], Floats]
) -> tuple[tuple[str, int], ...]:
    """Find cells that are lost when the filled cells of the columns they come from are emptied."""
    filled = {name: panel.ledger.filled(name) for name in uses}
    if not any(filled.values()):
        return ()
    keys = panel.frame.index.tolist()
    emptied = {
        name: panel.frame[name].mask(np.array([key in cells for key in keys]))
        for name, cells in filled.items()
    }
    # What goes missing with the filled cells rests on them, however far a lag or a stock reaches.
    lost = np.isnan(again(panel.frame.assign(**emptied))) & ~np.isnan(values)
    return tuple((str(entity), int(period)) for entity, period in panel.frame.index[lost])


def entity_rows(panel: Panel) -> list[tuple[str, slice]]:
    """Rows of each entity, which stand together, in order of periods."""
    codes = np.asarray(panel.frame.index.codes[0])  # type: ignore[attr-defined]
    starts = np.flatnonzero(np.diff(codes, prepend=-1)).tolist()
    names = panel.frame.index.get_level_values(0)
    return [(str(names[a]), slice(a, b)) for a, b in pairwise([*starts, len(codes)])]


def require_years(panel: Panel, *, step: str) -> None:
    """Refuse quarters where a step counts by years.

    Raises
    ------
    SpecError
        `prepare.quarters`.
    """
    if panel.per_year > 1:
        text = message("The step counts by years, and the periods of the panel are quarters.")
        remedy = message("aggregate the panel to years, or bring in the column by quarters.")
        raise SpecError(Problem("prepare.quarters", text, Where(key=f"prepare.{step}"), remedy))


def periods_of(panel: Panel) -> Periods:
    """Period of each row."""
    return panel.frame.index.get_level_values(1).to_numpy(dtype=np.int64)


def denominator(panel: Panel, column: str, *, step: str) -> Floats:
    """Take a column that is divided by.

    Raises
    ------
    OutOfDomain
        `derive.division_by_zero`: a value is not positive, with its row.
    """
    values = numbers(panel, (column,), step=step)[column].to_numpy()
    refuse_where(
        panel,
        values <= 0,
        column,
        code="derive.division_by_zero",
        what=message("A rate per {value} does not exist."),
        remedy=message("correct the value, or empty the cell if it is missing."),
    )
    return values


def refuse_cross_section(panel: Panel, by: int, *, step: str) -> None:
    """Refuse shifts of no period, and shifts of data without periods.

    Raises
    ------
    SpecError
        `expression.no_periods`, `option.domain`.
    """
    where = Where(file=panel.source, key=f"prepare.{step}")
    if by < 1:
        what = message("The number of periods is at least 1, not {by}.", by=by)
        remedy = message("use `lead` for later periods.")
        raise SpecError(Problem("option.domain", what, where, remedy))
    if not panel.has_periods:
        raise no_periods(step, where)


def pools_of(panel: Panel, pool: Pool) -> list[Flags]:
    """Rows of each pool, as flags: one pool of all rows, or one for each period."""
    if pool == "all":
        return [np.ones(len(panel.frame), dtype=bool)] if len(panel.frame) else []
    periods = periods_of(panel)
    return [periods == period for period in np.unique(periods)]


def unknown_unit(
    column: str | None, unit: str | None, denominator: str | None, where: Where
) -> SpecError:
    """Make the error of two columns of which one alone has a unit: no ratio can be formed."""
    what = message(
        "'{column}' is counted in {unit}, the unit of '{denominator}' is unknown.",
        column=column,
        unit=unit,
        denominator=denominator,
    )
    remedy = message("state the unit of both columns.")
    return SpecError(Problem("prepare.unit", what, where, remedy))
