"""A plain installation has everything that the package imports."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, requires

from places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def distribution(requirement):
    """Take the name of a requirement, as `python_docx >=1.2` gives `python-docx`."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def installed():
    """List what `pip install xinzhi` installs by name, and what that requires in turn."""
    names = {distribution(requirement) for requirement in PROJECT["dependencies"]}
    in_turn = [r for name in names for r in requires(name) or () if "extra ==" not in r]
    return names | {distribution(requirement) for requirement in in_turn}


def libraries_imported():
    """Map each foreign library that the package imports to the files that do."""
    found = {}
    for path in (ROOT / "src" / "xinzhi").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for library in {name.split(".")[0] for name in names}:
                found.setdefault(library, set()).add(path.name)
    return {n: files for n, files in found.items() if n not in {*sys.stdlib_module_names, "xinzhi"}}


def test_each_imported_library_is_installed_with_the_package():
    """A library that only developers have (openpyxl, statsmodels) is not imported by the package."""
    providers, present = packages_distributions(), installed()

    missing = {
        library: sorted(files)
        for library, files in libraries_imported().items()
        if not {distribution(name) for name in providers[library]} & present
    }

    assert missing == {}


def test_openpyxl_is_a_tool_of_development():
    """Workbooks are read with python-calamine and written with xlsxwriter."""
    assert "openpyxl" not in installed()
    assert "openpyxl" not in libraries_imported()
