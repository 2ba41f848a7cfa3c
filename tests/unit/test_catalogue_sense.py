"""The Chinese catalogue says what the English says: the same direction, the same name in the same role."""

from __future__ import annotations

import re

import pytest

import catalogue_reviews as reviews
from opposites import OPPOSITES, denials

FOUND = reviews.pairs()
ADVICE = "read the texts with `uv run python tools/review_catalogue.py`; then add --write"
EXCHANGED = [
    ("上升", "下降"), ("升至", "降至"), ("增大", "减小"), ("扩大", "缩小"), ("递增", "递减"), ("正相关", "负相关"), ("为正", "为负"),
    ("更大", "更小"), ("越大", "越小"), ("最大的", "最小的"), ("最大值", "最小值"), ("最高", "最低"), ("高于", "低于"), ("至少", "至多"),
    ("不显著", "显著"), ("首", "末"), ("投入", "产出"), ("增强", "削弱"),
    ("助益", "阻碍"), ("热点", "冷点"), ("单侧", "双侧"), ("直接效应", "间接效应"), ("无放回", "有放回"), ("规模报酬可变", "规模报酬不变"),
    ("得到支持", "未得到支持"), ("滞后", "超前"), ("领先者", "落后者"), ("较高", "较低"), ("不一致", "一致"),
]  # fmt: skip
"""Words of Chinese that a slip of the hand exchanges."""


def swapped(text, one, other):
    """Exchange two words wherever they stand."""
    return re.sub(f"{one}|{other}", lambda m: other if m[0] == one else one, text)


def complaints(english, chinese):
    """Say of which opposites a translation is no translation."""
    found = {kind for kind, rule in OPPOSITES.items() if rule.faults(english, chinese)}
    return found | ({"denial"} if denials(english, chinese) else set())


def test_opposites_are_not_exchanged():
    """Each word of direction has its counterpart, and not the opposite one; others are listed and read."""
    known = reviews.EXCEPTIONS.read_text("utf-8").splitlines()

    assert reviews.exception_lines(FOUND) == known, ADVICE


def test_places_stand_where_their_roles_are():
    """Where Chinese names the places in another order, that order is listed and read."""
    assert reviews.order_lines(FOUND) == reviews.ORDERS.read_text("utf-8").splitlines(), ADVICE


def test_every_pair_was_read_as_it_stands():
    """A pair that has changed in a word or a mark since somebody read it is to be read again."""
    known = set(reviews.READ.read_text("utf-8").splitlines())
    unread = [line for line in reviews.read_lines(FOUND) if line not in known]

    assert unread == [], ADVICE


def test_nothing_is_listed_that_no_longer_exists():
    """The list of what was read holds the texts of today alone."""
    assert reviews.READ.read_text("utf-8").splitlines() == reviews.read_lines(FOUND), ADVICE


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (r"from \{(\w+)\} to \{(\w+)\}", r"\{%s\}.*\{%s\}"),
        (r"\{(\w+)\} to \{(\w+)\}", r"\{%s\}.*\{%s\}"),
        (r"between \{(\w+)\} and \{(\w+)\}", r"\{%s\}.*\{%s\}"),
        (r"\{(\w+)\} less \{(\w+)\}", r"\{%s\}减\{%s\}"),
        (r"\{(\w+)\} → \{(\w+)\}", r"\{%s\} → \{%s\}"),
    ],
)
def test_what_comes_first_in_a_span_comes_first_in_chinese(english, chinese):
    """From a to b, a less b, a → b: neither language turns them around."""
    checked = 0
    for one, other in FOUND:
        for first, second in re.findall(english, one):
            checked += 1
            assert re.search(chinese % (first, second), other, re.DOTALL), (one, other)

    assert checked


def test_a_part_is_named_after_its_whole():
    """Chinese says of n, k: the whole before its part, unless it adds the whole in parentheses."""
    added = r"[（，]共 ?\{%s\}|\{%s\}/\{%s\}"
    checked, turned = 0, []
    for english, chinese in FOUND:
        for part, whole in re.findall(r"\{(\w+)\} of (?:all |its |them )?\{(\w+)\}", english):
            if part == "outcome" or whole in {
                "things",
                "of",
                "words",
                "name",
                "score",
                "factor",
                "path",
                "classes",
            }:
                continue
            checked += 1
            if chinese.find(f"{{{whole}}}") > chinese.find(f"{{{part}}}") and not re.search(
                added % (whole, part, whole), chinese
            ):
                turned.append(english)

    assert checked > 30
    assert turned == []


def test_the_dictionary_alone_notices_most_exchanges():
    """Of all exchanges of two opposite words, most are noticed without the list of what was read."""
    noticed = total = 0
    for english, chinese in FOUND:
        before = complaints(english, chinese)
        for one, other in EXCHANGED:
            turned = swapped(chinese, one, other)
            if turned != chinese:
                total += 1
                noticed += complaints(english, turned) != before
    assert total > 400
    assert noticed > 0.85 * total, (noticed, total)


@pytest.mark.parametrize(
    ("english", "right", "wrong"),
    [
        ("{x} rose from {a} to {b}.", "{x}由{a}升至{b}。", "{x}由{a}降至{b}。"),
        ("{n} is negative.", "{n} 为负。", "{n} 为正。"),
        ("the slope is not significant", "系数不显著", "系数显著"),
        ("The file is not there.", "文件不存在。", "文件存在。"),
        ("The file is there.", "文件存在。", "文件不存在。"),
        ("lowest in {a}, highest in {b}", "{a}年最低，{b}年最高", "{a}年最高，{b}年最低"),
    ],
)
def test_the_dictionary_knows_right_from_wrong(english, right, wrong):
    """A right translation passes; one that is turned around does not."""
    assert complaints(english, right) == set()
    assert complaints(english, wrong)
