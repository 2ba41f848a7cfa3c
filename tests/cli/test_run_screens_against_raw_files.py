"""Each line of the screen of `run`, and each entry of its steps, against the raw files, in English and Chinese."""

from __future__ import annotations

import re

import pytest

import run_screens
import xinzhi as xz
from cli_runner import attempt
from screens import NAMES
from xinzhi_core.wording import say

LANGUAGES = ("en", "zh")
MANY = {
    "growth": 60,
    "keys": [(c, y) for c in NAMES[:6] for y in range(2010, 2016)],
    "holes": [
        (NAMES[0], 2010),
        (NAMES[1], 2012),
        (NAMES[2], 2011),
        (NAMES[2], 2013),
        (NAMES[3], 2014),
        (NAMES[3], 2015),
        (NAMES[4], 2012),
    ],
    "cases": [
        ("Aarhus", "2011-03-01", "waste water"),
        ("Aarhus", "2012-04-01", "waste water and noise"),
        ("Bilbao", "2012-01-01", "dust"),
        ("Bilbao", "2013-01-01", "noise"),
        ("Cork", "2030-01-01", "waste water"),
        ("Cork", "2031-01-01", "waste water"),
        ("Nowhere", "2012-02-01", "waste water"),
        ("Nowhere", "2013-02-01", "waste water"),
        ("Elsewhere", "2013-02-01", "dust"),
        ("Dijon", "someday", "waste water"),
    ],
}
FEW = {
    "growth": -20,
    "keys": [(c, y) for c in NAMES[2:6] for y in range(2011, 2014)],
    "holes": [(NAMES[2], 2012), (NAMES[3], 2013)],
    "cases": [
        ("Cork", "2011-03-01", "waste water"),
        ("Graz", "2012-02-01", "waste water"),
        ("Dijon", "2014-02-01", "waste water"),
    ],
}
SCENARIOS = {"many": (MANY, 2), "few": (FEW, 2)}
"""Name -> the files, and the number of tables that the first screen leaves out."""
PLACE = "  "
"""Before the file of a list."""


@pytest.fixture(scope="module", params=SCENARIOS)
def ran(request, tmp_path_factory):
    """Run a study in English, then in Chinese with nothing changed."""
    made, n_more = SCENARIOS[request.param]
    folder = tmp_path_factory.mktemp("run")
    path = run_screens.write_study(folder, **made)
    done = {language: attempt("run", path, "--lang", language) for language in LANGUAGES}
    return folder, path, n_more, done


def lines(text):
    """Give the lines that are not blank, with one space between cells."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("at", [0, 1], ids=LANGUAGES)
def test_the_first_screen_says_what_the_scores_are(ran, at):
    """Tables, sentences, the number of further tables; no line is missing and none is too many."""
    folder, path, n_more, done = ran
    printed = [line for line in done[LANGUAGES[at]].stdout.splitlines() if line.strip()]
    told = [line for line in printed if not line.startswith(PLACE)]

    assert done[LANGUAGES[at]].code == 0
    expected = [
        *(pair[at] for pair in run_screens.findings(folder, path, n_more)),
        ("Where to look:", "结果位置：")[at],
    ]
    assert lines("\n".join(told)) == expected


def test_scores_rise_in_one_study_and_fall_in_the_other(ran, request):
    """Both words of direction are read."""
    folder, path, n_more, _ = ran
    told = " ".join(english for english, _ in run_screens.findings(folder, path, n_more))
    is_many = "many" in request.node.name

    assert (" rose " in told, " fell " in told) == (is_many, not is_many)


@pytest.mark.parametrize("at", [0, 1], ids=LANGUAGES)
def test_each_file_is_named_and_called_what_it_is(ran, at):
    """Files of the folder of results, no other, each with its explanation."""
    folder, _, _, done = ran
    printed = done[LANGUAGES[at]].stdout.splitlines()
    named = lines("\n".join(line for line in printed if line.startswith(PLACE)))

    assert sorted(named) == sorted(pair[at] for pair in run_screens.places(folder / "results"))


@pytest.mark.parametrize("at", [0, 1], ids=LANGUAGES)
def test_steps_say_on_the_screen_what_they_left_out(ran, at):
    """Counts of records by reason and step; the second run says that nothing has changed."""
    folder, _, _, done = ran
    unchanged = [
        "自上次运行以来没有任何变化：结果原样保留。",
        "3 个步骤中有 3 个没有变化，取自上一次运行。",
    ]
    stages = [
        f"[{k}/6] {name}"
        for k, name in enumerate(("load", "read", "prepare", "measure", "analyse", "report"), 1)
    ]
    said = [pair[at] for pair in run_screens.doubts(folder)]

    told = [
        re.sub(r"^(\[./6\] \w+), [\d.]+ s$", r"\1", line)
        for line in lines(done[LANGUAGES[at]].stderr)
    ]
    assert told == [*(unchanged if at else stages), *said]


def test_the_ledger_says_what_the_steps_did(ran):
    """Step, column, number of cells or records, and the sentence of each in both languages."""
    folder, path, _, _ = ran
    entries = xz.run(path).panel.ledger.entries
    told = [(e.step, e.column, e.change, e.n, say(e.why, "en"), say(e.why, "zh")) for e in entries]

    assert told == [one.row for one in run_screens.ledger(folder)]


@pytest.mark.parametrize(
    ("at", "more", "kept"), [(0, "", 3), (1, "8,Graz,2012-05-05,waste water\n", 2)]
)
def test_what_stayed_is_counted(at, more, kept, tmp_path):
    """Of reading, preparing and measuring, a further record concerns the preparation alone; digits concern none."""
    path = run_screens.write_study(tmp_path, **FEW)
    attempt("run", path)
    with (tmp_path / "cases.csv").open("a", encoding="utf-8") as file:
        file.write(more)

    done = attempt("run", path, "--set", "report.decimals=2", "--lang", LANGUAGES[at])

    said = (
        f"{kept} of 3 stages were unchanged and were taken from the last run.",
        f"3 个步骤中有 {kept} 个没有变化，取自上一次运行。",
    )
    assert said[at] in lines(done.stderr)
    assert [pair[at] for pair in run_screens.doubts(tmp_path)] == lines(done.stderr)[-2:]
