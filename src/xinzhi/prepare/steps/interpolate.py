"""Empty cells between observed ones, and at the ends where that is asked for."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from xinzhi.errors import OutOfDomain, Problem
from xinzhi.options import OneOrMore
from xinzhi.panel.ledger import Entry
from xinzhi.panel.panel import Panel
from xinzhi.prepare.arima import SHORTEST, Order, smooth_arima
from xinzhi.prepare.columns import Floats, Periods, cells_where, entity_rows, numbers, periods_of
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step, outside_domain
from xinzhi.wording import Message, message

Method = Literal["linear", "geometric", "arima"]
Ends = Literal["none", "carry", "growth"]


def fill_inside(values: Floats, periods: Periods, *, method: Method = "linear") -> Floats:
    """Fill empty cells between observed ones of one entity, by the distance of periods.

    Linear: y_t = y_a + (y_b - y_a) (t - a) / (b - a); geometric: the same for ln y.

    Parameters
    ----------
    values, periods
        Values and periods of one entity, (T,), in order of periods.

    Returns
    -------
    Values with the gaps inside filled; ends stay empty.

    Examples
    --------
    >>> gap = np.array([10.0, np.nan, np.nan, 16.0, np.nan])
    >>> years = np.arange(5)
    >>> fill_inside(gap, years)
    array([10., 12., 14., 16., nan])
    >>> fill_inside(gap, years, method="geometric").round(6)
    array([10.      , 11.696071, 13.679808, 16.      ,       nan])
    """
    seen = np.flatnonzero(~np.isnan(values))
    if len(seen) < 2:
        return values.copy()
    scale = np.log(values[seen]) if method == "geometric" else values[seen]
    between = np.interp(periods, periods[seen], scale, left=np.nan, right=np.nan)
    drawn = np.exp(between) if method == "geometric" else between
    return np.where(np.isnan(values), drawn, values)


def fill_ends(values: Floats, periods: Periods, *, ends: Ends) -> Floats:
    """Fill empty cells before the first and after the last observed one.

    `carry` repeats the nearest value; `growth` goes on at the geometric mean growth between the
    first and the last value.

    >>> fill_ends(np.array([np.nan, 2.0, 8.0, np.nan]), np.array([1, 2, 4, 5]), ends="growth")
    array([ 1.,  2.,  8., 16.])
    """
    seen = np.flatnonzero(~np.isnan(values))
    if ends == "none" or not len(seen):
        return values.copy()
    first, last = int(seen[0]), int(seen[-1])
    rate = 1.0
    if ends == "growth" and last > first:
        rate = (values[last] / values[first]) ** (1 / (periods[last] - periods[first]))
    filled = values.copy()
    filled[:first] = values[first] * rate ** (periods[:first] - periods[first]).astype(float)
    filled[last + 1 :] = values[last] * rate ** (periods[last + 1 :] - periods[last]).astype(float)
    return filled


@STEPS.add("interpolate")
class Interpolate(Step):
    """Fill empty cells inside the series of each entity; ends only on request.

    Every filled cell is in the ledger. Nothing is filled across entities; rows that are not there
    are not made.
    """

    columns: Literal["all"] | OneOrMore
    """Columns of numbers, or `all` of them."""
    method: Method = "linear"
    """`arima` takes the expected value given all observed ones (Kalman smoothing)."""
    ends: Ends = "none"
    """What happens before the first and after the last observed value."""
    order: Annotated[Order, Field(strict=False)] = (0, 1, 1)
    """Orders p, d, q of `arima`: 0 to 2, 0 or 1, 0 to 2."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        p, d, q = self.order
        if not (0 <= p <= 2 and 0 <= d <= 1 and 0 <= q <= 2):
            raise outside_domain(
                message("Orders {order} are not available.", order=list(self.order)),
                message("p and q lie between 0 and 2, d is 0 or 1."),
                key="order",
            )
        return self

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Fill the columns in place and write each filled cell to the ledger."""
        del sources
        columns = self._columns(panel)
        table = numbers(panel, columns, step=name)
        changed: dict[str, pd.Series] = {}
        entries: list[Entry] = []
        for column in columns:
            values, more = self._fill(panel, column, table[column].to_numpy(), name)
            if more:
                changed[column] = pd.Series(values, index=table.index)
                entries += more
        return panel.with_columns(changed, *entries)

    def _columns(self, panel: Panel) -> tuple[str, ...]:
        if self.columns != "all":
            return self.columns
        return tuple(str(c) for c in panel.frame if panel.frame[c].dtype == np.float64)

    def _fill(self, panel: Panel, column: str, x: Floats, name: str) -> tuple[Floats, list[Entry]]:
        periods = periods_of(panel)
        inside, ends, short = x.copy(), x.copy(), np.zeros(len(x), dtype=bool)
        for _, rows in entity_rows(panel):
            self._refuse(panel, column, x[rows], rows.start)
            inside[rows], falls_back = self._inside(x[rows], periods[rows])
            short[rows] = falls_back
            ends[rows] = fill_ends(inside[rows], periods[rows], ends=self.ends)
        made = np.isnan(x) & ~np.isnan(inside)
        at_ends = np.isnan(inside) & ~np.isnan(ends)
        reasons: list[tuple[np.ndarray, Message]] = [
            (made & ~short, message("gaps inside, {method}", method=message(self._method()))),
            (
                made & short,
                message("gaps inside, linear: fewer than {n} observations", n=SHORTEST),
            ),
            (at_ends, message("ends, {rule}", rule=self.ends)),
        ]
        return ends, [
            Entry(name, "interpolate", column, "filled", why, cells_where(panel, at), int(at.sum()))
            for at, why in reasons
            if at.any()
        ]

    def _method(self) -> str:
        return f"arima{self.order}" if self.method == "arima" else self.method

    def _inside(self, x: Floats, periods: Periods) -> tuple[Floats, bool]:
        """Fill one entity; tell whether too few observations made it linear."""
        if self.method != "arima":
            return fill_inside(x, periods, method=self.method), False
        smooth = smooth_arima(x, periods, order=self.order)
        if smooth is None:
            return fill_inside(x, periods), True
        return np.where(np.isnan(fill_inside(x, periods)), x, smooth), False

    def _refuse(self, panel: Panel, column: str, x: Floats, start: int) -> None:
        """Refuse growth rates of values that are not positive."""
        needs = np.isnan(x).any() and (self.method == "geometric" or self.ends == "growth")
        at = np.flatnonzero(x <= 0) if needs else np.array([], dtype=int)
        if len(at):
            raise OutOfDomain(
                Problem(
                    "derive.growth_nonpositive",
                    message("{value} has no rate of growth.", value=float(x[i])),
                    panel.place(start + int(i), column),
                    message("interpolate this column linearly."),
                )
                for i in at
            )
