"""The simulator belongs to the repository: what is installed has the simulated files only."""

from __future__ import annotations

import ast
import tomllib

import pytest

from layout import IMPORTED, files
from places import EXAMPLES, ROOT


def modules_imported(path):
    """List the modules that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("package", IMPORTED)
def test_the_wheel_holds_the_package_only(package):
    """Hatchling packages one folder, in which no file or folder is the simulator's."""
    home = ROOT / "packages" / package
    project = tomllib.loads((home / "pyproject.toml").read_text(encoding="utf-8"))
    held = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]

    assert held == [f"src/{IMPORTED[package]}"]
    assert [path.name for path in (home / "src").iterdir()] == [IMPORTED[package]]
    assert [path for path in home.rglob("*simulation*") if path.suffix != ".pyc"] == []


def test_an_example_holds_no_code():
    """Data, a study file and licence texts; the list of examples is the one file beside them."""
    code = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.py")}

    assert code == {"__init__.py", "register.py"}


@pytest.mark.long
def test_the_package_does_not_import_the_simulator():
    """No file of the package does, not even within a function."""
    importers = [
        path.name
        for path in files(".py")
        if any(name.split(".")[0] == "simulation" for name in modules_imported(path))
    ]

    assert importers == []
