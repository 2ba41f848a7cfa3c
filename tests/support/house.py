"""What the house weighs: tokens by room, and the counts that may only fall (see budget.toml).

A token is a word of Python's own tokenizer. Layout, comments and docstrings are free, so that nobody gains by dense
lines, and names cost the same whatever their length.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

from layout import address_of, files, place_of, room

FREE = {
    tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT, tokenize.ENDMARKER,
}  # fmt: skip
SMALL = 5
"""Lines of the body of a function that is hardly worth a name of its own where it is used once."""
FEW = 3
"""A hook that fewer analyses use is a special case of these."""
PROTOCOL = ("xinzhi/analyses/analysis.py", "Analysis")


@cache
def sources() -> dict[Path, str]:
    """Read all Python files of the packages."""
    return {path: path.read_text(encoding="utf-8") for path in files(".py")}


@cache
def tree(path: Path) -> ast.Module:
    """Parse a file, once for all tests of a process."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """List all nodes of a file: walking its tree takes longer than what any test asks of them."""
    return tuple(ast.walk(tree(path)))


def _docstrings(path: Path) -> set[tuple[int, int]]:
    return {
        (node.value.lineno, node.value.col_offset)
        for node in nodes(path)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def _import_lines(path: Path) -> set[int]:
    return {
        line
        for node in nodes(path)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


@cache
def tokens() -> tuple[Counter[str], Counter[str], int]:
    """Count tokens by room, without and within imports, and the lines that name `Any`."""
    counted: Counter[str] = Counter()
    imported: Counter[str] = Counter()
    untyped = 0
    for path, text in sources().items():
        docstrings, imports = _docstrings(path), _import_lines(path)
        place, any_lines = room(path), set()
        for one in tokenize.generate_tokens(io.StringIO(text).readline):
            if one.type in FREE or one.start in docstrings:
                continue
            (imported if one.start[0] in imports else counted)[place] += 1
            if one.string == "Any" and one.start[0] not in imports:
                any_lines.add(one.start[0])
        untyped += len(any_lines)
    return counted, imported, untyped


def classes_twice() -> list[str]:
    """List names of classes that stand in two files."""
    places = defaultdict(set)
    for path in sources():
        for node in nodes(path):
            if isinstance(node, ast.ClassDef):
                places[node.name].add(path)
    return sorted(name for name, found in places.items() if len(found) > 1)


def few_hooks() -> list[str]:
    """List what the protocol of analyses has for fewer than three of them."""
    file, name = PROTOCOL
    (protocol,) = (n for n in tree(place_of(file)).body if getattr(n, "name", "") == name)
    # What Python itself calls is no hook.
    hooks = {name for name in map(_declared, protocol.body) if name.strip("_") and name[:2] != "__"}
    used = Counter(
        hook
        for path in sources()
        if room(path) == "xinzhi/analyses" and path != place_of(file)
        for node in nodes(path)
        if isinstance(node, ast.ClassDef) and _extends(node)
        for hook in {_declared(inner) for inner in node.body} & hooks
    )
    return sorted(hook for hook in hooks if used[hook] < FEW)


def _declared(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef):
        return node.name
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return targets[0].id if isinstance(targets[0], ast.Name) else ""


def _extends(node: ast.ClassDef) -> bool:
    """Whether a class is an analysis: by its base, or the base of that."""
    return any(ast.unparse(base).partition("[")[0].endswith("Analysis") for base in node.bases)


def small_functions() -> list[str]:
    """List private functions of few lines that are used once in all packages."""
    used: Counter[str] = Counter()
    small = []
    for path in sources():
        for node in nodes(path):
            if isinstance(node, ast.Name):
                used[node.id] += 1
            elif isinstance(node, ast.Attribute):
                used[node.attr] += 1
            elif isinstance(node, ast.FunctionDef) and _is_small(node):
                small.append(node.name)
    return sorted(name for name in small if used[name] <= 1)


def _is_small(node: ast.FunctionDef) -> bool:
    """Whether a function is private and short."""
    is_private = node.name.startswith("_") and not node.name.startswith("__")
    return is_private and _length(node) <= SMALL


def _length(node: ast.FunctionDef) -> int:
    """Count the lines of a body, without its docstring."""
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def long_bodies(limit: int) -> list[str]:
    """List functions whose body is longer than a limit."""
    return [
        f"{address_of(path)}: {node.name} ({_length(node)})"
        for path in sources()
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef) and _length(node) > limit
    ]


@cache
def ratchets() -> dict[str, float]:
    """Measure what may only fall."""
    counted, imported, untyped = tokens()
    inside = sum(imported.values())
    return {
        "class_names_in_two_files": len(classes_twice()),
        "hooks_of_fewer_than_three_analyses": len(few_hooks()),
        "small_private_functions_used_once": len(small_functions()),
        "lines_naming_any": untyped,
        "imports_in_per_cent_of_tokens": round(100 * inside / (inside + sum(counted.values())), 1),
    }
