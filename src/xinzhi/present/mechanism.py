"""Diagram of a mechanism: factors, mediators, outcome and moderators, drawn from estimates.

An arrow says the sign (solid blue: more, dashed orange: less), the size (its width and its number)
and the significance (stars; thin and grey where it is not significant). A tool is drawn
above, with a dotted line to each path that it bends, and the word for what it does to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pandas as pd

from xinzhi.present import chart as diagram
from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.mechanism_layout import Layout, at_share, layout_of
from xinzhi.present.numbers import number
from xinzhi.present.style import PLAIN, Style
from xinzhi.regression.verdict import CUSTOMARY, Inference, Verdict, judge
from xinzhi.wording import LANGUAGES, Language, Wording, message, say

THIN, THICK = 1.4, 4.5
Effect = Literal["strengthens", "weakens", "raises", "lowers", "none"]
FILLS = {"factor": "#e8f0f7", "mediator": "#f6efe4", "outcome": "#e6f2ec", "tool": "#f3ebf3"}
STROKES = {
    "factor": style.BLUE,
    "mediator": style.WARNING,
    "outcome": style.GREEN,
    "tool": style.PURPLE,
}
KEY_HEIGHT, BENT = 30, "#b79ab7"


@dataclass(frozen=True, slots=True)
class Path:
    """An arrow: an estimate from one variable to another, and what a tool does to it."""

    source: str
    target: str
    estimate: float
    p_value: float
    bent: float = math.nan
    """Coefficient of the product with the tool; missing where none is drawn."""
    bent_p: float = math.nan

    def verdict(self, inference: Inference) -> Verdict:
        """Judge the effect."""
        return judge(self.estimate, self.p_value, inference)

    def bent_verdict(self, inference: Inference) -> Verdict:
        """Judge what the tool does to it."""
        return judge(self.bent, self.bent_p, inference)


def mechanism(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    paths: pd.DataFrame,
    shown: Style = PLAIN,
    *,
    tool: str | None = None,
) -> Chart:
    """Draw a mechanism from its estimates.

    Parameters
    ----------
    paths
        One row an arrow: `source`, `target`, `estimate`, `p_value`; with a tool also `interaction`
        and `interaction_p`, the coefficient of source x tool in the equation of the target,
        missing where the path is not moderated. What is only a source is a factor, what is only a
        target the outcome, what is both a mediator.
    shown
        Words for the variables, stars, decimals, and how effects are judged.
    tool
        The moderator that is drawn above the paths.

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
    found = tuple(_paths(paths, tool))
    drawings = {
        language: _drawn(found, shown, tool, say(title, language), language)
        for language in LANGUAGES
    }
    return Chart(
        id=id,
        title=title,
        specifications=MappingProxyType({}),
        drawings=MappingProxyType(drawings),
        notes=(_note(shown), *((_tool_note(),) if tool else ())),
    )


def _paths(frame: pd.DataFrame, tool: str | None) -> Iterator[Path]:
    for row in frame.to_dict("records"):
        bent = (row["interaction"], row["interaction_p"]) if tool else (math.nan, math.nan)
        path = Path(str(row["source"]), str(row["target"]), row["estimate"], row["p_value"], *bent)
        if math.isnan(path.estimate):
            msg = f"the path from {path.source} to {path.target} has no estimate"
            raise ValueError(msg)
        yield path


def effect_of(path: Path, inference: Inference = CUSTOMARY) -> Effect:
    """Describe the moderation of a path.

    >>> effect_of(Path("x", "y", -0.5, 0.01, -0.1, 0.02)), effect_of(Path("x", "y", 0.5, 0.9, -1, 0.02))
    ('strengthens', 'lowers')
    """
    alone, bent = path.verdict(inference), path.bent_verdict(inference)
    if not bent.is_significant:
        return "none"
    if not alone.is_significant:
        return "raises" if bent.direction == "positive" else "lowers"
    return "strengthens" if bent.direction == alone.direction else "weakens"


WORDS: Mapping[Effect, Wording] = MappingProxyType(
    {
        "strengthens": message("strengthens"),
        "weakens": message("weakens"),
        "raises": message("positive interaction"),
        "lowers": message("negative interaction"),
        "none": message("not significant"),
    }
)


def _drawn(
    paths: tuple[Path, ...],
    shown: Style,
    tool: str | None,
    description: str,
    language: Language,
) -> str:
    said = {name: say(word, language) for name, word in shown.labels.items()}
    layout = layout_of([(p.source, p.target) for p in paths], said, tool)
    widths = _widths(paths, shown.inference)
    arrows = [_arrow(p, layout, widths[p], shown) for p in paths]
    bends = [_bend(p, layout) for p in paths if not math.isnan(p.bent_p)]
    said_of = [_mark(p, layout, shown) for p in paths]
    tools = [m for p in paths for m in _tool_mark(p, layout, shown, language)]
    boxes = [_box(name, layout) for name in layout.boxes]
    key = _key(layout, language)
    return diagram.page(
        [*bends, *arrows, *boxes, *said_of, *tools, key],
        width=layout.width,
        height=layout.height + KEY_HEIGHT,
        description=description,
    )


def _widths(paths: tuple[Path, ...], inference: Inference) -> dict[Path, float]:
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


def _look(verdict: Verdict) -> tuple[str, str]:
    """Colour and dashes: blue and solid for positive, orange and dashed for negative, grey for not significant."""
    if not verdict.is_significant:
        return style.RULE, "2 3"
    return (style.BLUE, "") if verdict.direction == "positive" else (style.ORANGE, "7 4")


def _arrow(path: Path, layout: Layout, width: float, shown: Style) -> str:
    colour, dashes = _look(path.verdict(shown.inference))
    line = layout.lines[path.source, path.target]
    return diagram.arrow(line, colour=colour, width=width, dashes=dashes)


def _bend(path: Path, layout: Layout) -> str:
    """Draw the dotted line from the tool to the label of a path."""
    assert layout.tool is not None
    start = layout.boxes[layout.tool]
    x, y = _label_at(path, layout)
    line = [(start.x, start.y + start.height / 2), (x, y - 8)]
    return diagram.arrow(line, colour=BENT, width=0.9, dashes="1.5 3", has_head=False)


def _label_at(path: Path, layout: Layout) -> tuple[float, float]:
    return at_share(layout.lines[path.source, path.target], layout.shares[path.source, path.target])


def _mark(path: Path, layout: Layout, shown: Style) -> str:
    verdict = path.verdict(shown.inference)
    colour = style.INK if verdict.is_significant else style.MUTED
    words = _signed(verdict, shown)
    return diagram.label(words, _label_at(path, layout), colour=colour)


def _tool_mark(path: Path, layout: Layout, shown: Style, language: Language) -> Iterator[str]:
    """Write under the estimate of a path what the tool does to it, and by how much."""
    if math.isnan(path.bent_p):
        return
    x, y = _label_at(path, layout)
    effect = effect_of(path, shown.inference)
    size = _signed(path.bent_verdict(shown.inference), shown)
    words = f"{say(WORDS[effect], language)} {size}"
    colour = style.MUTED if effect == "none" else style.PURPLE
    yield diagram.label(words, (x, y + 15), colour=colour)


def _signed(verdict: Verdict, shown: Style) -> str:
    """Write an estimate with its sign and, where it counts, its stars.

    >>> _signed(judge(0.1234, 0.03), PLAIN), _signed(judge(-2, 0.07), PLAIN)
    ('+0.123**', '−2.000')
    """
    sign = "+" if verdict.estimate > 0 else ""
    return sign + number(verdict.estimate, shown.decimals) + shown.marks(verdict)


def _box(name: str, layout: Layout) -> str:
    found = layout.boxes[name]
    return diagram.box(
        found.lines,
        (found.x, found.y),
        (found.width, found.height),
        fill=FILLS[found.role],
        stroke=STROKES[found.role],
    )


def _key(layout: Layout, language: Language) -> str:
    """Explain the arrows in a line at the foot."""
    entries = [
        (message("positive association"), style.BLUE, "", 2.4),
        (message("negative association"), style.ORANGE, "7 4", 2.4),
        (message("not statistically significant"), style.RULE, "2 3", 1.0),
    ]
    if layout.tool:
        entries.append((message("the tool bends the path"), BENT, "1.5 3", 0.9))
    x, y = 16.0, layout.height + KEY_HEIGHT / 2
    parts = []
    for words, colour, dashes, width in entries:
        said = say(words, language)
        has_head = colour != BENT
        line = [(x, y), (x + 38, y)]
        parts.append(
            diagram.arrow(line, colour=colour, width=width, dashes=dashes, has_head=has_head)
        )
        parts.append(diagram.text(said, (x + 44, y + 4), anchor="start", colour=style.MUTED))
        x += 44 + diagram.width_of(said) * diagram.LABEL_SIZE + 24
    return "".join(parts)


def _note(shown: Style) -> Wording:
    listed = ", ".join(f"{mark} p < {most:g}" for mark, most in shown.stars.items())
    return message(
        "Numbers: coefficients, {stars}; arrow width: size relative to the other effects on the "
        "same variable; dotted grey, without stars: not statistically significant (p ≥ {level}).",
        stars=listed,
        level=f"{shown.level:g}",
    )


def _tool_note() -> Wording:
    return message(
        "Under a coefficient: the coefficient of the interaction with the tool. It strengthens "
        "an effect that it shifts away from zero and weakens one that it shifts towards zero; "
        "where the effect alone is not statistically significant the sign of the interaction is given."
    )
