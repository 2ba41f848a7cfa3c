from __future__ import annotations

import io

import pytest
from fontTools.ttLib import TTFont

from xinzhi.analyses.exhibits import first_sentences
from xinzhi.errors import SpecError, Where
from xinzhi.notices import Notice
from xinzhi.present.table import Table
from xinzhi.report.compose import compose
from xinzhi.report.document import Paragraph, Warned
from xinzhi.report.font import font_for
from xinzhi.report.format import write_report
from xinzhi.report.sections import Material, sections


def test_sections_stand_in_their_order():
    """The report goes from findings over data, scores and models to methods and provenance."""
    order = [name for name, _ in sorted(sections(), key=lambda named: named[1].order)]

    known = [
        "summary",
        "data",
        "efficiency",
        "classes",
        "models",
        "notices",
        "methods",
        "provenance",
    ]
    assert [name for name in order if name in known] == known


def test_sections_with_nothing_to_say_are_left_out():
    """A study with nothing still says that there is nothing to note."""
    found = compose(Material("T"))

    assert [section.id for section in found.sections] == ["notices"]
    assert found.sections[0].blocks == (Paragraph(found.sections[0].blocks[0].text),)


def test_findings_are_those_that_analyses_declare():
    """The sentence beside a table stands at the head where its analysis says so, under its title."""
    table = Table("t", "Baseline", (), (), reading=("A null effect.", "More."))
    silent = Table("vif", "VIF", (), ())
    found = compose(Material("T", findings=first_sentences(table, silent)))

    (block,) = found.sections[0].blocks
    assert isinstance(block, Paragraph)
    assert str(block.text) == "Baseline: A null effect."


def test_a_notice_is_said_once_with_its_place():
    """Equal notices stand once; the entity and the period are named."""
    notice = Notice("x", "Infeasible.", Where(entity="甲", period=2008))
    found = compose(Material("T", notices=(notice, notice)))

    (block,) = found.sections[0].blocks
    assert isinstance(block, Warned)
    assert str(block.text) == "Infeasible. (甲 2008)"


def test_an_unknown_format_is_refused():
    """A format that does not exist is named, with what is known."""
    with pytest.raises(SpecError, match="html"):
        write_report(compose(Material("T")), formats=["pdfx"])


def test_the_font_holds_the_characters_of_the_page():
    """The font that goes along holds each character of the text that it can, and not the others."""
    font = TTFont(io.BytesIO(font_for("绿色发展 GTFP −0.5")))

    assert {chr(code) for code in font.getBestCmap()} == set("绿色发展 GTFP −0.5")
