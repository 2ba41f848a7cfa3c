"""Coming from another program: the options beside its own are tried on data, one by one."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cli_runner import call
from places import ROOT

pytestmark = pytest.mark.long

DOCS = ROOT / "docs"
PAGES = tuple(sorted(DOCS.glob("**/coming-from/*.md")))
ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
SPAN = re.compile(r"`(--[a-z][^`]*)`")
OPTION = re.compile(r"--[a-z][a-z-]+")
MENTIONED = re.compile(r"--[a-z-]+")
"""An option without a value names it; there is nothing to try."""
REGRESSIONS = ("stata", "pyfixest")
"""Pages on which an option of both commands is one of the regression."""
EFFICIENCY = {"--inputs": "a,b", "--good-outputs": "c", "--entity": "city", "--period": "year"}
REGRESSION = {"--outcome": "y", "--regressors": "x,m", "--entity": "city", "--period": "year"}
SAME = {"--good": "--good-outputs", "--bad": "--bad-outputs", "--returns": "--returns-to-scale"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight cities in five years; columns named as on the pages of either language."""
    rng = np.random.default_rng(11)
    cities = ["A", "甲", "B", "乙", "C", "丙", "D", "丁"]
    frame = pd.DataFrame(
        [(city, year) for city in cities for year in range(2019, 2024)], columns=["city", "year"]
    )
    frame["region"] = np.where(frame["city"].isin(cities[:4]), "east", "west")
    frame[list("abcd")] = rng.uniform(10, 90, (len(frame), 4)).round(2)
    frame[list("yxmwz")] = rng.normal(size=(len(frame), 5)).round(3)
    frame["share"] = rng.uniform(0, 1, len(frame)).round(3)
    for name, chinese in {"city": "城市", "year": "年份", "region": "区域"}.items():
        frame[chinese] = frame[name]
    file = tmp_path_factory.mktemp("data") / "data.csv"
    frame.to_csv(file, index=False)
    return file


def tried(page: Path) -> list[str]:
    """List what the tables of a page give, without what only names an option."""
    rows = "\n".join(ROW.findall(page.read_text(encoding="utf-8")))
    return [one for one in dict.fromkeys(SPAN.findall(rows)) if not MENTIONED.fullmatch(one)]


def words(command: str, given: str) -> list[str]:
    """Complete what a row gives to a command line."""
    left, words = dict(EFFICIENCY if command == "efficiency" else REGRESSION), shlex.split(given)
    if command == "efficiency" and {"--index", "--disposability", "--bads"} & set(words):
        left["--bad-outputs"] = "d"
    for word in words:
        left.pop(SAME.get(word, word), None)
    return [command, *words, *(part for pair in left.items() for part in pair)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parts[-3]}/{page.stem}")
def test_the_options_of_a_row_run(page: Path, data: Path) -> None:
    """Each is accepted beside what a command needs anyway."""
    commands = {
        command: set(OPTION.findall(call(command, "--help").stdout))
        for command in sorted(("efficiency", "regress"), reverse=page.stem in REGRESSIONS)
    }
    spans = tried(page)

    assert spans
    for span in spans:
        options = set(OPTION.findall(span))
        command = next(name for name, known in commands.items() if options <= known)
        call(*words(command, span), str(data))


@pytest.mark.parametrize("page", sorted((DOCS / "coming-from").glob("*.md")), ids=lambda p: p.stem)
def test_both_languages_name_the_same_options(page: Path) -> None:
    """A row is not forgotten in one of them."""
    chinese = DOCS / "zh" / "coming-from" / page.name
    named = [
        sorted(OPTION.findall("\n".join(ROW.findall(one.read_text(encoding="utf-8")))))
        for one in (page, chinese)
    ]
    assert named[0] == named[1]
