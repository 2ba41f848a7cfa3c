"""Least squares by QR on scaled columns, with the influence of each row on each slope.

Groups of rows: fixed effects and clusters.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Each row belongs to one level; every level has a row."""

    name: str
    codes: Codes
    """Level of each row, shape (n,), from 0."""
    n_levels: int
    counts: Array = field(init=False, repr=False)
    """Rows a level, shape (n_levels,)."""

    def __post_init__(self) -> None:
        counts = np.bincount(self.codes, minlength=self.n_levels).astype(np.float64)
        object.__setattr__(self, "counts", counts)

    def sums(self, columns: Array) -> Array:
        """Sum the columns (n, m) over the rows of each level, shape (n_levels, m)."""
        summed = np.empty((self.n_levels, columns.shape[1]))
        for j in range(columns.shape[1]):
            summed[:, j] = np.bincount(self.codes, columns[:, j], self.n_levels)
        return summed

    def means(self, columns: Array) -> Array:
        """Mean of the columns (n, m) over the rows of each level, shape (n_levels, m)."""
        return np.asarray(self.sums(columns) / self.counts[:, None])

    def keep(self, rows: npt.NDArray[np.bool_]) -> Grouping:
        """Keep some rows, and the levels that still have a row."""
        return self if rows.all() else group_codes(self.name, self.codes[rows])

    def crossed_codes(self, other: Grouping) -> Codes:
        """Give the pair of levels of each row a number, shape (n,); not every number need occur."""
        return self.codes * other.n_levels + other.codes

    def is_balanced_with(self, other: Grouping) -> bool:
        """Whether each pair of levels has exactly one row."""
        cells = self.n_levels * other.n_levels
        if len(self.codes) != cells:
            return False
        return bool(np.bincount(self.crossed_codes(other), minlength=cells).max() == 1)

    def is_nested_in(self, other: Grouping) -> bool:
        """Whether all rows of each level share one level of the other grouping.

        >>> city, province = grouping("city", [0, 0, 1, 2]), grouping("province", [5, 5, 5, 7])
        >>> city.is_nested_in(province), province.is_nested_in(city)
        (True, False)
        """
        # The last row of a level decides its parent; it is nested if all other rows agree.
        parent = np.empty(self.n_levels, dtype=np.intp)
        parent[self.codes] = other.codes
        return bool(np.array_equal(parent[self.codes], other.codes))


def grouping(name: str, values: object) -> Grouping:
    """Group rows by value; levels are numbered in the order of their first row."""
    codes, levels = pd.factorize(pd.Series(values))
    return Grouping(name, codes.astype(np.intp), len(levels))


def group_codes(name: str, codes: Codes) -> Grouping:
    """Group rows by codes from 0, of which some may not occur."""
    occurs = np.bincount(codes) > 0
    if occurs.all():
        return Grouping(name, codes, len(occurs))
    return Grouping(name, (np.cumsum(occurs) - 1)[codes], int(occurs.sum()))


def cross(first: Grouping, second: Grouping) -> Grouping:
    """Cross two groupings: one level for each pair that has a row."""
    return grouping(f"{first.name}#{second.name}", first.crossed_codes(second))


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Scores s_ji = A_ji e_i of coefficients j in rows i, summed over groups; each sum is computed once.

    A covariance, the search for scores that are zero and the effective number of clusters need the same sums.
    """

    influence: Array
    """A, shape (k, n)."""
    residuals: Array
    """e, shape (n,)."""
    top: Array | None = None
    """Influence on one more coefficient above the others, shape (n,)."""
    _sums: dict[Grouping, Array] = field(default_factory=dict, init=False, repr=False)
    _weights: dict[Grouping, Array] = field(default_factory=dict, init=False, repr=False)

    def sums(self, grouping: Grouping) -> Array:
        """Sum the scores over the rows of each group, shape (G, k)."""
        return self._kept(self._sums, grouping, self.residuals)

    def weights(self, grouping: Grouping) -> Array:
        """Sum the squares A_ji² over the rows of each group, shape (G, k)."""
        return self._kept(self._weights, grouping, None)

    @property
    def rows(self) -> Array:
        """Influence on all coefficients, in one piece."""
        return self.influence if self.top is None else np.vstack([self.top, self.influence])

    def beneath(self, row: Array) -> Scores:
        """Put the influence (n,) of one more coefficient above the others, whose sums are kept."""
        below = Scores(self.influence, self.residuals, row)
        first = Scores(row[None], self.residuals)
        for grouping, sums in self._sums.items():
            below._sums[grouping] = np.hstack([first.sums(grouping), sums])
        return below

    def _kept(self, kept: dict[Grouping, Array], grouping: Grouping, factor: Array | None) -> Array:
        """Look sums up, or compute them; those of single rows are as large as the design, and not kept."""
        if (sums := kept.get(grouping)) is None:
            sums = self._summed(grouping, factor)
            if grouping.n_levels < len(self.residuals):
                kept[grouping] = sums
        return sums

    def _summed(self, grouping: Grouping, factor: Array | None) -> Array:
        # One row of products at a time: all at once would take as much room as the design again.
        rows = [*(() if self.top is None else (self.top,)), *self.influence]
        summed = np.empty((grouping.n_levels, len(rows)))
        products = np.empty(self.influence.shape[1])
        for j, row in enumerate(rows):
            np.multiply(row, row if factor is None else factor, out=products)
            summed[:, j] = np.bincount(grouping.codes, products, grouping.n_levels)
        return summed


COLLINEAR = 1e-12
"""Part of a column (norm 1) that the columns before it must leave for it to count."""
FAR_FROM_COLLINEAR = 1e-2
"""Smallest eigenvalue of X'X, columns of norm 1, from which X'X may be inverted as it is."""
PLAINLY_INDEPENDENT = 1e-6
"""Smallest eigenvalue of X'X, columns of norm 1, from which half of the digits are enough."""
INVOLVED = 1e-7
"""Share of a column in a linear dependence from which it is named."""


REFINEMENTS = 3
"""Rounds of refinement: each gives back as many digits as the condition leaves."""


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """Slopes b of y on X and what their errors are made of."""

    slopes: Array
    """Shape (k,)."""
    influence: Array
    """A = (X'X)⁻¹X', shape (k, n): b = Ay."""
    residuals: Array
    """y - Xb, shape (n,)."""
    condition: float
    """Condition number of X with columns of norm 1: 10^d costs d of 16 digits."""


def refine(outcome: Array, design: Array, slopes: Array, influence: Array) -> tuple[Array, Array]:
    """Refine slopes and residuals on the augmented system, in extended precision.

    r + Xb = y, X'r = 0; with f = y - r - Xb and g = -X'r the corrections are
    db = A(f - A'g), dr = f - X db. It gives back the digits that the condition of X costs, also
    where the residuals are large; without extended precision (`longdouble`) it does no harm.

    References
    ----------
    Björck (1967), doi:10.1007/BF01939321.
    """
    x, y = design.astype(np.longdouble), outcome.astype(np.longdouble)
    b = slopes.astype(np.longdouble)
    r = y - x @ b
    for _ in range(REFINEMENTS):
        f = y - r - x @ b
        g = -(x.T @ r)
        db = influence @ (f.astype(np.float64) - influence.T @ g.astype(np.float64))
        b = b + db
        r = r + (f - x @ db)
    return b.astype(np.float64), r.astype(np.float64)


@dataclass(frozen=True, slots=True)
class Dependence:
    """A column that the columns before it reproduce, and which of them do."""

    column: int
    others: tuple[int, ...]


def least_squares(outcome: Array, design: Array) -> LeastSquares:
    """Regress y (n,) on X (n, k) of full column rank by QR.

    b = R⁻¹Q'y on columns scaled to norm 1, refined once on the residuals. Columns far from collinear
    need no Q: A = (X'X)⁻¹X', which costs 100 of 1e16. Those that are plainly independent are factored
    by Cholesky twice over (as exact as Householder up to a condition number of 1e7, and quicker on
    long columns), all others by Householder.

    References
    ----------
    Yamamoto et al. (2015), Electronic Transactions on Numerical Analysis 44, 306-326.

    >>> solved = least_squares(np.array([1.0, 2.0, 3.0]), np.array([[1.0], [2.0], [3.0]]))
    >>> round(float(solved.slopes[0]), 12)
    1.0
    """
    squares, scale = _squares(design)
    values = np.linalg.eigvalsh(squares)
    if values[0] > FAR_FROM_COLLINEAR:
        influence = (np.linalg.inv(squares) / np.outer(scale, scale)) @ design.T
        condition = float(np.sqrt(values[-1] / values[0]))
    else:
        q, inverse, condition = _factor(design / scale)
        influence = (inverse / scale[:, None]) @ q.T
    slopes = influence @ outcome
    # One step of iterative refinement: A carries the error of its condition, the residual does not.
    slopes = slopes + influence @ (outcome - design @ slopes)
    return LeastSquares(slopes, influence, outcome - design @ slopes, condition)


def _squares(design: Array) -> tuple[Array, Array]:
    """Give X'X for columns scaled to norm 1, and their norms."""
    squares = design.T @ design
    scale = np.sqrt(np.diag(squares))
    return np.asarray(squares / np.outer(scale, scale)), scale


def _factor(unit: Array) -> tuple[Array, Array, float]:
    """Factor columns of norm 1: Q, R⁻¹ and the condition number."""
    squares = unit.T @ unit
    values = np.linalg.eigvalsh(squares)
    if values[0] > PLAINLY_INDEPENDENT:
        # One Cholesky step loses orthogonality with the square of the condition; the second mends it.
        first = np.linalg.inv(np.linalg.cholesky(squares)).T
        q = unit @ first
        second = np.linalg.inv(np.linalg.cholesky(q.T @ q)).T
        return q @ second, first @ second, float(np.sqrt(values[-1] / values[0]))
    q, r = np.linalg.qr(unit)
    singular = np.linalg.svd(r, compute_uv=False)
    # The solver of numpy stays on one thread for small systems; that of scipy wakes all of them.
    return q, np.linalg.solve(r, np.eye(len(r))), float(singular[0] / singular[-1])


def dependences(design: Array, noise: Array) -> tuple[tuple[int, ...], tuple[Dependence, ...]]:
    """Walk through the columns from left to right and find those that add nothing.

    Parameters
    ----------
    design
        X, shape (n, k), no column of zeros.
    noise
        Shape (k,): rounding error of each column relative to its norm.

    Returns
    -------
    Positions that are kept, and one `Dependence` for each other column.
    """
    dependent: list[Dependence] = []
    columns = list(range(design.shape[1]))
    squares, scale = _squares(design)
    # X'X has half of the digits: where it shows independence beyond the noise, no closer look is due.
    is_clear = noise.size and noise.max() <= 1e-4
    if is_clear and np.linalg.eigvalsh(squares)[0] > PLAINLY_INDEPENDENT:
        return tuple(columns), ()
    # As many rows as columns, with the same lengths and angles: quick to factor again.
    unit = np.asarray(np.linalg.qr(design / scale, mode="r"))
    while True:
        r = np.asarray(np.linalg.qr(unit[:, columns], mode="r"))
        # |r_jj| is the norm of what the columns before column j leave of it; with fewer rows than
        # columns, nothing is left of the last ones.
        left = np.zeros(len(columns))
        left[: r.shape[0]] = np.abs(np.diag(r))
        # From left to right, so that variables of interest, which stand first, are kept before controls.
        weak = np.flatnonzero(left <= np.maximum(COLLINEAR, noise[columns]))
        if not weak.size:
            return tuple(columns), tuple(dependent)
        place = int(weak[0])
        share = np.linalg.lstsq(unit[:, columns[:place]], unit[:, columns[place]])[0]
        others = tuple(columns[i] for i in np.flatnonzero(np.abs(share) > INVOLVED))
        dependent.append(Dependence(columns[place], others))
        del columns[place]
