"""Every page stands in both languages, and each language keeps to itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from doc_pages import DOCS, chinese, english, name, without_code
from places import ROOT

ENGLISH_ONLY = {"reference", "decisions"}
"""Folders of pages that are made from the code, or written for those who change it."""
AWAITED: frozenset[str] = frozenset()
"""Pages that stand in one language only so far; this set shrinks to nothing."""
TITLE = re.compile(r"\*[^*\n]+\*|“[^”\n]+”|\"[^\"\n]+\"|\[[^\]\n]*\]\([^)\n]*\)|https?://\S+")
"""Titles of works, quotations, links."""
CITED = re.compile(r"\bdoi\b|doi\.org|\(\d{4}\)|（\d{4}）|\d{4}[a-z]?[,，.]")
"""A line that cites a work."""
WORDS = re.compile(r"(?:[A-Za-z][A-Za-z'’-]*[ ,;:]+){5,}[A-Za-z][A-Za-z'’-]*")
SMALL = re.compile(
    r"\b(?:the|a|an|of|is|are|was|and|or|that|which|with|to|in|for|by|not|it)\b", re.IGNORECASE
)
"""Words that make a sentence of words."""
CHINESE_SENTENCE = re.compile(r"[\u4e00-\u9fff][^\n]{0,200}[。；？！]|[\u4e00-\u9fff]{14,}")


def english_sentences(text: str) -> list[str]:
    """English sentences in a text, outside code, names and citations."""
    lines = [line for line in without_code(text).splitlines() if not CITED.search(line)]
    found = WORDS.findall(TITLE.sub("", "\n".join(lines)))
    return [one for one in found if len(SMALL.findall(one)) >= 2]


def chinese_sentences(text: str) -> list[str]:
    """Chinese sentences in a text, outside code."""
    return CHINESE_SENTENCE.findall(TITLE.sub("", without_code(text)))


def test_every_page_stands_in_both_languages() -> None:
    """At the same place in the tree, README included."""
    ours = {str(page) for page in english() if page.parts[0] not in ENGLISH_ONLY}
    theirs = {str(page) for page in chinese()}

    assert theirs - ours == set()
    assert ours - theirs <= AWAITED


@pytest.mark.parametrize(
    "page", [*(DOCS / "zh" / one for one in chinese()), ROOT / "README.zh-CN.md"], ids=name
)
def test_no_english_sentence_on_a_chinese_page(page: Path) -> None:
    """Names of programs, options and works may stand there."""
    assert english_sentences(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", [*(DOCS / one for one in english()), ROOT / "README.md"], ids=name)
def test_no_chinese_sentence_on_an_english_page(page: Path) -> None:
    """Headings of data, names and terms may stand there."""
    assert chinese_sentences(page.read_text(encoding="utf-8")) == []


def test_the_rules_see_sentences() -> None:
    """A sentence of each language is seen, names and citations are not."""
    assert english_sentences("见此：the score of a row is not changed by it。")
    assert not english_sentences("`the score of a row is not changed by it`")
    assert not english_sentences(
        "Tone (2001), A slacks-based measure of the efficiency in data, doi 10.1"
    )
    assert chinese_sentences("The word 得分不受行的顺序影响。")
    assert not chinese_sentences("The heading 年末从业人员数 is read.")
