"""Small dense algebra, and the product that prices columns."""

# ruff: noqa: FURB136, PLW3301, PLR1714 - written for what the compiler makes of it
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xinzhi.efficiency.kernel.compiled import compiled

Array = npt.NDArray[np.float64]

BLOCK = 512
"""Columns priced at a time: their prices stay in the nearest cache."""
SINGULAR = 1e-13
"""A pivot below this, beside columns of size 1, makes a basis singular."""


@compiled("boolean(float64[:, ::1], float64[:, ::1], float64[:, ::1])")
def invert(matrix: Array, inverse: Array, spare: Array) -> bool:  # noqa: C901
    """Invert by Gauss-Jordan with the largest pivot of each column; False where singular."""
    r = len(matrix)
    for i in range(r):
        for j in range(r):
            spare[i, j] = matrix[i, j]
            inverse[i, j] = 0.0
        inverse[i, i] = 1.0
    for k in range(r):
        best, at = 0.0, k
        for i in range(k, r):
            size = abs(spare[i, k])
            if size > best:
                best, at = size, i
        if not best > SINGULAR:
            return False
        if at != k:
            for j in range(r):
                spare[k, j], spare[at, j] = spare[at, j], spare[k, j]
                inverse[k, j], inverse[at, j] = inverse[at, j], inverse[k, j]
        scale = 1.0 / spare[k, k]
        for j in range(r):
            spare[k, j] *= scale
            inverse[k, j] *= scale
        for i in range(r):
            factor = spare[i, k]
            if i != k and factor != 0.0:
                for j in range(r):
                    spare[i, j] -= factor * spare[k, j]
                    inverse[i, j] -= factor * inverse[k, j]
    return True


@compiled("void(float64[:, ::1], float64[:, ::1], float64[::1], float64[::1], float64[::1])")
def solve_refined(matrix: Array, inverse: Array, right: Array, x: Array, rest: Array) -> None:
    """Write x = B⁻¹ h, refined once against the columns."""
    r = len(right)
    for i in range(r):
        total = 0.0
        for j in range(r):
            total += inverse[i, j] * right[j]
        x[i] = total
    for i in range(r):
        total = right[i]
        for j in range(r):
            total -= matrix[i, j] * x[j]
        rest[i] = total
    for i in range(r):
        total = 0.0
        for j in range(r):
            total += inverse[i, j] * rest[j]
        x[i] += total


@compiled("void(float64[:, ::1], float64[::1], float64[::1])")
def price(inverse: Array, cost: Array, u: Array) -> None:
    """Write u = B⁻ᵀ c."""
    r = len(cost)
    for i in range(r):
        u[i] = 0.0
    for j in range(r):
        if cost[j] != 0.0:
            for i in range(r):
                u[i] += cost[j] * inverse[j, i]


@compiled("void(float64[:, ::1], float64[:, ::1], float64[::1], float64[::1], float64[::1])")
def refine_price(matrix: Array, inverse: Array, cost: Array, u: Array, rest: Array) -> None:
    """Refine u = B⁻ᵀ c once against the columns."""
    r = len(cost)
    for j in range(r):
        total = cost[j]
        for i in range(r):
            total -= u[i] * matrix[i, j]
        rest[j] = total
    for j in range(r):
        if rest[j] != 0.0:
            for i in range(r):
                u[i] += rest[j] * inverse[j, i]


@compiled("void(float64[:, ::1], int64, int64, float64[::1], float64[::1])", fast=True)
def products(columns: Array, start: int, stop: int, v: Array, out: Array) -> None:
    """Write v·G_c of the columns from `start` to `stop`.

    The first four or five constraints in one pass, the others in pairs, which compilers turn into
    wide registers.
    """
    r, width = len(v), stop - start
    done = 5 if r == 5 or r == 7 or r >= 9 else min(r, 4)
    one, a = columns[0][start:stop], v[0]
    two, b = columns[min(1, r - 1)][start:stop], v[1] if r > 1 else 0.0
    three, c = columns[min(2, r - 1)][start:stop], v[2] if r > 2 else 0.0
    four, d = columns[min(3, r - 1)][start:stop], v[3] if r > 3 else 0.0
    if done == 5:
        five, e = columns[4][start:stop], v[4]
        for j in range(width):
            out[j] = a * one[j] + b * two[j] + c * three[j] + d * four[j] + e * five[j]
    else:
        for j in range(width):
            out[j] = a * one[j] + b * two[j] + c * three[j] + d * four[j]
    for i in range(done, r, 2):
        one, a = columns[i][start:stop], v[i]
        if i + 1 < r:
            two, b = columns[i + 1][start:stop], v[i + 1]
            for j in range(width):
                out[j] += a * one[j] + b * two[j]
        else:
            for j in range(width):
                out[j] += a * one[j]


@compiled("float64(float64[::1], int64)", fast=True)
def top_of(prices: Array, n: int) -> float:
    """Return the largest of the first n numbers, in eight lanes."""
    a = b = c = d = e = f = g = h = -1e300
    whole = n // 8 * 8
    for j in range(0, whole, 8):
        a = prices[j] if prices[j] > a else a
        b = prices[j + 1] if prices[j + 1] > b else b
        c = prices[j + 2] if prices[j + 2] > c else c
        d = prices[j + 3] if prices[j + 3] > d else d
        e = prices[j + 4] if prices[j + 4] > e else e
        f = prices[j + 5] if prices[j + 5] > f else f
        g = prices[j + 6] if prices[j + 6] > g else g
        h = prices[j + 7] if prices[j + 7] > h else h
    for j in range(whole, n):
        a = prices[j] if prices[j] > a else a
    return max(max(max(a, b), max(c, d)), max(max(e, f), max(g, h)))


@compiled(
    "void(float64[:, ::1], int64, int64, float64[::1], float64[::1], float64[::1])", fast=True
)
def raise_tops(columns: Array, start: int, stop: int, v: Array, out: Array, tops: Array) -> None:
    """Raise tops, one per place of a block, to the v·G_c of the columns from `start` to `stop`."""
    r, width = len(v), stop - start
    if r > 5:
        products(columns, start, stop, v, out)
        for j in range(width):
            tops[j] = out[j] if out[j] > tops[j] else tops[j]
        return
    one, a = columns[0][start:stop], v[0]
    two, b = columns[min(1, r - 1)][start:stop], v[1] if r > 1 else 0.0
    three, c = columns[min(2, r - 1)][start:stop], v[2] if r > 2 else 0.0
    four, d = columns[min(3, r - 1)][start:stop], v[3] if r > 3 else 0.0
    five, e = columns[min(4, r - 1)][start:stop], v[4] if r > 4 else 0.0
    for j in range(width):
        price = a * one[j] + b * two[j] + c * three[j] + d * four[j] + e * five[j]
        tops[j] = price if price > tops[j] else tops[j]


@compiled("float64(float64[:, ::1], int64, float64[::1], float64[:, ::1])", fast=True)
def highest(columns: Array, n: int, v: Array, buffer: Array) -> float:
    """Return the largest v·G_c, at least 0."""
    width = min(n, BLOCK)
    tops = buffer[1]
    for j in range(width):
        tops[j] = 0.0
    for start in range(0, n, BLOCK):
        raise_tops(columns, start, min(n, start + BLOCK), v, buffer[0], tops)
    return top_of(tops, width)


@compiled("UniTuple(float64, 2)(float64[:, ::1], int64, float64[::1], float64[::1])", fast=True)
def largest(columns: Array, n: int, v: Array, out: Array) -> tuple[float, float]:
    """Return the largest v·G_c and its place c, 0 and -1 where none is above 0."""
    best, block = 0.0, -1
    for start in range(0, n, BLOCK):
        stop = min(n, start + BLOCK)
        products(columns, start, stop, v, out)
        top = top_of(out, stop - start)
        if top > best:
            best, block = top, start
    if block < 0:
        return 0.0, -1.0
    stop = min(n, block + BLOCK)
    if n > BLOCK:
        products(columns, block, stop, v, out)
    at = 0
    while out[at] < best and at + 1 < stop - block:
        at += 1
    return best, float(block + at)


@compiled(
    "UniTuple(float64, 2)(float64[:, ::1], int64, float64[::1], float64[::1], float64[:, ::1])"
)
def largest_by_size(
    columns: Array, n: int, v: Array, unit: Array, out: Array
) -> tuple[float, float]:
    """Return the largest (v·G_c) / (unit·G_c) and its place, 0 and -1 where none is above 0."""
    best, at = 0.0, -1.0
    for start in range(0, n, BLOCK):
        stop = min(n, start + BLOCK)
        products(columns, start, stop, v, out[0])
        products(columns, start, stop, unit, out[1])
        for j in range(stop - start):
            size = out[1, j] if out[1, j] > 0.0 else 1.0
            if out[0, j] > best * size:
                best, at = out[0, j] / size, float(start + j)
    return best, at


@compiled("UniTuple(float64, 2)(float64[:, ::1], int64, float64[::1], float64[::1], float64)")
def first_above(columns: Array, n: int, v: Array, unit: Array, least: float) -> tuple[float, float]:
    """Return the first (v·G_c) / (unit·G_c) above `least` and its place, 0 and -1 without one."""
    for c in range(n):
        price, size = 0.0, 0.0
        for i in range(len(v)):
            price += v[i] * columns[i, c]
            size += unit[i] * columns[i, c]
        size = size if size > 0.0 else 1.0
        if price > least * size:
            return price / size, float(c)
    return 0.0, -1.0
