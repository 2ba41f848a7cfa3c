"""Laws of ranks, transitions, inequality and spatial association over random panels."""

# 1e-9: sums of at most some dozens of doubles between 0.01 and 10, one of them a quotient.

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cases_typology import one_period, panel_of_scores
from oracles_typology import dagum_by_definition
from xinzhi_econometrics.space.convergence import beta
from xinzhi_econometrics.space.inequality import dagum, theil
from xinzhi_econometrics.space.ranks import end, rank
from xinzhi_econometrics.space.transitions import paths, transitions
from xinzhi_econometrics.space.weights import moran, neighbours_of

CLOSE = {"rtol": 1e-9, "atol": 1e-9}
few = settings(max_examples=30, deadline=None)
hundredths = st.integers(1, 1000).map(lambda k: k / 100)


@st.composite
def grouped_scores(draw) -> tuple[pd.Series, pd.Series]:
    """Scores of up to 12 entities in one period, and their groups."""
    values = draw(st.lists(hundredths, min_size=2, max_size=12))
    names = [f"city{i:02d}" for i in range(len(values))]
    groups = draw(st.lists(st.sampled_from("xyz"), min_size=len(names), max_size=len(names)))
    scores = one_period(dict(zip(names, values, strict=True)))
    return scores, pd.Series(groups, index=names)


@few
@given(grouped_scores())
def test_parts_of_inequality_add_up(data):
    """Within, between and transvariation add up to the whole, for Theil's T and L and for Gini."""
    t, el, gini = theil(*data), theil(*data, index="L"), dagum(*data)

    for found in (t, el):
        parts = found.by_period["within"] + found.by_period["between"]
        np.testing.assert_allclose(parts, found.by_period["total"], **CLOSE)
        assert (found.by_period["between"] >= -1e-12).all()
    parts = gini.by_period[["within", "between", "transvariation"]].sum(axis=1)
    np.testing.assert_allclose(parts, gini.by_period["gini"], **CLOSE)
    assert gini.by_pair["affluence"].between(0.0, 1.0).all()


@few
@given(grouped_scores())
def test_dagum_is_its_definition(data):
    """Sorting gives what all pairs give, in exact arithmetic."""
    scores, groups = data
    samples: dict[str, list[Fraction]] = {}
    for (name, _), y in sorted(scores.items()):
        samples.setdefault(groups[name], []).append(Fraction(round(y * 100), 100))
    exact = dagum_by_definition(samples)

    found = dagum(scores, groups).by_period.iloc[0]

    for ours, name in (("gini", "gini"), ("within", "within"), ("between", "between")):
        np.testing.assert_allclose(found[ours], float(exact[name]), **CLOSE)


@pytest.mark.long
@few
@given(grouped_scores(), st.floats(1e-3, 1e3))
def test_inequality_does_not_depend_on_units(data, unit):
    """Scores times a constant have the same Theil index and Gini ratio."""
    scores, groups = data

    for measure in (theil, dagum):
        first = measure(scores, groups).by_period.drop(columns="n").fillna(0.0)
        second = measure(scores * unit, groups).by_period.drop(columns="n").fillna(0.0)
        columns = [name for name in first if not name.startswith("share")]
        np.testing.assert_allclose(first[columns], second[columns], **CLOSE)


@few
@given(grouped_scores(), st.integers(1, 15), st.randoms())
def test_ranks_and_ends_follow_the_scores_only(data, n, random):
    """Better scores rank ahead; the last n are the best n of the negative scores; order is free."""
    scores, groups = data
    order = random.sample(range(len(scores)), len(scores))

    ranks = rank(scores).of
    last = end(scores, groups, side="bottom", n=n)
    best = end(-scores, groups, side="top", n=n)

    pd.testing.assert_series_equal(rank(scores.iloc[order]).of, ranks)
    assert (ranks.sort_values().index.map(scores).to_series().diff().dropna() <= 0).all()
    assert last.members == best.members
    assert last.counts.loc[2023].sum() == len(last.members[2023]) >= min(n, len(scores))


@st.composite
def walks(draw) -> pd.Series:
    """Classes of up to 8 entities over 5 periods, some missing."""
    rows = draw(
        st.lists(
            st.lists(st.sampled_from(["a", "b", "c", None]), min_size=5, max_size=5),
            min_size=1,
            max_size=8,
        )
    )
    return panel_of_scores({f"city{i}": dict(enumerate(row)) for i, row in enumerate(rows)})


@few
@given(walks())
def test_moves_are_counted_once_and_shares_are_shares(classes):
    """Counts sum to the moves, rows of shares to 1, a long run stays as it is."""
    found = transitions(classes, ["a", "b", "c"])

    assert found.counts.to_numpy().sum() == found.n
    assert found.n + found.n_missing <= 4 * classes.index.get_level_values("entity").nunique()
    rows = found.probabilities.dropna()
    np.testing.assert_allclose(rows.sum(axis=1), 1.0, **CLOSE)
    if found.long_run is not None:
        np.testing.assert_allclose(found.long_run @ found.probabilities, found.long_run, **CLOSE)


@few
@given(walks())
def test_every_entity_has_one_path(classes):
    """Whole paths are counted once; the others are unknown."""
    found = paths(classes, ["a", "b", "c"], periods=[0, 2, 4])

    assert found.counts.sum() + (found.kinds == "unknown").sum() == len(found.of)


@few
@given(st.floats(0.01, 2.0), st.integers(3, 10), st.integers(2, 8), st.integers(0, 10_000))
def test_any_rate_comes_back(rate, n, periods, seed):
    """On the way to one steady state the absolute form finds whatever rate was simulated."""
    # after many half-lives what is left of the gaps is below the precision of the logs
    assume(rate * periods < 5)
    start = np.random.default_rng(seed).normal(size=n)
    scores = panel_of_scores(
        {
            f"c{i}": {t: np.exp(start[i] * np.exp(-rate * t)) for t in range(periods)}
            for i in range(n)
        }
    )

    np.testing.assert_allclose(beta(scores).speed, rate, rtol=1e-6)


@few
@given(st.lists(hundredths, min_size=6, max_size=12), st.floats(0.1, 10.0), st.floats(-5.0, 5.0))
def test_moran_does_not_depend_on_units(values, scale, shift):
    """A change of unit or zero point leaves Moran's I and its tests."""
    assume(len(set(values)) > 1)
    names = [f"p{i:02d}" for i in range(len(values))]
    ring = {a: [names[i - 1], names[(i + 1) % len(names)]] for i, a in enumerate(names)}
    series, structure = pd.Series(values, index=names), neighbours_of(ring)

    first = moran(series, structure, generator=np.random.default_rng(1), permutations=49)
    second = moran(
        series * scale + shift, structure, generator=np.random.default_rng(1), permutations=49
    )

    np.testing.assert_allclose(
        [first.value, first.p_randomisation, first.p_permutation],
        [second.value, second.p_randomisation, second.p_permutation],
        rtol=1e-6,
        atol=1e-9,
    )
