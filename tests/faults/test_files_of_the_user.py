"""Files of the user through the command: nothing lost, nothing mixed, nothing poisoned."""

from __future__ import annotations

import errno
import json
import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from cli_runner import attempt, call
from made_faults import faults, tree
from made_study import written
from xinzhi.study.gather import tables as reading
from xinzhi.work.results import claim

pytestmark = pytest.mark.long

MARK = ".xinzhi-results.json"


@pytest.fixture
def study(tmp_path) -> Path:
    """A small study in a folder of its own."""
    return written(tmp_path / "mine")


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> Path:
    """The same study with its results; copied before it is touched."""
    folder = written(tmp_path_factory.mktemp("done") / "mine")
    call("run", folder)
    return folder


@pytest.fixture
def ready(done, tmp_path) -> Path:
    """A study that was run, to be touched."""
    return Path(shutil.copytree(done, tmp_path / "mine"))


def numbers(folder: Path) -> str:
    return (folder / "results" / "results.json").read_text(encoding="utf-8")


def stages(folder: Path) -> dict[str, bool]:
    manifest = json.loads((folder / "results" / "run.json").read_text(encoding="utf-8"))
    return {stage["name"]: stage["computed"] for stage in manifest["stages"]}


def test_a_folder_of_the_user_keeps_what_lies_in_it(study):
    """`--out .`: README, scores, a review of the user's and the raw data stay as they are."""
    for name in ("README.md", "scores.csv", "review_2020.csv"):
        (study / name).write_text(f"my {name}", encoding="utf-8")
    before = tree(study)

    told = attempt("run", study, "--out", study, "--lang", "en")

    assert told.code == 1
    assert all(word in told.stderr for word in ("README.md", "scores.csv", "--out", "Nothing was"))
    assert "review_2020.csv" not in told.stderr  # not in the way
    assert tree(study) == before
    assert not (study / "store").exists()


def test_raw_data_with_the_name_of_a_result_are_refused_before_any_work(study):
    """A source called scores.csv in the folder of the results is named as such."""
    (study / "data.csv").rename(study / "scores.csv")
    text = (study / "study.yaml").read_text(encoding="utf-8").replace("data.csv", "scores.csv")
    (study / "study.yaml").write_text(text, encoding="utf-8")
    before = tree(study)

    told = attempt("run", study, "--out", study / "." / ".." / study.name, "--lang", "en")

    assert told.code == 1
    assert "The study reads scores.csv" in told.stderr
    assert tree(study) == before


def test_a_folder_of_the_user_takes_results_beside_his_files(study):
    """`--out .` with nothing in the way: results come, and every file of the user stays."""
    (study / "review_2020.csv").write_text("verdicts", encoding="utf-8")
    before = tree(study)

    for _ in range(2):
        call("run", study, "--out", study)
        found = tree(study)
        assert {name: found[name] for name in before} == before
        assert "tables.xlsx" in found


def test_what_the_last_study_wrote_and_this_one_does_not_is_gone(ready):
    """One study lies in the folder: no table, page or picture of the one before."""
    assert (ready / "results" / "tables").is_dir()
    (ready / "results" / "notes.txt").write_text("mine", encoding="utf-8")
    text = (ready / "study.yaml").read_text(encoding="utf-8").replace("xlsx, md", "xlsx")
    (ready / "study.yaml").write_text(text, encoding="utf-8")

    call("run", ready)

    left = {path.name for path in (ready / "results").iterdir()}
    assert "tables" not in left
    assert {"tables.xlsx", "notes.txt"} <= left


def test_a_report_that_was_edited_is_kept_and_named(ready):
    """An edit in a result is a file of the user from then on."""
    page = ready / "results" / "README.md"
    page.write_text("edited", encoding="utf-8")

    told = call("run", ready, "--lang", "en")

    assert "README.md was changed since xinzhi wrote it" in told.stderr
    assert (ready / "results" / "README.kept.md").read_text(encoding="utf-8") == "edited"
    assert "# A study" in page.read_text(encoding="utf-8")


def test_a_second_run_is_refused_and_changes_nothing(ready):
    """While another run holds the folder: who, since when; `show` only looks and may."""
    with claim(ready / "results"):
        before = tree(ready / "results")
        told = attempt("run", ready, "--lang", "en")
        assert told.code == 1
        assert f"process {os.getpid()}" in told.stderr
        assert tree(ready / "results") == before
        assert "baseline" in call("show", "--study", ready, "--lang", "en").stdout
        assert attempt("report", "--study", ready).code == 1


def test_a_source_saved_during_the_run_poisons_nothing(study, monkeypatch):
    """Numbers, digest and remembered work are those of the bytes that were read."""
    plain = (study / "data.csv").read_bytes()
    other = plain.replace(b"20,", b"21,").replace(b"27,", b"29,")
    assert other != plain
    call("run", study, "--out", study / "clean")
    read = reading.read_panel

    def saved_meanwhile(path, **words):
        (study / "data.csv").write_bytes(other)
        found = read(path, **words)
        (study / "data.csv").write_bytes(other)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(reading, "read_panel", saved_meanwhile)
        call("run", study)

    manifest = json.loads((study / "results" / "run.json").read_text(encoding="utf-8"))
    assert manifest["inputs"][0]["sha256"] == sha256(plain).hexdigest()
    assert numbers(study) == (study / "clean" / "results.json").read_text(encoding="utf-8")
    call("run", study)
    assert stages(study)["read"]
    assert numbers(study) != (study / "clean" / "results.json").read_text(encoding="utf-8")
    (study / "data.csv").write_bytes(plain)
    call("run", study)
    assert numbers(study) == (study / "clean" / "results.json").read_text(encoding="utf-8")


def entries(folder: Path) -> list[Path]:
    return sorted((folder / "results" / "store").glob("*.npz"))


def swap(folder: Path) -> None:
    first, second, *_ = entries(folder)
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)


def folders(folder: Path) -> None:
    for path in entries(folder):
        path.unlink()
        (path / "inside").mkdir(parents=True)


def store_is_a_file(folder: Path) -> None:
    shutil.rmtree(folder / "results" / "store")
    (folder / "results" / "store").write_text("x", encoding="utf-8")


def quarantine_is_a_file(folder: Path) -> None:
    (folder / "results" / "store" / "quarantine").write_text("x", encoding="utf-8")
    folders(folder)


def manifest_is_a_folder(folder: Path) -> None:
    (folder / "results" / "run.json").unlink()
    (folder / "results" / "run.json").mkdir()


DAMAGES = {
    "swapped": swap,
    "folders": folders,
    "store": store_is_a_file,
    "quarantine": quarantine_is_a_file,
    "folder": manifest_is_a_folder,
    "marker": lambda folder: (folder / "results" / MARK).write_bytes(b"\xff"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_was_damaged_is_computed_again(ready, damage):
    """Whatever lies in the folder, the run gives the numbers of the sound one, and the next too."""
    before = numbers(ready)
    DAMAGES[damage](ready)

    for _ in range(2):
        call("run", ready)
        assert numbers(ready) == before
    study = ready / "study.yaml"
    study.write_text(study.read_text(encoding="utf-8") + "# again\n", encoding="utf-8")
    call("run", ready)
    assert not any(stages(ready).values())


def test_a_disk_that_fills_up_leaves_the_last_study_whole(ready):
    """The message names the file, the bytes that are needed and those that are free."""
    before = tree(ready / "results")
    text = (ready / "study.yaml").read_text(encoding="utf-8").replace("A study", "Another")
    (ready / "study.yaml").write_text(text, encoding="utf-8")

    def full(name, _n, words):
        if name == "open" and "tables.xlsx" in str(words[0]):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(words[0]))

    with faults(full):
        told = attempt("run", ready, "--lang", "en")

    assert told.code == 1
    for word in ("'tables.xlsx' cannot be written", "bytes needed", "free", "Nothing was written"):
        assert word in told.stderr
    assert tree(ready / "results") == before
    call("run", ready)
    assert "Another" in (ready / "results" / "README.md").read_text(encoding="utf-8")


def test_what_was_remembered_for_the_last_study_stays_until_the_new_one_is_there(ready):
    """After a failed delivery the old study can still be shown."""
    old = (ready / "study.yaml").read_text(encoding="utf-8")
    new = old.replace("bad_outputs: [waste]", "bad_outputs: [waste]\n    measure: radial")
    (ready / "study.yaml").write_text(new, encoding="utf-8")

    def full(name, _n, words):
        if name == "open" and ".xinzhi-new" in str(words[0]):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(words[0]))

    with faults(full):
        assert attempt("run", ready).code == 1
    (ready / "study.yaml").write_text(old, encoding="utf-8")

    call("show", "baseline", "--study", ready)


def test_report_in_another_format_keeps_the_formats_that_lie_there(ready):
    """`xinzhi report --format docx` adds a Word file; nothing of the study goes."""
    before = set(tree(ready / "results"))

    call("report", "--study", ready, "--format", "docx")

    assert set(tree(ready / "results")) == before | {"report.docx"}
