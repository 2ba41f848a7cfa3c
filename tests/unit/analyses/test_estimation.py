"""`given.estimation`: the regression, its rows, its effects and further columns in one call."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.analyses.analysis import EstimationData, Given, Reads
from xinzhi.analyses.equation import Equation, Estimation
from xinzhi.api.analysis import BASE, OneRegression
from xinzhi_core.errors import SpecError
from xinzhi_core.panel.panel import panel_of
from xinzhi_econometrics.specification import Regression, common, draw

YEARS = (2001, 2002, 2003, 2004)


def made(n=6):
    """Entities in an order that is not the alphabet's, one empty cell in x, q and since each."""
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product(
        [[f"c{i}" for i in range(n)], YEARS], names=["entity", "period"]
    )
    frame = pd.DataFrame(rng.normal(size=(len(index), 4)), index, ["y", "x", "z", "q"])
    frame["since"] = np.repeat([2002.0, np.nan, 2003.0, 2003.0, np.nan, 2002.0][:n], len(YEARS))
    frame["name"] = "text"
    frame.loc[("c0", 2001), "x"] = np.nan
    frame.loc[("c1", 2002), "q"] = np.nan
    return frame.iloc[::-1]


def given(frame, regression, *more, raw=()):
    """Gather what a call gathers."""
    study = OneRegression(Equation(regression), 0)
    reads = Reads.estimation(study, BASE, *more, raw=raw)
    panel = panel_of(frame.sort_index(), rows=tuple(range(len(frame))), has_periods=True)
    return Given(study, dict.fromkeys(reads.data, frame), columns=panel), reads


REGRESSION = Regression("y", ("x",), ("z",), effects=("entity", "period"))


def test_reads_and_given_ask_for_the_same():
    """What `Reads.estimation` asks for is what `Given.estimation` finds."""
    _, reads = given(made(), REGRESSION, "q", raw=("since",))

    assert reads.data == (EstimationData.of(Equation(REGRESSION), "q"),)
    assert reads.equations == (Equation(REGRESSION),)
    assert reads.panel == ("since",)


def test_all_is_of_one_common_sample():
    """Rows without a further variable are left out; empty cells of a raw column leave no row out."""
    found, _ = given(made(), REGRESSION, "q", raw=("since", "name"))
    estimation = found.estimation(BASE, "q", raw=("since", "name"))
    frame, sample = common(made(), REGRESSION, ("q",))

    assert len(estimation.frame) == 6 * 4 - 2
    pd.testing.assert_frame_equal(estimation.frame, frame)
    assert estimation.sample.index.equals(sample.index)
    assert estimation.frame.index.is_monotonic_increasing
    assert estimation.sample.names == ("x", "z")
    np.testing.assert_array_equal(estimation.sample.design, frame[["x", "z"]].to_numpy())
    assert estimation.raw.index.equals(estimation.frame.index)
    assert estimation.raw["since"].isna().sum() == 4 * 2 - 1
    assert set(estimation.raw["name"]) == {"text"}
    np.testing.assert_array_equal(
        estimation.columns("q", "y"), frame[["q", "y"]].to_numpy()
    )  # fmt: skip


def test_errors_are_resolved_and_the_effects_taken_out():
    """The default errors of a panel are by entity; means of the projected outcome vanish."""
    estimation = given(made(), REGRESSION)[0].estimation(BASE)
    outcome = estimation.within.demean(estimation.sample.outcome)[:, 0]
    by_entity = pd.Series(outcome, estimation.frame.index).groupby(level=0).mean()

    assert estimation.regression.covariance.kind == "cluster"
    assert estimation.regression.controls == ("z",)
    assert np.abs(by_entity).max() < 1e-12


def test_a_variable_of_the_equation_may_be_named_again():
    """It counts once."""
    found, _ = given(made(), REGRESSION, "z", "x")

    assert len(found.estimation(BASE, "z", "x").frame) == 6 * 4 - 1


def test_no_regressor_is_needed():
    """An analysis may bring its own: elsewhere a regression without one is refused."""
    bare = Regression("y", (), effects=("entity", "period"))
    found, _ = given(made(), bare)

    assert found.estimation(BASE).sample.design.shape == (24, 0)
    with pytest.raises(SpecError, match="The regression has no regressor"):
        draw(made(), bare)


def test_an_entity_that_is_drawn_twice_is_two_entities():
    """Each has its own effect, so that a slope is that of weights."""
    frame = made()
    twice = Estimation.of(
        Equation(REGRESSION), frame, ("q",), frame[["since"]], {"c2": 3, "c0": 1, "c3": 2}
    )

    assert sorted(set(twice.frame.index.get_level_values(0))) == [
        "c0", "c1", "c2", "c2 #2", "c2 #3", "c3", "c3 #2", "c4", "c5",
    ]  # fmt: skip
    assert twice.sample.effects[0].n_levels == 9
    np.testing.assert_array_equal(twice.frame.loc["c2 #3"], twice.frame.loc["c2"])
    np.testing.assert_array_equal(twice.raw.loc["c3 #2"], twice.raw.loc["c3"])


def test_members_that_are_dropped_are_dropped_however_often_they_are_drawn():
    """The equation is applied before entities are told apart."""
    equation = Equation(REGRESSION, drop=(("entity", ("c2",)),))
    found = Estimation.of(equation, made(), times={"c2": 2})

    assert "c2" not in {name[:2] for name in found.frame.index.get_level_values(0)}
