"""Exposure of cities to the robots of industries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xinzhi.prepare.shocks import add_up_instalments
from xinzhi.prepare.step import prepare
from xinzhi.prepare.steps.exposure import exposure
from xinzhi_core.errors import DataError, OutOfDomain, SpecError
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.wording import say

CITIES, INDUSTRIES, YEARS = ["甲", "乙"], ["制造", "采矿"], [2008, 2009]
PANEL = panel_of(
    pd.DataFrame(
        {"x": [1.0] * 4},
        index=pd.MultiIndex.from_product([CITIES, YEARS], names=["entity", "period"]),
    )
)


def table(values, *levels):
    index = pd.MultiIndex.from_product(levels) if len(levels) > 1 else pd.Index(levels[0])
    return pd.DataFrame({"v": np.asarray(values, dtype=float).ravel()}, index=index)


SOURCES = {
    "census": table([[60, 40], [20, 80]], CITIES, INDUSTRIES),
    "national": table([800, 1200], INDUSTRIES),
    "robots": table([[40, 80], [12, 30]], INDUSTRIES, YEARS),
}
STEP = {"step": "exposure", "shares": "census", "national": "national", "shocks": "robots"}


def run(panel=PANEL, sources=None, **options):
    chosen = {key: value for key, value in {**STEP, **options}.items() if value is not None}
    return prepare(panel, [("R", chosen)], sources={**SOURCES, **(sources or {})})


def by_city(panel, column="R"):
    return panel.frame[column].unstack().loc[CITIES].to_numpy()  # noqa: PD010


def test_equation_one_gives_the_worked_numbers():
    """0.034 and 0.018 in the first year, 0.070 and 0.040 in the second; times 10,000."""
    expected = np.array([[0.034, 0.070], [0.018, 0.040]])
    np.testing.assert_allclose(by_city(run()), expected, rtol=1e-12)
    np.testing.assert_allclose(by_city(run(scale=10_000)), expected * 10_000, rtol=1e-12)


def test_allocating_national_robots_by_employment_is_the_same_number():
    """Robots of an industry shared out by the city's part of it, per worker of the city."""
    employment = np.array([[60.0, 40.0], [20.0, 80.0]])
    robots = np.array([[40.0, 80.0], [12.0, 30.0]])
    allocated = (employment / [800.0, 1200.0]) @ robots / employment.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(by_city(run()), allocated, rtol=1e-12)


def test_the_variant_of_table_six_leaves_out_the_division():
    """In-city shares applied to the robots themselves."""
    found = run(variant="in_city_shares", national=None)
    np.testing.assert_allclose(by_city(found), [[28.8, 60.0], [17.6, 40.0]], rtol=1e-12)


def test_dynamic_weights_follow_the_enterprises_of_the_year():
    """Weights of the second year differ from those of the first."""
    sources = {
        **SOURCES,
        "firms": table([[[6, 5], [4, 5]], [[2, 1], [8, 0]]], CITIES, INDUSTRIES, YEARS),
        "workers": table([[800, 900], [1200, 1000]], INDUSTRIES, YEARS),
    }
    options = {"step": "dynamic_exposure", "enterprises": "firms", "shocks": "robots"}
    done = prepare(PANEL, [("R", {**options, "national": "workers"})], sources=sources)
    expected = [
        [0.6 * 40 / 800 + 0.4 * 12 / 1200, 0.5 * 80 / 900 + 0.5 * 30 / 1000],
        [0.2 * 40 / 800 + 0.8 * 12 / 1200, 80 / 900],
    ]
    np.testing.assert_allclose(by_city(done), expected, rtol=1e-12)


def test_dynamic_weights_go_beyond_the_shocks_only_as_declared():
    """Shocks that end in 2008 are held for 2009 and flagged; without a rule the year is missing."""
    sources = {
        **SOURCES,
        "robots": table([[40], [12]], INDUSTRIES, [2008]),
        "firms": table([[[6, 5], [4, 5]], [[2, 1], [8, 0]]], CITIES, INDUSTRIES, YEARS),
        "workers": table([[800, 800], [1200, 1200]], INDUSTRIES, YEARS),
    }
    step = {
        "step": "dynamic_exposure",
        "enterprises": "firms",
        "shocks": "robots",
        "national": "workers",
    }
    bare = prepare(PANEL, [("R", step)], sources=sources)
    assert np.isnan(by_city(bare)[:, 1]).all()
    rule = {"extrapolate": {"to": 2009, "method": "hold"}}
    held = prepare(PANEL, [("R", {**step, **rule})], sources=sources)
    assert by_city(held)[1, 1] == pytest.approx(40 / 800, rel=1e-12)
    assert held.ledger.filled("R") == {("甲", 2009), ("乙", 2009)}
    with pytest.raises(SpecError):
        prepare(PANEL, [("R", {**step, "extrapolate": {"to": 2009}})], sources=sources)


def test_instalments_add_up_to_stocks_less_ten_percent():
    """10, 12, 15 at 10 percent are 10, 21, 33.9."""
    stocks = add_up_instalments(pd.DataFrame([[10.0, 12.0, 15.0]]), depreciation=0.1)
    np.testing.assert_allclose(stocks, [[10, 21, 33.9]], rtol=1e-12)
    found = run(instalments=0.1)
    second = 0.6 * (0.9 * 40 + 80) / 800 + 0.4 * (0.9 * 12 + 30) / 1200
    assert by_city(found)[0, 1] == pytest.approx(second, rel=1e-12)


def test_own_employment_can_be_left_out_of_the_total():
    """The national total of each city is without its own workers."""
    found = run(leave_one_out=True)
    assert by_city(found)[0, 0] == pytest.approx(0.6 * 40 / 740 + 0.4 * 12 / 1160, rel=1e-12)


def with_unit(frame, unit):
    frame = frame.copy()
    frame.attrs["units"] = {"v": unit}
    return frame


def test_workers_are_counted_in_heads_where_their_unit_is_known():
    """0.08 万人 are 800 workers, with and without one's own; one known unit alone is refused."""
    wan = {"national": with_unit(table([0.08, 0.12], INDUSTRIES), "万人")}
    np.testing.assert_allclose(by_city(run(sources=wan)), by_city(run()), rtol=1e-12)
    both = {**wan, "census": with_unit(SOURCES["census"], "人")}
    found = run(sources=both, leave_one_out=True)
    np.testing.assert_allclose(by_city(found), by_city(run(leave_one_out=True)), rtol=1e-12)
    with pytest.raises(SpecError, match="unknown"):
        run(sources=wan, leave_one_out=True)


def test_growth_of_the_industry_is_taken_off_the_change():
    """Robots that only kept pace with output are no exposure."""
    sources = {"output": table([[100, 200], [100, 100]], INDUSTRIES, YEARS)}
    found = by_city(run(sources=sources, variant="growth_adjusted", output="output"))
    np.testing.assert_allclose(found[:, 0], 0, atol=1e-15)
    assert found[0, 1] == pytest.approx(0.4 * (30 - 12) / 1200, rel=1e-12)


def test_years_beyond_the_shocks_are_missing_or_declared_and_flagged():
    """Without a rule the year is missing; with one it is continued and flagged."""
    index = pd.MultiIndex.from_product([CITIES, [2009, 2010]], names=["entity", "period"])
    later = panel_of(pd.DataFrame({"x": [1.0] * 4}, index=index))
    assert by_city(run(later))[:, 1].tolist() != by_city(run(later))[:, 1].tolist()
    found = run(later, extrapolate={"to": 2010, "method": "growth"})
    assert by_city(found)[0, 1] == pytest.approx(0.6 * 160 / 800 + 0.4 * 75 / 1200, rel=1e-12)
    assert found.ledger.filled("R") == {("甲", 2010), ("乙", 2010)}


def test_every_industry_without_a_rate_of_growth_is_named():
    """One that begins and one that ends at 0; one that never had any goes on without."""
    robots = table([[0, 80], [12, 0]], INDUSTRIES, YEARS)
    with pytest.raises(OutOfDomain) as caught:
        run(sources={"robots": robots}, extrapolate={"to": 2010, "method": "growth"})
    assert [say(one.what, "en") for one in caught.value.problems] == [
        "The series of 制造 from 0.0 to 80.0 has no rate of growth.",
        "The series of 采矿 from 12.0 to 0.0 has no rate of growth.",
    ]
    first = caught.value.problems[0]
    assert say(first.what, "zh") == "“制造”从 0.0 到 80.0 的序列没有增长率。"
    assert (first.where.file, first.where.key) == ("robots", "prepare.R")
    assert say(first.remedy, "en") == "extrapolate by `linear` or `hold`."

    never = table([[40, 80], [0, 0]], INDUSTRIES, YEARS)
    index = pd.MultiIndex.from_product([CITIES, [2009, 2010]], names=["entity", "period"])
    later = panel_of(pd.DataFrame({"x": [1.0] * 4}, index=index))
    rule = {"to": 2010, "method": "growth"}
    found = by_city(run(later, sources={"robots": never}, extrapolate=rule))
    assert found[0, 1] == pytest.approx(0.6 * 160 / 800, rel=1e-12)


def test_a_source_of_texts_has_no_column_to_name():
    """The columns that are there are named, and which cells to correct."""
    texts = table([800, 1200], INDUSTRIES).astype(str).replace("800.0", "many")
    with pytest.raises(DataError) as caught:
        run(sources={"national": texts})
    (one,) = caught.value.problems
    assert say(one.what, "en") == "No column of 'national' holds numbers."
    assert say(one.remedy, "en") == "correct the cells that are not numbers; its columns: v."
    assert say(one.what, "zh") == "“national”中没有数值列。"


SHOCKS = arrays(float, (2, 2), elements=st.floats(0, 1e6))


@given(SHOCKS, SHOCKS, st.floats(0, 10))
def test_exposure_is_linear_in_the_shocks(first, second, factor):
    """Twice the robots, twice the exposure; sums of shocks, sums of exposures."""
    weights = np.array([[0.6, 0.4], [0.2, 0.8]])
    both = exposure(weights, first + factor * second)
    np.testing.assert_allclose(
        both, exposure(weights, first) + factor * exposure(weights, second), rtol=1e-9, atol=1e-9
    )


def test_names_with_and_without_rank_are_one_city_and_others_are_errors():
    """甲市 in the census is 甲 in the panel; a city without a row is named with the nearest."""
    renamed = table([[60, 40], [20, 80]], ["唐山市", "大同市"], INDUSTRIES)
    index = pd.MultiIndex.from_product([["唐山", "大同"], YEARS], names=["entity", "period"])
    panel = panel_of(pd.DataFrame({"x": [1.0] * 4}, index=index))
    assert run(panel, sources={"census": renamed}).frame["R"].notna().all()
    with pytest.raises(DataError) as caught:
        run(sources={"census": renamed})
    assert {p.where.entity for p in caught.value.problems} == set(CITIES)


@pytest.mark.parametrize(
    ("options", "sources", "error"),
    [
        ({"national": None}, {}, SpecError),
        ({"variant": "in_city_shares"}, {}, SpecError),
        ({"variant": "growth_adjusted"}, {}, SpecError),
        ({"extrapolate": {"to": 2010}}, {}, SpecError),
        ({"shares": "cencus"}, {}, SpecError),
        ({}, {"national": table([800, 0], INDUSTRIES)}, OutOfDomain),
        ({}, {"national": table([800, 1200], ["制造", "建筑"])}, DataError),
        ({}, {"census": table([[60, 40], [-1, 80]], CITIES, INDUSTRIES)}, OutOfDomain),
        ({}, {"census": table([[60, 40], [0, 0]], CITIES, INDUSTRIES)}, OutOfDomain),
        ({}, {"robots": table([40, 12], INDUSTRIES)}, DataError),
        ({"leave_one_out": True}, {"national": table([60, 1200], INDUSTRIES)}, OutOfDomain),
        ({}, {"robots": table([[40, 80], [12, 30]], INDUSTRIES, ["a", "b"])}, DataError),
    ],
)
def test_sources_that_do_not_fit_are_refused(options, sources, error):
    """Missing totals, other industries, negative workers, unknown sources: each an error."""
    with pytest.raises(error) as caught:
        run(sources=sources, **options)
    assert all(str(problem.remedy) for problem in caught.value.problems)
