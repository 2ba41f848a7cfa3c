from __future__ import annotations

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from made_report import estimates, four_scores, hostile_document
from xinzhi.analyses.efficiency.charts import scores_over_time
from xinzhi.present.references import see
from xinzhi.present.regression import regression_table
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.report.document import Document, DocumentSection, Heading, Paragraph
from xinzhi.report.file_names import stems
from xinzhi.report.format import write_report
from xinzhi.report.formats.md import markdown
from xinzhi.report.formats.tex import latex
from xinzhi_core.wording import Label, message

COMMANDS = re.compile(r"\\([A-Za-z]+|.)")
OURS = {
    "textbackslash", "textasciicircum", "textasciitilde", "textless", "textgreater", "textbar",
    "char", "times", "cdot", "geq", "leq", "neq", "pm", "infty", "textsuperscript", "ldots",
    "bar", "chi", "rightarrow", "div", *"{}$&#%_",
}  # fmt: skip


def document(*blocks, **options):
    return Document("Title", (DocumentSection("s", "Section", blocks),), **options)


def written(found, kind, languages=("en",)):
    files = write_report(found, formats=[kind], languages=languages)
    return {name: content.decode() for name, content in files.items()}


@given(st.text())
def test_words_are_never_commands_of_latex(text):
    """Whatever the words, only our own commands come out, and braces are balanced."""
    found = latex(text)

    assert set(COMMANDS.findall(found)) <= OURS
    depth = 0
    for sign in re.sub(r"\\[{}]", "", found):
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert not re.search(r"(?<!\\)[%#&_]", found)


def test_a_regression_table_in_latex():
    """Booktabs rules, a spanner, errors beneath, raised stars, notes in threeparttable."""
    table = regression_table("t", "T & U", [estimates({"a_b": (-0.5, 0.2, 0.001)})])
    text = written(document(table), "tex")["tables/t.tex"]

    assert r"\caption{T \& U}\label{tab:t}" in text
    assert r"\multicolumn{1}{c}{score}" in text
    assert "a\\_b & $-$0.500\\textsuperscript{***} \\\\\n & (0.200) \\\\" in text
    assert text.index(r"\toprule") < text.index(r"\midrule") < text.index(r"\bottomrule")
    assert r"\begin{tablenotes}" in text


def test_a_report_in_latex_takes_in_its_tables():
    """Each language has its tables; the first has the plain names."""
    files = written(document(Table("a", "A", (), ()), Table("b", "B", (), ())), "tex", ("zh", "en"))

    assert "\\input{tables/a.tex}\n\n\\input{tables/b.tex}" in files["report.tex"]
    assert "xeCJK" in files["report.tex"]
    assert "\\input{tables/a.en.tex}" in files["report.en.tex"]


def paper():
    """A paper with a paragraph, a heading, a chart, a table, and a long list in its appendix."""
    few = Table("few", "Few", (Column("c", "C"),), (Row("r", (Cell(0.5),)),), part="text")
    rows = tuple(Row(f"r{at}", (Cell(0.5),)) for at in range(31))
    long = Table("long", "Ranks", (Column("c", "C"),), rows)
    chart = scores_over_time("o", "Over time", four_scores(), score="s")
    said = message("It rose{see}.", see=see("few", "o"))
    text = DocumentSection("t", "Text", (Heading("Level"), Paragraph(said), chart, few))
    more = DocumentSection("m", "More", (long,), "appendix")
    return Document("Title", (text, more), profile="chinese_journal")


def test_a_paper_in_latex():
    """Sections, numbers of exhibits in words, the appendix, bilingual captions, the sheet of a list."""
    found = write_report(paper(), formats=("tex", "pdf", "xlsx"), languages=("en",))
    text, few = (found[name].decode() for name in ("report.tex", "tables/few.tex"))

    inside = [
        "\\section{Text}",
        "\\subsection*{Level}",
        "It rose (Table 1, Figure 1).",
        "\\appendix",
    ]
    at = [text.index(one) for one in (*inside, "\\section{More}")]
    assert at == sorted(at)
    assert "\\includegraphics[width=\\linewidth]{figures/o.pdf}" in text
    assert "\\caption[Few]{Few\\\\Table~\\thetable\\quad Few}\\label{tab:few}" in few
    assert "Table A1: Ranks (31 rows). See sheet “Table A1” of tables.xlsx." in text
    assert "tables/long.tex" not in text.replace("\\input{tables/few.tex}", "")
    for one in re.findall(r"\\begin\{(\w+\*?)\}", text + few):
        assert (text + few).count(f"\\begin{{{one}}}") == (text + few).count(f"\\end{{{one}}}"), one


def test_a_paper_in_markdown():
    """Headings, numbers of exhibits in words, the appendix, bilingual captions, the sheet of a list."""
    found = write_report(paper(), formats=("md", "xlsx"), languages=("en",))
    lines = found["report.md"].decode().splitlines()

    assert [one for one in lines if one.startswith("#")] == [
        "# Title",
        "## 1  Text",
        "### Level",
        "# Appendix",
        "## A  More",
    ]
    assert "It rose (Table 1, Figure 1)." in lines
    assert any(re.fullmatch(r"\*\*表\s?1\*\* Few  ", line) for line in lines)
    assert "**Table 1** Few" in lines
    assert lines[-1] == "Table A1: Ranks (31 rows). See sheet “Table A1” of tables.xlsx."


def test_hostile_words_are_text_in_latex_and_markdown():
    """No command, no table cell, no element comes from a word of the user."""
    (tex,) = [t for n, t in written(hostile_document(), "tex").items() if "report" not in n]
    (md,) = [t for n, t in written(hostile_document(), "md").items() if "report" not in n]

    assert r"\input" not in tex
    assert not re.search(r"(?<!\\)<", md)
    rows = [line for line in md.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {3}


@given(st.text(alphabet="ab <>|*_`[]()#+-=.1\\:/@w~!&\n", max_size=30))
def test_markdown_keeps_every_sign(text):
    """Taking the backslashes away gives the words again: nothing is lost, nothing is markup."""
    found = markdown(text)

    plain = re.sub(r"\\([^A-Za-z0-9\s])", r"\1", found)
    assert plain == re.sub(r"[\x00-\x1f]+", " ", text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[<>|*_`\[\]#]", found)


def test_a_table_in_markdown():
    """Caption, headings with their spanner, numbers to the right, notes as a list."""
    table = regression_table("t", "T", [estimates({"x": (-0.5, 0.2, 0.03)})])
    lines = written(document(table), "md")["tables/t.md"].splitlines()

    assert lines[0] == "**Table 1** T"
    assert lines[2:6] == [
        "|  | score: (1) |",
        "| --- | ---: |",
        r"| x | −0.500\*\* |",
        "|  | (0.200) |",
    ]
    assert lines[-1].startswith("- ")


def test_simulated_data_are_marked_in_every_text():
    """The word stands in the caption of each format, and over each picture."""
    table = Table("a", "A", (), ())

    assert (
        r"\caption{A (simulated data)}"
        in written(document(table, simulated=True), "tex")["tables/a.tex"]
    )
    assert "A (simulated data)" in written(document(table, simulated=True), "md")["tables/a.md"]
    chart = scores_over_time("o", "O", four_scores(), score="s")
    assert "(simulated data)" in written(document(chart, simulated=True), "svg")["figures/o.svg"]


def test_pictures_are_named_by_chart_and_language():
    """Each chart is a file in each language."""
    chart = scores_over_time("over/time", "O", four_scores(), score="s")
    files = written(document(chart), "svg", ("zh", "en"))

    assert list(files) == ["figures/over_time.svg", "figures/over_time.en.svg"]


def test_an_svg_brings_the_characters_that_it_writes():
    """Chinese shows where no Chinese font is installed: the font in the file holds its words."""
    chart = scores_over_time("o", "O", four_scores(), score=Label("s", zh="绿色效率"))
    svg = written(document(chart), "svg", ("zh",))["figures/o.svg"]
    font = base64.b64decode(re.search(r"base64,([^)]+)\)", svg)[1])
    held = TTFont(io.BytesIO(font)).getBestCmap()

    assert set(map(ord, "绿色效率时期2008")) <= held.keys()


@pytest.mark.parametrize("name", ["../x", "con", "a:b", "", "x" * 300, "\u202egnp"])
def test_file_names_are_safe(name):
    """Ids of the user never leave the folder nor meet a name that a system keeps for itself."""
    (stem,) = stems([name])

    assert re.fullmatch(r"[\w-]{1,81}", stem)
    assert stem != "con"


@given(st.lists(st.text(max_size=5), max_size=8))
def test_no_two_files_share_a_name(names):
    """Names differ even where capitals count for nothing."""
    found = [stem.casefold() for stem in stems(names)]

    assert len(set(found)) == len(names)
