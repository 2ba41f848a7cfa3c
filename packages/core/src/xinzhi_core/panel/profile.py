"""Profile of a panel: what each column holds, where it is empty, how it varies, and what is odd.

Variation is that of Stata's xtsum. With x̄_i the mean of entity i and N the number of values,

    between = sd of the x̄_i,    within = sqrt(Σ_it (x_it - x̄_i)² / (N - 1)).

Everything is counted by codes of entities and periods, so that a column costs a few passes over its rows.

Columns that should hold numbers and hold something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import NotNumeric, OutOfDomain, Problem, Where
from xinzhi_core.lazy import WhenUsed
from xinzhi_core.panel.panel import Panel
from xinzhi_core.periods import period_key
from xinzhi_core.problems import NOT_NUMERIC
from xinzhi_core.wording import Message, message

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", "xinzhi-core[frames]")


def holds_numbers(column: pd.Series) -> bool:
    """Whether the type of a column is one of real numbers; categories are not, whatever they are called.

    >>> holds_numbers(pd.Series([1, None], dtype="Int64")), holds_numbers(pd.Series([1, 2], dtype="category"))
    (True, False)
    """
    return column.dtype.kind in "fiub"


def require_numbers(frame: Mapping[str, pd.Series] | pd.DataFrame, names: Iterable[str]) -> None:
    """Refuse columns that do not hold finite numbers; empty cells are allowed.

    Raises
    ------
    NotNumeric, OutOfDomain
        `data.not_numeric`, `data.infinite`: once for each column.
    """
    # The keys of the rows are looked at where a column is refused: a column without them is quick to take.
    bare = frame if isinstance(frame, Mapping) else frame.set_axis(range(len(frame)), axis="index")
    columns = {name: bare[name] for name in names}
    texts = [
        not_numeric(name, frame[name])
        for name, column in columns.items()
        if not holds_numbers(column)
    ]
    if texts:
        raise NotNumeric(texts)
    infinite_columns = [
        infinite(name, frame[name])
        for name, column in columns.items()
        if np.isinf(column.to_numpy(dtype=np.float64, na_value=np.nan)).any()
    ]
    if infinite_columns:
        raise OutOfDomain(infinite_columns)


def not_numeric(name: str, series: pd.Series) -> Problem:
    """Say where a column, indexed (entity, period), holds something else than a number."""
    # A word is a better example than a number that is written as text.
    is_text = _is_text(series)
    place = int(np.argmax(is_text if is_text.any() else series.notna().to_numpy()))
    entity, period = series.index[place]
    return Problem(
        NOT_NUMERIC,
        message(
            "Column '{name}' holds '{value}', not a number.", name=name, value=series.iloc[place]
        ),
        Where(column=name, entity=str(entity), period=str(period)),
        message("use a column of numbers; a group can be an effect.")
        if is_text.any()
        else remedy_of_text(name, series),
    )


def infinite(name: str, series: pd.Series) -> Problem:
    """Say where a column, indexed (entity, period), holds an infinite value."""
    place = int(np.argmax(np.isinf(series.to_numpy(dtype=np.float64, na_value=np.nan))))
    entity, period = series.index[place]
    text = message("Column '{name}' holds an infinite value.", name=name)
    remedy = message("check for a division by zero or the logarithm of zero.")
    return Problem(
        "data.infinite", text, Where(column=name, entity=str(entity), period=str(period)), remedy
    )


def remedy_of_text(name: str, column: pd.Series) -> Message:
    """Say what to do with a column that holds no numbers; cells of text may be numbers."""
    if not _is_text(column).any() and column.dtype.kind != "M":
        return message(
            "convert it: frame['{name}'] = pandas.to_numeric(frame['{name}']).", name=name
        )
    return message("name a column of numbers, or correct the cells.")


def _is_text(column: pd.Series) -> npt.NDArray[np.bool_]:
    """Find the cells that are neither empty nor numbers written as text."""
    if column.dtype.kind in "mMc":
        return column.notna().to_numpy()
    numbers = pd.to_numeric(column.astype(object), errors="coerce")
    return (numbers.isna() & column.notna()).to_numpy()


Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.intp]

ODD: dict[str, Message] = {
    "empty": message("no values"),
    "text": message("text"),
    "constant": message("one value only"),
    "all_zero": message("all zeros"),
    "zeros": message("zeros"),
    "binary": message("0 or 1"),
    "integers": message("integers"),
    "negative": message("negative values"),
    "fixed_in_time": message("constant in time"),
    "same_for_all": message("the same for all entities"),
    "panel.unit_jump": message("jumps"),
    "panel.unit_entity": message("entities in another unit"),
    "panel.zero_period": message("a period of zeros"),
    "panel.zero_entity": message("an entity of zeros"),
    "plausible.above_hundred": message("above 100%"),
    "plausible.band": message("out of its usual size"),
    "plausible.code": message("codes"),
    "plausible.common_break": message("all break in one period"),
    "plausible.constant_growth": message("constant growth"),
    "plausible.dummy": message("a mark other than 0 and 1"),
    "plausible.equal_years": message("equal periods"),
    "plausible.fraction": message("fractions, not percent"),
    "plausible.growth_rate": message("growth rates among index numbers"),
    "plausible.identical": message("identical to another column"),
    "plausible.identical_series": message("identical entities"),
    "plausible.identity": message("contradicts a related column"),
    "plausible.levels": message("other levels"),
    "plausible.multiple": message("a multiple of another column"),
    "plausible.near_name": message("nearly the name of another column"),
    "plausible.one_value": message("one value in many entities"),
    "plausible.part_above_whole": message("a part above its whole"),
    "plausible.per_head": message("odd per head"),
    "plausible.repeated": message("repeated values"),
    "plausible.rounded_copy": message("a rounded copy"),
    "plausible.sorted_alone": message("sorted by itself"),
    "plausible.spike": message("a spike"),
    "plausible.straight_line": message("a straight line"),
    "plausible.sum": message("sums that do not match"),
    "plausible.unit_change": message("a change of unit"),
    "plausible.usual_range": message("out of the usual range"),
    "plausible.zero": message("zeros that may be gaps"),
}
"""What is odd about a column, in words; other codes of notices about the data stand for themselves."""
FEW_ZEROS = 0.01
"""Share of zeros from which on they are worth a word."""
MOST = 0.8
"""Share of the empty cells that the named periods, or entities, hold."""
FEW_PERIODS, FEW_ENTITIES = 1 / 3, 1 / 5
"""Largest share of the periods, or entities, that are named as the place of empty cells."""


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """A column of a panel."""

    column: str
    unit: str | None
    n: int
    """Cells that are not empty."""
    missing: int
    missing_share: float
    missing_periods: tuple[int, ...]
    """Periods that hold most empty cells, where these are few."""
    missing_entities: tuple[str, ...]
    """Entities that hold most empty cells, where these are few and no periods do."""
    minimum: float | None
    maximum: float | None
    mean: float | None
    between_sd: float | None
    """Standard deviation of the means of entities; None with fewer than two."""
    within_sd: float | None
    """Standard deviation of the differences from the mean of the entity; None in one period."""
    first_period: int | None
    last_period: int | None
    zero_share: float | None
    """Share of zeros among the cells that are not empty."""
    odd: tuple[str, ...]
    """What is odd: codes of `ODD`, then codes of notices about the column."""


@dataclass(frozen=True, slots=True)
class PanelProfile:
    """The columns of a panel, in its order."""

    columns: tuple[ColumnProfile, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a column."""
        rows = [asdict(column) for column in self.columns]
        return pd.DataFrame(rows, columns=list(ColumnProfile.__dataclass_fields__)).set_index(
            "column"
        )

    def to_dicts(self) -> list[dict[str, object]]:
        """Give the columns as `xinzhi check --format json` prints them."""
        return [
            {
                **asdict(column),
                "first_period": _key(column.first_period),
                "last_period": _key(column.last_period),
                "missing_periods": tuple(map(_key, column.missing_periods)),
            }
            for column in self.columns
        ]

    def __repr__(self) -> str:
        return self.to_frame().to_string()

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html())


def _key(period: int | None) -> int | str | None:
    return None if period is None else period_key(period)


def profile_panel(
    panel: Panel, notices: Iterable[Problem] = (), columns: Sequence[str] | None = None
) -> PanelProfile:
    """Describe each column of a panel: what it holds, where it is empty, how it varies.

    Parameters
    ----------
    panel
        With n rows.
    notices
        Warnings about the data, such as those of `check_panel`; their codes stand with their columns.
    columns
        Columns in their order; all of the panel if None.

    Returns
    -------
    PanelProfile
        Ranges and standard deviations are in the unit of the column.

    Examples
    --------
    >>> from xinzhi_core.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_product([["a", "b"], [2008, 2009]], names=["entity", "period"])
    >>> profile = profile_panel(panel_of(pd.DataFrame({"x": [1.0, 3.0, 4.0, np.nan]}, index=index)))
    >>> x = profile.columns[0]
    >>> x.missing, x.missing_periods, x.minimum, x.maximum, round(x.within_sd, 3)
    (1, (2009,), 1.0, 4.0, 1.0)
    """
    names = list(map(str, panel.frame)) if columns is None else list(columns)
    doubted: dict[str, dict[str, None]] = {}
    for notice in notices:
        if notice.where.column is not None:
            doubted.setdefault(notice.where.column, {})[notice.code] = None
    grid = _Grid.of(panel)
    profiles = (
        _column(name, panel.frame[name], panel.units.get(name), grid, tuple(doubted.get(name, ())))
        for name in names
    )
    return PanelProfile(tuple(profiles))


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """Entity and period of each row as codes, from 0."""

    entity: Codes
    period: Codes
    entities: tuple[str, ...]
    periods: tuple[int, ...]
    has_periods: bool

    @classmethod
    def of(cls, panel: Panel) -> _Grid:
        entity, entities = _codes(panel.frame.index, 0)
        period, periods = _codes(panel.frame.index, 1)
        return cls(
            entity, period, tuple(map(str, entities)), tuple(map(int, periods)), panel.has_periods
        )


def _codes(index: pd.Index, level: int) -> tuple[Codes, pd.Index]:
    """Replace the values of an index level by their numbers in sorted order, counting those that occur."""
    values = index.levels[level]  # type: ignore[attr-defined]
    codes = np.asarray(index.codes[level])  # type: ignore[attr-defined]
    occurs = np.flatnonzero(np.bincount(codes, minlength=len(values)))
    order = occurs[np.argsort(values[occurs], kind="stable")]
    numbers = np.zeros(len(values), dtype=np.intp)
    numbers[order] = np.arange(len(order))
    return numbers[codes], values[order]


def _column(
    name: str, values: pd.Series, unit: str | None, grid: _Grid, notices: tuple[str, ...]
) -> ColumnProfile:
    filled = values.notna().to_numpy(dtype=bool)
    periods, entities = _where_empty(~filled, grid)
    n, missing = int(filled.sum()), int((~filled).sum())
    numbers = values.to_numpy(dtype=np.float64)[filled] if holds_numbers(values) else None
    spread = _spread(numbers, filled, grid) if numbers is not None and n else _Spread()
    seen = grid.period[filled] if n and grid.has_periods else None
    return ColumnProfile(
        column=name,
        unit=unit,
        n=n,
        missing=missing,
        missing_share=missing / max(len(values), 1),
        missing_periods=periods,
        missing_entities=entities,
        minimum=spread.minimum,
        maximum=spread.maximum,
        mean=spread.mean,
        between_sd=spread.between,
        within_sd=spread.within,
        first_period=None if seen is None else grid.periods[int(seen.min())],
        last_period=None if seen is None else grid.periods[int(seen.max())],
        zero_share=None if numbers is None or not n else float((numbers == 0).mean()),
        odd=(*_odd(numbers, n, spread), *notices),
    )


@dataclass(frozen=True, slots=True)
class _Spread:
    """Range and variation of the values of a column."""

    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    between: float | None = None
    within: float | None = None
    in_period: float | None = None
    """Standard deviation of the differences from the mean of the period."""


def _spread(numbers: Floats, filled: Flags, grid: _Grid) -> _Spread:
    entity, period = grid.entity[filled], grid.period[filled]
    means = _group_means(numbers, entity)
    present = means[~np.isnan(means)]
    many = len(numbers) > 1
    # An infinite value has no deviation.
    with np.errstate(invalid="ignore"):
        return _Spread(
            float(numbers.min()),
            float(numbers.max()),
            float(numbers.mean()),
            float(present.std(ddof=1)) if len(present) > 1 else None,
            _deviation(numbers - means[entity]) if many and len(grid.periods) > 1 else None,
            _deviation(numbers - _group_means(numbers, period)[period]) if many else None,
        )


def _group_means(numbers: Floats, codes: Codes) -> Floats:
    """Average by code; a code without a value has none."""
    counts = np.bincount(codes).astype(np.float64)
    counts[counts == 0] = np.nan
    return np.asarray(np.bincount(codes, numbers) / counts)


def _deviation(differences: Floats) -> float:
    return float(np.sqrt(differences @ differences / (len(differences) - 1)))


def _where_empty(empty: Flags, grid: _Grid) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Name the few periods, or else the few entities, that hold most of the empty cells."""
    if not empty.any() or empty.all():
        return (), ()
    if grid.has_periods:
        periods = _most(np.bincount(grid.period[empty]), len(grid.periods) * FEW_PERIODS)
        if periods:
            return tuple(sorted(grid.periods[code] for code in periods)), ()
    entities = _most(np.bincount(grid.entity[empty]), len(grid.entities) * FEW_ENTITIES)
    return (), tuple(grid.entities[code] for code in entities)


def _most(counts: Codes, largest_number: float) -> tuple[int, ...]:
    """Take the codes that hold most of a count, the largest first; none if these are many."""
    # The fewest codes that reach the share; ties in the order of the codes.
    order = np.argsort(-counts, kind="stable")
    n = int(np.searchsorted(np.cumsum(counts[order]), MOST * counts.sum())) + 1
    return tuple(map(int, order[:n])) if n <= max(1, largest_number) else ()


def _odd(numbers: Floats | None, n: int, spread: _Spread) -> Iterator[str]:
    if not n:
        yield "empty"
    elif numbers is None:
        yield "text"
    elif spread.minimum == spread.maximum:
        yield "all_zero" if spread.minimum == 0 else "constant"
    else:
        yield from _odd_numbers(numbers, spread)


def _odd_numbers(numbers: Floats, spread: _Spread) -> Iterator[str]:
    is_zero = numbers == 0
    # Differences from a mean are rounding below this, as the mean of equal numbers need not be exact.
    scale = max(abs(spread.minimum or 0.0), abs(spread.maximum or 0.0)) * 1e-12
    if bool((is_zero | (numbers == 1)).all()):
        yield "binary"
    else:
        if bool((numbers == np.floor(numbers)).all()):
            yield "integers"
        if is_zero.mean() >= FEW_ZEROS:
            yield "zeros"
    if (spread.minimum or 0.0) < 0:
        yield "negative"
    if spread.within is not None and spread.within <= scale:
        yield "fixed_in_time"
    if spread.in_period is not None and spread.in_period <= scale and spread.within:
        yield "same_for_all"
