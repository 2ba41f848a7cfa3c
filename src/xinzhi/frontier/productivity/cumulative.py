"""An index of productivity as a variable of the panel: changes, and levels chained from a base period.

With c_t the change from the period before t to t, the level is 1 in the base period and

    l_t = l_{t-1} · c_t  (after it),    l_{t-1} = l_t / c_t  (before it);

indicators, which are differences, are added and start at 0. A pair that has no value breaks the chain:
what lies beyond it, seen from the base, is missing, because nothing is filled unasked.

Färe, Grosskopf, Norris and Zhang (1994), "Productivity growth, technical progress, and efficiency change
in industrialized countries", American Economic Review 84: cumulated indices in section III.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xinzhi.errors import DataError, Problem, SpecError, Where, suggestion
from xinzhi.frontier.result import Array
from xinzhi.wording import message

if TYPE_CHECKING:
    from xinzhi.frontier.productivity.index import ProductivityResult

VALUE = "value"


def changes(result: ProductivityResult, component: str = VALUE) -> pd.Series:
    """Give the change to each period, indexed (entity, period); the first period has none.

    Raises
    ------
    SpecError
        The index has no such component, with the nearest one.
    """
    index = pd.MultiIndex.from_arrays([result.entities, result.second], names=["entity", "period"])
    return pd.Series(_part(result, component), index=index, name=component)


def cumulated(
    result: ProductivityResult, component: str = VALUE, base: int | None = None
) -> pd.Series:
    """Give the level of each period relative to the base period, indexed (entity, period).

    Parameters
    ----------
    component
        `value` or a component of the index.
    base
        Period of level 1 (0 for indicators); the first of the data where None.

    Raises
    ------
    SpecError
        The index has no such component.
    DataError
        No pair of periods begins or ends in the base period.

    Examples
    --------
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2, 3]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"x": [1.0, 1, 1, 2, 1, 1], "y": [1.0, 1, 1, 1, 1, 1]}, index=index)
    >>> found = xz.productivity(frame, index="malmquist", inputs="x", good_outputs="y")
    >>> cumulated(found).tolist(), cumulated(found, base=3).tolist()
    ([1.0, 1.0, 1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 1.0, 0.5, 1.0, 1.0])
    """
    values = _part(result, component)
    periods = sorted({*result.first, *result.second})
    if base is None:
        base = periods[0]
    if base not in periods:
        text = message("The base period {base} is not among the periods of the index.", base=base)
        remedy = message("choose one from {first} to {last}.", first=periods[0], last=periods[-1])
        raise DataError(Problem("productivity.no_base", text, Where(key="base"), remedy))
    # Entities in the order of the data, so that levels come back as the pairs were given.
    entities = list(dict.fromkeys(result.entities))
    steps = np.full((len(entities), len(periods)), np.nan)
    row = {entity: place for place, entity in enumerate(entities)}
    column = {period: place for place, period in enumerate(periods)}
    steps[[row[e] for e in result.entities], [column[p] for p in result.second]] = values
    levels = _chain(steps, column[base], adds=result.is_difference)
    index = pd.MultiIndex.from_product([entities, periods], names=["entity", "period"])
    every = pd.Series(levels.ravel(), index=index, name=component)
    # A level exists where a pair of periods begins or ends, even if it is missing.
    is_seen = pd.MultiIndex.from_arrays([result.entities * 2, result.first + result.second])
    return every[index.isin(is_seen)]


def _part(result: ProductivityResult, component: str) -> Array:
    values = result.values  # noqa: PD011 - a field of ours
    parts = {VALUE: values, **result.components}
    if component not in parts:
        text = message(
            "The index {index} has no component '{name}'.",
            index=result.index,
            name=component,
        )
        remedy = suggestion(component, tuple(parts))
        raise SpecError(Problem("productivity.no_component", text, Where(key="component"), remedy))
    return np.asarray(parts[component])


def _chain(steps: Array, base: int, *, adds: bool) -> Array:
    """Chain changes forwards and backwards from a base; shape (entities, periods)."""
    levels = np.full_like(steps, np.nan)
    levels[:, base] = 0.0 if adds else 1.0
    for t in range(base + 1, steps.shape[1]):
        before = levels[:, t - 1]
        levels[:, t] = before + steps[:, t] if adds else before * steps[:, t]
    for t in range(base, 0, -1):
        after = levels[:, t]
        # A change of 0 has no way back: the level before it stays missing.
        by = np.where(steps[:, t] == 0, np.nan, steps[:, t])
        levels[:, t - 1] = after - steps[:, t] if adds else after / by
    return levels
