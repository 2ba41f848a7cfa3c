"""What steps say of themselves in the ledger: counts, columns, units and sources, counted again from the cells given."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from xinzhi_core.errors import StudyError
from xinzhi_core.wording import say

CITIES = ("Cork", "Dijon", "Exeter")
YEARS = range(2010, 2015)
KEYS = [*product(CITIES, YEARS)]
SHORTEST = 8
"""Figures that a series needs for a model of its own."""


def frame(**columns):
    """Make a panel of three cities and five years; a column is a function of place and year, None where it is empty."""
    index = pd.MultiIndex.from_tuples(KEYS, names=["entity", "period"])
    values = {
        name: [cell(CITIES.index(c), y - YEARS[0]) for c, y in KEYS]
        for name, cell in columns.items()
    }
    return pd.DataFrame({k: pd.Series(v, index, dtype=float) for k, v in values.items()})


def odd(place, year):
    """Give a figure above zero that lies on no line."""
    return 10 + 7 * place + (5 * year * year) % 11


def holed(place, year):
    """Leave out one year inside, two at ends."""
    return None if (place, year) in {(0, 2), (1, 4), (2, 0)} else odd(place, year)


def late(place, year):
    """Leave out the first year of all."""
    return odd(place, year) if year else None


SHARES = pd.DataFrame(
    {"workers": [10.0, 20.0, 30.0, 5.0, 15.0, 25.0]},
    pd.MultiIndex.from_tuples([*product(CITIES, ("steel", "food"))], names=["city", "industry"]),
)
SHOCKS = pd.DataFrame(
    {"robots": [1.0, 2.0, 4.0, 5.0, 2.0, 3.0, 4.0, 7.0]},
    pd.MultiIndex.from_tuples(
        [*product(("steel", "food"), YEARS[:-1])], names=["industry", "year"]
    ),
)
NATIONAL = pd.DataFrame({"workers": [22.0, 400.0]}, pd.Index(["steel", "food"], name="industry"))
SOURCES = {"own": SHARES, "shocks": SHOCKS, "nation": NATIONAL}


def told(data, **options):
    """Apply one step named `new`: column, change, number and sentences of each entry."""
    entries = xz.prepare_panel(data, {"new": options}, sources=SOURCES).ledger.entries
    return [(e.column, e.change, e.n, say(e.why, "en"), say(e.why, "zh")) for e in entries]


def test_gaps_of_short_series_are_filled_by_a_line():
    """The number of observations that are needed is said, and the rule of the ends."""
    data = frame(x=holed)

    assert told(data, step="interpolate", columns=["x"], method="arima", ends="growth") == [
        (
            *("x", "filled", 1),
            f"gaps inside, linear: fewer than {SHORTEST} observations",
            f"内部缺口，线性：观测不足 {SHORTEST} 个",
        ),
        ("x", "filled", 2, "ends, growth", "两端，按增长率"),
    ]


@pytest.mark.parametrize(("method", "chinese"), [("hold", "保持不变"), ("linear", "线性")])
def test_continued_cells_are_counted(method, chinese):
    """The last year is said, and which cells are copies."""
    data = frame(x=lambda c, y: None if y > 2 else odd(c, y))

    assert told(data, step="extrapolate", column="x", to=YEARS[3], method=method) == [
        ("new", "copied", 3 * 3, "x, extrapolated", "x，外推"),
        ("new", "filled", 3, f"continued to {YEARS[3]}, {method}", f"外推至 {YEARS[3]}，{chinese}"),
    ]


def test_carried_cells_name_the_year_that_they_come_from():
    """One cell a city."""
    year = YEARS[1]

    found = told(frame(x=late), step="carry_back", column="x", **{"from": year, "to": [YEARS[0]]})

    assert found == [
        (
            "new",
            "copied",
            len(KEYS) - len(CITIES),
            f"x, carried back from {year}",
            f"x，由 {year} 向前沿用",
        ),
        (
            *("new", "filled", len(CITIES)),
            f"the value of {year} is used for these periods",
            f"以 {year} 的值代替这些时期",
        ),
    ]


@pytest.mark.parametrize(
    ("options", "english", "chinese"),
    [
        ({"step": "log", "column": "x"}, "ln x", "ln x"),
        ({"step": "log1p", "column": "x"}, "ln(1 + x)", "ln(1 + x)"),
        ({"step": "standardise", "column": "x"}, "x, standardised", "x，标准化"),
        ({"step": "expression", "expression": "x / w"}, "new = x / w", "new = x / w"),
        ({"step": "rate", "numerator": "w", "denominator": "x", "per": 100}, "(w) / x, per 100; one x counts 1", "(w) / x，每 100；一个 x 计 1"),
        ({"step": "rate", "numerator": "x", "denominator": "w"}, "(x) / w, per 1; one w counts 1", "(x) / w，每 1；一个 w 计 1"),
    ],
)  # fmt: skip
def test_formulas_name_their_columns(options, english, chinese):
    """Each in its place."""
    data = frame(x=odd, w=lambda c, y: odd(y, c))

    assert told(data, **options) == [("new", "derived", len(KEYS), english, chinese)]


@pytest.mark.parametrize(
    ("initial", "said"),
    [
        ("tenth", ("tenth", "首期投资除以 10%")),
        ("growth", ("growth", "按增长率")),
        (0.25, ("0.25", "0.25")),
    ],
)
def test_stocks_say_how_they_begin(initial, said):
    """Years without a stock are those before and after a missing investment: counted from the empty cells."""
    data = frame(x=lambda c, y: holed(c, y) and holed(c, y) + 90 * y, p=lambda _, y: 60 + 40 * y)
    missing = 0
    for city in CITIES:
        years = [y for c, y in KEYS if c == city and not np.isnan(data.x[c, y])]
        whole = 0
        while years[0] + whole in years:
            whole += 1
        missing += len(YEARS) - whole

    found = told(
        data, step="capital_stock", investment="x", price="p", index_kind="fixed_base", base=YEARS[1],
        depreciation=0.05, initial=initial,
    )  # fmt: skip

    assert found == [
        (
            *("new", "derived", len(KEYS) - missing),
            f"perpetual inventory of x at prices of {YEARS[1]}: depreciation 0.05, first stock {said[0]}, timing end",
            f"永续盘存法：x，{YEARS[1]} 年价格；折旧率 0.05，期初存量 {said[1]}，计入时点 年末",
        ),
        (
            *("new", "flagged", missing),
            "no stock before the first investment or after a missing one",
            "首个投资之前或缺失投资之后没有存量",
        ),
    ]


KINDS = {"fixed_base": "定基", "previous_year": "上年为 100"}


@pytest.mark.parametrize(
    ("declared", "other", "index"),
    [
        ("fixed_base", "previous_year", lambda c, y: 103 + (c + y) % 3),
        ("previous_year", "fixed_base", lambda _, y: 60 + 60 * y),
    ],
)
def test_an_index_that_looks_like_another_kind_is_named(declared, other, index):
    """What was declared stands first, what the figures look like second."""
    data = frame(x=odd, i=index)

    found = told(
        data, step="real_output", nominal="x", index="i", index_kind=declared, base=YEARS[2]
    )

    assert found == [
        (
            *("new", "derived", len(KEYS)),
            f"x of {YEARS[2]}, moved by i ({declared})",
            f"{YEARS[2]} 年的 x，按 i（{KINDS[declared]}）推算",
        ),
        (
            *("i", "flagged", len(KEYS)),
            f"the index i was declared {declared}, but it looks like {other} here",
            f"指数 i 声明为 {KINDS[declared]}，但此处看起来是 {KINDS[other]}",
        ),
    ]


@pytest.mark.parametrize(("years", "is_odd"), [(1, False), (len(YEARS) // 2, True)])
def test_a_boom_is_no_other_kind_of_index(years, is_odd):
    """A prefecture may grow by a third in one year; an index that stays above 125 has one base."""
    data = frame(x=odd, i=lambda _, y: 131 if y < years else 106)

    found = told(
        data, step="real_output", nominal="x", index="i", index_kind="previous_year", base=YEARS[2]
    )

    assert any("looks like" in words[3] for words in found) == is_odd


def test_an_exposure_says_which_table_is_which():
    """Shares, shocks and the nation; industries with more workers in the cities than in the nation; continued years."""
    found = told(
        frame(x=odd), step="exposure", shares="own", shocks="shocks", national="nation", scale=1000,
        extrapolate={"to": YEARS[-1], "method": "hold"},
    )  # fmt: skip
    workers = SHARES["workers"].groupby("industry").sum()
    above = [name for name in NATIONAL.index if workers[name] > NATIONAL.workers[name]]
    times = max(workers[name] / NATIONAL.workers[name] for name in above)
    what = f"{times:.3g} times the workers of the nation ('own' and 'nation'): {', '.join(above)}"
    many = (
        f"the cities have up to {what}; is a figure in another unit?",
        f"各城市从业人员之和最多为全国的 {times:.3g} 倍（“own”与“nation”）：{'、'.join(above)}；是否有数字采用了其他单位？",
    )
    formula = "1000 · sum_j (L_ij / L_i) (S_jt / L_j)"

    assert above == ["steel"]
    assert sorted(found) == sorted(
        [
            (
                *("new", "derived", len(KEYS) - len(CITIES)),
                f"{formula}; shares own, shocks shocks",
                f"{formula}；份额 own，冲击 shocks",
            ),
            ("new", "filled", len(CITIES), "shocks continued, hold", "冲击外推，保持不变"),
            ("new", "flagged", len(above), *many),
        ]
    )


def test_rows_that_are_lowest_everywhere_are_counted():
    """Their index is the shift alone."""
    data = frame(x=lambda c, y: (c + y) % 4, w=lambda c, y: ((c + y) % 4) ** 2)
    lowest = sum(data.x[key] == data.x.min() and data.w[key] == data.w.min() for key in KEYS)

    (_, flagged) = told(data, step="entropy_index", columns=["x", "w"], shift=0.002)

    assert flagged[:3] == ("new", "flagged", lowest)
    assert "their index is the shift 0.002 itself" in flagged[3]
    assert "其指数等于平移量 0.002 本身" in flagged[4]


def first_refusal(data, **options):
    """Apply a step that is refused: the first sentence and its place, in both languages."""
    with pytest.raises(StudyError) as caught:
        xz.prepare_panel(data, {"new": options}, sources=SOURCES)
    first = caught.value.problems[0]
    return (
        say(first.what, "en"), say(first.what, "zh"), first.where.entity, first.where.period, first.where.column,
    )  # fmt: skip


def test_what_was_observed_is_not_overwritten():
    """The value, city and year of the first cell that holds one."""
    data = frame(x=odd)

    found = first_refusal(
        data, step="carry_back", column="x", **{"from": YEARS[2], "to": [YEARS[1]]}
    )

    value = float(odd(0, 1))
    assert found == (
        f"A value was observed here ({value}); it is not overwritten.",
        f"此处有观测值（{value}），不予覆盖。",
        *(CITIES[0], YEARS[1], "x"),
    )


def test_an_index_without_a_base_is_refused_by_cell():
    """Zero and below are no index."""
    data = frame(x=odd, i=lambda c, y: -4 if (c, y) == (1, 3) else 100 + y)

    found = first_refusal(
        data, step="real_output", nominal="x", index="i", index_kind="previous_year", base=2011
    )

    assert found == (
        "-4.0 is not an index with base 100.",
        "-4.0 不是以 100 为基准的指数。",
        *(CITIES[1], YEARS[3], "i"),
    )


def test_a_constant_is_not_standardised():
    """The column is named."""
    data = frame(x=lambda *_: 3)

    english, chinese, *_, column = first_refusal(data, step="standardise", column="x")

    assert english == "'x' does not vary: nothing to standardise."
    assert "x" in chinese
    assert column == "x"


def test_percentiles_stand_in_their_order():
    """The lower is said first, as it was given."""
    english, chinese, *_ = first_refusal(
        frame(x=odd), step="winsorise", column="x", percentiles=[90, 10]
    )

    assert english == "90.0 and 10.0 are not a lower and an upper percentile."
    assert chinese.index("90.0") < chinese.index("10.0")


def test_a_first_stock_that_does_not_exist_names_the_investments():
    """From the first to the last investment of the city, at constant prices."""
    data = frame(x=lambda c, y: 0 if (c, y) == (2, 0) else 50 + y, p=lambda *_: 100)

    english, chinese, entity, *_ = first_refusal(
        data,
        step="capital_stock",
        investment="x",
        price="p",
        index_kind="fixed_base",
        base=YEARS[0],
    )

    assert english == f"The first stock of {CITIES[2]} does not exist: investment 0.0 to 54.0."
    assert chinese.index(CITIES[2]) < chinese.index("0.0") < chinese.index("54.0")
    assert entity == CITIES[2]
