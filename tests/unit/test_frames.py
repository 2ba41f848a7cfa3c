"""Tables as people have them: polars, pyarrow, duckdb, flat and one-level frames, dates as periods."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import xinzhi as xz
from xinzhi_core.errors import DataError, SpecError

ROLES = {"inputs": "labour", "good_outputs": "gdp"}
KEYS = {"entity": "city", "period": "year"}


@pytest.fixture
def flat():
    """Eight cities over four years, keys as columns, in a disorder that must not matter."""
    rng = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([[f"c{i}" for i in range(8)], range(2008, 2012)])
    frame = index.to_frame(index=False, name=["city", "year"])
    frame["labour"], frame["gdp"] = rng.uniform(1, 3, (2, len(frame)))
    frame["x"], frame["y"] = rng.normal(size=(2, len(frame)))
    return frame.sample(frac=1, random_state=2).reset_index(drop=True)


def relation(frame):
    """Make a relation of duckdb."""
    return duckdb.connect().from_df(frame)


OTHERS = {"polars": pl.from_pandas, "pyarrow": pa.Table.from_pandas, "duckdb": relation}


@pytest.mark.parametrize("library", OTHERS)
def test_a_table_of_any_library_gives_the_same_results(library, flat):
    """Scores, slopes and the profile are those of the pandas frame, rows in the same order."""
    other = OTHERS[library](flat)

    scores = [xz.evaluate(one, **ROLES, **KEYS).to_frame() for one in (flat, other)]
    slopes = [xz.fit(one, outcome="y", regressors="x", **KEYS).to_frame() for one in (flat, other)]
    profiles = [xz.profile(one, **KEYS).to_frame() for one in (flat, other)]

    for mine, theirs in (scores, slopes, profiles):
        pd.testing.assert_frame_equal(mine, theirs)


def test_a_formula_takes_a_polars_frame(flat):
    """The columns that a formula makes are added to a copy; the frame itself is not changed."""
    frame = pl.from_pandas(flat)

    found = xz.fit(frame, "y ~ x + x^2 | city + year", **KEYS)
    usual = xz.fit(flat, "y ~ x + x^2 | city + year", **KEYS)

    pd.testing.assert_frame_equal(found.to_frame(), usual.to_frame())
    assert frame.columns == list(flat.columns)


def test_decimals_and_categories_of_arrow_are_numbers_and_names():
    """Databases give decimals; pandas would hold them as objects."""
    import decimal

    table = pa.table(
        {
            "labour": pa.array([decimal.Decimal("1.5"), decimal.Decimal(2)], pa.decimal128(8, 2)),
            "gdp": [1.0, 1.0],
            "shop": pa.array(["a", "b"]).dictionary_encode(),
        }
    )

    found = xz.evaluate(table, entity="shop", measure="sbm", **ROLES)

    np.testing.assert_allclose(found.scores, [1, 0.75])
    assert [name for name, _ in found.labels] == ["a", "b"]


def test_a_frame_indexed_by_names_is_a_cross_section():
    """Hospitals, once each; and rows without any names are numbered."""
    frame = pd.DataFrame({"labour": [1.0, 2.0], "gdp": [1.0, 1.0]}, index=["north", "south"])

    named = xz.evaluate(frame, measure="sbm", **ROLES)
    plain = xz.evaluate(frame.reset_index(drop=True), measure="sbm", **ROLES)

    assert named.labels == (("north", None), ("south", None))
    assert plain.labels == (("0", None), ("1", None))
    assert named.scores.tolist() == plain.scores.tolist() == [1.0, 0.5]


@pytest.mark.parametrize("columns", [["city"], ["year"], ["city", "year"]])
def test_columns_that_could_be_keys_are_asked_for(columns, flat):
    """Nothing is taken for a key by its heading alone, and no panel for a cross-section."""
    with pytest.raises(SpecError) as caught:
        xz.evaluate(flat[[*columns, "labour", "gdp"]], **ROLES)

    assert caught.value.code == "panel.index"
    assert all(name in str(caught.value) for name in columns)
    assert "entity=" in str(caught.value)


DATES = {
    "Y": pd.to_datetime(["2008-06-30", "2009-06-30", "2010-06-30", "2011-12-31"]),
    "Q": pd.to_datetime(["2008-03-31", "2008-06-30", "2008-09-30", "2008-12-31"]),
    "M": pd.to_datetime(["2008-11-30", "2008-12-31", "2009-01-31", "2009-02-28"]),
}


@pytest.mark.parametrize("frequency", DATES)
@pytest.mark.parametrize("as_periods", [True, False])
def test_dates_are_years_quarters_or_months(frequency, as_periods, flat):
    """Whichever tells the rows of an entity apart; the results name them again."""
    dates = DATES[frequency].to_period(frequency) if as_periods else DATES[frequency]
    dated = flat.assign(date=[dates[year - 2008] for year in flat["year"]]).drop(columns="year")

    found = xz.evaluate(dated, entity="city", period="date", **ROLES).to_frame()
    usual = xz.evaluate(flat, **KEYS, **ROLES).to_frame()

    np.testing.assert_array_equal(found["score"], usual["score"])
    last = found.index.get_level_values("period")[0]
    wanted = DATES[frequency][flat["year"].iloc[0] - 2008]
    assert last == (wanted.year if frequency == "Y" else wanted.to_period(frequency))


def test_months_follow_each_other_across_the_year(flat):
    """The lag of January is December: productivity has all pairs, named by their months."""
    dates = DATES["M"]
    dated = flat.assign(date=[dates[year - 2008] for year in flat["year"]])

    found = xz.productivity(dated, index="malmquist", entity="city", period="date", **ROLES)
    usual = xz.productivity(flat, index="malmquist", **KEYS, **ROLES)

    np.testing.assert_array_equal(found.values, usual.values)
    assert found.to_frame().loc[1, "to"] == pd.Period("2009-01", "M")


def test_two_days_of_one_month_are_refused(flat):
    """With the entity and the month, and what to do."""
    days = pd.to_datetime(["2008-01-01", "2008-01-02", "2008-03-01", "2008-04-01"])
    dated = flat.assign(date=[days[year - 2008] for year in flat["year"]])

    with pytest.raises(DataError, match=r"(?s)more than one row in 2008-01.*mean or the sum"):
        xz.evaluate(dated, entity="city", period="date", **ROLES)


def test_a_time_zone_is_refused_with_its_remedy(flat):
    """Which day a year ends on depends on it."""
    zoned = flat.assign(date=pd.Timestamp("2008-12-31", tz="Asia/Shanghai"))

    with pytest.raises(DataError, match=r"tz_localize\(None\)"):
        xz.evaluate(zoned, entity="city", period="date", **ROLES)


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        ({"labour": [1.0]}, "pandas.DataFrame"),
        ("data.csv", "xz.read"),
        (pd.Series([1.0]), "all its columns"),
        *[(one, "polars") for one in ([1, 2], np.ones((2, 2)), None)],
    ],
)
def test_what_is_no_table_is_refused_with_its_remedy(data, remedy):
    """A dict, a path, a column, a list, an array, nothing."""
    with pytest.raises(SpecError, match=remedy) as caught:
        xz.evaluate(data, **ROLES)

    assert caught.value.code == "panel.not_a_table"


def test_columns_that_are_no_plain_list_of_names_are_refused(flat):
    """Two of one name, and names of several levels."""
    with pytest.raises(DataError, match="Two columns of the frame are called 'x'"):
        xz.fit(pd.concat([flat, flat[["x"]]], axis=1), outcome="y", regressors="x", **KEYS)
    with pytest.raises(DataError, match="2 levels of names"):
        xz.fit(pd.concat({"a": flat}, axis=1), outcome="y", regressors="x", **KEYS)


def test_numbers_written_as_text_are_refused_with_their_remedy(flat):
    """Nothing is converted unasked."""
    with pytest.raises(DataError, match=r"to_numeric"):
        xz.evaluate(flat.assign(labour=flat["labour"].astype(str)), **KEYS, **ROLES)
    with pytest.raises(DataError, match=r"to_numeric"):
        xz.fit(flat.assign(x=flat["x"].astype(str)), outcome="y", regressors="x", **KEYS)


def test_scores_are_put_beside_the_data_by_their_keys(flat):
    """Whatever the order of the rows; those without a score have empty cells."""
    incomplete = flat.assign(gdp=flat["gdp"].where(flat.index != 4))
    scores = xz.evaluate(incomplete, missing="leave_out", **KEYS, **ROLES)
    turned = incomplete.iloc[::-1]

    joined = scores.join(turned, **KEYS)

    assert joined.index.tolist() == turned.index.tolist()
    assert joined["score"].isna().tolist() == (turned.index == 4).tolist()
    by_key = scores.to_frame()["score"]
    for _, row in joined[joined["score"].notna()].iterrows():
        assert row["score"] == by_key.loc[(row["city"], row["year"])]


def test_a_join_that_would_lose_or_mix_something_is_refused(flat):
    """A row that is not there, a column that is, a key in two rows."""
    scores = xz.evaluate(flat, **KEYS, **ROLES)

    with pytest.raises(DataError, match="1 computed row is not in the data"):
        scores.join(flat.iloc[1:], **KEYS)
    with pytest.raises(DataError, match="a column 'score' already"):
        scores.join(flat.assign(score=1.0), **KEYS)
    with pytest.raises(DataError, match="more than one row"):
        scores.join(pd.concat([flat, flat]), **KEYS)
    assert "mine_score" in scores.join(flat.assign(score=1.0), prefix="mine_", **KEYS)
