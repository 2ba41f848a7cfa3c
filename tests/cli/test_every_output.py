"""Every command that answers with a table takes `--output` for csv, a workbook and Stata: one way for all."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import click
import pandas as pd
import pytest
import python_calamine
from typer.main import get_command

from cli_runner import attempt, call
from made_small import write_small
from xinzhi.cli.main import app

pytestmark = pytest.mark.long

KEYS = ("--entity", "city", "--period", "year")
SCORES = (*KEYS, "--inputs", "x", "--good-outputs", "y", "--measure", "radial")
FIT = (*KEYS, "--outcome", "y", "--regressors", "x")
OF_FILES = {
    "demo": "a study of its own",
    "init": "a study file",
    "run": "a report",
    "update": "a report",
    "report": "a report",
    "brief": "pages of cities",
    "app": "a page",
    "schema": "one JSON document",
    "parts": "names and words",
    "verify": "a verdict",
    "runs why": "a sentence",
    "runs continue": "a report",
    "runs delete": "a sentence",
}
"""Commands that answer with no table, and with what they do."""
CALLS: dict[str, tuple[str, ...]] = {
    "efficiency": ("data.csv", *SCORES),
    "regress": ("data.csv", *FIT),
    "check": ("data.csv", *KEYS),
    "explain-scores": ("data.csv", *SCORES, "--theirs", "theirs.csv", "--table", "rows"),
    "evaluate-terms": ("records.csv", "--truth", "真值", "--text", "经营范围"),
    "audit": ("published.toml",),
    "table": ("fit.csv",),
    "show": ("base", "--study", "study.yaml"),
    "explain": ("study.yaml", "base.x", "--table", "cells"),
    "runs": ("--study", "study.yaml"),
    "analyse describe": ("data.csv", *KEYS, "--variables", "x,y", "--table", "descriptive"),
    "analyse compare": ("study.yaml", "--published", "published.toml"),
}
"""A call of each command that answers with one table; of `analyse`, one on data and one on a study."""
PUBLISHED = """\
[audit]
clusters = 50
default = { N = 500, effects = ["city", "year"] }
[table1.col1]
x = { b = 0.10, se = 0.20, stars = 2 }
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A study that has been run, its data alone, and files for the other commands."""
    path = write_small(tmp_path_factory.mktemp("outputs"))
    (path / "records.csv").write_text(
        "编号,经营范围,真值\nF1,工业机器人研发,1\nF2,餐饮,0\n", "utf-8"
    )
    (path / "published.toml").write_text(PUBLISHED, "utf-8")
    call("run", path / "study.yaml", "-q")
    call("efficiency", path / "data.csv", *SCORES, "--output", path / "theirs.csv")
    call("regress", path / "data.csv", *FIT, "--output", path / "fit.csv")
    return path


def every_command() -> dict[str, click.Command]:
    """List the commands of the application, those of its groups too."""
    found: dict[str, click.Command] = {}
    for name, command in get_command(app).commands.items():
        context = click.Context(command, info_name=name)
        if name in {"analyse", "runs"}:
            for inner in command.list_commands(context):
                found[f"{name} {inner}"] = command.get_command(context, inner)
        if name != "analyse":
            found[name] = command
    return found


@pytest.mark.parametrize("name", [name for name in every_command() if name not in OF_FILES])
def test_a_command_with_a_table_takes_a_file_for_it(name):
    """A new command is in this list by itself; what it lacks is named."""
    command = every_command()[name]
    flags = {one.name: one for one in command.get_params(click.Context(command))}

    assert {"output", "overwrite"} <= {*flags}
    for ending in (".csv", ".xlsx", ".dta"):
        assert ending in flags["output"].help
    assert name in CALLS or name.startswith("analyse ")


def run(place, name, target, *more):
    """Run a command into a file."""
    words = [
        place / word if "." in word and (place / word).exists() else word for word in CALLS[name]
    ]
    return call(*name.split(), *words, "--output", target, "--lang", "en", *more)


def is_number(text):
    """Whether a cell of csv is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", [name for name in CALLS if name != "analyse compare"])
def test_the_files_hold_one_table(place, tmp_path, name):
    """In csv with the mark, in a workbook with numbers as numbers and a sheet of notes, for Stata."""
    run(place, name, tmp_path / "a.csv")
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    heading, *rows = csv.reader(raw.decode("utf-8-sig").splitlines())
    assert heading

    run(place, name, tmp_path / "a.dta")
    stata = pd.read_stata(tmp_path / "a.dta")
    assert stata.shape == (len(rows), len(heading))

    run(place, name, tmp_path / "a.xlsx")
    book = python_calamine.load_workbook(tmp_path / "a.xlsx")
    if name == "table":  # as in print
        return
    assert book.sheet_names == ["Results", "Notes"]
    first, *others = book.get_sheet_by_name("Results").to_python()
    assert (len(first), len(others)) == (len(heading), len(rows))
    for texts, cells in zip(rows, others, strict=True):
        for text, cell in zip(texts, cells, strict=True):
            if isinstance(cell, float):
                assert float(text) == pytest.approx(cell, rel=1e-14)
    assert book.get_sheet_by_name("Notes").to_python()[0][0]


@pytest.mark.parametrize("name", CALLS)
def test_a_file_that_is_read_or_there_is_kept(place, tmp_path, name):
    """Not even with --overwrite is a source replaced; without it nothing is."""
    (tmp_path / "a.csv").write_text("mine", "utf-8")
    words = [
        place / word if "." in word and (place / word).exists() else word for word in CALLS[name]
    ]
    told = attempt(*name.split(), *words, "--output", tmp_path / "a.csv", "--lang", "en")
    assert told.code == 1
    assert "already there" in told.stderr

    source = "records.csv" if name == "evaluate-terms" else "data.csv"
    source = {"table": "fit.csv"}.get(name, source)
    if name == "audit":
        return
    before = (place / source).read_bytes()
    told = attempt(*name.split(), *words, "--output", place / source, "--overwrite", "--lang", "en")
    assert "is read by this command" in told.stderr
    assert (place / source).read_bytes() == before


@pytest.mark.parametrize(
    ("language", "told", "names"),
    [
        (
            "en",
            "and the answer has several: descriptive",
            ["Results 1", "Results 2", "Notes"],
        ),
        ("zh", "只能存放一张表，而结果有多张：descriptive", ["结果 1", "结果 2", "说明"]),
    ],
)
def test_several_tables_need_a_workbook_or_a_choice(place, tmp_path, language, told, names):
    """Which one a file of one table is to hold nobody knows."""
    words = ("analyse", "describe", place / "data.csv", *KEYS, "--variables", "x,y")
    words = (*words, "--lang", language)
    refused = call(*words, "--output", tmp_path / "a.csv", code=1)
    assert told in refused.stderr
    assert "--table" in refused.stderr
    assert not (tmp_path / "a.csv").exists()

    call(*words, "--output", tmp_path / "a.xlsx")
    book = python_calamine.load_workbook(tmp_path / "a.xlsx")
    assert book.sheet_names == names
    notes = [row[0] for row in book.get_sheet_by_name(names[-1]).to_python()]
    assert [note[:3] for note in notes if note[1:3] == ". "] == ["1. ", "2. "]

    assert "descriptive" in call(*words, "--table", "descriptiv", code=1).stderr
    document = json.loads(call(*words, "--table", "descriptive", "--format", "json").stdout)
    assert [*document] == ["descriptive"]


def test_show_without_a_table_is_a_workbook_of_all(place, tmp_path):
    """A sheet for each table of the run; csv asks for one."""
    words = ("show", "--study", place / "study.yaml", "--lang", "en")
    listed = call(*words).stdout.splitlines()
    call(*words, "--output", tmp_path / "all.xlsx")

    book = python_calamine.load_workbook(tmp_path / "all.xlsx")
    assert len(book.sheet_names) == len(listed) + 1
    assert "name one by TABLE" in call(*words, "--output", tmp_path / "all.csv", code=1).stderr


def test_numbers_have_all_digits_and_stars_a_column(place):
    """What stands beneath a coefficient is named; no bracket that Excel reads as minus."""
    shown = call("show", "base", "--study", place / "study.yaml", "--format", "csv", "--lang", "en")
    table = call("table", place / "fit.csv", "--format", "csv", "--output", "-", "--lang", "en")
    fit = list(csv.reader((place / "fit.csv").read_text("utf-8-sig").splitlines()))
    wanted = dict(zip(fit[0], fit[1], strict=True))

    rows = {row[0]: row[1] for row in csv.reader(table.stdout.splitlines())}
    # Older versions of pandas read a number of 17 digits one unit of its last place off.
    assert float(rows["x"]) == pytest.approx(float(wanted["estimate"]), rel=1e-15)
    assert float(rows["x: standard error"]) == pytest.approx(float(wanted["std_error"]), rel=1e-15)
    assert "x: standard error" in shown.stdout
    assert "(" not in "".join(line.partition(",")[2] for line in shown.stdout.splitlines()[1:])
