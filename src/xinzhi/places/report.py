"""What came of all names of a column together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xinzhi.errors import Problem, Where
from xinzhi.notices import Notice
from xinzhi.places.divisions import MUNICIPALITIES
from xinzhi.places.outcome import Ambiguous, Match, Matched, Unknown
from xinzhi.places.places import KnownPlace
from xinzhi.wording import Message, message

Key = tuple[str, int | None, str | None]
"""Name as given, year, province."""


@dataclass(frozen=True, slots=True)
class MatchReport:
    """Matches of the names of a column; each distinct (name, year, province) once."""

    matches: Mapping[Key, Match]

    @property
    def places(self) -> Mapping[Key, KnownPlace]:
        """Places of the names that were matched."""
        return {key: m.place for key, m in self.matches.items() if isinstance(m, Matched)}

    def problems(self, *, where: Where | None = None) -> tuple[Problem, ...]:
        """One problem for each name that is ambiguous or unknown, with what could be meant."""
        refused: dict[str, Ambiguous | Unknown] = {}
        for (name, _, _), match in self.matches.items():
            if not isinstance(match, Matched):
                refused.setdefault(name, match)
        return tuple(_problem(match, where or Where()) for match in refused.values())

    def notices(self) -> tuple[Notice, ...]:
        """Say of each name what to know: renamings, doubts, what was told by the context."""
        # A note that holds of many years is said once, with the first of them.
        notes: dict[Message, Where] = {}
        for (name, year, _), match in self.matches.items():
            for note in match.notes if isinstance(match, Matched) else ():
                notes.setdefault(note, Where(entity=name, period=year))
        named = tuple(Notice("cities.name", text, where) for text, where in notes.items())
        return named + self._boundary_changes()

    def _boundary_changes(self) -> tuple[Notice, ...]:
        """Name the breaks inside the years: counties that a resource-based city won or lost."""
        years: dict[str, list[int]] = defaultdict(list)
        for (_, year, _), place in self.places.items():
            if place.city is not None and year is not None:
                years[place.code].append(year)
        cities = {place.code: place for place in self.places.values()}
        return tuple(
            Notice("cities.boundary", change.in_words(), Where(entity=cities[code].name))
            for code, span in years.items()
            for change in cities[code].changes
            if change.kind == "moved" and min(span) < change.year <= max(span)
        )


def _problem(match: Ambiguous | Unknown, where: Where) -> Problem:
    if isinstance(match, Ambiguous):
        names = ", ".join(str(place) for place in match.candidates)
        remedy = message(
            "write the full name with its province, or give the year: {names}.", names=names
        )
        return Problem("cities.ambiguous", match.why, where, remedy)
    near = ", ".join(str(place) for place in match.nearest)
    remedy = message("did you mean {names}?", names=near) if near else message("check the name.")
    return Problem("cities.unknown", match.why, where, remedy)


def report_of(matches: Mapping[Key, Match]) -> MatchReport:
    """Make the report; a province's namesake is told by the list where the list is of cities."""
    return MatchReport(
        MappingProxyType({key: _decide_by_list(match, matches) for key, match in matches.items()})
    )


def _decide_by_list(match: Match, matches: Mapping[Key, Match]) -> Match:
    """Take the city for a name that is a province too, where no other province is in the list."""
    if not isinstance(match, Ambiguous) or len(match.cities_only) != 1:
        return match
    city = match.cities_only[0]
    # Municipalities are provinces and cities at once: they decide nothing.
    others = [m.place for m in matches.values() if isinstance(m, Matched)]
    has_provinces = any(isinstance(m, Unknown) and m.reason == "province" for m in matches.values())
    if has_provinces or city in others or all(place.code[:2] in MUNICIPALITIES for place in others):
        return match
    note = message(
        "'{name}' was taken for {place}: the list holds no province and other places of its level.",
        name=match.text,
        place=city.name,
    )
    return Matched(match.text, city, "context", "medium", notes=(note,))
