"""Options, tables and charts of kernel densities of a score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from xinzhi.analyses.section import Refers, Section
from xinzhi.analyses.space_and_time import ALL, region_words
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.options import PeriodNumber
from xinzhi.present import numbers
from xinzhi.present.frames import rows_of, table_from
from xinzhi.present.table import Table
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Message, Wording, message
from xinzhi_econometrics.space.density import BandwidthRule, Density, Kernel


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
    spread: tuple[float, ...]
    """Distance of the 10th and the 90th percentile of each part."""
    rule: BandwidthRule
    kernel: Kernel

    @property
    def computed(self) -> dict[tuple[int, str], Density]:
        """(date, region) -> density, where there is one."""
        parts = zip(self.keys, self.parts, strict=True)
        return {key: part for key, part in parts if isinstance(part, Density)}

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each density: n, bandwidth, mode, height, n_modes, spread."""
        spread = dict(zip(self.keys, self.spread, strict=True))
        rows = {
            key: {
                "n": part.n,
                "bandwidth": part.bandwidth,
                "mode": part.mode,
                "height": part.height,
                "spread": spread[key],
                "n_modes": part.n_modes,
            }
            for key, part in self.computed.items()
        }
        index = pd.MultiIndex.from_tuples(rows, names=["period", "region"])
        return pd.DataFrame(list(rows.values()), index=index)

    def curves(self) -> pd.DataFrame:
        """Return the curves: period, region, place, density."""
        rows = [
            (period, region, place, height)
            for (period, region), part in self.computed.items()
            for place, height in part.curve.items()
        ]
        return pd.DataFrame(rows, columns=["period", "region", "place", "density"])


RULES: Mapping[str, Message] = MappingProxyType(
    {
        "silverman": message("h = 0.9 min(s, IQR/1.34) n^(−1/5) (Silverman)"),
        "normal_reference": message("h = 1.06 s n^(−1/5) (normal reference)"),
    }
)
KERNELS: Mapping[str, Message] = MappingProxyType(
    {"gaussian": message("Gaussian kernel"), "epanechnikov": message("Epanechnikov kernel")}
)


def density_table(
    table_id: str, title: Wording, result: Densities, regions: Mapping[str, Wording]
) -> Table:
    """Set place and height of the peak, spread, and number of peaks of each density."""
    frame = result.to_frame()
    keys = [f"{period} {region}" for period, region in frame.index]
    labels = {
        key: _part_words(period, region, regions)
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


def _part_words(period: object, region: str, regions: Mapping[str, Wording]) -> Wording:
    name = period_name(period)
    if region == ALL:
        return name
    return message("{period}, {region}", period=name, region=region_words(region, regions))


def _course(frame: pd.DataFrame) -> Iterator[Wording]:
    """Compare the peak of all entities at the first and at the last date."""
    every = frame[frame.index.get_level_values("region") == ALL]
    if len(every) < 2:
        return
    first, last = every.iloc[0], every.iloc[-1]
    yield message(
        "From {start} to {end} the peak moved from {mode} to {later}, its height from {height} to {higher}, and the "
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


def spread_of(values: np.ndarray) -> float:
    """Distance of the 10th and the 90th percentile; missing without values."""
    return float(np.subtract(*np.quantile(values, [0.9, 0.1]))) if len(values) else float("nan")
