"""Trees of candidates for the free disposal hull (hull.h): who dominates, and who is best.

A tree leaves out what cannot be better and changes no result; without the kernel the same comparisons are
made pair by pair (`solve.hull`).
"""

from __future__ import annotations

from ctypes import byref
from dataclasses import dataclass

import numpy as np

from xinzhi_frontier.kernel import library
from xinzhi_frontier.kernel.library import LARGEST_R, Ids, is_available, place
from xinzhi_frontier.kernel.programs import describe_programs, one_for_all
from xinzhi_frontier.result import Array
from xinzhi_frontier.technology import Flags, Program

LEAF = 8
"""Candidates in a leaf, at most."""


def takes(k: int) -> bool:
    """Tell whether the kernel is there, and compares rows of k columns."""
    return 1 <= k <= LARGEST_R and is_available()


@dataclass(frozen=True, eq=False)
class Tree:
    """Candidates in a balanced tree of boxes."""

    arrays: tuple[object, ...]
    """Points and places by leaf; least and largest of each column and the first place, by node."""
    native: library.CHull
    """Where they lie."""

    @classmethod
    def of(cls, points: Array) -> Tree:
        """Put candidates, shape (c, k), less is better, into a tree; their order is their rank among equals."""
        count, k = points.shape
        leaves = 1
        while leaves * LEAF < count:
            leaves *= 2
        # The tree orders them anew.
        points = np.array(points, dtype=np.float64, order="C")
        places, first = np.arange(count, dtype=np.int64), np.empty(2 * leaves, dtype=np.int64)
        low, high = np.empty((2 * leaves, k)), np.empty((2 * leaves, k))
        native = library.CHull(
            place(points, kind=np.float64), place(places, kind=np.int64), place(low, kind=np.float64),
            place(high, kind=np.float64), place(first, kind=np.int64), count, k, leaves,
        )  # fmt: skip
        library.load().kernel_build_hull(byref(native))
        return cls((points, places, low, high, first), native)

    def dominates(self, rows: Array) -> Flags:
        """Mark the rows, shape (q, k), that a candidate dominates: nowhere more and somewhere less."""
        rows = np.ascontiguousarray(rows)
        is_dominated = np.zeros(len(rows), dtype=np.uint8)
        library.load().kernel_find_dominated(
            byref(self.native),
            place(rows, kind=np.float64),
            len(rows),
            place(is_dominated, kind=np.uint8),
        )
        return is_dominated.view(np.bool_)

    def compare(
        self,
        program: Program,
        own: Array,
        worth: Array,
        *,
        codes: tuple[Ids, Ids] | None,
        joins: bool,
    ) -> tuple[Ids, Array]:
        """Find the best candidate of each of q rows.

        Parameters
        ----------
        program
            A program per row, with one unknown of its own at most: a distance.
        own, worth
            Amounts of the rows as the candidates', and an own unit of each column in them, shape (q, k).
        codes
            Of the rows and of the candidates: those of the code of a row are left out.
        joins
            Whether a row may be compared with itself.

        Returns
        -------
        chosen, distance
            Shape (q,): index of the best candidate, the number of candidates for the row itself, -1 for
            none; and how far the row goes where the program has a distance.
        """
        q, (of_rows, of_candidates) = len(own), codes or (None, None)
        chosen, distance = np.empty(q, dtype=np.int64), np.empty(q)
        rows = library.CComparisons(
            place(own, kind=np.float64), place(worth, kind=np.float64), place(of_rows, kind=np.int64),
            place(of_candidates, kind=np.int64), int(joins),
        )  # fmt: skip
        described = describe_programs(one_for_all(program))
        library.load().kernel_compare(
            byref(self.native), byref(rows), byref(described.native), program.r, 0, q,
            place(chosen, kind=np.int64), place(distance, kind=np.float64),
        )  # fmt: skip
        return chosen, distance
