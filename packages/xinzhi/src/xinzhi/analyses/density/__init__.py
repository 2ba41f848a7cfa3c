"""Kernel densities of a score: where it is concentrated, by date and region."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from xinzhi.analyses.analysis import ANALYSES, Given, Shown
from xinzhi.analyses.density.show import Densities, DensitySection, density_table, spread_of
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.analyses.space_and_time import (
    ALL,
    ScoreAnalysis,
    assign_regions,
    choose_dates,
    region_labels,
    region_names,
    region_words,
    report_place,
)
from xinzhi.analyses.unavailable import Unavailable, attempt
from xinzhi.present.chart import Chart
from xinzhi_core.errors import MethodError
from xinzhi_core.panel.panel import ENTITY, PERIOD
from xinzhi_core.periods import period_name
from xinzhi_core.wording import message
from xinzhi_econometrics.space.density import density

SILVERMAN_1986 = "Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis. Chapman and Hall."


class DensityAnalysis(ScoreAnalysis[DensitySection, Densities]):
    """Estimate kernel densities of a score at dates, and by region.

        f(g) = 1 / (n h) sum_i K((g - s_i) / h)

    Returns
    -------
    Densities
        `.to_frame()` has a row for each date and region: bandwidth and place of the peak in the unit of the
        score, its height in one over it, number of peaks; `.curves()` has the curves.

    Raises
    ------
    DataError, MethodError
        The score is not in the data or holds text, or no date has 10 different values.

    Examples
    --------
    >>> import pandas as pd
    >>> import xinzhi as xz
    >>> index = pd.MultiIndex.from_product([list("abcdefghij"), [1]], names=["entity", "period"])
    >>> frame = pd.DataFrame({"score": range(10)}, index=index, dtype=float)
    >>> round(float(xz.density(frame, score="score").to_frame()["bandwidth"].iloc[0]), 4)
    1.7193

    References
    ----------
    Silverman (1986), Density Estimation for Statistics and Data Analysis, doi 10.1201/9781315140919.
    """

    section = DensitySection
    verb = "density"
    description = "Score -> its kernel densities."
    title = message("Kernel density")
    place = report_place(45.05)
    suffix = "density"
    caption = message("Kernel density of {score}")
    inside = ".density"

    def compute(self, section: DensitySection, given: Given) -> Densities:
        """Estimate the density of each date, and of each region at each date."""
        scores = given.panel.frame[section.score].astype(np.float64).dropna()
        regions = assign_regions(section.by, given)
        groups = (ALL, *(region_names(regions) if section.by else ()))
        keys = [(d, g) for d in choose_dates(section.dates, given.panel) for g in groups]
        of_rows = scores.index.get_level_values(ENTITY).map(regions)
        at = scores.index.get_level_values(PERIOD)
        samples = [
            scores[(at == date) & ((of_rows == group) | (group == ALL))].to_numpy()
            for date, group in keys
        ]
        estimate = partial(
            density, rule=section.bandwidth, kernel=section.kernel, grid=section.grid
        )
        parts = tuple(
            attempt(f"{period_name(date)} {group}", partial(estimate, values))
            for (date, group), values in zip(keys, samples, strict=True)
        )
        failed = [part for part in parts if isinstance(part, Unavailable)]
        if len(failed) == len(parts):
            raise MethodError(failed[0].problems)
        spread = tuple(map(spread_of, samples))
        return Densities(tuple(keys), parts, spread, section.bandwidth, section.kernel)

    def show(self, section: DensitySection, result: Densities, shown: Shown) -> Exhibits:
        """Set a row for each density."""
        names = {region for _, region in result.keys if region != ALL}
        regions = region_labels(section.by, names, shown.study)
        table = density_table(*self.heading(section, shown), result, regions)
        references = frozenset({SILVERMAN_1986})
        return Exhibits((table,), references=references, prose=first_sentences(table))

    def draw(self, section: DensitySection, result: Densities, shown: Shown) -> Iterator[Chart]:
        """Draw the curves of all dates, for all entities and for each region."""
        from xinzhi.present.plots import curve  # the chart engine loads when a chart is drawn

        score, curves = shown.study.score_label(section.score), result.curves()
        labels = region_labels(section.by, {*curves["region"]} - {ALL}, shown.study)
        for number, (region, part) in enumerate(curves.groupby("region", sort=False)):
            title = message("Kernel density of {score}", score=score)
            if region != ALL:
                title = message("{title}: {name}", title=title, name=region_words(region, labels))
            frame = part.assign(date=part["period"].map(period_name)).reset_index(drop=True)
            yield curve(
                frame[["place", "density", "date"]],
                ("place", score),
                ("density", message("Density")),
                series="date",
                id=f"{shown.name}_density_{number}",
                title=title,
            )


ANALYSES.add("density")(DensityAnalysis())
