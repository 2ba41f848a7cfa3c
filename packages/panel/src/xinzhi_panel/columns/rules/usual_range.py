"""Values out of the range that the vocabulary gives for Chinese prefectures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.indicators import packaged
from xinzhi_panel.columns.meaning import size_of
from xinzhi_panel.columns.rules.bands import BANDS
from xinzhi_panel.columns.seen import (
    RULES,
    Finding,
    NumberColumn,
    Rule,
    SeenPanel,
    of_column,
    shown,
)
from xinzhi_panel.io.recognise.gazetteer import KNOWN_PROVINCES, is_place

MOSTLY = 0.8
"""Share of the entities that must be prefectures of China."""
PLENTY = 0.5
"""Share of the values outside from which the column is named: an unusual place is not a wrong unit."""
YEARS = (2000, 2024)
"""Years to which the ranges belong."""
TOLD = frozenset(band.above for band in BANDS if not band.below)
"""Kinds that `bands` looks at by themselves."""
UNITLESS = frozenset(("share", "index", "time", "count"))
"""Dimensions that a column without a unit is taken to be in."""


@RULES.add("usual_range")
class UsualRange(Rule):
    """An indicator lies outside the range of Chinese prefectures, whole city, 2000 to 2024: a wrong unit, or another thing.

    The ranges are those of the vocabulary, generous, and a hint. The heading must be recognised and its unit known; the
    entities must be prefectures of China, the periods years from 2000 to 2024. At least half of the values: one that
    stands alone, or a zero, has a rule of its own.
    """

    code = "plausible.usual_range"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Compare each recognised column with its range."""
        if not _is_of_prefectures(seen):
            return
        for column in seen.columns:
            values = _in_usual_unit(column)
            indicator = column.read.indicator
            if values is None or indicator is None or column.kind in TOLD or column.area:
                continue
            low, high = indicator.plausible_low, indicator.plausible_high
            with np.errstate(invalid="ignore"):
                outside = np.zeros(len(values), dtype=bool)
                outside |= values < (-np.inf if low is None else low)
                outside |= values > (np.inf if high is None else high)
            outside &= np.isfinite(values) & (values != 0)
            if outside.sum() < PLENTY * np.isfinite(values).sum():
                continue
            yield Finding(
                self.code,
                (column.name,),
                outside,
                message(
                    "'{name}' lies outside {low} to {high} {unit}, the range of Chinese prefectures",
                    name=column.name,
                    low="−∞" if low is None else shown(low),
                    high="∞" if high is None else shown(high),
                    unit=indicator.usual_unit,
                ),
                message("check the unit of the column, and whether the heading means this."),
                of_column(values),
            )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the ranges."""
        for one in packaged().indicators.values():
            if one.plausible_low is not None or one.plausible_high is not None:
                low = "" if one.plausible_low is None else f"{one.plausible_low:g}"
                high = "" if one.plausible_high is None else f"{one.plausible_high:,.10g}"
                yield one.id, f"{low} to {high} {one.usual_unit}"


def _is_of_prefectures(seen: SeenPanel) -> bool:
    panel = seen.panel
    if not panel.has_periods or not panel.periods:
        return False
    if panel.periods[0] < YEARS[0] or panel.periods[-1] > YEARS[1]:
        return False
    names = [str(name) for name in panel.entities]
    cities = [n for n in names if is_place(n) and n.rstrip("省市") not in KNOWN_PROVINCES]
    return len(cities) >= MOSTLY * len(names)


def _in_usual_unit(column: NumberColumn) -> np.ndarray | None:
    """Give values in the usual unit of the indicator; None where the unit is not certain."""
    indicator = column.read.indicator
    if indicator is None or column.read.derived:
        return None
    unit = column.read.unit
    if not unit or unit == "index":
        return column.values if indicator.dimension in UNITLESS else None
    here, usual = (size_of(u, indicator.dimension) for u in (unit, indicator.usual_unit))
    return None if not here or not usual else column.values * (here / usual)
