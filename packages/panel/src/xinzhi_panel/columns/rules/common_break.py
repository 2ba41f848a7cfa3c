"""A year in which all entities break at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from xinzhi_core.wording import listed, message
from xinzhi_panel.columns.seen import RULES, Finding, Flags, Floats, Rule, SeenPanel

FEWEST, YEARS = 8, 4
"""Entities with a step in a period, and periods with so many, without which there is no usual range."""
RANGE = (0.01, 0.99)
"""Quantiles of the steps of single entities in usual periods between which the median step must lie."""
APART = 8.0
"""Distance of the median step from its usual one, in robust standard deviations of the medians of periods."""
EXCHANGED, BACK = 5.0, 0.25
"""The same of a step between two that go the other way, by this share of it, as where two years are exchanged."""
LEAST = 0.02
"""Relative step that is a break at all."""
ENDS = 3.0
"""How many times further away the first or last step must be than the one beside it."""
TO_SD = 1.4826
"""Median absolute deviation of a normal variable to its standard deviation."""
SPREAD = 0.05
"""Interquartile range of the steps in a period, relative to the spread of medians, below which all entities share
a series."""


@dataclass(frozen=True, slots=True)
class Breaks:
    """Periods into which the median step is beyond the usual range."""

    at: Flags
    """Whether there is a break into a period, (T,)."""
    medians: Floats
    """Median step into each period, (T,); the first is NaN."""
    low: float
    high: float
    is_relative: bool


@RULES.add("common_break")
class CommonBreak(Rule):
    """In one year the median step of all entities lies beyond the usual range: a change of prices, of scope or of method.

    Steps are relative where all values are positive. Usual years are the half whose medians are nearest to the middle
    one; the median step of a year that breaks lies outside 98% of the steps of single entities in usual years, and at
    least eight robust standard deviations of the medians away, five where the steps on both sides go the other way. So
    it is found when nominal values become real ones, 全市 becomes 市辖区, or two years are exchanged. Series that all
    entities share are left out.
    """

    code = "plausible.common_break"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Compare the median step of each period with those of the others."""
        if not seen.is_square or len(seen.panel.periods) <= YEARS:
            return
        for column in seen.columns:
            breaks = breaks_of(seen.square(column.values))
            if breaks is None or not breaks.at.any():
                continue
            places = np.flatnonzero(breaks.at)
            rows = np.isin(seen.period, places) & np.isfinite(column.values)
            yield Finding(
                self.code,
                (column.name,),
                rows,
                message(
                    "'{name}' breaks in all entities at once: the median step is {steps}, and usually steps lie from {low} to {high}",
                    name=column.name,
                    steps=listed(
                        [
                            message(
                                "{step} in {period}",
                                step=_written(breaks.medians[place], breaks),
                                period=seen.panel.periods[place],
                            )
                            for place in places
                        ]
                    ),
                    low=_written(breaks.low, breaks),
                    high=_written(breaks.high, breaks),
                ),
                message(
                    "look whether prices, scope (全市, 市辖区) or method change there, or two years are exchanged."
                ),
            )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "entities in a period", f"at least {FEWEST}"
        yield "periods", f"more than {YEARS}"
        yield (
            "median step outside",
            f"{RANGE[0]:.0%} to {RANGE[1]:.0%} of the steps in usual periods",
        )
        yield (
            "distance of the median step",
            f"at least {APART:g} robust standard deviations, and {LEAST:.0%}",
        )


def breaks_of(table: Floats) -> Breaks | None:
    """Find the periods that break; None where there is no usual range."""
    finite = table[np.isfinite(table)]
    if len(finite) < FEWEST * YEARS:
        return None
    is_relative = bool((finite > 0).all())
    steps = np.diff(np.log(table) if is_relative else table, axis=1)
    counts = np.isfinite(steps).sum(axis=0)
    enough = np.flatnonzero(counts >= FEWEST)
    if len(enough) < YEARS:
        return None
    medians = np.full(steps.shape[1], np.nan)
    medians[enough] = np.nanmedian(steps[:, enough], axis=0)
    middle = float(np.median(medians[enough]))
    away = np.abs(medians - middle)
    scale = TO_SD * float(np.median(away[enough]))
    with np.errstate(invalid="ignore"):
        apart = np.where(_is_exchanged(medians - middle), EXCHANGED, APART) * scale
        is_break = away > np.maximum(apart, LEAST if is_relative else 0.0)
    if not is_break.any():
        return None
    usual = enough[np.argsort(away[enough], kind="stable")[: max(2, len(enough) // 2)]]
    pooled = steps[:, usual]
    pooled = pooled[np.isfinite(pooled)]
    low, high = (float(np.quantile(pooled, q)) for q in RANGE)
    quarters = np.nanquantile(steps[:, enough], [0.25, 0.75], axis=0)
    spread = float(np.median(quarters[1] - quarters[0]))
    with np.errstate(invalid="ignore"):
        is_break &= ((medians < low) | (medians > high)) & (spread > SPREAD * scale)
        # At the ends a growth that falls off looks like a break: it must stand out from the step beside it.
        for end, beside in (enough[:2], enough[:-3:-1]):
            is_break[end] &= away[end] > ENDS * away[beside]
    at = np.concatenate([[False], is_break])
    return Breaks(at, np.concatenate([[np.nan], medians]), low, high, is_relative)


def _is_exchanged(deviations: Floats) -> Flags:
    """Whether the steps on both sides of a step go the other way.

    >>> _is_exchanged(np.array([0.1, -0.2, 0.04, 0.0])).tolist()
    [False, False, False, False]
    >>> _is_exchanged(np.array([0.1, -0.2, 0.06, 0.0])).tolist()
    [False, True, False, False]
    """
    found: Flags = np.zeros(len(deviations), dtype=bool)
    inner, size = deviations[1:-1], np.abs(deviations[1:-1])
    with np.errstate(invalid="ignore"):
        for beside in (deviations[:-2], deviations[2:]):
            size = np.where(
                (np.sign(beside) == -np.sign(inner)) & (np.abs(beside) >= BACK * np.abs(inner)),
                size,
                0.0,
            )
    found[1:-1] = size > 0
    return found


def _written(step: float, breaks: Breaks) -> str:
    """Write a step as a percentage where it is relative."""
    return f"{100 * np.expm1(step):+.1f} %" if breaks.is_relative else f"{step:+.4g}"
