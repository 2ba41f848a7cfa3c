"""Fallbacks of infeasible super scores, and explanations."""

from __future__ import annotations

import numpy as np
import pytest

from cases_efficiency import activities, load
from xinzhi_core.errors import DataError
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import explain

SAME = 1e-9


@pytest.fixture
def rows():
    """FRONTIER.md: row 0 is infeasible under variable returns."""
    return activities([[1], [1], [1]], [[1], [1.2], [1.1]], [[1], [6], [7]])


def test_form_b_stands_in(rows):
    """The infeasible row gets the score of form B; the others keep theirs; a notice says so."""
    plain = evaluate(rows, options=Options(returns_to_scale="variable"))
    found = evaluate(rows, options=Options(returns_to_scale="variable", fallback="form_b"))
    other = evaluate(rows, options=Options(returns_to_scale="variable", bads="inputs"))

    assert found.methods[0] == "form_b"
    assert found.scores[0] == pytest.approx(other.scores[0], abs=SAME)
    np.testing.assert_array_equal(found.scores[1:], plain.scores[1:])
    assert [n.code for n in found.notices] == ["efficiency.fallback"]


def test_two_stages_by_hand(rows):
    """Rows 1 and 2 emit 6 and 7 and make more: the least worsening is 5 / 1 of the bad, halved."""
    found = evaluate(rows, options=Options(returns_to_scale="variable", fallback="two_stage"))

    assert found.methods[0] == "two_stage"
    assert found.scores[0] == pytest.approx(1 + 5 / 2, abs=SAME)


def test_the_second_stage_is_least_among_the_optima_of_the_first():
    """Of the peers that emit 6 the one with less labour counts: 1 + 5/2 + 1."""
    rows = activities([[1], [4], [2], [1]], [[1], [1], [1], [1]], [[1], [6], [6], [9]])
    options = Options(returns_to_scale="variable", fallback="two_stage")

    found = evaluate(rows, options=options)

    assert found.methods[0] == "two_stage"
    assert found.scores[0] == pytest.approx(1 + 5 / 2 + 1, abs=SAME)


@pytest.mark.usefixtures("shared")
def test_an_explanation_adds_up():
    """Values and changes give the targets; peers are efficient and the strongest comes first."""
    _, rows = load("undesirable_sbm_crs_global_30x3")
    result = evaluate(rows, options=Options(measure="sbm"))

    (found,) = explain(rows, result, "Anhui", 2013)

    assert found.score == result.scores[0]
    assert all(c.target == pytest.approx(c.value + c.change) for c in found.changes)
    assert [c.role for c in found.changes] == ["input", "input", "good_output", "bad_output"]
    assert all(example.score == pytest.approx(1) for example in found.examples)
    assert len(explain(rows, result, "Anhui")) == 3


def test_an_unknown_row_is_told_with_the_nearest(rows):
    """A misspelt entity and a period that is not there are errors that help."""
    result = evaluate(rows)

    with pytest.raises(DataError, match="did you mean 'd1'"):
        explain(rows, result, "d1x")
    with pytest.raises(DataError, match="no period 7"):
        explain(rows, result, "d1", 7)


def test_duals_are_rates_of_change():
    """A small change of an input changes the directional distance at the rate of its price."""
    x, y = [[2.0, 3.0], [3.0, 1.0], [5.0, 5.0]], [[1.0], [1.0], [1.0]]
    options = Options("directional", direction={"y0": 1.0})
    step = 1e-3
    moved = [x[0], x[1], [5.0 + step, 5.0]]

    before = evaluate(activities(x, y), options=options)
    after = evaluate(activities(moved, y), options=options)

    rate = -(after.scores[2] - before.scores[2]) / step
    assert before.duals[2, 0] == pytest.approx(rate, abs=1e-6)
