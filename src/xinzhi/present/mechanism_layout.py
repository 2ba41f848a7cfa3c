"""Where the boxes and arrows of a mechanism stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from xinzhi.present.chart import FONT_SIZE, LINE, Point, width_of, wrapped

Role = Literal["factor", "mediator", "outcome"]
MARGIN, ROOM = 16.0, 12.0
"""Around the page and inside a box, px."""
WIDTH, LANE = 760.0, 62.0
"""Width of the page, and distance of the lanes."""
LABEL = (76.0, 18.0)
"""Room of the label of a path."""
SHARES = (0.5, 0.4, 0.6, 0.33, 0.67, 0.27, 0.73, 0.2, 0.8)
"""Where along a path its label may stand, the best place first."""
PIECES = 48
"""Short pieces by which a path is followed."""
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class DiagramBox:
    """A box: its role, centre, size and lines of text."""

    role: Role
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes by variable, lines and places of labels by path."""

    width: float
    height: float
    boxes: Mapping[str, DiagramBox]
    lines: Mapping[Pair, tuple[Point, ...]]
    labels: Mapping[Pair, Point]
    """Middle of the label of each path."""


def layout_of(pairs: Sequence[Pair], labels: Mapping[str, str]) -> Layout:
    """Place factors left, mediators in the middle, the outcome right.

    An effect past the mediators runs in a lane above, between or below them.

    >>> [box.role for box in layout_of([("x", "m"), ("m", "y"), ("x", "y")], {}).boxes.values()]
    ['factor', 'mediator', 'outcome']
    """
    columns = _roles(pairs)
    factors, mediators, outcomes = columns
    lanes = len(mediators) + 1 if any(_is_direct(p, columns) for p in pairs) else 0
    slots = max(len(mediators) + lanes, 2 * len(factors) - 1, 2 * len(outcomes) - 1, 3)
    top = MARGIN + 30.0
    foot = top + (slots - 1) * LANE
    middle = _spread(2 * len(mediators) + 1, top, foot)
    # Mediators and lanes take turns, so that a direct path meets no box.
    mediator_ys, lane_ys = middle[1::2], middle[::2]
    places = [
        *zip(factors, _spread(len(factors), top, foot), strict=True),
        *zip(mediators, mediator_ys, strict=True),
        *zip(outcomes, _spread(len(outcomes), top, foot), strict=True),
    ]
    role_of = {name: role for role, names in zip(ROLES, columns, strict=True) for name in names}
    boxes = {name: _box(labels.get(name, name), role_of[name], y) for name, y in places}
    lines = _lines(pairs, boxes, columns, lane_ys)
    lowest = max(
        *(box.y + box.height / 2 for box in boxes.values()),
        *(y for line in lines.values() for _, y in line),
    )
    return Layout(WIDTH, lowest + 30.0, boxes, lines, labels_of(lines, boxes))


ROLES: tuple[Role, ...] = ("factor", "mediator", "outcome")


def _roles(pairs: Sequence[Pair]) -> tuple[list[str], list[str], list[str]]:
    """Sort the variables by role, each in the order in which it comes."""
    sources = list(dict.fromkeys(source for source, _ in pairs))
    targets = list(dict.fromkeys(target for _, target in pairs))
    outcomes = [name for name in targets if name not in sources]
    if not outcomes:
        msg = "a mechanism needs something that is only a target"
        raise ValueError(msg)
    mediators = [name for name in targets if name in sources]
    return [name for name in sources if name not in targets], mediators, outcomes


def _is_direct(pair: Pair, columns: tuple[list[str], ...]) -> bool:
    return bool(columns[1]) and pair[0] in columns[0] and pair[1] in columns[2]


def _spread(n: int, top: float, foot: float) -> list[float]:
    if n == 1:
        return [(top + foot) / 2]
    return [top + i * (foot - top) / (n - 1) for i in range(n)]


def _box(words: str, role: Role, y: float) -> DiagramBox:
    lines = wrapped(words)
    width = max(84.0, max(map(width_of, lines)) * FONT_SIZE + 2 * ROOM)
    edges = {"factor": MARGIN + width / 2, "outcome": WIDTH - MARGIN - width / 2}
    return DiagramBox(role, edges.get(role, WIDTH / 2), y, width, len(lines) * LINE + ROOM, lines)


def _lines(
    pairs: Sequence[Pair],
    boxes: Mapping[str, DiagramBox],
    columns: tuple[list[str], ...],
    lanes: Sequence[float],
) -> dict[Pair, tuple[Point, ...]]:
    factors = [name for name in columns[0] if any(p[0] == name for p in pairs)]
    lane_of = {
        name: lanes[round(i * (len(lanes) - 1) / max(len(factors) - 1, 1))]
        for i, name in enumerate(factors)
    }
    ends = _ends(pairs, boxes, lane_of, columns)
    lines: dict[Pair, tuple[Point, ...]] = {}
    for source, target in pairs:
        a, b = boxes[source], boxes[target]
        start, end = (a.x + a.width / 2 + 1, a.y), (b.x - b.width / 2 - 1, ends[source, target])
        if _is_direct((source, target), columns):
            lines[source, target] = _past(start, end, lane_of[source])
        else:
            lines[source, target] = (start, end)
    return lines


def _past(start: Point, end: Point, lane: float) -> tuple[Point, ...]:
    """Lead a path through a lane of the middle column, as two Bezier curves that meet smoothly."""
    x = WIDTH / 2
    return (
        start,
        (start[0] + 70, start[1] + (lane - start[1]) * 0.35),
        (x - 130, lane),
        (x, lane),
        (x + 130, lane),
        (end[0] - 90, end[1] + (lane - end[1]) * 0.45),
        end,
    )


def _ends(
    pairs: Sequence[Pair],
    boxes: Mapping[str, DiagramBox],
    lane_of: Mapping[str, float],
    columns: tuple[list[str], ...],
) -> dict[Pair, float]:
    """Spread the heads of the arrows over the left side of the box that they reach."""
    ends: dict[Pair, float] = {}
    for name, box in boxes.items():
        arriving = [p for p in pairs if p[1] == name]
        arriving.sort(key=lambda p: lane_of[p[0]] if _is_direct(p, columns) else boxes[p[0]].y)
        inner = min(box.height * 0.8, 14.0 * (len(arriving) - 1))
        for place, pair in enumerate(arriving):
            share = place / (len(arriving) - 1) - 0.5 if len(arriving) > 1 else 0.0
            ends[pair] = box.y + share * inner
    return ends


def labels_of(
    lines: Mapping[Pair, tuple[Point, ...]], boxes: Mapping[str, DiagramBox]
) -> dict[Pair, Point]:
    """Put the label of each path where it covers no other path, no label and no box, as far as there is room."""
    points = {pair: followed(line) for pair, line in lines.items()}
    obstacles = [(box.x, box.y, box.width, box.height) for box in boxes.values()]
    labels: dict[Pair, Point] = {}
    for pair, line in points.items():
        others = [point for other, its in points.items() if other != pair for point in its]
        places = [line[round(share * (len(line) - 1))] for share in SHARES]
        # `min` takes the first of equal places: SHARES names the best one first.
        labels[pair] = min(places, key=lambda place: _count_covered(place, others, obstacles))
        obstacles.append((*labels[pair], *LABEL))
    return labels


def _count_covered(
    place: Point, others: Sequence[Point], obstacles: Sequence[tuple[float, float, float, float]]
) -> int:
    """Count what a label at a place would cover; a box or another label weighs more than a path."""
    (x, y), (width, height) = place, LABEL
    crossed = sum(abs(u - x) < width / 2 and abs(v - y) < height / 2 for u, v in others)
    hidden = sum(
        abs(u - x) < (width + a) / 2 and abs(v - y) < (height + b) / 2 for u, v, a, b in obstacles
    )
    return crossed + 1000 * hidden


def followed(line: Sequence[Point]) -> list[Point]:
    """Follow a straight line of two points, or Bezier curves of 4, 7 … points, in short pieces.

    >>> followed([(0.0, 0.0), (48.0, 96.0)])[12]
    (12.0, 24.0)
    """
    curves = [line] if len(line) == 2 else [line[n : n + 4] for n in range(0, len(line) - 1, 3)]
    return [
        _on_curve(curve, n / PIECES)
        for number, curve in enumerate(curves)
        for n in range(min(number, 1), PIECES + 1)  # a later curve begins where one ended
    ]


def _on_curve(points: Sequence[Point], t: float) -> Point:
    """Find the point of a Bezier curve at t between 0 and 1."""
    while len(points) > 1:
        points = [
            (x1 + t * (x2 - x1), y1 + t * (y2 - y1)) for (x1, y1), (x2, y2) in pairwise(points)
        ]
    return points[0]
