"""How far nominal 95 % intervals of scores can be trusted: their coverage in simulated samples.

The shares stand in `coverage.csv`, which `benchmarks/intervals/scores.py` writes: the measure,
the returns to scale, the number of inputs and outputs, the entities and the periods of a frontier,
and the share of true scores that the intervals hold. A note speaks of the design with the same
returns to scale that is nearest in logarithms,

    argmin |ln(N / N_d)| + |ln(T / T_d)| + |ln((p + q) / (p_d + q_d))| + ln 2 [another measure or scale],

and only where its coverage is below 93 % or above 97 %. True scores are known in simulated samples
alone, so nothing is said of frontiers that no design resembles: by groups, of rows that the study names.

Tables of confidence intervals of scores, of their bias, and of their sensitivity.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
import pandas as pd

from xinzhi.present import numbers
from xinzhi.present.coverage import HIGHEST, LOWEST
from xinzhi.present.options import measured_as
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi_core.wording import Wording, listed, message
from xinzhi_frontier.inference.intervals import ResampledScores
from xinzhi_frontier.inference.subsampling import FEWEST

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


COLUMNS: Mapping[str, Mapping[str, Wording]] = MappingProxyType(
    {
        "subsampling": {"low": message("Lower bound"), "high": message("Upper bound")},
        "smoothed": {"bias": message("Bias"), "corrected": message("Bias-corrected")},
        "sensitivity": {
            "mean": message("Mean over draws"),
            "sd": message("Std. dev. over draws"),
            "min": message("Min. over draws"),
            "max": message("Max. over draws"),
        },
    }
)
"""Columns that are printed, by method."""
KNEIP_2008 = (
    "Kneip, A., Simar, L., & Wilson, P. W. (2008). Asymptotics and consistent bootstraps for DEA "
    "estimators in nonparametric frontier models. Econometric Theory, 24(6), 1663–1697. "
    "doi:10.1017/S0266466608080651"
)
PARK_2010 = (
    "Park, B. U., Jeong, S.-O., & Simar, L. (2010). Asymptotic distribution of conical-hull estimators "
    "of directional edges. Annals of Statistics, 38(3), 1320–1340. doi:10.1214/09-AOS746"
)
SIMAR_2011 = (
    "Simar, L., & Wilson, P. W. (2011). Inference by the m out of n bootstrap in nonparametric frontier "
    "models. Journal of Productivity Analysis, 36(1), 33–53. doi:10.1007/s11123-010-0200-4"
)
SIMAR_2012 = (
    "Simar, L., Vanhems, A., & Wilson, P. W. (2012). Statistical inference for DEA estimators of "
    "directional distances. European Journal of Operational Research, 220(3), 853–864. "
    "doi:10.1016/j.ejor.2012.02.030"
)
SIMAR_1998 = (
    "Simar, L., & Wilson, P. W. (1998). Sensitivity analysis of efficiency scores: How to bootstrap in "
    "nonparametric frontier models. Management Science, 44(1), 49–61. doi:10.1287/mnsc.44.1.49"
)
IDS: Mapping[str, str] = MappingProxyType(
    {
        "subsampling": "{name}_intervals",
        "smoothed": "{name}_bias",
        "sensitivity": "{name}_sensitivity",
    }
)


def score_inference_table(
    name: str,
    score: Wording,
    scores: pd.Series,
    inference: ResampledScores,
    *,
    labels: Mapping[str, Wording],
    decimals: int = numbers.DECIMALS,
) -> Table:
    """Set the score of each entity in the last period beside what resampling tells of it.

    Parameters
    ----------
    name, score
        Name of the score in the study file, and its words.
    scores
        Indexed (entity, period).
    inference
        Inference on these scores; where no confidence interval is known the table has no rows, and
        the reason stands in their place.
    labels
        Words of the entities.
    """
    method = inference.plan.method
    table_id, title = IDS[method].format(name=name), title_of(inference, score)
    machine = _machine(inference)
    measured = measured_as(inference.options, has_bads=bool(inference.roles.bad_outputs))
    if inference.reason is not None:
        notes = (measured, inference.reason)
        return Table(id=table_id, title=title, columns=(), rows=(), notes=notes, machine=machine)
    periods = inference.table.index.get_level_values("period")
    has_periods = bool(periods.notna().all())
    last = inference.table[periods == periods.max()] if has_periods else inference.table
    shown = COLUMNS[method]
    rows = []
    for (entity, period), values in zip(last.index, last[list(shown)].to_numpy(), strict=True):
        numbers_of_row = (scores.get((entity, period), np.nan), *values)
        cells = tuple(Cell(float(x), "number", decimals=decimals) for x in numbers_of_row)
        rows.append(Row(labels.get(str(entity), str(entity)), cells, key=str(entity)))
    about_last = [message("Last period; all periods are in results.json.")] if has_periods else []
    return Table(
        id=table_id,
        title=title,
        stub=message("Entity"),
        columns=(
            Column("score", message("Score")),
            *(Column(key, heading) for key, heading in shown.items()),
        ),
        rows=tuple(rows),
        notes=(measured, *inference_notes(inference), *about_last),
        machine=machine,
    )


def title_of(inference: ResampledScores, score: Wording) -> Wording:
    """Name the exhibit."""
    if inference.plan.method == "smoothed":
        return message("{score}: bias by the smoothed bootstrap", score=score)
    if inference.plan.method == "sensitivity":
        return message("{score}: sensitivity to the sample", score=score)
    return message("{score}: confidence intervals", score=score)


def inference_notes(inference: ResampledScores) -> Iterator[Wording]:
    """Say how the numbers came about and what they are not."""
    plan = inference.plan
    draws = numbers.count(plan.draws)
    if inference.reason is not None:
        yield inference.reason
    elif plan.method == "smoothed":
        yield message(
            "Bias by the smoothed bootstrap of Simar and Wilson (1998), {draws} draws; the corrected "
            "efficiency is the efficiency less the bias. It gives no confidence interval.",
            draws=draws,
        )
        if plan.scale_in_force == "distance":
            yield message(
                "The bias is estimated on the scale of Shephard's distance 1/θ: the corrected efficiency is "
                "1 / (2/θ - mean of 1/θ*)."
            )
    elif plan.method == "sensitivity":
        yield message(
            "Sensitivity to the sample: the score of each row in the draws that hold its entity, "
            "each measured on the frontier of the entities drawn ({draws} draws of as many "
            "entities with replacement). These are not confidence intervals: against fewer "
            "entities no score can get worse.",
            draws=draws,
        )
    else:
        yield from _interval_notes(inference, draws)
        yield from score_coverage_note(inference)
        yield from _missing_notes(inference)


def _interval_notes(inference: ResampledScores, draws: str) -> Iterator[Wording]:
    plan = inference.plan
    if inference.sizes:
        ends = (inference.sizes[0], inference.sizes[-1])
        yield message(
            "{level} confidence intervals of the true score by subsampling (Kneip, Simar and Wilson "
            "2008): {draws} subsamples of {sizes} entities drawn without replacement, all periods of "
            "an entity together (subsample size {chosen}); rate of convergence n^-{rate}; differences "
            "taken on the scale of {scale}.",
            level=numbers.level(plan.level),
            draws=draws,
            # Of many sizes the smallest and the largest; they are sorted.
            sizes=listed([message("{m} of {n}", m=m, n=n) for m, n in dict.fromkeys(ends)]),
            rate=f"{inference.rate:.3f}",
            scale=message("the distance (1/θ, φ or β)")
            if plan.scale_in_force == "distance"
            else message("the efficiency (θ or 1/φ)"),
            chosen=message("set by the user")
            if plan.size
            else message("chosen by minimum volatility"),
        )
        yield message(
            "The observed best practice lies inside the true frontier, so the interval begins at the "
            "estimated score and reaches towards less efficiency."
        )


def _missing_notes(inference: ResampledScores) -> Iterator[Wording]:
    counts = inference.table["status"].value_counts()
    few, unbounded = int(counts.get("few_entities", 0)), int(counts.get("unbounded", 0))
    if few:
        yield message(
            "No interval where a frontier is made of fewer than {fewest} entities: {n} rows.",
            one="No interval where a frontier is made of fewer than {fewest} entities: {n} row.",
            fewest=FEWEST,
            n=numbers.count(few),
        )
    if unbounded:
        yield message(
            "No interval where the frontiers of too many subsamples cannot reach a row: {n} rows.",
            one="No interval where the frontiers of too many subsamples cannot reach a row: {n} row.",
            n=numbers.count(unbounded),
        )


def _machine(inference: ResampledScores) -> dict[str, object]:
    plan = inference.plan
    document: dict[str, object] = {"method": plan.method, "draws": plan.draws, "seed": plan.seed}
    if plan.method != "sensitivity":
        document["scale"] = plan.scale_in_force
    if plan.method == "subsampling":
        document |= {
            "level": plan.level,
            "rate_of_convergence": inference.rate,
            "no_interval": None if inference.reason is None else str(inference.reason),
        }
    rows = [] if inference.reason is not None else inference.table.reset_index().to_dict("records")
    return document | {"rows": rows}


def references_of(inference: ResampledScores) -> frozenset[str]:
    """List the references of a resampling; none where no interval is known."""
    if inference.plan.method == "smoothed":
        return frozenset({SIMAR_1998})
    if inference.plan.method != "subsampling" or inference.reason is not None:
        return frozenset()
    references = {KNEIP_2008, SIMAR_2011}
    if inference.options.returns_to_scale == "constant":
        references.add(PARK_2010)
    if inference.options.measure == "directional":
        references.add(SIMAR_2012)
    return frozenset(references)
