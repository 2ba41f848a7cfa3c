"""The text of the report stays whole where a study has little to say or a part fails."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import docx
import numpy as np
import pytest

from xinzhi.present.table import Table
from xinzhi.report.build import content_of
from xinzhi.report.document import compose, number_chapters
from xinzhi.report.format import write_report
from xinzhi.study.run import run
from xinzhi_core.errors import MethodError, Problem
from xinzhi_core.wording import LANGUAGES, say

pytestmark = pytest.mark.long

HEAD = """
title: {zh: 试, en: Trial}
sources: {d: {file: d.csv, kind: panel, entity: city, period: year}}
panel: {from: [d]}
variables:
  Y: {column: y, label: {zh: 产出, en: Output}}
  X: {column: x, label: {zh: 人才}}
  M: {column: m, label: {zh: 渠道, en: Channel}}
describe: {variables: [Y, X]}
"""
BASE = "tables: {baseline: {outcome: Y, effects: [entity, period], columns: [{x: [X]}]}}\n"
MEDIATION = "mediation: {mechanism: {from: baseline/1, through: [M], tests: [sobel]}}\n"
REPORT = "report: {formats: [html, docx, md, tex]}\n"


def study(folder: Path, text: str, n_cities: int = 8) -> Path:
    draw = np.random.default_rng(3)
    rows = [
        f"c{i},{year},{draw.normal():.4f},{draw.normal():.4f},{draw.normal():.4f}"
        for i in range(n_cities)
        for year in range(2008, 2014)
    ]
    (folder / "d.csv").write_text("\n".join(["city,year,y,x,m", *rows]), encoding="utf-8")
    (folder / "study.yaml").write_text(HEAD + text + REPORT, encoding="utf-8")
    return folder / "study.yaml"


def papers(path: Path) -> dict[str, str]:
    """Write the paper in all formats; give the text of each Word document."""
    material = content_of(run(path))
    document = compose(material)
    for chapter in number_chapters(document):
        assert chapter.blocks, chapter.section.id
    files = write_report(document, formats=("html", "docx", "md", "tex"))
    found = {}
    for language, name in zip(LANGUAGES, ("report.docx", "report.en.docx"), strict=True):
        word = docx.Document(io.BytesIO(files[name]))
        found[language] = "\n".join(one.text for one in word.paragraphs)
        markdown = files[name.replace("docx", "md")].decode()
        for text in (found[language], markdown):
            assert "()" not in text
            assert "（）" not in text
        assert "{" not in found[language]
        heads = [one.text for one in word.paragraphs if one.style.name == "Heading 1"]
        assert len(heads) == len(document.sections)
        assert say(document.title, language) in found[language]
    return found


def test_nothing_significant(tmp_path):
    """A study of noise has its abstract, its table and its limits."""
    found = papers(study(tmp_path, BASE + MEDIATION))

    assert "Limits" in found["en"]
    assert "Table 1" in found["en"]


def test_no_mediation(tmp_path):
    """Without a mechanism there is no chapter on it, and the next ones count on."""
    found = papers(study(tmp_path, BASE))

    assert "Mechanism" not in found["en"]
    assert "作用机制" not in found["zh"]


def test_one_entity(tmp_path):
    """Where no effect can be estimated, the text says so in the place of the table."""
    found = papers(study(tmp_path, BASE, n_cities=1))

    assert "1 Data" in found["en"].replace("  ", " ")


def test_a_label_missing_in_english(tmp_path):
    """The name of the variable stands in the English text, never the Chinese label."""
    found = papers(study(tmp_path, BASE))

    assert "人才" in found["zh"]
    assert "人才" not in found["en"]


@pytest.mark.parametrize("profile", ["paper", "chinese_journal", "full"])
def test_a_table_that_could_not_be_computed(tmp_path, monkeypatch, profile):
    """Its place stays in the text, with the reason, in every profile."""
    path = study(tmp_path, BASE + MEDIATION)

    def fails(*_given, **_options):
        raise MethodError(Problem("x", "no answer today"))

    monkeypatch.setattr("xinzhi.analyses.mediation.mediate_in_study", fails)
    material = content_of(run(path))
    document = compose(replace(material, profile=profile))
    (table,) = (
        block
        for section in document.sections
        if section.part == "text"
        for block in section.blocks
        if isinstance(block, Table) and "Not computed" in str(block.notes[:1])
    )
    files = write_report(document, formats=("docx", "md", "tex", "html"))
    for name in ("report.en.docx", "report.html", "report.en.md"):
        text = files[name]
        if name.endswith("docx"):
            word = docx.Document(io.BytesIO(text))
            text = "\n".join(one.text for one in word.paragraphs).encode()
        assert b"Not computed" in text, name
    assert table.part == "text"
