"""`xinzhi runs` and `xinzhi verify`: what is kept, why something is computed again, whether it is sound."""

from __future__ import annotations

import json
import shutil

import pytest

from cli_runner import attempt, call
from made_draws import Sums, table
from made_study import written
from xinzhi.analyses.describe import DescribeAnalysis
from xinzhi.work.draws import driver
from xinzhi.work.draws.chunk_store import DRAWS
from xinzhi.work.lock import MARKER

pytestmark = pytest.mark.long

TASK = Sums(table(500))
NAME = "Sums of the study"
N = 60


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    """A study that has been run, with draws in several chunks."""
    compute, cut = DescribeAnalysis.compute, driver.Chunked.draws

    def drawing(self, section, given):
        given.engine.draws(TASK, N, key="7" * 64, name=NAME)
        return compute(self, section, given)

    def in_chunks(self, *words, **options):
        self.chunk = 10
        return cut(self, *words, **options)

    monkeypatch.setattr(DescribeAnalysis, "compute", drawing)
    monkeypatch.setattr(driver.Chunked, "draws", in_chunks)
    folder = written(tmp_path / "study")
    call("run", folder, "--lang", "en", "-q")
    return folder


def chunks(folder):
    return sorted((folder / "results" / "store" / DRAWS).glob("*/*.npz"))


def listed(folder):
    return json.loads(call("runs", "--study", folder, "--format", "json").stdout)["draws"]


def test_run_json_holds_the_digests_of_numbers_and_draws(drawn):
    run = json.loads((drawn / "results" / "run.json").read_text(encoding="utf-8"))
    marker = json.loads((drawn / "results" / MARKER).read_text(encoding="utf-8"))
    assert run["outputs"] == {n: d for n, d in marker["files"].items() if n != "run.json"}
    assert {"results.json", "scores.csv", "report.md", "README.md"} <= set(run["outputs"])
    (draws,) = run["draws"]
    assert (draws["name"], draws["n"]) == (NAME, N)
    done = call("verify", drawn / "results", "--lang", "en")
    assert done.stdout == (
        "results.json, scores.csv and all other files are as the run wrote them; "
        "60 kept draws are sound.\n"
    )


@pytest.mark.parametrize("name", ["results.json", "scores.csv", "report.md", "tables.xlsx"])
def test_a_changed_file_is_found(drawn, name):
    path = drawn / "results" / name
    body = bytearray(path.read_bytes())
    body[-5] ^= 1
    path.write_bytes(body)
    failed = call("verify", drawn / "results", "--lang", "en", code=1)
    assert f"{name} is not the file that the run wrote." in failed.stderr
    path.unlink()
    document = json.loads(call("verify", drawn / "results", "--format", "json", code=1).stdout)
    assert document["status"] == "error"
    assert [one["what"] for one in document["problems"] if one["severity"] == "error"] == [
        f"{name} is missing."
    ]


def test_run_json_itself_is_compared(drawn):
    """It names the others; the list in the folder names it."""
    run = drawn / "results" / "run.json"
    run.write_text(run.read_text(encoding="utf-8") + " ", encoding="utf-8")
    failed = call("verify", drawn / "results", "--lang", "en", code=1)
    assert "run.json was changed or removed since the run." in failed.stderr
    (drawn / "results" / MARKER).write_bytes(b"{")
    failed = call("verify", drawn / "results", "--lang", "en", code=1)
    assert "The list of what xinzhi wrote here is damaged." in failed.stderr
    (drawn / "results" / MARKER).unlink()  # as in a folder that was handed on
    call("verify", drawn / "results")


def test_stored_results_are_warnings(drawn):
    """Each of them: stages, parts of the report, what the last run said."""
    stored = sorted((drawn / "results" / "store").glob("*.npz"))
    assert len(stored) > 3
    for damaged in stored:
        content = damaged.read_bytes()
        damaged.write_bytes(content[:-1])
        done = call("verify", drawn / "results", "--lang", "en")
        assert (
            "! 1 stored result is damaged or missing; the next run computes it again."
            in done.stderr
        )
        assert damaged.read_bytes() == content[:-1]
        damaged.write_bytes(content)
    assert "damaged" not in call("verify", drawn / "results", "--lang", "en").stderr


def test_a_damaged_chunk_is_named_and_not_moved(drawn):
    target = chunks(drawn)[2]
    body = bytearray(target.read_bytes())
    body[-3] ^= 1
    target.write_bytes(body)
    failed = call("verify", drawn / "results", "--lang", "en", code=1)
    assert "Draws 21 to 30 of 'Sums of the study' are damaged." in failed.stderr
    assert target.read_bytes() == body


def test_chunks_of_other_numbers_are_found_by_the_digest_of_all(drawn):
    """A whole folder of draws under another digest: sound chunks, but not those of the run."""
    about = chunks(drawn)[0].parent / "draws.json"
    told = json.loads(about.read_text())
    about.write_text(json.dumps({**told, "sha256": "0" * 64}))
    failed = call("verify", drawn / "results", "--lang", "en", code=1)
    assert "The draws of 'Sums of the study' are not those that the run gave." in failed.stderr


def test_a_folder_without_a_run_is_refused(tmp_path):
    assert "has no run.json" in call("verify", tmp_path, "--lang", "en", code=1).stderr
    (tmp_path / "run.json").write_text("[]")
    assert "has no run.json" in call("verify", tmp_path, "--lang", "en", code=1).stderr


def test_runs_lists_what_is_done_and_what_is_left(drawn):
    (one,) = listed(drawn)
    assert (one["name"], one["n"], one["done"], one["left"]) == (NAME, N, 60, 0)
    for path in chunks(drawn)[1:3]:
        path.unlink()
    done = call("runs", "--study", drawn, "--lang", "en")
    (row,) = [line.split() for line in done.stdout.splitlines() if line.startswith(NAME)]
    assert row[4:6] == ["40", "20"]
    assert "`xinzhi runs continue` computes what is left." in done.stderr


def test_continue_is_a_run(drawn):
    shutil.rmtree(drawn / "results" / "store" / DRAWS)
    for path in (drawn / "results" / "store").glob("*.npz"):
        path.unlink()
    assert listed(drawn) == []
    call("runs", "continue", drawn, "-q")
    assert [one["left"] for one in listed(drawn)] == [0]


def test_why_names_what_has_changed(drawn):
    same = call("runs", "why", "baseline", "--study", drawn, "--lang", "en")
    assert same.stdout.startswith("'baseline' is taken from the last run")
    text = (drawn / "data.csv").read_text(encoding="utf-8")
    (drawn / "data.csv").write_text(text.replace(",20,", ",21,", 1), encoding="utf-8")
    changed = call("runs", "why", "baseline", "--study", drawn, "--lang", "en")
    assert "changed since then: the file data.csv" in changed.stdout
    assert call("runs", "why", "nothing", "--study", drawn, code=1).stdout == ""


def test_delete_removes_the_draws_that_are_named(drawn):
    assert attempt("runs", "delete", "--study", drawn).code == 1
    unknown = call("runs", "delete", "Sums of a study", "--study", drawn, "--lang", "en", code=1)
    assert "did you mean 'Sums of the study'?" in unknown.stderr
    call("runs", "delete", NAME, "--study", drawn, "--lang", "en")
    assert listed(drawn) == []
    call("verify", drawn / "results")
    call("runs", "delete", "--all", "--study", drawn)
