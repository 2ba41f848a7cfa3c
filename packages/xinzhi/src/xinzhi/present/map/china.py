"""The sheet of a map of China: main map, South China Sea beside it, all in one plane.

Everything is projected, made lighter and cut beforehand, in km, y downwards as on paper; the chart
only scales it. The inset repeats the areas of the South China Sea at a smaller scale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from xinzhi.present.map.boundaries import Boundaries
from xinzhi.present.map.lines import Window, albers, clipped, pieces_within, simplified
from xinzhi_panel.io.topology import arcs_of, polygons_of, ring_of
from xinzhi_panel.places import boundaries as packaged

Array = npt.NDArray[np.float64]
FRAME: Window = (-2720.0, -2130.0, 2480.0, 2170.0)
"""Main map: km east and north of 105 E 36 N."""
SEA: Window = (230.0, -3560.0, 1960.0, -1180.0)
"""What the inset shows."""
INSET_SCALE = 0.325
CORNER = (1892.0, -2110.0)
"""Where the inset begins, in the plane of the main map."""
INSET: Window = (
    *CORNER,
    CORNER[0] + (SEA[2] - SEA[0]) * INSET_SCALE,
    CORNER[1] + (SEA[3] - SEA[1]) * INSET_SCALE,
)
TOLERANCE = 3.5
"""km: half a pixel of a map as wide as a page."""
SPECK = 5.0
"""km: half the width of an island that would vanish, as it is drawn in the inset."""
STUB = 60.0
"""km: a shorter piece of a dash, cut by the edge of the main map, is shown in the inset only."""
Geometry = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What is drawn, as GeoJSON in the plane."""

    areas: Mapping[str, Geometry]
    """Entity -> its area, with its copy in the inset."""
    backdrop: Geometry
    """All of the country."""
    dashes: Geometry
    """The dashed line, in the main map and in the inset."""
    edges: Geometry
    """Frames of the main map and of the inset."""


@lru_cache(maxsize=8)
def sheet(boundaries: Boundaries, *, tolerance: float = TOLERANCE) -> Sheet:
    """Prepare the sheet of a map: areas that carry values, the country behind them, the lines.

    `tolerance` in km; small maps side by side need half the detail of a large one.
    """
    areas = {
        str(properties[boundaries.key]): _geometry(polygons)
        for properties, polygons in _planar(boundaries.topology, boundaries.areas, tolerance)
    }
    edges = {"type": "MultiLineString", "coordinates": [_box(FRAME), _box(INSET)]}
    return Sheet(areas, _backdrop(boundaries, tolerance), _dashes(), edges)


def _backdrop(boundaries: Boundaries, tolerance: float) -> Geometry:
    if not boundaries.land:
        return _provinces(tolerance)
    shapes = _planar(boundaries.topology, boundaries.land, tolerance)
    return _geometry(polygon for _, polygons in shapes for polygon in polygons)


@lru_cache(maxsize=2)  # one for each detail: all maps of China share them
def _provinces(tolerance: float) -> Geometry:
    shapes = _planar(packaged.outlines("province"), packaged.OBJECT, tolerance)
    return _geometry(polygon for _, polygons in shapes for polygon in polygons)


def _planar(
    topology: Mapping[str, Any], name: str, tolerance: float
) -> Iterator[tuple[Mapping[str, object], list[list[Array]]]]:
    """Project and lighten the arcs, each once, so that common borders stay common."""
    arcs = [simplified(albers(arc), tolerance) for arc in arcs_of(topology)]
    for shape in topology["objects"][name]["geometries"]:
        polygons = [[ring_of(arcs, ring) for ring in polygon] for polygon in polygons_of(shape)]
        yield shape.get("properties", {}), polygons


def _geometry(polygons: Iterable[list[Array]]) -> Geometry:
    drawn = []
    for polygon in polygons:
        drawn += [
            _rounded([clipped(ring, FRAME) for ring in polygon], keep=False),
            _rounded([_in_inset(clipped(ring, SEA)) for ring in polygon], keep=True),
        ]
    return {"type": "MultiPolygon", "coordinates": [polygon for polygon in drawn if polygon]}


def _in_inset(points: Array) -> Array:
    moved: Array = (points - SEA[:2]) * INSET_SCALE + INSET[:2]
    return moved


def _rounded(rings: list[Array], *, keep: bool) -> list[list[list[int]]]:
    """Write rings in whole km, y downwards; `keep` draws an island that would vanish as a speck."""
    whole = [_whole(ring) for ring in rings if len(ring)]
    if not whole:
        return []
    # A ring of GeoJSON has four points at least; the first is the outline, the others its holes.
    if len(whole[0]) < 4:
        return [_speck(rings[0])] if keep else []
    return [ring for ring in whole if len(ring) >= 4]


def _whole(ring: Array) -> list[list[int]]:
    points = np.rint(ring * (1, -1)).astype(int)
    moves = np.concatenate([[True], (np.diff(points, axis=0) != 0).any(axis=1)])
    ring_in_km: list[list[int]] = points[moves].tolist()
    return ring_in_km if len({tuple(point) for point in ring_in_km}) > 2 else []


def _speck(ring: Array) -> list[list[int]]:
    x, y = ring.mean(axis=0) * (1, -1)
    corners = [(x - SPECK, y), (x, y - SPECK), (x + SPECK, y), (x, y + SPECK), (x - SPECK, y)]
    return [[round(a), round(b)] for a, b in corners]


def _dashes() -> Geometry:
    lines = [albers(np.array(dash)) for dash in packaged.dashed_line()]
    main = [piece for line in lines for piece in pieces_within(line, FRAME) if _is_clear(piece)]
    sea = [_in_inset(piece) for line in lines for piece in pieces_within(line, SEA)]
    drawn = [np.rint(simplified(line, 1.0) * (1, -1)).astype(int).tolist() for line in main + sea]
    return {"type": "MultiLineString", "coordinates": drawn}


def _is_clear(piece: Array) -> bool:
    """Whether a dash of the main map is longer than a stub at its edge and lies clear of the inset."""
    length = float(np.hypot(*np.diff(piece, axis=0).T).sum())
    return length > STUB and not pieces_within(piece, INSET)


def _box(window: Window) -> list[list[int]]:
    left, lower, right, upper = (round(edge) for edge in window)
    corners = [(left, lower), (left, upper), (right, upper), (right, lower), (left, lower)]
    return [[x, -y] for x, y in corners]
