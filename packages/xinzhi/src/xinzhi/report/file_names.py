"""Names of files: from the ids of tables and charts, safe on every system, one a language.

The words under an equation: each symbol with what it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from xinzhi.present.equation import NumberedEquation
from xinzhi.present.equation.tree import Node
from xinzhi_core.wording import Language, Wording, message, say

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


LONGEST = 80
RESERVED = {"con", "prn", "aux", "nul"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"
}
"""Names that Windows keeps for itself."""


def stems(ids: Sequence[str]) -> tuple[str, ...]:
    """Turn ids into names of files: letters, digits, - and _ only, no two alike.

    >>> stems(["baseline", "../../etc", "基准/1", "Baseline"])
    ('baseline', 'etc', '基准_1', 'Baseline_2')
    """
    names: dict[str, str] = {}
    for id_ in ids:
        stem = re.sub(r"[^\w-]+", "_", id_).strip("_")[:LONGEST] or "unnamed"
        stem = f"{stem}_" if stem.casefold() in RESERVED else stem
        name, n = stem, 1
        # Folded: some systems take Baseline and baseline for one file.
        while name.casefold() in names:
            n += 1
            name = f"{stem}_{n}"
        names[name.casefold()] = name
    return tuple(names.values())


def in_language(name: str, suffix: str, language: Language, languages: Sequence[Language]) -> str:
    """Name a file of one language: the first language has the plain name.

    >>> in_language("report", "docx", "zh", ("zh", "en"))
    'report.docx'
    >>> in_language("report", "docx", "en", ("zh", "en"))
    'report.en.docx'
    """
    return f"{name}.{suffix}" if language == languages[0] else f"{name}.{language}.{suffix}"
