"""One immutable model of a chart, for all formats."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from xinzhi.present import chart_style as style
from xinzhi.present.table import Part
from xinzhi_core.wording import Language, Wording, in_a_row, say


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of the report: one Vega-Lite specification for each language."""

    id: str
    title: Wording
    specifications: Mapping[Language, Mapping[str, object]] = field(default_factory=dict)
    """Vega-Lite specification (a JSON object) per language, data inside; none for a drawing."""
    notes: tuple[Wording, ...] = ()
    reading: tuple[Wording, ...] = ()
    still: Mapping[Language, Mapping[str, object]] = field(default_factory=dict)
    """Specification for paper, with its own width, where a page lets the reader choose."""
    drawings: Mapping[Language, str] = field(default_factory=dict)
    """SVG of our own instead of a specification, such as the diagram of a mechanism."""
    part: Part = "appendix"
    """Where it stands, unless the profile of the report puts all into the text."""
    is_told_first: bool = False
    """Whether it stands beside the lines at the head of the report instead."""
    further: tuple[Wording, ...] = ()
    """Notes for which a report has no place under the chart; they stand in its appendix."""
    hints: tuple[Wording, ...] = ()
    """What a reader of the page can do with the chart; a print says nothing of it."""

    def alternative(self, language: Language) -> str:
        """Tell a person who does not see the chart what it is and what it says."""
        return say(in_a_row((self.title, *self.reading)), language)


Point = tuple[float, float]
FONT_SIZE, LINE = 13, 17
LABEL_SIZE = 12
STRIP = 20.0
"""Height of the strip over a page into which a word such as `simulated` is written, px."""
SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)" viewBox="0 0 [\d.]+ [\d.]+"')
HEAD = 9.0
"""Length of the head of an arrow, px."""
WIDEST = 9.0
"""Width of a line in a box, in characters as wide as they are high."""


def page(parts: Sequence[str], *, width: float, height: float, description: str) -> str:
    """Put pieces onto a white page.

    >>> page([], width=10, height=5, description="a < b")[:60]
    '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5'
    """
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    words = escape(description)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{style.FONTS}" role="img" '
        f'aria-label="{words}"><rect width="{width:g}" height="{height:g}" fill="#ffffff"/>'
        f"{''.join(parts)}</svg>"
    )


def marked(svg: str, mark: str) -> str:
    """Write a word over a page, at the right, such as that the data are simulated.

    The page grows upwards by a strip of its own for it: nothing that is drawn lies beneath the word.

    >>> svg = marked(page([], width=10, height=5, description="d"), "simulated")
    >>> 'height="25" viewBox="0 -20 10 25"' in svg, '<text x="2.0" y="-6.0"' in svg
    (True, True)
    """
    size = SIZE.search(svg)
    if not mark or size is None:
        return svg
    width, height = float(size[1]), float(size[2])
    grown = f'width="{width:g}" height="{height + STRIP:g}" viewBox="0 {-STRIP:g} {width:g} {height + STRIP:g}"'
    strip = f'<rect y="{-STRIP:g}" width="{width:g}" height="{STRIP:g}" fill="#ffffff"/>'
    words = text(mark, (width - 8, 14.0 - STRIP), anchor="end", colour=style.WARNING)
    taller = svg.replace(size[0], grown, 1)
    return f"{taller.removesuffix('</svg>')}{strip}{words}</svg>"


def text(
    words: str,
    foot: Point,
    *,
    anchor: str = "middle",
    colour: str = style.INK,
    size: int = LABEL_SIZE,
) -> str:
    """Write one line, its foot at a place."""
    x, y = foot
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
        f'fill="{colour}">{escape(words)}</text>'
    )


def width_of(words: str) -> float:
    """Width of a line in characters as wide as they are high: Latin letters are about half.

    >>> width_of("绿色"), width_of("abcd")
    (2.0, 2.2)
    """
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.55 for c in words)


OPENING, CLOSING = frozenset("（《“‘【"), frozenset("、，。；：！？）》”’】")


def wrapped(words: str, widest: float = WIDEST) -> tuple[str, ...]:
    """Break words into lines: Latin between words, Chinese anywhere.

    >>> wrapped("Green total factor productivity"), wrapped("节能环保处罚案件数量")
    (('Green total', 'factor', 'productivity'), ('节能环保处罚案件数', '量'))
    >>> wrapped("成长型与成熟型、衰退型", 7), wrapped("成长型与成熟（衰退）", 7)
    (('成长型与成熟', '型、衰退型'), ('成长型与成熟', '（衰退）'))
    """
    lines = [""]
    for piece in _pieces(words):
        before = lines[-1]
        if before.strip() and width_of((before + piece).rstrip()) > widest:
            # No line begins with a mark that closes, none ends with one that opens.
            moves = len(before) > 1 and (piece in CLOSING or before[-1] in OPENING)
            lines[-1:] = [before[:-1], before[-1]] if moves else [before, ""]
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return tuple(line.rstrip() for line in lines)


def _pieces(words: str) -> Iterator[str]:
    """Split into words with the space before them, and single wide characters."""
    piece = ""
    for c in words:
        is_wide = unicodedata.east_asian_width(c) in "WF"
        if (is_wide or c == " ") and piece:
            yield piece
            piece = ""
        if is_wide:
            yield c
        else:
            piece += c
    if piece:
        yield piece


def box(lines: Sequence[str], centre: Point, size: Point, *, fill: str, stroke: str) -> str:
    """Draw a box with lines of text in its middle."""
    (x, y), (width, height) = centre, size
    # 0.36 of its size is half the height of a letter over its foot: the text stands in the middle.
    top = y - (len(lines) - 1) * LINE / 2 + FONT_SIZE * 0.36
    shape = (
        f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" rx="5" fill="{fill}" stroke="{stroke}" stroke-width="1.2"/>'
    )
    return shape + "".join(
        text(line, (x, top + n * LINE), size=FONT_SIZE) for n, line in enumerate(lines)
    )


def label(words: str, middle: Point, *, colour: str) -> str:
    """Write a label on white ground, its middle at a place."""
    x, y = middle
    width, height = width_of(words) * LABEL_SIZE + 6, LABEL_SIZE + 4.0
    ground = (
        f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" rx="2" fill="#ffffff"/>'
    )
    return ground + text(words, (x, y + LABEL_SIZE * 0.36), colour=colour)


def arrow(points: Sequence[Point], *, colour: str, width: float, dashes: str = "") -> str:
    """Draw an arrow: a straight line of two points, or Bezier curves of 4, 7 … points."""
    end, before = points[-1], points[-2]
    angle = math.atan2(end[1] - before[1], end[0] - before[0])
    head = HEAD + width
    # The line ends where the head begins: a wide one would else show beside its tip.
    stop = (end[0] - head * math.cos(angle), end[1] - head * math.sin(angle))
    start, *rest = [_written(point) for point in (*points[:-1], stop)]
    curves = "".join(f"C{' '.join(rest[n : n + 3])}" for n in range(0, len(rest), 3))
    path = f"M{start}{curves if len(rest) > 1 else f'L{rest[0]}'}"
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    drawn = f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:.2f}"{dashed}/>'
    return drawn + _head(end, angle, head, colour)


def line(start: Point, end: Point, *, colour: str) -> str:
    """Draw a straight line."""
    path = f"M{_written(start)}L{_written(end)}"
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1"/>'


def _head(end: Point, angle: float, length: float, colour: str) -> str:
    half = length * 0.42
    back = (end[0] - length * math.cos(angle), end[1] - length * math.sin(angle))
    left = (back[0] - half * math.sin(angle), back[1] + half * math.cos(angle))
    right = (back[0] + half * math.sin(angle), back[1] - half * math.cos(angle))
    return f'<polygon points="{_written(end)} {_written(left)} {_written(right)}" fill="{colour}"/>'


def _written(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
