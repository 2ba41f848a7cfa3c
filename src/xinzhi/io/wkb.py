"""Polygons from well-known binary, the form in which GeoParquet keeps them."""

from __future__ import annotations

import struct

import numpy as np

from xinzhi.io.topology import Point

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
