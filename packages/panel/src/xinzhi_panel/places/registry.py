"""The 126 resource-based cities of the State Council's plan of 2013.

Stages and membership are those of the plan (国发〔2013〕45号, annex). Resource type, coal and income
are a reconstruction: the study names counts (coal 53/62, income 45/70), not cities. Each type
carries a mark of confidence; for income see `groupings.RECONSTRUCTED`.

Groups of cities that are our reconstruction, and what their reader must know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, cast

from xinzhi_core.errors import SpecError, Where, suggestion
from xinzhi_core.notices import Notice
from xinzhi_core.wording import Label, Wording, listed, message
from xinzhi_panel.places.divisions import rows

Stage = Literal["growing", "mature", "declining", "regenerative"]
Confidence = Literal["high", "medium", "low"]
Kind = Literal["city", "prefecture", "autonomous_prefecture"]
Income = Literal["high", "low"]


@dataclass(frozen=True, slots=True)
class City:
    """One resource-based city of prefecture level."""

    code: str
    """Six-digit code; 371200 (Laiwu) was abolished in 2019."""
    name: str
    """Full Chinese name: `大同市`."""
    english: str
    """English name; Yichun, Suzhou and Yulin carry their province."""
    province: str
    province_english: str
    kind: Kind
    stage: Stage
    """Stage in the plan: growing, mature, declining, regenerative."""
    region: str
    """One of four: `East`, `Central`, `West`, `Northeast`."""
    region_paper: str
    """One of the paper's three: `East`, `Central+West`, `Northeast`."""
    resource_type: str
    """Main resource, reconstructed: `coal`, `oil_gas`, `ferrous`, `nonferrous`, `nonmetal`,
    `forestry`, `comprehensive`."""
    is_coal: bool
    """Coal city, reconstructed; 53 of the 115."""
    type_confidence: Confidence
    """How sure resource type and coal are."""
    income: Income | None
    """Income group, reconstructed: mean real GDP per head of 2008-2023 above the median of 296
    cities or not; None for the eleven outside the paper's sample."""
    in_paper: bool
    """Whether it is one of the paper's 115."""
    longitude: float
    latitude: float
    area: float
    """Area in km2, of the simplified boundary."""
    note: str
    """What to know about its series; empty if nothing."""

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


def _city(row: Mapping[str, str]) -> City:
    return City(
        code=row["adcode"],
        name=row["name_zh"],
        english=row["name_en"],
        province=row["province_zh"],
        province_english=row["province_en"],
        kind=cast("Kind", row["unit_type"]),
        stage=cast("Stage", row["stage"]),
        region=row["region4"],
        region_paper=row["region3_paper"],
        resource_type=row["resource_type"],
        is_coal=row["is_coal"] == "1",
        type_confidence=cast("Confidence", row["type_confidence"]),
        income=cast("Income", row["income_recon"]) if row["income_recon"] else None,
        in_paper=row["in_paper_115"] == "1",
        longitude=float(row["lon"]),
        latitude=float(row["lat"]),
        area=float(row["area_km2"]),
        note=row["note"],
    )


@cache
def _by_code() -> Mapping[str, City]:
    cities = (_city(row) for row in rows("resource_cities.csv"))
    return MappingProxyType({city.code: city for city in cities})


def resource_cities() -> tuple[City, ...]:
    """List the 126 cities in the order of the plan.

    References
    ----------
    State Council of China (2013). National plan for the sustainable development of resource-based
    cities, 2013-2020 (国发〔2013〕45号), annex.

    Examples
    --------
    >>> len(resource_cities()), resource_cities()[0].name
    (126, '张家口市')
    """
    return tuple(_by_code().values())


def paper_115() -> tuple[City, ...]:
    """List the paper's 115: without ten prefectures that are not cities, and without Laiwu.

    >>> len(paper_115()), sum(city.is_coal for city in paper_115())
    (115, 53)
    """
    return tuple(city for city in resource_cities() if city.in_paper)


SELECTIONS: Mapping[str, Callable[[], tuple[City, ...]]] = MappingProxyType(
    {"resource_based": resource_cities, "paper_115": paper_115}
)
"""Lists of cities by their word in the study file."""


def selection(name: str, *, where: Where | None = None) -> tuple[City, ...]:
    """Get a list of cities by its word in the study file; an unknown word is an error.

    >>> len(selection("resource_based")), len(selection("paper_115"))
    (126, 115)
    """
    if name not in SELECTIONS:
        raise SpecError.of(
            message("Unknown list of cities '{name}'.", name=name),
            where or Where(),
            suggestion(name, tuple(SELECTIONS)),
            code="cities.selection",
        )
    return SELECTIONS[name]()


def find(code: str) -> City | None:
    """Look a city up by its code; None if it is not a resource-based city.

    >>> find("140200").english, find("110000")
    ('Datong', None)
    """
    return _by_code().get(code)


RECONSTRUCTED: Mapping[str, tuple[Label, Wording]] = MappingProxyType(
    {
        "coal": (
            Label("coal", zh="资源类型", en="Resource"),
            message(
                "reconstruction from the main mineral or industry of each city; "
                "52 cities on plain criteria, Sanmenxia by choice"
            ),
        ),
        "income": (
            Label("income", zh="收入水平", en="Income"),
            message(
                "reconstruction: mean real GDP per head of 2008-2023 above the median of 296 cities"
            ),
        ),
    }
)
"""Groups of which the paper prints counts only -> their label, and where the membership comes from."""


def notices(name: str, cities: Iterable[City]) -> tuple[Notice, ...]:
    """Tell the reader of a comparison by groups that, and how surely, they are reconstructed."""
    label, source = RECONSTRUCTED[name]
    chosen = tuple(cities)
    doubts = [
        Notice(
            "cities.reconstructed_groups",
            message(
                "The groups of '{name}' are a reconstruction, the paper prints only their "
                "sizes: {source}.",
                name=label,
                source=source,
            ),
        )
    ]
    unsure = [city.name for city in chosen if city.type_confidence == "low"]
    if name == "coal" and unsure:
        doubts.append(
            Notice(
                "cities.low_confidence",
                message(
                    "The resource type of {n} of {all} cities is of low confidence: {names}.",
                    n=len(unsure),
                    all=len(chosen),
                    names=listed(unsure),
                ),
            )
        )
    return tuple(doubts)
