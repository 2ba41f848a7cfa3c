"""Values that differ from the others by a power of ten: possibly another unit of measure.

Two looks at a column. In time: a cell or a run of periods that jumps away from its neighbours and back.
Across entities: a city in tens of thousands among cities in hundreds of millions has a smooth path of
its own, so its neighbours in time show nothing; what shows it is the gap to the other entities, in the
level of the column or, where cities differ in size, in its ratio to another column.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import Problem, Where
from xinzhi_core.panel.panel import Panel
from xinzhi_core.problems import first_of_columns
from xinzhi_core.wording import Message, Wording, listed, message

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.integer]
GAP = 1.0
"""Empty space, in powers of ten, between entities of two units; and more than either group spans."""
WIDER = 9.0
"""Over the number of entities: how much wider the gap is than a group, as few entities show little of its range."""
STEP = float(np.log10(8.0))
"""Change from one row of an entity to the next from which on its path is not smooth."""
POWERS = np.array([2.0, 3.0, 4.0, 6.0, 8.0])
"""Units that are mixed up: percents and shares, 千, 万, 百万, 亿."""
SLACK = 0.3
"""How far beyond the range of the others a group may lie once its unit is mended."""
FEWEST = 3
"""Entities that the larger group has at least."""
SMALL_SHARE = 0.2
"""In one or two periods, a smaller share of entities than this must be a thousand times away."""
MOST_ENTITIES, MOST_COLUMNS = 100_000, 60
"""Larger tables are not a study of places: their tails are long, and pairs of columns cost time."""
NAMED = 10


@dataclass(frozen=True, slots=True)
class Split:
    """Two groups of entities apart by a power of ten."""

    few: Flags
    power: float
    """Powers of ten by which the smaller group lies above the larger one; negative: below."""
    columns: tuple[int, ...]
    """The column, or two of which the ratio splits."""


def check_scales(panel: Panel) -> list[Problem]:
    """Find columns in which some entities seem to be in another unit than the others.

    Examples
    --------
    >>> import pandas as pd
    >>> from xinzhi_core.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_product([list("abcd"), [1, 2, 3]], names=["entity", "period"])
    >>> values = [2.0, 2.1, 2.2, 5.0, 5.1, 5.2, 3e4, 3.1e4, 3.2e4, 9.0, 9.2, 9.4]
    >>> [str(p.what) for p in check_scales(panel_of(pd.DataFrame({"x": values}, index=index)))]
    ['The values of c are about 10,000 times those of the other entities.']
    """
    names = [n for n, column in panel.frame.items() if column.dtype == np.float64][:MOST_COLUMNS]
    n = panel.n_entities
    if not names or n <= FEWEST or n > MOST_ENTITIES:
        return []
    n_periods = len(panel.periods) if panel.has_periods else 1
    levels = _levels(panel, names)
    splits = [
        split
        for columns in [*((i,) for i in range(len(names))), *combinations(range(len(names)), 2)]
        if (split := _split(levels, columns, few_periods=n_periods < 3))
    ]
    explained = _explain(_drop_sizes(splits, len(names)))
    return [_problem(panel, str(names[column]), split, names) for column, split in explained]


def _levels(panel: Panel, names: list[object]) -> Floats:
    """Level of each entity in each column, as a power of ten; NaN where its path is not smooth."""
    starts = np.flatnonzero(np.diff(_entity_codes(panel), prepend=-1))
    columns = []
    for name in names:
        values = panel.frame[name].to_numpy()
        positive = (values > 0) & np.isfinite(values)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(positive, np.log10(values), np.nan)
        # The step into the first row of an entity comes from another entity.
        steps = np.abs(np.diff(logs, prepend=np.nan))
        steps[starts] = 0.0
        smooth = np.fmax.reduceat(np.nan_to_num(steps), starts) < STEP
        n = np.add.reduceat(positive, starts, dtype=np.int64)
        sums = np.add.reduceat(np.where(positive, logs, 0.0), starts)
        columns.append(np.where((n > 0) & smooth, sums / np.maximum(n, 1), np.nan))
    return np.column_stack(columns)


def _entity_codes(panel: Panel) -> Codes:
    return np.asarray(panel.frame.index.codes[0])  # type: ignore[attr-defined]


def _logarithms(values: Floats) -> Floats:
    """Natural logarithms, NaN where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values > 0, np.log(values), np.nan)


def _split(levels: Floats, columns: tuple[int, ...], *, few_periods: bool) -> Split | None:
    """Split the entities at the widest gap, if it looks like one between two units."""
    z = levels[:, columns[0]] - (levels[:, columns[1]] if len(columns) == 2 else 0.0)
    ordered = np.sort(z[~np.isnan(z)])
    if len(ordered) <= FEWEST or ordered[-1] - ordered[0] < GAP:
        return None
    gaps = np.diff(ordered)
    n_low = int(np.argmax(gaps)) + 1
    low, high = ordered[:n_low], ordered[n_low:]
    span = max(low[-1] - low[0], high[-1] - high[0])
    if gaps[n_low - 1] < max(GAP, (1.0 + WIDER / len(ordered)) * span):
        return None
    # The smaller group is the one in another unit; of two equal ones, the upper.
    is_high_few = len(high) <= len(low)
    few, many = (high, low) if is_high_few else (low, high)
    sign = 1.0 if is_high_few else -1.0
    powers = sign * POWERS[np.newaxis, :]
    fits = (few.min() - powers >= many.min() - SLACK) & (few.max() - powers <= many.max() + SLACK)
    distance = float(np.median(few) - np.median(many))
    is_rare = few_periods and len(few) < SMALL_SHARE * len(ordered)
    least = 3.0 if is_rare else 2.0
    fitting = powers[fits & (np.abs(powers) >= least)]
    if len(many) < FEWEST or not len(fitting):
        return None
    middle = (low[-1] + high[0]) / 2
    with np.errstate(invalid="ignore"):
        members = z > middle if is_high_few else z < middle
    return Split(members, float(fitting[np.argmin(np.abs(fitting - distance))]), columns)


def _drop_sizes(splits: list[Split], n: int) -> list[Split]:
    """Keep the splits of a column by itself, unless most columns split so: that is size.

    Of its ratios to other columns a fifth must split, for shares know no size; one of many may by chance.
    """
    alone = [split for split in splits if len(split.columns) == 1]
    ratios = [split for split in splits if len(split.columns) == 2]
    # Splits of the same entities in the same direction.
    alike = Counter((split.few.tobytes(), split.power > 0) for split in alone)
    distinct = [
        split for split in alone if n == 1 or 2 * alike[split.few.tobytes(), split.power > 0] <= n
    ]
    needed = max(1, min(2, n - 1), (n - 1) / 5)
    counts = np.bincount([i for split in ratios for i in split.columns], minlength=n)
    return distinct + [split for split in ratios if counts[list(split.columns)].max() >= needed]


def _explain(splits: list[Split]) -> list[tuple[int, Split]]:
    """Find columns that explain the splits: the one with most first, then what it leaves unexplained.

    A column that splits by itself needs no other; of a single pair the first column is named.
    """
    explained, left = [], splits
    while left:
        counts: dict[int, int] = {}
        for split in left:
            for column in split.columns:
                counts[column] = counts.get(column, 0) + (3 if len(split.columns) == 1 else 1)
        worst = max(sorted(counts), key=lambda column: counts[column])
        with_worst = [split for split in left if worst in split.columns]
        explained.append((worst, min(with_worst, key=lambda split: len(split.columns))))
        left = [split for split in left if worst not in split.columns]
    return sorted(explained, key=lambda pair: pair[0])


def _problem(panel: Panel, name: str, split: Split, names: list[object]) -> Problem:
    few = np.flatnonzero(split.few)
    entities = [panel.entities[i] for i in few]
    shown = listed(entities[:NAMED])
    if len(entities) > NAMED:
        shown = message("{names} … ({n})", names=shown, n=len(entities))
    starts = np.flatnonzero(np.diff(_entity_codes(panel), prepend=-1))
    return Problem(
        "panel.unit_entity",
        _describe(shown, name, split, names),
        panel.place(int(starts[few[0]]), name),
        message(
            "check that they are in the unit of the others, such as 万元 among 亿元 or 0.385 among 38.5."
        ),
        severity="warning",
    )


def _describe(shown: Wording, name: str, split: Split, names: list[object]) -> Message:
    sign = split.power
    # The power is that of the first column over the second.
    if len(split.columns) == 2 and str(names[split.columns[1]]) == name:
        sign = -sign
    times = f"{10 ** abs(round(sign)):,}"
    if len(split.columns) == 1:
        if sign > 0:
            return message(
                "The values of {entities} are about {times} times those of the other entities.",
                entities=shown,
                times=times,
            )
        return message(
            "The values of {entities} are about a {times}th of those of the other entities.",
            entities=shown,
            times=times,
        )
    other = next(str(names[i]) for i in split.columns if str(names[i]) != name)
    if sign > 0:
        return message(
            "Relative to '{other}', the values of {entities} are about {times} times those of "
            "the other entities.",
            entities=shown,
            times=times,
            other=other,
        )
    return message(
        "Relative to '{other}', the values of {entities} are about a {times}th of those of the "
        "other entities.",
        entities=shown,
        times=times,
        other=other,
    )


SHOWN = 20
JUMP = 50.0
"""A value that is so many times its neighbours looks like another unit of measure."""
LOG_JUMP = float(np.log(JUMP))
LOG_SHIFT = float(np.log(8.0))
"""A factor between two periods that all entities share looks like another unit of measure."""
TOGETHER = 0.7
"""How far, in logarithms, single entities may differ from that factor."""
PER_COLUMN = 5
FEWEST_ENTITIES = 4
"""Entities below which it cannot be decided which change is the odd one."""


def check_jumps(panel: Panel) -> list[Problem]:
    """Find cells, and whole periods, that are many times the others of their entities.

    A column of which a whole period jumps is named once, not cell by cell.
    """
    if not panel.has_periods or len(panel.periods) < 2:
        return []
    shifts = _shifts(panel)
    shifted = {problem.where.column for problem in shifts}
    codes = _entity_codes(panel)
    # Two values of an entity do not show which of them is the odd one: its change is compared.
    find = _odd_changes if len(panel.periods) == 2 else _odd_values
    problems = []
    for name, column in panel.frame.items():
        if column.dtype == np.float64 and str(name) not in shifted:
            odd = find(_logarithms(column.to_numpy()), codes)
            problems += [_jump(panel, str(name), i, len(odd)) for i in odd[:PER_COLUMN]]
    return [*problems, *shifts]


def _odd_changes(logs: Floats, codes: Codes) -> list[int]:
    """Find positions of values of a second period that changed unlike those of the other entities."""
    follows = np.flatnonzero(np.diff(codes) == 0)
    change = logs[follows + 1] - logs[follows]
    observed = change[~np.isnan(change)]
    if len(observed) < FEWEST_ENTITIES:
        return []
    far = np.abs(change - np.median(observed)) >= LOG_JUMP
    odd: list[int] = (follows[far] + 1).tolist() if 2 * far.sum() < len(observed) else []
    return odd


def _odd_values(logs: Floats, codes: Codes) -> list[int]:
    """Find positions of values far from the median of their entity, whose others lie close to it."""
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    wide = np.fmax.reduceat(logs, starts) - np.fmin.reduceat(logs, starts) >= LOG_JUMP
    if not wide.any():
        return []
    groups = np.cumsum(np.diff(codes, prepend=codes[0]) != 0)
    # Medians cost a sort: only entities with a wide range are looked at, numbered anew from 0.
    rows = np.flatnonzero(wide[groups])
    logs, groups = logs[rows], np.cumsum(np.diff(groups[rows], prepend=groups[rows[0]]) != 0)
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    away = np.abs(logs - _medians(logs, groups, starts)[groups])
    far = away >= LOG_JUMP
    near = ~far & ~np.isnan(away)
    n_far, n_near = np.add.reduceat(far, starts), np.add.reduceat(near, starts)
    widest = np.maximum.reduceat(np.where(near, away, 0.0), starts)
    is_clear = (n_near >= 2) & (n_far <= n_near) & (widest < LOG_JUMP / 3)
    odd: list[int] = rows[far & is_clear[groups]].tolist()
    return odd


def _medians(logs: Floats, groups: Codes, starts: Codes) -> Floats:
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
    period = np.asarray(panel.frame.index.codes[1])  # type: ignore[attr-defined]
    follows = np.flatnonzero(np.diff(_entity_codes(panel)) == 0)
    # Steps sorted by the period that they lead to: those of one period lie side by side.
    follows = follows[np.argsort(period[follows + 1], kind="stable")]
    begins = np.flatnonzero(np.diff(period[follows + 1], prepend=-1))
    ends = [*begins[1:].tolist(), len(follows)]
    problems = []
    for name, column in panel.frame.items():
        if column.dtype != np.float64 or not len(follows):
            continue
        logs = _logarithms(column.to_numpy())
        changes = logs[follows + 1] - logs[follows]
        spans = np.fmax.reduceat(changes, begins) - np.fmin.reduceat(changes, begins)
        for i in np.flatnonzero(spans < 2 * TOGETHER).tolist():
            change = changes[begins[i] : ends[i]]
            change = change[~np.isnan(change)]
            centre = float(np.median(change)) if len(change) > 1 else 0.0
            # All entities change by nearly one large factor.
            if abs(centre) >= LOG_SHIFT and float(np.abs(change - centre).max()) < TOGETHER:
                year = int(panel.frame.index[follows[begins[i]] + 1][1])
                problems.append(_shift(panel, str(name), year, float(np.exp(centre))))
    return first_of_columns(problems, SHOWN)


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
    what = message(
        "{value} is more than {times} times away from the other values of the entity "
        "({n} such cells in the column).",
        one="{value} is more than {times} times away from the other values of the entity ({n} such cell in the column).",
        value=f"{float(panel.frame[name].iloc[position]):,.10g}",
        times=int(JUMP),
        n=n,
    )
    remedy = message("check its unit of measure.")
    return Problem("panel.unit_jump", what, panel.place(position, name), remedy, severity="warning")
