"""Moderation and moderated mediation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cases_econometrics import agrees, case, frame, simulated_panel
from xinzhi.analyses.moderation.compute import moderate_mediation
from xinzhi.analyses.moderation.moderated_effect import moderate
from xinzhi.present.regression.fitted import name_of
from xinzhi_core.errors import DataError, SpecError
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.inference import Inapplicable, t_quantile
from xinzhi_econometrics.lags import lag
from xinzhi_econometrics.specification import Covariance, Regression

BY_ENTITY = Covariance("cluster", ("entity",))
PLANTED = Regression("y", ("x",), ("c1",), covariance=BY_ENTITY)


def test_planted_first_equation():
    """Slopes, errors, t and p of the first equation are those of R fixest, one year lost."""
    planted = case("sim_moderated_mediation_lag")
    expected = planted["expected"]["eq_m"]

    found = moderate(
        frame(planted),
        Regression("m", ("x",), ("c1",), covariance=BY_ENTITY),
        focal="x",
        moderator="g",
        lagged="moderator",
    )

    pick = [found.estimates.position(name) for name in ("x", "L1.g", found.interaction, "c1")]
    for key, values in (
        ("coef", found.estimates.estimate),
        ("se", found.estimates.std_error),
        ("t", found.estimates.statistic),
        ("p", found.estimates.p_value),
    ):
        agrees(values[pick], expected[key], planted)
    assert found.estimates.n == planted["expected"]["N"]
    agrees(
        [found.moderator_mean, found.moderator_sd],
        [planted["expected"]["gl_mean"], planted["expected"]["gl_sd"]],
        planted,
    )


def test_planted_conditional_indirect():
    """Mediated effects at mean - SD, mean, mean + SD and their delta errors are those of the case."""
    planted = case("sim_moderated_mediation_lag")

    found = moderate_mediation(
        frame(planted),
        PLANTED,
        focal="x",
        mediator="m",
        moderator="g",
        lagged="moderator",
        draws=200,
    )

    for at, key in zip(found.conditional, ("lo", "mid", "hi"), strict=True):
        expected = planted["expected"]["conditional_indirect"][key]
        agrees(
            [at.moderator, at.a, at.a_error, at.b, at.b_error, at.indirect, at.std_error, at.z],
            [expected[k] for k in ("g", "a", "se_a", "b", "se_b", "indirect", "se_delta", "z")],
            planted,
        )
        assert at.interval.low < at.indirect < at.interval.high
    pick = [found.second.position(name) for name in ("x", "m", "L1.g", "m × L1.g", "c1")]
    agrees(found.second.estimate[pick], planted["expected"]["eq_y"]["coef"], planted)
    agrees(found.second.std_error[pick], planted["expected"]["eq_y"]["se"], planted)
    truth = planted["planted_truth"]
    assert found.index_interval.low < found.index < found.index_interval.high
    assert abs(found.first_stage_index - truth["a3"] * (truth["b1"] + truth["b3"] * 0.827)) < 0.05


def moderated(seed: int = 3) -> pd.DataFrame:
    """Draw a panel with a moderator that turns the effect of x1."""
    data = simulated_panel(seed, n_entities=25, keep=0.9)
    draw = np.random.default_rng(seed)
    data["w"] = draw.normal(size=len(data)) + 0.3 * data["x2"]
    data["z"] = 0.1 * data["x1"] + 0.6 * data["x1"] * data["w"] + draw.normal(size=len(data))
    return data


def test_centring_is_the_effect_at_the_mean():
    """The conditional effect at the mean is the slope when the moderator is centred."""
    data = moderated()
    regression = Regression("z", ("x1",), ("x2",))

    found = moderate(data, regression, focal="x1", moderator="w", steps=0)

    centred = data.assign(w=data["w"] - found.moderator_mean)
    plain = centred.assign(xw=centred["x1"] * centred["w"])
    again = fit(plain, Regression("z", ("x1", "xw"), ("w", "x2")))
    np.testing.assert_allclose(found.conditional[1].effect, again.estimate[0], rtol=1e-10)
    np.testing.assert_allclose(found.conditional[1].std_error, again.std_error[0], rtol=1e-9)


def test_johnson_neyman_bounds_are_where_t_is_critical():
    """At the bounds of the region the effect is as large as t times its error, and outside not."""
    found = moderate(moderated(), Regression("z", ("x1",)), focal="x1", moderator="w", steps=0)
    e = found.estimates

    for w in found.region.bounds:
        # By the test that judges the combination: CR2 here, whose degrees of freedom change with w.
        at = e.combine({"x1": 1.0, found.interaction: w})
        assert at.judge == "cr2"
        critical = t_quantile(0.975, at.df)
        np.testing.assert_allclose(abs(at.estimate) / at.error, critical, rtol=1e-6)
    assert len(found.region.bounds) == 2
    assert len(found.region.intervals) == 2
    assert 0 < found.region.share < 1


def test_lag_is_by_label():
    """A lag takes the value of the year before, not of the row before: gaps stay gaps."""
    data = moderated()

    found = lag(data, ("x1",), 1)["x1"]

    for (entity, period), value in found.items():
        earlier = (entity, period - 1)
        expected = data["x1"].get(earlier, np.nan)
        assert value == expected or (np.isnan(value) and np.isnan(expected))
    assert found.isna().sum() > data.index.get_level_values(0).nunique()


def test_everything_lagged():
    """By default all of the right-hand side is lagged, the outcome is not."""
    data = moderated()
    regression = Regression("z", ("x1",), ("x2",))
    shifted = data.assign(**{name: lag(data, (name,), 1)[name] for name in ("x1", "x2", "w")})

    found = moderate(data, regression, focal="x1", moderator="w")

    again = moderate(shifted, regression, focal="x1", moderator="w", steps=0)
    np.testing.assert_allclose(found.estimates.estimate, again.estimates.estimate, rtol=1e-12)
    assert found.lag == 1


@pytest.mark.parametrize("lagged", ["all", "moderator"])
def test_interactions_beside_have_the_same_lag(lagged):
    """What stands beside the path is multiplied by the same lagged moderator as its regressor."""
    data = moderated()
    regression = Regression("z", ("x1", "x2"))
    names = ("x1", "x2", "w") if lagged == "all" else ("w",)
    shifted = data.assign(**{name: lag(data, (name,), 1)[name] for name in names})
    shifted["own"], shifted["other"] = shifted["x1"] * shifted["w"], shifted["x2"] * shifted["w"]

    found = moderate(
        data, regression, focal="x1", moderator="w", lagged=lagged, others=("x2",)
    ).estimates

    again = fit(shifted, Regression("z", ("x1", "own"), ("w", "x2", "other")))
    np.testing.assert_allclose(found.estimate, again.estimate, rtol=1e-10)
    stated = {
        "all": ("L1.x1", "L1.x1 × L1.w", "L1.w", "L1.x2", "L1.x2 × L1.w"),
        "moderator": ("x1", "x1 × L1.w", "L1.w", "x2", "x2 × L1.w"),
    }
    assert found.names == stated[lagged]


def test_moderator_constant_within_city():
    """A moderator that never changes within a city is reported: its own slope is absorbed."""
    data = moderated()
    data["w"] = data.index.get_level_values(0) % 5 * 1.0

    found = moderate(data, Regression("z", ("x1",)), focal="x1", moderator="w", steps=0)

    assert [notice.code for notice in found.notices] == ["moderation.constant"]
    assert [drop.name for drop in found.estimates.dropped] == ["w"]


def test_rounding_is_no_movement_of_a_moderator():
    """A moderator whose city means differ from it by rounding has no interaction within cities."""
    data = moderated()
    data["w"] = data.groupby(level=0)["w"].transform("first")
    within = data["w"] - data.groupby(level=0)["w"].transform("mean")
    assert 0 < np.abs(within).max() < 1e-14

    found = moderate(data, Regression("z", ("x1",)), focal="x1", moderator="w", steps=0)

    assert isinstance(found.double_demeaned, Inapplicable)


def test_double_demeaned_removes_what_is_between():
    """The double-demeaned interaction ignores how cities with different means differ."""
    data = moderated()
    data["z"] = data.groupby(level=0)["w"].transform("mean") * data["x1"]
    data["z"] += np.random.default_rng(0).normal(size=len(data)) * 1e-3

    found = moderate(data, Regression("z", ("x1",)), focal="x1", moderator="w", steps=0)

    place = found.double_demeaned.position(found.interaction)
    plain = found.estimates.estimate[found.estimates.position(found.interaction)]
    assert abs(found.double_demeaned.estimate[place]) < 0.3 * abs(plain)


def test_keys_may_have_names_of_their_own():
    """A frame indexed (city, year) is answered as one indexed (entity, period)."""
    data = moderated()
    named = Regression("z", ("x1",), effects=("city", "year"))

    found = moderate(data.rename_axis(index=["city", "year"]), named, focal="x1", moderator="w")
    plain = moderate(data, Regression("z", ("x1",)), focal="x1", moderator="w")

    np.testing.assert_array_equal(found.estimates.estimate, plain.estimates.estimate)
    np.testing.assert_array_equal(found.double_demeaned.estimate, plain.double_demeaned.estimate)


def test_without_entities_there_is_nothing_to_demean():
    """Without entity effects the double-demeaned version is absent."""
    found = moderate(
        moderated(), Regression("z", ("x1",), effects=()), focal="x1", moderator="w", steps=0
    )

    assert isinstance(found.double_demeaned, Inapplicable)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"focal": "x2", "moderator": "w"}, SpecError),
        ({"focal": "x1", "moderator": "x1"}, SpecError),
        ({"focal": "x1", "moderator": "w", "lagged": "some"}, SpecError),
        ({"focal": "x1", "moderator": "w", "steps": -1}, SpecError),
        ({"focal": "x1", "moderator": "w", "steps": 0, "lagged": "moderator"}, SpecError),
        ({"focal": "x1", "moderator": "v"}, DataError),
    ],
)
def test_contradictory_words(options, error):
    """Paths that are not in the regression and impossible lags are refused."""
    with pytest.raises(error):
        moderate(moderated(), Regression("z", ("x1",)), **options)


def test_everything_lagged_in_moderated_mediation():
    """With all lagged, the mediator on the right is that of the year before."""
    data = moderated()

    found = moderate_mediation(
        data, Regression("y", ("x1",)), focal="x1", mediator="z", moderator="w", draws=0
    )

    assert found.first.names[:3] == ("L1.x1", "L1.x1 × L1.w", "L1.w")
    assert found.second.names[:4] == ("L1.x1", "L1.z", "L1.z × L1.w", "L1.w")
    assert found.first.n == found.second.n
    assert isinstance(found.index_interval, Inapplicable)


def test_names_state_what_is_lagged():
    """No name of a lagged term is that of the unlagged variable, also in the words of the table."""
    data = moderated()
    regression = Regression("z", ("x1", "x2"))

    found = moderate(data, regression, focal="x1", moderator="w", steps=2)
    plain = moderate(data, regression, focal="x1", moderator="w", steps=0)

    assert found.estimates.names == ("L2.x1", "L2.x1 × L2.w", "L2.w", "L2.x2")
    assert found.estimates.regression.outcome == "z"
    assert plain.estimates.names == ("x1", "x1 × w", "w", "x2")
    assert str(name_of(found.interaction, {"w": "policy"})) == "x1 (lag 2) × policy (lag 2)"


def test_a_lag_does_not_take_the_place_of_a_variable_of_its_name():
    """Where the equation already has a variable `L1.x1`, its lag of the same name is refused."""
    data = moderated().assign(**{"L1.x1": 1.0})

    with pytest.raises(SpecError) as refused:
        moderate(data, Regression("z", ("x1", "L1.x1")), focal="x1", moderator="w")

    assert refused.value.code == "moderation.name_taken"
