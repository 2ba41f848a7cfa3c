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

from places import ROOT

PACKAGE = ROOT / "src" / "xinzhi"
SHORT_TEXT = 20
"""Letters of a text in code below which it counts as a name."""
NUMBER = frozenset({"n", "k", "m", "total", "count"})
"""Names of places for numbers of things."""
COUNTS = frozenset({"len", "sum", "count", "count_nonzero"})
"""Functions that give one."""
ENDS = {"0": frozenset({"first", "start", "low"}), "-1": frozenset({"last", "end", "high"})}
"""Names of places for the first and the last of a row."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a call gives one of its parameters."""

    parameter: str
    text: str
    words: frozenset[str]
    is_name: bool
    """Whether it is a variable or an attribute, nothing computed in the call."""

    def fit(self, parameter: str) -> int:
        """Count the words that it shares with a parameter; a number of things fits a place for one."""
        fits = len(words_in(parameter) & self.words)
        return 2 * fits + (parameter in NUMBER and bool(self.words & COUNTS))


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


def words_in(name: str) -> frozenset[str]:
    """Split a name into its words, each in the singular.

    >>> sorted(words_in("n_entities")), sorted(words_in("firstYear"))
    (['entitie', 'n'], ['firstyear'])
    """
    words = re.split(r"[_\W\d]+", name.lower())
    return frozenset(w[:-1] if w.endswith("s") and len(w) > 3 else w for w in words if w)


@cache
def trees() -> Mapping[Path, ast.Module]:
    """Read every module of the package."""
    return {
        path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))
    }


@cache
def parameters() -> Mapping[str, tuple[str, ...]]:
    """List the parameters of functions and classes whose name means one thing in the package."""
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
                found[node.name].add(tuple(names[names[:1] in (["self"], ["cls"]) :]))
            elif isinstance(node, ast.ClassDef):
                fields = tuple(
                    one.target.id
                    for one in node.body
                    if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
                )
                found[node.name].add(fields)
    return {name: next(iter(kinds)) for name, kinds in found.items() if len(kinds) == 1}


@cache
def pairs(kind: str) -> tuple[Pair, ...]:
    """List the pairs of arguments of `sentences`, or of other calls by `keywords` or by `position`."""
    return tuple(_pairs(kind))


def _pairs(kind: str) -> Iterator[Pair]:
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = str(getattr(node.func, "id", getattr(node.func, "attr", "")))
            if (name == "message") == (kind == "sentences"):
                place = f"{path.relative_to(PACKAGE).as_posix()} {name}{_first_text(node)}"
                yield from _pairs_of(place, _arguments(node, name, kind), kind)


def _pairs_of(place: str, arguments: Sequence[Argument], kind: str) -> Iterator[Pair]:
    for one, two in combinations(arguments, 2):
        if one.text != two.text and (kind == "sentences" or (one.is_name and two.is_name)):
            yield Pair(place, one, two)


def _first_text(node: ast.Call) -> str:
    first = node.args[0] if node.args else None
    is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return f" '{first.value[:40]}'" if isinstance(first, ast.Constant) and is_text else ""


def _arguments(node: ast.Call, name: str, kind: str) -> list[Argument]:
    if kind == "position":
        is_known = name in parameters() and not any(isinstance(a, ast.Starred) for a in node.args)
        given = zip(parameters()[name], node.args, strict=False) if is_known else ()
        return [_argument(parameter, value) for parameter, value in given]
    return [_argument(k.arg, k.value) for k in node.keywords if k.arg and k.arg != "one"]


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
    is_name = isinstance(value, ast.Name | ast.Attribute)
    return Argument(parameter, ast.unparse(value), frozenset(words), is_name)
