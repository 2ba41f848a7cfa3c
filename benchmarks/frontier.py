"""The frontier alone: growth with n, other shapes, resampling, and the limit of the machine.

`just bench frontier` prints it below the table of the peers and writes it to `results.md`;
`--largest 1000000` sets where growth ends, `--draws 2000` how many resamples: then it is only printed. Super-SBM with 3 inputs, 1 good and 1 bad output, constant
returns unless it says otherwise, one global frontier, one thread, seconds of the processor.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Iterator
from itertools import chain
from typing import Any

from measure import ONE_THREAD

os.environ.update(ONE_THREAD)

import numpy as np
import numpy.typing as npt
import pandas as pd
from alone import machine, put_section
from data import BAD, GOOD, INPUTS, KEYS
from worker import peak_mb

Array = npt.NDArray[np.float64]
SAMPLE = 200
"""Rows solved by SciPy; its time grows with n per row, so that all of them would take days."""
PER_ENTITY = 16
PAIRED = 10_000
"""Rows up to which all pairs are compared: their time grows with the square."""


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


def timed(work: Any, *arguments: Any) -> tuple[float, float, Any]:
    """Return seconds, seconds of the processor, and what came out."""
    start, busy = time.perf_counter(), time.process_time()
    found = work(*arguments)
    return time.perf_counter() - start, time.process_time() - busy, found


def limit(rows: Any, returns: str) -> tuple[int, float]:
    """Return the size of the frame, and the seconds of its product with all rows and the minimum."""
    from xinzhi_frontier.kernel.programs import extremes_of, near_order  # noqa: PLC0415
    from xinzhi_frontier.technology import technology_of  # noqa: PLC0415

    technology = technology_of(rows, returns_to_scale=returns)
    order = near_order(technology, np.arange(rows.n))
    r, k = technology.r, technology.k
    frame = extremes_of(technology, order, np.arange(2 * r) < k).rows

    def product() -> None:
        table = technology.columns[frame].T.copy()
        for start in range(0, len(technology.columns), 4096):
            (technology.columns[start : start + 4096] @ table).min(axis=1)

    return len(frame), timed(product)[1]


def naive(frame: pd.DataFrame) -> float:
    """Return the seconds SciPy would need for all rows, from a sample of SBM programs."""
    from contenders import with_scipy  # noqa: PLC0415

    x, y, b = (frame[list(names)].to_numpy() for names in (INPUTS, (GOOD,), (BAD,)))
    rows = np.linspace(0, len(x) - 1, SAMPLE).astype(int)
    start = time.process_time()
    for o in rows:
        with_scipy._sbm(x / x[o], y / y[o], b / b[o])  # noqa: SLF001
    return (time.process_time() - start) / SAMPLE * len(x)


def activities_of(frame: pd.DataFrame) -> Any:
    """Make the rows that `evaluate` takes."""
    from xinzhi_frontier.result import Activities, ActivityRoles  # noqa: PLC0415

    labels = tuple((f"{entity:07d}", period) for entity, period in frame.index.tolist())
    x, y, b = (frame[list(names)].to_numpy() for names in (INPUTS, (GOOD,), (BAD,)))
    return Activities(labels, x, y, b, ActivityRoles(INPUTS, (GOOD,), (BAD,)))


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
"""Other work on the same rows."""


def whole(rows: Any, options: dict[str, Any], solver: str) -> tuple[float, Any]:
    """Return the processor's seconds of `evaluate` and its result: the median of short runs after a first."""
    from xinzhi_frontier.evaluate import evaluate  # noqa: PLC0415
    from xinzhi_frontier.options import Options  # noqa: PLC0415

    chosen = Options(**options, solver=solver)
    if rows.n > 10**5:
        return timed(lambda: evaluate(rows, options=chosen))[1:]
    evaluate(rows, options=chosen)
    count = 21 if solver == "auto" and rows.n <= 10**4 else 1
    runs = [timed(lambda: evaluate(rows, options=chosen))[1:] for _ in range(count)]
    return sorted(runs, key=lambda run: run[0])[count // 2]


def growth(largest: int) -> Iterator[str]:
    """Tell how time and memory grow with the number of rows, beside the limit of the machine."""
    yield "### Growth: super-SBM, slacks, targets, peers and proof included\n"
    yield (
        "Limit: one product of all rows with the frame W and its minimum, which any proof needs. "
        "SciPy: from a sample of rows.\nMemory: peak of the process so far, Python and data included.\n"
    )
    yield (
        "| returns | rows | frame | kernel, s | limit, s | times the limit | HiGHS, s | SciPy, s "
        "| SciPy / kernel | largest dual | MB |\n|---|---|---|---|---|---|---|---|---|---|---|"
    )
    for n in (1000, 1840, 10_000, 100_000, 1_000_000):
        for returns in ("constant", "variable"):
            if n <= largest and (n < 1_000_000 or returns == "constant"):
                yield _growth(n, returns)


def _growth(n: int, returns: str) -> str:
    frame = simulate(n)
    rows = activities_of(frame)
    seconds, found = whole(rows, {"returns_to_scale": returns}, "auto")
    peak = peak_mb()
    size, least = limit(rows, returns)
    highs = naive_seconds = float("nan")
    if n <= 10_000:
        highs = whole(rows, {"returns_to_scale": returns}, "highs")[0]
    if n <= 10_000 and returns == "constant":
        naive_seconds = naive(frame)
    return (
        f"| {returns} | {n:,} | {size:,} | {seconds:.4f} | {least:.5f} | {seconds / least:,.0f} | "
        f"{_told(highs, '.2f')} | {_told(naive_seconds, '.1f')} | "
        f"{_told(naive_seconds / seconds, ',.0f')} | {found.certificate.worst()['dual']:.0e} | {peak:.0f} |"
    )


def _told(value: float, style: str) -> str:
    return "" if np.isnan(value) else f"{value:{style}}"


def shapes(n: int) -> Iterator[str]:
    """Tell what other measures, returns and references cost, by both solvers."""
    yield f"\n### Other shapes: {n:,} rows, result with slacks, targets, peers and proof\n"
    yield "| work | kernel, s | times the first | HiGHS, s | times the first |\n|---|---|---|---|---|"
    rows, first = activities_of(simulate(n)), {}
    for work, options in SHAPES.items():
        cells = []
        for solver in ("auto", "highs"):
            seconds, _ = whole(rows, options, solver)
            first.setdefault(solver, seconds)
            cells += [f"{seconds:.4f}", f"{seconds / first[solver]:.1f}"]
        yield f"| {work} | {' | '.join(cells)} |"


def hulls(largest: int) -> Iterator[str]:
    """Tell what the free disposal hull costs beside all pairs, and beside the linear programs."""
    from xinzhi_frontier.kernel import library  # noqa: PLC0415

    yield "\n### Free disposal hull: super-SBM with a bad output\n"
    yield (
        "All pairs: the comparison without the kernel, on the same rows. Linear programs: the first "
        "line of the shapes above, on these rows.\n"
    )
    yield "| rows | tree, s | all pairs, s | all pairs / tree | linear programs, s |\n|---|---|---|---|---|"
    load = library.load
    for n in (size for size in (1840, 10_000, 100_000) if size <= largest):
        rows, options = activities_of(simulate(n)), {"returns_to_scale": "free_disposal_hull"}
        tree, linear = whole(rows, options, "auto")[0], whole(rows, {}, "auto")[0]
        pairs, ratio = "", ""
        if n <= PAIRED:
            library.load = lambda: library.KernelUnavailable("left out to compare")
            try:
                seconds = whole(rows, options, "auto")[0]
            finally:
                library.load = load
            pairs, ratio = f"{seconds:.3f}", f"{seconds / tree:.0f}"
        yield f"| {n:,} | {tree:.3f} | {pairs} | {ratio} | {linear:.3f} |"


def draws(count: int) -> Iterator[str]:
    """Tell the time of a bootstrap of the whole frontier on two processes, their start included."""
    from xinzhi_frontier.evaluate import FrontierDraws  # noqa: PLC0415
    from xinzhi_frontier.inference.intervals import resample_entities  # noqa: PLC0415
    from xinzhi_frontier.options import Options  # noqa: PLC0415

    rows, options = activities_of(simulate(1840)), Options()
    measure, draw = FrontierDraws.of(rows, options=options), np.random.default_rng(1)
    entities = np.arange(rows.n) // PER_ENTITY
    drawn = [np.flatnonzero(np.isin(entities, draw.choice(entities, 115))) for _ in range(100)]
    each = sorted(timed(measure, one)[1] for one in drawn)
    start, before = time.perf_counter(), _of_children()
    resample_entities(rows, options=options, draws=count, seed=1, jobs=2)
    clock, busy = time.perf_counter() - start, _of_children() - before
    yield (
        f"\n### Resampling\n\n{count:,} draws of entities, the frontier of 1,840 rows estimated "
        f"again each time, on two processes: {clock:.1f} s by the clock, {busy:.1f} s of the processor. "
        f"One draw in a process that has begun: {each[50] * 1000:.1f} ms of the processor, at least "
        f"{each[0] * 1000:.1f} ms."
    )


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Print the tables, and put them into the page of results if they are whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=1_000_000, help="most rows")
    parser.add_argument("--draws", type=int, default=2000, help="resamples")
    parser.add_argument("--rows", type=int, default=1840, help="rows of the other shapes")
    chosen = parser.parse_args()
    loading = timed(whole, activities_of(simulate(64)), {}, "auto")[0]
    told = [f"Importing the package and loading the kernel: {loading:.2f} s.\n"]
    print(told[0])
    parts = (
        growth(chosen.largest),
        shapes(chosen.rows),
        hulls(chosen.largest),
        draws(chosen.draws),
    )
    for line in chain(*parts):
        print(line, flush=True)
        told.append(line)
    if (chosen.largest, chosen.draws, chosen.rows) == (1_000_000, 2000, 1840):
        put_section("Frontier", "\n".join([*told, "", machine()]))


if __name__ == "__main__":
    main()
