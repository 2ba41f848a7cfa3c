"""What came of all names of a column together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xinzhi.errors import Problem, Where
from xinzhi.notices import Notice
from xinzhi.places.outcome import Ambiguous, Match, Matched, Unknown
from xinzhi.places.places import Place, is_municipality
from xinzhi.wording import Message, message

Key = tuple[str, int | None, str | None]
"""Name as given, year, province."""


@dataclass(frozen=True, slots=True)
class MatchReport:
    """Matches of the names of a column; each distinct (name, year, province) once."""

    matches: Mapping[Key, Match]

    @property
    def places(self) -> Mapping[Key, Place]:
        """Places of the names that were matched."""
        return {key: m.place for key, m in self.matches.items() if isinstance(m, Matched)}

    @property
    def spellings(self) -> Mapping[str, tuple[str, ...]]:
        """Names per code, for places that the column calls by more than one name."""
        names: dict[str, dict[str, None]] = defaultdict(dict)
        for (name, _, _), place in self.places.items():
            names[place.code][name] = None
        return {code: tuple(found) for code, found in names.items() if len(found) > 1}

    def problems(self, *, where: Where | None = None) -> tuple[Problem, ...]:
        """One problem for each name that is ambiguous or unknown, with what could be meant."""
        refused: dict[str, Ambiguous | Unknown] = {}
        for (name, _, _), found in self.matches.items():
            if not isinstance(found, Matched):
                refused.setdefault(name, found)
        return tuple(_problem(found, where or Where()) for found in refused.values())

    def notices(self) -> tuple[Notice, ...]:
        """Say of each name what to know: renamings, doubts, what was told by the context."""
        said: dict[Message, Where] = {}
        for (name, year, _), found in self.matches.items():
            for note in found.notes if isinstance(found, Matched) else ():
                said.setdefault(note, Where(entity=name, period=year))
        notices = [Notice("cities.name", text, where) for text, where in said.items()]
        return tuple(notices) + self._breaks()

    def _breaks(self) -> tuple[Notice, ...]:
        """Name the breaks inside the years: counties that a resource-based city won or lost."""
        years: dict[str, list[int]] = defaultdict(list)
        for (_, year, _), place in self.places.items():
            if place.city is not None and year is not None:
                years[place.code].append(year)
        cities = {place.code: place for place in self.places.values()}
        return tuple(
            Notice("cities.boundary", change.in_words(), Where(entity=cities[code].name))
            for code, found in years.items()
            for change in cities[code].changes
            if change.kind == "moved" and min(found) < change.year <= max(found)
        )


def _problem(found: Ambiguous | Unknown, where: Where) -> Problem:
    if isinstance(found, Ambiguous):
        names = ", ".join(str(place) for place in found.candidates)
        remedy = message(
            "write the full name with its province, or give the year: {names}.", names=names
        )
        return Problem("cities.ambiguous", found.why, where, remedy)
    near = ", ".join(str(place) for place in found.nearest)
    remedy = message("did you mean {names}?", names=near) if near else message("check the name.")
    return Problem("cities.unknown", found.why, where, remedy)


def report_of(matches: Mapping[Key, Match]) -> MatchReport:
    """Make the report; a province's namesake is told by the list where the list is of cities."""
    return MatchReport(
        MappingProxyType({key: _in_context(found, matches) for key, found in matches.items()})
    )


def _in_context(found: Match, matches: Mapping[Key, Match]) -> Match:
    """Take the city for a name that is a province too, where no other province is in the list."""
    if not isinstance(found, Ambiguous) or len(found.cities_only) != 1:
        return found
    city = found.cities_only[0]
    others = [m.place for m in matches.values() if isinstance(m, Matched)]
    has_provinces = any(isinstance(m, Unknown) and m.reason == "province" for m in matches.values())
    if has_provinces or city in others or all(is_municipality(place) for place in others):
        return found
    note = message(
        "'{name}' was taken for {place}: the list holds no province and other places of its level.",
        name=found.text,
        place=city.name,
    )
    return Matched(found.text, city, "context", "medium", notes=(note,))
