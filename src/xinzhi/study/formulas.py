"""Formulas of a study: the variables that tables name by a formula, and what these are made of.

A formula that a table names (`x: [talent, talent^2, L1.policy, i(region)]`) becomes a variable of that name,
labelled as a person would write it; `i(region)` becomes a set of variables once the data are known, one for
each value but the base. So every analysis knows variables alone. Names in a formula are variables first,
then groupings, then columns of the panel, then the keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from xinzhi.analyses.section import Words
from xinzhi.errors import Where
from xinzhi.formula.parse import parse
from xinzhi.formula.tokens import PLAIN
from xinzhi.formula.write import in_words
from xinzhi.panel.panel import ENTITY, PERIOD
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.variables import Variable
from xinzhi.wording import Label, Wording, message, say

SIGNS = re.compile(r"[-+*/^()<>=!&|:'\"`²³≥≤≠]|\A[LFD]\d{0,2}\.|\s(and|or|not|in)\s|\Anot\s")
"""What makes a text a formula and no name."""


def is_formula(text: str) -> bool:
    """Whether a text that names no variable is a formula.

    >>> is_formula("talent^2"), is_formula("L1.talent"), is_formula("talnt")
    (True, True, False)
    """
    return bool(SIGNS.search(text.translate(PLAIN)))


def label_of(name: str, spec: StudySpec) -> Wording:
    """Word a name in a formula: a variable, a grouping, a key, or a column as the data call it."""
    if name in spec.variables.named:
        return spec.variables.named[name].label.label(name)
    if name in spec.groups:
        return spec.groups[name].label.label(name)
    keys: Mapping[str, Wording] = {ENTITY: message("Entity"), PERIOD: message("Period")}
    return keys.get(name, Label(name))


def both(words: Wording) -> Words:
    """Keep words in both languages."""
    return Words(zh=say(words, "zh"), en=say(words, "en"))


def formula_variable(text: str, spec: StudySpec) -> Variable:
    """Make the variable that a formula of a table stands for, labelled as a person would write it."""
    words = in_words(parse(text).tree, lambda name: label_of(name, spec))
    return Variable(expression=text, label=both(words))


def place_of_formula(spec: StudySpec, name: str) -> Where:
    """Find where the formula of a variable stands in the study file."""
    return spec.variables.named[name].where or Where(key=f"variables.{name}")


def flat(sets: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Put the variables that a formula stands for in its place among the members of sets.

    >>> flat({"controls": ("a", "i(b)"), "i(b)": ("b == 1", "b == 2")})["controls"]
    ('a', 'b == 1', 'b == 2')
    """
    return {
        name: tuple(variable for member in members for variable in (sets.get(member) or (member,)))
        for name, members in sets.items()
    }


def names_behind(spec: StudySpec, name: str) -> tuple[str, ...]:
    """List a variable, and all names of the formulas that it is made of."""
    behind: dict[str, None] = {}
    left = [name]
    while left:
        part = left.pop()
        if part in behind:
            continue
        behind[part] = None
        variable = spec.variables.named.get(part)
        if variable is not None and variable.expression is not None:
            left += parse(variable.expression).names
    return tuple(behind)


def columns_behind(spec: StudySpec, name: str) -> tuple[str, ...]:
    """List the columns of the panel that a variable is made of."""
    named = spec.variables.named
    columns = (named[part].column if part in named else part for part in names_behind(spec, name))
    return tuple(dict.fromkeys(column for column in columns if column is not None))


def in_turn(spec: StudySpec) -> Iterator[tuple[str, str]]:
    """List the variables that are formulas, each after those that it is made of."""
    named = spec.variables.named
    done: dict[str, None] = {}

    # Depth first: a name is done after all that it is made of. Circles are refused when a study is loaded.
    def visit(name: str) -> None:
        variable = named.get(name)
        if name in done or variable is None or variable.expression is None:
            return
        for other in parse(variable.expression).names:
            if other != name:
                visit(other)
        done[name] = None

    for name in named:
        visit(name)
    return ((name, str(named[name].expression)) for name in done)


def circles(spec: StudySpec) -> Iterator[tuple[str, str]]:
    """List the variables whose formulas lead back to themselves, with the way."""
    named = spec.variables.named
    reported: set[str] = set()
    for start, variable in named.items():
        if start in reported:  # one error for each circle, not for each name in it
            continue
        ways: list[tuple[str, ...]] = [(start,)]
        seen: set[str] = set()
        while ways and variable.expression is not None:
            way = ways.pop()
            formula = named[way[-1]].expression if way[-1] in named else None
            for other in parse(formula).names if formula is not None else ():
                if other == start:
                    reported |= set(way)
                    yield start, " → ".join((*way, start))
                    ways = []
                    break
                if other not in seen:
                    seen.add(other)
                    ways.append((*way, other))
