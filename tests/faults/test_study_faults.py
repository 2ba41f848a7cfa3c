"""Bad data and bad study files through the command: what, where, remedy; nothing half-written."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from cli_runner import attempt, call

HEADER = "city,year,labour,energy,gdp,waste,talent"
ROWS = [
    f"{city},{year},{10 + 3 * i + year % 7},{5 + 2 * i + year % 3},{20 + 7 * i + year % 5},{3 + i},{1 + i * (year % 4)}"
    for i, city in enumerate(["甲", "乙", "丙", "丁"])
    for year in (2008, 2009, 2010)
]
STUDY = """\
title: A study
sources:
  data: {file: data.csv, kind: panel, entity: city, period: year}
panel: {from: data}
efficiency:
  score:
    inputs: [labour, energy]
    good_outputs: [gdp]
    bad_outputs: [waste]
variables:
  score: {from: score}
  talent: {column: talent}
describe: {variables: [score, talent]}
tables:
  baseline: {outcome: score, columns: [{x: [talent]}]}
"""


@pytest.fixture
def study(tmp_path):
    def make(rows=ROWS, text=STUDY, header=HEADER):
        (tmp_path / "data.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
        return tmp_path / "study.yaml"

    return make


def changed(number: int, old: str, new: str) -> list[str]:
    rows = list(ROWS)
    assert old in rows[number], rows[number]
    rows[number] = rows[number].replace(old, new, 1)
    return rows


def refused(path, *words: str):
    """Expect exit 1, all words in the message, and no results folder."""
    done = attempt("run", path, "--lang", "en")
    assert done.code == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "remedy" in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr
    assert not (path.parent / "results" / "report.html").exists()
    assert not list(path.parent.rglob("*.part"))


@pytest.mark.long
def test_the_sound_study_runs(study):
    """The study that the other tests break is sound."""
    call("run", study())


def test_a_missing_column_is_named_with_the_nearest(study):
    """A column that is not in the file."""
    refused(study(text=STUDY.replace("[labour, energy]", "[labor, energy]")), "'labor'", "'labour'")


def test_a_duplicate_key_with_other_values_is_refused(study):
    """Two rows for one city and year that disagree: rows and key are named."""
    refused(study(rows=[*ROWS, "甲,2008,1,1,1,1,1"]), "甲", "2008", "2", "14")


def test_text_in_a_number_column_is_refused(study):
    """The cell is named by row and column."""
    refused(study(rows=changed(4, ",2009,", ",2009,many ")), "row 6", "labour")


def test_an_empty_cell_of_an_input_is_refused(study):
    """A measure needs all of its cells; the place is named."""
    rows = ROWS[:]
    parts = rows[4].split(",")
    rows[4] = ",".join([*parts[:3], "", *parts[4:]])
    refused(study(rows=rows), "row 6", "energy", "乙", "2009")


def test_an_empty_cell_of_a_regressor_is_left_out_and_counted(study):
    """A regression leaves the row out and says how many."""
    rows = [*ROWS[:-1], ROWS[-1].rsplit(",", 1)[0] + ","]

    done = call("run", study(rows=rows), "--lang", "en")

    assert "Excluded: missing values" in done.stdout


def with_zeros(*numbers: int, column: int = 2) -> list[str]:
    """Put 0 into the column of some rows; the third is labour."""
    rows = list(ROWS)
    for number in numbers:
        parts = rows[number].split(",")
        rows[number] = ",".join([*parts[:column], "0", *parts[column + 1 :]])
    return rows


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_zero_input_is_refused_with_the_choices(study, command):
    """Convention D3: column, place and the three ways on, from `check` as from `run`."""
    path = study(rows=with_zeros(4))

    done = attempt(command, path, "--lang", "en")

    told = done.stdout + done.stderr
    assert done.code == 1
    for word in ("labour", "乙 2009", "row 6", "keep", "drop_row", "drop_term"):
        assert word in told, told
    assert not (path.parent / "results" / "scores.csv").exists()


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_year_and_a_city_of_zeros_are_named_as_missing_values(study, command):
    """All of 2009 and all of 乙: gaps that somebody wrote as 0."""
    path = study(rows=with_zeros(1, 3, 4, 5, 7, 10))

    done = attempt(command, path, "--lang", "en")

    told = done.stdout + done.stderr
    assert done.code == 1
    assert "'labour' is 0 in all 4 rows of 2009: the values look like missing ones" in told
    assert "'labour' is 0 in all 3 rows of 乙: the values look like missing ones" in told


@pytest.mark.long
@pytest.mark.parametrize(
    ("choice", "status", "score"),
    [
        ("keep", "undefined", False),
        ("drop_row", "dropped", False),
        ("drop_term", "certified", True),
    ],
)
def test_each_choice_for_zeros_runs_and_is_told(study, choice, status, score):
    """The status stands in scores.csv, the consequence in the notices and under the table."""
    text = STUDY.replace("    inputs:", f"    zeros: {choice}\n    inputs:")
    path = study(rows=with_zeros(4), text=text)

    checked = attempt("check", path, "--lang", "en")
    done = call("run", path, "--lang", "en")

    assert "'labour' is 0 in 1 row" in checked.stdout
    assert "'labour' is 0 in 1 row" in done.stderr
    lines = (path.parent / "results" / "scores.csv").read_text(encoding="utf-8-sig").splitlines()
    row = next(line for line in lines if line.startswith("乙,2009"))
    assert f",{status}," in row
    assert (row.split(",")[3] != "") is score
    assert ("dropped_terms" in lines[0]) is (choice == "drop_term")
    if choice == "drop_term":
        assert f",{status},labour," in row
    if choice != "drop_row":
        assert "other scores" in done.stderr
    if choice == "drop_row":
        page = (path.parent / "results" / "report.html").read_text(encoding="utf-8")
        assert "Rows left out of the scores and of the frontier because of a zero: 1" in page


def test_check_measures_what_run_measures(study):
    """Rows that `missing: leave_out` leaves out are no problem of `check` either."""
    rows = ROWS[:]
    parts = rows[4].split(",")
    rows[4] = ",".join([*parts[:3], "", *parts[4:]])
    text = STUDY.replace("    inputs:", "    missing: leave_out\n    inputs:")

    assert attempt("check", study(rows=rows, text=text), "--lang", "en").code == 0


def test_a_negative_input_is_refused(study):
    """Negative amounts are refused with their place."""
    parts = ROWS[4].split(",")
    rows = [*ROWS[:4], ",".join([*parts[:2], "-3", *parts[3:]]), *ROWS[5:]]
    refused(study(rows=rows), "-3", "row 6", "labour", "乙", "2009")


def test_one_period_cannot_have_period_effects(study):
    """Scores are computed; the regression says why it is not, and the run ends with 1."""
    done = attempt("run", study(rows=ROWS[::3]), "--lang", "en")

    assert done.code == 1
    assert "period" in done.stderr
    assert (study().parent / "results" / "scores.csv").exists()


def test_one_entity_cannot_have_entity_effects(study):
    """Scores are computed; the regression says why it is not."""
    done = attempt("run", study(rows=ROWS[:3]), "--lang", "en")

    assert done.code == 1
    assert "one level" in done.stderr


@pytest.mark.long
def test_a_constant_regressor_is_refused_in_its_table(study):
    """A variable of interest that does not vary cannot be estimated; the rest is done."""
    rows = [row.rsplit(",", 1)[0] + ",5" for row in ROWS]

    done = attempt("run", study(rows=rows), "--lang", "en")

    assert done.code == 1
    assert "'talent' cannot be estimated" in done.stderr
    assert "not estimated" in done.stdout.lower() or "—" in done.stdout


@pytest.mark.long
def test_a_regressor_absorbed_by_the_effects_is_refused_in_its_table(study):
    """A variable that differs between cities only is absorbed by their effects."""
    rows = [f"{row.rsplit(',', 1)[0]},{ord(row[0])}" for row in ROWS]

    done = attempt("run", study(rows=rows), "--lang", "en")

    assert done.code == 1
    assert "absorbed" in done.stderr


@pytest.mark.parametrize("content", [b"", b"\x80\x04\x95pickle", b"\x00\x01\x02\x03" * 50, None])
def test_an_unreadable_file_is_refused(study, content):
    """Empty, pickled, binary, not there: the file is named."""
    path = study()
    data = path.parent / "data.csv"
    data.unlink()
    if content is not None:
        data.write_bytes(content)
    refused(path, "data.csv")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (STUDY.replace("inputs:", "input:"), ("line 7", "'inputs'")),
        (STUDY + "title: Again\n", ("line 16", "twice")),
        (STUDY.replace("title: A", "title： A"), ("line 1", "full-width colon")),
        (STUDY.replace("  score:\n    inputs", "\tscore:\n    inputs"), ("line 6", "tab")),
        (STUDY.replace("period: year", "period: jahr"), ("'jahr'",)),
    ],
)
def test_a_bad_study_file_is_refused_with_its_line(study, text, words):
    """Wrong key, duplicate key, full-width colon, tab, unknown period column."""
    refused(study(text=text), *words)


@pytest.mark.long
def test_a_bad_change_keeps_the_results_of_the_last_run(study):
    """What was written stays whole when the next run is refused."""
    path = study()
    call("run", path)
    report = (path.parent / "results" / "report.html").read_bytes()
    study(text=STUDY.replace("[labour, energy]", "[labor, energy]"))

    assert attempt("run", path).code == 1
    assert (path.parent / "results" / "report.html").read_bytes() == report


LIMITED = """
import resource, sys
sys.dont_write_bytecode = True  # a truncated file of bytecode would break the next process
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from xinzhi.cli.main import main
sys.argv = ["xinzhi", "run", sys.argv[1], "--lang", "en"]
main()
"""


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="limits of file sizes are a matter of POSIX")
def test_a_full_disk_leaves_nothing_half_written(study):
    """The message names the file and the bytes; no part of a file stays behind."""
    path = study()

    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "bytes needed" in done.stderr
    assert not list(path.parent.rglob("*.part"))
    assert not (path.parent / "results" / "report.html").exists()


@pytest.mark.parametrize("words", [(), ("--strict",)])
def test_check_finds_the_same_without_computing(study, words):
    """`check` on a study with a missing column names it and writes nothing."""
    path = study(text=STUDY.replace("[labour, energy]", "[labor, energy]"))

    done = attempt("check", path, *words, "--lang", "en")

    assert done.code == 1
    assert "'labor'" in done.stdout
    assert not (path.parent / "results").exists()


def without(number: int, column: int) -> list[str]:
    """Empty the cell of a row in a column."""
    parts = ROWS[number].split(",")
    return [
        *ROWS[:number],
        ",".join([*parts[:column], "", *parts[column + 1 :]]),
        *ROWS[number + 1 :],
    ]


LEFT_OUT = STUDY.replace("    inputs:", "    missing: leave_out\n    inputs:")
UNREAD = STUDY.replace("variables:\n", "variables:\n  spare: {column: energy, transform: ln}\n")
BELOW_ZERO = [
    ",".join([*row.split(",")[:3], "-4" if i == 4 else "6", *row.split(",")[4:]])
    for i, row in enumerate(ROWS)
]
RADIAL = ("[labour, energy]", "[labour]")


@pytest.mark.one_in(8)
@pytest.mark.parametrize(
    ("rows", "text", "code"),
    [
        (ROWS, STUDY, 0),
        (without(4, 3), STUDY, 1),
        (without(4, 3), LEFT_OUT, 0),
        (without(4, 6), STUDY, 0),
        (with_zeros(4), STUDY, 1),
        (with_zeros(4), LEFT_OUT.replace("    inputs:", "    zeros: drop_row\n    inputs:"), 0),
        (changed(4, ",2009,", ",2009,many "), STUDY, 1),
        (ROWS, STUDY.replace("column: talent", "column: city"), 1),
        # A variable that no analysis reads cannot be made: a notice. One that a table reads: an error.
        (BELOW_ZERO, UNREAD.replace(*RADIAL), 0),
        (BELOW_ZERO, UNREAD.replace(*RADIAL).replace("x: [talent]", "x: [spare]"), 1),
        (ROWS, STUDY + "maps: {green: {value: score, in: [1990]}}\n", 1),
    ],
    ids=[
        *("sound", "empty input", "left out", "empty regressor", "zero", "zero dropped", "text"),
        *("a city as a variable", "unread logarithm", "logarithm", "no such year on a map"),
    ],
)
def test_check_and_run_give_the_same_verdict(study, rows, text, code):
    """What `check` passes, `run` computes; what `check` refuses, `run` refuses or leaves out."""
    path = study(rows=rows, text=text)

    checked, done = attempt("check", path, "--lang", "en"), attempt("run", path, "--lang", "en")

    assert (checked.code, done.code) == (code, code), checked.stdout + done.stderr
    if "spare" in text:
        words = "ln of 'energy' is not defined for the value -4"
        assert words in checked.stdout
        assert words in done.stderr
