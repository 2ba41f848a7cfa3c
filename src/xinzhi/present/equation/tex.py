"""Equations in TeX, as LaTeX with amsmath and the viewers of Markdown read it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from xinzhi.present.equation.tree import SPACE, EquationWriter, Node
from xinzhi.wording import Language

GREEK: Mapping[str, str] = {
    "α": r"\alpha",
    "β": r"\beta",
    "γ": r"\gamma",
    "δ": r"\delta",
    "ε": r"\varepsilon",
    "θ": r"\theta",
    "λ": r"\lambda",
    "μ": r"\mu",
    "ρ": r"\rho",
    "φ": r"\varphi",
    "ω": r"\omega",
    "η": r"\eta",
    "ξ": r"\xi",
}
SIGNS: Mapping[str, str] = {
    "×": r"\times",
    "≤": r"\leq",
    "≥": r"\geq",
    "≠": r"\neq",
    "∈": r"\in",
    "−": "-",
    "·": r"\cdot",
    "…": r"\dots",
    "′": r"\prime",
    "*": r"*",
    "min": r"\min",
    "max": r"\max",
    "ln": r"\ln",
    SPACE: r"\quad",
    "%": r"\%",
}
SPECIAL = re.compile(r"([\\{}$&#%_^~])")
ESCAPED = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}


def tex(node: Node, language: Language) -> str:
    r"""Write an equation in TeX, without the signs around it.

    >>> from xinzhi.present.equation.build import letter, row
    >>> tex(row(letter("y", "it"), "=", letter("β", "0")), "en")
    'y_{it} = \\beta_{0}'
    """
    return _Tex(language).write(node)


class _Tex(EquationWriter):
    def symbol(self, name: str) -> str:
        if len(name) == 1 and not name.isalpha():
            return SIGNS.get(name, escaped(name))
        if len(name) == 1:
            return GREEK.get(name, name if name.isascii() else rf"\text{{{name}}}")
        text = escaped(name)
        return rf"\mathrm{{{text}}}" if name.isascii() else rf"\text{{{text}}}"

    def number(self, digits: str) -> str:
        return digits

    def operator(self, sign: str) -> str:
        return SIGNS.get(sign, sign)

    def words(self, text: str) -> str:
        return rf"\text{{{escaped(text)}}}"

    def row(self, parts: Sequence[str]) -> str:
        """Put spaces between parts, but none between single letters or before commas."""
        text = ""
        for before, part in zip(("", *parts), parts, strict=False):
            is_close = part.startswith((",", ";")) or len(part) == len(before) == 1
            text += part if is_close or not before else f" {part}"
        return text

    def script(self, base: str, below: str, above: str) -> str:
        lowered = f"_{{{below}}}" if below else ""
        return base + lowered + (f"^{{{above}}}" if above else "")

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def sum(self, below: str, above: str, inside: str) -> str:
        return rf"\sum_{{{below}}}{f'^{{{above}}}' if above else ''} {inside}"

    def fenced(self, inside: str) -> str:
        return rf"\left({inside}\right)"

    def lines(self, lines: Sequence[str], *, is_flush: bool) -> str:
        indent = "" if is_flush else r"\quad "
        body = " \\\\\n".join(f"& {indent if n else ''}{line}" for n, line in enumerate(lines))
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def escaped(text: str) -> str:
    r"""Escape words for TeX.

    >>> escaped("50% of a_b")
    '50\\% of a\\_b'
    """
    return SPECIAL.sub(lambda match: ESCAPED.get(match[0], f"\\{match[0]}"), text)
