"""A Word file of the user whose look the Word documents take: what stays of it, and what is refused."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from hashlib import sha256

import docx
import pandas as pd
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from cli_runner import call
from word_fields import fields_of
from xinzhi.report.formats.docx_style import open_word, styles_of
from xinzhi.study.file.load import load
from xinzhi.study.file.step_inputs import files_read
from xinzhi.study.template import LARGEST, MEGABYTE, read_template
from xinzhi_core.errors import DataError, SpecError
from xinzhi_core.wording import say

STUDY = """\
title: {zh: 研究, en: A study}
simulated: true
sources: {d: {file: d.csv, entity: city, period: year}}
panel: {from: d}
variables: {y: {column: y, label: {zh: 产出, en: Output}}}
describe: {variables: [y]}
report: {languages: [en, zh], formats: [html, docx], template: journal.docx}
"""
AGAIN = "Nothing has changed since the last run"


def template() -> docx.document.Document:
    """Make the template of a journal: letters, margins, header, footer, numbered headings, a style of tables."""
    word = docx.Document()
    word.add_paragraph("Text of the journal that nobody asked for.")
    word.core_properties.author = "The journal"
    section = word.sections[0]
    section.page_width, section.page_height = Mm(170), Mm(240)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header.paragraphs[0].text = "Journal of Cities"
    section.footer.paragraphs[0].text = "ISSN 0000"
    section.different_first_page_header_footer = True
    section.first_page_header.paragraphs[0].text = "First page"
    normal = word.styles["Normal"]
    normal.font.name, normal.font.size = "Garamond", Pt(12)
    normal.paragraph_format.first_line_indent = Mm(8)
    normal.paragraph_format.line_spacing = Pt(20)
    word.styles["Heading 1"].font.size = Pt(21)
    numbers = word.styles["Heading 1"].element.get_or_add_pPr().get_or_add_numPr()
    numbers.get_or_add_numId().val = 1
    word.styles["Caption"].font.name = "Arial"
    word.styles.add_style("三线表", WD_STYLE_TYPE.TABLE)
    return word


def saved(word, path):
    word.save(str(path))
    return path


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Run a study with the template."""
    folder = tmp_path_factory.mktemp("template")
    rows = [(f"c{i}", 2000 + t, i + t * t) for i in range(3) for t in range(3)]
    pd.DataFrame(rows, columns=["city", "year", "y"]).to_csv(folder / "d.csv", index=False)
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "text").mkdir()
    (folder / "text" / "introduction.en.txt").write_text("Mine.", encoding="utf-8")
    saved(template(), folder / "journal.docx")
    call("run", folder / "study.yaml", "--quiet", "--lang", "en")
    return folder


@pytest.fixture(scope="module", params=["report.docx", "report.zh.docx"])
def written(request, study):
    """Give the Word document of each language."""
    return docx.Document(str(study / "results" / request.param))


def test_the_look_of_the_template_stays(written):
    """Styles, size and margins of the page, header and footer, with the mark of simulated data beside them."""
    section, styles = written.sections[0], written.styles

    assert (styles["Normal"].font.name, styles["Normal"].font.size) == ("Garamond", Pt(12))
    assert styles["Heading 1"].font.size == Pt(21)
    assert styles["Caption"].font.name == "Arial"
    assert (round(section.page_width.mm), round(section.left_margin.mm)) == (170, 30)
    assert section.header.paragraphs[0].text == "Journal of Cities"
    assert section.header.paragraphs[-1].text in ("(simulated data)", "（模拟数据）")
    assert section.first_page_header.paragraphs[0].text == "First page"
    assert len(section.first_page_header.paragraphs) == 2
    assert [p.text for p in section.footer.paragraphs] == ["ISSN 0000"]


def test_nothing_of_its_text_is_printed(study, written):
    """Nor is its author named; the file itself is as it was."""
    assert not any("nobody asked" in p.text for p in written.paragraphs)
    assert written.core_properties.author == ""
    assert docx.Document(str(study / "journal.docx")).paragraphs[0].text.startswith("Text of")


def test_a_template_that_numbers_headings_numbers_the_chapters(written):
    """Those of the text once, and not abstract, references and appendix."""
    headings = [p for p in written.paragraphs if p.style.name == "Heading 1"]
    without = [p.text for p in headings if p._p.xpath("./w:pPr/w:numPr/w:numId[@w:val='0']")]
    counted = [p.text for p in headings if p.text not in without]

    assert counted[0] in ("Introduction", "Data", "数据", "引言")
    assert not any(text[:1].isdigit() for text in counted)
    assert any(text.startswith("A  ") for text in without)


def test_tables_fit_the_page_and_have_the_style_of_the_template(written):
    """Its rules stand for ours, and the width is that between its margins."""
    table = written.tables[0]
    width = sum(int(g.get(qn("w:w"))) for g in table._tbl.tblGrid.iter(qn("w:gridCol")))

    assert table.style.name == "三线表"
    assert width <= Mm(125).twips
    assert not table.rows[0]._tr.xpath(".//w:top[@w:sz='12']")
    assert table._tbl.xpath(".//w:p/w:pPr/w:ind/@w:firstLineChars")[0] == "0"


def test_pictures_and_notes_do_not_inherit_what_would_cut_them(written):
    """Lines of one height would cut a picture, an indent would push it; letters are those of the template."""
    for name in ("Figure", "Note", "Equation"):
        style = written.styles[name]
        assert style.element.pPr.spacing.get(qn("w:lineRule")) == "auto"
        assert style.element.pPr.ind.get(qn("w:firstLineChars")) == "0"
        assert style.base_style.name == "Normal"
        assert style.element.rPr.rFonts is None


def test_the_template_is_an_input_of_the_run(study):
    """With its digest; it is among the files that are never written."""
    run = json.loads((study / "results/run.json").read_text("utf-8"))
    (entry,) = [one for one in run["inputs"] if one["source"] == "report.template"]
    file = study / "study.yaml"

    assert entry["file"] == "journal.docx"
    assert entry["sha256"] == sha256((study / "journal.docx").read_bytes()).hexdigest()
    assert study / "journal.docx" in files_read(load(file), file)


@pytest.mark.long
def test_another_template_begins_a_run_anew(study, tmp_path):
    """And only the documents differ: nothing is computed again."""
    shutil.copytree(study, tmp_path / "s")

    def run():
        done = call("run", tmp_path / "s" / "study.yaml", "--lang", "en")
        return done.stdout + done.stderr

    run()
    again = run()
    word = template()
    word.styles["Normal"].font.size = Pt(9)
    saved(word, tmp_path / "s" / "journal.docx")
    changed = run()

    assert AGAIN in again
    assert AGAIN not in changed
    after = docx.Document(str(tmp_path / "s" / "results" / "report.docx"))
    assert after.styles["Normal"].font.size == Pt(9)
    stages = json.loads((tmp_path / "s/results/run.json").read_text("utf-8"))["stages"]
    assert not any(stage["computed"] for stage in stages)


def test_references_are_fields_in_a_template_too(study):
    """Its styles change nothing of that."""
    found = fields_of((study / "results" / "report.docx").read_bytes())

    assert found.differences() == []
    assert found.of("REF")


def remove(word, *names):
    for style in [s for s in word.styles if s.name in names]:
        style.element.getparent().remove(style.element)


def test_a_style_that_is_missing_is_told(tmp_path):
    """By the name that Word gives it in each language; the document has its own."""
    word = template()
    remove(word, "Caption", "Heading 2")
    found = read_template(saved(word, tmp_path / "t.docx"), "t.docx")

    (notice,) = found.notices
    assert notice.code == "report.template_styles"
    assert str(notice.text) == (
        "The template 't.docx' does not define these styles, for which the Word document has its own: "
        "Heading 2, Caption."
    )
    assert (
        say(notice.text, "zh")
        == "模板“t.docx”未定义以下样式，Word 文档对其采用自带样式：标题 2、题注。"
    )


def test_a_style_of_another_kind_under_the_name_does_not_count(tmp_path):
    """A style of characters cannot be that of a paragraph: the document gets one beside it."""
    word = template()
    remove(word, "Caption")
    word.styles.add_style("Caption", WD_STYLE_TYPE.CHARACTER)
    word.styles.add_style("note", WD_STYLE_TYPE.CHARACTER)
    found = read_template(saved(word, tmp_path / "t.docx"), "t.docx")
    word = open_word(10, found)
    styles = styles_of(word)
    ids = [style.style_id for style in word.styles]

    assert found.missing == ("Caption",)
    assert styles["Caption"].type == styles["Note"].type == WD_STYLE_TYPE.PARAGRAPH
    assert len(ids) == len(set(ids))


def test_two_columns_become_one_and_that_is_told(tmp_path):
    """Tables of a report need the width of the page."""
    word = template()
    word.sections[0]._sectPr.xpath("./w:cols")[0].set(qn("w:num"), "2")
    found = read_template(saved(word, tmp_path / "t.docx"), "t.docx")

    assert [str(notice.text) for notice in found.notices] == [
        "The pages of the template 't.docx' have 2 columns of text; the Word document has one, as its tables need the width."
    ]
    assert [say(notice.text, "zh") for notice in found.notices] == [
        "模板“t.docx”的页面分为 2 栏；因表格需要整页宽度，Word 文档只用一栏。"
    ]
    assert not open_word(10, found).sections[0]._sectPr.xpath("./w:cols")


def test_what_only_its_text_used_is_left_behind(tmp_path):
    """Pictures and comments of the template are in no report, and so in nobody's hands."""
    word = template()
    word.add_comment(word.paragraphs[0].runs, text="Secret.", author="Referee", initials="R")
    found = read_template(saved(word, tmp_path / "t.docx"), "t.docx")
    open_word(10, found).save(str(tmp_path / "o.docx"))

    names = zipfile.ZipFile(tmp_path / "o.docx").namelist()
    assert "word/comments.xml" in zipfile.ZipFile(tmp_path / "t.docx").namelist()
    assert not [name for name in names if "comments" in name]
    assert [name for name in names if "header" in name]


def altered(path, change):
    """Write a document again with other parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_a_template_of_word_is_read_as_well(tmp_path):
    """A .dotx differs in the type of one part; the report is a document."""

    def change(parts):
        types = parts["[Content_Types].xml"]
        parts["[Content_Types].xml"] = types.replace(b"document.main+xml", b"template.main+xml")

    path = altered(saved(template(), tmp_path / "t.dotx"), change)
    found = read_template(path, "t.dotx")

    assert found.missing == ()
    assert docx.Document(io.BytesIO(found.content)).styles["Normal"].font.name == "Garamond"


def with_macros(parts):
    parts["word/vbaProject.bin"] = b"x"


def of_macros(parts):
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )


def of_a_workbook(parts):
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(
        b"wordprocessingml.document", b"spreadsheetml.sheet"
    )


def without_types(parts):
    del parts["[Content_Types].xml"]


def cut(parts):
    parts["word/styles.xml"] = parts["word/styles.xml"][:500]


def without_page(parts):
    body = parts["word/document.xml"]
    parts["word/document.xml"] = body[: body.index(b"<w:sectPr")] + b"</w:body></w:document>"


def large(parts):
    parts["word/media/x.png"] = bytes((LARGEST + 1) * MEGABYTE)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (with_macros, "report.template_macros"),
        (of_macros, "report.template_macros"),
        (of_a_workbook, "report.template"),
        (without_types, "report.template"),
        (cut, "report.template_damaged"),
        (without_page, "report.template_damaged"),
        (large, "report.template_size"),
    ],
)
def test_what_cannot_be_a_template_is_refused(tmp_path, change, code):
    """With its name, the key, and what to do."""
    path = altered(saved(template(), tmp_path / "t.docx"), change)
    with pytest.raises(DataError) as caught:
        read_template(path, "folder/t.docx")

    (problem,) = caught.value.problems
    assert problem.code == code
    assert (problem.where.file, problem.where.key) == ("t.docx", "report.template")
    assert str(problem.remedy)


@pytest.mark.parametrize(
    "content", [b"", b"plain text", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99, b"PK\x03\x04"]
)
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    """An older .doc, too: it says to save it as .docx."""
    (tmp_path / "t.docx").write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_template(tmp_path / "t.docx", "t.docx")

    (problem,) = caught.value.problems
    assert problem.code == "report.template"
    assert str(problem.what) == "'t.docx' is not a Word document."


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_template_that_is_not_there_is_told_before_anything_is_computed(study, tmp_path, command):
    """What, where, and what to do."""
    for name in ("study.yaml", "d.csv"):
        shutil.copy(study / name, tmp_path / name)
    done = call(command, tmp_path / "study.yaml", "--lang", "en", code=1)

    said = done.stdout + done.stderr
    assert "journal.docx" in said
    assert "report.template" in said
    assert not (tmp_path / "results" / "report.html").exists()


def test_a_template_without_a_word_document_is_refused(tmp_path):
    """It would have no effect."""
    (tmp_path / "study.yaml").write_text(STUDY.replace("[html, docx]", "[html]"), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load(tmp_path / "study.yaml")

    assert "no Word document is written" in str(caught.value)
