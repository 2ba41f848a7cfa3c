"""Which values of a call fit the names of another: two arguments that stand in each other's place.

An argument fits a parameter by the words that both names share (`first=first_year`, `Slope(name, low, high)`). Where
two arguments fit better when exchanged, they are exchanged, or their names mislead.

Rice, A., Aftandilian, E., Jaspan, C., Johnston, E., Pradel, M., Arroyo-Paredes, Y. (2017). Detecting argument selection
defects. Proceedings of the ACM on Programming Languages, 1 (OOPSLA), 104. doi:10.1145/3133928
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from house import nodes, sources
from layout import address_of, module_of

SHORT_TEXT = 20
"""Letters of a text in code below which it counts as a name."""
NUMBER = frozenset({"n", "k", "m", "total", "count"})
"""Names of places for numbers of things."""
COUNTS = frozenset({"len", "sum", "count", "count_nonzero"})
"""Functions that give one."""
KIN = (
    frozenset({"name", "label", "title", "key"}),
    frozenset({"reason", "why", "note"}),
    frozenset({"share", "level", "percent", "coverage", "p"}),
    frozenset({"period", "year", "start", "begin", "end"}),
)
"""Words that say the same of a place and of what stands in it."""
LISTS = frozenset({"listed", "enumerated", "named", "join", "series", "list"})
"""Functions that write several things one after the other, for a place that speaks of several."""
ENDS = {"0": frozenset({"first", "start", "low"}), "-1": frozenset({"last", "end", "high"})}
"""Names of places for the first and the last of a row."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a call gives one of its parameters."""

    parameter: str
    text: str
    words: frozenset[str]

    def fit(self, parameter: str) -> int:
        """Count the words that it shares with a parameter, or that are kin; a number and a list of things fit places for them."""
        asked = words_in(parameter)
        fits = len(asked & self.words)
        is_several = parameter.endswith("s") and parameter not in asked
        return (
            2 * fits
            + (parameter in NUMBER and bool(self.words & COUNTS))
            + (not fits and any(asked & kin and self.words & kin for kin in KIN))
            + (is_several and bool(self.words & LISTS))
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two arguments of a call."""

    place: str
    """File, function that is called, and its first text if it has one."""
    one: Argument
    two: Argument

    @property
    def gain(self) -> int:
        """How much better the two fit where they are exchanged; negative where they fit as they stand."""
        one, two = self.one, self.two
        crossed = one.fit(two.parameter) + two.fit(one.parameter)
        return crossed - one.fit(one.parameter) - two.fit(two.parameter)

    def __str__(self) -> str:
        one, two = self.one, self.two
        return f"{self.place}: {one.parameter}={one.text}, {two.parameter}={two.text}"


def sentences() -> Iterator[tuple[str, ast.Call]]:
    """List the calls that make a sentence of a text that stands in them, each with its file."""
    for path in sources():
        for node in nodes(path):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "message":
                text = node.args[0] if node.args else None
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield address_of(path), node


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a function whose name stands for something in the function that calls it."""

    place: str
    """File, the function that calls, the one that is called."""
    name: str
    is_passed_on: bool

    def __str__(self) -> str:
        return f"{self.place}: {self.name}"


@cache
def options() -> tuple[Option, ...]:
    """List the options of functions that their callers have under the same name."""
    return tuple(_options())


def _options() -> Iterator[Option]:
    for path in sources():
        for function in nodes(path):
            if not isinstance(function, ast.FunctionDef):
                continue
            args = function.args
            known = {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
            for call in ast.walk(function):
                called = signature(path, call) if isinstance(call, ast.Call) else None
                if not isinstance(call, ast.Call) or called is None or called.is_class:
                    continue
                if any(k.arg is None for k in call.keywords):
                    continue
                if any(isinstance(a, ast.Starred) for a in call.args):
                    continue
                given = {*called.names[: len(call.args)], *(k.arg for k in call.keywords)}
                name = getattr(call.func, "id", getattr(call.func, "attr", ""))
                if name == "message":
                    continue
                place = f"{address_of(path)} {function.name} -> {name}"
                for option in sorted(called.optional & known):
                    yield Option(place, option, option in given)


def words_in(name: str) -> frozenset[str]:
    """Split a name into its words, each in the singular.

    >>> sorted(words_in("n_entities")), sorted(words_in("firstYear"))
    (['entitie', 'n'], ['firstyear'])
    """
    words = re.split(r"[_\W\d]+", name.lower())
    return frozenset(w[:-1] if w.endswith("s") and len(w) > 3 else w for w in words if w)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function or a class takes."""

    names: tuple[str, ...]
    """Of what can be given by position."""
    optional: frozenset[str]
    """What need not be given."""
    is_class: bool = False


@cache
def signatures() -> Mapping[tuple[str, str], frozenset[Signature]]:
    """List what functions and classes take: module and name, or "" and name for methods of any class."""
    found: dict[tuple[str, str], set[Signature]] = defaultdict(set)
    for path in sources():
        methods = {
            id(node) for one in nodes(path) if isinstance(one, ast.ClassDef) for node in one.body
        }
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef):
                place = "" if id(node) in methods else module_of(path)
                found[place, node.name].add(_of_function(node))
            elif isinstance(node, ast.ClassDef):
                found[module_of(path), node.name].add(_of_class(node))
    return {place: frozenset(kinds) for place, kinds in found.items()}


def _of_function(node: ast.FunctionDef) -> Signature:
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    optional = set(names[len(names) - len(node.args.defaults) :])
    named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    optional |= {a.arg for a, default in named if default is not None}
    return Signature(tuple(names[names[:1] in (["self"], ["cls"]) :]), frozenset(optional))


def _of_class(node: ast.ClassDef) -> Signature:
    fields = [
        one
        for one in node.body
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
    ]
    names = tuple(one.target.id for one in fields if isinstance(one.target, ast.Name))
    is_given = [one.value is not None for one in fields]
    optional = frozenset(n for n, given in zip(names, is_given, strict=True) if given)
    return Signature(names, optional, is_class=True)


@cache
def imported(path: Path) -> Mapping[str, tuple[str, str]]:
    """List what a module imports: its name here -> module and name there."""
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def signature(path: Path, call: ast.Call) -> Signature | None:
    """Find what a call in a file calls; nothing where that is not of the package, or not certain."""
    function = call.func
    if isinstance(function, ast.Name):
        name = function.id
        place = imported(path).get(name, (module_of(path), name))
    elif isinstance(function, ast.Attribute):
        module, name = imported(path).get(getattr(function.value, "id", ""), ("", ""))
        inside = (f"{module}.{name}", function.attr)
        place = inside if inside in signatures() else ("", function.attr)
    else:
        return None
    kinds = signatures().get(place, frozenset())
    return next(iter(kinds)) if len(kinds) == 1 else None


@cache
def pairs(kind: str) -> tuple[Pair, ...]:
    """List the pairs of arguments of `sentences`, or of other calls by `keywords` or by `position`."""
    return tuple(_pairs(kind))


def _pairs(kind: str) -> Iterator[Pair]:
    for path in sources():
        for node in nodes(path):
            if not isinstance(node, ast.Call):
                continue
            name = str(getattr(node.func, "id", getattr(node.func, "attr", "")))
            if (name == "message") == (kind == "sentences"):
                called = signature(path, node) if kind == "position" else None
                arguments = _arguments(node, called, kind)
                if len(arguments) > 1:
                    yield from _pairs_of(f"{address_of(path)} {name}{_first_text(node)}", arguments)


def _pairs_of(place: str, arguments: Sequence[Argument]) -> Iterator[Pair]:
    for one, two in combinations(arguments, 2):
        if one.text != two.text:
            yield Pair(place, one, two)


def _first_text(node: ast.Call) -> str:
    first = node.args[0] if node.args else None
    is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return f" '{first.value[:40]}'" if isinstance(first, ast.Constant) and is_text else ""


def _arguments(node: ast.Call, called: Signature | None, kind: str) -> list[Argument]:
    """List the arguments of a sentence; of another call those that are variables or attributes, not computed."""
    if kind == "position":
        is_known = called is not None and not any(isinstance(a, ast.Starred) for a in node.args)
        given = [*zip(called.names, node.args, strict=False)] if called and is_known else []
    else:
        given = [
            (k.arg, k.value) for k in node.keywords if k.arg and k.arg not in {"one", "counting"}
        ]
    return [
        _argument(parameter, value)
        for parameter, value in given
        if kind == "sentences" or isinstance(value, ast.Name | ast.Attribute)
    ]


def _argument(parameter: str, value: ast.expr) -> Argument:
    words: set[str] = set()
    for node in ast.walk(value):
        if isinstance(node, ast.Name):
            words |= words_in(node.id)
        elif isinstance(node, ast.Attribute):
            words |= words_in(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words |= words_in(node.value) if len(node.value) < SHORT_TEXT else set()
        elif isinstance(node, ast.Subscript):
            words |= ENDS.get(ast.unparse(node.slice), frozenset())
    return Argument(parameter, ast.unparse(value), frozenset(words))
