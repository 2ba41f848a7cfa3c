"""`xinzhi brief`: pages on cities from the last run, put beside the results as everything else is."""

from __future__ import annotations

import json
import re
import shutil

import docx
import pytest

from cli_runner import call
from made_cities import STUDY, cities, write_study
from papers import pages_of

SMALL = STUDY.replace("formats: [html, docx, xlsx, tex, md]", "formats: [xlsx]")


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("brief") / "study"
    write_study(folder, cities(n_cities=14, n_years=5), SMALL)
    call("run", folder, "--quiet")
    return folder


@pytest.fixture
def study(done, tmp_path):
    shutil.copytree(done, tmp_path / "study", symlinks=True)
    # Paths of the last run are those of its folder: this one is the run of another place.
    call("run", tmp_path / "study", "--quiet")
    return tmp_path / "study"


def names(folder):
    return sorted(path.name for path in (folder / "results" / "briefs").glob("*"))


def text_of(path):
    return "\n".join(p.text for p in docx.Document(str(path)).paragraphs)


@pytest.mark.long
def test_a_page_of_a_city_in_both_languages_and_forms(study):
    """The files lie in briefs/, say what the page of the report says, and the run stays the run that it was."""
    told = call("brief", study, "城05", "--lang", "en")
    results = study / "results"

    assert names(study) == ["城05.docx", "城05.en.docx", "城05.en.pdf", "城05.pdf"]
    assert [line.split("  ")[1] for line in told.stdout.splitlines()] == [
        "a page on one entity as a Word document",
        "a page on one entity as a Word document",
        "a page on one entity as PDF",
        "a page on one entity as PDF",
    ]
    rank = json.loads((results / "results.json").read_text("utf-8"))["tables"]
    assert "城05" in json.dumps(rank, ensure_ascii=False)
    words = text_of(results / "briefs" / "城05.en.docx")
    assert re.search(r"Score 0\.\d{3} in 2014: rank \d+ of 14\.", words)
    assert "How sure" in words
    assert "Pathways" in words
    assert "所处位置" in text_of(results / "briefs" / "城05.docx")
    for pdf in (results / "briefs").glob("*.pdf"):
        assert len(re.findall(rb"/Type\s*/Page[^s]", pdf.read_bytes())) == 1
    call("verify", results)
    assert "Nothing has changed" in "".join(
        getattr(call("run", study, "--lang", "en"), part) for part in ("stdout", "stderr")
    )
    assert len(names(study)) == 4


@pytest.mark.long
def test_flags_of_a_page(study, tmp_path):
    """`--language` and `--format` choose, `--all` is every city, `--out` the folder, `--dry-run` writes nothing."""
    planned = call("brief", study, "城05", "--dry-run", "--lang", "en").stdout
    assert "城05.en.pdf" in planned
    assert not (study / "results" / "briefs").exists()

    call("brief", study, "--all", "--format", "docx", "--language", "en")
    assert len(names(study)) == 14
    assert all(name.endswith(".en.docx") for name in names(study))

    shutil.move(study / "results", tmp_path / "elsewhere")
    call("brief", study, "城06", "--out", tmp_path / "elsewhere", "--format", "pdf")
    assert (tmp_path / "elsewhere" / "briefs" / "城06.pdf").is_file()


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["城5"], "did you mean '城"),
        ([], "No city is named"),
        (["城05", "--all"], "`--all` asks for all"),
        (["城05", "--format", "odt"], "no format 'odt'"),
        (["城05", "--format", ""], "no format ''"),
    ],
)
def test_what_cannot_be_written_is_refused(done, words, told):
    """Before anything is written, with what to do."""
    refused = call("brief", done, *words, "--lang", "en", code=1)

    assert told in refused.stderr
    assert not (done / "results" / "briefs").exists()


@pytest.mark.long
def test_nothing_of_the_user_is_lost(study):
    """A page that was edited is kept under another name; a file of somebody else's is not touched."""
    briefs = study / "results" / "briefs"
    call("brief", study, "城05", "--format", "docx", "--language", "zh")
    own = briefs / "城05.docx"
    own.write_bytes(b"edited by hand")
    told = call("brief", study, "城05", "--format", "docx", "--language", "zh", "--lang", "en")
    assert "your version is kept" in told.stderr
    assert (briefs / "城05.kept.docx").read_bytes() == b"edited by hand"
    assert own.read_bytes() != b"edited by hand"

    foreign = briefs / "城06.docx"
    foreign.write_bytes(b"mine")
    refused = call("brief", study, "城06", "--lang", "en", code=1)
    assert "did not write these files" in refused.stderr
    assert foreign.read_bytes() == b"mine"
    assert not (briefs / "城06.pdf").exists()


@pytest.mark.long
def test_pages_do_not_outlive_their_results(study):
    """Other results take the pages of the earlier ones away, say so, and leave an edited page."""
    call("brief", study, "城05", "城06", "--format", "docx", "--language", "zh")
    briefs = study / "results" / "briefs"
    (briefs / "城06.docx").write_bytes(b"edited by hand")
    text = (study / "study.yaml").read_text("utf-8")
    (study / "study.yaml").write_text(text.replace("HEE: 10%", "HEE: 20%"), "utf-8")
    told = call("run", study, "--lang", "en")

    assert "2 pages in briefs/" in told.stderr
    assert not (briefs / "城05.docx").exists()
    assert (briefs / "城06.kept.docx").read_bytes() == b"edited by hand"


def test_a_word_page_is_one_page_as_an_office_lays_it_out(study, tmp_path):
    """In both languages."""
    call("brief", study, "城05", "--format", "docx")
    for name in names(study):
        assert pages_of(study / "results" / "briefs" / name, tmp_path) == 1
