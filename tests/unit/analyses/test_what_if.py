"""What-if, role models and distances, by hand calculation and finite differences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cases_typology import codes
from xinzhi.analyses.implied_change import FactorChange, shift_of_score
from xinzhi.analyses.pathways.what_if import distance_to_targets, role_models
from xinzhi.analyses.pathways.what_if import what_if as computed
from xinzhi_core.errors import OutOfDomain, SpecError

CLOSE = 1e-12  # a handful of exponentials
STEP = 1e-6  # of the finite difference; its error is of order 1e-12 here

SCORES = pd.Series({"Datong": 0.30, "Fuxin": 0.10})
FACTORS = pd.DataFrame({"HEE": [49.0, 0.0]}, index=["Datong", "Fuxin"])


def applicable(*rows: tuple) -> pd.DataFrame:
    """Estimates that apply to cities: (entity, factor, b, se)."""
    frame = pd.DataFrame(rows, columns=["entity", "factor", "b", "se"])
    return frame.assign(grouping="", group="", df=np.nan, verdict="works", judgement="works")


def what_if(scores, factors, estimates, changes, **options):
    """The what-if of factors and a score whose logarithms are estimated, within the values of today."""
    defaults = {
        "transforms": dict.fromkeys(changes, "ln1p"),
        "outcome_transform": "ln1p",
        "observed": factors,
    }
    return computed(scores, factors, estimates, changes, **{**defaults, **options})


HEE = applicable(("Datong", "HEE", 0.02, 0.009))


def test_ten_per_cent_more_students_by_hand():
    """ln(1 + S) rises by b [ln(1 + 53.9) - ln(1 + 49)]: S' = 1.3 (54.9 / 50)^0.02 - 1."""
    found = what_if(SCORES, FACTORS, HEE, {"HEE": FactorChange(0.10)}).by_city.iloc[0]

    assert found["new_value"] == pytest.approx(53.9, abs=CLOSE)
    assert found["new_score"] == pytest.approx(1.3 * (54.9 / 50) ** 0.02 - 1, abs=CLOSE)


@pytest.mark.parametrize("transform", ["none", "ln", "ln1p"])
def test_the_error_is_the_slope_of_the_change_in_b(transform):
    """The delta method's error equals |d change / d b| se, the derivative taken numerically."""
    options = {"outcome_transform": transform}
    up = shift_of_score(0.3, 0.7, 0.2 + STEP, 0.05, **options).change
    down = shift_of_score(0.3, 0.7, 0.2 - STEP, 0.05, **options).change

    found = shift_of_score(0.3, 0.7, 0.2, 0.05, **options)

    assert found.std_error == pytest.approx((up - down) / (2 * STEP) * 0.05, rel=1e-8)
    assert found.ci_high - found.change == pytest.approx(found.change - found.ci_low, abs=CLOSE)


def test_the_interval_follows_confidence_and_degrees_of_freedom():
    """With 10 degrees of freedom a 90 per cent interval reaches 1.812461 errors to each side."""
    found = what_if(
        SCORES, FACTORS, HEE.assign(df=10), {"HEE": FactorChange(0.10)}, confidence=0.90
    ).by_city.iloc[0]

    reach = (found["ci_high"] - found["change"]) / found["std_error"]
    assert reach == pytest.approx(1.812461, abs=5e-7)  # printed t table, six decimals


def test_no_move_changes_nothing():
    """Ten per cent of zero is zero: the score stays, and a notice says so."""
    found = what_if(
        SCORES, FACTORS, applicable(("Fuxin", "HEE", 0.02, 0.009)), {"HEE": FactorChange(0.10)}
    )

    assert found.by_city["change"].tolist() == [0.0]
    assert found.by_city["std_error"].tolist() == [0.0]
    assert "what_if.no_move" in codes(found.notices)


def test_moves_beyond_the_sample_are_marked():
    """A new value above all that were observed is an extrapolation, unless the sample goes there."""
    changes = {"HEE": FactorChange(10.0, "absolute")}

    beyond = what_if(SCORES, FACTORS, HEE, changes)
    inside = what_if(SCORES, FACTORS, HEE, changes, observed=pd.DataFrame({"HEE": [0.0, 90.0]}))

    assert beyond.by_city["is_outside"].tolist() == [True]
    assert "what_if.outside" in codes(beyond.notices)
    assert inside.by_city["is_outside"].tolist() == [False]


def test_missing_numbers_are_left_out_and_named():
    """A city without a score, a factor or an estimate has no what-if, and a notice names it."""
    rows = applicable(("Datong", "HEE", float("nan"), 0.009), ("Nowhere", "HEE", 0.02, 0.009))

    found = what_if(SCORES, FACTORS, rows, {"HEE": FactorChange(0.10)})

    assert len(found.by_city) == 0
    assert codes(found.notices) == ["what_if.meaning", "what_if.no_number"]
    assert "Datong, Nowhere" in str(found.notices[1].text)


def test_factors_without_a_declared_move_are_passed_over():
    """Only factors with a change have a what-if."""
    assert len(what_if(SCORES, FACTORS, HEE, {}).by_city) == 0


def test_what_has_no_answer_is_named():
    """A logarithm of a number at or below its limit; a change that is not a number."""
    with pytest.raises(OutOfDomain, match="has no ln1p") as caught:
        what_if(SCORES, FACTORS, HEE, {"HEE": FactorChange(-60.0, "absolute")})
    assert caught.value.problems[0].where.entity == "Datong"
    with pytest.raises(OutOfDomain, match="the score has no ln"):
        shift_of_score(0.0, 0.1, 0.1, 0.1, outcome_transform="ln")
    with pytest.raises(SpecError, match="cannot change by nan"):
        FactorChange(float("nan"))


# --- role models ---


def peers(*rows: tuple) -> pd.DataFrame:
    """Peers from (entity, peer, peer_period, intensity), all in 2023."""
    frame = pd.DataFrame(rows, columns=["entity", "peer", "peer_period", "intensity"])
    return frame.assign(period=2023)


def test_role_models_weigh_by_intensity_over_periods():
    """A peer in two years counts with both; the city itself is no role model of its own."""
    found = role_models(
        peers(
            ("a", "b", 2018, 0.2),
            ("a", "b", 2008, 0.1),
            ("a", "c", 2023, 0.1),
            ("a", "a", 2020, 0.4),
        )
    )

    row = found.by_city.loc[("a", 2023, 1)]
    assert (row["model"], row["periods"]) == ("b", "2008, 2018")
    assert found.by_city["share"].tolist() == pytest.approx([0.75, 0.25], abs=CLOSE)
    assert found.own_share.tolist() == pytest.approx([0.5], abs=CLOSE)


def test_sizes_weigh_intensities_where_they_are_given():
    """Half of a city ten times as large weighs five, one of a small city weighs one."""
    rows = peers(("a", "large", 2023, 0.5), ("a", "small", 2023, 1.0)).assign(size=[10.0, 1.0])

    found = role_models(rows)

    assert found.by_city["model"].tolist() == ["large", "small"]
    assert found.by_city["share"].tolist() == pytest.approx([5 / 6, 1 / 6], abs=CLOSE)


def test_equal_shares_go_by_name():
    """Of equal peers the first by name is taken: the answer does not hang on the order of rows."""
    rows = [("a", name, 2023, 0.5) for name in ("d", "c", "b")]

    found = role_models(peers(*rows))

    assert found.by_city["model"].tolist() == ["b", "c", "d"]


def test_common_groups_are_named():
    """A role model at the same stage is easier to follow; a missing group is not the same group."""
    groups = pd.DataFrame(
        {"stage": ["mature", "mature"], "coal": ["coal", "other"], "income": [None, None]},
        index=["a", "b"],
    )

    found = role_models(peers(("a", "b", 2023, 1.0), ("a", "z", 2023, 0.1)), groups=groups)

    assert found.by_city["shared_groups"].tolist() == ["stage", ""]


def test_a_city_that_is_only_its_own_peer_has_no_role_model():
    """It is counted, and the table has no row of it."""
    found = role_models(peers(("a", "a", 2020, 1.0)))

    assert len(found.by_city) == 0
    assert codes(found.notices) == ["matching.one_of_many", "matching.only_self"]


def test_no_peers_no_models():
    """An empty table of peers gives an empty answer without notices."""
    assert role_models(peers()).notices == ()


def test_broken_peers_are_named():
    """A negative intensity has no share."""
    with pytest.raises(OutOfDomain, match="intensity of peer b is -1"):
        role_models(peers(("a", "b", 2023, -1.0)))


# --- distance to the frontier ---

KEY = pd.MultiIndex.from_tuples([("a", 2023), ("b", 2023), ("c", 2023)], names=["entity", "period"])
KINDS = {"power": "input", "gdp": "good_output", "waste": "bad_output"}
OWN = pd.DataFrame(
    {"power": [200.0, 100.0, 50.0], "gdp": [10.0] * 3, "waste": [4.0, 0.0, 1.0]}, index=KEY
)
TARGET = pd.DataFrame(
    {"power": [150.0, 120.0, np.nan], "gdp": [10.0] * 3, "waste": [3.0, 0.0, 1.0]}, index=KEY
)


def test_distances_are_in_own_units_and_shares():
    """An inefficient city uses 50 less power (a quarter) and emits 1 less waste; gdp is even."""
    found = distance_to_targets(OWN, TARGET, KINDS).by_city

    assert found.loc[("a", 2023, "power"), ["target", "gap", "share", "direction"]].tolist() == [
        150.0,
        50.0,
        0.25,
        "less",
    ]
    assert found.loc[("a", 2023, "waste"), "target"] == 3.0
    assert found.loc[("a", 2023, "gdp"), "direction"] == "even"


def test_a_super_efficient_city_is_ahead_of_its_target():
    """Above 1 the target is worse than the city: more power, direction `ahead`."""
    found = distance_to_targets(OWN, TARGET, KINDS).by_city

    assert found.loc[("b", 2023, "power"), ["target", "direction"]].tolist() == [120.0, "ahead"]
    assert np.isnan(found.loc[("b", 2023, "waste"), "share"])


def test_cells_without_a_number_are_counted():
    """A missing value or target is left out and counted."""
    own = OWN.copy()
    own.loc[("a", 2023), "power"] = np.nan

    found = distance_to_targets(own, TARGET, KINDS)

    assert len(found.by_city) == 7
    assert codes(found.notices) == ["distance.one_of_many", "distance.missing"]


def test_a_missing_target_is_left_out_and_counted():
    """A row without a target has no distance, and a notice counts the cells."""
    key = pd.MultiIndex.from_tuples([("a", 1)], names=["entity", "period"])
    values = pd.DataFrame({"power": [200.0]}, key)

    found = distance_to_targets(values, values * np.nan, {"power": "input"})

    assert found.by_city.empty
    assert "distance.missing" in {notice.code for notice in found.notices}
