"""The within transformation, whatever the effects, is regression on all their dummies."""

# 1e-10: the dummy regression itself is a lstsq of some hundred columns.

from __future__ import annotations

import numpy as np
import pytest

from cases_econometrics import simulated_panel
from oracles_econometrics import dummies, dummy_regression
from xinzhi_econometrics import within as module
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.least_squares import Grouping, cross, grouping
from xinzhi_econometrics.specification import Regression
from xinzhi_econometrics.within import rank, within

SETS = [
    ("entity",),
    ("period",),
    ("entity", "period"),
    ("entity", "period", "industry"),
    ("province", "period", "industry"),
    ("entity", "province", "period", "industry"),
]


@pytest.mark.parametrize("effects", SETS)
@pytest.mark.parametrize("keep", [0.7, 1.0])
def test_within_equals_dummies(effects, keep):
    """Slopes, residuals and absorbed degrees of freedom are those of explicit dummies."""
    data = simulated_panel(11, keep=keep)

    found = fit(data, Regression("y", ("x1", "x2"), effects=effects, singletons="keep"))
    slopes, residuals, df = dummy_regression(data, "y", ("x1", "x2"), effects)

    np.testing.assert_allclose(found.estimate, slopes, rtol=1e-10)
    np.testing.assert_allclose(found.residuals, residuals, atol=1e-10)
    assert found.df_absorbed == df


def two_parts() -> tuple[Grouping, Grouping]:
    """Two effects whose levels fall into three unconnected parts."""
    first = grouping("firm", [0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    second = grouping("year", [0, 1, 0, 1, 2, 3, 2, 3, 4, 5])
    return first, second


def test_unconnected_parts_are_counted():
    """Two effects absorb Σ levels less the number of connected components."""
    assert rank(two_parts()) == 5 + 6 - 3


def test_unconnected_parts_are_taken_out():
    """Within each unconnected part the transformation is exact."""
    effects = two_parts()
    columns = np.random.default_rng(2).normal(size=(10, 3))
    d = np.hstack([np.eye(e.n_levels)[e.codes] for e in effects])

    found = within(effects).demean(columns)

    np.testing.assert_allclose(found, columns - d @ np.linalg.pinv(d) @ columns, atol=1e-13)


@pytest.mark.parametrize("effects", [("entity", "period"), ("entity", "period", "industry")])
def test_conjugate_gradients_equal_the_factorised_way(effects, monkeypatch):
    """Where the effects are too many to factor, conjugate gradients find the same."""
    data = simulated_panel(13, n_entities=40, keep=0.6)
    direct = fit(data, Regression("y", ("x1", "x2"), effects=effects))
    monkeypatch.setattr(module, "DENSE_GROUNDED", 0)
    monkeypatch.setattr(module, "DENSE_EIGEN", 0)

    iterated = fit(data, Regression("y", ("x1", "x2"), effects=effects))

    np.testing.assert_allclose(iterated.estimate, direct.estimate, rtol=1e-12)
    assert iterated.df_absorbed >= direct.df_absorbed
    is_bound = "reg.df_bound" in {notice.code for notice in iterated.notices}
    assert is_bound == (len(effects) > 2)


@pytest.mark.parametrize("effects", [s for s in SETS if len(s) > 2])
@pytest.mark.parametrize("keep", [0.7, 1.0])
@pytest.mark.parametrize("dense", [None, "squares"])
def test_ways_for_many_levels_equal_dummies(effects, keep, dense, monkeypatch):
    """Grounding and counting by pairs, which small data do not reach: slopes, residuals and rank are the same."""
    data = simulated_panel(11, keep=keep)
    slopes, residuals, df = dummy_regression(data, "y", ("x1", "x2"), effects)
    called = set()

    def watched(name):
        known = getattr(module, name)

        def call(*given):
            answer = known(*given)
            called.add((name, answer is not None))
            return answer

        monkeypatch.setattr(module, name, call)

    for name in ("_invert_connected", "_meetings", "_product"):
        watched(name)
    monkeypatch.setattr(module, "GROUNDED_FROM", 1)
    if dense:
        keys = data.reset_index()
        sizes = sorted(keys[name].nunique() for name in effects)
        monkeypatch.setattr(module, "DENSE_CELLS", sizes[-2] ** 2)
    found = fit(data, Regression("y", ("x1", "x2"), effects=effects, singletons="keep"))
    np.testing.assert_allclose(found.estimate, slopes, rtol=1e-10)
    np.testing.assert_allclose(found.residuals, residuals, atol=1e-10)
    assert found.df_absorbed == df
    # Entities lie in one province each: the grounded matrix is singular, and the rank needs the other way.
    nested = {"entity", "province"} <= set(effects)
    assert ("_invert_connected", not nested) in called
    if dense:
        assert {("_meetings", True), ("_product", True)} <= called


@pytest.mark.parametrize("sizes", ["one", "many"])
def test_pairs_of_rows_are_counted_as_the_product_of_dummies(sizes):
    """C'diag(1/n)C by rows of one level, with levels of one size and of several."""
    draw = np.random.default_rng(3)
    codes = np.repeat(np.arange(40), 5) if sizes == "one" else draw.integers(0, 40, 200)
    largest, other = grouping("a", codes.tolist()), grouping("b", draw.integers(0, 7, 200).tolist())
    c = np.eye(largest.n_levels)[largest.codes].T @ np.eye(other.n_levels)[other.codes]
    np.testing.assert_allclose(
        module._meetings(largest, other), c.T @ (c / largest.counts[:, None]), atol=1e-12
    )


def test_large_means_do_not_cost_digits():
    """A column with a mean of 1e9 and a deviation of 1 keeps the digits that its cells have."""
    data = simulated_panel(17, keep=0.8)
    moved = data.assign(x1=data["x1"].round(3) + 1e9)
    plain = fit(data.assign(x1=moved["x1"] - 1e9), Regression("y", ("x1",)))

    found = fit(moved, Regression("y", ("x1",)))

    np.testing.assert_allclose(found.estimate, plain.estimate, rtol=1e-9)


def test_crossed_groupings_have_one_level_a_pair():
    """The intersection of two clusterings has one level for each pair of levels that occurs."""
    first, second = two_parts()

    assert cross(first, second).n_levels == 10
    assert np.linalg.matrix_rank(dummies(simulated_panel(), ("entity",))) == 12
