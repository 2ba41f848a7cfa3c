"""What `xinzhi update` says of files, of a study and of an update that was cut off, in both languages.

The study has one small regression, so that it runs in a fraction of a second; what is written is tested by the long
tests in test_update.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_runner import call
from xinzhi.study.update.exchange import begin, last_exchange

STUDY = """\
title: Four cities
sources: {data: {file: data.csv, entity: city, period: year}}
panel: {from: data}
variables: {x: {column: x}, y: {column: y}}
tables: {base: {outcome: y, effects: [], columns: [{x: [x]}]}}
report: {formats: [md], languages: [en]}
"""
FIRST = "city,year,x,y\n"


def rows(*years: int) -> str:
    """Rows of four cities."""
    return FIRST + "".join(
        f"{city},{year},{1 + (i * year) % 7},{2 + (i + year) % 5}\n"
        for i, city in enumerate("ABCD", 1)
        for year in years
    )


OLD = rows(2001, 2002, 2003)


@pytest.fixture
def study(tmp_path) -> Path:
    """A study of one file."""
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "data.csv").write_text(OLD, encoding="utf-8")
    return folder


def delivered(tmp_path: Path, text: str, name: str = "newer.csv") -> Path:
    """Write a newer delivery."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def update(study: Path, *words: object, lang: str = "en", code: int = 0):
    """Update the study; give the lines of both streams."""
    done = call("update", study, *words, "--lang", lang, "--progress", "plain", code=code)
    return done.stdout.splitlines(), done.stderr.splitlines()


@pytest.mark.long
def test_an_update_tells_what_it_does_and_how_to_go_back(study, tmp_path):
    """Each stage, the limit of the study, the places of what is kept; and the way back, past what was changed since."""
    limited = STUDY.replace("{from: data}", "{from: data, periods: {to: 2003}}", 1)
    (study / "study.yaml").write_text(limited, encoding="utf-8")
    newer = delivered(tmp_path, rows(2001, 2002, 2003, 2004).replace("B,2002,1,", "B,2002,9,"))

    out, err = update(study, newer)

    assert out[:2] == ["newer.csv replaces data.csv.", "  Source 'data': 12 rows before, 16 now."]
    assert [line for line in err if line.startswith("The study")] == [
        "The study ends at 2003 (panel.periods.to): what is new after it is not used.",
        "The study is run on its old files first, to compare with.",
        "The study is run on its new files.",
    ]
    kept = study / "updates" / "1"
    assert out[-4:] == [
        f"What changed: {kept / 'what_changed.html'}",
        f"The old files: {kept / 'before'}",
        f"The report: {study / 'results' / 'report.md'}",
        f"To go back: `xinzhi update {study / 'study.yaml'} --undo`.",
    ]

    (study / "data.csv").write_text(OLD + "E,2001,1,1\n", encoding="utf-8")
    out, err = update(study, "--undo", lang="zh")

    assert out == [
        "data.csv已恢复为更新前的样子。",
        f"要重新得到它的结果：`xinzhi run {study / 'study.yaml'}`。",
    ]
    (aside,) = [
        path for path in study.iterdir() if path.name.startswith("data") and path.name != "data.csv"
    ]
    assert err == [f"更新以后有一个文件被改动过；改动后的版本保存为{aside}。"]
    assert aside.read_text(encoding="utf-8").endswith("E,2001,1,1\n")
    assert (study / "data.csv").read_text(encoding="utf-8") == OLD
    for lang, words in {
        "en": "This study has no update that can be undone.",
        "zh": "这项研究没有可以撤销的更新。",
    }.items():
        out, err = update(study, "--undo", lang=lang, code=1)
        assert (out, err[0].endswith(words), "study.yaml" in err[1]) == ([], True, True)


@pytest.mark.parametrize(
    ("lang", "interrupted", "back"),
    [
        (
            "en",
            "The last update was interrupted: its old files are put back first.",
            "The old files are in their places again: the study is as it was.",
        ),
        ("zh", "上次更新被中断：先恢复它的旧文件。", "旧文件已放回原处：研究恢复原样。"),
    ],
)
def test_an_update_that_ends_early_leaves_the_study_as_it_was(
    study, tmp_path, lang, interrupted, back
):
    """The one that was cut off is undone first; the one that cannot be run is undone at once."""
    begin(study, {"data.csv": b"city,year,x,y\n"})
    (study / "data.csv").write_bytes(b"city,year,x,y\n")
    less = "".join(line.rpartition(",")[0] + "\n" for line in OLD.splitlines())

    _, err = update(study, delivered(tmp_path, less, "data.csv"), lang=lang, code=1)

    assert err[0] == interrupted
    assert back in err
    assert (study / "data.csv").read_text(encoding="utf-8") == OLD
    assert last_exchange(study) is None


@pytest.mark.parametrize(
    ("lang", "text", "words"),
    [
        ("en", OLD, "newer.csv is the very file that the study has: nothing differs."),
        ("zh", OLD, "newer.csv与研究已有的文件完全相同：没有任何不同。"),
        (
            "en",
            rows(2004),
            "newer.csv holds further periods only: it comes beside data.csv as newer.csv.",
        ),
        ("zh", rows(2004), "newer.csv只含新的时期：它作为newer.csv放在data.csv旁边。"),
    ],
)
def test_a_file_is_told_before_anything_is_written(study, tmp_path, lang, text, words):
    """A dry run says where the file would go."""
    out, _ = update(study, delivered(tmp_path, text), "--dry-run", lang=lang)

    assert out[0] == words
    assert {path.name for path in study.iterdir()} == {"study.yaml", "data.csv"}


@pytest.mark.parametrize("options", [(), ("--undo", "data.csv")])
@pytest.mark.parametrize(
    ("lang", "what", "remedy"),
    [
        ("en", "Which files are newer?", "name the files of the new delivery, or --undo alone."),
        ("zh", "哪些是较新的文件？", "请给出新文件，或只写--undo。"),
    ],
)
def test_files_or_the_way_back_are_named(study, options, lang, what, remedy):
    """Neither, or both, is no order."""
    out, err = update(study, *options, lang=lang, code=1)

    said = " ".join(err)
    assert (out, what in said, remedy in said) == ([], True, True)
