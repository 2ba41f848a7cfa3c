"""What a Vega chart shows, read from its picture alone: marks in the units of the axes, keys, titles.

Positions are turned back into values by the labels of the axes, so that a chart that is upside down, mirrored
or labelled with another column reads differently. Nothing is taken from the specification.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from drawn import picture

SVG = "{http://www.w3.org/2000/svg}"
Number = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
NEAR = 1.0
"""Pixels by which a mark may lie beside the label of its line: labels and marks are rounded to halves."""


@dataclass(frozen=True)
class Mark:
    """A mark: its corners in pixels of its panel, and how it looks."""

    kind: str
    """line, area, rule, symbol, rect, text."""
    points: tuple[tuple[float, float], ...]
    fill: str = ""
    stroke: str = ""
    dashes: str = ""
    width: float = 0.0
    words: str = ""


@dataclass
class Axis:
    """An axis: its title, and its labels with their places."""

    title: str = ""
    labels: dict[str, float] = field(default_factory=dict)

    def value(self, pixel: float) -> float:
        """Turn a place into a value by the two labels that lie farthest apart."""
        (first, low), *_, (last, high) = sorted(self.labels.items(), key=lambda one: one[1])
        a, b = number(first), number(last)
        return a + (pixel - low) * (b - a) / (high - low)

    def label(self, pixel: float) -> str:
        """Name the label at a place."""
        (found,) = (word for word, at in self.labels.items() if abs(at - pixel) <= NEAR)
        return found

    @property
    def order(self) -> list[str]:
        """Labels from left to right, or from top to bottom."""
        return sorted(self.labels, key=self.labels.__getitem__)

    @property
    def rises(self) -> bool:
        """Whether numbers grow with the pixels: rightward, or downward."""
        values = [number(one) for one in self.order]
        assert values in (sorted(values), sorted(values, reverse=True))
        return values == sorted(values)


@dataclass(frozen=True)
class Entry:
    """A line of a key."""

    words: str
    colour: str
    dashes: str


@dataclass
class Panel:
    """A chart of its own."""

    title: str = ""
    x: Axis = field(default_factory=Axis)
    y: Axis = field(default_factory=Axis)
    marks: list[Mark] = field(default_factory=list)
    key: list[Entry] = field(default_factory=list)

    def of(self, kind: str) -> list[Mark]:
        """List the marks of a kind."""
        return [one for one in self.marks if one.kind == kind]

    def values(self, mark: Mark) -> list[tuple[float, float]]:
        """Give the corners of a mark in the units of both axes."""
        return [(self.x.value(x), self.y.value(y)) for x, y in mark.points]

    def check_directions(self) -> None:
        """Numbers grow to the right and upward."""
        for axis, rises in ((self.x, True), (self.y, False)):
            if axis.labels and all(map(is_number, axis.labels)) and len(axis.labels) > 1:
                assert axis.rises is rises


def number(text: str) -> float:
    """Read a label."""
    return float(text.replace("−", "-").replace(",", ""))


def is_number(text: str) -> bool:
    """Whether a label is a number."""
    return re.fullmatch(r"[-−]?[\d,]+(\.\d+)?", text) is not None


def panels_of(chart, language="en") -> list[Panel]:
    """Read the panels of a chart as its picture shows them."""
    svg = picture(chart, language, "svg").decode()
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    found = [Panel()]
    _walk(root, (0.0, 0.0), found, found[0])
    return [one for one in found if one.marks]


def panel_of(chart, language="en") -> Panel:
    """Read the only panel of a chart."""
    (panel,) = panels_of(chart, language)
    panel.check_directions()
    return panel


def _walk(part, shift, found, panel):
    kind = part.get("class", "")
    shift = _moved(part, shift)
    if "role-axis" in kind and part.get("role") == "graphics-symbol":
        _read_axis(part, shift, panel)
        return
    if "role-axis" in kind:
        return  # the grid
    if "role-legend" in kind:
        panel.key += _entries(part)
        return
    if "role-title" in kind:
        panel.title = "".join(text.text or "" for text in part.iter(f"{SVG}text"))
        return
    if "role-scope" in kind and re.search(r"concat_\d+_group", kind):
        # Each panel of several stands in a group of its own.
        for own in part:
            found.append(Panel())
            _walk(own, shift, found, found[-1])
        return
    if "role-mark" in kind and "mark-group" not in kind:
        name = re.search(r"mark-(\w+)", kind)[1]
        panel.marks += [
            mark for one in part if (mark := _mark(name, one, _moved(one, shift))) is not None
        ]
        return
    for child in part:
        _walk(child, shift, found, panel)


def _moved(part, shift):
    move = re.match(r"translate\(([^)]*)\)", part.get("transform", ""))
    if move is None:
        return shift
    x, y = (float(one) for one in move[1].split(","))
    return shift[0] + x, shift[1] + y


def _read_axis(part, shift, panel):
    is_x = part.get("aria-label", "").startswith("X-axis")
    axis = panel.x if is_x else panel.y

    def walk(one, shift, kind):
        kind = one.get("class") or kind
        shift = _moved(one, shift)
        if one.tag == f"{SVG}text":
            lines = [span.text or "" for span in one.iter(f"{SVG}tspan")] or [one.text or ""]
            words = " ".join(lines)
            if "role-axis-title" in kind:
                axis.title = words
            elif is_x:
                axis.labels[words] = shift[0]
            else:
                # The foot of a label lies a third of its letters beneath the line that it names.
                axis.labels[words] = shift[1] - 4.0
        for child in one:
            walk(child, shift, kind)

    for child in part:
        walk(child, shift, "")


def _entries(part):
    """Read a key: each entry holds a symbol and a label."""
    for scope in part.iter(f"{SVG}g"):
        kinds = {one.get("class", ""): one for one in scope}
        symbols = [one for kind, one in kinds.items() if "role-legend-symbol" in kind]
        labels = [one for kind, one in kinds.items() if "role-legend-label" in kind]
        if symbols and labels:
            (shape,) = symbols[0].iter(f"{SVG}path")
            (text,) = labels[0].iter(f"{SVG}text")
            fill, stroke = shape.get("fill", ""), shape.get("stroke", "")
            colour = fill if fill not in ("", "transparent", "none") else stroke
            yield Entry(text.text, colour, shape.get("stroke-dasharray", ""))


def _mark(kind, part, shift):
    look = {
        "fill": part.get("fill", ""),
        "stroke": part.get("stroke", ""),
        "dashes": part.get("stroke-dasharray", ""),
        "width": float(part.get("stroke-width", 0)),
    }
    x, y = shift
    if part.tag == f"{SVG}text":
        return Mark("text", (shift,), words=part.text or "", **look)
    if part.tag == f"{SVG}line":
        end = (x + float(part.get("x2", 0)), y + float(part.get("y2", 0)))
        return Mark("rule", (shift, end), **look)
    path = part.get("d", "")
    if not path:
        return None
    if kind == "symbol":
        return Mark("symbol", (shift,), **look)
    if kind == "rect":
        left, top, wide, high = map(float, Number.findall(path)[:4])
        corners = ((x + left, y + top), (x + left + wide, y + top + high))
        return Mark("rect", corners, **look)
    numbers = [float(one) for one in Number.findall(path)]
    points = tuple((x + a, y + b) for a, b in zip(numbers[::2], numbers[1::2], strict=True))
    return Mark(kind, points, **look)


def tips_of(specification) -> list[dict[str, str]]:
    """List what the pointer shows: heading -> field, a dictionary for each kind of mark that has words."""
    found = []

    def walk(part):
        if isinstance(part, list):
            for one in part:
                walk(one)
        elif isinstance(part, dict):
            if "tooltip" in part and isinstance(part["tooltip"], list):
                found.append({one["title"]: one["field"] for one in part["tooltip"]})
            for key, one in part.items():
                if key not in {"datasets", "values", "config"}:
                    walk(one)

    walk(specification)
    return found


def told_of(specification) -> list[dict[str, list]]:
    """What the pointer shows at each row: heading -> numbers, in the order of the data."""
    sets = specification.get("datasets", {})

    def walk(part, data):
        if isinstance(part, list):
            for one in part:
                yield from walk(one, data)
        elif isinstance(part, dict):
            data = part.get("data", data)
            tips = part.get("encoding", {}).get("tooltip")
            if isinstance(tips, list):
                rows = data["values"] if "values" in data else sets[data["name"]]
                yield {one["title"]: [row[one["field"]] for row in rows] for one in tips}
            for key, one in part.items():
                if key not in {"datasets", "config", "encoding", "data"}:
                    yield from walk(one, data)

    return list(walk(specification, None))
