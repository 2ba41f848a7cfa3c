"""The kept mutants follow the code: each can still be put in."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from mutants.library import ROOT, Mutant, file_of, mutants, named_places, tokens

MUTANTS = mutants()


@pytest.mark.one_in(5)
@pytest.mark.parametrize("mutant", MUTANTS, ids=[one.name for one in MUTANTS])
def test_what_a_mutant_exchanges_stands_once(mutant):
    """A mutant whose code is gone, or stands twice, says nothing of the tests; with it the file is Python still."""
    changed = mutant.applied(mutant.path.read_text(encoding="utf-8"))

    assert [one.text for one in tokens(mutant.new)] != [one.text for one in tokens(mutant.old)]
    ast.parse(changed)


LAID_OUT = [
    "def share(a, b):\n    return ratio(a, b)\n",
    "def share(a, b):\n    return ratio(\n        a,  # above\n        b,\n    )\n",
    "import os\n\n\ndef other(a, b):\n    return ratio(a, b)\n\n\ndef share(a, b):\n    # the share\n    return ratio(a,  b)\n",
]


@pytest.mark.parametrize("text", LAID_OUT)
def test_a_mutant_stays_where_code_is_moved_or_laid_out_anew(text):
    """It names a function and what is exchanged in it: neither lines nor blanks."""
    mutant = Mutant("m", "room: share", "ratio(a, b)", "ratio(b, a)", "", ())
    changed = mutant.applied(text)

    (function,) = (one for one in ast.parse(changed).body if getattr(one, "name", "") == "share")
    assert ast.unparse(function.body[-1]) == "return ratio(b, a)"
    assert "def other" not in text or "def other(a, b):\n    return ratio(a, b)" in changed


def test_names_of_constants_methods_and_nested_classes_are_places():
    """Whatever is printed or computed stands in one of them."""
    text = "LEVELS = {1: 2}\n\n\nclass A:\n    n: int = 0\n\n    @property\n    def b(self):\n        return self.n\n"
    places = dict(named_places(text))

    assert [*places] == ["LEVELS", "A", "A.n", "A.b"]
    start, stop = places["A.b"]
    assert text[start:stop].split() == ["@property", "def", "b(self):", "return", "self.n"]


def test_a_place_in_two_files_of_a_room_is_an_error():
    """The file is to be named then."""
    with pytest.raises(ValueError, match=r"stands in .*, .*: name one file"):
        file_of("xinzhi/analyses: _notes")
    with pytest.raises(ValueError, match="stands in no file"):
        file_of("xinzhi/analyses: nothing_of_this_name")


def test_mutants_have_names_of_their_own_and_tests_that_exist():
    """The report names each once, and says which test should notice."""
    names = [one.name for one in MUTANTS]

    assert len(set(names)) == len(names)
    assert [t for one in MUTANTS for t in one.tests if not (ROOT / t.split("::")[0]).exists()] == []


def test_a_mutant_whose_text_is_gone_is_an_error():
    """The library must follow the code."""
    with pytest.raises(ValueError, match="stands 0 times"):
        MUTANTS[0].applied("")
    gone = replace(MUTANTS[0], old="a_word_that_is_gone")
    with pytest.raises(ValueError, match="its code stands 0 times"):
        gone.applied(gone.path.read_text(encoding="utf-8"))
