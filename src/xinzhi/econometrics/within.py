"""The within transformation: what is left of a column when all effects are taken out.

One effect: subtract its means. Two effects of a balanced panel: x_it - x_i. - x_.t + x_.. .
Otherwise the effect with most levels is eliminated exactly and the normal equations of the rest,
S = D'M1 D with M1 the projection off the first effect, are solved: by Cholesky or eigenvalues
where S is small, by conjugate gradients where it is large. The step is repeated until the sums of
the transformed columns over every effect vanish to rounding, so that the answer does not depend
on the road taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse as sp
import scipy.sparse.csgraph
import scipy.sparse.linalg

from xinzhi.econometrics.grouping import Array, Grouping
from xinzhi.errors import Problem, SolverFailure
from xinzhi.wording import message

DENSE_CHOLESKY = 4000
"""Levels beside the largest effect up to which two effects are solved by Cholesky."""
DENSE_EIGEN = 1500
"""The same for three and more effects, whose rank has to be found."""
SUMS_VANISH = 1e-12
"""Largest sum over a level that is left, relative to the norm of the column."""
ROUNDS = 12

Solve = Callable[[Array], Array]


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """The projection off a set of effects."""

    effects: tuple[Grouping, ...]
    df: int
    """Degrees of freedom absorbed: rank of the dummies; 1, the constant, without effects."""
    df_is_exact: bool
    """False where `df` is only an upper bound: three or more effects of very many levels."""
    _demean: Callable[[Array], Array]

    def demean(self, columns: Array) -> Array:
        """Take the effects out of the columns, shape (n, m)."""
        return self._demean(columns - columns.mean(axis=0))


def within(effects: tuple[Grouping, ...]) -> Within:
    """Prepare the within transformation for any number of effects.

    >>> from xinzhi.econometrics.grouping import grouping
    >>> city = grouping("city", ["a", "a", "b", "b"])
    >>> within((city,)).demean(np.array([[1.0], [3.0], [10.0], [20.0]])).ravel().tolist()
    [-1.0, 1.0, -5.0, 5.0]
    """
    if not effects:
        return Within((), 1, True, lambda columns: columns - columns.mean(axis=0))
    if len(effects) == 1:
        return Within(effects, effects[0].n_levels, True, _one(effects[0]))
    if len(effects) == 2 and _is_balanced(*effects):
        first, second = effects
        df = first.n_levels + second.n_levels - 1
        return Within(effects, df, True, _balanced(first, second))
    return _general(effects)


def rank(effects: tuple[Grouping, ...]) -> int:
    """Degrees of freedom that effects absorb together, the constant included.

    One effect: its levels; two: Σ levels - connected components; more: rank of the dummies.
    """
    return within(effects).df


def _one(effect: Grouping) -> Callable[[Array], Array]:
    counts = effect.counts[:, None]

    def demean(columns: Array) -> Array:
        once = columns - (effect.sums(columns) / counts)[effect.codes]
        return once - (effect.sums(once) / counts)[effect.codes]

    return demean


def _is_balanced(first: Grouping, second: Grouping) -> bool:
    cells = first.n_levels * second.n_levels
    if len(first.codes) != cells:
        return False
    pairs = first.codes * second.n_levels + second.codes
    return bool(np.bincount(pairs, minlength=cells).max() == 1)


def _balanced(first: Grouping, second: Grouping) -> Callable[[Array], Array]:
    pairs = first.codes * second.n_levels + second.codes
    is_ordered = bool(np.array_equal(pairs, np.arange(len(pairs))))
    order = np.arange(len(pairs)) if is_ordered else np.argsort(pairs)
    shape = (first.n_levels, second.n_levels, -1)

    def demean(columns: Array) -> Array:
        cube = columns[order].reshape(shape)
        for _ in range(2):  # the second pass removes the rounding of the first
            cube = cube - cube.mean(axis=1, keepdims=True)
            cube = cube - cube.mean(axis=0, keepdims=True)
        back = np.empty_like(columns)
        back[order] = cube.reshape(columns.shape)
        return back

    return demean


def _general(effects: tuple[Grouping, ...]) -> Within:
    ordered = sorted(effects, key=lambda effect: -effect.n_levels)
    largest, rest = ordered[0], tuple(ordered[1:])
    schur = _schur(largest, rest)
    if len(rest) == 1:
        df = largest.n_levels + rest[0].n_levels - n_components(largest, rest[0])
        solve = (
            _cholesky(schur, largest, rest[0])
            if rest[0].n_levels <= DENSE_CHOLESKY
            else _conjugate_gradients(schur)
        )
        return Within(effects, df, True, _repeated(largest, rest, solve))
    if schur.shape[0] <= DENSE_EIGEN:
        solve, rank = _eigen(schur)
        df = largest.n_levels + rank
        return Within(effects, df, True, _repeated(largest, rest, solve))
    bound = sum(effect.n_levels for effect in effects) - sum(
        n_components(largest, effect) for effect in rest
    )
    demean = _repeated(largest, rest, _conjugate_gradients(schur))
    return Within(effects, bound, False, demean)


def _dummies(effect: Grouping) -> sp.csr_array:
    n = len(effect.codes)
    return sp.csr_array((np.ones(n), effect.codes, np.arange(n + 1)), shape=(n, effect.n_levels))


def _schur(largest: Grouping, rest: tuple[Grouping, ...]) -> sp.csr_array:
    """Form the normal equations of the other dummies, D'D - C'diag(1/n)C."""
    dummies = sp.hstack([_dummies(effect) for effect in rest], format="csr")
    crossing = (_dummies(largest).T @ dummies).tocsr()
    weighted = sp.diags_array(1.0 / largest.counts) @ crossing
    return sp.csr_array(dummies.T @ dummies - crossing.T @ weighted)


def n_components(first: Grouping, second: Grouping) -> int:
    """Count the connected components of the levels of two effects that meet in a row."""
    levels = first.n_levels + second.n_levels
    edges = sp.coo_array(
        (np.ones(len(first.codes)), (first.codes, second.codes + first.n_levels)),
        shape=(levels, levels),
    )
    return int(scipy.sparse.csgraph.connected_components(edges, directed=False)[0])


def _cholesky(schur: sp.csr_array, largest: Grouping, second: Grouping) -> Solve:
    """Ground the first level of each component, then factor what is left."""
    levels = second.n_levels
    edges = sp.coo_array(
        (np.ones(len(largest.codes)), (second.codes, largest.codes + levels)),
        shape=(levels + largest.n_levels, levels + largest.n_levels),
    )
    part = scipy.sparse.csgraph.connected_components(edges, directed=False)[1][:levels]
    free = np.ones(levels, dtype=bool)
    free[np.unique(part, return_index=True)[1]] = False
    if not free.any():
        return np.zeros_like
    factor = scipy.linalg.cho_factor(schur.toarray()[np.ix_(free, free)])

    def solve(right: Array) -> Array:
        answer = np.zeros_like(right)
        answer[free] = scipy.linalg.cho_solve(factor, right[free])
        return answer

    return solve


def _eigen(schur: sp.csr_array) -> tuple[Solve, int]:
    """Pseudo-inverse by eigenvalues of the scaled matrix, and its rank."""
    scale = np.sqrt(schur.diagonal())
    scale[scale == 0.0] = 1.0
    values, vectors = np.linalg.eigh(schur.toarray() / np.outer(scale, scale))
    kept = values > 1e-11
    half = vectors[:, kept] / scale[:, None]

    def solve(right: Array) -> Array:
        answer: Array = half @ ((half.T @ right) / values[kept, None])
        return answer

    return solve, int(kept.sum())


def _conjugate_gradients(schur: sp.csr_array) -> Solve:
    diagonal = schur.diagonal()
    diagonal[diagonal <= 0.0] = 1.0
    jacobi = sp.diags_array(1.0 / diagonal)

    def solve(right: Array) -> Array:
        answer = np.zeros_like(right)
        for j in range(right.shape[1]):
            if np.any(right[:, j]):
                answer[:, j], _ = scipy.sparse.linalg.cg(
                    schur, right[:, j], rtol=1e-10, maxiter=2000, M=jacobi
                )
        return answer

    return solve


def _repeated(
    largest: Grouping, rest: tuple[Grouping, ...], solve: Solve
) -> Callable[[Array], Array]:
    """Project again until the sums over all levels vanish; each round refines the last."""
    first = _one(largest)

    def sums(columns: Array) -> Array:
        return np.vstack([effect.sums(columns) for effect in rest])

    def demean(columns: Array) -> Array:
        norm = np.linalg.norm(columns, axis=0)
        left, before = first(columns), np.inf
        for _ in range(ROUNDS):
            gamma, start = solve(sums(left)), 0
            for effect in rest:
                left = left - gamma[start : start + effect.n_levels][effect.codes]
                start += effect.n_levels
            left = first(left)
            worst = float(np.max(np.abs(sums(left)) / np.where(norm > 0.0, norm, 1.0)))
            if worst <= SUMS_VANISH / 100 or (worst <= SUMS_VANISH and worst >= before / 10):
                return left
            before = worst
        raise SolverFailure(
            Problem(
                "reg.within",
                message(
                    "The effects {names} could not be taken out exactly: sums of {worst:.1e} are left.",
                    names=", ".join(effect.name for effect in (largest, *rest)),
                    worst=worst,
                ),
                remedy=message("use fewer effects, or effects whose levels meet more often."),
            )
        )

    return demean
