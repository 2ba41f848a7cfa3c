"""How often intervals over draws of the whole study hold the true slope, beside the usual ones.

`just coverage-whole-study --samples 300` runs four designs and writes `coverage_whole_study.md`. The truth
is the slope of the *true* scores on the variable, with effects of entities and periods, in a population of
3,000 entities. Returns are constant. In the radial designs the true frontier is y = √(x₁x₂); in the slacks-based ones it is spanned
by forty activities that the samples do not contain, against which the true scores are measured.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from xinzhi.study.again import Cache
from xinzhi.study.analyses import Analyses
from xinzhi.study.file.load import spec_of
from xinzhi.study.schema.study import StudySpec
from xinzhi_core.panel.panel import Panel, panel_of
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.specification import Covariance, Regression
from xinzhi_frontier.evaluate import FrontierDraws, evaluate
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Activities, ActivityRoles

REPORT = Path(__file__).parents[1] / "coverage_whole_study.md"
POPULATION = 3000
PERIODS = 8
STUDY = """
title: coverage
seed: {seed}
sources: {{d: {{file: d.csv, entity: city, period: year}}}}
panel: {{from: d}}
efficiency: {{green: {{measure: {measure}, returns_to_scale: constant, inputs: [x1, x2], good_outputs: [y]{bads}}}}}
variables: {{transform: none, green: {{from: green}}, z: {{column: z}}}}
tables: {{base: {{outcome: green, effects: [entity, period], columns: [{{x: z}}]}}}}
inference: {{whole_study: {{draws: {draws}, scheme: {scheme}}}}}
"""
SLOPE = Regression("score", ("z",), effects=("entity", "period"))


@dataclass(frozen=True)
class Design:
    """A population of panels, and how they are measured."""

    name: str
    measure: str
    entities: int
    is_dense: bool
    """Whether the density of inefficiency at the frontier is positive."""

    @property
    def roles(self) -> ActivityRoles:
        """Columns by what they are."""
        bads = ("b",) if self.measure == "super_sbm" else ()
        return ActivityRoles(("x1", "x2"), ("y",), bads)

    @property
    def options(self) -> Options:
        """As the study measures."""
        return Options(measure=self.measure, returns_to_scale="constant", reference="global")

    def sample(self, n: int, rng: np.random.Generator) -> tuple[Panel, Array]:
        """Draw a panel of n entities, and its true scores."""
        z, u = _disturbed(n, rng, is_dense=self.is_dense)
        if self.measure == "radial":
            return _radial(n, z, u, rng)
        return _slacks(self, n, z, u, rng)

    def spec(self, draws: int, scheme: str, seed: int) -> StudySpec:
        """Write the study of a sample."""
        bads = ", bad_outputs: [b]" if self.measure == "super_sbm" else ""
        text = STUDY.format(measure=self.measure, bads=bads, draws=draws, scheme=scheme, seed=seed)
        return spec_of(text, "coverage.yaml")


DESIGNS = tuple(
    Design(f"{name}, {words} the frontier", measure, n, is_dense)
    for is_dense, words in ((True, "rows at"), (False, "hardly a row near"))
    for name, measure, n in (
        ("radial, 2 inputs, 1 output, 40 x 8", "radial", 40),
        ("super-SBM, 2 inputs, 1 good and 1 bad output, 60 x 8", "super_sbm", 60),
    )
)


def _disturbed(n: int, rng: np.random.Generator, *, is_dense: bool) -> tuple[Array, Array]:
    """Draw a variable that varies within entities, and inefficiencies u >= 0 that fall with it.

    u is exponential, with a positive density at the frontier, or lognormal, with none: there no
    estimated frontier converges at the rates that are known.
    """
    own = np.repeat(rng.normal(size=n), PERIODS)
    z = 0.5 * own + rng.normal(size=n * PERIODS)
    noise = rng.exponential(size=len(z)) if is_dense else np.exp(0.4 * rng.normal(size=len(z)))
    return z, np.exp(-1.2 - 0.4 * z + 0.4 * own) * noise


def _index(n: int) -> pd.MultiIndex:
    names = [f"c{i:04d}" for i in range(n)]
    return pd.MultiIndex.from_product([names, range(PERIODS)], names=["entity", "period"])


def _radial(n: int, z: Array, u: Array, rng: np.random.Generator) -> tuple[Panel, Array]:
    x = np.exp(0.5 * rng.normal(size=(len(z), 2)))
    y = np.sqrt(x[:, 0] * x[:, 1])
    frame = pd.DataFrame(x * np.exp(u)[:, None], _index(n), columns=["x1", "x2"])
    return panel_of(frame.assign(y=y, z=z)), np.exp(-u)


def _frontier() -> Array:
    """Forty activities (x1, x2, y, b) of which none is dominated: the true frontier."""
    rng = np.random.default_rng(11)
    angle = rng.uniform(0.15, 0.85, 400)
    found = np.column_stack(
        [angle**-0.5, (1 - angle) ** -0.5, np.ones(400), rng.uniform(0.5, 1.5, 400)]
    )
    found[:, :2] *= 1.6 - 0.4 * found[:, [3]]  # less waste needs more inputs
    everything = Activities(
        tuple((f"f{i}", None) for i in range(400)),
        found[:, :2],
        found[:, 2:3],
        found[:, 3:],
        ActivityRoles(("x1", "x2"), ("y",), ("b",)),
    )
    scores = evaluate(
        everything, options=Options(measure="sbm", returns_to_scale="constant")
    ).scores
    return found[np.flatnonzero(scores > 1 - 1e-9)[:40]]


FRONTIER = _frontier()


def _slacks(
    design: Design, n: int, z: Array, u: Array, rng: np.random.Generator
) -> tuple[Panel, Array]:
    """Mix activities of the frontier, scale them, and waste inputs and the bad output."""
    weights = rng.dirichlet(np.full(len(FRONTIER), 0.15), size=len(z))
    x1, x2, y, b = (weights @ FRONTIER).T * np.exp(0.5 * rng.normal(size=len(z)))
    waste = np.exp(u[:, None] * rng.uniform(0.5, 1.5, size=(len(z), 3)))
    frame = pd.DataFrame(
        {"x1": x1 * waste[:, 0], "x2": x2 * waste[:, 1], "y": y, "b": b * waste[:, 2], "z": z},
        _index(n),
    )
    return panel_of(frame), _true_scores(design, frame)


def _true_scores(design: Design, frame: pd.DataFrame) -> Array:
    """Measure rows against the true frontier, which they do not join."""
    values = np.vstack([FRONTIER, frame[["x1", "x2", "y", "b"]].to_numpy()])
    both = Activities(
        tuple((f"r{i}", None) for i in range(len(values))),
        values[:, :2],
        values[:, 2:3],
        values[:, 3:],
        design.roles,
    )
    options = Options(measure="sbm", returns_to_scale="constant", reference="rows")
    rows = np.arange(len(FRONTIER))
    measure = FrontierDraws.of(both, options=options, reference_rows=rows)
    return measure(np.arange(len(values))).scores[len(FRONTIER) :]


def slope(panel: Panel, scores: Array, errors: Covariance) -> tuple[float, float, float]:
    """Regress scores on the variable: slope and 95 % interval."""
    frame = panel.frame.assign(score=scores)
    found = fit(frame, Regression(**{**vars_of(SLOPE), "covariance": errors}))
    return float(found.estimate[0]), float(found.ci_low[0]), float(found.ci_high[0])


def vars_of(regression: Regression) -> dict[str, object]:
    """List the fields of a regression."""
    return {name: getattr(regression, name) for name in regression.__dataclass_fields__}


def truth(design: Design) -> float:
    """Slope of the true scores in the population."""
    panel, scores = design.sample(POPULATION, np.random.default_rng(1))
    return slope(panel, scores, Covariance("hc1"))[0]


CLUSTERED = Covariance("cluster", ("entity",))
INTERVALS = (
    "usual, true scores, clustered",
    "usual, estimated scores, HC1",
    "usual, estimated scores, clustered",
    "whole study, bootstrap",
    "whole study, subsamples of half",
)


def intervals(design: Design, draws: int, number: int) -> list[tuple[float, float]]:
    """Compute all intervals in one sample."""
    panel, scores = design.sample(design.entities, np.random.default_rng([17, number]))
    found = [slope(panel, scores, CLUSTERED)[1:]]
    whole = []
    for scheme in ("bootstrap", "subsample"):
        loop = Analyses(design.spec(draws, scheme, number), panel, Cache(None, {}))
        loop.measure()
        drawn = loop.result("whole_study", "whole_study").intervals[0]
        whole.append((drawn.low, drawn.high))
    measured = loop.panel.frame["green"].to_numpy()
    errors = (Covariance("hc1"), CLUSTERED)
    usual = [slope(panel, measured, one)[1:] for one in errors]
    return [*found, *usual, *whole]


def run(samples: int, draws: int) -> Iterator[tuple[Design, str, float, float, float, float]]:
    """Run the designs: interval, coverage, mean width, slope, seconds."""
    for design in DESIGNS:
        started, true = time.process_time(), truth(design)
        found = np.array([intervals(design, draws, k) for k in range(samples)])
        holds = (found[:, :, 0] <= true) & (true <= found[:, :, 1])
        width = (found[:, :, 1] - found[:, :, 0]).mean(axis=0)
        for name, share, mean in zip(INTERVALS, holds.mean(axis=0), width, strict=True):
            yield design, name, float(share), float(mean), true, time.process_time() - started


HEAD = """# Coverage of intervals over draws of the whole study

Written by `just coverage-whole-study --samples {samples} --draws {draws}`; the designs are described in
`benchmarks/intervals/whole_study.py`. Nominal 95 %; the Monte Carlo error of a coverage near 0.95 is
{error:.3f}. The truth is the slope of the true scores on the variable in the population. *Usual* intervals take
scores as data; those of true scores, which nobody has, show what the frontier costs.

| design | true slope | interval | coverage | mean width | samples | s |
| --- | --- | --- | --- | --- | --- | --- |
"""


def main() -> None:
    """Run the designs and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=300)
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--out", type=Path, default=REPORT)
    asked = parser.parse_args()
    error = (0.95 * 0.05 / asked.samples) ** 0.5
    lines = [HEAD.format(samples=asked.samples, draws=asked.draws, error=error)]
    for design, name, share, width, true, seconds in run(asked.samples, asked.draws):
        cells = (
            design.name,
            f"{true:.4f}",
            name,
            f"{share:.3f}",
            f"{width:.4f}",
            str(asked.samples),
        )
        lines.append("| " + " | ".join((*cells, f"{seconds:.0f}")) + " |\n")
        print(lines[-1].strip(), flush=True)
    asked.out.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
