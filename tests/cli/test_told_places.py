"""Where the outputs lie, as the console tells it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from xinzhi.cli.run_output import MOST_LINES, list_places
from xinzhi.report.deliver import WHAT, explain
from xinzhi_core.wording import say

RESULTS = Path("results")
NAMES = (
    *("report.html", "report.docx", "report.en.docx", "tables.xlsx", "scores.csv", "results.json"),
    *("report.tex", "report.en.tex", "report.md", "report.en.md"),
    *(f"tables/{n}.tex" for n in range(40)),
    *(f"figures/{n}.{kind}" for n in range(60) for kind in ("svg", "pdf")),
    *("scripts/study.R", "scripts/study.do", "scripts/panel.csv"),
    *("run.json", "README.md", "review_emerging.csv"),
)


def told(names, language="en"):
    """Give the lines as they are printed."""
    lines = list_places(explain(RESULTS, names), RESULTS)
    return [f"{place}  {say(about, language)}" for place, about in lines]


def test_a_demo_of_hundreds_of_files_is_ten_lines():
    """The report and its Word files first, one line for a folder, the rest counted beside README.md."""
    of = lambda name: str(RESULTS / name)  # noqa: E731

    assert told(reversed(NAMES)) == [
        f"{of('report.html')}  the report: open it in a browser, no network needed",
        f"{of('report.en.docx')}, report.docx  the report as a Word document",
        f"{of('tables.xlsx')}  all tables, with numeric cells",
        f"{of('figures')}{os.sep}  120 files: figures as SVG, one per file; figures as PDF, one per file",
        f"{of('tables')}{os.sep}  40 files: tables in LaTeX, one per file",
        f"{of('review_emerging.csv')}  records that a step of the preparation leaves to your decision",
        f"{of('scores.csv')}  scores, status, slacks, targets and peers of each row",
        f"{of('results.json')}  every number of every table, machine-readable",
        f"{of('scripts')}{os.sep}  3 files: the regressions in R; the regressions in Stata; the data of these scripts",
        f"{of('README.md')}  what these files are and how to reproduce them; 5 more are named there",
    ]
    assert told(NAMES, "zh")[3].endswith(
        "  120 个文件：SVG 格式的图，每图一个文件；PDF 格式的图，每图一个文件"
    )
    assert told(NAMES, "zh")[-1].endswith("  各文件说明与重现方法；另有 5 个文件在其中列出")


def test_few_files_have_a_line_each():
    """Nothing is counted where all have room, and README.md keeps its own words."""
    names = ("report.html", "run.json", "README.md", "figures/map.svg")

    assert told(names) == [
        f"{RESULTS / 'report.html'}  the report: open it in a browser, no network needed",
        f"{RESULTS / 'figures/map.svg'}  figures as SVG, one per file",
        f"{RESULTS / 'run.json'}  versions, seed, hashes, options, certificates, what was computed and why",
        f"{RESULTS / 'README.md'}  what these files are and how to reproduce them",
    ]


@pytest.mark.parametrize("n_kinds", range(len(WHAT) + 1))
def test_no_file_goes_untold(n_kinds):
    """Files named, files of a folder and files counted are all files, for any first kinds of a delivery."""
    names = [*[pattern.replace("*", "") for pattern in WHAT][:n_kinds], "README.md"]
    names = [*dict.fromkeys(names)]
    lines = told(names)
    counted = [
        int(word) for word in lines[-1].split("reproduce them; ")[-1].split()[:1] if word.isdigit()
    ]
    in_folders = [
        int(line.split("  ")[1].split()[0])
        for line in lines
        if line.split("  ")[0].endswith(os.sep)
    ]
    alone = sum(not line.split("  ")[0].endswith(os.sep) for line in lines)

    assert len(lines) <= MOST_LINES
    assert alone + sum(in_folders) + sum(counted) == len(names)
