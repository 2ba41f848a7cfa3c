"""The composite index with entropy weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xinzhi.prepare.step import prepare
from xinzhi.prepare.steps.entropy_index import entropy_index
from xinzhi_core.errors import DataError, OutOfDomain
from xinzhi_core.panel.panel import panel_of

DIGITS = 5e-9
"""The worked numbers are printed to eight decimals."""
X = np.array([[10.0, 200.0], [20.0, 150.0], [40.0, 100.0]])


@pytest.mark.parametrize(
    ("options", "weights", "index"),
    [
        ({}, [0.53715154, 0.46284846], [0.46294846, 0.41057474, 0.53725154]),
        ({"shift": 0.01}, [0.53684769, 0.46315231], None),
        ({"standardise": False}, [0.79102334, 0.20897666], None),
    ],
)
def test_the_worked_numbers_of_the_design_come_out(options, weights, index):
    """Three rows, two pollutants, three ways to weigh them."""
    found = entropy_index(X, **options)
    np.testing.assert_allclose(found.weights, weights, atol=DIGITS)
    if index is not None:
        np.testing.assert_allclose(found.index, index, atol=DIGITS)


TABLES = arrays(
    float, st.tuples(st.integers(3, 12), st.integers(1, 4)), elements=st.integers(0, 50).map(float)
)


@given(TABLES, st.floats(0.1, 100))
def test_weights_sum_to_one_whatever_the_units(x, factor):
    """Multiplying an indicator by a factor changes neither weights nor index."""
    if not (np.ptp(x, axis=0) > 0).any():
        return
    found = entropy_index(x)
    scaled = entropy_index(x * factor)
    assert found.weights.sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(scaled.index, found.index, rtol=1e-9)


@given(TABLES)
def test_a_constant_indicator_has_no_weight(x):
    """A column that does not vary says nothing and changes nothing but the shift."""
    if not (np.ptp(x, axis=0) > 0).any():
        return
    with_constant = entropy_index(np.column_stack([x, np.full(len(x), 7.0)]))
    assert with_constant.weights[-1] == 0
    np.testing.assert_allclose(with_constant.index, entropy_index(x).index, rtol=1e-9)


def test_standardising_within_periods_differs_from_pooling():
    """Within a period the best is 0 + c and the worst 1 + c."""
    groups = np.array([1.0, 1.0, 2.0, 2.0])
    x = np.array([[1.0], [2.0], [10.0], [30.0]])
    np.testing.assert_allclose(entropy_index(x, groups=groups).index, [1e-4, 1.0001, 1e-4, 1.0001])
    assert entropy_index(x).index[1] < 0.1


def test_nothing_to_weigh_by_is_an_error():
    """One row, or constant indicators, have no entropy weights."""
    for x in (X[:1], np.ones((3, 2))):
        with pytest.raises(DataError):
            entropy_index(x)


def made(values):
    index = pd.MultiIndex.from_product([list("abc"), [2008]], names=["entity", "period"])
    return panel_of(pd.DataFrame(values, columns=["w", "s"], index=index))


def test_the_step_reports_weights_and_flags_the_cleanest_row():
    """The ledger holds the weights, and the row whose index is the shift itself."""
    done = prepare(
        made([[10.0, 100.0], [20.0, 150.0], [40.0, 200.0]]),
        [("P", {"step": "entropy_index", "columns": ["w", "s"]})],
    )
    derived, flagged = done.ledger.entries
    assert "w 0.5" in str(derived.why)
    assert (flagged.change, flagged.cells) == ("flagged", (("a", 2008),))
    assert "0.01" in str(flagged.why)


def test_a_row_with_a_missing_indicator_has_no_index():
    """The weights come from the complete rows."""
    done = prepare(
        made([[10.0, 100.0], [np.nan, 150.0], [40.0, 200.0]]),
        [("P", {"step": "entropy_index", "columns": ["w", "s"]})],
    )
    assert done.frame["P"].isna().tolist() == [False, True, False]


def test_negative_values_need_standardising():
    """Shares of a sum need values that are not negative."""
    with pytest.raises(OutOfDomain):
        prepare(
            made([[-10.0, 100.0], [20.0, 150.0], [40.0, 200.0]]),
            [("P", {"step": "entropy_index", "columns": ["w", "s"], "standardise": False})],
        )
