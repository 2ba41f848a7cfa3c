"""Descriptive statistics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cases_econometrics import simulated_panel
from xinzhi.analyses.describe.compute import describe
from xinzhi_core.errors import MissingColumn


def test_describe_is_pandas():
    """n, mean, sd, min, max are those of pandas, and missing cells are counted."""
    data = simulated_panel()
    data.iloc[:3, data.columns.get_loc("x1")] = np.nan

    found = describe(data, ("x1", "y")).to_frame()
    witness = data[["x1", "y"]].describe().T

    np.testing.assert_allclose(
        found[["n", "mean", "sd", "min", "max"]].to_numpy(float),
        witness[["count", "mean", "std", "min", "max"]].to_numpy(float),
        rtol=1e-12,
    )
    assert list(found["missing"]) == [3, 0]


def test_empty_column():
    """A column without a number is described by its gaps, without a warning."""
    data = simulated_panel().assign(void=np.nan)

    found = describe(data, ("void",))

    assert found.n == (0,)
    assert pd.isna(found.mean[0])


def test_unknown_column():
    """An unknown column is named with the nearest one."""
    with pytest.raises(MissingColumn, match="did you mean 'x1'"):
        describe(simulated_panel(), ("X1",))
