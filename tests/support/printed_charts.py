"""Charts as a reader meets them: points, bars and arrows read from what is drawn."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

BLUE, ORANGE, GREY, WHITE = "#1f5a8c", "#d55e00", "#9aa5b1", "#ffffff"
SVG = "{http://www.w3.org/2000/svg}"
NEAR = 3.0
"""Pixels that an end of an arrow may be away from the box that it touches."""


@dataclass(frozen=True)
class Point:
    """A point of a plot, its interval, and whether it is filled."""

    words: str
    estimate: float
    low: float | None
    high: float | None
    is_filled: bool


def rows_of(specification, layer):
    """Give the data of a layer, wherever they stand."""
    data = layer.get("data") or specification["data"]
    return data["values"] if "values" in data else specification["datasets"][data["name"]]


def layers_of(specification, mark):
    """List the layers with one kind of mark."""
    return [one for one in specification["layer"] if one["mark"]["type"] == mark]


def points_of(chart, language="en", *, value="x"):
    """Read the points of a plot of effects with the fields, tests and colours of its specification."""
    specification = chart.specifications[language]
    (points,) = layers_of(specification, "point")
    bars = [one for one in layers_of(specification, "rule") if f"{value}2" in one["encoding"]]
    other = "y" if value == "x" else "x"
    return [
        Point(
            row[_field(points, other)],
            row[_field(points, value)],
            row[_field(bars[0], value)] if bars else None,
            row[_field(bars[0], f"{value}2")] if bars else None,
            _fill(points, row) != WHITE,
        )
        for row in rows_of(specification, points)
    ]


def _field(layer, channel):
    return layer["encoding"][channel]["field"]


def _fill(layer, row):
    """Give the colour of a point: conditions of our charts name a field that is true or false."""
    fill = layer["encoding"]["fill"]
    condition = fill["condition"]
    holds = row[condition["test"].removeprefix("datum.")]
    return (condition if holds else fill)["value"]


@dataclass(frozen=True)
class Arrow:
    """An arrow of a diagram: the boxes that it joins, how it looks, the words that stand on it."""

    source: str
    target: str
    look: str
    """positive, negative or unclear, by colour and dashes."""
    words: str


@dataclass(frozen=True, order=True)
class Bend:
    """What a moderator does to a path, in its cell of the diagram."""

    source: str
    target: str
    moderator: str
    sign: str
    """up, down or none: the arrow of the cell."""
    words: str
    beneath: str


LOOKS = {(BLUE, None): "positive", (ORANGE, "7 4"): "negative", (GREY, "2 3"): "unclear"}
Numbers = re.compile(r"-?[\d.]+")


def arrows_of(svg):
    """Read the arrows of a diagram from its drawing alone: where lines begin, end and are labelled."""
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    parts = list(root)
    boxes = _boxes(parts)
    labels = _labels(parts)
    foot = max(y + height for _, _, y, _, height in boxes)
    found = []
    for path, head in itertools.pairwise(parts):
        if path.tag != f"{SVG}path" or head.tag != f"{SVG}polygon":
            continue
        line = followed(path.get("d"))
        tip = tuple(map(float, head.get("points").split()[0].split(",")))
        if line[0][1] > foot:
            continue  # the key beneath
        on = min(labels, key=lambda one: _distance((one[1], one[2]), [*line, tip]))
        look = LOOKS[path.get("stroke"), path.get("stroke-dasharray")]
        assert head.get("fill") == path.get("stroke")
        found.append(Arrow(_box_at(boxes, line[0]), _box_at(boxes, tip), look, on[0]))
    return found


def lanes_of(svg):
    """Read the arrows of a diagram of pathways, each with the words over it and those under it."""
    parts = list(ET.fromstring(svg))  # noqa: S314 - our own drawing
    boxes = _boxes(parts)
    for at, (path, head) in enumerate(itertools.pairwise(parts)):
        if path.tag != f"{SVG}path" or head.tag != f"{SVG}polygon":
            continue
        following = itertools.takewhile(lambda one: one.tag == f"{SVG}text", parts[at + 2 :])
        over, *under = [text.text for text in following] or [""]
        line, tip = followed(path.get("d")), head.get("points").split()[0].split(",")
        look = LOOKS[path.get("stroke"), path.get("stroke-dasharray")]
        ends = _box_at(boxes, line[0]), _box_at(boxes, tuple(map(float, tip)))
        yield Arrow(*ends, look, over), tuple(under)


def bends_of(svg):
    """Read the cells of a diagram of moderation: the boxes in their row and over their column, arrow and words."""
    parts = list(ET.fromstring(svg))  # noqa: S314 - our own drawing
    boxes = _boxes(parts)
    arrows = [
        (followed(path.get("d")), _box_at(boxes, followed(path.get("d"))[0]))
        for path, head in itertools.pairwise(parts)
        if path.tag == f"{SVG}path" and head.tag == f"{SVG}polygon" and _is_level(path.get("d"))
    ]
    found = []
    for at, part in enumerate(parts):
        texts = [one.text for one in parts[at + 1 : at + 3] if one.tag == f"{SVG}text"]
        is_cell = part.tag in (f"{SVG}polygon", f"{SVG}path") and len(texts) == 2
        if not is_cell or not any("effect at" in one or "均值" in one for one in texts):
            continue
        place = parts[at + 1]
        x, y = float(place.get("x")), float(place.get("y")) + 1
        line, source = min(arrows, key=lambda one: abs(one[0][0][1] - y))
        (target,) = (
            b[0] for b in boxes if abs(b[1] - line[-1][0]) < 18 and b[2] <= y <= b[2] + b[4]
        )
        (tool,) = (
            b[0]
            for b in boxes
            if b[1] - 30 <= x <= b[1] + b[3] and b[2] == min(b[2] for b in boxes)
        )
        found.append(Bend(source, target, tool, _sign_of(parts, at), *texts))
    return found


def _is_level(path):
    (_, left), (_, right) = _pairs(path)[:2]
    return left == right


def _sign_of(parts, at):
    """Tell where the arrow before the words points to."""
    if parts[at].tag == f"{SVG}path":
        return "none"
    start, end = _pairs(parts[at - 1].get("d"))[:2]
    return "up" if end[1] < start[1] else "down"


def _boxes(parts):
    """Words and place of each box; its lines of text follow it."""
    found = []
    for at, part in enumerate(parts):
        if part.tag == f"{SVG}rect" and part.get("rx") == "5":
            x, y, width, height = (float(part.get(k)) for k in ("x", "y", "width", "height"))
            texts = []
            for text in parts[at + 1 :]:
                # Words beside the last box are not its own.
                if text.tag != f"{SVG}text" or not x < float(text.get("x")) < x + width:
                    break
                texts.append(text.text)
            found.append((" ".join(texts), x, y, width, height))
    return found


def _labels(parts):
    """Words and middle of each label."""
    return [
        (
            text.text,
            float(ground.get("x")) + float(ground.get("width")) / 2,
            float(ground.get("y")) + float(ground.get("height")) / 2,
        )
        for ground, text in itertools.pairwise(parts)
        if ground.tag == f"{SVG}rect" and ground.get("rx") == "2"
    ]


def _box_at(boxes, point):
    """Name the box on whose edge a point lies."""
    x, y = point
    (name,) = (
        name
        for name, left, top, width, height in boxes
        if left - NEAR <= x <= left + width + NEAR and top - NEAR <= y <= top + height + NEAR
    )
    return name


def followed(path):
    """Follow a path: straight lines and Bezier curves as many short pieces."""
    start, *pieces = re.findall(r"([MLC])([^MLC]*)", path)
    points = [_pairs(start[1])[0]]
    for kind, numbers in pieces:
        ends = _pairs(numbers)
        if kind == "L":
            a, b = points[-1], ends[0]
            points += [_between(a, b, n / 40) for n in range(1, 41)]
        else:
            curve = [points[-1], *ends]
            points += [_bezier(curve, n / 40) for n in range(1, 41)]
    return points


def _pairs(text):
    numbers = [float(one) for one in Numbers.findall(text)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _between(a, b, t):
    return (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]))


def _bezier(points, t):
    while len(points) > 1:
        points = [_between(a, b, t) for a, b in itertools.pairwise(points)]
    return points[0]


def _distance(point, line):
    return min(math.dist(point, one) for one in line)
