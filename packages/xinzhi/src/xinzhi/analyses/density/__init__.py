"""Kernel densities of a score: where it is concentrated, by date and region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from xinzhi.analyses.analysis import ANALYSES, Given, Shown
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.analyses.section import Refers, Section
from xinzhi.analyses.space_and_time import (
    ALL,
    ScoreAnalysis,
    assign_regions,
    choose_dates,
    region_labels,
    region_names,
    report_place,
)
from xinzhi.analyses.unavailable import Unavailable, attempt
from xinzhi.options import PeriodNumber
from xinzhi.present import numbers
from xinzhi.present.chart import Chart
from xinzhi.present.frames import rows_of, table_from
from xinzhi.present.table import Table
from xinzhi_core.errors import MethodError, Problem
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Message, Wording, in_series, message
from xinzhi_econometrics.space.density import BandwidthRule, Density, Kernel, density
from xinzhi_econometrics.space.scores import assign_groups, list_names


class DensityOptions(Section):
    """Kernel densities of a score at dates, by region."""

    dates: tuple[PeriodNumber, ...] | None = Field(default=None, min_length=1)
    """Periods that are compared; where left out at most four, evenly apart, first and last among
    them."""
    by: str | None = None
    """Grouping under `groups`, or a column of the panel, whose members have a density each as well."""
    bandwidth: BandwidthRule = "silverman"
    """silverman: 0.9 min(s, IQR/1.34) n^(-1/5); normal_reference: 1.06 s n^(-1/5)."""
    kernel: Kernel = "gaussian"
    """gaussian, or epanechnikov within one bandwidth."""
    grid: tuple[float, ...] = ()
    """Values at which the density is given; 201 evenly apart where left out."""

    @property
    def regions(self) -> str | None:
        """The grouping, by the name that all analyses of a score know."""
        return self.by


class DensitySection(DensityOptions):
    """Kernel densities of a score."""

    score: Annotated[str, Refers("measured")]
    """The score."""


@dataclass(frozen=True, slots=True, eq=False)
class Densities(InNotebook):
    """Densities of a score by date, and by date and region."""

    keys: tuple[tuple[int, str], ...]
    """Date and region of each part; the region `all` holds every entity."""
    parts: tuple[Density | Unavailable, ...]
    sizes: tuple[int, ...]
    """Values of each part."""
    spread: tuple[float, ...]
    """Distance of the 10th and the 90th percentile of each part."""
    rule: BandwidthRule
    kernel: Kernel
    notices: tuple[Notice, ...] = ()
    """Which entities are in no region."""

    @property
    def computed(self) -> dict[tuple[int, str], Density]:
        """(date, region) -> density, where there is one."""
        parts = zip(self.keys, self.parts, strict=True)
        return {key: part for key, part in parts if isinstance(part, Density)}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why samples have no density: each reason once, with its dates and regions."""
        of_reason: dict[str, list[tuple[Wording, Problem]]] = {}
        for (period, region), part in zip(self.keys, self.parts, strict=True):
            for problem in part.problems if isinstance(part, Unavailable) else ():
                words = sample_words(period, region, region)
                of_reason.setdefault(str(problem.what), []).append((words, problem))
        return tuple(
            replace(
                same[0][1],
                what=message(
                    "{name}: {reason}",
                    name=list_names((words for words, _ in same), in_series),
                    reason=same[0][1].what,
                ),
            )
            for same in of_reason.values()
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each sample: n, bandwidth, mode, height, spread, n_modes; n alone where there is no density."""
        computed = self.computed
        rows = [
            {"n": n}
            | (
                {
                    "bandwidth": part.bandwidth,
                    "mode": part.mode,
                    "height": part.height,
                    "spread": spread,
                    "n_modes": part.n_modes,
                }
                if (part := computed.get(key))
                else {}
            )
            for key, n, spread in zip(self.keys, self.sizes, self.spread, strict=True)
        ]
        index = pd.MultiIndex.from_tuples(self.keys, names=["period", "region"])
        return pd.DataFrame(rows, index=index)

    def curves(self) -> pd.DataFrame:
        """Return the curves: period, region, place, density."""
        rows = [
            (period, region, place, height)
            for (period, region), part in self.computed.items()
            for place, height in part.curve.items()
        ]
        return pd.DataFrame(rows, columns=["period", "region", "place", "density"])


RULES: Mapping[str, Message] = {
    "silverman": message("h = 0.9 min(s, IQR/1.34) n^(−1/5) (Silverman)"),
    "normal_reference": message("h = 1.06 s n^(−1/5) (normal reference)"),
}
KERNELS: Mapping[str, Message] = {
    "gaussian": message("Gaussian kernel"),
    "epanechnikov": message("Epanechnikov kernel"),
}


def density_table(
    table_id: str, title: Wording, result: Densities, regions: Mapping[str, Wording]
) -> Table:
    """Set place and height of the peak, spread, and number of peaks of each density."""
    frame = result.to_frame()
    keys = [f"{period} {region}" for period, region in frame.index]
    labels: dict[str, Wording] = {
        key: sample_words(period, region, regions.get(region, region))
        for key, (period, region) in zip(keys, frame.index, strict=True)
    }
    curves = {
        f"{period} {region}": {f"{place:.12g}": height for place, height in part.curve.items()}
        for (period, region), part in result.computed.items()
    }
    return table_from(
        frame.set_axis(pd.Index(keys)),
        {
            "n": message("n"),
            "bandwidth": message("Bandwidth"),
            "mode": message("Place of the peak"),
            "height": message("Height of the peak"),
            "spread": message("10th to 90th percentile"),
            "n_modes": message("Peaks"),
        },
        id=table_id,
        title=title,
        stub=message("Period"),
        labels=labels,
        notes=(
            message(
                "{kernel}, {rule}. Number and height of the peaks depend on the bandwidth.",
                kernel=KERNELS[result.kernel],
                rule=RULES[result.rule],
            ),
        ),
        reading=tuple(_course(frame)),
        machine={"rows": rows_of(frame), "curves": curves},
    )


def _course(frame: pd.DataFrame) -> Iterator[Wording]:
    """Compare the peak of all entities at the first and at the last date."""
    every = frame[frame.index.get_level_values("region") == ALL].dropna()
    if len(every) < 2:
        return
    first, last = every.iloc[0], every.iloc[-1]
    yield message(
        "From {start} to {end} the peak of the density moved from {mode} to {later}, its height from {height} to {higher}, and the "
        "distance of the 10th and the 90th percentile from {spread} to {wider}.",
        start=period_name(every.index[0][0]),
        end=period_name(every.index[-1][0]),
        mode=numbers.number(first["mode"]),
        later=numbers.number(last["mode"]),
        height=numbers.number(first["height"]),
        higher=numbers.number(last["height"]),
        spread=numbers.number(first["spread"]),
        wider=numbers.number(last["spread"]),
    )


def sample_words(period: int, region: str, name: Wording) -> Wording:
    """Name the sample of a date, or of a date and region."""
    if region == ALL:
        return period_name(period)
    return message("{period}, {region}", period=period_name(period), region=name)


def spread_of(values: np.ndarray) -> float:
    """Distance of the 10th and the 90th percentile; missing without values."""
    return float(np.subtract(*np.quantile(values, [0.9, 0.1]))) if len(values) else float("nan")


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
        entities = scores.index.get_level_values(0)
        of_rows = entities.map(regions.to_dict())
        at = scores.index.get_level_values(1)
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
        spread = tuple(map(spread_of, samples))
        sizes = tuple(map(len, samples))
        notices = assign_groups(regions, entities).left_out if section.by else ()
        found = Densities(
            tuple(keys), parts, sizes, spread, section.bandwidth, section.kernel, notices
        )
        if not found.computed:
            raise MethodError(found.problems)
        return found

    def failures(self, result: object) -> Iterator[Unavailable]:
        """Say which dates and regions have no density, and why."""
        if problems := getattr(result, "problems", ()):
            yield Unavailable("density", problems, self.inside)

    def show(self, section: DensitySection, result: Densities, shown: Shown) -> Exhibits:
        """Set a row for each density."""
        names = {region for _, region in result.keys if region != ALL}
        regions = region_labels(section.by, names, shown.study)
        table = density_table(*self.heading(section, shown), result, regions)
        references = frozenset({SILVERMAN_1986})
        return Exhibits((table,), references=references, prose=first_sentences(table))

    def draw(self, section: DensitySection, result: Densities, shown: Shown) -> Iterator[Chart]:
        """Draw the curves of all dates as ridges, for all entities and for each region."""
        from xinzhi.present.plots import ridges  # the chart engine loads when a chart is drawn

        score, curves = shown.study.score_label(section.score), result.curves()
        labels = region_labels(section.by, {*curves["region"]} - {ALL}, shown.study)
        for number, (region, part) in enumerate(curves.groupby("region", sort=False)):
            title = message("Kernel density of {score}", score=score)
            if region != ALL:
                title = message("{title}: {name}", title=title, name=labels[str(region)])
            frame = part.assign(date=part["period"].map(period_name)).reset_index(drop=True)
            yield ridges(
                frame[["place", "density", "date"]],
                ("place", score),
                ("density", message("Density")),
                series="date",
                id=f"{shown.name}_density_{number}",
                title=title,
                notes=(
                    message(
                        "Dates stand one under the other, on one scale; {kernel}, {rule}.",
                        kernel=KERNELS[result.kernel],
                        rule=RULES[result.rule],
                    ),
                ),
            )


ANALYSES.add("density")(DensityAnalysis())
