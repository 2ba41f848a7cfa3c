"""How far nominal 95 % intervals of scores can be trusted: their coverage in simulated samples.

The shares stand in `coverage.csv`, which `benchmarks/intervals/scores.py` writes: the measure,
the returns to scale, the number of inputs and outputs, the entities and the periods of a frontier,
and the share of true scores that the intervals hold. A note speaks of the design with the same
returns to scale that is nearest in logarithms,

    argmin |ln(N / N_d)| + |ln(T / T_d)| + |ln((p + q) / (p_d + q_d))| + ln 2 [another measure or scale],

and only where its coverage is below 93 % or above 97 %. True scores are known in simulated samples
alone, so nothing is said of frontiers that no design resembles: by groups, of rows that the study names.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from xinzhi.frontier.inference.intervals import ResampledScores
from xinzhi.present.coverage import HIGHEST, LOWEST
from xinzhi.wording import Wording, message

RETURNS = {"constant": message("constant returns"), "variable": message("variable returns")}
ANOTHER = math.log(2)
"""Distance of a design with another measure or scale, as of one with twice as many entities."""


@dataclass(frozen=True, slots=True)
class SimulatedScores:
    """Coverage of the intervals of scores in one design."""

    measure: str
    """radial | directional"""
    returns: str
    """constant | variable"""
    scale: str
    """distance | efficiency, on which differences are taken."""
    inputs: int
    outputs: int
    """Good and bad."""
    entities: int
    periods: int
    """Of one frontier."""
    samples: int
    coverage: float


@cache
def simulated_scores() -> tuple[SimulatedScores, ...]:
    """Read the coverage that was measured."""
    file = files("xinzhi").joinpath("analyses", "inference", "coverage.csv")
    rows = csv.reader(file.read_text(encoding="utf-8").splitlines()[1:])
    return tuple(
        SimulatedScores(
            measure, returns, scale, int(p), int(q), int(n), int(t), int(samples), float(coverage)
        )
        for measure, returns, scale, p, q, n, t, samples, coverage in rows
    )


def nearest_design(inference: ResampledScores) -> SimulatedScores | None:
    """Choose the design that resembles a measurement most; None where there is none."""
    options, roles = inference.options, inference.roles
    if not inference.sizes or options.reference in {"group", "rows"}:
        return None
    returns = "constant" if options.returns_to_scale == "constant" else "variable"
    entities = min(n for _, n in inference.sizes)
    columns = len(roles.names)

    def distance(design: SimulatedScores) -> float:
        logs = (
            math.log(entities / design.entities),
            math.log(inference.periods_of_a_frontier / design.periods),
            math.log(columns / (design.inputs + design.outputs)),
        )
        others = (design.measure != options.measure) + (
            design.scale != inference.plan.scale_in_force
        )
        return sum(map(abs, logs)) + ANOTHER * others

    same_returns = [design for design in simulated_scores() if design.returns == returns]
    return min(same_returns, key=distance, default=None)


def score_coverage_note(inference: ResampledScores) -> Iterator[Wording]:
    """Say where intervals of scores cover too little or too much; nothing where they do neither."""
    design = nearest_design(inference)
    if design is None or LOWEST <= design.coverage <= HIGHEST:
        return
    words = {
        "n": design.entities,
        "t": design.periods,
        "returns": RETURNS[design.returns],
        "p": design.inputs,
        "q": design.outputs,
        "share": f"{100 * design.coverage:.1f}",
    }
    if design.coverage < LOWEST:
        yield message(
            "In simulated samples of {n} × {t} ({returns}, inputs: {p}, outputs: {q}), such 95% "
            "intervals hold the true score less often: in {share}% of cases.",
            **words,
        )
    else:
        yield message(
            "In simulated samples of {n} × {t} ({returns}, inputs: {p}, outputs: {q}), such 95% "
            "intervals are conservative: they hold the true score in {share}% of cases.",
            **words,
        )
