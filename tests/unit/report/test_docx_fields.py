"""Numbers of a Word document: fields that count, and references that lead to what they name."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO

import docx
import pytest

from word_fields import fields_of, loose_references
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.equation.tree import Symbol
from xinzhi.present.references import see
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.report.document import Document, DocumentSection, Paragraph
from xinzhi.report.format import write_report
from xinzhi_core.wording import message

NAMES = {"en": "report.en.docx", "zh": "report.docx"}


def table(id_: str, *, n_rows: int = 2, note: str = "") -> Table:
    """Make a table whose note refers to another one."""
    rows = tuple(Row(f"r{at}", (Cell(0.5),)) for at in range(n_rows))
    notes = (message("It rose{see}.", see=see(note)),) if note else ()
    return Table(id_, f"T {id_}", (Column("c", "C"),), rows, notes=notes, part="appendix")


def sentence(*ids: str) -> Paragraph:
    return Paragraph(message("It rose{see}.", see=see(*ids)))


EQUATION = NumberedEquation("eq", "Model", Symbol("y"), ())
"""Its number is referred to, not its brackets."""
SECTIONS = (
    DocumentSection("s", "Text", (sentence("late", "long", "eq"), EQUATION, table("first", note="late"))),
    DocumentSection(
        "a", "More", (table("a1"), table("long", n_rows=31), table("late", note="first")), "appendix"
    ),
)  # fmt: skip


@pytest.fixture(scope="module", params=["paper", "chinese_journal"])
def documents(request):
    """Write a report of which a table stands in the workbook, in both languages."""
    written = write_report(
        Document("Title", SECTIONS, profile=request.param),
        formats=["docx", "xlsx"],
        languages=("zh", "en"),
    )
    return {language: written[name] for language, name in NAMES.items()}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "It rose (Table A3, Table A2, Equation (1))."),
        ("zh", "It rose（表A3、表A2、式（1））."),
    ],
)
def test_a_reference_shows_what_its_bookmark_holds(documents, language, words):
    """Before fields are updated and after; the number of an equation alone is a field, not its brackets."""
    found = fields_of(documents[language])

    assert words in found.whole
    assert found.differences() == []
    assert [f.words[1] for f in found.of("REF")][:3] == ["_TableA3", "_TableA2", "_Equation1"]
    assert [f.shown for f in found.of("REF")][2] == "1"
    assert all(f.words[2:] == [r"\h"] for f in found.of("REF"))


@pytest.mark.parametrize("language", NAMES)
def test_no_exhibit_is_named_outside_of_a_field(documents, language):
    """In the text, in notes, and in the line of a table that stands in the workbook."""
    found = fields_of(documents[language])

    assert list(loose_references(found)) == []
    assert len(found.of("REF")) == 5


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Table A2: T long (31 rows). See sheet “Table A2” of tables.xlsx."),
        ("zh", "表A2：T long（31 行）。见 tables.xlsx 的工作表“表A2”。"),
    ],
)
def test_a_table_in_the_workbook_is_counted(documents, language, line):
    """Its number is a field, so that those behind it do not shift; its sheet keeps its name."""
    found = fields_of(documents[language])

    assert line in found.whole
    assert line.replace("A2", "A", 1) in found.plain


def test_references_take_the_look_of_where_they_stand(documents):
    """A field takes the look of its bookmark on when it is updated: captions have theirs by their style alone."""
    word = docx.Document(BytesIO(documents["en"]))
    captions = [p for p in word.paragraphs if p.style.name == "Caption"]

    assert len(captions) >= 3
    assert {run.font.size for p in captions for run in p.runs} == {None}


def test_no_paragraph_is_empty(documents):
    """But for one behind a table that nothing follows, which Word asks for."""
    word = docx.Document(BytesIO(documents["en"]))
    empty = [p for p in word.paragraphs if not p.text and not p._p.xpath(".//m:oMath")]

    assert len(empty) == 0


def test_a_table_at_the_end_has_a_paragraph_behind_it():
    """Word wants one at the end of a document, and between two tables; it has almost no height."""
    blocks = (table("t"),)
    (content,) = write_report(
        Document("Title", (DocumentSection("s", "S", blocks),)), formats=["docx"], languages=("en",)
    ).values()
    last = docx.Document(BytesIO(content)).paragraphs[-1]

    assert last.text == ""
    assert last._p.pPr.spacing.get(last._p.nsmap["w"].join("{}") + "line") == "20"


def test_a_section_ends_in_its_last_paragraph():
    """A page that lies ends in a note, not in a paragraph of its own, which could begin a page."""
    wide = replace(
        table("w", note="w"),
        columns=tuple(Column(f"c{n}", "A long heading") for n in range(20)),
        rows=(Row("r", tuple(Cell(0.5) for _ in range(20))),),
    )
    blocks = (Paragraph("Before."), wide, Paragraph("Behind."))
    (content,) = write_report(
        Document("Title", (DocumentSection("s", "S", blocks),)), formats=["docx"], languages=("en",)
    ).values()
    word = docx.Document(BytesIO(content))
    ends = [p for p in word.paragraphs if p._p.xpath("./w:pPr/w:sectPr")]

    assert [section.orientation for section in word.sections] == [0, 1, 0]
    assert [p.text for p in ends] == ["Before.", "It rose (Table 1)."]


def test_every_equation_is_native(documents):
    """OMML, and no TeX, in the file."""
    xml = zipfile.ZipFile(BytesIO(documents["zh"])).read("word/document.xml").decode()

    assert xml.count("<m:oMath>") + xml.count("<m:oMath ") == 1
    assert "$" not in xml
