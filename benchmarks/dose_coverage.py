"""Coverage of the interval of the dose of a tool, in simulated panels.

    uv run python benchmarks/dose_coverage.py > benchmarks/dose_coverage.md

y_it = a_i + b1 x_it + b3 x_it w_it + b2 w_it + e_it with errors clustered by entity. Regressors are drawn once for
each design, errors anew for each sample, so that the true covariance V of b1 and b3 is known:

    V = (X'X)^-1 X'ΩX (X'X)^-1,   X and y less the means of entities.

The true dose solves b1 + b3 w = c(w) s(w) with this V and the degrees of freedom of the design. The interval of
`analyses/pathways/dose.py` is held against it, and that of the delta method: w* ± t s(w*) / |b3 - c s'(w*)|.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize

from xinzhi.analyses.effects import ConditionalSlope
from xinzhi.analyses.moderation.moderated_effect import moderated_equation, slope_along
from xinzhi.analyses.pathways.dose import find_dose
from xinzhi_econometrics.fit import fit_least_squares
from xinzhi_econometrics.inference import t_quantile
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.specification import Covariance, Regression

LEVEL, SAMPLES, SEED = 0.05, 400, 3


@dataclass(frozen=True)
class Design:
    """Entities, periods, autocorrelation of the errors, and the t of the interaction in the mean."""

    entities: int
    periods: int
    rho: float
    t_interaction: float


DESIGNS = tuple(
    Design(n, periods, rho, t)
    for n, periods in ((12, 16), (24, 16), (115, 16))
    for rho in (0.0, 0.6)
    for t in (3.0, 6.0)
)


@dataclass(frozen=True)
class Share:
    """What was counted over the samples of a design."""

    given: float
    """Samples with a dose: the interaction is significant and positive, and there is a crossing."""
    covered: float
    covered_where_given: float
    delta_where_given: float
    bounded: float
    """Of the samples with a dose, those whose interval has an upper end."""


def measure(design: Design, samples: int = SAMPLES) -> Share:
    """Draw samples and count."""
    rng = np.random.default_rng(
        [SEED, design.entities, int(10 * design.rho), int(design.t_interaction)]
    )
    n, periods = design.entities, design.periods
    index = pd.MultiIndex.from_product([range(n), range(periods)], names=["entity", "period"])
    x, w = rng.normal(size=(n, periods)), rng.normal(size=(n, periods)) + rng.normal(size=(n, 1))
    omega = design.rho ** np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
    root = np.linalg.cholesky(omega)
    columns = [part - part.mean(axis=1, keepdims=True) for part in (x, x * w, w)]
    stacked = np.stack(columns, axis=-1)
    bread = np.linalg.inv(np.einsum("ntk,ntl->kl", stacked, stacked))
    v = bread @ np.einsum("ntk,ts,nsl->kl", stacked, omega, stacked) @ bread
    b3 = design.t_interaction * math.sqrt(v[1, 1])
    b1 = -0.2 * b3
    regression = Regression(
        outcome="y",
        regressors=("x",),
        effects=("entity",),
        covariance=Covariance("cluster", ("entity",)),
    )
    frame = pd.DataFrame({"x": x.ravel(), "w": w.ravel()}, index=index)
    true, least, most = None, float(w.min()), float(w.max())
    counts = []
    for _ in range(samples):
        errors = rng.normal(size=(n, periods)) @ root.T
        frame["y"] = (b1 * x + b3 * x * w + errors).ravel()
        slope = _slope(frame, regression)
        if true is None:
            true = _true_dose(slope, b1, b3, v, most)
        counts.append(_count(slope, least, most, true))
    given, covered, by_delta, bounded = np.array(counts, dtype=float).T
    where = given > 0
    if not where.any():  # few samples may give no dose
        return Share(0.0, covered.mean(), math.nan, math.nan, math.nan)
    return Share(
        given.mean(),
        covered.mean(),
        covered[where].mean(),
        by_delta[where].mean(),
        bounded[where].mean(),
    )


def _slope(frame: pd.DataFrame, regression: Regression) -> ConditionalSlope:
    crossed_frame, crossed, terms = moderated_equation(
        frame, regression, focal="x", moderator="w", steps=0
    )
    return slope_along(fit_least_squares(crossed_frame, crossed), terms)


def _true_dose(slope: ConditionalSlope, b1: float, b3: float, v: Array, most: float) -> float:
    """Solve b1 + b3 w = c(w) s(w) with the true covariance; degrees of freedom are those of the design."""

    def excess(at: float) -> float:
        _, df = slope.statistic(at)
        critical = -float(t_quantile(LEVEL / 2, float(df)))
        return b1 + b3 * at - critical * math.sqrt(v[0, 0] + 2 * at * v[0, 1] + at**2 * v[1, 1])

    return float(optimize.brentq(excess, -b1 / b3, 50 * most))


def _count(slope: ConditionalSlope, least: float, most: float, true: float) -> tuple[bool, ...]:
    curve = find_dose(slope, least, most, LEVEL)
    far = slope.statistic(1e9)
    is_shown = float(far[0]) > -float(t_quantile(LEVEL / 2, float(far[1])))
    given = bool(is_shown and curve.levels)
    if not given:
        return False, curve.low <= true <= curve.high, False, False
    at, step = curve.level, 1e-5
    reach = [float(slope.reach(at + s, LEVEL)) for s in (-step, 0.0, step)]
    half = reach[1] / abs(slope.b3 - (reach[2] - reach[0]) / (2 * step))
    return True, curve.low <= true <= curve.high, abs(at - true) <= half, math.isfinite(curve.high)


def rows(samples: int) -> Iterator[str]:
    """Write the page."""
    yield "# Coverage of the interval of the dose of a tool\n"
    yield f"{samples} samples a row, nominal 95 %; the simulation error of a share is about 1.1 points at 95 %."
    yield "`dose`: share of samples in which a dose is given; the two shares that follow are of these.\n"
    yield "| entities | periods | AR of errors | t of interaction | dose | interval covers | delta method covers | has an upper end | covers in all samples |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for design in DESIGNS:
        share = measure(design, samples)
        shown = (
            f"{100 * value:.1f}"
            for value in (
                share.given,
                share.covered_where_given,
                share.delta_where_given,
                share.bounded,
                share.covered,
            )
        )
        yield f"| {design.entities} | {design.periods} | {design.rho:g} | {design.t_interaction:g} | {' | '.join(shown)} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=SAMPLES)
    for line in rows(parser.parse_args().samples):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
