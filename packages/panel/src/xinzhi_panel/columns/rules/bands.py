"""Values per head, per output and per area out of any band seen in China or the world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from xinzhi_core.wording import Wording, message
from xinzhi_panel.columns.kinds import KINDS
from xinzhi_panel.columns.seen import (
    RULES,
    SCOPES,
    Finding,
    Floats,
    Rule,
    SeenPanel,
    of_column,
    shown,
)


@dataclass(frozen=True, slots=True)
class Band:
    """What a quantity, or a ratio of two, lies between."""

    above: str
    below: str
    """Kind that it is divided by; empty for a quantity by itself."""
    low: float
    high: float
    unit: Wording
    seen: str
    """What the bounds rest on."""


BANDS = (
    Band(
        "gdp",
        "residents",
        300,
        2_000_000,
        message("yuan a person"),
        "Burundi about 1,500; Monaco about 1,700,000; Chinese cities 1,000 (1990s) to 270,000",
    ),
    Band("gdp per head", "", 300, 2_000_000, message("yuan a person"), "as GDP over residents"),
    Band(
        "electricity",
        "residents",
        5,
        200_000,
        message("kWh a person"),
        "Chad about 15; Iceland 55,000; cities of aluminium works up to 150,000",
    ),
    Band(
        "employed",
        "residents",
        0.005,
        20,
        message("persons a resident"),
        "employees of urban units 0.02; above 1 see `plausible.part_above_whole`",
    ),
    Band(
        "residents",
        "land area",
        0.02,
        60_000,
        message("persons a km²"),
        "Mongolia 2, Ngari 0.4; Macau 21,000, Manila 46,000",
    ),
    Band(
        "carbon dioxide",
        "residents",
        0.01,
        500,
        message("tonnes a person"),
        "Congo 0.03; Qatar 37; coal and power cities of China up to 200",
    ),
    Band(
        "sulphur dioxide",
        "residents",
        0,
        20,
        message("tonnes a person"),
        "Norilsk about 10; Chinese cities below 1",
    ),
    Band(
        "fixed-asset investment",
        "gdp",
        0.005,
        5,
        message("yuan a yuan"),
        "Chinese cities up to 2.5",
    ),
    Band("capital stock", "gdp", 0.1, 30, message("yuan a yuan"), "Penn World Table 1 to 8"),
    Band("fiscal expenditure", "gdp", 0.005, 3, message("yuan a yuan"), "Tibet about 1.2"),
    Band(
        "electricity",
        "gdp",
        0.0005,
        5,
        message("kWh a yuan"),
        "China 0.08; aluminium cities about 1",
    ),
    Band(
        "students in higher education",
        "residents",
        0,
        0.5,
        message("students a resident"),
        "university towns 0.3",
    ),
    Band(
        "patents granted",
        "residents",
        0,
        0.2,
        message("patents a resident"),
        "Shenzhen about 0.015",
    ),
    Band("average wage", "", 200, 2_000_000, message("yuan a year"), "China 500 (1978) to 250,000"),
    Band("urban share", "", 0, 100, message("percent"), "a share"),
    Band("share of secondary industry", "", 0, 100, message("percent"), "a share"),
    Band("share of tertiary industry", "", 0, 100, message("percent"), "a share"),
    Band("years of schooling", "", 0, 20, message("years"), "Niger 1.4; Germany 14"),
)
"""Bounds are wide: they are missed by a wrong unit, not by an unusual place."""
UNITLESS = frozenset(("percent", "years"))
"""Dimensions that a column without a unit is taken to be in."""


@RULES.add("bands")
class Bands(Rule):
    """A value per head, per output or per area lies outside any band seen in China or the world.

    Units must be known: a column without one is not looked at, but for percents and years. The bounds are
    wide, so that a wrong unit misses them and an unusual place does not.
    """

    code = "plausible.band"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Compare quantities and ratios with their bands."""
        for scope in SCOPES:
            for band in BANDS:
                measured = self.values(seen, band, scope)
                if measured is None:
                    continue
                columns, values = measured
                with np.errstate(invalid="ignore"):
                    outside = (values < band.low) | (values > band.high)
                outside &= np.isfinite(values) & (values != 0)
                yield Finding(
                    self.code,
                    columns,
                    outside,
                    message(
                        "{columns} lies outside {low} to {high} {unit}",
                        columns=" / ".join(f"'{name}'" for name in columns),
                        low=shown(band.low),
                        high=shown(band.high),
                        unit=band.unit,
                    ),
                    message("check the units of the columns, and the cells."),
                    of_column(values),
                )

    def values(
        self, seen: SeenPanel, band: Band, scope: str
    ) -> tuple[tuple[str, ...], Floats] | None:
        """Give the quantity in its unit; None where a column or a unit is not certain."""
        above = seen.one(band.above, scope)
        if above is None:
            return None
        if not band.below:
            # A percent or a year needs no unit to be understood.
            is_plain = KINDS[above.kind].dimension in UNITLESS and above.unit is None
            alone = above.values if is_plain else above.in_basic_units
            return None if alone is None else ((above.name,), alone)
        below = seen.one(band.below, scope)
        if below is None:
            return None
        top, bottom = above.in_basic_units, below.in_basic_units
        if top is None or bottom is None:
            return None
        with np.errstate(divide="ignore", invalid="ignore"):
            return (above.name, below.name), np.where(bottom > 0, top / bottom, np.nan)

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the bands."""
        for band in BANDS:
            name = f"{band.above} / {band.below}" if band.below else band.above
            yield name, f"{band.low:g} to {band.high:,.10g} {band.unit} ({band.seen})"
