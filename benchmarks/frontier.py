"""The frontier alone: bare arrays, growth with n, resampling, and the limit of the machine.

`uv run --group bench python benchmarks/frontier.py` prints a table; `--largest 1000000` sets where
it ends, `--draws 2000` how many resamples. Super-SBM with 3 inputs, 1 good and 1 bad output,
constant returns unless it says otherwise, one global frontier, one thread, no result object.
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
    from xinzhi.efficiency.activities import Activities, Roles  # noqa: PLC0415
    from xinzhi.efficiency.measures.sbm import sbm_program, super_program  # noqa: PLC0415
    from xinzhi.efficiency.options import Options  # noqa: PLC0415
    from xinzhi.efficiency.technology import technology_of  # noqa: PLC0415
    from xinzhi.efficiency.terms import terms_of  # noqa: PLC0415

    labels = tuple((f"{entity:07d}", period) for entity, period in frame.index.tolist())
    values = frame.to_numpy()
    rows = Activities(
        labels, values[:, :3], values[:, 3:4], values[:, 4:], Roles(INPUTS, (GOOD,), (BAD,))
    )
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
    start = time.perf_counter()
    for o in rows:
        with_scipy._sbm(x / x[o], y / y[o], b / b[o])  # noqa: SLF001
    return (time.perf_counter() - start) / SAMPLE * len(x)


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


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=100_000)
    parser.add_argument("--draws", type=int, default=200)
    chosen = parser.parse_args()
    loading, _, _ = timed(kernel, *prepared(simulate(64), "constant"))
    print(f"load and, where the cache is empty, compile: {loading:.2f} s")
    print(
        "| returns | rows | frame | seconds | of the processor | SciPy | times | limit | bound | MB |"
    )
    for n in (1840, 1000, 10_000, 100_000, 1_000_000):
        for returns in ("constant", "variable"):
            if n > chosen.largest or (n == 1_000_000 and returns == "variable"):
                continue
            frame = simulate(n)
            arguments = prepared(frame, returns)
            best = min(
                (timed(kernel, *arguments) for _ in range(1 if n > 50_000 else 5)),
                key=lambda t: t[0],
            )
            rows = best[2].extremes.frame
            slow = naive(frame) if n <= 10_000 and returns == "constant" else float("nan")
            print(
                f"| {returns} | {n:,} | {len(rows):,} | {best[0]:.4f} | {best[1]:.4f} | {slow:.1f} | "
                f"{slow / best[0]:,.0f} | {limit(arguments[0], rows):.5f} | "
                f"{np.nanmax(best[2].bound):.0e} | {peak_mb():.0f} |",
                flush=True,
            )
    half = chosen.draws // 2
    start = time.perf_counter()
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        list(pool.map(draws, (0, half), (half, half)))
    print(f"{2 * half} draws of entities on two processes: {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
