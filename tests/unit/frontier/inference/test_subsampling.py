"""Intervals of scores by subsampling: against a slow loop, laws, and simulated truth.

Tolerances: a certified score is right to 1e-9 relative to itself (N2); a bound adds to the estimate
its difference from a draw times (m/n)^r / (1 - (m/n)^r), below 10 here, so that bounds of two
computations agree to 1e-7. Coverage: the argument stands at the test.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from by_data import rank_rows
from cases_efficiency import activities
from places import ROOT
from xinzhi_core.errors import MethodError, OutOfDomain, SpecError
from xinzhi_frontier.inference.intervals import (
    ResampledScores,
    Resampling,
    infer,
    resample_entities,
)
from xinzhi_frontier.inference.replicates import convergence_rate, stream, why_no_interval
from xinzhi_frontier.inference.subsampling import subsampled_intervals
from xinzhi_frontier.options import Options

BOUND = 1e-7
VARIABLE_IN = Options("radial", "variable", "input")
CONSTANT_IN = Options("radial", "constant", "input")


def rows_of(n=24, periods=1, seed=5, inputs=1):
    """Rows below a concave frontier."""
    rng = np.random.default_rng(seed)
    count = n * periods
    labels = [(f"e{i // periods:02d}", i % periods if periods > 1 else None) for i in range(count)]
    x = rng.uniform(1, 4, (count, inputs))
    y = np.sqrt(x.mean(axis=1)) * np.exp(-np.abs(rng.normal(0, 0.3, count)))
    return activities(x, y[:, None], labels=labels)


def least_input(x, y, level):
    """Least input that makes a level under variable returns, over all pairs of rows."""
    if level > y.max():
        return np.inf
    best = min(x[y >= level])
    for low in np.flatnonzero(y < level):
        for high in np.flatnonzero(y > level):
            share = (y[high] - level) / (y[high] - y[low])
            best = min(best, share * x[low] + (1 - share) * x[high])
    return best


@pytest.mark.parametrize("scale", ["distance", "efficiency"])
def test_bounds_by_a_slow_loop(scale):
    """Every draw, quantile and bound comes out of a transparent loop over pairs of rows."""
    rows, m, draws = rows_of(), 12, 40
    x, y = rows.inputs[:, 0], rows.good_outputs[:, 0]
    found = subsampled_intervals(
        rows, options=VARIABLE_IN, draws=draws, seed=3, size=m, scale=scale, level=0.9
    )

    share = (m / 24) ** (2 / 3)
    ranks = rank_rows(rows)
    numbers = [ranks[entity] for entity, _ in rows.labels]
    for row in range(24):
        theta = least_input(x, y, y[row]) / x[row]
        drawn = []
        for k in range(draws):
            place = stream(3, k).permutation(24)[
                numbers
            ]  # of the entities, as their data number them
            chosen = np.flatnonzero(place < m)
            drawn.append(least_input(x[chosen], y[chosen], y[row]) / x[row])
        drawn = np.sort(drawn)
        if scale == "distance":
            ordered, centre = np.sort(1 / drawn), 1 / theta
        else:
            ordered, centre = drawn, theta
        # 40 draws: the quantiles 0.05 and 0.95 lie between order statistics; the outer ones count.
        bounds = [centre + (centre - q) * share / (1 - share) for q in (ordered[1], ordered[38])]
        if scale == "distance":
            bounds = [1 / bound for bound in bounds]
        bounds = np.maximum(np.sort(bounds), 0)
        np.testing.assert_allclose([found.low[row], found.high[row]], bounds, rtol=0, atol=BOUND)


def test_a_directional_distance_has_the_interval_of_the_radial_score():
    """β = φ - 1 along own outputs and 1 - θ along own inputs: so are the bounds."""
    rows = rows_of(inputs=2)
    kept = {"draws": 20, "seed": 1, "size": 14}
    up, wide = (
        subsampled_intervals(rows, options=Options(name, "variable", "output"), **kept)
        for name in ("radial", "directional")
    )
    down, narrow = (
        subsampled_intervals(rows, options=Options(name, "constant", "input"), **kept, **scale)
        for name, scale in (("radial", {"scale": "efficiency"}), ("directional", {}))
    )

    np.testing.assert_allclose(up.low - 1, wide.low, rtol=0, atol=BOUND)
    np.testing.assert_allclose(up.high - 1, wide.high, rtol=0, atol=BOUND)
    np.testing.assert_allclose(1 - down.high, narrow.low, rtol=0, atol=BOUND)
    np.testing.assert_allclose(1 - down.low, narrow.high, rtol=0, atol=BOUND)


def test_a_mean_direction_is_that_of_the_sample():
    """Subsamples are measured along the sample's mean, as if it were given in numbers."""
    rows = rows_of()
    means = rows.values.mean(axis=0).tolist()  # noqa: PD011 - an array
    numbers = dict(zip(rows.roles.names, means, strict=True))
    kept = {"draws": 10, "seed": 1, "size": 12}
    mean, given = (
        subsampled_intervals(
            rows, options=Options("directional", "variable", direction=one), **kept
        )
        for one in ("mean", numbers)
    )

    np.testing.assert_allclose(mean.high, given.high, rtol=0, atol=BOUND)


@pytest.mark.parametrize(("reference", "jobs"), [("global", 2), ("contemporaneous", 1)])
def test_the_order_of_rows_and_workers_change_nothing(reference, jobs):
    """Shuffled rows get the same intervals to the last digit, and so do two processes."""
    rows = rows_of(periods=2)
    options = Options("radial", "constant", "input", reference)
    shuffle = np.random.default_rng(1).permutation(rows.n)
    one = subsampled_intervals(rows, options=options, draws=8, seed=4, size=12)
    other = subsampled_intervals(
        rows.take(shuffle.tolist()), options=options, draws=8, seed=4, size=12, jobs=jobs
    )

    np.testing.assert_array_equal(one.low[shuffle], other.low)
    np.testing.assert_array_equal(one.high[shuffle], other.high)


def test_the_size_is_chosen_whatever_the_order_of_rows():
    """The size m is n to a power between 0.7 and 0.9, the same for shuffled rows, and stands in the result."""
    rows = rows_of()
    shuffle = np.random.default_rng(2).permutation(rows.n)
    one, other = (
        subsampled_intervals(given, options=CONSTANT_IN, draws=6, seed=4)
        for given in (rows, rows.take(shuffle.tolist()))
    )

    assert set(one.m_entities) <= {9, 11, 12, 14, 15, 17}
    assert set(one.m_entities) == set(other.m_entities)
    np.testing.assert_array_equal(one.low[shuffle], other.low)


def test_the_interval_begins_at_the_estimate():
    """No subsample reaches further than the sample: no bound is above the score."""
    rows = rows_of()
    found = subsampled_intervals(rows, options=VARIABLE_IN, draws=20, seed=1, size=12)
    theta = [
        least_input(rows.inputs[:, 0], rows.good_outputs[:, 0], level)
        for level in rows.good_outputs[:, 0]
    ] / rows.inputs[:, 0]

    assert (found.low < found.high).any()
    assert (found.low > 0).all()
    assert (found.high <= theta + BOUND).all()


@pytest.mark.parametrize(
    ("returns", "expected"),
    [("variable", 2 / 5), ("constant", 2 / 4)],
    ids=["variable", "constant"],
)
def test_the_rate_counts_inputs_and_outputs(returns, expected):
    """Two inputs, one good and one bad output: n^(2/5) under variable, n^(2/4) under constant."""
    rows = activities(np.ones((3, 2)), np.ones((3, 1)), np.ones((3, 1)))

    assert convergence_rate(Options("radial", returns, "input"), rows.roles) == expected


@pytest.mark.parametrize(
    "options",
    [
        Options("super_sbm"),
        Options("sbm"),
        Options("super_radial", orientation="input"),
        Options("nonradial_directional"),
        Options("radial", "non_increasing", "input"),
        Options("directional", "constant", disposability="weak"),
    ],
    ids=lambda one: f"{one.measure}-{one.returns_to_scale}-{one.disposability}",
)
def test_without_theory_there_is_no_interval_but_a_reason(options):
    """A measure whose limit is unknown gets no bounds; the result, a notice and an error say why."""
    rows = rows_of()
    found = infer(rows, options, Resampling(draws=5, seed=1))

    assert found.table[["low", "high"]].isna().all().all()
    assert "confidence interval" in str(found.reason)
    assert [notice.code for notice in found.notices] == ["inference.no_interval"]
    with pytest.raises(MethodError, match="No confidence interval is known"):
        subsampled_intervals(rows, options=options, draws=5, seed=1)


def test_with_theory_there_is_no_reason_against():
    """Radial and directional scores have intervals under constant and variable returns."""
    for measure in ("radial", "directional"):
        for returns in ("constant", "variable"):
            assert why_no_interval(Options(measure, returns, "input")) is None


def test_a_small_frontier_has_no_interval():
    """Frontiers of 19 entities have none, those of 20 beside them do; a notice counts the rows."""
    early = [(f"e{i:02d}", 1) for i in range(19)]
    late = [(f"e{i:02d}", 2) for i in range(20)]
    drawn = rows_of(39)
    rows = activities(drawn.inputs, drawn.good_outputs, labels=[*early, *late])
    options = Options("radial", "constant", "input", "contemporaneous")
    found = subsampled_intervals(rows, options=options, draws=6, seed=1, size=10)

    assert found.statuses == ("few_entities",) * 19 + ("interval",) * 20
    assert np.isnan(found.low[:19]).all()
    assert [notice.code for notice in found.notices] == ["inference.few_entities"]
    assert "19 scores" in str(found.notices[0].text)


def test_rows_that_subsamples_cannot_reach_are_counted():
    """The row with most output is beyond every frontier without it: counted, wide or unbounded."""
    rows = rows_of()
    top = int(rows.good_outputs[:, 0].argmax())
    kept = {"options": VARIABLE_IN, "draws": 30, "seed": 1, "size": 12}
    found = subsampled_intervals(rows, **kept)
    # Along own inputs β has a bound by nature; along given amounts it has none.
    direction = dict(zip(rows.roles.names, (1.0, 0.0), strict=True))
    other = subsampled_intervals(
        rows, **kept | {"options": Options("directional", "variable", direction=direction)}
    )
    number = rank_rows(rows)[rows.labels[top][0]]
    absent = sum(stream(1, k).permutation(24)[number] >= 12 for k in range(30))

    assert found.unreached[top] == absent
    assert found.statuses[top] == "interval"
    assert "inference.unreached" in [notice.code for notice in found.notices]
    assert other.statuses[top] == "unbounded"
    assert np.isnan(other.low[top])
    assert "inference.unbounded" in [notice.code for notice in other.notices]


def test_groups_have_frontiers_of_their_own():
    """Each group's interval is that of the group alone, with its own number of entities."""
    rows = rows_of(44)
    groups = ["a"] * 22 + ["b"] * 22
    options = Options("radial", "constant", "input", "group", group="kind")
    found = subsampled_intervals(rows, options=options, draws=6, seed=1, size=12, groups=groups)

    assert set(found.n_entities) == {22}
    assert (found.low < found.high).sum() > 30


def test_what_cannot_be_drawn_is_refused():
    """Sizes of the sample or more, a scale that a measure lacks, and a single draw are errors."""
    rows = rows_of()
    for size in (1, 24):
        with pytest.raises(OutOfDomain):
            subsampled_intervals(rows, options=CONSTANT_IN, draws=5, seed=1, size=size)
    with pytest.raises(SpecError):
        subsampled_intervals(
            rows, options=Options("directional"), draws=5, seed=1, scale="efficiency"
        )
    for measure in ("radial", "super_sbm"):
        with pytest.raises(SpecError):
            infer(rows, Options(measure, orientation="input"), Resampling(draws=1, seed=1))


def test_draws_of_entities_are_no_interval():
    """Against fewer entities no score is below that of the sample: the true score is never held.

    That is why they are called sensitivity to the sample and have no bounds `low` and `high`.
    """
    rows = rows_of(8)
    draws = resample_entities(rows, options=CONSTANT_IN, draws=6, seed=1).to_frame()
    score = rows.good_outputs[:, 0] / rows.inputs[:, 0]
    score = score / score.max()

    assert list(draws) == ["n_draws", "mean", "sd", "min", "max"]
    held = draws["n_draws"] > 0
    assert held.any()
    assert (draws["min"][held] >= score[held.to_numpy()] - BOUND).all()


def test_sizes_of_subsamples_stand_from_the_smallest_to_the_largest():
    """Each pair m of n once, in order: a report names the first and the last. Rows without an interval count for nothing."""
    rows = (
        ("interval", 20, 60),
        ("interval", 9, 24),
        ("none", 2, 3),
        ("interval", 20, 60),
        ("interval", 12, 30),
    )
    table = pd.DataFrame(rows, columns=["status", "m_entities", "n_entities"])
    found = ResampledScores(Resampling(), VARIABLE_IN, rows_of(8).roles, table, rate=2 / 3)

    assert found.sizes == ((9, 24), (12, 30), (20, 60))
    assert replace(found, rate=None).sizes == ()


@pytest.mark.parametrize(
    "only",
    [
        "radial, variable, 1+1, 50 rows",
        pytest.param("radial, constant, 2+1, 50", marks=pytest.mark.long),
    ],
)
def test_intervals_hold_the_true_score_of_simulated_samples(monkeypatch, only):
    """A small version of benchmarks/intervals/scores.py: 40 samples of 50 rows, 95 % intervals.

    The benchmark finds a coverage between 0.96 and 0.99 in these designs. 40 samples of 40 rows have
    a Monte Carlo error of about 0.012, as rows of a sample share its frontier: 0.92 is three of them
    below 0.96. Without the correction for the error of the estimate, coverage is below 0.92.
    """
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks" / "intervals"))
    from scores import rows

    (record,) = rows(samples=40, seed=7, only=only)

    assert record["nominal"] == 0.95
    assert record["samples"] == 40
    assert record["coverage"] >= 0.92
    assert record["coverage_without_correction"] < 0.92
    assert 0 < record["mean_width"] < 0.25
