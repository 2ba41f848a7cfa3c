"""The pages of the documentation, and what stands in them outside code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from places import ROOT

DOCS = ROOT / "docs"
OF_THE_REPOSITORY = ("README.md", "README.zh-CN.md", "CHANGELOG.md", "CONTRIBUTING.md")
FENCE = re.compile(
    r"^( *)(```+)(\w*)(?: title=\"([^\"]*)\")?[^\n]*\n(.*?)^\1\2$", re.MULTILINE | re.DOTALL
)
CODE = re.compile(r"`[^`\n]+`")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
NO_SLUG = re.compile(r"[^\w\- ]")


def pages() -> list[Path]:
    """Every page of the documentation, and those at the top of the repository."""
    return [*sorted(DOCS.rglob("*.md")), *(ROOT / name for name in OF_THE_REPOSITORY)]


def english() -> list[Path]:
    """Pages in English, named by their place."""
    return [page for page in _places(DOCS) if page.parts[0] != "zh"]


def chinese() -> list[Path]:
    """Pages in Chinese, named by the place that both languages share."""
    return _places(DOCS / "zh")


def _places(folder: Path) -> list[Path]:
    return [page.relative_to(folder) for page in sorted(folder.rglob("*.md"))]


def name(page: Path) -> str:
    """Where a page stands."""
    return page.relative_to(ROOT).as_posix()


def without_code(text: str) -> str:
    """What readers read: no blocks, no code, no comments."""
    return CODE.sub("", COMMENT.sub("", FENCE.sub("", text)))


def blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """Language, title and text of each block."""
    for found in FENCE.finditer(text):
        yield found[3], found[4] or "", found[5]


def anchors(text: str) -> set[str]:
    """The places in a page that can be linked to."""
    found = set()
    for _, heading in HEADING.findall(FENCE.sub("", text)):
        words = LINK.sub("]", heading).replace("`", "").replace("[", "").replace("]", "")
        found.add(NO_SLUG.sub("", words.lower()).strip().replace(" ", "-"))
    return found
