"""How often intervals of scores and of the second stage hold the truth, in simulated samples.

`just coverage-scores --samples 2000` runs every design and writes
`coverage_scores.toml` and `coverage_scores.md`; `--only NAME` runs one of them. `rows(samples,
seed)` returns the same as records. Frontiers in two dimensions are computed by convex hulls in
place of linear programs, which changes no digit that matters: the first sample of each such design
is solved by the package's own engine too, and the script stops where the two differ.
"""

from __future__ import annotations

import argparse
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from hulls import HullDistances

from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.inference.second_stage import second_stage, truncated_draw
from xinzhi_frontier.inference.subsampling import (
    SampledFrontiers,
    ScoreIntervals,
    Subsampling,
    intervals_around,
)
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Activities, ActivityRoles

Array = npt.NDArray[np.float64]
HERE = Path(__file__).parents[1]
TABLE = HERE.parent / "packages/xinzhi/src/xinzhi/analyses/inference/coverage.csv"
"""What the report quotes."""
LEVEL = 0.95
DRAWS = 200
"""Subsamples of a sample. With 2000, as users have, the quantiles are less noisy."""
MEASURED = 40
"""Rows of a sample, at most, that get an interval."""
QUOTED = 2000
"""Samples, at least, of a coverage that the report quotes."""
AGREE = 1e-8
"""Hulls and linear programs agree to the certificate of the latter, 1e-9, times the scores."""


@dataclass(frozen=True)
class Sample:
    """A drawn sample and its true scores."""

    activities: Activities
    truth: Array


@dataclass(frozen=True)
class Design:
    """Samples of scores, and how they are measured."""

    name: str
    n: int
    options: Options
    draw: Callable[[np.random.Generator, int, int], Sample]
    periods: int = 1
    scale: Literal["distance", "efficiency"] = "distance"
    is_planar: bool = True
    """Whether the frontier is a hull in two dimensions."""


def inefficiency(rng: np.random.Generator, n: int, periods: int) -> Array:
    """Draw u >= 0, half-normal; within an entity four fifths of it stay."""
    own = np.abs(rng.normal(0, 0.3, n * periods))
    if periods == 1:
        return own
    return 0.8 * np.repeat(np.abs(rng.normal(0, 0.3, n)), periods) + 0.2 * own


def place(rng: np.random.Generator, n: int, periods: int, columns: int = 1) -> Array:
    """Draw places in [0, 1] along the frontier; within an entity they hardly move."""
    base = np.repeat(rng.uniform(size=(n, columns)), periods, axis=0)
    if periods == 1:
        return base
    moved = np.abs(base + rng.normal(0, 0.03, base.shape))
    return np.asarray(np.where(moved > 1, 2 - moved, moved))  # reflected at both ends


def gathered(inputs: Array, goods: Array, bads: Array | None, periods: int) -> Activities:
    """Make activities of columns."""
    n = len(inputs)
    bads = np.empty((n, 0)) if bads is None else bads
    labels = tuple((f"e{i // periods:04d}", i % periods if periods > 1 else None) for i in range(n))
    names = [tuple(f"{s}{j}" for j in range(part.shape[1])) for s, part in
             (("x", inputs), ("y", goods), ("b", bads))]  # fmt: skip
    return Activities(labels, inputs, goods, bads, ActivityRoles(*names))


def quadratic_cost(rng: np.random.Generator, n: int, periods: int) -> Sample:
    """Variable returns: x = y² e^u with y between 1 and 2; θ = e^-u."""
    y = 1 + place(rng, n, periods)[:, 0]
    u = inefficiency(rng, n, periods)
    return Sample(gathered((y**2 * np.exp(u))[:, None], y[:, None], None, periods), np.exp(-u))


def square_root(rng: np.random.Generator, n: int, periods: int) -> Sample:
    """Variable returns: y = √x e^-u with x between 1 and 4; φ = e^u."""
    x = 1 + 3 * place(rng, n, periods)[:, 0]
    u = inefficiency(rng, n, periods)
    return Sample(
        gathered(x[:, None], (np.sqrt(x) * np.exp(-u))[:, None], None, periods), np.exp(u)
    )


def along_both(rng: np.random.Generator, n: int, periods: int) -> Sample:
    """As `square_root`, with the distance β along the own amounts of input and output."""
    sample = square_root(rng, n, periods)
    x, y = sample.activities.inputs[:, 0], sample.activities.good_outputs[:, 0]
    # y (1 + β) = √(x (1 - β)): the root of y² (1 + β)² + x β - x; the support begins at x = 1.
    a, b, c = y**2, 2 * y**2 + x, y**2 - x
    beta = (-b + np.sqrt(b**2 - 4 * a * c)) / (2 * a)
    return Sample(sample.activities, np.minimum(beta, 1 - 1 / x))


def two_inputs(rng: np.random.Generator, n: int, periods: int) -> Sample:
    """Constant returns: y = √(x1 x2) e^-u; θ = e^-u."""
    mix = 2 * place(rng, n, periods)[:, 0] - 1
    size = np.exp(rng.normal(0, 0.5, n * periods))
    u = inefficiency(rng, n, periods)
    x = size[:, None] * np.exp(np.column_stack([mix, -mix]))
    return Sample(gathered(x, (size * np.exp(-u))[:, None], None, periods), np.exp(-u))


def one_input(rng: np.random.Generator, n: int, periods: int) -> Sample:
    """Constant returns: y = x e^-u; θ = e^-u."""
    x = np.exp(rng.normal(0, 0.5, n * periods))
    u = inefficiency(rng, n, periods)
    return Sample(gathered(x[:, None], (x * np.exp(-u))[:, None], None, periods), np.exp(-u))


def five_dimensions(rng: np.random.Generator, n: int, periods: int) -> Sample:
    """Constant returns, three inputs, a good and a bad output that fixes the scale; φ = e^u."""
    x = np.exp(place(rng, n, periods, 3) - 0.5)
    bad = np.exp(place(rng, n, periods)[:, 0] - 0.5)
    u = inefficiency(rng, n, periods)
    y = np.exp(0.25 * (np.log(x).sum(axis=1) + np.log(bad)) - u)
    return Sample(gathered(x, y[:, None], bad[:, None], periods), np.exp(u))


def five_variable(rng: np.random.Generator, n: int, periods: int) -> Sample:
    """As `five_dimensions` with decreasing returns of degree 0.6."""
    x = 1 + place(rng, n, periods, 3)
    bad = 1 + place(rng, n, periods)[:, 0]
    u = inefficiency(rng, n, periods)
    y = np.exp(0.15 * (np.log(x).sum(axis=1) + np.log(bad)) - u)
    return Sample(gathered(x, y[:, None], bad[:, None], periods), np.exp(u))


VRS_IN, VRS_OUT = Options("radial", "variable", "input"), Options("radial", "variable", "output")
CRS_IN, CRS_OUT = Options("radial", "constant", "input"), Options("radial", "constant", "output")
DIRECTIONAL = Options("directional", "variable", "none")
DESIGNS = (
    *(Design(f"radial, variable, 1+1, {n} rows", n, VRS_IN, quadratic_cost)
      for n in (20, 50, 100, 400)),
    *(Design(f"radial, constant, 2+1, {n} rows", n, CRS_IN, two_inputs)
      for n in (20, 50, 100, 400)),
    *(Design(f"radial, constant, 1+1, {n} rows", n, CRS_IN, one_input) for n in (20, 100)),
    Design("radial output, variable, 1+1, 100 rows", 100, VRS_OUT, square_root),
    Design("radial, variable, 1+1, 100 rows, scale θ", 100, VRS_IN, quadratic_cost,
           scale="efficiency"),
    *(Design(f"directional, variable, 1+1, {n} rows", n, DIRECTIONAL, along_both)
      for n in (50, 100)),
    *(Design(f"radial, {word}, {p}, panel {n} x {t}, global", n, options, draw, t)
      for n, t in ((30, 10), (115, 16))
      for word, p, options, draw in (("variable", "1+1", VRS_IN, quadratic_cost),
                                     ("constant", "2+1", CRS_IN, two_inputs))),
    *(Design(f"radial output, {word}, 3+1+1 bad, {n} rows", n, options, draw, is_planar=False)
      for n in (50, 100)
      for word, options, draw in (("constant", CRS_OUT, five_dimensions),
                                  ("variable", VRS_OUT, five_variable))),
)  # fmt: skip


def intervals(design: Design, sample: Sample, seed: int, *, planar: bool) -> ScoreIntervals:
    """Find the intervals of at most MEASURED rows of a sample."""
    rng = np.random.default_rng([seed, 1])
    n = sample.activities.n
    chosen = np.isin(np.arange(n), rng.choice(n, min(n, MEASURED), replace=False))
    options = replace(design.options, solver="highs" if planar else "auto")
    frontiers = SampledFrontiers.of(sample.activities, options, None)
    frontiers = replace(frontiers, wanted=chosen)
    if planar:
        frontiers = replace(frontiers, distances=HullDistances.of(sample.activities, options))
        every = np.arange(n)
        distance = frontiers.distances(every, every, every)
        is_theta = options.measure == "radial" and options.orientation == "input"
        scores = 1 / distance if is_theta else distance
    else:
        scores = evaluate(sample.activities, options=options).scores
    return intervals_around(scores, frontiers, Subsampling(DRAWS, seed, scale=design.scale))


def agree(design: Design, sample: Sample, seed: int) -> None:
    """Stop where hulls and linear programs differ, over a few subsamples."""
    plan = Subsampling(4, seed, size=max(2, design.n // 2), scale=design.scale)
    options = replace(design.options, solver="auto")
    lp = SampledFrontiers.of(sample.activities, options, None)
    hull = replace(lp, distances=HullDistances.of(sample.activities, options))
    scores = evaluate(sample.activities, options=options).scores
    one, two = (intervals_around(scores, frontiers, plan) for frontiers in (lp, hull))
    for side in ("low", "high"):
        np.testing.assert_allclose(getattr(one, side), getattr(two, side), rtol=AGREE, atol=AGREE)


def cover(design: Design, samples: int, seed: int) -> dict[str, Any]:
    """Measure how often the intervals of a design hold the true scores."""
    started, tally = time.process_time(), []
    for k in range(samples):
        sample = design.draw(np.random.default_rng([seed, k]), design.n, design.periods)
        if k == 0 and design.is_planar:
            agree(design, sample, seed)
        tally.append(_tally(design, sample, intervals(design, sample, k, planar=design.is_planar)))
    counts = np.array(tally)
    held = counts[:, 1].sum() / counts[:, 0].sum()
    # Rows of a sample share its frontier, so that the sample is the unit of the error.
    error = np.std(counts[:, 1] - held * counts[:, 0], ddof=1) / counts[:, 0].mean()
    return {
        "interval": "score, subsampling",
        "design": design.name,
        "nominal": LEVEL,
        "coverage": float(held),
        "monte_carlo_error": float(error / np.sqrt(samples)),
        "mean_width": float(counts[:, 2].sum() / counts[:, 0].sum()),
        "samples": samples,
        "coverage_on_frontier": float(counts[:, 4].sum() / max(1.0, counts[:, 3].sum())),
        "coverage_without_correction": float(counts[:, 5].sum() / counts[:, 0].sum()),
        "mean_m": float(counts[:, 6].mean()),
        "without_interval": float(counts[:, 7].mean()),
        "seconds": round(time.process_time() - started),
    }


def _tally(design: Design, sample: Sample, found: ScoreIntervals) -> tuple[float, ...]:
    """Count rows, hits, width, rows on the frontier and their hits, hits without the correction."""
    stands = np.isfinite(found.low)
    asked = min(sample.activities.n, MEASURED)
    low, high, truth = found.low[stands], found.high[stands], sample.truth[stands]
    hit = (low <= truth) & (truth <= high)
    # The correction widens by 1 / (1 - f) from the estimate on; undone, the plain bounds are left.
    share = (found.m_entities[stands] / found.n_entities[stands]) ** found.rate
    to_scale = _scale(design)
    score = to_scale(_estimates(design, sample))[stands]
    bounds = [score + (to_scale(bound) - score) * (1 - share) for bound in (low, high)]
    true = to_scale(truth)
    plain = (np.min(bounds, axis=0) <= true) & (true <= np.max(bounds, axis=0))
    best = to_scale(np.array(0.0 if design.options.measure == "directional" else 1.0))
    efficient = np.abs(score - best) < 1e-9
    return (
        float(stands.sum()), float(hit.sum()), float((high - low).sum()), float(efficient.sum()),
        float(hit[efficient].sum()), float(plain.sum()), float(found.m_entities.max()),
        1 - stands.sum() / asked,
    )  # fmt: skip


def _scale(design: Design) -> Callable[[Array], Array]:
    """Return the way from a score to the scale on which differences are taken."""
    if design.options.measure != "radial":
        return lambda score: score
    is_output = design.options.orientation == "output"
    return (lambda s: s) if is_output == (design.scale == "distance") else (lambda s: 1 / s)


def _estimates(design: Design, sample: Sample) -> Array:
    options = replace(design.options, solver="highs" if design.is_planar else "auto")
    if not design.is_planar:
        return evaluate(sample.activities, options=options).scores
    every = np.arange(sample.activities.n)
    distance = HullDistances.of(sample.activities, options)(every, every, every)
    is_theta = options.measure == "radial" and options.orientation == "input"
    return 1 / distance if is_theta else distance


def second_stage_sample(rng: np.random.Generator, n: int) -> tuple[Activities, Array]:
    """Draw as Simar and Wilson (2007, section 4): δ = 0.5 + 0.5 z + ε >= 1, y = x^(3/4) / δ."""
    z = rng.normal(2, 2, n)
    distance = truncated_draw(0.5 + 0.5 * z, 1.0, 1.0, rng)
    x = rng.uniform(6, 16, n)
    return gathered(x[:, None], (x**0.75 / distance)[:, None], None, 1), z


def cover_second_stage(
    n: int, algorithm: Literal[1, 2], samples: int, seed: int
) -> list[dict[str, Any]]:
    """Measure how often the intervals of the second stage hold the coefficients."""
    started, hits, widths = time.process_time(), [], []
    truth = np.array([0.5, 0.5, 1.0])
    for k in range(samples):
        activities, z = second_stage_sample(np.random.default_rng([seed, k]), n)
        found = second_stage(
            activities,
            options=replace(VRS_OUT, solver="auto"),
            variables=z[:, None],
            names=("z",),
            algorithm=algorithm,
            draws=DRAWS,
            seed=k,
        )
        hits.append((found.low <= truth) & (truth <= found.high))
        widths.append(found.high - found.low)
    share, width = np.mean(hits, axis=0), np.mean(widths, axis=0)
    seconds = round(time.process_time() - started)
    return [
        {
            "interval": f"second stage, {name}",
            "design": f"algorithm {algorithm}, 1+1, {n} rows",
            "nominal": LEVEL,
            "coverage": float(share[at]),
            "monte_carlo_error": float(np.sqrt(share[at] * (1 - share[at]) / samples)),
            "mean_width": float(width[at]),
            "samples": samples,
            "seconds": seconds,
        }
        for at, name in enumerate(("constant", "slope", "sigma"))
    ]


SECOND_STAGE: tuple[tuple[int, Literal[1, 2]], ...] = ((100, 1), (400, 1), (100, 2), (400, 2))
"""Rows and algorithm."""


def rows(samples: int, seed: int = 20260725, only: str = "") -> Iterator[dict[str, Any]]:
    """Run the designs whose name holds `only`, and give a record each."""
    for design in DESIGNS:
        if only in design.name:
            yield cover(design, samples, seed)
    for n, algorithm in SECOND_STAGE:
        if only in f"second stage, algorithm {algorithm}, {n} rows":
            yield from cover_second_stage(n, algorithm, samples, seed)


def main() -> None:
    """Run, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20260725)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    second = [f"second stage, algorithm {algorithm}, {n} rows" for n, algorithm in SECOND_STAGE]
    if not any(asked.only in name for name in [*(design.name for design in DESIGNS), *second]):
        parser.error(f"no design names '{asked.only}'")
    path = HERE / "coverage_scores.toml"
    known = tomllib.loads(path.read_text("utf-8"))["rows"] if path.is_file() else []
    for record in rows(asked.samples, asked.seed, asked.only):
        print(record, flush=True)
        same = (record["interval"], record["design"])
        known = [one for one in known if (one["interval"], one["design"]) != same] + [record]
        path.write_text("\n".join(map(_toml, known)), "utf-8")
        (HERE / "coverage_scores.md").write_text(_markdown(known), "utf-8")
    TABLE.write_text(packaged(known), "utf-8")


def packaged(records: list[dict[str, Any]]) -> str:
    """Write the coverage of scores that was measured with the fewest samples that the report quotes."""
    by_name = {one["design"]: one for one in records if one["samples"] >= QUOTED}
    lines = ["measure,returns,scale,inputs,outputs,entities,periods,samples,coverage"]
    for design in DESIGNS:
        if (record := by_name.get(design.name)) is None:
            continue
        roles = design.draw(np.random.default_rng(0), design.n, design.periods).activities.roles
        outputs = len(roles.names) - len(roles.inputs)
        options = design.options
        lines.append(
            f"{options.measure},{options.returns_to_scale},{design.scale},{len(roles.inputs)},{outputs},"
            f"{design.n},{design.periods},{record['samples']},{record['coverage']:.4f}"
        )
    return "\n".join([*lines, ""])


def _toml(record: dict[str, Any]) -> str:
    lines = [
        f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {_short(value)}"
        for key, value in record.items()
    ]
    return "\n".join(["[[rows]]", *lines, ""])


def _short(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.4f}"


def _markdown(records: list[dict[str, Any]]) -> str:
    head = (
        "# Coverage of intervals of scores and of the second stage\n\n"
        "Written by `just coverage-scores`; the designs are described there. "
        f"Nominal {LEVEL:.0%}; {DRAWS} draws a sample; the size of the subsamples is chosen by the "
        "data. `±` is the Monte Carlo error. `uncorrected` is the coverage of the same intervals "
        "without the division by 1 - (m/n)^r (docs/decisions/0013-intervals-of-scores.md), and "
        "`on the frontier` that of rows whose estimate is efficient. Designs of the file that have no row "
        "were not run: five dimensions and 100 rows take half an hour each.\n\n"
        "| interval | design | coverage | ± | mean width | uncorrected | on the frontier | mean m | "
        "samples | s |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
    )
    keys = ("coverage", "monte_carlo_error", "mean_width", "coverage_without_correction",
            "coverage_on_frontier")  # fmt: skip
    lines = [
        " | ".join([
            f"| {one['interval']}", one["design"],
            *(f"{one[key]:.3f}" if key in one else "" for key in keys),
            f"{one['mean_m']:.0f}" if "mean_m" in one else "",
            str(one["samples"]), f"{one['seconds']} |",
        ])
        for one in records
    ]  # fmt: skip
    return head + "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
