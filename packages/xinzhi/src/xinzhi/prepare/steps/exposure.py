"""Exposure of cities to shocks of industries through their employment or enterprises (Bartik).

Acemoglu and Restrepo (2020), Journal of Political Economy 128(6), doi 10.1086/705716.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from xinzhi.prepare.columns import Flags, Floats, derive, periods_of, require_years, unknown_unit
from xinzhi.prepare.shocks import (
    Continuation,
    add_up_instalments,
    by_year,
    continue_shocks,
    flag_years,
)
from xinzhi.prepare.step import (
    NO_SOURCES,
    STEPS,
    Sources,
    Step,
    Supplied,
    match_entities,
    outside_domain,
    series,
    spread,
    unit_of,
)
from xinzhi_core.errors import DataError, OutOfDomain, Problem, Where
from xinzhi_core.panel.ledger import Entry
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import listed, message
from xinzhi_panel.columns.meaning import read_heading
from xinzhi_panel.columns.seen import EXAMPLES, SeenPanel
from xinzhi_panel.columns.units import singles_in

ROOM = 1.1
"""Times the national figure that the sum of the cities may be: both are counted at other times."""
A_RESIDENT = (0.005, 5.0)
"""Workers a resident between which a city lies: urban units alone have 0.02 and more, and where residents are the registered
ones, a city of migrants has 3."""
ALONE, APART, CITIES = 4.0, 4.0, 8
"""Times that workers a resident of a city must be above or below those of every other; times that their distance from
the median must be that of any other, on the scale of logarithms; and cities without which nobody can tell what is usual."""
Variant = Literal["per_worker", "in_city_shares", "growth_adjusted"]
EQUATIONS: Mapping[Variant, str] = MappingProxyType(
    {
        "per_worker": "sum_j (L_ij / L_i) (S_jt / L_j)",
        "in_city_shares": "sum_j (L_ij / L_i) S_jt",
        "growth_adjusted": "sum_j (L_ij / L_i) (S_jt - S_j0 - g_jt S_j0) / L_j",
    }
)


def exposure(weights: Floats, shocks: Floats) -> Floats:
    """Weigh the shocks of industries by their shares in each city.

    R_it = sum_j w_ij s_jt.

    Parameters
    ----------
    weights
        Share of industry j in city i, (n, J).
    shocks
        Shock of industry j in year t, (J, T); per worker where the variant says so.

    Returns
    -------
    Exposure, (n, T): linear in the shocks.

    Examples
    --------
    >>> shares = np.array([[60.0, 40.0], [20.0, 80.0]]) / 100
    >>> robots = np.array([[40.0, 80.0], [12.0, 30.0]])
    >>> exposure(shares, robots / np.array([[800.0], [1200.0]])).round(3)
    array([[0.034, 0.07 ],
           [0.018, 0.04 ]])
    """
    product: Floats = weights @ shocks
    return product


@STEPS.add("exposure")
class Exposure(Step):
    """Exposure of cities to shocks of industries through their employment of a base year.

    `per_worker` (eq. 1): R_it = scale · sum_j (L_ij / L_i) (S_jt / L_j); `in_city_shares` leaves
    out the division by L_j; `growth_adjusted` is the change since the first year of the shocks
    less what the growth g of the industry explains (Acemoglu and Restrepo 2020).
    """

    shares: Annotated[str, Supplied("table")]
    """Source with keys city, industry: employment of the base year, or other weights."""
    shocks: Annotated[str, Supplied("table")]
    """Source with keys industry, year: stocks (or instalments) of robots."""
    national: Annotated[str | None, Supplied("table")] = None
    """Source with key industry: national employment of the base year; not for `in_city_shares`. Where
    its unit is known (万人), it is turned into heads."""
    variant: Variant = "per_worker"
    """Which equation."""
    scale: float = 1.0
    """10000 for robots per ten thousand workers."""
    leave_one_out: bool = False
    """Take the city's own employment out of the national total."""
    instalments: float | None = None
    """Depreciation, where the shocks are instalments that are added up to stocks."""
    output: Annotated[str | None, Supplied("table")] = None
    """Source with keys industry, year: output of industries, for `growth_adjusted`."""
    extrapolate: Annotated[Continuation | None, Field(strict=False)] = None
    """`{to: year, method: growth | linear | hold}` where the panel goes beyond the shocks."""
    column: str | None = None
    """Column of the shares, where the source has several."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        needs_national = self.variant != "in_city_shares"
        if needs_national and self.national is None:
            what = message("This variant needs `national`.")
            raise outside_domain(what, _SEE, key="national")
        if not needs_national and (self.national or self.leave_one_out):
            what = message("`national` and `leave_one_out` have no effect on this variant.")
            key = "national" if self.national else "leave_one_out"
            raise outside_domain(what, _SEE, key=key)
        if (self.variant == "growth_adjusted") != (self.output is not None):
            what = message("`output` belongs to `growth_adjusted`, and to it only.")
            raise outside_domain(what, _SEE, key="output")
        return self

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`; years that were extrapolated are flagged as filled."""
        require_years(panel, step=name)
        employment, rows = self._employment(panel, sources, name)
        shocks, continued = self._shocks(sources, employment.columns, name)
        values = self._values(employment, shocks, sources, name) * self.scale
        doubts = (
            *self._more_than_nation(employment, sources, name),
            *self._beside_residents(panel, employment, sources, name),
        )
        years = {int(year): t for t, year in enumerate(shocks.columns)}
        periods = periods_of(panel)
        columns = np.array([years.get(int(p), -1) for p in periods])
        # Years outside the shocks stay missing unless `extrapolate` says how to continue them.
        result = np.where(columns >= 0, values[rows, columns], np.nan)
        entries = flag_years(panel, continued, self.extrapolate, step=name, kind="exposure")
        why = message(
            "{scale} · {equation}; shares {shares}, shocks {shocks}{own}",
            scale=f"{self.scale:g}",
            equation=EQUATIONS[self.variant],
            shares=self.shares,
            shocks=self.shocks,
            own=message(", own employment left out") if self.leave_one_out else "",
        )
        return derive(
            panel,
            step=name,
            kind="exposure",
            values=result,
            why=why,
            uses=(),
            more=(*entries, *doubts),
        )

    def _employment(
        self, panel: Panel, sources: Sources, name: str
    ) -> tuple[pd.DataFrame, np.ndarray]:
        """Employment of the cities of the panel by industry, and the row of each panel row."""
        by_industry = spread(series(sources, self.shares, n_keys=2, column=self.column, step=name))
        names = match_entities(panel, by_industry.index, source=self.shares, step=name)
        frame = by_industry.loc[[names[entity] for entity in panel.entities]]
        self._refuse(frame, self.shares)
        rows = pd.Index(panel.entities).get_indexer(panel.frame.index.get_level_values(0))
        return frame, rows

    def _refuse(self, frame: pd.DataFrame, source: str) -> None:
        """Refuse missing and negative employment, and cities without any."""
        values = frame.to_numpy()
        wrong = np.argwhere(np.isnan(values) | (values < 0)).tolist()
        if wrong:
            raise OutOfDomain(
                Problem(
                    "prepare.employment",
                    message("{value} is not a number of workers.", value=float(values[i, j])),
                    Where(file=source, column=str(frame.columns[j]), entity=str(frame.index[i])),
                    message("write 0 where there are none."),
                )
                for i, j in wrong
            )
        empty = np.flatnonzero(values.sum(axis=1) == 0).tolist()
        if empty:
            raise OutOfDomain(
                Problem(
                    "prepare.employment",
                    message("The city has no workers in these industries."),
                    Where(file=source, entity=str(frame.index[i])),
                    message("correct the source, or leave the city out."),
                )
                for i in empty
            )

    def _shocks(
        self, sources: Sources, industries: pd.Index, name: str
    ) -> tuple[pd.DataFrame, list[int]]:
        """Shocks of the industries by year, as stocks, continued where that is declared."""
        shocks = by_year(sources, self.shocks, step=name)
        self._same_industries(industries, shocks.index, self.shocks, name)
        shocks = shocks.loc[list(industries)]
        if self.instalments is not None:
            shocks = add_up_instalments(shocks, depreciation=self.instalments)
        where = Where(file=self.shocks, key=f"prepare.{name}")
        return continue_shocks(shocks, self.extrapolate, where=where)

    def _same_industries(
        self, industries: pd.Index, other: pd.Index, source: str, name: str
    ) -> None:
        missing = [str(j) for j in industries if j not in other]
        extra = [str(j) for j in other if j not in industries]
        if missing or extra:
            text = message(
                "The industries of '{shares}' and '{source}' differ: {names}.",
                shares=self.shares,
                source=source,
                names=", ".join(missing + extra),
            )
            remedy = message("give the same industries the same names.")
            raise DataError(
                Problem(
                    "prepare.industries", text, Where(file=source, key=f"prepare.{name}"), remedy
                )
            )

    def _values(
        self, employment: pd.DataFrame, shocks: pd.DataFrame, sources: Sources, name: str
    ) -> Floats:
        """Exposure of each city (rows) in each year of the shocks (columns)."""
        weights = employment.to_numpy() / employment.to_numpy().sum(axis=1, keepdims=True)
        amounts = shocks.to_numpy()
        if self.variant == "in_city_shares":
            return exposure(weights, amounts)
        if self.variant == "growth_adjusted":
            amounts = self._adjust_for_growth(shocks, sources, name)
        national, unit = self._national(employment, sources, name)
        if not self.leave_one_out:
            return exposure(weights, amounts / (national * singles_in(unit))[:, None])
        # Both in heads before one is taken off the other: 万人 and 人 must not be mixed.
        workers = employment.to_numpy() * self._heads(sources, unit, name)
        others = (national * singles_in(unit))[None, :] - workers
        if (others <= 0).any():
            raise OutOfDomain(
                Problem(
                    "prepare.employment",
                    message(
                        "A city has all the workers of an industry: nothing is left without it."
                    ),
                    Where(file=self.national, key=f"prepare.{name}"),
                    message("check the national totals."),
                )
            )
        return exposure(weights / others, amounts)

    def _national(
        self, employment: pd.DataFrame, sources: Sources, name: str
    ) -> tuple[Floats, str | None]:
        """National workers of the industries, and the unit in which they are counted."""
        national = self.national or ""
        totals = series(sources, national, n_keys=1, column=None, step=name)
        self._same_industries(employment.columns, totals.index, national, name)
        values = totals.loc[list(employment.columns)].to_numpy(dtype=np.float64)
        wrong = np.flatnonzero(~(values > 0)).tolist()
        if wrong:
            raise OutOfDomain(
                Problem(
                    "prepare.employment",
                    message("{value} is not a number of workers.", value=float(values[j])),
                    Where(file=national, column=str(employment.columns[j])),
                    message("correct the source."),
                )
                for j in wrong
            )
        return values, unit_of(sources, national, totals, step=name)

    def _more_than_nation(
        self, employment: pd.DataFrame, sources: Sources, name: str
    ) -> Iterator[Entry]:
        """Flag industries in which the cities have more workers than the nation, in heads or both without a unit."""
        if self.variant == "in_city_shares":
            return
        national, unit = self._national(employment, sources, name)
        shares = series(sources, self.shares, n_keys=2, column=self.column, step=name)
        of_cities = unit_of(sources, self.shares, shares, step=name)
        if (unit is None) != (of_cities is None) and singles_in(unit or of_cities) != 1:
            return
        times = employment.to_numpy().sum(axis=0) * singles_in(of_cities)
        times = times / (national * singles_in(unit))
        if len(above := employment.columns[times > ROOM]):
            why = message(
                "the cities have up to {times} times the workers of the nation ('{shares}' and '{national}'): {names}; "
                "is a figure in another unit?",
                times=f"{times.max():.3g}",
                shares=self.shares,
                national=self.national,
                names=listed([*map(str, above)]),
            )
            yield Entry(name, "exposure", name, "flagged", why, n=len(above))

    def _beside_residents(
        self, panel: Panel, employment: pd.DataFrame, sources: Sources, name: str
    ) -> Iterator[Entry]:
        """Flag cities whose workers cannot be those of so many residents, or are unlike those of every other city.

        The heading of the shares must say that they are workers, and both must be in heads.
        """
        shares = series(sources, self.shares, n_keys=2, column=self.column, step=name)
        # Of several columns of residents the first: those of the files stand before those of steps.
        known = SeenPanel(panel).by_kind.get(("residents", ""), ())[:1]
        unit = unit_of(sources, self.shares, shares, step=name)
        if not known or not read_heading(str(shares.name)).id.startswith("employed"):
            return
        (residents,) = known
        per_resident = 1.0 if residents.unit is None else residents.unit.factor
        if (unit is None) != (residents.unit is None) and singles_in(unit) * per_resident != 1:
            return
        heads = pd.Series(panel.frame[residents.name].to_numpy() * per_resident, panel.frame.index)
        by_city = heads.where(heads > 0).groupby(level=0).median()
        typical = by_city.reindex(panel.entities).to_numpy()
        ratio = employment.to_numpy().sum(axis=1) * singles_in(unit) / typical
        low, high = A_RESIDENT
        odd = np.flatnonzero((ratio < low) | (ratio > high) | _is_alone(ratio))
        why = message(
            "workers of '{shares}' and '{residents}' do not fit each other: {names}; is a figure in another unit?",
            shares=self.shares,
            residents=residents.name,
            names=listed(
                [
                    message(
                        "{city} ({ratio} workers a resident)",
                        city=panel.entities[i],
                        ratio=f"{ratio[i]:.3g}",
                    )
                    for i in odd[:EXAMPLES]
                ]
            ),
        )
        # Another step with the same shares says it already.
        if len(odd) and all(entry.why != why for entry in panel.ledger.entries):
            yield Entry(name, "exposure", name, "flagged", why, n=len(odd))

    def _heads(self, sources: Sources, national: str | None, name: str) -> float:
        """Heads in one unit of the city's employment, which is taken off the national one."""
        employment = series(sources, self.shares, n_keys=2, column=self.column, step=name)
        unit = unit_of(sources, self.shares, employment, step=name)
        if (unit is None) != (national is None) and singles_in(unit or national) != 1:
            pair = (self.shares, self.national) if unit else (self.national, self.shares)
            where = Where(key=f"prepare.{name}")
            raise unknown_unit(pair[0], unit or national, pair[1], where)
        return singles_in(unit)

    def _adjust_for_growth(self, shocks: pd.DataFrame, sources: Sources, name: str) -> Floats:
        """Change since the first year, less the growth of the industry times the first stock."""
        output = by_year(sources, self.output or "", step=name)
        self._same_industries(shocks.index, output.index, self.output or "", name)
        grown = output.loc[list(shocks.index)].reindex(columns=shocks.columns).to_numpy()
        first = shocks.to_numpy()[:, :1]
        growth = grown / grown[:, :1] - 1
        adjusted: Floats = shocks.to_numpy() - first - growth * first
        return adjusted


def _is_alone(ratio: Floats) -> Flags:
    """Mark the one ratio that is unlike every other.

    >>> np.flatnonzero(_is_alone(np.array([0.1, 0.12, 0.15, 0.13, 0.11, 0.2, 0.14, 0.1, 1.3]))).tolist()
    [8]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.where(ratio > 0, ratio, np.nan))
    found: Flags = np.zeros(len(ratio), dtype=bool)
    if np.isfinite(logs).sum() <= CITIES:
        return found
    distance = np.abs(logs - np.nanmedian(logs))
    at = int(np.nanargmax(distance))
    others = np.delete(logs, at)
    gap = max(logs[at] - np.nanmax(others), np.nanmin(others) - logs[at])
    found[at] = gap >= np.log(ALONE) and distance[at] >= APART * np.nanmax(np.delete(distance, at))
    return found


_SEE = message("see the documentation of the step `exposure`.")


@STEPS.add("dynamic_exposure")
class DynamicExposure(Step):
    """Exposure to shocks of industries by the number of enterprises of each year.

    R_it = scale · sum_j (E_ijt / E_it) (S_jt / N_jt), N the national workers or enterprises of the
    industry in that year.
    """

    enterprises: Annotated[str, Supplied("table")]
    """Source with keys city, industry, year: number of enterprises E_ijt."""
    shocks: Annotated[str, Supplied("table")]
    """Source with keys industry, year: S_jt."""
    national: Annotated[str, Supplied("table")]
    """Source with keys industry, year: workers or enterprises N_jt."""
    scale: float = 1.0
    """10000 for robots per ten thousand."""
    extrapolate: Annotated[Continuation | None, Field(strict=False)] = None
    """`{to: year, method: growth | linear | hold}` where the panel goes beyond the shocks."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`; a city and year without enterprises has no exposure."""
        counts = series(sources, self.enterprises, n_keys=3, column=None, step=name)
        per_head, continued = self._per_head(sources, name)
        names = match_entities(
            panel, counts.index.unique(level=0), source=self.enterprises, step=name
        )
        frame = pd.DataFrame(
            {
                "city": counts.index.get_level_values(0).astype(str),
                "industry": counts.index.get_level_values(1),
                "year": counts.index.get_level_values(2).astype(int),
                "n": counts.to_numpy(),
            }
        )
        unknown = sorted(set(frame["industry"]) - set(per_head.index))
        if unknown:
            raise DataError(
                Problem(
                    "prepare.industries",
                    message(
                        "Industries without shocks: {names}.", names=", ".join(map(str, unknown))
                    ),
                    Where(file=self.shocks, key=f"prepare.{name}"),
                    message("give the same industries the same names."),
                )
            )
        keys = pd.MultiIndex.from_arrays([frame["industry"], frame["year"]])
        frame["s"] = per_head.stack().reindex(keys).to_numpy()  # noqa: PD013
        frame["weighted"] = frame["n"] * frame["s"]
        sums = frame.groupby(["city", "year"])[["n", "weighted"]].sum(min_count=1)
        # An industry without a shock in a year leaves the city without exposure then: a sum over the
        # other industries would be too small.
        lost = frame[frame["weighted"].isna()].groupby(["city", "year"]).size()
        ratio = (sums["weighted"] / sums["n"].where(sums["n"] > 0)).drop(lost.index)
        wanted = pd.MultiIndex.from_arrays(
            [[names[e] for e in panel.frame.index.get_level_values(0)], periods_of(panel)]
        )
        values = ratio.reindex(wanted).to_numpy(dtype=np.float64) * self.scale
        return derive(
            panel,
            step=name,
            kind="dynamic_exposure",
            values=values,
            why=message(
                "{scale} · sum_j (E_ijt / E_it) (S_jt / N_jt); enterprises {enterprises}, shocks "
                "{shocks}, national {national}",
                scale=f"{self.scale:g}",
                enterprises=self.enterprises,
                shocks=self.shocks,
                national=self.national,
            ),
            uses=(),
            more=flag_years(panel, continued, self.extrapolate, step=name, kind="dynamic_exposure"),
        )

    def _per_head(self, sources: Sources, name: str) -> tuple[pd.DataFrame, list[int]]:
        """Shocks per head of each industry and year, and the years that were not observed."""
        shocks = by_year(sources, self.shocks, step=name)
        national = by_year(sources, self.national, step=name)
        totals = series(sources, self.national, n_keys=2, column=None, step=name)
        national *= singles_in(unit_of(sources, self.national, totals, step=name))
        where = Where(file=self.shocks, key=f"prepare.{name}")
        shocks, continued = continue_shocks(shocks, self.extrapolate, where=where)
        return shocks / national.where(national > 0), continued
