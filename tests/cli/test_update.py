"""`xinzhi update`: a newer file takes the place of the old one, and what changed is said and kept."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import call
from xinzhi.study.update.exchange import begin, last_exchange
from xinzhi_core.errors import ReportError

pytestmark = pytest.mark.long

STUDY = """\
title: Eight cities
sources: {data: {file: data.csv, entity: city, period: year}}
panel: {from: data}
efficiency: {e: {inputs: [x], good_outputs: [y], classes: {low: "< 0.5", high: ">= 0.5"}}}
variables: {e: {from: e}, x: {column: x}}
tables: {base: {outcome: e, effects: [entity], columns: [{x: [x]}]}}
report: {formats: [md], languages: [en], decimals: 3}
"""
FIRST = "city,year,x,y\n"


def rows(first: int, last: int) -> list[str]:
    """Rows of eight cities."""
    return [
        f"{city},{year},{1 + (i * year) % 7},{2 + (i + year) % 5}\n"
        for i, city in enumerate("ABCDEFGH", 1)
        for year in range(first, last + 1)
    ]


OLD = FIRST + "".join(rows(2001, 2005))
NEW = FIRST + "".join(rows(2001, 2006)).replace("A,2002,1,5", "A,2002,1,9")


@pytest.fixture
def study(tmp_path) -> Path:
    """A study of one file."""
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "data.csv").write_text(OLD, encoding="utf-8")
    return folder


@pytest.fixture
def newer(tmp_path) -> Path:
    """A newer delivery under another name."""
    path = tmp_path / "cities 2006.csv"
    path.write_text(NEW, encoding="utf-8")
    return path


def refused(study: Path, *words: object) -> str:
    """What is said of an update that is refused; no file of the study is touched."""
    before = {p: p.read_bytes() for p in study.rglob("*") if p.is_file()}
    said = call("update", study, *words, "--lang", "en", "--progress", "plain", code=1).stderr
    after = {p: p.read_bytes() for p in study.rglob("*") if p.is_file()}
    assert {p: after.get(p) for p in before} == before
    return said


def test_a_newer_file_takes_the_place_of_the_old_one(study, newer):
    """The old file is kept, cells and rows are named, and results of both runs lie beside it."""
    done = call("update", study, newer, "--lang", "en", "--progress", "plain")

    lines = done.stdout.splitlines()
    assert lines[:4] == [
        "cities 2006.csv replaces data.csv.",
        "  Source 'data': 40 rows before, 48 now.",
        "  1 cell differs: A 2002 y 5 → 9.",
        "  8 rows are new: A 2006, B 2006, C 2006, D 2006, E 2006 … (8).",
    ]
    assert lines[-4:] == [
        f"What changed: {study / 'updates' / '1' / 'what_changed.html'}",
        f"The old files: {study / 'updates' / '1' / 'before'}",
        f"The report: {study / 'results' / 'report.md'}",
        f"To go back: `xinzhi update {study / 'study.yaml'} --undo`.",
    ]
    assert (study / "data.csv").read_text(encoding="utf-8") == NEW
    assert (study / "updates/1/before/data.csv").read_text(encoding="utf-8") == OLD
    assert (study / "study.yaml").read_text(encoding="utf-8") == STUDY
    assert json.loads((study / "updates/1/update.json").read_bytes())["state"] == "done"
    page = (study / "updates/1/what_changed.html").read_text(encoding="utf-8")
    assert "What changed: Eight cities" in page


def test_what_changed_holds_the_numbers_of_both_reports(study, newer):
    """Scores, ranks and coefficients before and after are those that the two runs wrote."""
    call("run", study, "--lang", "en", "-q")
    old = pd.read_csv(study / "results/scores.csv").set_index(["entity", "period"])
    was = json.loads((study / "results/results.json").read_bytes())["tables"]
    call("update", study, newer, "--lang", "en", "--progress", "plain")
    new = pd.read_csv(study / "results/scores.csv").set_index(["entity", "period"])
    now = json.loads((study / "results/results.json").read_bytes())["tables"]

    changed = pd.read_csv(study / "updates/1/scores.csv").set_index(["entity", "period"])
    assert list(changed.index.get_level_values("period")).count(2006) == 8
    differs = [k for k in old.index if abs(old.score[k] - new.score[k]) > 1e-9]
    assert sorted(changed.index) == sorted([*differs, *((c, 2006) for c in "ABCDEFGH")])
    for key in differs:
        pair = changed.loc[key, ["score_before", "score_after"]]
        assert tuple(pair) == (old.score[key], new.score[key])
    ranks = pd.read_csv(study / "updates/1/ranks.csv").set_index("entity")
    for city, row in ranks.iterrows():
        assert row["rank_before"] == was["e_ranking"]["entities"][city]["rank"]
        assert row["rank_after"] == now["e_ranking"]["entities"][city]["rank"]
    slope = pd.read_csv(study / "updates/1/coefficients.csv").iloc[0]
    assert slope["estimate_before"] == was["base"]["columns"][0]["coefficients"]["x"]["b"]
    assert slope["estimate_after"] == now["base"]["columns"][0]["coefficients"]["x"]["b"]
    classes = pd.read_csv(study / "updates/1/classes.csv")
    assert set(classes["class_after"]) <= {"low", "high"}


def test_an_update_can_be_undone(study, newer):
    """The old bytes are in their place again, and the run gives the old results."""
    call("update", study, newer, "--lang", "en", "--progress", "plain")
    done = call("update", study, "--undo", "--lang", "en")

    assert done.stdout.splitlines() == [
        "data.csv is as it was before the update.",
        f"To have its results again: `xinzhi run {study / 'study.yaml'}`.",
    ]
    assert (study / "data.csv").read_text(encoding="utf-8") == OLD
    nothing = call("update", study, "--undo", "--lang", "en", code=1).stderr
    assert "This study has no update that can be undone." in nothing


def test_the_new_year_alone_comes_beside_the_old_file(study, tmp_path):
    """A file that holds further periods only replaces nothing; the study reads both, and undo knows it."""
    year = tmp_path / "2006.csv"
    year.write_text(FIRST + "".join(rows(2006, 2006)), encoding="utf-8")
    done = call("update", study, year, "--lang", "en", "--progress", "plain")

    assert done.stdout.splitlines()[:3] == [
        "2006.csv holds further periods only: it comes beside data.csv as 2006.csv.",
        "  Source 'data': 40 rows before, 48 now.",
        "  8 rows are new: A 2006, B 2006, C 2006, D 2006, E 2006 … (8).",
    ]
    assert (study / "data.csv").read_text(encoding="utf-8") == OLD
    assert len(pd.read_csv(study / "results/scores.csv")) == 48
    call("update", study, "--undo", "--lang", "en")
    assert not (study / "2006.csv").exists()
    assert (study / "study.yaml").read_text(encoding="utf-8") == STUDY


def test_a_workbook_can_follow_a_csv(study, tmp_path):
    """It gets a name of its own kind, the study file names it, and the csv is kept with the old files."""
    book = tmp_path / "newest.xlsx"
    table = pd.DataFrame(
        [line.strip().split(",") for line in rows(2001, 2006)], columns=["city", "year", "x", "y"]
    )
    table.astype({"year": int, "x": float, "y": float}).to_excel(book, index=False)
    call("update", study, book, "--lang", "en", "--progress", "plain")

    assert "file: data.xlsx" in (study / "study.yaml").read_text(encoding="utf-8")
    assert not (study / "data.csv").exists()
    assert (study / "updates/1/before/data.csv").read_text(encoding="utf-8") == OLD
    call("update", study, "--undo", "--lang", "en")
    assert (study / "data.csv").read_text(encoding="utf-8") == OLD
    assert not (study / "data.xlsx").exists()


def test_a_file_that_loses_most_rows_is_refused_unless_it_is_meant(study, tmp_path):
    """More than half of the rows are not given up in silence; --yes takes the file."""
    half = tmp_path / "data.csv"
    half.write_text(FIRST + "".join(rows(2004, 2005)), encoding="utf-8")
    said = refused(study, half)
    assert "With data.csv, 24 of the 40 rows of 'data' would be gone." in said
    assert "add --yes: the old file is kept." in said

    call("update", study, half, "--yes", "--lang", "en", "--progress", "plain")
    assert len(pd.read_csv(study / "results/scores.csv")) == 16


def test_new_files_that_cannot_be_run_leave_the_study_as_it_was(study, tmp_path):
    """Without a column that the study needs, the old file comes back."""
    less = tmp_path / "data.csv"
    lines = [line.rpartition(",")[0] + "\n" for line in NEW.splitlines()]
    less.write_text("".join(lines), encoding="utf-8")
    said = refused(study, less)
    assert "The old files are in their places again: the study is as it was." in said
    assert json.loads((study / "updates/1/update.json").read_bytes())["state"] == "undone"


def test_an_update_that_was_killed_is_undone_by_the_next_one(study, newer):
    """Whether it was killed before, between or after replacing: the next one begins from the old files."""
    contents = {"data.csv": b"city,year,x,y\nA,2001,9,9\n", "new.csv": b"a\n"}
    exchange = begin(study, contents)
    (study / "data.csv").write_bytes(contents["data.csv"])  # killed between the two files
    assert last_exchange(study) == exchange
    done = call("update", study, newer, "--lang", "en", "--progress", "plain")

    first = "The last update was interrupted: its old files are put back first."
    assert done.stderr.splitlines()[0] == first
    assert "  Source 'data': 40 rows before, 48 now." in done.stdout.splitlines()
    assert (study / "updates/2/before/data.csv").read_text(encoding="utf-8") == OLD

    before = (study / "data.csv").read_bytes()
    begin(study, contents).put(contents)  # killed while the study ran
    halted = call("run", study, "--lang", "en", code=1).stderr
    assert (
        "An update of this study is not finished: some of its files may be new, and others old."
    ) in halted
    assert f"`xinzhi update {study / 'study.yaml'} --undo` puts the old files back." in halted
    for path in (study / "study.yaml", study):
        with pytest.raises(ReportError, match="An update of this study is not finished"):
            xz.run(path)
    # That update alone is undone: the one before it was finished.
    call("update", study, "--undo", "--lang", "en")
    assert not (study / "new.csv").exists()
    assert (study / "data.csv").read_bytes() == before == NEW.encode()
    call("run", study)
    call("update", study, "--undo", "--lang", "en")
    assert (study / "data.csv").read_text(encoding="utf-8") == OLD


def test_two_sources_that_fit_are_not_guessed(study, newer):
    """Two tables of the same columns: the name of the source decides."""
    two = STUDY.replace(
        "sources: {data", "sources: {more: {file: more.csv, entity: city, period: year}, data"
    ).replace("{from: data}", "{from: [data, more]}", 1)
    (study / "study.yaml").write_text(two, encoding="utf-8")
    (study / "more.csv").write_text(OLD, encoding="utf-8")
    said = refused(study, newer)
    assert "cities 2006.csv could be the newer file of several sources: " in said
    assert "name one: --source " in said
    done = call(
        *("update", study, newer, "--source", "data", "--dry-run", "--lang", "en"),
    )
    assert done.stdout.splitlines()[0] == "cities 2006.csv replaces data.csv."
    assert not (study / "updates").exists()
    unknown = refused(study, newer, "--source", "dat")
    assert "The study file has no source 'dat'." in unknown
    assert "did you mean 'data'?" in unknown


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("data.csv", b"city,year,x,y\nA,2001,\xff\xfe\xfa,1\n", "data.csv"),
        ("other.csv", b"place,when,x,y\nA,2001,1,2\n", "other.csv fits no source of the study."),
        ("other.csv", b"city,year,a,b\nA,2001,1,2\n", "not in the new file: x, y."),
        ("data.csv", b"place,when,x,y\nA,2001,1,2\n", "'city'"),
    ],
)
def test_a_file_that_fits_nowhere_is_refused_with_the_reason(study, tmp_path, name, content, said):
    """Not UTF-8, without keys, or without the columns: the nearest source and what is missing."""
    (tmp_path / name).write_bytes(content)
    assert said in refused(study, tmp_path / name)


def test_a_file_that_is_not_there_or_is_the_old_one_is_refused(study, tmp_path):
    """There is nothing to compare with."""
    missing = tmp_path / "nothing.csv"
    assert "File 'nothing.csv' does not exist." in refused(study, missing)
    own = refused(study, study / "data.csv")
    assert "is the file that the study reads: what was in it before is not known." in own
    assert "Which files are newer?" in refused(study)
    assert "Which files are newer?" in refused(study, study / "data.csv", "--undo")


def test_the_very_same_file_changes_nothing(study, tmp_path):
    """It is said, and nothing is run or written."""
    (tmp_path / "data.csv").write_text(OLD, encoding="utf-8")
    done = call("update", study, tmp_path / "data.csv", "--lang", "en")
    same = "data.csv is the very file that the study has: nothing differs."
    assert done.stdout.splitlines() == [same]
    assert not (study / "results").exists()
    assert not (study / "updates").exists()
    zh = call("update", study, tmp_path / "data.csv", "--lang", "zh").stdout
    assert zh == "data.csv与研究已有的文件完全相同：没有任何不同。\n"


def test_a_study_that_ends_earlier_says_that_the_new_year_is_not_used(study, newer):
    """The limit of the study file is named."""
    limited = STUDY.replace("panel: {from: data}", "panel: {from: data, periods: {to: 2005}}")
    (study / "study.yaml").write_text(limited, encoding="utf-8")
    done = call("update", study, newer, "--lang", "en", "--progress", "plain")
    words = "The study ends at 2005 (panel.periods.to): what is new after it is not used."
    assert words in done.stderr.splitlines()


def test_a_delivery_that_is_not_as_expected_is_refused_unless_it_is_meant(study, newer):
    """The expectations beside the study guard it; --yes takes the file all the same."""
    call("check", study / "study.yaml", "--write-expectations", "--lang", "en")
    newer.write_text(NEW.replace("A,2002,1,9", "A,2002,1,900"), encoding="utf-8")
    said = refused(study, newer)
    assert "1 figure of 'y' of 'data' is outside 0.666 to 18: A 2002 900." in said
    assert not (
        study / "updates"
    ).exists()  # compared before any file is replaced, and before any run
    assert not (study / "results").exists()
    call("update", study, newer, "--yes", "--lang", "en", "--progress", "plain")
    assert (study / "data.csv").read_text(encoding="utf-8") == newer.read_text(encoding="utf-8")
