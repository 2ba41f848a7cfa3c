"""Rates, shifts, logarithms, percentiles, standard scores."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import zscore

from xinzhi.prepare.step import STEPS, prepare
from xinzhi_core.errors import MissingColumn, NotNumeric, OutOfDomain, SpecError
from xinzhi_core.panel.panel import panel_of

NAN = np.nan
INDEX = pd.MultiIndex.from_tuples(
    [("a", 2008), ("a", 2009), ("a", 2011), ("b", 2008), ("b", 2009)], names=["entity", "period"]
)


def made(units=None, **columns):
    return panel_of(pd.DataFrame(columns, index=INDEX), units=units or {})


def run(panel, **options):
    return prepare(panel, [("y", options)]).frame["y"].to_numpy()


X = [1.0, 2.0, 4.0, 8.0, NAN]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"step": "lag", "column": "x"}, [NAN, 1, NAN, NAN, 8]),
        ({"step": "lag", "column": "x", "by": 2}, [NAN, NAN, 2, NAN, NAN]),
        ({"step": "lead", "column": "x"}, [2, NAN, NAN, NAN, NAN]),
        ({"step": "difference", "column": "x"}, [NAN, 1, NAN, NAN, NAN]),
        ({"step": "log", "column": "x"}, np.log(X)),
        ({"step": "log1p", "column": "x"}, np.log1p(X)),
        ({"step": "winsorise", "column": "x", "percentiles": [0, 50]}, [1, 2, 3, 3, NAN]),
        ({"step": "standardise", "column": "x"}, zscore(X, ddof=1, nan_policy="omit")),
    ],
)
def test_a_transform_is_what_its_name_says(options, expected):
    """By period, not by row; missing stays missing."""
    np.testing.assert_allclose(run(made(x=X), **options), expected, rtol=1e-12)


def test_winsorising_writes_down_what_it_changed_and_agrees_with_numpy():
    """Percentiles are those of numpy (type 7); changed cells are in the ledger."""
    values = [3.0, 1.0, 9.0, 4.0, 100.0]
    done = prepare(
        made(x=values), [("y", {"step": "winsorise", "column": "x", "percentiles": [10, 90]})]
    )
    low, high = np.percentile(values, [10, 90])
    np.testing.assert_allclose(done.frame["y"], np.clip(values, low, high))
    changed = next(e for e in done.ledger.entries if e.change == "changed")
    assert changed.cells == (("a", 2009), ("b", 2009))


def test_statistics_within_periods_use_the_rows_of_each_period():
    """2008 has the values 1 and 8; the lone row of 2011 cannot be standardised."""
    with pytest.raises(OutOfDomain):
        run(made(x=X), step="standardise", column="x", pool="period")
    drawn = run(made(x=X), step="winsorise", column="x", percentiles=[0, 50], pool="period")
    np.testing.assert_allclose(drawn, [1, 2, 4, 4.5, NAN])


def test_rates_add_numerators_and_count_in_the_unit_of_the_denominator():
    """Patents per ten thousand persons, whether persons or ten thousands are counted."""
    options = {"step": "rate", "numerator": ["p", "q"], "denominator": "n", "per": 10_000}
    persons = made(p=X, q=[1.0] * 5, n=[20_000.0] * 5)
    wan = made(units={"n": "万人"}, p=X, q=[1.0] * 5, n=[2.0] * 5)
    expected = np.array([2, 3, 5, 9, NAN]) / 2
    np.testing.assert_allclose(run(persons, **options), expected)
    np.testing.assert_allclose(run(wan, **options), expected)


@pytest.mark.parametrize(
    ("units", "per", "expected"),
    [
        ({}, 100, 5.0),
        ({"n": "万人"}, 100, 5.0),
        ({"p": "万人", "n": "万人"}, 100, 5.0),
        ({"p": "万元", "n": "亿元"}, 100, 5e-4),
        ({"p": "人", "n": "万人"}, 100, 5e-4),
        ({"p": "件", "n": "万人"}, 10_000, 0.05),
        ({"n": "万人"}, 10_000, 0.05),
        ({"p": "万千瓦时", "n": "万人"}, 10_000, 500.0),
        ({"p": "thousand persons", "n": "万人"}, 100, 0.5),
        ({"p": "GWh", "n": "万千瓦时"}, 100, 500.0),
        ({"p": "million yuan", "n": "100 million yuan"}, 100, 0.05),
    ],
)
def test_units_are_brought_together_before_dividing(units, per, expected):
    """万人 over 万人 is a share; 万元 over 亿元 is ten thousand times less; patents per 万人."""
    options = {"step": "rate", "numerator": "p", "denominator": "n", "per": per}
    found = run(made(units=units, p=[1.0] * 5, n=[20.0] * 5), **options)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_numerators_of_different_units_are_added_as_the_same_things():
    """1 万件 and 5000 件 are 15,000; a multiple over an unknown unit is refused."""
    options = {"step": "rate", "numerator": ["p", "q"], "denominator": "n", "per": 1}
    panel = made(
        units={"p": "万件", "q": "件", "n": "人"}, p=[1.0] * 5, q=[5000.0] * 5, n=[10.0] * 5
    )
    np.testing.assert_allclose(run(panel, **options), 1500.0)
    energy = made(
        units={"p": "GWh", "q": "万千瓦时", "n": "人"}, p=[1.0] * 5, q=[100.0] * 5, n=[2.0] * 5
    )
    np.testing.assert_allclose(run(energy, **options), 1.0)
    with pytest.raises(SpecError, match="unknown"):
        run(
            made(units={"p": "万元"}, p=X, n=[1.0] * 5), step="rate", numerator="p", denominator="n"
        )


def test_a_share_in_percent_knows_its_unit():
    """Science and technology over expenditure, as a percent number."""
    done = prepare(
        made(s=[1.0] * 5, e=[50.0] * 5),
        [("y", {"step": "rate", "numerator": "s", "denominator": "e", "per": 100})],
    )
    assert done.units["y"] == "%"
    assert done.frame["y"].tolist() == [2.0] * 5


@pytest.mark.parametrize(
    ("options", "error", "code"),
    [
        ({"step": "log", "column": "z"}, OutOfDomain, "derive.log_nonpositive"),
        ({"step": "log1p", "column": "m"}, OutOfDomain, "derive.log_nonpositive"),
        (
            {"step": "rate", "numerator": "x", "denominator": "z"},
            OutOfDomain,
            "derive.division_by_zero",
        ),
        ({"step": "log", "column": "t"}, NotNumeric, "data.not_numeric"),
        ({"step": "log", "column": "w"}, MissingColumn, "data.missing_column"),
        ({"step": "lag", "column": "x", "by": 0}, SpecError, "option.domain"),
        ({"step": "winsorise", "column": "x", "percentiles": [99, 1]}, SpecError, "option.domain"),
        ({"step": "standardise", "column": "c"}, OutOfDomain, "derive.constant"),
    ],
)
def test_what_is_not_defined_is_refused(options, error, code):
    """Each refusal has its class and code."""
    panel = made(
        x=X,
        z=[0.0, 1, 1, 1, 1],
        m=[-1.0, 1, 1, 1, 1],
        c=[2.0] * 5,
        t=pd.Series(["u"] * 5, index=INDEX, dtype=object),
    )
    with pytest.raises(error) as caught:
        prepare(panel, [("y", options)])
    assert caught.value.code == code


def test_a_step_does_not_overwrite_another_column():
    """A name that is taken is refused, unless the step starts from that column."""
    with pytest.raises(SpecError) as caught:
        prepare(made(x=X, y=X), [("y", {"step": "log1p", "column": "x"})])
    assert caught.value.code == "prepare.taken"
    done = prepare(made(x=X), [("x", {"step": "log1p", "column": "x"})])
    np.testing.assert_allclose(done.frame["x"], np.log1p(X))


OPTIONS = {
    "expression": {"expression": "x + 1"},
    "log1p": {"column": "x"},
    "log": {"column": "x"},
    "lag": {"column": "x"},
    "lead": {"column": "x"},
    "difference": {"column": "x"},
    "winsorise": {"column": "x"},
    "standardise": {"column": "x"},
    "rate": {"numerator": "x", "denominator": "p"},
    "entropy_index": {"columns": ["x", "p"]},
    "coupling": {"of": ["u", "v"]},
    "tapio": {"of": "p", "by": "i"},
    "interpolate": {"columns": "all"},
    "extrapolate": {"column": "x", "to": 2012, "method": "hold"},
    "carry_back": {"column": "e", "from": 2009, "to": [2008]},
    "real_output": {"nominal": "p", "index": "i", "index_kind": "previous_year", "base": 2008},
    "capital_stock": {"investment": "p", "price": "i", "index_kind": "previous_year", "base": 2008},
}
NEED_SOURCES = {"exposure", "dynamic_exposure", "new_firms", "emerging_firms", "penalty_cases"}


def test_every_step_is_tried_below():
    """A new step must be added to the list of the next test or to those with sources."""
    assert set(STEPS.names()) == OPTIONS.keys() | NEED_SOURCES


@pytest.mark.parametrize("step", OPTIONS)
def test_no_step_changes_the_panel_or_depends_on_the_order_of_rows(step):
    """The panel given is untouched; shuffled rows give the same column; the ledger is written."""
    frame = pd.DataFrame(
        {
            "x": X,
            "p": [1.0, NAN, 3, 4, 5],
            "e": [NAN, 2, 3, NAN, 5],
            "i": [100.0, 105, 104, 100, 99],
            "u": [0.1, 0.5, NAN, 1.0, 0.0],
            "v": [0.3, 0.5, 0.2, 0.4, 0.0],
        },
        index=INDEX,
    )
    panel = panel_of(frame)
    before = panel.frame.copy()
    done = prepare(panel, [("new", {"step": step, **OPTIONS[step]})])
    shuffled = prepare(
        panel_of(frame.iloc[[3, 1, 4, 0, 2]]), [("new", {"step": step, **OPTIONS[step]})]
    )
    pd.testing.assert_frame_equal(panel.frame, before)
    pd.testing.assert_frame_equal(done.frame, shuffled.frame)
    assert done.ledger.entries
    assert done.ledger == shuffled.ledger
