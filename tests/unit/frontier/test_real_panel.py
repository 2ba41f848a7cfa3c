"""Scores of the real OECD panel against the figures written down beside it (OECD.md)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cases_efficiency import activities
from places import EXAMPLES
from xinzhi_frontier.evaluate import evaluate

PRINTED = 5e-4
"""OECD.md prints three decimals."""


@pytest.fixture
def result():
    """Super-SBM, form A, constant returns, one global frontier, 32 countries, 2011 to 2019."""
    frame = pd.read_csv(EXAMPLES / "oecd" / "oecd_panel.csv").query("in_study == 1")
    columns = (["labour_m", "capital_musd2015", "energy_quad"], ["gdp_musd2015"], ["co2_mt"])
    labels = tuple(zip(frame["iso3"], frame["year"].astype(int).tolist(), strict=True))
    return evaluate(activities(*(frame[names].to_numpy() for names in columns), labels=labels))


def test_moments_of_the_quick_study(result):
    """Mean, spread, extremes and the number of scores of 1 and more are those of OECD.md."""
    scores = result.to_frame()["score"]

    assert len(scores) == 288
    assert result.count("certified") == 288
    assert scores.mean() == pytest.approx(0.446, abs=PRINTED)
    assert scores.std() == pytest.approx(0.153, abs=PRINTED)
    assert (scores.idxmin(), scores.idxmax()) == (("SVN", 2012), ("IRL", 2019))
    assert scores.min() == pytest.approx(0.257, abs=PRINTED)
    assert scores.max() == pytest.approx(1.035, abs=PRINTED)
    assert sorted(scores[scores >= 1].index) == [
        ("CHE", 2019), ("IRL", 2018), ("IRL", 2019), ("POL", 2019),
    ]  # fmt: skip


def test_means_by_year_of_the_quick_study(result):
    """The means by year are those of OECD.md."""
    by_year = result.to_frame()["score"].groupby("period").mean()

    np.testing.assert_allclose(
        by_year,
        [0.414, 0.414, 0.418, 0.433, 0.450, 0.451, 0.463, 0.478, 0.490],
        rtol=0,
        atol=PRINTED,
    )
