"""Slopes whose robust errors are zero by construction: no error, no star, and a notice that says why.

What is zero "for any outcome" is tried with several outcomes and scales; no test asserts an effect.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cases_econometrics import simulated_panel
from xinzhi.analyses.heterogeneity.compute import _wald
from xinzhi.analyses.mediation.compute import mediate
from xinzhi.analyses.moderation.moderated_effect import (
    ModeratedTerms,
    conditional_effects,
    johnson_neyman,
)
from xinzhi.present.regression import regression_table
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.inference import Inapplicable
from xinzhi_econometrics.instruments.estimate import instrument
from xinzhi_econometrics.resampling.wild_bootstrap import wild_bootstrap
from xinzhi_econometrics.specification import Covariance, Regression

BY_ENTITY = Covariance("cluster", ("entity",))
TWO_WAY = Covariance("two_way", ("entity", "period"))
HC1 = Covariance("hc1")
DK = Covariance("driscoll_kraay", lag=1)


def one_cluster(seed: int = 3, scale: float = 1.0, origin: float = 0.0):
    """Draw a panel: `d` moves in entity 4 alone, `c` is 1 there, `r` is 1 in one row of it."""
    data = simulated_panel(seed, keep=1.0)
    entity, period = (np.asarray(codes) for codes in data.index.codes)
    move = np.random.default_rng(seed).normal(size=len(data))
    return data.assign(
        y=scale * data["y"] + origin,
        d=scale * np.where(entity == 4, move, 0.0) + origin,
        r=scale * ((entity == 4) & (period == 2)) + origin,
        c=(entity == 4).astype(float),
        y2004=np.where(period == 3, move, 0.0),
    )


def notices(found):
    """Codes of the notices."""
    return {notice.code for notice in found.notices}


@pytest.mark.parametrize("seed", [3, 11, 12])
@pytest.mark.parametrize(("scale", "origin"), [(1.0, 0.0), (1e-9, 0.0), (1e9, 0.0), (1.0, 2000.0)])
@pytest.mark.parametrize("effects", [("entity",), ("entity", "period")])
def test_a_regressor_of_one_cluster_has_no_clustered_error(seed, scale, origin, effects):
    """Whatever outcome, units and origin: an estimate, nothing to test it with, and the reason."""
    data = one_cluster(seed, scale, origin)

    found = fit(data, Regression("y", ("d",), effects=effects, covariance=BY_ENTITY))

    at = found.position("d")
    assert np.isfinite(found.estimate[at])
    for column in ("std_error", "statistic", "p_value", "ci_low", "ci_high"):
        assert np.isnan(getattr(found, column)[at]), column
    assert [one.name for one in found.without_error] == ["d"]
    (said,) = [str(n.text) for n in found.notices if n.code == "reg.no_error"]
    assert "'d'" in said
    assert "1 of 12 clusters of 'entity'" in said
    assert found.nothing_tested


@pytest.mark.parametrize(
    ("covariance", "name", "effects", "where"),
    [
        (TWO_WAY, "d", ("entity", "period"), "clusters of 'entity'"),
        (BY_ENTITY, "c", (), "1 of 12 clusters of 'entity'"),
        (TWO_WAY, "c", (), "clusters of 'entity'"),
        (TWO_WAY, "y2004", ("entity", "period"), "clusters of 'period'"),
        (HC1, "r", ("entity", "period"), "1 of 84 rows"),
        (HC1, "r", (), "1 of 84 rows"),
        (DK, "y2004", ("period",), "1 of 7 clusters of 'period'"),
    ],
)
def test_other_errors_that_see_nothing(covariance, name, effects, where):
    """Two ways, rows of leverage 1 under HC1, one period under Driscoll-Kraay."""
    found = fit(one_cluster(), Regression("y", (name,), effects=effects, covariance=covariance))

    assert np.isnan(found.std_error[found.position(name)])
    assert where in str(found.without_error[0].reason)
    assert "reg.no_error" in notices(found)


def test_two_rows_an_entity():
    """Effects of entities with two rows: both residuals of the entity are zero, and so is HC1."""
    data = one_cluster()
    data = data[data.index.get_level_values(1) < 2003]

    found = fit(data, Regression("y", ("d",), effects=("entity",), covariance=HC1))

    assert "2 of 24 rows" in str(found.without_error[0].reason)


@pytest.mark.parametrize("covariance", [Covariance("iid"), HC1, BY_ENTITY, TWO_WAY, DK])
def test_ordinary_regressors_keep_their_errors(covariance):
    """No error is lost where all clusters have a say, one regressor of one cluster beside them or not."""
    regression = Regression("y", ("x1", "x2"), covariance=covariance)

    found = fit(one_cluster(), regression)

    assert found.without_error == ()
    assert np.all(found.std_error > 0.0)
    assert notices(found).isdisjoint({"reg.no_error", "reg.dominated"})


def test_independent_errors_need_no_groups():
    """The variance of all residuals holds for one cluster too."""
    found = fit(one_cluster(), Regression("y", ("d",), covariance=Covariance("iid")))

    assert found.std_error[0] > 0.0
    assert not found.nothing_tested


@pytest.mark.parametrize("effects", [("entity",), ()])
def test_beside_others_a_dominated_slope_is_told(effects):
    """With other regressors the score is not exactly zero; three quarters in one cluster are told."""
    regression = Regression("y", ("x1", "d"), effects=effects, covariance=BY_ENTITY)

    found = fit(one_cluster(), regression)

    assert found.without_error == ()
    assert np.all(found.std_error > 0.0)
    assert [n.where.column for n in found.notices if n.code == "reg.dominated"] == ["d"]


def test_the_bound_of_a_dominated_slope():
    """Share s in one cluster: the clustered variance is expected to be at most 2(1 - s) of the true one."""
    data = one_cluster()
    x = data[["x1", "d"]].to_numpy()
    entity = np.asarray(data.index.codes[0])
    dummies = np.eye(12)[entity]
    design = np.column_stack([x, dummies])
    influence = np.linalg.pinv(design)[1]
    off = np.eye(len(data)) - design @ np.linalg.pinv(design)
    parts = [np.where(entity == g, influence, 0.0) for g in range(12)]
    weights = np.array([part @ part for part in parts])

    seen = sum(float((off @ part) @ (off @ part)) for part in parts) / weights.sum()

    share = weights.max() / weights.sum()
    assert share > 0.75
    assert seen <= 2 * (1 - share) + 1e-12


def test_the_table_prints_no_error_and_says_why():
    """An estimate without a star, a dash for its error, a note, and a key of results.json."""
    found = fit(one_cluster(), Regression("y", ("d",), covariance=BY_ENTITY))

    table = regression_table("t", "T", [found])

    rows = {row.key: row.cells[0] for row in table.rows}
    assert rows["d"].stars == ""
    assert np.isnan(rows["d:std_error"].value)
    assert any("no standard error of 'd'" in str(note) for note in table.notes)
    assert "clusters of 'entity'" in table.machine["columns"][0]["coefficients"]["d"]["no_error"]


def test_the_wild_bootstrap_has_no_p_either():
    """With effects of periods the draws do spread, and would give a p-value of nothing."""
    regression = Regression("y", ("d",), covariance=BY_ENTITY)

    found = wild_bootstrap(one_cluster(), regression, draws=99)

    assert np.isnan(found.p_value[0])
    assert found.intervals == ((),)


def test_what_is_made_of_such_a_slope_has_no_test():
    """A mediated and a moderated effect with such a slope have no error, share or region."""
    data = one_cluster().assign(w=np.random.default_rng(1).normal(size=84))
    regression = Regression("y", ("d",), effects=("entity",), covariance=BY_ENTITY)

    data["y"] += 5 * data["d"] + data["x2"]
    data["x2"] += data["d"]

    through = mediate(data, regression, mediators=("x2",), draws=19).effects[0]
    terms = ModeratedTerms("d", "w")
    data = data.assign(**{terms.interaction: data["d"] * data["w"]})
    whole = fit(data, Regression("y", ("d", "w", terms.interaction), (), ("entity",), BY_ENTITY))
    bare = replace(whole, vcov=np.full_like(whole.vcov, np.nan))

    assert np.isnan(through.sobel.sobel.p_value)
    assert "no standard error" in str(through.sobel.sobel.remark)
    assert "no standard error" in str(through.share_remark)
    values = np.array([0.0, 1.0, 2.0])
    assert all(np.isnan(one.p_value) for one in conditional_effects(bare, terms, values))
    region = johnson_neyman(bare, terms, values)
    assert (region.bounds, region.intervals) == ((), ())
    assert np.isnan(region.share)


def test_a_control_without_an_error_does_not_cost_the_comparison_of_groups():
    """The slopes of two groups are compared where a control has no error: zero weight is not NaN."""
    data = one_cluster().assign(half=np.repeat(["a", "b"], 42))
    found = fit(data, Regression("y", ("x1", "x2"), ("d",), ("entity",), BY_ENTITY))
    vcov = found.vcov.copy()
    vcov[2, :] = vcov[:, 2] = np.nan
    named = replace(found, names=("x | a", "x | b", "d"), vcov=vcov)

    test = _wald(named, ("x",), ["a", "b"])

    assert np.isfinite(test.p_value)


def test_an_instrument_of_one_cluster_is_not_shown_to_be_strong():
    """F over an error of rounding would be 1e30: the tests of strength do not exist instead."""
    regression = Regression("y", ("x1",), effects=("entity",), covariance=BY_ENTITY)

    found = instrument(one_cluster(), regression, endogenous=("x1",), instruments=("d",))

    assert isinstance(found.effective_f, Inapplicable)
    assert isinstance(found.strength.rank_f, Inapplicable)
    assert isinstance(found.anderson_rubin, Inapplicable)
    assert isinstance(found.anderson_rubin_zero, Inapplicable)
    assert found.is_weak
