"""The specification of a regression: variables, effects and standard errors; contradictions are refused.

The default standard errors are clustered by entity in a panel, independent in a cross-section: with
ordinary serial correlation (AR(1) of 0.6 in regressor and error, 115 entities, 16 periods), intervals of
nominal 95 % cover 83 % under independent errors and 95 % under clusters of entities. So in a panel
independence has to be stated. See docs/decisions/0014-default-errors.md.

The estimation sample: which rows a regression uses, and its columns as arrays.

Regressors of two values that entities switch to at several dates: staggered starts.

With effects of entities and periods, the slope of such a regressor is a weighted average of comparisons of
two groups in two spans of time. Some of them compare late starters with early ones that have started already;
where effects change over time their weights can be negative, and the slope can have the wrong sign.

An entity whose last row without and first row with the regressor are periods apart started at any time between
them. Its start is an interval (a, b], and the number of dates is the smallest number of points that meets all
intervals: by taking the earliest end again and again, which is exact for intervals. So rows that are missing
make no date of their own.

References
----------
Goodman-Bacon (2021), doi:10.1016/j.jeconom.2021.03.014.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.errors import (
    DataError,
    DuplicateKey,
    MethodError,
    NotNumeric,
    OutOfDomain,
    Problem,
    SpecError,
    StudyError,
    Where,
)
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel
from xinzhi_core.panel.profile import holds_numbers, infinite, not_numeric
from xinzhi_core.problems import duplicate_key, require_columns, unknown_choice
from xinzhi_core.wording import message
from xinzhi_econometrics.least_squares import Array, Codes, Grouping, group_codes


@dataclass(frozen=True, slots=True)
class Covariance:
    """How the standard errors are computed."""

    kind: str = "iid"
    """iid | hc1 | cluster | two_way | driscoll_kraay; `default` where none was stated."""
    clusters: tuple[str, ...] = ()
    """One column for `cluster`, two for `two_way`; `entity` and `period` name the keys."""
    lag: int | None = None
    """Lag of Driscoll-Kraay errors."""
    rule: str = "fixest"
    """fixest (= reghdfe) | stata | areg: the small-sample rule."""
    is_default: bool = False
    """Whether the standard errors were left to the default."""

    @property
    def is_stated(self) -> bool:
        """Whether the kind of errors does not wait for the data."""
        return self.kind != "default"


LEAST_SQUARES = "least_squares"
DEFAULT = Covariance("default", is_default=True)
"""Clusters of entities in a panel, independent errors elsewhere: see `default_errors`."""


@dataclass(frozen=True, slots=True)
class Regression:
    """outcome ~ regressors + controls | effects."""

    outcome: str
    regressors: tuple[str, ...]
    """Variables of interest: an error, not dropped, when they are not identified."""
    controls: tuple[str, ...] = ()
    effects: tuple[str, ...] = ("entity", "period")
    """`entity`, `period` or any column; empty for pooled least squares with a constant."""
    covariance: Covariance = DEFAULT
    label: str = ""
    singletons: str = "drop"
    """drop | keep: rows that are the only one of a level of an effect carry no information on the slopes."""
    estimator: str = LEAST_SQUARES
    """least_squares | fractional_logit | random_effects: a name in `fit.ESTIMATORS`."""
    level: float = 0.95
    """Coverage of the intervals: 1 less the level at which a study judges its effects."""


def with_errors(data: Panel | pd.DataFrame, regression: Regression) -> Regression:
    """Choose the default standard errors for these data; stated ones are kept.

    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> panel = pd.DataFrame({"x": 1.0}, index=index)
    >>> with_errors(panel, Regression("y", ("x",))).covariance.clusters
    ('entity',)
    >>> with_errors(panel.iloc[::2], Regression("y", ("x",))).covariance.kind
    'iid'
    """
    how = regression.covariance
    if how.is_stated:
        return regression
    frame = data.frame if isinstance(data, Panel) else data
    if is_panel(frame.index):
        return replace(regression, covariance=replace(how, kind="cluster", clusters=(ENTITY,)))
    # The variance of a share depends on its mean: a fractional logit has no errors of one variance.
    kind = "hc1" if regression.estimator == "fractional_logit" else "iid"
    return replace(regression, covariance=replace(how, kind=kind))


def with_other_errors(
    frame: pd.DataFrame, regression: Regression, errors: Covariance
) -> Regression | None:
    """Give a regression by least squares other standard errors; None where it has these already.

    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["entity", "period"])
    >>> panel, asked = pd.DataFrame({"x": 1.0}, index=index), Regression("y", ("x",))
    >>> with_other_errors(panel, asked, Covariance("cluster", ("entity",))) is None
    True
    >>> with_other_errors(panel, asked, Covariance("hc1")).covariance.kind
    'hc1'
    """
    if regression.estimator != LEAST_SQUARES:
        return None
    # The default stands for clusters or independence, depending on the data: compared as resolved.
    current, other = (
        replace(
            with_errors(frame, replace(regression, covariance=how)).covariance, is_default=False
        )
        for how in (regression.covariance, errors)
    )
    return None if current == other else replace(regression, covariance=errors)


def is_panel(index: pd.Index) -> bool:
    """Whether an index (entity, period) has more than one of each."""
    # By codes: levels that no row uses any more stay in the index of a frame that was cut.
    codes = [np.asarray(level) for level in getattr(index, "codes", ())[:2]]
    return all(len(level) and bool((level != level[0]).any()) for level in codes)


CLUSTERS = {"iid": 0, "hc1": 0, "cluster": 1, "two_way": 2, "driscoll_kraay": 0}
"""Kind of errors -> number of clustering columns."""
RULES = ("fixest", "stata", "areg")


def check_words(regression: Regression, *, needs_regressor: bool = True) -> None:
    """Refuse a regression with contradictory options.

    Without `needs_regressor` it may have none, where an analysis brings one of its own.
    """
    problems = [*_problems_of_variables(regression), *_problems_of_errors(regression.covariance)]
    if needs_regressor and not (regression.regressors or regression.controls):
        text = message("The regression has no regressor.")
        remedy = message("name at least one regressor.")
        problems.insert(0, Problem("reg.no_regressors", text, remedy=remedy))
    if regression.singletons not in {"drop", "keep"}:
        problems.append(unknown_choice(regression.singletons, "singletons", ("drop", "keep")))
    if problems:
        raise SpecError(problems)


def _problems_of_variables(regression: Regression) -> Iterator[Problem]:
    variables = (regression.outcome, *regression.regressors, *regression.controls)
    twice = sorted({name for name in variables if variables.count(name) > 1})
    if twice:
        text = message("The regression names {names} more than once.", names=", ".join(twice))
        remedy = message("name each variable once, as outcome, regressor or control.")
        yield Problem("reg.named_twice", text, remedy=remedy)


def _problems_of_errors(how: Covariance) -> Iterator[Problem]:
    if how.rule not in RULES:
        yield unknown_choice(how.rule, "rule", RULES)
    if how.kind not in CLUSTERS:
        yield unknown_choice(how.kind, "covariance", tuple(CLUSTERS))
    elif len(how.clusters) != CLUSTERS[how.kind]:
        what = message(
            "Standard errors of the kind {kind} take {n} cluster variables, not {given}.",
            one="Standard errors of the kind {kind} take {n} cluster variable, not {given}.",
            kind=how.kind,
            n=CLUSTERS[how.kind],
            given=len(how.clusters),
        )
        remedy = message("name one column for cluster, two for two_way, none for the others.")
        yield Problem("reg.clusters", what, remedy=remedy)
    if how.lag is not None and how.kind != "driscoll_kraay":
        text = message("Standard errors of the kind {kind} have no lag.", kind=how.kind)
        remedy = message("leave out the lag, or use driscoll_kraay.")
        yield Problem("reg.lag_without", text, remedy=remedy)
    if how.rule in RULES[1:] and how.kind in {"iid", "hc1"}:
        text = message(
            "Standard errors of the kind {kind} have no small-sample rule.", kind=how.kind
        )
        remedy = message("leave out the rule, or use clustered or Driscoll-Kraay standard errors.")
        yield Problem("reg.rule_without", text, remedy=remedy)


def require_least_squares(regression: Regression) -> None:
    """Refuse another estimator where the mathematics is that of least squares.

    Raises
    ------
    SpecError
        With code `reg.least_squares_only`.
    """
    if regression.estimator != LEAST_SQUARES:
        what = message(
            "This analysis is defined for least squares, not for the estimator '{name}'.",
            name=regression.estimator,
        )
        remedy = message("use a regression with the estimator least_squares.")
        raise SpecError(Problem("reg.least_squares_only", what, Where(key="estimator"), remedy))


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
            "The frame has {n} index levels, not entity and period.",
            one="The frame has {n} index level, not entity and period.",
            n=data.index.nlevels,
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


def draw(
    data: Panel | pd.DataFrame, regression: Regression, *, needs_regressor: bool = True
) -> Sample:
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
    check_words(regression, needs_regressor=needs_regressor)
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
    data: Panel | pd.DataFrame,
    regression: Regression,
    others: tuple[str, ...],
    *,
    needs_regressor: bool = True,
) -> tuple[pd.DataFrame, Sample]:
    """Keep the rows that the regression and other columns can use together: one common sample."""
    # As controls the other columns take part in the selection of rows, singletons included.
    wide = replace(regression, controls=(*regression.controls, *others))
    sample = draw(data, wide, needs_regressor=needs_regressor)
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
    occurs = np.bincount(index.codes[1], minlength=len(index.levels[1])) > 0
    periods = np.sort(np.asarray(index.levels[1])[occurs])
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
        "No rows remain: {missing}, {singletons}.",
        missing=message(
            "{n} have missing values", one="{n} has missing values", n=sample.n_missing
        ),
        singletons=message(
            "{n} are singletons of a fixed effect",
            one="{n} is a singleton of a fixed effect",
            n=sample.n_singletons,
        ),
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
    bare = frame.set_axis(range(len(frame)), axis="index")
    values = np.empty((len(frame), len(columns)), order="F")
    empty = np.zeros(len(frame), dtype=bool)
    problems: list[tuple[type[StudyError], Problem]] = []
    for j, name in enumerate(columns):
        series = bare[name]
        if not holds_numbers(series):
            problems.append((NotNumeric, not_numeric(name, frame[name])))
            continue
        plain = series.to_numpy()
        is_plain = plain.dtype.kind in "fiub"
        values[:, j] = plain if is_plain else series.to_numpy(dtype=np.float64, na_value=np.nan)
        if np.isfinite(values[:, j]).all():
            continue
        empty |= np.isnan(values[:, j])
        if np.isinf(values[:, j]).any():
            problems.append((OutOfDomain, infinite(name, frame[name])))
    if problems:
        # All problems are raised together, as an error of the first kind: texts before infinite cells.
        problems.sort(key=lambda problem: problem[0] is OutOfDomain)
        raise problems[0][0](problem for _, problem in problems)
    return values, empty


CODE = "reg.staggered"


@dataclass(frozen=True, slots=True)
class Starts:
    """When entities switch to the higher of two values."""

    dates: tuple[int, ...]
    """Places of the first periods with it among the periods of the sample, no more than are needed."""
    n_entities: int
    """Entities that switch within the sample."""


def starts_of(column: Array, entity: Codes, place: Codes) -> Starts | None:
    """Find when entities switch on; None for what is not two values, or is switched off anywhere.

    Parameters
    ----------
    column
        The regressor, (n,).
    entity, place
        Numbers of entity and period of each row, sorted by both, (n,).

    Examples
    --------
    >>> entity, place = np.repeat([0, 1], 3), np.tile([0, 1, 2], 2)
    >>> starts_of(np.array([0.0, 1, 1, 0, 0, 1]), entity, place)
    Starts(dates=(1, 2), n_entities=2)
    """
    low, high = float(column.min(initial=np.inf)), float(column.max(initial=-np.inf))
    is_on = column == high
    if low >= high or not (is_on | (column == low)).all():
        return None
    same = entity[1:] == entity[:-1]
    if (same & is_on[:-1] & ~is_on[1:]).any():
        return None
    at = np.flatnonzero(same & ~is_on[:-1] & is_on[1:])
    intervals = sorted(zip(place[at + 1].tolist(), place[at].tolist(), strict=True))
    dates: list[int] = []
    for first_with, last_without in intervals:
        if not dates or last_without >= dates[-1]:
            dates.append(first_with)
    return Starts(tuple(dates), len(at))


def staggered_notices(
    sample: Sample, names: Collection[str], *, but: Collection[str] = ()
) -> Iterator[Notice]:
    """Say which regressors switch on at several dates.

    Parameters
    ----------
    sample
        Rows sorted by entity and period.
    names
        Columns that have a coefficient.
    but
        Columns that are not regressors: instruments.
    """
    entity, place = np.asarray(sample.index.codes[0], dtype=np.intp), periods_of(sample.index)
    for name, column in zip(sample.names, sample.design.T, strict=True):
        if name not in names or name in but:
            continue
        starts = starts_of(column, entity, place)
        if starts is None or len(starts.dates) < 2:
            continue
        labels = np.unique(np.asarray(sample.index.get_level_values(1)))
        text = message(
            "'{name}' switches on at {dates} dates ({first} to {last}), in {n} entities. With effects of entities and periods one coefficient mixes groups that start at different dates: late starters are compared with early ones too, and where effects change over time it may be the effect of none (Goodman-Bacon 2021, doi:10.1016/j.jeconom.2021.03.014). Estimators of staggered starts are not available here.",
            name=name,
            dates=len(starts.dates),
            first=str(labels[starts.dates[0]]),
            last=str(labels[starts.dates[-1]]),
            n=starts.n_entities,
        )
        yield Notice(CODE, text, Where(column=name))
