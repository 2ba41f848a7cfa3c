"""Copies that differ in the last digits: within 1e-13 they count as the same, for every solver."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import oracles_efficiency as oracle
from cases_efficiency import activities, hard
from parts import quick_among
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.options import Options
from xinzhi_frontier.solve.certificate import SETTLED

OPTIONS = Options("super_radial", "non_decreasing", "output", zeros="drop_term")
SAME = 2e-9
"""Two scores proved to 1e-9."""
ZERO, ONE = Fraction(0), Fraction(1)


def least_growth(rows, o):
    """Return by how much inputs and bads of a row must grow so that the others reach it, exactly."""
    x, _, b = (oracle.exact(part.tolist()) for part in rows.parts)
    uses = [[*x[j], *b[j]] for j in range(rows.n)]
    others = [j for j in range(rows.n) if j != o]
    k = len(uses[o])
    lines = [
        [
            *(uses[j][i] / (uses[o][i] or 1) for j in others),
            *(ONE if i == h else ZERO for h in range(k)),
            ZERO,
            -ONE if uses[o][i] else ZERO,
        ]
        for i in range(k)
    ]
    lines.append([*[ONE] * len(others), *[ZERO] * k, -ONE, ZERO])
    right = [*(ONE if value else ZERO for value in uses[o]), ONE]
    return oracle.minimise([*[ZERO] * (len(others) + k + 1), ONE], lines, right)


@pytest.mark.parametrize(
    ("seed", "row"),
    quick_among(
        [(116, 21), (142, 6), (1038, 7)],
        [(104, 35), (116, 21), (142, 6), (178, 27), (188, 33), (487, 34), (1038, 7), (1063, 28)],
    ),
)
def test_a_row_that_only_its_twin_reaches_is_not_infeasible(seed, row):
    """Σ λ >= 1 and a copy that uses more by 2e-15 to 2e-13: exactly infeasible, and a tie by convention.

    Half of what the copy uses more is its own error and half that of the row, as for the other scores.
    """
    rows = hard(50000 + seed, 40)
    assert 0 < least_growth(rows, row) <= 2 * SETTLED

    fast, slow, exact = (
        evaluate(rows, options=replace(OPTIONS, solver=solver))
        for solver in ("auto", "highs", "exact")
    )

    assert exact.statuses[row] == "infeasible"
    assert fast.statuses == slow.statuses
    np.testing.assert_allclose(fast.scores, slow.scores, rtol=SAME, atol=SAME)
    assert abs(fast.scores[row] - 1.0) <= SAME


@pytest.mark.parametrize("solver", ["auto", "highs", "exact"])
@pytest.mark.parametrize("more", [1e-12, 1e-10, 1e-8])
def test_a_twin_that_uses_more_than_rounding_does_not_reach_a_row(solver, more):
    """Beyond the convention a difference is one, however small: the row is infeasible."""
    x = np.array([[1.0, 2.0], [1.0 + more, 2.0 * (1.0 + more)], [3.0, 1.0]])
    rows = activities(x, [[1.0], [1.0], [1.0]], [[1.0], [1.0 + more], [2.0]])

    result = evaluate(rows, options=replace(OPTIONS, solver=solver))

    assert result.statuses[0] == "infeasible"
