"""The kept mutants follow the code: each can still be put in."""

from __future__ import annotations

import pytest

from mutants.library import ROOT, mutants

MUTANTS = mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=[one.name for one in MUTANTS])
def test_the_text_of_a_mutant_stands_once(mutant):
    """A mutant whose text is gone, or stands twice, says nothing of the tests."""
    text = (ROOT / "src" / "xinzhi" / mutant.file).read_text(encoding="utf-8")

    assert text.count(mutant.old) == 1
    assert mutant.applied(text) != text


def test_mutants_have_names_of_their_own_and_tests_that_exist():
    """The report names each once, and says which test should notice."""
    names = [one.name for one in MUTANTS]

    assert len(set(names)) == len(names)
    assert [t for one in MUTANTS for t in one.tests if not (ROOT / t.split("::")[0]).exists()] == []


def test_a_mutant_whose_text_is_gone_is_an_error():
    """The library must follow the code."""
    with pytest.raises(ValueError, match="stands 0 times"):
        MUTANTS[0].applied("")
