"""Outlines as TopoJSON: from rings to arcs and back, every common border stored once.

Polygons from well-known binary, the form in which GeoParquet keeps them.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Point = tuple[float, float]
Ring = Sequence[Point]
Polygons = Sequence[Sequence[Ring]]
"""Polygons of an area; of each the outer ring first, then its holes."""
AREAS = "areas"
"""Object that holds the areas of a file that names no objects."""


def arcs_of(topology: Mapping[str, Any]) -> tuple[Array, ...]:
    """Give the arcs of a TopoJSON topology as they lie: each of shape (points, 2).

    >>> arcs_of({"arcs": [[[0, 0], [2, 1]]], "transform": {"scale": [2, 1], "translate": [1, 1]}})
    (array([[1., 1.],
           [5., 2.]]),)
    """
    transform = topology.get("transform")
    arcs = (np.array(arc, dtype=np.float64)[:, :2] for arc in topology["arcs"])
    if transform is None:
        return tuple(arcs)
    # A quantised arc holds its first point and then steps, all in whole numbers.
    scale, shift = np.array(transform["scale"]), np.array(transform["translate"])
    return tuple(np.cumsum(arc, axis=0) * scale + shift for arc in arcs)


def polygons_of(shape: Mapping[str, Any]) -> list[list[list[int]]]:
    """Give the rings of a shape as lists of arcs, polygon by polygon; nothing for no geometry."""
    if shape.get("type") == "Polygon":
        return [shape["arcs"]]
    return list(shape["arcs"]) if shape.get("type") == "MultiPolygon" else []


def ring_of(arcs: Sequence[Array], ring: Iterable[int]) -> Array:
    """Join the arcs of a ring; ~n is arc n backwards. The last point is the first.

    >>> ring_of((np.array([[0.0, 0], [1, 0]]), np.array([[0.0, 0], [1, 1], [1, 0]])), [0, ~1])
    array([[0., 0.],
           [1., 0.],
           [1., 1.],
           [0., 0.]])
    """
    parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in ring]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def area_of(ring: Array) -> float:
    """Give the signed area of a closed ring: positive counterclockwise (x right, y up)."""
    # Relative to its first point: far from the origin the products would lose digits.
    x, y = (ring - ring[0]).T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def middle_of(ring: Array) -> Array:
    """Find the centre of gravity of a closed ring, whichever way it runs.

    >>> middle_of(np.array([[0.0, 0], [2, 0], [2, 4], [0, 4], [0, 0]])).tolist()
    [1.0, 2.0]
    """
    moved = ring - ring[0]
    before, after = moved[:-1], moved[1:]
    cross = before[:, 0] * after[:, 1] - after[:, 0] * before[:, 1]
    middle: Array = ring[0] + ((before + after) * cross[:, None]).sum(axis=0) / (3 * cross.sum())
    return middle


def topology_of(areas: Iterable[tuple[Mapping[str, object], Polygons]]) -> dict[str, object]:
    """Make a topology from areas with their properties; borders that are alike become one arc.

    A ring is cut where three or more lines meet. Borders are alike where their points are equal.

    Examples
    --------
    >>> left = [[[(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)]]]
    >>> right = [[[(1, 0), (1, 1), (2, 1), (2, 0), (1, 0)]]]
    >>> made = topology_of([({"id": "l"}, left), ({"id": "r"}, right)])
    >>> [shape["arcs"] for shape in made["objects"]["areas"]["geometries"]]
    [[[[0, 1]]], [[[-1, 2]]]]
    """
    listed = [(properties, [[_clean(r) for r in p] for p in ps]) for properties, ps in areas]
    joints = _joints(ring for _, ps in listed for ring in chain.from_iterable(ps))
    numbers: dict[tuple[Point, ...], int] = {}
    shapes = [
        {
            "type": "MultiPolygon",
            "properties": dict(properties),
            "arcs": [[_cut(ring, joints, numbers) for ring in polygon] for polygon in ps],
        }
        for properties, ps in listed
    ]
    return {
        "type": "Topology",
        "objects": {AREAS: {"type": "GeometryCollection", "geometries": shapes}},
        "arcs": [[list(point) for point in arc] for arc in numbers],
    }


def _clean(ring: Ring) -> list[Point]:
    """Leave out points that repeat the one before."""
    points = [(float(p[0]), float(p[1])) for p in ring]
    return [points[0], *(b for a, b in pairwise(points) if a != b)]


def _joints(rings: Iterable[Ring]) -> set[Point]:
    neighbours: dict[Point, set[Point]] = defaultdict(set)
    for ring in rings:
        for a, b in pairwise(ring):
            neighbours[a].add(b)
            neighbours[b].add(a)
    return {point for point, others in neighbours.items() if len(others) > 2}


def _cut(ring: list[Point], joints: set[Point], numbers: dict[tuple[Point, ...], int]) -> list[int]:
    """Cut a ring at its joints; a ring without any starts at its lowest point."""
    opened = ring[:-1]
    # An island is shared by none or equal to a hole: both must begin at one point to be one arc.
    start = next((i for i, point in enumerate(opened) if point in joints), None)
    if start is None:
        start = opened.index(min(opened))
    turned = [*opened[start:], *opened[: start + 1]]
    ends = [0, *(i for i in range(1, len(turned) - 1) if turned[i] in joints), len(turned) - 1]
    return [_number(tuple(turned[a : b + 1]), numbers) for a, b in pairwise(ends)]


def _number(arc: tuple[Point, ...], numbers: dict[tuple[Point, ...], int]) -> int:
    """Give an arc its number; backwards where the other direction is known."""
    if arc[::-1] in numbers:
        return ~numbers[arc[::-1]]
    return numbers.setdefault(arc, len(numbers))


def rewind(topology: Mapping[str, Any], names: Iterable[str]) -> tuple[dict[str, Any], int, int]:
    """Turn the rings of objects so that outer ones run clockwise and holes the other way.

    Which ring is a hole is told by its place in the polygon, not by its direction.

    Returns
    -------
    tuple
        The topology, the number of rings that were turned, the number of rings.
    """
    arcs = arcs_of(topology)
    turned = total = 0
    objects = dict(topology["objects"])
    for name in names:
        shapes = []
        for shape in objects[name]["geometries"]:
            polygons = []
            for polygon in polygons_of(shape):
                rings, n = _rewind_polygon(arcs, polygon)
                polygons.append(rings)
                turned, total = turned + n, total + len(rings)
            rest = {key: value for key, value in shape.items() if key not in {"type", "arcs"}}
            shapes.append(rest | {"type": "MultiPolygon", "arcs": polygons})
        objects[name] = {**objects[name], "geometries": shapes}
    return {**topology, "objects": objects}, turned, total


def _rewind_polygon(
    arcs: Sequence[Array], polygon: Sequence[list[int]]
) -> tuple[list[list[int]], int]:
    rings = []
    n = 0
    for place, ring in enumerate(polygon):
        area = area_of(ring_of(arcs, ring))
        is_wrong = area != 0 and (area > 0) == (place == 0)
        n += is_wrong
        rings.append([~arc for arc in reversed(ring)] if is_wrong else list(ring))
    return rings, n


POLYGON, MULTIPOLYGON = 3, 6
Rings = list[list[Point]]


def polygons_from_wkb(content: bytes) -> list[Rings]:
    """Read a polygon or multipolygon with two coordinates a point.

    Raises
    ------
    ValueError
        Another kind of geometry, more coordinates, or bytes that break off.

    Examples
    --------
    >>> ring = struct.pack("<I8d", 4, 0, 0, 1, 0, 0, 1, 0, 0)
    >>> polygons_from_wkb(struct.pack("<BII", 1, 3, 1) + ring)
    [[[(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)]]]
    """
    try:
        polygons, end = _geometry(content, 0)
    except (struct.error, IndexError) as error:
        msg = "the bytes of a geometry break off"
        raise ValueError(msg) from error
    if end != len(content):
        msg = "a geometry is longer than it says"
        raise ValueError(msg)
    return polygons


def _geometry(content: bytes, offset: int) -> tuple[list[Rings], int]:
    order = "<" if content[offset] == 1 else ">"
    kind, n = struct.unpack_from(f"{order}II", content, offset + 1)
    offset += 9
    if kind == POLYGON:
        rings, offset = _rings(content, offset, order, n)
        return [rings], offset
    if kind != MULTIPOLYGON:
        msg = f"a geometry is of kind {kind}, not a polygon with two coordinates a point"
        raise ValueError(msg)
    polygons: list[Rings] = []
    for _ in range(n):
        part, offset = _geometry(content, offset)
        polygons += part
    return polygons, offset


def _rings(content: bytes, offset: int, order: str, n: int) -> tuple[Rings, int]:
    rings: Rings = []
    for _ in range(n):
        (count,) = struct.unpack_from(f"{order}I", content, offset)
        end = offset + 4 + 16 * count
        if end > len(content):
            msg = "the bytes of a geometry break off"
            raise ValueError(msg)
        points = np.frombuffer(content, f"{order}f8", 2 * count, offset + 4).reshape(-1, 2)
        rings.append([(float(x), float(y)) for x, y in points])
        offset = end
    return rings, offset
