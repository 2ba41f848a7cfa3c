"""Records, one row a thing: read in batches, each brought to cities and years, and counted.

Results do not depend on how the records are cut into batches.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.prepare.columns import require_years
from xinzhi.prepare.step import Sources, encode, source, wrong_kind
from xinzhi_core.errors import MissingColumn, Problem, SpecError, Where
from xinzhi_core.formula.evaluate import no_periods
from xinzhi_core.panel.panel import Panel
from xinzhi_core.problems import MISSING_COLUMN
from xinzhi_core.wording import message
from xinzhi_panel.io.recognise.cells import LONGEST_NAME
from xinzhi_panel.io.recognise.entity_names import may_be_same, stem
from xinzhi_panel.places.names import match_all
from xinzhi_panel.places.places import Matched
from xinzhi_panel.places.reading import resolve_place

ROLES = ("id", "name", "date", "closed", "place", "code", "text")
"""What a column of records can be."""
SHOWN = 20
HEAD = re.compile(r"[^\d]*[省市县区旗州盟]")
"""An address up to the last place before its first digit: what comes after is a street."""
REMEMBERED = 200_000
"""Places that are remembered at a time, so that memory stays bounded however many there are."""
YEAR = re.compile(r"(1[89]\d{2}|20\d{2}|21\d{2})")
LAST_YEAR = re.compile(r"^\d{1,2}[-/.]\d{1,2}[-/.](1[89]\d{2}|20\d{2}|21\d{2})(?!\d)")
"""A date whose year comes last, whatever the order of day and month."""
SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
FIRST_SERIAL, LAST_SERIAL = 22_000, 73_050
"""Numbers of days that are dates of 1960 to 2099; see `_year_of_serial`."""
NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


class Records(Protocol):
    """Records with the columns that a study file names by their roles."""

    def batches(self, roles: tuple[str, ...]) -> Iterator[pd.DataFrame]:
        """Give the records batch by batch, with one column for each role that was asked for."""
        ...


@dataclass(frozen=True, slots=True)
class FrameRecords:
    """Records that are in memory already."""

    frame: pd.DataFrame
    roles: Mapping[str, str] = field(default_factory=dict)
    """Role -> column; a role without an entry has a column of its own name."""
    size: int = 1_000_000

    def batches(self, roles: tuple[str, ...]) -> Iterator[pd.DataFrame]:
        """Give the records in pieces of `size` rows."""
        columns = {role: self.roles.get(role, role) for role in roles}
        picked = self.frame[list(columns.values())].set_axis(list(columns), axis=1)
        for start in range(0, len(picked), self.size):
            yield picked.iloc[start : start + self.size]

    @property
    def known(self) -> tuple[str, ...]:
        """Roles that have a column."""
        return tuple(r for r in ROLES if self.roles.get(r, r) in self.frame.columns)


def records(sources: Sources, name: str, roles: tuple[str, ...], *, step: str) -> Records:
    """Take records by the name of their source, and check that they have the roles.

    Raises
    ------
    MissingColumn
        A role that the step needs has no column.
    """
    content = source(sources, name, step=step)
    if isinstance(content, pd.DataFrame):
        content = FrameRecords(content)
    if not callable(getattr(content, "batches", None)):
        raise SpecError(wrong_kind(name, "records", step))
    roles_there = getattr(content, "known", roles)
    missing = [role for role in roles if role not in roles_there]
    if missing:
        raise MissingColumn(
            Problem(
                MISSING_COLUMN,
                message("The records '{name}' have no column for '{role}'.", name=name, role=role),
                Where(file=name, key=f"sources.{name}.{role}"),
                message("state which column it is."),
            )
            for role in missing
        )
    return content  # type: ignore[return-value]


@dataclass(slots=True)
class Counted:
    """Counts by city and year, and what could not be counted."""

    entities: tuple[str, ...]
    first: int
    last: int
    n: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    left_out: Counter[str] = field(default_factory=Counter)
    """Reason -> number of records."""
    places: Counter[str] = field(default_factory=Counter)
    """Places outside the study or unresolved, without their streets -> number of records; at most
    `REMEMBERED` of them, in the order of the records, so that memory stays bounded."""
    industries: Counter[str] = field(default_factory=Counter)
    """Industries that could not be read -> number of records; at most `REMEMBERED` of them."""
    first_year: int | None = None
    """Year of the first record of the source."""
    total: int = 0

    def __post_init__(self) -> None:
        self.n = np.zeros((len(self.entities), self.last - self.first + 1), dtype=np.int64)

    def add(self, city: npt.NDArray[np.int64], year: npt.NDArray[np.int64]) -> None:
        """Count records at a city and a year; those of other years are left out."""
        inside = (city >= 0) & (year >= self.first) & (year <= self.last)
        np.add.at(self.n, (city[inside], year[inside] - self.first), 1)

    def list_places(self, places: pd.Series) -> None:
        """List places without a city of the study."""
        codes, distinct = encode(places.astype(object).where(places.notna(), "(empty)"))
        for place, n in zip(distinct, np.bincount(codes, minlength=len(distinct)), strict=True):
            name = without_street(str(place))
            if name in self.places or len(self.places) < REMEMBERED:
                self.places[name] += int(n)

    def list_industries(self, cells: pd.Series) -> None:
        """List industries that could not be read."""
        codes, distinct = encode(cells.astype(object).where(cells.notna(), "(empty)"))
        for cell, n in zip(distinct, np.bincount(codes, minlength=len(distinct)), strict=True):
            name = str(cell).strip()[:LONGEST_NAME]
            if name in self.industries or len(self.industries) < REMEMBERED:
                self.industries[name] += int(n)


class Cities:
    """Cities of the panel by the places that records name; each place is resolved once."""

    def __init__(self, entities: tuple[str, ...]) -> None:
        self._order = {name: i for i, name in enumerate(entities)}
        self._stems = {stem(name): name for name in entities}
        places = match_all(entities).places
        self._codes = {place.code: self._order[str(key[0])] for key, place in places.items()}
        self._positions: dict[tuple[str, int], int] = {}

    def find(self, place: str, year: int) -> int:
        """Position of the city among the entities; -1 outside the study, -2 unresolved."""
        key = (without_street(place), year)
        if key not in self._positions:
            if len(self._positions) >= REMEMBERED:
                self._positions.clear()
            self._positions[key] = self._resolve(*key)
        return self._positions[key]

    def _resolve(self, text: str, year: int) -> int:
        # A name of the panel itself comes first: it need not be in the register of places.
        entity = text if text in self._order else self._stems.get(stem(text))
        if entity is not None and may_be_same(entity, text):
            return self._order[entity]
        match = resolve_place(text, year=year)
        return self._codes.get(match.place.code, -1) if isinstance(match, Matched) else -2

    def column(self, places: pd.Series, years: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Positions for a column of places, each pair of place and year resolved once."""
        if not len(years):
            return np.zeros(0, dtype=np.int64)
        codes, distinct = encode(places)
        low = int(years.min())
        span = int(years.max()) - low + 1
        # One number a pair, so that each is resolved once; those of an empty place (-1) are negative.
        keys, inverse = np.unique(codes * span + (years - low), return_inverse=True)
        positions = [
            self.find(str(distinct[key // span]), key % span + low) if key >= 0 else -2
            for key in keys.tolist()
        ]
        return np.array(positions, dtype=np.int64)[inverse]


def without_street(place: str) -> str:
    """Cut the street off an address; a name that is not an address stays as it is.

    >>> without_street("河北省唐山市路北区建设路1号"), without_street("大同市云冈区生态环境局")
    ('河北省唐山市路北区', '大同市云冈区生态环境局')
    """
    text = place.strip()[:LONGEST_NAME].rstrip()
    # A digit or the length tells an address from the name of an authority.
    is_address = len(text) > 20 or re.search(r"\d", text)
    match = HEAD.match(text) if is_address else None
    return match.group() if match else text


def years_in(dates: pd.Series) -> npt.NDArray[np.int64]:
    """Years of a column of dates, texts or numbers; 0 where there is none.

    >>> years_in(pd.Series(["2008-05-01", "2010年3月", None, 20120131.0, "41640"])).tolist()
    [2008, 2010, 0, 2012, 2014]
    """
    if pd.api.types.is_datetime64_any_dtype(dates):
        dated: npt.NDArray[np.int64] = dates.dt.year.fillna(0).to_numpy(dtype=np.int64)
        return dated
    codes, distinct = encode(dates)
    years = np.array([_year(value) for value in distinct] or [0], dtype=np.int64)
    return np.where(codes < 0, 0, years[np.maximum(codes, 0)])


def _year(value: object) -> int:
    year = getattr(value, "year", None)
    if isinstance(year, int):
        return year
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    text = unicodedata.normalize("NFKC", text).strip()
    if serial := SERIAL.fullmatch(text):
        return _year_of_serial(int(serial[1]))
    match = YEAR.match(text.translate(NUMERALS)) or LAST_YEAR.search(text)
    return int(match[1]) if match else 0


def _year_of_serial(days: int) -> int:
    """Year of a date that a spreadsheet wrote as its number of days.

    Five digits that could begin with a year of the records, such as 20131, are not told from a year and a
    month: they have none.

    >>> _year_of_serial(41640), _year_of_serial(20131), _year_of_serial(99999)
    (2014, 0, 0)
    """
    if not FIRST_SERIAL <= days <= LAST_SERIAL:
        return 0
    # Day 1 of the system of 1900 is 1 January 1900, and it counts a 29 February 1900 that there was not.
    return (dt.date(1899, 12, 30) + dt.timedelta(days=days)).year


@dataclass(slots=True)
class SeenIdentifiers:
    """Identifiers that were met already, over all batches, by their 64-bit hashes.

    Eight bytes each, so that a registry of fifty million fits into memory; the chance that any two
    of so many share a hash is below one in ten thousand.
    """

    runs: list[npt.NDArray[np.uint64]] = field(default_factory=list)
    """Sorted runs of hashes, each at least twice as long as the next."""

    def find_repeated(self, ids: pd.Series) -> npt.NDArray[np.bool_]:
        """Whether each record repeats an identifier; empty identifiers never do."""
        given = ids.notna().to_numpy(dtype=bool)
        texts = ids[given].astype(object).to_numpy()
        hashes = pd.util.hash_array(texts, categorize=False)
        distinct, first = np.unique(hashes, return_index=True)
        # Of one identifier in a batch the first record counts, unless an earlier batch has it.
        twice = np.ones(len(hashes), dtype=bool)
        twice[first] = False
        is_old = np.zeros(len(distinct), dtype=bool)
        for run in self.runs:
            positions = np.minimum(np.searchsorted(run, distinct), len(run) - 1)
            is_old |= run[positions] == distinct
        twice[first[is_old]] = True
        if not is_old.all():
            self._add(distinct[~is_old])
        flags = np.zeros(len(ids), dtype=bool)
        flags[given] = twice
        return flags

    def _add(self, run: npt.NDArray[np.uint64]) -> None:
        # Runs that double in length are merged seldom, and there are few of them to search.
        while self.runs and len(self.runs[-1]) < 2 * len(run):
            run = np.sort(np.concatenate([self.runs.pop(), run]), kind="stable")
        self.runs.append(run)


def span_of(panel: Panel, *, step: str) -> tuple[int, int]:
    """First and last period of a panel of years.

    Raises
    ------
    SpecError
        The panel has no periods.
    """
    if not panel.has_periods or not panel.periods:
        raise no_periods(step, Where(key=f"prepare.{step}"))
    require_years(panel, step=step)
    return panel.periods[0], panel.periods[-1]


def spread_on_rows(
    panel: Panel, counted: Counted, values: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Values by city and year on the rows of the panel; nothing before the first record."""
    if counted.first_year is None:
        return np.full(len(panel.frame), np.nan)
    city = pd.Index(counted.entities).get_indexer(panel.frame.index.get_level_values(0))
    year = panel.frame.index.get_level_values(1).to_numpy(dtype=np.int64)
    # Before its first record the source says nothing: a year without records then is not a zero.
    return np.where(year < counted.first_year, np.nan, values[city, year - counted.first])


def listed_counts(counts: Counter[str]) -> str:
    """List the commonest entries with their numbers.

    >>> listed_counts(Counter({"a": 2, "b": 1}))
    'a 2, b 1'
    """
    shown = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    text = ", ".join(f"{name} {n}" for name, n in shown[:SHOWN])
    return f"{text} … ({len(shown)})" if len(shown) > SHOWN else text
