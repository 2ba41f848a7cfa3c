"""Outlines of areas, as TopoJSON, cut down to what a map draws."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from xinzhi.present.map.lines import Array, albers
from xinzhi_core.wording import Label, Wording
from xinzhi_panel.io.topology import arcs_of, area_of, middle_of, polygons_of, ring_of


@dataclass(frozen=True, slots=True, eq=False)
class Boundaries:
    """Outlines as TopoJSON: the areas that carry values, and the land behind them."""

    topology: Mapping[str, Any]
    areas: str = "countries"
    """Name of the object whose areas carry values."""
    land: str = "land"
    """Name of the object that is drawn as backdrop, without borders; all areas where empty."""
    key: str = "iso3"
    """Property of an area that is the entity's name in the panel."""
    note: Wording = ""
    """Source and view of the boundaries."""
    layout: Literal["world", "china"] = "world"
    """`china`: Albers, with the South China Sea in an inset; `world`: Equal Earth."""
    is_packaged: bool = False
    """Whether these are the outlines that come with the package."""

    @property
    def keys(self) -> frozenset[str]:
        """Entities that have an outline."""
        return frozenset(self._name(area) for area in self._shapes(self.areas) if area.get("arcs"))

    @property
    def labels(self) -> dict[str, Wording]:
        """Names of the areas in both languages, where the outlines bring them."""
        return {
            self._name(area): Label(
                self._name(area),
                zh=area["properties"].get("name_zh"),
                en=area["properties"].get("name_en"),
            )
            for area in self._shapes(self.areas)
        }

    @property
    def backdrop_object(self) -> str:
        """Object that is drawn as backdrop: the land, or all areas where there is none."""
        return self.land or self.areas

    def backdrop(self) -> dict[str, object]:
        """Topology of the land alone."""
        return self._cut(self.backdrop_object, lambda _: True, keep=())

    def outlines(self, entities: Collection[str]) -> dict[str, object]:
        """Topology of the areas of these entities alone."""
        wanted = frozenset(entities)
        return self._cut(self.areas, lambda area: self._name(area) in wanted, keep=(self.key,))

    def middles(self, plane: Callable[[Array], Array] = albers) -> dict[str, Array]:
        """Give the centre of gravity of the largest outline of each area.

        Parameters
        ----------
        plane
            Puts longitudes and latitudes onto a plane; that of the maps of China, km east and north of
            105 E 36 N, where left out.
        """
        arcs = [plane(arc) for arc in arcs_of(self.topology)]
        found = {}
        for shape in self._shapes(self.areas):
            # Islands far from the largest outline do not move its middle.
            rings = [ring_of(arcs, polygon[0]) for polygon in polygons_of(shape)]
            if rings:
                found[self._name(shape)] = middle_of(max(rings, key=lambda r: abs(area_of(r))))
        return found

    def _name(self, area: Mapping[str, Any]) -> str:
        return str(area["properties"][self.key])

    def _shapes(self, name: str) -> list[Mapping[str, Any]]:
        return list(self.topology["objects"][name]["geometries"])

    def _cut(
        self, name: str, wanted: Callable[[Mapping[str, object]], bool], keep: tuple[str, ...]
    ) -> dict[str, object]:
        """Keep the wanted shapes of one object, and the arcs that they use under new numbers."""
        numbers: dict[int, int] = {}
        transform = self.topology.get("transform")
        shapes = [
            {
                "type": shape["type"],
                "properties": {key: shape["properties"][key] for key in keep},
                "arcs": _renumbered(shape["arcs"], numbers),
            }
            for shape in self._shapes(name)
            if shape.get("arcs") and wanted(shape)
        ]
        return {
            "type": "Topology",
            **({"transform": transform} if transform is not None else {}),
            "objects": {name: {"type": "GeometryCollection", "geometries": shapes}},
            "arcs": [self.topology["arcs"][old] for old in numbers],
        }


def _renumbered(arcs: Any, numbers: dict[int, int]) -> object:
    """Give arcs their new numbers; ~n is arc n drawn backwards."""
    if isinstance(arcs, int):
        old = arcs if arcs >= 0 else ~arcs
        new = numbers.setdefault(old, len(numbers))
        return new if arcs >= 0 else ~new
    return [_renumbered(part, numbers) for part in arcs]
