"""The menus of both sites hold every page, and both sites have the same pages."""

from __future__ import annotations

import pytest

from places import ROOT
from website_builder import SITE

DOCS = ROOT / "docs"


@pytest.mark.parametrize("language", SITE.LANGUAGES)
def test_every_page_is_in_the_menu_once(language: str) -> None:
    """A page that is not in the menu is found by nobody."""
    listed: list[str] = []
    for entry in SITE.menu(language):
        (pages,) = entry.values()
        listed += [pages] if isinstance(pages, str) else pages

    assert sorted(listed) == sorted(map(str, SITE.pages("en")))
    assert sorted(listed) == sorted(map(str, SITE.pages("zh")))


def test_the_menu_names_no_page_that_is_gone() -> None:
    """What menu.toml puts first in a folder stands there."""
    for section in SITE.sections():
        for name in section.get("first", ()):
            assert (DOCS / section["folder"] / f"{name}.md").is_file(), name


def test_links_of_a_chinese_page_stay_in_the_chinese_site() -> None:
    """A link into the English tree leads to the same page of the Chinese site, a title of a block is Chinese."""
    page = SITE.pages("zh")[SITE.PurePosixPath("how-to/command-line.md")]

    assert "(../reference/command-line.md)" in page
    assert 'title="退出码 2"' in page
