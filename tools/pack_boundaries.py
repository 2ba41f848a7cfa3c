"""Make the packaged outlines of China from the polygons of their source.

    uv run python tools/pack_boundaries.py cn_prefectures.parquet

Prefectures keep every point of the source, on its own grid. Provinces are their prefectures joined,
their borders made lighter by at most 0.6 km; islands and the smallest provinces keep every point.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from xinzhi.present.map.lines import albers, simplified
from xinzhi_panel.io.outlines import read_boundaries
from xinzhi_panel.io.topology import AREAS, arcs_of, area_of, polygons_of, ring_of
from xinzhi_panel.places.places import province_name

DATA = Path(__file__).parent.parent / "packages/panel/src/xinzhi_panel/places/data"
TOLERANCE, SMALL = 0.6, 9000.0
"""km; km2 below which a province keeps every point."""
STEPS = 50_000


def main(source: Path) -> None:
    """Write both files."""
    topology = read_boundaries(source).topology
    shapes = topology["objects"][AREAS]["geometries"]
    arcs = arcs_of(topology)
    prefectures = [
        _shape(str(s["properties"]["adcode"]), s["properties"]["name"], s["arcs"]) for s in shapes
    ]
    _write("cn_prefectures.topo.json", prefectures, arcs)
    provinces, lighter = _provinces(shapes, arcs)
    _write("cn_provinces.topo.json", provinces, lighter)


def _shape(code: str, name: str, polygons: Any) -> dict[str, Any]:
    properties = {"adcode": code, "name": name}
    return {"type": "MultiPolygon", "id": code, "properties": properties, "arcs": polygons}


def _provinces(
    shapes: Sequence[Mapping[str, Any]], arcs: Sequence[np.ndarray]
) -> tuple[list[dict[str, Any]], list[np.ndarray]]:
    inside = defaultdict(list)
    for shape in shapes:
        inside[str(shape["properties"]["province"])].extend(
            n for polygon in polygons_of(shape) for ring in polygon for n in ring
        )
    found = {code: _joined(numbers, arcs) for code, numbers in sorted(inside.items())}
    kept = {
        n if n >= 0 else ~n
        for polygons in found.values()
        for polygon in polygons
        for ring in polygon
        for n in ring
        if len(ring) == 1 or _size(polygons, arcs) < SMALL
    }
    lighter = [arc if n in kept else arc[_keeps(albers(arc))] for n, arc in enumerate(arcs)]
    return [_shape(code, province_name(code), p) for code, p in found.items()], lighter


def _keeps(line: np.ndarray) -> np.ndarray:
    """Places of the points that the lighter line keeps."""
    kept = {tuple(point) for point in simplified(line, TOLERANCE).tolist()}
    return np.array([tuple(point) in kept for point in line.tolist()])


def _size(polygons: Sequence[Any], arcs: Sequence[np.ndarray]) -> float:
    return sum(-area_of(albers(ring_of(arcs, ring))) for p in polygons for ring in p)


def _joined(numbers: Iterable[int], arcs: Sequence[np.ndarray]) -> list[list[list[int]]]:
    """Drop the borders that two prefectures share, and close what is left into rings."""
    listed = list(numbers)
    uses = Counter(n if n >= 0 else ~n for n in listed)
    left = [n for n in listed if uses[n if n >= 0 else ~n] == 1]
    starts = defaultdict(list)
    for n in left:
        starts[_end(arcs, n, 0)].append(n)
    rings = []
    while any(starts.values()):
        first = next(ns[0] for ns in starts.values() if ns)
        ring, at = [], _end(arcs, first, 0)
        while starts[at]:
            n = starts[at].pop()
            ring.append(n)
            at = _end(arcs, n, -1)
        rings.append(ring)
    outer = [ring for ring in rings if area_of(ring_of(arcs, ring)) < 0]
    holes = [ring for ring in rings if area_of(ring_of(arcs, ring)) >= 0]
    polygons = [[ring] for ring in outer]
    for hole in holes:
        point = ring_of(arcs, hole)[0]
        around = [p for p in polygons if _holds(ring_of(arcs, p[0]), point)]
        min(around, key=lambda p: -area_of(ring_of(arcs, p[0]))).append(hole)
    return polygons


def _end(arcs: Sequence[np.ndarray], n: int, place: int) -> tuple[float, float]:
    arc = arcs[n] if n >= 0 else arcs[~n][::-1]
    return (float(arc[place][0]), float(arc[place][1]))


def _holds(ring: np.ndarray, point: np.ndarray) -> bool:
    """Count the edges that a ray to the east crosses."""
    (x1, y1), (x2, y2) = ring[:-1].T, ring[1:].T
    crosses = (y1 > point[1]) != (y2 > point[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x1 + (point[1] - y1) / (y2 - y1) * (x2 - x1)
    return bool((crosses & (at > point[0])).sum() % 2)


def _write(name: str, shapes: Sequence[dict[str, Any]], arcs: Sequence[np.ndarray]) -> None:
    """Write TopoJSON on a grid, with only the arcs that are used."""
    numbers: dict[int, int] = {}
    for shape in shapes:
        shape["arcs"] = [[[_new(n, numbers) for n in ring] for ring in p] for p in shape["arcs"]]
    used = [arcs[old] for old in numbers]
    points = np.concatenate(used)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (high - low) / (STEPS - 1)
    steps = [np.rint((arc - low) / scale).astype(int) for arc in used]
    topology = {
        "type": "Topology",
        "transform": {"scale": scale.tolist(), "translate": low.tolist()},
        "objects": {"data": {"type": "GeometryCollection", "geometries": list(shapes)}},
        "arcs": [_moves(arc) for arc in steps],
    }
    text = json.dumps(topology, ensure_ascii=False, separators=(",", ":"))
    (DATA / name).write_text(text, encoding="utf-8")


def _moves(steps: np.ndarray) -> list[list[int]]:
    moves = np.vstack([steps[:1], np.diff(steps, axis=0)])
    moving = np.concatenate([[True], (moves[1:] != 0).any(axis=1)])
    return moves[moving].tolist()


def _new(n: int, numbers: dict[int, int]) -> int:
    new = numbers.setdefault(n if n >= 0 else ~n, len(numbers))
    return new if n >= 0 else ~new


if __name__ == "__main__":
    main(Path(sys.argv[1]))
