"""Whole periods and entities of zeros among amounts: missing values, most often."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xinzhi.errors import Problem, Where
from xinzhi.panel.panel import Panel
from xinzhi.problems import first_of_columns
from xinzhi.wording import message

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
    >>> from xinzhi.panel.panel import panel_of
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
