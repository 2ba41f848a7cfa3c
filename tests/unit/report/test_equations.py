"""Numbered equations in every format of the report, and the words under them."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from xinzhi.present.equation import NumberedEquation
from xinzhi.present.equation.tree import Symbol, letter, row
from xinzhi.report.document import Document, DocumentSection
from xinzhi.report.file_names import explained_once
from xinzhi.report.format import FORMATS, Setting
from xinzhi_core.wording import Label

X = Symbol("HEE")
FIRST = NumberedEquation(
    "a", "First", row(letter("y", "i"), "=", X), ((X, Label("x", zh="人才", en="Talent")),)
)
SECOND = NumberedEquation(
    "b", "Second", row(letter("m", "i"), "=", X), ((X, Label("x", zh="人才", en="Talent")),)
)


def written(kind, language="en"):
    equations = tuple(explained_once((FIRST, SECOND)))
    document = Document("T", (DocumentSection("method", "Method", equations),))
    return FORMATS.get(kind).write(document, Setting(languages=(language,)))


@pytest.mark.parametrize(("language", "words"), [("en", "denotes Talent"), ("zh", "表示人才")])
def test_each_format_has_the_equations_and_their_words(language, words):
    """Both equations with their numbers; what the first explains the second does not repeat."""
    page = written("html", language)["report.html"].decode()
    assert page.count('<math display="block">') == 2
    assert [
        re.search(rf'id="equation-{n}".*?\({n}\)', page, re.DOTALL) is not None for n in (1, 2)
    ] == [True] * 2
    assert page.count(words) == 1

    (content,) = written("docx", language).values()
    body = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    assert body.count("<m:oMath") == 3  # two equations, and the symbol that is explained
    assert re.findall(r"SEQ Equation[^<]*", body) == [r"SEQ Equation \* ARABIC "] * 2
    assert "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", body)).count(words) == 1

    tex = b"\n".join(written("tex", language).values()).decode()
    assert r"y_{i} = \mathrm{HEE}" in tex
    assert r"\label{eq:a}" in tex
    md = b"\n".join(written("md", language).values()).decode()
    assert re.search(r"\$\$\s*y_\{i\} = \\mathrm\{HEE\}", md)
    assert r"\tag{2}" in md
