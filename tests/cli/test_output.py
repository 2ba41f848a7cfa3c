"""`--output`: a new file, in the format that its name says, and never a file that was read."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from cli_runner import attempt, call

WORDS = ("--dmu", "dmu", "--inputs", "x", "--good", "y", "--lang", "en")
KEYS = ("--entity", "dmu", "--lang", "en")


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("dmu,x,y\nb,1,1\na,2,1\n", encoding="utf-8")
    return path


def commands(data):
    return (("efficiency", data, *WORDS), ("check", data, *KEYS))


@pytest.mark.parametrize("command", [0, 1])
def test_a_file_that_is_there_is_refused(data, tmp_path, command):
    """Before anything is computed, with the way out; a folder and a dead link count as there."""
    words = commands(data)[command]
    there = tmp_path / "mine.csv"
    there.write_text("mine", encoding="utf-8")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "nowhere")

    for name in ("mine.csv", "folder.csv", "link.csv"):
        told = attempt(*words, "--output", tmp_path / name)
        assert (told.code, told.stdout) == (1, "")
        assert "already there" in told.stderr
    assert there.read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "link.csv").is_symlink()
    assert attempt(*words, "--output", tmp_path / "folder.csv", "--overwrite").code == 1

    call(*words, "--output", there, "--overwrite")

    assert "b," in there.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [0, 1])
@pytest.mark.parametrize("how", ["itself", "symbolic link", "hard link", "spelling"])
def test_what_is_read_is_never_written(data, tmp_path, command, how):
    """Not even with --overwrite, not through a link, not by another spelling."""
    target = {
        "itself": data,
        "spelling": tmp_path / ".." / tmp_path.name / "data.csv",
    }.get(how, tmp_path / "other.csv")
    if how == "symbolic link":
        target.symlink_to(data)
    elif how == "hard link":
        target.hardlink_to(data)
    before = data.read_bytes()

    told = attempt(*commands(data)[command], "--output", target, "--overwrite")

    assert told.code == 1
    assert "is read by this command" in told.stderr
    assert data.read_bytes() == before


def test_the_data_of_a_study_that_is_checked_are_never_written(data, tmp_path):
    """`check study.yaml --output data.csv --overwrite` keeps the raw data."""
    study = tmp_path / "study.yaml"
    study.write_text(
        "title: t\nsources:\n  d: {file: data.csv, entity: dmu}\npanel: {from: d}\n",
        encoding="utf-8",
    )
    before = data.read_bytes()

    told = attempt("check", study, "--output", data, "--overwrite", "--lang", "en")

    assert "is read by this command" in told.stderr
    assert data.read_bytes() == before
    call("check", study, "--output", tmp_path / "clean.csv")


@pytest.mark.parametrize(
    ("name", "words", "starts"),
    [
        ("a.csv", (), "entity"),
        ("a.json", (), "{"),
        ("a.CSV", (), "entity"),
        ("a.csv", ("--format", "csv"), "entity"),
        ("a.txt", ("--format", "csv"), "entity"),
    ],
)
def test_the_name_says_the_format(data, tmp_path, name, words, starts):
    """`--output x.csv` alone writes CSV; a name that says nothing takes --format."""
    call("efficiency", data, *WORDS, "--output", tmp_path / name, *words)

    text = (tmp_path / name).read_text(encoding="utf-8")
    # Excel knows the encoding of csv by a mark; a program that reads JSON wants none.
    assert text.startswith(starts if starts == "{" else f"\ufeff{starts}")
    if starts == "{":
        assert len(json.loads(text)["rows"]) == 2


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("a.csv", ("--format", "json"), "asks for json"),
        ("a.json", ("--format", "csv"), "asks for csv"),
        ("a.csv", ("--format", "table"), "asks for table"),
        ("a.docx", (), "let it end in .csv, .json, .xlsx, .dta"),
        ("a", ("--format", "table"), "let it end in .csv, .json, .xlsx, .dta"),
    ],
)
def test_a_name_that_contradicts_is_refused(data, tmp_path, name, words, code):
    """Nothing is written under a name that says something else."""
    told = attempt("efficiency", data, *WORDS, "--output", tmp_path / name, *words)

    assert told.code == 1
    assert code in told.stderr
    assert not (tmp_path / name).exists()


def test_the_table_as_read_is_a_table(data, tmp_path):
    """`check --output x.json` would be a csv file under a false name."""
    told = attempt("check", data, *KEYS, "--output", tmp_path / "x.json")

    assert told.code == 1
    assert ".csv, .xlsx, .dta" in told.stderr
    assert not (tmp_path / "x.json").exists()


def test_what_a_killed_command_left_is_swept(data, tmp_path):
    """A temporary file of ours that is older than an hour goes, a younger one may be at work."""
    old, young = tmp_path / ".xinzhi-aaaaaaaa.part", tmp_path / ".xinzhi-bbbbbbbb.part"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1e9, 1e9))

    call("efficiency", data, *WORDS, "--output", tmp_path / "a.csv")

    assert (old.exists(), young.exists()) == (False, True)


@pytest.mark.long
def test_linear_algebra_has_one_thread_unless_told():
    """The last digits of results do not depend on the number of cores; the environment decides."""
    code = (
        "import os, sys\nfrom xinzhi.cli.main import main\n"
        "sys.argv = ['xinzhi', '--version']\n"
        "try:\n    main()\nexcept SystemExit:\n    print(os.environ['OPENBLAS_NUM_THREADS'])\n"
    )

    def threads(**more):
        clean = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**clean, **more},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()[-1]

    assert threads() == "1"
    assert threads(OMP_NUM_THREADS="3") == "3"
    assert threads(OPENBLAS_NUM_THREADS="2", OMP_NUM_THREADS="3") == "2"
