"""Diagram of a mechanism: factors, mediators, outcome and moderators, drawn from estimates.

An arrow says the sign (solid blue: more, dashed orange: less), the size (its width and its number)
and the significance (stars; thin and grey where it is not significant).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from xinzhi.present import chart as diagram
from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.mechanism_layout import DiagramBox, Layout, layout_of
from xinzhi.present.numbers import number, stars_in_words
from xinzhi.present.style import PLAIN, Style
from xinzhi.regression.verdict import JudgementRule, Verdict, judge
from xinzhi.wording import LANGUAGES, Language, Wording, message, say

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
        *(_box(box) for box in layout.boxes.values()),
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


def _box(box: DiagramBox) -> str:
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
        "Numbers: coefficients, {stars}; arrow width: size relative to the other effects on the "
        "same variable; dotted grey, without stars: not statistically significant (p ≥ {level}).",
        stars=stars_in_words(shown.stars),
        level=f"{shown.level:g}",
    )
