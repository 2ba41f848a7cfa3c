"""Which index level or column names the entity of a row, and which its period.

Names decide. Where they do not, values do, but only where there is one way to read them: nothing
is taken by its place.

Dates as periods: years, quarters or months, whichever tells the rows of an entity apart.

Put what was computed for rows beside the data that they came from, by entity and period.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.errors import DataError, MissingColumn, Problem, SpecError, Where
from xinzhi_core.panel.calendar import Calendar
from xinzhi_core.panel.panel import ENTITY, NO_PERIOD, PERIOD, Panel
from xinzhi_core.periods import FREQUENCIES, Frequency
from xinzhi_core.problems import DUPLICATE_KEY, missing_key
from xinzhi_core.wording import Wording, message
from xinzhi_panel.columns import vocabulary as words
from xinzhi_panel.columns.frames import numbers_of_objects, table_of, with_plain_columns
from xinzhi_panel.io.recognise.keys import without_decimals
from xinzhi_panel.io.recognise.years import other_calendar, other_calendars


def is_dates(values: pd.Index) -> bool:
    """Whether values are dates or periods, and not numbers or text."""
    return values.dtype.kind == "M" or isinstance(
        values.dtype, (pd.PeriodDtype, pd.DatetimeTZDtype)
    )


def calendar_of(entities: pd.Index, dates: pd.Index, column: str) -> Calendar:
    """Find the longest period of which no entity has two rows.

    Raises
    ------
    DataError
        Dates have a time zone, or an entity has two rows in one month.

    Examples
    --------
    >>> days = pd.DatetimeIndex(["2008-06-30", "2009-06-30"])
    >>> calendar_of(pd.Index(["a", "a"]), days, "date").frequency
    'Y'
    """
    periods = periods_of(dates, column)
    # From years to the finest period that the dates have: the first without twins is the longest.
    finest = FREQUENCIES[: FREQUENCIES.index(_frequency(dates)) + 1]
    for frequency in finest:
        if not pd.MultiIndex.from_arrays([entities, periods.asfreq(frequency)]).has_duplicates:
            return Calendar(frequency)
    twice = pd.MultiIndex.from_arrays([entities, periods.asfreq(finest[-1])])
    entity, period = twice[twice.duplicated()][0]
    raise DataError.of(
        message("{entity} has more than one row in {period}.", entity=entity, period=str(period)),
        Where(column=column, entity=str(entity)),
        message("take the mean or the sum of each period first: years, quarters or months."),
        code=DUPLICATE_KEY,
    )


def periods_of(dates: pd.Index, column: str) -> pd.PeriodIndex:
    """Read dates as periods."""
    if isinstance(dates.dtype, pd.DatetimeTZDtype):
        raise DataError.of(
            message("The dates have a time zone ({zone}).", zone=str(dates.dtype.tz)),
            Where(column=column),
            message("take it off: frame['{column}'].dt.tz_localize(None).", column=column),
            code="panel.time_zone",
        )
    return dates if isinstance(dates, pd.PeriodIndex) else pd.DatetimeIndex(dates).to_period("M")


def _frequency(dates: pd.Index) -> Frequency:
    """Find the finest period that dates can be told apart by."""
    if not isinstance(dates.dtype, pd.PeriodDtype):
        return "M"
    word = str(dates.dtype).removeprefix("period[")[0]
    return "Y" if word in "YA" else "Q" if word == "Q" else "M"


Key = str | int
"""Name of a column or of an index level; a number is the position of an index level."""
TEXT = pd.Index(["a"]).dtype
"""Type that pandas gives to texts."""
Role = Literal["entity", "period"]
Periods = npt.NDArray[np.int64]
Codes = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class KeyLevel:
    """An index level or a column that may be a key."""

    name: Hashable
    source: pd.Index
    """The index of which it is a level, or the column."""
    place: int | None = None
    """Position of an index level; None for a column."""

    @property
    def labels(self) -> pd.Index:
        """The value of each row."""
        return self.source if self.place is None else self.source.get_level_values(self.place)

    @property
    def distinct(self) -> tuple[pd.Index, Codes]:
        """Values that occur, and for each row the position of its own, -1 where it is empty.

        Values that are equal but not written alike, as True and 1 among objects, are not joined.
        """
        if isinstance(self.source, pd.MultiIndex) and self.place is not None:
            return _occurring(self.source.levels[self.place], self.source.codes[self.place])
        values = self.labels
        if isinstance(values, pd.CategoricalIndex):
            return _occurring(values.categories, values.codes)
        if values.dtype == object and pd.api.types.infer_dtype(values, skipna=False) != "string":
            codes = np.where(values.isna(), -1, np.arange(len(values)))
            return values, codes
        codes, present = pd.factorize(values)
        return pd.Index(present), codes

    @property
    def role(self) -> Role | None:
        """The role that its name suggests."""
        if self.name in (ENTITY, PERIOD):
            return "entity" if self.name == ENTITY else "period"
        is_entity, is_period = (
            _matches(self.name, heads) for heads in (words.ENTITY, words.PERIOD)
        )
        if is_entity == is_period:
            return None
        return "entity" if is_entity else "period"

    @property
    def is_whole(self) -> bool:
        """Whether all values are whole numbers, perhaps written as text: they could be periods."""
        values, codes = self.distinct
        return bool((codes >= 0).all()) and _periods(values) is not None

    @property
    def is_dated(self) -> bool:
        """Whether all values are dates or periods."""
        if isinstance(self.source, pd.MultiIndex) and self.place is not None:
            return is_dates(self.source.levels[self.place])
        return is_dates(self.labels)

    def is_same(self, other: KeyLevel) -> bool:
        """Whether both are the same level or column."""
        return (self.name, self.place) == (other.name, other.place)


def keyed(
    data: object, entity: Key | None = None, period: Key | None = None
) -> Panel | pd.DataFrame:
    """Return a frame indexed (entity, period), rows as given; a panel as it is.

    Parameters
    ----------
    data
        A panel; or a frame with two index levels, whose names or values say which is which; or any
        frame with `entity` and `period`. A frame with one index level, of which no column could be a
        key, is a cross-section.
    entity, period
        Columns or index levels. A frame with `entity` alone is a cross-section, unless its index
        has one more level.

    Raises
    ------
    SpecError
        The keys cannot be distinguished, with the remedy.
    MissingColumn
        A key is neither a column nor an index level.
    DataError
        A period is not a whole number, or a key is empty.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([(2008, "a"), (2009, "a")], names=["year", "city"])
    >>> keyed(pd.DataFrame({"x": [1.0, 2.0]}, index), None, None).index.tolist()
    [('a', 2008), ('a', 2009)]
    """
    table = table_of(data)
    if isinstance(table, Panel):
        _refuse_other_keys(table, entity, period)
        return table
    return indexed(table, *keys_of(table, entity, period))


def keys_of(
    frame: pd.DataFrame, entity: Key | None, period: Key | None
) -> tuple[KeyLevel, KeyLevel | None]:
    """Find the level or column of the entity and of the period; None for a cross-section."""
    if entity is None and period is None:
        keys = _by_name_or_value(frame)
    else:
        keys = _named_keys(frame, entity, period)
    if not len(frame):
        raise DataError.of(
            message("The data have no rows."),
            Where(key="data"),
            message("check the condition by which rows were selected, or the file."),
            code="panel.no_rows",
        )
    return keys


def _refuse_other_keys(panel: Panel, entity: Key | None, period: Key | None) -> None:
    """Refuse names that are not those of the panel."""
    for given, key, word in zip((entity, period), panel.keys, (ENTITY, PERIOD), strict=True):
        if given not in (None, key, word):
            raise SpecError.of(
                message(
                    "The panel's {key} is '{own}', not '{told}'.", key=word, own=key, told=given
                ),
                Where(key=word),
                message("leave {key} out: a panel has its own keys.", key=word),
                code="panel.keys",
            )


def _levels(frame: pd.DataFrame) -> list[KeyLevel]:
    index = frame.index
    return [KeyLevel(name, index, place) for place, name in enumerate(index.names)]


def _by_name_or_value(frame: pd.DataFrame) -> tuple[KeyLevel, KeyLevel | None]:
    levels = _levels(frame)
    if len(levels) == 1:
        return _key_of_cross_section(frame, levels[0])
    if len(levels) != 2:
        raise _ambiguous(
            message(
                "The frame has {n} index levels, and nothing shows which values are entities and "
                "which are periods.",
                n=len(levels),
            )
        )
    roles = [level.role for level in levels]
    first, second = levels
    if roles in (["entity", "period"], ["entity", None], [None, "period"]):
        return first, second
    if roles in (["period", "entity"], ["period", None], [None, "entity"]):
        return second, first
    if roles == [None, None] and first.is_whole != second.is_whole:
        return (second, first) if first.is_whole else (first, second)
    names = ", ".join("—" if level.name is None else str(level.name) for level in levels)
    raise _ambiguous(
        message(
            "The index levels ({names}) do not say which is the entity and which the period, and "
            "their values could be either.",
            names=names,
        )
    )


def _key_of_cross_section(frame: pd.DataFrame, index: KeyLevel) -> tuple[KeyLevel, None]:
    """Take the one index level as the names of a cross-section's rows, where no column could be a key."""
    columns = [KeyLevel(name, pd.Index(frame[name])) for name in frame.columns]
    periods = [column.name for column in columns if column.role == "period"]
    # A column of floats is a variable and not a name, whatever its heading says.
    entities = [
        column.name
        for column in columns
        if column.role == "entity" and column.labels.dtype.kind != "f"
    ]
    is_numbered = index.name is None and isinstance(frame.index, pd.RangeIndex)
    if index.role == "period" or periods or (entities and is_numbered):
        raise _ambiguous(
            message(
                "The columns {names} could be the entity and the period of a row.",
                names=", ".join(map(str, (*entities, *periods))),
            )
            if entities or periods
            else message("Nothing shows which values are entities.")
        )
    return index, None


def _ambiguous(reason: Wording) -> SpecError:
    return SpecError.of(
        reason,
        Where(key="entity"),
        message(
            "give entity= and period=, each a column or an index level, or name the levels "
            "'entity' and 'period'."
        ),
        code="panel.index",
    )


def _named_keys(
    frame: pd.DataFrame, entity: Key | None, period: Key | None
) -> tuple[KeyLevel, KeyLevel | None]:
    """Find the keys that were named; of two index levels the other one follows."""
    named = [None if key is None else _named(frame, key) for key in (entity, period)]
    levels = _levels(frame)
    others = [level for level in levels if not any(level.is_same(key) for key in named if key)]
    if len(levels) == 2 and len(others) == 1 and None in named:
        named = [others[0] if key is None else key for key in named]
    first, second = named
    if first is None:
        raise _ambiguous(message("Nothing shows which values are entities."))
    if second is not None and first.is_same(second):
        raise _ambiguous(
            message("'{name}' cannot be both the entity and the period.", name=first.name)
        )
    return first, second


def _named(frame: pd.DataFrame, key: Key) -> KeyLevel:
    names = list(frame.index.names)
    if key in names and key in frame.columns:
        raise _ambiguous(message("'{name}' is an index level and a column too.", name=key))
    if key in names:
        return _levels(frame)[names.index(key)]
    if key in frame.columns:
        return KeyLevel(key, pd.Index(frame[key]))
    if isinstance(key, int) and 0 <= key < len(names):
        return _levels(frame)[key]
    headings = [*(str(name) for name in names if name is not None), *map(str, frame.columns)]
    raise MissingColumn(missing_key(key, headings))


def indexed(frame: pd.DataFrame, entity: KeyLevel, period: KeyLevel | None) -> pd.DataFrame:
    """Index a frame by its keys, which keep their names; a key is not a column any more.

    Columns are named by text, and hold numbers as numpy has them.
    """
    _refuse_empty(entity, ENTITY)
    names = [_name(entity, ENTITY), PERIOD if period is None else _name(period, PERIOD)]
    if period is None:
        periods: tuple[pd.Index, Codes] = (
            pd.Index([NO_PERIOD]),
            np.zeros(len(frame), dtype=np.intp),
        )
    else:
        _refuse_empty(period, PERIOD)
        periods = _numbered_level(entity, period)
    names_of_entities, entities = _text_level(entity)
    numbers, positions = periods
    index = pd.MultiIndex(
        [names_of_entities, numbers],  # type: ignore[list-item]
        [entities, positions],  # type: ignore[list-item]
        names=names,
        verify_integrity=False,
    )
    own = [name for name in names if name in frame.columns]
    plain = with_plain_columns(frame.drop(columns=own) if own else frame)
    return plain.set_axis(index, axis="index")


def _occurring(values: pd.Index, codes: Codes) -> tuple[pd.Index, Codes]:
    """Leave out the values that no row has."""
    codes = np.asarray(codes, dtype=np.intp)
    if isinstance(values, pd.CategoricalIndex):
        values = values.astype(values.categories.dtype)
    codes = np.where(np.asarray(values.isna())[codes], -1, codes) if values.hasnans else codes
    occurs = np.bincount(codes + 1, minlength=len(values) + 1)[1:] > 0
    if occurs.all():
        return values, codes
    # The last place stands for -1, an empty cell.
    numbers = np.append(np.cumsum(occurs) - 1, -1)
    return values[occurs], numbers[codes]


def _text_level(level: KeyLevel) -> tuple[pd.Index, Codes]:
    """Write entities as text, sorted, and give the position of each row's own.

    A code that is a whole number has no decimals (convention D1). Values of one text are one entity.
    """
    values, codes = level.distinct
    if _are_sorted_texts(values):
        return values, codes
    texts = without_decimals([_text(value) for value in values])
    names = sorted(set(texts))
    position = {name: number for number, name in enumerate(names)}
    return pd.Index(names), np.array([position[text] for text in texts], dtype=np.intp)[codes]


def _are_sorted_texts(values: pd.Index) -> bool:
    """Whether values are texts in order, none twice, and none may be a number with decimals."""
    if not isinstance(values.dtype, pd.StringDtype) or values.dtype != TEXT:
        return False
    is_in_order = values.is_unique and values.is_monotonic_increasing
    return bool(is_in_order and not values.str.contains(".", regex=False).any())


def _numbered_level(entity: KeyLevel, period: KeyLevel) -> tuple[pd.Index, Codes]:
    """Give periods their numbers, sorted, and the position of each row's own."""
    if period.is_dated:
        # Which calendar it is depends on the dates of each entity: dates are read row by row.
        dates = period.labels
        codes: Codes = np.arange(len(dates), dtype=np.intp)
        calendar = calendar_of(entity.labels, dates, str(period.name))
        numbers = calendar.number(periods_of(dates, str(period.name)))
    else:
        numbers, (_, codes) = _whole(period), period.distinct
    present, position = np.unique(numbers, return_inverse=True)
    return pd.Index(present), position[codes]


def _text(value: object) -> str:
    """Write a name; a number of any type (numpy, Decimal) that is whole has no decimals."""
    if isinstance(value, (float, np.floating, Decimal)):
        return str(int(value)) if float(value).is_integer() else str(value)
    return str(value)


def _name(level: KeyLevel, word: str) -> Hashable:
    return word if level.name is None else level.name


def _refuse_empty(level: KeyLevel, word: str) -> None:
    rows = np.flatnonzero(level.distinct[1] < 0)
    if len(rows):
        raise DataError.of(
            message(
                "The {key} of {n} rows is empty, first of row {row}.",
                one="The {key} of {n} row is empty, row {row}.",
                key=word,
                n=len(rows),
                row=int(rows[0]),
            ),
            Where(column=str(_name(level, word))),
            message("fill it or leave the rows out."),
            code="panel.blank_key",
        )


def _whole(level: KeyLevel) -> Periods:
    """Read the distinct values of a level as whole numbers."""
    values, codes = level.distinct
    numbers = _periods(values)
    if numbers is None:
        odd = next(v for v in level.labels if _periods(pd.Index([v])) is None)
        raise DataError.of(
            message("The period '{value}' is not a whole number.", value=odd),
            Where(column=str(_name(level, PERIOD))),
            message("give years as numbers, or dates: pandas.to_datetime(frame['date'])."),
            code="panel.period",
        )
    if meanings := other_calendars(numbers):
        where = Where(column=str(_name(level, PERIOD)))
        rows = numbers[codes]  # rows are counted, not years
        raise DataError(
            Problem("year.implausible", what, where, remedy)
            for what, remedy in (other_calendar(rows, odd, meanings) for odd in meanings)
        )
    return numbers


def _periods(values: pd.Index) -> Periods | None:
    """Return values as whole numbers, or None where one is not."""
    if values.dtype.kind in "iu":
        return values.to_numpy(dtype=np.int64)
    if values.dtype.kind in "bMm" or isinstance(values.dtype, pd.PeriodDtype):
        return None
    objects = numbers_of_objects(pd.Series(values)) if values.dtype == object else None
    if values.dtype.kind == "f":
        numbers = values.to_numpy(dtype=np.float64)
    elif objects is not None:
        numbers = objects.astype(np.float64)
    else:
        texts = [str(value).strip() for value in values]
        if not all(text.isascii() and text.removeprefix("-").isdigit() for text in texts):
            return None
        return np.array([int(text) for text in texts], dtype=np.int64)
    # Infinities and NaN are not whole numbers, though a cast would make some of them.
    with np.errstate(invalid="ignore"):
        is_whole = bool((np.isfinite(numbers) & (numbers == np.rint(numbers))).all())
    return numbers.astype(np.int64) if is_whole else None


def _matches(name: Hashable, among: Sequence[str]) -> bool:
    """Whether a name contains one of the words, or equals one that begins with `=`."""
    folded = "" if name is None else str(name).strip().casefold().replace(" ", "_")
    return any(
        folded == word[1:]
        if word.startswith("=")
        # Latin words begin where a word begins: there is no city in electricity.
        else re.search((r"(?<![a-z])" if word.isascii() else "") + re.escape(word), folded)
        for word in among
    )


Label = tuple[str, int | None]


def beside(
    data: object,
    labels: Sequence[Label],
    computed: pd.DataFrame,
    entity: Key | None = None,
    period: Key | None = None,
) -> pd.DataFrame:
    """Return the rows of `data` in their order, with the computed columns behind their own.

    Parameters
    ----------
    data
        A panel or a frame; its keys are found or named as in every call.
    labels
        (entity, period) of each computed row.
    computed
        Columns, one row a label. Rows of the data that were not computed have empty cells.

    Raises
    ------
    DataError
        A column is there already, a computed row is not in the data, or a key is in two rows.

    Examples
    --------
    >>> data = pd.DataFrame({"gdp": [1.0, 2.0]}, index=["b", "a"])
    >>> beside(data, [("a", None), ("b", None)], pd.DataFrame({"score": [0.5, 1.0]}))["score"].tolist()
    [1.0, 0.5]
    """
    table = table_of(data)
    indexed = keyed(table, entity, period)
    frame = indexed.frame if isinstance(indexed, Panel) else indexed
    keys = pd.MultiIndex.from_tuples(frame.index)
    out = table.to_table() if isinstance(table, Panel) else table
    _refuse_same_columns(computed, out)
    wanted = pd.MultiIndex.from_tuples(
        [(name, NO_PERIOD if when is None else when) for name, when in labels], names=keys.names
    )
    _refuse_twice(keys)
    _refuse_unknown(wanted, keys)
    # By key and not by position: a computed row stands beside its own, whatever the order.
    rows = computed.set_axis(wanted, axis="index").reindex(keys).set_axis(out.index, axis="index")
    return pd.concat([out, rows], axis="columns")


def _refuse_same_columns(computed: pd.DataFrame, data: pd.DataFrame) -> None:
    names = [name for name in computed.columns if name in data.columns]
    if names:
        raise DataError(
            Problem(
                "join.column_taken",
                message("The data have a column '{name}' already.", name=name),
                Where(column=str(name)),
                message("rename it, or give prefix=."),
            )
            for name in names
        )


def _refuse_twice(keys: pd.MultiIndex) -> None:
    if keys.is_unique:
        return
    entity, period = keys[keys.duplicated()][0]
    raise DataError.of(
        message(
            "{entity} {period} is in more than one row of the data.", entity=entity, period=period
        ),
        Where(entity=str(entity)),
        message("give the data from which the results were computed."),
        code="join.key_twice",
    )


def _refuse_unknown(wanted: pd.MultiIndex, keys: pd.MultiIndex) -> None:
    lost = wanted.difference(keys)
    if len(lost):
        entity, period = lost[0]
        raise DataError.of(
            message(
                "{n} computed rows are not in the data, such as {entity} {period}.",
                one="{n} computed row is not in the data: {entity} {period}.",
                n=len(lost),
                entity=entity,
                period=period,
            ),
            Where(entity=str(entity)),
            message("give the data from which the results were computed."),
            code="join.not_in_data",
        )
