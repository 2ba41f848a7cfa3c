"""Shocks by industry and year: stocks from instalments, and years beyond the last one."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd
from pydantic import ConfigDict

from xinzhi.options import Section
from xinzhi.prepare.columns import entry_of, periods_of
from xinzhi.prepare.step import Sources, series, spread
from xinzhi.prepare.steps.filling import Rule, go_on
from xinzhi_core.errors import DataError, OutOfDomain, Problem, Where
from xinzhi_core.panel.ledger import Entry
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import message


class Continuation(Section):
    """A declared extrapolation of shocks to the last year of the panel."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True)

    to: int
    """Last year that is filled."""
    method: Rule
    """`growth` goes on at the mean rate, `linear` at the mean change, `hold` repeats."""


def flag_years(
    panel: Panel, years: list[int], rule: Continuation | None, *, step: str, kind: str
) -> tuple[Entry, ...]:
    """Flag the cells of years whose shocks were not observed."""
    if not years or rule is None:
        return ()
    why = message("shocks continued, {rule}", rule=message(rule.method))
    rows = np.isin(periods_of(panel), years)
    return (entry_of(panel, rows, why, step=step, kind=kind, change="filled"),)


def add_up_instalments(instalments: pd.DataFrame, *, depreciation: float) -> pd.DataFrame:
    """Add up instalments, less what wears out: S_t = (1 - d) S_{t-1} + I_t.

    Parameters
    ----------
    instalments
        Industries down, consecutive years across.

    Examples
    --------
    >>> add_up_instalments(pd.DataFrame([[10.0, 12.0, 15.0]]), depreciation=0.1).round(1).to_numpy().tolist()
    [[10.0, 21.0, 33.9]]
    """
    stocks = instalments.copy()
    for before, now in zip(stocks.columns, stocks.columns[1:], strict=False):
        stocks[now] = (1 - depreciation) * stocks[before] + instalments[now]
    return stocks


def by_year(sources: Sources, source: str, *, step: str) -> pd.DataFrame:
    """Read a source with the keys industry, year: industries down, years across, sorted.

    Raises
    ------
    DataError
        `prepare.years`: the second key is not a year.
    """
    shocks = spread(series(sources, source, n_keys=2, column=None, step=step))
    try:
        years = [int(float(str(year).strip().removesuffix("年"))) for year in shocks.columns]
    except ValueError as error:
        text = message("The second key of '{source}' must be years.", source=source)
        remedy = message("state the keys as [industry, year].")
        raise DataError(
            Problem("prepare.years", text, Where(file=source, key=f"prepare.{step}"), remedy)
        ) from error
    return shocks.set_axis(pd.Index(years), axis=1).sort_index(axis=1)


def continue_shocks(
    shocks: pd.DataFrame, rule: Continuation | None, *, where: Where
) -> tuple[pd.DataFrame, list[int]]:
    """Extrapolate each industry as declared; return the years that were extrapolated.

    Raises
    ------
    OutOfDomain
        `derive.growth_nonpositive`: industries that begin or end at 0 or below have no rate of growth; each is named.
    """
    if rule is None:
        return shocks, []
    years = shocks.columns.to_numpy(dtype=np.int64)
    wanted = np.arange(int(years.max()) + 1, rule.to + 1)
    if not len(wanted):
        return shocks, []
    problems, rows = [], []
    for industry, row in zip(shocks.index, shocks.to_numpy(), strict=True):
        seen = row[~np.isnan(row)]
        if rule.method != "growth" or not len(seen) or (seen[0] > 0 and seen[-1] > 0):
            rows.append(go_on(row, years, wanted, method=rule.method))
        elif (seen == 0).all():
            # An industry without robots goes on without any.
            rows.append(np.zeros(len(wanted)))
        else:
            what = message(
                "The series of {industry} from {first} to {last} has no rate of growth.",
                industry=str(industry),
                first=float(seen[0]),
                last=float(seen[-1]),
            )
            remedy = message("extrapolate by `linear` or `hold`.")
            problems.append(Problem("derive.growth_nonpositive", what, where, remedy))
    if problems:
        raise OutOfDomain(problems)
    ahead = pd.DataFrame(rows, index=shocks.index, columns=wanted)
    return pd.concat([shocks, ahead], axis=1), wanted.tolist()
