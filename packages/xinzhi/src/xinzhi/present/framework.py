"""The framework of a study as a drawing: what acts, through what, on what, helped by what, and where.

It shows what the study file asks, never a result: factors left, channels in the middle, the outcome right,
moderators above the arrows that they may change, groupings beneath.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xinzhi.present import chart as diagram
from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.mechanism import FILLS, STROKES
from xinzhi_core.wording import LANGUAGES, Language, Wording, listed, message, say

WIDTH, MARGIN, PAD = 780.0, 16.0, 12.0
PANEL, HEAD, ACROSS = 184.0, 26.0, 4
"""Width of a panel, height of its heading, and boxes in a row of a wide panel."""
ROOM, BELOW = 40.0, 58.0
"""Between the moderators and the panels, and for the direct effect beneath them."""


@dataclass(frozen=True, slots=True)
class Framework:
    """What a study asks."""

    factors: tuple[Wording, ...]
    outcome: Wording
    channels: tuple[Wording, ...] = ()
    moderators: tuple[Wording, ...] = ()
    on_first: bool = False
    """Whether moderators change the paths from the factors."""
    on_second: bool = False
    """Whether they change the paths from the channels to the outcome."""
    groups: tuple[Wording, ...] = ()
    """Groupings with their members, by which effects are compared."""


def framework_chart(id: str, title: Wording, asked: Framework) -> Chart:  # noqa: A002
    """Draw a framework.

    Examples
    --------
    >>> asked = Framework(("talent",), "efficiency", channels=("firms",))
    >>> framework_chart("f", "Framework", asked).drawings["en"].count("<polygon")
    3
    """
    return Chart(
        id=id,
        title=title,
        drawings={
            language: _FrameworkDrawing(asked, language).page(title) for language in LANGUAGES
        },
        notes=(message("The framework shows what the study asks, not what it finds."),),
        part="text",
    )


@dataclass(frozen=True, slots=True)
class _FrameworkDrawing:
    asked: Framework
    language: Language

    def page(self, title: Wording) -> str:
        """Draw all parts, and say in words what they show."""
        asked = self.asked
        above = self._wide(message("Moderators"), asked.moderators, "tool", MARGIN)
        top = above[1] + ROOM if asked.moderators else MARGIN
        columns = self._columns(top)
        foot = columns[-1][2] + (BELOW if asked.channels else 20.0)
        beneath = self._wide(message("Groups that are compared"), asked.groups, "group", foot)
        height = (beneath[1] if asked.groups else foot - 4.0) + MARGIN
        parts = [*above[0], *(part for column in columns for part in column[0]), *beneath[0]]
        parts += self._arrows(columns, above[1])
        words = "; ".join((say(title, self.language), *self._in_words()))
        return diagram.page(parts, width=WIDTH, height=height, description=words)

    def _columns(self, top: float) -> list[tuple[list[str], float, float, float]]:
        """Draw the panels of factors, channels and outcome: pieces, middle in x, foot, middle in y."""
        asked = self.asked
        panels: list[tuple[Wording, tuple[Wording, ...], str]] = [
            (message("Factors"), asked.factors, "factor"),
            (message("Channels"), asked.channels, "mediator"),
            (message("Outcome"), (asked.outcome,), "outcome"),
        ]
        panels = [panel for panel in panels if panel[1]]
        heights = [self._height(words, PANEL - 2 * PAD) for _, words, _ in panels]
        height = HEAD + max(sum(boxes) + PAD * len(boxes) for boxes in heights)
        step = (WIDTH - 2 * MARGIN - PANEL) / (len(panels) - 1)
        columns = []
        for n, ((head, words, role), boxes) in enumerate(zip(panels, heights, strict=True)):
            x = MARGIN + PANEL / 2 + n * step
            parts = [_panel(say(head, self.language), x, top, PANEL, height)]
            y = top + HEAD + (height - HEAD - sum(boxes) - PAD * len(boxes)) / 2
            for name, tall in zip(words, boxes, strict=True):
                parts.append(self._box(name, role, (x, y + tall / 2), (PANEL - 2 * PAD, tall)))
                y += tall + PAD
            columns.append((parts, x, top + height, top + height / 2))
        return columns

    def _wide(
        self, head: Wording, words: Sequence[Wording], role: str, top: float
    ) -> tuple[list[str], float]:
        """Draw a panel over the whole width, its boxes in rows: pieces and foot."""
        if not words:
            return [], top
        across = min(len(words), ACROSS)
        width = (WIDTH - 2 * MARGIN - PAD * (across + 1)) / across
        tall = max(self._height(words, width))
        rows = -(-len(words) // across)
        height = HEAD + rows * (tall + PAD)
        parts = [_panel(say(head, self.language), WIDTH / 2, top, WIDTH - 2 * MARGIN, height)]
        for n, name in enumerate(words):
            row, place = divmod(n, across)
            x = MARGIN + PAD + width / 2 + place * (width + PAD)
            y = top + HEAD + tall / 2 + row * (tall + PAD)
            parts.append(self._box(name, role, (x, y), (width, tall)))
        return parts, top + height

    def _height(self, words: Sequence[Wording], width: float) -> list[float]:
        return [len(self._lines(name, width)) * diagram.LINE + PAD for name in words]

    def _lines(self, words: Wording, width: float) -> tuple[str, ...]:
        return diagram.wrapped(say(words, self.language), (width - 16.0) / diagram.FONT_SIZE)

    def _box(self, words: Wording, role: str, centre: diagram.Point, size: diagram.Point) -> str:
        fill, stroke = FILLS.get(role, "#ffffff"), STROKES.get(role, style.RULE)
        return diagram.box(self._lines(words, size[0]), centre, size, fill=fill, stroke=stroke)

    def _arrows(
        self, columns: list[tuple[list[str], float, float, float]], above: float
    ) -> Iterator[str]:
        """Draw the paths between the panels, what may change them, and the direct effect beneath."""
        asked = self.asked
        changed = (asked.on_first, asked.on_second) if asked.channels else (asked.on_first, False)
        for (_, left, _, y), (_, right, _, _), is_changed in zip(
            columns, columns[1:], changed, strict=False
        ):
            ends = [(left + PANEL / 2 + 4, y), (right - PANEL / 2 - 4, y)]
            yield diagram.arrow(ends, colour=style.INK, width=2.0)
            if is_changed:
                x = (left + right) / 2
                down = [(x, above + 3), (x, y - 5)]
                yield diagram.arrow(down, colour=style.PURPLE, width=1.4, dashes="5 3")
        if asked.channels:
            (_, first, foot, _), (_, last, _, _) = columns[0], columns[-1]
            low = foot + 50.0
            curve = [(first, foot + 3), (first, low), (last, low), (last, foot + 5)]
            yield diagram.arrow(curve, colour=style.INK, width=1.4)
            words = say(message("direct effect"), self.language)
            yield diagram.text(words, (WIDTH / 2, foot + 28.0), colour=style.MUTED)

    def _in_words(self) -> Iterator[str]:
        asked = self.asked
        for head, words in (
            (message("Factors"), asked.factors),
            (message("Channels"), asked.channels),
            (message("Outcome"), (asked.outcome,)),
            (message("Moderators"), asked.moderators),
            (message("Groups that are compared"), asked.groups),
        ):
            if words:
                panel = message("{head}: {words}", head=head, words=listed(words))
                yield say(panel, self.language)


def _panel(head: str, x: float, top: float, width: float, height: float) -> str:
    """Draw a panel with its heading, its middle at x."""
    shape = (
        f'<rect x="{x - width / 2:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="8" fill="#fbfcfd" stroke="{style.FAINT}" stroke-width="1.2"/>'
    )
    return shape + diagram.text(head, (x, top + 18.0), colour=style.MUTED)
