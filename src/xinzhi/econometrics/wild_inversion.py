"""Bootstrap tests of every value of a slope at once: p-values, and the set that they do not reject.

Under H0: b_j = c the residuals of the restricted regression are u(c) = u(b_j) - (c - b_j) x~_j, x~_j
the regressor less the others. Everything that a draw needs is therefore linear in c, and a test of
another value costs no regression. With δ = (c - b_j)/se, se the clustered error of the sample,

    t(c) = -δ,   t*(c) = (n₀ - δ n₁) / √Σ_g (s₀g - δ s₁g)²

and a draw counts where |t*| >= |t|: the test is two-sided and symmetric.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinzhi.econometrics.grouping import Array, Grouping
from xinzhi.econometrics.least_squares import LeastSquares, least_squares

Pieces = tuple[tuple[float, float], ...]
"""Intervals from left to right; ends may be infinite."""
TIE = 1e-10
"""Share within which |t*| and |t| are equal, as with all signs turned."""
NOTHING = 1e-10
"""Clustered error over the norm of the scores below which it is a trace of rounding."""
REACH = 1e4
"""Standard errors from the estimate beyond which a set counts as unbounded."""
GRID = 401
STEPS = 60
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Inversion:
    """The bootstrap distribution of one slope, for every value under test."""

    estimate: float
    error: float
    """Clustered error without a small-sample factor, as in each draw."""
    moved: tuple[Array, Array]
    """n₀ and n₁ over the error, shape (B,)."""
    squares: tuple[Array, Array, Array]
    """Σ s₀², Σ s₀s₁ and Σ s₁² over the squared error."""
    is_exact: bool
    """Whether every combination of signs is drawn once, that of the sample among them."""

    def p_value(self, value: float) -> float:
        """Test one value: k/B of all combinations of signs, (1 + k)/(1 + B) of random draws.

        A Monte Carlo p-value of 0 would say that no draw could be as large, which B draws cannot show.
        """
        if not self.error > 0.0:
            return float("nan")
        return self._p((value - self.estimate) / self.error)

    def interval(self, level: float) -> Pieces:
        """Values with a p-value of 1 - level or more, by a grid and bisection of each change."""
        if not self.error > 0.0:
            return ()
        inner = 2.0 * np.tan(np.linspace(-np.pi / 2, np.pi / 2, GRID)[1:-1])
        grid = np.concatenate([[-REACH], inner, [REACH]])
        kept = [self._is_kept(float(delta), level) for delta in grid]
        edges = [
            self.estimate + self.error * self._edge(float(grid[i]), float(grid[i + 1]), level)
            for i in range(len(grid) - 1)
            if kept[i] != kept[i + 1]
        ]
        ends = [*([-np.inf] if kept[0] else []), *edges, *([np.inf] if kept[-1] else [])]
        return tuple((float(a), float(b)) for a, b in zip(ends[::2], ends[1::2], strict=True))

    def _p(self, delta: float) -> float:
        top = self.moved[0] - delta * self.moved[1]
        bottom = self.squares[0] - 2 * delta * self.squares[1] + delta**2 * self.squares[2]
        # squared, so that a draw without spread counts as large and none is lost
        k = int(np.sum(top**2 >= delta**2 * bottom * (1 - TIE) ** 2))
        n = len(top)
        return k / n if self.is_exact else (1 + k) / (1 + n)

    def _is_kept(self, delta: float, level: float) -> bool:
        return self._p(delta) >= (1 - level) * (1 - 1e-12)

    def _edge(self, low: float, high: float, level: float) -> float:
        """Where the decision changes between two values, on the side that is kept."""
        low_is_kept = self._is_kept(low, level)
        for _ in range(STEPS):
            middle = (low + high) / 2
            if self._is_kept(middle, level) == low_is_kept:
                low = middle
            else:
                high = middle
        return low if low_is_kept else high


def inversion(
    y: Array,
    x: Array,
    solved: LeastSquares,
    cluster: Grouping,
    weights: Array,
    j: int,
    *,
    is_exact: bool,
) -> Inversion:
    """Draw the bootstrap distribution of slope j.

    Parameters
    ----------
    y, x
        Outcome (n,) and regressors (n, k), without the effects that are nested in the clusters.
    solved
        Least squares of y on x.
    weights
        Weight of each cluster in each draw, shape (B, G).
    """
    others = np.delete(x, j, axis=1)
    own = least_squares(x[:, j], others).residuals if others.shape[1] else x[:, j]
    b, a = float(solved.slopes[j]), solved.influence
    at = (least_squares(y, others).residuals if others.shape[1] else y) - b * own
    scores = a[j] * solved.residuals
    error = float(np.linalg.norm(cluster.sums(scores[:, None])))
    # the scores of a regressor that one cluster alone has add up to 0: there is no error to divide by
    error = error if error > NOTHING * float(np.linalg.norm(scores)) else 0.0
    size = error if error > 0.0 else 1.0
    zero, one = cluster.sums((a * at).T) / size, cluster.sums((a * own).T)
    along = cluster.sums(a[j][:, None] * x)
    blocks = [
        _block(weights[first : first + AT_ONCE], zero, one, along, j)
        for first in range(0, len(weights), AT_ONCE)
    ]
    n0, n1, s00, s01, s11 = (np.concatenate(part) for part in zip(*blocks, strict=True))
    return Inversion(b, error, (n0, n1), (s00, s01, s11), is_exact)


def _block(v: Array, zero: Array, one: Array, along: Array, j: int) -> tuple[Array, ...]:
    moved0, moved1 = v @ zero, v @ one
    s0 = v * zero[:, j] - moved0 @ along.T
    s1 = v * one[:, j] - moved1 @ along.T
    return (
        moved0[:, j],
        moved1[:, j],
        np.einsum("bg,bg->b", s0, s0),
        np.einsum("bg,bg->b", s0, s1),
        np.einsum("bg,bg->b", s1, s1),
    )
