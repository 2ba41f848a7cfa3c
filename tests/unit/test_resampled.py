"""One rule for resampled p-values: never 0, in step with their intervals, refused where nothing can be found."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import xinzhi as xz
from made_resampled import STUDY, frame
from xinzhi.analyses.analysis import ANALYSES
from xinzhi.analyses.whole_study.compute import choose_scheme
from xinzhi.study.file.load import spec_of
from xinzhi_core.errors import SpecError
from xinzhi_core.resampled import (
    coarse,
    enough_draws,
    least_draws,
    order_of,
    p_of_count,
    too_few,
    two_sided,
    zero_interval,
    zero_p,
)
from xinzhi_econometrics.resampling.cluster_bootstrap import percentile
from xinzhi_econometrics.resampling.permutation import permutation_p

LEVELS = [0.5, 0.8, 0.9, 0.95, 0.99]
DRAWS = st.lists(st.integers(-6, 12), min_size=1, max_size=130)


def slow_p(draws):
    """Count with whole numbers."""
    low, high = (1 + sum(sign * d <= 0 for d in draws) for sign in (1, -1))
    return min(Fraction(1), Fraction(2 * min(low, high), 1 + len(draws)))


@given(DRAWS)
def test_p_by_fractions_and_never_below_two_in_b_plus_one(draws):
    """Ties at zero count in both tails; draws that failed count nowhere."""
    values = np.array(draws, dtype=float)
    p = zero_p(values)
    assert p == pytest.approx(float(slow_p(draws)), rel=1e-14)
    assert p >= min(1.0, 2 / (len(draws) + 1) * (1 - 1e-14))
    assert zero_p(np.concatenate([[np.nan], values, [np.nan]])) == p
    assert zero_p(-values) == p


@given(DRAWS, st.sampled_from(LEVELS))
def test_an_interval_leaves_out_zero_exactly_where_p_is_below_the_level(draws, level):
    """For every number of draws, by exact arithmetic; also of the scheme of subsamples and of the bootstrap."""
    values = np.array(draws, dtype=float)
    low, high = zero_interval(values, level)
    alpha = 1 - Fraction(str(level))
    assert (low > 0 or high < 0) == (slow_p(draws) < alpha)
    assert zero_interval(-values, level) == (-high, -low)
    bounds = percentile(np.append(values, np.nan), level=level)
    if len(draws) > 1:
        assert (bounds.low, bounds.high, bounds.n_lost) == (low, high, 1)
        assert bounds.p_value == zero_p(values)
        assert bounds.std_error == pytest.approx(np.std(draws, ddof=1))
    subsamples = choose_scheme("subsample", 12, 40, 1)
    spread = subsamples.distribution(1.0, values, 0.5)
    low, high = subsamples.interval(1.0, values, level, 0.5)
    assert (low > 0 or high < 0) == (slow_p(spread.tolist()) < alpha)


@pytest.mark.parametrize("alpha", ["0.5", "0.2", "0.1", "0.05", "0.01", "0.001"])
@pytest.mark.parametrize("sides", [1, 2])
def test_the_least_number_of_draws(alpha, sides):
    """One draw less can find nothing; the refusal names this number and a better one."""
    exact, least = Fraction(alpha), least_draws(float(alpha), sides=sides)
    assert Fraction(sides, least + 1) < exact
    assert Fraction(sides, least) >= exact
    assert not [*too_few(least, float(alpha), sides=sides)]
    (problem,) = too_few(least - 1, float(alpha), sides=sides)
    assert problem.code == "draws.too_few"
    assert f"With {least - 1} draw{'s' if least > 2 else ''} no" in str(problem.what)
    assert f"at least {least} draws; {enough_draws(float(alpha))} or more" in str(problem.remedy)
    if sides == 2:
        ones = np.ones(least)
        assert zero_interval(ones, 1 - float(alpha))[0] > 0
        assert zero_interval(ones[1:], 1 - float(alpha))[0] == -np.inf


@given(st.integers(1, 5000), st.sampled_from(LEVELS))
def test_the_order_of_the_ends_by_fractions(n, level):
    """The largest j with 2j/(n + 1) below the level."""
    alpha, j = 1 - Fraction(str(level)), order_of(n, level)
    assert j == 0 or Fraction(2 * j, n + 1) < alpha
    assert Fraction(2 * (j + 1), n + 1) >= alpha


def test_few_draws_are_said_and_enough_are_not():
    """From 19 over the level on nothing is said; what is refused is not said again."""
    assert [len([*coarse(n, 0.05, "x.draws")]) for n in (39, 40, 378, 379, 1000)] == [0, 1, 1, 0, 0]
    (notice,) = coarse(99, 0.05, "mediation.a.draws")
    assert (notice.code, notice.where.key) == ("draws.coarse", "mediation.a.draws")
    assert "99 draws give p-values in steps of 0.02" in str(notice.text)
    assert "379 or more are better" in str(notice.text)
    assert "in steps of 0.01" in str(next(coarse(99, 0.05, "x", sides=1)).text)


def test_tails_and_counts():
    assert two_sided(np.array([0.3, 0.9]), np.array([0.2, 0.8])).tolist() == [0.4, 1.0]
    assert p_of_count(np.array([0, 4]), np.array([9, 9])).tolist() == [0.1, 0.5]
    assert permutation_p(2.0, np.array([-2.0, 1.0, 3.0, np.nan])) == 0.75


DETECTOR = (
    "detector: {parts: {outcome: firms, factors: [talent], strata: best, permutations: 99}}\n"
)
WITH_DRAWS = {
    "mediation.through": ("through: [firms], draws: 40", "through: [firms], draws: {n}", 40),
    "moderation.tools": ("firms -> e], draws: 40", "firms -> e], draws: {n}", 40),
    "heterogeneity.groups": ("by: [region], draws: 40", "by: [region], draws: {n}", 20),
    "second_stage.why": ("[wealth], draws: 40", "[wealth], draws: {n}", 40),
    "inference.scores": (
        "scores: {draws: 10, level: 0.8,",
        "scores: {{draws: {n}, level: 0.95,",
        40,
    ),
    "inference.whole_study": (
        "whole_study: {draws: 16, level: 0.8",
        "whole_study: {{draws: {n}, level: 0.95",
        40,
    ),
    "inference.placebo": ("[talent], draws: 20", "[talent], draws: {n}", 20),
}


@pytest.mark.parametrize("place", WITH_DRAWS)
def test_every_analysis_refuses_too_few_draws_with_its_place(place):
    """At 5 %: doubled tails need 40 draws, tests that count both tails at once 20."""
    before, after, least = WITH_DRAWS[place]
    study = STUDY.replace("  level: 0.2\n", "")
    assert before in study
    others = study.replace("{draws: 10, level: 0.8,", "{draws: 40,").replace(
        "{draws: 16, level: 0.8}", "{draws: 40}"
    )
    text = (study if place.endswith(("scores", "whole_study")) else others).replace(
        before, after.format(n="{n}")
    )
    spec_of(text.replace("{n}", str(least)), "s.yaml")
    with pytest.raises(SpecError) as refused:
        spec_of(text.replace("{n}", str(least - 1)), "s.yaml")
    (problem,) = refused.value.problems
    assert problem.code == "draws.too_few"
    assert problem.where.line is not None
    assert f"at least {least} draws" in str(problem.remedy)


def test_best_strata_need_draws_for_the_level():
    """At 0.5 % a p-value of 99 random orders can never lie below the level."""
    with pytest.raises(SpecError) as refused:
        spec_of(STUDY.replace("  level: 0.2\n", "  level: 0.005\n") + DETECTOR, "s.yaml")
    (found,) = (one for one in refused.value.problems if str(one.where.key).startswith("detector"))
    assert found.code == "draws.too_few"
    assert "at least" in str(found.remedy)


def test_the_made_study_asks_every_analysis_that_judges_by_draws():
    """An analysis that lists draws and is not in this table is not tested by it."""
    kinds = {place.split(".")[0] for place in WITH_DRAWS} | {"whole_study", "placebo", "detector"}
    listing = {key for key, one in ANALYSES if "drawn" in vars(type(one))}
    assert listing == kinds


def test_python_refuses_too_few_draws_too():
    data = frame().set_index(["city", "year"])
    words = {"outcome": "gdp", "regressors": "talent", "through": "firms"}
    with pytest.raises(SpecError, match="at least 40 draws"):
        xz.mediate(data, **words, draws=20)
    found = xz.mediate(data, **words, draws=40)
    assert found.to_frame()["bootstrap_p"][0] >= 2 / 41
