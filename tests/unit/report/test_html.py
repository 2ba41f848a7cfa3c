from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from made_report import HOSTILE, estimates, four_scores, hostile_document
from xinzhi.analyses.efficiency.charts import scores_over_time
from xinzhi.present.regression import regression_table
from xinzhi.report.document import Document, DocumentSection, Paragraph
from xinzhi.report.format import write_report
from xinzhi_core.wording import LANGUAGES, Label

LARGEST = 3_000_000
"""Bytes; the contract of issue 8."""


class Elements(HTMLParser):
    """Collect elements, the text of scripts and styles, and the text of the page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.raw, self.text, self.policy, self._inside = [], [], "", "", None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Keep each element."""
        self.tags.append((tag, dict(attrs)))
        if dict(attrs).get("http-equiv") == "Content-Security-Policy":
            self.policy = dict(attrs)["content"]
        if tag in ("script", "style"):
            self._inside = (tag, dict(attrs))

    def handle_endtag(self, tag):
        """Leave a script or a style."""
        if tag in ("script", "style"):
            self._inside = None

    def handle_data(self, data):
        """Keep scripts and styles apart from the text."""
        if self._inside:
            self.raw.append((*self._inside, data))
        else:
            self.text += data


def page(document, languages=LANGUAGES):
    return write_report(document, formats=["html"], languages=languages)["report.html"].decode()


@pytest.fixture(scope="module")
def hostile():
    return Elements(page(hostile_document()))


def test_hostile_words_stay_text(hostile):
    """Words of the user make no element, end no script, and are shown as they were written."""
    scripts = [attributes for tag, attributes in hostile.tags if tag == "script"]

    assert len(scripts) == 3
    assert "img" not in [tag for tag, _ in hostile.tags]
    assert hostile.text.count(HOSTILE) > 10


def test_every_script_and_style_is_named_by_its_hash(hostile):
    """The policy allows exactly the scripts and the style of the page."""
    run = [(tag, text) for tag, attributes, text in hostile.raw if "type" not in attributes]
    hashes = {
        tag: [
            f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
            for name, text in run
            if name == tag
        ]
        for tag in ("script", "style")
    }

    assert f"script-src {' '.join(hashes['script'])};" in hostile.policy
    assert f"style-src {' '.join(hashes['style'])};" in hostile.policy
    assert hostile.policy.startswith("default-src 'none'")
    assert "unsafe" not in hostile.policy


def test_nothing_comes_from_outside(hostile):
    """No element refers to another place, and the style fetches nothing."""
    links = {"src", "href", "action", "data", "poster", "srcset"}
    values = [v for _, attributes in hostile.tags for k, v in attributes.items() if k in links]

    assert all(value.startswith("#") for value in values)
    style = next(text for tag, _, text in hostile.raw if tag == "style")
    assert re.findall(r"url\((?!data:)|@import", style) == []


def test_chart_data_are_json_and_stand_once(hostile):
    """Specifications are plain JSON without addresses; the data of both languages stand once."""
    data = json.loads(next(text for _, attributes, text in hostile.raw if "type" in attributes))

    assert "$schema" not in data["charts"]["1"]["zh"]
    assert set(data["charts"]["1"]["zh"]["datasets"]) <= set(data["datasets"])
    assert any(row.get("entity") == HOSTILE for rows in data["datasets"].values() for row in rows)


def document(*blocks, **options):
    return Document("Title", (DocumentSection("s", "Section", blocks),), **options)


def test_both_languages_are_in_the_page():
    """Words that differ stand in both languages, words that do not stand once."""
    text = page(document(Paragraph(Label("x", zh="甲", en="first")), Paragraph("same")))

    assert '<span lang="zh">甲</span><span lang="en">first</span>' in text
    assert text.count("<p>same</p>") == 1


def test_one_language_has_no_switch():
    """A page in one language has no button and no word of the other."""
    text = page(document(Paragraph(Label("x", zh="甲", en="first"))), languages=("en",))

    assert 'id="language"' not in text
    assert "甲" not in text


def test_a_page_without_charts_is_light():
    """The scripts that draw charts come along only where there is a chart."""
    assert len(page(document(Paragraph("text")))) < 200_000


def test_simulated_data_are_marked_everywhere():
    """The word stands over the page, in each caption and over each drawing."""
    table = regression_table("t", "T", [estimates({"x": (1, 1, 0.5)})])
    chart = scores_over_time("o", "O", four_scores(), score="s")
    text = page(document(table, chart, simulated=True), languages=("en",))

    assert text.count("(simulated data)") == 3
    assert 'class="banner"' in text


def test_numbers_are_split_at_the_point():
    """Numbers of a column meet at the decimal point; counts among them stand in the middle."""
    table = regression_table("t", "T", [estimates({"x": (-0.5, 1, 0.001)})])
    text = page(document(table), languages=("en",))

    assert '<span class="n a w2">−0</span><span class="n b w7">.500***</span>' in text
    assert '<td data-v="1840.0">1840</td>' in text


def test_the_page_is_small(hostile):
    """A page with scripts and font stays below three megabytes."""
    assert sum(len(text.encode()) for _, _, text in hostile.raw) < LARGEST
