"""The shape of the code that `docs/conventions.md` promises."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

from house import nodes
from layout import files
from places import ROOT

SOURCES = [*files(".py"), *sorted((ROOT / "simulation").rglob("*.py"))]
NAMELESS = ("utils", "helpers", "common", "manager", "base_class", "misc")


def test_no_file_is_longer_than_900_lines():
    """C4: a file that grows holds a second subject."""
    long = {
        p.name: n for p in SOURCES if (n := len(p.read_text(encoding="utf-8").splitlines())) > 900
    }

    assert long == {}


def test_no_module_hides_behind_a_name_for_nothing():
    """C4: utils, helpers and common say that a concept has not been found yet."""
    assert [p.name for p in SOURCES if p.stem in NAMELESS] == []


@pytest.mark.parametrize("library", ["pandas", "scipy", "highspy", "altair", "pydantic", "typer"])
def test_importing_the_package_loads_nothing_heavy(library):
    """`import xinzhi` is instant: heavy libraries load when used."""
    code = f"import sys, xinzhi; sys.exit({library!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("library", ["pandas", "scipy", "highspy", "altair", "pydantic"])
def test_help_loads_nothing_heavy(library):
    """`xinzhi --help` answers at once."""
    code = (
        "import sys\nfrom xinzhi.cli.main import main\nsys.argv = ['xinzhi', '--help']\n"
        f"try:\n    main()\nexcept SystemExit:\n    sys.exit({library!r} in sys.modules)"
    )

    assert (
        subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode
        == 0
    )


def test_no_path_or_host_of_a_machine_stands_in_the_repository():
    """What is committed runs on any machine."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    words = ["/wo" + "rk/", "/ro" + "ot/", "files.pythonhosted." + "org", "org/" + "simple"]
    texts = [
        ROOT / n
        for n in listed.stdout.split("\n")
        if n.endswith((".py", ".md", ".toml", ".yaml", "run"))
    ]

    found = [
        (path.name, word)
        for path in texts
        if path.is_file()
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_docstrings_describe_parameters_that_exist():
    """A parameter that is gone from a function is gone from its docstring too."""
    section = re.compile(r"^Parameters\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", re.MULTILINE | re.DOTALL)
    strangers = []
    for path in SOURCES:
        for node in nodes(path):
            if not isinstance(node, ast.FunctionDef):
                continue
            described = section.search(ast.get_docstring(node) or "")
            lines = re.findall(r"^\S[^\n]*$", described[1], re.MULTILINE) if described else []
            names = {name.strip(" *") for line in lines for name in line.split(":")[0].split(",")}
            every = ast.walk(node.args)
            known = {argument.arg for argument in every if isinstance(argument, ast.arg)}
            strangers += [(path.name, node.name, name) for name in sorted(names - known)]
    assert strangers == []
