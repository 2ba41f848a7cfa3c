"""Capital, real output and their indices: the worked numbers of the design."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi.prepare.step import prepare
from xinzhi.prepare.steps.capital_stock import perpetual_inventory, real_growth
from xinzhi.prepare.steps.real_output import chain
from xinzhi_core.errors import OutOfDomain, SpecError
from xinzhi_core.panel.panel import panel_of

MILLIONTH = 5e-7
"""The worked numbers are printed to six decimals."""
NOMINAL = np.array([100.0, 110.0, 120.0])
PRICES = np.array([1.0, 1.05, 1.10])
REAL = NOMINAL / PRICES
YEARS = np.array([2008, 2009, 2010])


def made(periods=YEARS, **columns):
    index = pd.MultiIndex.from_product([["a"], periods], names=["entity", "period"])
    return panel_of(pd.DataFrame(columns, index=index, dtype=float), units={"I": "亿元"})


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [1000, 1008.761905, 1021.011671]),
        ({"depreciation": 0.1096}, [1000, 995.161905, 995.183069]),
        ({"initial": "growth"}, [711.916377, 748.334309, 785.585125]),
        ({"timing": "start"}, [1000, 1004, 1012.377905]),
    ],
)
def test_the_stock_of_capital_is_that_of_the_design(options, expected):
    """Four rules for the same three years of investment, as a function and as a step."""
    np.testing.assert_allclose(perpetual_inventory(REAL, **options), expected, atol=MILLIONTH)
    step = {"step": "capital_stock", "investment": "I", "price": "P", "base": 2008}
    for kind, prices in (("fixed_base", 100 * PRICES), ("previous_year", [100, 105, 110 / 1.05])):
        done = prepare(made(I=NOMINAL, P=prices), [("K", {**step, "index_kind": kind, **options})])
        np.testing.assert_allclose(done.frame["K"], expected, atol=MILLIONTH)
        assert done.units["K"] == "亿元"


def test_real_investment_and_its_growth_are_those_of_the_design():
    """100, 104.761905, 109.090909, growing by 4.446594 percent."""
    np.testing.assert_allclose(REAL, [100, 104.761905, 109.090909], atol=MILLIONTH)
    assert real_growth(REAL) == pytest.approx(0.04446594, abs=5e-9)


@given(
    st.lists(st.floats(1, 1e6), min_size=1, max_size=20),
    st.floats(0.01, 1e6),
    st.sampled_from(["tenth", "growth"]),
)
def test_the_stock_is_homogeneous_of_degree_one(investment, factor, initial):
    """Twice the investment is twice the stock, whatever the first rule."""
    values = np.array(investment)
    if initial == "growth" and real_growth(values) + 0.096 <= 0.01:
        return
    stock = perpetual_inventory(values, initial=initial)
    np.testing.assert_allclose(
        perpetual_inventory(values * factor, initial=initial), stock * factor, rtol=1e-9
    )


def test_a_missing_investment_ends_the_stock_and_is_flagged():
    """Nothing is assumed where nothing is known."""
    step = {"step": "capital_stock", "investment": "I", "price": "P", "base": 2008}
    start = made(np.arange(2008, 2012), I=[100, np.nan, 120, 130], P=[100, 101, 102, 103])
    done = prepare(start, [("K", {**step, "index_kind": "previous_year"})])
    assert done.frame["K"].isna().tolist() == [False, True, True, True]
    flagged = [e for e in done.ledger.entries if e.change == "flagged"]
    assert flagged[0].cells == (("a", 2009), ("a", 2010), ("a", 2011))


def test_a_skipped_year_breaks_the_chain():
    """A stock does not jump over a year that has no row."""
    step = {"step": "capital_stock", "investment": "I", "price": "P", "base": 2008}
    start = made([2008, 2009, 2011], I=[100, 110, 120], P=[100, 105, 110])
    done = prepare(start, [("K", {**step, "index_kind": "fixed_base"})])
    assert done.frame["K"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("columns", "options", "code"),
    [
        ({"I": [0, 1, 2]}, {}, "derive.initial_stock"),
        ({"I": [100, 50, 25]}, {"initial": "growth"}, "derive.initial_stock"),
        ({"P": [1.0, 1.05, 1.1]}, {}, "derive.index_scale"),
        ({"P": [100, -5, 100]}, {}, "derive.index_scale"),
    ],
)
def test_stocks_that_do_not_exist_are_refused(columns, options, code):
    """No investment at first, shrinking beyond depreciation, or an index without its 100."""
    start = made(**{"I": [100.0, 110, 120], "P": [100.0, 105, 110], **columns})
    step = {"step": "capital_stock", "investment": "I", "price": "P", "base": 2008}
    with pytest.raises(OutOfDomain) as caught:
        prepare(start, [("K", {**step, "index_kind": "previous_year", **options})])
    assert caught.value.code == code


def test_depreciation_is_a_share():
    """9.6 is not 0.096."""
    step = {"step": "capital_stock", "investment": "I", "price": "P", "base": 2008}
    with pytest.raises(SpecError):
        prepare(
            made(I=NOMINAL, P=PRICES),
            [("K", {**step, "index_kind": "fixed_base", "depreciation": 9.6})],
        )


def test_real_output_is_that_of_the_design_and_not_the_deflator():
    """1000, 1080, 1155.6; nominal over the growth index would be another thing."""
    step = {"step": "real_output", "nominal": "Y", "index": "G", "base": 2008}
    start = made(Y=[1000, 1100, 1210], G=[np.nan, 108, 107])
    done = prepare(start, [("R", {**step, "index_kind": "previous_year"})])
    np.testing.assert_allclose(done.frame["R"], [1000, 1080, 1155.6], rtol=1e-12)
    assert not np.allclose(done.frame["R"], [1000, 1100 / 1.08, 1210 / 1.07 / 1.08])


def test_a_later_base_year_is_reached_backwards():
    """With the base in the last year the chain is divided back."""
    level = chain(np.array([np.nan, 108.0, 107.0]), YEARS, kind="previous_year", base=2010)
    np.testing.assert_allclose(level, [1 / 1.07 / 1.08, 1 / 1.07, 1], rtol=1e-15)


@given(st.lists(st.floats(80, 125), min_size=3, max_size=15), st.data())
def test_a_chain_and_its_fixed_base_are_one_index(links, data):
    """Linking yearly indices and taking their product as a fixed base agree for any base year."""
    links = np.array(links)
    years = np.arange(2000, 2000 + len(links))
    base = int(data.draw(st.sampled_from(years.tolist())))
    fixed = np.cumprod(links / 100) * 100
    np.testing.assert_allclose(
        chain(links, years, kind="previous_year", base=base),
        chain(fixed, years, kind="fixed_base", base=base),
        rtol=1e-12,
    )


@pytest.mark.parametrize(
    ("kind", "index", "doubted"),
    [
        ("fixed_base", [103, 98, 105], True),
        ("previous_year", [100, 150, 210], True),
        ("previous_year", [103, 98, 105], False),
        ("fixed_base", [100, 150, 210], False),
    ],
)
def test_an_index_that_looks_like_the_other_kind_is_doubted(kind, index, doubted):
    """Yearbooks print the previous year as 100; a wrong declaration is flagged in the ledger."""
    step = {"step": "real_output", "nominal": "Y", "index": "G", "base": 2008}
    done = prepare(made(Y=[1, 2, 3], G=index), [("R", {**step, "index_kind": kind})])
    flagged = [e for e in done.ledger.entries if e.change == "flagged"]
    assert bool(flagged) is doubted
