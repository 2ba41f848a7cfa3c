"""Chapters of the author's own text: headings to fill, and texts that each run prints and none changes."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from docx import Document as Word

from cli_runner import call
from xinzhi.study.file.load import load
from xinzhi.study.file.step_inputs import files_read
from xinzhi.study.texts import CHAPTERS, read_texts, text_files, text_name
from xinzhi_core.errors import DataError
from xinzhi_core.wording import say

STUDY = """\
title: {zh: 研究, en: A study}
sources: {d: {file: d.csv, entity: city, period: year}}
panel: {from: d}
variables: {y: {column: y, label: {zh: 产出, en: Output}}}
describe: {variables: [y]}
report: {languages: [zh, en], formats: [html, docx, md, tex]}
"""
TEXTS = {
    "text/introduction.zh.txt": "　　第一段。\n\n第二段 <b> & 100%，*R*²_x。\r\n",
    "text/introduction.en.txt": "One paragraph.\n",
    "text/hypotheses.zh.txt": "",
    "text/hypotheses.en.txt": "H1 is expected.",
    "text/literature.zh.txt": "\n   \n",
}
HINT = {
    "zh": "待撰写：请写入研究文件夹中的 text/{}.zh.txt，每行为一段。没有该文件时，报告不列此章。",
    "en": "To be written: text/{}.en.txt in the folder of the study, each line a paragraph. Without that file "
    "the report has no such chapter.",
}
AGAIN = "Nothing has changed since the last run"


def write(folder, texts):
    """Write files of chapters, as an editor on Windows does."""
    (folder / "text").mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8-sig"))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Run a study twice: the second run reads what the first one left."""
    folder = tmp_path_factory.mktemp("chapters")
    rows = [(f"c{i}", 2000 + t, i + t * t) for i in range(3) for t in range(3)]
    pd.DataFrame(rows, columns=["city", "year", "y"]).to_csv(folder / "d.csv", index=False)
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    write(folder, TEXTS)
    before = {path: path.read_bytes() for path in (folder / "text").iterdir()}
    call("run", folder / "study.yaml", "--quiet", "--set", "report.formats=[md]")
    call("run", folder / "study.yaml", "--quiet")
    assert {path: path.read_bytes() for path in (folder / "text").iterdir()} == before
    return folder


def outline(folder, name):
    """List the paragraphs of a Word file in order, headings among them."""
    word = Word(io.BytesIO((folder / "results" / name).read_bytes()))
    return [one.text for one in word.paragraphs]


def test_chapters_stand_in_the_order_of_a_paper_and_are_counted(study):
    """Introduction, literature and hypotheses before the data; a chapter without a file is not there."""
    english, chinese = outline(study, "report.en.docx"), outline(study, "report.docx")

    heads = ["1  Introduction", "2  Literature", "3  Theory and hypotheses", "4  Data"]
    assert [one for one in english if one in heads] == heads
    heads = ["1  引言", "2  文献综述", "3  理论分析与研究假设", "4  数据"]
    assert [one for one in chinese if one in heads] == heads
    assert not any("Conclusion" in one for one in english)


def test_the_text_of_the_author_is_printed_as_it_is_in_every_format(study):
    """A line is a paragraph without what indents it; signs of a format are only text."""
    chinese, english = outline(study, "report.docx"), outline(study, "report.en.docx")
    at = chinese.index("1  引言")
    assert chinese[at + 1 : at + 4] == ["第一段。", "第二段 <b> & 100%，*R*²_x。", "2  文献综述"]
    at = english.index("1  Introduction")
    # This language has fewer paragraphs: no empty one stands for them.
    assert english[at + 1 : at + 3] == ["One paragraph.", "2  Literature"]
    assert english[english.index("3  Theory and hypotheses") + 1] == "H1 is expected."

    results = study / "results"
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "第二段 &lt;b&gt; &amp; 100%，*R*²_x。" in page
    assert "One paragraph." in page
    assert r"第二段 \<b\> \& 100%，\*R\*²\_x。" in (results / "report.md").read_text("utf-8")
    assert r"第二段 \textless{}b\textgreater{} \& 100\%，{*}R{*}\textsuperscript{2}\_x。" in (
        results / "report.tex"
    ).read_text("utf-8")
    assert "\n\nOne paragraph.\n\n## 2" in (results / "report.en.md").read_text("utf-8")


def test_a_chapter_without_a_text_says_where_it_is_written(study):
    """In each language that has none, whether the file is empty, blank or not there."""
    chinese, english = outline(study, "report.docx"), outline(study, "report.en.docx")

    assert chinese[chinese.index("3  理论分析与研究假设") + 1] == HINT["zh"].format("hypotheses")
    assert HINT["en"].format("hypotheses") not in english
    assert chinese[chinese.index("2  文献综述") + 1] == HINT["zh"].format("literature")
    assert english[english.index("2  Literature") + 1] == HINT["en"].format("literature")


def test_the_conclusion_stands_before_the_references(study, tmp_path):
    """Behind the limits of the study."""
    for name in ("study.yaml", "d.csv"):
        (tmp_path / name).write_bytes((study / name).read_bytes())
    write(tmp_path, {text_name("conclusion", "en"): "The end."})
    call("run", tmp_path / "study.yaml", "--quiet", "--set", "report.formats=[md]")

    text = (tmp_path / "results" / "report.en.md").read_text("utf-8")
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    at = next(n for n, head in enumerate(heads) if "Conclusion" in head)
    assert "The end." in text
    assert not any("References" in head for head in heads[:at])
    assert any("Data" in head for head in heads[:at])


@pytest.mark.long
def test_a_run_begins_anew_where_a_text_was_changed_added_or_removed(study, tmp_path):
    """What is on the screen must be what stands in the report."""
    for name in ("study.yaml", "d.csv"):
        (tmp_path / name).write_bytes((study / name).read_bytes())
    words = ("run", tmp_path / "study.yaml", "--lang", "en", "--set", "report.formats=[md]")

    def run():
        told = call(*words).stderr
        return AGAIN in told, (tmp_path / "results" / "report.en.md").read_text("utf-8")

    assert not run()[0]
    assert run()[0]
    write(tmp_path, {text_name("conclusion", "en"): "First."})
    again, text = run()
    assert not again
    assert "First." in text
    write(tmp_path, {text_name("conclusion", "en"): "Second."})
    again, text = run()
    assert not again
    assert "Second." in text
    (tmp_path / text_name("conclusion", "en")).unlink()
    again, text = run()
    assert not again
    assert "Conclusion" not in text


def test_a_changed_vocabulary_of_ones_own_begins_a_run_anew(study, tmp_path):
    """It is among the files that a study reads, as texts are."""
    for name in ("study.yaml", "d.csv"):
        (tmp_path / name).write_bytes((study / name).read_bytes())
    (tmp_path / "vocabulary.csv").write_text("id,zh\nrice,稻谷产量\n", encoding="utf-8")
    write(tmp_path, {text_name("introduction", "zh"): "一"})
    file = tmp_path / "study.yaml"

    assert files_read(load(file), file) == (
        *(file, tmp_path / "d.csv", tmp_path / "vocabulary.csv"),
        tmp_path / "text" / "introduction.zh.txt",
    )


def test_a_file_of_another_name_is_told_of(tmp_path):
    """A slip in a name must not lose a chapter; what programs leave in a folder is nobody's."""
    write(tmp_path, {"text/introduction.txt": "Mine.", "text/~$x.txt": "", "text/.x": ""})
    read = read_texts(tmp_path, ("zh", "en"))

    assert read.chapters == {}
    (notice,) = read.notices
    assert notice.code == "report.unknown_text"
    assert str(notice.text) == (
        "No report prints introduction.txt in the folder `text`: the files of chapters are "
        "introduction.zh.txt, literature.zh.txt, hypotheses.zh.txt, conclusion.zh.txt."
    )
    assert say(notice.text, "zh") == (
        "文件夹 `text` 中的 introduction.txt 不会印入报告：各章的文件名为 introduction.zh.txt、"
        "literature.zh.txt、hypotheses.zh.txt、conclusion.zh.txt。"
    )


def test_a_report_in_one_language_needs_the_files_of_that_language(tmp_path):
    """A text in the other one prints nothing, and asks for nothing."""
    write(tmp_path, {"text/introduction.en.txt": "Mine.", "text/conclusion.zh.txt": "完。"})
    chapters = read_texts(tmp_path, ("zh",)).chapters

    assert {key: [say(one, "zh") for one in texts] for key, texts in chapters.items()} == {
        "conclusion": ["完。"]
    }


def test_a_text_may_be_in_the_encoding_of_an_older_windows(tmp_path):
    """GB 18030; what is neither that nor UTF-8 is refused by name."""
    write(tmp_path, {})
    file = tmp_path / text_name("literature", "zh")
    file.write_bytes("关于绿色效率的文献很多。\n本文有所不同。".encode("gb18030"))
    assert [say(one, "zh") for one in read_texts(tmp_path, ("zh",)).chapters["literature"]] == [
        "关于绿色效率的文献很多。",
        "本文有所不同。",
    ]
    file.write_bytes(b"\xff\x00\xfe\x00\x00\x01")
    with pytest.raises(DataError) as refused:
        read_texts(tmp_path, ("zh",))
    assert refused.value.problems[0].where.file == "text/literature.zh.txt"


def test_the_files_of_chapters_are_listed_in_their_order(tmp_path):
    """Those that are there, the chapters as in a paper."""
    assert CHAPTERS == ("introduction", "literature", "hypotheses", "conclusion")
    write(tmp_path, dict.fromkeys(("text/conclusion.zh.txt", "text/introduction.en.txt"), ""))

    assert [path.name for path in text_files(tmp_path)] == [
        "introduction.en.txt",
        "conclusion.zh.txt",
    ]
