"""Two-stage least squares and its tests, against linearmodels and the roots of a quadratic."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from linearmodels.iv import IV2SLS, IVGMM
from scipy import special

from cases_econometrics import simulated_panel
from xinzhi_core.errors import MethodError, SpecError
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.inference import Inapplicable
from xinzhi_econometrics.instruments.estimate import instrument
from xinzhi_econometrics.model import build_model
from xinzhi_econometrics.specification import Covariance, Regression

BY_ENTITY = Covariance("cluster", ("entity",))


def endogenous(seed: int = 3, *, strength: float = 0.8, keep: float = 0.9) -> pd.DataFrame:
    """Draw a panel in which x1 is endogenous and z1, z2 are instruments."""
    data = simulated_panel(seed, n_entities=30, keep=keep)
    draw = np.random.default_rng(seed)
    n = len(data)
    hidden = draw.normal(size=n)
    data["z1"], data["z2"] = draw.normal(size=n), draw.normal(size=n)
    data["x1"] = strength * (data["z1"] + 0.4 * data["z2"]) + hidden + 0.3 * data["x2"]
    data["y"] = 0.5 * data["x1"] + 0.2 * data["x2"] - hidden + draw.normal(size=n)
    return data


def transformed(data: pd.DataFrame) -> pd.DataFrame:
    """Columns without city and year effects."""
    names = ["y", "x1", "x2", "z1", "z2"]
    ready = build_model(data, Regression(names[0], tuple(names[1:])))
    return pd.DataFrame(np.column_stack([ready.outcome, ready.design]), columns=names)


def test_two_stages_are_linearmodels():
    """Slopes and HC errors are those of linearmodels on transformed data, up to N/df."""
    data = endogenous()
    t = transformed(data)
    regression = Regression("y", ("x1",), ("x2",), covariance=Covariance())

    found = instrument(data, regression, endogenous=("x1",), instruments=("z1", "z2"))
    robust = instrument(
        data,
        Regression("y", ("x1",), ("x2",), covariance=Covariance("hc1")),
        endogenous=("x1",),
        instruments=("z1", "z2"),
    )

    plain = IV2SLS(t["y"], t["x2"], t["x1"], t[["z1", "z2"]]).fit(cov_type="unadjusted")
    white = IV2SLS(t["y"], t["x2"], t["x1"], t[["z1", "z2"]]).fit(cov_type="robust")
    factor = np.sqrt(found.estimates.n / found.estimates.covariance.df)
    names = list(found.estimates.names)
    np.testing.assert_allclose(found.estimates.estimate, plain.params[names], rtol=1e-9)
    np.testing.assert_allclose(
        found.estimates.std_error, plain.std_errors[names] * factor, rtol=1e-9
    )
    np.testing.assert_allclose(
        robust.estimates.std_error, white.std_errors[names] * factor, rtol=1e-9
    )
    np.testing.assert_allclose(found.over_identification.value, plain.sargan.stat, rtol=1e-8)


def test_clustered_errors_and_hansen():
    """Clustered errors and Hansen's J are those of linearmodels, up to the cluster factor."""
    data = endogenous(5)
    t = transformed(data)
    ready = build_model(data, Regression("y", ("x1",)))
    cluster = ready.sample.index.codes[0]

    found = instrument(
        data,
        Regression("y", ("x1",), ("x2",), covariance=BY_ENTITY),
        endogenous=("x1",),
        instruments=("z1", "z2"),
    )

    iv = IV2SLS(t["y"], t["x2"], t["x1"], t[["z1", "z2"]]).fit(
        cov_type="clustered", clusters=cluster, debiased=False
    )
    gmm = IVGMM(
        t["y"], t["x2"], t["x1"], t[["z1", "z2"]], weight_type="clustered", clusters=cluster
    ).fit(cov_type="clustered", clusters=cluster)
    g, n, years = 30, found.estimates.n, 7
    factor = g / (g - 1) * (n - 1) / (n - (2 + 1 + years - 1))
    ratio = found.estimates.std_error / iv.std_errors[list(found.estimates.names)] / np.sqrt(factor)
    np.testing.assert_allclose(ratio, 1, rtol=1e-8)
    np.testing.assert_allclose(found.over_identification.value, gmm.j_stat.stat, rtol=1e-6)


def test_just_identified_is_the_ratio_of_reduced_forms():
    """With one instrument β is the ratio of the reduced forms, and F_eff the squared t of π."""
    data = endogenous(7)
    how = Regression("y", ("x1",), ("x2",), covariance=BY_ENTITY)

    found = instrument(data, how, endogenous=("x1",), instruments=("z1",))

    on_y = fit(data, Regression("y", ("z1",), ("x2",), covariance=BY_ENTITY))
    on_x = fit(data, Regression("x1", ("z1",), ("x2",), covariance=BY_ENTITY))
    np.testing.assert_allclose(
        found.estimates.estimate[0], on_y.estimate[0] / on_x.estimate[0], rtol=1e-10
    )
    np.testing.assert_allclose(found.effective_f.value, on_x.statistic[0] ** 2, rtol=1e-9)
    assert isinstance(found.over_identification, Inapplicable)
    np.testing.assert_allclose(
        # Few clusters: the test is that of CR2.
        found.anderson_rubin.statistic_at_zero,
        (on_y.estimate[0] / on_y.errors[0]) ** 2,
        rtol=1e-9,
    )


def test_own_instrument():
    """A regressor cannot instrument itself under another name."""
    data = endogenous(9).assign(copy=lambda d: d["x1"] * 3)

    with pytest.raises(MethodError):
        instrument(
            data, Regression("y", ("x1",), ("x2",)), endogenous=("x1",), instruments=("copy",)
        )


@pytest.mark.parametrize("strength", [0.8, 0.05, 0.0])
def test_anderson_rubin_is_a_quadratic(strength):
    """With one instrument and iid errors the set solves a quadratic, bounded or not."""
    data = endogenous(11, strength=strength)
    ready = build_model(data, Regression("y", ("x1", "x2", "z1")))
    y, x, x2, z = ready.outcome, *ready.design.T

    found = instrument(
        data,
        Regression("y", ("x1",), ("x2",), covariance=Covariance()),
        endogenous=("x1",),
        instruments=("z1",),
    ).anderson_rubin

    def less(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return a - b * (b @ a) / (b @ b)

    y, x, z = less(y, x2), less(x, x2), less(z, x2)
    df = len(y) - 2 - ready.within.df
    critical = special.fdtri(1, df, 0.95)
    # (z'u)²/z'z · (1 + F/df) = F/df · u'u, u = y - βx
    k = critical / df
    form = [
        (z @ a) * (z @ b) / (z @ z) * (1 + k) - k * (a @ b) for a, b in ((x, x), (x, y), (y, y))
    ]
    roots = np.sort(np.real(np.roots([form[0], -2 * form[1], form[2]])))
    if form[0] > 0:
        np.testing.assert_allclose(found.intervals, [roots], rtol=1e-6)
        assert found.is_bounded
    else:
        assert not found.is_bounded
        discriminant = form[1] ** 2 - form[0] * form[2]
        if discriminant > 0:
            np.testing.assert_allclose(
                [found.intervals[0][1], found.intervals[1][0]], roots, rtol=1e-6
            )
        else:
            assert found.intervals == ((-np.inf, np.inf),)


def test_weak_instruments_are_said():
    """Below an effective F of 10 the reader is told not to read stars."""
    found = instrument(
        endogenous(13, strength=0.03),
        Regression("y", ("x1",), ("x2",)),
        endogenous=("x1",),
        instruments=("z1", "z2"),
    )

    assert found.is_weak
    assert "iv.weak" in {notice.code for notice in found.estimates.notices}


def test_wu_hausman_is_durbin_in_regression_form():
    """Endogeneity is found where planted; the F is that of linearmodels' Wu-Hausman."""
    data = endogenous(15)
    t = transformed(data)

    found = instrument(
        data,
        Regression("y", ("x1",), ("x2",), covariance=Covariance()),
        endogenous=("x1",),
        instruments=("z1", "z2"),
    )

    witness = IV2SLS(t["y"], t["x2"], t["x1"], t[["z1", "z2"]]).fit().wu_hausman()
    df = found.estimates.covariance.df - 1
    scaled = witness.stat * df / (found.estimates.n - 3)
    np.testing.assert_allclose(
        found.endogeneity.value,
        scaled,
        rtol=1e-8,
    )
    assert found.endogeneity.p_value < 0.01


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"endogenous": ("x2",), "instruments": ("z1",)}, "iv.endogenous"),
        ({"endogenous": (), "instruments": ("z1",)}, "iv.endogenous"),
        ({"endogenous": ("x1",), "instruments": ("x2",)}, "iv.instrument_inside"),
        ({"endogenous": ("x1",), "instruments": ()}, "iv.order"),
    ],
)
def test_contradictory_words(options, code):
    """The order condition and names on both sides are checked before anything is computed."""
    with pytest.raises(SpecError) as caught:
        instrument(endogenous(), Regression("y", ("x1",), ("x2",)), **options)

    assert caught.value.code == code


def test_absorbed_instrument():
    """An instrument that does not vary within the effects identifies nothing."""
    data = endogenous().assign(fixed=lambda d: d.index.get_level_values(0) * 1.0)

    with pytest.raises(MethodError) as caught:
        instrument(
            data, Regression("y", ("x1",), ("x2",)), endogenous=("x1",), instruments=("fixed",)
        )

    assert caught.value.code == "iv.order"


def test_pooled_has_a_constant():
    """Without effects the constant stands first, as in least squares."""
    data = endogenous(17)
    t = data.reset_index(drop=True).assign(one=1.0)

    found = instrument(
        data,
        Regression("y", ("x1",), ("x2",), effects=(), covariance=Covariance()),
        endogenous=("x1",),
        instruments=("z1", "z2"),
    )

    witness = IV2SLS(t["y"], t[["one", "x2"]], t["x1"], t[["z1", "z2"]]).fit(
        cov_type="unadjusted", debiased=True
    )
    assert found.estimates.names == ("_cons", "x1", "x2")
    np.testing.assert_allclose(
        found.estimates.estimate, witness.params[["one", "x1", "x2"]], rtol=1e-9
    )
    np.testing.assert_allclose(
        found.estimates.std_error, witness.std_errors[["one", "x1", "x2"]], rtol=1e-9
    )


def test_two_endogenous_regressors():
    """Two endogenous regressors have slopes, and no effective F or set, with the reason."""
    data = endogenous(19)
    t = transformed(data)

    found = instrument(
        data, Regression("y", ("x1", "x2")), endogenous=("x1", "x2"), instruments=("z1", "z2")
    )

    witness = IV2SLS(t["y"], None, t[["x1", "x2"]], t[["z1", "z2"]]).fit()
    np.testing.assert_allclose(found.estimates.estimate, witness.params[["x1", "x2"]], rtol=1e-7)
    assert isinstance(found.effective_f, Inapplicable)
    assert isinstance(found.anderson_rubin, Inapplicable)
    assert len(found.first_stages) == 2
