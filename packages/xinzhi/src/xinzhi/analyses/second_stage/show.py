"""Options of a second stage: what the efficiencies of a score depend on.

The table of a second stage: coefficients with their bootstrap intervals.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from xinzhi.analyses.section import BothLanguages, OneOrMore, Refers, Section, Words
from xinzhi.present import numbers
from xinzhi.present.options import measured_as
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi_core.wording import Wording, message
from xinzhi_frontier.inference.second_stage import SecondStage
from xinzhi_frontier.options import Options


class SecondStageSection(Section):
    """A truncated regression of the distances of a radial score on variables."""

    title: BothLanguages = Words()
    """Title of the table."""
    score: Annotated[str, Refers("score")]
    """Score of the measure radial whose distances are explained."""
    regressors: Annotated[OneOrMore, Refers("variables")]
    """Variables or sets that explain them."""
    algorithm: Literal[1, 2] = 2
    """Of Simar and Wilson (2007): 2 corrects the bias of the distances first, 1 does not."""
    draws: int = Field(default=2000, ge=2, le=1_000_000)
    """Draws of the bootstrap of the coefficients."""
    bias_draws: int = Field(default=100, ge=2, le=1_000_000)
    """Frontiers drawn by algorithm 2 to correct the bias."""
    level: float | None = Field(default=None, gt=0, lt=1)
    """Level of the confidence intervals; 1 less `inference.level` where left out."""


COVERAGE: Mapping[tuple[int, int], float] = MappingProxyType(
    {(1, 100): 0.864, (1, 400): 0.908, (2, 100): 0.915, (2, 400): 0.930}
)
"""Algorithm, rows -> share of 2,000 simulated samples in which the 95 % interval holds the slope
(benchmarks/coverage_scores.md)."""
LOST = frozenset({"inference.no_maximum", "inference.lost"})
"""Notices on draws without a maximum, which stand under the table too."""
DISTANCES: Mapping[str, Wording] = MappingProxyType(
    {"input": message("the distance 1/θ"), "output": message("the distance φ")}
)


def second_stage_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    result: SecondStage,
    score: Wording,
    style: Style,
    measured: tuple[Options, bool],
) -> Table:
    """Set one row for each coefficient, and the number of rows behind them.

    Parameters
    ----------
    score
        Words of the score.
    measured
        Options of the score, and whether it has bad outputs.
    """
    options, has_bads = measured
    return Table(
        id=id,
        title=title,
        stub=message("Variable"),
        columns=(
            Column("estimate", message("Coefficient")),
            Column("std_error", message("Standard error")),
            Column("low", message("Lower bound")),
            Column("high", message("Upper bound")),
            Column("p_value", message("p")),
        ),
        rows=tuple(_rows(result, style)),
        notes=(
            measured_as(options, has_bads=has_bads),
            message(
                "Truncated regression of {distance} of {score}: a positive coefficient means "
                "more inefficiency. {level} intervals and p-values from {draws} draws of the "
                "parametric bootstrap, which treats all rows as independent, also those of one "
                "entity.",
                distance=DISTANCES[options.orientation],
                score=score,
                level=numbers.level(result.level),
                draws=numbers.count(result.draws),
            ),
            *([coverage_note(result)] if result.has_interval else ()),
            *(notice.text for notice in result.notices if notice.code in LOST),
        ),
        reading=tuple(_reading(result, style)),
        machine={
            "algorithm": result.algorithm,
            "level": result.level,
            "draws": result.draws,
            "seed": result.seed,
            "n": result.n_fitted,
            "lost": result.lost,
            "coefficients": result.to_frame().to_dict("index"),
        },
        part="text",
    )


def _rows(result: SecondStage, style: Style) -> Iterator[Row]:
    words = {"constant": message("Constant"), "sigma": message("σ of the disturbance")}
    for name, row in zip(result.names, result.to_frame().to_dict("records"), strict=True):
        cells = (
            Cell(row["estimate"], "estimate", decimals=style.decimals),
            *(
                Cell(row[key], decimals=style.decimals)
                for key in ("std_error", "ci_low", "ci_high")
            ),
            # σ is positive whatever the data, so that nothing is tested of it.
            EMPTY if name == "sigma" else Cell(row["p_value"], "p_value"),
        )
        yield Row(style.labels.get(name, words.get(name, name)), cells, key=name)
    n_rows = (Cell(result.n_fitted, "count"), *[EMPTY] * 4)
    yield Row(message("N"), n_rows, key="n", rule_above=True)


def _reading(result: SecondStage, style: Style) -> Iterator[Wording]:
    """Read the coefficients of the variables, as their p-values judge them."""
    # The first row is the constant, the last one σ.
    for name, row in result.to_frame().iloc[1:-1].to_dict("index").items():
        words = {
            "variable": style.labels.get(str(name), str(name)),
            "estimate": numbers.number(row["estimate"], style.decimals),
            "level": numbers.level(result.level),
            "low": numbers.number(row["ci_low"], style.decimals),
            "high": numbers.number(row["ci_high"], style.decimals),
        }
        verdict = style.judge(row["estimate"], row["p_value"], "bootstrap")
        if verdict.direction == "not_tested":
            yield message("{variable}: {estimate}, not tested.", **words)
            continue
        if verdict.direction == "positive":
            yield message(
                "{variable} is associated with more inefficiency: {estimate} ({level} interval "
                "{low} to {high}).",
                **words,
            )
        elif verdict.direction == "negative":
            yield message(
                "{variable} is associated with less inefficiency: {estimate} ({level} interval "
                "{low} to {high}).",
                **words,
            )
        else:
            yield message(
                "{variable}: {estimate} ({level} interval {low} to {high}), not statistically "
                "significant.",
                **words,
            )


def coverage_note(result: SecondStage) -> Wording:
    """Say how often such an interval held the slope in simulated samples of the nearest size."""
    sizes = {n for algorithm, n in COVERAGE if algorithm == result.algorithm}
    # Nearest in ratio: from 100 to 200 rows is as far as from 200 to 400.
    n = min(sizes, key=lambda size: abs(math.log(max(result.n_fitted, 1) / size)))
    return message(
        "In simulated samples of {n} rows, 95% intervals of a slope by algorithm {algorithm} "
        "hold the true value in {share}% of cases; rows were independent there.",
        n=n,
        algorithm=result.algorithm,
        share=f"{100 * COVERAGE[result.algorithm, n]:.1f}",
    )


def second_stage_methods(
    result: SecondStage, score: Wording, title: Wording, options: Options
) -> Wording:
    """Say what was regressed on what, and how the intervals were found."""
    words = {
        "title": title,
        "distance": DISTANCES[options.orientation],
        "score": score,
        "n": numbers.count(result.n_fitted),
        "draws": numbers.count(result.draws),
    }
    if result.algorithm == 1:
        return message(
            "{title}: truncated regression of {distance} of {score} on the variables, over {n} rows off "
            "the frontier, by algorithm 1 of Simar and Wilson (2007) with {draws} draws.",
            **words,
        )
    return message(
        "{title}: truncated regression of {distance} of {score} on the variables, over {n} rows off the "
        "frontier, by algorithm 2 of Simar and Wilson (2007): distances corrected for bias first, "
        "then {draws} draws.",
        **words,
    )
