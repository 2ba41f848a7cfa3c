"""What is known of a place of prefecture level or a province beside its name: values, source, confidence.

Region and level follow from the official lists and hold of every place. Stage and membership are those
of the plan of 2013. Size class and mineral are our own compilation: each value carries its confidence,
and a place of which a trait is not known has no value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from xinzhi_core.wording import Message, message
from xinzhi_panel.places.divisions import MUNICIPALITIES, rows
from xinzhi_panel.places.places import KnownPlace, places
from xinzhi_panel.places.registry import Confidence

Value = str | float
REGIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "East": ("11", "12", "13", "31", "32", "33", "35", "37", "44", "46"),
        "Central": ("14", "34", "36", "41", "42", "43"),
        "West": ("15", "45", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65"),
        "Northeast": ("21", "22", "23"),
    }
)
"""Region -> first two digits of the codes of its provinces; Taiwan, Hong Kong and Macao lie in none."""
REGIONS_OF_PAPER = MappingProxyType(
    {"East": "East", "Central": "Central+West", "West": "Central+West", "Northeast": "Northeast"}
)
SIZES = (
    (1000.0, "above 10 million"),
    (500.0, "5 to 10 million"),
    (300.0, "3 to 5 million"),
    (100.0, "1 to 3 million"),
    (50.0, "0.5 to 1 million"),
    (0.0, "below 0.5 million"),
)
"""Least residents, 10,000, and the class."""
NEAR = 0.06
"""Within so much of a bound, rounding may decide the class."""
RANKS = (
    ("自治州", "autonomous prefecture"),
    ("地区", "prefecture"),
    ("盟", "league"),
    ("市", "prefecture-level city"),
)
OF_PROVINCES = (
    ("自治区", "autonomous region"),
    ("特别行政区", "special administrative region"),
    ("省", "province"),
)
_DIVISIONS = message(
    "official codes and names of administrative divisions (GB/T 2260), end of 2023"
)
_REGIONS = message("four economic regions of the National Bureau of Statistics (2011)")
_PLAN = message("State Council plan for resource-based cities 2013-2020 (2013, no. 45), annex")
_TYPE = message("our reconstruction from the main mineral or industry of each city of the plan")
SOURCES: Mapping[str, Message] = MappingProxyType(
    {
        "province": _DIVISIONS,
        "level": _DIVISIONS,
        "region4": _REGIONS,
        "region3_paper": message(
            "four economic regions of the National Bureau of Statistics (2011), Central and West together"
        ),
        "size_class": message(
            "residents of the whole place in the census of 2020, rounded to two digits; the bounds are those "
            "of the State Council's order of 2014, which counts urban residents only"
        ),
        "resource_based": _PLAN,
        "stage": _PLAN,
        "resource_type": _TYPE,
        "is_coal": _TYPE,
        "mineral": message(
            "our own compilation of the best-known mineral of each city of the plan"
        ),
        "income_recon": message(
            "our reconstruction: mean real GDP per head of 2008-2023 above the median of 296 cities"
        ),
    }
)
"""Trait, which is a column of a study -> where its values come from."""
WORDS = (
    *(message("East"), message("Central"), message("West"), message("Northeast")),
    message("Central+West"),
    *(message("growing"), message("mature"), message("declining"), message("regenerative")),
    *(message("coal"), message("oil_gas"), message("ferrous"), message("nonferrous")),
    *(message("nonmetal"), message("forestry"), message("comprehensive")),
    *(message("municipality"), message("sub-provincial city"), message("prefecture-level city")),
    *(message("autonomous prefecture"), message("prefecture"), message("league")),
    message("county-level place under its province"),
    *(message("autonomous region"), message("special administrative region"), message("province")),
    *(message("above 10 million"), message("5 to 10 million"), message("3 to 5 million")),
    *(message("1 to 3 million"), message("0.5 to 1 million"), message("below 0.5 million")),
)
"""Values that have words in both languages."""
MINERALS = (
    message("bauxite"),
    message("copper"),
    message("copper and nickel"),
    message("germanium"),
    message("granite"),
    message("iron"),
    message("iron and copper"),
    message("iron and rare earths"),
    message("iron, vanadium and titanium"),
    message("kaolin"),
    message("lead and zinc"),
    message("limestone"),
    message("marble"),
    message("molybdenum"),
    message("molybdenum, lead and zinc"),
    message("nickel"),
    message("oil and gas"),
    message("potash"),
    message("quartz sand"),
    message("rock salt"),
    message("stone and pyrite"),
    message("tantalum and lithium"),
    message("timber"),
    message("tin and antimony"),
    message("tungsten and other metals"),
    message("tungsten and rare earths"),
)
"""Minerals of the cities of the plan, beside coal."""
_IN_BOTH_LANGUAGES = frozenset(str(word) for word in (*WORDS, *MINERALS))


@dataclass(frozen=True, slots=True)
class Trait:
    """A value and how sure it is; its source is that of the trait, in `SOURCES`."""

    value: Value
    confidence: Confidence


def region_of(code: str) -> str | None:
    """Name the region of the province of a code; None for Taiwan, Hong Kong and Macao.

    >>> region_of("140200"), region_of("710000")
    ('Central', None)
    """
    return next((name for name, heads in REGIONS.items() if code[:2] in heads), None)


def size_class(residents: float) -> tuple[str, Confidence]:
    """Class a place by its residents, in 10,000; near a bound the confidence is low.

    >>> size_class(220), size_class(510)
    (('1 to 3 million', 'medium'), ('5 to 10 million', 'low'))
    """
    name = next(word for least, word in SIZES if residents >= least)
    near = any(abs(residents / least - 1) < NEAR for least, _ in SIZES if least)
    return name, "low" if near else "medium"


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    return MappingProxyType({row["code"]: row for row in rows("prefectures.csv")})


def residents_of(code: str) -> float | None:
    """Residents of a place in the census of 2020, in 10,000, rounded to two digits; None if not known.

    >>> residents_of("210900"), residents_of("460300")
    (160.0, None)
    """
    row = _table().get(code)
    return float(row["residents_10000"]) if row and row["residents_10000"] else None


@cache
def traits_of(code: str) -> Mapping[str, Trait]:
    """List what is known of a place of prefecture level or a province: trait -> value and confidence.

    Raises
    ------
    KeyError
        No such place has the code.

    Examples
    --------
    >>> found = traits_of("210900")  # Fuxin
    >>> [found[name].value for name in ("region4", "level", "size_class", "mineral", "stage")]
    ['Northeast', 'prefecture-level city', '1 to 3 million', 'coal', 'declining']
    >>> sorted(set(SOURCES) - set(traits_of("330100")))  # what is not known of Hangzhou
    ['income_recon', 'is_coal', 'mineral', 'resource_type', 'stage']
    """
    place = places()[code]
    found = {"province": Trait(place.province, "high")}
    if region := region_of(code):
        found["region4"] = Trait(region, "high")
        found["region3_paper"] = Trait(REGIONS_OF_PAPER[region], "high")
    found["level"] = Trait(_level(place), "high")
    if place.level == "prefecture":
        found |= _compiled(code) | _of_plan(place)
    return MappingProxyType(found)


def _level(place: KnownPlace) -> str:
    """Say the rank of a place."""
    if place.code.endswith("0000"):
        if place.code[:2] in MUNICIPALITIES:
            return "municipality"
        return next(word for rank, word in OF_PROVINCES if place.name.endswith(rank))
    row = _table().get(place.code)
    if row:
        return _word(row["level"])
    return next((word for rank, word in RANKS if place.name.endswith(rank)), "prefecture")


def _compiled(code: str) -> dict[str, Trait]:
    row, found = _table().get(code), {}
    residents = residents_of(code)
    if row and residents is not None:
        name, sure = size_class(residents)
        found["size_class"] = Trait(name, "low" if row["size_confidence"] == "low" else sure)
    if row and row["mineral"]:
        sure = _confidence(row["mineral_confidence"])
        found["mineral"] = Trait(_word(row["mineral"]), sure)
    return found


def _of_plan(place: KnownPlace) -> dict[str, Trait]:
    city = place.city
    found = {"resource_based": Trait(float(city is not None), "high")}
    if city is None:
        return found
    found["stage"] = Trait(_word(city.stage), "high")
    found["resource_type"] = Trait(_word(city.resource_type), city.type_confidence)
    found["is_coal"] = Trait(float(city.is_coal), city.type_confidence)
    if city.income is not None:
        found["income_recon"] = Trait(city.income, "medium")
    return found


def _word(text: str) -> str:
    """Pass on a value that has words in both languages; the packaged tables hold no other."""
    if text not in _IN_BOTH_LANGUAGES:
        raise ValueError(text)
    return text


def _confidence(word: str) -> Confidence:
    match word:
        case "high" | "medium" | "low":
            return word
        case _:
            raise ValueError(word)


def listed_places(level: str) -> tuple[KnownPlace, ...]:
    """List the places of a level that exist: `prefecture` or `province`, municipalities in both.

    >>> len(listed_places("province")), len(listed_places("prefecture"))
    (34, 337)
    """
    return tuple(
        place
        for place in places().values()
        if place.last is None
        and (
            place.code.endswith("0000")
            if level == "province"
            else place.level == "prefecture" and place.code[2:4] != "90"
        )
    )
