"""Measures as linear programs, written from the equations of their pages and solved by SciPy."""

from __future__ import annotations

import numpy as np
import pytest

from cases_efficiency import activities
from oracles_linprog import longest
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.options import Options

SAME = 1e-8
N = 9
RETURNS = ("constant", "variable", "non_increasing", "non_decreasing")
SIGNS = np.array([1.0, 1.0, -1.0, 1.0])
INPUTS, GOOD, BAD = [0, 1], 2, 3


@pytest.fixture
def values():
    """Nine rows of two inputs, a good and a bad output."""
    return np.random.default_rng(5).uniform(1, 5, (N, 4))


def found(values, options):
    """Measure the rows."""
    rows = activities(values[:, INPUTS], values[:, [GOOD]], values[:, [BAD]])
    return evaluate(rows, options=options).scores


def ways(values, moves, **how):
    """Solve the program of each row along its own values of the columns that move."""
    return np.array(
        [
            longest(values, o, np.arange(N), signs=SIGNS, direction=values[o] * moves, **how)
            for o in range(N)
        ]
    )


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize(
    ("orientation", "bads", "moves", "sign"),
    [
        ("input", "outputs", [1, 1, 0, 0], -1.0),
        ("input", "inputs", [1, 1, 0, 1], -1.0),
        ("output", "outputs", [0, 0, 1, 0], 1.0),
    ],
)
def test_radial_scores(values, orientation, bads, moves, sign, returns):
    """θ = 1 - β, with the bads where they are inputs, and φ = 1 + β along the goods."""
    options = Options("radial", returns, orientation, bads=bads)
    expected = 1.0 + sign * ways(values, np.array(moves), returns=returns)

    np.testing.assert_allclose(found(values, options), expected, rtol=0, atol=SAME)
    assert (np.abs(expected - 1.0) > SAME).any()


@pytest.mark.parametrize("returns", RETURNS)
def test_radial_super_efficiency(values, returns):
    """The row itself leaves its reference set; without a solution there is no score."""
    expected = [
        1.0
        - longest(
            values,
            o,
            np.delete(np.arange(N), o),
            signs=SIGNS,
            direction=values[o] * [1, 1, 0, 0],
            returns=returns,
        )
        for o in range(N)
    ]

    scores = found(values, Options("super_radial", returns, "input"))

    np.testing.assert_allclose(scores, expected, rtol=0, atol=SAME)
    assert (scores[~np.isnan(scores)] > 1.0 + SAME).any()


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("direction", [None, "own", "mean"])
def test_additive_scores(values, direction, returns):
    """The largest sum of slacks: as they are, by own values, by the means of the reference set."""
    options = Options("additive", returns, direction=direction)
    unit = {None: np.ones((N, 4)), "own": values, "mean": np.tile(values.mean(axis=0), (N, 1))}
    expected = [
        longest(
            values,
            o,
            np.arange(N),
            signs=SIGNS,
            direction=unit[direction][o],
            returns=returns,
            weights=np.ones(4),
        )
        for o in range(N)
    ]

    np.testing.assert_allclose(found(values, options), expected, rtol=0, atol=SAME)


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("disposability", ["strong", "weak"])
@pytest.mark.parametrize(("orientation", "moves"), [("none", [1] * 4), ("output", [0, 0, 1, 1])])
def test_directional_distances(values, orientation, moves, disposability, returns):
    """Along own values; weakly disposable bads are an equation."""
    options = Options("directional", returns, orientation, disposability=disposability)
    equal = (BAD,) if disposability == "weak" else ()
    expected = ways(values, np.array(moves), returns=returns, equal=equal)

    np.testing.assert_allclose(found(values, options), expected, rtol=0, atol=SAME)
    assert (expected > SAME).any()


@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize("disposability", ["strong", "weak"])
def test_nonradial_distances(values, disposability, returns):
    """The largest weighted sum of distances; the weights do not add up to 1."""
    weights = {"x0": 1.0, "x1": 0.5, "y0": 2.0, "b0": 3.0}
    options = Options(
        "nonradial_directional", returns, disposability=disposability, weights=weights
    )
    equal = (BAD,) if disposability == "weak" else ()
    expected = ways(
        values, np.ones(4), returns=returns, equal=equal, weights=list(weights.values())
    )

    np.testing.assert_allclose(found(values, options), expected, rtol=0, atol=SAME)
