"""Whole periods and entities of zeros among amounts: missing values, most often."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xinzhi.errors import Problem, Where
from xinzhi.panel.panel import Panel
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
        if not (values == 0).any() or _is_no_amount(values, entity, period):
            continue
        problems += [_period(panel, str(name), i) for i in _all_zero(values, period)]
        problems += [_entity(panel, str(name), i) for i in _all_zero(values, entity)]
    return problems[:SHOWN]


def _groups(panel: Panel) -> tuple[Codes, Codes]:
    """Give the number of the entity and of the period of each row, in sorted order."""
    codes = np.asarray(panel.frame.index.codes[0])  # type: ignore[attr-defined]
    years = panel.frame.index.get_level_values(1).to_numpy()
    return np.cumsum(np.diff(codes, prepend=codes[0]) != 0), np.searchsorted(panel.periods, years)


def _is_no_amount(values: Floats, entity: Codes, period: Codes) -> bool:
    """Whether a column is a mark, a trend or a property of places, or has negative values."""
    known = ~np.isnan(values)
    others = values[known & (values != 0)]
    if not len(others) or others.min() < 0 or others.min() == others.max():
        return True
    return any(_is_constant(values[known], groups[known]) for groups in (entity, period))


def _is_constant(values: Floats, groups: Codes) -> bool:
    """Whether a column has one value in each group."""
    first = np.zeros(groups.max() + 1)
    first[groups] = values
    return bool((first[groups] == values).all())


def _all_zero(values: Floats, groups: Codes) -> list[int]:
    """Find groups that are 0 throughout, where the rest hardly is; fewer than half of all groups."""
    known = ~np.isnan(values)
    n = np.bincount(groups[known], minlength=groups.max() + 1)
    zeros = np.bincount(groups[known & (values == 0)], minlength=len(n))
    found = (n > 1) & (zeros == n)
    rest = n[~found].sum()
    filled = rest - zeros[~found].sum()
    odd = found.any() and 2 * found.sum() < (n > 0).sum() and filled >= FILLED * rest
    return np.flatnonzero(found).tolist() if odd else []


def _period(panel: Panel, name: str, at: int) -> Problem:
    period = panel.periods[at]
    return Problem(
        "panel.zero_period",
        message(
            "All values of '{name}' in {period} are 0; in other periods they are not.",
            name=name,
            period=period,
        ),
        Where(file=panel.source, column=name, period=period),
        REMEDY,
        severity="warning",
    )


def _entity(panel: Panel, name: str, at: int) -> Problem:
    entity = panel.entities[at]
    return Problem(
        "panel.zero_entity",
        message(
            "All values of '{name}' of {entity} are 0; those of other entities are not.",
            name=name,
            entity=entity,
        ),
        Where(file=panel.source, column=name, entity=entity),
        REMEDY,
        severity="warning",
    )
