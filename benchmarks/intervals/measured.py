"""Measures how often the intervals that xinzhi prints hold the true value.

`just coverage` simulates panels of each design of `designs`, computes every interval of
`families` and writes the shares to `coverage.md` beside this file and to the table that
the report reads. `--samples 200 --only mediation` tries a few; nothing is written then.
Sample k of a design depends on SEED, the design and k alone.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.pool import Pool
from pathlib import Path

import families as intervals
import numpy as np
from designs import DESIGNS, Design, panel

SEED = 20261126
SAMPLES = 2000
CHUNK = 50
HERE = Path(__file__).parents[1]
TABLE = HERE.parent / "packages/xinzhi/src/xinzhi/present/coverage.csv"
ESTIMATED = "estimated_scores"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often one interval held the true value in one design."""

    interval: str
    design: Design
    samples: int
    coverage: float
    width: float
    """Mean width; NaN for a test."""

    @property
    def error(self) -> float:
        """Simulation error of the coverage."""
        return float(np.sqrt(self.coverage * (1 - self.coverage) / self.samples))


def generator(design: Design, sample: int, stream: int) -> np.random.Generator:
    """Make the generator of one sample."""
    key = (DESIGNS.index(design), sample, stream)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(SEED, spawn_key=key)))


def of_panels(design: Design, samples: Sequence[int], only: str) -> list[intervals.Covered]:
    """Compute the intervals of some samples of a design."""
    found: list[intervals.Covered] = []
    for sample in samples:
        frame = panel(design, generator(design, sample, 0))
        for family in intervals.INTERVALS:
            if only in family.__name__:
                found += family(frame, sample)
    return found


def of_scores(design: Design, samples: Sequence[int]) -> list[tuple[float, float, float]]:
    """Compute (low, high, slope of the true scores) of some samples of a design."""
    found = []
    for sample in samples:
        estimates, true = intervals.scores_and_slope(design, generator(design, sample, 1))
        found.append((float(estimates.ci_low[0]), float(estimates.ci_high[0]), true))
    return found


def measure(pool: Pool, design: Design, samples: int, only: str) -> Iterator[Coverage]:
    """Measure all intervals in one design."""
    chunks = [range(k, min(k + CHUNK, samples)) for k in range(0, samples, CHUNK)]
    covers: dict[str, list[bool]] = defaultdict(list)
    widths: dict[str, list[float]] = defaultdict(list)
    for part in pool.imap(partial(of_panels, design, only=only), chunks):
        for name, holds, width in part:
            covers[name].append(holds)
            widths[name].append(width)
    for name, held in covers.items():
        yield Coverage(name, design, len(held), float(np.mean(held)), float(np.mean(widths[name])))
    if only in ESTIMATED:
        rows = np.array(
            [row for part in pool.imap(partial(of_scores, design), chunks) for row in part]
        )
        low, high, true = rows.T
        # The slope of true scores differs between samples; their mean is that of the population.
        holds = (low <= true.mean()) & (true.mean() <= high)
        yield Coverage(
            ESTIMATED, design, len(rows), float(holds.mean()), float((high - low).mean())
        )


def csv(rows: Sequence[Coverage]) -> str:
    """Write the table that the report reads."""
    lines = ["interval,entities,periods,dependence,samples,coverage,width"]
    for row in rows:
        design = row.design
        width = "" if np.isnan(row.width) else f"{row.width:.4g}"
        lines.append(
            f"{row.interval},{design.entities},{design.periods},{design.dependence},"
            f"{row.samples},{row.coverage:.4f},{width}"
        )
    return "\n".join(lines) + "\n"


def markdown(rows: Sequence[Coverage], seconds: float) -> str:
    """Write the table that a person reads: a row an interval, a column a design."""
    shares = {(row.interval, row.design): row for row in rows}
    names = list(dict.fromkeys(row.interval for row in rows))
    samples = max(row.samples for row in rows)
    head = (
        "Share of simulated panels in which the nominal 95 % interval holds the true value. "
        f"{samples:,} samples a design, seed {SEED}; simulation error of 0.95: "
        f"{np.sqrt(0.95 * 0.05 / samples):.3f}. `intervals/designs.py` says what is simulated, "
        "`intervals/families.py` what is computed; `just coverage` makes this table again "
        f"({seconds / 60:.0f} minutes on two cores)."
    )
    lines = [
        "# Coverage of intervals",
        "",
        head,
        "",
        "| interval | " + " | ".join(design.name for design in DESIGNS) + " |",
        "| --- |" + " ---: |" * len(DESIGNS),
    ]
    for name in names:
        cells = (shares.get((name, design)) for design in DESIGNS)
        lines.append(
            f"| {name} | "
            + " | ".join("" if cell is None else f"{cell.coverage:.3f}" for cell in cells)
            + " |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure all intervals in all designs, or some."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=SAMPLES)
    parser.add_argument("--only", default="", help="a word of the interval; nothing is written")
    parser.add_argument("--jobs", type=int, default=mp.cpu_count())
    given = parser.parse_args()
    known = [*(family.__name__ for family in intervals.INTERVALS), ESTIMATED]
    if not any(given.only in name for name in known):
        parser.error(f"no interval names '{given.only}': {', '.join(known)}")
    started = time.perf_counter()
    with mp.get_context("spawn").Pool(given.jobs) as pool:
        rows = [
            row for design in DESIGNS for row in measure(pool, design, given.samples, given.only)
        ]
    text = markdown(rows, time.perf_counter() - started)
    print(text)
    if not given.only and given.samples >= SAMPLES:
        (HERE / "coverage.md").write_text(text, encoding="utf-8")
        TABLE.write_text(csv(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
