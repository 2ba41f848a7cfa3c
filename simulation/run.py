"""The way from a seed to the raw sources: draw, fit, find levels, count, and close the loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from simulation import industries
from simulation.blemishes import Blanks, choose_blanks
from simulation.bounds import bounds_of
from simulation.cells import Array, Cells
from simulation.counts import Counts, Machines, count, counted_cells, draw_machines, pinned, within
from simulation.economy import World, draw_world, natural
from simulation.exact import Books, off_the_edge, whole, with_star, with_waste
from simulation.fit import CLOSE, Bounds, Metric, Progress
from simulation.fit import run as fit
from simulation.foreign import calmed, held_foreign
from simulation.frontier import evaluated, rule_of
from simulation.jacobian import Setting
from simulation.levels import Given, L, Levels, as_rows, settle
from simulation.limits import limited
from simulation.models import FIRST
from simulation.places import Place, groups, read_places, residents_of
from simulation.printed import published
from simulation.scores import HIGHEST, STAR, Scores, boxed, draw_scores
from simulation.sets import DATES, draw_sets, redrawn
from simulation.shapes import metric, robots
from simulation.smooth import bump
from simulation.start import (
    brought_back,
    corrected,
    inside,
    start_cells,
)
from simulation.targets import Errors, draw_strengths, targets

SEED = 20250429
SLOPES_FIRST = ((3000.0, 8), (300.0, 8), (30.0, 10))
"""Scale of the robust cost and iterations, before the errors are aimed at."""
THEN_ERRORS = ((300.0, 10), (30.0, 20), (10.0, 130), (10.0, 90))
AGAIN = ((30.0, 10), (10.0, 140))
"""Once something was told to the cells: the frontier, whole numbers."""
LAST = ((10.0, 60),)
NEAR = 0.045
"""Cost at which such a fit ends: every figure still rounds to what is printed."""
NEARER = 0.025
"""The same with room for the digits of the files."""
ERRORS = 0.2
"""Printed errors are aimed at within this share."""
EXACT = ((1e-2, 40), (3e-3, 25), (1e-3, 25), (1e-4, 30), (1e-6, 30))
ROUGHLY = ((1e-2, 40), (2e-2, 30))
NEARLY = ((1e-3, 15), (1e-5, 20), (1e-7, 20))
"""Softness of the scores, and steps, in which levels become exact: at first, and later."""
LOOPS, ROUNDS = 8, 6
"""How often frontier and fit are told of one another at most; how often waste and the largest score,
whose row is compared with all others, are."""
SOFT = 0.005
"""Scores are soft above this."""
CLOSEST = 1e-7
SETTLED = 1e-3
"""How far ln(score) of a row may be from that of its cell in the end, when the cell takes it over."""
FAR, OFF = 0.15, 1e-3
"""How far ln(score) of a city that cannot follow is from that of its cell: at first, and later."""
STRAINED = 0.06
"""The same while the scores are soft: what a city gives up then would cost it a jump."""
JUMPED, REST = 0.2, 3
"""Where ln(score) is farther than the first outside of its class, so many years beside it are not held
either, so that it need not jump back."""
CLEAR = 1.15
"""What a row uses per output at least, as a multiple of the least on the frontier: below that its
score would jump."""
INSIDE = 0.004
"""By how much, as logarithm, rows that are held use more than they did."""
TOLD = 4
"""How often the fit is told of such cities at most."""
NARROW = 0.006
"""How far ln(1+score) of a year that is not held in such a city may be from where it is told to stay."""
NEIGHBOURS = 0.8
"""Over how many years a held score draws those beside it."""
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Twin:
    """Everything behind the raw sources."""

    places: tuple[Place, ...]
    setting: Setting
    """Targets, groups, and the robots as counted."""
    cells: Cells
    counts: Counts
    machines: Machines
    employment: npt.NDArray[np.int64]
    """Census of 2008 by city and industry: employment in urban units."""
    books: Books
    world: World
    blanks: Blanks


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """Cells on their way, and what binds them."""

    cells: Cells
    bounds: Bounds
    setting: Setting
    metric: Metric
    report: Report

    def met(self, stages: tuple[tuple[float, int], ...], name: str, close: float = NEAR) -> Draft:
        """Move the cells until the figures are as printed."""
        cells = self.cells
        for scale, iterations in stages:

            def tell(number: int, p: Progress, scale: float = scale) -> None:
                if number % 20 == 0:
                    self.report(
                        f"{name} {scale:.0f}/{number}: cost {p.cost:.3f}, {p.n_missed} missed"
                    )

            state = fit(
                cells,
                self.setting,
                self.bounds,
                self.metric,
                iterations=iterations,
                scale=scale,
                close=close,
                report=tell,
            )
            cells = state.cells
        self.report(f"{name}: cost {state.cost:.4f}, {state.n_missed} missed")
        return replace(self, cells=cells)

    def scored(self, low: Array, high: Array, y: Array) -> Draft:
        """Give the scores other bounds and paths."""
        bounds = Bounds([low, *self.bounds.low[1:]], [high, *self.bounds.high[1:]])
        cells = replace(self.cells, plain={**self.cells.plain, "GTFP": y})
        return replace(self, cells=cells, bounds=bounds)


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
    printed, places = published(), read_places()
    draft, scores = drafted(rng, printed, places, report)
    star = next(i for i, p in enumerate(places) if p.name == STAR)
    y = draft.cells.plain["GTFP"]
    world = draw_world(rng, draft.cells.plain["FI"], y, star, places)
    levels = natural(world, y, largest(printed))
    report(f"levels drawn, {int(levels.fixed().sum())} rows on the frontier")
    return closed(rng, draft, scores, world, levels, places)


def largest(printed: Mapping[str, Any]) -> float:
    """Return the largest printed score."""
    return float(np.expm1(float(printed["table2"]["GTFP"][3])))


def drafted(
    rng: np.random.Generator,
    printed: Mapping[str, Any],
    places: tuple[Place, ...],
    report: Report,
) -> tuple[Draft, Scores]:
    """Draw paths and fit them: slopes first, then by rank who is in which class, then errors."""
    table2, gtfp = printed["table2"], printed["gtfp"]
    sets = draw_sets(rng, places, gtfp)
    scores = draw_scores(rng, places, sets, table2)
    cells, bounds = bounds_of(start_cells(rng, scores, printed, places)[0], scores, table2)
    cells = corrected(cells, scores, printed)
    aims = targets(printed, errors=Errors(wanted=False), strength={})
    setting = Setting(robots(), groups(places), aims)
    draft = Draft(cells, bounds, setting, metric(), report).met(SLOPES_FIRST, "slopes", CLOSE)
    y = draft.cells.plain["GTFP"]
    sets = redrawn(sets, places, gtfp, {date: y[:, date - FIRST] for date in DATES})
    scores = boxed(scores, sets, y)
    draft = draft.scored(scores.low, scores.high, brought_back(y, scores.low, scores.high))
    aims = targets(printed, errors=Errors(True, ERRORS), strength=draw_strengths(rng, printed))
    draft = replace(
        draft,
        cells=corrected(draft.cells, scores, printed),
        setting=replace(setting, targets=aims),
    )
    return draft.met(THEN_ERRORS, "errors", CLOSE), scores


def _told(draft: Draft, scores: Scores, found: Array, fixed: npt.NDArray[np.bool_]) -> Draft:
    """Tell the cells the scores of rows that stay as they are.

    The other years of a city that could not follow stay near what they have, and at the dates of the maps
    near the years beside them, as far as their class lets them.
    """
    low = np.where(fixed, np.log1p(found), scores.low)
    high = np.where(fixed, np.log1p(found), np.minimum(scores.high, HIGHEST))
    near = ~fixed & (fixed & (found < 1)).any(axis=1, keepdims=True)
    at = np.clip(np.log1p(np.where(at_dates(scores), between(found), found)), low, high)
    low = np.where(near, np.maximum(low, at - NARROW), low)
    high = np.where(near, np.minimum(high, at + NARROW), high)
    y = draft.cells.plain["GTFP"].copy()
    for city, year in np.argwhere(fixed):
        y[city] += (low[city, year] - y[city, year]) * bump(y.shape[1], int(year), NEIGHBOURS)
    return draft.scored(low, high, np.where(fixed, low, inside(y, low, high)))


def between(values: Array) -> Array:
    """Return the mean of the years before and after each; of one where there is no other.

    >>> between(np.array([[1.0, 2.0, 4.0]])).tolist()
    [[2.0, 2.5, 2.0]]
    """
    before = np.hstack([values[:, 1:2], values[:, :-1]])
    after = np.hstack([values[:, 1:], values[:, -2:-1]])
    return np.asarray(0.5 * (before + after))


def closed(
    rng: np.random.Generator,
    draft: Draft,
    scores: Scores,
    world: World,
    levels: Levels,
    places: tuple[Place, ...],
) -> Twin:
    """Tell cells and frontier of one another until both stay, and make everything countable."""
    report, capital = draft.report, world.given.capital
    levels = exact_levels(levels, world, draft, scores, ROUGHLY, FAR)
    cells, bounds = limited(draft.cells, draft.bounds, levels, world.given.deflator)
    cells = calmed(cells, levels, world.given.deflator)
    draft = _held_investment(replace(draft, cells=cells, bounds=bounds), world)
    draft = _told(draft, scores, *state_of(levels, capital)).met(AGAIN, "frontier")
    levels = exact_levels(levels, world, draft, scores, EXACT, OFF)
    labour = np.round(np.exp(levels.logs[L]))
    counts = count(rng, draft.cells, labour, residents_of(places))
    machines = draw_machines(robots(), draft.cells.sizes)
    cells, blanks = choose_blanks(rng, counted_cells(draft.cells, counts, machines))
    cells = calmed(cells, levels, world.given.deflator)
    bounds = held_foreign(pinned(draft.bounds, cells, blanks.held()), cells)
    setting = replace(draft.setting, robots=machines.density())
    draft = replace(draft, cells=within(cells, bounds), bounds=bounds, setting=setting)
    levels.held[L] = True  # residents were counted around it
    for number in range(TOLD):
        cells, bounds = limited(draft.cells, draft.bounds, levels, world.given.deflator)
        draft = replace(draft, cells=cells, bounds=bounds)
        draft = _told(draft, scores, *state_of(levels, capital)).met(AGAIN, f"told {number + 1}")
        before = levels.fixed().sum()
        levels = exact_levels(levels, world, draft, scores, NEARLY if number else EXACT, OFF)
        if levels.fixed().sum() == before:
            break
    fixed = levels.fixed()
    assert world.star is not None
    star = (world.star, fixed.shape[1] - 1), largest(published())
    cells, bounds = limited(draft.cells, draft.bounds, levels, world.given.deflator)
    draft = replace(draft, cells=cells, bounds=bounds)
    books = whole(levels, capital, np.expm1(draft.cells.plain["MEP"]) / 100)
    books, draft = _looped(books, draft, scores, fixed, star)
    employed = industries.census(rng, draft.cells.shares, books.labour)
    cells = replace(draft.cells, shares=industries.shares_of(employed))
    units = industries.in_urban_units(employed, machines)
    report("done")
    return Twin(places, draft.setting, cells, counts, machines, units, books, world, blanks)


def _held_investment(draft: Draft, world: World) -> Draft:
    """Investment is printed; capital rests on it."""
    cells = replace(draft.cells, plain={**draft.cells.plain, "FI": world.logs_of_investment()})
    return replace(draft, cells=cells, bounds=pinned(draft.bounds, cells, {}, counted=("FI",)))


def state_of(levels: Levels, capital: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Return the scores of all rows, and which of them stay as they are."""
    found = evaluated(as_rows(levels.logs, capital)).scores.reshape(capital.shape)
    return found, levels.fixed()


def exact_levels(
    levels: Levels,
    world: World,
    draft: Draft,
    scores: Scores,
    stages: tuple[tuple[float, int], ...],
    far: float,
) -> Levels:
    """Give each row that is not fixed the score of its cell.

    A city that cannot follow, because its output and labour would have to jump, is held where it
    is, and its scores are told to the fit instead; but for years in which they would leave a class,
    and those beside them.
    """
    capital, every = world.given.capital, np.arange(len(levels.logs[0]))
    found, fixed = state_of(levels, capital)
    y = np.minimum(draft.cells.plain["GTFP"], HIGHEST)
    wanted = np.where(fixed, np.log(found), np.log(np.expm1(y)))
    reference = as_rows(levels.logs, capital)[(fixed & (found >= 1)).ravel()]
    rule, given = rule_of(capital, reference), clear_of(world.given, reference)
    for number, (soft, steps) in enumerate(stages):
        levels = settle(levels, wanted, given, world.even, rule, steps=steps, soft=soft)
        is_last = number == len(stages) - 1
        if not is_last and soft < SOFT:
            continue
        fixed, value = levels.fixed(), rule(levels.logs, every)[0]
        gap = np.where(fixed, 0, np.abs(value - wanted))
        away = outside(value, scores)
        kept = ~((away > 0) | beside(away > JUMPED, REST))
        most = far if is_last else max(far, STRAINED)
        open_ = gap.max(axis=1) > most
        hold = open_[:, None] & kept & ~fixed
        draft.report(
            f"exact {soft:.0e}: {int((gap > most).sum())} rows open, largest {gap.max():.1e};"
            f" {int(hold.sum())} rows of {int(open_.sum())} cities held"
        )
        # A hair's breadth inside the technology: on its edge, rounding would make a score jump.
        logs = levels.logs.copy()
        logs[1:] += np.where(hold, INSIDE, 0.0)
        levels = Levels(logs, levels.held | hold[None])
    return levels


def clear_of(given: Given, reference: Array) -> Given:
    """Keep rows off the rays of the frontier that use least of something.

    There a row has slack in everything else, and its score jumps from far below 1 to above it.
    """
    least = (reference[:, [0, 1, 2, 4]] / reference[:, 3:4]).min(axis=0)
    return replace(given, mixes=np.maximum(given.mixes, CLEAR * least))


def at_dates(scores: Scores) -> npt.NDArray[np.bool_]:
    """Mark the dates of the maps, and the cells whose score is printed."""
    dates = np.isin(np.arange(FIRST, FIRST + scores.low.shape[1]), DATES)
    return np.asarray(dates | (scores.low >= scores.high))


def outside(value: Array, scores: Scores) -> Array:
    """Tell how far ln(score) is outside of its class at the dates of the maps, and where one is printed."""
    low, high = np.log(np.expm1(scores.low)), np.log(np.expm1(scores.high))
    below = np.maximum(low - value, 0.0)
    above = np.where(scores.high < HIGHEST, np.maximum(value - high, 0.0), 0.0)
    return np.asarray(np.where(at_dates(scores), below + above, 0.0))


def beside(years: npt.NDArray[np.bool_], n: int) -> npt.NDArray[np.bool_]:
    """Mark the years marked, (cities, years), and those up to `n` before or after them.

    >>> beside(np.array([[True, False, False, False]]), 2).astype(int).tolist()
    [[1, 1, 1, 0]]
    """
    found = years.copy()
    for step in range(1, n + 1):
        found[:, step:] |= years[:, :-step]
        found[:, :-step] |= years[:, step:]
    return found


def _looped(
    books: Books,
    draft: Draft,
    scores: Scores,
    fixed: npt.NDArray[np.bool_],
    star: tuple[tuple[int, int], float],
) -> tuple[Books, Draft]:
    """Let waste give the scores, tell the fit what the frontier and open rows have, and again."""
    shape = fixed.shape
    stay = fixed.copy()
    books = with_star(books, *star)
    found = evaluated(books.rows()).scores.reshape(shape)
    for number in range(LOOPS):
        draft = _told(draft, scores, found, stay)
        draft = draft.met(LAST, f"loop {number + 1}", NEARER)
        wanted = np.expm1(draft.cells.plain["GTFP"])
        for _ in range(ROUNDS):
            books, missed = with_waste(books, wanted, stay, stay & (found >= 1))
            books, edge = off_the_edge(books)
            missed |= edge
            books = with_star(books, *star)
            found = evaluated(books.rows()).scores.reshape(shape)
            off = np.abs(np.log(found) - np.log(wanted))
            if missed.any() or off.max() < CLOSEST:
                break
        draft.report(
            f"loop {number + 1}: {int(missed.sum())} rows missed,"
            f" {int((off > SETTLED).sum())} off, largest {off.max():.1e}"
        )
        if off.max() < SETTLED and not missed.any():
            break
        stay = stay | missed
    y = np.log1p(found)
    return books, replace(draft, cells=replace(draft.cells, plain={**draft.cells.plain, "GTFP": y}))
