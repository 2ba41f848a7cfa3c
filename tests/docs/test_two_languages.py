"""Both languages of a page: the same sections, and the same files where a user copies them."""

from __future__ import annotations

import ast
import re

import pytest

from places import ROOT

DOCS = ROOT / "docs"
FILE = re.compile(r'^```(\w+) title="(.*?)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+(?= )", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


class WithoutDocstrings(ast.NodeTransformer):
    """Drop the strings that stand alone: they are in the language of the page."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        """Drop a string."""
        return None if isinstance(getattr(node.value, "value", None), str) else node


def code(kind: str, text: str) -> str:
    """Return what a file does, without its words."""
    return (
        ast.dump(WithoutDocstrings().visit(ast.parse(text))) if kind == "python" else text.strip()
    )


@pytest.mark.parametrize("page", ["add-an-analysis", "own-measure"])
def test_the_files_are_the_same(page: str) -> None:
    """What is tested for the English page holds for the Chinese one."""
    english, chinese = (
        {
            name: code(kind, text)
            for kind, name, text in FILE.findall(
                (DOCS / part / f"{page}.md").read_text(encoding="utf-8")
            )
        }
        for part in ("how-to", "zh/how-to")
    )
    assert len(english) >= 2
    assert chinese == english


@pytest.mark.parametrize("section", ["how-to", "coming-from", "explanation"])
def test_a_page_has_the_sections_of_the_other(section: str) -> None:
    """A section that is new in one language is missed in the other."""
    for page in sorted((DOCS / section).glob("*.md")):
        chinese = DOCS / "zh" / section / page.name
        found = [
            [len(one) for one in HEADING.findall(FENCED.sub("", file.read_text(encoding="utf-8")))]
            for file in (page, chinese)
        ]
        assert found[0] == found[1], page.name
