"""Measures without a printed table: a second formulation, from the paper and solved by SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

import oracles_linprog as oracle
from cases_efficiency import activities
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.measures.epsilon_based import affinity
from xinzhi_frontier.options import Options
from xinzhi_frontier.productivity.index import productivity

SAME = 1e-8
"""linprog stops at 1e-7 on a program; on data of order 1 its vertices are exact to about 1e-12."""
RETURNS = ("constant", "variable", "non_increasing", "non_decreasing")
SEEDS = range(3)


def drawn(seed, *sizes, n=8):
    """Draw n rows of the given numbers of columns."""
    rng = np.random.default_rng([seed, 77])
    return [rng.uniform(1, 5, (n, size)) for size in sizes]


@pytest.mark.one_in(8)
@pytest.mark.parametrize("orientation", ["none", "input", "output"])
@pytest.mark.parametrize("returns", RETURNS)
def test_epsilon_based_scores_are_those_of_the_program_of_the_paper(returns, orientation):
    """EBM with ε and weights of the data equals the fractional program solved by linprog."""
    for seed in SEEDS:
        x, y = drawn(seed, 3, 2)
        epsilon, weights = zip(oracle.affinity(x), oracle.affinity(y), strict=True)
        how = {"returns": returns, "orientation": orientation, "epsilon": epsilon}
        expected = [oracle.epsilon_based(x, y, o, weights=weights, **how) for o in range(len(x))]

        found = evaluate(activities(x, y), options=Options("epsilon_based", returns, orientation))

        np.testing.assert_allclose(found.scores, expected, rtol=0, atol=SAME)


def test_affinity_is_that_of_perron():
    """ε and weights equal those of the power method on the matrix of affinities."""
    for seed in SEEDS:
        (values,) = drawn(seed, 4)
        epsilon, weights = oracle.affinity(values)
        found = affinity(values)

        assert found[0] == pytest.approx(epsilon, abs=1e-10)
        np.testing.assert_allclose(found[1], weights, atol=1e-10)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("names", [("y0", "b0"), ("x0", "y1", "b0"), ("b0",), ("x1", "y0", "b1")])
@pytest.mark.parametrize("returns", RETURNS)
def test_nonseparable_scores_are_those_of_the_program_of_the_book(returns, names):
    """The SBM with non-separable columns equals the book's program, α an unknown, by linprog."""
    for seed in SEEDS:
        x, y, b = drawn(seed, 2, 2, 2)
        rows = activities(x, y, b)
        together = [name in names for name in rows.roles.names]
        expected = [oracle.nonseparable(x, y, b, o, together, returns=returns) for o in range(8)]

        found = evaluate(rows, options=Options("sbm_nonseparable", returns, nonseparable=names))

        np.testing.assert_allclose(found.scores, expected, rtol=0, atol=SAME)


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("part", ["x", "b"])
def test_a_zero_that_is_not_separable_does_not_stop_what_moves_together(returns, part):
    """With `drop_term` the row with a zero input or bad on N has the score of the book's program."""
    names, moved = ("x1", "y0", "b0", "b1"), 0
    for seed in SEEDS:
        x, y, b = drawn(seed, 2, 2, 2)
        (x if part == "x" else b)[:6, 1] = 0.0
        rows = activities(x, y, b)
        together = [name in names for name in rows.roles.names]
        expected = [oracle.nonseparable(x, y, b, o, together, returns=returns) for o in range(8)]

        how = Options("sbm_nonseparable", returns, nonseparable=names, zeros="drop_term")
        found = evaluate(rows, options=how)

        np.testing.assert_allclose(found.scores, expected, rtol=0, atol=SAME)
        moved += int((np.array(expected[:6]) < 1 - SAME).sum())
    assert moved > 0  # the zeros do not make every such row efficient


@pytest.mark.one_in(5)
@pytest.mark.parametrize("least", [None, 0.7])
@pytest.mark.parametrize("names", [("y0", "b0"), ("x0", "y1", "b0"), ("b0",), ("x1", "y0", "b1")])
@pytest.mark.parametrize("returns", RETURNS)
def test_scores_by_the_smallest_alpha_are_those_of_the_program_of_the_paper(returns, names, least):
    """Tone (2003), equation 30, by linprog, without a bound on α and with one."""
    for seed in SEEDS:
        x, y, b = drawn(seed, 2, 2, 2)
        rows = activities(x, y, b)
        together = [name in names for name in rows.roles.names]
        how = {"returns": returns, "alpha_min": least or 0.0}
        expected = [oracle.nonseparable_free(x, y, b, o, together, **how) for o in range(8)]

        options = Options("sbm_nonseparable_free", returns, nonseparable=names, alpha_min=least)
        found = evaluate(rows, options=options)

        np.testing.assert_allclose(found.scores, expected, rtol=0, atol=SAME)


def abated(x, y, b, o, *, returns):
    """Distance along (0, y_o, -b_o) of Kuosmanen (2005): λ is in use, μ idle, and both use inputs."""
    n, ones = len(x), np.ones(len(x))
    above = np.vstack(
        [
            np.hstack([x.T, x.T, np.zeros((x.shape[1], 1))]),
            np.hstack([-y.T, np.zeros((y.shape[1], n)), y[o][:, None]]),
        ]
    )
    equal, right = [np.hstack([b.T, np.zeros((b.shape[1], n)), b[o][:, None]])], [b[o]]
    if returns == "variable":
        equal.append(np.concatenate([ones, ones, [0.0]])[None])
        right.append(np.ones(1))
    done = linprog(
        np.append(np.zeros(2 * n), -1.0),
        A_ub=above,
        b_ub=np.concatenate([x[o], -y[o]]),
        A_eq=np.vstack(equal),
        b_eq=np.concatenate(right),
        method="highs",
    )
    return -done.fun


@pytest.mark.parametrize("returns", ["constant", "variable"])
def test_kuosmanen_distances_are_those_of_the_program_of_the_paper(returns):
    """Under variable returns some distance is longer than without abatement."""
    longer = 0
    for seed in SEEDS:
        x, y, b = drawn(seed, 1, 1, 1, n=10)
        rows, how = activities(x, y, b), ("directional", returns, "output")
        expected = [abated(x, y, b, o, returns=returns) for o in range(10)]

        found = evaluate(rows, options=Options(*how, disposability="kuosmanen"))
        weak = evaluate(rows, options=Options(*how, disposability="weak"))

        np.testing.assert_allclose(found.scores, expected, rtol=0, atol=SAME)
        longer += int((found.scores > weak.scores + SAME).sum())
    assert (longer > 0) == (returns == "variable")


def directional(x, y, reference, o):
    """Distance along own values (x, y) against some rows, constant returns; o may lie beyond."""
    n = len(reference)
    goods = np.hstack([-y[reference].T, y[o][:, None]])
    inputs = np.hstack([x[reference].T, x[o][:, None]])
    done = linprog(
        np.append(np.zeros(n), -1.0),
        A_ub=np.vstack([inputs, goods]),
        b_ub=np.concatenate([x[o], -y[o]]),
        bounds=[(0, None)] * n + [(None, None)],
        method="highs",
    )
    return -done.fun


def test_the_luenberger_indicator_is_the_mean_of_four_distances():
    """Chambers (1996): L = ½ [D¹(1) - D¹(2) + D²(1) - D²(2)], each distance by linprog."""
    for seed in SEEDS:
        x, y = drawn(seed, 2, 2, n=10)
        labels = [(f"e{i % 5}", i // 5) for i in range(10)]
        first, second = list(range(5)), list(range(5, 10))
        expected = [
            0.5
            * sum(
                directional(x, y, frontier, e) - directional(x, y, frontier, e + 5)
                for frontier in (first, second)
            )
            for e in range(5)
        ]

        found = productivity(
            activities(x, y, labels=labels), index="luenberger", options=Options("directional")
        )

        np.testing.assert_allclose(found.values, expected, rtol=0, atol=SAME)
