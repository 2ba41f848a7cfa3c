r"""The one function that turns words into LaTeX: no word of the user is ever a command."""

from __future__ import annotations

import re

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"{\char96}",
    "'": "{'}",
    '"': r"{\char34}",
    # Grouped, so that they neither join into dashes nor begin an option of the line break before.
    "-": "{-}",
    "*": "{*}",
    "[": "{[}",
    "]": "{]}",
    # Signs that fonts of LaTeX lack.
    "−": "$-$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "≠": r"$\neq$",
    "±": r"$\pm$",
    "∞": r"$\infty$",
    "²": r"\textsuperscript{2}",
    "³": r"\textsuperscript{3}",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
    "ȳ": r"$\bar{y}$",
    "χ": r"$\chi$",
    "→": r"$\rightarrow$",
    "÷": r"$\div$",
    "\u00a0": "~",
}
_PATTERN = re.compile("|".join(re.escape(sign) for sign in _SPECIAL))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def latex(text: str) -> str:
    r"""Escape words for LaTeX; a line break is a space.

    >>> latex("50% of $\\input{x}$"), latex("−0.5**")
    ('50\\% of \\$\\textbackslash{}input\\{x\\}\\$', '$-$0.5{*}{*}')
    """
    return _PATTERN.sub(lambda found: _SPECIAL[found[0]], _CONTROL.sub(" ", text))
