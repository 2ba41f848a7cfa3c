"""Each step over random panels against loops over cities and years: gaps, lost years, every rule."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from xinzhi.prepare.step import STEPS, prepare
from xinzhi_core.panel.panel import panel_of

SAME = {"rtol": 1e-9, "atol": 1e-12}
NAN = float("nan")
SEEDS = range(5)
CITIES = tuple("abcde")


def random_panel(seed, *, missing=0.2, lost=0.15):
    """Draw five cities over nine years: some rows are not there, some cells are empty."""
    rng = np.random.default_rng(seed)
    keys = [
        (city, year)
        for city in CITIES
        for year in range(2006, 2015)
        if rng.random() >= lost or year == 2010
    ]
    index = pd.MultiIndex.from_tuples(keys, names=["entity", "period"])
    data = pd.DataFrame(
        {
            "x": np.exp(rng.normal(0, 0.6, len(keys))),
            "y": np.exp(rng.normal(0, 0.6, len(keys))),
            "price": 100 * np.exp(rng.normal(0.03, 0.05, len(keys))),
        },
        index=index,
    )
    data.loc[rng.random(len(keys)) < missing, "x"] = NAN
    return data


def run(data, step, name="z", sources=None):
    return prepare(panel_of(data), [(name, step)], sources=sources or {}).frame


def cities(data):
    """The series of each city as {year: value} by column."""
    for city in data.index.unique(0):
        yield city, {name: data.loc[city, name].dropna().to_dict() for name in data}


def agrees(found, expected, index):
    """Compare a column with {(city, year): value}; what is not there is missing."""
    np.testing.assert_allclose(found, [expected.get(key, NAN) for key in index], **SAME)


def levels(prices, years, kind, base):
    """Price level by year, 1 in the base year; a chain ends where a year is not there."""
    if base not in years:
        return {}
    if kind == "fixed_base":
        return {t: prices[t] / prices[base] for t in years}
    level = {base: 1.0}
    t = base
    while t + 1 in years:
        level[t + 1] = level[t] * prices[t + 1] / 100
        t += 1
    t = base
    while t - 1 in years:
        level[t - 1] = level[t] / (prices[t] / 100)
        t -= 1
    return level


@pytest.mark.parametrize("kind", ["fixed_base", "previous_year"])
@pytest.mark.parametrize("timing", ["end", "start"])
@pytest.mark.parametrize("initial", ["tenth", "growth", 0.3])
@pytest.mark.parametrize("seed", SEEDS)
def test_stock_of_capital(kind, timing, initial, seed):
    """K_t = (1 - d) K_(t-1) + I by hand, from the first investment on, until one is missing."""
    data = random_panel(seed, missing=0.05)
    # Growth that stays above -d, so that each first stock exists.
    data["x"] *= [1.5 ** (year - 2006) for year in data.index.get_level_values(1)]
    data["x"] = data["x"].where(data.index.get_level_values(1) != 2006, 0.01)
    d, expected = 0.2, {}
    for city, by in cities(data):
        level = levels(by["price"], set(by["price"]), kind, 2010)
        real = {t: by["x"][t] / level[t] for t in by["x"] if t in level}
        if not real:
            continue
        first, last = min(real), max(real)
        if initial == "growth":
            # The mean is over the investments that are there, as many as they are.
            growth = (real[last] / real[first]) ** (1 / (len(real) - 1)) - 1 if len(real) > 1 else 0
        divisor = {"tenth": 0.1, "growth": d}.get(initial, initial)
        if initial == "growth":
            divisor += growth
        stock = {first: real[first] / divisor}
        t = first + 1
        while (t if timing == "end" else t - 1) in real:
            stock[t] = (1 - d) * stock[t - 1] + real[t if timing == "end" else t - 1]
            t += 1
        expected |= {(city, t): value for t, value in stock.items()}
    step = {
        "step": "capital_stock",
        "investment": "x",
        "price": "price",
        "index_kind": kind,
        "base": 2010,
        "depreciation": d,
        "initial": initial,
        "timing": timing,
    }

    agrees(run(data, step)["z"], expected, data.index)


@pytest.mark.parametrize("kind", ["fixed_base", "previous_year"])
@pytest.mark.parametrize("base", [2006, 2010, 2014])
@pytest.mark.parametrize("seed", SEEDS)
def test_real_output(kind, base, seed):
    """Output of the base year times the level of the index, forwards and backwards."""
    data = random_panel(seed)
    expected = {}
    for city, by in cities(data):
        if base in by["x"]:
            level = levels(by["price"], set(by["price"]), kind, base)
            expected |= {(city, t): by["x"][base] * value for t, value in level.items()}
    step = {
        "step": "real_output",
        "nominal": "x",
        "index": "price",
        "index_kind": kind,
        "base": base,
    }

    agrees(run(data, step)["z"], expected, data.index)


@pytest.mark.parametrize("method", ["linear", "geometric"])
@pytest.mark.parametrize("ends", ["none", "carry", "growth"])
@pytest.mark.parametrize("seed", SEEDS)
def test_gaps_inside_and_at_the_ends(method, ends, seed):
    """Between two observed years by their distance in years; beyond the first and the last by rule."""
    data = random_panel(seed, missing=0.5)
    expected = {}
    for city, by in cities(data):
        seen = sorted(by["x"])
        for t in data.loc[city].index if seen else ():
            before = [s for s in seen if s <= t]
            after = [s for s in seen if s >= t]
            first, last = seen[0], seen[-1]
            rate = 1.0
            if ends == "growth" and last > first:
                rate = (by["x"][last] / by["x"][first]) ** (1 / (last - first))
            if before and after:
                a, b = before[-1], after[0]
                share = (t - a) / (b - a) if b > a else 0.0
                low, high = by["x"][a], by["x"][b]
                value = low + (high - low) * share
                if method == "geometric":
                    value = low * (high / low) ** share
            elif ends == "none":
                continue
            else:
                nearest = first if after else last
                value = by["x"][nearest] * rate ** (t - nearest)
            expected[city, t] = value
    step = {"step": "interpolate", "columns": ["x"], "method": method, "ends": ends}

    agrees(run(data, step)["x"], expected, data.index)


@pytest.mark.parametrize("method", ["growth", "linear", "hold"])
@pytest.mark.parametrize("to", [2012, 2013, 2014])
@pytest.mark.parametrize("seed", SEEDS)
def test_beyond_the_last_year(method, to, seed):
    """From the first and the last observed value, up to the stated year and no further."""
    data = random_panel(seed, missing=0.4)
    expected = {}
    for city, by in cities(data):
        expected |= {(city, t): value for t, value in by["x"].items()}
        if not by["x"]:
            continue
        first, last = min(by["x"]), max(by["x"])
        low, high, span = by["x"][first], by["x"][last], last - first
        for t in data.loc[city].index:
            if not last < t <= to:
                continue
            if method == "hold" or span == 0:
                value = high
            elif method == "linear":
                value = high + (high - low) / span * (t - last)
            else:
                value = high * (high / low) ** ((t - last) / span)
            expected[city, t] = value
    step = {"step": "extrapolate", "column": "x", "to": to, "method": method}

    agrees(run(data, step)["z"], expected, data.index)


@pytest.mark.parametrize("pool", ["all", "period"])
@pytest.mark.parametrize("standardise", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_entropy_index(pool, standardise, seed):
    """Shares, entropies and weights by loops over the complete rows."""
    data = random_panel(seed)
    rows = [key for key in data.index if not math.isnan(data.loc[key, "x"])]
    names, shift = ("x", "y", "price"), 0.01
    cells = {name: data[name].to_dict() for name in names}
    z = {}
    for name in names:
        for key in rows:
            value = cells[name][key]
            if standardise:
                among = [
                    cells[name][other] for other in rows if pool == "all" or other[1] == key[1]
                ]
                low, high = min(among), max(among)
                value = (value - low) / (high - low) + shift if high > low else shift
            z[key, name] = value
    d = {}
    for name in names:
        total = sum(z[key, name] for key in rows)
        shares = [z[key, name] / total for key in rows]
        d[name] = 1 + sum(p * math.log(p) for p in shares if p > 0) / math.log(len(rows))
    weights = {name: d[name] / sum(d.values()) for name in names}
    expected = {key: sum(weights[name] * z[key, name] for name in names) for key in rows}
    step = {
        "step": "entropy_index",
        "columns": list(names),
        "pool": pool,
        "standardise": standardise,
        "shift": shift,
    }

    agrees(run(data, step)["z"], expected, data.index)


INDUSTRIES = ("p", "q", "r")


def sources_of(rng, years):
    """Draw employment by city and industry, national totals, shocks and output by year."""

    def table(*keys, low=1.0, high=9.0):
        index = (
            pd.MultiIndex.from_product(keys) if len(keys) > 1 else pd.Index(list(keys[0]), name="j")
        )
        return pd.DataFrame({"v": rng.uniform(low, high, len(index))}, index=index)

    return {
        "workers": table(CITIES, INDUSTRIES),
        "nation": table(INDUSTRIES, low=100, high=900),
        "robots": table(INDUSTRIES, years),
        "output": table(INDUSTRIES, years),
        "firms": table(CITIES, INDUSTRIES, years),
        "nations": table(INDUSTRIES, years, low=100, high=900),
    }


def continued(shocks, years, to, method):
    """Shocks {(industry, year)} of all years up to `to`."""
    known = dict(shocks)
    for j, t in itertools.product(INDUSTRIES, range(years[-1] + 1, to + 1)):
        low, high, ahead = shocks[j, years[0]], shocks[j, years[-1]], t - years[-1]
        span = years[-1] - years[0]
        known[j, t] = {
            "hold": high,
            "linear": high + (high - low) / span * ahead,
            "growth": high * (high / low) ** (ahead / span),
        }[method]
    return known


def options_of(variant, seed, *, leave_one_out, instalments):
    """Write the step, the last year of its shocks, and the rule by which they go on."""
    step = {"step": "exposure", "shares": "workers", "shocks": "robots", "variant": variant}
    step |= {"scale": 100.0, "leave_one_out": leave_one_out}
    step |= {} if variant == "in_city_shares" else {"national": "nation"}
    step |= {} if instalments is None else {"instalments": instalments}
    if variant == "growth_adjusted":
        return step | {"output": "output"}, 2012, "hold"
    method = ("hold", "linear", "growth")[seed % 3]
    return step | {"extrapolate": {"to": 2014, "method": method}}, 2014, method


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("variant", "leave_one_out"),
    [
        ("per_worker", False),
        ("per_worker", True),
        ("in_city_shares", False),
        ("growth_adjusted", False),
        ("growth_adjusted", True),
    ],
)
@pytest.mark.parametrize("instalments", [None, 0.1])
@pytest.mark.parametrize("seed", SEEDS)
def test_exposure(variant, leave_one_out, instalments, seed):
    """The three equations, own workers left out or not, stocks added up or given."""
    years = list(range(2008, 2013))
    data, sources = random_panel(seed), sources_of(np.random.default_rng(seed), years)
    given = {name: table["v"].to_dict() for name, table in sources.items()}
    shocks = dict(given["robots"])
    for j, t in itertools.product(INDUSTRIES, years[1:]):
        shocks[j, t] += 0.0 if instalments is None else (1 - instalments) * shocks[j, t - 1]
    step, to, method = options_of(
        variant, seed, leave_one_out=leave_one_out, instalments=instalments
    )
    shocks = continued(shocks, years, to, method)

    def term(city, j, t):
        own, first = given["workers"][city, j], shocks[j, years[0]]
        share = own / sum(given["workers"][city, k] for k in INDUSTRIES)
        if variant == "in_city_shares":
            return share * shocks[j, t]
        below = given["nation"][j] - (own if leave_one_out else 0.0)
        if variant == "per_worker":
            return share * shocks[j, t] / below
        growth = given["output"][j, t] / given["output"][j, years[0]] - 1
        return share * (shocks[j, t] - first - growth * first) / below

    expected = {
        (city, t): 100.0 * sum(term(city, j, t) for j in INDUSTRIES)
        for city, t in data.index
        if years[0] <= t <= to
    }

    agrees(run(data, step, sources=sources)["z"], expected, data.index)


@pytest.mark.parametrize("seed", SEEDS)
def test_dynamic_exposure(seed):
    """Shares of the enterprises of each year, shocks over the totals of that year."""
    rng, years = np.random.default_rng(seed), list(range(2008, 2013))
    data, sources = random_panel(seed), sources_of(rng, years)
    given = {name: table["v"].to_dict() for name, table in sources.items()}
    step = {"step": "dynamic_exposure", "enterprises": "firms", "shocks": "robots"}
    step |= {"national": "nations", "scale": 10.0}
    expected = {}
    for city, t in data.index:
        if t in years:
            firms = {j: given["firms"][city, j, t] for j in INDUSTRIES}
            expected[city, t] = 10.0 * sum(
                firms[j] / sum(firms.values()) * given["robots"][j, t] / given["nations"][j, t]
                for j in INDUSTRIES
            )

    agrees(run(data, step, sources=sources)["z"], expected, data.index)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("periods", [1, 2, 3])
def test_lags_leads_and_differences(seed, periods):
    """By year and not by row: where the other year is not there, nothing is."""
    data = random_panel(seed)
    now = {key: value for key, value in data["x"].items() if not math.isnan(value)}
    for kind, place in (("lag", -periods), ("lead", periods), ("difference", -periods)):
        other = {(e, t): now[e, t + place] for e, t in data.index if (e, t + place) in now}
        if kind == "difference":
            other = {key: now[key] - value for key, value in other.items() if key in now}
        found = run(data, {"step": kind, "column": "x", "by": periods})["z"]
        agrees(found, other, data.index)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("per", [1.0, 100.0])
def test_rate(seed, per):
    """The sum of the numerators over the denominator, per so many; a gap in one is a gap."""
    data = random_panel(seed)
    step = {"step": "rate", "numerator": ["x", "price"], "denominator": "y", "per": per}
    expected = ((data["x"] + data["price"]) / data["y"] * per).to_dict()

    agrees(run(data, step)["z"], expected, data.index)


def test_the_unit_of_a_rate():
    """A rate per hundred is a percentage; the unit that is stated stands above all."""
    data = random_panel(1)
    step = {"step": "rate", "numerator": ["x"], "denominator": "y"}
    for more, unit in (
        ({}, None),
        ({"per": 100.0}, "%"),
        ({"per": 10.0}, None),
        ({"per": 100.0, "unit": "kg"}, "kg"),
        ({"unit": "kg"}, "kg"),
    ):
        done = prepare(panel_of(data), [("z", {**step, **more})])
        assert done.units.get("z") == unit


WHOLE = {
    "capital_stock": {"investment": "x", "price": "price", "index_kind": "previous_year", "base": 2010},
    "carry_back": {"column": "late", "from": 2010, "to": [2006, 2007]},
    "coupling": {"of": ["half", "whole"]},
    "difference": {"column": "x", "by": 1},
    "dynamic_exposure": {"enterprises": "own", "shocks": "shocks", "national": "nation"},
    "entropy_index": {"columns": ["x", "y"]},
    "exposure": {"shares": "shares", "shocks": "shocks", "national": "national"},
    "expression": {"expression": "x / y"},
    "extrapolate": {"column": "x", "to": 2014, "method": "linear"},
    "interpolate": {"columns": "all"},
    "lag": {"column": "x", "by": 1},
    "lead": {"column": "x", "by": 1},
    "log": {"column": "y"},
    "log1p": {"column": "x"},
    "rate": {"numerator": ["x"], "denominator": "y", "per": 100},
    "real_output": {"nominal": "y", "index": "price", "index_kind": "previous_year", "base": 2010},
    "standardise": {"column": "y"},
    "tapio": {"of": "y", "by": "price"},
    "winsorise": {"column": "y", "percentiles": [5, 95]},
}  # fmt: skip
OF_RECORDS = {"emerging_firms", "new_firms", "penalty_cases"}
"""Steps that count rows of records; a frame of numbers is not what they read, but for the residents of a rate."""


def whole_numbers():
    """A panel, and tables beside it, of whole numbers; `x` has an empty cell."""
    data = (random_panel(3, missing=0, lost=0) * 40).round() + 60
    data["price"] = 100 + data["price"] % 7
    data.loc[("b", 2008), "x"] = NAN
    data["late"] = data["y"].where(data.index.get_level_values(1) > 2007)
    data["half"], data["whole"] = data["price"] % 2, 1.0
    industries, years = ("coal", "steel"), range(2006, 2015)
    rng = np.random.default_rng(4)

    def table(column, *levels):
        index = pd.MultiIndex.from_product(levels) if len(levels) > 1 else pd.Index(levels[0])
        return pd.DataFrame({column: rng.integers(50, 90, len(index)).astype(float)}, index=index)

    return data, {
        "own": table("n", CITIES, industries, years),
        "shares": table("n", CITIES, industries),
        "shocks": table("n", industries, years),
        "national": table("n", industries) * 10,
        "nation": table("n", industries, years) * 10,
    }


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (step, kind)
        for step in WHOLE
        for kind in ("int64", "Int64", "int32", "float32")
        # Plain whole numbers have no sign for what is missing, and nothing is carried back then.
        if step != "carry_back" or "int" not in kind
    ],
)
def test_numbers_of_every_type_are_numbers(step, kind):
    """A frame in memory has whole numbers as they are, with pandas' own sign for a missing one: the same results."""
    data, sources = whole_numbers()
    if kind in {"int64", "int32"}:
        data = data.drop(columns="late").dropna()
    expected = run(data, {"step": step, **WHOLE[step]}, sources=sources)

    found = run(
        data.astype(kind),
        {"step": step, **WHOLE[step]},
        sources={name: table.astype(kind) for name, table in sources.items()},
    )

    for name in expected:
        values = found[name].to_numpy(dtype=float, na_value=NAN)
        np.testing.assert_allclose(values, expected[name].to_numpy(), rtol=1e-12)


def test_every_step_reads_numbers_of_every_type():
    """A new step has a line above."""
    assert {name for name, _ in STEPS} == {*WHOLE, *OF_RECORDS}
