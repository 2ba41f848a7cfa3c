"""Neighbours from boundaries: two areas are neighbours if they share a stretch of border."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Any

from xinzhi.errors import DataError, Problem, Where, suggestion
from xinzhi.typology.neighbours import Neighbours, neighbours_of
from xinzhi.wording import message


def adjacent(topology: Mapping[str, Any], *, name: str, key: str) -> Neighbours:
    """Find the neighbours in a TopoJSON topology, where a common border is one common arc.

    Areas that meet in a single point share no arc and are no neighbours (rook contiguity).

    Parameters
    ----------
    topology
        Parsed TopoJSON.
    name
        The object in it that holds the areas.
    key
        Property, or `id`, by which areas are known; parts with the same key are one area.

    Raises
    ------
    DataError
        There is no such object, or an area lacks the key.

    References
    ----------
    The TopoJSON Format Specification, section 2.1.4: a negative arc index is the reversed arc.

    Examples
    --------
    >>> areas = [{"type": "Polygon", "id": "a", "arcs": [[0, 1]]},
    ...     {"type": "Polygon", "id": "b", "arcs": [[-2, 2]]}]
    >>> shown = adjacent({"objects": {"map": {"geometries": areas}}}, name="map", key="id")
    >>> shown.weights.toarray().tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    areas_of: dict[int, set[str]] = defaultdict(set)
    names = []
    for place, geometry in enumerate(_geometries(topology, name)):
        area = _name(geometry, key, place)
        names.append(area)
        for arc in _arcs(geometry.get("arcs", [])):
            areas_of[arc].add(area)
    pairs = {pair for areas in areas_of.values() for pair in permutations(sorted(areas), 2)}
    others: dict[str, list[str]] = {area: [] for area in sorted(names)}
    for area, other in sorted(pairs):
        others[area].append(other)
    return neighbours_of(others)


def _geometries(topology: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    objects = topology.get("objects", {})
    if name not in objects:
        raise DataError(
            Problem(
                "spatial.no_object",
                message("The boundaries hold no object '{name}'.", name=name),
                remedy=suggestion(name, tuple(objects)),
            )
        )
    return list(objects[name].get("geometries", []))


def _name(geometry: Mapping[str, Any], key: str, place: int) -> str:
    properties = geometry.get("properties") or {}
    found = geometry.get("id") if key == "id" else properties.get(key)
    if found is None:
        raise DataError(
            Problem(
                "spatial.no_key",
                message("Area {place} of the boundaries has no {key}.", place=place + 1, key=key),
                Where(column=key),
                message("known: {known}.", known=", ".join(sorted(map(str, properties))) or "-"),
            )
        )
    return str(found)


def _arcs(nested: Any) -> Iterator[int]:
    """Walk the arcs of rings of polygons; an arc and its reverse are the same border."""
    for arc in nested:
        if isinstance(arc, int):
            yield arc if arc >= 0 else ~arc
        else:
            yield from _arcs(arc)
