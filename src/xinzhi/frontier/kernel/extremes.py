"""The extreme rows of a reference set, from which all others follow by disposal."""

from __future__ import annotations

from ctypes import byref, c_int64
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from xinzhi.frontier.kernel import library
from xinzhi.frontier.kernel.library import Ids, call, interleave, place, table_of
from xinzhi.frontier.result import Array
from xinzhi.frontier.technology import Flags, Positions, Technology

DIRECTIONS, SPREAD = 48, 1.5
"""Ratios whose winners start the search, and the spread of the logarithms of their weights."""
GUESSED, SAMPLE = 512, 4096
"""Rows among which these winners are sought; and rows whose extreme rows are found first, where there are four times as many."""
Arrays = tuple[npt.NDArray[Any], ...]
BITS = 60
"""Bits of a place along the Morton curve, shared by the columns."""


@dataclass(frozen=True, eq=False)
class Extremes:
    """A reference set by its extreme rows, under the disposal of some programs."""

    technology: Technology
    reference: Positions
    """Rows of the reference set, near ones near each other."""
    rows: Positions
    """Its extreme rows."""
    disposal: Flags
    """Shape (2 r,): slacks by which the other rows follow from the extreme ones."""
    arrays: Arrays
    """What the kernel reads of the technology; kept alive here."""
    native: library.CTechnology
    """Where it lies."""
    as_they_are: library.CTechnology
    """The same without the bounds of Σ λ: rows are compared as they are."""

    @cached_property
    def rising(self) -> Positions:
        """The reference set in the order of the rows: tables are read faster in their own order."""
        return rising(self.reference, len(self.technology.columns))

    @cached_property
    def table(self) -> Array:
        """Columns of the extreme rows, shape (r, c)."""
        return np.ascontiguousarray(self.technology.columns[self.rows].T)


def scale_by_bounds(technology: Technology) -> Technology:
    """Scale rows to sum 1 over what bounds their intensities, as the kernel expects.

    Only Σ λ >= 1, which bounds nothing, is left out of a sum that holds it in `technology_of`: a
    violation per unit of Σ λ would prove nothing. Under other returns nothing changes.
    """
    if technology.returns_to_scale != "non_decreasing":
        return technology
    sizes = technology.columns[:, technology.bounded].sum(axis=1)
    sizes = np.where(sizes > 0, sizes, 1.0)
    return replace(
        technology,
        columns=np.ascontiguousarray(technology.columns / sizes[:, None]),
        sizes=technology.sizes * sizes,
    )


def extremes_of(technology: Technology, reference: Positions, disposal: Flags) -> Extremes:
    """Find the extreme rows of a reference set.

    Parameters
    ----------
    technology
        All n rows on one scale.
    reference
        Rows of the reference set, near ones near each other.
    disposal
        Shape (2 r,): slacks, plus and minus, that programs on it allow without a cost.

    Returns
    -------
    Extremes
        Rows from which all of `reference` follow, and none of which follows from the others, in the
        order of `reference`.

    References
    ----------
    Dulá, J. H., Thrall, R. M. (2001), doi 10.1023/A:1012501431359 (frames of technologies).
    """
    technology = scale_by_bounds(technology)
    ids = np.ascontiguousarray(reference, dtype=np.int64)
    arrays = _arrays(technology, disposal, ids)
    columns, factors, ones, *others = arrays
    natives = [_native(technology, (columns, right, *others)) for right in (factors, ones)]
    extreme = _first_guess(technology, ids)
    if len(ids) > 4 * SAMPLE:
        # The extreme rows of a sample leave few outsiders among all rows. Those of them that are not
        # extreme any more are pruned with the rest: each would score 1 without a program.
        sample = np.ascontiguousarray(ids[:: len(ids) // SAMPLE])
        extreme = _complete(technology, natives[0], extreme, sample)
    extreme = _complete(technology, natives[0], extreme, ids)
    is_extreme = np.zeros(len(technology.columns), dtype=bool)
    is_extreme[extreme] = True
    rows = reference[is_extreme[reference]]
    return Extremes(technology, reference, rows, disposal, arrays, *natives)


def _arrays(technology: Technology, disposal: Flags, reference: Ids) -> Arrays:
    columns = technology.columns
    columns = columns if len(reference) == len(columns) else columns[reference]
    has_zero = ~columns.all(axis=0)
    # A residual at a zero counts in units of 1.
    highest, lowest = columns.max(axis=0, initial=0.0), columns.min(axis=0, initial=0.0)
    tallest = np.maximum(np.maximum(highest, -lowest), has_zero.astype(float))
    flags = [
        np.ascontiguousarray(mark).view(np.uint8)
        for mark in (technology.bounded, technology.bounded & ~has_zero, disposal)
    ]
    ones = np.ones(technology.r)
    return (technology.columns, technology.factors, ones, tallest, *flags)


def _native(technology: Technology, arrays: Arrays) -> library.CTechnology:
    kinds: tuple[type[np.generic], ...] = (np.float64,) * 3 + (np.uint8,) * 3
    places = (place(array, kind) for array, kind in zip(arrays, kinds, strict=True))
    return library.CTechnology(*places, *technology.columns.shape)


def _first_guess(technology: Technology, reference: Ids) -> Ids:
    """Guess extreme rows: winners of ratios with fixed, spread weights, on a sample at most."""
    step = max(1, len(reference) // GUESSED)
    columns, bounded = technology.columns[reference[::step]].T, technology.bounded
    of_uses, of_made = _weights(bounded.tobytes())
    uses = of_uses @ columns[bounded]
    made = of_made @ columns[~bounded]
    made /= np.maximum(uses, np.finfo(float).tiny)
    best = np.concatenate([made.argmax(axis=1), columns.argmin(axis=1)])
    return rising(reference[best * step], len(technology.columns))


@cache
def _weights(flags: bytes) -> tuple[Array, Array]:
    """Weigh what bounds intensities, and minus the rest, by the flags of `Technology.bounded`."""
    bounded = np.frombuffer(flags, dtype=np.bool_)
    # The same weights for every frontier: a draw of rows must not depend on what was drawn before.
    draw = np.random.default_rng(0)
    weights = np.exp(draw.normal(0.0, SPREAD, (DIRECTIONS, len(bounded))))
    return weights[:, bounded], -weights[:, ~bounded]


def rising(rows: Positions, n: int) -> Positions:
    """Sort rows of n, each once.

    >>> rising(np.array([2, 0, 2]), 3).tolist()
    [0, 2]
    """
    is_given = np.zeros(n, dtype=bool)
    is_given[rows] = True
    return np.flatnonzero(is_given)


def _complete(
    technology: Technology, described: library.CTechnology, extreme: Ids, reference: Ids
) -> Ids:
    """Let the rows join that do not follow from extreme ones, and drop those that are not needed."""
    r, native = technology.r, byref(described)
    outside = np.zeros(len(reference), dtype=np.uint8)
    table = np.ascontiguousarray(technology.columns[extreme].T)
    call(
        "kernel_find_outsiders", r, native, byref(table_of(table)), place(reference, np.int64),
        len(reference), place(outside, np.uint8),
    )  # fmt: skip
    left = reference[outside > 0]
    # The kernel allocates nothing: room for the case that every outsider is extreme.
    room = len(extreme) + len(left)
    size = c_int64(len(extreme))
    table = np.hstack([table, np.zeros((r, len(left)))])
    extreme = np.concatenate([extreme, np.zeros(len(left), dtype=np.int64)])
    columns_place, extreme_place = place(table, np.float64), place(extreme, np.int64)
    marks = np.ones(len(left), dtype=np.uint8)
    call(
        "kernel_grow", r, native, columns_place, room, byref(size), extreme_place,
        place(left, np.int64), len(left), place(marks, np.uint8),
    )  # fmt: skip
    # Last: a row that joined can make one that was extreme before redundant.
    call("kernel_prune", r, native, columns_place, room, byref(size), extreme_place)
    return extreme[: size.value]


def near_order(technology: Technology, rows: Positions) -> Positions:
    """Order rows so that near ones have near proportions; ties by the canonical order.

    Neighbours share a basis more often, which is most of the kernel's speed.

    References
    ----------
    Morton, G. M. (1966), A computer oriented geodetic data base. IBM, Ottawa.
    """
    rows = technology.in_order(rows)
    keys = interleave(technology.columns, rows.astype(np.int64, copy=False), BITS // technology.r)
    return np.asarray(rows[np.argsort(keys, kind="stable")])
