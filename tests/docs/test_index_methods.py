"""The page on methods of index papers: its blocks run, and both columns of its tables are right, in both languages."""

from __future__ import annotations

import contextlib
import re

import pytest

from places import ROOT
from xinzhi.analyses.coordination import STATE_WORDS
from xinzhi_core.wording import say

DOCS = ROOT / "docs"
PAGES = {
    "en": DOCS / "gallery" / "index-methods.md",
    "zh": DOCS / "zh" / "gallery" / "index-methods.md",
}
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
SECTIONS = 9


@pytest.fixture(scope="module")
def answers():
    """Run the blocks of the English page in one session, in the folder of its data; what each of them found."""
    session, found = {}, []
    with contextlib.chdir(DOCS / "gallery" / "index-methods"):
        for block in BLOCK.findall(PAGES["en"].read_text(encoding="utf-8")):
            exec(compile(block, "gallery", "exec"), session)  # noqa: S102 - our own page
            if "found" in session:
                found.append(session.pop("found"))
    return found


def tables(language):
    """List the rows of the table of each section: the cells of the reference and of xinzhi."""
    parts = PAGES[language].read_text(encoding="utf-8").split("\n## ")[1 : SECTIONS + 1]
    return [[row[1:] for row in ROW.findall(part)][2:] for part in parts]


@pytest.mark.parametrize("language", PAGES)
def test_each_figure_is_what_the_block_finds(answers, language):
    """Digit by digit; and it is the reference to half a unit of its last digit."""
    assert len(answers) == SECTIONS
    for found, rows in zip(answers, tables(language), strict=True):
        assert len(found) == len(rows)
        for value, (reference, ours) in zip(found, rows, strict=True):
            if isinstance(value, str):
                assert ours == f"`{value}`"
                assert reference == say(STATE_WORDS[value], language)
                continue
            number, shown = (cell.replace("−", "-") for cell in (reference, ours))
            assert shown == f"{value:.{len(shown.partition('.')[2])}f}"
            unit = 10.0 ** -len(number.partition(".")[2])
            assert abs(value - float(number)) <= 0.5 * unit * (1 + 1e-6)


def test_both_languages_show_the_same_code():
    """What is run for one page holds for the other."""
    english, chinese = (BLOCK.findall(page.read_text(encoding="utf-8")) for page in PAGES.values())

    assert english == chinese


def test_the_page_is_in_the_list_of_the_gallery():
    """A reader finds it."""
    for page in PAGES.values():
        assert f"({page.name})" in (page.parent / "index.md").read_text(encoding="utf-8")
