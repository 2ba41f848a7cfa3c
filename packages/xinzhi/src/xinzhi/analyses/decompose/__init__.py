"""Decomposition of a product: how much of its change goes with each factor (LMDI)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from xinzhi.analyses.analysis import ANALYSES, Analysis, Given, Reads, Shown, Study
from xinzhi.analyses.exhibits import Exhibits
from xinzhi.analyses.of_steps import index_place
from xinzhi.analyses.section import Names, Refers, TitledSection
from xinzhi.options import PeriodNumber
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.frames import rows_of, table_from
from xinzhi.present.table import Table
from xinzhi_core.errors import DataError, MethodError, OutOfDomain, Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import PERIOD, Panel
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, listed, message
from xinzhi_econometrics.composite.decomposition import IDENTITY, Decomposed, deviations, lmdi
from xinzhi_econometrics.space.scores import choose_periods, list_names

SHOWN = 5
"""Rows that an error names."""


class DecomposeSection(TitledSection):
    """A product and its factors."""

    of: Annotated[str, Refers("data")]
    """Quantity whose change is decomposed, such as emissions."""
    factors: Annotated[Names, Refers("data"), Field(min_length=2)]
    """Its factors: their product is the quantity, but for a constant of the units."""
    dates: tuple[PeriodNumber, ...] | None = Field(default=None, min_length=2)
    """Periods between which changes are decomposed; where left out at most four, evenly apart, first and last
    among them."""


@dataclass(frozen=True, slots=True, eq=False)
class FactorDecomposition(InNotebook):
    """Parts of the factors in the change of the total, between neighbouring dates and from the first to the last."""

    additive: pd.DataFrame
    """By interval: start, end, n (entities), change, and the part of each factor, in the unit of the quantity."""
    multiplicative: pd.DataFrame
    """By interval: start, end, n, ratio of the totals, and the ratio that goes with each factor."""
    by_entity: pd.DataFrame
    """By (entity, interval): change, and the part of each factor."""
    with_zero: int
    """Changes of an entity from or to 0."""
    left_out: int
    """Changes of an entity with a missing value."""

    def to_frame(self) -> pd.DataFrame:
        """Return the additive parts by interval."""
        return self.additive


class DecomposeAnalysis(Analysis[DecomposeSection, FactorDecomposition]):
    """Decompose the change of a product into the parts of its factors (LMDI-I), additive and multiplicative.

    Δ_k = sum_i L(y_iT, y_i0) ln(x_ikT / x_ik0) and D_k = exp(Δ_k / L(Y_T, Y_0)), Y the total over the entities. The Δ_k
    sum to the change of the total, the D_k multiply to its ratio; a value of 0 takes the limit of small values.

    Returns
    -------
    FactorDecomposition
        `additive` and `multiplicative` parts by interval, `by_entity`.

    Raises
    ------
    DataError, OutOfDomain
        A value below 0, or a quantity that is not the product of its factors.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([["a"], [1, 2]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"co2": [20.0, 60.0], "gdp": [10.0, 20.0], "rate": [2.0, 3.0]}, index=index)
    >>> found = xz.decompose(frame, of="co2", factors=["gdp", "rate"])
    >>> found.additive[["change", "gdp", "rate"]].round(4).values.tolist()
    [[40.0, 25.2372, 14.7628]]

    References
    ----------
    Ang (2005), doi 10.1016/j.enpol.2003.10.010; Ang and Liu (2007), doi 10.1016/j.enpol.2005.11.001.
    """

    section = DecomposeSection
    verb = "decompose"
    description = "Name -> a product whose change is decomposed by its factors."
    title = message("Decomposition by factors")
    place = index_place(11.6)

    def reads(self, section: DecomposeSection, study: Study) -> Reads:
        """Read the quantity and its factors."""
        del study
        return Reads(panel=(section.of, *section.factors))

    def inspect(self, section: DecomposeSection, study: Study, panel: Panel) -> Iterator[Problem]:
        """Refuse dates that are not in the data."""
        del study
        for period in section.dates or ():
            if period not in panel.periods:
                yield Problem(
                    "space.no_period",
                    message("The data have no period {period}.", period=period),
                    Where(period=period),
                    message("known: {known}.", known=list_names(map(period_name, panel.periods))),
                )

    def compute(self, section: DecomposeSection, given: Given) -> FactorDecomposition:
        """Decompose the change between neighbouring dates, and from the first to the last."""
        panel = given.panel
        names = (section.of, *section.factors)
        refuse_unfit(panel, names)
        dates = tuple(sorted(set(section.dates or choose_periods(panel.periods))))
        if len(dates) < 2:
            what = message("A change needs two periods.")
            raise MethodError(Problem("decompose.one_period", what))
        intervals = [*pairwise(dates), *([(dates[0], dates[-1])] if len(dates) > 2 else [])]
        return decompose(panel.frame[list(names)], section.factors, intervals)

    def notices(self, result: FactorDecomposition) -> Iterator[Notice]:
        """Say how zeros were treated, and what was left out."""
        if result.with_zero:
            text = message(
                "{n} changes of an entity begin or end at 0: they go in equal parts to the factors that are 0 there, "
                "the limit of small values.",
                one="{n} change of an entity begins or ends at 0: it goes in equal parts to the factors that are 0 "
                "there, the limit of small values.",
                n=result.with_zero,
            )
            yield Notice("decompose.zero", text)
        if result.left_out:
            text = message(
                "{n} changes of an entity are left out of the totals: a value at one of the dates is missing.",
                one="{n} change of an entity is left out of the totals: a value at one of the dates is missing.",
                n=result.left_out,
            )
            yield Notice("decompose.missing", text)

    def show(
        self, section: DecomposeSection, result: FactorDecomposition, shown: Shown
    ) -> Exhibits:
        """Set both forms, one row for each interval."""
        return Exhibits(tuple(_tables(section, result, shown)))

    def draw(
        self, section: DecomposeSection, result: FactorDecomposition, shown: Shown
    ) -> Iterator[Chart]:
        """Draw the additive part of each factor by interval."""
        from xinzhi.present.plots import bars

        marks = [
            {"interval": interval, "part": part, "factor": shown.panel.label(factor)}
            for factor in section.factors
            for interval, part in result.additive[factor].items()
        ]
        yield bars(
            pd.DataFrame(marks),
            ("interval", message("Interval")),
            ("part", message("Part in the change of {of}", of=shown.column(section.of))),
            series="factor",
            id=f"{shown.name}_parts_chart",
            title=shown.title,
        )


def refuse_unfit(panel: Panel, names: tuple[str, ...]) -> None:
    """Refuse values below 0, and a quantity that is not the product of its factors.

    Raises
    ------
    OutOfDomain
        `decompose.negative`, with the rows.
    DataError
        `decompose.identity`, with the rows that deviate most.
    """
    values = panel.frame[list(names)].to_numpy(dtype=np.float64, na_value=np.nan)
    cells = np.argwhere(values < 0).tolist()
    if cells:
        raise OutOfDomain(
            Problem(
                "decompose.negative",
                message("{value} is negative.", value=float(values[i, j])),
                panel.place(i, names[j]),
                message("a product is decomposed where it and its factors are 0 or more."),
            )
            for i, j in cells
        )
    rows = np.flatnonzero(~np.isnan(values).any(axis=1))
    apart = deviations(values[rows, 0], values[rows][:, 1:])
    amiss = [int(k) for k in np.argsort(-apart, kind="stable")[:SHOWN] if apart[k] > IDENTITY]
    if amiss:
        raise DataError(
            Problem(
                "decompose.identity",
                message(
                    "'{of}' is not the product of {factors}, but for a constant: {value} and {product}.",
                    of=names[0],
                    factors=listed(names[1:]),
                    value=float(values[rows[k], 0]),
                    product=float(values[rows[k], 1:].prod()),
                ),
                panel.place(int(rows[k]), names[0]),
                message(
                    "compute one factor as what is left by the others, such as intensity = of / gdp."
                ),
            )
            for k in amiss
        )


def decompose(
    frame: pd.DataFrame, factors: tuple[str, ...], intervals: list[tuple[int, int]]
) -> FactorDecomposition:
    """Decompose the change of the first column over each interval; entities with a gap are left out of it."""
    periods = frame.index.get_level_values(PERIOD)
    by_date = {
        date: frame[periods == date].droplevel(PERIOD) for pair in intervals for date in pair
    }
    additive, multiplicative, entities = {}, {}, {}
    with_zero = left_out = 0
    for start, end in intervals:
        both = by_date[start].join(by_date[end], how="outer", lsuffix=" 0", rsuffix=" 1").dropna()
        left_out += len(by_date[start].index.union(by_date[end].index)) - len(both)
        values = both.to_numpy(dtype=np.float64)
        k = values.shape[1] // 2
        y0, y1 = values[:, 0], values[:, k]
        found: Decomposed = lmdi((y0, y1), (values[:, 1:k], values[:, k + 1 :]))
        with_zero += int(found.with_zero.sum())
        interval = f"{period_name(start)}–{period_name(end)}"
        head = {"start": start, "end": end, "n": len(both)}
        parts = dict(zip(factors, found.additive.tolist(), strict=True))
        additive[interval] = {**head, "change": float(y1.sum() - y0.sum()), **parts}
        ratio = float(y1.sum() / y0.sum()) if y0.sum() > 0 else np.nan
        ratios = dict(zip(factors, found.multiplicative.tolist(), strict=True))
        multiplicative[interval] = {**head, "ratio": ratio, **ratios}
        for entity, change, row in zip(both.index, y1 - y0, found.by_row, strict=True):
            entities[entity, interval] = {"change": change, **dict(zip(factors, row, strict=True))}
    by_entity = pd.DataFrame.from_dict(entities, orient="index")
    if entities:
        by_entity.index = pd.MultiIndex.from_tuples(list(entities), names=["entity", "interval"])
    in_sum, in_ratio = (
        pd.DataFrame.from_dict(form, orient="index").rename_axis("interval")
        for form in (additive, multiplicative)
    )
    return FactorDecomposition(in_sum, in_ratio, by_entity, with_zero, left_out)


def _tables(
    section: DecomposeSection, result: FactorDecomposition, shown: Shown
) -> Iterator[Table]:
    """Set the additive parts in the unit of the quantity, then the ratios."""
    of = shown.column(section.of)
    labels = {name: shown.panel.label(name) for name in section.factors}
    forms = (
        ("additive", "change", message("Change"), message("Change of {of} by factors", of=of)),
        ("multiplicative", "ratio", message("Ratio"), message("Ratio of {of} by factors", of=of)),
    )
    for form, total, heading, title in forms:
        frame: pd.DataFrame = getattr(result, form)
        # Columns of factors may have any name; how a cell is written must not depend on it.
        written = frame.rename(columns={name: f"factor {name}" for name in section.factors})
        factors = {f"factor {name}": (message("Factors"), labels[name]) for name in section.factors}
        yield table_from(
            written,
            {"n": message("Entities"), total: heading, **factors},
            id=f"{shown.name}_{form}",
            title=title,
            stub=message("Interval"),
            notes=(
                message(
                    "LMDI-I of the total over the entities; the parts of an interval sum to its change."
                )
                if form == "additive"
                else message(
                    "LMDI-I of the total over the entities; the ratios multiply to that of the total."
                ),
            ),
            reading=tuple(_largest(section, result, shown)) if form == "additive" else (),
            machine={
                "rows": rows_of(frame),
                **({"entities": rows_of(result.by_entity)} if form == "additive" else {}),
            },
            part="text" if form == "additive" else "appendix",
        )


def _largest(
    section: DecomposeSection, result: FactorDecomposition, shown: Shown
) -> Iterator[Wording]:
    """Say which factor goes with most of the change over the longest interval."""
    last = result.additive.iloc[-1]
    parts = last[list(section.factors)].astype(float)
    name = str(parts.abs().idxmax())
    yield message(
        "From {start} to {end} {of} changes by {change}; the largest part, {part}, goes with {factor}.",
        start=period_name(int(last["start"])),
        end=period_name(int(last["end"])),
        of=shown.panel.label(section.of),
        change=numbers.number(float(last["change"]), shown.style.decimals),
        part=numbers.number(float(parts[name]), shown.style.decimals),
        factor=shown.panel.label(name),
    )


ANALYSES.add("decompose")(DecomposeAnalysis())
