"""Diagrams of our own: keys explain the lines that are drawn, roles have their places, words their colours."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import combinations, product
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from drawn import shapes_of
from printed_charts import BLUE, GREY, ORANGE, SVG, arrows_of, bends_of, followed, lanes_of
from xinzhi.present.chart import marked
from xinzhi.present.framework import Framework, framework_chart
from xinzhi.present.mechanism import mechanism
from xinzhi.present.moderation_diagram import Bent, moderation_diagram
from xinzhi.present.pathway_diagram import DrawnChannel, DrawnStep, DrawnTool, Lane, pathway_diagram
from xinzhi.present.style import PLAIN
from xinzhi_econometrics.verdict import judge

PURPLE, RUST, MUTED, INK, FAINT = "#8f5b8f", "#b84d00", "#52606d", "#1f2933", "#e4e7eb"
LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Stroke:
    """A line of a drawing, where its head points, and the words that follow it."""

    start: tuple[float, float]
    tip: tuple[float, float]
    colour: str
    dashes: str
    width: float
    has_head: bool
    words: str
    words_colour: str


def strokes_of(svg):
    """List lines and arrows with the first words behind each."""
    parts = list(ET.fromstring(svg))  # noqa: S314 - our own drawing
    found = []
    for at, part in enumerate(parts):
        if part.tag != f"{SVG}path":
            continue
        head = parts[at + 1] if at + 1 < len(parts) else None
        has_head = head is not None and head.tag == f"{SVG}polygon"
        text = next((one for one in parts[at + 1 :] if one.tag == f"{SVG}text"), None)
        line = followed(part.get("d"))
        tip = tuple(map(float, head.get("points").split()[0].split(","))) if has_head else line[-1]
        if has_head:
            assert head.get("fill") == part.get("stroke")
            point, *corners = [
                tuple(map(float, one.split(","))) for one in head.get("points").split()
            ]
            # Both sides of a head are as long, and it is not flat; places are written to a tenth.
            assert math.dist(point, corners[0]) == pytest.approx(
                math.dist(point, corners[1]), abs=0.2
            )
            assert math.dist(*corners) > 5
        found.append(
            Stroke(
                line[0],
                tip,
                part.get("stroke"),
                part.get("stroke-dasharray", ""),
                float(part.get("stroke-width")),
                has_head,
                "" if text is None else text.text,
                "" if text is None else text.get("fill"),
            )
        )
    return found


@dataclass(frozen=True)
class Drawn:
    """A box: its words, edges and fill."""

    words: str
    left: float
    top: float
    right: float
    bottom: float
    fill: str


def boxes_of(svg):
    """List the boxes with the words inside them."""
    parts = list(ET.fromstring(svg))  # noqa: S314 - our own drawing
    found = []
    for at, part in enumerate(parts):
        if part.tag == f"{SVG}rect" and part.get("rx") == "5":
            x, y, w, h = (float(part.get(key)) for key in ("x", "y", "width", "height"))
            words = []
            for text in parts[at + 1 :]:
                if text.tag != f"{SVG}text" or not x < float(text.get("x")) < x + w:
                    break
                words.append(text.text)
            found.append(Drawn(" ".join(words), x, y, x + w, y + h, part.get("fill")))
    return found


PATHS = pd.DataFrame(
    [
        ("talent", "firms", 0.4, 0.001),
        ("talent", "green", -0.2, 0.03),
        ("firms", "green", 0.1, 0.001),
        ("robots", "firms", 0.2, 0.02),
        ("robots", "green", 0.01, 0.8),
    ],
    columns=["source", "target", "estimate", "p_value"],
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_key_of_a_mechanism_explains_its_arrows(language):
    """Blue and solid is positive, dashed orange negative, dotted grey not significant, in drawing and key."""
    svg = mechanism("m", "M", PATHS).drawings[language]
    foot = max(box.bottom for box in boxes_of(svg))
    key = {
        one.words: (one.colour, one.dashes) for one in strokes_of(svg) if one.start[1] > foot + 10
    }
    words = {
        "en": ("positive association", "negative association", "not statistically significant"),
        "zh": ("正相关", "负相关", "不显著"),
    }[language]

    assert len(key) == 3
    for told, word, look in zip(key, words, ((BLUE, ""), (ORANGE, "7 4"), (GREY, "2 3")), strict=True):  # fmt: skip
        assert word in told
        assert key[told] == look
    for one in strokes_of(svg):
        if one.start[1] > foot + 10:
            assert one.tip[0] > one.start[0]  # as the arrows of the drawing: to the right
    signs = {(one.source, one.target): one.look for one in arrows_of(svg)}
    assert signs == {
        ("talent", "firms"): "positive", ("talent", "green"): "negative", ("firms", "green"): "positive",
        ("robots", "firms"): "positive", ("robots", "green"): "unclear",
    }  # fmt: skip


def test_arrows_of_a_mechanism_are_as_wide_as_their_effects():
    """Within one target the largest significant effect is the widest, the others in proportion, an unclear one thin."""
    svg = mechanism("m", "M", PATHS).drawings["en"]
    arrows = arrows_of(svg)
    widths = [one.width for one in strokes_of(svg)][: len(arrows)]
    by_ends = {(a.source, a.target): width for a, width in zip(arrows, widths, strict=True)}

    # 1.4 for nothing, 4.5 for the largest into the same target.
    assert by_ends["talent", "firms"] == pytest.approx(4.5)
    assert by_ends["robots", "firms"] == pytest.approx(1.4 + 3.1 * 0.5, abs=0.01)
    assert by_ends["talent", "green"] == pytest.approx(4.5)
    assert by_ends["firms", "green"] == pytest.approx(1.4 + 3.1 * 0.5, abs=0.01)
    assert by_ends["robots", "green"] == pytest.approx(1.0)


def test_roles_of_a_mechanism_stand_from_left_to_right():
    """Factors left, mediators in the middle, the outcome right, each role with a fill of its own."""
    boxes = {one.words: one for one in boxes_of(mechanism("m", "M", PATHS).drawings["en"])}

    assert boxes["talent"].left == boxes["robots"].left
    assert boxes["talent"].right < boxes["firms"].left
    assert boxes["firms"].right < boxes["green"].left
    assert boxes["talent"].top < boxes["robots"].top  # in the order in which they come
    assert boxes["talent"].fill == boxes["robots"].fill == "#e8f0f7"
    assert (boxes["firms"].fill, boxes["green"].fill) == ("#f6efe4", "#e6f2ec")


SIGNS = [
    ("strengthens", 0.5, 0.01, 0.1, 0.02, BLUE, "up"),
    ("strengthens", -0.5, 0.01, -0.1, 0.02, BLUE, "down"),
    ("weakens", 0.5, 0.01, -0.1, 0.02, RUST, "down"),
    ("weakens", -0.5, 0.01, 0.1, 0.02, RUST, "up"),
    ("positive interaction", 0.5, 0.4, 0.1, 0.02, BLUE, "up"),
    ("negative interaction", 0.5, 0.4, -0.1, 0.02, RUST, "down"),
    ("not significant", 0.5, 0.01, 0.1, 0.3, MUTED, "none"),
]


@pytest.mark.parametrize(("words", "b", "p", "product_", "product_p", "colour", "sign"), SIGNS)
def test_a_cell_of_moderation_shows_sign_word_and_colour(
    words, b, p, product_, product_p, colour, sign
):
    """Arrow by the sign of the interaction, colour by what it does, both coefficients in their own places."""
    other = Bent("patents", "firms", "policy", 0.3, 0.001, 0.2, 0.001)
    bent = Bent("talent", "firms", "policy", b, p, product_, product_p)
    svg = moderation_diagram("d", "D", [other, bent]).drawings["en"]
    (found,) = [one for one in bends_of(svg) if one.source == "talent"]

    assert (found.target, found.moderator, found.sign) == ("firms", "policy", sign)
    written = f"{product_:+.3f}".replace("-", "−")
    assert found.words.startswith(f"{words}  {written}")
    assert found.beneath.startswith(f"effect at the mean {b:+.3f}".replace("-", "−"))
    (text,) = [one for one in ET.fromstring(svg).iter(f"{SVG}text") if one.text == found.words]  # noqa: S314 - our own drawing
    assert text.get("fill") == colour


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_key_of_moderation_explains_its_signs(language):
    """Up is a positive interaction, down a negative one, a dash one that is not significant."""
    bent = Bent("talent", "firms", "policy", 0.5, 0.01, 0.1, 0.02)
    svg = moderation_diagram("d", "D", [bent]).drawings[language]
    foot = max(box.bottom for box in boxes_of(svg))
    key = [one for one in strokes_of(svg) if min(one.start[1], one.tip[1]) > foot]
    words = {
        "en": ["positive interaction", "negative interaction", "not statistically significant"],
        "zh": ["交互项为正", "交互项为负", "不显著"],
    }[language]

    assert [one.words for one in key] == words
    up, down, dash = key
    assert up.has_head
    assert down.has_head
    assert not dash.has_head
    assert up.tip[1] < up.start[1]
    assert down.tip[1] > down.start[1]
    assert dash.start[1] == dash.tip[1]
    assert (up.colour, down.colour, dash.colour) == (INK, INK, MUTED)


def test_roles_of_moderation():
    """Sources left of their targets, moderators over their columns in their order, fills by role."""
    bents = [
        Bent(x, y, w, 0.1, 0.01, 0.02, 0.04)
        for w, (x, y) in product(("policy", "money"), (("talent", "firms"), ("firms", "green")))
    ]
    svg = moderation_diagram("d", "D", bents).drawings["en"]
    boxes = [(one.words, one.fill) for one in boxes_of(svg)]
    tools = [one for one in boxes_of(svg) if one.fill == "#f3ebf3"]

    assert sorted(boxes) == [
        ("firms", "#f6efe4"), ("firms", "#f6efe4"), ("green", "#e6f2ec"), ("money", "#f3ebf3"),
        ("policy", "#f3ebf3"), ("talent", "#e8f0f7"),
    ]  # fmt: skip
    assert [one.words for one in sorted(tools, key=lambda one: one.left)] == ["policy", "money"]
    assert {(one.source, one.target, one.moderator) for one in bends_of(svg)} == {
        (bent.source, bent.target, bent.moderator) for bent in bents
    }


GOOD, BAD, UNCLEAR = judge(0.2, 0.001), judge(-0.1, 0.02), judge(0.01, 0.6)


def test_steps_of_pathways_are_drawn_as_they_are_judged():
    """Look and number of each step, its tools under it in the colour of their sign, unknown steps without a number."""
    steps = DrawnChannel(
        "firms",
        DrawnStep(GOOD, (DrawnTool("Funding", GOOD), DrawnTool("Regulation", BAD))),
        DrawnStep(BAD, (DrawnTool("Quota", BAD),)),
    )
    lane = Lane("Pathway", "talent", (steps, DrawnChannel("rivals", DrawnStep(UNCLEAR), DrawnStep(None))), "green", ("3 of 9",))  # fmt: skip
    svg = pathway_diagram("p", "P", [lane], PLAIN).drawings["en"]
    found = {(one.source, one.target): (one.look, one.words, under) for one, under in lanes_of(svg)}

    assert found["talent", "firms"] == (
        "positive", "+0.200***", ("Funding +0.200***", "Regulation −0.100**"),
    )  # fmt: skip
    assert found["firms", "green"] == ("negative", "−0.100**", ("Quota −0.100**",))
    assert found["talent", "rivals"][:2] == ("unclear", "+0.010")
    assert found["rivals", "green"][0] == "unclear"
    colours = {
        one.text: one.get("fill")
        for one in ET.fromstring(svg).iter(f"{SVG}text")  # noqa: S314 - our own drawing
    }
    assert colours["Funding +0.200***"] == PURPLE
    assert colours["Regulation −0.100**"] == colours["Quota −0.100**"] == RUST
    boxes = {one.words: one for one in boxes_of(svg)}
    assert boxes["talent"].right < boxes["firms"].left < boxes["green"].left
    assert boxes["firms"].bottom < boxes["rivals"].top
    assert [boxes[name].fill for name in ("talent", "firms", "rivals", "green")] == [
        "#e8f0f7", "#f6efe4", "#f6efe4", "#e6f2ec",
    ]  # fmt: skip
    significant = {one.width for one in strokes_of(svg) if one.colour in (BLUE, ORANGE)}
    assert significant == {2.2}
    assert {one.width for one in strokes_of(svg) if one.colour == GREY} == {1.0}


@pytest.mark.parametrize(("first", "second"), [*product((True, False), repeat=2)])
def test_a_framework_has_its_panels_and_arrows(first, second):
    """Factors, channels, outcome from left to right; moderators above, pointing down at the paths that they change."""
    asked = Framework(
        ("talent", "robots"), "green", channels=("firms",), moderators=("policy", "money"),
        on_first=first, on_second=second, groups=("region",),
    )  # fmt: skip
    svg = framework_chart("f", "F", asked).drawings["en"]
    boxes = {one.words: one for one in boxes_of(svg)}

    assert boxes["talent"].right < boxes["firms"].left
    assert boxes["firms"].right < boxes["green"].left
    assert boxes["talent"].bottom < boxes["robots"].top
    assert boxes["policy"].right < boxes["money"].left
    assert boxes["policy"].bottom < boxes["talent"].top
    assert boxes["region"].top > boxes["robots"].bottom
    fills = {name: box.fill for name, box in boxes.items()}
    assert fills == {
        "talent": "#e8f0f7", "robots": "#e8f0f7", "firms": "#f6efe4", "green": "#e6f2ec",
        "policy": "#f3ebf3", "money": "#f3ebf3", "region": "#ffffff",
    }  # fmt: skip
    arrows = [one for one in strokes_of(svg) if one.has_head]
    down = [one for one in arrows if one.colour == PURPLE]
    across = [one for one in arrows if one.colour == INK]
    gaps = [(boxes["talent"].right, boxes["firms"].left), (boxes["firms"].right, boxes["green"].left)]  # fmt: skip
    changed = [
        any(left < one.start[0] < right and one.tip[1] > one.start[1] for one in down)
        for left, right in gaps
    ]
    assert changed == [first, second]
    assert len(down) == first + second
    level = [one for one in across if one.start[1] == pytest.approx(one.tip[1])]
    assert all(one.tip[0] > one.start[0] for one in level)
    assert len(level) == 2
    (direct,) = [one for one in across if one not in level]
    assert direct.start[0] < boxes["talent"].right < boxes["green"].left < direct.tip[0]
    heads = re.findall(r"<text[^>]*>(Factors|Channels|Outcome|Moderators|Groups that are compared)<", svg)  # fmt: skip
    assert sorted(heads) == ["Channels", "Factors", "Groups that are compared", "Moderators", "Outcome"]  # fmt: skip
    places = {
        text.text: float(text.get("x"))
        for text in ET.fromstring(svg).iter(f"{SVG}text")  # noqa: S314 - our own drawing
        if text.text in ("Factors", "Channels", "Outcome")
    }
    assert boxes["talent"].left < places["Factors"] < boxes["talent"].right
    assert boxes["firms"].left < places["Channels"] < boxes["firms"].right
    assert boxes["green"].left < places["Outcome"] < boxes["green"].right


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_of_a_moderator_do_not_touch_the_next_column(language):
    """The longest words of a cell, with coefficient and stars, end before the arrow of the next moderator."""
    bents = [Bent("x", "y", tool, -0.12, 0.3, -1234.5678, 0.0001) for tool in ("a", "b")]
    drawn = shapes_of(moderation_diagram("m", "M", bents).drawings[language])

    for one, other in combinations(drawn.texts, 2):
        assert not one.meets(other), (one, other)
    assert drawn.outside() == []
    # An arrow of the second column stands to the right of all words of the first.
    assert not any(space.crossed_by(line) for space in drawn.texts for line in drawn.lines)


def test_the_word_for_simulated_data_lies_over_the_drawing():
    """The page grows by a strip: no frame, box or arrow reaches up to the word."""
    asked = Framework(("talent",), "efficiency", moderators=("policy",), on_first=True)
    svg = framework_chart("f", "Framework", asked).drawings["en"]

    drawn = ET.fromstring(marked(svg, "(simulated data)"))  # noqa: S314 - our own drawing

    _, top, _, height = map(float, drawn.get("viewBox").split())
    assert (top, height) == (-20.0, float(drawn.get("height")))
    assert height == float(ET.fromstring(svg).get("height")) + 20  # noqa: S314 - our own drawing
    (word,) = [t for t in drawn.iter(f"{SVG}text") if t.text == "(simulated data)"]
    assert float(word.get("y")) == -6.0
    frames = [float(r.get("y")) for r in drawn.iter(f"{SVG}rect") if r.get("rx")]
    assert min(frames) > 0
    assert marked(svg, "") == svg
