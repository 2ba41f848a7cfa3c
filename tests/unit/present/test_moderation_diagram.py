"""The diagram of moderated paths: what a moderator does is said in words, and nothing is cut or covered."""

from __future__ import annotations

import html
import re
from itertools import combinations
from math import nan

import pytest

from drawn import shapes_of
from xinzhi.present.moderation_diagram import Bent, effect_of, moderation_diagram
from xinzhi.present.style import Style
from xinzhi_core.wording import Label
from xinzhi_econometrics.verdict import JudgementRule

TENTH = JudgementRule(level=0.10)

LONG = {
    "talent": Label(
        "talent", zh="受过高等教育的高素质人才规模", en="Highly educated talent and its growth"
    ),
    "firms": Label(
        "firms", zh="战略性新兴产业企业数量", en="Enterprises of strategic emerging industries"
    ),
    "green": Label("green", zh="绿色全要素生产率", en="Green total factor productivity"),
    "policy": Label("policy", zh="污染处罚案件数", en="Environmental penalty cases"),
}

WIDE = {name: Label(name, en="Wettbewerbsbeschränkungsgesetz") for name in LONG}


@pytest.mark.parametrize(
    ("estimate", "p", "bent", "bent_p", "effect"),
    [
        (0.5, 0.01, 0.1, 0.02, "strengthens"),
        (-0.5, 0.01, -0.1, 0.02, "strengthens"),
        (0.5, 0.01, -0.1, 0.02, "weakens"),
        (-0.5, 0.01, 0.1, 0.02, "weakens"),
        (0.5, 0.40, 0.1, 0.02, "positive"),
        (0.5, 0.40, -0.1, 0.02, "negative"),
        (0.5, 0.01, 0.1, 0.10, "none"),
        (0.5, 0.01, nan, nan, "none"),
    ],
)
def test_what_a_moderator_does(estimate, p, bent, bent_p, effect):
    """Away from zero it strengthens, towards zero it weakens; of an unclear effect neither is said."""
    assert effect_of(Bent("x", "y", "w", estimate, p, bent, bent_p), TENTH) == effect


def diagram(n_moderators, labels):
    ends = [("talent", "firms"), ("patents", "firms"), ("firms", "green")]
    tools = ["policy", *(f"tool{n}" for n in range(n_moderators - 1))]
    found = [Bent(x, y, w, 0.1, 0.01, -0.02, 0.04) for w in tools for x, y in ends]
    return moderation_diagram("d", "Paths", found, Style(labels, inference=TENTH))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("n", [1, 2, 4])
@pytest.mark.parametrize("labels", [{}, LONG, WIDE])
def test_nothing_is_cut_or_covered(language, n, labels):
    """All letters lie on the page, words within their boxes, and no words on others or on an arrow."""
    drawn = shapes_of(diagram(n, labels).drawings[language])

    assert drawn.outside() == []
    assert drawn.overfull() == []
    for one, other in combinations(drawn.texts, 2):
        assert not one.meets(other), (one, other)
    for text in drawn.texts:
        assert not any(text.crossed_by(line) for line in drawn.lines), text


def test_it_says_in_words_what_it_shows():
    """The alternative text names each path, the moderator and what it does."""
    svg = diagram(1, {}).drawings["en"]

    (label,) = re.findall('aria-label="([^"]+)"', svg)
    assert html.unescape(label).split("; ") == [
        "Paths",
        "policy: talent → firms: weakens",
        "policy: patents → firms: weakens",
        "policy: firms → green: weakens",
    ]
