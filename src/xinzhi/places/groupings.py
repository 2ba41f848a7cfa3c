"""Groups of cities that are our reconstruction, and what their reader must know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from xinzhi.notices import Notice
from xinzhi.places.registry import City
from xinzhi.wording import Label, Wording, listed, message

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
