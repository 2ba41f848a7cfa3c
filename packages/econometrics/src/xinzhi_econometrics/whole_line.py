"""Where a function of one variable changes its sign, anywhere on the line.

    w = centre + width tan φ,   -π/2 < φ < π/2

maps the whole line on an open interval, so that a grid is dense where the data are and reaches far beyond
them: half of its points lie within centre ± width, and the outermost of n points lies (n - 1)/π widths away
(637 for 2,001 points). A change of sign between two neighbours is refined by the method of Brent (1973),
Algorithms for Minimization without Derivatives, chapter 4. Two changes between the same neighbours are not seen,
nor one beyond the outermost point.

Bounds of regions of Johnson and Neyman, doses, and sets of Anderson and Rubin are such changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
import scipy

from xinzhi_econometrics.least_squares import Array


@dataclass(frozen=True, slots=True)
class SignChanges:
    """Where a function changes its sign on the whole line."""

    places: tuple[tuple[float, bool], ...]
    """From the left to the right; whether upwards."""
    begins_below: bool
    ends_above: bool

    @property
    def crossings(self) -> tuple[float, ...]:
        """Where it passes zero, upwards or downwards."""
        return tuple(place for place, _ in self.places)

    @property
    def upward(self) -> tuple[float, ...]:
        """Where it passes zero upwards."""
        return tuple(place for place, is_upward in self.places if is_upward)

    @property
    def first(self) -> float:
        """The point left of which it is negative; -infinity where there is none."""
        return self.places[0][0] if self.places and self.begins_below else -inf

    @property
    def last(self) -> float:
        """The point right of which it is positive; infinity where there is none."""
        return self.places[-1][0] if self.places and self.ends_above else inf


@dataclass(frozen=True, slots=True)
class WholeLine:
    """The whole line, half of whose grid lies within centre ± width."""

    centre: float
    width: float

    @classmethod
    def around(cls, low: float, high: float) -> WholeLine:
        """Give the line half of whose grid lies between two values.

        >>> WholeLine.around(0.0, 4.0)
        WholeLine(centre=2.0, width=2.0)
        """
        return cls((low + high) / 2, max((high - low) / 2, 1e-300))

    def points(self, n: int) -> Array:
        """List the points of a grid whose two ends, at infinity, are left out: n - 2 of them."""
        return np.asarray(self._at(angles(n)))

    def sign_changes(
        self, excess: Callable[[Array], Any], n: int, values: Array | None = None
    ) -> SignChanges:
        """Find where a function changes its sign; zero counts as negative.

        Parameters
        ----------
        excess
            The function, of points of shape (m,).
        n
            Points of the grid.
        values
            The function at those points, shape (n - 2,), where it is known.

        Examples
        --------
        >>> found = WholeLine.around(0.0, 4.0).sign_changes(lambda w: (w - 1.0) * (w - 3.0), 401)
        >>> [round(place, 9) for place in found.crossings], [round(place, 9) for place in found.upward]
        ([1.0, 3.0], [3.0])
        """
        values = np.asarray(excess(self.points(n))) if values is None else values
        grid = angles(n)
        signs = np.where(values > 0.0, 1, -1)
        known = np.isfinite(values)
        changes = np.flatnonzero((signs[:-1] != signs[1:]) & known[:-1] & known[1:])

        def along(angle: float) -> float:
            return float(excess(np.array([self._at(angle)]))[0])

        places = tuple(
            (
                float(self._at(scipy.optimize.brentq(along, grid[i], grid[i + 1], xtol=1e-14))),
                bool(signs[i + 1] > 0),
            )
            for i in changes
        )
        return SignChanges(places, bool(values[0] <= 0.0), bool(values[-1] > 0.0))

    def _at(self, angle: Any) -> Any:
        return self.centre + self.width * np.tan(angle)


def angles(n: int) -> Array:
    """List n - 2 angles between -π/2 and π/2, whose ends are left out."""
    return np.linspace(-np.pi / 2, np.pi / 2, n)[1:-1]
