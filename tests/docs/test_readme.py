"""README: its blocks are run in the order in which they stand, as somebody does who reads it."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cli_runner import attempt, call
from places import ROOT

pytestmark = pytest.mark.long

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDEX_ONLY = re.compile(r"<!-- index only\n.*?-->\n", re.DOTALL)
"""What stands on the page of an index, tried by `just release`."""
INSTALL = "pip install uv"
"""A line of its own: the shell of Windows before PowerShell 7 joins no two commands by `&&`."""
DEMO = ["xinzhi", "demo"]
TESTS = ["pytest"]
"""The one command that is not run here: these are the tests."""
COLUMNS = {
    "README.md": [
        "city",
        "year",
        "labour",
        "capital",
        "electricity",
        "gdp",
        "wastewater",
        "green_efficiency",
        "patents",
    ],
    "README.zh-CN.md": [
        "城市",
        "年份",
        "从业人员",
        "资本存量",
        "用电量",
        "地区生产总值",
        "工业废水",
        "绿色效率",
        "专利",
    ],
}
"""The headings of each page: entity, period, inputs, good output, bad output, score, factor."""


def blocks(page: str) -> list[tuple[str, str]]:
    """List the blocks of a page: language, text."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return BLOCK.findall(INDEX_ONLY.sub("", text))


def commands(text: str) -> list[list[str]]:
    """List the commands of a block, without what installs and starts the program."""
    lines = text.replace("\\\n", " ").splitlines()
    words = [shlex.split(line) for line in lines if line != INSTALL]
    assert all(one[:2] == ["uv", "run"] for one in words)
    return [one[2:] for one in words]


@pytest.fixture(params=COLUMNS)
def page(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A page, and beside it a reader's own data with its headings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    entity, period, *columns = COLUMNS[request.param]
    columns.pop(-2)  # the score is computed
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product(
        [[f"{entity}{n}" for n in "甲乙丙丁戊己庚辛壬癸"], range(2015, 2020)],
        names=[entity, period],
    )
    frame = pd.DataFrame(rng.uniform(10, 90, (50, len(columns))), index=index, columns=columns)
    frame.round(2).reset_index().to_csv("cities.csv", index=False)
    return request.param


def test_the_blocks_run_in_their_order(page: str) -> None:
    """Each command ends with 0 and each line of Python runs; the whole demo among them, once."""
    ran = []
    for kind, text in blocks(page):
        if kind == "python":
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(compile(text, page, "exec"), {})  # noqa: S102 - our own page
            assert "score" in printed.getvalue()
            ran.append("python")
            continue
        for words in commands(text):
            ran.append(words[1] if words[0] == "xinzhi" else words[0])
            if words == TESTS or (words == DEMO and page != "README.md"):
                continue
            done = attempt(*words[1:])
            assert done.code == 0, (words, done.stderr)

    assert ran == ["demo", "check", "efficiency", "init", "run", "python", "pytest"]
    assert Path("scores.csv").is_file()
    assert Path("study/results/report.html").is_file()


@pytest.mark.parametrize("page", COLUMNS)
def test_no_line_needs_a_shell_of_its_own(page: str) -> None:
    """What cmd, PowerShell 5 and sh read alike: no `&&`, no line that goes on, no quotes of one of them."""
    for kind, text in blocks(page):
        if kind != "python":
            assert not re.search(r"&&|\\\n|[;|$`'\"^%]", text), text


def test_the_chinese_page_has_the_same_blocks() -> None:
    """Only the headings of the data are others."""
    english, chinese = (
        [(kind, reduced(text, COLUMNS[page])) for kind, text in blocks(page)] for page in COLUMNS
    )
    assert chinese == english


def reduced(text: str, columns: list[str]) -> str:
    """Put numbers in the place of the headings of a page; headings of other lengths break lines elsewhere."""
    names = rf"(?<![\w/-])({'|'.join(columns)})(?!\w)"
    numbered = re.sub(names, lambda found: str(columns.index(found[1])), text)
    return re.sub(r",\)", ")", re.sub(r"\s", "", numbered))


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_what_stands_in_a_sentence_is_a_command(page: str) -> None:
    """Commands between backquotes exist, with the options that they have."""
    text = BLOCK.sub("", (ROOT / page).read_text(encoding="utf-8"))
    found = re.findall(r"`(?:[^`]*uv run )?xinzhi ([a-z][^`]*)`", text)

    assert found
    for one in found:
        words = shlex.split(one)
        options = [word for word in words if word.startswith("--")]
        told = call(words[0], "--help").stdout
        assert all(option in told for option in options)
