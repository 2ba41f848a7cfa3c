"""The kept mutants: small faults of what is printed, each with what it would do to a reader.

A mutant is addressed by what it exchanges in which function, not by a line of text: code that is moved to another
file of its room, or laid out in another way, keeps its mutants.

- `place`: a room of the package and a function, a method or a constant in it: `xinzhi/analyses/mediation: effects_table`.
  A room is a folder, or a file where the name stands in several files of the folder.
- `old`, `new`: tokens that stand exactly once in that place, and what takes their place. Blanks, line breaks and
  comments say nothing, nor does a comma before a closing bracket.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from layout import address_of, place_of

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).parent
SILENT = {
    tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT, tokenize.ENDMARKER,
    tokenize.ENCODING,
}  # fmt: skip
"""Kinds of tokens that change nothing that is computed or said."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the code, and where it stands in its text."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Mutant:
    """An exchange in one function of the package."""

    name: str
    place: str
    """Room and name: `xinzhi/present: p_value`."""
    old: str
    """Code whose tokens stand exactly once in the place."""
    new: str
    harm: str
    """What a reader would be told wrongly."""
    tests: tuple[str, ...]
    """Tests that should fail, as pytest takes them."""

    @property
    def path(self) -> Path:
        """The file in which the place stands."""
        return file_of(self.place)

    @property
    def file(self) -> str:
        """The address of the file in which the place stands."""
        return address_of(self.path)

    def applied(self, text: str) -> str:
        """Put the fault into the text of the file.

        Raises
        ------
        ValueError
            The place, or the old code in it, does not stand there exactly once: the library must follow the code.
        """
        places = [span for name, span in named_places(text) if name == _name(self.place)]
        if len(places) != 1:
            msg = f"mutant {self.name}: {self.place} stands {len(places)} times, not once"
            raise ValueError(msg)
        (start, stop) = places[0]
        inside = [one for one in tokens(text) if start <= one.span[0] and one.span[1] <= stop]
        at = positions([one.text for one in inside], [one.text for one in tokens(self.old)])
        if len(at) != 1:
            msg = f"mutant {self.name}: its code stands {len(at)} times in {self.place}, not once"
            raise ValueError(msg)
        first, last = inside[at[0]], inside[at[0] + len(tokens(self.old)) - 1]
        return text[: first.span[0]] + self.new + text[last.span[1] :]


def mutants() -> tuple[Mutant, ...]:
    """Read all mutants, in the order of their files."""
    return tuple(
        Mutant(**{**record, "tests": tuple(record["tests"])})
        for path in sorted(HERE.glob("*.toml"))
        for record in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
    )


@cache
def tokens(text: str) -> tuple[Token, ...]:
    """Read the tokens of some code, a part of a statement too."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found: list[Token] = []
    reader = tokenize.generate_tokens(io.StringIO(text).readline)
    try:
        for one in reader:
            if one.type in SILENT or not one.string:
                continue
            if one.string in ")]}" and found and found[-1].text == ",":
                found.pop()
            span = (starts[one.start[0] - 1] + one.start[1], starts[one.end[0] - 1] + one.end[1])
            found.append(Token(one.string, span))
    except (tokenize.TokenError, IndentationError):
        pass  # the code is a part of a statement: what stands before its end was read
    return tuple(found)


def positions(inside: list[str], wanted: list[str]) -> list[int]:
    """Find where a run of words begins."""
    n = len(wanted)
    return [i for i in range(len(inside) - n + 1) if inside[i : i + n] == wanted]


@cache
def named_places(text: str) -> tuple[tuple[str, Span], ...]:
    """List functions, methods, classes and constants of a file, with where they stand."""
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def span(node: ast.stmt) -> Span:
        above = [one.lineno for one in getattr(node, "decorator_list", [])]
        first = min([node.lineno, *above])
        return starts[first - 1], starts[node.end_lineno or node.lineno]

    def walk(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, Span]]:
        for node in body:
            if isinstance(node, ast.FunctionDef):
                yield prefix + node.name, span(node)
            elif isinstance(node, ast.ClassDef):
                yield prefix + node.name, span(node)
                yield from walk(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                yield prefix + ast.unparse(target), span(node)

    return tuple(walk(ast.parse(text).body, ""))


def _name(place: str) -> str:
    return place.partition(": ")[2]


@cache
def file_of(place: str) -> Path:
    """Find the one file of a room in which a name stands.

    Raises
    ------
    ValueError
        No file has it, or several have.
    """
    room, _, name = place.partition(": ")
    below = place_of(room)
    files = [below] if below.is_file() else sorted(below.rglob("*.py"))
    having = [file for file in files if name in _names(file)]
    if len(having) != 1:
        where = ", ".join(address_of(file) for file in having) or "no file"
        msg = f"{place} stands in {where}: name one file, or follow the code"
        raise ValueError(msg)
    return having[0]


@cache
def _names(file: Path) -> frozenset[str]:
    return frozenset(name for name, _ in named_places(file.read_text(encoding="utf-8")))
