"""Permutation tests of spatial statistics, many permutations at a time.

Global: the values are permuted over all places, and Moran's I of a block of permutations is one
product of the sparse weights with a matrix that holds a permutation in each column.

Local: the value of a place stays where it is and all others are permuted around it (conditional
permutation, Anselin 1995). Only the values that land on neighbours matter: with k neighbours the
statistic of place i is the product of its k weights with the first k rows of a matrix of drawn
values, one column a permutation. One set of draws serves all places, as in GeoDa and esda; each
p-value is valid, they are not independent of each other.

Places are permuted in an order that their data fix (`order_places`), so that the same map under other names, Chinese for
English ones, has the same permutations.

References
----------
Anselin, L. (1995), Geographical Analysis 27, 93-115, doi:10.1111/j.1538-4632.1995.tb00338.x.
Phipson, B. and Smyth, G. K. (2010), Statistical Applications in Genetics and Molecular Biology 9,
doi:10.2202/1544-6115.1585: why a p-value from permutations is (1 + k) / (1 + n).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy

from xinzhi_core.resampled import p_of_count, two_sided
from xinzhi_core.wording import message
from xinzhi_econometrics.space.scores import require

Array = npt.NDArray[np.float64]
Alternative = Literal["two_sided", "greater", "less"]
Sides = Literal["two_sided", "one_sided"]
"""Of a test around one place: both tails, or the one on the side of the value."""
ROUNDING = 1e-12
"""Permutations that give the same sum in another order differ by less than this share."""
BLOCK = 2**18
"""Numbers that an array of permutations holds at most (2 MB): it stays in the cache of a core."""


def check_permutations(permutations: int) -> None:
    """Refuse a negative number of permutations."""
    require(
        permutations >= 0,
        "spatial.permutations",
        message("The number of permutations is {n}.", n=permutations),
        message("give 0 or more; 999 is customary."),
    )


def order_places(z: Array, weights: scipy.sparse.csr_array) -> npt.NDArray[np.intp]:
    """Order places by their values, equal ones by the values and weights of their neighbours, of theirs, and so on.

    Colour refinement: the classes of equal places are split by the classes of their neighbours until no class splits.
    Places that stay equal lie alike in the map, so that it does not matter which of them comes first.

    Parameters
    ----------
    z
        Shape (n,).
    weights
        Shape (n, n).

    Returns
    -------
    numpy.ndarray
        Positions in their order, shape (n,).

    Examples
    --------
    >>> line = scipy.sparse.csr_array(np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]))
    >>> order_places(np.array([2.0, 1.0, 1.0]), line).tolist()
    [2, 1, 0]
    """
    kind = np.unique(z, return_inverse=True)[1]
    before, classes = 0, len(np.unique(kind))
    while before < classes < len(z):
        keys = []
        for i in range(len(z)):
            row = slice(weights.indptr[i], weights.indptr[i + 1])
            beside = zip(
                kind[weights.indices[row]].tolist(), weights.data[row].tolist(), strict=True
            )
            keys.append((int(kind[i]), sorted(beside)))
        ranked = sorted(range(len(z)), key=keys.__getitem__)
        is_new = [
            a != b
            for a, b in zip(
                [keys[i] for i in ranked[:-1]], [keys[i] for i in ranked[1:]], strict=True
            )
        ]
        kind = np.empty(len(z), dtype=np.intp)
        kind[ranked] = np.concatenate([[0], np.cumsum(is_new)])
        before, classes = classes, int(kind.max()) + 1
    return np.argsort(kind, kind="stable")


def permuted_products(
    z: Array, weights: scipy.sparse.csr_array, permutations: int, generator: np.random.Generator
) -> Array:
    """Compute z' W z for permutations of z over the places.

    Returns
    -------
    numpy.ndarray
        Shape (permutations,).

    Examples
    --------
    >>> pair = scipy.sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> permuted_products(np.array([-1.0, 1.0]), pair, 3, np.random.default_rng(1)).tolist()
    [-2.0, -2.0, -2.0]
    """
    order = order_places(z, weights)
    z, weights = z[order], _reordered(weights, order)
    products = [np.empty(0)]  # without permutations the result is empty
    for size in _blocks(permutations, len(z)):
        rows = np.tile(z, (size, 1))
        generator.permuted(rows, axis=1, out=rows)
        columns = np.ascontiguousarray(rows.T)
        products.append(np.einsum("ip,ip->p", columns, weights @ columns))
    return np.concatenate(products)


def conditional_tails(
    z: Array, weights: scipy.sparse.csr_array, permutations: int, generator: np.random.Generator
) -> tuple[Array, Array]:
    """Compare the weighted sum of each place's neighbours with permutations of the other places.

    Parameters
    ----------
    z
        Shape (n,).
    weights
        Shape (n, n), diagonal 0.

    Returns
    -------
    tuple
        Upper and lower tails, shape (n,) each; see `tails`.
    """
    order = order_places(z, weights)
    z, weights = z[order] / z.std(), _reordered(weights, order)
    # Ties are recognised on one scale, whatever the units.
    widest = int(np.diff(weights.indptr).max())
    observed = weights @ z
    above, below = np.zeros((2, len(z)))
    for size in _blocks(permutations, widest):
        chosen = _draw_positions(len(z) - 1, widest, size, generator)
        n_above, n_below = _count_extremes(z, weights, chosen, observed)
        above += n_above
        below += n_below
    back = np.argsort(order)
    both = (_shares(above, observed, permutations), _shares(below, observed, permutations))
    return both[0][back], both[1][back]


def _reordered(
    weights: scipy.sparse.csr_array, order: npt.NDArray[np.intp]
) -> scipy.sparse.csr_array:
    ordered = scipy.sparse.csr_array(weights[order][:, order])
    ordered.sort_indices()
    return ordered


def _blocks(permutations: int, width: int) -> Iterator[int]:
    """Split permutations into blocks whose arrays stay small."""
    size = max(1, BLOCK // width)
    for start in range(0, permutations, size):
        yield min(size, permutations - start)


def _draw_positions(
    n: int, widest: int, size: int, generator: np.random.Generator
) -> npt.NDArray[np.integer]:
    """Permute n positions and keep the first of them; shape (widest, size)."""
    positions = np.arange(n)  # numpy permutes items of eight bytes faster than smaller ones
    chosen = np.empty((widest, size), np.min_scalar_type(n))  # and sorts small ones faster
    start = 0
    for rows in _blocks(size, n):
        permuted = np.tile(positions, (rows, 1))
        generator.permuted(permuted, axis=1, out=permuted)
        chosen[:, start : start + rows] = permuted[:, :widest].T
        start += rows
    return chosen


def _count_extremes(
    z: Array, weights: scipy.sparse.csr_array, chosen: npt.NDArray[np.integer], observed: Array
) -> tuple[Array, Array]:
    """Count, place by place, the permutations in each tail.

    Position c among the others of place i is place c before it and place c + 1 after it. From one
    place to the next a single position changes its meaning, so that only the drawn values at that
    position are written anew; `order` lists them, position by position.
    """
    n = len(z)
    drawn = z[1:][chosen]
    flat, order = drawn.reshape(-1), np.argsort(chosen, axis=None, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(chosen.reshape(-1), minlength=n - 1))])
    room = ROUNDING * np.maximum(np.abs(observed), 1.0)
    above, below = np.zeros((2, n))
    for i in range(n):
        if i > 0:
            flat[order[starts[i - 1] : starts[i]]] = z[i - 1]
        w = weights.data[weights.indptr[i] : weights.indptr[i + 1]]
        sums = w @ drawn[: len(w)]
        above[i] = np.count_nonzero(sums >= observed[i] - room[i])
        below[i] = np.count_nonzero(sums <= observed[i] + room[i])
    return above, below


def tails(permuted: Array, observed: Array) -> tuple[Array, Array]:
    """Share of each tail that is at least as extreme: (1 + k)/(1 + n), ties in both tails.

    Without permutations, and for an observation that is not a number, there is none.

    Parameters
    ----------
    permuted
        Shape (permutations, k).
    observed
        Shape (k,).
    """
    room = ROUNDING * np.maximum(np.abs(observed), 1.0)
    above = np.sum(permuted >= observed - room, axis=0, dtype=float)
    below = np.sum(permuted <= observed + room, axis=0, dtype=float)
    return _shares(above, observed, len(permuted)), _shares(below, observed, len(permuted))


def _shares(counts: Array, observed: Array, permutations: int) -> Array:
    """Turn counts into shares; the observed order is one of the possible ones and counts too."""
    has_share = ~np.isnan(observed) & (permutations > 0)
    return np.where(has_share, p_of_count(counts, permutations), np.nan)


def p_of_tails(above: Array, below: Array, alternative: Alternative | Sides) -> Array:
    """Turn tails into p-values; two-sided is twice the smaller tail, at most 1.

    >>> above, below = np.array([0.02]), np.array([0.99])
    >>> p_of_tails(above, below, "two_sided"), p_of_tails(above, below, "one_sided")
    (array([0.04]), array([0.02]))
    """
    if alternative == "two_sided":
        return two_sided(above, below)
    if alternative == "one_sided":
        return np.minimum(above, below)
    return above if alternative == "greater" else below
