"""How often a true slope of zero, and one that is not, is called significant, by the test that judges.

    OMP_NUM_THREADS=1 uv run python benchmarks/verdict_size.py [--samples 1000] [--draws 399]

Panels y = βx + entity + year + e with few and with many clusters, errors clustered by entity. Entities
are equal, or of unequal size: x and e of each are multiplied by a lognormal number (standard deviation of
its logarithm 1). Errors are heteroskedastic, e √((1 + x²)/2) with independent x and e, or both x and e
follow AR(0.6). β is 0, or 1.96 times the standard deviation of the estimate over the samples of the same
design: a test that knew this standard deviation would find it in half of the samples.

Each of three tests judges the same samples at 5 %: CR1 with t(G - 1), the wild cluster bootstrap with the
null imposed, and CR2 with Satterthwaite's degrees of freedom. The table chooses the judge of few clusters:
docs/decisions/0041-few-clusters.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from xinzhi_econometrics.fit import infer, solve
from xinzhi_econometrics.inference import t_tails
from xinzhi_econometrics.judgement import adjust, basis_of, effective_clusters
from xinzhi_econometrics.least_squares import Array, least_squares
from xinzhi_econometrics.model import Model, build_model
from xinzhi_econometrics.resampling.cluster_bootstrap import less_means, nested_effect
from xinzhi_econometrics.resampling.wild_bootstrap import _design, _draw_weights, invert
from xinzhi_econometrics.specification import Covariance, Regression

OUTPUT = Path(__file__).parent / "verdict_size.md"
TABLE = OUTPUT.parents[1] / "packages/xinzhi/src/xinzhi/present/verdict_size.csv"
"""The sizes of CR2, which a note under a table quotes."""
SIZES = ((10, 6), (20, 8), (31, 10), (115, 16))
KINDS = ("heteroskedastic", "serial")
LEVEL = 0.05
TESTS = ("CR1, t(G-1)", "wild p", "CR2, Satterthwaite")
QUOTED = 500
"""Samples from which the note quotes the table."""
SPREAD = 1.0
"""Standard deviation of the logarithm of the size of an entity."""
SERIAL = 0.6


@dataclass(frozen=True)
class Design:
    """A kind of panels."""

    entities: int
    periods: int
    is_unequal: bool
    kind: str

    def sample(self, rng: np.random.Generator) -> pd.DataFrame:
        """Draw x and e, β = 0: the outcome is the error, as effects are partialled out anyway."""
        shape = (self.entities, self.periods)
        x, e = (self._errors(rng, shape) for _ in range(2))
        if self.kind == "heteroskedastic":
            e = e * np.sqrt((1 + x**2) / 2)
        if self.is_unequal:
            size = np.exp(SPREAD * rng.normal(size=(self.entities, 1)))
            x, e = x * size, e * size
        index = pd.MultiIndex.from_product(
            [range(self.entities), range(self.periods)], names=["entity", "period"]
        )
        return pd.DataFrame({"x": x.ravel(), "y": e.ravel()}, index=index)

    def _errors(self, rng: np.random.Generator, shape: tuple[int, int]) -> Array:
        shocks = rng.normal(size=shape)
        if self.kind != "serial":
            return shocks
        out = shocks.copy()
        for t in range(1, shape[1]):
            out[:, t] = SERIAL * out[:, t - 1] + np.sqrt(1 - SERIAL**2) * shocks[:, t]
        return out


def designs() -> Iterator[Design]:
    """List the designs in the order of the table."""
    for kind in KINDS:
        for is_unequal in (False, True):
            for entities, periods in SIZES:
                yield Design(entities, periods, is_unequal, kind)


def p_values(model: Model, weights: Array, *, is_exact: bool) -> Array:
    """Test the slope of x by each of the three tests, in their order."""
    solution = solve(model)
    cluster = model.sample.clusters[0]
    usual = infer(model, solution).judgement.usual_p[0]
    basis = basis_of(solution.influence.T, model.sample.effects, cluster)
    assert basis is not None
    few = adjust(solution.influence, cluster, basis).scores_of(solution.residuals)
    one = np.ones(1)
    corrected = t_tails(solution.slopes / few.error(one), few.df(one))[0]
    x, inner = _design(model, cluster), nested_effect(model.sample, cluster)
    y = less_means(model.sample.outcome[:, None], inner)[:, 0]
    wild = invert(y, x, least_squares(y, x), cluster, weights, 0, is_exact=is_exact).p_value(0.0)
    return np.array([usual, wild, corrected])


def measure(design: Design, samples: int, draws: int, seed: int = 0) -> tuple[Array, Array, float]:
    """Reject β = 0 in samples where it holds, and in those where it does not.

    Returns
    -------
    Two rates for each test, and the mean effective number of clusters.
    """
    weights, kind = _draw_weights(design.entities, draws, seed)
    asked = Regression("y", ("x",), covariance=Covariance("cluster", ("entity",)))
    frames = [design.sample(np.random.default_rng([seed, n])) for n in range(samples)]
    models = [build_model(frame, asked) for frame in frames]
    solutions = [solve(model) for model in models]
    slope = 1.96 * float(np.std([float(s.slopes[0]) for s in solutions], ddof=1))
    effective = [
        float(effective_clusters(s.influence, m.sample.clusters[0])[0])
        for s, m in zip(solutions, models, strict=True)
    ]
    rates = []
    for beta in (0.0, slope):
        shifted = (build_model(f.assign(y=f["y"] + beta * f["x"]), asked) for f in frames)
        tests = np.array([p_values(m, weights, is_exact=kind == "all") for m in shifted])
        rates.append((tests < LEVEL).mean(axis=0))
    return rates[0], rates[1], float(np.mean(effective))


def rows(samples: int, draws: int, chosen: tuple[Design, ...] | None = None) -> Iterator[str]:
    """Write one row of the table for each design."""
    for design in chosen or tuple(designs()):
        size, power, effective = measure(design, samples, draws)
        cells = [
            f"{design.entities} x {design.periods}",
            "unequal" if design.is_unequal else "equal",
            design.kind,
            f"{effective:.1f}",
            *(f"{100 * rate:.1f}" for rate in (*size, *power)),
        ]
        yield f"| {' | '.join(cells)} |"


def heading(samples: int, draws: int) -> str:
    """Write what the table shows, and its first two rows."""
    names = [*(f"size: {t}" for t in TESTS), *(f"power: {t}" for t in TESTS)]
    columns = ["panel", "entities", "errors", "effective clusters", *names]
    return (
        "# How often a slope is called significant at 5 %\n\n"
        f"{samples} samples a row, {draws} draws of the wild bootstrap (all combinations of signs where these are no "
        "more), written by `just verdict-size`. Per cent of samples; the standard error of a rate near 5 % is "
        f"{100 * np.sqrt(0.05 * 0.95 / samples):.1f}. Size: the true slope is 0. Power: it is 1.96 standard deviations "
        "of the estimate. The effective number of clusters (Carter, Schnepel and Steigerwald 2017, errors independent "
        "within a cluster) is a mean over the samples.\n\n"
        f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}\n"
    )


def main() -> None:
    """Simulate, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=399)
    given = parser.parse_args()
    lines = []
    for row in rows(given.samples, given.draws):
        lines.append(row)
        print(row, flush=True)
    OUTPUT.write_text(
        heading(given.samples, given.draws) + "\n".join(lines) + "\n", encoding="utf-8"
    )
    if given.samples >= QUOTED:
        TABLE.write_text(packaged(lines), encoding="utf-8")


def packaged(lines: list[str]) -> str:
    """Write what the notes read: effective clusters, kind of design, size of CR2."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rows = [",".join((row[3], row[1], row[2], row[6])) for row in cells]
    return "\n".join(["effective,entities,errors,size", *rows, ""])


if __name__ == "__main__":
    main()
