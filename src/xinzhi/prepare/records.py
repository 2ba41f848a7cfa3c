"""Records, one row a thing: read in batches, each brought to cities and years, and counted.

Results do not depend on how the records are cut into batches.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import MissingColumn, Problem, SpecError, Where
from xinzhi.formula.evaluate import no_periods
from xinzhi.io.recognise.cells import LONGEST_NAME
from xinzhi.io.recognise.entity_names import may_be_same, stem
from xinzhi.panel.panel import Panel
from xinzhi.places.authority import resolve_place
from xinzhi.places.names import match_all
from xinzhi.places.outcome import Matched
from xinzhi.prepare.sources import encoded, source, wrong_kind
from xinzhi.prepare.step import Sources
from xinzhi.problems import MISSING_COLUMN
from xinzhi.wording import message

ROLES = ("id", "name", "date", "closed", "place", "code", "text")
"""What a column of records can be."""
SHOWN = 20
HEAD = re.compile(r"[^\d]*[省市县区旗州盟]")
"""An address up to the last place before its first digit: what comes after is a street."""
HOUSE = re.compile(r"\d")
"""What tells an address from the name of an authority."""
REMEMBERED = 200_000
"""Places that are remembered at a time, so that memory stays bounded however many there are."""
YEAR = re.compile(r"(1[89]\d{2}|20\d{2}|21\d{2})")


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
    found = source(sources, name, step=step)
    if isinstance(found, pd.DataFrame):
        found = FrameRecords(found)
    if not callable(getattr(found, "batches", None)):
        raise SpecError(wrong_kind(name, "records", step))
    known = getattr(found, "known", roles)
    missing = [role for role in roles if role not in known]
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
    return found  # type: ignore[return-value]


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
    first_year: int | None = None
    """Year of the first record of the source."""
    total: int = 0

    def __post_init__(self) -> None:
        self.n = np.zeros((len(self.entities), self.last - self.first + 1), dtype=np.int64)

    def add(self, city: npt.NDArray[np.int64], year: npt.NDArray[np.int64]) -> None:
        """Count records at a city and a year; those of other years are left out."""
        inside = (city >= 0) & (year >= self.first) & (year <= self.last)
        np.add.at(self.n, (city[inside], year[inside] - self.first), 1)

    def lose(self, places: pd.Series) -> None:
        """List places without a city of the study."""
        codes, distinct = encoded(places.astype(object).where(places.notna(), "(empty)"))
        for place, n in zip(distinct, np.bincount(codes, minlength=len(distinct)), strict=True):
            head = head_of(str(place))
            if head in self.places or len(self.places) < REMEMBERED:
                self.places[head] += int(n)


class Cities:
    """Cities of the panel by the places that records name; each place is resolved once."""

    def __init__(self, entities: tuple[str, ...]) -> None:
        self._order = {name: i for i, name in enumerate(entities)}
        self._stems = {stem(name): name for name in entities}
        self._codes = self._codes_of(entities)
        self._known: dict[tuple[str, int], int] = {}

    @staticmethod
    def _codes_of(entities: tuple[str, ...]) -> dict[str, int]:
        report = match_all(entities)
        order = {name: i for i, name in enumerate(entities)}
        return {place.code: order[str(key[0])] for key, place in report.places.items()}

    def find(self, place: str, year: int) -> int:
        """Position of the city among the entities; -1 outside the study, -2 unresolved."""
        key = (head_of(place), year)
        if key not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[key] = self._resolved(*key)
        return self._known[key]

    def _resolved(self, text: str, year: int) -> int:
        known = text if text in self._order else self._stems.get(stem(text))
        if known is not None and may_be_same(known, text):
            return self._order[known]
        match = resolve_place(text, year=year)
        return self._codes.get(match.place.code, -1) if isinstance(match, Matched) else -2

    def column(self, places: pd.Series, years: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Positions for a column of places, each pair of place and year resolved once."""
        codes, distinct = encoded(places)
        low = int(years.min()) if len(years) else 0
        span = int(years.max()) - low + 2 if len(years) else 1
        keys, inverse = np.unique(
            codes.astype(np.int64) * span + (years - low), return_inverse=True
        )
        found = np.array(
            [
                -2
                if key // span < 0
                else self.find(str(distinct[key // span]), int(key % span) + low)
                for key in keys.tolist()
            ],
            dtype=np.int64,
        )
        return found[inverse] if len(keys) else np.zeros(0, dtype=np.int64)


def head_of(place: str) -> str:
    """Cut the street off an address; a name that is no address stays as it is.

    >>> head_of("河北省唐山市路北区建设路1号"), head_of("大同市云冈区生态环境局")
    ('河北省唐山市路北区', '大同市云冈区生态环境局')
    """
    text = place.strip()[:LONGEST_NAME].rstrip()
    is_address = len(text) > 20 or HOUSE.search(text)
    head = HEAD.match(text) if is_address else None
    return head.group() if head else text


def years_in(dates: pd.Series) -> npt.NDArray[np.int64]:
    """Years of a column of dates, texts or numbers; 0 where there is none.

    >>> years_in(pd.Series(["2008-05-01", "2010年3月", None, 20120131.0])).tolist()
    [2008, 2010, 0, 2012]
    """
    if pd.api.types.is_datetime64_any_dtype(dates):
        dated: npt.NDArray[np.int64] = dates.dt.year.fillna(0).to_numpy(dtype=np.int64)
        return dated
    codes, distinct = encoded(dates)
    years = np.array([_year(value) for value in distinct] or [0], dtype=np.int64)
    return np.where(codes < 0, 0, years[np.maximum(codes, 0)])


def _year(value: object) -> int:
    year = getattr(value, "year", None)
    if isinstance(year, int):
        return year
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    match = YEAR.match(text.strip())
    return int(match.group()) if match else 0


@dataclass(slots=True)
class Seen:
    """Identifiers that were met already, over all batches, by their 64-bit hashes.

    Eight bytes each, so that a registry of fifty million fits into memory; the chance that any two
    of so many share a hash is below one in ten thousand.
    """

    runs: list[npt.NDArray[np.uint64]] = field(default_factory=list)
    """Sorted runs of hashes, each at least twice as long as the next."""

    def repeated(self, ids: pd.Series) -> npt.NDArray[np.bool_]:
        """Whether each record repeats an identifier; empty identifiers never do."""
        given = ids.notna().to_numpy(dtype=bool)
        texts = ids[given].astype(object).to_numpy()
        hashes = pd.util.hash_array(texts, categorize=False)
        distinct, first = np.unique(hashes, return_index=True)
        twice = np.ones(len(hashes), dtype=bool)
        twice[first] = False
        known = np.zeros(len(distinct), dtype=bool)
        for run in self.runs:
            at = np.minimum(np.searchsorted(run, distinct), len(run) - 1)
            known |= run[at] == distinct
        twice[first[known]] = True
        self._keep(distinct[~known])
        flags = np.zeros(len(ids), dtype=bool)
        flags[given] = twice
        return flags

    def _keep(self, run: npt.NDArray[np.uint64]) -> None:
        if not len(run):
            return
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
    return panel.periods[0], panel.periods[-1]


def on_rows(
    panel: Panel, counted: Counted, values: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Values by city and year on the rows of the panel; nothing before the first record."""
    order = {entity: i for i, entity in enumerate(counted.entities)}
    city = np.array([order[e] for e in panel.frame.index.get_level_values(0)], dtype=np.int64)
    year = panel.frame.index.get_level_values(1).to_numpy(dtype=np.int64)
    result = values[city, year - counted.first].astype(np.float64)
    if counted.first_year is None:
        return np.full(len(result), np.nan)
    return np.where(year < counted.first_year, np.nan, result)


def listed_counts(counts: Counter[str]) -> str:
    """List the commonest entries with their numbers.

    >>> listed_counts(Counter({"a": 2, "b": 1}))
    'a 2, b 1'
    """
    shown = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    text = ", ".join(f"{name} {n}" for name, n in shown[:SHOWN])
    return f"{text} … ({len(shown)})" if len(shown) > SHOWN else text
