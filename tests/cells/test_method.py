"""The chapter on method: the question, then part by part; each equation is led to by a sentence, nothing is said twice."""

from __future__ import annotations

import pytest

from xinzhi.present.equation import NumberedEquation
from xinzhi.report.build import content_of
from xinzhi.report.document import Heading, Paragraph, compose
from xinzhi_core.wording import LANGUAGES, say

STUDIES = ("mechanism", "everything", "scored", "resampled")


@pytest.fixture(params=STUDIES)
def content(request):
    return content_of(request.getfixturevalue(request.param).result)


def chapter(content):
    (section,) = (one for one in compose(content).sections if one.id == "method")
    return section.blocks


def test_each_equation_is_led_to_by_a_sentence(content):
    """What stands before an equation ends with a colon, in both languages."""
    equations = [block for block in chapter(content) if isinstance(block, NumberedEquation)]
    for language, colon in zip(("en", "zh"), (":", "："), strict=True):
        leads = [say(one.title, language) for one in equations]
        assert all(lead.endswith(colon) for lead in leads), leads


def test_nothing_is_said_twice(content):
    """No sentence and no meaning of a symbol stands in two parts; no part is empty."""
    for language in LANGUAGES:
        said = [say(one, language) for part in content.methods for one in part.sentences]
        assert len(said) == len(set(said))
    equations = [one for part in content.methods for one in part.equations]
    last = {}
    for symbol, words in (meaning for one in equations for meaning in one.where):
        assert last.get(symbol) != words
        last[symbol] = words
    assert all(part.equations or part.sentences for part in content.methods)


def test_the_question_stands_first(mechanism):
    """Outcome and factors, mediators, moderators, groups: as the study file asks; then the parts in the order of the text."""
    content = content_of(mechanism.result)
    head, *parts = content.methods
    assert say(head.title, "en") == ""
    assert [say(one, "en") for one in head.sentences] == [
        "The question is whether Green is associated with Talent and patents.",
        "Firms and Rivals are examined as mediators of these associations.",
        "Policy is examined as a moderator.",
        "Associations are compared between groups by Region and third.",
    ]
    titles = [say(part.title, "en") for part in parts]
    order = [one for one in ("Variables", "Models", "Mediation", "Moderation") if one in titles]
    assert [title for title in titles if title in order] == order

    blocks = chapter(content)
    first = next(block for block in blocks if isinstance(block, Paragraph))
    assert "(Figure" not in say(first.text, "en")  # numbers come when the report is counted
    assert [say(block.text, "en") for block in blocks if isinstance(block, Heading)] == titles
