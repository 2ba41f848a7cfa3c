"""Diagrams of mechanisms: arrows say what the estimates say."""

from __future__ import annotations

import re
from itertools import combinations
from math import nan
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from drawn import picture
from xinzhi.present import chart_style as style
from xinzhi.present.chart import wrapped
from xinzhi.present.mechanism import Path, effect_of, mechanism
from xinzhi.present.mechanism_layout import layout_of
from xinzhi.present.render import FORMATS
from xinzhi.present.style import Style
from xinzhi.regression.verdict import Inference
from xinzhi.wording import Label

PLAIN = ["source", "target", "estimate", "p_value"]
BENT = [*PLAIN, "interaction", "interaction_p"]
ROWS = [
    ("HEE", "NEPP", 0.21, 0.001, 0.02, 0.03),
    ("HEE", "SEE", -0.11, 0.04, 0.03, 0.01),
    ("PGPP", "NEPP", 0.42, 0.0001, -0.01, 0.3),
    ("PGPP", "SEE", 0.3, 0.02, -0.04, 0.002),
    ("IRD", "NEPP", 0.02, 0.6, 0.02, 0.03),
    ("IRD", "SEE", 0.05, 0.09, 0.01, 0.5),
    ("HEE", "GTFP", 0.05, 0.2, nan, nan),
    ("PGPP", "GTFP", 0.08, 0.01, nan, nan),
    ("IRD", "GTFP", -0.12, 0.03, nan, nan),
    ("NEPP", "GTFP", 0.33, 0.0001, 0.05, 0.04),
    ("SEE", "GTFP", 0.1, 0.05, -0.03, 0.04),
]
LABELS = {
    "HEE": Label("HEE", zh="高素质人才", en="Talent"),
    "PGPP": Label("PGPP", zh="专利授权", en="Patents granted"),
    "IRD": Label("IRD", zh="工业机器人密度", en="Industrial robot density"),
    "NEPP": Label("NEPP", zh="新能源与环保企业", en="New firms"),
    "SEE": Label("SEE", zh="战略性新兴企业", en="Emerging enterprises"),
    "GTFP": Label("GTFP", zh="绿色全要素生产率", en="Green total factor productivity"),
    "TOOL": Label("TOOL", zh="环保处罚案件数", en="Environmental penalty cases"),
}


def drawing(rows, language="en", tool=None, labels=LABELS):
    frame = pd.DataFrame([row[: 6 if tool else 4] for row in rows], columns=BENT if tool else PLAIN)
    return mechanism(
        "m", "Mechanism", frame, Style(labels, inference=Inference(level=0.10)), tool=tool
    ).drawings[language]


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


@pytest.mark.parametrize(
    ("estimate", "p", "bent", "bent_p", "effect"),
    [
        (0.5, 0.01, 0.1, 0.02, "strengthens"),
        (-0.5, 0.01, -0.1, 0.02, "strengthens"),
        (0.5, 0.01, -0.1, 0.02, "weakens"),
        (-0.5, 0.01, 0.1, 0.02, "weakens"),
        (0.5, 0.40, 0.1, 0.02, "raises"),
        (0.5, 0.40, -0.1, 0.02, "lowers"),
        (0.5, 0.01, 0.1, 0.10, "none"),
        (0.5, 0.01, nan, nan, "none"),
    ],
)
def test_what_a_tool_does(estimate, p, bent, bent_p, effect):
    """Away from zero it strengthens, towards zero it weakens; of an unclear effect neither is said."""
    assert effect_of(Path("x", "y", estimate, p, bent, bent_p)) == effect


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("tool", [None, "TOOL"])
def test_nothing_covers_anything(language, tool):
    """The paper's whole mechanism: no two labels, no two boxes, and no label and box overlap."""
    root = ET.fromstring(drawing(ROWS, language, tool))  # noqa: S314 - our own text
    spaces = [
        tuple(float(one.get(key)) for key in ("x", "y", "width", "height"))
        for one in root.iter("{http://www.w3.org/2000/svg}rect")
        if one.get("x")
    ]
    labels = 11 + (8 if tool else 0)

    assert len(spaces) == labels + 6 + (1 if tool else 0)
    page = float(root.get("width"))
    for x, y, width, _ in spaces:
        assert x >= 0
        assert x + width <= page
        assert y >= 0
    for (x, y, w, h), (u, v, a, b) in combinations(spaces, 2):
        # 2 px: a label's ground is a little larger than its letters
        apart = x + w <= u + 2 or u + a <= x + 2 or y + h <= v + 2 or v + b <= y + 2
        assert apart, ((x, y, w, h), (u, v, a, b))


def test_roles_follow_from_the_paths():
    """What only acts is a factor, what is only acted upon the outcome, what does both a mediator."""
    layout = layout_of([("x", "m"), ("m", "y"), ("x", "y")], {}, "t")
    roles = {name: box.role for name, box in layout.boxes.items()}

    assert roles == {"x": "factor", "m": "mediator", "y": "outcome", "t": "tool"}
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
    frame = pd.DataFrame([row[:4] for row in ROWS], columns=PLAIN)
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
