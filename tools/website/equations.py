"""A Markdown extension: equations as MathML, which browsers draw by themselves, without a script.

A fenced block called `math` is an equation of its own, `$x$` one within a line; code is left as it is.
"""

from __future__ import annotations

import re

from latex2mathml.converter import convert
from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

CODE_OR_EQUATION = re.compile(
    r"^```math\n(?P<block>.*?)^```$|^```.*?^```$|`[^`\n]+`|\$(?P<inline>[^$\n]+)\$",
    re.MULTILINE | re.DOTALL,
)
BEFORE_FENCES = 27
"""superfences reads its blocks at 25; line ends are made equal at 30."""


class Equations(Preprocessor):
    """Keeps equations away from what reads the text after it."""

    def run(self, lines: list[str]) -> list[str]:
        """Put a mark in the place of each equation."""
        return CODE_OR_EQUATION.sub(self._drawn, "\n".join(lines)).split("\n")

    def _drawn(self, found: re.Match[str]) -> str:
        if found["block"] is not None:
            equation = convert(found["block"].strip(), display="block")
            return self.md.htmlStash.store(f'<div class="equation">{equation}</div>')
        if found["inline"] is not None:
            return self.md.htmlStash.store(convert(found["inline"]))
        return found.group()


class EquationsExtension(Extension):
    """Registers the equations."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        """Read equations before blocks of code are read."""
        md.preprocessors.register(Equations(md), "equations", BEFORE_FENCES)


def makeExtension() -> EquationsExtension:  # noqa: N802 - Markdown's own name
    """Give the extension, as Markdown asks for it."""
    return EquationsExtension()
