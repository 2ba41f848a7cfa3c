"""Nothing stands in the package that no study key, command or Python function reaches.

The walk begins at the doors (the command line, the names of the packages) and at what registers itself,
and follows names from definition to definition; it reads the code and runs none of it.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from house import nodes, sources, tree
from layout import IMPORTED, module_of
from places import ROOT
from xinzhi.api import VERBS

VERBS_STAND_IN = "xinzhi.api"
DOORS = ("xinzhi.cli.main", "xinzhi.cli.console", "xinzhi_frontier.laws", "xinzhi.present.plots")
"""Modules all of whose definitions are entered from outside: the laws by whoever adds a measure, the charts by packages."""
Name = tuple[str, str]
"""Module, and a name that it defines."""


class Module:
    """The definitions of a module, and what each of them refers to."""

    def __init__(self, path: Path) -> None:
        self.name = module_of(path)
        self.definitions: dict[str, list[ast.AST]] = {}
        self.loose: list[ast.AST] = []
        """Statements that run when the module is imported."""
        self.registered: list[str] = []
        """Definitions that a call may put into a register."""
        self.imported: dict[str, Name] = {}
        for node in nodes(path):
            self._note_imports(node)
        for part in (part for node in tree(path).body for part in _parts(node)):
            names = _defined(part)
            if not names:
                self.loose.append(part)
            elif any(isinstance(one, ast.Call) for one in _made_by(part)):
                self.registered += names
            for own in names:
                self.definitions.setdefault(own, []).append(part)

    def _note_imports(self, node: ast.AST) -> None:
        if isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                self.imported[one.asname or one.name] = (node.module, one.name)
        elif isinstance(node, ast.Import):
            for one in node.names:
                self.imported[one.asname or one.name.partition(".")[0]] = (one.name, "")


def _parts(node: ast.stmt) -> list[ast.stmt]:
    """Take blocks apart: definitions may stand under a condition."""
    return [*node.body, *node.orelse] if isinstance(node, ast.If) else [node]


def _made_by(part: ast.stmt) -> list[ast.expr | None]:
    """List what may put a definition into a register: a decorator, or a call whose value it is."""
    return [*getattr(part, "decorator_list", ()), getattr(part, "value", None)]


def _defined(node: ast.AST) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = (
        node.targets
        if isinstance(node, ast.Assign)
        else [node.target]
        if isinstance(node, ast.AnnAssign)
        else []
    )
    return [one.id for t in targets for one in ast.walk(t) if isinstance(one, ast.Name)]


@cache
def modules() -> dict[str, Module]:
    """Parse every module of the package."""
    return {module_of(path): Module(path) for path in sources()}


def _registered() -> set[str]:
    """List the modules that a register loads: those of its package."""
    packages = set()
    for text in sources().values():
        packages |= set(
            re.findall(r"Register\(\s*message\(\"[^\"]+\"\),\s*\"(xinzhi\w*\.[\w.]+)\"", text)
        )
    return {name for name in modules() if name in packages or name.rpartition(".")[0] in packages}


class Walk:
    """What has been reached so far."""

    def __init__(self) -> None:
        self.seen: set[Name] = set()
        self.entered: set[str] = set()
        self.todo: list[tuple[str, ast.AST]] = []

    def enter(self, name: str) -> None:
        """Run the loose statements of a module, and those of the packages above it."""
        while name and name not in self.entered:
            self.entered.add(name)
            if name in modules():
                self.todo.extend((name, node) for node in modules()[name].loose)
            name = name.rpartition(".")[0]

    def reach(self, module: str, name: str) -> None:
        """Reach a definition, or a module by the name that is imported from its package."""
        if f"{module}.{name}" in modules():
            self.enter(f"{module}.{name}")
            return
        if module not in modules() or (module, name) in self.seen:
            return
        self.seen.add((module, name))
        self.enter(module)
        found = modules()[module]
        if name in found.definitions:
            self.todo.extend((module, node) for node in found.definitions[name])
        elif name in found.imported:
            self.reach(*found.imported[name])

    def reach_all(self, module: str) -> None:
        """Reach every definition of a module."""
        for own in modules()[module].definitions if module in modules() else ():
            self.reach(module, own)

    def follow(self, module: str, node: ast.AST) -> None:
        """Reach everything that a definition names."""
        known = modules()[module]
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and one.id in known.definitions:
                self.reach(module, one.id)
            elif isinstance(one, ast.Name) and one.id in known.imported:
                self.reach(*known.imported[one.id])
            elif isinstance(one, ast.Attribute):
                self._attribute(known, one)
            elif isinstance(one, ast.ImportFrom) and one.module:
                self.enter(one.module)
            elif isinstance(one, ast.Constant) and isinstance(one.value, str):
                self._dotted(one.value)

    def _attribute(self, known: Module, node: ast.Attribute) -> None:
        """Follow `module.name`, however deep the module stands."""
        head, _, rest = ast.unparse(node).partition(".")
        if head in known.imported and rest.isidentifier():
            module, name = known.imported[head]
            self.reach(f"{module}.{name}" if name else module, rest)

    def _dotted(self, text: str) -> None:
        """Follow a module, or a function of one, that is imported when it is needed."""
        named = re.fullmatch(r"(xinzhi\w*(?:\.\w+)+)(?::(\w+))?", text)
        if named and named[2]:
            self.reach(named[1], named[2])
        elif named:
            self.reach_all(text)


@cache
def reached() -> frozenset[Name]:
    """Walk from the doors."""
    walk = Walk()
    commands = (name for name in modules() if name.startswith("xinzhi.cli.commands."))
    for door in (*DOORS, *IMPORTED.values(), *commands):
        walk.reach_all(door)
    for name in _registered():
        walk.enter(name)
        for own in modules()[name].registered:
            walk.reach(name, own)
    for verb, module in VERBS.items():
        walk.reach(f"{VERBS_STAND_IN}.{module}", verb)
    walk.reach(f"{VERBS_STAND_IN}.functions", "functions")
    # The guide *Add an analysis* derives from it; packages under tests/outside do.
    walk.reach("xinzhi.analyses.analysis", "RegressionAnalysis")
    while walk.todo:
        walk.follow(*walk.todo.pop())
    return frozenset(walk.seen)


def test_everything_is_reached_from_a_door():
    """A definition that only tests use is no part of the program."""
    seen = reached()
    lost = [
        f"{module}:{name}"
        for module, one in modules().items()
        for name in one.definitions
        if (module, name) not in seen and not name.startswith("__")
    ]

    assert lost == []


CALLED_FROM_OUTSIDE = {
    "_repr_html_": "a notebook",
    "get_code": "the loader of a module",
    "writable": "what writes to a stream",
    "is_bounded": "a program that reads confidence sets",
    "to_pdf": "a program that places figures",
}
"""Method -> who calls it by this name."""


def test_every_method_is_called_or_is_documented():
    """A method whose name stands nowhere behind a point can be wrong without anybody noticing: only tests use it, or nothing."""
    # In the code, in docstrings, in a text by which it is looked up, or on a page.
    called = {
        name
        for text in sources().values()
        for found in re.findall(r"\.(\w+)\b|[\"'](\w+)[\"']", text)
        for name in found
    }
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md"))
    lost = [
        f"{module_of(path)}:{kind.name}.{method.name}"
        for path in sources()
        for kind in nodes(path)
        if isinstance(kind, ast.ClassDef)
        for method in kind.body
        if isinstance(method, ast.FunctionDef)
        and not method.name.startswith("__")
        and method.name not in called | CALLED_FROM_OUTSIDE.keys()
        # A validator is called by what decorates it.
        and not any(isinstance(one, ast.Call) for one in method.decorator_list)
        and not re.search(rf"\b{method.name}\b", pages)
    ]

    assert lost == []
