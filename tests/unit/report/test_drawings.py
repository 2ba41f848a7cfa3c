"""Drawings of our own in a page: in both languages, as text that no script has to draw."""

from __future__ import annotations

import io
import re
import zipfile

import pandas as pd
import pytest

from xinzhi.present.mechanism import mechanism
from xinzhi.present.style import Style
from xinzhi.report.document import Document, DocumentSection
from xinzhi.report.format import FORMATS, Setting
from xinzhi.report.formats.html import page
from xinzhi_core.wording import Label

LABELS = {"x": Label("x", zh="人才", en="Talent"), "y": Label("y", zh="效率", en="<Efficiency>")}


def document():
    frame = pd.DataFrame(
        [["x", "y", 0.5, 0.001]], columns=["source", "target", "estimate", "p_value"]
    )
    chart = mechanism("m", Label("m", zh="机制", en="Mechanism"), frame, Style(LABELS))
    return Document("T", (DocumentSection("s", "S", (chart,)),))


def written(languages):
    return page(document(), languages=languages, decimals=3)


def test_a_drawing_stands_in_the_page_once_for_each_language():
    """The SVG is inline, marked with its language, and no script is needed to draw it."""
    text = written(("zh", "en"))

    assert re.findall(r'<div class="diagram" lang="(\w+)"><svg', text) == ["zh", "en"]
    assert 'class="drawing"' not in text
    assert ">人才<" in text
    assert ">Talent<" in text


def test_a_page_of_one_language_has_one_drawing():
    """It carries no mark of language, so that nothing hides it."""
    assert written(("en",)).count('<div class="diagram"><svg') == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_of_a_drawing_are_text(language):
    """A label with a bracket stays a label."""
    text = written((language,))

    assert "<Efficiency>" not in text
    assert ("&lt;Efficiency&gt;" in text) == (language == "en")


@pytest.mark.parametrize(("kind", "files"), [("docx", 1), ("svg", 1), ("png", 1), ("pdf", 1)])
def test_drawings_are_in_every_format_that_has_pictures(kind, files):
    """Word holds the drawing as a picture; the others are the drawing."""
    written_files = FORMATS.get(kind).write(document(), Setting(languages=("zh",)))

    assert len(written_files) == files
    (content,) = written_files.values()
    if kind == "docx":
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
        assert any(name.startswith("word/media/") for name in names)
