"""Places of prefecture level as they are called now, each with its province and its fate.

Which places a spelling can mean: tables from names to dated divisions.

Places whose names look or sound most like an unknown one: suggestions, never decisions.

What came of a name: matched, ambiguous or unknown; never a guess, and why in words.

What came of all names of a column together.

What the year does to a match: places that were founded, renamed, abolished or had a namesake.

Six-digit codes (GB/T 2260) are matched here, those of former times too.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Literal

from xinzhi_core.errors import Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.wording import Message, message
from xinzhi_panel.places.changes import PlaceChange, changes_of, successor
from xinzhi_panel.places.divisions import (
    MUNICIPALITIES,
    Division,
    divisions,
    is_latin,
    latin,
    rows,
    stem,
)
from xinzhi_panel.places.registry import City, Confidence, find


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place of prefecture level, or a province or county that a name could also mean."""

    code: str
    """Six-digit code now, or the last one that it had."""
    name: str
    """Full name now, or the last one that it had: `大同市`, `延边朝鲜族自治州`."""
    province: str
    """Full name of the province."""
    level: str
    """`province`, `prefecture` or `county`."""
    first: int | None = None
    """First year at whose end it existed, under whatever name; None if before the lists."""
    last: int | None = None
    """Last year at whose end it existed; None if it still does."""

    @property
    def short(self) -> str:
        """Name without rank: `大同`, `延边`."""
        return stem(self.name)

    @property
    def city(self) -> City | None:
        """Entry in the register of the 126 resource-based cities, if it is one of them."""
        return find(self.code) if self.level == "prefecture" else None

    @property
    def changes(self) -> tuple[PlaceChange, ...]:
        """What happened to it since 2000, by date."""
        return changes_of(self.code)

    def __str__(self) -> str:
        inside = "" if self.province in {self.name, ""} else f"{self.province}, "
        return f"{self.name} ({inside}{self.code})"


@cache
def places() -> Mapping[str, KnownPlace]:
    """Read all places of prefecture level and all provinces by code.

    >>> str(places()["420600"]), places()["371200"].last
    ('襄阳市 (湖北省, 420600)', 2018)
    """
    by_code: dict[str, list[Division]] = {}
    for division in divisions():
        if division.level != "county":
            by_code.setdefault(successor(division.code), []).append(division)
    return MappingProxyType({code: _place(code, rows) for code, rows in by_code.items()})


def _place(code: str, rows: list[Division]) -> KnownPlace:
    """Join the rows of one place: its last name, its whole span."""
    # A row without an end is in force today.
    latest = max(rows, key=lambda d: d.last or 9999)
    firsts = [d.first for d in rows if d.first is not None]
    first = min(firsts) if len(firsts) == len(rows) else None
    return KnownPlace(code, latest.name, province_name(code), latest.level, first, latest.last)


@cache
def province_name(code: str) -> str:
    """Full name of the province of a code.

    >>> province_name("140200")
    '山西省'
    """
    return next(d.name for d in divisions() if d.code == code[:2] + "0000")


def place_of(division: Division) -> KnownPlace:
    """Find the place of prefecture level that a division is, or belonged to; a province is itself."""
    return places()[successor(division.prefecture)]


def county_place(division: Division) -> KnownPlace:
    """Show a county as a place, for the candidates of an ambiguous name."""
    province = province_name(division.code)
    return KnownPlace(
        division.code, division.name, province, "county", division.first, division.last
    )


@cache
def english_names() -> Mapping[str, tuple[str, ...]]:
    """Romanised names by code: the usual one, then pinyin and former ones.

    >>> english_names()["420600"]
    ('Xiangyang', 'Xiangfan')
    """
    return MappingProxyType(
        {
            row["code"]: (row["name"], *filter(None, row["also"].split(";")))
            for row in rows("english.csv")
        }
    )


AUTONOMOUS = "自治州"


def _table(pairs: Iterable[tuple[str, Division]]) -> Mapping[str, tuple[Division, ...]]:
    table: dict[str, dict[Division, None]] = defaultdict(dict)
    for name, division in pairs:
        table[name][division] = None
    return MappingProxyType({name: tuple(rows) for name, rows in table.items()})


def full_forms(division: Division) -> tuple[str, ...]:
    """Names with rank: the official one, and 阿坝州 for an autonomous prefecture."""
    if division.name.endswith(AUTONOMOUS):
        return (division.name, stem(division.name) + "州")
    return (division.name,)


@cache
def prefectures() -> Mapping[str, tuple[Division, ...]]:
    """Dated divisions of prefecture level by name with rank.

    >>> [d.code for d in prefectures()["阿坝州"]]
    ['513200']
    """
    return _table(
        (form, d) for d in divisions() if d.level == "prefecture" for form in full_forms(d)
    )


@cache
def prefecture_stems() -> Mapping[str, tuple[Division, ...]]:
    """Dated divisions of prefecture level by name without rank, with and without the peoples.

    >>> [prefecture_stems()[name][0].name for name in ("延边", "延边朝鲜族")]
    ['延边朝鲜族自治州', '延边朝鲜族自治州']
    """
    rows = [d for d in divisions() if d.level == "prefecture"]
    return _table(
        (form, d)
        for d in rows
        for form in dict.fromkeys((stem(d.name), d.name.removesuffix(AUTONOMOUS)))
    )


@cache
def provinces() -> Mapping[str, tuple[Division, ...]]:
    """Provinces, municipalities among them, by full and by short name."""
    rows = [d for d in divisions() if d.code.endswith("0000")]
    return _table((form, d) for d in rows for form in dict.fromkeys((d.name, stem(d.name))))


@cache
def counties() -> Mapping[str, tuple[Division, ...]]:
    """Dated counties by official name."""
    return _table((d.name, d) for d in divisions() if d.level == "county")


@cache
def county_stems() -> Mapping[str, tuple[Division, ...]]:
    """Dated counties by name without rank."""
    return _table((stem(d.name), d) for d in divisions() if d.level == "county")


@cache
def codes() -> Mapping[str, tuple[Division, ...]]:
    """Dated divisions by code."""
    return _table((d.code, d) for d in divisions())


@cache
def romanised() -> Mapping[str, tuple[str, ...]]:
    """Codes of places and provinces by the bare letters of their romanised names.

    >>> romanised()["yichun"]
    ('230700', '360900')
    """
    table: dict[str, dict[str, None]] = defaultdict(dict)
    for code, names in english_names().items():
        for name in names:
            table[latin(name)][code] = None
    return MappingProxyType({name: tuple(codes) for name, codes in table.items()})


def in_force(rows: tuple[Division, ...], year: int | None) -> tuple[Division, ...]:
    """Keep the rows that the list at the end of a year has; all of them if none has, or no year."""
    if year is None:
        return rows
    return tuple(d for d in rows if d.holds(year)) or rows


def codes_of_places(rows: Iterable[Division]) -> tuple[str, ...]:
    """Codes of the places of prefecture level that rows belong to, each once, in order."""
    return tuple(dict.fromkeys(place_of(d).code for d in rows))


SHOWN = 3
CUTOFF = 0.6
LOOK_ALIKES = (
    "毫亳 荷菏 洲州 泸沪庐 攀樊 濮璞仆 淄缁 葫胡 忻沂析 郴彬林 朔塑 萍苹 莱来 "
    "邯甘 辽疗 宿苏 宜伊 绍邵韶 吕呂 张張 东東 长長 阳陽 宁寧 云雲 龙龍 马馬 "
    "兴興 双雙 铜銅 广廣 庆慶 岭嶺 乌烏 济濟 庄莊 达達"
)
"""Characters that are taken for one another, by look, sound or old form, group by group."""


@cache
def _plain() -> dict[int, str]:
    """Table that writes the first character of each group for the others."""
    return {ord(c): group[0] for group in LOOK_ALIKES.split() for c in group}


def nearest_places(text: str) -> tuple[KnownPlace, ...]:
    """Find up to three places with the most similar names.

    >>> [place.name for place in nearest_places("毫州")]
    ['亳州市']
    """
    if is_latin(text):
        names, key = romanised(), latin(text)
        alike: list[str] = []
    else:
        names, key = _codes_of_stems(), stem(text)
        look = key.translate(_plain())
        alike = [name for name in names if name.translate(_plain()) == look and name != key]
    # Likeness by letters is asked only where no name looks the same: 毫州 is 亳州, not 郑州.
    alike = alike or difflib.get_close_matches(key, names, n=SHOWN, cutoff=CUTOFF)
    codes = dict.fromkeys(code for name in alike for code in names[name])
    return tuple(places()[code] for code in list(codes)[:SHOWN])


@cache
def _codes_of_stems() -> Mapping[str, tuple[str, ...]]:
    stems = prefecture_stems()
    return {name: codes_of_places(rows) for name, rows in stems.items()}


How = Literal[
    "name",
    "short_name",
    "former_name",
    "code",
    "former_code",
    "english",
    "province",
    "context",
    "county",
    "authority",
]

Reason = Literal["empty", "code", "province", "county", "abolished", "elsewhere", "office", "name"]


@dataclass(frozen=True, slots=True)
class Matched:
    """A name that means one place."""

    text: str
    """The name as it was given."""
    place: KnownPlace
    how: How
    """`name`: its full name; `short_name`: without rank; `former_name`, `former_code`: of another
    time; `province`: told by the province beside it; `context`: told by the rest of the list;
    `county`: a county of it; `authority`: an office of it."""
    confidence: Confidence
    """`high`: nothing else bears the name; `medium`: a note says what to check."""
    county: str = ""
    """Name of the county through which it was found."""
    notes: tuple[Message, ...] = ()
    """What to know about the name or the place."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A name that can mean several places."""

    text: str
    candidates: tuple[KnownPlace, ...]
    why: Message

    @property
    def cities_only(self) -> tuple[KnownPlace, ...]:
        """Candidates without the provinces among them."""
        return tuple(c for c in self.candidates if c.level != "province")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that means no place of prefecture level."""

    text: str
    reason: Reason
    why: Message
    nearest: tuple[KnownPlace, ...] = ()
    """Places that could have been meant, most alike first; a suggestion, never used."""


Match = Matched | Ambiguous | Unknown


def no_such_name(name: str, text: str) -> Unknown:
    """Refuse a name that nothing bears, with the most similar ones."""
    why = message("'{name}' is not a known place.", name=name)
    return Unknown(name, "name", why, nearest_places(text))


def province_not_city(name: str) -> Unknown:
    """Refuse a province."""
    why = message("'{name}' is a province, not a place of prefecture level.", name=name)
    return Unknown(name, "province", why)


def county_not_prefecture(name: str, rows: tuple[Division, ...]) -> Unknown:
    """Refuse a county and name the place that it belongs to."""
    parents = tuple(dict.fromkeys(place_of(d) for d in rows))
    why = message(
        "{name} is a county-level place of {inside}, not a place of prefecture level.",
        name=county_place(rows[-1]).name if len(parents) == 1 else name,
        inside="、".join(place.name for place in parents),
    )
    return Unknown(name, "county", why, parents)


def several(name: str, candidates: tuple[KnownPlace, ...]) -> Ambiguous:
    """Leave open what a name means that several places bear."""
    if any(c.level == "province" for c in candidates):
        why = message("'{name}' is both a province and a place of prefecture level.", name=name)
    else:
        why = message("'{name}' can mean {n} places.", name=name, n=len(candidates))
    return Ambiguous(name, candidates, why)


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
    if match.reason == "abolished":
        remedy = message(
            "leave out the rows of later years, or name the place that they are about: {names}.",
            names=near,
        )
    elif near:
        remedy = message("did you mean {names}?", names=near)
    elif match.reason == "code":
        remedy = message("check the code, or write the name of the place.")
    else:
        remedy = message("check the name.")
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


def matched_in_year(
    name: str, place: KnownPlace, how: How, year: int | None, namesakes: tuple[Division, ...]
) -> Match:
    """Match a place as it stood at the end of a year, or say why it did not.

    `namesakes` are the county-level cities of the same name: a row of a year in which there was
    one may be about the smaller place.
    """
    match = Matched(name, place, how, "high", notes=_fate(place, how))
    if place.last is not None:
        return _abolished(match, place.last, year, namesakes)
    doubts = _doubts_now(namesakes) if year is None else _doubts(place, year, namesakes)
    return replace(match, confidence="medium", notes=match.notes + doubts) if doubts else match


def _fate(place: KnownPlace, how: How) -> tuple[Message, ...]:
    """Sentences on renaming, where the name or code is not the present one, and on abolition."""
    tells = how in {"former_name", "former_code"} or place.last is not None
    kinds = {"renamed", "raised", "merged", "split"}
    return tuple(
        c.in_words()
        for c in (place.changes if tells else ())
        if c.kind in kinds and successor(c.from_code) == place.code
    )


def _abolished(
    match: Matched, last: int, year: int | None, namesakes: tuple[Division, ...]
) -> Matched | Ambiguous | Unknown:
    """Match an abolished place up to its last year only."""
    now = tuple(county_place(d) for d in namesakes if d.last is None)
    if year is None and now:
        return several(match.text, (match.place, *now))
    if year is not None and year > last:
        return Unknown(match.text, "abolished", match.notes[0], _heirs(match.place))
    # Without a year nobody knows whether the place still existed.
    return match if year else replace(match, confidence="medium")


def _heirs(place: KnownPlace) -> tuple[KnownPlace, ...]:
    """Places that an abolished one went to."""
    codes = [
        code
        for change in place.changes
        if change.from_code == place.code and change.kind in {"merged", "split"}
        for code in change.to_codes
    ]
    return tuple(places()[code] for code in codes)


def _doubts_now(namesakes: tuple[Division, ...]) -> tuple[Message, ...]:
    """Say that a county-level city bears the name today."""
    return tuple(
        message(
            "{county} is a county-level city of the same name: "
            "check that the figures are those of the whole prefecture.",
            county=d.name,
        )
        for d in namesakes
        if d.last is None
    )


def _doubts(place: KnownPlace, year: int, namesakes: tuple[Division, ...]) -> tuple[Message, ...]:
    """Say what a year before the founding, or a namesake in that year, puts in doubt."""
    doubts = []
    if place.first is not None and year < place.first:
        doubts.append(
            message(
                "{place} exists since {first} only; the figures are of {year}.",
                place=place.name,
                first=place.first,
                year=year,
            )
        )
    if any(d.holds(year) for d in namesakes):
        doubts.append(
            message(
                "In {year} {place} was also the name of a county-level city: "
                "check that the figures are those of the whole prefecture.",
                place=namesakes[0].name,
                year=year,
            )
        )
    return tuple(doubts)


NATIONAL = "156"
"""China in the coding of the national platform: 156140200."""
REASSIGNED = ("469025", "469026", "469027", "469028", "469030")
"""Counties of Hainan whose codes belonged to other counties before 2007."""
REASSIGNED_IN = 2007


def six_digits(code: str) -> str:
    """Reduce the longer forms of a code to six digits; other lengths are left as they are.

    >>> six_digits("140200000000"), six_digits("156140200"), six_digits("110100")
    ('140200', '140200', '110000')
    """
    if len(code) == 12 and code.endswith("000000"):
        code = code[:6]
    if len(code) == 9 and code.startswith(NATIONAL):
        code = code[3:]
    is_city_proper = len(code) == 6 and code[:2] in MUNICIPALITIES and code[2:] == "0100"
    return code[:2] + "0000" if is_city_proper else code


def match_code(name: str, digits: str, year: int | None) -> Match:
    """Match a code with its place; codes of counties and provinces are refused.

    >>> match_code("522400", "522400", None).how
    'former_code'
    """
    code = six_digits(digits)
    rows = codes().get(code)
    if code in REASSIGNED and year is not None and year < REASSIGNED_IN:
        why = message(
            "{code} belonged to another place before {year}.", code=code, year=REASSIGNED_IN
        )
        return Unknown(name, "code", why)
    if not rows:
        near = places().get(code[:4] + "00") if len(code) in {4, 6} else None
        why = message("{code} is not a known place code.", code=name)
        return Unknown(name, "code", why, (near,) if near else ())
    # The last row is the latest bearer of the code.
    if rows[-1].level == "county":
        return county_not_prefecture(name, rows)
    place = place_of(rows[-1])
    if place.level == "province":
        return province_not_city(name)
    how: How = "code" if place.code == code else "former_code"
    return matched_in_year(name, place, how, year, ())
