from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import docx
import pytest

from made_report import HOSTILE, estimates, four_scores, hostile_document
from xinzhi.analyses.efficiency.charts import scores_over_time
from xinzhi.present.regression import regression_table
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.report.document import Document, DocumentSection, Paragraph, Warned
from xinzhi.report.format import write_report

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def document(*blocks, **options):
    return Document("Title", (DocumentSection("s", "Section", blocks),), **options)


def written(found, languages=("en",)):
    return write_report(found, formats=["docx"], languages=languages)


def opened(found):
    return docx.Document(io.BytesIO(written(found)["report.docx"]))


def xml(found):
    return (
        zipfile.ZipFile(io.BytesIO(written(found)["report.docx"]))
        .read("word/document.xml")
        .decode()
    )


@pytest.fixture
def table():
    return regression_table("t", "Baseline", [estimates({"x": (-0.5, 0.2, 0.001)})])


def test_hostile_words_are_text_in_word():
    """A word of the user is neither markup nor a field."""
    found = opened(hostile_document())
    fields = [one.text for one in found.element.iter(f"{W}instrText")]

    assert {field.split()[0] for field in fields} == {"SEQ", "REF"}
    assert any(HOSTILE in paragraph.text for paragraph in found.paragraphs)


def test_errors_stand_on_their_own_row(table):
    """The standard error has a row of its own under the slope, the stars are raised."""
    rows = [[cell.text for cell in row.cells] for row in opened(document(table)).tables[0].rows]

    at = rows.index(["x", "−0.500***"])
    assert rows[at + 1] == ["", "(0.200)"]
    assert '<w:vertAlign w:val="superscript"/>' in xml(document(table))


def test_tables_have_three_rules(table):
    """1.5 points above and below, 0.75 under the headings, in eighths of a point."""
    rows = opened(document(table)).tables[0].rows
    borders = [
        {
            one.tag.removeprefix(W): one.get(f"{W}sz")
            for one in row._tr.iter(f"{W}top", f"{W}bottom")
        }
        for row in rows
    ]

    assert borders[0]["top"] == "12"
    assert borders[1]["bottom"] == "6"
    assert borders[-1]["bottom"] == "12"


def test_captions_are_counted_by_word(table):
    """The number in a caption is a SEQ field that shows the number of the report."""
    found = xml(document(table, table))

    assert len(re.findall(r"SEQ Table \\\* ARABIC", found)) == 2
    assert re.findall(r"<w:t[^>]*>([12])</w:t>", found) == ["1", "2"]


def test_east_asian_fonts_are_named(table):
    """Body text names both fonts: one for Latin, one for Chinese characters."""
    normal = opened(document(table)).styles["Normal"].element.rPr.rFonts

    assert (normal.get(f"{W}ascii"), normal.get(f"{W}eastAsia")) == ("Times New Roman", "宋体")


def _of_width(n: int) -> Table:
    columns = tuple(Column(f"c{at}", "A long heading") for at in range(n))
    return Table("t", "T", columns, (Row("r", tuple(Cell(0.5) for _ in columns)),))


def test_letters_are_smaller_where_a_table_is_wide():
    """A table that fits in smaller letters stays on an upright page."""
    found = opened(document(_of_width(12), Warned("after")))

    sizes = {one.get(f"{W}val") for one in found.tables[0]._tbl.iter(f"{W}sz")}
    heights = {size for size in sizes if size in {"18", "17", "16", "15", "14"}}
    assert len(found.sections) == 1
    assert heights < {"17", "16", "15", "14"}


def test_wide_tables_lie():
    """A table that is wider than the page in small letters gets a page in landscape, and only that one."""
    found = opened(document(_of_width(20), Warned("after")))

    assert [section.orientation for section in found.sections] == [0, 1, 0]


def test_an_appendix_begins_on_a_page_of_its_own():
    """Chapters and tables of the appendix have letters before their numbers."""
    table = _of_width(2)
    sections = (
        DocumentSection("s", "Text", (table,)),
        DocumentSection("a", "More", (table,), "appendix"),
    )
    found = opened(Document("Title", sections))

    titles = [one for one in found.paragraphs if one.style.name == "Title"]
    headings = [one.text for one in found.paragraphs if one.style.name == "Heading 1"]
    captions = [one.text for one in found.paragraphs if one.style.name == "Caption"]
    assert [one.text for one in titles] == ["Title", "Appendix"]
    assert titles[1].paragraph_format.page_break_before
    assert headings == ["1  Text", "A  More"]
    assert captions == ["Table 1  T", "Table A1  T"]


def test_long_lists_of_the_appendix_name_their_sheet():
    """A list of more than 30 rows is one line where the workbook is written, else a table."""
    rows = tuple(Row(f"r{at}", (Cell(0.5),)) for at in range(31))
    long = Table("t", "Ranks", (Column("c", "Rank"),), rows)
    found = Document("Title", (DocumentSection("a", "More", (long,), "appendix"),))
    files = {
        formats: write_report(found, formats=formats, languages=("en",))["report.docx"]
        for formats in (("docx",), ("docx", "xlsx"))
    }

    alone, beside = (docx.Document(io.BytesIO(content)) for content in files.values())
    assert len(alone.tables) == 1
    assert len(beside.tables) == 0
    assert beside.paragraphs[-1].text == (
        "Table A1: Ranks (31 rows). See sheet “Table A1” of tables.xlsx."
    )


def test_a_text_with_prose_leaves_the_sentences_beside_tables_to_the_page():
    """Under the profile of a paper prose says what a table shows; without it the sentences stand."""
    table = replace(_of_width(2), reading=("It rose.",), part="text")
    told, silent = (
        Document("Title", (DocumentSection("s", "Text", blocks),), profile="paper")
        for blocks in ((Paragraph("Prose."), table), (table,))
    )

    assert "It rose." not in {one.text for one in opened(told).paragraphs}
    assert "It rose." in {one.text for one in opened(silent).paragraphs}


def test_figures_are_pictures_with_captions():
    """A chart is a picture over its caption."""
    chart = scores_over_time("o", "Over time", four_scores(), score="Score")
    found = opened(document(chart))

    assert len(found.inline_shapes) == 1
    assert any("Over time" in p.text for p in found.paragraphs if p.style.name == "Caption")


def test_simulated_data_are_marked_on_every_page(table):
    """The word stands in the header and in each caption."""
    found = opened(document(table, simulated=True))

    assert found.sections[0].header.paragraphs[0].text == "(simulated data)"
    assert any("Baseline (simulated data)" in p.text for p in found.paragraphs)


def test_each_language_is_a_document_and_the_same_each_time(table):
    """The first language has the plain name; no clock stands in the file."""
    first, second = (written(document(table), ("zh", "en")) for _ in range(2))

    assert list(first) == ["report.docx", "report.en.docx"]
    assert first == second


def test_words_are_in_two_languages_and_nothing_tells_the_time(table):
    """A spelling checker takes Latin words for English and the others for Chinese; no part bears a date of its own."""
    file = zipfile.ZipFile(io.BytesIO(written(document(table))["report.docx"]))
    styles = file.read("word/styles.xml").decode()
    normal = re.search(r'<w:style [^>]*w:styleId="Normal".*?</w:style>', styles, re.DOTALL)

    (found,) = re.findall(r"<w:lang [^>]*/>", normal[0])
    assert dict(re.findall(r'w:(\w+)="([^"]*)"', found)) == {"val": "en-US", "eastAsia": "zh-CN"}
    assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
