"""A study file stands where other commands have it: what is meant is done, or the whole call is told."""

from __future__ import annotations

import pytest

from cli_runner import call
from made_small import write_small
from xinzhi.api.scores import evaluate
from xinzhi.cli.flags import value
from xinzhi_core.errors import StudyError

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = write_small(tmp_path_factory.mktemp("meant"))
    call("run", folder, "-q")
    return folder / "study.yaml"


def test_report_and_show_take_the_study_as_an_argument(study):
    """As `run` and `check` do; the option and the folder stay."""
    first = call("report", study, "--lang", "en").stdout
    assert "report.md" in first
    assert call("report", "--study", study, "--lang", "en").stdout == first
    assert call("report", study.parent, "--lang", "en").stdout == first
    assert "scores.csv" in call("report", study, "--dry-run", "--lang", "en").stdout
    listed = call("show", "--study", study, "--lang", "en").stdout
    assert call("show", study, "--lang", "en").stdout == listed


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["runs", "s.yaml"], "xinzhi runs --study s.yaml"),
        (["runs", "delete", "a", "s.yml", "--all"], "xinzhi runs delete a --study s.yml --all"),
        (["run", "--study", "s.yaml"], "xinzhi run s.yaml"),
        (["runs", "my s.yaml"], 'xinzhi runs --study "my s.yaml"'),
        (["run", "--study=my s.yaml", "-q"], 'xinzhi run "my s.yaml" -q'),
        (["run", "--study=s.yaml", "-q"], "xinzhi run s.yaml -q"),
        (["explain", "--study", "s.yaml", "t.x"], "xinzhi explain s.yaml t.x"),
        (["brief", "--study", "s.yaml", "--all"], "xinzhi brief s.yaml --all"),
        (["efficiency", "--data", "a.csv"], "xinzhi efficiency a.csv"),
    ],
)
@pytest.mark.parametrize(("language", "told"), [("en", "did you mean '{}'?"), ("zh", "“{}”")])
def test_the_whole_call_is_told(words, meant, language, told):
    """An argument that is an option there, and an option that is an argument."""
    said = call("--lang", language, *words, code=2).stderr

    assert told.format(f"xinzhi --lang {language} {meant.removeprefix('xinzhi ')}") in said


def test_what_is_no_study_file_is_told_as_before():
    """A word that is no study file gets no option."""
    assert "--study" not in call("runs", "dele", "--lang", "en", code=2).stderr


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_option_is_called_as_it_is_typed(language):
    """With hyphens: `--returns-to-scale`, not the name of Python."""
    with pytest.raises(StudyError) as caught:
        value("returns_to_scale", evaluate.keywords["returns_to_scale"], "{0.8")
    assert "--returns-to-scale" in caught.value.in_words(language)
    assert "--returns_to_scale" not in caught.value.in_words(language)
