"""Empty cells filled by a declared rule: inside a series, beyond its end, before its beginning."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from xinzhi.options import OneOrMore, PeriodNumber
from xinzhi.prepare.arima import SHORTEST, Order, smooth_arima
from xinzhi.prepare.columns import (
    Floats,
    Periods,
    derive,
    entity_rows,
    entry_of,
    numbers,
    periods_of,
    refuse_where,
)
from xinzhi.prepare.step import NO_SOURCES, STEPS, ColumnStep, Sources, Step, outside_domain
from xinzhi_core.panel.ledger import Entry
from xinzhi_core.panel.panel import Panel
from xinzhi_core.panel.profile import holds_numbers
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Message, message

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
    interpolated = np.exp(between) if method == "geometric" else between
    # Observed values stay as they are, to the last digit: exp(ln x) need not be x.
    return np.where(np.isnan(values), interpolated, values)


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
        if self.method != "arima" and "order" in self.model_fields_set:
            raise outside_domain(
                message("`order` has no effect without `method: arima`."),
                message("add `method: arima`, or remove `order`."),
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
        return tuple(str(c) for c in panel.frame if holds_numbers(panel.frame[c]))

    def _fill(self, panel: Panel, column: str, x: Floats, name: str) -> tuple[Floats, list[Entry]]:
        periods = periods_of(panel)
        inside, ends, short = x.copy(), x.copy(), np.zeros(len(x), dtype=bool)
        for _, rows in entity_rows(panel):
            self._refuse(panel, column, x[rows], rows.start)
            inside[rows], falls_back = self._inside(x[rows], periods[rows])
            short[rows] = falls_back
            ends[rows] = fill_ends(inside[rows], periods[rows], ends=self.ends)
        # The ledger separates the reasons: what was filled, how, and what was continued at the ends.
        filled = np.isnan(x) & ~np.isnan(inside)
        at_ends = np.isnan(inside) & ~np.isnan(ends)
        method = f"arima{self.order}" if self.method == "arima" else self.method
        fell_back = message("gaps inside, linear: fewer than {n} observations", n=SHORTEST)
        reasons: list[tuple[np.ndarray, Message]] = [
            (filled & ~short, message("gaps inside, {method}", method=message(method))),
            (filled & short, fell_back),
            (at_ends, message("ends, {rule}", rule=message(self.ends))),
        ]
        return ends, [
            entry_of(
                panel, rows, why, step=name, kind="interpolate", change="filled", column=column
            )
            for rows, why in reasons
            if rows.any()
        ]

    def _inside(self, x: Floats, periods: Periods) -> tuple[Floats, bool]:
        """Fill one entity; return whether too few observations made it linear."""
        if self.method != "arima":
            return fill_inside(x, periods, method=self.method), False
        smooth = smooth_arima(x, periods, order=self.order)
        if smooth is None:
            return fill_inside(x, periods), True
        # Only gaps inside are filled: the smoother would also give values beyond the ends.
        return np.where(np.isnan(fill_inside(x, periods)), x, smooth), False

    def _refuse(self, panel: Panel, column: str, x: Floats, start: int) -> None:
        """Refuse growth rates of values that are not positive."""
        if np.isnan(x).any() and (self.method == "geometric" or self.ends == "growth"):
            wrong = np.zeros(len(panel.frame), dtype=bool)
            wrong[start : start + len(x)] = x <= 0
            refuse_where(
                panel,
                wrong,
                column,
                code="derive.growth_nonpositive",
                what=message("{value} has no rate of growth."),
                remedy=message("interpolate this column linearly."),
            )


Rule = Literal["growth", "linear", "hold"]


def go_on(values: Floats, periods: Periods, wanted: Periods, *, method: Rule) -> Floats:
    """Continue a series beyond its last observed value.

    `growth`: y_T g^(t-T), g the geometric mean growth from the first to the last value;
    `linear`: y_T + b (t-T), b the mean change; `hold`: y_T.

    >>> go_on(np.array([1.0, 2.0, 4.0]), np.array([1, 2, 3]), np.array([4, 5]), method="growth")
    array([ 8., 16.])
    """
    seen = np.flatnonzero(~np.isnan(values))
    if not len(seen):
        return np.full(len(wanted), np.nan)
    first, last = values[seen[0]], values[seen[-1]]
    span = float(periods[seen[-1]] - periods[seen[0]])
    ahead = (wanted - periods[seen[-1]]).astype(float)
    # One observation shows neither a growth nor a change: it is repeated.
    if method == "hold" or span == 0:
        return np.full(len(wanted), last)
    if method == "linear":
        return np.asarray(last + (last - first) / span * ahead)
    return np.asarray(last * (last / first) ** (ahead / span))


@STEPS.add("extrapolate")
class Extrapolate(ColumnStep):
    """Continue a column beyond the last observed period of each entity, by a declared rule."""

    to: int
    """Last period that is filled."""
    method: Rule
    """`growth` goes on at the mean rate, `linear` at the mean change, `hold` repeats."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`; every cell that was not observed is flagged as filled."""
        del sources
        x = numbers(panel, (self.column,), step=name)[self.column].to_numpy(copy=True)
        if self.method == "growth":
            refuse_where(
                panel,
                x <= 0,
                self.column,
                code="derive.growth_nonpositive",
                what=message("{value} has no rate of growth."),
                remedy=message("extrapolate linearly."),
            )
        periods = periods_of(panel)
        filled = np.zeros(len(x), dtype=bool)
        for _, rows in entity_rows(panel):
            seen = np.flatnonzero(~np.isnan(x[rows]))
            if not len(seen):
                continue
            last = periods[rows][seen[-1]]
            wanted = (periods[rows] > last) & (periods[rows] <= self.to)
            ahead = go_on(x[rows], periods[rows], periods[rows][wanted], method=self.method)
            x[rows.start + np.flatnonzero(wanted)] = ahead
            filled[rows] = wanted
        why = message("continued to {to}, {method}", to=self.to, method=message(self.method))
        entry = entry_of(panel, filled, why, step=name, kind="extrapolate", change="filled")
        return derive(
            panel,
            step=name,
            kind="extrapolate",
            values=x,
            why=message("{column}, extrapolated", column=self.column),
            uses=(self.column,),
            copies=True,
            more=(entry,),
            unit=panel.units.get(self.column),
        )


@STEPS.add("carry_back")
class CarryBack(ColumnStep):
    """Let the value of one period stand for other periods of the same entity.

    x_it = x_i,from for t in `to`: an index that begins in 2011 stands for 2008 to 2010. Every such
    cell is flagged as filled.
    """

    period: PeriodNumber = Field(alias="from")
    """Period whose value is carried."""
    to: Annotated[tuple[PeriodNumber, ...], Field(strict=False, min_length=1)]
    """Periods that receive it; their cells must be empty."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`, observed where it was observed and filled where declared."""
        del sources
        x = numbers(panel, (self.column,), step=name)[self.column].to_numpy(copy=True)
        periods = periods_of(panel)
        wanted = np.isin(periods, self.to)
        refuse_where(
            panel,
            wanted & ~np.isnan(x),
            self.column,
            code="prepare.observed",
            what=message("A value was observed here ({value}); it is not overwritten."),
            remedy=message("remove the period from `to`."),
        )
        for _, rows in entity_rows(panel):
            given = x[rows][periods[rows] == self.period]
            if len(given):
                x[rows] = np.where(wanted[rows], given[0], x[rows])
        filled = wanted & ~np.isnan(x)
        why = message(
            "the value of {period} is used for these periods", period=period_name(self.period)
        )
        entry = entry_of(panel, filled, why, step=name, kind="carry_back", change="filled")
        return derive(
            panel,
            step=name,
            kind="carry_back",
            values=x,
            why=message(
                "{column}, carried back from {period}",
                column=self.column,
                period=period_name(self.period),
            ),
            uses=(self.column,),
            copies=True,
            more=(entry,),
            unit=panel.units.get(self.column),
        )
