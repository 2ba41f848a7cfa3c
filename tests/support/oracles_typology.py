"""Slow, obvious re-implementations that the typology is held against."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise, permutations
from math import comb, fsum, log


def dagum_by_definition(samples: dict[str, list[Fraction]]) -> dict[str, Fraction]:
    """Dagum (1997) with his d and p over all pairs, in exact rational arithmetic."""
    every = [y for values in samples.values() for y in values]
    n, total = len(every), sum(every)
    size = {g: Fraction(len(v), n) for g, v in samples.items()}
    share = {g: sum(v) / total for g, v in samples.items()}

    def mean(values: list[Fraction]) -> Fraction:
        return sum(values) / len(values)

    def gini(a: list[Fraction], b: list[Fraction]) -> Fraction:
        gaps = sum(abs(x - y) for x in a for y in b)
        return gaps / (len(a) * len(b) * (mean(a) + mean(b)))

    within = sum(gini(v, v) * size[g] * share[g] for g, v in samples.items())
    between = across = Fraction(0)
    for a, b in combinations(samples, 2):
        high, low = (a, b) if mean(samples[a]) >= mean(samples[b]) else (b, a)
        pairs = [x - y for x in samples[high] for y in samples[low]]
        d = sum(max(gap, Fraction(0)) for gap in pairs)
        p = sum(max(-gap, Fraction(0)) for gap in pairs)
        affluence = (d - p) / (d + p) if d + p else Fraction(0)
        weight = size[high] * share[low] + size[low] * share[high]
        between += gini(samples[a], samples[b]) * weight * affluence
        across += gini(samples[a], samples[b]) * weight * (1 - affluence)
    return {"gini": gini(every, every), "within": within, "between": between, "across": across}


def theil_by_definition(values: list[float], index: str) -> float:
    """Theil's T or L as the sum that defines it."""
    mean = fsum(values) / len(values)
    if index == "T":
        return fsum(y / mean * log(y / mean) for y in values if y > 0) / len(values)
    return fsum(log(mean / y) for y in values) / len(values)


def moran_by_definition(values: list[float], weights: list[list[float]]) -> float:
    """Moran's I as the double sum that defines it."""
    n, mean = len(values), fsum(values) / len(values)
    z = [y - mean for y in values]
    both = [(i, j) for i in range(n) for j in range(n)]
    s0 = fsum(weights[i][j] for i, j in both)
    return n / s0 * fsum(weights[i][j] * z[i] * z[j] for i, j in both) / fsum(a * a for a in z)


def moran_moments(values: list[float], weights: list[list[float]]) -> tuple[float, float]:
    """Mean and variance of Moran's I over all orders of the values."""
    found = [moran_by_definition(list(order), weights) for order in permutations(values)]
    mean = fsum(found) / len(found)
    return mean, fsum((i - mean) ** 2 for i in found) / len(found)


def conditional_sums(values: list[int], place: int, n_neighbours: int) -> tuple[dict, int]:
    """How often each sum of n neighbours occurs, the other places shuffled around one place."""
    others = [y for i, y in enumerate(values) if i != place]
    sums: dict[int, int] = {}
    for chosen in combinations(others, n_neighbours):
        sums[sum(chosen)] = sums.get(sum(chosen), 0) + 1
    return sums, comb(len(others), n_neighbours)


def pairs_by_segments(topology: dict, name: str, key: str) -> set[tuple[str, str]]:
    """Neighbours as areas whose outlines, drawn out point by point, have a segment in common."""
    drawn = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x, y))
        drawn.append(points)
    owners: dict[tuple, set[str]] = {}
    for geometry in topology["objects"][name]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for ring in (ring for polygon in polygons for ring in polygon):
            outline = [p for i in ring for p in (drawn[i] if i >= 0 else drawn[~i][::-1])]
            for a, b in pairwise(outline):
                if a != b:
                    owners.setdefault((min(a, b), max(a, b)), set()).add(
                        geometry["properties"][key]
                    )
    return {pair for names in owners.values() for pair in combinations(sorted(names), 2)}
