"""The pages of the Word document of the example `oecd`: what stands in the text, what in the appendix."""

from __future__ import annotations

import shutil

import pytest

from cli_runner import call
from papers import W, pages_of, parts_of, without_appendix
from word_fields import fields_of, loose_references

pytestmark = pytest.mark.long

TEXT, APPENDIX = range(2)
CHAPTERS = {
    "report.en.docx": ["In brief", "Abstract", "Data", "Method", "Efficiency", "Effects", "Mechanism", "Heterogeneity"],
    "report.docx": ["要点", "摘要", "数据", "方法", "效率", "影响因素", "作用机制", "异质性分析"],
}  # fmt: skip
LAST = {"report.en.docx": ["Pathways", "Limits", "References"], "report.docx": ["路径", "局限", "参考文献"]}  # fmt: skip


@pytest.fixture(scope="module")
def documents(oecd, tmp_path_factory):
    """The example written as Word documents."""
    folder = tmp_path_factory.mktemp("pages") / "oecd"
    shutil.copytree(oecd, folder)
    study = folder / "study.yaml"
    text = study.read_text("utf-8").replace("formats: [html, xlsx]", "formats: [html, xlsx, docx]")
    study.write_text(text, "utf-8")
    call("run", study, "--lang", "en")
    return folder / "results"


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_text_has_the_chapters_of_a_paper(documents, name):
    """In their order, and numbered; the appendix has letters."""
    text, appendix = parts_of(documents / name)

    assert [one.split("  ")[-1] for one in text.headings] == CHAPTERS[name] + LAST[name]
    numbers = [one.split("  ")[0] for one in text.headings[2:-1]]
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
    assert [one[0] for one in appendix.headings] == list("ABCDEFGHIJ"[: len(appendix.headings)])


@pytest.mark.parametrize("name", CHAPTERS)
def test_few_exhibits_stand_in_the_text(documents, name):
    """At most twelve tables and six figures; the appendix holds no list of more than thirty rows."""
    text, appendix = parts_of(documents / name)

    assert 5 <= len(text.tables) <= 12
    assert 2 <= len([kind for kind in text.kinds if kind == "picture"]) <= 6
    assert len(appendix.tables) > len(text.tables)
    for table in appendix.tables:
        rows = [one for one in table if one.tag == f"{W}tr"]
        is_list = not any("(" in (one.text or "") for one in table.iter(f"{W}t"))
        assert not is_list or len(rows) <= 32


@pytest.mark.parametrize("name", CHAPTERS)
def test_captions_stand_above_tables_and_below_figures(documents, name):
    """No row is split over pages, and headings are repeated."""
    for part in parts_of(documents / name):
        kinds = part.kinds
        for at, kind in enumerate(kinds):
            if kind == "table":
                assert kinds[at - 1] == "caption"
            if kind == "picture":
                assert kinds[at + 1] == "caption"
        for table in part.tables:
            rows = [one for one in table if one.tag == f"{W}tr"]
            assert all(next(row.iter(f"{W}cantSplit"), None) is not None for row in rows)
            assert next(rows[0].iter(f"{W}tblHeader"), None) is not None


@pytest.mark.parametrize("name", CHAPTERS)
def test_updating_the_fields_changes_nothing(documents, name):
    """Captions count on over tables that stand in the workbook, and each reference is a field to its caption."""
    found = fields_of((documents / name).read_bytes())

    assert found.differences() == []
    assert list(loose_references(found)) == []
    assert len(found.of("SEQ")) > 45
    assert len(found.of("REF")) > 12


@pytest.mark.parametrize("name", CHAPTERS)
def test_pages(documents, name, tmp_path):
    """Six to ten pages of text, at most fifteen of appendix, as LibreOffice lays them out."""
    whole = pages_of(documents / name, tmp_path)
    without_appendix(documents / name, tmp_path / f"text_{name}")
    text = pages_of(tmp_path / f"text_{name}", tmp_path)

    assert 6 <= text <= 10
    assert whole - text <= 15
