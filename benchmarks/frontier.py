"""The frontier alone: bare arrays, growth with n, resampling, and the limit of the machine.

`just bench frontier` prints it below the table of the peers; `--largest 1000000` sets where growth
ends, `--draws 2000` how many resamples. Super-SBM with 3 inputs, 1 good and 1 bad output, constant
returns unless it says otherwise, one global frontier, one thread, seconds of the processor.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from types import SimpleNamespace
from typing import Any

from measure import ONE_THREAD

os.environ.update(ONE_THREAD)

import numpy as np
import numpy.typing as npt
import pandas as pd
from data import BAD, GOOD, INPUTS, KEYS
from worker import peak_mb

Array = npt.NDArray[np.float64]
SAMPLE = 200
"""Rows solved by SciPy; its time grows with n per row, so that all of them would take days."""
PER_ENTITY = 16


def simulate(n: int) -> pd.DataFrame:
    """Draw a panel as `data.cities`, of n rows."""
    draw = np.random.default_rng(20250429)
    size = np.repeat(np.exp(draw.normal(0, 1, -(-n // PER_ENTITY))), PER_ENTITY)[:n]
    inputs = size[:, None] * np.exp(draw.normal(0, 0.3, (n, 3)))
    gdp = np.exp(np.log(inputs).mean(axis=1) - np.abs(draw.normal(0, 0.3, n)))
    waste = inputs[:, 2] * np.exp(draw.normal(0, 0.5, n))
    frame = pd.DataFrame(inputs, columns=list(INPUTS)).assign(**{GOOD: gdp, BAD: waste})
    frame.index = pd.MultiIndex.from_arrays(
        [np.arange(n) // PER_ENTITY, np.arange(n) % PER_ENTITY], names=KEYS
    )
    return frame


def prepared(frame: pd.DataFrame, returns: str) -> Any:
    """Make the technology and the programs."""
    from xinzhi.efficiency.measures.sbm import sbm_program, super_program  # noqa: PLC0415
    from xinzhi.efficiency.options import Options  # noqa: PLC0415
    from xinzhi.efficiency.technology import technology_of  # noqa: PLC0415
    from xinzhi.efficiency.terms import terms_of  # noqa: PLC0415

    rows = activities_of(frame)
    technology = technology_of(rows, returns_to_scale=returns)
    terms = terms_of(rows, np.arange(1), Options(returns_to_scale=returns))
    above = super_program(SimpleNamespace(technology=technology), terms)  # type: ignore[arg-type]
    return technology, sbm_program(technology, terms), above


def kernel(technology: Any, below: Any, above: Any) -> Any:
    """Score all rows."""
    from xinzhi.efficiency.kernel.order import near_order  # noqa: PLC0415
    from xinzhi.efficiency.kernel.scores import super_scores  # noqa: PLC0415

    order = near_order(technology, np.arange(len(technology.columns)))
    codes = np.arange(len(order))
    return super_scores(technology, below, above, rows=order, reference=order, codes=codes)


def timed(work: Any, *arguments: Any) -> tuple[float, float, Any]:
    """Return seconds, seconds of the processor, and what came out."""
    start, busy = time.perf_counter(), time.process_time()
    found = work(*arguments)
    return time.perf_counter() - start, time.process_time() - busy, found


def limit(technology: Any, frame: Array) -> float:
    """Return the seconds of one product of all rows with the frame and its minimum."""

    def product() -> None:
        table = technology.columns[frame].T.copy()
        for start in range(0, len(technology.columns), 4096):
            (technology.columns[start : start + 4096] @ table).min(axis=1)

    return timed(product)[0]


def naive(frame: pd.DataFrame) -> float:
    """Return the seconds SciPy would need for all rows, from a sample of SBM programs."""
    from contenders import with_scipy  # noqa: PLC0415

    x, y, b = (frame[list(names)].to_numpy() for names in (INPUTS, (GOOD,), (BAD,)))
    rows = np.linspace(0, len(x) - 1, SAMPLE).astype(int)
    start = time.process_time()
    for o in rows:
        with_scipy._sbm(x / x[o], y / y[o], b / b[o])  # noqa: SLF001
    return (time.process_time() - start) / SAMPLE * len(x)


def draws(first: int, count: int) -> float:
    """Score some draws of the entities of the panel of 1,840 rows; return their mean score."""
    from xinzhi.efficiency.kernel.resample import scores_of_draw  # noqa: PLC0415

    technology, below, above = prepared(simulate(1840), "constant")
    whole, entities = kernel(technology, below, above), 1840 // PER_ENTITY
    owner, codes, total = np.arange(1840) // PER_ENTITY, np.arange(1840), 0.0
    for number in range(first, first + count):
        rng = np.random.default_rng(np.random.SeedSequence(1, spawn_key=(number,)))
        kept = np.isin(owner, rng.integers(0, entities, entities))
        scores = scores_of_draw(whole, below, above, kept=kept, codes=codes)
        total += float(np.nanmean(scores))
    return total / count


def activities_of(frame: pd.DataFrame) -> Any:
    """Make the rows that `evaluate` takes."""
    from xinzhi.efficiency.activities import Activities, Roles  # noqa: PLC0415

    labels = tuple((f"{entity:07d}", period) for entity, period in frame.index.tolist())
    x, y, b = (frame[list(names)].to_numpy() for names in (INPUTS, (GOOD,), (BAD,)))
    return Activities(labels, x, y, b, Roles(INPUTS, (GOOD,), (BAD,)))


SHAPES: dict[str, dict[str, Any]] = {
    "super-SBM, constant returns, global": {},
    "variable returns": {"returns_to_scale": "variable"},
    "a frontier per period": {"reference": "contemporaneous"},
    "a window of three periods": {"reference": "window", "window": 3},
    "the entity left out": {"exclude": "entity"},
    "SBM": {"measure": "sbm"},
    "radial": {"measure": "radial", "orientation": "input"},
    "additive, own proportions": {"measure": "additive", "direction": "own"},
    "directional": {"measure": "directional"},
    "directional, weak disposal": {"measure": "directional", "disposability": "weak"},
    "directional, weak, variable": {
        "measure": "directional",
        "disposability": "weak",
        "returns_to_scale": "variable",
    },
}
"""Other work on the same rows; the kernel has strong disposal only."""


def whole(rows: Any, options: dict[str, Any], solver: str) -> float:
    """Return the processor's seconds of `evaluate`, result, peers and proof included; the second run."""
    from xinzhi.efficiency.evaluate import evaluate  # noqa: PLC0415
    from xinzhi.efficiency.options import Options  # noqa: PLC0415

    chosen = Options(**options, solver=solver)
    return [timed(lambda: evaluate(rows, options=chosen))[1] for _ in range(2)][1]


def print_growth(largest: int) -> None:
    """Print how time and memory grow with the number of rows, beside the limit of the machine."""
    print("\n## Growth: super-SBM, bare scores and their proof\n")
    print(
        "Limit: one product of all rows with the frame W and its minimum, which any proof needs. "
        "SciPy: from a sample of rows.\nMemory: peak of the process so far.\n"
    )
    print(
        "| returns | rows | frame | kernel, s | limit, s | times the limit | HiGHS, s | SciPy, s "
        "| SciPy / kernel | largest bound | MB |\n|---|---|---|---|---|---|---|---|---|---|---|"
    )
    for n in (1000, 1840, 10_000, 100_000, 1_000_000):
        for returns in ("constant", "variable"):
            if n <= largest and (n < 1_000_000 or returns == "constant"):
                print(_growth(n, returns), flush=True)


def _growth(n: int, returns: str) -> str:
    frame = simulate(n)
    arguments = prepared(frame, returns)
    runs = [timed(kernel, *arguments) for _ in range(1 if n > 50_000 else 5)]
    _, best, found = min(runs, key=lambda run: run[1])
    rows = found.extremes.frame
    least = limit(arguments[0], rows)
    highs = naive_seconds = float("nan")
    if n <= 10_000:
        highs = whole(activities_of(frame), {"returns_to_scale": returns}, "highs")
    if n <= 10_000 and returns == "constant":
        naive_seconds = naive(frame)
    return (
        f"| {returns} | {n:,} | {len(rows):,} | {best:.4f} | {least:.5f} | {best / least:,.0f} | "
        f"{_told(highs, '.2f')} | {_told(naive_seconds, '.1f')} | {_told(naive_seconds / best, ',.0f')} | "
        f"{np.nanmax(found.bound):.0e} | {peak_mb():.0f} |"
    )


def _told(value: float, style: str) -> str:
    return "" if np.isnan(value) else f"{value:{style}}"


def print_shapes(n: int) -> None:
    """Print what other measures, returns and references cost, by both solvers."""
    print(f"\n## Other shapes: {n:,} rows, result with slacks, targets, peers and proof\n")
    print(
        "| work | kernel, s | times the first | HiGHS, s | times the first |\n|---|---|---|---|---|"
    )
    rows, first = activities_of(simulate(n)), {}
    for work, options in SHAPES.items():
        cells = []
        for solver in ("kernel", "highs"):
            if solver == "kernel" and options.get("disposability") == "weak":
                cells += ["", ""]
                continue
            seconds = whole(rows, options, solver)
            first.setdefault(solver, seconds)
            cells += [f"{seconds:.4f}", f"{seconds / first[solver]:.1f}"]
        print(f"| {work} | {' | '.join(cells)} |", flush=True)


def print_draws(count: int) -> None:
    """Print the time of a bootstrap of the whole frontier on two processes."""
    half = count // 2
    start = time.perf_counter()
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        list(pool.map(draws, (0, half), (half, half)))
    print(
        f"\n## Resampling\n\n{2 * half:,} draws of entities, the frontier of 1,840 rows estimated "
        f"again each time, on two processes: {time.perf_counter() - start:.1f} s by the clock."
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=1_000_000, help="most rows")
    parser.add_argument("--draws", type=int, default=2000, help="resamples")
    parser.add_argument("--rows", type=int, default=1840, help="rows of the other shapes")
    chosen = parser.parse_args()
    loading, _, _ = timed(kernel, *prepared(simulate(64), "constant"))
    print(f"\nLoading the kernel and, where its cache is empty, compiling: {loading:.2f} s.")
    print_growth(chosen.largest)
    print_shapes(chosen.rows)
    print_draws(chosen.draws)


if __name__ == "__main__":
    main()
