"""The within transformation: partial out any number of fixed effects exactly.

One effect: subtract its means. Two effects of a balanced panel: x_it - x_i. - x_.t + x_.. .
Otherwise the effect with most levels is eliminated exactly and the normal equations of the rest,
S = D'M1 D with M1 the projection off the first effect, are solved: by an inverse or eigenvalues
where S is small, by conjugate gradients where it is large. The step is repeated until the sums of
the transformed columns over every effect vanish to rounding, so that the result does not depend
on the method chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import scipy

from xinzhi_core.errors import Problem, SolverFailure
from xinzhi_core.wording import message
from xinzhi_econometrics.least_squares import Array, Codes, Grouping

DENSE_GROUNDED = 4000
"""Levels beside the largest effect up to which two effects are solved by a dense inverse."""
DENSE_EIGEN = 1500
"""The same for three and more effects, whose rank has to be found."""
GROUNDED_FROM = 200
"""Levels from which an inverse is tried before eigenvalues, which take three times as long."""
FAR_FROM_SINGULAR = 1e-8
"""Smallest eigenvalue of a scaled matrix from which its inverse says what its rank is."""
MOST_MEETINGS = 64
"""Pairs of rows of one level of the largest effect, for each row, up to which they are counted one by one."""
SUMS_VANISH = 1e-12
"""Largest sum over a level that is left, relative to the norm of the column."""
ROUNDS = 12
DENSE_CELLS = 4_000_000
"""Pairs of levels up to which they are counted in a table."""

Solve = Callable[[Array], Array]
Normal: TypeAlias = "Array | scipy.sparse.csr_array"


@dataclass(frozen=True, slots=True, eq=False)
class WithinProjection:
    """The projection onto the orthogonal complement of a set of effects."""

    effects: tuple[Grouping, ...]
    df: int
    """Degrees of freedom absorbed: rank of the dummies; 1, the constant, without effects."""
    df_is_exact: bool
    """False where `df` is only an upper bound: three or more effects of very many levels."""
    _demean: Callable[[Array], Array]

    def demean(self, *columns: Array) -> Array:
        """Take the effects out of columns, shapes (n,) or (n, m), put side by side."""
        parts = [c[:, None] if c.ndim == 1 else c for c in columns]
        # A copy, as the transformation works in place; in one piece a column, as it works on columns.
        table = np.empty((len(parts[0]), sum(c.shape[1] for c in parts)), order="F")
        np.concatenate(parts, axis=1, out=table)
        # The constant lies in the span of any effects: without it the sums below lose fewer digits.
        table -= table.mean(axis=0)
        return self._demean(table)


def within(effects: tuple[Grouping, ...]) -> WithinProjection:
    """Prepare the within transformation for any number of effects.

    >>> from xinzhi_econometrics.least_squares import grouping
    >>> city = grouping("city", ["a", "a", "b", "b"])
    >>> within((city,)).demean(np.array([[1.0], [3.0], [10.0], [20.0]])).ravel().tolist()
    [-1.0, 1.0, -5.0, 5.0]
    """
    if not effects:
        return WithinProjection((), 1, True, lambda columns: columns - columns.mean(axis=0))
    if len(effects) == 1:
        return WithinProjection(effects, effects[0].n_levels, True, _demean_one(effects[0]))
    if len(effects) == 2 and effects[0].is_balanced_with(effects[1]):
        first, second = effects
        df = first.n_levels + second.n_levels - 1
        return WithinProjection(effects, df, True, _demean_balanced(first, second))
    return _general(effects)


def rank(effects: tuple[Grouping, ...]) -> int:
    """Degrees of freedom that effects absorb together, the constant included.

    One effect: its levels; two: Σ levels - connected components; more: rank of the dummies.
    """
    return within(effects).df


def _subtract_means(effect: Grouping, columns: Array) -> None:
    """Subtract the means of each level, in place, column by column."""
    for j in range(columns.shape[1]):
        column = columns[:, j]
        means = np.bincount(effect.codes, column, effect.n_levels) / effect.counts
        column -= means[effect.codes]


def _demean_one(effect: Grouping) -> Callable[[Array], Array]:
    def demean(columns: Array) -> Array:
        for _ in range(2):  # the second pass removes the rounding of the first
            _subtract_means(effect, columns)
        return columns

    return demean


def _demean_balanced(first: Grouping, second: Grouping) -> Callable[[Array], Array]:
    pairs = first.crossed_codes(second)
    is_ordered = bool(np.array_equal(pairs, np.arange(len(pairs))))
    order = np.argsort(pairs)
    shape = (-1, first.n_levels, second.n_levels)

    def demean(columns: Array) -> Array:
        sorted_ = columns if is_ordered else columns[order]
        cube = np.ascontiguousarray(sorted_.T).reshape(shape)
        for _ in range(2):  # the second pass removes the rounding of the first
            cube = cube - cube.mean(axis=2, keepdims=True)
            cube = cube - cube.mean(axis=1, keepdims=True)
        flat = cube.reshape(columns.shape[1], -1).T
        if is_ordered:
            return flat
        back = np.empty_like(columns)
        back[order] = flat
        return back

    return demean


def _general(effects: tuple[Grouping, ...]) -> WithinProjection:
    # The effect with most levels is eliminated in closed form, so that S has as few rows as possible.
    ordered = sorted(effects, key=lambda effect: -effect.n_levels)
    largest, rest = ordered[0], tuple(ordered[1:])
    schur = _schur(largest, rest)
    total = sum(effect.n_levels for effect in effects)
    is_small = schur.shape[0] <= (DENSE_GROUNDED if len(rest) == 1 else DENSE_EIGEN)
    if len(rest) == 1:
        parts = _find_components(schur)
        # In each connected component the dummies of both effects have the same sum: one is redundant.
        df = total - int(parts.max()) - 1
        solve = _invert_grounded(schur, parts) if is_small else _conjugate_gradients(schur)
        return WithinProjection(effects, df, True, _demean_repeatedly(largest, rest, solve))
    if is_small:
        connected = _invert_connected(schur, rest) if schur.shape[0] >= GROUNDED_FROM else None
        solve, rank_of_rest = connected or _pseudo_invert(schur)
        df = largest.n_levels + rank_of_rest
        return WithinProjection(effects, df, True, _demean_repeatedly(largest, rest, solve))
    # The exact rank of three effects needs eigenvalues; the components of each pair bound it from above,
    # so that standard errors can only be too large.
    unconnected = sum(
        int(_find_components(_schur(largest, (effect,))).max()) + 1 for effect in rest
    )
    demean = _demean_repeatedly(largest, rest, _conjugate_gradients(schur))
    return WithinProjection(effects, total - unconnected, False, demean)


def _schur(largest: Grouping, rest: tuple[Grouping, ...]) -> Normal:
    """Form the normal equations of the other dummies, D'D - C'diag(1/n)C."""
    levels = sum(effect.n_levels for effect in rest)
    if largest.n_levels * levels <= DENSE_CELLS:
        crossing = np.hstack([_count_pairs(largest, effect) for effect in rest])
        among = _count_among(rest)
        return np.asarray(among - crossing.T @ (crossing / largest.counts[:, None]))
    # An effect of few levels meets nearly all levels of the largest: its table is quicker than its pairs.
    crossings = [
        _count_pairs(largest, effect)
        if largest.n_levels * effect.n_levels <= DENSE_CELLS
        else _count_sparse_pairs(largest, effect)
        for effect in rest
    ]
    # The pairs of rows of one level of the largest are few, and those of the levels of the effect fit in a table.
    has_small_levels = float(largest.counts @ largest.counts) <= MOST_MEETINGS * len(largest.codes)
    products = [
        [
            _meetings(largest, row)
            if row is column
            and has_small_levels
            and largest.n_levels * row.n_levels > DENSE_CELLS >= row.n_levels**2
            else _product(first, second, 1.0 / largest.counts)
            for column, second in zip(rest, crossings, strict=True)
        ]
        for row, first in zip(rest, crossings, strict=True)
    ]
    if levels**2 <= DENSE_CELLS:
        return np.asarray(
            _count_among(rest) - np.block([[_dense(one) for one in row] for row in products])
        )
    blocks = [
        [
            (
                scipy.sparse.diags_array(row.counts)
                if row is column
                else _count_sparse_pairs(row, column)
            )
            - scipy.sparse.csr_array(product)
            for column, product in zip(rest, line, strict=True)
        ]
        for row, line in zip(rest, products, strict=True)
    ]
    return scipy.sparse.csr_array(scipy.sparse.block_array(blocks, format="csr"))


def _count_among(effects: tuple[Grouping, ...]) -> Array:
    """Count the rows of each pair of levels of all effects, D'D."""
    return np.block(
        [
            [
                np.diag(row.counts) if row is column else _count_pairs(row, column)
                for column in effects
            ]
            for row in effects
        ]
    )


def _meetings(largest: Grouping, effect: Grouping) -> Array:
    """Compute C'diag(1/n)C by the pairs of rows of each level of the largest effect, (levels, levels)."""
    order = np.argsort(largest.codes, kind="stable")
    level, codes = largest.codes[order], effect.codes[order]
    weights = 1.0 / largest.counts[level]
    same = bool((weights == weights[0]).all())
    first, cells = codes * effect.n_levels, effect.n_levels**2
    table = np.zeros(cells)
    # Rows of one level are neighbours: each meets itself once, and each other row from both sides.
    for apart in range(1, int(largest.counts.max())):
        rows = np.flatnonzero(level[apart:] == level[:-apart])
        pairs = first[rows] + codes[rows + apart]
        # Levels of one size have one weight: pairs are counted, and weighted together.
        table += (
            np.bincount(pairs, minlength=cells) * weights[0]
            if same
            else np.bincount(pairs, weights[rows], cells)
        )
    square = table.reshape(effect.n_levels, effect.n_levels)
    themselves = np.bincount(codes, weights, effect.n_levels)
    return np.asarray(square + square.T + np.diag(themselves))


def _product(first: Normal, second: Normal, weights: Array) -> Normal:
    """Multiply C'diag(w)D; a product with a table is a table."""
    if isinstance(first, np.ndarray) and not isinstance(second, np.ndarray):
        return np.asarray(_product(second, first, weights)).T
    if isinstance(second, np.ndarray):
        return np.asarray(first.T @ (second * weights[:, None]))
    return scipy.sparse.csr_array(first.T @ (scipy.sparse.diags_array(weights) @ second))


def _count_pairs(first: Grouping, second: Grouping) -> Array:
    """Count the rows of each pair of levels."""
    cells = first.n_levels * second.n_levels
    counts = np.bincount(first.crossed_codes(second), minlength=cells).astype(np.float64)
    return counts.reshape(first.n_levels, second.n_levels)


def _count_sparse_pairs(first: Grouping, second: Grouping) -> scipy.sparse.csr_array:
    """Count the rows of each pair of levels, where most pairs have none."""
    ones = np.ones(len(first.codes))
    shape = (first.n_levels, second.n_levels)
    return scipy.sparse.coo_array((ones, (first.codes, second.codes)), shape=shape).tocsr()


def _find_components(schur: Normal) -> Codes:
    """Find the unconnected parts of an effect by the pattern of its normal equations.

    Two levels meet where an element off the diagonal is not 0: it is a sum of terms of one sign.
    """
    graph = scipy.sparse.csr_array(schur)
    _, parts = scipy.sparse.csgraph.connected_components(graph, directed=False)
    return np.asarray(parts, dtype=np.intp)


def _dense(schur: Normal) -> Array:
    return schur if isinstance(schur, np.ndarray) else np.asarray(schur.toarray())


def _invert_grounded(schur: Normal, parts: Codes) -> Solve:
    """Ground the first level of each component, then invert what is left."""
    free = np.ones(len(parts), dtype=bool)
    free[np.unique(parts, return_index=True)[1]] = False
    if not free.any():
        return np.zeros_like
    # An inverse is enough: the rounds that follow refine what it gets wrong.
    inverse = np.linalg.inv(_dense(schur)[np.ix_(free, free)])

    def solve(right: Array) -> Array:
        answer = np.zeros_like(right)
        answer[free] = inverse @ right[free]
        return answer

    return solve


def _invert_connected(schur: Normal, rest: tuple[Grouping, ...]) -> tuple[Solve, int] | None:
    """Ground the first level of each effect and invert what is left; None where that is near singular.

    The dummies of each effect add up to the constant, which the largest effect holds: the rank is at most that
    of the grounded matrix. Where this has an inverse, it is exactly that.
    """
    starts = np.cumsum([0, *(effect.n_levels for effect in rest)])
    free = np.ones(starts[-1], dtype=bool)
    free[starts[:-1]] = False
    grounded = _dense(schur)[np.ix_(free, free)]
    scale = np.sqrt(np.diag(grounded))
    if not np.all(scale > 0.0):
        return None
    unit = grounded / np.outer(scale, scale)
    try:
        inverse = np.linalg.inv(unit)
    except np.linalg.LinAlgError:
        return None
    # The norm of the inverse bounds the smallest eigenvalue from below.
    if not float(np.linalg.norm(inverse)) * FAR_FROM_SINGULAR < 1.0:
        return None
    inverse /= np.outer(scale, scale)

    def solve(right: Array) -> Array:
        answer = np.zeros_like(right)
        answer[free] = inverse @ right[free]
        return answer

    return solve, int(free.sum())


def _pseudo_invert(schur: Normal) -> tuple[Solve, int]:
    """Pseudo-inverse by eigenvalues of the scaled matrix, and its rank."""
    scale = np.sqrt(np.diag(_dense(schur)))
    scale[scale == 0.0] = 1.0
    values, vectors = np.linalg.eigh(_dense(schur) / np.outer(scale, scale))
    # Scaled to a unit diagonal, the threshold does not depend on how many rows a level has.
    positive = values > 1e-11
    half = vectors[:, positive] / scale[:, None]

    def solve(right: Array) -> Array:
        answer: Array = half @ ((half.T @ right) / values[positive, None])
        return answer

    return solve, int(positive.sum())


def _conjugate_gradients(schur: Normal) -> Solve:
    # S is singular but semidefinite, and the right side lies in its range: the gradients converge.
    diagonal = np.array(schur.diagonal())
    diagonal[diagonal <= 0.0] = 1.0
    jacobi = scipy.sparse.diags_array(1.0 / diagonal)

    def solve(right: Array) -> Array:
        answer = np.zeros_like(right)
        for j in range(right.shape[1]):
            if np.any(right[:, j]):
                answer[:, j], _ = scipy.sparse.linalg.cg(
                    schur, right[:, j], rtol=1e-10, maxiter=2000, M=jacobi
                )
        return answer

    return solve


def _demean_repeatedly(
    largest: Grouping, rest: tuple[Grouping, ...], solve: Solve
) -> Callable[[Array], Array]:
    """Project again until the sums over all levels vanish; each round refines the last."""

    def sums(columns: Array) -> Array:
        return np.vstack([effect.sums(columns) for effect in rest])

    def demean(columns: Array) -> Array:
        norm = np.sqrt(np.einsum("ij,ij->j", columns, columns))
        norm[norm == 0.0] = 1.0
        _subtract_means(largest, columns)
        left, before = sums(columns), np.inf
        for _ in range(ROUNDS):
            gamma, start = solve(left), 0
            for effect in rest:
                for j in range(columns.shape[1]):
                    columns[:, j] -= gamma[start : start + effect.n_levels, j][effect.codes]
                start += effect.n_levels
            _subtract_means(largest, columns)
            left = sums(columns)
            worst = float(np.max(np.abs(left) / norm))
            # One more round than needed costs little: stop when rounding keeps the sums from falling.
            if worst <= SUMS_VANISH / 100 or (worst <= SUMS_VANISH and worst >= before / 10):
                return columns
            before = worst
        what = message(
            "The effects {names} could not be partialled out exactly: sums of {worst:.1e} are left.",
            names=", ".join(effect.name for effect in (largest, *rest)),
            worst=worst,
        )
        remedy = message("use fewer effects, or effects whose levels meet more often.")
        raise SolverFailure(Problem("reg.within", what, remedy=remedy))

    return demean
