"""Moran's I, local Moran and G*, against two other programs and against enumeration."""

from __future__ import annotations

import tomllib
from itertools import permutations as orders

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.stats import norm

from cases_typology import codes, panel_of_scores
from oracles_typology import conditional_sums, moran_by_definition, moran_moments
from places import REFERENCE
from xinzhi_core.errors import (
    DataError,
    DuplicateKey,
    MethodError,
    MissingColumn,
    OutOfDomain,
    SpecError,
)
from xinzhi_econometrics.space import permutation
from xinzhi_econometrics.space.hot_spots import adjust_p_values, hot_spots, local_moran
from xinzhi_econometrics.space.permutation import (
    conditional_tails,
    p_of_tails,
    permuted_products,
    tails,
)
from xinzhi_econometrics.space.weights import match_places, moran, moran_by_period, neighbours_of

CLOSE = 1e-12  # sums of 232 products of doubles of order one
PRINTED = 1e-11  # p-values are printed to twelve digits

LINE = {"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c", "e"], "e": ["d", "f"], "f": ["e"]}
UNEVEN = {"a": 1.0, "b": 2.0, "c": 2.0, "d": 7.0, "e": 3.0, "f": 9.0}


@pytest.fixture(scope="module")
def columbus() -> dict:
    return tomllib.loads((REFERENCE / "columbus_1988.toml").read_text(encoding="utf-8"))


def of_columbus(columbus: dict):
    """Crime and neighbours of the 49 neighbourhoods."""
    places = columbus["places"]
    return (
        pd.Series({name: place["crime"] for name, place in places.items()}),
        neighbours_of({name: place["neighbours"] for name, place in places.items()}),
    )


def draws(seed: int = 7) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_moran_agrees_with_spdep_and_esda(columbus):
    """Value, both variances and both p-values are those of spdep (R) and esda (PySAL)."""
    found, printed = moran(*of_columbus(columbus), generator=draws()), columbus["global"]

    assert found.value == pytest.approx(printed["moran"], abs=CLOSE)
    assert found.expected == pytest.approx(printed["expected"], abs=CLOSE)
    assert found.variance_normality == pytest.approx(printed["variance_normality"], abs=CLOSE)
    assert found.variance_randomisation == pytest.approx(
        printed["variance_randomisation"], abs=CLOSE
    )
    assert found.p_normality == pytest.approx(printed["p_normality"], rel=PRINTED)
    assert found.p_randomisation == pytest.approx(printed["p_randomisation"], rel=PRINTED)
    assert found.p_permutation == 2 / 1000


def test_local_moran_agrees_with_spdep_and_esda(columbus):
    """The 49 local values are those of spdep and, times n / (n - 1), of esda."""
    found = local_moran(*of_columbus(columbus), generator=draws(), permutations=99).by_place

    printed = pd.Series({name: place["local"] for name, place in columbus["places"].items()})
    pd.testing.assert_series_equal(
        found["local_moran"], printed[found.index], check_names=False, rtol=0, atol=CLOSE
    )


def test_g_star_agrees_with_spdep_and_esda(columbus):
    """The 49 standardised G* are those of spdep and esda."""
    found = hot_spots(*of_columbus(columbus), generator=draws(), permutations=0).by_place

    printed = pd.Series({name: place["g_star"] for name, place in columbus["places"].items()})
    pd.testing.assert_series_equal(
        found["z"], printed[found.index], check_names=False, rtol=0, atol=CLOSE
    )


def test_local_values_sum_to_the_global_one(columbus):
    """The mean of the local values is Moran's I (Anselin 1995, with rows that sum to 1)."""
    values, structure = of_columbus(columbus)

    local = local_moran(values, structure, generator=draws(), permutations=1).by_place

    total = moran(values, structure, generator=draws(), permutations=0).value
    assert local["local_moran"].mean() == pytest.approx(total, abs=CLOSE)


@pytest.mark.parametrize("standardise", [True, False])
def test_moran_is_its_definition_and_its_moments_those_of_all_orders(standardise):
    """On six places the mean and variance under randomisation are those of all 720 orders."""
    places = match_places(pd.Series(UNEVEN), neighbours_of(LINE), standardise=standardise)
    weights = places.weights.toarray().tolist()

    found = moran(
        pd.Series(UNEVEN), neighbours_of(LINE), generator=draws(), standardise=standardise
    )

    values = list(UNEVEN.values())
    assert found.value == pytest.approx(moran_by_definition(values, weights), abs=CLOSE)
    mean, variance = moran_moments(values, weights)
    assert found.expected == pytest.approx(mean, abs=CLOSE)
    assert found.variance_randomisation == pytest.approx(variance, abs=CLOSE)


@pytest.mark.parametrize(
    ("observed", "above", "below"),
    [(9.0, 1 / 5, 5 / 5), (-9.0, 5 / 5, 1 / 5), (2.0, 4 / 5, 4 / 5), (3.0, 2 / 5, 5 / 5)],
)
def test_tails_of_known_counts(observed, above, below):
    """Each tail is (1 + k)/(1 + n): k = 0 gives 1/(1 + n), and ties count on both sides."""
    shuffled = np.array([[1.0], [2.0], [2.0], [3.0]])

    found = tails(shuffled, np.array([observed]))

    assert (found[0][0], found[1][0]) == (above, below)
    smaller = min(above, below)
    assert p_of_tails(*found, "two_sided").tolist() == [min(1.0, 2 * smaller)]
    assert p_of_tails(*found, "one_sided").tolist() == [smaller]
    assert p_of_tails(*found, "greater").tolist() == [above]
    assert p_of_tails(*found, "less").tolist() == [below]


def test_nothing_observed_has_no_p_value():
    """An observation that is not a number is no extreme one; nor is there a p without shuffles."""
    shuffled = np.ones((9, 1))

    assert np.isnan(tails(shuffled, np.array([np.nan]))).all()
    assert np.isnan(tails(np.empty((0, 1)), np.array([1.0]))).all()


def test_a_clear_pattern_has_the_smallest_p_values():
    """Halves of a long line: no shuffle is as extreme, so p is 2/(1 + n), one-sided 1/(1 + n)."""
    names = [f"{i:02d}" for i in range(40)]
    line = {
        name: [names[j] for j in (i - 2, i - 1, i + 1, i + 2) if 0 <= j < 40]
        for i, name in enumerate(names)
    }
    values = pd.Series({name: float(i) for i, name in enumerate(names)})
    structure = neighbours_of(line)

    assert moran(values, structure, generator=draws(), permutations=99).p_permutation == 2 / 100
    assert (
        moran(
            values, structure, generator=draws(), permutations=99, alternative="greater"
        ).p_permutation
        == 1 / 100
    )
    two = local_moran(values, structure, generator=draws(), permutations=99)
    one = local_moran(values, structure, generator=draws(), permutations=99, test="one_sided")
    assert two.by_place["p"].min() == 2 / 100
    assert one.by_place["p"].min() == 1 / 100


def test_one_sided_is_half_of_two_sided(columbus):
    """The customary test takes the smaller tail alone, in local Moran and in G*."""
    values, structure = of_columbus(columbus)

    for compute in (local_moran, hot_spots):
        two = compute(values, structure, generator=draws(), permutations=199)
        one = compute(values, structure, generator=draws(), permutations=199, test="one_sided")
        column = "p" if compute is local_moran else "p_permutation"
        folded = one.by_place[column].to_numpy()
        np.testing.assert_allclose(two.by_place[column], np.minimum(1.0, 2 * folded), atol=CLOSE)
        assert (two.test, one.test) == ("two_sided", "one_sided")
        assert (one.by_place["kind"] != "not_significant").sum() >= (
            two.by_place["kind"] != "not_significant"
        ).sum()
    z = hot_spots(values, structure, generator=draws(), permutations=0, test="one_sided").by_place
    np.testing.assert_allclose(z["p"], norm.sf(np.abs(z["z"])), rtol=PRINTED)


def test_units_do_not_move_a_local_p_value():
    """Values in trillionths have the p-values of the same values in ones."""
    values, structure = pd.Series(UNEVEN), neighbours_of(LINE)

    first = local_moran(values, structure, generator=draws(), permutations=199).by_place
    second = local_moran(values * 1e-13, structure, generator=draws(), permutations=199).by_place

    np.testing.assert_array_equal(first["p"], second["p"])


def test_where_every_order_has_the_same_moran_there_is_no_p_value():
    """One odd place on a ring: I is -1/(n - 1) in every order, its variance 0, its p missing."""
    names = list("abcdef")
    ring = {a: [names[i - 1], names[(i + 1) % 6]] for i, a in enumerate(names)}

    found = moran(
        pd.Series({**dict.fromkeys(names, 0.01), "c": 0.02}), neighbours_of(ring), generator=draws()
    )

    assert found.variance_randomisation == 0.0
    assert np.isnan([found.p_randomisation, found.z_randomisation]).all()
    assert found.p_permutation == 1.0


@pytest.mark.parametrize("compute", [local_moran, hot_spots])
def test_conditional_p_is_that_of_all_choices(compute):
    """Around each place the p-value tends to the exact share of all choices of neighbours."""
    values = [int(value) for value in UNEVEN.values()]
    places = list(UNEVEN)

    found = compute(pd.Series(UNEVEN), neighbours_of(LINE), generator=draws(), permutations=20_000)

    column = found.by_place["p" if compute is local_moran else "p_permutation"]
    for place, name in enumerate(places):
        own = sum(values[places.index(other)] for other in LINE[name])
        sums, n = conditional_sums(values, place=place, n_neighbours=len(LINE[name]))
        above = sum(k for total, k in sums.items() if total >= own) / n
        below = sum(k for total, k in sums.items() if total <= own) / n
        # five standard errors of a share drawn 20,000 times, doubled like the p-value
        room = 2 * 5 * (0.25 / 20_000) ** 0.5
        assert column[name] == pytest.approx(min(1, 2 * min(above, below)), abs=room), name


def test_moran_p_is_that_of_all_orders():
    """The p-value of Moran's I tends to the exact share of the 720 orders of six places."""
    places = match_places(pd.Series(UNEVEN), neighbours_of(LINE), standardise=True)
    weights = places.weights.toarray().tolist()
    values = list(UNEVEN.values())
    own = moran_by_definition(values, weights)
    every = [moran_by_definition(list(order), weights) for order in orders(values)]

    found = moran(
        pd.Series(UNEVEN),
        neighbours_of(LINE),
        generator=draws(),
        permutations=20_000,
        alternative="greater",
    )

    share = sum(value >= own - CLOSE for value in every) / len(every)
    assert found.p_permutation == pytest.approx(share, abs=5 * (0.25 / 20_000) ** 0.5)


@pytest.mark.parametrize("block", [1, 50, 2**18])
def test_blocks_of_permutations_give_what_one_permutation_after_the_other_gives(monkeypatch, block):
    """Tails and products are those of plain loops over the same draws, weights of all kinds."""
    monkeypatch.setattr(permutation, "BLOCK", block)
    draw = np.random.default_rng(3)
    matrix = draw.random((23, 23)) * (draw.random((23, 23)) < 0.2)
    np.fill_diagonal(matrix, 0.0)
    matrix[np.arange(23), (np.arange(23) + 1) % 23] = 1.0  # everybody has a neighbour
    matrix[5] = np.where(np.arange(23) == 5, 0.0, 1.0)  # one place is next to all others
    # Places are permuted in the order of their values, which is theirs here.
    weights, z = sparse.csr_array(matrix), np.sort(draw.normal(size=23))

    found = conditional_tails(z, weights, 37, draws())
    products = permuted_products(z, weights, 37, draws())

    scaled = z / z.std()
    rows = draws().permuted(np.tile(np.arange(22), (37, 1)), axis=1)
    for i in range(23):
        others, neighbours = np.delete(scaled, i), np.flatnonzero(matrix[i])
        own = matrix[i, neighbours] @ scaled[neighbours]
        sums = [matrix[i, neighbours] @ others[row[: len(neighbours)]] for row in rows]
        assert found[0][i] == (1 + sum(s >= own - CLOSE for s in sums)) / 38
        assert found[1][i] == (1 + sum(s <= own + CLOSE for s in sums)) / 38
    permuted = draws().permuted(np.tile(z, (37, 1)), axis=1)
    np.testing.assert_allclose(products, [y @ matrix @ y for y in permuted], rtol=1e-10)


def test_a_chessboard_repels_and_halves_attract():
    """I is -1 on a chessboard and high on two halves, and the alternatives see it."""
    square = [(i, j) for i in range(4) for j in range(4)]
    rook = {
        f"{i}{j}": [f"{a}{b}" for a, b in square if abs(a - i) + abs(b - j) == 1] for i, j in square
    }
    structure = neighbours_of(rook)
    board = pd.Series({f"{i}{j}": float((i + j) % 2) for i, j in square})
    halves = pd.Series({f"{i}{j}": float(i > 1) for i, j in square})

    assert moran(board, structure, generator=draws()).value == pytest.approx(-1.0, abs=CLOSE)
    assert moran(board, structure, generator=draws(), alternative="less").p_permutation < 0.01
    assert moran(halves, structure, generator=draws(), alternative="greater").p_permutation < 0.01
    assert moran(halves, structure, generator=draws(), alternative="less").p_normality > 0.99


def test_clusters_carry_their_names():
    """Places among their like are high-high or low-low, hot or cold, when their p-value is low."""
    line = {
        f"{i:02d}": [f"{j:02d}" for j in (i - 2, i - 1, i + 1, i + 2) if 0 <= j < 30]
        for i in range(30)
    }
    values = pd.Series(
        {name: 10.0 + 0.1 * i if i >= 22 else 0.1 * (i % 7) for i, name in enumerate(line)}
    )
    structure = neighbours_of(line)

    local = local_moran(values, structure, generator=draws(), level=0.05).by_place
    hot = hot_spots(values, structure, generator=draws(), level=0.05).by_place

    assert set(local.loc["24":"29", "kind"]) == {"high_high"}
    assert set(hot.loc["23":"28", "kind"]) == {"hot"}
    assert (local["p_adjusted"] >= local["p"]).all()


def test_the_seed_decides_and_the_order_of_rows_does_not():
    """The same generator gives the same p-values, in whatever order the rows come (D5)."""
    values, structure = pd.Series(UNEVEN), neighbours_of(LINE)

    first = local_moran(values, structure, generator=draws()).by_place
    second = local_moran(values[::-1], structure, generator=draws()).by_place

    pd.testing.assert_frame_equal(first, second)


def test_islands_are_left_out_and_counted():
    """A place without neighbours, and one whose only neighbour has no value, are islands."""
    values = pd.Series({**UNEVEN, "island": 5.0, "g": 1.0, "h": float("nan"), "nowhere": 2.0})
    structure = neighbours_of({**LINE, "island": [], "g": ["h"], "h": ["g"]})

    found = moran(values, structure, generator=draws())

    assert found.n == 6
    assert codes(found.notices) == ["spatial.islands", "spatial.unplaced"]
    assert "g, island" in str(found.notices[0].text)
    plain = moran(pd.Series(UNEVEN), neighbours_of(LINE), generator=draws())
    assert found.value == plain.value


def test_one_sided_neighbours_may_leave_new_islands():
    """Where the only neighbour of a place is an island, the place becomes one too."""
    structure = neighbours_of({**LINE, "g": ["h"], "h": []})

    places = match_places(pd.Series({**UNEVEN, "g": 1.0, "h": 1.0}), structure, standardise=True)

    assert places.islands == ("g", "h")
    np.testing.assert_allclose(places.weights.sum(axis=1), 1.0, atol=CLOSE)


def test_each_period_has_its_answer_or_a_row_without_numbers():
    """A year in which all values are equal is a row of missing numbers and a notice."""
    table = {name: {2008: y, 2013: 1.0} for name, y in UNEVEN.items()}

    frame, notices = moran_by_period(
        panel_of_scores(table), neighbours_of(LINE), generator=draws(), permutations=9
    )

    assert frame["n"].to_dict() == {2008: 6, 2013: 0}
    assert np.isnan(frame.loc[2013, "moran"])
    assert codes(notices) == ["spatial.constant"]
    assert notices[0].where.period == 2013


def test_without_permutations_the_p_value_is_missing():
    """Zero permutations are allowed for Moran's I and G*, and give no p-value."""
    found = moran(pd.Series(UNEVEN), neighbours_of(LINE), generator=draws(), permutations=0)

    assert np.isnan(found.p_permutation)


def test_a_place_next_to_all_others_has_no_g_star():
    """Where the neighbours and the place are everybody, G* does not vary and is missing."""
    star = {"a": ["b", "c", "d"], "b": ["a"], "c": ["a"], "d": ["a"]}

    found = hot_spots(
        pd.Series({"a": 1.0, "b": 2.0, "c": 3.0, "d": 5.0}), neighbours_of(star), generator=draws()
    )

    assert np.isnan(found.by_place.loc["a", ["z", "p", "p_adjusted"]].astype(float)).all()
    assert found.by_place.loc["a", "kind"] == "not_significant"


def test_adjusted_p_values_are_those_of_r():
    """p.adjust(c(0.021, NA, 0.9, 0.02), "BH") of R 4.5.0 prints 0.0315, NA, 0.9, 0.0315."""
    found = adjust_p_values(np.array([0.021, np.nan, 0.9, 0.02]), "fdr")

    np.testing.assert_allclose(found, [0.0315, np.nan, 0.9, 0.0315], atol=CLOSE)


@pytest.mark.parametrize(
    ("pairs", "error", "code"),
    [
        ({"a": ["a"]}, DataError, "spatial.own_neighbour"),
        ({"a": ["b", "b"]}, DuplicateKey, "spatial.pair_twice"),
        (pd.DataFrame({"entity": ["a"]}), MissingColumn, "data.missing_column"),
        (
            pd.DataFrame({"entity": ["a"], "neighbour": ["b"], "weight": [-1.0]}),
            OutOfDomain,
            "spatial.weight",
        ),
        (
            pd.DataFrame({"entity": ["a"], "neighbour": ["b"], "weight": [np.nan]}),
            OutOfDomain,
            "spatial.weight",
        ),
    ],
)
def test_broken_structures_are_named(pairs, error, code):
    """A place beside itself, a pair twice, no column, a weight that is none."""
    with pytest.raises(error) as caught:
        neighbours_of(pairs)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("values", "options", "error", "code"),
    [
        ({"a": 1.0, "b": 2.0, "c": 3.0}, {}, MethodError, "spatial.few"),
        (dict.fromkeys(UNEVEN, 0.3), {}, MethodError, "spatial.constant"),
        ({"other": 1.0}, {}, MethodError, "spatial.few"),
        (UNEVEN, {"permutations": -1}, SpecError, "spatial.permutations"),
        (UNEVEN, {"alternative": "both"}, SpecError, "option.unknown"),
    ],
)
def test_patterns_that_do_not_exist_are_named(values, options, error, code):
    """Too few places, equal values, names that do not match, options without meaning."""
    with pytest.raises(error) as caught:
        moran(pd.Series(values), neighbours_of(LINE), generator=draws(), **options)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "options", [{"permutations": 0}, {"level": 1.5}, {"correction": "x"}, {"test": "both"}]
)
def test_local_options_without_meaning_are_refused(options):
    """Local Moran needs permutations, a level in (0, 1), a known correction."""
    with pytest.raises(SpecError):
        local_moran(pd.Series(UNEVEN), neighbours_of(LINE), generator=draws(), **options)


def test_too_few_permutations_for_the_places_are_told():
    """With 99 permutations no p-value is below 0.02: none of 6 places passes 0.05 / 6 alone."""
    found = local_moran(pd.Series(UNEVEN), neighbours_of(LINE), generator=draws(), permutations=99)

    assert codes(found.notices) == ["spatial.few_permutations"]
    assert "0.02" in str(found.notices[0].text)
    one = local_moran(
        pd.Series(UNEVEN), neighbours_of(LINE), generator=draws(), permutations=99, test="one_sided"
    )
    assert "0.01" in str(one.notices[0].text)
    assert local_moran(pd.Series(UNEVEN), neighbours_of(LINE), generator=draws()).notices == ()


def test_two_values_for_one_place_are_an_error():
    """One place, one value: a panel has to be cut to one period first."""
    with pytest.raises(DuplicateKey, match="has two values"):
        moran(pd.Series([1.0, 2.0], index=["a", "a"]), neighbours_of(LINE), generator=draws())


@pytest.mark.parametrize("values", ["all different", "with ties"])
def test_other_names_of_the_places_have_the_same_permutations(values):
    """Places are permuted in the order of their data: equal values by the values of their neighbours."""
    rng = np.random.default_rng(3)
    n = 30
    names = [f"p{i:02d}" for i in range(n)]
    score = (
        rng.normal(size=n).round(6)
        if values == "all different"
        else rng.integers(0, 4, n).astype(float)
    )
    beside = {
        a: [names[j] for j in range(n) if j != i and abs(i - j) in (1, 5)]
        for i, a in enumerate(names)
    }
    other = dict(zip(names, (f"q{i:02d}" for i in rng.permutation(n)), strict=True))

    def of(renamed: dict[str, str]):
        y = pd.Series(score, index=[renamed[name] for name in names])
        near = neighbours_of({renamed[a]: [renamed[b] for b in bs] for a, bs in beside.items()})
        local = local_moran(y, near, generator=draws(), permutations=199).by_place["p"]
        hot = hot_spots(y, near, generator=draws(), permutations=199).by_place["p_permutation"]
        whole = moran(y, near, generator=draws(), permutations=199).p_permutation
        order = [renamed[name] for name in names]
        return whole, local[order].tolist(), hot[order].tolist()

    assert of(other) == of(dict(zip(names, names, strict=True)))
