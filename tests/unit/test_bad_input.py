"""Data as people have them, good and bad, through every function: a result, or a message with its remedy."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import xinzhi as xz
from made_calls import CALLS, KEYS, NO_DATA, NUMBERS, PLACES, panel
from parts import quick_where
from xinzhi_core.errors import StudyError

F = panel()


def each(change):
    """Change all columns of numbers."""
    return F.assign(**{name: change(F[name]) for name in NUMBERS})


def one_cell(value):
    """Put something else into one cell of each column of numbers."""

    def put(column):
        cells = [value if at == 3 else cell for at, cell in column.items()]
        return pd.Series(
            cells, column.index, dtype=object
        )  # pandas would spread a list over the column

    return each(put)


DICTIONARY = {
    name: pa.array(F[name]).dictionary_encode() if name in NUMBERS else pa.array(F[name])
    for name in F
}
SAME = {
    "timestamps": F.assign(year=pd.to_datetime(F["year"].astype(str))),
    "periods of pandas": F.assign(year=pd.PeriodIndex(F["year"].astype(str), freq="Y")),
    "categorical keys": F.assign(
        city=F["city"].astype("category"), year=F["year"].astype("category")
    ),
    "nullable floats": each(lambda column: column.astype("Float64")),
    "nullable years": F.assign(year=F["year"].astype("Int64")),
    "types of Arrow in pandas": F.convert_dtypes(dtype_backend="pyarrow"),
    "dictionaries of Arrow": pa.table(DICTIONARY),
    "a polars frame": pl.from_pandas(F),
    "objects": each(lambda column: column.astype(object)),
    "scalars of numpy": each(
        lambda column: pd.Series([*map(np.float64, column)], column.index, dtype=object)
    ),
    "decimals of every digit": each(lambda column: column.map(lambda value: Decimal(repr(value)))),
    "categories of numbers": each(lambda column: column.astype("category")),
    "unnamed levels": F.set_index(["city", "year"]).rename_axis([None, None]),
    "numbers as headings": F.assign(half2=F["half"]).rename(columns={"half2": 0}),
}
"""The same data, written otherwise."""
ODD = {
    "decimals of polars": pl.from_pandas(each(lambda column: column.round(2))).with_columns(
        [pl.col(name).cast(pl.Decimal(10, 2)) for name in NUMBERS]
    ),
    "decimals of Python": each(
        lambda column: column.map(lambda value: Decimal(str(round(value, 2))))
    ),
    "nullable integers": each(lambda column: (column * 100).round().astype("Int64")),
    "nullable with a gap": each(lambda column: column.astype("Float64").mask(column.index == 3)),
    "all cells empty": each(lambda column: column * np.nan),
    "all cells alike": each(lambda column: column * 0 + 1.0),
    "all cells 0": each(lambda column: column * 0.0),
    "one entity": F[F["city"] == PLACES[0]],
    "one period": F[F["year"] == 2009],
    "one row": F.iloc[:1],
    "two rows": F.iloc[:2],
    "one entity a period": F.iloc[::6],
}
"""Data on which some functions have an answer."""
NOT_NUMBERS = {
    "text": each(lambda column: column.astype(str)),
    "mixed types": one_cell("n/a"),
    "a list in a cell": one_cell([1.0]),
    "truth values as objects": each(lambda column: (column > 1).astype(object)),
    "categories of words": each(lambda column: column.astype(str).astype("category")),
    "dates": each(lambda _: pd.Timestamp("2020-01-01")),
    "lengths of time": each(lambda column: pd.to_timedelta(column, unit="D")),
    "complex numbers": each(lambda column: column.astype(complex)),
}
"""Columns that hold something else than numbers."""
REFUSED = {
    "a key in two rows": (pd.concat([F, F.iloc[:1]], ignore_index=True), "panel.duplicate"),
    "no rows": (F.iloc[:0], "panel.no_rows"),
    "no columns": (pd.DataFrame(), "data.missing_column"),
    "ambiguous levels": (
        F.assign(city=F["city"].map(PLACES.index))
        .set_index(["city", "year"])
        .rename_axis([None, None]),
        "panel.index",
    ),
    "three levels": (
        F.set_index(["city", "year", "half"], drop=False).rename_axis([*"abc"]),
        "panel.index",
    ),
    "a time zone": (
        F.assign(year=pd.to_datetime(F["year"].astype(str)).dt.tz_localize("UTC")),
        "panel.time_zone",
    ),
    "half a year": (F.assign(year=F["year"] + 0.5), "panel.period"),
    "a text as period": (F.assign(year="FY" + F["year"].astype(str)), "panel.period"),
    "an empty period": (
        F.assign(year=F["year"].astype("Int64").mask(F.index == 3)),
        "panel.blank_key",
    ),
    "an empty entity": (F.assign(city=F["city"].where(F.index != 3)), "panel.blank_key"),
}
"""What no function takes, and the code of its error."""


def keys(data):
    """Name the keys where they are columns."""
    return {} if isinstance(data, pd.DataFrame) and data.index.nlevels > 1 else KEYS


def attempt(name, data):
    """Give a result that can be shown, or a message with a remedy for each problem; nothing else is raised."""
    try:
        found = CALLS[name](data, keys(data))
    except StudyError as error:
        without = [str(problem) for problem in error.problems if not problem.remedy]
        return without or {problem.code for problem in error.problems}
    assert found._repr_html_().startswith("<")
    return found


def test_every_function_that_takes_data_is_called():
    """A new function joins the list."""
    assert {name.partition(",")[0] for name in CALLS} | NO_DATA == {
        name for name in dir(xz) if not name.startswith("_")
    }


LONG = ("explain_scores", "second_stage")
"""Functions that solve many programs for each table."""


def part_of(tables, n):
    """Give each function one table of n: each time every function reads some, and every table is read by some."""
    cases = [(i + j, name, how) for i, name in enumerate(CALLS) for j, how in enumerate(tables)]
    each_time = {(name, how) for k, name, how in cases if k % n == 0 and name not in LONG}

    def some(name, *, each):
        return [how for how in tables if ((name, how) in each_time) == each]

    quick = [(name, some(name, each=True)) for name in CALLS if name not in LONG]
    left = [(name, some(name, each=False)) for name in CALLS]
    return quick_where(lambda case: case in quick, [*quick, *left])


@pytest.mark.one_in(8)
@pytest.mark.parametrize(("name", "ways"), part_of(SAME, 3))
def test_data_written_otherwise_give_the_same_result(name, ways):
    """Whatever holds the numbers, and however the years are written."""
    usual = attempt(name, F)
    assert not isinstance(usual, set), usual
    for how in ways:
        found = attempt(name, SAME[how])
        assert shown(found) == shown(usual), how


def shown(found):
    """Write the numbers of a result, without the row of the column that was added."""
    if not hasattr(found, "to_frame"):
        return found._repr_html_()
    frame = found.to_frame()
    frame = frame[frame.index != "0"] if frame.index.name == "column" else frame
    return frame.select_dtypes("number").to_csv(index=False)


@pytest.mark.one_in(5)
@pytest.mark.parametrize(("name", "ways"), part_of(ODD, 2))
def test_odd_data_give_a_result_or_a_remedy(name, ways):
    """Gaps, constants, one row: no raw exception, and no warning of a library."""
    for how in ways:
        attempt(name, ODD[how])


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", sorted(set(CALLS) - {"profile"}))
def test_columns_without_numbers_are_refused(name):
    """By the name of a column; nothing is converted unasked. The profile describes them."""
    for how, data in NOT_NUMBERS.items():
        found = attempt(name, data)
        assert isinstance(found, set), how
        assert found <= {"data.not_numeric", "dea.not_numeric", "expression.type"}, how


@pytest.mark.parametrize("how", NOT_NUMBERS)
def test_the_profile_describes_columns_without_numbers(how):
    """It is there to find them."""
    assert not isinstance(attempt("profile", NOT_NUMBERS[how]), set)


@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_panel_is_refused_by_every_function(name):
    """With one code, whatever is asked."""
    for how, (data, code) in REFUSED.items():
        assert attempt(name, data) == {code}, how


@pytest.mark.parametrize("name", sorted(set(CALLS) - {"profile", "prepare_panel"}))
def test_infinite_values_are_refused(name):
    """They come from a division by 0, and no sum survives them; preparation hands them on."""
    found = attempt(name, each(lambda column: column.where(column.index != 3, np.inf)))

    assert isinstance(found, set)
    assert found <= {"data.infinite", "dea.infinite", "derive.overflow"}


def test_an_outcome_among_the_regressors_is_refused():
    """By all functions of one regression, in words and in a formula."""
    for verb, words in (
        (xz.fit, {}), (xz.regress, {}), (xz.vif, {}), (xz.hausman, {}), (xz.mediate, {"through": "m"}),
        (xz.compare_groups, {"by": "half"}), (xz.diagnose, {"tests": "effects_f"}),
        (xz.moderate, {"moderators": "w", "paths": "x -> y"}),
        (xz.specification_curve, {"vary": {"effects": [["entity"], ["period"]]}}),
    ):  # fmt: skip
        with pytest.raises(StudyError) as caught:
            verb(F, outcome="y", regressors=["x", "y"], **words, **KEYS)
        assert caught.value.problems[0].remedy
    with pytest.raises(StudyError):
        xz.fit(F, "y ~ x + y | city", **KEYS)
