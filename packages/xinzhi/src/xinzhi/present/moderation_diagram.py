"""Diagram of moderated paths: each path is a line of its own, each moderator a column beside them.

In the cell of a path and a moderator an arrow points up where the coefficient of the interaction is positive,
down where it is negative; words say whether the moderator strengthens or weakens the effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from xinzhi.present import chart as diagram
from xinzhi.present import chart_style as style
from xinzhi.present.chart import Chart
from xinzhi.present.mechanism import FILLS, STROKES, signed
from xinzhi.present.numbers import stars_in_words
from xinzhi.present.style import PLAIN, Style
from xinzhi_core.wording import LANGUAGES, Language, Wording, message, say
from xinzhi_econometrics.verdict import CUSTOMARY, JudgementRule, judge

Effect = Literal["strengthens", "weakens", "positive", "negative", "none"]
MARGIN, BOX, GAP, COLUMN = 16.0, 128.0, 40.0, 186.0
"""Around the page; least width of a box, of the room for an arrow, least width of the cells of a moderator."""
ROW, BETWEEN, FOOT = 56.0, 14.0, 34.0
"""Least height of a path; between two targets, and of the key."""
SMALL, ASIDE, BESIDE, WIDEST = 12, 28.0, 10.0, 8.0
"""Size of the lower line of a cell; room for its arrow, and to the next column; width of a line in a box, em."""
COLOURS: Mapping[Effect, str] = {
    "strengthens": style.BLUE,
    "positive": style.BLUE,
    "weakens": style.RUST,
    "negative": style.RUST,
    "none": style.MUTED,
}
WORDS: Mapping[Effect, Wording] = {
    "strengthens": message("strengthens"),
    "weakens": message("weakens"),
    "positive": message("positive interaction"),
    "negative": message("negative interaction"),
    "none": message("not significant"),
}


@dataclass(frozen=True, slots=True)
class Bent:
    """What a moderator does to a path."""

    source: str
    target: str
    moderator: str
    estimate: float
    """Effect of the source at the mean of the moderator."""
    p_value: float
    interaction: float
    interaction_p: float


def effect_of(bent: Bent, inference: JudgementRule = CUSTOMARY) -> Effect:
    """Describe the moderation of a path: where the effect at the mean is not significant, by its sign alone.

    >>> effect_of(Bent("x", "y", "w", -0.5, 0.01, -0.1, 0.02))
    'strengthens'
    >>> effect_of(Bent("x", "y", "w", 0.5, 0.9, -1, 0.02))
    'negative'
    """
    at_mean = judge(bent.estimate, bent.p_value, inference)
    product = judge(bent.interaction, bent.interaction_p, inference)
    if not product.is_significant:
        return "none"
    if not at_mean.is_significant:
        return "positive" if product.direction == "positive" else "negative"
    return "strengthens" if product.direction == at_mean.direction else "weakens"


def moderation_diagram(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    moderations: Sequence[Bent],
    shown: Style = PLAIN,
) -> Chart:
    """Draw what moderators do to paths.

    Parameters
    ----------
    moderations
        One entry a path and moderator.
    shown
        Words for the variables, stars, decimals, and how effects are judged.

    Examples
    --------
    >>> bent = Bent("talent", "firms", "policy", 0.2, 0.009, 0.03, 0.02)
    >>> svg = moderation_diagram("m", "M", [bent]).drawings["en"]
    >>> "strengthens" in svg, "+0.030**" in svg
    (True, True)
    """
    return Chart(
        id=id,
        title=title,
        drawings={
            language: _ModerationDrawing(moderations, shown, language).page(title)
            for language in LANGUAGES
        },
        notes=(_note(shown),),
    )


@dataclass(frozen=True, slots=True)
class _ModerationDrawing:
    """The diagram in one language."""

    moderations: Sequence[Bent]
    shown: Style
    language: Language

    def page(self, title: Wording) -> str:
        """Draw all parts, and say in words what they show."""
        moderators = list(dict.fromkeys(bent.moderator for bent in self.moderations))
        first = 2 * MARGIN + 2 * self._box_width + GAP
        middles = {name: first + (n + 0.5) * self._column for n, name in enumerate(moderators)}
        width = first + len(moderators) * self._column + MARGIN
        rows, foot = self._rows()
        parts = [
            self._box(name, "tool", x, MARGIN + self._box_height / 2) for name, x in middles.items()
        ]
        parts += self._paths(rows, width)
        parts += self._cells(rows, middles)
        parts.append(self._key(foot + FOOT / 2))
        words = "; ".join((say(title, self.language), *map(self._in_words, self.moderations)))
        return diagram.page(parts, width=width, height=foot + FOOT, description=words)

    def _rows(self) -> tuple[dict[tuple[str, str], float], float]:
        """Place the paths: those of one target below each other."""
        rows: dict[tuple[str, str], float] = {}
        y = MARGIN + self._box_height + 12.0
        for target in dict.fromkeys(bent.target for bent in self.moderations):
            bents = [bent for bent in self.moderations if bent.target == target]
            for source in dict.fromkeys(bent.source for bent in bents):
                rows[source, target] = y + self._row / 2
                y += self._row
            y += BETWEEN
        return rows, y

    def _paths(self, rows: Mapping[tuple[str, str], float], width: float) -> Iterator[str]:
        """Draw the arrow of each path between its boxes, and a line above each target but the first."""
        left, right = MARGIN + self._box_width / 2, MARGIN + 1.5 * self._box_width + GAP
        for number, target in enumerate(dict.fromkeys(target for _, target in rows)):
            ys = [y for (_, end), y in rows.items() if end == target]
            role = "outcome" if target not in {source for source, _ in rows} else "mediator"
            yield self._box(target, role, right, (ys[0] + ys[-1]) / 2, ys[-1] - ys[0])
            if number:
                y = ys[0] - (self._row + BETWEEN) / 2
                yield diagram.line((MARGIN, y), (width - MARGIN, y), colour=style.FAINT)
        targets = {target for _, target in rows}
        for (source, _), y in rows.items():
            yield self._box(source, "mediator" if source in targets else "factor", left, y)
            ends = [(left + self._box_width / 2 + 3, y), (right - self._box_width / 2 - 3, y)]
            yield diagram.arrow(ends, colour=style.MUTED, width=1.4)

    def _cells(
        self, rows: Mapping[tuple[str, str], float], middles: Mapping[str, float]
    ) -> Iterator[str]:
        """Write what each moderator does to each path: an arrow of the sign, words, both coefficients."""
        for bent in self.moderations:
            x = middles[bent.moderator] - self._column / 2 + ASIDE - 14.0
            y = rows[bent.source, bent.target]
            effect = effect_of(bent, self.shown.inference)
            colour = COLOURS[effect]
            yield _sign(bent.interaction, effect, (x, y), colour)
            words, beneath = self._cell(bent)
            yield diagram.text(words, (x + 14, y - 1), anchor="start", colour=colour)
            below = (x + 14, y + 15)
            yield diagram.text(beneath, below, anchor="start", colour=style.MUTED, size=SMALL)

    def _box(self, name: str, role: str, x: float, y: float, more: float = 0.0) -> str:
        """Draw a box; `more` makes it higher."""
        lines = diagram.wrapped(self._say(name), WIDEST)
        height = self._box_height + more
        fill, stroke = FILLS[role], STROKES[role]
        return diagram.box(lines, (x, y), (self._box_width, height), fill=fill, stroke=stroke)

    @property
    def _names(self) -> list[tuple[str, ...]]:
        """Lines of words of all boxes."""
        names = {n for bent in self.moderations for n in (bent.source, bent.target, bent.moderator)}
        return [diagram.wrapped(self._say(name), WIDEST) for name in names]

    @property
    def _box_height(self) -> float:
        """Height of all boxes: that of the longest name, at least of two lines."""
        return max(2, *map(len, self._names)) * diagram.LINE + 8.0

    @property
    def _box_width(self) -> float:
        """Width of all boxes: a word is never broken."""
        words = max(diagram.width_of(line) for lines in self._names for line in lines)
        return max(BOX, words * diagram.FONT_SIZE + 24.0)

    @property
    def _column(self) -> float:
        """Width of the cells of a moderator: that of the longest line in them, with room beside it."""
        cells = [self._cell(bent) for bent in self.moderations]
        upper = max(diagram.width_of(words) for words, _ in cells) * diagram.LABEL_SIZE
        lower = max(diagram.width_of(words) for _, words in cells) * SMALL
        return max(COLUMN, self._box_width + 20.0, max(upper, lower) + ASIDE + BESIDE)

    def _cell(self, bent: Bent) -> tuple[str, str]:
        effect = effect_of(bent, self.shown.inference)
        size = self._signed(bent.interaction, bent.interaction_p)
        mean = self._signed(bent.estimate, bent.p_value)
        beneath = say(message("effect at the mean {size}", size=mean), self.language)
        return f"{say(WORDS[effect], self.language)}  {size}", beneath

    @property
    def _row(self) -> float:
        return max(ROW, self._box_height + 14.0)

    def _say(self, name: str) -> str:
        return say(self.shown.labels.get(name, name), self.language)

    def _signed(self, estimate: float, p_value: float) -> str:
        return signed(self.shown.judge(estimate, p_value), self.shown)

    def _in_words(self, bent: Bent) -> str:
        effect = WORDS[effect_of(bent, self.shown.inference)]
        source, target, tool = map(self._say, (bent.source, bent.target, bent.moderator))
        words = message("{tool}: {x} → {y}: {effect}", tool=tool, x=source, y=target, effect=effect)
        return say(words, self.language)

    def _key(self, y: float) -> str:
        """Explain the arrows in a line at the foot."""
        entries: tuple[tuple[Wording, float, Effect], ...] = (
            (WORDS["positive"], 1.0, "positive"),
            (WORDS["negative"], -1.0, "negative"),
            (message("not statistically significant"), 1.0, "none"),
        )
        x, parts = MARGIN + 8, []
        for words, sign, effect in entries:
            text = say(words, self.language)
            colour = style.MUTED if effect == "none" else style.INK
            parts.append(_sign(sign, effect, (x, y), colour))
            parts.append(diagram.text(text, (x + 12, y + 4), anchor="start", colour=style.MUTED))
            x += 12 + diagram.width_of(text) * diagram.LABEL_SIZE + 30
        return "".join(parts)


def _sign(value: float, effect: Effect, middle: diagram.Point, colour: str) -> str:
    """Draw an arrow up or down, or a dash where the interaction is not significant."""
    x, y = middle
    if effect == "none":
        return diagram.line((x - 5, y), (x + 5, y), colour=colour)
    ends = [(x, y + 10), (x, y - 10)] if value > 0 else [(x, y - 10), (x, y + 10)]
    return diagram.arrow(ends, colour=colour, width=2.0)


def _note(shown: Style) -> Wording:
    return message(
        "Arrow up or down: sign of the coefficient of the interaction, which stands beside it; {stars}. A "
        "moderator strengthens an effect that it shifts away from zero and weakens one that it shifts "
        "towards zero; where the effect at the mean of the moderator is not statistically significant "
        "(p ≥ {level}), only the sign of the interaction is given.",
        stars=stars_in_words(shown.stars),
        level=f"{shown.level:g}",
    )
