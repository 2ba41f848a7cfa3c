"""The words under an equation: each symbol with what it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from xinzhi.present.equation import NumberedEquation
from xinzhi.present.equation.tree import Node
from xinzhi.wording import Language, Wording, message, say

HERE, DENOTES = message("Here"), message("denotes")
SIGNS: Mapping[Language, tuple[str, str, str]] = {"zh": ("", "；", "。"), "en": (" ", "; ", ".")}
"""What stands beside a symbol, between two meanings, and at the end."""


def meanings(equation: NumberedEquation, language: Language) -> Iterator[Node | str]:
    """Give the sentence under an equation piece by piece: words, and symbols to be written as such.

    >>> from xinzhi.present.equation.tree import Symbol
    >>> y = Symbol("y")
    >>> list(meanings(NumberedEquation("e", "", y, ((y, "output"),)), "en"))
    ['Here ', Symbol(name='y'), ' denotes output', '.']
    """
    space, between, end = SIGNS[language]
    for n, (symbol, words) in enumerate(equation.where):
        yield between if n else say(HERE, language) + space
        yield symbol
        yield f"{space}{say(DENOTES, language)}{space}{say(words, language)}"
    if equation.where:
        yield end


def explained_once(equations: Iterable[NumberedEquation]) -> Iterator[NumberedEquation]:
    """Leave out what an equation before has explained in the same words."""
    explained: dict[Node, Wording] = {}
    for equation in equations:
        new = tuple((node, words) for node, words in equation.where if explained.get(node) != words)
        explained |= dict(equation.where)
        yield replace(equation, where=new)
