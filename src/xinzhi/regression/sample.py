"""The estimation sample: which rows a regression uses, and its columns as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import (
    DataError,
    DuplicateKey,
    MethodError,
    NotNumeric,
    OutOfDomain,
    Problem,
    StudyError,
    Where,
)
from xinzhi.panel.numeric import holds_numbers, infinite, not_numeric
from xinzhi.panel.panel import ENTITY, PERIOD, Panel
from xinzhi.problems import duplicate_key, require_columns
from xinzhi.regression.grouping import Array, Codes, Grouping, group_codes
from xinzhi.regression.specification import Regression, check_words, with_errors
from xinzhi.wording import message

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The rows that are used, sorted by entity and period."""

    index: pd.MultiIndex
    outcome: Array
    """Shape (n,)."""
    design: Array
    """Shape (n, k): variables of interest first, then controls."""
    names: tuple[str, ...]
    n_of_interest: int
    effects: tuple[Grouping, ...]
    clusters: tuple[Grouping, ...]
    n_missing: int = 0
    n_singletons: int = 0

    def keep(self, rows: Mask) -> Sample:
        """Keep some rows."""
        if rows.all():
            return self
        return replace(
            self,
            index=self.index[rows],
            outcome=self.outcome[rows],
            design=rows_of(self.design, rows),
            effects=tuple(effect.keep(rows) for effect in self.effects),
            clusters=tuple(cluster.keep(rows) for cluster in self.clusters),
        )


def frame_of(data: Panel | pd.DataFrame) -> pd.DataFrame:
    """Get the frame of a panel; a plain frame is checked and sorted by its two keys."""
    if isinstance(data, Panel):
        return data.frame
    if data.index.nlevels != 2:
        what = message(
            "The frame has {n} index levels, not entity and period.", n=data.index.nlevels
        )
        remedy = message("use frame.set_index([entity, period]).")
        raise DataError(Problem("panel.index", what, remedy=remedy))
    if not data.index.is_unique:
        entity, period = data.index[data.index.duplicated()][0]
        raise DuplicateKey(duplicate_key(str(entity), str(period)))
    return data if data.index.is_monotonic_increasing else data.sort_index()


def rows_of(columns: Array, rows: Mask) -> Array:
    """Keep some rows, columns in one piece each."""
    places = np.flatnonzero(rows)
    selected = np.empty((len(places), columns.shape[1]), order="F")
    for j in range(columns.shape[1]):
        np.take(columns[:, j], places, out=selected[:, j])
    return selected


def key_of(frame: pd.DataFrame, name: str) -> str:
    """Translate the frame's own names of its two keys to `entity` and `period`; keep other names.

    >>> index = pd.MultiIndex.from_tuples([("a", 1)], names=["city", "year"])
    >>> frame = pd.DataFrame({"x": [1.0]}, index=index)
    >>> key_of(frame, "year"), key_of(frame, "x")
    ('period', 'x')
    """
    names = list(frame.index.names)
    if name in frame.columns or name not in names:
        return name
    return (ENTITY, PERIOD)[names.index(name)]


def with_keys(frame: pd.DataFrame, regression: Regression) -> Regression:
    """Translate the frame's own names of its keys in effects and clusters to `entity` and `period`."""
    how = regression.covariance
    clusters = tuple(key_of(frame, name) for name in how.clusters)
    return replace(
        regression,
        effects=tuple(key_of(frame, name) for name in regression.effects),
        covariance=replace(how, clusters=clusters),
    )


def draw(data: Panel | pd.DataFrame, regression: Regression) -> Sample:
    """Check a regression against the data and select the estimation sample.

    Rows with an empty cell are left out and counted; then, with `singletons` drop, singletons of any
    effect, repeatedly until none is left.

    Raises
    ------
    SpecError, MissingColumn, NotNumeric, OutOfDomain
        What was asked does not fit the data; all problems of a kind at once.
    MethodError
        No row is left.
    """
    frame = frame_of(data)
    regression = with_errors(frame, regression)
    check_words(regression)
    columns = (regression.outcome, *regression.regressors, *regression.controls)
    keys = (*regression.effects, *regression.covariance.clusters)
    _check_columns(frame, columns, keys)
    values, empty = _numbers(frame, columns)
    codes = {key: _codes(frame, key) for key in dict.fromkeys(keys)}
    for levels in codes.values():
        empty |= levels < 0
    return select(regression, _keys(frame), values, empty, codes)


def select(
    regression: Regression,
    index: pd.MultiIndex,
    values: Array,
    empty: Mask,
    codes: Mapping[str, Codes],
) -> Sample:
    """Select the estimation sample from columns that have been read.

    Parameters
    ----------
    values
        Outcome, variables of interest and controls side by side, shape (n, 1 + k).
    empty
        Rows with an empty cell in a column, an effect or a cluster.
    codes
        Level of each row of the effects and clusters.
    """
    used = slice(None) if not empty.any() else ~empty
    groups = {key: group_codes(key, levels[used]) for key, levels in codes.items()}
    sample = Sample(
        index=index if not empty.any() else index[~empty],
        outcome=values[used, 0],
        design=values[:, 1:] if isinstance(used, slice) else rows_of(values[:, 1:], used),
        names=(*regression.regressors, *regression.controls),
        n_of_interest=len(regression.regressors),
        effects=tuple(groups[key] for key in regression.effects),
        clusters=tuple(groups[key] for key in regression.covariance.clusters),
        n_missing=int(empty.sum()),
    )
    if len(sample.outcome) > 1:
        require_two_levels(sample.effects, len(sample.outcome))
    if regression.singletons == "drop":
        sample = _drop_singletons(sample)
    if not len(sample.outcome):
        raise MethodError(_no_rows(sample))
    return sample


def read_columns(
    frame: pd.DataFrame, names: tuple[str, ...], keys: tuple[str, ...]
) -> tuple[Array, dict[str, Codes]]:
    """Read columns of numbers, shape (n, m), and the levels of effects and clusters.

    Raises
    ------
    MissingColumn, NotNumeric, OutOfDomain
        A column is not there or does not hold finite numbers; empty cells are NaN, or level -1.
    """
    _check_columns(frame, names, keys)
    return _numbers(frame, names)[0], {key: _codes(frame, key) for key in keys}


def common(
    data: Panel | pd.DataFrame, regression: Regression, others: tuple[str, ...]
) -> tuple[pd.DataFrame, Sample]:
    """Keep the rows that the regression and other columns can use together: one common sample."""
    # As controls the other columns take part in the selection of rows, singletons included.
    wide = replace(regression, controls=(*regression.controls, *others))
    sample = draw(data, wide)
    return frame_of(data).loc[sample.index], sample


def periods_of(index: pd.MultiIndex) -> Codes:
    """Periods in the order of time, numbered from 0."""
    levels = index.levels[1]
    codes = np.asarray(index.codes[1], dtype=np.intp)
    if not levels.is_monotonic_increasing:
        codes = np.argsort(np.argsort(np.asarray(levels)))[codes]
    # Levels that no row uses any more are skipped, so that codes count the periods that occur.
    return group_codes("period", codes).codes


def times_of(index: pd.MultiIndex) -> Array:
    """Measure the periods that occur, in the order of `periods_of`, in units of the smallest step.

    Periods that are not numbers are one step apart.

    >>> index = pd.MultiIndex.from_product([["a", "b"], [2000, 2002, 2006]])
    >>> times_of(index).tolist()
    [0.0, 1.0, 3.0]
    """
    periods = np.unique(np.asarray(index.get_level_values(1)))
    if periods.dtype.kind not in "iuf" or len(periods) < 2:
        return np.arange(len(periods), dtype=np.float64)
    times = periods.astype(np.float64) - float(periods[0])
    return np.asarray(times / np.diff(times).min())


def require_two_levels(effects: Iterable[Grouping], n: int) -> None:
    """Refuse effects that all rows share.

    Raises
    ------
    MethodError
        `reg.one_level`, once for each effect.
    """
    problems = [
        Problem(
            "reg.one_level",
            message(
                "'{name}' has one level in the {n} rows used: its fixed effect is the constant.",
                one="'{name}' has one level in the {n} row used: its fixed effect is the constant.",
                name=effect.name,
                n=n,
            ),
            Where(column=effect.name),
            message("leave '{name}' out of the effects.", name=effect.name),
        )
        for effect in effects
        if effect.n_levels < 2
    ]
    if problems:
        raise MethodError(problems)


def columns_of(data: Panel | pd.DataFrame, columns: tuple[str, ...]) -> Array:
    """Get columns of numbers as one array (n, m); empty cells are NaN."""
    frame = frame_of(data)
    _check_columns(frame, columns, ())
    return _numbers(frame, columns)[0]


def _no_rows(sample: Sample) -> Problem:
    what = message(
        "No rows remain: {missing} have missing values, {singletons} are singletons of a "
        "fixed effect.",
        missing=sample.n_missing,
        singletons=sample.n_singletons,
    )
    remedy = message("leave out variables with many gaps, or an effect with one row a level.")
    return Problem("reg.no_rows", what, remedy=remedy)


def _drop_singletons(sample: Sample) -> Sample:
    n = len(sample.outcome)
    # Dropping a singleton of one effect can make a singleton of another (Correia 2015).
    while True:
        rows: Mask = np.ones(len(sample.outcome), dtype=bool)
        for effect in sample.effects:
            rows &= effect.counts[effect.codes] > 1
        if rows.all():
            dropped = n - len(sample.outcome)
            return replace(sample, n_singletons=dropped) if dropped else sample
        sample = sample.keep(rows)


def _check_columns(frame: pd.DataFrame, columns: tuple[str, ...], keys: tuple[str, ...]) -> None:
    columns_there = [str(column) for column in frame.columns]
    index = {ENTITY, PERIOD, *(str(name) for name in frame.index.names)}
    wanted = [*columns, *(name for name in keys if name not in index)]
    require_columns([name for name in wanted if name not in columns_there], columns_there)


def _codes(frame: pd.DataFrame, name: str) -> Codes:
    """Level of each row of an effect or cluster, a column or one of the two keys; -1 if empty."""
    if name in frame.columns:
        return pd.factorize(frame[name])[0].astype(np.intp)
    names = list(frame.index.names)
    level = names.index(name) if name in names else (ENTITY, PERIOD).index(name)
    return np.asarray(_keys(frame).codes[level], dtype=np.intp)


def _keys(frame: pd.DataFrame) -> pd.MultiIndex:
    index = frame.index
    assert isinstance(index, pd.MultiIndex)
    return index


def _numbers(frame: pd.DataFrame, columns: tuple[str, ...]) -> tuple[Array, Mask]:
    """Read columns as one array (n, 1 + k), and find the rows with an empty cell."""
    # In one piece a column: all that follows works column by column.
    values = np.empty((len(frame), len(columns)), order="F")
    empty = np.zeros(len(frame), dtype=bool)
    problems: list[tuple[type[StudyError], Problem]] = []
    for j, name in enumerate(columns):
        series = frame[name]
        if not holds_numbers(series):
            problems.append((NotNumeric, not_numeric(name, series)))
            continue
        plain = series.to_numpy()
        is_plain = plain.dtype.kind in "fiub"
        values[:, j] = plain if is_plain else series.to_numpy(dtype=np.float64, na_value=np.nan)
        empty |= np.isnan(values[:, j])
        if np.isinf(values[:, j]).any():
            problems.append((OutOfDomain, infinite(name, series)))
    if problems:
        # All problems are raised together, as an error of the first kind: texts before infinite cells.
        problems.sort(key=lambda problem: problem[0] is OutOfDomain)
        raise problems[0][0](problem for _, problem in problems)
    return values, empty
