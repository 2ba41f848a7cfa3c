"""Diagram of a mechanism: factors, mediators, outcome and moderators, drawn from estimates.

An arrow says the sign (solid blue: more, dashed orange: less), the size (its width and its number)
and the significance (stars; thin and grey where it is not significant).

Where the boxes and arrows of a mechanism stand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import pandas as pd

from xinzhi.present import chart as diagram
from xinzhi.present import chart_style as style
from xinzhi.present.chart import FONT_SIZE, LINE, Chart, Point, width_of, wrapped
from xinzhi.present.numbers import number, stars_in_words
from xinzhi.present.style import PLAIN, Style
from xinzhi_core.wording import LANGUAGES, Language, Wording, message, say
from xinzhi_econometrics.verdict import JudgementRule, Verdict, judge

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


THIN, THICK = 1.4, 4.5
FILLS = {"factor": "#e8f0f7", "mediator": "#f6efe4", "outcome": "#e6f2ec", "tool": "#f3ebf3"}
STROKES = {
    "factor": style.BLUE,
    "mediator": style.WARNING,
    "outcome": style.GREEN,
    "tool": style.PURPLE,
}
KEY_HEIGHT = 30


@dataclass(frozen=True, slots=True)
class DrawnPath:
    """An arrow: an estimate from one variable to another."""

    source: str
    target: str
    estimate: float
    p_value: float

    def verdict(self, inference: JudgementRule) -> Verdict:
        """Judge the effect."""
        return judge(self.estimate, self.p_value, inference)


def mechanism(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    paths: pd.DataFrame,
    shown: Style = PLAIN,
) -> Chart:
    """Draw a mechanism from its estimates.

    Parameters
    ----------
    paths
        One row an arrow: `source`, `target`, `estimate`, `p_value`. What is only a source is a factor,
        what is only a target the outcome, what is both a mediator.
    shown
        Words for the variables, stars, decimals, and how effects are judged.

    Raises
    ------
    ValueError
        Nothing is only a target, or a row has no estimate.

    Examples
    --------
    >>> frame = pd.DataFrame([["talent", "firms", 0.2, 0.009], ["firms", "efficiency", 0.3, 0.001]],
    ...     columns=["source", "target", "estimate", "p_value"])
    >>> mechanism("m", "Mechanism", frame).drawings["en"].count("***")
    2
    """
    arrows = tuple(_paths(paths))
    return Chart(
        id=id,
        title=title,
        drawings={
            language: _draw(arrows, shown, say(title, language), language) for language in LANGUAGES
        },
        notes=(_note(shown),),
    )


def _paths(frame: pd.DataFrame) -> Iterator[DrawnPath]:
    for row in frame.to_dict("records"):
        path = DrawnPath(str(row["source"]), str(row["target"]), row["estimate"], row["p_value"])
        if math.isnan(path.estimate):
            msg = f"the path from {path.source} to {path.target} has no estimate"
            raise ValueError(msg)
        yield path


def _draw(paths: tuple[DrawnPath, ...], shown: Style, description: str, language: Language) -> str:
    labels = {name: say(label, language) for name, label in shown.labels.items()}
    layout = layout_of([(p.source, p.target) for p in paths], labels)
    widths = _widths(paths, shown.inference)
    # What comes later lies above: no arrow runs over a box or a number.
    parts = [
        *(_arrow(p, layout, widths[p], shown) for p in paths),
        *(_mechanism_box(box) for box in layout.boxes.values()),
        *(_mark(p, layout, shown) for p in paths),
        _key(layout.height + KEY_HEIGHT / 2, language),
    ]
    return diagram.page(
        parts,
        width=layout.width,
        height=layout.height + KEY_HEIGHT,
        description=description,
    )


def _widths(paths: tuple[DrawnPath, ...], inference: JudgementRule) -> dict[DrawnPath, float]:
    """Width of each arrow: by its size among the significant ones into the same target."""
    largest: dict[str, float] = {}
    for path in paths:
        if path.verdict(inference).is_significant:
            largest[path.target] = max(largest.get(path.target, 0.0), abs(path.estimate))
    return {
        path: THIN + (THICK - THIN) * abs(path.estimate) / largest[path.target]
        if path.verdict(inference).is_significant
        else 1.0
        for path in paths
    }


def look_of(verdict: Verdict) -> tuple[str, str]:
    """Colour and dashes: blue and solid for positive, orange and dashed for negative, grey for not significant."""
    if not verdict.is_significant:
        return style.RULE, "2 3"
    return (style.BLUE, "") if verdict.direction == "positive" else (style.ORANGE, "7 4")


def _arrow(path: DrawnPath, layout: Layout, width: float, shown: Style) -> str:
    colour, dashes = look_of(path.verdict(shown.inference))
    line = layout.lines[path.source, path.target]
    return diagram.arrow(line, colour=colour, width=width, dashes=dashes)


def _mark(path: DrawnPath, layout: Layout, shown: Style) -> str:
    verdict = path.verdict(shown.inference)
    colour = style.INK if verdict.is_significant else style.MUTED
    words = signed(verdict, shown)
    return diagram.label(words, layout.labels[path.source, path.target], colour=colour)


def signed(verdict: Verdict, shown: Style) -> str:
    """Write an estimate with its sign and, where it counts, its stars.

    >>> signed(judge(0.1234, 0.03), PLAIN), signed(judge(-2, 0.07), PLAIN)
    ('+0.123**', '−2.000')
    """
    sign = "+" if verdict.estimate > 0 else ""
    return sign + number(verdict.estimate, shown.decimals) + shown.marks(verdict)


def _mechanism_box(box: DiagramBox) -> str:
    size = (box.width, box.height)
    fill, stroke = FILLS[box.role], STROKES[box.role]
    return diagram.box(box.lines, (box.x, box.y), size, fill=fill, stroke=stroke)


def _key(y: float, language: Language) -> str:
    """Explain the arrows in a line at the foot."""
    entries = (
        (message("positive association"), style.BLUE, "", 2.4),
        (message("negative association"), style.ORANGE, "7 4", 2.4),
        (message("not statistically significant"), style.RULE, "2 3", 1.0),
    )
    x = 16.0
    parts = []
    for words, colour, dashes, width in entries:
        text = say(words, language)
        line = [(x, y), (x + 38, y)]
        parts.append(diagram.arrow(line, colour=colour, width=width, dashes=dashes))
        parts.append(diagram.text(text, (x + 44, y + 4), anchor="start", colour=style.MUTED))
        x += 44 + diagram.width_of(text) * diagram.LABEL_SIZE + 24
    return "".join(parts)


def _note(shown: Style) -> Wording:
    return message(
        "Numbers: coefficients ({stars}); dotted grey: not statistically significant (p ≥ "
        "{level}). The width of an arrow shows the size of an effect relative to the others on "
        "the same variable.",
        stars=stars_in_words(shown.stars),
        level=f"{shown.level:g}",
    )
