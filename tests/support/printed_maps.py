"""Maps as a reader meets them: areas, boxes of the legend and words, read from the drawing alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from xinzhi.present.drawing import Drawing
from xinzhi.present.render import drawing, vega_lite

SVG = "{http://www.w3.org/2000/svg}"
NEAR = 8.0
"""Pixels between the heights of words and box that stand on one line of a legend."""
PIXELS = 0.75
"""By which the ends of an area may differ from those of its outline."""
Number = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


@dataclass(frozen=True)
class Area:
    """A coloured shape: its ends in pixels, colour and whether its border is dashed."""

    left: float
    top: float
    right: float
    bottom: float
    fill: str
    is_dashed: bool


@dataclass(frozen=True)
class Line:
    """A line of a legend: the colour of its box, its words and its count."""

    fill: str
    words: str
    count: str


@dataclass(frozen=True)
class Panel:
    """A map of one period."""

    title: str
    areas: tuple[Area, ...]
    legend: tuple[Line, ...]
    """From the top."""
    texts: tuple[str, ...]


def pictures_of(chart, language):
    """Read the picture of a chart: one panel a period."""
    (svg,) = drawing(chart, language).pictures(("svg",)).values()
    return _panels(svg.decode())


def page_of(chart, language, period):
    """Read the map that a page shows where its slider stands at a period."""
    specification = json.loads(json.dumps(chart.specifications[language], default=str))
    for one in specification["params"]:
        if one["name"] == "period_shown":
            one["value"] = period
    specification["width"] = 720
    (svg,) = (
        Drawing(json.dumps(specification), vega_lite(specification)).pictures(("svg",)).values()
    )
    (panel,) = _panels(svg.decode())
    return panel


def _panels(svg):
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    groups = [one for one in root.iter(f"{SVG}g") if "role-scope" in one.get("class", "")]
    return tuple(_panel(one) for one in groups or [root])


def _panel(group):
    shapes = [one for one in group.iter(f"{SVG}path") if one.get("aria-roledescription")]
    areas = [one for one in shapes if one.get("aria-roledescription") == "geoshape"]
    boxes = [one for one in shapes if one.get("aria-roledescription") == "square"]
    texts = [(*_place(one), one.text, one.get("text-anchor")) for one in group.iter(f"{SVG}text")]
    legend = []
    for box in sorted(boxes, key=lambda one: _place(one)[1]):
        on_line = [one for one in texts if abs(one[1] - _place(box)[1]) < NEAR]
        words = [text for x, _, text, side in on_line if side == "start" and x > _place(box)[0]]
        counts = [text for x, _, text, side in on_line if side == "end"]
        legend.append(Line(box.get("fill"), "".join(words), "".join(counts)))
    first = min(_place(box)[1] for box in boxes)
    above = [one for one in texts if one[3] == "start" and one[1] < first - 5]
    return Panel(
        max(above, key=lambda one: one[1])[2],
        tuple(_area(one) for one in areas if one.get("d")),
        tuple(legend),
        tuple(text for _, _, text, _ in texts),
    )


def _place(part):
    x, y = Number.findall(part.get("transform"))[:2]
    return float(x), float(y)


def _area(path):
    """Find the ends of a shape; its path holds absolute points only."""
    numbers = [float(one) for one in Number.findall(path.get("d"))]
    xs, ys = numbers[::2], numbers[1::2]
    is_dashed = path.get("stroke-dasharray") == "2,2"
    return Area(min(xs), min(ys), max(xs), max(ys), path.get("fill"), is_dashed)


def entities_of(panel, outlines):
    """Name each area by the outline with the same ends; outlines are GeoJSON in the plane.

    The areas together have the ends of the outlines together, which gives the scale of the panel.
    """
    ends = {name: _ends(outline) for name, outline in outlines.items()}
    shown = [(one.left, one.top, one.right, one.bottom) for one in panel.areas]
    left, top = (min(one[at] for one in ends.values()) for at in (0, 1))
    right, bottom = (max(one[at] for one in ends.values()) for at in (2, 3))
    x0, y0 = (min(one[at] for one in shown) for at in (0, 1))
    scale_x = (max(one[2] for one in shown) - x0) / (right - left)
    scale_y = (max(one[3] for one in shown) - y0) / (bottom - top)
    found = {}
    for area, corners in zip(panel.areas, shown, strict=True):
        (name,) = (
            name
            for name, (a, b, c, d) in ends.items()
            if all(
                abs(one - other) < PIXELS
                for one, other in zip(
                    corners,
                    (
                        x0 + (a - left) * scale_x,
                        y0 + (b - top) * scale_y,
                        x0 + (c - left) * scale_x,
                        y0 + (d - top) * scale_y,
                    ),
                    strict=True,
                )
            )
        )
        assert name not in found
        found[name] = area
    return found


def _ends(outline):
    """Find the ends of a shape in the plane."""
    points = [*_points(outline["coordinates"])]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _points(nested):
    if isinstance(nested[0], (int, float)):
        yield tuple(nested)
        return
    for one in nested:
        yield from _points(one)


def lightness(colour):
    """Give the relative luminance of a colour, from 0 (black) to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
