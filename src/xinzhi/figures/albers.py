"""The equal-area projection of Albers, in which maps of China are drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
RADIUS = 6371.0072
"""Radius in km of the sphere that has the area of the Earth (GRS80)."""
PARALLELS, CENTRE = (25.0, 47.0), (105.0, 36.0)
"""Latitudes that are true to length; longitude and latitude of the origin."""


def albers(places: Array) -> Array:
    """Project longitudes and latitudes onto a plane, equal areas staying equal.

        n = (sin p1 + sin p2) / 2,  C = cos^2 p1 + 2 n sin p1,  r(p) = R sqrt(C - 2 n sin p) / n
        x = r sin(n (l - l0)),  y = r(p0) - r cos(n (l - l0))

    Parameters
    ----------
    places
        Shape (n, 2), degrees: longitude, latitude.

    Returns
    -------
    Array
        Shape (n, 2), km east and north of 105 E 36 N; parallels 25 N and 47 N are true to length.

    References
    ----------
    Snyder, J. P. (1987), Map Projections: A Working Manual, USGS Professional Paper 1395, p. 98,
    doi:10.3133/pp1395.

    Examples
    --------
    >>> albers(np.array([[105.0, 36.0], [105.0, 47.0]])).round(1).tolist()
    [[0.0, 0.0], [0.0, 1209.5]]
    """
    longitude, latitude = np.radians(places).T
    first, second = np.radians(PARALLELS)
    origin = np.radians(CENTRE)
    n = (np.sin(first) + np.sin(second)) / 2
    c = np.cos(first) ** 2 + 2 * n * np.sin(first)
    radius = RADIUS * np.sqrt(c - 2 * n * np.sin(latitude)) / n
    at_origin = RADIUS * np.sqrt(c - 2 * n * np.sin(origin[1])) / n
    angle = n * (longitude - origin[0])
    projected: Array = np.column_stack([radius * np.sin(angle), at_origin - radius * np.cos(angle)])
    return projected
