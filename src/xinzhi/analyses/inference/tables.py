"""Tables of confidence intervals of scores, of their bias, and of their sensitivity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from xinzhi.analyses.inference.coverage import score_coverage_note
from xinzhi.frontier.inference.intervals import ScoreInference
from xinzhi.frontier.inference.subsampling import FEWEST
from xinzhi.present import numbers
from xinzhi.present.options import measured_as
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message

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
    found: ScoreInference,
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
    found
        Inference on these scores; where no confidence interval is known the table has no rows, and
        the reason stands in their place.
    labels
        Words of the entities.
    """
    method = found.plan.method
    id_, title = IDS[method].format(name=name), title_of(found, score)
    measured = measured_as(found.options, has_bads=bool(found.roles.bad_outputs))
    if found.reason is not None:
        return Table(
            id=id_,
            title=title,
            columns=(),
            rows=(),
            notes=(measured, found.reason),
            machine=_machine(found),
        )
    periods = found.table.index.get_level_values("period")
    has_periods = bool(periods.notna().all())
    last = found.table[periods == periods.max()] if has_periods else found.table
    shown = COLUMNS[method]
    rows = [
        Row(
            labels.get(str(entity), str(entity)),
            tuple(
                Cell(float(value), "number", decimals=decimals)
                for value in (
                    scores.get((entity, period), np.nan),
                    *(row[column] for column in shown),
                )
            ),
            key=str(entity),
        )
        for (entity, period), (_, row) in zip(last.index, last.iterrows(), strict=True)
    ]
    about_last = [message("Last period; all periods are in results.json.")] if has_periods else []
    return Table(
        id=id_,
        title=title,
        stub=message("Entity"),
        columns=(
            Column("score", message("Score")),
            *(Column(key, heading) for key, heading in shown.items()),
        ),
        rows=tuple(rows),
        notes=(measured, *inference_notes(found), *about_last),
        machine=_machine(found),
    )


def title_of(found: ScoreInference, score: Wording) -> Wording:
    """Name the exhibit."""
    if found.plan.method == "smoothed":
        return message("{score}: bias by the smoothed bootstrap", score=score)
    if found.plan.method == "sensitivity":
        return message("{score}: sensitivity to the sample", score=score)
    return message("{score}: confidence intervals", score=score)


def inference_notes(found: ScoreInference) -> Iterator[Wording]:
    """Say how the numbers came about and what they are not."""
    plan = found.plan
    draws = numbers.count(plan.draws)
    if found.reason is not None:
        yield found.reason
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
        yield from _interval_notes(found, draws)
        yield from score_coverage_note(found)
        yield from _missing_notes(found)


def _interval_notes(found: ScoreInference, draws: str) -> Iterator[Wording]:
    plan, pairs = found.plan, found.sizes
    if pairs:
        yield message(
            "{level} confidence intervals of the true score by subsampling (Kneip, Simar and Wilson "
            "2008): {draws} subsamples of {sizes} entities drawn without replacement, all periods of "
            "an entity together (subsample size {chosen}); rate of convergence n^-{rate}; differences "
            "taken on the scale of {scale}.",
            level=f"{plan.level:.0%}",
            draws=draws,
            sizes=listed([message("{m} of {n}", m=m, n=n) for m, n in _ends(pairs)]),
            rate=f"{found.rate:.3f}",
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


def _ends(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Keep the smallest and the largest of many sizes."""
    return list(dict.fromkeys([pairs[0], pairs[-1]]))


def _missing_notes(found: ScoreInference) -> Iterator[Wording]:
    counts = found.table["status"].value_counts()
    few, unbounded = int(counts.get("few_entities", 0)), int(counts.get("unbounded", 0))
    if few:
        yield message(
            "No interval where a frontier is made of fewer than {fewest} entities: {n} rows.",
            fewest=FEWEST,
            n=numbers.count(few),
        )
    if unbounded:
        yield message(
            "No interval where the frontiers of too many subsamples cannot reach a row: {n} rows.",
            n=numbers.count(unbounded),
        )


def _machine(found: ScoreInference) -> dict[str, object]:
    plan = found.plan
    document: dict[str, object] = {"method": plan.method, "draws": plan.draws, "seed": plan.seed}
    if plan.method != "sensitivity":
        document["scale"] = plan.scale_in_force
    if plan.method == "subsampling":
        document |= {
            "level": plan.level,
            "rate_of_convergence": found.rate,
            "no_interval": None if found.reason is None else str(found.reason),
        }
    rows = [] if found.reason is not None else found.table.reset_index().to_dict("records")
    return document | {"rows": rows}


def references_of(found: ScoreInference) -> frozenset[str]:
    """List the references of a resampling; none where no interval is known."""
    if found.plan.method == "smoothed":
        return frozenset({SIMAR_1998})
    if found.plan.method != "subsampling" or found.reason is not None:
        return frozenset()
    references = {KNEIP_2008, SIMAR_2011}
    if found.options.returns_to_scale == "constant":
        references.add(PARK_2010)
    if found.options.measure == "directional":
        references.add(SIMAR_2012)
    return frozenset(references)
