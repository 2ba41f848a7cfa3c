"""How far nominal 95 % intervals can be trusted: their coverage in simulated panels.

The shares stand in `coverage.csv`, which `benchmarks/interval_coverage.py` writes: for each kind of interval
and design (entities, periods, dependence of the disturbances) the share of simulated panels whose
interval holds the true value. A note speaks of the size of panel that is nearest in logarithms,

    argmin |ln(N / N_d)| + |ln(T / T_d)|,

and only of the dependences under which an interval covers less than 93 % or more than 97 %.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd

from xinzhi_core.wording import Wording, listed, message
from xinzhi_econometrics.estimates import CovarianceRule, Estimates

LOWEST = 0.93
"""Below this, the note states the shortfall of a nominal 95 % interval."""
HIGHEST = 0.97
"""Above this, the note calls the interval conservative."""

NOMINAL, OVER = 0.05, 2.0
"""Level of the simulated tests, and the per cent above it from which a note states their size."""
NEAR = 1.25
"""Factor between effective numbers of clusters that count as alike."""

DEPENDENCE: Mapping[str, Wording] = {
    "independent": message("independent disturbances"),
    "serial": message("serial correlation"),
    "common": message("a common factor"),
}


@dataclass(frozen=True, slots=True)
class Simulated:
    """Coverage of one kind of interval in one design."""

    interval: str
    """iid | hc1 | cluster | two_way | driscoll_kraay | wild | mediation_bootstrap | …"""
    entities: int
    periods: int
    dependence: str
    """independent | serial | common"""
    coverage: float
    samples: int


@cache
def simulated() -> tuple[Simulated, ...]:
    """Read the coverage that was measured."""
    text = files("xinzhi").joinpath("present", "coverage.csv").read_text(encoding="utf-8")
    return tuple(
        Simulated(
            row["interval"],
            int(row["entities"]),
            int(row["periods"]),
            row["dependence"],
            float(row["coverage"]),
            int(row["samples"]),
        )
        for row in csv.DictReader(text.splitlines())
    )


def nearest(interval: str, entities: int, periods: int) -> tuple[Simulated, ...]:
    """Choose the designs of the nearest size in which an interval was simulated.

    >>> {(design.entities, design.periods) for design in nearest("cluster", 100, 20)}
    {(115, 16)}
    """
    designs = [design for design in simulated() if design.interval == interval]
    if not designs or entities < 2 or periods < 2:
        return ()

    def distance(design: Simulated) -> float:
        return abs(math.log(entities / design.entities)) + abs(math.log(periods / design.periods))

    best = min(designs, key=distance)
    size = (best.entities, best.periods)
    return tuple(design for design in designs if (design.entities, design.periods) == size)


def coverage_note(interval: str, entities: int, periods: int) -> Iterator[Wording]:
    """Say where a kind of interval covers too little or too much; nothing where it does neither.

    Parameters
    ----------
    interval
        Kind of interval, as in `coverage.csv`; a kind that was not simulated yields nothing.
    entities, periods
        Size of the panel behind the interval; a cross-section was not simulated.
    """
    designs = nearest(interval, entities, periods)
    short = [design for design in designs if design.coverage < LOWEST]
    long = [design for design in designs if design.coverage > HIGHEST]
    size = {"n": designs[0].entities, "t": designs[0].periods} if designs else {}
    if short:
        yield message(
            "In simulated panels of {n} × {t}, 95% intervals of this kind cover the true value "
            "less often: {cases}.",
            **size,
            cases=_cases(short),
        )
    if long:
        yield message(
            "In simulated panels of {n} × {t}, 95% intervals of this kind are conservative: {cases}.",
            **size,
            cases=_cases(long),
        )


@cache
def simulated_sizes() -> tuple[tuple[float, float], ...]:
    """Read (effective number of clusters, per cent of true zeros that CR2 rejects at 5 %) of each design."""
    text = files("xinzhi").joinpath("present", "verdict_size.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple((float(row["effective"]), float(row["size"])) for row in rows)


def size_note(effective: float) -> Iterator[Wording]:
    """Say where the test that judges few clusters rejects a true zero more often than its level and 2 points.

    Parameters
    ----------
    effective
        Effective number of clusters; designs within a factor of 1.25 of it are compared.
    """
    near = [one for one in simulated_sizes() if abs(math.log(effective / one[0])) < math.log(NEAR)]
    above = [size for _, size in near if size > 100 * NOMINAL + OVER]
    if above:
        yield message(
            "In simulated panels with about {n} effective clusters this test calls a true slope of 0 significant at "
            "the {level} level in up to {share}% of samples.",
            one="In simulated panels with about {n} effective cluster this test calls a true slope of 0 significant at the {level} level in up to {share}% of samples.",
            n=f"{effective:.0f}",
            level=f"{100 * NOMINAL:g}%",
            share=f"{max(above):.1f}",
        )


def coverage_of(interval: str, estimates: Iterable[Estimates]) -> Iterator[Wording]:
    """Give the notes on the panels behind estimates, each once."""
    sizes = dict.fromkeys(size_of(e.residuals.index) for e in estimates)
    yield from dict.fromkeys(note for size in sizes for note in coverage_note(interval, *size))


def slope_coverage(estimates: Iterable[Estimates]) -> Iterator[Wording]:
    """Give the notes on the intervals of slopes, by their errors and panels, each once."""
    panels = dict.fromkeys(
        (interval_kind(e.covariance), size_of(e.residuals.index)) for e in estimates
    )
    yield from dict.fromkeys(note for kind, size in panels for note in coverage_note(kind, *size))


def _cases(designs: list[Simulated]) -> Wording:
    return listed(
        [
            message(
                "{share}% with {dependence}",
                share=f"{100 * design.coverage:.1f}",
                dependence=DEPENDENCE[design.dependence],
            )
            for design in designs
        ]
    )


def interval_kind(rule: CovarianceRule) -> str:
    """Name the kind of a slope's interval; empty where its clusters were not simulated."""
    clusters = {name for name, _ in rule.clusters}
    simulated_clusters = {"cluster": {"entity"}, "two_way": {"entity", "period"}}
    is_simulated = clusters == simulated_clusters.get(rule.kind, clusters)
    return rule.kind if is_simulated else ""


def size_of(index: pd.Index) -> tuple[int, int]:
    """Count the entities and periods of an index; a cross-section has one period."""
    periods = index.get_level_values(1).nunique() if index.nlevels > 1 else 1
    return int(index.get_level_values(0).nunique()), int(periods)
