"""Convergence: whether the dispersion shrinks, whether those behind catch up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_note
from xinzhi.present.frames import frame_table, records
from xinzhi.present.numbers import number
from xinzhi.present.table import Cell, CellKind, Column, Row, Table
from xinzhi.space.convergence import Beta, Sigma
from xinzhi.wording import Wording, message

LEVEL = 0.05
COMMON = message("Only entities with a score in every period.")
AVAILABLE = message("All entities with a score in the period.")

INTERVALS: Mapping[str, str] = MappingProxyType(
    {"cross_section": "convergence", "panel": "convergence_panel"}
)
"""Form of the regression -> its interval in `coverage.csv`."""


def sigma_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Sigma,
) -> Table:
    """Set the dispersion of the scores by period, and read its trend."""
    trend = {"slope": found.slope, "std_error": found.slope_error, "p": found.slope_p}
    return frame_table(
        id,
        title,
        found.by_period,
        [
            ("n", message("n"), "count"),
            ("mean", message("Mean"), "number"),
            ("sd", message("SD"), "number"),
            ("cv", message("Coefficient of variation"), "number"),
            ("sd_log", message("SD of logs"), "number"),
        ],
        stub=message("Period"),
        notes=(COMMON if found.sample == "common" else AVAILABLE,),
        reading=(_sigma_words(found),),
        machine={
            "periods": records(found.by_period),
            "trend": {key: None if math.isnan(v) else v for key, v in trend.items()},
        },
    )


def _sigma_words(found: Sigma) -> Wording:
    if math.isnan(found.slope_p):
        return message("Too few periods to tell a trend of the dispersion.")
    words = {"slope": number(found.slope, 4), "p": numbers.p_equals(found.slope_p)}
    if found.slope_p >= LEVEL:
        return message(
            "No trend of the dispersion is shown: the coefficient of variation changes by {slope} a "
            "period ({p}).",
            **words,
        )
    if found.slope < 0:
        return message(
            "The dispersion shrinks: the coefficient of variation changes by {slope} a period ({p}).",
            **words,
        )
    return message(
        "The dispersion grows: the coefficient of variation changes by {slope} a period ({p}).",
        **words,
    )


def beta_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Beta,
) -> Table:
    """Set the regression of growth on the start, the speed of convergence and the half-life."""
    cells: list[tuple[str, Wording, float, CellKind]] = [
        ("beta", message("β"), found.beta, "number"),
        ("std_error", message("Standard error"), found.std_error, "number"),
        ("p", message("p"), found.p_value, "p_value"),
        ("speed", message("Speed a period"), found.speed, "number"),
        ("speed_error", message("Standard error of the speed"), found.speed_error, "number"),
        ("half_life", message("Half-life in periods"), found.half_life, "number"),
        ("span", message("Periods of growth"), found.span, "count"),
        ("n", message("Growth rates"), found.n, "count"),
    ]
    known = {name: None if math.isnan(value) else value for name, _, value, _ in cells}
    return Table(
        id=id,
        title=title,
        columns=(Column("value", message("Value")),),
        rows=tuple(
            Row(words, (Cell(known[name], kind),), key=name) for name, words, _, kind in cells
        ),
        notes=(
            message("Growth of ln(score) a period, regressed on ln(score) at the start."),
            *coverage_note(INTERVALS[found.form], found.n_entities, found.n_periods),
        ),
        reading=(_beta_words(found),),
        machine={"effects": {"beta": known}},
    )


def _beta_words(found: Beta) -> Wording:
    words = {"beta": number(found.beta, 4), "p": numbers.p_equals(found.p_value)}
    if not found.p_value < LEVEL:
        return message("No convergence is shown: β = {beta} ({p}).", **words)
    if found.beta > 0:
        return message("Those ahead grew faster: β = {beta} ({p}).", **words)
    if math.isnan(found.half_life):
        return message("Those behind grew faster: β = {beta} ({p}).", **words)
    return message(
        "Those behind grew faster: β = {beta} ({p}); a gap halves in {years} periods.",
        years=number(found.half_life, 1),
        **words,
    )
