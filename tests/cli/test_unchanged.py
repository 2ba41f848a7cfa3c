"""A run of a study in which nothing has changed: it says the same and does nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cli_runner import attempt, call
from made_everything import places, write_study
from xinzhi.work import results

pytestmark = pytest.mark.long

AGAIN = "Nothing has changed since the last run"
STUDY = """\
title: Two cities
sources: {data: {file: data.csv, entity: city, period: year}}
panel: {from: data}
efficiency: {e: {inputs: [x], good_outputs: [y]}}
variables: {e: {from: e}}
describe: {variables: [e]}
report: {formats: [md], languages: [en]}
"""
DATA = "city,year,x,y\nA,2001,1,1\nB,2001,2,1\nC,2001,3,2\nA,2002,1,2\nB,2002,2,2\nC,2002,2,3\n"


@pytest.fixture
def study(tmp_path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "data.csv").write_text(DATA, encoding="utf-8")
    call("run", folder, "--lang", "en")
    return folder


def files_in(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_says_the_same_and_touches_no_file(tmp_path, lang):
    """Every word on stdout, every notice, the exit code; not one file is written."""
    study = write_study(tmp_path, places())
    first = attempt("run", study, "--lang", lang)
    before = files_in(study.parent / "results")

    again = attempt("run", study, "--lang", lang)

    assert (again.code, again.stdout) == (first.code, first.stdout)
    assert files_in(study.parent / "results") == before
    notices = [line for line in first.stderr.splitlines() if line.startswith("!")]
    assert notices
    assert [line for line in again.stderr.splitlines() if line.startswith("!")] == notices


def test_the_other_language_is_kept_too(study):
    """A run in English serves a person who reads Chinese."""
    told = call("run", study, "--lang", "zh")
    assert AGAIN not in told.stderr
    assert "结果" in told.stderr
    assert "没有任何变化" in told.stderr
    assert "结果位置" in told.stdout


def change_study(folder):
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# a comment\n", encoding="utf-8")


def change_data(folder):
    path = folder / "data.csv"
    path.write_text(DATA.replace("2,1\n", "4,1\n"), encoding="utf-8")


def add_a_file(folder):
    (folder / "more.csv").write_text(DATA, encoding="utf-8")


def change_a_result(folder):
    path = folder / "results" / "scores.csv"
    path.write_text("mine", encoding="utf-8")


def remove_a_result(folder):
    (folder / "results" / "results.json").unlink()


def damage_the_record(folder):
    path = folder / "results" / "store" / f"{results.KEY}.npz"
    path.write_bytes(path.read_bytes()[:-1])


def write_another_format(folder):
    call("report", "--study", folder, "--format", "tex")


@pytest.mark.parametrize(
    "change",
    [
        change_study,
        change_data,
        add_a_file,
        change_a_result,
        remove_a_result,
        damage_the_record,
        write_another_format,
    ],
)
def test_any_change_leads_to_a_run(study, change):
    """Then, once more, to none."""
    assert AGAIN in call("run", study, "--lang", "en").stderr
    change(study)
    assert AGAIN not in call("run", study, "--lang", "en").stderr
    assert AGAIN in call("run", study, "--lang", "en").stderr


def test_another_program_runs_again(study, monkeypatch):
    """One changed byte of the package, another version of a library."""
    monkeypatch.setattr(results, "program", lambda: "another")
    assert AGAIN not in call("run", study, "--lang", "en").stderr


def test_a_copy_of_the_folder_runs_again(study, tmp_path):
    """Paths are part of what a run rests on."""
    copy = tmp_path / "copy"
    shutil.copytree(study, copy)
    assert AGAIN not in call("run", copy, "--lang", "en").stderr


def test_a_part_of_a_study_is_no_last_run(study):
    """`--only` writes other results; the next whole run writes all."""
    call("run", study, "--only", "e", "--lang", "en")
    assert AGAIN not in call("run", study, "--lang", "en").stderr


def test_a_study_that_was_saved_during_the_run_is_run_again(study, monkeypatch):
    """What was read and what lies there now are not the same."""
    change_data(study)
    monkeypatch.setattr(results.Inputs, "are_unchanged", lambda _: False)
    call("run", study, "--lang", "en")
    monkeypatch.undo()
    assert AGAIN not in call("run", study, "--lang", "en").stderr


def test_an_analysis_that_failed_is_tried_again(study):
    """An exit code of 1 is never taken from memory."""
    text = STUDY.replace("describe:", "groups: {g: {column: nowhere}}\ndescribe:")
    text = text.replace("report:", "transitions: {t: {of: e}}\nreport:")
    (study / "study.yaml").write_text(text, encoding="utf-8")
    first = attempt("run", study, "--lang", "en")
    assert first.code == 1
    assert AGAIN not in attempt("run", study, "--lang", "en").stderr
