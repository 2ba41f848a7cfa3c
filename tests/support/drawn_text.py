"""Where the words of a picture stand, as they are drawn in its SVG: boxes in pixels, and their sizes."""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians, sin

SVG = "{http://www.w3.org/2000/svg}"
LATIN, BLANK = 0.46, 0.22
"""Width of a Latin letter, narrower than most, and of a blank or a bar, over the size of the letters."""
HEIGHT = 0.7
"""Height of a capital over the size of its letters; a box reaches from the foot to it."""
STEP = re.compile(r"(translate|rotate|matrix|scale)\(([^)]*)\)")
Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f of SVG."""
SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class DrawnText:
    """A line of words: its box, and the size of its letters."""

    words: str
    left: float
    top: float
    right: float
    bottom: float
    size: float

    def overlaps(self, other: DrawnText) -> bool:
        """Whether two lines run into each other by more than a pixel."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 1.0 and down > 1.0


def size_of(svg: str) -> tuple[float, float]:
    """Width and height of a picture, in pixels."""
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    return float(root.get("width", "0")), float(root.get("height", "0"))


def texts_of(svg: str) -> list[DrawnText]:
    """List all lines of a picture that are not empty."""
    return list(_texts(ET.fromstring(svg), SAME, 0.0))  # noqa: S314 - our own drawing


def overlaps_in(svg: str) -> list[tuple[str, str]]:
    """List the pairs of lines that run into each other."""
    texts = texts_of(svg)
    return [
        (one.words, other.words)
        for n, one in enumerate(texts)
        for other in texts[n + 1 :]
        if one.overlaps(other)
    ]


def _texts(node: ET.Element, above: Matrix, inherited: float) -> Iterator[DrawnText]:
    here = _times(above, _matrix(node.get("transform", "")))
    size = float((node.get("font-size") or f"{inherited}").removesuffix("px"))
    if node.tag != f"{SVG}text":
        for child in node:
            yield from _texts(child, here, size)
        return
    if node.get("opacity") == "0":
        return
    foot = float(node.get("y") or 0.0)
    spans = [part for part in node if part.tag == f"{SVG}tspan"]
    for part in spans or [node]:
        foot += float(part.get("dy") or 0.0) if part is not node else 0.0
        words = "".join(part.itertext()).strip()
        if words:
            x = float(part.get("x") or node.get("x") or 0.0)
            yield _placed(words, (x, foot), node.get("text-anchor") or "start", size, here)


def _placed(
    words: str, foot: tuple[float, float], anchor: str, size: float, here: Matrix
) -> DrawnText:
    em = sum(
        1.0 if unicodedata.east_asian_width(c) in "WF" else BLANK if c in " |" else LATIN
        for c in words
    )
    width = em * size
    left = foot[0] - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * width
    corners = [(x, y) for x in (left, left + width) for y in (foot[1] - HEIGHT * size, foot[1])]
    a, b, c, d, e, f = here
    xs, ys = zip(*((a * x + c * y + e, b * x + d * y + f) for x, y in corners), strict=True)
    return DrawnText(words, min(xs), min(ys), max(xs), max(ys), size)


def _matrix(transform: str) -> Matrix:

    matrix = SAME
    for kind, values in STEP.findall(transform):
        numbers = [float(each) for each in re.split(r"[ ,]+", values.strip())]
        if kind == "translate":
            step: Matrix = (1.0, 0.0, 0.0, 1.0, numbers[0], numbers[1] if len(numbers) > 1 else 0.0)
        elif kind == "rotate":
            turn = radians(numbers[0])
            step = (cos(turn), sin(turn), -sin(turn), cos(turn), 0.0, 0.0)
        elif kind == "scale":
            step = (numbers[0], 0.0, 0.0, numbers[-1], 0.0, 0.0)
        else:
            a, b, c, d, e, f = numbers
            step = (a, b, c, d, e, f)
        matrix = _times(matrix, step)
    return matrix


def _times(one: Matrix, two: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (
        a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f
    )  # fmt: skip
