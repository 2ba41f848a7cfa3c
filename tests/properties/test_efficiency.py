"""Laws of FRONTIER.md section 3, over all measures that claim them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases_efficiency import activities
from xinzhi.efficiency.activities import Activities
from xinzhi.efficiency.evaluate import evaluate
from xinzhi.efficiency.options import Options

LAW = 1e-7
"""Tolerance of a law (FRONTIER.md section 3)."""
LAW_AFTER_RESCALING = 1e-6

settings.register_profile("laws", max_examples=15, deadline=None)
law = settings(settings.get_profile("laws"))


@st.composite
def data(draw, *, least=2, bads=True):
    """Draw whole amounts, so that ties and duplicates are common."""
    n = draw(st.integers(least, 7))
    shape = [draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(st.integers(0, 2 * bads))]
    amount = st.integers(1, 9)
    x, y, b = (
        np.array(
            draw(st.lists(st.lists(amount, min_size=k, max_size=k), min_size=n, max_size=n)),
            dtype=float,
        ).reshape(n, k)
        for k in shape
    )
    return activities(x, y, b)


returns = st.sampled_from(["constant", "variable", "non_increasing", "non_decreasing"])
forms = st.sampled_from(["outputs", "inputs"])


def changed(rows, values, labels=None):
    """Return activities with other values, and labels where rows were added."""
    m, s1 = rows.inputs.shape[1], rows.good_outputs.shape[1]
    return Activities(
        labels or rows.labels, values[:, :m], values[:, m : m + s1], values[:, m + s1 :], rows.roles
    )


def with_row(rows, line):
    """Add one row."""
    return changed(rows, np.vstack([rows.values, line]), (*rows.labels, ("new", None)))


@law
@given(data(), returns, forms)
def test_sbm_lies_in_the_unit_interval(rows, returns_to_scale, bads):
    """0 < SBM <= 1, and 1 if and only if all slacks are 0."""
    result = evaluate(rows, options=Options("sbm", returns_to_scale, bads=bads))

    assert ((result.scores > 0) & (result.scores <= 1)).all()
    no_slack = (result.slacks / rows.values).max(axis=1) <= LAW
    np.testing.assert_array_equal(no_slack, result.scores >= 1 - LAW)


@law
@given(data(), returns, forms)
def test_super_scores_continue_sbm(rows, returns_to_scale, bads):
    """Super-SBM is SBM below 1; where SBM = 1 it is at least 1 or infeasible."""
    options = Options("sbm", returns_to_scale, bads=bads)
    sbm = evaluate(rows, options=options).scores
    result = evaluate(rows, options=replace(options, measure="super_sbm"))
    efficient = sbm == 1

    np.testing.assert_array_equal(result.scores[~efficient], sbm[~efficient])
    infeasible = np.array(result.statuses) == "infeasible"
    assert ((result.scores >= 1) | infeasible)[efficient].all()


@law
@given(data(), returns, st.lists(st.integers(-9, 9), min_size=6, max_size=6))
def test_units_change_nothing(rows, returns_to_scale, powers):
    """Units of measure times powers of ten up to 1e9 change no score."""
    options = Options("super_sbm", returns_to_scale)
    units = 10.0 ** np.array(powers[: rows.values.shape[1]])

    scaled = evaluate(changed(rows, rows.values * units), options=options)

    plain = evaluate(rows, options=options)
    assert scaled.statuses == plain.statuses
    np.testing.assert_allclose(scaled.scores, plain.scores, rtol=LAW_AFTER_RESCALING)


@law
@given(data(), st.floats(0.01, 100))
def test_size_changes_nothing_under_constant_returns(rows, factor):
    """Constant returns: a row times k changes no score."""
    values = rows.values.copy()
    values[0] *= factor

    larger = evaluate(changed(rows, values))

    np.testing.assert_allclose(larger.scores, evaluate(rows).scores, rtol=LAW)


@law
@given(data(), forms)
def test_constant_returns_score_at_most_variable(rows, bads):
    """SBM under constant returns is at most SBM under variable returns."""
    constant = evaluate(rows, options=Options("sbm", "constant", bads=bads)).scores
    variable = evaluate(rows, options=Options("sbm", "variable", bads=bads)).scores

    assert (constant <= variable + LAW).all()


@law
@given(data(), returns, st.randoms(use_true_random=False))
def test_order_changes_nothing(rows, returns_to_scale, random):
    """The order of rows is irrelevant, to the bit."""
    options = Options("super_sbm", returns_to_scale)
    order = list(range(rows.n))
    random.shuffle(order)

    shuffled = evaluate(rows.take(order), options=options)

    np.testing.assert_array_equal(shuffled.scores, evaluate(rows, options=options).scores[order])


@law
@given(data(), returns)
def test_a_copy_changes_nobody_else(rows, returns_to_scale):
    """A copy of a row leaves all other scores; its own super score becomes 1."""
    options = Options("super_sbm", returns_to_scale)
    before = evaluate(rows, options=options).scores

    after = evaluate(with_row(rows, rows.values[0]), options=options).scores

    np.testing.assert_allclose(after[1:-1], before[1:], rtol=LAW)
    expected = before[0] if before[0] < 1 else 1.0
    np.testing.assert_allclose(after[[0, -1]], expected, rtol=LAW)


@law
@given(data(), returns, st.lists(st.integers(1, 9), min_size=6, max_size=6))
def test_adding_a_row_raises_nobody(rows, returns_to_scale, line):
    """A larger reference set raises no score."""
    options = Options("super_sbm", returns_to_scale)
    before = evaluate(rows, options=options).scores

    after = evaluate(with_row(rows, line[: rows.values.shape[1]]), options=options).scores[:-1]

    assert (np.nan_to_num(after, nan=np.inf) <= np.nan_to_num(before, nan=np.inf) + LAW).all()


@law
@given(data(least=3))
def test_a_combination_of_others_adds_nothing(rows):
    """Variable returns: a convex combination of rows other than o changes no score of o."""
    options = Options("super_sbm", "variable")
    middle = rows.values[1:].mean(axis=0)
    before = evaluate(rows, options=options)

    after = evaluate(with_row(rows, middle), options=options)

    assert after.statuses[0] == before.statuses[0]
    np.testing.assert_allclose(after.scores[0], before.scores[0], rtol=LAW)


@law
@given(data(), returns, st.integers(0, 5), st.integers(1, 5))
def test_getting_worse_does_not_raise_the_own_score(rows, returns_to_scale, column, by):
    """More input, less good or more bad cannot raise a row's own SBM."""
    options = Options("sbm", returns_to_scale)
    column %= rows.values.shape[1]
    values = rows.values.copy()
    is_good = rows.roles.names[column] in rows.roles.good_outputs
    values[0, column] *= 1 / (1 + by) if is_good else 1 + by

    worse = evaluate(changed(rows, values), options=options).scores[0]

    assert worse <= evaluate(rows, options=options).scores[0] + LAW


@pytest.mark.parametrize("returns_to_scale", ["constant", "variable"])
@law
@given(rows=data())
def test_the_dual_optimum_is_the_score(returns_to_scale, rows):
    """Envelopment and multiplier optimum agree: the gap of every certificate vanishes."""
    result = evaluate(rows, options=Options("super_sbm", returns_to_scale))

    assert result.certificate.worst()["gap"] <= LAW
