"""No sentence claims a cause: the designs of this package show associations."""

from __future__ import annotations

import re

import pytest

from causes import ALLOWED, PAPER, catalogue, claims
from places import EXAMPLES


@pytest.fixture(scope="module")
def entries():
    return catalogue()


def test_no_sentence_of_the_catalogue_claims_a_cause(entries):
    """In either language, but for terms, denials and methods that are listed."""
    found = {text: one for text, one in entries.items() if claims(text) or claims(one)}

    assert {text: one for text, one in found.items() if text not in ALLOWED} == {}


def test_what_is_allowed_is_still_said(entries):
    """The list of exceptions holds nothing that nobody says."""
    assert {text for text in ALLOWED if text not in entries} == set()


@pytest.mark.parametrize("example", ["oecd", "provinces", "resource_cities"])
def test_no_sentence_of_an_example_claims_a_cause(example):
    """Titles, descriptions and ideas of pathways; cautions quote what the literature advises."""
    text = (EXAMPLES / example / "study.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if re.search(r"(title|description|zh|en):", line)]
    own = [line for line in lines if not re.search(f"label:|note:|reasons|table|{PAPER}", line)]
    # The key of a comparison that says what explains a difference of figures is no sentence.
    own = [re.sub(r", cause: \w+}$", "}", line) for line in own]

    assert [line for line in own if claims(line)] == []
