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

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDEX_ONLY = re.compile(r"<!-- index only\n.*?-->\n", re.DOTALL)
"""What stands on the page of an index, tried by `just release`."""
INSTALL = "pip install uv && "
TESTS = ["pytest"]
"""The one command that is not run here: these are the tests."""
COLUMNS = ("从业人员", "资本存量", "用电量", "地区生产总值", "工业废水", "绿色效率", "专利")


def blocks(page: str) -> list[tuple[str, str]]:
    """List the blocks of a page: language, text."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return BLOCK.findall(INDEX_ONLY.sub("", text))


def commands(text: str) -> list[list[str]]:
    """List the commands of a block, without what installs and starts the program."""
    lines = text.replace("\\\n", " ").splitlines()
    words = [shlex.split(line.removeprefix(INSTALL)) for line in lines]
    assert all(one[:2] == ["uv", "run"] for one in words)
    return [one[2:] for one in words]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A reader's own data, with the headings of the page, and a study of them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product(
        [[f"城市{n}" for n in "甲乙丙丁戊己庚辛壬癸"], range(2015, 2020)], names=["城市", "年份"]
    )
    frame = pd.DataFrame(rng.uniform(10, 90, (50, len(COLUMNS))), index=index, columns=COLUMNS)
    frame.round(2).reset_index().to_excel("cities.xlsx", index=False)
    call("init", ".", "--from", "cities.xlsx")
    return tmp_path


def test_the_blocks_run_in_their_order(folder: Path) -> None:
    """Each command ends with 0 and each line of Python runs; the whole demo among them."""
    ran = []
    for kind, text in blocks("README.md"):
        if kind == "python":
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(compile(text, "README.md", "exec"), {})  # noqa: S102 - our own page
            assert "score" in printed.getvalue()
            ran.append("python")
            continue
        for words in commands(text):
            if words == TESTS:
                continue
            assert words[0] == "xinzhi"
            done = attempt(*words[1:])
            assert done.code == 0, (words, done.stderr)
            ran.append(words[1])

    assert ran == ["demo", "check", "efficiency", "regress", "run", "python"]
    assert (folder / "xinzhi-demo-resource_cities" / "results" / "report.html").is_file()


def test_the_chinese_page_has_the_same_blocks() -> None:
    """What is run for one page holds for the other."""
    assert blocks("README.zh-CN.md") == blocks("README.md")


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
