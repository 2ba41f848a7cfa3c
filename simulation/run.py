"""The way from a seed to the raw sources: draw, fit, count, fit again, invert, write down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from simulation import industries
from simulation.blemishes import Blanks, choose_blanks
from simulation.books import on_the_books
from simulation.cells import Array, Cells
from simulation.counts import (
    Counts,
    Machines,
    count,
    counted_cells,
    draw_machines,
    pinned,
    within,
)
from simulation.fit import Bounds, Progress
from simulation.fit import run as fit
from simulation.frontier import Frontier, draw_frontier
from simulation.jacobian import Setting
from simulation.paths import Paths, capital_stock, draw_paths
from simulation.places import Place, groups, read_places
from simulation.printed import published
from simulation.sets import draw_sets
from simulation.settle import PATIENCE, Use, draw_tilt, settle
from simulation.start import (
    bounds_of,
    metric,
    robots,
    start_cells,
)
from simulation.story import BELOW_FRONTIER, Scores, scores_of
from simulation.targets import targets
from simulation.yearbook import prices

SEED = 20250429
N_FRONTIER = 12
ITERATIONS = (25, 110, 30)
"""Of the fit without standard errors, with them, and of that on countable data."""
REPAIRS = 9
"""How often scores that gave way are fitted around again."""
STRIDES = (1.0, 0.02, 0.006, 0.002, 0.0006, 0.0002)
"""How far scores may move in each repair."""
TRIES = 15
"""How often the paths of cities are drawn anew."""
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Twin:
    """Everything behind the raw sources."""

    places: tuple[Place, ...]
    frontier: Frontier
    scores: Scores
    setting: Setting
    """Targets, groups, and the robots as counted."""
    cells: Cells
    counts: Counts
    machines: Machines
    employment: npt.NDArray[np.int64]
    """Census of 2008 by city and industry."""
    paths: Paths
    use: Use
    investment: npt.NDArray[np.int64]
    price_index: Array
    blanks: Blanks


def simulate(seed: int = SEED, *, report: Report = lambda _text: None) -> Twin:
    """Draw the twin of the paper's panel.

    Parameters
    ----------
    seed
        Start of all random draws.
    report
        Called with one line after each stage.
    """
    rng = np.random.default_rng(seed)
    printed = published()
    table2 = printed["table2"]
    places = read_places()
    frontier = draw_frontier(rng, N_FRONTIER, float(np.expm1(float(table2["GTFP"][3]))))
    scores = scores_of(rng, places, draw_sets(rng, places, printed["gtfp"]), frontier, table2)
    cells, bounds = bounds_of(start_cells(rng, scores, table2), scores, table2)
    report("drawn")
    cells = _fit_twice(cells, bounds, places, printed, report)
    return _counted(rng, printed, places, frontier, scores, cells, bounds, report)


def _tell(report: Report, stage: str) -> Callable[[int, Progress], None]:
    def tell(number: int, p: Progress) -> None:
        if number % 10 == 0:
            report(f"{stage} {number}: cost {p.cost:.3f}, {p.n_missed} missed, step {p.step:.3f}")

    return tell


def _fit_twice(
    cells: Cells,
    bounds: Bounds,
    places: tuple[Place, ...],
    printed: Mapping[str, Any],
    report: Report,
) -> Cells:
    """Meet the slopes first, then the standard errors too."""
    for number, errors in enumerate((False, True)):
        setting = Setting(robots(), groups(places), targets(printed, errors=errors))
        tell = _tell(report, f"fit {number + 1}")
        cells = fit(
            cells, setting, bounds, metric(), iterations=ITERATIONS[number], report=tell
        ).cells
    return cells


def _counted(
    rng: np.random.Generator,
    printed: Mapping[str, Any],
    places: tuple[Place, ...],
    frontier: Frontier,
    scores: Scores,
    cells: Cells,
    bounds: Bounds,
    report: Report,
) -> Twin:
    """Make everything countable, repair what rounding moved, and give each score its row."""
    counts, machines = count(rng, cells), draw_machines(robots(), cells.sizes)
    cells = counted_cells(cells, counts, machines)
    investment = np.round(np.expm1(cells.plain["FI"])).astype(np.int64)
    price_index = prices(rng, len(places))
    capital = capital_stock(investment / 1e4, price_index)
    paths, frontier, scores, tilt = find_paths(rng, cells.plain["GTFP"], capital, frontier, scores)
    cells, blanks = choose_blanks(rng, cells)
    setting = Setting(machines.density(), groups(places), targets(printed, errors=True))
    held = blanks.held()
    for number in range(REPAIRS + 1):
        before = cells.plain["GTFP"]
        use, y = settle(rng, before, paths, frontier, scores, tilt)
        moved = int((np.abs(y - before) > 1e-12).sum())
        report(f"settled, {moved} scores gave way, {int(use.failed.sum())} rows failed")
        scores, tilt = _given_way(scores, before, y), use.tilt
        cells = replace(cells, plain={**cells.plain, "GTFP": y})
        if (number and not moved) or number == REPAIRS:
            break
        low, high = _near(scores, y, number)
        tight = replace(bounds, low=[low, *bounds.low[1:]], high=[high, *bounds.high[1:]])
        tight = pinned(tight, cells, held)
        tell = _tell(report, f"repair {number + 1}")
        cells = fit(
            within(cells, tight), setting, tight, metric(), iterations=ITERATIONS[2], report=tell
        ).cells
    if use.failed.any():
        freed = _freed(scores, use.failed)
        use, y = settle(rng, cells.plain["GTFP"], paths, frontier, freed, tilt)
        moved = int((np.abs(y - cells.plain["GTFP"]) > 1e-12).sum())
        report(f"{moved} scores gave way beyond their bounds")
        cells = replace(cells, plain={**cells.plain, "GTFP": y})
    employment = industries.census(rng, cells.shares, np.round(paths.labour).astype(np.int64))
    cells = replace(cells, shares=industries.shares_of(employment))
    return Twin(
        places,
        frontier,
        scores,
        setting,
        cells,
        counts,
        machines,
        employment,
        paths,
        use,
        investment,
        price_index,
        blanks,
    )


def find_paths(
    rng: np.random.Generator,
    y: Array,
    capital: Array,
    frontier: Frontier,
    scores: Scores,
    *,
    tries: int = TRIES,
) -> tuple[Paths, Frontier, Scores, Array]:
    """Draw paths, and those of a city anew as long as some of its scores cannot be reached."""
    drawn = draw_paths(rng, y, capital, frontier, scores)
    for _ in range(tries):
        found = on_the_books(drawn, frontier, scores)
        tilt = draw_tilt(rng, y.shape)
        use, _ = settle(rng, y, *found, tilt, rounds=PATIENCE)
        again = np.flatnonzero(use.failed.any(axis=1))
        if not len(again):
            break
        drawn = draw_paths(rng, y, capital, frontier, scores, before=drawn, again=again)
    return (*on_the_books(drawn, frontier, scores), use.tilt)


def _freed(scores: Scores, failed: npt.NDArray[np.bool_]) -> Scores:
    """Lift the bounds of rows that no mix can give, rather than leave them without a row."""
    return replace(
        scores,
        low=np.where(failed, float(scores.low.min()), scores.low),
        high=np.where(failed, BELOW_FRONTIER, scores.high),
    )


def _near(scores: Scores, y: Array, number: int) -> tuple[Array, Array]:
    """Let scores move less and less, so that their rows need not be drawn again."""
    reach = STRIDES[min(number, len(STRIDES) - 1)]
    return np.maximum(scores.low, y - reach), np.minimum(scores.high, y + reach)


def _given_way(scores: Scores, before: Array, after: Array) -> Scores:
    """Keep scores from going back to where no row could have them."""
    high = np.where(after < before - 1e-12, np.maximum(after, scores.low), scores.high)
    low = np.where(after > before + 1e-12, np.minimum(after, scores.high), scores.low)
    return replace(scores, low=low, high=high)
