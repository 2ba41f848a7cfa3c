"""Every command of the documentation is read alike by cmd, PowerShell and sh."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from places import ROOT

PAGES = (
    *sorted(ROOT.glob("README*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(ROOT.glob("packages/*/README*.md")),
)
BLOCK = re.compile(r'^```sh(?: title="[^"]+")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`((?:uv run )?xinzhi [^`\n]*)`")
IN_QUOTES = re.compile(r'"[^"]*"')


def lines(page: Path) -> list[str]:
    """Commands in blocks and between backquotes."""
    text = page.read_text(encoding="utf-8")
    return [
        *(line for block in BLOCK.findall(text) for line in block.splitlines()),
        *SPAN.findall(text),
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_command_needs_a_shell_of_its_own(page: Path) -> None:
    """The cmd of Windows knows no single quotes, and PowerShell 5 no `&&`; braces and variables are read by some."""
    for line in lines(page):
        assert not re.search(r"['^$;{}()]|&&|\\$", IN_QUOTES.sub("", line)), line


def test_commands_are_found() -> None:
    """The search reads blocks and spans."""
    assert sum(len(lines(page)) for page in PAGES) > 300
