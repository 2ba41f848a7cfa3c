"""Laws for every registered measure that claims them: traits choose what is tested."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from xinzhi_frontier.laws import LAWS, claimed_laws, random_case, try_laws
from xinzhi_frontier.measure import MEASURES

EXAMPLES = int(os.environ.get("XINZHI_EXAMPLES", "50"))
"""Random cases per law and measure; set higher for a long run."""
CASES = [min(12, EXAMPLES), pytest.param(EXAMPLES, marks=pytest.mark.long)]
"""The first dozen runs each time."""
PROVED = 1e-9
"""Convention N2."""
names = list(MEASURES.names())


@cache
def kept(name, cases):
    """Try all laws of a measure once; its tests share the cases."""
    return {one.law: one for one in try_laws(name, cases=cases)}


@pytest.mark.one_in(8)
@pytest.mark.parametrize("cases", CASES)
@pytest.mark.parametrize(
    ("name", "law"), [(name, law) for name in names for law in claimed_laws(name)]
)
def test_a_measure_keeps_the_laws_it_claims(name, law, cases):
    """The largest deviation over all random cases stays within the tolerance of the law."""
    found = kept(name, cases)[law]

    assert found.cases == cases
    assert not found.is_broken, found


@pytest.mark.long
def test_a_measure_that_claims_too_much_is_found_out(monkeypatch):
    """Affinities depend on the sample: an epsilon-based measure that claims not to breaks the law."""
    honest = MEASURES.get("epsilon_based")
    claims = replace(honest, traits=replace(honest.traits, is_monotone=True))
    monkeypatch.setitem(MEASURES._parts, "epsilon_based", claims)

    broken = {one.law for one in try_laws("epsilon_based") if one.is_broken}

    assert "one_more_row" in broken


def test_every_law_is_claimed_by_some_measure():
    """No law stands there without a measure that it is tried on."""
    assert {law for name in names for law in claimed_laws(name)} == set(LAWS)


@pytest.mark.one_in(8)
@pytest.mark.parametrize("cases", CASES)
@pytest.mark.parametrize("name", names)
def test_extreme_rows_change_nothing(name, cases):
    """Scores over extreme rows with proved memberships are those over all rows, in fractions."""
    for number in range(cases):
        case = random_case(name, number, seed=1)
        exact = case.again(solver="exact")

        np.testing.assert_allclose(case.again(solver="auto"), exact, rtol=PROVED, atol=PROVED)
