"""Tables of convergence: the dispersion by period, and growth regressed on the start.

Options of convergence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from xinzhi.analyses.section import Refers, Section, one_or_many
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_note
from xinzhi.present.frames import records, table_from
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import Cell, CellKind, Column, Row, Table
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.space.convergence import Beta, Sigma
from xinzhi_panel.io.json_text import finite


class ConvergenceSection(Section):
    """Convergence of a score."""

    score: Annotated[str, Refers("measured")]
    """The score."""
    convergence: Annotated[
        tuple[Literal["sigma", "beta"], ...], one_or_many, Field(min_length=1)
    ] = ("sigma", "beta")
    """sigma: does the dispersion shrink; beta: do those behind grow faster."""


COMMON = message("Only entities with a score in every period.")
AVAILABLE = message("All entities with a score in the period.")

INTERVALS: Mapping[str, str] = MappingProxyType(
    {"cross_section": "convergence", "panel": "convergence_panel"}
)
"""Form of the regression -> its interval in `coverage.csv`."""


def sigma_table(table_id: str, title: Wording, sigma: Sigma, *, style: Style = PLAIN) -> Table:
    """Set the dispersion of the scores by period, and read its trend."""
    trend = {"slope": sigma.slope, "std_error": sigma.slope_error, "p": sigma.slope_p}
    return table_from(
        sigma.by_period,
        {
            "n": message("n"),
            "mean": message("Mean"),
            "sd": message("SD"),
            "cv": message("Coefficient of variation"),
            "sd_log": message("SD of logs"),
        },
        id=table_id,
        title=title,
        stub=message("Period"),
        notes=(COMMON if sigma.sample == "common" else AVAILABLE,),
        reading=(_sigma_words(sigma, style),),
        machine={
            "periods": records(sigma.by_period),
            "trend": finite(trend),
        },
    )


def _sigma_words(sigma: Sigma, style: Style) -> Wording:
    verdict = style.judge(sigma.slope, sigma.slope_p)
    if verdict.direction == "not_tested":
        return message("Too few periods to tell a trend of the dispersion.")
    words = {"slope": numbers.number(sigma.slope, 4), "p": numbers.p_equals(sigma.slope_p)}
    if not verdict.is_significant:
        return message(
            "The trend of the dispersion is not statistically significant: the coefficient of variation changes by {slope} "
            "per period ({p}).",
            **words,
        )
    if verdict.direction == "negative":
        return message(
            "The dispersion shrinks: the coefficient of variation changes by {slope} per period ({p}).",
            **words,
        )
    return message(
        "The dispersion grows: the coefficient of variation changes by {slope} per period ({p}).",
        **words,
    )


def beta_table(table_id: str, title: Wording, beta: Beta, *, style: Style = PLAIN) -> Table:
    """Set the regression of growth on the start, the speed of convergence and the half-life."""
    cells: list[tuple[str, Wording, float, CellKind]] = [
        ("beta", message("β"), beta.beta, "number"),
        ("std_error", message("Standard error"), beta.std_error, "number"),
        ("p", message("p"), beta.p_value, "p_value"),
        ("speed", message("Speed per period"), beta.speed, "number"),
        ("speed_error", message("Standard error of the speed"), beta.speed_error, "number"),
        ("half_life", message("Half-life in periods"), beta.half_life, "number"),
        ("span", message("Periods of growth"), beta.span, "count"),
        ("n", message("Growth rates"), beta.n, "count"),
    ]
    values = {name: finite(value) for name, _, value, _ in cells}
    return Table(
        id=table_id,
        title=title,
        columns=(Column("value", message("Value")),),
        rows=tuple(
            Row(label, (Cell(values[name], kind),), key=name) for name, label, _, kind in cells
        ),
        notes=(
            message("Growth of ln(score) per period, regressed on the initial ln(score)."),
            *coverage_note(INTERVALS[beta.form], beta.n_entities, beta.n_periods),
        ),
        reading=(_beta_words(beta, style),),
        machine={"effects": {"beta": values}},
    )


def _beta_words(beta: Beta, style: Style) -> Wording:
    words = {"beta": numbers.number(beta.beta, 4), "p": numbers.p_equals(beta.p_value)}
    verdict = style.judge(beta.beta, beta.p_value)
    if not verdict.is_significant:
        return message(
            "The association of growth with the initial score is not statistically significant: "
            "β = {beta} ({p}).",
            **words,
        )
    if verdict.direction == "positive":
        return message(
            "Entities with higher initial scores grew faster: β = {beta} ({p}).", **words
        )
    # Where beta is so low that entities overtake each other there is no speed, and no half-life.
    if math.isnan(beta.half_life):
        return message("Entities with lower initial scores grew faster: β = {beta} ({p}).", **words)
    return message(
        "Entities with lower initial scores grew faster: β = {beta} ({p}); a gap halves in {years} "
        "periods.",
        years=numbers.number(beta.half_life, 1),
        **words,
    )
