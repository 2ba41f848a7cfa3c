"""What a verb of the Python door loads: its own libraries and no others."""

from __future__ import annotations

import subprocess
import sys

import pytest

import xinzhi
from xinzhi.api import VERBS

HEAVY = ("altair", "highspy", "pydantic", "scipy", "docx")


@pytest.mark.parametrize(
    ("verb", "unused"), [("__version__", ("pandas", *HEAVY)), ("evaluate", HEAVY)]
)
def test_a_verb_waits_for_no_library_of_another(verb, unused):
    """Scores are measured before charts, documents and study files are loaded."""
    code = f"import sys, xinzhi; xinzhi.{verb}; print([x for x in {unused!r} if x in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_every_verb_can_be_reached():
    """The names that the package offers are those of the door."""
    assert set(VERBS) == set(xinzhi.__all__)
    assert all(callable(getattr(xinzhi, verb)) for verb in VERBS)
