"""Regressions that cannot be answered, or not wholly."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cases_econometrics import simulated_panel
from xinzhi_core.errors import MethodError, NotIdentified, SpecError, StudyError
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Covariance, Regression

BY_ENTITY = Covariance("cluster", ("entity",))


def codes(data: pd.DataFrame, regression: Regression, error: type[StudyError]) -> list[str]:
    """Codes of the problems that a regression meets."""
    with pytest.raises(error) as caught:
        fit(data, regression)
    assert all(str(problem.remedy) for problem in caught.value.problems)
    return [problem.code for problem in caught.value.problems]


def test_what_cannot_be_told_is_refused():
    """Constant, absorbed and collinear variables of interest are refused, all at once."""
    data = simulated_panel()
    entity = data.index.get_level_values(0).to_numpy(float)
    data = data.assign(
        one=3.0,
        city=entity,
        trend=entity * 2 + data.index.get_level_values(1),
        twin=2 * data["x1"] - 1,
    )

    found = codes(data, Regression("y", ("one", "city", "trend", "x1", "twin")), NotIdentified)

    assert found == [
        "reg.constant",
        "reg.absorbed",
        "reg.absorbed",
        "reg.collinear",
        "reg.collinear",
    ]


def test_controls_that_say_nothing_are_dropped_and_named():
    """Constant, absorbed and collinear controls are dropped and named; the slopes do not move."""
    data = simulated_panel()
    data = data.assign(one=3.0, city=data.index.get_level_values(0) * 1.0, twin=2 * data["x2"] - 1)

    found = fit(data, Regression("y", ("x1",), ("x2", "one", "city", "twin")))
    plain = fit(data, Regression("y", ("x1",), ("x2",)))

    assert [drop.name for drop in found.dropped] == ["one", "city", "twin"]
    assert [n.code for n in found.notices] == [*["reg.dropped"] * 3, "reg.few_clusters"]
    np.testing.assert_allclose(found.estimate, plain.estimate, rtol=1e-12)


def test_control_that_equals_a_variable_of_interest():
    """A control that takes the place of a variable of interest makes that variable unknowable."""
    data = simulated_panel()

    found = codes(
        data.assign(twin=data["x1"] * 7), Regression("y", ("x1",), ("twin",)), NotIdentified
    )

    assert found == ["reg.collinear"]


def test_near_collinearity_is_named():
    """Columns that are the same up to a trace are named, with the digits that they cost."""
    data = simulated_panel()
    data["shadow"] = data["x1"] + 1e-6 * data["x2"] ** 2

    found = fit(data, Regression("y", ("x1", "shadow", "x2")))

    notice = next(n for n in found.notices if n.code == "reg.near_collinear")
    assert "x1, shadow are" in str(notice.text)


@pytest.mark.parametrize(
    ("rows", "regression", "code"),
    [
        (slice(0, 1), Regression("y", ("x1",)), "reg.no_rows"),
        ("one entity", Regression("y", ("x1",)), "reg.one_level"),
        ("one period", Regression("y", ("x1",), effects=("period",)), "reg.one_level"),
        ("one period", Regression("y", ("x1",), effects=("entity",)), "reg.no_rows"),
        (slice(0, 2), Regression("y", ("x1", "x2"), effects=()), "reg.too_few_rows"),
        (
            "one entity",
            Regression("y", ("x1",), effects=(), covariance=BY_ENTITY),
            "reg.too_few_clusters",
        ),
    ],
)
def test_impossible_samples(rows, regression, code):
    """Samples that cannot answer are refused with the reason."""
    data = simulated_panel(keep=1.0)
    data = (
        {
            "one entity": data.loc[[0]],
            "one period": data[data.index.get_level_values(1) == 2001],
        }.get(rows)
        if isinstance(rows, str)
        else data.iloc[rows]
    )

    assert codes(data, regression, MethodError) == [code]


@pytest.mark.parametrize(
    ("regression", "code"),
    [
        (Regression("y", ("x1",), covariance=Covariance("hc3")), "option.unknown"),
        (Regression("y", ("x1",), covariance=Covariance("cluster")), "reg.clusters"),
        (Regression("y", ("x1",), covariance=Covariance(rule="xtreg")), "option.unknown"),
        (Regression("y", ("x1",), singletons="forget"), "option.unknown"),
        (Regression("y", ("x1", "y")), "reg.named_twice"),
        (Regression("y", ()), "reg.no_regressors"),
        (Regression("y", ("x1",), covariance=Covariance("driscoll_kraay", lag=7)), "reg.lag"),
    ],
)
def test_contradictory_words(regression, code):
    """Words that contradict each other or mean nothing are refused."""
    assert codes(simulated_panel(), regression, SpecError) == [code]


def test_outcome_without_variation():
    """An outcome that the effects explain wholly is refused."""
    data = simulated_panel()
    data["y"] = data.index.get_level_values(0) * 3.0

    assert codes(data, Regression("y", ("x1",)), MethodError) == ["reg.outcome_constant"]


def test_bad_cells_are_placed():
    """Text and infinity in a column are refused with their place, and unknown columns by name."""
    data = simulated_panel()
    data["text"] = ["many"] * len(data)
    data["inf"] = data["x1"].where(data["x1"] != data["x1"].max(), np.inf)

    assert codes(data, Regression("y", ("text", "inf")), StudyError) == [
        "data.not_numeric",
        "data.infinite",
    ]
    assert codes(data, Regression("y", ("x11",)), StudyError) == ["data.missing_column"]


def test_missing_keys_leave_the_row_out():
    """A row whose cluster or effect is empty is left out and counted."""
    data = simulated_panel()
    data.iloc[3, data.columns.get_loc("province")] = np.nan

    found = fit(data, Regression("y", ("x1",), covariance=Covariance("cluster", ("province",))))

    assert found.n_missing == 1
    assert found.n == len(data) - 1


def test_more_slopes_than_clusters():
    """With no more clusters than slopes there is no joint test, and the reader is told."""
    data = simulated_panel(n_entities=6, keep=1.0)

    found = fit(
        data, Regression("y", ("x1", "x2"), covariance=Covariance("cluster", ("province",)))
    )

    assert np.isnan(found.fit.f)
    assert {"reg.few_clusters", "reg.no_joint_test"} <= {n.code for n in found.notices}
