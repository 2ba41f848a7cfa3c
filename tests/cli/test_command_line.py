"""The command line as people expect it: -h, completion, parts by name and as json, --quiet."""

from __future__ import annotations

import json

import pytest

from cli_runner import attempt, call
from xinzhi_frontier.measure import MEASURES

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize("words", [[], ["run"], ["efficiency"], ["parts"], ["table"]])
def test_h_is_help(words):
    """Of the program and of each command."""
    short, long = call(*words, "-h").stdout, call(*words, "--help").stdout

    assert short == long
    assert "Usage" in short


@pytest.mark.parametrize(
    ("shell", "word"),
    [("bash", "complete -o"), ("zsh", "#compdef xinzhi"), ("fish", "complete --command")],
)
def test_completion_is_written_for_each_shell(shell, word, monkeypatch):
    """`--show-completion SHELL` prints the script that the shell loads."""
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")

    assert word in call("--show-completion", shell).stdout


def test_parts_are_listed_by_kind_and_by_name():
    """All, one kind, one part; as json."""
    whole = call("parts").stdout
    measures = call("parts", "measures").stdout
    one = call("parts", "super_sbm").stdout
    document = json.loads(call("parts", "measures", "--format", "json").stdout)

    assert measures.strip() in whole
    assert one.splitlines()[0] == "measures:"
    assert len(one.splitlines()) == 2
    assert [part["name"] for part in document["measures"]] == list(MEASURES.names())


def test_an_unknown_part_has_its_nearest():
    """Exit code 1, and the words of an error."""
    done = attempt("parts", "super_sbn")

    assert done.code == 1
    assert "did you mean 'super_sbm'" in done.stderr


STUDY = """
title: T
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
efficiency: {e: {measure: sbm, inputs: [x], good_outputs: [y]}}
report: {formats: [html]}
"""


@pytest.mark.long
def test_a_quiet_run_says_nothing_and_writes_the_same(tmp_path):
    """Only what is wrong is said; the second run too."""
    rows = "".join(
        f"c{i},{year},{i + 1},{2 * i + year % 3}\n" for i in range(1, 6) for year in (2008, 2009)
    )
    for name in ("loud", "quiet"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.csv").write_text("city,year,x,y\n" + rows, encoding="utf-8")
        (tmp_path / name / "study.yaml").write_text(STUDY, encoding="utf-8")

    loud = call("run", tmp_path / "loud")
    quiet = call("run", tmp_path / "quiet", "--quiet")
    again = call("run", tmp_path / "quiet", "-q")

    assert loud.stdout
    assert (quiet.stdout, quiet.stderr, again.stdout, again.stderr) == ("", "", "", "")
    same = [(tmp_path / name / "results" / "scores.csv").read_bytes() for name in ("loud", "quiet")]
    assert same[0] == same[1]
