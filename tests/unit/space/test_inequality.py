"""Theil and Dagum against independent software and exact arithmetic."""

from __future__ import annotations

import tomllib
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from cases_typology import codes, one_period, panel_of_scores
from oracles_typology import dagum_by_definition, theil_by_definition
from places import REFERENCE
from xinzhi_core.errors import DuplicateKey, MethodError, OutOfDomain
from xinzhi_econometrics.space.inequality import dagum, theil

CLOSE = 1e-12  # sums of at most fifty doubles of order one
HALF_DIGIT = 5e-9  # TheilD prints its parts to eight digits

VALUES = {"a": 1, "b": 4, "c": 2, "d": 7, "e": 3, "f": 3}
GROUPS = pd.Series({"a": "x", "b": "x", "c": "y", "d": "y", "e": "z", "f": "z"})
WITHOUT_OVERLAP = {"a": 1, "b": 2, "c": 4, "d": 5, "e": 8, "f": 9}


@pytest.fixture(scope="module")
def columbus() -> dict:
    return tomllib.loads((REFERENCE / "columbus_1988.toml").read_text(encoding="utf-8"))


def crime(columbus: dict) -> tuple[pd.Series, pd.Series]:
    """Scores of the 49 neighbourhoods, and their number modulo 3 as group."""
    scores = one_period({name: place["crime"] for name, place in columbus["places"].items()})
    return scores, pd.Series({name: str(int(name) % 3) for name in columbus["places"]})


def test_theil_agrees_with_pysal(columbus):
    """Total, within and between are those of TheilD in PySAL's inequality 1.1.2."""
    found = theil(*crime(columbus)).by_period.loc[2023]

    assert found["total"] == pytest.approx(columbus["theil"]["total"], abs=CLOSE)
    assert found["within"] == pytest.approx(columbus["theil"]["within"], abs=HALF_DIGIT)
    assert found["between"] == pytest.approx(columbus["theil"]["between"], abs=HALF_DIGIT)


def test_gini_agrees_with_pysal(columbus):
    """The Gini ratio of all and of each group are those of PySAL's inequality 1.1.2."""
    found = dagum(*crime(columbus))

    assert found.by_period.loc[2023, "gini"] == pytest.approx(columbus["theil"]["gini"], abs=CLOSE)
    for group, gini in columbus["theil"]["gini_of_group"].items():
        assert found.by_group.loc[(2023, group), "gini"] == pytest.approx(gini, abs=CLOSE)


UNEVEN_SIZES = {**VALUES, "b": 40, "f": 1}


@pytest.mark.parametrize(
    "values",
    [
        VALUES,
        WITHOUT_OVERLAP,
        dict.fromkeys(VALUES, 2),
        {name: UNEVEN_SIZES[name] for name in "abcdf"},
        {name: UNEVEN_SIZES[name] for name in "abf"},
    ],
)
def test_dagum_agrees_with_exact_arithmetic(values):
    """All parts equal Dagum's definition computed over all pairs with fractions."""
    samples: dict[str, list[Fraction]] = {}
    for name, y in values.items():
        samples.setdefault(GROUPS[name], []).append(Fraction(y))
    exact = dagum_by_definition(samples)

    found = dagum(one_period(values), GROUPS).by_period.loc[2023]

    assert found["gini"] == pytest.approx(float(exact["gini"]), abs=CLOSE)
    assert found["within"] == pytest.approx(float(exact["within"]), abs=CLOSE)
    assert found["between"] == pytest.approx(float(exact["between"]), abs=CLOSE)
    assert found["transvariation"] == pytest.approx(float(exact["across"]), abs=CLOSE)


def test_groups_that_do_not_overlap_have_no_transvariation():
    """Where every member of one group is above every member of the other, D is 1."""
    found = dagum(one_period(WITHOUT_OVERLAP), GROUPS)

    assert found.by_pair["affluence"].tolist() == [1.0, 1.0, 1.0]
    assert found.by_period.loc[2023, "transvariation"] == 0.0


@pytest.mark.parametrize("index", ["T", "L"])
def test_theil_is_its_definition(index):
    """The total is the defining sum, and each group's index too."""
    found = theil(one_period(VALUES), GROUPS, index=index)

    total = theil_by_definition(list(map(float, VALUES.values())), index)
    assert found.by_period.loc[2023, "total"] == pytest.approx(total, abs=CLOSE)
    own = theil_by_definition([1.0, 4.0], index)
    assert found.by_group.loc[(2023, "x"), "theil"] == pytest.approx(own, abs=CLOSE)


def test_theil_t_of_one_owner_is_the_logarithm_of_the_number():
    """Where one of n has everything T is ln n (0 ln 0 = 0)."""
    scores = one_period({"a": 0.0, "b": 0.0, "c": 0.0, "d": 5.0})

    found = theil(scores, pd.Series(dict.fromkeys("abcd", "all")))

    assert found.by_period.loc[2023, "total"] == pytest.approx(np.log(4), abs=CLOSE)


def test_small_scores_count():
    """A score a thousand times smaller than the others still enters Theil's T."""
    values = {"a": 1e-4, "b": 1.0, "c": 2.0}

    found = theil(one_period(values), pd.Series(dict.fromkeys("abc", "all")))

    total = theil_by_definition(list(values.values()), "T")
    assert found.by_period.loc[2023, "total"] == pytest.approx(total, abs=CLOSE)


def test_equal_scores_have_no_inequality_and_no_shares():
    """All parts are 0, and shares of nothing are missing."""
    scores = one_period(dict.fromkeys("abcdef", 0.5))

    gini, t = dagum(scores, GROUPS).by_period.loc[2023], theil(scores, GROUPS).by_period.loc[2023]

    assert (gini["gini"], gini["transvariation"], t["total"]) == (0.0, 0.0, 0.0)
    assert np.isnan([gini["share_within"], t["share_between"]]).all()


def test_a_group_of_one_is_told():
    """A single member has nothing that differs within: index 0 and a notice."""
    found = dagum(one_period({"a": 1, "b": 2, "c": 5}), GROUPS)

    assert found.by_group.loc[(2023, "y"), "gini"] == 0.0
    assert codes(found.notices) == ["inequality.group_of_one"]


def test_one_group_has_nothing_between():
    """With a single group all inequality is within it, and there is no pair."""
    found = dagum(one_period({"a": 1, "b": 2}), GROUPS)

    assert found.by_period.loc[2023, "share_within"] == 1.0
    assert len(found.by_pair) == 0


def test_one_entity_has_no_inequality():
    """A single entity gives zeros, not an error."""
    found = theil(one_period({"a": 3.0}), GROUPS)

    assert found.by_period.loc[2023, ["total", "within", "between"]].tolist() == [0.0, 0.0, 0.0]


def test_periods_are_taken_apart_one_by_one():
    """Each period has its own members; a year without scores of any group is told."""
    scores = panel_of_scores(
        {"a": {1: 1.0, 2: 2.0}, "c": {1: 3.0, 2: float("nan")}, "lost": {1: 1.0, 2: 1.0, 3: 1.0}}
    )

    found = theil(scores, GROUPS)

    assert found.by_period["n"].to_dict() == {1: 2, 2: 1}
    assert "inequality.empty_period" in codes(found.notices)
    assert "typology.no_group" in codes(found.notices)


def test_what_has_no_index_is_named():
    """Negative scores, zeros for L, a group of zeros, no group at all, two groups for one."""
    with pytest.raises(OutOfDomain, match=r"not defined for the score -1") as caught:
        dagum(one_period({"a": -1.0, "b": 2.0}), GROUPS)
    assert caught.value.problems[0].where.entity == "a"
    with pytest.raises(OutOfDomain, match="not defined for the score 0"):
        theil(one_period({"a": 0.0, "b": 2.0}), GROUPS, index="L")
    with pytest.raises(OutOfDomain, match="All scores of group x are zero"):
        theil(one_period({"a": 0.0, "b": 0.0, "c": 1.0}), GROUPS)
    with pytest.raises(MethodError, match="No entity with a score has a group"):
        dagum(one_period({"q": 1.0}), GROUPS)
    with pytest.raises(DuplicateKey):
        dagum(one_period(VALUES), pd.Series(["x", "y"], index=["a", "a"]))
