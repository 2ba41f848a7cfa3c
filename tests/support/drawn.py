"""A chart as a picture, as a report draws it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree as ET

from fontTools.ttLib import TTFont

from printed_charts import followed
from xinzhi.present.chart import Chart
from xinzhi.present.render import drawing
from xinzhi_core.wording import Language


def picture(chart: Chart, language: Language, kind: str, **more) -> bytes:
    """Draw a chart as `svg`, `png` or `pdf`."""
    return drawing(chart, language, **more).pictures((kind,))[kind]


SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Space:
    """A rectangle of a drawing, by its edges; of a text with its words."""

    left: float
    top: float
    right: float
    bottom: float
    words: str = ""

    def holds(self, other: Space) -> bool:
        """Whether another space lies inside."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )

    def meets(self, other: Space) -> bool:
        """Whether both share more than an edge; a pixel of the rounded letters aside."""
        return (
            self.left + 1 < other.right
            and other.left + 1 < self.right
            and self.top + 1 < other.bottom
            and other.top + 1 < self.bottom
        )

    def crossed_by(self, line: list[tuple[float, float]]) -> bool:
        """Whether a line runs through it."""
        return any(self.left < x < self.right and self.top < y < self.bottom for x, y in line)


@dataclass(frozen=True)
class Shapes:
    """What a drawing of our own holds: its page, boxes, grounds of labels, letters and lines."""

    page: Space
    boxes: list[Space]
    grounds: list[Space]
    texts: list[Space]
    lines: list[list[tuple[float, float]]]

    def outside(self) -> list[Space]:
        """Everything that the page cuts."""
        ends = [Space(x, y, x, y) for line in self.lines for x, y in line]
        return [
            one
            for one in (*self.boxes, *self.grounds, *self.texts, *ends)
            if not self.page.holds(one)
        ]

    def overfull(self) -> list[Space]:
        """Letters that reach over the edge of the box or ground in which their middle lies."""
        return [
            text
            for text in self.texts
            for box in (*self.boxes, *self.grounds)
            if box.holds(_middle(text)) and not box.holds(text)
        ]


def _middle(space: Space) -> Space:
    x, y = (space.left + space.right) / 2, (space.top + space.bottom) / 2
    return Space(x, y, x, y)


def shapes_of(svg: str) -> Shapes:
    """Read a drawing: letters are as wide as the packaged font draws them."""
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    page = Space(0, 0, float(root.get("width", 0)), float(root.get("height", 0)))
    boxes, grounds, texts, lines = [], [], [], []
    for part in root.iter():
        if part.tag == f"{SVG}rect" and part.get("rx"):
            x, y, width, height = (float(part.get(k)) for k in ("x", "y", "width", "height"))
            kind = boxes if part.get("rx") == "5" else grounds
            kind.append(Space(x, y, x + width, y + height))
        elif part.tag == f"{SVG}text":
            texts.append(_letters(part))
        elif part.tag == f"{SVG}path":
            lines.append(followed(part.get("d")))
    return Shapes(page, boxes, grounds, texts, lines)


def _letters(part: ET.Element) -> Space:
    x, y, size = (float(part.get(k, 0)) for k in ("x", "y", "font-size"))
    width = sum(_advance(letter) for letter in part.text or "") * size
    left = {"middle": x - width / 2, "end": x - width}.get(part.get("text-anchor"), x)
    return Space(left, y - 0.80 * size, left + width, y + 0.12 * size, part.text or "")


@cache
def _advances() -> tuple[dict[int, str], dict, int]:
    folder = files("xinzhi").joinpath("report", "fonts")
    (name,) = (one for one in folder.iterdir() if one.name.endswith(".otf"))
    font = TTFont(BytesIO(name.read_bytes()))
    return font.getBestCmap(), font["hmtx"].metrics, font["head"].unitsPerEm


def _advance(letter: str) -> float:
    """Width of a letter in the packaged font, relative to its size."""
    glyphs, widths, unit = _advances()
    glyph = glyphs.get(ord(letter))
    return widths[glyph][0] / unit if glyph else 1.0
