"""Groups of cities for the comparison of groups: which are printed, which are our reconstruction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.notices import Notice
from xinzhi.places.registry import City
from xinzhi.wording import Label, Wording, listed, message


@dataclass(frozen=True, slots=True)
class Grouping:
    """One way to divide the cities."""

    name: str
    """Key of the study file: `coal`, `stage`, `phase`, `income`, `region`, `paper_region`."""
    label: Label
    groups: Mapping[str, Label]
    """Label by group, in the order of the tables."""
    of: Callable[[City], str | None]
    """Group of a city; None if it has none."""
    source: Wording
    """Where the membership comes from."""
    is_reconstructed: bool
    """Whether the study prints counts only, so that the members are our reconstruction."""


def _labels(**words: str) -> Mapping[str, Label]:
    """Make labels from `name="中文|English"`."""
    return MappingProxyType(
        {
            name: Label(name, zh=text.split("|")[0], en=text.split("|")[1])
            for name, text in words.items()
        }
    )


def _coal(city: City) -> str:
    return "coal" if city.is_coal else "other"


def _phase(city: City) -> str:
    return "rising" if city.stage in {"growing", "mature"} else "turning"


PLAN = message("State Council's plan for resource-based cities of 2013, annex")
NBS = message("four regions of the National Bureau of Statistics")
COAL_SOURCE = message(
    "reconstruction from the main mineral or industry of each city; "
    "52 cities on plain criteria, Sanmenxia by choice"
)
INCOME_SOURCE = message(
    "reconstruction: mean real GDP per head of 2008-2023 above the median of 296 cities"
)

COAL = Grouping(
    "coal",
    Label("coal", zh="资源类型", en="Resource"),
    _labels(coal="煤炭型|Coal", other="非煤炭型|Other"),
    _coal,
    COAL_SOURCE,
    is_reconstructed=True,
)
STAGE = Grouping(
    "stage",
    Label("stage", zh="发展阶段", en="Stage"),
    _labels(
        growing="成长型|Growing",
        mature="成熟型|Mature",
        declining="衰退型|Declining",
        regenerative="再生型|Regenerative",
    ),
    lambda city: city.stage,
    PLAN,
    is_reconstructed=False,
)
PHASE = Grouping(
    "phase",
    Label("phase", zh="发展阶段（两类）", en="Stage (two groups)"),
    _labels(
        rising="成长型与成熟型|Growing and mature",
        turning="衰退型与再生型|Declining and regenerative",
    ),
    _phase,
    PLAN,
    is_reconstructed=False,
)
INCOME = Grouping(
    "income",
    Label("income", zh="收入水平", en="Income"),
    _labels(high="高收入|High", low="低收入|Low"),
    lambda city: city.income,
    INCOME_SOURCE,
    is_reconstructed=True,
)
REGION = Grouping(
    "region",
    Label("region", zh="四大区域", en="Region (four)"),
    _labels(East="东部|East", Central="中部|Central", West="西部|West", Northeast="东北|Northeast"),
    lambda city: city.region,
    NBS,
    is_reconstructed=False,
)
PAPER_REGION = Grouping(
    "paper_region",
    Label("paper_region", zh="区域", en="Region"),
    MappingProxyType(
        {
            "East": Label("East", zh="东部", en="East"),
            "Northeast": Label("Northeast", zh="东北", en="Northeast"),
            "Central+West": Label("Central+West", zh="中西部", en="Central and West"),
        }
    ),
    lambda city: city.region_paper,
    NBS,
    is_reconstructed=False,
)
GROUPINGS: Mapping[str, Grouping] = MappingProxyType(
    {g.name: g for g in (COAL, STAGE, PHASE, INCOME, REGION, PAPER_REGION)}
)


def grouping(name: str, *, where: Where | None = None) -> Grouping:
    """Get a grouping by name; an unknown name is an error with the nearest one.

    >>> grouping("coal").label.zh
    '资源类型'
    """
    if name not in GROUPINGS:
        raise SpecError(
            Problem(
                "cities.grouping",
                message("There is no grouping of cities '{name}'.", name=name),
                where or Where(),
                suggestion(name, tuple(GROUPINGS)),
            )
        )
    return GROUPINGS[name]


def notices(name: str, cities: Iterable[City]) -> tuple[Notice, ...]:
    """Tell the reader of a comparison by groups that, and how surely, they are reconstructed."""
    divide = grouping(name)
    if not divide.is_reconstructed:
        return ()
    chosen = tuple(cities)
    said = [
        Notice(
            "cities.reconstructed_groups",
            message(
                "The groups of '{name}' are a reconstruction, the paper prints only their "
                "sizes: {source}.",
                name=divide.label,
                source=divide.source,
            ),
        )
    ]
    unsure = [city.name for city in chosen if city.type_confidence == "low"]
    if divide is COAL and unsure:
        said.append(
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
    return tuple(said)
