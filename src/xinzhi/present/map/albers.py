"""The equal-area projection of Albers, in which maps of China are drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
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
