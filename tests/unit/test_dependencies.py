"""Each package, installed alone, has everything that it imports."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, requires

import pytest

from house import nodes, sources
from layout import FOLDERS, IMPORTED
from places import ROOT

OPTIONAL = {"frontier": {"pandas", "scipy", "xinzhi_panel"}, "core": {"pandas"}}
"""What a package imports where it is there, each with an extra that brings it."""


def project(package):
    """Read the table `project` of a package."""
    path = ROOT / "packages" / package / "pyproject.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))["project"]


def distribution(requirement):
    """Take the name of a requirement, as `python_docx >=1.2` gives `python-docx`."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def installed(package):
    """List what `pip install` of a package installs by name, and what that requires in turn."""
    names = {distribution(requirement) for requirement in project(package)["dependencies"]}
    in_turn = [r for name in names for r in requires(name) or () if "extra ==" not in r]
    return (
        names
        | {distribution(requirement) for requirement in in_turn}
        | {distribution(project(package)["name"])}
    )


def libraries_imported(package):
    """Map each foreign library that a package imports to the files that do."""
    found = {}
    for path in (one for one in sources() if one.is_relative_to(FOLDERS[package])):
        for node in nodes(path):
            names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for library in {name.split(".")[0] for name in names}:
                found.setdefault(library, set()).add(path.name)
    return {name: files for name, files in found.items() if name not in sys.stdlib_module_names}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("package", IMPORTED)
def test_each_imported_library_is_installed_with_the_package(package):
    """A library that only developers have (openpyxl, statsmodels) is not imported by a package."""
    ours = {IMPORTED[one]: [project(one)["name"]] for one in IMPORTED}
    providers, present = {**packages_distributions(), **ours}, installed(package)

    missing = {
        library: sorted(files)
        for library, files in libraries_imported(package).items()
        if not {distribution(name) for name in providers[library]} & present
    }

    assert {*missing} <= OPTIONAL.get(package, set()), missing


@pytest.mark.parametrize("package", OPTIONAL)
def test_what_is_optional_has_an_extra_that_brings_it(package):
    extras = [one for group in project(package)["optional-dependencies"].values() for one in group]
    assert {one.replace("_", "-") for one in OPTIONAL[package]} <= {*map(distribution, extras)}


def test_openpyxl_is_a_tool_of_development():
    """Workbooks are read with python-calamine and written with xlsxwriter."""
    assert not any("openpyxl" in installed(package) for package in IMPORTED)
    assert not any("openpyxl" in libraries_imported(package) for package in IMPORTED)
