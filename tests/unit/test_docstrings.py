"""Every public function says what it takes, what it gives and in which units, what it refuses, where it is from."""

from __future__ import annotations

import doctest
import inspect
import re

import pandas as pd
import pytest

import xinzhi as xz
from parts import quick_where

NAMES = [name for name in dir(xz) if not name.startswith("_")]
SECTION = re.compile(r"^(\w+)\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", re.MULTILINE | re.DOTALL)
NO_METHOD = {
    "audit", "classify", "compare", "describe", "explain_scores", "pathways", "prepare_panel", "profile",
    "rank", "read", "run", "table",
}  # fmt: skip
"""Functions without a published method of their own: they read, count, compare or write."""
BY_MODULE = {"run"}
"""Functions whose example is a study, which pytest runs as a doctest of the module each time."""
BY_PAGE = {"diagnose"}
"""Functions of which each part has a page with its source."""


def sections(name):
    """Sections of a docstring by their headings."""
    return dict(SECTION.findall(inspect.getdoc(getattr(xz, name)) or ""))


@pytest.mark.parametrize("name", NAMES)
def test_a_function_has_all_sections(name):
    """Parameters, returns with units, errors, an example, and the source of its method."""
    found = sections(name)

    assert {"Parameters", "Returns", "Raises", "Examples"} <= set(found)
    assert re.search(r"\bunits?\b", found["Returns"]), "in which units is the result?"
    assert ">>>" in found["Examples"]
    if name in BY_PAGE:
        assert "names its source" in found["Returns"]
    elif name not in NO_METHOD:
        assert re.search(r"\((19|20)\d\d\)", found["References"])


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_described(name):
    """Under its own name, and nothing else is."""
    described = re.findall(r"^(\w[\w, ]*)$", sections(name)["Parameters"], re.MULTILINE)
    listed = [one.strip() for line in described for one in line.split(",")]

    assert sorted(listed) == sorted(inspect.signature(getattr(xz, name)).parameters)


@pytest.mark.one_in(8)
@pytest.mark.parametrize("name", quick_where(lambda name: name not in BY_MODULE, NAMES))
def test_the_example_runs(name):
    """And gives what it shows."""
    function = getattr(xz, name)
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(verbose=False)
    names = {"pd": pd, "xz": xz, **{one: getattr(xz, one) for one in NAMES}}
    example = parser.get_doctest(inspect.getdoc(function), names, name, None, 0)
    failed, tried = runner.run(example, out=lambda _: None)

    assert tried
    assert failed == 0
