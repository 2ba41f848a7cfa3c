"""Stock of capital by perpetual inventory."""

from __future__ import annotations

from functools import partial
from typing import Literal, Self

import numpy as np
import pandas as pd
from pydantic import model_validator

from xinzhi.options import PeriodNumber
from xinzhi.prepare.columns import Floats, derive, entity_rows, entry_of, numbers, periods_of
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step, outside_domain
from xinzhi.prepare.steps.real_output import IndexKind, chain, doubts, refuse_scale
from xinzhi_core.errors import OutOfDomain, Problem, Where
from xinzhi_core.panel.panel import Panel
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Message, message

Initial = Literal["tenth", "growth"]
Timing = Literal["end", "start"]


def real_growth(investment: Floats) -> float:
    """Geometric mean growth of real investment from its first to its last value.

    >>> round(real_growth(np.array([100.0, 104.761905, 109.090909])), 8)
    0.04446594
    """
    seen = investment[~np.isnan(investment)]
    return float((seen[-1] / seen[0]) ** (1 / (len(seen) - 1)) - 1) if len(seen) > 1 else 0.0


def perpetual_inventory(
    investment: Floats,
    *,
    depreciation: float = 0.096,
    initial: Initial | float = "tenth",
    timing: Timing = "end",
) -> Floats:
    """Add up real investment, less what wears out.

    K_t = (1 - d) K_{t-1} + I_t (`timing="end"`), or K_{t+1} = (1 - d) K_t + I_t (`"start"`);
    K_0 = I_0 / 0.10 (`"tenth"`), I_0 / (g + d) with g the geometric mean real growth (`"growth"`),
    or I_0 / r for a number r.

    Parameters
    ----------
    investment
        Real investment of consecutive periods, (T,), positive; what stands before the first value
        has no stock, what stands after a missing value has none either.
    depreciation
        d per period: 0.096 (Zhang, Wu and Zhang 2004), 0.1096 (Shan 2008), 0.05 …

    Returns
    -------
    Stock per period, (T,), in the unit of investment.

    References
    ----------
    Zhang, J., Wu, G. and Zhang, J. (2004), Economic Research Journal 10, 35-44.
    Shan, H. (2008), Journal of Quantitative & Technical Economics 10, 17-31.

    Examples
    --------
    >>> perpetual_inventory(np.array([100.0, 104.761905, 109.090909])).round(6)
    array([1000.      , 1008.761905, 1021.011671])
    """
    stock = np.full(len(investment), np.nan)
    seen = np.flatnonzero(~np.isnan(investment))
    if not len(seen):
        return stock
    first = int(seen[0])
    stock[first] = investment[first] / _divisor(investment, depreciation, initial)
    # After a missing investment every later stock is missing: it is unknown, and nothing is made up.
    for t in range(first + 1, len(investment)):
        added = investment[t] if timing == "end" else investment[t - 1]
        stock[t] = (1 - depreciation) * stock[t - 1] + added
    return stock


def _divisor(investment: Floats, depreciation: float, initial: Initial | float) -> float:
    if initial == "growth":
        return real_growth(investment) + depreciation
    return 0.10 if initial == "tenth" else float(initial)


@STEPS.add("capital_stock")
class CapitalStock(Step):
    """Stock of capital by perpetual inventory, in prices of the base year."""

    investment: str
    """Gross fixed capital formation or fixed-asset investment at current prices."""
    price: str
    """Price index of investment."""
    index_kind: IndexKind
    """Whether the price index has the previous year or one fixed year as 100."""
    base: PeriodNumber
    """Year whose prices are taken."""
    depreciation: float = 0.096
    """Share that wears out in a period, between 0 and 1."""
    initial: Initial | float = "tenth"
    """First stock: I_0 / 0.10, I_0 / (g + d), or I_0 / number."""
    timing: Timing = "end"
    """Whether investment counts at the end of its own period or from the next one on."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        wrong = not 0 <= self.depreciation < 1
        if wrong or (isinstance(self.initial, float) and self.initial <= 0):
            raise outside_domain(
                message("Depreciation lies between 0 and 1, a divisor is positive."),
                message("write 0.096 for 9.6 percent."),
                key="depreciation" if wrong else "initial",
            )
        return self

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`, in the unit of `investment`."""
        del sources
        x = numbers(panel, (self.investment, self.price), step=name)
        index = x[self.price].to_numpy()
        refuse_scale(panel, self.price, index, self.index_kind)
        if panel.per_year > 1 and "depreciation" not in self.model_fields_set:
            raise outside_domain(
                message(
                    "The default depreciation is that of a year, and the periods are quarters."
                ),
                message(
                    "state that of a quarter: `depreciation: 0.025` is about 9.6 percent a year."
                ),
                key="depreciation",
            )
        real = self._real(panel, x)
        for entity, rows in entity_rows(panel):
            self._require_first_stock(panel, entity, real[rows], name)
        stock = self._stock(panel, x)
        broken = np.isnan(stock)
        entries = doubts(
            panel, self.price, index, self.index_kind, step=name, step_kind="capital_stock"
        )
        if broken.any():
            why = message("no stock before the first investment or after a missing one")
            flag = entry_of(panel, broken, why, step=name, kind="capital_stock", change="flagged")
            entries += (flag,)
        return derive(
            panel,
            step=name,
            kind="capital_stock",
            values=stock,
            why=self._why(),
            uses=(self.investment, self.price),
            more=entries,
            again=partial(self._stock, panel),
            unit=panel.units.get(self.investment),
        )

    def _real(self, panel: Panel, x: pd.DataFrame) -> Floats:
        """Investment at prices of the base year."""
        nominal, index = x[self.investment].to_numpy(), x[self.price].to_numpy()
        periods, real = periods_of(panel), np.full(len(x), np.nan)
        for _, rows in entity_rows(panel):
            level = chain(index[rows], periods[rows], kind=self.index_kind, base=self.base)
            real[rows] = nominal[rows] / level
        return real

    def _stock(self, panel: Panel, x: pd.DataFrame) -> Floats:
        real, periods = self._real(panel, x), periods_of(panel)
        stock = np.full(len(x), np.nan)
        for _, rows in entity_rows(panel):
            # Rows may skip periods: a skipped period is a missing investment.
            offset = periods[rows] - periods[rows][0]
            investment = np.full(int(offset[-1]) + 1, np.nan)
            investment[offset] = real[rows]
            stock[rows] = perpetual_inventory(
                investment,
                depreciation=self.depreciation,
                initial=self.initial,
                timing=self.timing,
            )[offset]
        return stock

    def _why(self) -> Message:
        return message(
            "perpetual inventory of {investment} at prices of {base}: depreciation {depreciation}, "
            "first stock {initial}, timing {timing}",
            investment=self.investment,
            base=period_name(self.base),
            depreciation=self.depreciation,
            initial=message(self.initial) if isinstance(self.initial, str) else f"{self.initial:g}",
            timing=message(self.timing),
        )

    def _require_first_stock(self, panel: Panel, entity: str, real: Floats, name: str) -> None:
        """Refuse a first stock that does not exist: no investment, or growth below -d."""
        seen = real[~np.isnan(real)]
        if not len(seen):
            return
        if seen[0] <= 0 or _divisor(real, self.depreciation, self.initial) <= 0 or seen[-1] <= 0:
            raise OutOfDomain(
                Problem(
                    "derive.initial_stock",
                    message(
                        "The first stock of {entity} does not exist: investment {first} to {last}.",
                        entity=entity,
                        first=float(seen[0]),
                        last=float(seen[-1]),
                    ),
                    Where(
                        file=panel.source,
                        key=f"prepare.{name}",
                        column=self.investment,
                        entity=entity,
                    ),
                    message("choose another rule for the first stock (`initial`)."),
                )
            )
