"""Exposure with weights that change from year to year."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from xinzhi.errors import DataError, Problem, Where
from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import derived, periods_of
from xinzhi.prepare.shocks import Continuation, continued, made_years, years_of
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step, Supplied
from xinzhi.prepare.steps.rate import counted_in
from xinzhi.prepare.tables import entities_of, series, unit_of, wide
from xinzhi.wording import message


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
        per_head, made = self._per_head(sources, name)
        names = entities_of(panel, counts.index.unique(level=0), source=self.enterprises, step=name)
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
        lost = frame[frame["weighted"].isna()].groupby(["city", "year"]).size()
        ratio = (sums["weighted"] / sums["n"].where(sums["n"] > 0)).drop(lost.index)
        wanted = pd.MultiIndex.from_arrays(
            [[names[e] for e in panel.frame.index.get_level_values(0)], periods_of(panel)]
        )
        values = ratio.reindex(wanted).to_numpy(dtype=np.float64) * self.scale
        return derived(
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
            more=made_years(panel, made, self.extrapolate, step=name, kind="dynamic_exposure"),
        )

    def _per_head(self, sources: Sources, name: str) -> tuple[pd.DataFrame, list[int]]:
        """Shocks per head of each industry and year, and the years that were not observed."""
        found = {
            source: series(sources, source, n_keys=2, column=None, step=name)
            for source in (self.shocks, self.national)
        }
        shocks, national = (
            years_of(wide(values), source=source, step=name) for source, values in found.items()
        )
        unit = unit_of(sources, self.national, found[self.national], step=name)
        national *= counted_in(unit)
        shocks, made = continued(shocks, self.extrapolate)
        return shocks / national.where(national > 0), made
