"""Jumps in time: cells and periods that look as if they were in another unit of measure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xinzhi.errors import Problem, Where
from xinzhi.panel.panel import Panel
from xinzhi.wording import message

Floats = npt.NDArray[np.float64]
SHOWN = 20
JUMP = 50.0
"""A value that is so many times its neighbours looks like another unit of measure."""
LOG_JUMP = float(np.log(JUMP))
LOG_SHIFT = float(np.log(8.0))
"""A factor between two periods that all entities share looks like another unit of measure."""
TOGETHER = 0.7
"""How far, in logarithms, single entities may differ from that factor."""
PER_COLUMN = 5
FEWEST = 4
"""Entities without which nobody can tell which change is the odd one."""


def check_jumps(panel: Panel) -> list[Problem]:
    """Find cells, and whole periods, that are many times the others of their entities.

    A column of which a whole period jumps is named once, not cell by cell.
    """
    if not panel.has_periods or len(panel.periods) < 2:
        return []
    shifts = _shifts(panel)
    shifted = {problem.where.column for problem in shifts}
    codes = np.asarray(panel.frame.index.codes[0])  # type: ignore[attr-defined]
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    problems = []
    for name, column in panel.frame.items():
        if column.dtype != np.float64 or str(name) in shifted:
            continue
        values = column.to_numpy()
        two = len(panel.periods) == 2
        odd = _odd_steps(values, codes) if two else _odd_ones(values, codes, starts)
        problems += [_jump(panel, str(name), i, len(odd)) for i in odd[:PER_COLUMN]]
    return [*problems, *shifts]


def _odd_steps(values: Floats, codes: npt.NDArray[np.int64]) -> list[int]:
    """Positions of values of a second period that changed unlike those of the other entities."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(values > 0, np.log(values), np.nan)
    follows = np.flatnonzero(np.diff(codes) == 0)
    change = logs[follows + 1] - logs[follows]
    known = change[~np.isnan(change)]
    if len(known) < FEWEST:
        return []
    far = np.abs(change - np.median(known)) >= LOG_JUMP
    odd: list[int] = (follows[far] + 1).tolist() if 2 * far.sum() < len(known) else []
    return odd


def _odd_ones(
    values: Floats, codes: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]
) -> list[int]:
    """Positions of values far from the median of their entity, whose others lie close to it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(values > 0, np.log(values), np.nan)
    wide = np.fmax.reduceat(logs, starts) - np.fmin.reduceat(logs, starts) >= LOG_JUMP
    if not wide.any():
        return []
    groups = np.cumsum(np.diff(codes, prepend=codes[0]) != 0)
    rows = np.flatnonzero(wide[groups])
    some, mine = logs[rows], np.cumsum(np.diff(groups[rows], prepend=groups[rows[0]]) != 0)
    begins = np.flatnonzero(np.diff(mine, prepend=-1))
    away = np.abs(some - _medians(some, mine, begins)[mine])
    far = away >= LOG_JUMP
    near = ~far & ~np.isnan(away)
    n_far, n_near = np.add.reduceat(far, begins), np.add.reduceat(near, begins)
    widest = np.maximum.reduceat(np.where(near, away, 0.0), begins)
    believed = (n_near >= 2) & (n_far <= n_near) & (widest < LOG_JUMP / 3)
    odd: list[int] = rows[far & believed[mine]].tolist()
    return odd


def _medians(logs: Floats, groups: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]) -> Floats:
    """Median of each group, the lower of two, missing values left out.

    Between two halves in two units the middle is near neither.
    """
    ordered = logs[np.lexsort((logs, groups))]
    n = np.add.reduceat(~np.isnan(logs), starts)
    medians: Floats = ordered[starts + np.maximum(n - 1, 0) // 2]
    return medians


def _shifts(panel: Panel) -> list[Problem]:
    """Periods in which a whole column jumps by one factor for all entities: another unit."""
    if panel.n_entities < 2:
        return []
    entity, period = (np.asarray(codes) for codes in panel.frame.index.codes)  # type: ignore[attr-defined]
    follows = np.flatnonzero(np.diff(entity) == 0)
    follows = follows[np.argsort(period[follows + 1], kind="stable")]
    begins = np.flatnonzero(np.diff(period[follows + 1], prepend=-1))
    ends = [*begins[1:].tolist(), len(follows)]
    problems = []
    for name, column in panel.frame.items():
        if column.dtype != np.float64 or not len(follows):
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            values = column.to_numpy()
            steps = np.log(np.where(values > 0, values, np.nan))
        change = steps[follows + 1] - steps[follows]
        spans = np.fmax.reduceat(change, begins) - np.fmin.reduceat(change, begins)
        for i in np.flatnonzero(spans < 2 * TOGETHER).tolist():
            here = change[begins[i] : ends[i]]
            here = here[~np.isnan(here)]
            if len(here) > 1 and _is_shift(here):
                year = int(panel.frame.index[follows[begins[i]] + 1][1])
                problems.append(_shift(panel, str(name), year, float(np.exp(np.median(here)))))
    return problems[:SHOWN]


def _is_shift(change: Floats) -> bool:
    """Whether all entities change by nearly one large factor."""
    centre = float(np.median(change))
    return abs(centre) >= LOG_SHIFT and float(np.abs(change - centre).max()) < TOGETHER


def _shift(panel: Panel, name: str, period: int, factor: float) -> Problem:
    return Problem(
        "panel.unit_jump",
        message(
            "From {period} on all values are {factor} times those of the period before.",
            period=period,
            factor=float(f"{factor:.3g}"),
        ),
        Where(file=panel.source, column=name, period=period),
        message("check its unit of measure."),
        severity="warning",
    )


def _jump(panel: Panel, name: str, position: int, n: int) -> Problem:
    return Problem(
        "panel.unit_jump",
        message(
            "{value} is more than {times} times away from the other values of the entity "
            "({n} such cells in the column).",
            value=f"{float(panel.frame[name].iloc[position]):,.10g}",
            times=int(JUMP),
            n=n,
        ),
        panel.place(position, name),
        message("check its unit of measure."),
        severity="warning",
    )
