"""How long each stage took, and what the last run took from there: the lines of a run."""

from __future__ import annotations

import json

import pytest

from cli_runner import call
from made_runs import write_study
from xinzhi.cli.console import progress
from xinzhi.events import STAGES, Clock, DrawProgress, Event
from xinzhi.study import run as study_run
from xinzhi.study.again import seconds_before

TOOK = {
    "load": 0.01,
    "read": 1.26,
    "prepare": 4.0,
    "measure": 30.0,
    "analyse": 95.0,
    "report": 7000.0,
}
"""Seconds of each stage, on a clock that the test turns."""
TOLD = {
    "en": [
        "[1/6] load{}",
        "[2/6] read, 1.3 s{}",
        "[3/6] prepare, 4.0 s{}",
        "[4/6] measure, 30 s{}",
        "[5/6] analyse, 2 min{}",
        "[6/6] report, 1.9 h{}",
    ],
    "zh": [
        "[1/6] 载入{}",
        "[2/6] 读取，1.3 秒{}",
        "[3/6] 数据处理，4.0 秒{}",
        "[4/6] 效率测算，30 秒{}",
        "[5/6] 分析，2 分钟{}",
        "[6/6] 报告，1.9 小时{}",
    ],
}


def walk(monkeypatch, capsys, kind, language, last):
    """Run through all stages, each as long as `TOOK` says; give the lines."""
    now = [100.0]
    monkeypatch.setattr("xinzhi.events.time.monotonic", lambda: now[0])
    step = study_run.Stepper(progress(kind, language), Clock(last))
    for stage, seconds in TOOK.items():
        step(stage, lambda seconds=seconds: now.__setitem__(0, now[0] + seconds))
    assert step.clock.took() == pytest.approx(TOOK)
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("language", TOLD)
def test_each_stage_tells_its_time(monkeypatch, capsys, language):
    """Without a last run nothing is said of the rest."""
    assert walk(monkeypatch, capsys, "plain", language, {}) == [
        line.format("") for line in TOLD[language]
    ]


def test_the_rest_is_what_the_last_run_took(monkeypatch, capsys):
    """The sum of the stages that are left, in both languages; nothing at the end."""
    last = {
        "load": 0.1,
        "read": 2.0,
        "prepare": 3.0,
        "measure": 4.0,
        "analyse": 20.0,
        "report": 12.0,
    }
    en = [f"; the last run took {s} s from here" for s in (41, 39, 36, 32, 12)]
    zh = [f"；上次运行自此处起用时 {s} 秒" for s in (41, 39, 36, 32, 12)]

    for language, rests in {"en": en, "zh": zh}.items():
        expected = [
            line.format(rest) for line, rest in zip(TOLD[language], [*rests, ""], strict=True)
        ]
        assert walk(monkeypatch, capsys, "plain", language, last) == expected


def test_a_bar_has_room_on_a_line(monkeypatch, capsys):
    """A line that wraps is not overwritten: of draws the bar tells their rest alone."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    bar = progress("bar", "en")
    bar(Event("analyse", 4, 6, None, 12.3, 65.0))
    bar(Event("analyse", 4, 6, DrawProgress("Whole study", 120, 2000, 200.0), 12.3, 65.0))
    shown = [line.removeprefix("\r\x1b[K") for line in capsys.readouterr().err.split("\r")[1:]]
    shown = [line.removeprefix("\x1b[K") for line in shown]

    assert shown == [
        "████████████████········ analyse, 12 s; the last run took 65 s from here",
        "████████████████········ analyse  Whole study: 120 of 2000 draws, about 3 min left",
    ]
    assert max(map(len, shown)) <= 82


def test_a_stage_that_the_last_run_does_not_tell_leaves_the_rest_open(monkeypatch, capsys):
    """Half a sum is no rest."""
    told = walk(monkeypatch, capsys, "plain", "en", {"report": 12.0})

    assert [("the last run" in line) for line in told] == [False] * 4 + [True, False]


def test_programs_are_told_the_same_numbers(monkeypatch, capsys):
    """Before and after each stage: its seconds so far, and those of the last run from there."""
    lines = walk(monkeypatch, capsys, "json", "en", {"analyse": 20.0, "report": 12.0})

    assert [json.loads(line) for line in lines][-4:] == [
        {"stage": "analyse", "done": 4, "total": 6, "seconds": 0.0, "last_run": 32.0},
        {"stage": "analyse", "done": 5, "total": 6, "seconds": 95.0, "last_run": 12.0},
        {"stage": "report", "done": 5, "total": 6, "seconds": 0.0, "last_run": 12.0},
        {"stage": "report", "done": 6, "total": 6, "seconds": 7000.0},
    ]


def test_the_next_run_knows_the_stages_of_the_last(tmp_path):
    """run.json holds all six; a run after a change is told the last one."""
    study = write_study(tmp_path / "s", 0)
    call("run", study)
    took = seconds_before(study.parent / "results" / "run.json")
    assert [*took] == [*STAGES]
    assert all(seconds >= 0 for seconds in took.values())

    told = []
    study_run.run(
        study, results=study.parent / "results", settings=("seed=7",), listener=told.append
    )
    assert [event.rest for event in told if event.stage == "load"] == [
        pytest.approx(sum(took.values())),
        pytest.approx(sum(took.values()) - took["load"]),
    ]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"seconds": 1}', '{"seconds": {"read": "x"}}', '{"seconds": {"read": null}}'],
)
def test_a_record_that_cannot_be_read_tells_nothing(tmp_path, text):
    """It is only told: no run stops for it."""
    (tmp_path / "run.json").write_text(text, encoding="utf-8")

    assert seconds_before(tmp_path / "run.json") == {}
    assert Event("read", 1, 6).rest is None
