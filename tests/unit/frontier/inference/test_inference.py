"""Bootstraps of scores: against published figures, slow oracles, and simulated truth."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import norm, truncnorm

import xinzhi as xz
from by_data import rank_rows
from cases_efficiency import activities, load, tolerance
from made_options import frame as options_frame
from xinzhi_core.errors import DataError, MethodError, SpecError
from xinzhi_frontier.evaluate import evaluate
from xinzhi_frontier.inference.intervals import (
    against,
    efficiencies,
    reference_bandwidth,
    resample_entities,
    shrink,
    smooth_draw,
    smoothed_bootstrap,
)
from xinzhi_frontier.inference.replicates import stream
from xinzhi_frontier.inference.second_stage import (
    corrected,
    second_stage,
    truncated_draw,
    truncated_regression,
)
from xinzhi_frontier.options import Options

RADIAL = Options("radial", "variable", "input")


@pytest.mark.usefixtures("shared")
def test_bias_of_the_julia_case():
    """Bias and corrected scores of DataEnvelopmentAnalysis.jl come out by its own way of drawing.

    The case is held to be wrong as a smoothed bootstrap: its program (deaboot.jl, step 3) rescales
    the draws as they were before the kernel's noise was added, so that nothing is smoothed, and it
    draws distances 1/θ. Drawn in this way with our frontiers its figures come out; with the noise
    of the paper the bias is larger.
    """
    case, rows = load("simar_wilson_bootstrap_julia")
    width = case["model"]["bandwidth"]
    efficiency = efficiencies(rows, RADIAL)
    both = np.concatenate([2 - 1 / efficiency, 1 / efficiency])
    rng = np.random.default_rng(1)
    distances = []
    for _ in range(400):
        drawn = rng.choice(both, len(efficiency))
        drawn = drawn.mean() + (drawn - drawn.mean()) / np.sqrt(1 + width**2 / both.var(ddof=1))
        drawn = np.where(drawn < 1, 2 - drawn, drawn)
        frontier = shrink(rows, RADIAL, efficiency * drawn)
        distances.append(1 / against(rows, frontier, RADIAL))
    corrected = 1 / (2 / efficiency - np.mean(distances, axis=0))
    smoothed = smoothed_bootstrap(rows, options=RADIAL, draws=100, seed=1, bandwidth=width)

    for key, ours in (("bias", efficiency - corrected), ("bias_corrected", corrected)):
        np.testing.assert_allclose(ours, case["expected"][key], rtol=0, atol=tolerance(case, key))
    assert (smoothed.bias > efficiency - corrected).all()


@pytest.mark.parametrize("scale", ["efficiency", "distance"])
def test_smoothed_bias_by_hand(scale):
    """Bias of a case with one input and output, against a slow re-implementation of the paper."""
    x, y = np.array([2.0, 4, 3, 5, 6]), np.array([1.0, 2, 3, 4, 5])
    rows = activities(x[:, None], y[:, None])
    found = smoothed_bootstrap(rows, options=RADIAL, draws=30, seed=3, bandwidth=0.1, scale=scale)
    ranks, slow = rank_rows(rows), []
    by_number = found.efficiency[sorted(range(5), key=lambda at: ranks[rows.labels[at][0]])]
    place = [ranks[entity] for entity, _ in rows.labels]
    for k in range(30):
        rng = stream(3, k)
        drawn = rng.choice(by_number, size=5, replace=True)
        rough = drawn + 0.1 * rng.standard_normal(5)
        rough = np.where(rough <= 1, rough, 2 - rough)
        star = drawn.mean() + (rough - drawn.mean()) / np.sqrt(1 + 0.01 / found.efficiency.var())
        star = star[place]
        slow.append([least_input(x * found.efficiency / star, y, level) for level in y] / x)

    corrected = 2 * found.efficiency - np.mean(slow, axis=0)
    if scale == "distance":
        corrected = 1 / (2 / found.efficiency - np.mean(1 / np.array(slow), axis=0))
    np.testing.assert_allclose(found.corrected, corrected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.bias, found.efficiency - corrected, rtol=0, atol=1e-9)


def test_a_smoothed_correction_on_distances_takes_less():
    """The mean h of 1/θ* is at least 1/m, m that of θ* (Jensen), and 1 / (2/θ - 1/m) at least 2θ - m."""
    kept = {"options": RADIAL, "draws": 40, "seed": 2}
    efficiency, distance = (
        smoothed_bootstrap(panel(), scale=scale, **kept) for scale in ("efficiency", "distance")
    )

    np.testing.assert_array_equal(efficiency.efficiency, distance.efficiency)
    assert (distance.corrected >= efficiency.corrected - 1e-9).all()
    assert (distance.corrected > efficiency.corrected + 1e-6).any()


def least_input(x, y, level):
    """Least input that makes a level under variable returns, over all pairs of rows."""
    best = min(x[y >= level])
    for low in np.flatnonzero(y < level):
        for high in np.flatnonzero(y > level):
            share = (y[high] - level) / (y[high] - y[low])
            best = min(best, share * x[low] + (1 - share) * x[high])
    return best


def panel(n=12, periods=2, seed=3):
    """Rows with one input and one output, below a concave frontier."""
    rng = np.random.default_rng(seed)
    labels = [(f"e{i:02d}", t) for i in range(n) for t in range(periods)]
    x = rng.uniform(1, 4, (len(labels), 1))
    y = np.sqrt(x) * np.exp(-np.abs(rng.normal(0, 0.3, x.shape)))
    return activities(x, y, labels=labels)


@pytest.mark.parametrize("side", ["input", "output"])
def test_efficiencies_are_biased_upwards(side):
    """The estimated frontier lies inside the true one: bias >= 0; and no interval is offered."""
    found = smoothed_bootstrap(
        panel(), options=Options("radial", "variable", side), draws=30, seed=2
    )

    assert (found.bias > -1e-9).all()
    assert (found.corrected <= found.efficiency + 1e-9).all()
    assert list(found.to_frame()) == ["efficiency", "bias", "corrected", "variance"]


def test_workers_do_not_change_replicates():
    """Replicate k has its own stream: two processes give the same numbers as one."""
    rows = panel(6, 1)
    one, two = (
        smoothed_bootstrap(rows, options=RADIAL, draws=8, seed=5, jobs=jobs) for jobs in (1, 2)
    )

    np.testing.assert_array_equal(one.bias, two.bias)


def test_the_order_of_rows_changes_no_bias():
    """Rows are drawn in an order of their own: shuffled, they have the same bias to the digit."""
    rows = panel(8)
    shuffle = np.random.default_rng(4).permutation(rows.n)
    one = smoothed_bootstrap(rows, options=RADIAL, draws=8, seed=5)
    other = smoothed_bootstrap(rows.take(shuffle.tolist()), options=RADIAL, draws=8, seed=5)

    np.testing.assert_array_equal(one.bias[shuffle], other.bias)
    assert other.labels == tuple(rows.labels[at] for at in shuffle)


def test_smooth_draws_keep_mean_and_variance():
    """The rescaled draws have about the variance of the efficiencies and stay within (0, 1]."""
    rng = np.random.default_rng(0)
    efficiency = rng.beta(8, 3, 4000)
    drawn = smooth_draw(efficiency, reference_bandwidth(efficiency), rng)

    assert drawn.max() <= 1
    assert drawn.std() == pytest.approx(efficiency.std(), rel=0.05)
    assert drawn.mean() == pytest.approx(efficiency.mean(), abs=0.02)


@pytest.mark.parametrize(
    ("efficiency", "least"),
    [
        # Most rows near 1, a few far away: the quartiles are narrower than the standard deviation.
        ([0.97, 0.96, 0.98, 0.95, 0.97, 0.3, 1.0, 1.0], "quartiles"),
        # Two heaps on both sides of 1: the standard deviation is narrower than the quartiles.
        ([0.5, 0.52, 0.51, 0.5, 0.49, 1.0], "deviation"),
    ],
)
def test_the_bandwidth_is_the_normal_reference_rule(efficiency, least):
    """0.9 min(σ, IQR / 1.34) (2m)^(-1/5), back to the n rows: Simar and Wilson (2000), by statistics of the library."""
    low = [theta for theta in efficiency if theta < 1]
    both = [*low, *(2 - theta for theta in low)]
    sigma = statistics.stdev(both)
    first, _, third = statistics.quantiles(both, n=4, method="inclusive")
    spread = {"deviation": sigma, "quartiles": (third - first) / 1.34}
    assert min(spread, key=spread.__getitem__) == least
    rule = 0.9 * spread[least] * len(both) ** (-1 / 5)
    back = (len(both) / len(efficiency)) ** (1 / 5) * statistics.stdev(efficiency) / sigma

    assert reference_bandwidth(np.array(efficiency)) == pytest.approx(rule * back, rel=1e-12)


def test_truncated_regression_maximises_the_likelihood():
    """The fit equals a general-purpose maximisation of the textbook likelihood (slow oracle)."""
    rng = np.random.default_rng(4)
    design = np.column_stack([np.ones(150), rng.normal(size=(150, 2))])
    mean = design @ [1.2, 0.4, -0.3]
    y = truncated_draw(mean, 0.7, 1.0, rng)

    def minus(theta):
        index, sigma = design @ theta[:3], np.exp(theta[3])
        return -np.sum(norm.logpdf(y, index, sigma) - norm.logsf(1.0, index, sigma))

    oracle = minimize(minus, [1.0, 0.0, 0.0, 0.0], method="Nelder-Mead", options={
        "xatol": 1e-9, "fatol": 1e-12, "maxiter": 20_000, "maxfev": 20_000
    })  # fmt: skip
    found = truncated_regression(y, design, left=1.0)

    np.testing.assert_allclose(found.coefficients, oracle.x[:3], rtol=0, atol=1e-5)
    assert found.sigma == pytest.approx(np.exp(oracle.x[3]), abs=1e-5)
    assert found.log_likelihood == pytest.approx(-oracle.fun, abs=1e-8)


def test_truncated_draws_have_their_distribution():
    """Mean and variance of draws are those of the truncated normal, far in the tail too."""
    rng = np.random.default_rng(6)
    for mean in (0.0, 1.5, -30.0):
        drawn = truncated_draw(np.full(20_000, mean), 1.0, 1.0, rng)
        expected = truncnorm(1.0 - mean, np.inf, loc=mean)

        assert drawn.min() > 1
        assert drawn.mean() == pytest.approx(expected.mean(), rel=0.02)


def test_columns_that_others_determine_are_refused():
    """A design without full rank identifies nothing."""
    with pytest.raises(MethodError):
        truncated_regression(np.full(9, 2.0), np.ones((9, 2)), left=1.0)


@pytest.mark.parametrize("algorithm", [1, 2])
def test_the_second_stage_finds_a_simulated_effect(algorithm):
    """A variable that raises distances by 0.5 is found, with an interval around the truth."""
    rng = np.random.default_rng(8)
    n = 60
    z = rng.uniform(0, 2, n)
    distance = truncated_draw(1.0 + 0.5 * z, 0.2, 1.0, rng)
    x = rng.uniform(1, 4, n)
    rows = activities(x[:, None], (x / distance)[:, None])

    found = second_stage(
        rows,
        options=Options("radial", "constant", "output"),
        variables=z[:, None],
        names=("z",),
        algorithm=algorithm,
        draws=100,
        bias_draws=20,
        seed=9,
        level=0.99,
    ).to_frame()

    assert found.index.tolist() == ["constant", "z", "sigma"]
    assert found.loc["z", "ci_low"] < 0.5 < found.loc["z", "ci_high"]
    assert found.loc["z", "p_value"] < 0.05


def second_stage_sample(n=40):
    """Distances that a variable raises, some rows on the frontier; constant returns."""
    rng = np.random.default_rng(12)
    z = rng.uniform(0, 2, n)
    x = rng.uniform(1, 4, n)
    distance = truncated_draw(0.9 + 0.5 * z, 0.3, 1.0, rng)
    distance[:10] = 1.0
    return activities(x[:, None], (x / distance)[:, None]), z


def test_algorithm_1_draws_for_the_rows_that_it_fits():
    """Step 3 of algorithm 1 of Simar and Wilson (2007): a sample of m, not n, in every replicate.

    A transparent loop: the m = 30 rows with a distance above 1 are fitted; each replicate draws a
    distance for each of them and fits again. Drawing for all n made the interval narrower.
    """
    rows, z = second_stage_sample()
    options = Options("radial", "constant", "output")
    found = second_stage(
        rows, options=options, variables=z[:, None], names=("z",), algorithm=1, draws=60, seed=3
    )

    distance = evaluate(rows, options=options).scores
    ranks = rank_rows(rows)
    order = sorted(range(40), key=lambda at: ranks[rows.labels[at][0]])
    above = [at for at in order if distance[at] > 1 + 1e-9]
    design = np.column_stack([np.ones(len(above)), z[above]])
    fit = truncated_regression(distance[above], design, left=1.0)
    drawn = []
    for k in range(60):
        star = truncated_draw(design @ fit.coefficients, fit.sigma, 1.0, stream(3, k, stage=2))
        again = truncated_regression(star, design, left=1.0)
        drawn.append([*again.coefficients, again.sigma])
    # Of 60 draws turned around the estimate the first from either side: 2 · 1/61 is below 0.05, 2 · 2/61 is not.
    mirrored = np.sort(2 * found.estimates - np.array(drawn), axis=0)
    low, high = mirrored[0], mirrored[-1]

    assert len(above) == found.n_fitted == 30
    np.testing.assert_allclose(found.estimates[:2], fit.coefficients, rtol=0, atol=1e-9)
    # The distances differ by rounding, the maxima of two likelihoods by the last step of Newton.
    np.testing.assert_allclose(found.low, low, rtol=0, atol=1e-6)
    np.testing.assert_allclose(found.high, high, rtol=0, atol=1e-6)
    assert "10 of 40 rows lie on the estimated frontier" in str(found.notices[1].text)


def test_algorithm_2_draws_for_all_rows_whose_corrected_distance_is_above_1():
    """The correction lifts the rows on the frontier: the last regression is of all n."""
    rows, z = second_stage_sample()
    options = Options("radial", "constant", "output")
    found = second_stage(
        rows,
        options=options,
        variables=z[:, None],
        names=("z",),
        algorithm=2,
        draws=20,
        bias_draws=10,
        seed=3,
    )

    assert (found.distances > 1).all()
    assert found.n_fitted == 40
    assert [notice.code for notice in found.notices] == ["inference.separability"]


@pytest.mark.parametrize("algorithm", [1, 2])
def test_the_order_of_rows_changes_no_second_stage(algorithm):
    """Rows are drawn in an order of their own: shuffled, the coefficients are the same."""
    rows, z = second_stage_sample()
    shuffle = np.random.default_rng(4).permutation(rows.n)
    kept = {"names": ("z",), "algorithm": algorithm, "draws": 10, "bias_draws": 4, "seed": 5}
    options = Options("radial", "constant", "output")
    one = second_stage(rows, options=options, variables=z[:, None], **kept)
    other = second_stage(
        rows.take(shuffle.tolist()), options=options, variables=z[shuffle, None], **kept
    )

    np.testing.assert_array_equal(one.to_frame(), other.to_frame())
    np.testing.assert_array_equal(one.distances[shuffle], other.distances)


def test_bootstraps_of_other_measures_are_refused():
    """The theory is for radial scores."""
    with pytest.raises(SpecError):
        smoothed_bootstrap(panel(), options=Options("sbm"), draws=10, seed=1)
    with pytest.raises(SpecError):
        smoothed_bootstrap(panel(), options=RADIAL, draws=1, seed=1)


def test_entities_are_drawn_whole_and_measured_again():
    """A draw scores the rows of its entities on their own frontier, and nobody else."""
    rows = panel()
    options = Options("super_sbm")
    found = resample_entities(rows, options=options, draws=5, seed=7)
    names = [entity for entity, _ in rows.labels]

    for drawn, scores in zip(found.drawn, found.scores, strict=True):
        chosen = {found.entities[i] for i in drawn}
        inside = np.array([name in chosen for name in names])
        assert np.isnan(scores[~inside]).all()
        again = evaluate(rows.take(np.flatnonzero(inside).tolist()), options=options)
        # In the order of names sums are added up in another order than in that of the data.
        np.testing.assert_allclose(scores[inside], again.scores, rtol=0, atol=1e-12)
    assert (found.to_frame()["n_draws"] <= 5).all()


def test_a_second_stage_variable_with_gaps_is_refused():
    """By variable, with the count, the first three places and the remedy; never NaN coefficients."""
    rows, z = second_stage_sample()
    variables = np.column_stack([z, z, z])
    variables[[3, 5, 8, 9], 1] = np.nan
    variables[7, 2] = -np.inf

    with pytest.raises(DataError) as caught:
        second_stage(
            rows,
            options=Options("radial", "variable", orientation="output"),
            variables=variables,
            names=("a", "b", "c"),
            seed=1,
        )

    missing, infinite = caught.value.problems
    assert (missing.code, missing.where.column) == ("inference.missing", "b")
    assert "'b' is missing in 4 rows" in str(missing.what)
    for place in (3, 5, 8):
        assert rows.labels[place][0] in str(missing.what)
    assert "1 more" in str(missing.what)
    assert (infinite.code, infinite.where.entity) == ("inference.infinite", rows.labels[7][0])
    assert "'c' is infinite in 1 row:" in str(infinite.what)


def test_second_stage_variables_go_with_the_rows():
    """Of another length, or with fewer names than columns: an error, not another regression."""
    rows, z = second_stage_sample()
    kept = {"options": Options("radial", "variable", orientation="output"), "seed": 1}

    with pytest.raises(ValueError, match="for 40 rows and 1 names"):
        second_stage(rows, variables=z[:-1, None], names=("z",), **kept)


def test_rows_that_drawn_frontiers_do_not_reach_are_counted():
    """The bias is the mean over the draws that reach a row; a row that none reaches is left out, and said."""
    drawn = np.array([[1.5, 1.2, np.nan, 1.1], [1.7, np.nan, np.nan, 1.3]])

    distance, notices = corrected(np.array([1.4, 1.1, 1.2, np.nan]), drawn)

    np.testing.assert_allclose(distance, [2 * 1.4 - 1.6, 2 * 1.1 - 1.2, np.nan, np.nan], rtol=1e-15)
    assert [str(one.text) for one in notices] == [
        "1 row is not reached by the frontiers of some of the 2 draws: its bias is the mean over the others.",
        (
            "1 row is reached by the frontier of none of the 2 draws: its bias is not known, and it is left out of the "
            "second stage."
        ),
    ]


def test_a_row_without_a_bias_is_not_said_to_have_no_score():
    """Bads that cannot be reached by the frontiers drawn for the base period: six rows have a score and no bias."""
    data = options_frame().reset_index()
    roles = {"inputs": ["labour", "capital"], "good_outputs": ["gdp"], "bad_outputs": ["waste"]}
    words = {
        **roles,
        "measure": "radial",
        "reference": "base",
        "base_period": 2010,
        "entity": "place",
        "period": "year",
    }

    found = xz.second_stage(data, regressors=["talent"], draws=49, bias_draws=5, seed=1, **words)

    assert np.isnan(found.distances).sum() == 6
    assert np.isfinite(xz.evaluate(data, **words).scores).all()
    said = [str(one.text) for one in found.notices]
    assert (
        "6 rows are reached by the frontier of none of the 5 draws: their bias is not known, and they are left out of "
        "the second stage." in said
    )
    assert not any("no score" in text for text in said)
