"""`--set key=value`: the same schema, errors at their place, and never taken for the study of the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_runner import attempt, call
from made_small import STUDY, write_small
from xinzhi.study.file.load import spec_of
from xinzhi.study.run import run

pytestmark = pytest.mark.usefixtures("english")

AGAIN = "Nothing has changed since the last run"


@pytest.fixture
def study(tmp_path) -> Path:
    return write_small(tmp_path)


def results(folder: Path) -> dict:
    return json.loads((folder / "results" / "run.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("report.decimals=2", lambda s: s.report.decimals == 2),
        ("seed=7", lambda s: s.seed == 7),
        ("title={zh: 甲, en: A=B}", lambda s: (s.title.zh, s.title.en) == ("甲", "A=B")),
        ("tables.base.columns[1].effects=[]", lambda s: s.tables["base"].columns[0].effects == ()),
        ("tables.base.columns.1.effects=[]", lambda s: s.tables["base"].columns[0].effects == ()),
        ("prepare.z.per=100", lambda s: s.prepare[0][1]["per"] == 100),
        ("prepare[1].z.per=100", lambda s: s.prepare[0][1]["per"] == 100),
        ("efficiency.e.measure＝sbm", lambda s: s.efficiency["e"].measure == "sbm"),
        ("efficiency.f={inputs: [x], good_outputs: [y]}", lambda s: "f" in s.efficiency),
        ("inference.level=0.1", lambda s: s.inference is not None and s.inference.level == 0.1),
    ],
)
def test_a_value_takes_its_place(setting, value):
    """By keys, numbers and names; YAML on the right; sections that are not in the file."""
    assert value(spec_of(STUDY, "study.yaml", (setting,)))
    assert not value(spec_of(STUDY, "study.yaml"))


def test_of_two_for_one_key_the_last_counts():
    """As with every option that is repeated."""
    assert spec_of(STUDY, "s", ("seed=1", "seed=2")).seed == 2


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("efficiency.e.mesure=sbm", ["Unknown key 'mesure'", "did you mean 'measure'"]),
        ("efficiency.e.measure=sbmm", ["'sbmm'", "did you mean 'sbm'"]),
        ("tables.bse.outcome=x", ["'bse' is not in tables", "did you mean 'base'"]),
        ("tabels.base.outcome=x", ["'tabels' is not in the study file", "did you mean 'tables'"]),
        ("prepare.zz.per=1", ["'zz' is not in prepare"]),
        ("tables.base.columns[2].x=[x]", ["has 1 item, and no item 2"]),
        ("title.en.more=x", ["title is a value"]),
        ("report.decimals=two", ["decimals"]),
        ("report.decimals", ["is not KEY=VALUE"]),
        ("report.formats=docx", ["write [docx]."]),
        ("report.languages=zh", ["write [zh]."]),
        ("report.decimals=[1", ["a bracket is not closed, or a comma is missing."]),
        ("tables.base.columns[1].x=[nix]", ["Unknown variable 'nix'"]),
        ("diagnostics.tests=[vif]", ["key 'of' is missing"]),
    ],
)
def test_what_is_wrong_stands_at_the_option(study, setting, words):
    """The place is the option as it was written, the near miss is named, and nothing is written."""
    done = call("run", study, "--set", setting, "--lang", "en", code=1)

    assert f"where: --set {setting}" in done.stderr
    for word in words:
        assert word in done.stderr
    assert not (study / "results").exists()


def test_all_wrong_settings_are_said_at_once(study):
    """As the problems of a study file are; a sound one beside them is not accused."""
    words = ["--set", "seed=2", "--set", "report.decimls=2", "--set", "efficiency.e.bads=no"]
    done = call("check", study / "study.yaml", *words, "--format", "json", code=1)

    found = json.loads(done.stdout)["problems"]
    assert {one["where"]["file"] for one in found} == {f"--set {w}" for w in (words[3], words[5])}


def test_a_run_with_a_setting_is_another_run(study):
    """It is recorded and said, computed anew, and the run of the file alone is not taken for it."""
    call("run", study)
    again = call("run", study)
    other = call("run", study, "--set", "efficiency.e.measure=radial")
    recorded = results(study)
    same = call("run", study, "--set", "efficiency.e.measure=radial")
    another = call("run", study, "--set", "efficiency.e.measure=sbm")
    back = call("run", study)

    assert [AGAIN in one.stderr for one in (again, other, same, another, back)] == [
        *(True, False, True, False, False)
    ]
    assert recorded["set"] == ["efficiency.e.measure=radial"]
    assert recorded["options"]["efficiency"]["e"]["measure"] == "radial"
    assert [one["name"] for one in recorded["stages"] if one["computed"]] == [
        "efficiency.e",
        "tables.base",
    ]
    said = "Set for this run, in place of what the study file says: efficiency.e.measure=radial"
    assert said in other.stderr
    assert said in same.stderr
    assert "Set for this run" not in back.stderr
    assert results(study)["set"] == []


def test_the_results_say_how_to_make_them(study):
    """README.md of the results has the command with its settings."""
    call("run", study, "--set", "title={zh: 甲, en: A}")

    text = (study / "results" / "README.md").read_text(encoding="utf-8").replace("\\", "")
    assert 'xinzhi run study.yaml --set "title={zh: 甲, en: A}"' in text


def test_the_numbers_are_those_of_a_file_that_says_the_same(study, tmp_path):
    """A setting is an edit that is not kept."""
    written = tmp_path / "written.yaml"
    written.write_text(STUDY.replace("{inputs", "{measure: radial, inputs"), encoding="utf-8")

    given = run(study / "study.yaml", settings=("efficiency.e.measure=radial",))

    for one in (run(written), given):
        assert one.spec.efficiency["e"].measure == "radial"
    assert (given.variables["e"] == run(written).variables["e"]).all()


@pytest.mark.long
def test_what_was_run_with_a_setting_is_shown_with_it(study):
    """`show` and `report` take it too; without it the last run does not hold the study of the file."""
    setting = ["--set", "efficiency.e.measure=radial"]
    call("run", study, *setting)

    shown = call("show", "base", "--study", study, *setting)
    alone = attempt("show", "base", "--study", study, "--lang", "en")
    missing = attempt("show", "--study", study, "--set", "efficiency.e.measure=sbm", "--lang", "en")

    assert "regressions" in shown.stdout
    assert (alone.code, missing.code) == (1, 1)
    assert "compute it with `xinzhi run study.yaml`" in alone.stderr
    assert "`xinzhi run study.yaml --set efficiency.e.measure=sbm`" in missing.stderr
    call("report", "--study", study, *setting)


def test_data_have_no_settings(study):
    """An option without effect is an error."""
    done = call("check", study / "data.csv", "--set", "seed=2", "--lang", "en", code=1)

    assert "--set is for study files" in done.stderr


def test_a_list_is_asked_for_in_the_language_of_the_screen(study):
    """One value in the place of a list: as it would be written, at the line of the file too."""
    done = call("run", study, "--set", "report.formats=docx", "--lang", "zh", code=1)
    (study / "study.yaml").write_text(STUDY.replace("[md]", "docx"), encoding="utf-8")
    written = call("check", study, "--lang", "zh", code=1)

    assert "请写成 [docx]。" in done.stderr
    assert "请写成 [docx]。" in written.stderr + written.stdout
    assert f"第 {STUDY[: STUDY.index('[md]')].count(chr(10)) + 1} 行" in written.stdout


@pytest.mark.long
@pytest.mark.parametrize("command", ["check", "run"])
def test_a_folder_stands_for_its_study_file(study, command):
    """At each command alike; a folder without one is named as what it is."""
    named, inside = (call(command, place) for place in (study, study / "study.yaml"))
    lone = study / "other"
    lone.mkdir()

    assert named.stdout == inside.stdout
    assert attempt(command, lone).code != 0
