"""Diagram of pathways: each in a lane of its own, with its steps, the tools that change them, and for whom it is supported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xinzhi.present import chart as diagram
from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.mechanism import FILLS, STROKES, look_of, signed
from xinzhi.present.style import Style
from xinzhi_core.wording import LANGUAGES, Language, Wording, message, say
from xinzhi_econometrics.verdict import Verdict

WIDTH, MARGIN, BOX, GAP = 820.0, 16.0, 118.0, 124.0
"""Of the page and around it; width of a box, and room for an arrow."""
ASIDE = MARGIN + 3 * BOX + 2 * GAP + 22.0
"""Where the words beside a lane begin."""
HEAD, LINE, BETWEEN, SMALL = 28.0, 16.0, 16.0, 12


@dataclass(frozen=True, slots=True)
class DrawnTool:
    """A moderator of a step, and its interaction."""

    name: Wording
    interaction: Verdict


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """An arrow of a pathway; nothing is known of it where it was not estimated."""

    verdict: Verdict | None
    tools: tuple[DrawnTool, ...] = ()


@dataclass(frozen=True, slots=True)
class DrawnChannel:
    """A mediator with the step that leads to it and the one that leads on."""

    mediator: Wording
    first: DrawnStep
    second: DrawnStep


@dataclass(frozen=True, slots=True)
class Lane:
    """A pathway."""

    title: Wording
    factor: Wording
    channels: tuple[DrawnChannel, ...]
    outcome: Wording
    aside: tuple[Wording, ...]
    """For whom it is supported, line by line."""


def pathway_diagram(id: str, title: Wording, lanes: Sequence[Lane], shown: Style) -> Chart:  # noqa: A002
    """Draw pathways below each other."""
    return Chart(
        id=id,
        title=title,
        drawings={
            language: _PathwayDrawing(lanes, shown, language).page(title) for language in LANGUAGES
        },
        notes=(
            message(
                "On the arrows: coefficients of the steps; beneath them: moderators whose interaction with "
                "the step is statistically significant, with its coefficient. Blue: positive; dashed orange: "
                "negative; dotted grey: not statistically significant."
            ),
        ),
        part="text",
    )


@dataclass(frozen=True, slots=True)
class _PathwayDrawing:
    lanes: Sequence[Lane]
    shown: Style
    language: Language

    def page(self, title: Wording) -> str:
        """Draw all lanes, and say in words what they show."""
        y, parts = MARGIN, []
        for number, lane in enumerate(self.lanes):
            if number:
                ends = (MARGIN, y), (WIDTH - MARGIN, y)
                parts.append(diagram.line(*ends, colour=style.FAINT))
                y += BETWEEN
            height = self._height(lane)
            parts += self._lane(lane, y, height)
            y += height + BETWEEN
        words = "; ".join((say(title, self.language), *map(self._in_words, self.lanes)))
        return diagram.page(parts, width=WIDTH, height=y, description=words)

    def _row(self, lane: Lane) -> float:
        """Height of a channel: its boxes, and the lines under its arrows."""
        names = [lane.factor, lane.outcome, *(channel.mediator for channel in lane.channels)]
        boxes = max(len(self._lines(name)) for name in names) * diagram.LINE + 12.0
        steps = [step for channel in lane.channels for step in (channel.first, channel.second)]
        tools = max((len(step.tools) for step in steps), default=0)
        return max(boxes, 2 * (14.0 + tools * LINE)) + 14.0

    def _height(self, lane: Lane) -> float:
        rows = len(lane.channels) * self._row(lane)
        return HEAD + max(rows, len(self._aside(lane)) * LINE)

    def _lane(self, lane: Lane, top: float, height: float) -> Iterator[str]:
        """Draw a pathway: factor and outcome as high as all its channels, so that no arrows cross."""
        heading = (MARGIN, top + 13.0)
        yield diagram.text(say(lane.title, self.language), heading, anchor="start", size=13)
        middle, row = top + HEAD + (height - HEAD) / 2, self._row(lane)
        first = middle - (len(lane.channels) - 1) * row / 2
        left, between, right = (MARGIN + BOX / 2 + n * (BOX + GAP) for n in range(3))
        for n, channel in enumerate(lane.channels):
            y = first + n * row
            yield from self._step(channel.first, left, y)
            yield from self._step(channel.second, between, y)
            yield self._box(channel.mediator, "mediator", (between, y))
        more = 2 * (middle - first)
        yield self._box(lane.factor, "factor", (left, middle), more)
        yield self._box(lane.outcome, "outcome", (right, middle), more)
        lines = self._aside(lane)
        for n, (words, colour) in enumerate(lines):
            y = middle + (n - (len(lines) - 1) / 2) * LINE + 4.0
            yield diagram.text(words, (ASIDE, y), anchor="start", colour=colour)

    def _step(self, step: DrawnStep, x: float, y: float) -> Iterator[str]:
        """Draw the arrow behind the box at x, with its coefficient over it and its tools under it."""
        ends = [(x + BOX / 2 + 3, y), (x + BOX / 2 + GAP - 3, y)]
        colour, dashes = look_of(step.verdict) if step.verdict else (style.RULE, "2 3")
        width = 2.2 if step.verdict and step.verdict.is_significant else 1.0
        yield diagram.arrow(ends, colour=colour, width=width, dashes=dashes)
        middle = (ends[0][0] + ends[1][0]) / 2
        if step.verdict is not None:
            yield diagram.text(signed(step.verdict, self.shown), (middle, y - 7.0))
        for n, tool in enumerate(step.tools):
            words = f"{say(tool.name, self.language)} {signed(tool.interaction, self.shown)}"
            is_positive = tool.interaction.direction == "positive"
            colour = style.PURPLE if is_positive else style.RUST
            place = (middle, y + 15.0 + n * LINE)
            yield diagram.text(words, place, colour=colour, size=SMALL)

    def _box(self, words: Wording, role: str, centre: diagram.Point, more: float = 0.0) -> str:
        """Draw a box; `more` makes it higher."""
        lines = self._lines(words)
        size = (BOX, len(lines) * diagram.LINE + 12.0 + more)
        return diagram.box(lines, centre, size, fill=FILLS[role], stroke=STROKES[role])

    def _lines(self, words: Wording) -> tuple[str, ...]:
        return diagram.wrapped(say(words, self.language), (BOX - 14.0) / diagram.FONT_SIZE)

    def _aside(self, lane: Lane) -> list[tuple[str, str]]:
        """Break the words beside a lane into lines: text and colour."""
        widest = (WIDTH - MARGIN - ASIDE) / diagram.LABEL_SIZE
        return [
            (line, style.MUTED if n else style.INK)
            for n, words in enumerate(lane.aside)
            for line in diagram.wrapped(say(words, self.language), widest)
        ]

    def _in_words(self, lane: Lane) -> str:
        return ", ".join(say(words, self.language) for words in (lane.title, *lane.aside))
