"""The simulator belongs to the repository: what is installed has the simulated files only."""

from __future__ import annotations

import ast
import tomllib

from places import EXAMPLES, ROOT

PACKAGE = ROOT / "src" / "xinzhi"


def modules_imported(path):
    """List the modules that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_the_wheel_holds_the_package_only():
    """Hatchling packages one folder, in which no file or folder is the simulator's."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["src/xinzhi"]
    assert [path.name for path in (ROOT / "src").iterdir()] == ["xinzhi"]
    assert [path for path in PACKAGE.rglob("*simulation*") if path.suffix != ".pyc"] == []


def test_an_example_holds_no_code():
    """Data, a study file and licence texts; the list of examples is the one file beside them."""
    code = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.py")}

    assert code == {"__init__.py", "register.py"}


def test_the_package_does_not_import_the_simulator():
    """No file of the package does, not even within a function."""
    importers = [
        path.name
        for path in PACKAGE.rglob("*.py")
        if any(name.split(".")[0] == "simulation" for name in modules_imported(path))
    ]

    assert importers == []
