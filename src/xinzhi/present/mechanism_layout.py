"""Where the boxes and arrows of a mechanism stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from xinzhi.present.chart import FONT_SIZE, LINE, Point, width_of, wrapped

Role = Literal["factor", "mediator", "outcome", "tool"]
MARGIN, ROOM = 16.0, 12.0
"""Around the page and inside a box, px."""
HALF = 0.5
"""Where along a path its label stands if no path crosses it."""
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Width of the page and distance of the lanes in px; where labels stand among crossing paths."""

    width: float
    gap: float
    near: float


PLAIN, WITH_TOOL = Sizes(760.0, 62.0, 0.33), Sizes(880.0, 84.0, 0.38)
"""Under a tool labels have two lines and need more room."""


@dataclass(frozen=True, slots=True)
class Box:
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
    boxes: Mapping[str, Box]
    lines: Mapping[Pair, tuple[Point, ...]]
    shares: Mapping[Pair, float]
    tool: str | None


def layout_of(pairs: Sequence[Pair], said: Mapping[str, str], tool: str | None) -> Layout:
    """Place factors left, mediators in the middle, the outcome right, the tool above.

    An effect past the mediators runs in a lane above, between or below them.

    >>> [box.role for box in layout_of([("x", "m"), ("m", "y"), ("x", "y")], {}, "t").boxes.values()]
    ['factor', 'mediator', 'outcome', 'tool']
    """
    columns, sizes = _roles(pairs), WITH_TOOL if tool else PLAIN
    factors, mediators, outcomes = columns
    lanes = len(mediators) + 1 if any(_is_direct(p, columns) for p in pairs) else 0
    slots = max(len(mediators) + lanes, 2 * len(factors) - 1, 2 * len(outcomes) - 1, 3)
    top = MARGIN + (96.0 if tool else 30.0)
    foot = top + (slots - 1) * sizes.gap
    middle = _spread(2 * len(mediators) + 1, top, foot)
    at_mediators, at_lanes = middle[1::2], middle[::2]
    places = [
        *zip(factors, _spread(len(factors), top, foot), strict=True),
        *zip(mediators, at_mediators, strict=True),
        *zip(outcomes, _spread(len(outcomes), top, foot), strict=True),
    ]
    role_of = {name: role for role, names in zip(ROLES, columns, strict=True) for name in names}
    boxes = {n: _box(said.get(n, n), role_of[n], y, sizes.width) for n, y in places}
    lines = _lines(pairs, boxes, columns, at_lanes, sizes.width)
    shares = {pair: _share(pair, columns, sizes.near) for pair in pairs}
    if tool:
        boxes[tool] = _box(said.get(tool, tool), "tool", MARGIN + 24.0, sizes.width)
    lowest = max(
        *(box.y + box.height / 2 for box in boxes.values()),
        *(y for line in lines.values() for _, y in line),
    )
    return Layout(sizes.width, lowest + 30.0, boxes, lines, shares, tool)


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


def _box(words: str, role: Role, y: float, page: float) -> Box:
    lines = wrapped(words)
    width = max(width_of(line) for line in lines) * FONT_SIZE + 2 * ROOM
    width = max(width, 84.0)
    height = len(lines) * LINE + ROOM
    x = {
        "factor": MARGIN + width / 2,
        "outcome": page - MARGIN - width / 2,
    }.get(role, page / 2)
    return Box(role, x, y, width, height, lines)


def _lines(
    pairs: Sequence[Pair],
    boxes: Mapping[str, Box],
    columns: tuple[list[str], ...],
    lanes: Sequence[float],
    page: float,
) -> dict[Pair, tuple[Point, ...]]:
    factors = [name for name in columns[0] if any(p[0] == name for p in pairs)]
    lane_of = {
        name: lanes[round(i * (len(lanes) - 1) / max(len(factors) - 1, 1))]
        for i, name in enumerate(factors)
    }
    ends = _ends(pairs, boxes, lane_of, columns)
    found: dict[Pair, tuple[Point, ...]] = {}
    for source, target in pairs:
        a, b = boxes[source], boxes[target]
        start, end = (a.x + a.width / 2 + 1, a.y), (b.x - b.width / 2 - 1, ends[source, target])
        if _is_direct((source, target), columns):
            found[source, target] = _past(start, end, lane_of[source], page / 2)
        else:
            found[source, target] = (start, end)
    return found


def _past(start: Point, end: Point, lane: float, x: float) -> tuple[Point, ...]:
    """Lead a path through a lane of the middle column."""
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
    boxes: Mapping[str, Box],
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


def _share(pair: Pair, columns: tuple[list[str], ...], near: float) -> float:
    """Set labels near the start of paths where several factors and mediators make them cross."""
    crosses = pair[1] in columns[1] and len(columns[1]) > 1 and len(columns[0]) > 1
    return near if crosses else HALF


def at_share(line: Sequence[Point], share: float) -> Point:
    """Find the place on a line; the middle of curves is where they meet.

    >>> at_share([(0.0, 0.0), (10.0, 20.0)], 0.25)
    (2.5, 5.0)
    """
    if len(line) > 2:
        return line[len(line) // 2]
    (x1, y1), (x2, y2) = line
    return x1 + share * (x2 - x1), y1 + share * (y2 - y1)
