"""The page of a report can be read while its other files are made; the results change once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_runner import attempt, call
from xinzhi.report.format import FORMATS
from xinzhi.work import lock
from xinzhi.work.delivery import NEW
from xinzhi.work.results import Results
from xinzhi_core.errors import Problem, ReportError
from xinzhi_core.wording import message

pytestmark = pytest.mark.long

STUDY = """\
title: Two cities
sources: {data: {file: data.csv, entity: city, period: year}}
panel: {from: data}
efficiency: {e: {inputs: [x], good_outputs: [y]}}
variables: {e: {from: e}}
describe: {variables: [e]}
report: {formats: [md, xlsx, html], languages: [en]}
"""
DATA = "city,year,x,y\nA,2001,1,1\nB,2001,2,1\nC,2001,3,2\nA,2002,1,2\nB,2002,2,2\nC,2002,2,3\n"


@pytest.fixture
def study(tmp_path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "data.csv").write_text(DATA, encoding="utf-8")
    return folder


@pytest.fixture
def at_the_workbook(monkeypatch):
    """Do something when the workbook is to be written."""

    def arrange(action):
        made = FORMATS.get("xlsx")
        found = type(FORMATS).get

        class Watched:
            pictures, is_first = made.pictures, made.is_first

            @staticmethod
            def write(document, setting):
                action()
                return made.write(document, setting)

        monkeypatch.setattr(
            type(FORMATS),
            "get",
            lambda self, name, **rest: Watched if name == "xlsx" else found(self, name, **rest),
        )

    return arrange


def test_the_page_is_whole_before_the_other_files_are_made(study, at_the_workbook):
    """Its place is printed; the results folder holds nothing of the run yet."""
    seen = {}

    def look():
        results = study / "results"
        seen["page"] = (results / NEW / "report.html").read_bytes()
        seen["files"] = sorted(path.name for path in results.iterdir() if path.is_file())

    at_the_workbook(look)

    told = call("run", study, "--lang", "en").stderr

    assert (
        f"The report can be read while the other files are made: {study}/results/{NEW}/report.html"
        in told
    )
    assert seen["page"] == (study / "results" / "report.html").read_bytes()
    assert not {"report.html", "tables.xlsx", "results.json"} & set(seen["files"])
    assert not (study / "results" / NEW).exists()


def test_a_run_that_fails_later_leaves_no_page(study, at_the_workbook):
    """The results stay as they are, and nothing lies beside them."""
    call("run", study)
    before = {p: p.read_bytes() for p in (study / "results").glob("*") if p.is_file()}
    (study / "study.yaml").write_text(STUDY + "# changed\n", encoding="utf-8")

    def fail():
        raise ReportError(Problem("write.failed", message("No room.")))

    at_the_workbook(fail)

    failed = attempt("run", study, "--lang", "en")

    assert failed.code
    assert "can be read" in failed.stderr
    assert "they are as before" in failed.stderr
    assert {p: p.read_bytes() for p in (study / "results").glob("*") if p.is_file()} == before
    assert not (study / "results" / NEW).exists()


def test_a_full_disk_shows_no_page_early(study, monkeypatch):
    """Where there is no room for it the run goes on and says nothing of it."""
    monkeypatch.setattr(lock, "make", _full(lock.make))

    told = call("run", study, "--lang", "en").stderr

    assert "can be read" not in told
    assert (study / "results" / "report.html").exists()


def _full(make):
    failed = []

    def once(place):
        if place.name == NEW and not failed:
            failed.append(place)
            raise OSError(28, "No space left on device")
        make(place)

    return once


def test_what_somebody_else_put_there_is_not_written_into(tmp_path):
    """A link by the name of the waiting folder is not followed: the page waits under the next name."""
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / NEW).symlink_to(other)

    found = Results(tmp_path)

    assert found.show_first("report.html", b"page") == tmp_path / f"{NEW}-2" / "report.html"
    found.drop_first()
    assert list(other.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir() if path != other] == [NEW]
    assert (tmp_path / NEW).is_symlink()
