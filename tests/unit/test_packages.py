"""Each package is of use alone: what its README says runs, and a DEA user needs numpy and HiGHS only."""

from __future__ import annotations

import subprocess
import sys

import pytest

from layout import IMPORTED
from places import ROOT

WITHOUT = """
import sys

for name in ("pandas", "scipy", "pyarrow", "xinzhi_panel", "xinzhi"):
    sys.modules[name] = None
"""
"""Makes what a plain installation of xinzhi-frontier does not bring impossible to import."""


def told(code):
    """Run code in a process of its own, and give what it prints."""
    command = [sys.executable, "-W", "error", "-X", "utf8", "-c", code]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.one_in(6)
@pytest.mark.parametrize("package", IMPORTED)
def test_what_a_readme_says_runs(package):
    """The blocks of Python of each package's README."""
    runs = [sys.executable, str(ROOT / "tools" / "release" / "readme_runs.py")]
    done = subprocess.run(
        [*runs, str(ROOT / "packages" / package / "README.md")],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_scores_need_no_library_of_frames():
    """Scores, indices, their text and their comparison; a frame says what to install."""
    lines = told(
        WITHOUT
        + """
import numpy as np
from xinzhi_core.errors import MissingExtra
from xinzhi_frontier import productivity_index, score

found = score(np.array([2.0, 4]), [1.0, 1], measure="ccr", entities=["a", "b"])
print(found.scores.round(9).tolist(), found == found)
print(repr(found).splitlines()[-1])
index = productivity_index([2.0, 1, 2, 2], [1.0, 1, 1, 1], entities=list("aabb"), periods=[1, 2, 1, 2])
print(repr(index).splitlines()[-1])
try:
    found.to_frame()
except MissingExtra as error:
    print(error.problems[0].code, "xinzhi-frontier[frames]" in str(error))
try:
    found.join({"a": 1})
except MissingExtra as error:
    print(error.problems[0].code)
"""
    )
    assert lines == [
        "[1.0, 0.5] True",
        "('b', None)  0.5  certified",
        "b  1  2  1.0",
        "package.missing True",
        "package.missing",
    ]


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("xinzhi_frontier", {"pandas", "scipy", "pyarrow", "highspy", "pydantic"}),
        ("xinzhi_frontier.arrays", {"pandas", "scipy", "pyarrow", "pydantic"}),
        ("xinzhi_econometrics", {"pandas", "scipy", "pyarrow"}),
        ("xinzhi_panel", {"pandas", "pyarrow"}),
        ("xinzhi", {"pandas", "scipy", "altair", "pydantic"}),
    ],
)
def test_an_import_loads_no_library_that_it_does_not_need_yet(module, heavy):
    (line,) = told(f"import sys, {module}; print(sorted({heavy} & {{*sys.modules}}))")
    assert line == "[]"


def test_errors_are_caught_under_the_name_that_users_import():
    """`xinzhi.errors` gives the classes that the verbs raise."""
    lines = told(
        """
import xinzhi as xz
from xinzhi.errors import DataError, MissingColumn
import xinzhi_core.errors
print(MissingColumn is xinzhi_core.errors.MissingColumn, issubclass(MissingColumn, DataError))
"""
    )
    assert lines == ["True True"]
