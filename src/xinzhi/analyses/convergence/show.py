"""Tables of convergence: the dispersion by period, and growth regressed on the start."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.convergence.compute import Convergence
from xinzhi.analyses.convergence.section import ConvergenceSection
from xinzhi.analyses.exhibits import Exhibits, first_sentences
from xinzhi.analyses.space_and_time import part_table
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_note
from xinzhi.present.frames import frame_table, records
from xinzhi.present.numbers import number
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import Cell, CellKind, Column, Row, Table
from xinzhi.space.beta_convergence import Beta
from xinzhi.space.sigma_convergence import Sigma
from xinzhi.wording import Wording, message

COMMON = message("Only entities with a score in every period.")
AVAILABLE = message("All entities with a score in the period.")

INTERVALS: Mapping[str, str] = MappingProxyType(
    {"cross_section": "convergence", "panel": "convergence_panel"}
)
"""Form of the regression -> its interval in `coverage.csv`."""


def exhibits(section: ConvergenceSection, result: Convergence, shown: Shown) -> Exhibits:
    """Set the dispersion by period and the growth regression."""
    name, score = shown.name, shown.study.score_label(section.score)
    title = message("Dispersion of {score} (σ convergence)", score=score)
    dispersion = part_table(f"{name}_sigma", title, result.sigma, sigma_table, style=shown.style)
    title = message("Growth of {score} and its start (β convergence)", score=score)
    growth = part_table(f"{name}_beta", title, result.beta, beta_table, style=shown.style)
    return Exhibits((*dispersion, *growth), prose=first_sentences(*dispersion, *growth))


def sigma_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Sigma,
    *,
    style: Style = PLAIN,
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
        reading=(_sigma_words(found, style),),
        machine={
            "periods": records(found.by_period),
            "trend": {key: None if math.isnan(v) else v for key, v in trend.items()},
        },
    )


def _sigma_words(found: Sigma, style: Style) -> Wording:
    verdict = style.judge(found.slope, found.slope_p)
    if verdict.direction == "not_tested":
        return message("Too few periods to tell a trend of the dispersion.")
    words = {"slope": number(found.slope, 4), "p": numbers.p_equals(found.slope_p)}
    if not verdict.is_significant:
        return message(
            "The trend of the dispersion is not statistically significant: the coefficient of variation changes by {slope} a "
            "period ({p}).",
            **words,
        )
    if verdict.direction == "negative":
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
    *,
    style: Style = PLAIN,
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
        reading=(_beta_words(found, style),),
        machine={"effects": {"beta": known}},
    )


def _beta_words(found: Beta, style: Style) -> Wording:
    words = {"beta": number(found.beta, 4), "p": numbers.p_equals(found.p_value)}
    verdict = style.judge(found.beta, found.p_value)
    if not verdict.is_significant:
        return message(
            "The association of growth with the start is not statistically significant: β = {beta} "
            "({p}).",
            **words,
        )
    if verdict.direction == "positive":
        return message("Those ahead grew faster: β = {beta} ({p}).", **words)
    if math.isnan(found.half_life):
        return message("Those behind grew faster: β = {beta} ({p}).", **words)
    return message(
        "Those behind grew faster: β = {beta} ({p}); a gap halves in {years} periods.",
        years=number(found.half_life, 1),
        **words,
    )
