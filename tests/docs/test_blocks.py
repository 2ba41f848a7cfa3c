"""Every block of every page is run by some test; those that are not are listed here, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from doc_pages import DOCS, blocks, chinese, english

GUIDE = {"csv", "yaml", "toml", "po", "python", "sh", "text", "math"}
RUN_BY = {
    "how-to": ("test_commands.py", GUIDE),
    "coming-from": ("test_commands.py", GUIDE),
    "tutorials": ("test_commands.py", GUIDE),
    "methods": ("test_method_pages.py", {"yaml", "sh", "math"}),
    "gallery": ("test_gallery.py, test_index_methods.py", {"yaml", "sh", "python"}),
    "reference": ("test_reference.py; examples: doctests of src", {"text", "pycon", "yaml"}),
}
"""Folder -> the test that runs its blocks, or makes the page anew, and the kinds that it runs.

Equations are drawn by test_site.py.
"""
NOT_RUN = {
    ("explanation/architecture.md", "text"): "a drawing of the layers; import-linter holds them",
    ("how-to/on-a-cluster.md", "console"): "several computers, and a run that was interrupted",
    ("how-to/own-measure.md", "shell"): "needs a package installed beside xinzhi",
    ("proof.md", "sh"): "other programs at work for long; test_proof.py computes what needs none",
    ("how-to/reproducing-the-paper.md", "console"): "the whole demo, which test_readme.py runs",
    ("how-to/without-a-terminal.md", "console"): "opens a page; tests/app go through it",
}
"""Page and kind of block -> why no test runs it as it stands."""


def kinds(page: Path) -> set[str]:
    """Kinds of blocks of a page that nothing runs."""
    found = {kind for kind, _, _ in blocks(page.read_text(encoding="utf-8"))}
    place = page.relative_to(DOCS).as_posix().removeprefix("zh/")
    _, run = RUN_BY.get(place.split("/")[0], ("", set()))
    listed = {kind for where, kind in NOT_RUN if where == place}
    return found - run - listed


@pytest.mark.parametrize(
    "page",
    [*english(), *(Path("zh") / page for page in chinese())],
    ids=lambda page: page.as_posix(),
)
def test_every_block_is_run(page: Path) -> None:
    """Nothing is shown that no test has done."""
    if page.parts[0] == "decisions":
        return
    assert kinds(DOCS / page) == set()


def test_what_is_listed_is_there() -> None:
    """A block that is run, or gone, is not listed."""
    for place, kind in NOT_RUN:
        for page in (DOCS / place, DOCS / "zh" / place):
            shown = {one for one, _, _ in blocks(page.read_text(encoding="utf-8"))}
            assert kind in shown, page
