"""A regression of a frame is that of every other door, and judged as there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from xinzhi_core.errors import DataError, DuplicateKey, MissingColumn, SpecError
from xinzhi_econometrics import regress

RNG = np.random.default_rng(3)


@pytest.fixture
def frame():
    """Twelve cities over eight years."""
    made = pd.DataFrame(
        {
            "city": np.repeat([f"c{k}" for k in range(12)], 8),
            "year": np.tile(np.arange(2010, 2018), 12),
            "region": np.repeat([f"r{k}" for k in range(4)], 24),
        }
    )
    made["x"], made["z"] = RNG.normal(size=(2, len(made)))
    return made.assign(y=0.4 * made["x"] + RNG.normal(size=len(made)))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"effects": "entity", "controls": "z"},
        {"effects": (), "covariance": "hc1"},
        {"cluster": "region"},
        {"covariance": "driscoll_kraay", "lag": 2},
    ],
)
def test_a_frame_gives_what_fit_gives(frame, options):
    """Slopes, errors, p-values and intervals, to the last digit."""
    errors = dict(options)
    if errors.get("covariance") == "driscoll_kraay":
        errors["covariance"] = {"driscoll_kraay": errors.pop("lag")}
    asked = xz.fit(frame, outcome="y", regressors="x", entity="city", period="year", **errors)

    found = regress(frame, "y", "x", entity="city", period="year", **options)

    pd.testing.assert_frame_equal(found.to_frame(), asked.to_frame())


def test_an_indexed_frame_is_taken_as_it_is(frame):
    indexed = frame.set_index(["city", "year"]).rename_axis(["entity", "period"])
    named = regress(frame, "y", ["x", "z"], entity="city", period="year")
    pd.testing.assert_frame_equal(regress(indexed, "y", ["x", "z"]).to_frame(), named.to_frame())


def test_a_cross_section_needs_no_period(frame):
    one = frame[frame["year"] == 2010]
    found = regress(one, "y", "x", entity="city", effects=())
    slope, _ = np.polyfit(one["x"], one["y"], 1)
    assert found.estimate[list(found.names).index("x")] == pytest.approx(slope, rel=1e-10)


def test_wrong_data_are_refused(frame):
    """A key that is empty, in two rows or not there."""
    with pytest.raises(SpecError, match="A period was named, and no entity"):
        regress(frame, "y", "x", period="year")
    with pytest.raises(MissingColumn, match="town"):
        regress(frame, "y", "x", entity="town", period="year")
    with pytest.raises(DataError, match="The city of 1 row is empty"):
        regress(
            frame.assign(city=frame["city"].where(frame.index != 3)),
            "y",
            "x",
            entity="city",
            period="year",
        )
    with pytest.raises(DuplicateKey):
        regress(frame.assign(year=2010), "y", "x", entity="city", period="year")
    with pytest.raises(MissingColumn, match="w"):
        regress(frame, "y", "w", entity="city", period="year")
