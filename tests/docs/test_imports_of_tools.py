"""What tools, benchmarks and other programs import from xinzhi exists: CI does not run them all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from places import ROOT
from xinzhi_core.packages import is_ours

FOLDERS = ("benchmarks", "mutants", "simulation", "tools")


def programs() -> list[Path]:
    return [p for folder in FOLDERS for p in sorted((ROOT / folder).rglob("*.py"))]


def imports(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and is_ours(node.module or ""):
            yield from ((node.module or "", alias.name) for alias in node.names)


def exists(module: str, name: str) -> bool:
    if find_spec(module) is None:
        return False
    return hasattr(import_module(module), name) or find_spec(f"{module}.{name}") is not None


@pytest.mark.parametrize("path", programs(), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_what_a_program_imports_exists(path):
    assert [" ".join(pair) for pair in imports(path) if not exists(*pair)] == []
