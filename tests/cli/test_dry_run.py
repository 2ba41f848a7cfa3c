"""`--dry-run`: what would be read, computed, taken from the last run and written; nothing is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_runner import call
from made_small import write_small

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("english")]

NOTHING = "Dry run: nothing was written."


@pytest.fixture
def study(tmp_path) -> Path:
    return write_small(tmp_path)


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
        for path in folder.rglob("*")
    }


def under(text: str, heading: str) -> list[str]:
    """List the lines below a heading."""
    lines = text.splitlines()
    found = []
    for line in lines[lines.index(heading) + 1 :]:
        if not line.startswith("  "):
            break
        found.append(line.strip())
    return found


def test_before_the_first_run(study):
    """Everything would be computed, and every file is new."""
    before = state(study)

    said = call("run", study, "--dry-run").stdout

    assert state(study) == before
    assert [Path(one).name for one in under(said, "Would read:")] == ["study.yaml", "data.csv"]
    assert [line.split(":")[0] for line in under(said, "Would compute:")] == [
        *("the data as they are read now", "the prepared data"),
        *("'e' under efficiency", "'base' under tables"),
    ]
    assert all(one.endswith("(new)") for one in under(said, "Would write:")[:-1])
    assert "Would take from the last run:" not in said
    assert said.splitlines()[-1] == NOTHING


@pytest.mark.parametrize(
    ("setting", "computed"),
    [
        ("report.decimals=2", set()),
        ("tables.base.effects=[]", {"tables.base"}),
        ("efficiency.e.measure=radial", {"efficiency.e", "tables.base"}),
    ],
)
def test_what_is_said_is_what_is_done(study, setting, computed):
    """The stages of the plan are those of the run that follows, and the files are there then."""
    call("run", study)
    before = state(study)

    said = call("run", study, "--dry-run", "--set", setting).stdout
    after = state(study)
    call("run", study, "--set", setting)

    stages = json.loads((study / "results/run.json").read_text(encoding="utf-8"))["stages"]
    done = {one["name"] for one in stages if one["computed"]}
    planned = under(said, "Would compute:") if "Would compute:" in said else []
    assert after == before
    assert done == computed
    assert {line.split(":")[0] for line in planned} == {
        f"'{name}' under {section}" for section, name in (one.split(".") for one in done)
    }
    kept = under(said, "Would take from the last run:")
    assert len(kept) == len(stages) - len(done)
    for line in under(said, "Would write:")[:-1]:
        assert line.endswith(" (replaces the file that is there)")
        assert Path(line.partition(" (")[0]).is_file()


def test_an_unchanged_study(study):
    """Nothing would be done."""
    call("run", study)
    before = state(study)

    done = call("run", study, "--dry-run")

    assert "Nothing has changed" in done.stderr
    assert done.stdout.strip() == NOTHING
    assert state(study) == before


def test_a_part_of_the_study(study):
    """Only what --only names, and what it rests on."""
    said = call("run", study, "--dry-run", "--only", "e").stdout

    assert "tables" not in " ".join(under(said, "Would compute:"))


def test_what_the_run_refuses_the_plan_refuses(study):
    """An error of the study file, and a file of somebody else in the way."""
    call("run", study, "--dry-run", "--set", "efficiency.e.measure=nix", code=1)
    (study / "results").mkdir()
    (study / "results" / "results.json").write_text("mine", encoding="utf-8")
    done = call("run", study, "--dry-run", "--lang", "en", code=1)

    assert "xinzhi did not write these files" in done.stderr


ROLES = ["--entity", "city", "--period", "year"]


@pytest.mark.parametrize(
    "words",
    [
        ["efficiency", "data.csv", *ROLES, "--inputs", "x", "--good", "y", "--output", "new.csv"],
        ["regress", "data.csv", *ROLES, "--outcome", "y", "--regressors", "x", "--output", "n.csv"],
        ["check", "data.csv", *ROLES, "--output", "new.csv"],
        ["table", "fits.csv", "--output", "new.docx"],
        ["init", "new", "--from", "data.csv"],
        ["demo", "oecd", "--out", "new"],
        ["report"],
    ],
    ids=lambda words: words[0],
)
def test_every_command_that_writes(study, words, monkeypatch):
    """Each says where it would write, and leaves the folder as it was; without the option it writes."""
    monkeypatch.chdir(study)
    (study / "fits.csv").write_text("name,estimate,std_error,p_value\nx,1,0.5,0.04\n")
    call("run", ".")
    before = state(study)

    said = call(*words, "--dry-run", "--lang", "en").stdout

    assert state(study) == before
    assert under(said, "Would write:")
    assert said.splitlines()[-1] == NOTHING
    if words[0] != "demo":
        call(*words)
        assert state(study) != before
        for line in under(said, "Would write:"):
            assert Path(line.partition(" (")[0]).is_file()


def test_as_json(study, monkeypatch):
    """One document, as of every call with --format json."""
    monkeypatch.chdir(study)
    words = ["--inputs", "x", "--good", "y", "--format", "json", "--dry-run"]

    document = json.loads(call("efficiency", "data.csv", *ROLES, *words).stdout)

    assert document["status"] == "dry_run"
    assert document["reads"] == ["data.csv"]
    assert document["writes"] == ["standard output"]
