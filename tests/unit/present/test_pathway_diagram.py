"""The diagram of pathways: nothing is cut or covered, whatever their names and number."""

from __future__ import annotations

from itertools import combinations

import pytest

from drawn import shapes_of
from xinzhi.present.pathway_diagram import DrawnChannel, DrawnStep, DrawnTool, Lane, pathway_diagram
from xinzhi.present.style import PLAIN
from xinzhi_core.wording import Label
from xinzhi_econometrics.verdict import judge

LONG = Label(
    "x", zh="战略性新兴产业企业数量及其增长率", en="Enterprises of strategic emerging industries"
)
GOOD, BAD, UNCLEAR = judge(0.2, 0.001), judge(-0.1, 0.02), judge(0.01, 0.6)
TOOLS = (DrawnTool("Funding", GOOD), DrawnTool("Regulation", BAD))


def lane(name, n_channels, n_lines):
    channels = (
        DrawnChannel(name, DrawnStep(GOOD, TOOLS), DrawnStep(BAD)),
        DrawnChannel(name, DrawnStep(UNCLEAR), DrawnStep(None)),
    )
    lines = (
        "supported for 3 of 9 entities",
        *(f"Region: east {n}: 1 of 3" for n in range(n_lines)),
    )
    return Lane(name, name, (channels * 2)[:n_channels], name, lines)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["talent", LONG])
@pytest.mark.parametrize("n_lines", [0, 2, 9])
def test_nothing_is_cut_or_covered(language, name, n_lines):
    """Words lie in their boxes and on the page, and no arrow runs through words or boxes."""
    lanes = [lane(name, n, n_lines) for n in (1, 2, 4)]
    drawn = shapes_of(pathway_diagram("p", "Pathways", lanes, PLAIN).drawings[language])

    assert drawn.outside() == []
    assert drawn.overfull() == []
    for one, other in combinations(drawn.boxes, 2):
        assert not one.meets(other)
    for one, other in combinations(drawn.texts, 2):
        assert not one.meets(other), (one, other)
    for space in (*drawn.texts, *drawn.boxes):
        assert not any(space.crossed_by(line) for line in drawn.lines), space


def test_what_is_known_of_a_step():
    """Colour and stars say sign and significance; a step that was not estimated has no number."""
    svg = pathway_diagram("p", "Pathways", [lane("a", 2, 0)], PLAIN).drawings["en"]

    assert [svg.count(words) for words in ("+0.200***", "−0.100**", "+0.010<")] == [2, 2, 1]
    assert "Funding +0.200***" in svg
    assert "Regulation −0.100**" in svg
    assert 'aria-label="Pathways; a, supported for 3 of 9 entities"' in svg
