"""Sizes over ten orders, duplicates, near-duplicates, zeros, mixed units: no hang, nothing unproved."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from cases_efficiency import hard
from xinzhi.efficiency.evaluate import evaluate
from xinzhi.efficiency.measure import MEASURES
from xinzhi.efficiency.options import Options

PROVED = 1e-9
"""Convention N2."""
SAME = 1e-9
"""Two scores proved to 1e-9."""
N = 60
RETURNS = ["constant", "variable", "non_increasing", "non_decreasing"]
NAMES = [n for n in MEASURES.names() if not MEASURES.get(n).traits.has_nonseparable]
CASES = [(name, RETURNS[(place + step) % 4]) for place, name in enumerate(NAMES) for step in (0, 1)]


@cache
def measured(solver, measure, returns):
    traits = MEASURES.get(measure).traits
    options = Options(
        measure,
        returns,
        traits.orientations[0],
        direction="own" if traits.has_direction else None,
        zeros="drop_term",
        solver=solver,
    )
    return evaluate(hard(17, N), options=options)


@pytest.mark.parametrize("solver", ["highs", "kernel"])
@pytest.mark.parametrize(("measure", "returns"), CASES)
def test_every_row_is_proved_or_named(measure, returns, solver):
    """Each row is certified to 1e-9, or infeasible where the measure is a super measure."""
    if solver == "kernel":
        pytest.importorskip("numba")
    result = measured(solver, measure, returns)

    is_super = MEASURES.get(measure).traits.is_super
    assert set(result.statuses) <= ({"certified", "infeasible"} if is_super else {"certified"})
    assert max(result.certificate.worst().values()) <= PROVED


@pytest.mark.parametrize(("measure", "returns"), CASES)
def test_both_solvers_agree(measure, returns):
    """The kernel and HiGHS find the same scores, and the same rows infeasible."""
    pytest.importorskip("numba")
    fast, slow = (measured(solver, measure, returns) for solver in ("kernel", "highs"))

    assert fast.statuses == slow.statuses
    np.testing.assert_allclose(fast.scores, slow.scores, rtol=SAME, atol=SAME)
