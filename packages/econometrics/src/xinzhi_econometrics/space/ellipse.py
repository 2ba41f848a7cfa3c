"""Standard deviational ellipse: where a quantity lies on a plane, how far it spreads and in which direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import DataError, Problem
from xinzhi_core.wording import message

Array = npt.NDArray[np.float64]
LONGEST, HIGHEST = 180.0, 90.0
"""Degrees; coordinates of which none is larger are taken for longitudes and latitudes."""
FEWEST = 3
"""Places below which the ellipse is a line."""


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Weighted centre and axes of places on a plane, in the unit of the coordinates."""

    centre: tuple[float, float]
    """East and north."""
    major: float
    """Standard deviation along the longer axis."""
    minor: float
    angle: float
    """Of the longer axis, degrees clockwise from north, 0 to below 180."""
    n: int

    @property
    def area(self) -> float:
        """Area of the ellipse with these half axes, in the square of the unit."""
        return float(np.pi * self.major * self.minor)


def refuse_degrees(places: Array) -> None:
    """Refuse coordinates (n, 2) none of which is larger than a longitude and a latitude can be.

    Raises
    ------
    DataError
        `ellipse.degrees`.
    """
    if len(places) and (np.abs(places) <= [LONGEST, HIGHEST]).all():
        text = message("The coordinates are degrees, on which distances and areas have no unit.")
        remedy = message("name projected coordinates, in km or m.")
        raise DataError(Problem("ellipse.degrees", text, remedy=remedy))


def ellipse(places: Array, weights: Array) -> Ellipse:
    """Compute the standard deviational ellipse (Lefever 1926).

    The half axes are the square roots of the eigenvalues of the weighted covariance

        C = sum_i w_i (p_i - m)(p_i - m)' / sum_i w_i,   m = sum_i w_i p_i / sum_i w_i

    ArcGIS multiplies them by the square root of 2, CrimeStat divides by n - 2 besides.

    Parameters
    ----------
    places
        Shape (n, 2): east and north on a plane, in a unit of length.
    weights
        Shape (n,), none negative.

    Raises
    ------
    DataError
        The coordinates are degrees, a weight is negative, or fewer than 3 places have a weight.

    Examples
    --------
    >>> found = ellipse(1000.0 * np.array([[0, 1], [0, -1], [2, 0], [-2, 0]]), np.ones(4))
    >>> round(found.major, 3), round(found.minor, 3), round(found.angle, 6)
    (1414.214, 707.107, 90.0)
    """
    refuse_degrees(places)
    if (weights < 0).any():
        text = message("A weight of the ellipse is negative.")
        raise DataError(Problem("ellipse.weight", text, remedy=message("name another column.")))
    if (weights > 0).sum() < FEWEST:
        text = message("An ellipse needs three places with a weight.")
        raise DataError(Problem("ellipse.few", text, remedy=message("name another column.")))
    shares = weights / weights.sum()
    centre = shares @ places
    deviations = places - centre
    values, vectors = np.linalg.eigh((deviations * shares[:, None]).T @ deviations)
    minor, major = np.sqrt(np.maximum(values, 0.0))
    east, north = vectors[:, 1]
    angle = float(np.degrees(np.arctan2(east, north)) % 180.0)
    return Ellipse(
        (float(centre[0]), float(centre[1])), float(major), float(minor), angle, len(places)
    )
