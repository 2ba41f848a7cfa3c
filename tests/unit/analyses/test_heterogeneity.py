"""Groups and the tests of their differences."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from cases_econometrics import agrees, case, frame, simulated_panel
from xinzhi.analyses.heterogeneity.compute import compare_groups, holm
from xinzhi_core.errors import DataError
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.inference import Inapplicable
from xinzhi_econometrics.resampling.cluster_bootstrap import sums
from xinzhi_econometrics.resampling.permutation import differences, permutation_p
from xinzhi_econometrics.specification import Covariance, Regression

BY_ENTITY = Covariance("cluster", ("entity",))


def test_fixed_permutations():
    """The permutations of the reference case give the differences of R, and the same p."""
    fixed = case("bdiff_fixed_permutations")
    expected = fixed["expected"]
    data = frame(fixed)
    data = data[data["grp"].isin([1, 3])]
    added = sums(data, Regression("y", ("x",), ("c1",)))
    labels = np.array([[float(c) for c in row] for row in expected["permutations"]])
    own = np.array([[float(c) for c in expected["observed_labels"]]])

    permuted = differences(added, "y", ("x", "c1"), labels)[:, 0]
    observed = differences(added, "y", ("x", "c1"), own)[0, 0]

    assert list(added.clusters) == expected["cities"]
    agrees(permuted, expected["perm_diff"], fixed)
    agrees(observed, expected["observed_diff"], fixed)
    agrees(permutation_p(float(observed), permuted), expected["p_two_sided_plus1"], fixed)


@pytest.mark.parametrize(
    ("observed", "permuted", "expected"),
    [
        (9.0, [1.0, -2.0, 3.0, -4.0], 1 / 5),
        (-3.0, [1.0, -2.0, 3.0, -4.0], 3 / 5),
        (0.0, [1.0, -2.0, 3.0, -4.0], 5 / 5),
        (3.0, [3.0 * (1 - 1e-15), -3.0, 2.0, 1.0], 3 / 5),
        (9.0, [1.0, float("nan"), 3.0, float("nan")], 1 / 3),
        (9.0, [], 1.0),
        (float("nan"), [1.0, 2.0], float("nan")),
    ],
)
def test_p_of_known_counts(observed, permuted, expected):
    """No larger draw gives 1/(1 + n), ties count, lost draws do not, nothing observed has no p-value."""
    found = permutation_p(observed, np.array(permuted))

    np.testing.assert_equal(found, expected)


def test_the_p_value_of_a_comparison_counts_its_own_permutations():
    """What a comparison prints is (1 + k)/(1 + n) of the permutations that it holds."""
    data = grouped()

    found = compare_groups(data, Regression("y", ("x1",)), "kind", draws=99)

    for one in found.differences[0].permutations:
        k = sum(abs(value) >= abs(one.observed) for value in one.permuted)
        assert one.p_value == (1 + k) / 100
        assert one.p_value >= 1 / 100


def grouped(seed: int = 3):
    """Draw a panel with three groups of cities, of which one has another slope."""
    data = simulated_panel(seed, n_entities=30, keep=0.9)
    city = data.index.get_level_values(0).to_numpy()
    data["kind"] = np.array(["coal", "metal", "oil"])[city % 3]
    data["y"] = data["y"] + 0.8 * data["x1"] * (city % 3 == 1)
    return data


def test_groups_are_their_own_regressions():
    """Each group's estimates are the regression on its rows, with its own effects."""
    data = grouped()
    regression = Regression("y", ("x1",), ("x2",), covariance=BY_ENTITY)

    found = compare_groups(data, regression, "kind", draws=99)

    for name, estimates in found.groups:
        alone = fit(data[data["kind"] == name], regression)
        np.testing.assert_array_equal(estimates.estimate, alone.estimate)
    assert found.sizes == (("coal", 10), ("metal", 10), ("oil", 10))
    assert found.joint.p_value < 0.01
    assert len(found.differences[0].permutations) == 3
    assert found.differences[0].permutations[0].p_value < 0.05


def test_interaction_is_the_difference_of_slopes():
    """With two groups and iid errors, F is the squared z of the difference at the pooled variance."""
    data = grouped()
    data = data[data["kind"] != "oil"]
    regression = Regression("y", ("x1",), ("x2",), covariance=Covariance())

    found = compare_groups(data, regression, "kind", draws=0)

    (_, one), (_, two) = found.groups
    s2 = (one.fit.rss + two.fit.rss) / (one.covariance.df + two.covariance.df)
    variance = sum(e.vcov[0, 0] * s2 / (e.fit.rss / e.covariance.df) for e in (one, two))
    expected = (one.estimate[0] - two.estimate[0]) ** 2 / variance
    np.testing.assert_allclose(found.differences[0].interaction.value, expected, rtol=1e-9)
    assert (
        found.differences[0].interaction.distribution
        == f"F(1, {one.covariance.df + two.covariance.df})"
    )


def test_rows_without_a_group_are_left_out():
    """Cities without a group take no part."""
    data = grouped()
    data["kind"] = data["kind"].where(data["kind"] != "oil")

    found = compare_groups(data, Regression("y", ("x1",)), "kind", draws=0)

    assert [name for name, _ in found.groups] == ["coal", "metal"]


def test_group_of_one_city():
    """A group that cannot be estimated says why, and the other groups are still compared."""
    data = grouped()
    data.loc[[4], "kind"] = "gold"

    found = compare_groups(data, Regression("y", ("x1",)), "kind", draws=20)

    refused = dict(found.groups)["gold"]
    assert isinstance(refused, Inapplicable)
    assert [notice.code for notice in found.notices] == ["groups.refused"]
    assert np.isfinite(found.joint.p_value)
    assert found.to_frame().shape == (1, 5)


@pytest.mark.parametrize("code", ["groups.change", "groups.one", "data.missing_column"])
def test_what_is_no_grouping(code):
    """A group that changes within a city, one group only, or no such column are refused."""
    data = grouped()
    data["moving"] = data.index.get_level_values(1) % 2
    data["same"] = "all"
    by = {"groups.change": "moving", "groups.one": "same"}.get(code, "kinds")

    with pytest.raises(DataError) as caught:
        compare_groups(data, Regression("y", ("x1",)), by)

    assert caught.value.code == code


def test_keys_may_have_names_of_their_own():
    """A frame indexed (city, year) is answered as one indexed (entity, period)."""
    data = grouped()
    named = Regression(
        "y", ("x1",), effects=("city", "year"), covariance=Covariance("cluster", ("city",))
    )

    found = compare_groups(data.rename_axis(index=["city", "year"]), named, "kind", draws=9)
    plain = compare_groups(data, Regression("y", ("x1",), covariance=BY_ENTITY), "kind", draws=9)

    assert found.joint == plain.joint
    assert found.to_frame().equals(plain.to_frame())


def test_holm_is_statsmodels():
    """Holm's adjustment is that of statsmodels; missing tests do not count."""
    p = np.random.default_rng(1).uniform(size=9) ** 3

    found = holm(np.concatenate([p, [np.nan]]))

    np.testing.assert_allclose(found[:9], multipletests(p, method="holm")[1], rtol=1e-12)
    assert np.isnan(found[9])
