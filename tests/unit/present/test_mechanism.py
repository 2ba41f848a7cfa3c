"""Diagrams of mechanisms: arrows say what the estimates say."""

from __future__ import annotations

import re
from itertools import combinations, product
from math import nan

import pandas as pd
import pytest

from drawn import picture, shapes_of
from xinzhi.present import chart_style as style
from xinzhi.present.chart import wrapped
from xinzhi.present.mechanism import layout_of, mechanism
from xinzhi.present.render import FORMATS
from xinzhi.present.style import Style
from xinzhi_core.wording import Label
from xinzhi_econometrics.verdict import JudgementRule

PLAIN = ["source", "target", "estimate", "p_value"]
ROWS = [
    ("HEE", "NEPP", 0.21, 0.001),
    ("HEE", "SEE", -0.11, 0.04),
    ("PGPP", "NEPP", 0.42, 0.0001),
    ("PGPP", "SEE", 0.3, 0.02),
    ("IRD", "NEPP", 0.02, 0.6),
    ("IRD", "SEE", 0.05, 0.09),
    ("HEE", "GTFP", 0.05, 0.2),
    ("PGPP", "GTFP", 0.08, 0.01),
    ("IRD", "GTFP", -0.12, 0.03),
    ("NEPP", "GTFP", 0.33, 0.0001),
    ("SEE", "GTFP", 0.1, 0.05),
]
LABELS = {
    "HEE": Label("HEE", zh="高素质人才", en="Talent"),
    "PGPP": Label("PGPP", zh="专利授权", en="Patents granted"),
    "IRD": Label("IRD", zh="工业机器人密度", en="Industrial robot density"),
    "NEPP": Label("NEPP", zh="新能源与环保企业", en="New firms"),
    "SEE": Label("SEE", zh="战略性新兴企业", en="Emerging enterprises"),
    "GTFP": Label("GTFP", zh="绿色全要素生产率", en="Green total factor productivity"),
}


def drawing(rows, language="en", labels=LABELS):
    frame = pd.DataFrame(rows, columns=PLAIN)
    tenth = Style(labels, inference=JudgementRule(level=0.10))
    return mechanism("m", "Mechanism", frame, tenth).drawings[language]


def strokes(svg):
    """Colour, dashes and width of the arrows, the key at the foot left out."""
    paths = re.findall(r'<path d="M([\d.]+),([\d.]+)[^>]*stroke="(#\w+)" stroke-width="([\d.]+)"(?: stroke-dasharray="([^"]+)")?', svg)  # fmt: skip
    height = float(re.search(r'height="([\d.]+)"', svg)[1]) - 30
    return [(c, dash, float(w)) for _, y, c, w, dash in paths if float(y) < height]


def test_arrows_say_sign_size_and_significance():
    """More is blue and solid, less orange and dashed, neither grey and dotted; large is wide."""
    rows = [("a", "y", 0.4, 0.001), ("b", "y", -0.2, 0.03), ("c", "y", 9.0, 0.5)]
    (blue, solid, wide), (orange, dashed, narrow), (grey, dotted, thin) = strokes(drawing(rows))

    assert (blue, orange, grey) == (style.BLUE, style.ORANGE, style.RULE)
    assert (solid, dashed, dotted) == ("", "7 4", "2 3")
    assert wide > narrow > thin


def test_numbers_carry_sign_and_stars():
    """Each estimate stands at its arrow with its sign and its stars; p below a level has its star, as in the tables."""
    svg = drawing([("a", "y", 0.4, 0.0099), ("b", "y", -0.2, 0.05), ("c", "y", 0.1, 0.5)])
    words = re.findall(r">([+−][\d.]+\**)<", svg)

    assert words == ["+0.400***", "−0.200*", "+0.100"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("rows", [ROWS, ROWS[:6] + ROWS[9:], ROWS[6:9], ROWS[:5:2] + ROWS[9:10]])
def test_nothing_is_cut_or_covered(language, rows):
    """The paper's whole mechanism and parts of it: no label covers another path, a label or a box."""
    drawn = shapes_of(drawing(rows, language))

    assert len(drawn.grounds) == len(rows)
    assert drawn.outside() == []
    assert drawn.overfull() == []
    for one, other in combinations([*drawn.grounds, *drawn.boxes], 2):
        assert not one.meets(other), (one, other)
    for label in drawn.grounds:
        # its own path runs through it, and no other
        assert sum(label.crossed_by(line) for line in drawn.lines) == 1


@pytest.mark.parametrize("n_mediators", [1, 2, 4])
@pytest.mark.parametrize("n_factors", [1, 2, 3])
def test_a_path_past_the_mediators_never_turns_back(n_factors, n_mediators):
    """Its control points go from left to right, and without detour from the start to the lane and from it to the end."""
    factors, mediators = (
        [f"{kind}{i}" for i in range(n)] for kind, n in (("x", n_factors), ("m", n_mediators))
    )
    direct = [(factor, "y") for factor in factors]
    pairs = [*direct, *product(factors, mediators), *((name, "y") for name in mediators)]
    layout = layout_of(pairs, {})

    for pair in direct:
        points = layout.lines[pair]
        across, down = [x for x, _ in points], [y for _, y in points]
        assert across == sorted(across)
        for part in (down[:4], down[3:]):
            assert part in (sorted(part), sorted(part, reverse=True)), (pair, points)


def test_roles_follow_from_the_paths():
    """What only acts is a factor, what is only acted upon the outcome, what does both a mediator."""
    layout = layout_of([("x", "m"), ("m", "y"), ("x", "y")], {})
    roles = {name: box.role for name, box in layout.boxes.items()}

    assert roles == {"x": "factor", "m": "mediator", "y": "outcome"}
    assert layout.boxes["x"].x < layout.boxes["m"].x < layout.boxes["y"].x
    assert len(layout.lines["x", "y"]) == 7


def test_what_is_no_mechanism_is_refused():
    """A circle has no outcome; a path without an estimate is not drawn as one."""
    with pytest.raises(ValueError, match="only a target"):
        drawing([("a", "b", 1.0, 0.1), ("b", "a", 1.0, 0.1)])
    with pytest.raises(ValueError, match="has no estimate"):
        drawing([("a", "b", nan, nan)])


def test_names_are_text_and_never_markup():
    """A label from the data cannot bring elements or attributes into the page."""
    evil = {"a": Label("a", en='<script>"&', zh="<b>")}
    svg = drawing([("a", "y", 1.0, 0.1)], labels=evil)

    assert "<script>" not in svg
    assert "&lt;script&gt;" in svg
    assert "style=" not in svg
    assert " id=" not in svg


@pytest.mark.parametrize("kind", FORMATS)
def test_diagrams_become_pictures(kind):
    """SVG with Chinese words and the shipped font's name, PNG and PDF."""
    frame = pd.DataFrame(ROWS, columns=PLAIN)
    chart = mechanism("m", "机制", frame, Style(LABELS))
    content = picture(chart, "zh", kind, mark="(模拟数据)")

    assert content.startswith({"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}[kind])
    if kind == "svg":
        assert 'font-family="Noto Sans SC"' in content.decode()
        assert "(模拟数据)" in content.decode()
    if kind == "pdf":
        assert b"NotoSansSC" in content


def test_words_are_wrapped():
    """Lines keep to their width, Latin words stay whole, and no character is lost."""
    for words in ("Green total factor productivity", "节能环保处罚案件数量", "GTFP绿色 efficiency"):
        lines = wrapped(words)
        assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert wrapped("Productivity") == ("Productivity",)
