"""Serial correlation, dependence between entities, unit roots, influence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import OLS

from cases_econometrics import r_witness, simulated_panel
from xinzhi_econometrics.diagnostics import DIAGNOSTICS
from xinzhi_econometrics.diagnostics import cross_section_dependence as of_pairs
from xinzhi_econometrics.diagnostics.cross_section_dependence import (
    correlations,
    cross_section_dependence,
    pesaran_cd,
)
from xinzhi_econometrics.diagnostics.influence import influence
from xinzhi_econometrics.diagnostics.serial_correlation import serial_correlation
from xinzhi_econometrics.diagnostics.unit_root import harris_tzavalis, unit_roots
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.inference import Inapplicable, Statistic
from xinzhi_econometrics.specification import Regression

CITY = Regression("y", ("x1", "x2"), effects=("entity",))


def test_wooldridge_by_hand():
    """The test is the regression of differenced residuals on their lag, done in statsmodels."""
    data = simulated_panel(71, n_entities=20, keep=1.0)
    change = data.groupby(level=0)[["y", "x1", "x2"]].diff().dropna()
    u = OLS(change["y"], change[["x1", "x2"]]).fit().resid
    before = u.groupby(level=0).shift()
    rows = before.notna()
    entity = u.index.get_level_values(0)[rows]
    witness = OLS(u[rows].to_numpy(), before[rows].to_numpy()).fit(
        cov_type="cluster", cov_kwds={"groups": entity, "use_correction": True}
    )

    found = serial_correlation(data, CITY)

    expected = ((witness.params[0] + 0.5) / witness.bse[0]) ** 2
    np.testing.assert_allclose(found.value, expected, rtol=1e-9)
    assert found.distribution == "F(1, 19)"


def test_wooldridge_respects_gaps():
    """A gap in the years is no difference: rows around it are not paired."""
    data = simulated_panel(73, n_entities=20, keep=1.0)
    gap = data[data.index.get_level_values(1) != 2004]
    early, late = (
        gap[gap.index.get_level_values(1) < 2004],
        gap[gap.index.get_level_values(1) > 2004],
    )
    renamed = late.rename(index=lambda entity: entity + 100, level=0)
    apart = pd.concat([early, renamed]).sort_index()

    found, other = serial_correlation(gap, CITY), serial_correlation(apart, CITY)

    # the same pairs of differences, though they are half as many clusters
    assert found.distribution == "F(1, 19)"
    assert other.distribution == "F(1, 39)"


def test_wooldridge_finds_correlation():
    """Errors with a strong memory are found, fresh ones are not."""
    data = simulated_panel(75, n_entities=40, n_periods=10, keep=1.0)
    walk = np.random.default_rng(1).normal(size=(40, 10)).cumsum(axis=1).ravel()

    assert serial_correlation(data, CITY).p_value > 0.01
    assert serial_correlation(data.assign(y=walk), CITY).p_value < 1e-6


def test_two_periods_have_no_serial_correlation():
    """Two periods give one difference: the test does not exist."""
    data = simulated_panel(77, n_periods=2, keep=1.0)

    assert isinstance(serial_correlation(data, CITY), Inapplicable)


PLM = """
p <- pdata.frame(d, index=c("entity", "period"))
a <- pcdtest(plm(y ~ x1 + x2, p, model="within"), test="cd")
b <- pcdtest(plm(y ~ x1 + x2, p, model="within", effect="twoways"), test="cd")
out$cd <- c(a$statistic, b$statistic); out$p <- c(a$p.value, b$p.value)
"""


@pytest.mark.long
def test_pesaran_cd_is_plm():
    """CD before and after year effects is that of R plm on a balanced panel."""
    data = simulated_panel(79, keep=1.0)
    r = r_witness(data, PLM, "plm")

    found = cross_section_dependence(data, Regression("y", ("x1", "x2")))

    np.testing.assert_allclose([t.value for t in found], r["cd"], rtol=1e-8)
    np.testing.assert_allclose([t.p_value for t in found], r["p"], rtol=1e-8)
    assert str(found[1].remark)


def test_pesaran_cd_with_gaps():
    """With gaps, each pair is correlated over the periods that it shares."""
    data = simulated_panel(81, n_entities=6, n_periods=9, keep=0.7)
    wide = data.reset_index().pivot_table(index="period", columns="entity", values="y")
    total, pairs = 0.0, 0
    for i in range(6):
        for j in range(i):
            both = wide.iloc[:, [i, j]].dropna()
            if len(both) >= 3:
                total += np.sqrt(len(both)) * np.corrcoef(both.to_numpy().T)[0, 1]
                pairs += 1

    found = pesaran_cd(data["y"])

    np.testing.assert_allclose(found.value, total / np.sqrt(pairs), rtol=1e-10)


def test_harris_tzavalis_moments():
    """Under a unit root ρ̂ has mean 1 - 3/(T+1), exactly 0 for T = 2, and z is standard normal."""
    draw = np.random.default_rng(5)
    z = [harris_tzavalis(draw.normal(size=(200, 7)).cumsum(axis=1)).value for _ in range(400)]
    two = [harris_tzavalis(draw.normal(size=(100, 5)).cumsum(axis=1)).value for _ in range(400)]

    # five standard errors of a mean and of a standard deviation of 400 draws, and O(1/sqrt(N))
    for values in (z, two):
        assert abs(np.mean(values)) < 0.35
        assert abs(np.std(values) - 1) < 0.2


def test_harris_tzavalis_finds_stationarity():
    """White noise around entity means is no unit root; a walk is not refuted."""
    draw = np.random.default_rng(6)
    noise = draw.normal(size=(50, 1)) + draw.normal(size=(50, 10))

    assert harris_tzavalis(noise).p_value < 1e-6
    assert harris_tzavalis(draw.normal(size=(50, 10)).cumsum(axis=1)).p_value > 1e-3


def test_unit_roots_need_full_panels():
    """Gaps, short panels and constants have no test, with the reason."""
    data = simulated_panel(83, keep=1.0).assign(one=1.0)

    (good, constant) = unit_roots(data, ("y", "one"))
    (gap,) = unit_roots(data.iloc[1:], ("y",))

    assert np.isfinite(good.p_value)
    assert isinstance(constant, Inapplicable)
    assert isinstance(gap, Inapplicable)


def test_influence_is_refitting():
    """Each row is the regression without that city; the jackknife follows from them."""
    data = simulated_panel(85)
    regression = Regression("y", ("x1",), ("x2",))

    found = influence(data, regression)

    again = [fit(data.drop(index=e, level=0), regression).estimate[0] for e in found.without.index]
    np.testing.assert_allclose(found.without["x1"], again, rtol=1e-9)
    g = len(again)
    np.testing.assert_allclose(
        found.jackknife["x1"],
        np.sqrt((g - 1) / g * np.sum((again - np.mean(again)) ** 2)),
        rtol=1e-9,
    )
    assert len(found.to_frame()) == 10


def test_influence_names_the_city_that_turns_a_sign():
    """A city that alone makes the sign of a slope is named."""
    data = simulated_panel(87, keep=1.0)
    data["y"] = -0.05 * data["x1"] + 0.01 * data["y"]
    data.loc[[5], "y"] += 9 * data.loc[[5], "x1"]

    found = DIAGNOSTICS.get("influence")(data, Regression("y", ("x1",)))

    assert [notice.code for notice in found.notices] == ["influence.sign"]
    assert "Without 5" in str(found.notices[0].text)


def test_every_diagnostic_answers_whatever_the_model():
    """Each registered diagnostic gives values or reasons, also for pooled and one-way models."""
    data = simulated_panel(89)
    for _, diagnostic in DIAGNOSTICS:
        for effects in ((), ("entity",), ("period",), ("entity", "period")):
            found = diagnostic(data, Regression("y", ("x1", "x2"), effects=effects))

            assert found.statistics or found.table is not None


def test_keys_may_have_names_of_their_own():
    """A frame indexed (city, year) is answered as one indexed (entity, period)."""
    data = simulated_panel(91)
    named = data.rename_axis(index=["city", "year"])
    for name, diagnostic in DIAGNOSTICS:
        plain = diagnostic(data, Regression("y", ("x1", "x2")))
        other = diagnostic(named, Regression("y", ("x1", "x2"), effects=("city", "year")))

        values = [
            [s.value for s in found.statistics if isinstance(s, Statistic)]
            for found in (plain, other)
        ]
        assert values[0] == values[1], name


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_pairs_are_correlated_block_by_block(monkeypatch, missing):
    """Thousands of entities are correlated a block at a time: the same pairs, each once."""
    draw = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([range(23), range(9)], names=["entity", "period"])
    values = pd.Series(draw.normal(size=len(index)), index)[
        draw.uniform(size=len(index)) >= missing
    ]
    whole, (rho, shared) = pesaran_cd(values), correlations(values)
    monkeypatch.setattr(of_pairs, "BLOCK", 5)

    parts, (rho_of_parts, shared_of_parts) = pesaran_cd(values), correlations(values)

    assert parts.value == pytest.approx(whole.value, rel=1e-12)
    assert np.sort(rho_of_parts) == pytest.approx(np.sort(rho), rel=1e-9)
    assert sorted(shared_of_parts) == sorted(shared)
