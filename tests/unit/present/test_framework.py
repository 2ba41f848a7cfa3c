"""The framework of a study: it shows what the study file asks, and nothing is cut or covered."""

from __future__ import annotations

import html
import re
from itertools import combinations

import pytest

from drawn import shapes_of
from xinzhi.present.framework import Framework, framework_chart
from xinzhi_core.wording import Label

LONG = Label(
    "x", zh="战略性新兴产业企业数量及其增长率", en="Enterprises of strategic emerging industries"
)
SMALL = Framework(("talent",), "efficiency", groups=("region: east, other",))
PAPER = Framework(
    ("Talent", "Technology", "Automation"),
    "Green efficiency",
    channels=("Industrial vitality", "Industrial substitution"),
    moderators=("Regulation", "Funding"),
    on_first=True,
    on_second=True,
    groups=("Resource: coal, other", "Stage: growing, mature", "Income: high, low"),
)
LARGE = Framework(
    (LONG,) * 5,
    LONG,
    channels=(LONG,) * 4,
    moderators=(LONG,) * 6,
    on_first=True,
    groups=(LONG,) * 7,
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("asked", [SMALL, PAPER, LARGE])
def test_nothing_is_cut_or_covered(language, asked):
    """All words lie in their boxes and on the page, no box covers another, no arrow runs through words."""
    drawn = shapes_of(framework_chart("f", "Framework", asked).drawings[language])

    assert drawn.outside() == []
    assert drawn.overfull() == []
    for one, other in combinations(drawn.boxes, 2):
        assert not one.meets(other)
    for one, other in combinations(drawn.texts, 2):
        assert not one.meets(other)
    for space in (*drawn.texts, *drawn.boxes):
        assert not any(space.crossed_by(line) for line in drawn.lines)


@pytest.mark.parametrize(("asked", "arrows"), [(SMALL, 1), (PAPER, 5), (LARGE, 4)])
def test_arrows_follow_from_what_is_asked(asked, arrows):
    """One between neighbouring panels, one past the channels, one down to each path that is moderated."""
    svg = framework_chart("f", "Framework", asked).drawings["en"]

    assert svg.count("<polygon") == arrows


def test_it_says_in_words_what_it_shows():
    """The alternative text lists what stands in each panel."""
    svg = framework_chart("f", "Framework", PAPER).drawings["en"]
    (label,) = re.findall('aria-label="([^"]+)"', svg)

    assert html.unescape(label).split("; ") == [
        "Framework",
        "Factors: Talent, Technology, Automation",
        "Channels: Industrial vitality, Industrial substitution",
        "Outcome: Green efficiency",
        "Moderators: Regulation, Funding",
        "Groups that are compared: Resource: coal, other, Stage: growing, mature, Income: high, low",
    ]
