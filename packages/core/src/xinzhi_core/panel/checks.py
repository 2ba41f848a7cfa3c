"""Warnings about a panel: none is an error, but each can make results unreliable.

Characters that no document can hold are found here too, before any work is done.

Whole periods and entities of zeros among amounts: missing values, most often.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import Problem, Severity, Where
from xinzhi_core.lazy import WhenUsed
from xinzhi_core.panel.panel import ENTITY, Panel
from xinzhi_core.panel.scales import check_jumps, check_scales
from xinzhi_core.problems import CONSTANT_COLUMN, first_of_columns
from xinzhi_core.wording import UNPRINTABLE, Message, message, visible

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", "xinzhi-core[frames]")

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
FILLED = 0.9
"""Share of the other cells that are not 0, if a whole period or entity of zeros is to be odd."""
SHOWN = 20
REMEDY = message(
    "zeros often stand for missing values: empty the cells; if nothing was measured there, leave them."
)


def check_zeros(panel: Panel) -> list[Problem]:
    """Find periods and entities in which a column of amounts is 0 throughout, and elsewhere hardly.

    Columns that say the same of all entities, or the same at all times, are trends and properties
    of places, where a zero has a meaning; columns with one other value are marks.

    Examples
    --------
    >>> import pandas as pd
    >>> from xinzhi_core.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2, 3]], names=["entity", "period"])
    >>> values = pd.DataFrame({"x": [4.0, 0.0, 5.0, 7.0, 0.0, 9.0]}, index=index)
    >>> [str(p.what) for p in check_zeros(panel_of(values))]
    ["All values of 'x' in 2 are 0; in other periods they are not."]
    """
    if not panel.has_periods or len(panel.periods) < 2 or panel.n_entities < 2:
        return []
    entity, period = _groups(panel)
    problems = []
    for name, column in panel.frame.items():
        if column.dtype != np.float64:
            continue
        values = column.to_numpy()
        if (values == 0).any() and _is_amount(values, entity, period):
            problems += [_period(panel, str(name), i) for i in _all_zero(values, period)]
            problems += [_entity(panel, str(name), i) for i in _all_zero(values, entity)]
    return first_of_columns(problems, SHOWN)


def _groups(panel: Panel) -> tuple[Codes, Codes]:
    """Give the number of the entity and of the period of each row, in sorted order."""
    codes = np.asarray(panel.frame.index.codes[0])  # type: ignore[attr-defined]
    years = panel.frame.index.get_level_values(1).to_numpy()
    # The rows are sorted by entity: a change of the code is the next entity, whatever the codes are.
    return np.cumsum(np.diff(codes, prepend=codes[0]) != 0), np.searchsorted(panel.periods, years)


def _is_amount(values: Floats, entity: Codes, period: Codes) -> bool:
    """Whether a column is neither a mark, a trend nor a property of places, nor has negative values."""
    observed = ~np.isnan(values)
    others = values[observed & (values != 0)]
    if not len(others) or others.min() < 0 or others.min() == others.max():
        return False
    for groups in (entity[observed], period[observed]):
        last = np.zeros(groups.max() + 1)
        last[groups] = values[observed]
        if (last[groups] == values[observed]).all():
            return False
    return True


def _all_zero(values: Floats, groups: Codes) -> list[int]:
    """Find groups that are 0 throughout, where the rest hardly is; fewer than half of all groups."""
    observed = ~np.isnan(values)
    n = np.bincount(groups[observed], minlength=groups.max() + 1)
    zeros = np.bincount(groups[observed & (values == 0)], minlength=len(n))
    # One zero says little: a group of a single cell is not judged.
    all_zero = (n > 1) & (zeros == n)
    rest = n[~all_zero].sum()
    filled = rest - zeros[~all_zero].sum()
    is_odd = 2 * all_zero.sum() < (n > 0).sum() and filled >= FILLED * rest
    return np.flatnonzero(all_zero).tolist() if is_odd else []


def _period(panel: Panel, name: str, i: int) -> Problem:
    period = panel.periods[i]
    what = message(
        "All values of '{name}' in {period} are 0; in other periods they are not.",
        name=name,
        period=period,
    )
    where = Where(file=panel.source, column=name, period=period)
    return Problem("panel.zero_period", what, where, REMEDY, severity="warning")


def _entity(panel: Panel, name: str, i: int) -> Problem:
    entity = panel.entities[i]
    what = message(
        "All values of '{name}' of {entity} are 0; those of other entities are not.",
        name=name,
        entity=entity,
    )
    where = Where(file=panel.source, column=name, entity=entity)
    return Problem("panel.zero_entity", what, where, REMEDY, severity="warning")


LONG_GAP = 5
"""Periods in a row that are named together where none has a row."""
EXACT = float(2**53)
"""Whole numbers up to here are kept to the last digit."""
SENTINELS = np.array(
    [-1, -9, -88, -99, -888, -999, -8888, -9999, -99999, 9999, 99999, 999999, 9999999], dtype=float
)


def check_panel(panel: Panel) -> tuple[Problem, ...]:
    """Look for gaps, constant columns, jumps of units, one entity, one period.

    Every problem is a warning. Missing rows inside the span of an entity are `panel.gap`, periods
    that no entity has `panel.gap_year`.

    Examples
    --------
    >>> import pandas as pd
    >>> from xinzhi_core.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_tuples([("a", 1), ("a", 3)], names=["entity", "period"])
    >>> [p.code for p in check_panel(panel_of(pd.DataFrame({"x": [1.0, 2.0]}, index=index)))]
    ['panel.gap_year', 'panel.one_entity']
    """
    if panel.frame.empty and not len(panel.frame.index):
        return (_warn("panel.empty", message("The table has no rows."), Where(file=panel.source)),)
    return (
        *_gap_years(panel),
        *_gaps(panel),
        *_few(panel),
        *_constants(panel),
        *first_of_columns(_sentinels(panel), SHOWN),
        *check_zeros(panel),
        *first_of_columns(_too_large(panel), SHOWN),
        *check_jumps(panel),
        *check_scales(panel),
    )


def _warn(code: str, what: Message, where: Where, remedy: Message | str = "") -> Problem:
    return Problem(code, what, where, remedy, severity="warning")


def _gap_years(panel: Panel) -> list[Problem]:
    if not panel.has_periods:
        return []
    periods = panel.periods
    # Periods spread so thinly are not a series with gaps: what lies between them is not missing.
    if periods[-1] - periods[0] > 10 * len(periods):
        return []
    # Two periods do not show whether a survey is taken every second year.
    step = int(np.gcd.reduce(np.diff(periods))) if len(periods) > 2 else 1
    missing = sorted(set(range(periods[0], periods[-1], step)) - set(periods))
    remedy = message(
        "changes between the periods before and after it span more than one period: add "
        "the rows, or declare it."
    )
    return [
        _warn("panel.gap_year", what, Where(file=panel.source, period=first), remedy)
        for first, what in islice(_runs(missing, step), SHOWN)
    ]


def _runs(missing: list[int], step: int) -> Iterator[tuple[int, Message]]:
    """Name periods that no entity has, each by itself; of many in a row the first and the last."""
    breaks = np.flatnonzero(np.diff(missing) != step) + 1
    for run in np.split(np.array(missing, dtype=np.int64), breaks):
        numbers = run.tolist()
        if len(numbers) >= LONG_GAP:
            yield (
                numbers[0],
                message(
                    "No entity has a row for the {n} periods from {first} to {last}.",
                    n=len(numbers),
                    first=numbers[0],
                    last=numbers[-1],
                ),
            )
            continue
        for period in numbers:
            yield period, message("No entity has a row for {period}.", period=period)


def _gaps(panel: Panel) -> list[Problem]:
    """Rows that are missing: inside the span of an entity one by one, at its ends in one line."""
    if panel.is_balanced or not panel.has_periods:
        return []
    entity, period = (np.asarray(level) for level in panel.frame.index.codes)  # type: ignore[attr-defined]
    table = np.zeros((entity.max() + 1, period.max() + 1), dtype=bool)
    table[entity, period] = True
    table = table[np.ix_(np.unique(entity), np.unique(period))]
    # Inside: there is a row of the entity at or before the period, and one at or after it.
    before = np.maximum.accumulate(table, axis=1)
    after = np.maximum.accumulate(table[:, ::-1], axis=1)[:, ::-1]
    inside = before & after
    places = np.argwhere(~table & inside)
    entities, periods = panel.entities, panel.periods
    problems = [
        _warn(
            "panel.gap",
            message("{entity} has no row for {period}.", entity=entities[i], period=periods[j]),
            Where(file=panel.source, entity=entities[i], period=periods[j]),
            message(
                "add the row; without it indices leave out this pair of periods and lags are missing."
            ),
        )
        for i, j in places[:SHOWN]
    ]
    n_ends = int((~table & ~inside).sum())
    if n_ends or len(places) > SHOWN:
        what = message(
            "The panel is unbalanced: {n} rows are missing inside the spans of entities, "
            "{ends} at their ends.",
            one="The panel is unbalanced: {n} row is missing inside the span of an entity, "
            "{ends} at the ends.",
            n=len(places),
            ends=n_ends,
        )
        remedy = message("add the rows, or study the entities and periods that are complete.")
        problems.append(_warn("panel.unbalanced", what, Where(file=panel.source), remedy))
    return problems


def _few(panel: Panel) -> Iterator[Problem]:
    if panel.n_entities == 1:
        yield _warn(
            "panel.one_entity",
            message("There is one entity only."),
            Where(file=panel.source, entity=panel.entities[0]),
            message("comparisons between entities and effects of periods mean nothing here."),
        )
    if panel.has_periods and len(panel.periods) == 1:
        yield _warn(
            "panel.one_period",
            message("There is one period only."),
            Where(file=panel.source, period=panel.periods[0]),
            message("changes over time and effects of entities mean nothing here."),
        )


def _constants(panel: Panel) -> list[Problem]:
    """Name the first columns without variation and count the rest, if there are thousands."""
    problems = list(_constant_columns(panel)) if len(panel.frame) > 1 else []
    n = len(problems) - SHOWN
    if n <= 1:
        return problems
    rest = _warn(
        CONSTANT_COLUMN,
        message("{n} more columns are constant or empty.", n=n),
        Where(file=panel.source),
        message("leave them out."),
    )
    names = tuple(str(problem.where.column) for problem in problems[SHOWN:])
    return [*problems[:SHOWN], replace(rest, beside=names)]


def _constant_columns(panel: Panel) -> Iterator[Problem]:
    for name, column in panel.frame.items():
        values = column.to_numpy()[column.notna().to_numpy()]
        where = Where(file=panel.source, column=str(name))
        if not len(values):
            what = message("Column '{name}' is empty.", name=name)
            yield _warn("panel.empty_column", what, where, message("fill it or leave it out."))
        elif column.dtype == np.float64 and len(values) > 1 and values.min() == values.max():
            yield _warn(
                CONSTANT_COLUMN,
                message(
                    "Column '{name}' is constant ({value}).", name=name, value=float(values[0])
                ),
                where,
                message("it can explain nothing in a regression."),
            )


def _too_large(panel: Panel) -> Iterator[Problem]:
    """Find whole numbers so large that their last digits are lost."""
    for name, values in _columns_of_numbers(panel):
        if np.fmax.reduce(values) >= EXACT:
            position = int(np.nanargmax(values))
            yield _warn(
                "number.too_large",
                message(
                    "{value} is so large that its last digits may be lost.",
                    value=f"{values[position]:,.0f}",
                ),
                panel.place(position, name),
                message("write the column in a larger unit."),
            )


def _sentinels(panel: Panel) -> Iterator[Problem]:
    """Find values such as -999 or 99999 that often stand for missing ones."""
    for name, values in _columns_of_numbers(panel):
        for i in np.flatnonzero(np.isin(values, SENTINELS)).tolist():
            others = np.abs(values[(values != values[i]) & ~np.isnan(values)])
            # -1 among other negative numbers, or 9999 among numbers of its size, is a value.
            signs_fit = values[i] > 0 or (values[(values != values[i])] < 0).any()
            if len(others) and (abs(values[i]) < 5 * others.max()) and signs_fit:
                continue
            yield _warn(
                "number.sentinel",
                message("{value} may stand for a missing value.", value=float(values[i])),
                panel.place(i, name),
                message("empty the cell, or state the mark as missing."),
            )


def _columns_of_numbers(panel: Panel) -> Iterator[tuple[str, npt.NDArray[np.float64]]]:
    for name, column in panel.frame.items():
        if column.dtype == np.float64:
            yield str(name), column.to_numpy()


def unprintable_names(panel: Panel) -> list[Problem]:
    """Find control characters in the names of entities and columns; they are errors.

    Nothing is removed silently: a name without its control character is another name, and may be
    that of another row.
    """
    headings = (
        _problem(column, Where(file=panel.source, column=visible(column)), "error")
        for column in map(str, panel.frame.columns)
        if UNPRINTABLE.search(column)
    )
    entities = panel.frame.index.get_level_values(ENTITY)
    return list(islice(chain(headings, _unprintable(panel, entities, None)), SHOWN))


def unprintable_texts(panel: Panel) -> list[Problem]:
    """Find control characters in cells of text; they are warnings, and shown by their codes."""
    frame = panel.frame
    texts = [column for column in frame.columns if frame[column].dtype.kind == "O"]
    problems = (_unprintable(panel, frame[column], str(column)) for column in texts)
    return first_of_columns(chain.from_iterable(problems), SHOWN)


def _unprintable(
    panel: Panel, values: pd.Series | pd.Index, column: str | None
) -> Iterator[Problem]:
    """Report each text once, with its first row."""
    codes, uniques = pd.factorize(np.asarray(values, dtype=object))
    for code, text in enumerate(uniques):
        if isinstance(text, str) and UNPRINTABLE.search(text):
            positions = np.flatnonzero(codes == code).tolist()
            first = min(positions, key=panel.rows.__getitem__) if panel.rows else positions[0]
            where = panel.place(int(first), column)
            yield _problem(text, where, "error" if column is None else "warning")


def _problem(name: str, where: Where, severity: Severity) -> Problem:
    match = UNPRINTABLE.search(name)
    what = message(
        "'{name}' holds the character U+{code}, which no document can show.",
        name=visible(name),
        code=f"{ord(match[0]):04X}" if match else "",
    )
    remedy = message("delete it in the file; in a spreadsheet =CLEAN() does.")
    return Problem("data.control_character", what, where, remedy, severity)
