"""Lines of a map made lighter, and cut to a window.

The equal-area projection of Albers, in which maps of China are drawn.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Window = tuple[float, float, float, float]
"""Left, lower, right, upper edge."""


def simplified(line: Array, tolerance: float) -> Array:
    """Keep the points that a line needs to stay within a tolerance of itself.

    A closed line is kept as two halves, so that it stays an area. Both ends stay.

    References
    ----------
    Douglas, D. H. and Peucker, T. K. (1973), Cartographica 10, 112-122,
    doi:10.3138/FM57-6770-U75U-7727.

    Examples
    --------
    >>> simplified(np.array([[0.0, 0.0], [1.0, 0.1], [2.0, 0.0]]), 0.2).tolist()
    [[0.0, 0.0], [2.0, 0.0]]
    """
    if len(line) < 3:
        return line
    keep = np.zeros(len(line), dtype=bool)
    keep[[0, -1]] = True
    stretches = [(0, len(line) - 1)]
    if (line[0] == line[-1]).all():
        far = int(np.hypot(*(line - line[0]).T).argmax())
        keep[far] = True
        stretches = [(0, far), (far, len(line) - 1)]
    while stretches:
        first, last = stretches.pop()
        if last - first < 2:
            continue
        point, distance = _farthest(line, first, last)
        if distance > tolerance:
            keep[point] = True
            stretches += [(first, point), (point, last)]
    return line[keep]


def _farthest(line: Array, first: int, last: int) -> tuple[int, float]:
    (x, y), (dx, dy) = line[first], line[last] - line[first]
    inside = line[first + 1 : last]
    # The cross product is the area of a parallelogram: over its base, the distance from the line.
    areas = np.abs((inside[:, 0] - x) * dy - (inside[:, 1] - y) * dx)
    length = float(np.hypot(dx, dy))
    farthest = int(areas.argmax())
    return first + 1 + farthest, float(areas[farthest]) / length if length else float("inf")


def clipped(ring: Array, window: Window) -> Array:
    """Cut a closed ring to a window; an empty array where nothing lies inside.

    References
    ----------
    Sutherland, I. E. and Hodgman, G. W. (1974), Communications of the ACM 17, 32-42,
    doi:10.1145/360767.360802.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [0.0, 2.0], [2.0, 2.0], [2.0, 0.0], [0.0, 0.0]])
    >>> clipped(square, (-1.0, -1.0, 1.0, 3.0))[:, 0].max()
    np.float64(1.0)
    """
    left, lower, right, upper = window
    low, high = ring.min(axis=0), ring.max(axis=0)
    if low[0] >= left and low[1] >= lower and high[0] <= right and high[1] <= upper:
        return ring
    if high[0] < left or high[1] < lower or low[0] > right or low[1] > upper:
        return ring[:0]
    points = [(float(x), float(y)) for x, y in ring[:-1]]
    for axis, edge, sign in ((0, left, 1), (0, right, -1), (1, lower, 1), (1, upper, -1)):
        points = _cut(points, axis, edge, sign)
        if not points:
            return ring[:0]
    return np.array([*points, points[0]])


def _cut(
    points: list[tuple[float, float]], axis: int, edge: float, sign: int
) -> list[tuple[float, float]]:
    """Cut by one edge; `sign` tells which side is inside."""
    inside: list[tuple[float, float]] = []
    for before, point in zip([points[-1], *points[:-1]], points, strict=True):
        was_in, is_in = sign * (before[axis] - edge) >= 0, sign * (point[axis] - edge) >= 0
        if was_in != is_in:
            share = (edge - before[axis]) / (point[axis] - before[axis])
            other = before[1 - axis] + share * (point[1 - axis] - before[1 - axis])
            inside.append((edge, other) if axis == 0 else (other, edge))
        if is_in:
            inside.append(point)
    return inside


def pieces_within(line: Array, window: Window) -> list[Array]:
    """Give the stretches of an open line whose points lie in a window.

    >>> [piece.tolist() for piece in pieces_within(np.array([[0.0, 0], [1, 0], [9, 0]]), (0, 0, 2, 2))]
    [[[0.0, 0.0], [1.0, 0.0]]]
    """
    left, lower, right, upper = window
    x, y = line.T
    inside = (x >= left) & (x <= right) & (y >= lower) & (y <= upper)
    bounds = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
    return [line[a:b] for a, b in list(pairwise(bounds))[::2] if b - a > 1]


RADIUS = 6371.0072
"""Radius in km of the sphere that has the area of the Earth (GRS80)."""
PARALLELS, CENTRE = (25.0, 47.0), (105.0, 36.0)
"""Latitudes that are true to length; longitude and latitude of the origin."""


def albers(
    places: Array,
    *,
    parallels: tuple[float, float] = PARALLELS,
    centre: tuple[float, float] = CENTRE,
    radius: float = RADIUS,
) -> Array:
    """Project longitudes and latitudes onto a plane, equal areas staying equal.

        n = (sin p1 + sin p2) / 2,  C = cos^2 p1 + 2 n sin p1,  r(p) = R sqrt(C - 2 n sin p) / n
        x = r sin(n (l - l0)),  y = r(p0) - r cos(n (l - l0))

    Parameters
    ----------
    places
        Shape (n, 2), degrees: longitude, latitude.
    parallels
        Latitudes that are true to length.
    centre
        Longitude and latitude of the origin.
    radius
        Of the sphere, in the unit of the result.

    Returns
    -------
    Array
        Shape (n, 2), east and north of the origin; as it stands km from 105 E 36 N.

    References
    ----------
    Snyder, J. P. (1987), Map Projections: A Working Manual, USGS Professional Paper 1395, p. 98,
    doi:10.3133/pp1395.

    Examples
    --------
    >>> albers(np.array([[105.0, 36.0], [105.0, 47.0]])).round(1).tolist()
    [[0.0, 0.0], [0.0, 1239.2]]
    """
    longitude, latitude = np.radians(places).T
    first, second = np.radians(parallels)
    origin = np.radians(centre)
    n = (np.sin(first) + np.sin(second)) / 2
    c = np.cos(first) ** 2 + 2 * n * np.sin(first)
    # Parallels become arcs around one centre, meridians straight lines through it.
    far = radius * np.sqrt(c - 2 * n * np.sin(latitude)) / n
    at_origin = radius * np.sqrt(c - 2 * n * np.sin(origin[1])) / n
    angle = n * (longitude - origin[0])
    projected: Array = np.column_stack([far * np.sin(angle), at_origin - far * np.cos(angle)])
    return projected
