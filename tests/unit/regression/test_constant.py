"""The constant under fixed effects: its error is that of linearmodels, of dummies and of areg's algebra."""

# Tolerance: two programs in double precision on well-conditioned data; 1e-9 leaves four digits of room.

from __future__ import annotations

import linearmodels
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Covariance, Regression

SAME = 1e-9
BY_ENTITY = Covariance("cluster", ("entity",))


def panel(n_entities=45, n_periods=6, *, seed=7, missing=0):
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(n_entities)], range(n_periods)], names=["entity", "period"]
    )
    n = len(index)
    x = rng.normal(3.0, 1.0, n) + np.repeat(rng.normal(size=n_entities), n_periods)
    z = rng.gamma(2.0, 1.0, n)
    error = rng.normal(size=n) * (0.5 + 0.3 * z) + np.repeat(rng.normal(size=n_entities), n_periods)
    frame = pd.DataFrame({"x": x, "z": z, "y": 2.0 + 0.4 * x - 0.3 * z + error}, index=index)
    if missing:
        frame = frame.drop(index=frame.index[rng.choice(n, missing, replace=False)])
    return frame


def other(frame, effects, how):
    """The same regression by linearmodels, with a constant among the regressors."""
    design = frame.assign(one=1.0)[["one", "x", "z"]]
    kinds = {"iid": "unadjusted", "hc1": "robust", "cluster": "clustered"}
    options = {"cluster_entity": True} if how.kind == "cluster" else {}
    model = linearmodels.PanelOLS(
        frame["y"],
        design,
        entity_effects="entity" in effects,
        time_effects="period" in effects,
        drop_absorbed=False,
    )
    return model.fit(cov_type=kinds[how.kind], debiased=True, count_effects=True, **options)


@pytest.mark.parametrize("effects", [("entity",), ("period",), ("entity", "period")])
@pytest.mark.parametrize("missing", [0, 31])
@pytest.mark.parametrize("how", [Covariance(), Covariance("hc1")])
def test_the_error_of_the_constant_is_that_of_linearmodels(effects, missing, how):
    """Independent and robust errors, balanced or not, one way and two: value, error, t and interval."""
    frame = panel(missing=missing)

    found = fit(frame, Regression("y", ("x", "z"), effects=effects, covariance=how))
    witness = other(frame, effects, how)

    one = found.constant
    assert one.estimate == found.fit.constant
    assert one.estimate == pytest.approx(witness.params["one"], rel=SAME)
    assert one.std_error == pytest.approx(witness.std_errors["one"], rel=SAME)
    assert one.statistic == pytest.approx(witness.tstats["one"], rel=SAME)
    assert (one.df, one.judge) == (found.covariance.df, "t")
    assert one.p_value == pytest.approx(2 * stats.t.sf(abs(one.statistic), one.df), rel=SAME)
    half = stats.t.ppf(0.975, one.df) * one.std_error
    assert [one.ci_low, one.ci_high] == pytest.approx(
        [one.estimate - half, one.estimate + half], rel=SAME
    )
    # The slopes are what they were.
    assert found.std_error == pytest.approx(witness.std_errors[["x", "z"]].to_numpy(), rel=SAME)


@pytest.mark.parametrize("effects", [("entity",), ("entity", "period")])
def test_clustered_errors_of_the_constant_are_those_of_linearmodels(effects):
    """Up to the small-sample factor, which is that of the slopes."""
    frame = panel()

    found = fit(frame, Regression("y", ("x", "z"), effects=effects, covariance=BY_ENTITY))
    witness = other(frame, effects, BY_ENTITY)

    factor = found.std_error[0] / witness.std_errors["x"]
    assert found.std_error[1] / witness.std_errors["z"] == pytest.approx(factor, rel=SAME)
    assert found.constant.std_error / witness.std_errors["one"] == pytest.approx(factor, rel=SAME)


def test_the_constant_is_the_mean_of_the_effects_of_the_rows():
    """Least squares on dummies gives the variance of the mean effect, independent errors."""
    frame = panel(missing=20)
    dummies = pd.get_dummies(frame.index.get_level_values("entity")).to_numpy(float)
    design = np.column_stack([frame[["x", "z"]].to_numpy(), dummies])
    b, *_ = np.linalg.lstsq(design, frame["y"].to_numpy(), rcond=None)
    e = frame["y"].to_numpy() - design @ b
    c = np.concatenate([[0.0, 0.0], dummies.mean(axis=0)])
    variance = c @ np.linalg.inv(design.T @ design) @ c * (e @ e) / (len(e) - design.shape[1])

    found = fit(frame, Regression("y", ("x", "z"), effects=("entity",), covariance=Covariance()))

    assert found.constant.estimate == pytest.approx(c @ b, rel=SAME)
    assert found.constant.std_error == pytest.approx(np.sqrt(variance), rel=SAME)


@pytest.mark.parametrize(
    "how",
    [
        Covariance("two_way", ("entity", "period")),
        Covariance("driscoll_kraay", lag=1),
        BY_ENTITY,
    ],
)
def test_a_shift_of_a_regressor_moves_the_constant_as_algebra_says(how):
    """With x + 10 the constant is _cons - 10 b: both its value and its error, whatever the errors."""
    frame = panel(n_periods=45)
    regression = Regression("y", ("x", "z"), effects=("entity", "period"), covariance=how)

    found = fit(frame, regression)
    moved = fit(frame.assign(x=frame["x"] + 10.0), regression)

    means = np.array([frame["x"].mean() + 10.0, frame["z"].mean()])
    assert moved.constant.estimate == pytest.approx(
        found.constant.estimate - 10.0 * found.estimate[0], rel=1e-8
    )
    assert moved.std_error == pytest.approx(found.std_error, rel=1e-8)
    # Scores of two effects add up to zero in every entity and period: only x̄'b has an error.
    error = np.sqrt(means @ moved.vcov @ means)
    assert moved.constant.std_error == pytest.approx(error, rel=1e-8)


def test_few_clusters_judge_the_constant_as_they_judge_the_slopes():
    """Ten clusters: CR2 judges -x̄'b, whose degrees of freedom are those of the same combination."""
    frame = panel(n_entities=10)

    found = fit(
        frame, Regression("y", ("x", "z"), effects=("entity", "period"), covariance=BY_ENTITY)
    )

    one = found.constant
    assert set(found.judge) == {one.judge} == {"cr2"}
    means = {name: -float(frame[name].mean()) for name in ("x", "z")}
    combined = found.combine(means)
    assert one.df == pytest.approx(combined.df, rel=SAME)
    t = one.estimate / combined.error
    assert one.p_value == pytest.approx(2 * stats.t.sf(abs(t), combined.df), rel=SAME)
    assert one.std_error == pytest.approx(combined.std_error, rel=SAME)
    assert one.statistic == pytest.approx(one.estimate / combined.std_error, rel=SAME)
    half = stats.t.ppf(0.975, combined.df) * combined.error
    assert [one.ci_low, one.ci_high] == pytest.approx(
        [one.estimate - half, one.estimate + half], rel=SAME
    )


def test_few_clusters_that_hold_no_effect_see_the_mean_as_well():
    """Years taken out, few groups across them: the row of the constant is 1/n less x̄'A."""
    frame = panel(n_entities=40)
    frame["g"] = [int(name[1:]) % 8 for name in frame.index.get_level_values("entity")]
    how = Covariance("cluster", ("g",))

    found = fit(frame, Regression("y", ("x", "z"), effects=("period",), covariance=how))

    # With dummies of the years in the design the mean effect is a combination of coefficients.
    years = pd.get_dummies(frame.index.get_level_values("period"), prefix="t").astype(float)
    names = list(years.columns[1:])
    wide = frame.assign(**{name: years[name].to_numpy() for name in names})
    dummies = fit(wide, Regression("y", ("x", "z", *names), effects=(), covariance=how))
    weights = {"_cons": 1.0, **{name: float(wide[name].mean()) for name in names}}
    combined = dummies.combine(weights)
    assert combined.judge == found.constant.judge == "cr2"
    assert found.constant.estimate == pytest.approx(combined.estimate, rel=SAME)
    assert found.constant.std_error == pytest.approx(combined.std_error, rel=1e-8)
    assert found.constant.df == pytest.approx(combined.df, rel=1e-6)
    assert found.constant.p_value == pytest.approx(combined.p_value, rel=1e-6)


def test_a_constant_that_the_clusters_do_not_see_has_no_error():
    """Regressors of mean 0 and effects of the clusters: ȳ alone is left, whose scores add up to 0."""
    frame = panel()
    frame[["x", "z"]] -= frame[["x", "z"]].mean()

    found = fit(frame, Regression("y", ("x", "z"), effects=("entity",), covariance=BY_ENTITY))

    assert np.isnan([found.constant.std_error, found.constant.p_value]).all()
    assert np.isnan(found.constant.statistic)
    assert found.constant.estimate == pytest.approx(frame["y"].mean(), rel=1e-6)


def test_where_the_constant_has_no_test_of_its_own():
    """Without effects it is one of the coefficients; a perfect fit has nothing to test with."""
    frame = panel()

    assert fit(frame, Regression("y", ("x",), effects=())).constant is None
    perfect = frame.assign(y=2.0 * frame["x"])
    assert fit(perfect, Regression("y", ("x",), effects=("entity",))).constant is None
