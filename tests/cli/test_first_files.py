"""`init` and `demo` write new files only."""

from __future__ import annotations

import json

import pytest

from cli_runner import attempt, call
from made_faults import tree
from xinzhi.cli.commands import run as run_command
from xinzhi.examples.register import EXAMPLES, copy_example

pytestmark = pytest.mark.long


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("city,year,gdp\n甲,2008,1\n甲,2009,2\n乙,2008,3\n乙,2009,5\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["data.csv", "study.schema.json", "study.yaml"])
def test_init_overwrites_nothing(data, tmp_path, name):
    """A file of the same name and other content stops it before anything is written."""
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / name).write_text("mine", encoding="utf-8")

    told = attempt("init", folder, "--from", data, "--lang", "en")

    assert told.code == 1
    assert f"{name} is already there" in told.stderr
    assert tree(folder) == {name: b"mine"}


def test_init_goes_on_where_it_was_cut_off(data, tmp_path):
    """What is there already, and the same, is no reason to stop: the study file comes last."""
    folder = tmp_path / "study"
    call("init", folder, "--from", data)
    (folder / "study.yaml").unlink()

    call("init", folder, "--from", data)

    assert set(tree(folder)) == {"data.csv", "study.schema.json", "study.yaml"}
    assert json.loads((folder / "study.schema.json").read_text(encoding="utf-8"))


def test_init_in_the_folder_of_the_data_leaves_them_alone(data):
    """The source itself is its own copy."""
    before = data.read_bytes()

    call("init", data.parent, "--from", data)

    assert data.read_bytes() == before


def test_demo_keeps_what_lies_in_its_folder(tmp_path, monkeypatch):
    """A changed file, a folder or a dead link under the name of a file of the example stays."""
    monkeypatch.setattr(run_command, "run_study", lambda *_words, **_more: 0)
    example = EXAMPLES[1]
    copy_example(example, tmp_path / "plain")
    names = sorted(path.name for path in (tmp_path / "plain").iterdir())
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / names[0]).write_text("mine", encoding="utf-8")
    (folder / names[1]).mkdir()
    (folder / names[2]).symlink_to(tmp_path / "nowhere")

    told = call("demo", example.name, "--out", folder, "--lang", "en")

    assert told.stderr.count("was there before and is kept as it is") == 3
    assert (folder / names[0]).read_text(encoding="utf-8") == "mine"
    assert (folder / names[1]).is_dir()
    assert (folder / names[2]).is_symlink()
    assert not (tmp_path / "nowhere").exists()
