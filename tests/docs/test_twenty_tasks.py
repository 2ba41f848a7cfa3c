"""The table of twenty tasks: what is counted is counted again, and each line of xinzhi runs, in its order."""

from __future__ import annotations

import re
import shlex
import zipfile
from pathlib import Path

import pytest

from cli_runner import call
from places import ROOT

PAGES = tuple(sorted((ROOT / "docs").glob("**/explanation/twenty-tasks.md")))
ROW = re.compile(r"^\| (\d+) \|(.*)\|(.*)\| (\d+) \|(.*)\| (\d+) \|$", re.MULTILINE)
STEP = re.compile(r"[;；] *(?=(?:[^`]*`[^`]*`)*[^`]*$)")
"""Between two steps; not inside a line of code."""
TIMES = re.compile(r"(\d+) × ")
page_of = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parts[-3])


def tasks(page: Path) -> list[tuple[int, str, int, str, int]]:
    """Number, steps and count today, steps and count here."""
    rows = ROW.findall(page.read_text(encoding="utf-8"))
    return [(int(row[0]), row[2].strip(), int(row[3]), row[4].strip(), int(row[5])) for row in rows]


def steps(cell: str) -> list[str]:
    """Take the steps of a cell apart, each as often as it is taken."""
    found = []
    for step in STEP.split(cell):
        times = TIMES.match(step)
        found += [step.strip()] * (int(times[1]) if times else 1)
    return found


def test_both_languages_have_the_same_counts() -> None:
    """Ten tasks of Excel and ten of Stata, numbered through."""
    english, chinese = ([(one[0], one[2], one[4]) for one in tasks(page)] for page in PAGES)

    assert [one[0] for one in english] == [*range(1, 21)]
    assert english == chinese


@page_of
def test_the_actions_are_those_that_are_counted(page: Path) -> None:
    """No task takes more actions here than with the program of today."""
    for number, today, n_today, here, n_here in tasks(page):
        assert len(steps(today)) == n_today, (number, steps(today))
        assert len(steps(here)) == n_here, (number, steps(here))
        assert n_here <= n_today, number


@page_of
@pytest.mark.long
@pytest.mark.usefixtures("english")
def test_each_line_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder with the workbooks of the page; what is to be opened is there by then."""
    with zipfile.ZipFile(page.parents[1] / "tutorials" / "own-workbooks.zip") as packed:
        packed.extractall(tmp_path)
    monkeypatch.chdir(tmp_path)
    for number, _, _, here, _ in tasks(page):
        for step in steps(here):
            code = re.search(r"`([^`]+)`", step)
            assert code, (number, step)
            if code[1].startswith("xinzhi "):
                call(*shlex.split(code[1])[1:])
            else:
                assert Path(code[1]).is_file(), (number, code[1])

    assert Path("table.docx").is_file()
    assert Path("variable/results.json").is_file()
