"""The tutorial does what it says: its blocks run, in order, and print what is shown below them."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from places import ROOT

TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[tuple[str, str]]:
    """Each Python block with what is shown below it, or an empty text."""
    found = [(kind, text) for kind, text in BLOCK.findall(page.read_text(encoding="utf-8"))]
    pairs = []
    for index, (kind, text) in enumerate(found):
        if kind == "python":
            shown = found[index + 1] if index + 1 < len(found) else ("", "")
            pairs.append((text, shown[1] if shown[0] == "text" else ""))
    return pairs


def lines(text: str) -> list[str]:
    """Lines without the blanks at their ends."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_tutorial(page: Path, tmp_path: Path) -> None:
    """Blocks of a tutorial run in one session in an empty folder and print what the page shows."""
    session: dict[str, object] = {}
    with contextlib.chdir(tmp_path):
        for number, (code, shown) in enumerate(blocks(page), 1):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(code, f"{page.name}, block {number}", "exec"), session)  # noqa: S102 - our own page
            assert lines(printed.getvalue()) == lines(shown), f"block {number}:\n{code}"


def test_there_is_a_tutorial() -> None:
    """At least one tutorial has blocks to run."""
    assert sum(len(blocks(page)) for page in TUTORIALS) >= 5
